/* SPDX-License-Identifier: MIT */
/* bind.h - the bind room's door: clients by driver object, the library's own device and version. */
#ifndef WDF01000_BIND_H
#define WDF01000_BIND_H

#include "../fx.h"

#define FX_VERSION_MINOR 33u /* of this Framework: 1.33 */

/* The Framework's own control device: work items that must outlive a client hang on it. */
extern PDEVICE_OBJECT fx_library_device;

/* The client whose driver object this is; NULL: none. IRQL: <= DISPATCH_LEVEL. */
struct fx_globals *fx_client_find(PDRIVER_OBJECT driver);

/* Deletes the client's driver object and all below it (object room). IRQL: PASSIVE_LEVEL. */
void fx_driver_end(struct fx_globals *globals);
void fx_dispose_destroy(struct fx_globals *globals);
void fx_track_say(const struct fx_object *object);

/* Parameters\Wdf of the client's service. */
void fx_settings_read(struct fx_globals *globals, ULONG *out_log_pages);
void fx_settings_free(struct fx_globals *globals);

#endif
