/* SPDX-License-Identifier: MIT */
/* csq.h - cancel-safe queues under the name they had before wdm.h took them in. */
#pragma once
#include <wdm.h>
