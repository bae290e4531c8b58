/* SPDX-License-Identifier: MIT */
/* section_services_ddi.c - sections and their views, for programs and for drivers (Zw).
 *
 * Handles and rights are looked at here; what a section is, is mm's.
 */
#include "io/io.h"
#include "ps/ps.h"
#include "services.h"

/* The file behind a handle, for a section with this protection. Gives a reference. */
static NTSTATUS file_of(HANDLE handle, ULONG protect, FILE_OBJECT **out_file)
{
    void *body;
    NTSTATUS status = ob_handle_reference(handle, mm_section_file_access(protect), io_file_type,
                                          gate_mode(), &body, NULL);
    if (NT_SUCCESS(status))
        *out_file = body;
    return status;
}

/* Errors:  STATUS_INVALID_FILE_FOR_SECTION: pipes, devices; STATUS_MAPPED_FILE_SIZE_ZERO,
 *          STATUS_SECTION_TOO_BIG, STATUS_INVALID_PAGE_PROTECTION
 * Doc:     nf-ntifs-ntcreatesection
 * Differs: no images
 */
SERVICE NtCreateSection(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                        PLARGE_INTEGER MaximumSize, ULONG Protect, ULONG AllocationAttributes,
                        HANDLE File)
{
    struct mm_section_request request = {.protect = Protect, .attributes = AllocationAttributes};
    struct gate_attributes attributes;
    LARGE_INTEGER size = {.QuadPart = 0};
    void *section;
    NTSTATUS status = gate_probe_write(Handle, sizeof *Handle, sizeof(ULONG));
    if (NT_SUCCESS(status) && MaximumSize)
        status = gate_copy_in(&size, MaximumSize, sizeof size);
    if (NT_SUCCESS(status) && size.QuadPart < 0)
        status = STATUS_INVALID_PARAMETER_4;
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(Attributes, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    request.bytes = (uint64_t)size.QuadPart;
    if (File)
        status = file_of(File, Protect, &request.file);
    if (NT_SUCCESS(status))
        status = mm_section_create(&request, &section);
    if (request.file)
        ob_dereference(request.file);
    if (NT_SUCCESS(status))
        status = gate_object_insert(section, &attributes, Access, Handle);
    gate_release_attributes(&attributes);
    return status;
}

/* Errors:  STATUS_ACCESS_DENIED also for a program that asks for the machine's memory
 * Doc:     nf-wdm-zwopensection
 */
SERVICE NtOpenSection(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    NTSTATUS status = gate_object_open(mm_section_type, Attributes, Access, Handle);
    HANDLE made;
    void *section;
    if (!NT_SUCCESS(status) || gate_mode() == KernelMode)
        return status;
    status = gate_copy_in(&made, Handle, sizeof made);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(made, 0, mm_section_type, UserMode, &section, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (mm_section_is_physical(section)) {
        ob_handle_close(made, UserMode);
        status = STATUS_ACCESS_DENIED;
    }
    ob_dereference(section);
    return status;
}

/* The request of a program's pointers. */
static NTSTATUS request_in(PVOID *Base, PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
                           struct mm_view_request *out_request)
{
    NTSTATUS status = gate_range_in(Base, ViewSize, &out_request->address, &out_request->bytes);
    if (!NT_SUCCESS(status) || !SectionOffset)
        return status;
    status = gate_probe_write(SectionOffset, sizeof *SectionOffset, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_copy_in(&out_request->offset, SectionOffset, sizeof out_request->offset);
    return status;
}

/* Doc:     nf-wdm-zwmapviewofsection
 * Differs: ZeroBits and CommitSize have no effect; no process inherits views
 */
SERVICE NtMapViewOfSection(HANDLE Section, HANDLE Process, PVOID *Base, ULONG_PTR ZeroBits,
                           SIZE_T CommitSize, PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
                           SECTION_INHERIT Inherit, ULONG Type, ULONG Protect)
{
    struct mm_view_request request = {.type = Type, .protect = Protect};
    struct mm_window *window;
    void *section, *process;
    if (Inherit != ViewShare && Inherit != ViewUnmap)
        return STATUS_INVALID_PARAMETER_8;
    NTSTATUS status = request_in(Base, SectionOffset, ViewSize, &request);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Section, mm_section_access(Protect), mm_section_type,
                                     gate_mode(), &section, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = gate_process_window(Process, PROCESS_VM_OPERATION, &process, &window);
    if (NT_SUCCESS(status)) {
        status = mm_view_map(section, window, &request);
        if (NT_SUCCESS(status)) {
            status = gate_range_out(Base, ViewSize, request.address, request.bytes);
            if (NT_SUCCESS(status) && SectionOffset)
                status = gate_copy_out(SectionOffset, &request.offset, sizeof request.offset);
            if (!NT_SUCCESS(status))
                mm_view_unmap(window, request.address);
        }
        ob_dereference(process);
    }
    ob_dereference(section);
    return status;
}

/* Doc:     nf-wdm-zwunmapviewofsection */
SERVICE NtUnmapViewOfSection(HANDLE Process, PVOID Base)
{
    struct mm_window *window;
    void *process;
    NTSTATUS status = gate_process_window(Process, PROCESS_VM_OPERATION, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_view_unmap(window, (uint64_t)Base);
    ob_dereference(process);
    return status;
}

/* SECTION_BASIC_INFORMATION, known from public use of the call. */
struct section_basic {
    PVOID base;
    ULONG attributes;
    LARGE_INTEGER size;
};
enum { SectionBasic = 0, SectionImage = 1 };

/* Doc:     known from its public use: class 0 */
SERVICE NtQuerySection(HANDLE Section, ULONG Class, PVOID Information, SIZE_T Length,
                       PSIZE_T ReturnLength)
{
    struct section_basic basic = {0};
    uint64_t bytes;
    void *section;
    if (Class > SectionImage)
        return STATUS_INVALID_INFO_CLASS;
    if (Class == SectionBasic && Length < sizeof basic)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status =
        ob_handle_reference(Section, SECTION_QUERY, mm_section_type, gate_mode(), &section, NULL);
    if (!NT_SUCCESS(status))
        return status;
    mm_section_query(section, &basic.attributes, &bytes);
    ob_dereference(section);
    if (Class == SectionImage)
        return STATUS_SECTION_NOT_IMAGE;
    basic.size.QuadPart = (LONGLONG)bytes;
    status = gate_copy_out(Information, &basic, sizeof basic);
    SIZE_T length = sizeof basic;
    return NT_SUCCESS(status) && ReturnLength ? gate_copy_out(ReturnLength, &length, sizeof length)
                                              : status;
}

/* Errors:  STATUS_SECTION_NOT_EXTENDED: no file is behind it
 * Doc:     known from its public use; a smaller size only tells the one there is
 */
SERVICE NtExtendSection(HANDLE Section, PLARGE_INTEGER Size)
{
    uint64_t bytes;
    void *section;
    NTSTATUS status = gate_probe_write(Size, sizeof *Size, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_copy_in(&bytes, Size, sizeof bytes);
    if (NT_SUCCESS(status))
        status = ob_handle_reference(Section, SECTION_EXTEND_SIZE, mm_section_type, gate_mode(),
                                     &section, NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_section_extend(section, &bytes);
    ob_dereference(section);
    return NT_SUCCESS(status) ? gate_copy_out(Size, &bytes, sizeof bytes) : status;
}

/* Doc:     nf-ntifs-zwflushvirtualmemory */
SERVICE NtFlushVirtualMemory(HANDLE Process, PVOID *Base, PSIZE_T Size, PIO_STATUS_BLOCK Status)
{
    uint64_t base, size;
    struct mm_window *window;
    void *process;
    NTSTATUS status = gate_range_in(Base, Size, &base, &size);
    if (NT_SUCCESS(status))
        status = gate_probe_write(Status, sizeof *Status, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_process_window(Process, PROCESS_VM_OPERATION, &process, &window);
    if (!NT_SUCCESS(status))
        return status;
    status = mm_view_flush(window, &base, &size);
    ob_dereference(process);
    IO_STATUS_BLOCK done = {.Status = status, .Information = size};
    NTSTATUS copied = gate_copy_out(Status, &done, sizeof done);
    if (!NT_SUCCESS(status) || !NT_SUCCESS(copied))
        return NT_SUCCESS(status) ? copied : status;
    return gate_range_out(Base, Size, base, size);
}
