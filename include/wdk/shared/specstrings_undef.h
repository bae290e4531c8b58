/* SPDX-License-Identifier: MIT */
/*
 * Taking the annotations back. Nothing is taken back: they are empty.
 */
#ifndef SPECSTRINGS_UNDEF_H
#define SPECSTRINGS_UNDEF_H


#endif
