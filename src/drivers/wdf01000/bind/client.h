/* SPDX-License-Identifier: MIT */
/* client.h - inside of the bind room: what the loader calls. */
#ifndef WDF01000_CLIENT_H
#define WDF01000_CLIENT_H

#include <wdfldr.h>

void clients_init(void);
NTSTATUS client_register(PWDF_BIND_INFO info, PWDF_COMPONENT_GLOBALS *out_globals, PVOID *context);
NTSTATUS client_unregister(PWDF_BIND_INFO info, PWDF_COMPONENT_GLOBALS globals);

/* Newest sizes, by index, for clients of 1.25 and later. */
const size_t *fx_struct_sizes_table(void);

#endif
