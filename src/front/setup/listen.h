/* SPDX-License-Identifier: MIT */
/* listen.h - what happens to devices, heard by one thread of the program and handed on.
 */
#ifndef SETUP_LISTEN_H
#define SETUP_LISTEN_H

#include "plug.h"

struct listening;

struct listen_ask {
    uint32_t kind; /* WIRE_LISTEN_* */
    GUID guid;
    HANDLE file;
    const wchar_t *instance;
    /* On the listening thread. custom: event->custom_length bytes. An answer other than
     * ERROR_SUCCESS refuses a removal that is asked about. */
    DWORD (*hear)(struct listening *listening, void *context,
                  const struct wire_plugplay_event *event, const void *custom);
    /* hear waits for another thread, a window's or a dispatcher's, which may be the one that ends
     * the listening: listen_end then does not wait for it. */
    bool is_handed_on;
    void *context; /* malloc'ed; freed with the listening, not when listen_begin fails */
};
NTSTATUS listen_begin(const struct listen_ask *ask, struct listening **out_listening);
/* Waits for hear to come back, unless it is hear that calls or it hands on. False: there is no
 * such. */
bool listen_end(struct listening *listening);
bool listen_is(const void *pointer);

#endif
