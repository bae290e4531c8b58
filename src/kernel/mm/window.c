/* SPDX-License-Identifier: MIT */
/* window.c - windows as wholes: their addresses, their file, who hears of changes.
 *
 * There are as many slots of addresses as fit between MM_WINDOW_BASE and MM_WINDOW_END. A
 * window's whole range is reserved here as long as it lives, so nothing else ever lies there.
 */
#include "mm_internal.h"
#include "user.h"

#include "section.h"

#include <stdlib.h>

struct mm_shared_counts mm_tally;

static struct host_lock slots_lock;                     /* guards: slots */
static struct mm_window *_Atomic slots[MM_WINDOWS_MAX]; /* read without the lock by address */
static struct mm_window *(*_Atomic current_window)(void);

static NTSTATUS slot_take(struct mm_window *window)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    host_lock_take(&slots_lock);
    for (unsigned i = 0; i < MM_WINDOWS_MAX; i++) {
        if (slots[i] != NULL)
            continue;
        slots[i] = window;
        window->slot = i;
        window->here = MM_WINDOW_BASE + i * MM_WINDOW_BYTES;
        window->base = window->is_low ? 0 : window->here;
        window->bytes = window->is_low ? MM_LOW_END : MM_WINDOW_BYTES;
        status = STATUS_SUCCESS;
        break;
    }
    host_lock_give(&slots_lock);
    return status;
}

static NTSTATUS window_create(bool is_low, struct mm_window **out_window)
{
    struct mm_window *window = calloc(1, sizeof(*window));
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    void *got;

    if (window == NULL)
        return status;
    window->is_low = is_low;
    window->spare_next = MM_WINDOW_BYTES;
    status = slot_take(window);
    if (!NT_SUCCESS(status))
        goto out_memory;
    status = STATUS_INSUFFICIENT_RESOURCES;
    if (host_memory_reserve((void *)window->here, MM_WINDOW_BYTES, &got) != 0)
        goto out_slot;
    if (host_memory_reserve(NULL, WINDOW_FILE_PAGES * sizeof(uint16_t), &got) != 0)
        goto out_range;
    window->page_locks = got;
    /* Zero pages until somebody locks something. */
    if (host_memory_commit(got, WINDOW_FILE_PAGES * sizeof(uint16_t), HOST_READ | HOST_WRITE) != 0)
        goto out_locks;
    if (host_share_create("window", WINDOW_FILE_BYTES, &window->fd) != 0)
        goto out_locks;
    mm_tally.windows++;
    *out_window = window;
    return STATUS_SUCCESS;

out_locks:
    host_memory_release(window->page_locks, WINDOW_FILE_PAGES * sizeof(uint16_t));
out_range:
    host_memory_release((void *)window->here, MM_WINDOW_BYTES);
out_slot:
    slots[window->slot] = NULL;
out_memory:
    free(window);
    return status;
}

void mm_window_destroy(struct mm_window *window)
{
    if (window == NULL)
        return;
    if (window->pages_locked != 0)
        ke_bugcheck(&(struct bugcheck){.code = PROCESS_HAS_LOCKED_PAGES,
                                       .parameter = {0, 0, window->pages_locked, 0}});
    while (window->views != NULL) {
        struct view *view = window->views;
        window->views = view->next;
        view_free(view);
    }
    secure_forget_all(window);
    window_low_forget(window);
    host_memory_release((void *)window->here, MM_WINDOW_BYTES);
    user_changes++;
    host_memory_release(window->page_locks, WINDOW_FILE_PAGES * sizeof(uint16_t));
    host_lock_take(&slots_lock);
    host_share_close(window->fd);
    slots[window->slot] = NULL;
    host_lock_give(&slots_lock);
    mm_tally.windows--;
    free(window->extents);
    free(window);
}

NTSTATUS mm_window_create(struct mm_window **out_window)
{
    return window_create(false, out_window);
}

NTSTATUS mm_window_create_low(struct mm_window **out_window)
{
    return window_create(true, out_window);
}

uint64_t mm_window_bytes(const struct mm_window *window)
{
    return window->bytes;
}

void *mm_window_here(const struct mm_window *window, void *address)
{
    uint64_t at = (uintptr_t)address - window->base;

    return at < window->bytes ? (void *)(window->here + at) : address;
}

void *mm_user_here(void *address)
{
    const struct mm_window *window = mm_address_is_low(address) ? window_current() : NULL;

    return window == NULL ? address : mm_window_here(window, address);
}

uint64_t mm_window_base(const struct mm_window *window)
{
    return window->base;
}

int mm_window_fd(const struct mm_window *window)
{
    return window->fd;
}

void mm_window_listener_set(struct mm_window *window,
                            void (*post)(void *context, const struct mm_map_command *command),
                            void *context)
{
    host_lock_take(&window->lock);
    window->post = post;
    window->post_context = context;
    host_lock_give(&window->lock);
}

struct mm_window *window_of_slot(unsigned slot)
{
    return slot < MM_WINDOWS_MAX ? slots[slot] : NULL;
}

NTSTATUS window_share_open(unsigned slot, int *out_fd)
{
    NTSTATUS status = STATUS_NOT_FOUND;

    host_lock_take(&slots_lock);
    if (slot < MM_WINDOWS_MAX && slots[slot] != NULL)
        status = host_share_duplicate(slots[slot]->fd, out_fd) == 0 ? STATUS_SUCCESS
                                                                    : STATUS_INSUFFICIENT_RESOURCES;
    host_lock_give(&slots_lock);
    return status;
}

/* ---- the system process's ------------------------------------------------------------------ */

static struct host_lock system_window_lock; /* guards: system_window while it is made */
static struct mm_window *_Atomic system_window;

struct mm_window *mm_window_system(void)
{
    struct mm_window *window;

    host_lock_take(&system_window_lock);
    window = system_window;
    if (window == NULL && NT_SUCCESS(mm_window_create(&window))) {
        mm_tally.windows--; /* stays until the machine ends: no leak of anybody's */
        system_window = window;
    }
    host_lock_give(&system_window_lock);
    return window;
}

void window_system_fini(void)
{
    struct mm_window *window = system_window;

    system_window = NULL;
    if (window == NULL)
        return;
    mm_tally.windows++;
    mm_window_destroy(window);
}

struct mm_window *window_of_address(uint64_t address)
{
    if (address < MM_LOW_END)
        return window_of_low();
    if (address < MM_WINDOW_BASE || address >= MM_WINDOW_END)
        return NULL;
    return slots[(address - MM_WINDOW_BASE) / MM_WINDOW_BYTES];
}

void mm_current_window_set(struct mm_window *(*current)(void))
{
    current_window = current;
}

static struct mm_window *(*_Atomic process_window)(PEPROCESS);

void mm_process_window_set(struct mm_window *(*of)(PEPROCESS process))
{
    process_window = of;
}

struct mm_window *window_of_process(PEPROCESS process)
{
    struct mm_window *(*of)(PEPROCESS) = process_window;

    return of == NULL ? NULL : of(process);
}

struct mm_window *window_current(void)
{
    struct mm_window *(*current)(void) = current_window;
    struct mm_window *window = current == NULL ? NULL : current();

    return window != NULL ? window : system_window;
}

bool window_is_foreign(const struct mm_window *window)
{
    struct mm_window *(*current)(void) = current_window;

    /* Before there are processes every window is everybody's. */
    return current != NULL && window_current() != window;
}

void mm_counts(struct mm_counts *out_counts)
{
    out_counts->mdls_locked = mm_tally.mdls_locked;
    out_counts->pages_locked = mm_tally.pages_locked;
    out_counts->mappings = mm_tally.mappings;
    out_counts->windows = mm_tally.windows;
    out_counts->stores = mm_tally.stores;
    out_counts->views = mm_tally.views;
}
