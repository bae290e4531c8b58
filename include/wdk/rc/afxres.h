/* SPDX-License-Identifier: MIT */
/* afxres.h - what Visual Studio's resource editor puts first when MFC is there. */
#include "windows.h"
