/* SPDX-License-Identifier: MIT */
/* file.c - open, read, write, control, close: the services a program would call.
 *
 * Buffers outside program memory are copied to it and back; a small one goes through the
 * thread's staging memory, a large one through an allocation of its own.
 */
#include <stdio.h>
#include <string.h>

#include "abi/services.h"
#include "ke/ke.h"
#include "libcove_internal.h"
#include "mm/mm.h"
#include "rtl/rtl.h"

/* A caller's buffer and the program memory that stands for it. */
struct loan {
    uint64_t address; /* what the service is told */
    uint64_t owned;   /* an allocation of our own, or 0 */
};

static bool is_program_memory(const struct caller *caller, const void *buffer)
{
    return (uint64_t)buffer - caller->window_base < MM_WINDOW_BYTES;
}

/* A buffer outside. staging: the half of the thread's staging memory this buffer may use. */
static NTSTATUS loan_take_outside(const struct caller *caller, uint32_t length, uint8_t *staging,
                                  struct loan *out_loan)
{
    if (length <= STAGING_BYTES / 2) {
        out_loan->address = (uint64_t)staging;
        return STATUS_SUCCESS;
    }
    uint64_t size = length;
    ke_processor_enter();
    NTSTATUS status = mm_window_allocate(caller->machine->process->window, &out_loan->owned, &size,
                                         MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ke_processor_leave();
    out_loan->address = out_loan->owned;
    return status;
}

static inline NTSTATUS loan_take(const struct caller *caller, const void *buffer, uint32_t length,
                                 uint8_t *staging, struct loan *out_loan)
{
    *out_loan = (struct loan){.address = (uint64_t)buffer};
    if (!buffer || !length || is_program_memory(caller, buffer))
        return STATUS_SUCCESS;
    return loan_take_outside(caller, length, staging, out_loan);
}

static void loan_give_owned(const struct caller *caller, struct loan *loan)
{
    uint64_t size = 0;
    ke_processor_enter();
    mm_window_free(caller->machine->process->window, &loan->owned, &size, MEM_RELEASE);
    ke_processor_leave();
}

static inline void loan_give(const struct caller *caller, struct loan *loan)
{
    if (loan->owned)
        loan_give_owned(caller, loan);
}

static void copy(void *to, const void *from, size_t length)
{
    if (to != from && length)
        memcpy(to, from, length);
}

/* "\\.\Name" and "C:\x" as the object manager wants them. */
static NTSTATUS nt_path(const char *path, UNICODE_STRING *out_path)
{
    char text[1024];
    bool is_device = !strncmp(path, "\\\\.\\", 4) || !strncmp(path, "\\\\?\\", 4);
    bool is_nt = !strncmp(path, "\\Device\\", 8) || !strncmp(path, "\\??\\", 4);
    int length =
        snprintf(text, sizeof text, "%s%s", is_nt ? "" : "\\??\\", path + (is_device ? 4 : 0));
    if (length < 0 || (size_t)length >= sizeof text)
        return STATUS_NAME_TOO_LONG;
    return rtl_unicode_of(text, out_path);
}

/* What NtCreateFile reads from program memory, laid out in staging. */
struct open_block {
    HANDLE handle;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    WCHAR text[1100];
};

int32_t cove_open(struct cove_machine *machine, const char *path, unsigned access,
                  cove_file *out_file)
{
    struct caller *caller;
    UNICODE_STRING name;
    NTSTATUS status = caller_get(machine, &caller);
    if (NT_SUCCESS(status))
        status = nt_path(path, &name);
    if (!NT_SUCCESS(status))
        return status;
    struct open_block *block = (struct open_block *)caller->staging;
    memset(block, 0, sizeof *block);
    memcpy(block->text, name.Buffer, name.Length);
    block->name = (UNICODE_STRING){name.Length, name.Length, block->text};
    RtlFreeUnicodeString(&name);
    InitializeObjectAttributes(&block->attributes, &block->name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    ACCESS_MASK mask = SYNCHRONIZE | FILE_READ_ATTRIBUTES;
    mask |= access & COVE_READ ? GENERIC_READ : 0;
    mask |= access & COVE_WRITE ? GENERIC_WRITE : 0;
    const uint64_t arguments[] = {(uint64_t)&block->handle,
                                  mask,
                                  (uint64_t)&block->attributes,
                                  (uint64_t)caller->status,
                                  0,
                                  FILE_ATTRIBUTE_NORMAL,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE,
                                  FILE_OPEN,
                                  FILE_SYNCHRONOUS_IO_NONALERT,
                                  0,
                                  0};
    status = caller_call(SERVICE_NtCreateFile, arguments, 11);
    if (NT_SUCCESS(status))
        *out_file = (cove_file)block->handle;
    return status;
}

int32_t cove_close(cove_file file)
{
    struct caller *caller;
    NTSTATUS status = caller_get(cove_machine_only, &caller);
    return NT_SUCCESS(status) ? caller_call(SERVICE_NtClose, &file, 1) : status;
}

static int32_t transfer(uint32_t service, cove_file file, uint64_t offset, void *buffer,
                        uint32_t length, uint32_t *out_count)
{
    struct caller *caller;
    struct loan loan;
    NTSTATUS status = caller_get(cove_machine_only, &caller);
    if (NT_SUCCESS(status))
        status = loan_take(caller, buffer, length, caller->staging, &loan);
    if (!NT_SUCCESS(status))
        return status;
    bool is_write = service == SERVICE_NtWriteFile;
    if (is_write)
        copy((void *)loan.address, buffer, length);
    uint64_t *position = (uint64_t *)(caller->status + 1);
    *position = offset;
    const uint64_t arguments[] = {
        file, 0, 0, 0, (uint64_t)caller->status, loan.address, length, (uint64_t)position, 0};
    status = caller_call(service, arguments, 9);
    if (NT_SUCCESS(status)) {
        uint32_t count = (uint32_t)caller->status->Information;
        if (!is_write)
            copy(buffer, (void *)loan.address, count <= length ? count : length);
        if (out_count)
            *out_count = count;
    }
    loan_give(caller, &loan);
    return status;
}

int32_t cove_read(cove_file file, uint64_t offset, void *buffer, uint32_t length,
                  uint32_t *out_count)
{
    return transfer(SERVICE_NtReadFile, file, offset, buffer, length, out_count);
}

int32_t cove_write(cove_file file, uint64_t offset, const void *buffer, uint32_t length,
                   uint32_t *out_count)
{
    return transfer(SERVICE_NtWriteFile, file, offset, (void *)buffer, length, out_count);
}

/* What a control request says, with buffers that lie in program memory. */
static NTSTATUS control_call(const struct caller *caller, cove_file file, uint32_t code,
                             uint64_t input, uint32_t input_length, uint64_t output,
                             uint32_t output_length)
{
    const uint64_t arguments[] = {
        file, 0, 0, 0, (uint64_t)caller->status, code, input, input_length, output, output_length};
    return caller_call(SERVICE_NtDeviceIoControlFile, arguments, 10);
}

static NTSTATUS control_lent(const struct caller *caller, cove_file file, uint32_t code,
                             const void *input, uint32_t input_length, void *output,
                             uint32_t output_length)
{
    struct loan in = {0}, out = {0};
    NTSTATUS status = loan_take(caller, input, input_length, caller->staging, &in);
    if (NT_SUCCESS(status))
        status =
            loan_take(caller, output, output_length, caller->staging + STAGING_BYTES / 2, &out);
    if (NT_SUCCESS(status)) {
        copy((void *)in.address, input, input_length);
        /* METHOD_IN_DIRECT reads the second buffer, METHOD_NEITHER may. */
        if ((code & 3) == METHOD_IN_DIRECT || (code & 3) == METHOD_NEITHER)
            copy((void *)out.address, output, output_length);
        status =
            control_call(caller, file, code, in.address, input_length, out.address, output_length);
        uint64_t count = caller->status->Information;
        /* A warning (buffer overflow) brings bytes as well. */
        if (!NT_ERROR(status) && (code & 3) != METHOD_IN_DIRECT) {
            bool is_direct = (code & 3) != METHOD_BUFFERED;
            uint64_t copied = is_direct || count > output_length ? output_length : count;
            copy(output, (void *)out.address, copied);
        }
    }
    loan_give(caller, &in);
    loan_give(caller, &out);
    return status;
}

int32_t cove_ioctl(cove_file file, uint32_t code, const void *input, uint32_t input_length,
                   void *output, uint32_t output_length, uint32_t *out_count)
{
    struct caller *caller;
    NTSTATUS status = caller_get(cove_machine_only, &caller);
    if (!NT_SUCCESS(status))
        return status;
    bool is_lent = (input && input_length && !is_program_memory(caller, input)) ||
                   (output && output_length && !is_program_memory(caller, output));
    if (is_lent)
        status = control_lent(caller, file, code, input, input_length, output, output_length);
    else
        status = control_call(caller, file, code, (uint64_t)input, input_length, (uint64_t)output,
                              output_length);
    if (!NT_ERROR(status) && out_count)
        *out_count = (uint32_t)caller->status->Information;
    return status;
}

void *cove_memory_allocate(struct cove_machine *machine, size_t length)
{
    uint64_t address = 0, size = length;
    struct caller *caller;
    if (!NT_SUCCESS(caller_get(machine, &caller)))
        return NULL;
    ke_processor_enter();
    NTSTATUS status = mm_window_allocate(machine->process->window, &address, &size,
                                         MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ke_processor_leave();
    return NT_SUCCESS(status) ? (void *)address : NULL;
}

void cove_memory_free(struct cove_machine *machine, void *memory)
{
    uint64_t address = (uint64_t)memory, size = 0;
    struct caller *caller;
    if (!memory || !NT_SUCCESS(caller_get(machine, &caller)))
        return;
    ke_processor_enter();
    mm_window_free(machine->process->window, &address, &size, MEM_RELEASE);
    ke_processor_leave();
}
