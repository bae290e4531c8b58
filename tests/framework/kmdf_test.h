/* SPDX-License-Identifier: MIT */
/* kmdf_test.h - drivertest.h for drivers of the Framework: the driver object, small helpers. */
#ifndef TESTS_KMDF_TEST_H
#define TESTS_KMDF_TEST_H

#include "drivertest.h"

#include <wdf.h>

/* The test driver's own WDFDRIVER. */
extern WDFDRIVER kmdf_driver;

/* Set by a test driver (initialised, `PFN_... kmdf_device_add = Add;`) that is a Plug and Play
 * driver; NULL: a non-PnP driver. */
extern PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add;

#endif
