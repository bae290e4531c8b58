/* SPDX-License-Identifier: MIT */
/* corecrt.h - the newer name of crtdefs.h. */
#pragma once
#include <crtdefs.h>
