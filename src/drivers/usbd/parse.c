/* SPDX-License-Identifier: MIT */
/* parse.c - usbd.lib: descriptors found within what a device told of its configuration.
 *
 * The buffer comes from a device: a descriptor without a length, or one that does not fit into
 * what is left, ends each search.
 */
#include <usbdlib.h>

/* Is a whole descriptor at this place? */
static BOOLEAN DescriptorFits(const UCHAR *At, const UCHAR *End)
{
    if ((SIZE_T)(End - At) < sizeof(USB_COMMON_DESCRIPTOR))
        return FALSE;
    return At[0] >= sizeof(USB_COMMON_DESCRIPTOR) && At[0] <= End - At;
}

/* Doc:     nf-usbdlib-usbd_parsedescriptors */
PUSB_COMMON_DESCRIPTOR NTAPI USBD_ParseDescriptors(PVOID DescriptorBuffer, ULONG TotalLength,
                                                   PVOID StartPosition, LONG DescriptorType)
{
    const UCHAR *end = (const UCHAR *)DescriptorBuffer + TotalLength;
    UCHAR *at = StartPosition;

    if (at < (UCHAR *)DescriptorBuffer || at > end)
        return NULL;
    for (; DescriptorFits(at, end); at += at[0]) {
        if (at[1] == DescriptorType)
            return (PUSB_COMMON_DESCRIPTOR)at;
    }
    return NULL;
}

static BOOLEAN IsWanted(LONG Wanted, UCHAR Value)
{
    return Wanted == -1 || Wanted == Value;
}

/* Doc:     nf-usbdlib-usbd_parseconfigurationdescriptorex */
PUSB_INTERFACE_DESCRIPTOR NTAPI USBD_ParseConfigurationDescriptorEx(
    PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor, PVOID StartPosition,
    LONG InterfaceNumber, LONG AlternateSetting, LONG InterfaceClass, LONG InterfaceSubClass,
    LONG InterfaceProtocol)
{
    ULONG total = ConfigurationDescriptor->wTotalLength;
    UCHAR *at = StartPosition;

    for (;;) {
        PUSB_INTERFACE_DESCRIPTOR found = (PUSB_INTERFACE_DESCRIPTOR)USBD_ParseDescriptors(
            ConfigurationDescriptor, total, at, USB_INTERFACE_DESCRIPTOR_TYPE);

        if (found == NULL || found->bLength < sizeof *found)
            return NULL;
        if (IsWanted(InterfaceNumber, found->bInterfaceNumber) &&
            IsWanted(AlternateSetting, found->bAlternateSetting) &&
            IsWanted(InterfaceClass, found->bInterfaceClass) &&
            IsWanted(InterfaceSubClass, found->bInterfaceSubClass) &&
            IsWanted(InterfaceProtocol, found->bInterfaceProtocol))
            return found;
        at = (UCHAR *)found + found->bLength;
    }
}

/* Doc:     nf-usbdlib-usbd_parseconfigurationdescriptor */
PUSB_INTERFACE_DESCRIPTOR NTAPI
USBD_ParseConfigurationDescriptor(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                  UCHAR InterfaceNumber, UCHAR AlternateSetting)
{
    return USBD_ParseConfigurationDescriptorEx(ConfigurationDescriptor, ConfigurationDescriptor,
                                               InterfaceNumber, AlternateSetting, -1, -1, -1);
}
