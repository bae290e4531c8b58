/* SPDX-License-Identifier: MIT */
/* trap_patch.c - sites and slots: changing driver code while others run it.
 *
 * 1. A site becomes a jump of five bytes to its slot. Where its own instruction is shorter the
 *    slot also holds the instructions behind it that the jump covers.
 * 2. A thread may stand in front of a covered instruction, or jump there, at any time. Slots
 *    therefore lie so far above their sites that the last two bytes of every jump are 06, an
 *    invalid opcode: whoever starts there faults, and goes on in the slot (trap_patch_stray).
 *    So no other instruction's address is ever lost, and nothing needs to be known about where
 *    the driver's jumps lead.
 * 3. Other processors may be fetching the site. It is made a breakpoint, then its tail is
 *    written, then its head, and after each step all threads synchronise their fetching.
 * 4. What looks at code (decoder, unwinder) is shown the original bytes. A fault in a slot is
 *    moved to the instruction it belongs to.
 * Invariant: one thread at a time changes code; who finds another at it does without.
 */
#include <stdatomic.h>
#include <string.h>

#include "image/image.h"
#include "rtl/rtl.h"
#include "seh/seh.h"
#include "trap_patch.h"

#define AREAS         64u
#define AREA_SITES    512u
#define AREA_DISTANCE 0x06060000ull /* from the end of a jump to the first slot it may reach */
#define AREA_REACH    0x10000ull    /* how much further slots may lie */
#define AREA_IMAGE    (8ull << 20)  /* larger images are left alone */
#define UNIT          256u /* slots consist of so many bytes, or twice or four times as many */
#define UNITS_MOST    4u
#define AREA_UNITS    ((AREA_IMAGE + AREA_REACH) / UNIT)

#define JUMP_BYTES  5u
#define BREAKPOINT  0xccu
#define JUMP        0xe9u
#define STRAYS_MOST 64u /* the patch costs more than the trap did: it is taken back */

/* What belongs to one image. Slots lie in memory of their own, this in ours. */
struct area {
    _Atomic uint64_t image; /* base; 0: nobody's. Readers look at it first, without a lock */
    uint64_t image_end;     /* set before image, as what follows */
    uint64_t slots, slots_end;
    char name[64];
    _Atomic uint32_t sites; /* how many of site are valid; grows under patch_lock */
    struct {
        struct trap_slot *slot;
        _Atomic uint32_t strays; /* how often a covered instruction was entered from elsewhere */
    } site[AREA_SITES];
    uint32_t patched, refused; /* patch_lock */
    uint32_t hopeless;         /* how many of hopeless_rva are valid; patch_lock */
    uint32_t hopeless_rva[AREA_SITES];
    /* Per unit of slots: 0 free, else which of its slot's units it is. Grows under patch_lock;
     * what a slot in use needs does not change. */
    uint8_t unit[AREA_UNITS];
};

static struct area areas[AREAS];
static _Atomic uint32_t patch_lock; /* guards: areas; tried only, never waited for in a fault */
static bool is_possible;            /* set at install */
struct trap_patch_environment trap_patch_environment;

static bool lock_try(void)
{
    uint32_t expected = 0;
    return atomic_compare_exchange_strong(&patch_lock, &expected, 1);
}

static void lock_give(void)
{
    atomic_store(&patch_lock, 0);
}

/* ---- looking ----------------------------------------------------------------------------------
 */

static struct area *area_of_image(uint64_t address)
{
    for (unsigned i = 0; i < AREAS; i++) {
        uint64_t base = atomic_load_explicit(&areas[i].image, memory_order_acquire);
        if (base != 0 && address >= base && address < areas[i].image_end)
            return &areas[i];
    }
    return NULL;
}

static struct trap_slot *slot_of_code(uint64_t address)
{
    for (unsigned i = 0; i < AREAS; i++) {
        const struct area *area = &areas[i];
        if (atomic_load_explicit(&area->image, memory_order_acquire) != 0 &&
            address >= area->slots && address < area->slots_end) {
            uint64_t number = (address - area->slots) / UNIT;
            uint8_t which = __atomic_load_n(&area->unit[number], __ATOMIC_ACQUIRE);
            return which != 0 ? (struct trap_slot *)(area->slots + (number + 1 - which) * UNIT)
                              : NULL;
        }
    }
    return NULL;
}

/* The slot whose replaced instructions hold address. */
static struct trap_slot *slot_of_site(uint64_t address)
{
    struct area *area = area_of_image(address);
    uint32_t count = area != NULL ? atomic_load_explicit(&area->sites, memory_order_acquire) : 0;
    for (uint32_t i = 0; i < count; i++) {
        struct trap_slot *slot = area->site[i].slot;
        if (address >= slot->site && address - slot->site < slot->length)
            return slot;
    }
    return NULL;
}

void trap_patch_original(uint64_t address, void *bytes, size_t count)
{
    const struct area *area = area_of_image(address);
    uint32_t sites = area != NULL ? atomic_load_explicit(&area->sites, memory_order_acquire) : 0;
    for (uint32_t i = 0; i < sites; i++) {
        const struct trap_slot *slot = area->site[i].slot;
        for (uint64_t k = 0; k < JUMP_BYTES && k < slot->length; k++)
            if (slot->site + k - address < count)
                ((uint8_t *)bytes)[slot->site + k - address] = slot->original[k];
    }
}

/* ---- faults that patches bring about
 * ------------------------------------------------------------- */

/* The point at this address of a slot. NULL: the driver's state is in between. */
static const struct trap_point *point_find(const struct trap_slot *slot, uint64_t address)
{
    for (unsigned i = 0; i < slot->point_count; i++)
        if ((uint64_t)slot->code + slot->points[i].at == address)
            return &slot->points[i];
    return NULL;
}

bool trap_patch_is_driver_code(uint64_t rip)
{
    const struct trap_slot *slot = slot_of_code(rip);
    const struct trap_point *point = slot != NULL ? point_find(slot, rip) : NULL;
    return point != NULL && point->saved == TRAP_SAVED_NONE;
}

bool trap_patch_leave(struct host_registers *registers)
{
    const struct trap_slot *slot = slot_of_code(registers->rip);
    const struct trap_point *point = slot != NULL ? point_find(slot, registers->rip) : NULL;
    if (point == NULL)
        return false;
    registers->rip = slot->site + point->to;
    if (point->saved != TRAP_SAVED_NONE) {
        (&registers->rax)[point->saved] = *(const uint64_t *)registers->rsp;
        registers->rsp += sizeof(uint64_t) + 128;
    }
    return true;
}

static void stray_count(const struct trap_slot *slot);

bool trap_patch_stray(const struct host_fault *fault, struct host_registers *registers)
{
    uint64_t rip = registers->rip - (fault->kind == HOST_FAULT_BREAKPOINT);
    if (fault->kind != HOST_FAULT_BREAKPOINT && fault->kind != HOST_FAULT_ILLEGAL)
        return false;
    struct trap_slot *slot = slot_of_site(rip);
    if (slot == NULL || rip - slot->site >= JUMP_BYTES)
        return false;
    if (rip == slot->site) {
        /* It is being changed: the breakpoint is ours. */
        registers->rip = (uint64_t)slot->code;
        return true;
    }
    for (unsigned i = 0; i < slot->point_count; i++) {
        const struct trap_point *point = &slot->points[i];
        if (slot->site + point->to != rip || point->saved != TRAP_SAVED_NONE)
            continue;
        registers->rip = (uint64_t)slot->code + point->at;
        stray_count(slot);
        return true;
    }
    return false;
}

/* ---- changing code -----------------------------------------------------------------------------
 */

/* Five bytes of a site, so that nobody ever runs a mixture. patch_lock is held. */
static bool code_change(uint64_t site, const uint8_t *bytes)
{
    uint8_t *code = (uint8_t *)site;
    if (!image_code_open(site, JUMP_BYTES))
        return false;
    *(volatile uint8_t *)code = BREAKPOINT;
    host_code_sync();
    for (unsigned i = 1; i < JUMP_BYTES; i++)
        ((volatile uint8_t *)code)[i] = bytes[i];
    host_code_sync();
    *(volatile uint8_t *)code = bytes[0];
    host_code_sync();
    image_code_close(site, JUMP_BYTES);
    return true;
}

/* Too many strays: the patch is taken back. The slot stays, and the trap leads to it. */
static void stray_count(const struct trap_slot *slot)
{
    struct area *area = area_of_image(slot->site);
    uint32_t i = 0;
    while (area->site[i].slot != slot)
        i++;
    if (atomic_fetch_add(&area->site[i].strays, 1) < STRAYS_MOST || !lock_try())
        return;
    if (*(const uint8_t *)slot->site == JUMP && code_change(slot->site, slot->original)) {
        area->patched--;
        area->refused++;
    }
    lock_give();
}

static struct area *area_make(const struct image *image)
{
    uint64_t size = image->size + AREA_REACH;
    void *slots = (void *)(image->base + AREA_DISTANCE);
    struct area *area = NULL;
    for (unsigned i = 0; i < AREAS && area == NULL; i++)
        if (atomic_load(&areas[i].image) == 0)
            area = &areas[i];
    if (area == NULL || image->size > AREA_IMAGE || host_memory_reserve(slots, size, &slots) != 0)
        return NULL;
    area->image_end = image->base + image->size;
    area->slots = (uint64_t)slots;
    area->slots_end = area->slots + size;
    area->patched = area->refused = area->hopeless = 0;
    memcpy(area->name, image->name, sizeof(area->name));
    memset(area->unit, 0, sizeof(area->unit));
    atomic_store(&area->sites, 0);
    atomic_store_explicit(&area->image, image->base, memory_order_release);
    return area;
}

/* Slots are written only while they are made. */
static bool slot_protect(const struct area *area, uint64_t first, uint64_t units, int protection)
{
    uint64_t start = (area->slots + first * UNIT) & ~(uint64_t)(HOST_PAGE - 1);
    uint64_t end = area->slots + (first + units) * UNIT;
    end = (end + HOST_PAGE - 1) & ~(uint64_t)(HOST_PAGE - 1);
    return host_memory_protect((void *)start, end - start, protection) == 0;
}

static bool units_are_free(const struct area *area, uint64_t first, uint64_t units)
{
    for (uint64_t i = first; i < first + units; i++)
        if (i * UNIT >= area->slots_end - area->slots || area->unit[i] != 0)
            return false;
    return true;
}

/* A free slot of so many units that a jump at site reaches; its pages are writable. */
static struct trap_slot *slot_take(struct area *area, uint64_t site, unsigned units)
{
    uint64_t from = site + JUMP_BYTES - area->image; /* distance 0 lies so far from slots */
    uint64_t code = offsetof(struct trap_slot, code);
    uint64_t first = from > code ? (from - code + UNIT - 1) / UNIT : 0;
    for (; first * UNIT + code - from < AREA_REACH; first++) {
        if (!units_are_free(area, first, units))
            continue;
        if (!slot_protect(area, first, units, HOST_READ | HOST_WRITE | HOST_EXECUTE))
            return NULL;
        struct trap_slot *slot = (struct trap_slot *)(area->slots + first * UNIT);
        *slot = (struct trap_slot){.bytes = (uint16_t)(units * UNIT)};
        return slot;
    }
    return NULL;
}

/* Marks a slot as used, or forgets it; it is not written from now on. */
static void slot_keep(struct area *area, const struct trap_slot *slot, bool is_used)
{
    uint64_t first = ((uint64_t)slot - area->slots) / UNIT;
    unsigned units = slot->bytes / UNIT;
    slot_protect(area, first, units, HOST_READ | HOST_EXECUTE);
    for (unsigned i = 0; is_used && i < units; i++)
        __atomic_store_n(&area->unit[first + i], (uint8_t)(i + 1), __ATOMIC_RELEASE);
}

/* Fills the slot with as many instructions as the jump covers. If one of them cannot be moved
 * only the first is replaced, and the trap leads there. */
static bool slot_fill(struct trap_slot *slot, uint64_t site, const struct trap_instruction *first)
{
    struct trap_instruction next = *first;
    *slot = (struct trap_slot){.site = site, .is_patch = true, .bytes = slot->bytes};
    slot->lower = (uint64_t)trap_lower_enter;
    slot->refresh = (uint64_t)trap_refresh_enter;
    trap_code_read(site, slot->original, first->zydis.length);
    uint8_t *at = slot->code;
    ZydisRegister base = trap_stub_base(first);
    if (!trap_stub_item(slot, &at, 0, first, base))
        return false;
    slot->length = first->zydis.length;
    while (slot->length < JUMP_BYTES && slot->is_patch) {
        uint64_t rip = site + slot->length;
        /* What is covered from the third byte on can be told apart from the jump; a slot that
         * begins there is in the way. */
        slot->is_patch = slot->length >= 3 && slot_of_site(rip) == NULL &&
                         image_is_driver_code(rip) && trap_decode(rip, &next) &&
                         image_can_read(rip, next.zydis.length) &&
                         slot->length + next.zydis.length <= TRAP_COVERED;
        if (!slot->is_patch)
            break;
        memcpy(slot->original + slot->length, (const void *)rip, next.zydis.length);
        slot->is_patch = trap_stub_item(slot, &at, slot->length, &next, base);
        slot->length += slot->is_patch ? next.zydis.length : 0;
    }
    if (!slot->is_patch && slot->length > first->zydis.length) {
        /* More than one was taken and the last could not be: begin again, with one. */
        slot->point_count = slot->next_count = 0;
        at = slot->code;
        trap_stub_item(slot, &at, 0, first, base);
        slot->length = first->zydis.length;
    }
    trap_stub_end(slot, at);
    return true;
}

/* Nothing can be done at that site: counted once. */
static uint64_t site_give_up(struct area *area, uint64_t site)
{
    uint32_t rva = (uint32_t)(site - area->image);
    for (uint32_t i = 0; i < area->hopeless; i++)
        if (area->hopeless_rva[i] == rva)
            return 0;
    if (area->hopeless < AREA_SITES) {
        area->hopeless_rva[area->hopeless++] = rva;
        area->refused++;
    }
    return 0;
}

static uint64_t site_make_locked(const struct trap_instruction *instruction, uint64_t site)
{
    struct trap_slot *slot = slot_of_site(site); /* another thread was faster */
    const struct image *image = image_of_address(site);
    if (slot != NULL)
        return slot->site == site ? (uint64_t)slot->code : 0;
    struct area *area = area_of_image(site);
    if (area == NULL)
        area = image != NULL && !image->is_native ? area_make(image) : NULL;
    if (area == NULL)
        return 0;
    uint32_t sites = atomic_load(&area->sites);
    if (!trap_stub_can(instruction) || sites == AREA_SITES)
        return site_give_up(area, site);
    bool is_done = false;
    for (unsigned units = 1; units <= UNITS_MOST && !(is_done && slot->is_patch); units *= 2) {
        slot = slot_take(area, site, units);
        if (slot == NULL)
            break;
        is_done = slot_fill(slot, site, instruction);
        if (!(is_done && slot->is_patch) && units < UNITS_MOST)
            slot_keep(area, slot, false);
    }
    if (slot == NULL || !is_done)
        return site_give_up(area, site);
    slot_keep(area, slot, true);
    uint8_t jump[JUMP_BYTES] = {JUMP};
    uint32_t distance = (uint32_t)((uint64_t)slot->code - (site + JUMP_BYTES));
    memcpy(jump + 1, &distance, sizeof(distance));
    /* Known before it is there: whoever meets the breakpoint finds it. */
    area->site[sites].slot = slot;
    atomic_store(&area->site[sites].strays, 0);
    atomic_store_explicit(&area->sites, sites + 1, memory_order_release);
    if (slot->is_patch && code_change(site, jump))
        area->patched++;
    else
        area->refused++;
    return (uint64_t)slot->code;
}

uint64_t trap_patch_site(const struct trap_instruction *instruction, uint64_t site)
{
    const struct trap_slot *slot = slot_of_site(site);
    uint64_t code = 0;
    if (!is_possible)
        return 0;
    if (slot != NULL)
        return slot->site == site ? (uint64_t)slot->code : 0;
    if (lock_try()) {
        code = site_make_locked(instruction, site);
        lock_give();
    }
    return code;
}

/* ---- install and images that go
 * ------------------------------------------------------------------- */

static void image_gone(const struct image *image)
{
    struct area *area = area_of_image(image->base);
    if (area == NULL)
        return;
    while (!lock_try())
        host_thread_yield();
    if (area->refused != 0)
        rtl_debug_printf("trap: %s: %u instructions were replaced, %u trap each time\n", area->name,
                         area->patched, area->refused);
    uint64_t slots = area->slots, length = area->image_end - area->image + AREA_REACH;
    atomic_store(&area->image, 0);
    host_memory_release((void *)slots, length);
    lock_give();
}

void trap_patch_counts(uint32_t *out_patched, uint32_t *out_refused)
{
    *out_patched = *out_refused = 0;
    for (unsigned i = 0; i < AREAS; i++)
        if (atomic_load(&areas[i].image) != 0) {
            *out_patched += areas[i].patched;
            *out_refused += areas[i].refused;
        }
}

void trap_patch_install(void)
{
    trap_patch_environment.page = (uint64_t)ke_shared_data();
    trap_patch_environment.fresh_until = &trap_fresh_until;
    ke_processor_places(&trap_patch_environment.irql, &trap_patch_environment.pending);
    is_possible = host_code_sync() == 0;
    image_gone_hook_set(image_gone);
    seh_code_original_set(trap_patch_original);
}
