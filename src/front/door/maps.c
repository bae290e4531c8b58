/* SPDX-License-Identifier: MIT */
/* maps.c - the kernel's changes of our address space, applied in order. */
#include <limits.h>

#include "door_internal.h"
#include "host/socket.h"

/* A file that a command names; the watcher receives it. -1: it is gone. */
static int share_request(uint32_t share)
{
    struct wire_text request = {.kind = WIRE_GET_SHARE, .code = share};
    door.share_answered = 0;
    host_message_send(door.socket, &request, sizeof request, 0, 0);
    while (!door.share_answered) {
        if (door_is_watcher)
            door_message_take();
        else
            host_wait(&door.share_answered, 0, HOST_FOREVER);
    }
    return door.share_fd;
}

/* The pool file is kept; others are asked for each time. */
static int share_fd(uint32_t share)
{
    if (share == WIRE_SHARE_WINDOW)
        return door.window_fd;
    if (share != WIRE_SHARE_POOL)
        return share_request(share);
    if (door.pool_fd < 0)
        door.pool_fd = share_request(share);
    return door.pool_fd;
}

static void map_apply(const struct wire_map *map)
{
    void *address = (void *)map->address;
    int fd = map->share == WIRE_SHARE_NONE ? -1 : share_fd(map->share);
    if (fd < 0) { /* taken away, or gone before it could be shown */
        host_memory_decommit(address, map->length);
        return;
    }
    void *mapped;
    if (host_share_map(fd, map->offset, map->length, (int)map->protection, address, &mapped)) {
        static const char text[] =
            "cove: the program's memory could not be mapped; is the host out of it?\n";
        host_write_stderr(text, sizeof text - 1);
        host_exit(1);
    }
    if (map->share != WIRE_SHARE_WINDOW && map->share != WIRE_SHARE_POOL)
        host_share_close(fd);
}

/* With map_lock; goes on until nothing is left, for those who found it taken. */
static void maps_apply_locked(void)
{
    uint64_t tail = door.maps_applied;
    while (tail != atomic_load_explicit(&door.link->map_head, memory_order_acquire)) {
        struct wire_map map = door.link->map[tail % WIRE_MAP_ENTRIES];
        map_apply(&map);
        door.maps_applied = ++tail;
        atomic_store_explicit(&door.link->map_tail, tail, memory_order_release);
    }
}

bool door_holds(uint64_t address)
{
    return address - door.window_base < door.window_bytes;
}

void door_maps_apply(void)
{
    host_lock_take(&door.map_lock);
    maps_apply_locked();
    host_lock_give(&door.map_lock);
}

/* The watcher must not wait for a thread that waits for it: that one applies all there is. */
void door_maps_apply_watcher(void)
{
    if (!host_lock_try(&door.map_lock))
        return;
    maps_apply_locked();
    host_lock_give(&door.map_lock);
}
