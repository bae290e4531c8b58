/* SPDX-License-Identifier: MIT */
/* section.c - section objects: what a view can be made of.
 *
 * A section is a store, a size and a protection. \Device\PhysicalMemory is the one without a
 * store. Sections come from the gate (ZwCreateSection and programs) and MmCreateSection.
 * Invariant: everything is looked at before the object exists; the store outlives the object
 * as long as views show it.
 */
#include "section.h"

#include "mm_ddi.h"

#define SECTION_KINDS (SEC_COMMIT | SEC_RESERVE | SEC_IMAGE)
#define SECTION_FLAGS \
    ((ULONG)(SECTION_KINDS | SEC_NOCACHE | SEC_WRITECOMBINE | SEC_LARGE_PAGES | SEC_FILE))

struct object_type *mm_section_type;

/* ---- protections ---------------------------------------------------------------------------- */

enum { CAN_READ = 1, CAN_WRITE = 2, CAN_EXECUTE = 4, CAN_COPY = 8 };

static unsigned protect_gives(ULONG protect)
{
    switch (protect & 0xff) {
    case PAGE_READONLY:
    case PAGE_WRITECOPY:
        return CAN_READ | CAN_COPY;
    case PAGE_READWRITE:
        return CAN_READ | CAN_WRITE | CAN_COPY;
    case PAGE_EXECUTE:
        return CAN_EXECUTE;
    case PAGE_EXECUTE_READ:
    case PAGE_EXECUTE_WRITECOPY:
        return CAN_READ | CAN_EXECUTE | CAN_COPY;
    case PAGE_EXECUTE_READWRITE:
        return CAN_READ | CAN_WRITE | CAN_EXECUTE | CAN_COPY;
    default:
        return 0;
    }
}

static unsigned protect_needs(ULONG protect)
{
    switch (protect & 0xff) {
    case PAGE_READONLY:
        return CAN_READ;
    case PAGE_WRITECOPY:
        return CAN_READ | CAN_COPY;
    case PAGE_READWRITE:
        return CAN_READ | CAN_WRITE;
    case PAGE_EXECUTE:
        return CAN_EXECUTE;
    case PAGE_EXECUTE_READ:
        return CAN_READ | CAN_EXECUTE;
    case PAGE_EXECUTE_WRITECOPY:
        return CAN_READ | CAN_EXECUTE | CAN_COPY;
    case PAGE_EXECUTE_READWRITE:
        return CAN_READ | CAN_WRITE | CAN_EXECUTE;
    default:
        return 0;
    }
}

bool protect_allows(ULONG of, ULONG wanted)
{
    return (protect_needs(wanted) & ~protect_gives(of)) == 0;
}

ACCESS_MASK mm_section_access(ULONG protect)
{
    unsigned needs = protect_needs(protect);

    return ((needs & CAN_WRITE) != 0 ? SECTION_MAP_WRITE : 0) |
           ((needs & CAN_WRITE) == 0 && (needs & CAN_READ) != 0 ? SECTION_MAP_READ : 0) |
           ((needs & CAN_EXECUTE) != 0 ? SECTION_MAP_EXECUTE : 0);
}

ACCESS_MASK mm_section_file_access(ULONG protect)
{
    unsigned needs = protect_needs(protect);

    return FILE_READ_DATA | ((needs & CAN_WRITE) != 0 ? FILE_WRITE_DATA : 0) |
           ((needs & CAN_EXECUTE) != 0 ? FILE_EXECUTE : 0);
}

/* ---- making --------------------------------------------------------------------------------- */

static NTSTATUS request_check(const struct mm_section_request *request)
{
    ULONG kind = request->attributes & SECTION_KINDS;

    if ((request->attributes & ~SECTION_FLAGS) != 0 || kind == 0 || (kind & (kind - 1)) != 0)
        return STATUS_INVALID_PARAMETER_6;
    if (!page_protect_is_valid(request->protect, true) ||
        (request->protect & (PAGE_GUARD | PAGE_NOACCESS)) != 0)
        return STATUS_INVALID_PAGE_PROTECTION;
    if (kind == SEC_IMAGE)
        return request->file == NULL ? STATUS_INVALID_FILE_FOR_SECTION : STATUS_NOT_SUPPORTED;
    if (request->file == NULL && request->bytes == 0)
        return STATUS_INVALID_PARAMETER_4;
    if (request->bytes > SECTION_BYTES_MAX)
        return STATUS_SECTION_TOO_BIG;
    return STATUS_SUCCESS;
}

/* How long the section is; a file that is too short for it becomes longer. */
static NTSTATUS file_size_settle(const struct mm_section_request *request, uint64_t *out_bytes)
{
    const struct mm_file_ops *ops = file_ops_get();
    uint64_t bytes;
    NTSTATUS status;

    if (ops == NULL || request->file->SectionObjectPointer == NULL)
        return STATUS_INVALID_FILE_FOR_SECTION;
    status = ops->size(request->file, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    if (request->bytes == 0 && bytes == 0)
        return STATUS_MAPPED_FILE_SIZE_ZERO;
    *out_bytes = request->bytes == 0 ? bytes : request->bytes;
    if (*out_bytes > SECTION_BYTES_MAX)
        return STATUS_SECTION_TOO_BIG;
    if (*out_bytes <= bytes)
        return STATUS_SUCCESS;
    if ((protect_needs(request->protect) & CAN_WRITE) == 0)
        return STATUS_SECTION_TOO_BIG;
    return ops->resize(request->file, *out_bytes);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows request->file; the section keeps it
 * Errors:  STATUS_INVALID_FILE_FOR_SECTION: nothing of the host is behind the file;
 *          STATUS_MAPPED_FILE_SIZE_ZERO, STATUS_SECTION_TOO_BIG
 * Doc:     nf-wdm-zwcreatesection
 * Differs: no images; what is committed is not charged
 */
NTSTATUS mm_section_create(const struct mm_section_request *request, void **out_section)
{
    struct store_source source = {.file = request->file, .bytes = request->bytes};
    struct section *section;
    struct store *store;
    NTSTATUS status = request_check(request);

    if (NT_SUCCESS(status) && request->file != NULL)
        status = file_size_settle(request, &source.bytes);
    if (!NT_SUCCESS(status))
        return status;
    source.is_writable = (protect_needs(request->protect) & CAN_WRITE) != 0;
    source.is_reserved = request->file == NULL && (request->attributes & SEC_RESERVE) != 0;
    status = store_get_for(&source, &store);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_create(mm_section_type, sizeof(*section), (void **)&section);
    if (!NT_SUCCESS(status)) {
        store_put(store);
        return status;
    }
    section->store = store;
    store_section_count(store, 1, source.is_writable);
    section->bytes = source.bytes;
    if (request->file == NULL) /* memory without a file comes in whole pages */
        section->bytes = (source.bytes + 4095) & ~4095ull;
    section->protect = request->protect;
    section->attributes = request->attributes | (request->file != NULL ? SEC_FILE : 0);
    *out_section = section;
    return STATUS_SUCCESS;
}

void mm_section_query(void *body, ULONG *out_attributes, uint64_t *out_bytes)
{
    struct section *section = body;

    host_lock_take(&section->lock);
    *out_bytes = section->bytes;
    host_lock_give(&section->lock);
    *out_attributes = section->attributes;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_SECTION_NOT_EXTENDED: no file is behind it
 * Doc:     observed use of ZwExtendSection; bytes becomes the size there is afterwards
 */
NTSTATUS mm_section_extend(void *body, uint64_t *bytes)
{
    struct section *section = body;
    const struct mm_file_ops *ops = file_ops_get();
    uint64_t file_bytes, before;
    ULONG attributes;
    NTSTATUS status;

    mm_section_query(section, &attributes, &before);
    if (section->store == NULL || section->store->file == NULL)
        return STATUS_SECTION_NOT_EXTENDED;
    if (*bytes > before) {
        status = ops->size(section->store->file, &file_bytes);
        if (NT_SUCCESS(status))
            status = store_extend(section->store, *bytes);
        if (NT_SUCCESS(status) && *bytes > file_bytes)
            status = ops->resize(section->store->file, *bytes);
        if (!NT_SUCCESS(status))
            return status;
        host_lock_take(&section->lock);
        if (*bytes > section->bytes)
            section->bytes = *bytes;
        host_lock_give(&section->lock);
    }
    mm_section_query(section, &attributes, bytes);
    return STATUS_SUCCESS;
}

/* ---- the type ------------------------------------------------------------------------------ */

static void section_delete(void *body)
{
    struct section *section = body;

    if (section->store == NULL)
        return;
    store_section_count(section->store, -1, (protect_needs(section->protect) & CAN_WRITE) != 0);
    store_put(section->store);
}

static NTSTATUS physical_memory_create(void)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    struct section *section;
    void *inserted;
    NTSTATUS status = ob_create(mm_section_type, sizeof(*section), (void **)&section);

    if (!NT_SUCCESS(status))
        return status;
    section->protect = PAGE_EXECUTE_READWRITE;
    section->attributes = SEC_COMMIT;
    section->bytes = PHYSICAL_END;
    RtlInitUnicodeString(&name, (PCWSTR)u"\\Device\\PhysicalMemory");
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL,
                               NULL);
    status = ob_insert(section, &attributes, 0, KernelMode, &inserted, NULL);
    ob_dereference(section);
    return status;
}

bool mm_section_is_physical(const void *body)
{
    return ((const struct section *)body)->store == NULL;
}

NTSTATUS mm_sections_init(void)
{
    static const struct object_type_ops ops = {
        .delete_body = section_delete,
        .mapping = {STANDARD_RIGHTS_READ | SECTION_QUERY | SECTION_MAP_READ,
                    STANDARD_RIGHTS_WRITE | SECTION_MAP_WRITE,
                    STANDARD_RIGHTS_EXECUTE | SECTION_MAP_EXECUTE, SECTION_ALL_ACCESS},
        .valid_access = SECTION_ALL_ACCESS,
    };
    NTSTATUS status = ob_type_create("Section", &ops, &mm_section_type);

    if (!NT_SUCCESS(status))
        return status;
    return physical_memory_create();
}

void mm_sections_fini(void)
{
    system_views_fini();
    window_system_fini();
}
