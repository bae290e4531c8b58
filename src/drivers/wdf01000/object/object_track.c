/* SPDX-License-Identifier: MIT */
/* object_track.c - references with tags, for clients whose verifier asks for TrackHandles.
 *
 * In: each WdfObjectReference and WdfObjectDereference with tag, line and file; out: a tag that is
 * given back and was not taken is said at once, tags that were not given back when the object goes,
 * and in the list of leaks. Without the verifier nothing is kept.
 */
#include "object.h"

#include "object_internal.h"

struct tag {
    LIST_ENTRY entry; /* in the object's list, under tags_lock */
    PVOID tag;
    LONG line;
    const char *file; /* the client's constant */
};

struct track {
    LIST_ENTRY entry; /* of all tracked objects, under tags_lock */
    struct fx_object *object;
    LIST_ENTRY tags;
};

static KSPIN_LOCK tags_lock; /* guards: tracked and all below; after: none */
static LIST_ENTRY tracked = {&tracked, &tracked};

/* TrackHandles is a list of names of types; "*" stands for all. */
static BOOLEAN is_wanted(const struct fx_object *object)
{
    PCZZWSTR name = object->globals->verifier.tracked;
    UNICODE_STRING wanted, is;
    ANSI_STRING ascii;
    BOOLEAN same;

    for (; name != NULL && *name != 0; name += wcslen(name) + 1) {
        if (name[0] == '*')
            return TRUE;
        RtlInitUnicodeString(&wanted, name);
        RtlInitAnsiString(&ascii, object->type->name);
        WCHAR buffer[40];
        is.Buffer = buffer;
        is.MaximumLength = sizeof(buffer);
        is.Length = 0;
        for (USHORT i = 0; i < ascii.Length && i < ARRAYSIZE(buffer); i++, is.Length += 2)
            buffer[i] = (UCHAR)ascii.Buffer[i];
        same = RtlEqualUnicodeString(&wanted, &is, TRUE);
        if (same)
            return TRUE;
    }
    return FALSE;
}

void fx_track_begin(struct fx_object *object)
{
    struct track *track;
    KIRQL irql;

    if (!is_wanted(object))
        return;
    track = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*track), FX_TAG);
    if (track == NULL)
        return; /* this one is not tracked */
    track->object = object;
    InitializeListHead(&track->tags);
    KeAcquireSpinLock(&tags_lock, &irql);
    InsertTailList(&tracked, &track->entry);
    KeReleaseSpinLock(&tags_lock, irql);
    object->flags |= FX_OBJECT_TRACKED;
}

static struct track *track_find_locked(const struct fx_object *object)
{
    for (PLIST_ENTRY at = tracked.Flink; at != &tracked; at = at->Flink) {
        struct track *track = CONTAINING_RECORD(at, struct track, entry);
        if (track->object == object)
            return track;
    }
    return NULL;
}

/* Says what is held; each line once. */
static void tags_say(const struct track *track)
{
    for (PLIST_ENTRY at = track->tags.Flink; at != &track->tags; at = at->Flink) {
        struct tag *tag = CONTAINING_RECORD(at, struct tag, entry);
        fx_log(track->object->globals, FX_LOG_ERROR, "  reference with tag %p, taken at %s:%d",
               tag->tag, tag->file != NULL ? tag->file : "?", tag->line);
    }
}

void fx_track_say(const struct fx_object *object)
{
    struct track *track;
    KIRQL irql;

    if ((object->flags & FX_OBJECT_TRACKED) == 0)
        return;
    KeAcquireSpinLock(&tags_lock, &irql);
    track = track_find_locked(object);
    if (track != NULL)
        tags_say(track);
    KeReleaseSpinLock(&tags_lock, irql);
}

void fx_track_end(struct fx_object *object)
{
    struct track *track;
    KIRQL irql;

    if ((object->flags & FX_OBJECT_TRACKED) == 0)
        return;
    KeAcquireSpinLock(&tags_lock, &irql);
    track = track_find_locked(object);
    if (track != NULL)
        RemoveEntryList(&track->entry);
    KeReleaseSpinLock(&tags_lock, irql);
    if (track == NULL)
        return;
    if (!IsListEmpty(&track->tags)) {
        fx_log(object->globals, FX_LOG_ERROR,
               "%s %p goes with references that were given back with other tags:",
               object->type->name, fx_handle_of(object));
        tags_say(track);
    }
    while (!IsListEmpty(&track->tags))
        ExFreePoolWithTag(CONTAINING_RECORD(RemoveHeadList(&track->tags), struct tag, entry),
                          FX_TAG);
    ExFreePoolWithTag(track, FX_TAG);
}

void fx_object_ref_tag(struct fx_object *object, PVOID tag, LONG line, const char *file)
{
    struct track *track;
    struct tag *entry;
    KIRQL irql;

    fx_object_ref(object);
    if ((object->flags & FX_OBJECT_TRACKED) == 0)
        return;
    entry = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*entry), FX_TAG);
    if (entry == NULL)
        return;
    *entry = (struct tag){.tag = tag, .line = line, .file = file};
    KeAcquireSpinLock(&tags_lock, &irql);
    track = track_find_locked(object);
    if (track != NULL)
        InsertTailList(&track->tags, &entry->entry);
    KeReleaseSpinLock(&tags_lock, irql);
    if (track == NULL)
        ExFreePoolWithTag(entry, FX_TAG);
}

void fx_object_deref_tag(struct fx_object *object, PVOID tag, LONG line, const char *file)
{
    struct tag *found = NULL;
    struct track *track;
    KIRQL irql;

    if ((object->flags & FX_OBJECT_TRACKED) != 0) {
        KeAcquireSpinLock(&tags_lock, &irql);
        track = track_find_locked(object);
        for (PLIST_ENTRY at = track != NULL ? track->tags.Flink : NULL;
             track != NULL && at != &track->tags && found == NULL; at = at->Flink) {
            struct tag *one = CONTAINING_RECORD(at, struct tag, entry);
            if (one->tag == tag)
                found = one;
        }
        if (found != NULL)
            RemoveEntryList(&found->entry);
        KeReleaseSpinLock(&tags_lock, irql);
        if (found != NULL)
            ExFreePoolWithTag(found, FX_TAG);
        else
            fx_log(object->globals, FX_LOG_ERROR,
                   "%s %p: a reference is given back at %s:%d with tag %p, none was taken with it",
                   object->type->name, fx_handle_of(object), file != NULL ? file : "?", line, tag);
    }
    fx_object_deref(object);
}
