/* SPDX-License-Identifier: MIT */
/* package.h - a driver package on the host: who signed it, and handing it to a machine. */
#ifndef CLI_PACKAGE_H
#define CLI_PACKAGE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

enum package_signature { PACKAGE_UNSIGNED, PACKAGE_TEST, PACKAGE_TRUSTED, PACKAGE_BAD };

struct package_trust {
    enum package_signature signature;
    char signer[160];
    char problem[400]; /* of PACKAGE_BAD: which file, and how */
};
/* Looks at the INF's catalog and at the signatures in the package's own images. inf_path is
 * absolute. */
void package_trust_read(const char *inf_path, struct package_trust *out_trust);

/* Lends the machine the package's folder and adds it to the driver store, then the packages that
 * its CopyINF directives name; the reply is the first one's, or that of a refusal. NULL: the
 * machine did not answer, which was said. *out_code: why it was refused; the reply's "text" says
 * it. */
cJSON *package_add(const char *machine, const char *inf, unsigned *out_code);

#endif
