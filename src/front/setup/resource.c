/* SPDX-License-Identifier: MIT */
/* resource.c - the kernel's lists of resources, rewritten as cfgmgr32's descriptors.
 *
 * In: bytes of a CM_RESOURCE_LIST or an IO_RESOURCE_REQUIREMENTS_LIST, from the machine or from the
 * registry, believed in nothing; out: one structure of cfgmgr32.h a resource. What a device has is
 * a header with no ranges, what it could use is a header with the ranges of its alternatives.
 * Doc: cfgmgr32.h MEM_DES, IO_DES, IRQ_DES, DMA_DES, BUSNUMBER_DES, DEVPRIVATE_DES
 */
#include "resource.h"

#include <stdlib.h>
#include <string.h>

#include <wdm/resource.h>

/* ---- the structures -----------------------------------------------------------------------------
 */

#pragma pack(push, 1)
struct memory_range {
    uint64_t alignment;
    uint32_t bytes;
    uint64_t low, high;
    uint32_t flags, reserved;
};
struct memory {
    uint32_t count, type;
    uint64_t base, end;
    uint32_t flags, reserved;
    struct memory_range range[1];
};
struct large_range {
    uint64_t alignment, bytes, low, high;
    uint32_t flags, reserved;
};
struct large {
    uint32_t count, type;
    uint64_t base, end;
    uint32_t flags, reserved;
    struct large_range range[1];
};
struct port_range {
    uint64_t alignment;
    uint32_t ports;
    uint64_t low, high;
    uint32_t flags;
    uint64_t alias;
};
struct port {
    uint32_t count, type;
    uint64_t base, end;
    uint32_t flags;
    struct port_range range[1];
};
struct channel_range {
    uint32_t low, high, flags;
};
struct channel {
    uint32_t count, type, flags, number;
    struct channel_range range[1];
};
struct interrupt_range {
    uint32_t low, high, flags;
};
struct interrupt { /* as 64-bit programs see it */
    uint32_t count, type, flags, number;
    uint64_t affinity;
    struct interrupt_range range[1];
};
struct bus_range {
    uint32_t low, high, numbers, flags;
};
struct bus {
    uint32_t count, type, flags, base, end;
    struct bus_range range[1];
};
struct private_range {
    uint32_t data[3];
};
struct private
{
    uint32_t count, type, data[3], flags;
    struct private_range range[1];
};
struct connection {
    uint32_t type, flags;
    uint8_t class, class_type, reserved[2];
    uint64_t id;
};
#pragma pack(pop)

enum { ID_MEMORY = 1, ID_PORT, ID_DMA, ID_INTERRUPT, ID_BUS = 6, ID_LARGE };
#define ID_PRIVATE    0x8001u
#define ID_CONNECTION 0x8004u

/* Header with count ranges (room for one at least), zeroed; NULL: no memory. */
#define RESOURCE_NEW(out, which, structure, ranges)                        \
    ((structure *)resource_new((out), (which), offsetof(structure, range), \
                               sizeof(((structure *)0)->range[0]), (ranges)))

static void *resource_new(struct resource *out, uint32_t id, size_t header, size_t range,
                          unsigned ranges)
{
    size_t length = header + range * (ranges ? ranges : 1);
    uint32_t *data = heap_take(length);
    if (!data)
        return NULL;
    memset(data, 0, length);
    data[0] = ranges;
    data[1] = (uint32_t)range;
    *out = (struct resource){id, (uint32_t)length, (char *)data};
    return data;
}

/* ---- flags --------------------------------------------------------------------------------------
 */

#define IS_RAM          0x01u /* fMD_* */
#define IS_32_BIT       0x02u
#define IS_PREFETCHABLE 0x04u
#define IS_NOT_READABLE 0x08u
#define IS_COMBINED     0x10u
#define IS_CACHEABLE    0x20u
#define MEMORY_SAME     (CM_RESOURCE_MEMORY_WINDOW_DECODE | CM_RESOURCE_MEMORY_BAR)

static uint32_t memory_flags(USHORT flags)
{
    uint32_t same = flags & MEMORY_SAME;
    return same | (flags & CM_RESOURCE_MEMORY_READ_ONLY ? 0 : IS_RAM) |
           (flags & CM_RESOURCE_MEMORY_24 ? 0 : IS_32_BIT) |
           (flags & CM_RESOURCE_MEMORY_PREFETCHABLE ? IS_PREFETCHABLE : 0) |
           (flags & CM_RESOURCE_MEMORY_WRITE_ONLY ? IS_NOT_READABLE : 0) |
           (flags & CM_RESOURCE_MEMORY_COMBINEDWRITE ? IS_COMBINED : 0) |
           (flags & CM_RESOURCE_MEMORY_CACHEABLE ? IS_CACHEABLE : 0);
}

/* How the length of large memory is counted. */
static unsigned memory_shift(USHORT flags)
{
    return flags & CM_RESOURCE_MEMORY_LARGE_40   ? 8
           : flags & CM_RESOURCE_MEMORY_LARGE_48 ? 16
           : flags & CM_RESOURCE_MEMORY_LARGE_64 ? 32
                                                 : 0;
}

static uint64_t port_alias(USHORT flags)
{
    return flags & CM_RESOURCE_PORT_10_BIT_DECODE     ? 0x04
           : flags & CM_RESOURCE_PORT_12_BIT_DECODE   ? 0x10
           : flags & CM_RESOURCE_PORT_POSITIVE_DECODE ? 0xff
                                                      : 0;
}

static uint32_t dma_flags(USHORT flags)
{
    uint32_t width = flags & CM_RESOURCE_DMA_8_AND_16 ? 3
                     : flags & CM_RESOURCE_DMA_32     ? 2
                     : flags & CM_RESOURCE_DMA_16     ? 1
                                                      : 0;
    uint32_t type = flags & CM_RESOURCE_DMA_TYPE_A   ? 0x08
                    : flags & CM_RESOURCE_DMA_TYPE_B ? 0x10
                    : flags & CM_RESOURCE_DMA_TYPE_F ? 0x18
                                                     : 0;
    return width | type | (flags & CM_RESOURCE_DMA_BUS_MASTER ? 4 : 0);
}

static uint32_t interrupt_flags(UCHAR share, USHORT flags)
{
    return (share == CmResourceShareShared ? 1u : 0) |
           (flags & CM_RESOURCE_INTERRUPT_LATCHED ? 2u : 0);
}

/* ---- what a device has --------------------------------------------------------------------------
 */

static bool has_memory(const CM_PARTIAL_RESOURCE_DESCRIPTOR *from, struct resource *out)
{
    bool is_large = from->Type == CmResourceTypeMemoryLarge;
    uint64_t bytes = from->u.Memory.Length;
    struct memory *to = is_large ? (void *)RESOURCE_NEW(out, ID_LARGE, struct large, 0)
                                 : RESOURCE_NEW(out, ID_MEMORY, struct memory, 0);
    if (!to)
        return false;
    if (is_large)
        bytes <<= memory_shift(from->Flags);
    to->base = (uint64_t)from->u.Memory.Start.QuadPart;
    to->end = to->base + bytes - 1;
    to->flags = memory_flags(from->Flags);
    return true;
}

static bool has_port(const CM_PARTIAL_RESOURCE_DESCRIPTOR *from, struct resource *out)
{
    struct port *to = RESOURCE_NEW(out, ID_PORT, struct port, 0);
    if (!to)
        return false;
    to->base = (uint64_t)from->u.Port.Start.QuadPart;
    to->end = to->base + from->u.Port.Length - 1;
    to->flags = from->Flags;
    return true;
}

/* Messages have no line: their number is the token that asks for them. */
static bool has_interrupt(const CM_PARTIAL_RESOURCE_DESCRIPTOR *from, struct resource *out)
{
    struct interrupt *to = RESOURCE_NEW(out, ID_INTERRUPT, struct interrupt, 0);
    if (!to)
        return false;
    to->flags = interrupt_flags(from->ShareDisposition, from->Flags);
    to->number = from->Flags & CM_RESOURCE_INTERRUPT_MESSAGE ? CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN
                                                             : from->u.Interrupt.Vector;
    to->affinity = from->u.Interrupt.Affinity;
    return true;
}

static bool has_other(const CM_PARTIAL_RESOURCE_DESCRIPTOR *from, struct resource *out)
{
    if (from->Type == CmResourceTypeDma) {
        struct channel *to = RESOURCE_NEW(out, ID_DMA, struct channel, 0);
        if (to) {
            to->number = from->u.Dma.Channel;
            to->flags = dma_flags(from->Flags);
        }
        return to;
    }
    if (from->Type == CmResourceTypeBusNumber) {
        struct bus *to = RESOURCE_NEW(out, ID_BUS, struct bus, 0);
        if (to) {
            to->base = from->u.BusNumber.Start;
            to->end = to->base + from->u.BusNumber.Length - 1;
        }
        return to;
    }
    if (from->Type == CmResourceTypeConnection) {
        struct connection *to = resource_new(out, ID_CONNECTION, sizeof *to, 0, 0);
        if (to)
            *to = (struct connection){.class = from->u.Connection.Class,
                                      .class_type = from->u.Connection.Type,
                                      .id = from->u.Connection.IdLowPart |
                                            (uint64_t)from->u.Connection.IdHighPart << 32};
        return to;
    }
    struct private *to = RESOURCE_NEW(out, ID_PRIVATE, struct private, 0);
    if (to)
        memcpy(to->data, from->u.DevicePrivate.Data, sizeof to->data);
    return to;
}

/* Doc: CM_Get_First_Log_Conf, ALLOC_LOG_CONF and BOOT_LOG_CONF */
CONFIGRET configuration_of_list(const void *bytes, size_t length,
                                struct configuration **out_configuration)
{
    const CM_RESOURCE_LIST *list = bytes;
    size_t head = offsetof(CM_RESOURCE_LIST, List[0].PartialResourceList.PartialDescriptors);
    if (length < head || !list->Count)
        return CR_NO_MORE_LOG_CONF;
    const CM_PARTIAL_RESOURCE_LIST *partials = &list->List[0].PartialResourceList;
    unsigned most = (unsigned)((length - head) / sizeof *partials->PartialDescriptors);
    most = partials->Count < most ? partials->Count : most;
    struct configuration *made = heap_take(sizeof *made + most * sizeof *made->resource);
    if (!made)
        return CR_OUT_OF_MEMORY;
    *made = (struct configuration){1, 0, (struct resource *)(made + 1)};
    for (unsigned i = 0; i < most; i++) {
        const CM_PARTIAL_RESOURCE_DESCRIPTOR *from = &partials->PartialDescriptors[i];
        struct resource *out = &made->resource[made->count];
        bool is_made = true;
        if (from->Type == CmResourceTypeMemory || from->Type == CmResourceTypeMemoryLarge)
            is_made = has_memory(from, out);
        else if (from->Type == CmResourceTypePort)
            is_made = has_port(from, out);
        else if (from->Type == CmResourceTypeInterrupt)
            is_made = has_interrupt(from, out);
        else if (from->Type != CmResourceTypeNull && from->Type != CmResourceTypeDeviceSpecific)
            is_made = has_other(from, out);
        else
            continue;
        if (!is_made) {
            configuration_put(made);
            return CR_OUT_OF_MEMORY;
        }
        made->count++;
    }
    *out_configuration = made;
    return CR_SUCCESS;
}

/* ---- what a device could use --------------------------------------------------------------------
 */

static bool wants_memory(const IO_RESOURCE_DESCRIPTOR *from, unsigned count, struct resource *out)
{
    if (from->Type == CmResourceTypeMemoryLarge) {
        struct large *to = RESOURCE_NEW(out, ID_LARGE, struct large, count);
        for (unsigned i = 0; to && i < count; i++) {
            unsigned shift = memory_shift(from[i].Flags);
            to->range[i] = (struct large_range){(uint64_t)from[i].u.Memory.Alignment << shift,
                                                (uint64_t)from[i].u.Memory.Length << shift,
                                                (uint64_t)from[i].u.Memory.MinimumAddress.QuadPart,
                                                (uint64_t)from[i].u.Memory.MaximumAddress.QuadPart,
                                                memory_flags(from[i].Flags),
                                                0};
        }
        return to;
    }
    struct memory *to = RESOURCE_NEW(out, ID_MEMORY, struct memory, count);
    for (unsigned i = 0; to && i < count; i++)
        to->range[i] = (struct memory_range){from[i].u.Memory.Alignment,
                                             from[i].u.Memory.Length,
                                             (uint64_t)from[i].u.Memory.MinimumAddress.QuadPart,
                                             (uint64_t)from[i].u.Memory.MaximumAddress.QuadPart,
                                             memory_flags(from[i].Flags),
                                             0};
    return to;
}

static bool wants_port(const IO_RESOURCE_DESCRIPTOR *from, unsigned count, struct resource *out)
{
    struct port *to = RESOURCE_NEW(out, ID_PORT, struct port, count);
    for (unsigned i = 0; to && i < count; i++)
        to->range[i] = (struct port_range){from[i].u.Port.Alignment,
                                           from[i].u.Port.Length,
                                           (uint64_t)from[i].u.Port.MinimumAddress.QuadPart,
                                           (uint64_t)from[i].u.Port.MaximumAddress.QuadPart,
                                           from[i].Flags,
                                           port_alias(from[i].Flags)};
    return to;
}

static bool wants_interrupt(const IO_RESOURCE_DESCRIPTOR *from, unsigned count,
                            struct resource *out)
{
    struct interrupt *to = RESOURCE_NEW(out, ID_INTERRUPT, struct interrupt, count);
    for (unsigned i = 0; to && i < count; i++)
        to->range[i] = (struct interrupt_range){
            from[i].u.Interrupt.MinimumVector, from[i].u.Interrupt.MaximumVector,
            interrupt_flags(from[i].ShareDisposition, from[i].Flags)};
    return to;
}

static bool wants_other(const IO_RESOURCE_DESCRIPTOR *from, unsigned count, struct resource *out)
{
    if (from->Type == CmResourceTypeDma) {
        struct channel *to = RESOURCE_NEW(out, ID_DMA, struct channel, count);
        for (unsigned i = 0; to && i < count; i++)
            to->range[i] =
                (struct channel_range){from[i].u.Dma.MinimumChannel, from[i].u.Dma.MaximumChannel,
                                       dma_flags(from[i].Flags)};
        return to;
    }
    if (from->Type == CmResourceTypeBusNumber) {
        struct bus *to = RESOURCE_NEW(out, ID_BUS, struct bus, count);
        for (unsigned i = 0; to && i < count; i++)
            to->range[i] =
                (struct bus_range){from[i].u.BusNumber.MinBusNumber,
                                   from[i].u.BusNumber.MaxBusNumber, from[i].u.BusNumber.Length, 0};
        return to;
    }
    struct private *to = RESOURCE_NEW(out, ID_PRIVATE, struct private, count);
    for (unsigned i = 0; to && i < count; i++)
        memcpy(to->range[i].data, from[i].u.DevicePrivate.Data, sizeof to->range[i].data);
    return to;
}

/* The alternative-th list within bytes; NULL: there is none, whole. */
static const IO_RESOURCE_LIST *alternative_find(const void *bytes, size_t length,
                                                unsigned alternative)
{
    const IO_RESOURCE_REQUIREMENTS_LIST *all = bytes;
    size_t at = offsetof(IO_RESOURCE_REQUIREMENTS_LIST, List);
    if (length < at || alternative >= all->AlternativeLists)
        return NULL;
    for (;; alternative--) {
        const IO_RESOURCE_LIST *list = (const void *)((const char *)bytes + at);
        size_t head = offsetof(IO_RESOURCE_LIST, Descriptors);
        if (length - at < head ||
            list->Count > (length - at - head) / sizeof(IO_RESOURCE_DESCRIPTOR))
            return NULL;
        if (!alternative)
            return list;
        at += head + list->Count * sizeof(IO_RESOURCE_DESCRIPTOR);
    }
}

/* Doc: CM_Get_First_Log_Conf, BASIC_LOG_CONF; IO_RESOURCE_DESCRIPTOR, IO_RESOURCE_ALTERNATIVE */
CONFIGRET configuration_of_requirements(const void *bytes, size_t length, unsigned alternative,
                                        struct configuration **out_configuration)
{
    const IO_RESOURCE_LIST *list = alternative_find(bytes, length, alternative);
    if (!list)
        return CR_NO_MORE_LOG_CONF;
    struct configuration *made = heap_take(sizeof *made + list->Count * sizeof *made->resource);
    if (!made)
        return CR_OUT_OF_MEMORY;
    *made = (struct configuration){1, 0, (struct resource *)(made + 1)};
    for (unsigned i = 0, end; i < list->Count; i = end) {
        const IO_RESOURCE_DESCRIPTOR *from = &list->Descriptors[i];
        struct resource *out = &made->resource[made->count];
        bool is_made = true;
        for (end = i + 1; end < list->Count && list->Descriptors[end].Type == from->Type &&
                          list->Descriptors[end].Option & IO_RESOURCE_ALTERNATIVE;)
            end++;
        if (from->Type == CmResourceTypeMemory || from->Type == CmResourceTypeMemoryLarge)
            is_made = wants_memory(from, end - i, out);
        else if (from->Type == CmResourceTypePort)
            is_made = wants_port(from, end - i, out);
        else if (from->Type == CmResourceTypeInterrupt)
            is_made = wants_interrupt(from, end - i, out);
        else if (from->Type == CmResourceTypeDma || from->Type == CmResourceTypeBusNumber ||
                 from->Type == CmResourceTypeDevicePrivate)
            is_made = wants_other(from, end - i, out);
        else
            continue; /* ConfigData and the like describe the list */
        if (!is_made) {
            configuration_put(made);
            return CR_OUT_OF_MEMORY;
        }
        made->count++;
    }
    *out_configuration = made;
    return CR_SUCCESS;
}

void configuration_put(struct configuration *configuration)
{
    if (__atomic_sub_fetch(&configuration->references, 1, __ATOMIC_ACQ_REL))
        return;
    for (unsigned i = 0; i < configuration->count; i++)
        heap_give(configuration->resource[i].data);
    heap_give(configuration);
}
