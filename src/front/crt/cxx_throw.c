/* SPDX-License-Identifier: MIT */
/* cxx_throw.c - what a thread can ask about exceptions under way. */
#include "cxx.h"

CRT(void **, ucrt___current_exception, (void))
{
    return &crt_thread()->current_exception;
}

CRT(void **, ucrt___current_exception_context, (void))
{
    return &crt_thread()->current_context;
}

CRT(int *, ucrt___processing_throw, (void))
{
    return &crt_thread()->cxx_in_flight;
}

CRT(int, ucrt___uncaught_exceptions, (void))
{
    return crt_thread()->cxx_in_flight;
}

CRT(bool, ucrt___uncaught_exception, (void))
{
    return crt_thread()->cxx_in_flight;
}

CRT(void *, ucrt___AdjustPointer, (void *object, const struct cxx_place *place))
{
    return cxx_base(object, place);
}

CRT(void, ucrt___DestructExceptionObject, (EXCEPTION_RECORD * record, BOOLEAN may_not_throw))
{
    if (record)
        cxx_object_destroy(record);
}
