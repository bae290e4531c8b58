/* SPDX-License-Identifier: MIT */
/* cove.h - Cove as a C library: a machine inside your own process.
 *
 * For unit tests, fuzzers and benchmarks of drivers. A machine boots in the calling process;
 * opening, reading, writing and controlling a device are function calls that run the same
 * kernel, gate and driver code as a Windows program's calls do.
 *
 *     struct cove_machine *machine;
 *     cove_boot(NULL, &machine);
 *     cove_load(machine, "echo.sys", error, sizeof error);
 *     cove_open(machine, "\\\\.\\Echo", COVE_READ | COVE_WRITE, &file);
 *     cove_ioctl(file, IOCTL_ECHO, in, sizeof in, out, sizeof out, &count);
 *     cove_close(file);
 *     cove_shutdown(machine);
 *
 * Rules of use. One machine per process. Any thread may call; a call that waits blocks only
 * its thread. Functions return an NTSTATUS as int32_t: negative means failed;
 * cove_status_name() gives its name. A bug check ends the process with code 70 after its
 * report.
 */
#ifndef COVE_COVE_H
#define COVE_COVE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COVE_API __attribute__((visibility("default")))

struct cove_machine;
typedef uint64_t cove_file;

struct cove_options {
    unsigned processors;                          /* virtual processors; 0: as the host has */
    void (*log)(const char *line, void *context); /* each line drivers print; NULL: dropped */
    void *log_context;
    const char *folder;       /* host folder that is drive C:; NULL: none */
    uint64_t fail_allocation; /* the n-th allocation after the start fails; 0: none */
};

#define COVE_READ  1u
#define COVE_WRITE 2u

/* options NULL: defaults. */
COVE_API int32_t cove_boot(const struct cove_options *options, struct cove_machine **out_machine);
/* Unloads drivers and stops the machine. Returns how many kinds of things drivers left
 * behind (pool, objects, IRPs …); each is told to the log. */
COVE_API unsigned cove_shutdown(struct cove_machine *machine);

/* Installs and starts the driver in a .sys file as a service named after the file. On
 * failure error (may be NULL) says what is wrong in one line. */
COVE_API int32_t cove_load(struct cove_machine *machine, const char *path, char *error,
                           size_t error_size);
/* Stops and removes the service. */
COVE_API int32_t cove_unload(struct cove_machine *machine, const char *name);

/* path is UTF-8, as CreateFile takes it: "\\\\.\\Name" or "C:\\file". */
COVE_API int32_t cove_open(struct cove_machine *machine, const char *path, unsigned access,
                           cove_file *out_file);
COVE_API int32_t cove_close(cove_file file);
COVE_API int32_t cove_read(cove_file file, uint64_t offset, void *buffer, uint32_t length,
                           uint32_t *out_count);
COVE_API int32_t cove_write(cove_file file, uint64_t offset, const void *buffer, uint32_t length,
                            uint32_t *out_count);
COVE_API int32_t cove_ioctl(cove_file file, uint32_t code, const void *input, uint32_t input_length,
                            void *output, uint32_t output_length, uint32_t *out_count);

/* Memory that drivers see without a copy (a program's memory). Buffers from elsewhere are
 * copied to such memory and back. NULL: none left. */
COVE_API void *cove_memory_allocate(struct cove_machine *machine, size_t length);
COVE_API void cove_memory_free(struct cove_machine *machine, void *memory);

/* What is alive right now, for a test's before and after. */
struct cove_counts {
    uint64_t pool_blocks, pool_bytes, objects, handles, irps, files, devices, drivers;
};
COVE_API void cove_counts(struct cove_machine *machine, struct cove_counts *out_counts);

COVE_API const char *cove_status_name(int32_t status);

#ifdef __cplusplus
}
#endif
#endif
