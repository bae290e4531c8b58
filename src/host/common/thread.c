/* SPDX-License-Identifier: MIT */
/* thread.c - what a thread is on both grounds: a pthread with a guarded stack, a
 * name, an alternate signal stack and a place in thread-local memory.
 *
 * Threads that others made are adopted when they first ask who they are, and are
 * forgotten by a destructor of the C library when they end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host_internal.h"

#ifdef COVE_SANITIZE
#define HOST_STACK_BYTES     (1024u * 1024u)
#define HOST_ALTERNATE_BYTES (256u * 1024u)
#else
#define HOST_STACK_BYTES     (256u * 1024u)
#define HOST_ALTERNATE_BYTES (64u * 1024u)
#endif
/* Wide, so that a large frame that is entered without probing still meets it. */
#define HOST_GUARD_BYTES (16u * HOST_PAGE)

__thread struct host_thread *host_thread_current __attribute__((tls_model("initial-exec")));

static pthread_key_t thread_end_key;
static pthread_once_t thread_end_once = PTHREAD_ONCE_INIT;

static void thread_forget(void *argument)
{
    struct host_thread *thread = argument;

    host_thread_end(thread);
    host_thread_forget_ground(thread);
}

static void thread_make_key(void)
{
    int error = pthread_key_create(&thread_end_key, thread_forget);

    COVE_ASSERT(error == 0);
}

static void thread_find_stack(struct host_thread *thread)
{
    pthread_attr_t attributes;
    void *low;
    size_t size;
    int error = pthread_getattr_np(pthread_self(), &attributes);

    COVE_ASSERT(error == 0);
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    thread->stack_low = (uintptr_t)low;
    thread->stack_high = (uintptr_t)low + size;
}

void host_thread_begin(struct host_thread *thread)
{
    size_t length = HOST_PAGE + HOST_ALTERNATE_BYTES;
    stack_t alternate = {.ss_size = HOST_ALTERNATE_BYTES};
    char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool due;
    int error;

    COVE_ASSERT(memory != MAP_FAILED);
    mprotect(memory, HOST_PAGE, PROT_NONE);
    alternate.ss_sp = memory + HOST_PAGE;
    error = sigaltstack(&alternate, &thread->previous_alternate);
    COVE_ASSERT(error == 0);
    thread->alternate = memory;
    thread_find_stack(thread);
    if (thread->entry != NULL) {
        host_confine_thread();
        host_gs_set(NULL);
        if (thread->name[0] != '\0')
            pthread_setname_np(pthread_self(), thread->name);
    }
    thread->handle = pthread_self(); /* our creator may not have come to store it */
    host_thread_current = thread;
    host_lock_take(&thread->end_lock);
    thread->alive = true;
    due = thread->interrupt_due;
    host_lock_give(&thread->end_lock);
    if (due) /* asked for before there was anybody to signal */
        host_interrupt_begin_ground(thread);
}

void host_thread_end(struct host_thread *thread)
{
    sigset_t interrupts;

    host_lock_take(&thread->end_lock);
    thread->alive = false;
    host_lock_give(&thread->end_lock);
    /* One may still be on its way: it must not find a thread that is half gone. */
    sigemptyset(&interrupts);
    sigaddset(&interrupts, host_interrupt_signal());
    pthread_sigmask(SIG_BLOCK, &interrupts, NULL);
    host_thread_current = NULL;
    if (thread->previous_alternate.ss_size == 0)
        thread->previous_alternate.ss_flags = SS_DISABLE;
    sigaltstack(&thread->previous_alternate, NULL);
    munmap(thread->alternate, HOST_PAGE + HOST_ALTERNATE_BYTES);
    thread->alternate = NULL;
}

int host_thread_spawn(struct host_thread *thread, const struct host_thread_options *options,
                      void *(*start)(void *), void *start_argument)
{
    size_t bytes =
        options != NULL && options->stack_bytes != 0 ? options->stack_bytes : HOST_STACK_BYTES;
    pthread_attr_t attributes;
    int error;

    if (bytes < HOST_STACK_BYTES / 4)
        bytes = HOST_STACK_BYTES / 4;
    bytes = (bytes + HOST_PAGE - 1) & ~(size_t)(HOST_PAGE - 1);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, bytes); /* the guard comes on top (glibc 2.27) */
    pthread_attr_setguardsize(&attributes, HOST_GUARD_BYTES);
    if (thread->detached)
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&thread->handle, &attributes, start, start_argument);
    pthread_attr_destroy(&attributes);
    return error;
}

void host_thread_describe(struct host_thread *thread, const struct host_thread_options *options,
                          void (*entry)(void *), void *argument)
{
    thread->entry = entry;
    thread->argument = argument;
    if (options == NULL)
        return;
    thread->detached = options->detached;
    if (options->name != NULL)
        strncpy(thread->name, options->name, sizeof(thread->name) - 1);
}

struct host_thread *host_thread_self(void)
{
    struct host_thread *thread = host_thread_current;

    if (thread != NULL)
        return thread;
    pthread_once(&thread_end_once, thread_make_key);
    thread = host_thread_adopt_ground();
    pthread_setspecific(thread_end_key, thread);
    return thread;
}

void host_thread_stack(uintptr_t *out_low, uintptr_t *out_high)
{
    const struct host_thread *thread = host_thread_self();

    *out_low = thread->stack_low;
    *out_high = thread->stack_high;
}
