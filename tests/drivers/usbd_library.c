/* SPDX-License-Identifier: MIT */
/* usbd_library.c - usbd.lib: descriptors found and checked, also those that a device got wrong. */
#include "drivertest.h"

#include <usbdlib.h>

#define SETTING_0 9
#define BULK_IN   18
#define BULK_OUT  25
#define SETTING_1 32
#define SECOND    41
#define TAG       'tseT'

/* Two interfaces: the first has two endpoints, or, in its other setting, none. */
static const UCHAR good[50] = {
    9, 2, 50,   0, 2, 1,    0, 0x80, 50, /* configuration */
    9, 4, 0,    0, 2, 0xff, 0, 0,    0,  /* interface 0, setting 0 */
    7, 5, 0x81, 2, 0, 2,    0,           /* bulk IN */
    7, 5, 0x02, 2, 0, 2,    0,           /* bulk OUT */
    9, 4, 0,    1, 0, 0xff, 0, 0,    0,  /* interface 0, setting 1 */
    9, 4, 1,    0, 0, 3,    1, 2,    0,  /* interface 1 */
};

static void parse(void)
{
    UCHAR bytes[sizeof good];
    USB_CONFIGURATION_DESCRIPTOR *config = (PVOID)bytes;
    memcpy(bytes, good, sizeof good);
    expect((PUCHAR)USBD_ParseDescriptors(bytes, sizeof bytes, bytes, 5) == bytes + BULK_IN);
    expect((PUCHAR)USBD_ParseDescriptors(bytes, sizeof bytes, bytes + BULK_OUT, 5) ==
           bytes + BULK_OUT);
    expect(!USBD_ParseDescriptors(bytes, sizeof bytes, bytes + SETTING_1, 5));
    expect(!USBD_ParseDescriptors(bytes, BULK_IN + 6, bytes, 5)); /* not whole */
    expect((PUCHAR)USBD_ParseConfigurationDescriptor(config, 0, 1) == bytes + SETTING_1);
    expect(!USBD_ParseConfigurationDescriptor(config, 1, 1));
    expect((PUCHAR)USBD_ParseConfigurationDescriptorEx(config, bytes, -1, -1, 3, 1, 2) ==
           bytes + SECOND);
    expect((PUCHAR)USBD_ParseConfigurationDescriptorEx(config, bytes + BULK_IN, -1, -1, 0xff, -1,
                                                       -1) == bytes + SETTING_1);
    expect(!USBD_ParseConfigurationDescriptorEx(config, bytes, -1, -1, 3, 1, 1));
    bytes[BULK_IN] = 0; /* a length that would never end */
    expect(!USBD_ParseConfigurationDescriptor(config, 1, 0));
}

/* One byte changed: what the level answers, and where. */
static void wrong(ULONG at, UCHAR value, USHORT level, USBD_STATUS status, ULONG where)
{
    UCHAR bytes[sizeof good];
    PUCHAR offset = NULL;
    memcpy(bytes, good, sizeof good);
    bytes[at] = value;
    expect_number((ULONG)USBD_ValidateConfigurationDescriptor((PVOID)bytes, sizeof bytes, level,
                                                              &offset, TAG),
                  (ULONG)status);
    if (status != USBD_STATUS_SUCCESS)
        expect_number(offset - bytes, where);
}

static void validate(void)
{
    for (USHORT level = 1; level <= 3; level++)
        wrong(0, 9, level, USBD_STATUS_SUCCESS, 0);
    wrong(1, 3, 1, USBD_STATUS_BAD_DESCRIPTOR_TYPE, 0);
    wrong(2, 51, 1, USBD_STATUS_BAD_CONFIG_DESC_LENGTH, 0);
    wrong(BULK_IN, 0, 1, USBD_STATUS_SUCCESS, 0);
    wrong(BULK_IN, 0, 2, USBD_STATUS_BAD_DESCRIPTOR_BLEN, BULK_IN);
    wrong(SECOND, 10, 2, USBD_STATUS_BAD_DESCRIPTOR_BLEN, SECOND);
    wrong(BULK_IN + 2, 0x80, 2, USBD_STATUS_BAD_ENDPOINT_ADDRESS, BULK_IN);
    wrong(BULK_OUT + 2, 0x81, 2, USBD_STATUS_BAD_ENDPOINT_ADDRESS, BULK_OUT);
    wrong(SETTING_1 + 3, 0, 2, USBD_STATUS_BAD_INTERFACE_DESCRIPTOR, SETTING_1);
    wrong(4, 3, 2, USBD_STATUS_BAD_NUMBER_OF_INTERFACES, sizeof good);
    wrong(SETTING_0 + 4, 3, 2, USBD_STATUS_SUCCESS, 0);
    wrong(SETTING_0 + 4, 3, 3, USBD_STATUS_BAD_NUMBER_OF_ENDPOINTS, SETTING_1);
    wrong(SECOND + 2, 2, 2, USBD_STATUS_SUCCESS, 0);
    wrong(SECOND + 2, 2, 3, USBD_STATUS_BAD_INTERFACE_DESCRIPTOR, SECOND);
}

DRIVERTEST_LIST = {
    DRIVERTEST(parse),
    DRIVERTEST(validate),
    DRIVERTEST_END,
};
