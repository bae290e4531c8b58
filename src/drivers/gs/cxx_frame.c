/* SPDX-License-Identifier: MIT */
/* cxx_frame.c - the frame handler that C++ functions with destructors name.
 *
 * Kernel-mode C++ has no exceptions, and as with MSVC's /kernel an SEH exception that
 * passes such a function does not destroy its objects: the answer is always "go on
 * searching" (ExceptionContinueSearch).
 */
int __CxxFrameHandler3(void *record, void *frame, void *context, void *dispatcher);
int __CxxFrameHandler4(void *record, void *frame, void *context, void *dispatcher);

int __CxxFrameHandler3(void *record, void *frame, void *context, void *dispatcher)
{
    (void)record;
    (void)frame;
    (void)context;
    (void)dispatcher;
    return 1;
}

/* The same with tables packed more tightly (MSVC 2019 and later). */
int __CxxFrameHandler4(void *record, void *frame, void *context, void *dispatcher)
{
    return __CxxFrameHandler3(record, frame, context, dispatcher);
}
