/* SPDX-License-Identifier: MIT */
/* pnp.h - the PnP manager: the tree of devices, and how each gets its drivers and goes again.
 *
 * Rules of use. A device node is counted: what ..._get gives is put back. Everything that is
 * done to a device runs on one worker, one action after the other; the functions that do
 * something here wait for their action's end and may not be called from a driver's PnP or
 * AddDevice routine. All at PASSIVE_LEVEL. Strings that are returned live as long as the node.
 */
#ifndef PNP_PNP_H
#define PNP_PNP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

#include <cfg.h>

struct device_node;

NTSTATUS pnp_init(void); /* the worker, \Driver\PnpManager, HTREE\ROOT\0 */
void pnp_fini(void);
/* Devices of Enum\Root, then drivers of boot, system and automatic start in the order of their
 * groups and tags; everything found is started as far as it goes.
 * Errors:  none of a single device's or driver's: those are its problem code and a log line */
NTSTATUS pnp_start(void);
/* Removes every device below the root, children first, and unloads their drivers. Says what could
 * not be removed; returns how many. */
unsigned pnp_stop(void (*report)(const char *line, void *context), void *context);
/* Until no action, enumeration, start or installation is queued or under way. */
void pnp_wait_idle(void);
/* While it holds no device is identified, started or asked for its children: the system sleeps.
 * Holding begins when what is under way has ended; what came up meanwhile is done when it ends. */
void pnp_hold(bool holds);

/* ---- nodes --------------------------------------------------------------------------------- */

struct device_node *pnp_root_get(void);                                     /* HTREE\ROOT\0 */
struct device_node *pnp_node_find_get(const UNICODE_STRING *instance_path); /* "ROOT\X\0000" */
struct device_node *pnp_node_of_get(DEVICE_OBJECT *physical_device); /* NULL: no PDO of the tree */
void pnp_node_reference(struct device_node *node);
void pnp_node_put(struct device_node *node);
LARGE_INTEGER pnp_node_arrival(const struct device_node *node); /* when it came, system time */
const UNICODE_STRING *pnp_node_instance(const struct device_node *node); /* "ROOT\X\0000" */
const UNICODE_STRING *pnp_node_service(const struct device_node *node);  /* empty: none */
/* NULL: the device is gone. Valid while the caller keeps the device there. */
DEVICE_OBJECT *pnp_node_pdo(const struct device_node *node);
struct device_node *pnp_node_parent_get(struct device_node *node); /* NULL: the root, or gone */
/* Every node that is in the tree, parents before children; depth 0 is the root. Each is held
 * during visit; no lock is. A new or vanishing one may be seen or not. */
void pnp_visit(void (*visit)(struct device_node *node, unsigned depth, void *context),
               void *context);

struct pnp_status {
    ULONG flags;             /* DN_* of cfg.h */
    ULONG problem;           /* CM_PROB_* of cfg.h; 0: none */
    NTSTATUS problem_status; /* why; STATUS_SUCCESS: nothing to say */
    ULONG state;             /* as the debugger numbers them: 0x308 is DeviceNodeStarted */
    const char *state_name;  /* "DeviceNodeStarted"; static */
};
void pnp_status_get(struct device_node *node, struct pnp_status *out_status);
/* What the bus says the device can do; zeroed before it was asked. */
void pnp_capabilities_get(struct device_node *node, DEVICE_CAPABILITIES *out_capabilities);
/* The lists that the device was started with; NULL: none. Pool: ExFreePool. */
NTSTATUS pnp_resources_get(struct device_node *node, CM_RESOURCE_LIST **out_raw,
                           CM_RESOURCE_LIST **out_translated);
size_t pnp_resources_bytes(const CM_RESOURCE_LIST *list);
/* Key Enum\<instance>; a reference to a key object (cm). */
NTSTATUS pnp_node_key_open(struct device_node *node, ACCESS_MASK access, void **out_key);

/* ---- what is done to devices ----------------------------------------------------------------- */

struct pnp_veto {
    PNP_VETO_TYPE type; /* PNP_VetoTypeUnknown with an empty name: nobody refused */
    WCHAR name[260];    /* who: a device instance, a driver or a program; ends with 0 */
};

/* A new device below the root: Enum\Root\<name>\<free number>, its HardwareID (a REG_MULTI_SZ's
 * strings with its length in bytes), a PDO; no driver yet. device_id is "ROOT\name" or "name". */
NTSTATUS pnp_root_create(const UNICODE_STRING *device_id, const UNICODE_STRING *hardware_ids,
                         struct device_node **out_node);
/* The Enum key names its service and filters now: the stack is taken apart, if there is one,
 * built and started. Returns when the device is started or has a problem, which error says in
 * words (error may be NULL). A veto of the old stack's removal: STATUS_PNP_RESTART_ENUMERATION. */
NTSTATUS pnp_device_configure(struct device_node *node, char *error, size_t error_size);
/* Errors: STATUS_PLUGPLAY_QUERY_VETOED with *out_veto filled (may be NULL) */
NTSTATUS pnp_device_disable(struct device_node *node, struct pnp_veto *out_veto);
NTSTATUS pnp_device_enable(struct device_node *node);
NTSTATUS pnp_device_restart(struct device_node *node, struct pnp_veto *out_veto);
/* The device's stack and those below it. A root device's Enum key goes, too; another device is
 * found again by the next enumeration of its bus. */
NTSTATUS pnp_device_remove(struct device_node *node, struct pnp_veto *out_veto);
NTSTATUS pnp_device_eject(struct device_node *node, struct pnp_veto *out_veto);
/* Asks node's bus (NULL: every bus) again for its children. */
NTSTATUS pnp_rescan(struct device_node *node);

/* Asked on a thread of its own for a device without a driver: true says that the device's Enum
 * key names one now; the device is configured then. It may call everything above. */
void pnp_install_set(bool (*install)(struct device_node *node));

/* Asked on the worker before a service's driver is loaded for a device: false is problem 52
 * (CM_PROB_UNSIGNED_DRIVER). NULL: every driver may be loaded. */
void pnp_signature_set(bool (*is_trusted)(const UNICODE_STRING *service));

/* How long a driver's answer to a PnP request is waited for before the device is given up and
 * the rest goes on. Default: Control\PnP's CallLimitSeconds, or 30 s. */
void pnp_call_limit_set(ULONG limit_ms);
/* As if the limit had just passed for the request that is waited for or sent now; is_inside: also
 * for the driver that is inside of a call. For those who know that no answer will come. */
void pnp_call_expire(bool is_inside);

/* A thread of the machine is inside a driver that does not come back. */
bool pnp_is_stuck(void);

struct pnp_counts {
    uint64_t nodes, requests_unanswered;
};
void pnp_counts(struct pnp_counts *out_counts);

#endif
