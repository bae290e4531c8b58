/* SPDX-License-Identifier: MIT */
/* driver_test.c - loading and unloading as far as it goes without an image: what a service
 * key may say, what failures leave, when DriverUnload runs.
 */
#include "io_test.h"

#include <stdlib.h>

#define SERVICES "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

static unsigned unloads;

static NTSTATUS NTAPI succeed(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
    unloads++;
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    while (driver->DeviceObject != NULL)
        IoDeleteDevice(driver->DeviceObject);
}

static NTSTATUS NTAPI entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)path;
    driver->MajorFunction[IRP_MJ_CREATE] = succeed;
    driver->MajorFunction[IRP_MJ_CLEANUP] = succeed;
    driver->MajorFunction[IRP_MJ_CLOSE] = succeed;
    driver->MajorFunction[IRP_MJ_READ] = NULL;
    driver->DriverUnload = unload;
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI refuse(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver;
    (void)path;
    return STATUS_DEVICE_CONFIGURATION_ERROR;
}

static NTSTATUS unload_named(const char *name, struct io_load_error *error)
{
    char text[128];
    UNICODE_STRING key;
    snprintf(text, sizeof(text), SERVICES "%s", name);
    assert_int_equal(rtl_unicode_of(text, &key), STATUS_SUCCESS);
    NTSTATUS status = io_driver_unload(&key, IO_CALLER_WAITS, error);
    RtlFreeUnicodeString(&key);
    return status;
}

/* ---- the object ------------------------------------------------------------------------------ */

static void object(void)
{
    DRIVER_OBJECT *driver, *found, *other;
    assert_int_equal(io_native_driver_create("probe", refuse, &driver),
                     STATUS_DEVICE_CONFIGURATION_ERROR);
    assert_null(io_driver_find_get("probe"));
    assert_int_equal(io_native_driver_create("probe", entry, &driver), STATUS_SUCCESS);
    assert_int_equal(io_native_driver_create("PROBE", entry, &other), STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(driver->Type, IO_TYPE_DRIVER);
    assert_int_equal(driver->Size, sizeof(DRIVER_OBJECT));
    assert_ptr_equal(driver->DriverExtension->DriverObject, driver);
    assert_int_equal(driver->DriverName.Length, 13 * sizeof(WCHAR));
    assert_memory_equal(driver->DriverName.Buffer, L"\\Driver\\probe", driver->DriverName.Length);
    /* What DriverEntry left alone, or set to nothing, answers all the same. */
    assert_non_null(driver->MajorFunction[IRP_MJ_READ]);
    assert_ptr_equal(driver->MajorFunction[IRP_MJ_READ], driver->MajorFunction[IRP_MJ_PNP]);
    assert_ptr_equal(driver->MajorFunction[IRP_MJ_CLOSE], succeed);
    found = io_driver_find_get("Probe");
    assert_ptr_equal(found, driver);
    ObfDereferenceObject(found);
    io_native_driver_destroy(driver);
}

/* ---- unload -------------------------------------------------------------------------------------
 */

static void unloading(void)
{
    struct io_load_error error;
    DRIVER_OBJECT *driver;
    struct io_create create;
    HANDLE handle, other;
    unloads = 0;
    assert_int_equal(unload_named("probe", &error), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_non_null(strstr(error.text, "probe"));
    assert_int_equal(io_native_driver_create("probe", entry, &driver), STATUS_SUCCESS);
    io_test_device(driver, "\\Device\\Probe", 0);
    io_test_open("\\Device\\Probe", 0, &handle);
    /* Asked while a file is open: nobody new gets in, DriverUnload waits for the close. */
    assert_int_equal(unload_named("probe", &error), STATUS_SUCCESS);
    assert_int_equal(unloads, 0);
    assert_int_equal(unload_named("probe", &error), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(io_test_create("\\Device\\Probe", 0, NULL, &create, &other),
                     STATUS_NO_SUCH_DEVICE);
    io_test_close(handle);
    ex_work_drain();
    assert_int_equal(unloads, 1);
    assert_null(io_driver_find_get("probe"));
    /* Nothing open: at once. */
    assert_int_equal(io_native_driver_create("probe", entry, &driver), STATUS_SUCCESS);
    io_test_device(driver, "\\Device\\Probe", 0);
    assert_int_equal(unload_named("probe", &error), STATUS_SUCCESS);
    assert_int_equal(unloads, 2);
    /* Without a routine it stays. */
    assert_int_equal(io_native_driver_create("probe", entry, &driver), STATUS_SUCCESS);
    driver->DriverUnload = NULL;
    assert_int_equal(unload_named("probe", &error), STATUS_INVALID_DEVICE_REQUEST);
    io_native_driver_destroy(driver);
}

/* An attachment from above holds a driver as an open file does. */
static void unload_attached(void)
{
    struct io_load_error error;
    DRIVER_OBJECT *lower, *upper;
    unloads = 0;
    assert_int_equal(io_native_driver_create("lower", entry, &lower), STATUS_SUCCESS);
    assert_int_equal(io_native_driver_create("upper", entry, &upper), STATUS_SUCCESS);
    PDEVICE_OBJECT bottom = io_test_device(lower, "\\Device\\Lower", 0);
    PDEVICE_OBJECT top = io_test_device(upper, "\\Device\\Upper", 0);
    assert_ptr_equal(IoAttachDeviceToDeviceStack(top, bottom), bottom);
    assert_int_equal(unload_named("lower", &error), STATUS_SUCCESS);
    assert_int_equal(unloads, 0);
    IoDetachDevice(bottom);
    ex_work_drain();
    assert_int_equal(unloads, 1);
    io_native_driver_destroy(upper);
}

/* ---- load
 * ------------------------------------------------------------------------------------------- */

static const char *host_file;

static NTSTATUS host_path(const UNICODE_STRING *nt_path, char **out_path)
{
    (void)nt_path;
    if (host_file == NULL)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    *out_path = strdup(host_file);
    return STATUS_SUCCESS;
}

static NTSTATUS load_named(const char *name, struct io_load_error *error)
{
    char text[128];
    UNICODE_STRING key;
    snprintf(text, sizeof(text), SERVICES "%s", name);
    assert_int_equal(rtl_unicode_of(text, &key), STATUS_SUCCESS);
    NTSTATUS status = io_driver_load(&key, IO_CALLER_WAITS, error);
    RtlFreeUnicodeString(&key);
    return status;
}

static void *key_make(const char *name)
{
    char text[128];
    UNICODE_STRING wide;
    OBJECT_ATTRIBUTES attributes;
    ULONG disposition;
    void *key;
    snprintf(text, sizeof(text), SERVICES "%s", name);
    assert_int_equal(rtl_unicode_of(text, &wide), STATUS_SUCCESS);
    InitializeObjectAttributes(&attributes, &wide, OBJ_CASE_INSENSITIVE, NULL, NULL);
    assert_int_equal(
        cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, true, 0, &disposition, &key),
        STATUS_SUCCESS);
    RtlFreeUnicodeString(&wide);
    return key;
}

static void value_set(void *key, const WCHAR *name, ULONG type, const void *data, ULONG length)
{
    UNICODE_STRING wide;
    RtlInitUnicodeString(&wide, name);
    assert_int_equal(cm_value_set(key, &wide, type, data, length), STATUS_SUCCESS);
}

static void load_failures(void)
{
    struct io_load_error error;
    ULONG type = 0x10; /* a program, not a driver */
    assert_int_equal(image_init(), STATUS_SUCCESS);
    io_host_path_set(host_path);
    assert_int_equal(load_named("absent", &error), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_non_null(strstr(error.text, "absent"));
    void *key = key_make("wrong");
    value_set(key, L"Type", REG_DWORD, &type, sizeof(type));
    assert_int_equal(load_named("wrong", &error), STATUS_INVALID_PARAMETER);
    type = 1;
    value_set(key, L"Type", REG_DWORD, &type, sizeof(type));
    value_set(key, L"ImagePath", REG_DWORD, &type, sizeof(type));
    assert_int_equal(load_named("wrong", &error), STATUS_OBJECT_TYPE_MISMATCH);
    value_set(key, L"ImagePath", REG_SZ, L"\\??\\C:\\x.sys", 26);
    host_file = NULL;
    assert_int_equal(load_named("wrong", &error), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_non_null(strstr(error.text, "x.sys"));
    host_file = "/proc/self/status"; /* exists, but is no image */
    assert_false(NT_SUCCESS(load_named("wrong", &error)));
    assert_non_null(strstr(error.text, "/proc/self/status"));
    assert_null(io_driver_find_get("wrong"));
    assert_int_equal(cm_key_delete(key), STATUS_SUCCESS);
    ob_dereference(key);
    io_host_path_set(NULL);
    image_fini();
}

IO_TEST(object)
IO_TEST(unloading)
IO_TEST(unload_attached)
IO_TEST(load_failures)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(object_test),
        cmocka_unit_test(unloading_test),
        cmocka_unit_test(unload_attached_test),
        cmocka_unit_test(load_failures_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
