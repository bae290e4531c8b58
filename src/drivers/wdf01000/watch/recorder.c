/* SPDX-License-Identifier: MIT */
/* recorder.c - the last lines that the Framework wrote about a client, in a ring.
 *
 * In: a line, from any room, at up to DISPATCH_LEVEL; out: it stands behind the others, and the
 * oldest have made room. Errors go to the debug log as well. How the ring lies: watch.h.
 */
#include "watch.h"

#include <ntstrsafe.h>

#define LINE_BYTES 400u

struct fx_recorder *fx_recorder_create(const char *driver, ULONG pages)
{
    struct fx_recorder *recorder;
    ULONG bytes = FX_RECORDER_BYTES;

    if (pages > FX_RECORDER_PAGES_MAX)
        pages = FX_RECORDER_PAGES_MAX;
    if (pages > 0)
        bytes = pages * PAGE_SIZE;
    recorder = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*recorder) + bytes, FX_RECORDER_TAG);
    if (recorder == NULL)
        return NULL;
    recorder->magic = FX_RECORDER_MAGIC;
    recorder->bytes = bytes;
    (void)RtlStringCbCopyA(recorder->driver, sizeof(recorder->driver), driver);
    return recorder;
}

void fx_recorder_destroy(struct fx_recorder *recorder)
{
    if (recorder == NULL)
        return;
    recorder->magic = 0;
    ExFreePoolWithTag(recorder, FX_RECORDER_TAG);
}

static ULONG record_bytes(ULONG length)
{
    return (FIELD_OFFSET(struct fx_record, text) + length + 7) & ~7u;
}

/* The record at an offset; where there is none before the end, the ring goes on at its beginning.
 */
static struct fx_record *record_at(struct fx_recorder *recorder, ULONG *offset)
{
    struct fx_record *record = (struct fx_record *)(recorder->ring + *offset);

    if (recorder->bytes - *offset < FIELD_OFFSET(struct fx_record, text) || record->length == 0) {
        *offset = 0;
        record = (struct fx_record *)recorder->ring;
    }
    return record;
}

static void oldest_drop_locked(struct fx_recorder *recorder)
{
    struct fx_record *record = record_at(recorder, &recorder->oldest);

    recorder->oldest += record_bytes(record->length);
    recorder->held--;
}

/* Drops what lies in [from, from + bytes). */
static void room_make_locked(struct fx_recorder *recorder, ULONG from, ULONG bytes)
{
    while (recorder->held > 0) {
        /* Past the mark of the last lap at once: the next record may lie over it. */
        (void)record_at(recorder, &recorder->oldest);
        if (recorder->oldest < from || recorder->oldest >= from + bytes)
            return;
        oldest_drop_locked(recorder);
    }
}

static void record_add(struct fx_recorder *recorder, enum fx_log_level level, const char *text,
                       ULONG length)
{
    ULONG bytes = record_bytes(length);
    struct fx_record *record;
    LARGE_INTEGER now;
    KIRQL irql;

    KeQuerySystemTime(&now);
    KeAcquireSpinLock(&recorder->lock, &irql);
    if (recorder->bytes - recorder->next < bytes) {
        room_make_locked(recorder, recorder->next, recorder->bytes - recorder->next);
        if (recorder->bytes - recorder->next >= FIELD_OFFSET(struct fx_record, text))
            ((struct fx_record *)(recorder->ring + recorder->next))->length = 0;
        recorder->next = 0;
    }
    room_make_locked(recorder, recorder->next, bytes);
    if (recorder->held == 0)
        recorder->oldest = recorder->next;
    record = (struct fx_record *)(recorder->ring + recorder->next);
    record->length = (USHORT)length;
    record->level = (UCHAR)level;
    record->irql = irql;
    record->number = (ULONG)recorder->count++;
    record->time = now.QuadPart;
    RtlCopyMemory(record->text, text, length);
    recorder->next += bytes;
    recorder->held++;
    KeReleaseSpinLock(&recorder->lock, irql);
}

void fx_log(struct fx_globals *globals, enum fx_log_level level, const char *format, ...)
{
    char line[LINE_BYTES], *end = line;
    va_list arguments;

    va_start(arguments, format);
    (void)RtlStringCbVPrintfExA(line, sizeof(line), &end, NULL, 0, format, arguments);
    va_end(arguments);
    if (end == line)
        *end++ = '?';
    if (level <= FX_LOG_ERROR)
        DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "wdf01000: %s: %s\n",
                   globals->abi.DriverName, line);
    if (globals->recorder != NULL)
        record_add(globals->recorder, level, line, (ULONG)(end - line));
}

void fx_recorder_walk(struct fx_recorder *recorder,
                      BOOLEAN (*visit)(const struct fx_record *record, void *context),
                      void *context)
{
    ULONG offset, left;
    KIRQL irql;

    KeAcquireSpinLock(&recorder->lock, &irql);
    offset = recorder->oldest;
    for (left = recorder->held; left > 0; left--) {
        struct fx_record *record = record_at(recorder, &offset);
        if (!visit(record, context))
            break;
        offset += record_bytes(record->length);
    }
    KeReleaseSpinLock(&recorder->lock, irql);
}
