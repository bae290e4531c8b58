/* SPDX-License-Identifier: MIT */
/* setup.h - driver packages: into the driver store, onto devices, and away again.
 *
 * Rules of use. PASSIVE_LEVEL, no lock held. Functions return 0 or a Win32 or SetupAPI error as
 * the documented tools give it, and say the rest in setup_error: what, where, what to do next.
 * Installations are serialised here; a device is started by kernel/pnp after its installation is
 * on disk, with no lock of this room held. Texts are UTF-8, paths of the machine Windows paths.
 */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

/* What is asked of signatures. on: only what a trusted certificate signed is installed and loaded;
 * test: whoever signed it, but somebody must have; what was changed after it was signed is refused
 * in both. off: nothing is asked. */
enum setup_signing { SETUP_SIGNING_TEST, SETUP_SIGNING_ON, SETUP_SIGNING_OFF };

struct setup_options {
    const char *drive_folder; /* drive C: of the machine on the host; kept. NULL: no driver store */
    enum setup_signing signing;
};
NTSTATUS setup_init(const struct setup_options *options);
void setup_fini(void);
/* After the registry is there, before devices are looked for: what an interrupted installation
 * has left is finished or swept, and new devices are offered drivers from the store. */
NTSTATUS setup_start(void);

struct setup_error {
    uint32_t code; /* what was returned */
    char text[600];
    bool wants_test; /* a test signature is all that is missing */
};

/* Who vouches for a package's files; found out by the command, outside of the machine. */
enum setup_signature {
    SETUP_UNSIGNED,
    SETUP_SIGNED_TEST,    /* by a certificate that nobody vouches for */
    SETUP_SIGNED_TRUSTED, /* the chain ends in a trusted root */
    SETUP_SIGNATURE_BAD,  /* a file is not what was signed, or not in the catalog */
};

/* A package that is offered: its INF on the host, in a folder that was lent. */
struct setup_source {
    const char *inf_path;
    enum setup_signature signature;
    const char *signer;       /* "" when there is none */
    const char *catalog_path; /* on the host, of a catalog that is not beside the INF; or NULL */
    bool is_unseen; /* nobody has looked: a catalog that is there counts as a test signature */
};

/* A package in the driver store. */
struct setup_package {
    char published[32]; /* "oem0.inf" */
    char original[160]; /* "robot.inf" */
    char folder[400];   /* "C:\Windows\System32\DriverStore\FileRepository\robot.inf_amd64_…" */
    char provider[160], class_name[64], class_guid[40], extension_id[40];
    char date[16], version[24]; /* "11/20/2026", "1.0.0.0" */
    char catalog[160], signer[160];
    enum setup_signature signature;
    bool is_primitive; /* [DefaultInstall]: not for devices */
    bool was_there;    /* setup_package_add: the store had it already */
};

uint32_t setup_package_add(const struct setup_source *source, struct setup_package *out_package,
                           struct setup_error *error);
/* uninstall: devices that use it lose their driver, or get the next best; force: it goes although
 * devices use it. */
uint32_t setup_package_delete(const char *published, bool uninstall, bool force,
                              struct setup_error *error);
/* Copies its files into a folder of the host that was lent. */
uint32_t setup_package_export(const char *published, const char *host_folder,
                              struct setup_error *error);
void setup_package_visit(void (*visit)(const struct setup_package *package, void *context),
                         void *context);
/* Paths below the package's folder. */
uint32_t setup_package_files(const char *published, void (*visit)(const char *path, void *context),
                             void *context, struct setup_error *error);
/* Hardware IDs "Root\…" of its models that serve this machine. */
uint32_t setup_package_root_ids(const char *published, void (*visit)(const char *id, void *context),
                                void *context, struct setup_error *error);
/* Carries out [DefaultInstall] of a primitive driver; undo: [DefaultUninstall], or the reverse. */
uint32_t setup_primitive_install(const char *published, struct setup_error *error);
uint32_t setup_primitive_uninstall(const char *published, struct setup_error *error);

struct setup_outcome {
    char instance[256]; /* of setup_device_create */
    unsigned count;     /* devices that got another driver */
    bool needs_restart;
};
/* A new device below the root with the hardware ID, and the package's driver for it. Nothing of
 * the device is left when it cannot be installed; a device that does not start stays, with its
 * problem code, and is not an error: error->text says it. */
uint32_t setup_device_create(const char *published, const char *hardware_id,
                             struct setup_outcome *out_outcome, struct setup_error *error);
/* The package's driver for the devices with the hardware ID (NULL: for all that it serves): better
 * ones only, or forced. ERROR_NO_MORE_ITEMS (259): all have a better one; ERROR_NO_SUCH_DEVINST:
 * no such device. */
uint32_t setup_device_update(const char *published, const char *hardware_id, bool force,
                             struct setup_outcome *out_outcome, struct setup_error *error);

/* A driver that fits a device, as "driver node" of the documentation. */
struct setup_driver {
    const char *published, *section, *description, *manufacturer, *provider;
    const char *date, *version, *matching_id;
    uint32_t rank;
    bool is_signed, is_extension, is_installed;
};
/* Best first. */
uint32_t setup_driver_visit(const char *instance,
                            void (*visit)(const struct setup_driver *driver, void *context),
                            void *context, struct setup_error *error);
/* The files that a device's installed drivers are made of, as Windows paths. */
uint32_t setup_driver_files(const char *instance, struct setup_driver *out_driver,
                            void (*visit)(const char *path, void *context), void *context,
                            struct setup_error *error);

/* For tests: the count-th step (a file or a registry change) of the next installation fails, or
 * ends the process on the spot. 0: none. */
void setup_fault_set(unsigned fail_at, unsigned die_at);
unsigned setup_fault_steps(void); /* steps of the last installation */

#endif
