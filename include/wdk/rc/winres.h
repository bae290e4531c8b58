/* SPDX-License-Identifier: MIT */
/* winres.h - what Visual Studio writes into a resource script first. */
#include "windows.h"
