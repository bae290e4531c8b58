/* SPDX-License-Identifier: MIT */
/* kd_test.c - questions about what is there, what is gone and what is broken; nothing is left
 * behind by asking.
 */
#include "../../../kernel/io/test/io_test.h"

#include <sys/mman.h>

#include "kd/kd.h"

static cJSON *kd_ask(const char *question, const char *first, const char *second)
{
    char *words[] = {(char *)(uintptr_t)question, (char *)(uintptr_t)first,
                     (char *)(uintptr_t)second};
    cJSON *answer = kd_answer(second ? 3 : first ? 2 : 1, words);
    assert_non_null(answer);
    return answer;
}

static cJSON *kd_ask_at(const char *question, const void *address)
{
    char text[24];
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)(uintptr_t)address);
    return kd_ask(question, text, NULL);
}

static const char *text_of(const cJSON *answer, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(answer, name));
    return text ? text : "";
}

static void *address_of(const cJSON *answer, const char *name)
{
    return (void *)(uintptr_t)strtoull(text_of(answer, name), NULL, 16);
}

static void refused(cJSON *answer, const char *words)
{
    if (!strstr(text_of(answer, "text"), words))
        fail_msg("'%s' does not say '%s'", text_of(answer, "text"), words);
    assert_true(cJSON_HasObjectItem(answer, "error"));
    cJSON_Delete(answer);
}

static NTSTATUS NTAPI driver_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    return STATUS_SUCCESS;
}

static void drivers_and_devices(void)
{
    DRIVER_OBJECT *driver;
    assert_int_equal(io_native_driver_create("kdtest", driver_entry, &driver), STATUS_SUCCESS);
    PDEVICE_OBJECT lower = io_test_device(driver, "\\Device\\KdLower", DO_BUFFERED_IO);
    PDEVICE_OBJECT upper = io_test_device(driver, "\\Device\\KdUpper", 0);
    assert_ptr_equal(IoAttachDeviceToDeviceStack(upper, lower), lower);

    cJSON *answer = kd_ask("find", "\\device\\kdlower", NULL);
    assert_ptr_equal(address_of(answer, "address"), lower);
    assert_string_equal(text_of(answer, "type"), "Device");
    cJSON_Delete(answer);

    answer = kd_ask_at("driver", driver);
    assert_string_equal(text_of(answer, "name"), "\\Driver\\kdtest");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer, "devices")), 2);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer, "dispatch")), 28);
    cJSON_Delete(answer);

    answer = kd_ask_at("device", lower);
    assert_string_equal(text_of(answer, "name"), "\\Device\\KdLower");
    assert_ptr_equal(address_of(answer, "attached_device"), upper);
    assert_ptr_equal(address_of(answer, "device_extension"), lower->DeviceExtension);
    cJSON_Delete(answer);

    answer = kd_ask_at("stack", lower);
    assert_int_equal(cJSON_GetArraySize(answer), 2);
    assert_ptr_equal(address_of(cJSON_GetArrayItem(answer, 0), "address"), upper);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(cJSON_GetArrayItem(answer, 1), "is_asked")));
    cJSON_Delete(answer);

    refused(kd_ask_at("driver", lower), "is not a driver object");
    refused(kd_ask_at("device", driver), "is not a device object");
    refused(kd_ask_at("device", (char *)lower + 8), "is not a device object");
    IoDetachDevice(lower);
    IoDeleteDevice(upper);
    IoDeleteDevice(lower);
    refused(kd_ask_at("device", lower), "is not a device object");
    refused(kd_ask("find", "\\Device\\KdLower", NULL), "no object is called");
    io_native_driver_destroy(driver);
}

/* A driver's own list goes nowhere, round and round, or through freed memory. */
static void a_broken_queue(void)
{
    DRIVER_OBJECT *driver;
    assert_int_equal(io_native_driver_create("kdtest", driver_entry, &driver), STATUS_SUCCESS);
    PDEVICE_OBJECT device = io_test_device(driver, "\\Device\\KdBroken", 0);
    LIST_ENTRY *head = &device->DeviceQueue.DeviceListHead, kept = *head, loop = {&loop, &loop};
    device->DeviceQueue.Busy = TRUE;
    LIST_ENTRY *const wild[] = {NULL, (LIST_ENTRY *)8, (LIST_ENTRY *)~0ull,
                                (LIST_ENTRY *)0x4a0ffffff000ull, &loop};
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        head->Flink = wild[i];
        cJSON *answer = kd_ask_at("device", device);
        int length = cJSON_GetArraySize(cJSON_GetObjectItem(answer, "queue"));
        assert_in_range(length, 0, 4096);
        cJSON_Delete(answer);
    }
    *head = kept;
    device->DeviceQueue.Busy = FALSE;
    PVOID extension = device->DeviceObjectExtension;
    device->DeviceObjectExtension = (PVOID)0x10;
    cJSON_Delete(kd_ask_at("device", device));
    device->DeviceObjectExtension = extension;
    IoDeleteDevice(device);
    io_native_driver_destroy(driver);
}

static void requests(void)
{
    IRP *irp = IoAllocateIrp(3, FALSE);
    char text[24];
    assert_non_null(irp);
    irp->UserEvent = (PKEVENT)0x123456;
    cJSON *answer = kd_ask_at("irp", irp);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(answer, "is_known")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer, "locations")), 3);
    cJSON_Delete(answer);
    snprintf(text, sizeof text, "0x%x", 0x123456);
    answer = kd_ask("irps", "userevent", text);
    assert_int_equal(cJSON_GetArraySize(answer), 1);
    assert_ptr_equal(address_of(cJSON_GetArrayItem(answer, 0), "address"), irp);
    cJSON_Delete(answer);
    answer = kd_ask("irps", "userevent", "0x99");
    assert_int_equal(cJSON_GetArraySize(answer), 0);
    cJSON_Delete(answer);
    refused(kd_ask("irps", "colour", "1"), "no criterion 'colour'");
    irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)8; /* half built */
    cJSON_Delete(kd_ask("irps", NULL, NULL));
    cJSON_Delete(kd_ask_at("irp", irp));
    irp->UserEvent = NULL;
    IoFreeIrp(irp);
    answer = kd_ask_at("irp", irp);
    assert_false(cJSON_IsTrue(cJSON_GetObjectItem(answer, "is_known")));
    cJSON_Delete(answer);
    refused(kd_ask_at("irp", NULL), "IRP signature does not match");
    refused(kd_ask_at("irp", (void *)~0ull), "IRP signature does not match");
}

static void memory(void)
{
    uint8_t bytes[8] = {0x00, 0x7f, 0x80, 0xff, 1, 2, 3, 4};
    char first[24];
    snprintf(first, sizeof first, "0x%llx", (unsigned long long)(uintptr_t)bytes);
    cJSON *answer = kd_ask("memory", first, "8");
    assert_string_equal(text_of(answer, "bytes"), "007f80ff01020304");
    cJSON_Delete(answer);
    static const char *const wild[] = {"0x0",
                                       "0x8",
                                       "0x7fffffffffff",
                                       "0x800000000000",
                                       "0xffffffffffffffff",
                                       "0x4a0ffffff000",
                                       "nonsense"};
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        answer = kd_ask("memory", wild[i], "16");
        assert_string_equal(text_of(answer, "bytes"), "");
        cJSON_Delete(answer);
    }
    /* Up to where it ends. */
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 4096, 4096);
    snprintf(first, sizeof first, "0x%llx", (unsigned long long)(uintptr_t)pages + 4090);
    answer = kd_ask("memory", first, "16");
    assert_string_equal(text_of(answer, "bytes"), "000000000000");
    cJSON_Delete(answer);
    munmap(pages, 4096);
}

static void pool(void)
{
    char *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'TsdK');
    bool is_seen = false;
    const cJSON *item;
    cJSON *answer = kd_ask_at("pool", block + 50);
    cJSON_ArrayForEach(item, answer)
    {
        if (address_of(item, "address") != block)
            continue;
        is_seen = true;
        assert_string_equal(text_of(item, "tag"), "KdsT");
        assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(item, "bytes")), 100);
    }
    assert_true(is_seen);
    cJSON_Delete(answer);
    is_seen = false;
    answer = kd_ask("pool-used", NULL, NULL);
    cJSON_ArrayForEach(item, answer) is_seen |= !strcmp(text_of(item, "tag"), "KdsT");
    assert_true(is_seen);
    cJSON_Delete(answer);
    ExFreePoolWithTag(block, 'TsdK');
    refused(kd_ask("pool", "0x1000", NULL), "is not pool");
}

static void processes_and_objects(void)
{
    cJSON *answer = kd_ask("processes", NULL, NULL);
    assert_true(cJSON_GetArraySize(answer) >= 1);
    cJSON_Delete(answer);
    answer = kd_ask("process", "4", NULL);
    assert_ptr_equal(address_of(answer, "address"), ps_system_process);
    cJSON_Delete(answer);
    answer = kd_ask("threads", "4", NULL);
    assert_true(cJSON_GetArraySize(answer) >= 1);
    cJSON_Delete(answer);
    answer = kd_ask_at("thread", ps_thread_current());
    assert_true(cJSON_HasObjectItem(answer, "processor")); /* it is asking */
    cJSON_Delete(answer);
    cJSON_Delete(kd_ask("handles", "0", NULL));
    cJSON_Delete(kd_ask_at("handles", ps_system_process));
    refused(kd_ask("handles", "0x10", NULL), "not a live process");
    refused(kd_ask("process", "0x99999", NULL), "is not a process");
    refused(kd_ask("thread", "0x99999", NULL), "is not a thread");
    answer = kd_ask("find", "\\", NULL);
    cJSON *root = kd_ask("object", text_of(answer, "address"), NULL);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(root, "entries")) > 3);
    cJSON_Delete(root);
    cJSON_Delete(answer);
    refused(kd_ask("object", "0x10", NULL), "not a valid object");
    answer = kd_ask("objects", "directory", NULL);
    assert_true(cJSON_GetArraySize(answer) > 3);
    cJSON_Delete(answer);
}

static void words(void)
{
    refused(kd_ask("fly", NULL, NULL), "does not know 'fly'");
    refused(kd_ask("memory", "1", NULL), "wrong number of words");
    refused(kd_ask("modules", "1", NULL), "wrong number of words");
    refused(kd_answer(0, NULL), "does not know ''");
    static const char *const plain[] = {"target", "irql", "modules", "exports", "drivers"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        cJSON *answer = kd_ask(plain[i], NULL, NULL);
        assert_false(cJSON_HasObjectItem(answer, "error"));
        cJSON_Delete(answer);
    }
}

#define TEST(name)                        \
    static void test_##name(void **state) \
    {                                     \
        io_test_run(name);                \
    }
TEST(drivers_and_devices)
TEST(a_broken_queue)
TEST(requests)
TEST(memory)
TEST(pool)
TEST(processes_and_objects)
TEST(words)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_drivers_and_devices),
                                       cmocka_unit_test(test_a_broken_queue),
                                       cmocka_unit_test(test_requests),
                                       cmocka_unit_test(test_memory),
                                       cmocka_unit_test(test_pool),
                                       cmocka_unit_test(test_processes_and_objects),
                                       cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
