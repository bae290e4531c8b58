/* SPDX-License-Identifier: MIT */
/* second.cpp - traces from C++, in another file of the same driver. */
extern "C" {
#include <ntddk.h>
}
#include "trace.h"
#include "second.tmh"

namespace
{
struct counter {
    int value = 3;
    void say() const
    {
        TraceEvents(TRACE_LEVEL_INFORMATION, TRACED_IO, "counter %d", value);
    }
};
} // namespace

extern "C" void second_file(void)
{
    counter{}.say();
    if (WPP_CONTROL(WPP_BIT_TRACED_IO).Level >= TRACE_LEVEL_VERBOSE)
        DoTraceMessage(TRACED_IO, "verbose is on");
}
