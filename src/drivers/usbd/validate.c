/* SPDX-License-Identifier: MIT */
/* validate.c - usbd.lib: is what a device told of its configuration well formed?
 *
 * One pass over the descriptors, with what is known of the interface at hand. The first thing
 * that is wrong ends it, and its address is told. Nothing is read beyond the buffer.
 */
#include <usbdlib.h>

#define LEVEL_BASIC  1
#define LEVEL_FULL   2
#define LEVEL_STRICT 3
#define NUMBERS      256

/* How far the pass has come. */
struct Pass {
    USHORT Level;
    const UCHAR *Interface; /* the descriptor at hand; NULL before the first */
    ULONG Endpoints;        /* of it, seen so far */
    ULONG Interfaces;       /* different numbers, seen so far */
    UCHAR Seen[NUMBERS / 8];
    ULONG Addresses; /* endpoints of the setting: a bit each, IN above OUT */
};

/* Level 3 wants the size that the specification gives, level 2 at least what is read here. */
static BOOLEAN IsLength(const struct Pass *Pass, UCHAR Length, ULONG Size)
{
    return Pass->Level >= LEVEL_STRICT ? Length == Size : Length >= Size;
}

static BOOLEAN EndpointsAreAll(const struct Pass *Pass)
{
    const USB_INTERFACE_DESCRIPTOR *interface = (const void *)Pass->Interface;

    return Pass->Level < LEVEL_STRICT || interface == NULL ||
           interface->bNumEndpoints == Pass->Endpoints;
}

static USBD_STATUS InterfaceCheck(struct Pass *Pass, const UCHAR *At)
{
    const USB_INTERFACE_DESCRIPTOR *interface = (const void *)At;
    const USB_INTERFACE_DESCRIPTOR *before = (const void *)Pass->Interface;
    UCHAR number, bit;

    if (!IsLength(Pass, At[0], sizeof *interface))
        return USBD_STATUS_BAD_INTERFACE_DESCRIPTOR;
    number = interface->bInterfaceNumber;
    bit = (UCHAR)(1u << (number % 8));
    if (Pass->Seen[number / 8] & bit) {
        /* Known: another setting of it, and not one that the one before has, too. */
        if (before->bInterfaceNumber == number &&
            before->bAlternateSetting == interface->bAlternateSetting)
            return USBD_STATUS_BAD_INTERFACE_DESCRIPTOR;
    } else {
        if (Pass->Level >= LEVEL_STRICT && number != Pass->Interfaces)
            return USBD_STATUS_BAD_INTERFACE_DESCRIPTOR;
        Pass->Seen[number / 8] |= bit;
        Pass->Interfaces++;
    }
    Pass->Interface = At;
    Pass->Endpoints = 0;
    Pass->Addresses = 0;
    return USBD_STATUS_SUCCESS;
}

static USBD_STATUS EndpointCheck(struct Pass *Pass, const UCHAR *At)
{
    const USB_ENDPOINT_DESCRIPTOR *endpoint = (const void *)At;
    /* Those of audio devices are two bytes longer. */
    BOOLEAN audio = At[0] == sizeof *endpoint + 2;
    ULONG bit;

    if (Pass->Interface == NULL || (!audio && !IsLength(Pass, At[0], sizeof *endpoint)))
        return USBD_STATUS_BAD_ENDPOINT_DESCRIPTOR;
    bit = 1u << ((endpoint->bEndpointAddress & 0xf) + (endpoint->bEndpointAddress & 0x80 ? 16 : 0));
    if ((endpoint->bEndpointAddress & 0xf) == 0 || (endpoint->bEndpointAddress & 0x70) != 0 ||
        (Pass->Addresses & bit) != 0)
        return USBD_STATUS_BAD_ENDPOINT_ADDRESS;
    Pass->Addresses |= bit;
    Pass->Endpoints++;
    return USBD_STATUS_SUCCESS;
}

static USBD_STATUS DescriptorCheck(struct Pass *Pass, const UCHAR *At, const UCHAR *End)
{
    if (End - At < (LONG_PTR)sizeof(USB_COMMON_DESCRIPTOR) ||
        At[0] < sizeof(USB_COMMON_DESCRIPTOR) || At[0] > End - At)
        return USBD_STATUS_BAD_DESCRIPTOR_BLEN;
    switch (At[1]) {
    case USB_CONFIGURATION_DESCRIPTOR_TYPE:
        return USBD_STATUS_BAD_DESCRIPTOR_TYPE; /* one, and that is at the beginning */
    case USB_INTERFACE_DESCRIPTOR_TYPE:
        if (!EndpointsAreAll(Pass))
            return USBD_STATUS_BAD_NUMBER_OF_ENDPOINTS;
        return InterfaceCheck(Pass, At);
    case USB_ENDPOINT_DESCRIPTOR_TYPE:
        return EndpointCheck(Pass, At);
    default:
        return USBD_STATUS_SUCCESS; /* of a class or a vendor */
    }
}

static USBD_STATUS HeaderCheck(const USB_CONFIGURATION_DESCRIPTOR *Config, ULONG BufferLength,
                               USHORT Level)
{
    if (BufferLength < sizeof *Config)
        return USBD_STATUS_BAD_CONFIG_DESC_LENGTH;
    if (Config->bLength < sizeof *Config || Config->bLength > BufferLength ||
        (Level >= LEVEL_STRICT && Config->bLength != sizeof *Config))
        return USBD_STATUS_BAD_DESCRIPTOR_BLEN;
    if (Config->bDescriptorType != USB_CONFIGURATION_DESCRIPTOR_TYPE)
        return USBD_STATUS_BAD_DESCRIPTOR_TYPE;
    if (Config->wTotalLength < Config->bLength || Config->wTotalLength > BufferLength)
        return USBD_STATUS_BAD_CONFIG_DESC_LENGTH;
    return USBD_STATUS_SUCCESS;
}

/* Doc:     nf-usbdlib-usbd_validateconfigurationdescriptor; which code tells what is our reading of
 *          their names
 * Differs: needs no memory of its own, so the tag is not used
 */
USBD_STATUS NTAPI USBD_ValidateConfigurationDescriptor(PUSB_CONFIGURATION_DESCRIPTOR ConfigDesc,
                                                       ULONG BufferLength, USHORT Level,
                                                       PUCHAR *Offset, ULONG Tag)
{
    struct Pass pass = {.Level = Level};
    UCHAR *at = (UCHAR *)ConfigDesc;
    const UCHAR *end;
    USBD_STATUS status;

    UNREFERENCED_PARAMETER(Tag);
    if (Level < LEVEL_BASIC || Level > LEVEL_STRICT)
        return USBD_STATUS_INVALID_PARAMETER;
    status = HeaderCheck(ConfigDesc, BufferLength, Level);
    if (status != USBD_STATUS_SUCCESS || Level == LEVEL_BASIC)
        goto out;
    end = at + ConfigDesc->wTotalLength;
    for (at += ConfigDesc->bLength; at < end; at += at[0]) {
        status = DescriptorCheck(&pass, at, end);
        if (status != USBD_STATUS_SUCCESS)
            goto out;
    }
    if (!EndpointsAreAll(&pass))
        status = USBD_STATUS_BAD_NUMBER_OF_ENDPOINTS;
    else if (pass.Interfaces != ConfigDesc->bNumInterfaces)
        status = USBD_STATUS_BAD_NUMBER_OF_INTERFACES;
out:
    if (status != USBD_STATUS_SUCCESS && Offset != NULL)
        *Offset = at;
    return status;
}
