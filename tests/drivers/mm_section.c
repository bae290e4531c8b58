/* SPDX-License-Identifier: MIT */
/* mm_section.c - tests of sections from inside a driver: views in the program, in the system
 * process and in system space, bodies, files, and what file systems ask about mapped files. */
#include "drivertest.h"

/* Known from their use in public drivers; no public header has them. */
NTSYSAPI NTSTATUS NTAPI MmMapViewInSystemSpaceEx(PVOID, PVOID *, PSIZE_T, PLARGE_INTEGER,
                                                 ULONG_PTR);
NTSYSAPI NTSTATUS NTAPI MmCreateSection(PVOID *, ACCESS_MASK, POBJECT_ATTRIBUTES, PLARGE_INTEGER,
                                        ULONG, ULONG, HANDLE, PFILE_OBJECT);
NTSYSAPI NTSTATUS NTAPI MmMapViewOfSection(PVOID, PEPROCESS, PVOID *, ULONG_PTR, SIZE_T,
                                           PLARGE_INTEGER, PSIZE_T, SECTION_INHERIT, ULONG, ULONG);
NTSYSAPI NTSTATUS NTAPI MmUnmapViewOfSection(PEPROCESS, PVOID);
NTSYSAPI NTSTATUS NTAPI MmCopyVirtualMemory(PEPROCESS, PVOID, PEPROCESS, PVOID, SIZE_T,
                                            KPROCESSOR_MODE, PSIZE_T);
NTSYSAPI ULONGLONG NTAPI MmGetMaximumFileSectionSize(VOID);
NTSYSAPI NTSTATUS NTAPI ZwQuerySection(HANDLE, ULONG, PVOID, SIZE_T, PSIZE_T);
NTSYSAPI NTSTATUS NTAPI ZwProtectVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG, PULONG);
extern POBJECT_TYPE *MmSectionObjectType;

#define SECTION_BYTES 0x30000

static HANDLE section_make(ULONG protect, ULONG attributes)
{
    OBJECT_ATTRIBUTES nothing;
    LARGE_INTEGER size = {.QuadPart = SECTION_BYTES};
    HANDLE handle = NULL;

    InitializeObjectAttributes(&nothing, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(
        ZwCreateSection(&handle, SECTION_ALL_ACCESS, &nothing, &size, protect, attributes, NULL),
        STATUS_SUCCESS);
    return handle;
}

static PUCHAR view_make(HANDLE section, ULONG protect)
{
    PVOID base = NULL;
    SIZE_T size = 0;

    expect_status(ZwMapViewOfSection(section, ZwCurrentProcess(), &base, 0, 0, NULL, &size,
                                     ViewUnmap, 0, protect),
                  STATUS_SUCCESS);
    expect_number(size, SECTION_BYTES);
    return base;
}

static PVOID body_of(HANDLE section)
{
    PVOID body = NULL;

    expect_status(ObReferenceObjectByHandle(section, SECTION_MAP_WRITE, *MmSectionObjectType,
                                            KernelMode, &body, NULL),
                  STATUS_SUCCESS);
    return body;
}

static void shared_with_the_program(void)
{
    HANDLE section = section_make(PAGE_READWRITE, SEC_COMMIT);
    PUCHAR user = view_make(section, PAGE_READWRITE), second, system = NULL;
    PVOID body = body_of(section), base = NULL;
    LARGE_INTEGER offset = {.QuadPart = 0x10000};
    SIZE_T size = 0;

    expect((ULONG_PTR)user < (ULONG_PTR)MmHighestUserAddress && ((ULONG_PTR)user & 0xffff) == 0);
    second = view_make(section, PAGE_READONLY);
    user[0x10005] = 5;
    expect(second != user && second[0x10005] == 5);
    expect_status(MmMapViewInSystemSpace(body, (PVOID *)&system, &size), STATUS_SUCCESS);
    expect(system > (PUCHAR)MmSystemRangeStart && system[0x10005] == 5);
    expect_number(size, SECTION_BYTES);
    system[7] = 77;
    expect_number(user[7], 77);
    size = 0x2000;
    expect_status(MmMapViewInSystemSpaceEx(body, &base, &size, &offset, 0), STATUS_SUCCESS);
    expect(((PUCHAR)base)[5] == 5);
    expect_status(MmUnmapViewInSystemSpace(base), STATUS_SUCCESS);
    expect(!MmIsAddressValid(base));
    size = SECTION_BYTES + 0x1000;
    expect_status(MmMapViewInSessionSpace(body, &base, &size), STATUS_INVALID_VIEW_SIZE);
    size = 0;
    expect_status(MmMapViewInSessionSpace(body, &base, &size), STATUS_SUCCESS);
    expect_status(MmUnmapViewInSessionSpace(base), STATUS_SUCCESS);
    ObDereferenceObject(body);
    ZwClose(section);
    user[9] = 9; /* views outlive the section */
    expect(system[9] == 9 && second[9] == 9);
    expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), user + 0x1234), STATUS_SUCCESS);
    expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), user), STATUS_NOT_MAPPED_VIEW);
    expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), second), STATUS_SUCCESS);
    expect_status(MmUnmapViewInSystemSpace(system), STATUS_SUCCESS);
    expect_status(MmUnmapViewInSystemSpace(system), STATUS_NOT_MAPPED_VIEW);
}

static void copies_on_write(void)
{
    HANDLE section = section_make(PAGE_READWRITE, SEC_COMMIT);
    PUCHAR shared = view_make(section, PAGE_READWRITE), copy = view_make(section, PAGE_WRITECOPY);
    PMDL mdl = IoAllocateMdl(copy + 0x2000, PAGE_SIZE, FALSE, FALSE, NULL);

    shared[0] = 1;
    expect_number(copy[0], 1);
    copy[0] = 2; /* the driver's touch makes the copy */
    expect(copy[0] == 2 && shared[0] == 1);
    shared[0x1000] = 3;
    expect_number(copy[0x1000], 3);
    MmProbeAndLockPages(mdl, UserMode, IoWriteAccess); /* so does a lock for writing */
    shared[0x2000] = 4;
    expect_number(copy[0x2000], 0);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ZwUnmapViewOfSection(ZwCurrentProcess(), copy);
    ZwUnmapViewOfSection(ZwCurrentProcess(), shared);
    ZwClose(section);
}

static void locked_pages_of_a_view(void)
{
    HANDLE section = section_make(PAGE_READWRITE, SEC_COMMIT);
    PUCHAR user = view_make(section, PAGE_READWRITE), system;
    PMDL mdl = IoAllocateMdl(user + 0x10000, 2 * PAGE_SIZE, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
    ZwClose(section);
    user[0x10001] = 11;
    expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), user), STATUS_SUCCESS);
    system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    expect(system != NULL && system[1] == 11); /* the pages are there until they are unlocked */
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
}

static void names_rights_and_questions(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\section of a driver");
    OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER size = {.QuadPart = 100};
    HANDLE section = NULL, again = NULL;
    struct {
        PVOID base;
        ULONG attributes;
        LARGE_INTEGER size;
    } basic;
    PVOID base = NULL;
    SIZE_T length = 0;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwOpenSection(&again, SECTION_MAP_READ, &attributes),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(ZwCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READONLY,
                                  SEC_COMMIT, NULL),
                  STATUS_SUCCESS);
    expect_status(ZwOpenSection(&again, SECTION_MAP_READ | SECTION_QUERY, &attributes),
                  STATUS_SUCCESS);
    expect_status(ZwQuerySection(again, 0, &basic, sizeof basic, &length), STATUS_SUCCESS);
    expect(length == sizeof basic && basic.size.QuadPart == PAGE_SIZE &&
           (basic.attributes & SEC_COMMIT));
    length = 0;
    expect_status(ZwMapViewOfSection(again, ZwCurrentProcess(), &base, 0, 0, NULL, &length,
                                     ViewUnmap, 0, PAGE_READWRITE),
                  STATUS_SECTION_PROTECTION);
    ZwClose(again);
    ZwClose(section);
    expect_status(
        ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, 0, NULL),
        STATUS_INVALID_PARAMETER_6);
    expect_status(
        ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READWRITE, SEC_COMMIT, NULL),
        STATUS_INVALID_PARAMETER_4);
}

static void many_views(void)
{
    HANDLE section = section_make(PAGE_READWRITE, SEC_COMMIT);
    PVOID body = body_of(section), system, first = NULL;
    ULONG i;

    for (i = 0; i < 2000; i++) {
        PUCHAR user = view_make(section, PAGE_READWRITE);
        SIZE_T size = 0;
        if (!first)
            first = user;
        expect(user == first);
        expect_status(MmMapViewInSystemSpace(body, &system, &size), STATUS_SUCCESS);
        user[i] = (UCHAR)i;
        expect_number(((PUCHAR)system)[i], (UCHAR)i);
        expect_status(MmUnmapViewInSystemSpace(system), STATUS_SUCCESS);
        expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), user), STATUS_SUCCESS);
    }
    ObDereferenceObject(body);
    ZwClose(section);
}

/* ---- other processes ----------------------------------------------------------------------------
 */

static KEVENT in_system_done;
static PEPROCESS the_program;
static PUCHAR program_view;
static HANDLE the_section;

/* In the system process: a view there, one in the program by attaching, and by MmMap…. */
static VOID in_system(PVOID context)
{
    PVOID body = body_of(the_section), base = NULL;
    KAPC_STATE state;
    SIZE_T size = 0, done = 0;
    PUCHAR own = view_make(the_section, PAGE_READWRITE), attached;
    ULONG number = 0;

    expect(own[3] == 33);
    own[4] = 44;
    KeStackAttachProcess(the_program, &state);
    attached = view_make(the_section, PAGE_READONLY);
    expect(attached != own && attached[4] == 44);
    expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), attached), STATUS_SUCCESS);
    KeUnstackDetachProcess(&state);
    expect_status(MmMapViewOfSection(body, the_program, &base, 0, 0, NULL, &size, ViewUnmap, 0,
                                     PAGE_READWRITE),
                  STATUS_SUCCESS);
    expect_number(((PUCHAR)base)[4], 44);
    expect_status(MmUnmapViewOfSection(the_program, base), STATUS_SUCCESS);
    expect_status(MmCopyVirtualMemory(the_program, program_view, PsGetCurrentProcess(), &number, 4,
                                      KernelMode, &done),
                  STATUS_SUCCESS);
    expect(done == 4 && (number >> 24) == 33);
    done = 1;
    expect(MmCopyVirtualMemory(PsGetCurrentProcess(), program_view, PsGetCurrentProcess(), &number,
                               4, KernelMode, &done) != STATUS_SUCCESS);
    expect_number(done, 0);
    expect_status(ZwUnmapViewOfSection(ZwCurrentProcess(), own), STATUS_SUCCESS);
    ObDereferenceObject(body);
    KeSetEvent(&in_system_done, 0, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void views_in_other_processes(void)
{
    HANDLE thread = NULL;
    PVOID body = NULL;

    KeInitializeEvent(&in_system_done, NotificationEvent, FALSE);
    the_program = PsGetCurrentProcess();
    the_section = section_make(PAGE_READWRITE, SEC_COMMIT);
    program_view = view_make(the_section, PAGE_READWRITE);
    program_view[3] = 33;
    expect_status(
        PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, in_system, NULL),
        STATUS_SUCCESS);
    ObReferenceObjectByHandle(thread, SYNCHRONIZE, *PsThreadType, KernelMode, &body, NULL);
    KeWaitForSingleObject(body, Executive, KernelMode, FALSE, NULL);
    expect(KeReadStateEvent(&in_system_done) != 0 && program_view[4] == 44);
    ObDereferenceObject(body);
    ZwClose(thread);
    ZwUnmapViewOfSection(ZwCurrentProcess(), program_view);
    ZwClose(the_section);
}

/* ---- files -------------------------------------------------------------------------------------
 */

static HANDLE file_make(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\??\\C:\\mm_section.bin");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK done;
    LARGE_INTEGER start = {.QuadPart = 0};
    HANDLE file = NULL;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateFile(&file, GENERIC_READ | GENERIC_WRITE | DELETE | SYNCHRONIZE,
                               &attributes, &done, NULL, 0, 0, FILE_CREATE,
                               FILE_SYNCHRONOUS_IO_NONALERT | FILE_DELETE_ON_CLOSE, NULL, 0),
                  STATUS_SUCCESS);
    expect_status(ZwWriteFile(file, NULL, NULL, NULL, &done, (PVOID) "written", 7, &start, NULL),
                  STATUS_SUCCESS);
    return file;
}

static void sections_of_files(void)
{
    HANDLE handle = file_make(), section = NULL;
    PFILE_OBJECT file = NULL;
    LARGE_INTEGER size = {.QuadPart = 0}, nothing = {.QuadPart = 0};
    IO_STATUS_BLOCK done;
    PVOID body = NULL, base = NULL;
    SIZE_T length = 0;
    PUCHAR system = NULL;
    char read[8] = "";

    ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, (PVOID *)&file, NULL);
    expect(file->SectionObjectPointer != NULL);
    expect(MmCanFileBeTruncated(file->SectionObjectPointer, NULL));
    expect(MmForceSectionClosed(file->SectionObjectPointer, FALSE));
    expect_status(MmCreateSection(&body, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE,
                                  SEC_COMMIT, NULL, file),
                  STATUS_SUCCESS);
    expect_number(size.QuadPart, 7);
    expect_status(MmMapViewInSystemSpace(body, (PVOID *)&system, &length), STATUS_SUCCESS);
    expect(RtlCompareMemory(system, "written", 7) == 7);
    system[0] = 'W';
    expect_status(ZwReadFile(handle, NULL, NULL, NULL, &done, read, 7, &(LARGE_INTEGER){0}, NULL),
                  STATUS_SUCCESS);
    expect_number(read[0], 'W');
    expect(!MmCanFileBeTruncated(file->SectionObjectPointer, NULL));
    expect(!MmForceSectionClosed(file->SectionObjectPointer, FALSE));
    expect(!MmForceSectionClosedEx(file->SectionObjectPointer, MM_FORCE_CLOSED_DATA));
    expect(MmForceSectionClosedEx(file->SectionObjectPointer, MM_FORCE_CLOSED_IMAGE));
    expect(MmFlushImageSection(file->SectionObjectPointer, MmFlushForWrite));
    expect(MmDoesFileHaveUserWritableReferences(file->SectionObjectPointer) != 0);
    expect_status(
        ZwSetInformationFile(handle, &done, &nothing, sizeof nothing, FileEndOfFileInformation),
        STATUS_USER_MAPPED_FILE);
    MmUnmapViewInSystemSpace(system);
    ObDereferenceObject(body);
    expect(MmCanFileBeTruncated(file->SectionObjectPointer, NULL));
    expect_number(MmDoesFileHaveUserWritableReferences(file->SectionObjectPointer), 0);
    expect_status(ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READWRITE,
                                  SEC_COMMIT, handle),
                  STATUS_SUCCESS);
    length = 0;
    expect_status(ZwMapViewOfSection(section, ZwCurrentProcess(), &base, 0, 0, NULL, &length,
                                     ViewUnmap, 0, PAGE_READWRITE),
                  STATUS_SUCCESS);
    ((PUCHAR)base)[1] = 'R';
    length = 0;
    expect_status(ZwFlushVirtualMemory(ZwCurrentProcess(), &base, &length, &done), STATUS_SUCCESS);
    ZwUnmapViewOfSection(ZwCurrentProcess(), base);
    ZwClose(section);
    ObDereferenceObject(file);
    ZwClose(handle);
}

static void no_sections_of_devices(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\DriverTest");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK done;
    HANDLE device = NULL, section = NULL;
    LARGE_INTEGER size = {.QuadPart = PAGE_SIZE};

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateFile(&device, GENERIC_READ | SYNCHRONIZE, &attributes, &done, NULL, 0, 7,
                               FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_SUCCESS);
    expect_status(ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READONLY,
                                  SEC_COMMIT, device),
                  STATUS_INVALID_FILE_FOR_SECTION);
    ZwClose(device);
}

static void small_answers(void)
{
    READ_LIST list = {0};
    PREAD_LIST lists = &list;

    expect(MmGetMaximumFileSectionSize() >= 0x100000000ull);
    expect(!MmIsRecursiveIoFault());
    expect(!MmSetAddressRangeModified(drivertest_user_memory, PAGE_SIZE));
    expect_status(MmPrefetchPages(1, &lists), STATUS_INVALID_PARAMETER);
}

/* ---- programs' memory ---------------------------------------------------------------------------
 */

static void secured_memory(void)
{
    PVOID base = NULL;
    SIZE_T size = 4 * PAGE_SIZE, none = 0;
    ULONG old = 0;
    HANDLE secure;

    expect_status(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size,
                                          MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN, PAGE_READWRITE),
                  STATUS_SUCCESS);
    secure = MmSecureVirtualMemory(base, size, PAGE_READWRITE);
    expect(secure != NULL);
    expect_status(ZwProtectVirtualMemory(ZwCurrentProcess(), &base, &size, PAGE_READONLY, &old),
                  STATUS_INVALID_PAGE_PROTECTION);
    expect(!NT_SUCCESS(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &none, MEM_RELEASE)));
    *(volatile UCHAR *)base = 1;
    MmUnsecureVirtualMemory(secure);
    expect_status(ZwProtectVirtualMemory(ZwCurrentProcess(), &base, &size, PAGE_READONLY, &old),
                  STATUS_SUCCESS);
    expect(MmSecureVirtualMemory(base, size, PAGE_READWRITE) == NULL);
    none = 0;
    expect_status(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &none, MEM_RELEASE),
                  STATUS_SUCCESS);
}

static void guard_pages(void)
{
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE, none = 0;
    NTSTATUS met = STATUS_SUCCESS;

    expect_status(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size,
                                          MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD),
                  STATUS_SUCCESS);
    __try {
        *(volatile UCHAR *)base = 1;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        met = GetExceptionCode();
    }
    expect_status(met, STATUS_GUARD_PAGE_VIOLATION);
    *(volatile UCHAR *)base = 2; /* once */
    expect_number(*(volatile UCHAR *)base, 2);
    ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &none, MEM_RELEASE);
}

DRIVERTEST_LIST = {
    DRIVERTEST(shared_with_the_program),
    DRIVERTEST(copies_on_write),
    DRIVERTEST(locked_pages_of_a_view),
    DRIVERTEST(names_rights_and_questions),
    DRIVERTEST(many_views),
    DRIVERTEST(views_in_other_processes),
    DRIVERTEST(sections_of_files),
    DRIVERTEST(no_sections_of_devices),
    DRIVERTEST(small_answers),
    DRIVERTEST(secured_memory),
    DRIVERTEST(guard_pages),
    DRIVERTEST_END,
};
