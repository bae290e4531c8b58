/* SPDX-License-Identifier: MIT */
/*
 * Names for warning numbers of the static analyser, as `#pragma warning(disable:)`
 * and `prefast(suppress:)` take them. Our compiler ignores those numbers.
 */
#ifndef SUPPRESS_H
#define SUPPRESS_H
#define __WARNING_UNUSED_CONST                   28902
#define __WARNING_MEMORY_LEAK                    6014
#define __WARNING_USING_UNINIT_VAR               6001
#define __WARNING_DEREF_NULL_PTR                 6011
#define __WARNING_BUFFER_OVERFLOW                6386
#define __WARNING_BUFFER_OVERRUN                 6386
#define __WARNING_BUFFER_UNDERFLOW               6387
#define __WARNING_READ_OVERRUN                   6385
#define __WARNING_INVALID_PARAM_VALUE_1          6387
#define __WARNING_INVALID_PARAM_VALUE_2          28196
#define __WARNING_INVALID_PARAM_VALUE_3          28183
#define __WARNING_RETURN_UNINIT_VAR              6101
#define __WARNING_ERROR                          28193
#define __WARNING_MUST_USE                       28193
#define __WARNING_UNUSED_SCALAR_ASSIGNMENT       28931
#define __WARNING_IRQL_NOT_SET                   28158
#define __WARNING_CALLER_FAILING_TO_HOLD         26110
#define __WARNING_CALLER_FAILING_TO_HOLD_MIGHT   26110
#define __WARNING_FAILING_TO_ACQUIRE             26165
#define __WARNING_FAILING_TO_RELEASE             26165
#define __WARNING_RACE_CONDITION                 26130
#define __WARNING_ENCODE_MEMBER_FUNCTION_POINTER 26487
#define __WARNING_ENCODE_GLOBAL_FUNCTION_POINTER 28931
#define __WARNING_NONCONST_PARAM                 25023
#define __WARNING_POSSIBLE_LEAKING_MEMORY        28197
#define __WARNING_USE_OTHER_FUNCTION             28719
#define __WARNING_BANNED_API_USAGE               28719
#define __WARNING_INACCESSIBLE_MEMBER            28175
#define __WARNING_MODIFYING_MDL                  28145
#endif
