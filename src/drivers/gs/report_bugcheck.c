/* SPDX-License-Identifier: MIT */
/* report_bugcheck.c - a driver overran a buffer on its stack: stop the machine.
 *
 * In: the damaged cookie; out: nothing, bug check DRIVER_OVERRAN_STACK_BUFFER (0xF7)
 * with the damaged cookie, the good one and its complement.
 */
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

extern uint64_t __security_cookie, __security_cookie_complement;
__declspec(dllimport) void KeBugCheckEx(uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3,
                                        uint64_t p4);
void __report_gsfailure(uint64_t cookie);

void __report_gsfailure(uint64_t cookie)
{
    KeBugCheckEx(0xF7, cookie, __security_cookie, __security_cookie_complement, 0);
}
