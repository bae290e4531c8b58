/* SPDX-License-Identifier: MIT */
/* new.h - placement new under its older name. */
#pragma once
#include <new>
