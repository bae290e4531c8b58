/* SPDX-License-Identifier: MIT */
/* unload.h - what DLLs that come and go tell the program that loads them. */
#ifndef TESTS_UNLOAD_H
#define TESTS_UNLOAD_H

#include <windows.h>

enum {
    UNLOAD_ATTACH,
    UNLOAD_DETACH,
    UNLOAD_THREAD, /* a thread ended */
    UNLOAD_TLS_ATTACH,
    UNLOAD_TLS_DETACH,
    UNLOAD_BASE, /* what it needs */
    UNLOAD_BASE_GONE,
    UNLOAD_EVENTS
};
#define UNLOAD_FIRST 100 /* what a thread's number is at first */

typedef void(WINAPI *TOLD)(int Event);

static inline void Tell(int Event)
{
    TOLD told = (TOLD)(void *)GetProcAddress(GetModuleHandleA(NULL), "Told");
    told(Event);
}

#endif
