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

/* ---- devices -----------------------------------------------------------------------------------
 */

/* Registers the driver in a .sys file as a service named after the file; it is loaded when a device
 * needs it. Taken back by cove_unload. */
COVE_API int32_t cove_driver(struct cove_machine *machine, const char *path, char *error,
                             size_t error_size);

/* A device's drivers, by the names of their services; the lists end with NULL, or are NULL. */
struct cove_stack {
    const char *function;
    const char *const *lower, *const *upper;
};
#define COVE_INSTANCE_MAX 208

/* A new device below the root with this hardware ID ("Root\\Toy"), its stack built and started.
 * A device that does not start stays, with its problem; error (may be NULL) says it in words. */
COVE_API int32_t cove_device_create(struct cove_machine *machine, const char *hardware_id,
                                    const struct cove_stack *stack,
                                    char out_instance[COVE_INSTANCE_MAX], char *error,
                                    size_t error_size);
/* The drivers of a device by its instance ("TOYBUS\\TOY\\1"): one that is there gets them now, one
 * that a bus finds later gets them then. */
COVE_API int32_t cove_device_stack(struct cove_machine *machine, const char *instance,
                                   const struct cove_stack *stack, char *error, size_t error_size);
/* Installs a driver package (the machine needs a folder for drive C:) and gives its hardware ID a
 * device below the root. Nobody asks for signatures. */
COVE_API int32_t cove_install(struct cove_machine *machine, const char *inf_path,
                              const char *hardware_id, char out_instance[COVE_INSTANCE_MAX],
                              char *error, size_t error_size);
/* With all below it; a root device is forgotten, too. Errors: STATUS_PLUGPLAY_QUERY_VETOED */
COVE_API int32_t cove_device_remove(struct cove_machine *machine, const char *instance);
COVE_API int32_t cove_device_restart(struct cove_machine *machine, const char *instance);
/* Asks a bus (NULL: every bus) which children it has. */
COVE_API int32_t cove_device_rescan(struct cove_machine *machine, const char *instance);
/* flags: DN_* of cfg.h; problem: CM_PROB_*, 0: none. STATUS_NO_SUCH_DEVICE: not in the tree. */
COVE_API int32_t cove_device_status(struct cove_machine *machine, const char *instance,
                                    uint32_t *out_flags, uint32_t *out_problem);
/* Every device of the tree, parents first; visit may call nothing of this library. */
COVE_API int32_t cove_device_visit(struct cove_machine *machine,
                                   void (*visit)(const char *instance, void *context),
                                   void *context);
/* Until nothing is found, started or removed any more. */
COVE_API int32_t cove_devices_wait(struct cove_machine *machine);

enum cove_power { COVE_POWER_WORK = 1, COVE_POWER_SLEEP = 4, COVE_POWER_HIBERNATE = 5 };
/* Sleeps (returns when the system does) or wakes; error says who refuses. */
COVE_API int32_t cove_power(struct cove_machine *machine, enum cove_power state, char *error,
                            size_t error_size);

/* ---- files
 * --------------------------------------------------------------------------------------- */

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
