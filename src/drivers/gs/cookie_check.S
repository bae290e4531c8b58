/* SPDX-License-Identifier: MIT */
/* cookie_check.S - called by every protected function before it returns, the cookie
 * from its frame in rcx. A good one returns with all registers as they were; a cookie
 * has 48 bits, so anything above is a bad one, too.
 */
    .text
    .globl __security_check_cookie
    .def __security_check_cookie; .scl 2; .type 32; .endef
    .p2align 4
__security_check_cookie:
    .seh_proc __security_check_cookie
    .seh_endprologue
    cmpq __security_cookie(%rip), %rcx
    jne 1f
    rolq $16, %rcx
    testw $0xffff, %cx
    jne 2f
    rorq $16, %rcx
    ret
2:  rorq $16, %rcx
1:  jmp __report_gsfailure
    .seh_endproc
