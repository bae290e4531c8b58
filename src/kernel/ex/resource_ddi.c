/* SPDX-License-Identifier: MIT */
/* resource_ddi.c - executive resources as drivers call them.
 *
 * Taking one wants IRQL <= APC_LEVEL with normal kernel APCs disabled; giving it back is
 * allowed at DISPATCH_LEVEL.
 */
#include "ex_ddi.h"
#include "ke/ke.h"
#include "resource.h"

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     nf-wdm-exinitializeresourcelite
 */
NTSTATUS NTAPI ExInitializeResourceLite(PERESOURCE Resource)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    resource_init(Resource);
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-exdeleteresourcelite */
NTSTATUS NTAPI ExDeleteResourceLite(PERESOURCE Resource)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    resource_delete(Resource);
    return STATUS_SUCCESS;
}

/* Doc: nf-wdm-exreinitializeresourcelite */
NTSTATUS NTAPI ExReinitializeResourceLite(PERESOURCE Resource)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    resource_delete(Resource);
    resource_init(Resource);
    return STATUS_SUCCESS;
}

/* Errors:  FALSE only without Wait
 * Doc:     nf-wdm-exacquireresourceexclusivelite
 */
BOOLEAN NTAPI ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return resource_take(Resource, RESOURCE_EXCLUSIVE, Wait);
}

/* Doc: nf-ntifs-extrytoacquireresourceexclusivelite */
BOOLEAN NTAPI ExTryToAcquireResourceExclusiveLite(PERESOURCE Resource)
{
    return ExAcquireResourceExclusiveLite(Resource, FALSE);
}

/* Doc: nf-wdm-exacquireresourcesharedlite */
BOOLEAN NTAPI ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return resource_take(Resource, RESOURCE_SHARED, Wait);
}

/* Doc: nf-wdm-exacquiresharedstarveexclusive */
BOOLEAN NTAPI ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return resource_take(Resource, RESOURCE_SHARED_STARVE, Wait);
}

/* Doc: nf-wdm-exacquiresharedwaitforexclusive */
BOOLEAN NTAPI ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return resource_take(Resource, RESOURCE_SHARED_WAIT, Wait);
}

/* Errors:  bug check RESOURCE_NOT_OWNED
 * Doc:     nf-wdm-exreleaseresourcelite
 */
VOID NTAPI ExReleaseResourceLite(PERESOURCE Resource)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    resource_give(Resource, resource_self());
}

/* Doc: nf-wdm-exreleaseresourceforthreadlite */
VOID NTAPI ExReleaseResourceForThreadLite(PERESOURCE Resource, ERESOURCE_THREAD ResourceThreadId)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    resource_give(Resource, ResourceThreadId);
}

/* The Enter… forms return the thread's Win32 object, which is none.
 *
 * Doc:     nf-wdm-exentercriticalregionandacquireresourceexclusive
 */
PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(Resource, TRUE);
    return NULL;
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(Resource, TRUE);
    return NULL;
}

PVOID NTAPI ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireSharedWaitForExclusive(Resource, TRUE);
    return NULL;
}

/* Doc: nf-wdm-exreleaseresourceandleavecriticalregion */
VOID NTAPI ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
    ExReleaseResourceLite(Resource);
    KeLeaveCriticalRegion();
}

/* IRQL:    <= DISPATCH_LEVEL
 * Errors:  bug check RESOURCE_NOT_OWNED unless the caller has it exclusively
 * Doc:     nf-wdm-exconvertexclusivetosharedlite
 */
VOID NTAPI ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    resource_make_shared(Resource);
}

/* Doc: nf-wdm-exsetresourceownerpointer */
VOID NTAPI ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    resource_owner_set(Resource, (ERESOURCE_THREAD)OwnerPointer);
}

/* Doc: nf-wdm-exsetresourceownerpointerex */
VOID NTAPI ExSetResourceOwnerPointerEx(PERESOURCE Resource, PVOID OwnerPointer, ULONG Flags)
{
    ExSetResourceOwnerPointer(Resource, OwnerPointer);
}

/* Doc: nf-wdm-exisresourceacquiredexclusivelite */
BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
    return resource_count_of(Resource, resource_self(), true) != 0;
}

/* How often the caller has it, shared or exclusively.
 *
 * Doc:     nf-wdm-exisresourceacquiredsharedlite
 */
ULONG NTAPI ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
    return resource_count_of(Resource, resource_self(), false);
}

/* Doc: nf-wdm-exgetexclusivewaitercount */
ULONG NTAPI ExGetExclusiveWaiterCount(PERESOURCE Resource)
{
    return __atomic_load_n(&Resource->NumberOfExclusiveWaiters, __ATOMIC_RELAXED);
}

/* Doc: nf-wdm-exgetsharedwaitercount */
ULONG NTAPI ExGetSharedWaiterCount(PERESOURCE Resource)
{
    return __atomic_load_n(&Resource->NumberOfSharedWaiters, __ATOMIC_RELAXED);
}

/* Owners are never boosted here.
 *
 * Doc:     nf-ntifs-exdisableresourceboostlite
 */
VOID NTAPI ExDisableResourceBoostLite(PERESOURCE Resource)
{
}
