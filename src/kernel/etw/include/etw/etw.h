/* SPDX-License-Identifier: MIT */
/* etw.h - event tracing: providers, what is switched on, events as lines of text.
 *
 * In come registrations and events of drivers and programs, out goes one line an event to
 * the sink that boot sets. Nothing is stored here. A provider is switched by rules: the
 * newest rule that names it decides. A machine begins with one rule, "everything, verbose".
 */
#ifndef ETW_ETW_H
#define ETW_ETW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

/* Takes one event as a line without newline; called at any IRQL. */
typedef void etw_sink_fn(const char *line, size_t length);

NTSTATUS etw_init(void);
void etw_fini(void);
void etw_sink_set(etw_sink_fn *sink);

/* ---- switching ----------------------------------------------------------------------- */

#define ETW_NAME_BYTES 96u
#define ETW_LEVEL_ALL  0xffu

struct etw_rule {
    bool is_all;               /* of every provider; guid and name are not looked at */
    char name[ETW_NAME_BYTES]; /* in any case; empty: guid decides */
    GUID guid;
    bool is_on;
    uint8_t level;     /* events up to this one */
    uint64_t keywords; /* any of these; 0: whatever they have */
};

/* "GUID|name|*[:level[:flags]]", level a number or a name ("verbose"), or "-GUID|name|*" to
 * switch off. false: the text is not of that form. */
bool etw_rule_parse(const char *text, struct etw_rule *out_rule);

/* Makes rule the newest and tells the providers it concerns.
 *
 * IRQL:    PASSIVE_LEVEL; calls enable callbacks of drivers
 * Errors:  STATUS_QUOTA_EXCEEDED when there are too many rules
 */
NTSTATUS etw_rule_add(const struct etw_rule *rule);

/* The one session: what TRACEHANDLEs of drivers name that have no registration. */
#define ETW_SESSION      0xffffull
#define ETW_SESSION_ID   1u
#define ETW_SESSION_NAME u"Cove"

/* ---- providers and events ------------------------------------------------------------- */

struct etw_registration {
    GUID guid;
    PETWENABLECALLBACK callback; /* NULL: none; driver code */
    void *context;
    uint64_t code; /* an address in the driver that registers: its image describes events */
    bool is_user;  /* of a program: nobody is called */
};

NTSTATUS etw_register(const struct etw_registration *registration, REGHANDLE *out_handle);
NTSTATUS etw_unregister(REGHANDLE handle);
bool etw_is_handle(REGHANDLE handle);
/* Is an event of this level and keywords wanted? */
bool etw_enabled(REGHANDLE handle, uint8_t level, uint64_t keywords);
/* What it is switched to; of ETW_SESSION and of no provider: everything. */
uint8_t etw_level(REGHANDLE handle);
uint64_t etw_keywords(REGHANDLE handle);
/* A name for the lines, and for rules; may switch the provider. PASSIVE_LEVEL. */
NTSTATUS etw_name_set(REGHANDLE handle, const char *name, size_t length);

struct etw_event {
    const EVENT_DESCRIPTOR *descriptor;
    const GUID *activity, *related; /* NULL: none */
    const EVENT_DATA_DESCRIPTOR *data;
    uint32_t data_count;
};
/* Sends the event to the sink if it is wanted. Any IRQL. */
NTSTATUS etw_write(REGHANDLE handle, const struct etw_event *event);
NTSTATUS etw_write_string(REGHANDLE handle, uint8_t level, uint64_t keywords, const WCHAR *text);

/* A software trace message: arguments packed one behind the other. Any IRQL. handle may be
 * ETW_SESSION. */
struct etw_message {
    const GUID *guid;
    uint32_t number;
    const void *payload;
    size_t payload_size;
    uint64_t code; /* an address in the driver that sends it */
};
NTSTATUS etw_message_write(REGHANDLE handle, const struct etw_message *message);

/* Registrations of drivers that have not been taken back. */
unsigned etw_driver_providers(void);

#endif
