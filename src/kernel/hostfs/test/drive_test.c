/* SPDX-License-Identifier: MIT */
/* drive_test.c - files of a drive: dispositions, names, sharing, transfers, information,
 * listings, deletion, and host paths.
 */
#include "hostfs_test.h"

static LARGE_INTEGER at(LONGLONG offset)
{
    return (LARGE_INTEGER){.QuadPart = offset};
}

/* ---- create
 * -------------------------------------------------------------------------------------- */

static void dispositions(void)
{
    struct io_create create;
    HANDLE handle;
    static const struct {
        ULONG disposition;
        NTSTATUS missing, existing;
        ULONG_PTR made, found;
    } cases[] = {
        {FILE_OPEN, STATUS_OBJECT_NAME_NOT_FOUND, STATUS_SUCCESS, 0, FILE_OPENED},
        {FILE_CREATE, STATUS_SUCCESS, STATUS_OBJECT_NAME_COLLISION, FILE_CREATED, 0},
        {FILE_OPEN_IF, STATUS_SUCCESS, STATUS_SUCCESS, FILE_CREATED, FILE_OPENED},
        {FILE_OVERWRITE, STATUS_OBJECT_NAME_NOT_FOUND, STATUS_SUCCESS, 0, FILE_OVERWRITTEN},
        {FILE_OVERWRITE_IF, STATUS_SUCCESS, STATUS_SUCCESS, FILE_CREATED, FILE_OVERWRITTEN},
        {FILE_SUPERSEDE, STATUS_SUCCESS, STATUS_SUCCESS, FILE_CREATED, FILE_SUPERSEDED},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct stat stat_buffer;
        unlink(test_path("a.txt"));
        assert_int_equal(test_create("\\??\\T:\\a.txt", cases[i].disposition, 0, FILE_GENERIC_READ,
                                     TEST_SHARE, NULL, &create, &handle),
                         cases[i].missing);
        if (NT_SUCCESS(cases[i].missing)) {
            assert_int_equal(create.status.Information, cases[i].made);
            ob_handle_close(handle, KernelMode);
            assert_int_equal(stat(test_path("a.txt"), &stat_buffer), 0);
        }
        test_host_write("a.txt", "four");
        assert_int_equal(test_create("\\??\\t:\\A.TXT", cases[i].disposition, 0, FILE_GENERIC_READ,
                                     TEST_SHARE, NULL, &create, &handle),
                         cases[i].existing);
        if (NT_SUCCESS(cases[i].existing)) {
            assert_int_equal(create.status.Information, cases[i].found);
            ob_handle_close(handle, KernelMode);
        }
        assert_int_equal(stat(test_path("a.txt"), &stat_buffer), 0);
        bool keeps = cases[i].disposition == FILE_CREATE || cases[i].found == FILE_OPENED;
        assert_int_equal(stat_buffer.st_size, keeps ? 4 : 0);
    }
}

static void names(void)
{
    struct io_create create;
    HANDLE folder, handle;
    mkdir(test_path("Dir"), 0777);
    test_host_write("Dir/File.TXT", "x");
    test_host_write("plain", "x");
    assert_int_equal(test_try("\\??\\T:\\dIR\\fILE.txt", FILE_OPEN, 0), STATUS_SUCCESS);
    assert_int_equal(test_try("\\Device\\HostDriveT\\Dir\\File.TXT", FILE_OPEN, 0), STATUS_SUCCESS);
    assert_int_equal(test_try("\\??\\T:\\none\\x", FILE_OPEN, 0), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(test_try("\\??\\T:\\plain\\x", FILE_OPEN, 0), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(test_try("\\??\\T:\\..\\etc", FILE_OPEN, 0), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(test_try("\\??\\T:\\Dir\\..\\plain", FILE_OPEN, 0),
                     STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(test_try("\\??\\T:\\a/b", FILE_OPEN, 0), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(test_try("\\??\\T:\\a*", FILE_CREATE, 0), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(test_try("\\??\\T:\\plain:stream", FILE_OPEN, 0), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(test_try("\\??\\T:\\Dir", FILE_OPEN, FILE_NON_DIRECTORY_FILE),
                     STATUS_FILE_IS_A_DIRECTORY);
    assert_int_equal(test_try("\\??\\T:\\plain", FILE_OPEN, FILE_DIRECTORY_FILE),
                     STATUS_NOT_A_DIRECTORY);
    assert_int_equal(test_try("\\??\\T:\\New", FILE_CREATE, FILE_DIRECTORY_FILE), STATUS_SUCCESS);
    assert_int_equal(test_try("\\??\\T:\\new\\", FILE_OPEN, FILE_DIRECTORY_FILE), STATUS_SUCCESS);
    assert_int_equal(test_try("\\??\\T:\\", FILE_OPEN, FILE_DIRECTORY_FILE), STATUS_SUCCESS);
    /* Relative to an open folder. */
    assert_int_equal(test_create("\\??\\T:\\Dir", FILE_OPEN, FILE_DIRECTORY_FILE, FILE_GENERIC_READ,
                                 TEST_SHARE, NULL, &create, &folder),
                     STATUS_SUCCESS);
    assert_int_equal(test_create("file.txt", FILE_OPEN, 0, FILE_GENERIC_READ, TEST_SHARE, folder,
                                 &create, &handle),
                     STATUS_SUCCESS);
    ob_handle_close(handle, KernelMode);
    ob_handle_close(folder, KernelMode);
}

static void sharing(void)
{
    struct io_create create;
    HANDLE first, second;
    test_host_write("s", "x");
    assert_int_equal(test_create("\\??\\T:\\s", FILE_OPEN, 0, FILE_GENERIC_READ, FILE_SHARE_READ,
                                 NULL, &create, &first),
                     STATUS_SUCCESS);
    assert_int_equal(test_create("\\??\\T:\\s", FILE_OPEN, 0, FILE_GENERIC_WRITE, TEST_SHARE, NULL,
                                 &create, &second),
                     STATUS_SHARING_VIOLATION);
    /* A refused overwrite has not touched the contents. */
    assert_int_equal(test_create("\\??\\T:\\s", FILE_OVERWRITE, 0, FILE_GENERIC_WRITE, TEST_SHARE,
                                 NULL, &create, &second),
                     STATUS_SHARING_VIOLATION);
    struct stat stat_buffer;
    stat(test_path("s"), &stat_buffer);
    assert_int_equal(stat_buffer.st_size, 1);
    assert_int_equal(test_create("\\??\\T:\\S", FILE_OPEN, 0, FILE_GENERIC_READ, FILE_SHARE_READ,
                                 NULL, &create, &second),
                     STATUS_SUCCESS);
    ob_handle_close(second, KernelMode);
    ob_handle_close(first, KernelMode);
    assert_int_equal(
        test_create("\\??\\T:\\s", FILE_OPEN, 0, FILE_GENERIC_WRITE, 0, NULL, &create, &second),
        STATUS_SUCCESS);
    ob_handle_close(second, KernelMode);
}

/* ---- bytes
 * -------------------------------------------------------------------------------------------- */

static void transfers(void)
{
    HANDLE handle, append;
    struct io_create create;
    char buffer[32] = {0};
    ULONG_PTR done;
    FILE_OBJECT *file = test_open("\\??\\T:\\bytes", FILE_CREATE, &handle);
    assert_int_equal(test_read(file, buffer, 4, at(0), &done), STATUS_END_OF_FILE);
    assert_int_equal(test_write(file, "hello", test_here), STATUS_SUCCESS);
    assert_int_equal(test_write(file, " world", test_here), STATUS_SUCCESS);
    assert_int_equal(file->CurrentByteOffset.QuadPart, 11);
    assert_int_equal(test_read(file, buffer, 32, at(6), &done), STATUS_SUCCESS);
    assert_int_equal(done, 5);
    assert_memory_equal(buffer, "world", 5);
    assert_int_equal(test_read(file, buffer, 4, test_here, &done), STATUS_END_OF_FILE);
    LARGE_INTEGER end = {.LowPart = FILE_WRITE_TO_END_OF_FILE, .HighPart = -1};
    assert_int_equal(test_write(file, "!", end), STATUS_SUCCESS);
    /* Append access alone: every write goes to the end. */
    assert_int_equal(test_create("\\??\\T:\\bytes", FILE_OPEN, 0, FILE_APPEND_DATA, TEST_SHARE,
                                 NULL, &create, &append),
                     STATUS_SUCCESS);
    assert_int_equal(test_write(create.file, "?", at(0)), STATUS_SUCCESS);
    ob_handle_close(append, KernelMode);
    assert_int_equal(test_read(file, buffer, 32, at(0), &done), STATUS_SUCCESS);
    assert_memory_equal(buffer, "hello world!?", 13);
    IO_STATUS_BLOCK block;
    assert_int_equal(test_send(file, (struct io_request){.major = IRP_MJ_FLUSH_BUFFERS}, &block),
                     STATUS_SUCCESS);
    ob_handle_close(handle, KernelMode);
}

/* ---- information
 * ---------------------------------------------------------------------------------------- */

static void information(void)
{
    HANDLE handle;
    ULONG_PTR length;
    FILE_BASIC_INFORMATION basic = {0};
    FILE_STANDARD_INFORMATION standard;
    LARGE_INTEGER size = {.QuadPart = 10};
    char name[128];
    FILE_OBJECT *file = test_open("\\??\\T:\\info", FILE_CREATE, &handle);
    assert_int_equal(test_set(file, FileEndOfFileInformation, &size, sizeof(size)), STATUS_SUCCESS);
    assert_int_equal(test_query(file, IRP_MJ_QUERY_INFORMATION, FileStandardInformation, &standard,
                                sizeof(standard), &length),
                     STATUS_SUCCESS);
    assert_int_equal(length, sizeof(standard));
    assert_int_equal(standard.EndOfFile.QuadPart, 10);
    assert_false(standard.Directory);
    basic.LastWriteTime.QuadPart = 132223104000000000; /* 2020-01-01 */
    basic.FileAttributes = FILE_ATTRIBUTE_READONLY;
    assert_int_equal(test_set(file, FileBasicInformation, &basic, sizeof(basic)), STATUS_SUCCESS);
    memset(&basic, 0, sizeof(basic));
    assert_int_equal(test_query(file, IRP_MJ_QUERY_INFORMATION, FileBasicInformation, &basic,
                                sizeof(basic), NULL),
                     STATUS_SUCCESS);
    assert_int_equal(basic.LastWriteTime.QuadPart, 132223104000000000);
    assert_true(basic.FileAttributes & FILE_ATTRIBUTE_READONLY);
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    assert_int_equal(test_set(file, FileDispositionInformation, &disposition, sizeof(disposition)),
                     STATUS_CANNOT_DELETE);
    FILE_NAME_INFORMATION *info = (FILE_NAME_INFORMATION *)name;
    assert_int_equal(test_query(file, IRP_MJ_QUERY_INFORMATION, FileNameInformation, name,
                                sizeof(name), &length),
                     STATUS_SUCCESS);
    assert_int_equal(info->FileNameLength, 10);
    assert_memory_equal(info->FileName, L"\\info", 10);
    assert_int_equal(
        test_query(file, IRP_MJ_QUERY_INFORMATION, FileNameInformation, name, 8, &length),
        STATUS_BUFFER_OVERFLOW);
    assert_int_equal(
        test_query(file, IRP_MJ_QUERY_INFORMATION, FileStandardInformation, &standard, 4, NULL),
        STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(test_query(file, IRP_MJ_QUERY_INFORMATION, 9999, name, sizeof(name), NULL),
                     STATUS_INVALID_PARAMETER);
    FILE_FS_DEVICE_INFORMATION device;
    assert_int_equal(test_query(file, IRP_MJ_QUERY_VOLUME_INFORMATION, FileFsDeviceInformation,
                                &device, sizeof(device), NULL),
                     STATUS_SUCCESS);
    assert_int_equal(device.DeviceType, FILE_DEVICE_DISK);
    ob_handle_close(handle, KernelMode);
    assert_int_equal(test_try("\\??\\T:\\info", FILE_OVERWRITE, 0), STATUS_ACCESS_DENIED);
}

static NTSTATUS rename_to(FILE_OBJECT *file, const char *name, BOOLEAN replace)
{
    char buffer[160] = {0};
    UNICODE_STRING wide;
    FILE_RENAME_INFORMATION *info = (FILE_RENAME_INFORMATION *)buffer;
    assert_int_equal(rtl_unicode_of(name, &wide), STATUS_SUCCESS);
    info->ReplaceIfExists = replace;
    info->FileNameLength = wide.Length;
    memcpy(info->FileName, wide.Buffer, wide.Length);
    RtlFreeUnicodeString(&wide);
    return test_set(file, FileRenameInformation, buffer, sizeof(buffer));
}

static void renaming_and_deletion(void)
{
    HANDLE handle, second;
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    mkdir(test_path("sub"), 0777);
    test_host_write("taken", "x");
    FILE_OBJECT *file = test_open("\\??\\T:\\old", FILE_CREATE, &handle);
    assert_int_equal(rename_to(file, "taken", FALSE), STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(rename_to(file, "\\??\\T:\\sub\\new", FALSE), STATUS_SUCCESS);
    assert_int_equal(access(test_path("sub/new"), F_OK), 0);
    assert_int_equal(rename_to(file, "newer", FALSE), STATUS_SUCCESS);
    assert_int_equal(access(test_path("sub/newer"), F_OK), 0);
    assert_int_equal(rename_to(file, "\\??\\T:\\taken", TRUE), STATUS_SUCCESS);
    /* Gone with its last handle, not before; nobody new gets in. */
    FILE_OBJECT *other = test_open("\\??\\T:\\taken", FILE_OPEN, &second);
    assert_int_equal(test_set(other, FileDispositionInformation, &disposition, sizeof(disposition)),
                     STATUS_SUCCESS);
    ob_handle_close(second, KernelMode);
    assert_int_equal(access(test_path("taken"), F_OK), 0);
    assert_int_equal(test_try("\\??\\T:\\taken", FILE_OPEN, 0), STATUS_DELETE_PENDING);
    ob_handle_close(handle, KernelMode);
    assert_int_not_equal(access(test_path("taken"), F_OK), 0);
    /* A folder that is not empty stays. */
    test_host_write("sub/x", "x");
    struct io_create create;
    assert_int_equal(test_create("\\??\\T:\\sub", FILE_OPEN, FILE_DIRECTORY_FILE,
                                 FILE_GENERIC_READ | DELETE, TEST_SHARE, NULL, &create, &handle),
                     STATUS_SUCCESS);
    assert_int_equal(
        test_set(create.file, FileDispositionInformation, &disposition, sizeof(disposition)),
        STATUS_DIRECTORY_NOT_EMPTY);
    ob_handle_close(handle, KernelMode);
    assert_int_equal(test_create("\\??\\T:\\sub\\x", FILE_OPEN, FILE_DELETE_ON_CLOSE,
                                 FILE_GENERIC_READ | DELETE, TEST_SHARE, NULL, &create, &handle),
                     STATUS_SUCCESS);
    ob_handle_close(handle, KernelMode);
    assert_int_not_equal(access(test_path("sub/x"), F_OK), 0);
}

/* ---- listings
 * ---------------------------------------------------------------------------------------------- */

static NTSTATUS list(FILE_OBJECT *file, const char *pattern, ULONG flags, ULONG kind, void *buffer,
                     ULONG length, ULONG_PTR *out_length)
{
    UNICODE_STRING wide = {0};
    IO_STATUS_BLOCK block = {0};
    if (pattern != NULL)
        assert_int_equal(rtl_unicode_of(pattern, &wide), STATUS_SUCCESS);
    NTSTATUS status = test_send(file,
                                (struct io_request){.major = IRP_MJ_DIRECTORY_CONTROL,
                                                    .minor = IRP_MN_QUERY_DIRECTORY,
                                                    .information_class = kind,
                                                    .output = buffer,
                                                    .output_length = length,
                                                    .directory_pattern = pattern ? &wide : NULL,
                                                    .stack_flags = flags},
                                &block);
    if (pattern != NULL)
        RtlFreeUnicodeString(&wide);
    *out_length = block.Information;
    return status;
}

/* The names of a buffer full, joined by commas. */
static const char *names_in(const char *buffer)
{
    static char text[256];
    const FILE_NAMES_INFORMATION *entry = (const void *)buffer;
    size_t length = 0;
    for (;;) {
        for (ULONG i = 0; i < entry->FileNameLength / sizeof(WCHAR); i++)
            text[length++] = (char)entry->FileName[i];
        text[length++] = ',';
        if (entry->NextEntryOffset == 0)
            break;
        entry = (const void *)((const char *)entry + entry->NextEntryOffset);
    }
    text[length] = '\0';
    return text;
}

static void listings(void)
{
    struct io_create create;
    HANDLE handle;
    ULONG_PTR length;
    char buffer[512];
    test_host_write("b.txt", "12345");
    test_host_write("A.txt", "1");
    test_host_write("c.bin", "");
    mkdir(test_path("dir"), 0777);
    assert_int_equal(test_create("\\??\\T:\\", FILE_OPEN, FILE_DIRECTORY_FILE, FILE_GENERIC_READ,
                                 TEST_SHARE, NULL, &create, &handle),
                     STATUS_SUCCESS);
    FILE_OBJECT *file = create.file;
    assert_int_equal(list(file, NULL, 0, FileNamesInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_string_equal(names_in(buffer), "A.txt,b.txt,c.bin,dir,");
    assert_int_equal(list(file, NULL, 0, FileNamesInformation, buffer, sizeof(buffer), &length),
                     STATUS_NO_MORE_FILES);
    assert_int_equal(list(file, "*.TXT", SL_RESTART_SCAN | SL_RETURN_SINGLE_ENTRY,
                          FileBothDirectoryInformation, buffer, sizeof(buffer), &length),
                     STATUS_SUCCESS);
    FILE_BOTH_DIR_INFORMATION *both = (FILE_BOTH_DIR_INFORMATION *)buffer;
    assert_int_equal(both->FileNameLength, 10);
    assert_memory_equal(both->FileName, L"A.txt", 10);
    assert_int_equal(both->EndOfFile.QuadPart, 1);
    assert_int_equal(both->NextEntryOffset, 0);
    assert_int_equal(
        list(file, NULL, 0, FileBothDirectoryInformation, buffer, sizeof(buffer), &length),
        STATUS_SUCCESS);
    assert_memory_equal(both->FileName, L"b.txt", 10);
    assert_int_equal(both->EndOfFile.QuadPart, 5);
    assert_int_equal(list(file, "nothing*", SL_RESTART_SCAN, FileNamesInformation, buffer,
                          sizeof(buffer), &length),
                     STATUS_NO_SUCH_FILE);
    assert_int_equal(list(file, "*", SL_RESTART_SCAN, FileNamesInformation, buffer, 16, &length),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(list(file, "?.bin", SL_RESTART_SCAN, FileDirectoryInformation, buffer,
                          sizeof(buffer), &length),
                     STATUS_SUCCESS);
    assert_int_equal(
        ((FILE_DIRECTORY_INFORMATION *)buffer)->FileAttributes & FILE_ATTRIBUTE_DIRECTORY, 0);
    assert_int_equal(list(file, "*", SL_RESTART_SCAN, 9999, buffer, sizeof(buffer), &length),
                     STATUS_INVALID_INFO_CLASS);
    ob_handle_close(handle, KernelMode);
}

/* ---- paths
 * ------------------------------------------------------------------------------------------------------
 */

static void expect_path(const char *nt_path, const char *expected)
{
    UNICODE_STRING wide;
    char *path = NULL;
    assert_int_equal(rtl_unicode_of(nt_path, &wide), STATUS_SUCCESS);
    NTSTATUS status = hostfs_host_path(&wide, &path);
    RtlFreeUnicodeString(&wide);
    if (expected == NULL) {
        assert_false(NT_SUCCESS(status));
        return;
    }
    assert_int_equal(status, STATUS_SUCCESS);
    assert_string_equal(path, test_path(expected));
    free(path);
}

static void paths(void)
{
    UNICODE_STRING root = RTL_CONSTANT_STRING(L"\\SystemRoot");
    UNICODE_STRING target = RTL_CONSTANT_STRING(L"\\??\\T:\\Windows");
    UNICODE_STRING nt_path;
    mkdir(test_path("Windows"), 0777);
    test_host_write("Windows/Beep.sys", "x");
    assert_int_equal(ob_symbolic_link_create(&root, &target), STATUS_SUCCESS);
    expect_path("\\??\\T:\\windows\\beep.SYS", "Windows/Beep.sys");
    expect_path("\\DosDevices\\t:\\Windows\\Beep.sys", "Windows/Beep.sys");
    expect_path("\\SystemRoot\\beep.sys", "Windows/Beep.sys");
    expect_path("Beep.sys", "Windows/Beep.sys");
    expect_path("\\??\\T:\\absent.sys", NULL);
    expect_path("\\??\\Q:\\Windows\\Beep.sys", NULL);
    assert_int_equal(hostfs_nt_path(test_path("Windows/Beep.sys"), &nt_path), STATUS_SUCCESS);
    assert_int_equal(nt_path.Length, 23 * sizeof(WCHAR));
    assert_memory_equal(nt_path.Buffer, L"\\??\\T:\\Windows\\Beep.sys", nt_path.Length);
    RtlFreeUnicodeString(&nt_path);
    assert_int_equal(hostfs_nt_path("/nowhere", &nt_path), STATUS_OBJECT_PATH_NOT_FOUND);
    assert_int_equal(hostfs_drive_add('t', "/"), STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(hostfs_drive_add('1', "/"), STATUS_INVALID_PARAMETER);
    assert_int_equal(hostfs_drive_add('U', "/absent-folder"), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(hostfs_drive_add('Z', "/"), STATUS_SUCCESS);
    assert_int_equal(test_try("\\??\\Z:\\tmp", FILE_OPEN, FILE_DIRECTORY_FILE), STATUS_SUCCESS);
    assert_int_equal(ob_symbolic_link_delete(&root), STATUS_SUCCESS);
}

HOSTFS_TEST(dispositions)
HOSTFS_TEST(names)
HOSTFS_TEST(sharing)
HOSTFS_TEST(transfers)
HOSTFS_TEST(information)
HOSTFS_TEST(renaming_and_deletion)
HOSTFS_TEST(listings)
HOSTFS_TEST(paths)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dispositions_test), cmocka_unit_test(names_test),
        cmocka_unit_test(sharing_test),      cmocka_unit_test(transfers_test),
        cmocka_unit_test(information_test),  cmocka_unit_test(renaming_and_deletion_test),
        cmocka_unit_test(listings_test),     cmocka_unit_test(paths_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
