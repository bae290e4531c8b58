/* SPDX-License-Identifier: MIT */
/* gs_handler.c - the handlers that MSVC names in functions with a stack cookie.
 *
 * In: what every language handler gets; out: its answer. The frame's own handler does the work
 * (its scope table comes first in the handler's data); the cookie is checked when the function
 * returns, not when an exception passes it.
 */
typedef int DISPOSITION;

#define CONTINUE_SEARCH 1

__declspec(dllimport) DISPOSITION __C_specific_handler(void *record, void *frame, void *context,
                                                       void *dispatcher);
DISPOSITION __GSHandlerCheck(void *record, void *frame, void *context, void *dispatcher);
DISPOSITION __GSHandlerCheck_SEH(void *record, void *frame, void *context, void *dispatcher);
DISPOSITION __GSHandlerCheck_EH(void *record, void *frame, void *context, void *dispatcher);
DISPOSITION __GSHandlerCheck_EH4(void *record, void *frame, void *context, void *dispatcher);

DISPOSITION __GSHandlerCheck(void *record, void *frame, void *context, void *dispatcher)
{
    (void)record;
    (void)frame;
    (void)context;
    (void)dispatcher;
    return CONTINUE_SEARCH;
}

DISPOSITION __GSHandlerCheck_SEH(void *record, void *frame, void *context, void *dispatcher)
{
    return __C_specific_handler(record, frame, context, dispatcher);
}

/* C++ frames: as in cxx_frame.c, nothing is destroyed and the search goes on. */
DISPOSITION __GSHandlerCheck_EH(void *record, void *frame, void *context, void *dispatcher)
{
    return __GSHandlerCheck(record, frame, context, dispatcher);
}

DISPOSITION __GSHandlerCheck_EH4(void *record, void *frame, void *context, void *dispatcher)
{
    return __GSHandlerCheck(record, frame, context, dispatcher);
}
