/* SPDX-License-Identifier: MIT */
/* hal_dma.c - tests of DMA adapters from inside a driver. There is no device: what one would be
 * told is compared with physical addresses, and what it would do is done in its place through
 * the memory that those addresses stand for. */
#include "drivertest.h"

/* The old names of operations, which binaries still import. */
NTSTATUS NTAPI IoAllocateAdapterChannel(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                        ULONG NumberOfMapRegisters,
                                        PDRIVER_CONTROL ExecutionRoutine, PVOID Context);
VOID NTAPI IoFreeAdapterChannel(PDMA_ADAPTER DmaAdapter);
VOID NTAPI IoFreeMapRegisters(PDMA_ADAPTER DmaAdapter, PVOID MapRegisterBase,
                              ULONG NumberOfMapRegisters);
PHYSICAL_ADDRESS NTAPI IoMapTransfer(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                     PVOID CurrentVa, PULONG Length, BOOLEAN WriteToDevice);
BOOLEAN NTAPI IoFlushAdapterBuffers(PDMA_ADAPTER DmaAdapter, PMDL Mdl, PVOID MapRegisterBase,
                                    PVOID CurrentVa, ULONG Length, BOOLEAN WriteToDevice);
PVOID NTAPI HalAllocateCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                                    PPHYSICAL_ADDRESS LogicalAddress, BOOLEAN CacheEnabled);
VOID NTAPI HalFreeCommonBuffer(PDMA_ADAPTER DmaAdapter, ULONG Length,
                               PHYSICAL_ADDRESS LogicalAddress, PVOID VirtualAddress,
                               BOOLEAN CacheEnabled);
ULONG NTAPI HalReadDmaCounter(PDMA_ADAPTER DmaAdapter);

#define BYTES (3 * PAGE_SIZE)

static PDMA_ADAPTER adapter_get(ULONG version, BOOLEAN wide, BOOLEAN scatter, ULONG maximum,
                                PULONG registers)
{
    DEVICE_DESCRIPTION description = {.Version = version};
    PDMA_ADAPTER adapter;

    description.Master = TRUE;
    description.ScatterGather = scatter;
    description.Dma32BitAddresses = TRUE;
    description.Dma64BitAddresses = wide;
    description.InterfaceType = PCIBus;
    description.MaximumLength = maximum;
    adapter = IoGetDmaAdapter(drivertest_device, &description, registers);
    expect(adapter != NULL);
    return adapter;
}

static void adapter_put(PDMA_ADAPTER adapter)
{
    adapter->DmaOperations->PutDmaAdapter(adapter);
}

static void versions(void)
{
    DEVICE_DESCRIPTION description = {.Version = 4};
    PDMA_ADAPTER adapter;
    ULONG registers = 0;

    expect(IoGetDmaAdapter(NULL, &description, &registers) == NULL);
    adapter = adapter_get(DEVICE_DESCRIPTION_VERSION, TRUE, TRUE, BYTES, &registers);
    expect_number(adapter->Version, 1);
    expect_number(adapter->DmaOperations->Size,
                  FIELD_OFFSET(DMA_OPERATIONS, CalculateScatterGatherList));
    expect_number(registers, 4); /* three pages may touch four */
    expect_number(adapter->DmaOperations->GetDmaAlignment(adapter), 1);
    expect_number(adapter->DmaOperations->ReadDmaCounter(adapter), 0);
    adapter_put(adapter);
    adapter = adapter_get(DEVICE_DESCRIPTION_VERSION2, TRUE, TRUE, BYTES, &registers);
    expect_number(adapter->DmaOperations->Size, FIELD_OFFSET(DMA_OPERATIONS, GetDmaAdapterInfo));
    adapter_put(adapter);
    adapter = adapter_get(DEVICE_DESCRIPTION_VERSION3, TRUE, TRUE, BYTES, &registers);
    expect_number(adapter->Version, 1);
    expect_number(adapter->DmaOperations->Size, sizeof(DMA_OPERATIONS));
    expect_number(HalReadDmaCounter(adapter), 0);
    HalPutDmaAdapter((PADAPTER_OBJECT)adapter);
    adapter = (PDMA_ADAPTER)HalGetAdapter(&(DEVICE_DESCRIPTION){.MaximumLength = 1}, &registers);
    expect(adapter != NULL);
    adapter_put(adapter);
}

static void common_buffers(void)
{
    ULONG registers;
    PDMA_ADAPTER adapter = adapter_get(DEVICE_DESCRIPTION_VERSION3, FALSE, TRUE, BYTES, &registers);
    PHYSICAL_ADDRESS logical, low, high;
    PUCHAR buffer = adapter->DmaOperations->AllocateCommonBuffer(adapter, BYTES, &logical, TRUE);

    expect(buffer != NULL);
    expect_number(logical.QuadPart, MmGetPhysicalAddress(buffer).QuadPart);
    expect(logical.QuadPart + BYTES <= 0x100000000);
    expect_number(MmGetPhysicalAddress(buffer + BYTES - 1).QuadPart, logical.QuadPart + BYTES - 1);
    RtlFillMemory(buffer, BYTES, 0x5a);
    adapter->DmaOperations->FreeCommonBuffer(adapter, BYTES, logical, buffer, TRUE);
    buffer = HalAllocateCommonBuffer(adapter, 1, &logical, FALSE);
    expect_number(logical.QuadPart, MmGetPhysicalAddress(buffer).QuadPart);
    HalFreeCommonBuffer(adapter, 1, logical, buffer, FALSE);
    high.QuadPart = 0xffffff;
    buffer = adapter->DmaOperations->AllocateCommonBufferEx(adapter, &high, PAGE_SIZE, &logical,
                                                            TRUE, MM_ANY_NODE_OK);
    if (buffer) {
        expect(logical.QuadPart + PAGE_SIZE - 1 <= high.QuadPart);
        adapter->DmaOperations->FreeCommonBuffer(adapter, PAGE_SIZE, logical, buffer, TRUE);
    }
    low.QuadPart = 0;
    high.QuadPart = 0xbfffffff;
    buffer = adapter->DmaOperations->AllocateCommonBufferWithBounds(
        adapter, &low, &high, PAGE_SIZE, 0, NULL, MM_ANY_NODE_OK, &logical);
    expect(buffer != NULL);
    expect(logical.QuadPart <= high.QuadPart);
    adapter->DmaOperations->FreeCommonBuffer(adapter, PAGE_SIZE, logical, buffer, TRUE);
    adapter_put(adapter);
}

/* ---- scatter/gather ---------------------------------------------------------------------- */

struct transfer {
    PDMA_ADAPTER adapter;
    PMDL mdl;
    PUCHAR buffer;
    PSCATTER_GATHER_LIST list;
    PVOID base;
    IO_ALLOCATION_ACTION action;
    ULONG calls;
    KIRQL irql;
};

static VOID NTAPI list_ready(PDEVICE_OBJECT device, PIRP irp, PSCATTER_GATHER_LIST list,
                             PVOID context)
{
    struct transfer *transfer = context;

    expect(device == drivertest_device);
    transfer->list = list;
    transfer->irql = KeGetCurrentIrql();
    transfer->calls++;
}

static void pool_open(struct transfer *transfer, PDMA_ADAPTER adapter)
{
    RtlZeroMemory(transfer, sizeof *transfer);
    transfer->adapter = adapter;
    transfer->buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, BYTES, 'tseT');
    transfer->mdl = IoAllocateMdl(transfer->buffer, BYTES, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(transfer->mdl);
}

static void pool_close(struct transfer *transfer)
{
    IoFreeMdl(transfer->mdl);
    ExFreePoolWithTag(transfer->buffer, 'tseT');
}

/* Do the elements name the buffer's bytes from start on, in order? */
static BOOLEAN list_covers(const SCATTER_GATHER_LIST *list, PUCHAR start, ULONG length)
{
    ULONG i;

    for (i = 0; i < list->NumberOfElements; i++) {
        const SCATTER_GATHER_ELEMENT *element = &list->Elements[i];

        if (element->Address.QuadPart != MmGetPhysicalAddress(start).QuadPart ||
            element->Address.QuadPart + element->Length - 1 !=
                MmGetPhysicalAddress(start + element->Length - 1).QuadPart ||
            element->Length > length)
            return FALSE;
        start += element->Length;
        length -= element->Length;
    }
    return length == 0;
}

static void scatter_gather(void)
{
    ULONG registers, size = 0, needed = 0;
    PDMA_ADAPTER adapter = adapter_get(DEVICE_DESCRIPTION_VERSION2, TRUE, TRUE, BYTES, &registers);
    PDMA_OPERATIONS operations = adapter->DmaOperations;
    struct transfer transfer;
    PMDL seen = NULL;
    PVOID memory;
    KIRQL irql;

    pool_open(&transfer, adapter);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(operations->GetScatterGatherList(adapter, drivertest_device, transfer.mdl,
                                                   transfer.buffer + 100, BYTES - 100, list_ready,
                                                   &transfer, TRUE),
                  STATUS_SUCCESS);
    expect_number(transfer.calls, 1);
    expect_number(transfer.irql, DISPATCH_LEVEL);
    expect(list_covers(transfer.list, transfer.buffer + 100, BYTES - 100));
    expect_status(operations->BuildMdlFromScatterGatherList(adapter, transfer.list, NULL, &seen),
                  STATUS_INVALID_PARAMETER);
    expect_status(
        operations->BuildMdlFromScatterGatherList(adapter, transfer.list, transfer.mdl, &seen),
        STATUS_SUCCESS);
    expect(seen == transfer.mdl); /* nothing was copied */
    expect_status(
        operations->BuildMdlFromScatterGatherList(adapter, transfer.list, transfer.mdl, &seen),
        STATUS_NONE_MAPPED);
    operations->PutScatterGatherList(adapter, transfer.list, TRUE);
    expect_status(operations->GetScatterGatherList(adapter, drivertest_device, transfer.mdl,
                                                   transfer.buffer + 1, BYTES, list_ready,
                                                   &transfer, TRUE),
                  STATUS_BUFFER_TOO_SMALL);

    expect_status(operations->CalculateScatterGatherList(adapter, transfer.mdl, transfer.buffer,
                                                         BYTES, &size, &needed),
                  STATUS_SUCCESS);
    expect(needed >= 3 && needed <= registers && size >= sizeof(SCATTER_GATHER_LIST));
    expect_status(operations->CalculateScatterGatherList(adapter, NULL, transfer.buffer, 10 * BYTES,
                                                         &size, &needed),
                  STATUS_INSUFFICIENT_RESOURCES);
    memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, 'tseT');
    expect_status(operations->BuildScatterGatherList(adapter, drivertest_device, transfer.mdl,
                                                     transfer.buffer, BYTES, list_ready, &transfer,
                                                     FALSE, memory, 8),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(operations->BuildScatterGatherList(adapter, drivertest_device, transfer.mdl,
                                                     transfer.buffer, BYTES, list_ready, &transfer,
                                                     FALSE, memory, size),
                  STATUS_SUCCESS);
    expect(transfer.list == memory);
    expect(list_covers(transfer.list, transfer.buffer, BYTES));
    operations->PutScatterGatherList(adapter, transfer.list, FALSE);
    KeLowerIrql(irql);
    ExFreePoolWithTag(memory, 'tseT');
    pool_close(&transfer);
    adapter_put(adapter);
}

/* Two MDLs in a chain are one buffer. */
static void scatter_gather_chain(void)
{
    ULONG registers;
    PDMA_ADAPTER adapter = adapter_get(DEVICE_DESCRIPTION_VERSION2, TRUE, TRUE, BYTES, &registers);
    struct transfer transfer;
    PMDL tail;
    KIRQL irql;

    pool_open(&transfer, adapter);
    tail = IoAllocateMdl(transfer.buffer, 50, FALSE, FALSE, NULL);
    MmBuildMdlForNonPagedPool(tail);
    transfer.mdl->Next = tail;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    HalGetScatterGatherList((PADAPTER_OBJECT)adapter, drivertest_device, transfer.mdl,
                            transfer.buffer + BYTES - 10, 60, list_ready, &transfer, FALSE);
    expect_number(transfer.list->NumberOfElements, 2);
    expect_number(transfer.list->Elements[0].Length, 10);
    expect_number(transfer.list->Elements[1].Length, 50);
    expect_number(transfer.list->Elements[1].Address.QuadPart,
                  MmGetPhysicalAddress(transfer.buffer).QuadPart);
    HalPutScatterGatherList((PADAPTER_OBJECT)adapter, transfer.list, FALSE);
    KeLowerIrql(irql);
    transfer.mdl->Next = NULL;
    IoFreeMdl(tail);
    pool_close(&transfer);
    adapter_put(adapter);
}

/* ---- a device that cannot reach the buffer ------------------------------------------------- */

static PMDL user_lock(void)
{
    PMDL mdl = IoAllocateMdl(drivertest_user_memory, DRIVERTEST_USER_BYTES, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
    return mdl;
}

static PUCHAR device_sees(PHYSICAL_ADDRESS logical)
{
    return MmGetVirtualForPhysical(logical);
}

static void scatter_gather_out_of_reach(void)
{
    ULONG registers;
    PDMA_ADAPTER adapter =
        adapter_get(DEVICE_DESCRIPTION_VERSION2, FALSE, TRUE, DRIVERTEST_USER_BYTES, &registers);
    PDMA_OPERATIONS operations = adapter->DmaOperations;
    struct transfer transfer = {.adapter = adapter, .mdl = user_lock()};
    PMDL seen = NULL;
    KIRQL irql;

    expect(MmGetPhysicalAddress(drivertest_user_memory).QuadPart > MAXULONG);
    drivertest_user_memory[5] = 0x11;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    operations->GetScatterGatherList(adapter, drivertest_device, transfer.mdl,
                                     drivertest_user_memory, DRIVERTEST_USER_BYTES, list_ready,
                                     &transfer, TRUE);
    expect(transfer.list->Elements[0].Address.QuadPart + transfer.list->Elements[0].Length <=
           0x100000000);
    expect_number(device_sees(transfer.list->Elements[0].Address)[5], 0x11);
    expect_status(
        operations->BuildMdlFromScatterGatherList(adapter, transfer.list, transfer.mdl, &seen),
        STATUS_SUCCESS);
    expect(seen != transfer.mdl && MmGetMdlByteCount(seen) == DRIVERTEST_USER_BYTES);
    operations->PutScatterGatherList(adapter, transfer.list, TRUE);

    operations->GetScatterGatherList(adapter, drivertest_device, transfer.mdl,
                                     drivertest_user_memory, DRIVERTEST_USER_BYTES, list_ready,
                                     &transfer, FALSE);
    device_sees(transfer.list->Elements[0].Address)[7] = 0x77;
    operations->PutScatterGatherList(adapter, transfer.list, FALSE);
    KeLowerIrql(irql);
    expect_number(drivertest_user_memory[7], 0x77);
    MmUnlockPages(transfer.mdl);
    IoFreeMdl(transfer.mdl);
    adapter_put(adapter);
}

/* ---- channel and map registers ----------------------------------------------------------------
 */

static IO_ALLOCATION_ACTION NTAPI channel_given(PDEVICE_OBJECT device, PIRP irp, PVOID base,
                                                PVOID context)
{
    struct transfer *transfer = context;

    transfer->base = base;
    transfer->irql = KeGetCurrentIrql();
    transfer->calls++;
    return transfer->action;
}

static void channel_queue(void)
{
    ULONG registers;
    PDMA_ADAPTER adapter = adapter_get(DEVICE_DESCRIPTION_VERSION, TRUE, TRUE, BYTES, &registers);
    PDMA_OPERATIONS operations = adapter->DmaOperations;
    struct transfer first = {.action = KeepObject}, second = {.action = DeallocateObject},
                    third = {.action = DeallocateObjectKeepRegisters};
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(operations->AllocateAdapterChannel(adapter, drivertest_device, registers + 1,
                                                     channel_given, &first),
                  STATUS_INSUFFICIENT_RESOURCES);
    operations->AllocateAdapterChannel(adapter, drivertest_device, 2, channel_given, &first);
    operations->AllocateAdapterChannel(adapter, drivertest_device, 2, channel_given, &second);
    IoAllocateAdapterChannel(adapter, drivertest_device, 2, channel_given, &third);
    expect_number(first.calls, 1);
    expect_number(first.irql, DISPATCH_LEVEL);
    expect_number(second.calls, 0);
    IoFreeAdapterChannel(adapter); /* both that wait have their turn */
    expect_number(second.calls, 1);
    expect_number(third.calls, 1);
    expect(third.base != NULL && third.base != first.base);
    operations->FreeMapRegisters(adapter, third.base, 2);
    KeLowerIrql(irql);
    adapter_put(adapter);
}

static void map_transfer(void)
{
    ULONG registers, length = 2 * PAGE_SIZE;
    PDMA_ADAPTER adapter = adapter_get(DEVICE_DESCRIPTION_VERSION, TRUE, TRUE, BYTES, &registers);
    PDMA_OPERATIONS operations = adapter->DmaOperations;
    struct transfer transfer, user = {.action = DeallocateObjectKeepRegisters};
    PHYSICAL_ADDRESS logical;
    KIRQL irql;

    pool_open(&transfer, adapter);
    transfer.action = DeallocateObjectKeepRegisters;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    operations->AllocateAdapterChannel(adapter, drivertest_device, 3, channel_given, &transfer);
    logical = operations->MapTransfer(adapter, transfer.mdl, transfer.base, transfer.buffer + 16,
                                      &length, TRUE);
    expect_number(logical.QuadPart, MmGetPhysicalAddress(transfer.buffer + 16).QuadPart);
    expect_number(MmGetPhysicalAddress(transfer.buffer + 16 + length - 1).QuadPart,
                  logical.QuadPart + length - 1);
    expect(operations->FlushAdapterBuffers(adapter, transfer.mdl, transfer.base,
                                           transfer.buffer + 16, length, TRUE));
    operations->FreeMapRegisters(adapter, transfer.base, 3);
    KeLowerIrql(irql);
    pool_close(&transfer);
    adapter_put(adapter);

    /* A device that takes one run only, and cannot reach the program's memory. */
    adapter = adapter_get(DEVICE_DESCRIPTION_VERSION, FALSE, FALSE, BYTES, &registers);
    operations = adapter->DmaOperations;
    user.mdl = user_lock();
    drivertest_user_memory[0x1001] = 0x21;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    operations->AllocateAdapterChannel(adapter, drivertest_device, 3, channel_given, &user);
    length = DRIVERTEST_USER_BYTES;
    logical = operations->MapTransfer(adapter, user.mdl, user.base, drivertest_user_memory, &length,
                                      TRUE);
    expect_number(length, DRIVERTEST_USER_BYTES);
    expect(logical.QuadPart + length <= 0x100000000);
    expect_number(device_sees(logical)[0x1001], 0x21);
    operations->FlushAdapterBuffers(adapter, user.mdl, user.base, drivertest_user_memory, length,
                                    TRUE);
    logical = IoMapTransfer(adapter, user.mdl, user.base, drivertest_user_memory, &length, FALSE);
    device_sees(logical)[0x1fff] = 0x99;
    expect(
        IoFlushAdapterBuffers(adapter, user.mdl, user.base, drivertest_user_memory, length, FALSE));
    IoFreeMapRegisters(adapter, user.base, 3);
    KeLowerIrql(irql);
    expect_number(drivertest_user_memory[0x1fff], 0x99);
    MmUnlockPages(user.mdl);
    IoFreeMdl(user.mdl);
    adapter_put(adapter);
}

/* ---- version 3
 * ----------------------------------------------------------------------------------- */

static void third_version(void)
{
    ULONG registers, length = BYTES;
    PDMA_ADAPTER adapter = adapter_get(DEVICE_DESCRIPTION_VERSION3, TRUE, TRUE, BYTES, &registers);
    PDMA_OPERATIONS operations = adapter->DmaOperations;
    DMA_ADAPTER_INFO about = {.Version = DMA_ADAPTER_INFO_VERSION1};
    DMA_TRANSFER_INFO needs = {.Version = DMA_TRANSFER_INFO_VERSION2};
    UCHAR context[DMA_TRANSFER_CONTEXT_SIZE_V1];
    struct transfer transfer, waiting = {.action = DeallocateObject};
    PSCATTER_GATHER_LIST list = NULL, mapped;
    PDMA_COMMON_BUFFER_VECTOR vector;
    PHYSICAL_ADDRESS none = {0};
    PVOID base = NULL;
    KIRQL irql;

    pool_open(&transfer, adapter);
    expect_status(operations->GetDmaAdapterInfo(adapter, &about), STATUS_SUCCESS);
    expect_number(about.V1.DmaAddressWidth, 64);
    about.Version = 9;
    expect_status(operations->GetDmaAdapterInfo(adapter, &about), STATUS_NOT_SUPPORTED);
    expect_status(operations->GetDmaTransferInfo(adapter, transfer.mdl, 0, BYTES, TRUE, &needs),
                  STATUS_SUCCESS);
    expect(needs.V2.MapRegisterCount >= 3 && needs.V2.ScatterGatherListSize != 0);
    expect_status(operations->InitializeDmaTransferContext(adapter, context), STATUS_SUCCESS);

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(operations->GetScatterGatherListEx(adapter, drivertest_device, context,
                                                     transfer.mdl, 8, 100, DMA_SYNCHRONOUS_CALLBACK,
                                                     NULL, NULL, TRUE, NULL, NULL, &list),
                  STATUS_SUCCESS);
    expect(list_covers(list, transfer.buffer + 8, 100));
    operations->PutScatterGatherList(adapter, list, TRUE);

    expect_status(operations->AllocateAdapterChannelEx(adapter, drivertest_device, context, 4,
                                                       DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, &base),
                  STATUS_SUCCESS);
    expect(base != NULL);
    expect_status(operations->AllocateAdapterChannelEx(adapter, drivertest_device, context, 1,
                                                       DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, NULL),
                  STATUS_INSUFFICIENT_RESOURCES); /* it is taken */
    expect_status(operations->AllocateAdapterChannelEx(adapter, drivertest_device, context, 1, 0,
                                                       channel_given, &waiting, NULL),
                  STATUS_SUCCESS);
    expect(operations->CancelAdapterChannel(adapter, drivertest_device, context));
    expect(!operations->CancelAdapterChannel(adapter, drivertest_device, context));
    mapped = ExAllocatePool2(POOL_FLAG_NON_PAGED, needs.V2.ScatterGatherListSize, 'tseT');
    expect_status(operations->MapTransferEx(adapter, transfer.mdl, base, 0, 0, &length, TRUE,
                                            mapped, 4, NULL, NULL),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(operations->MapTransferEx(adapter, transfer.mdl, base, 0, 0, &length, TRUE,
                                            mapped, needs.V2.ScatterGatherListSize, NULL, NULL),
                  STATUS_SUCCESS);
    expect_number(length, BYTES);
    expect(list_covers(mapped, transfer.buffer, BYTES));
    expect_status(operations->FlushAdapterBuffersEx(adapter, transfer.mdl, base, 0, BYTES, TRUE),
                  STATUS_SUCCESS);
    operations->FreeAdapterObject(adapter, DeallocateObject);
    expect_number(waiting.calls, 0); /* it was cancelled */
    expect_status(operations->BuildScatterGatherListEx(
                      adapter, drivertest_device, context, transfer.mdl, 0, BYTES, 0, list_ready,
                      &transfer, FALSE, mapped, needs.V2.ScatterGatherListSize, NULL, NULL, NULL),
                  STATUS_SUCCESS);
    expect(transfer.list == mapped);
    operations->PutScatterGatherList(adapter, mapped, FALSE);
    KeLowerIrql(irql);

    /* What there is no hardware for says so. */
    expect_status(operations->ConfigureAdapterChannel(adapter, 1, NULL), STATUS_NOT_IMPLEMENTED);
    expect_status(operations->CancelMappedTransfer(adapter, context), STATUS_NOT_SUPPORTED);
    expect_status(operations->JoinDmaDomain(adapter, NULL), STATUS_NOT_SUPPORTED);
    expect_status(operations->LeaveDmaDomain(adapter), STATUS_NOT_SUPPORTED);
    expect(operations->GetDmaDomain(adapter) == NULL);
    expect_status(operations->AllocateDomainCommonBuffer(adapter, NULL, NULL, PAGE_SIZE, 0, NULL, 0,
                                                         &none, &base),
                  STATUS_NOT_SUPPORTED);
    expect_status(operations->AllocateCommonBufferVector(adapter, none, none, MmCached, 0, 0, 1,
                                                         PAGE_SIZE, &vector),
                  STATUS_NOT_SUPPORTED);
    expect_status(operations->FlushDmaBuffer(adapter, transfer.mdl, TRUE), STATUS_SUCCESS);
    ExFreePoolWithTag(mapped, 'tseT');
    pool_close(&transfer);
    adapter_put(adapter);
}

DRIVERTEST_LIST = {
    DRIVERTEST(versions),
    DRIVERTEST(common_buffers),
    DRIVERTEST(scatter_gather),
    DRIVERTEST(scatter_gather_chain),
    DRIVERTEST(scatter_gather_out_of_reach),
    DRIVERTEST(channel_queue),
    DRIVERTEST(map_transfer),
    DRIVERTEST(third_version),
    DRIVERTEST_END,
};
