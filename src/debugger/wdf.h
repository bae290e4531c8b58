/* SPDX-License-Identifier: MIT */
/* wdf.h - the Framework's structures as a debugger reads them.
 *
 * How they lie is told by a table in wdf01000.sys (section .fxkd; the Framework's watch/layout.h),
 * so no symbols are needed. Rules of use: a structure is copied whole (wdf_read), then its fields
 * are taken out of the copy by name; a field that the table lacks is 0. What is read may be damaged
 * or gone: an object is one only with its magic word and a type; every list has an end here.
 */
#ifndef DEBUGGER_WDF_H
#define DEBUGGER_WDF_H

#include "debugger_internal.h"

#define WDF_COPY_MAX 0x2000u
#define WDF_LIST_MAX 4096u /* entries of one list, and objects of one tree */

struct wdf_row {
    char structure[16], field[44];
    uint16_t offset, size;
};

struct wdf_layout {
    uint64_t start; /* of the module that it was read from */
    uint32_t timestamp;
    uint64_t clients;
    unsigned minor;
    size_t count;
    struct wdf_row rows[];
};

/* A structure, copied. */
struct wdf_copy {
    const struct wdf_layout *layout;
    const char *structure;
    uint64_t address;
    uint32_t size;
    uint8_t bytes[WDF_COPY_MAX];
};

/* An object of the Framework: its struct fx_object, and the names of its type and what that is
 * derived from. */
struct wdf_object {
    struct wdf_copy copy;
    char type[32], base[32];
};

/* A list of a structure's entries. */
struct wdf_list {
    struct debugger *debugger;
    uint64_t head, at;
    unsigned count;
    bool is_broken; /* an entry could not be read, or there is no end */
};

/* NULL: an error line says that there is no Framework, or one that tells nothing. */
const struct wdf_layout *wdf_layout(struct debugger *debugger);

/* false: it can not be read, or the layout does not know it. */
bool wdf_read(struct debugger *debugger, const char *structure, uint64_t address,
              struct wdf_copy *out_copy);
uint64_t wdf_value(const struct wdf_copy *copy, const char *field);
uint64_t wdf_place(const struct wdf_copy *copy, const char *field); /* 0: no such field */
/* Where a field lies; WDF_COPY_MAX: nowhere. */
uint32_t wdf_offset(const struct wdf_layout *layout, const char *structure, const char *field);

/* Text up to its terminator in memory; what can not be read, or is no text, is "". */
void wdf_text(struct debugger *debugger, uint64_t address, char *out_text, size_t size);
/* A UNICODE_STRING there. */
void wdf_string(struct debugger *debugger, uint64_t address, char *out_text, size_t size);

/* false: no live object is there. */
bool wdf_object_read(struct debugger *debugger, uint64_t address, struct wdf_object *out_object);
bool wdf_object_is(const struct wdf_object *object, const char *type);
/* The object behind a handle that was typed; false: an error line says what is wrong. type NULL:
 * any. */
bool wdf_handle_read(struct debugger *debugger, const char *word, const char *type,
                     struct wdf_object *out_object);

void wdf_list_begin(struct debugger *debugger, uint64_t head, struct wdf_list *out_list);
/* The next structure of which the entry is `offset` bytes in; false: the end. */
bool wdf_list_next(struct wdf_list *list, uint32_t offset, uint64_t *out_address);

/* The client of a name (NULL: the one in use, or the only one); false: an error line. */
bool wdf_client_find(struct debugger *debugger, const char *name, struct wdf_copy *out_globals);
/* The clients, as JSON, with what !wdfldr shows. */
cJSON *wdf_clients(struct debugger *debugger);
const char *wdf_module_name(struct debugger *debugger, uint64_t address); /* "": in none */

/* "0x1234" */
void wdf_add_address(cJSON *json, const char *name, uint64_t address);
void wdf_add_routine(struct debugger *debugger, cJSON *list, const char *name, uint64_t routine);
/* Contexts of an object (an array), and what is shown of them. */
cJSON *wdf_contexts(struct debugger *debugger, const struct wdf_object *object);
void wdf_contexts_say(struct debugger *debugger, int indent, const cJSON *contexts);
/* The objects below one, as nested arrays named "children". */
cJSON *wdf_tree(struct debugger *debugger, const struct wdf_object *object);
void wdf_tree_say(struct debugger *debugger, int indent, const cJSON *children, unsigned flags);

/* Flags of !wdfhandle and !wdfdriverinfo. */
enum wdf_flag {
    WDF_SHOW_COUNTS = 0x1,
    WDF_SHOW_TREE = 0x10,
    WDF_SHOW_CONTEXTS = 0x20,
    WDF_SHOW_MORE = 0x40
};

#endif
