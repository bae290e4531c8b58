/* SPDX-License-Identifier: MIT */
/* topology_ddi.c - how the machine's processors belong together, as drivers are told.
 *
 * Each is a core of its own; all are in one package, node and group. Caches are the host's and
 * are not told.
 */
#include <stddef.h>
#include <string.h>

#include "ke_internal.h"

#define ENTRY_BYTES(part)                                      \
    (offsetof(SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, part) + \
     sizeof(((SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *)NULL)->part))

struct topology {
    uint8_t *to; /* the caller's, or NULL */
    ULONG room, needed;
};

/* The next entry, zeroed; a spare one when the caller's memory is too short for it. */
static SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *
entry_next(struct topology *topology, LOGICAL_PROCESSOR_RELATIONSHIP kind, size_t bytes,
           SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *spare)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX *entry = spare;

    if (topology->to != NULL && topology->room >= topology->needed + bytes)
        entry = (void *)(topology->to + topology->needed);
    topology->needed += (ULONG)bytes;
    memset(entry, 0, bytes);
    entry->Relationship = kind;
    entry->Size = (ULONG)bytes;
    return entry;
}

static void processors_add(struct topology *topology, LOGICAL_PROCESSOR_RELATIONSHIP kind,
                           KAFFINITY mask)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX spare,
        *entry = entry_next(topology, kind, ENTRY_BYTES(Processor), &spare);

    entry->Processor.GroupCount = 1;
    entry->Processor.GroupMask[0].Mask = mask;
}

static void all_add(struct topology *topology, LOGICAL_PROCESSOR_RELATIONSHIP wanted,
                    KAFFINITY cores, KAFFINITY all)
{
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX spare, *entry;
    bool is_all = wanted == RelationAll;

    if (is_all || wanted == RelationProcessorPackage)
        processors_add(topology, RelationProcessorPackage, all);
    for (unsigned i = 0; i < processor_count && (is_all || wanted == RelationProcessorCore); i++)
        if ((cores >> i & 1) != 0)
            processors_add(topology, RelationProcessorCore, (KAFFINITY)1 << i);
    if (is_all || wanted == RelationNumaNode) {
        entry = entry_next(topology, RelationNumaNode, ENTRY_BYTES(NumaNode), &spare);
        entry->NumaNode.GroupMask.Mask = all;
    }
    if (is_all || wanted == RelationGroup) {
        entry = entry_next(topology, RelationGroup, ENTRY_BYTES(Group), &spare);
        entry->Group.MaximumGroupCount = entry->Group.ActiveGroupCount = 1;
        entry->Group.GroupInfo[0].MaximumProcessorCount = (UCHAR)processor_count;
        entry->Group.GroupInfo[0].ActiveProcessorCount = (UCHAR)processor_count;
        entry->Group.GroupInfo[0].ActiveProcessorMask = all;
    }
}

NTSTATUS NTAPI KeQueryLogicalProcessorRelationship(
    PPROCESSOR_NUMBER ProcessorNumber, LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
    PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information, PULONG Length);
/* Tells what belongs together with one processor, or (NULL) everything.
 *
 * Takes:   *Length bytes at Information; *Length becomes what is needed
 * Errors:  STATUS_INVALID_PARAMETER: there is no such processor; STATUS_INFO_LENGTH_MISMATCH
 * Doc:     wdm.h KeQueryLogicalProcessorRelationship
 * Differs: no caches
 */
NTSTATUS NTAPI KeQueryLogicalProcessorRelationship(
    PPROCESSOR_NUMBER ProcessorNumber, LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
    PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information, PULONG Length)
{
    struct topology topology = {.to = (uint8_t *)Information, .room = *Length};
    KAFFINITY all = KeQueryActiveProcessors();
    KAFFINITY cores = all;

    if (ProcessorNumber != NULL) {
        if (ProcessorNumber->Group != 0 || ProcessorNumber->Number >= processor_count ||
            ProcessorNumber->Reserved != 0)
            return STATUS_INVALID_PARAMETER;
        cores = (KAFFINITY)1 << ProcessorNumber->Number;
    }
    all_add(&topology, RelationshipType, cores, all);
    *Length = topology.needed;
    return topology.to != NULL && topology.needed <= topology.room ? STATUS_SUCCESS
                                                                   : STATUS_INFO_LENGTH_MISMATCH;
}
