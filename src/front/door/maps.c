/* SPDX-License-Identifier: MIT */
/* maps.c - the kernel's changes of our address space, applied in order. */
#include <limits.h>

#include "door_internal.h"
#include "host/socket.h"

/* The pool file is asked for once, by whoever needs it first; the watcher receives it. */
static int pool_fd(void)
{
    if (door.pool_fd < 0 && !door.pool_answered) {
        struct wire_text request = {.kind = WIRE_GET_POOL};
        host_message_send(door.socket, &request, sizeof request, 0, 0);
        while (!door.pool_answered)
            host_wait(&door.pool_answered, 0, HOST_FOREVER);
    }
    return door.pool_fd;
}

static void map_apply(const struct wire_map *map)
{
    void *address = (void *)map->address;
    if (map->share == WIRE_SHARE_NONE) {
        host_memory_decommit(address, map->length);
        return;
    }
    int fd = map->share == WIRE_SHARE_POOL ? pool_fd() : door.window_fd;
    void *mapped;
    if (host_share_map(fd, map->offset, map->length, (int)map->protection, address, &mapped)) {
        static const char text[] =
            "cove: the program's memory could not be mapped; is the host out of it?\n";
        host_write_stderr(text, sizeof text - 1);
        host_exit(1);
    }
}

void door_maps_apply(void)
{
    host_lock_take(&door.map_lock);
    uint64_t head = atomic_load_explicit(&door.link->map_head, memory_order_acquire);
    uint64_t tail = door.maps_applied;
    for (; tail != head; tail++) {
        struct wire_map map = door.link->map[tail % WIRE_MAP_ENTRIES];
        map_apply(&map);
    }
    door.maps_applied = tail;
    atomic_store_explicit(&door.link->map_tail, tail, memory_order_release);
    host_lock_give(&door.map_lock);
}
