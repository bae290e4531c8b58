/* SPDX-License-Identifier: MIT */
/* newdev_ddi.c - newdev: packages installed for devices. Doc: newdev.h
 *
 * Differs: the machine does not install packages for programs yet: that is said.
 */
#include "install.h"

BOOL install_selected(struct device_element *element)
{
    return error_fail(ERROR_CALL_NOT_IMPLEMENTED);
}
