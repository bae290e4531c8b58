/* SPDX-License-Identifier: MIT */
/* ldr_tls.c - static thread-local storage of images: an index each, a block per thread.
 *
 * Every thread has room for TLS_MODULES pointers from its start, so a module loaded later
 * gives running threads their blocks without moving anything they may be reading.
 */
#include <string.h>

#include "ldr_internal.h"
#include "ntdll/heap.h"
#include "ntdll/thread.h"
#include "pe/tables.h"

#define TLS_MODULES 128u

static struct ldr_module *tls_module[TLS_MODULES]; /* under the loader's lock */

static bool tls_read(const struct ldr_module *module, struct pe_tls *out_tls)
{
    struct pe_view view = ldr_view(module);
    return pe_tls_read(&view, module->base, out_tls, NULL) == PE_OK;
}

static bool block_create(struct teb *teb, uint32_t index)
{
    const struct ldr_module *module = tls_module[index];
    struct pe_tls tls;
    if (teb->ThreadLocalStoragePointer[index] || !tls_read(module, &tls))
        return true;
    size_t size = (size_t)tls.template_size + tls.zero_fill;
    char *block = heap_allocate(heap_process(), HEAP_ZERO_MEMORY, size);
    if (!block)
        return false;
    memcpy(block, (const char *)module->base + tls.template_rva, tls.template_size);
    teb->ThreadLocalStoragePointer[index] = block;
    return true;
}

static void block_create_of(struct teb *teb, void *index)
{
    if (teb->ThreadLocalStoragePointer)
        block_create(teb, (uint32_t)(uintptr_t)index);
}

NTSTATUS tls_module_add(struct ldr_module *module)
{
    struct pe_tls tls;
    if (!tls_read(module, &tls))
        return STATUS_SUCCESS;
    uint32_t index = 0;
    while (index < TLS_MODULES && tls_module[index])
        index++;
    if (index == TLS_MODULES)
        return STATUS_NO_MEMORY;
    tls_module[index] = module;
    module->tls_index = index + 1;
    if (tls.index_rva)
        *(uint32_t *)(module->base + tls.index_rva) = index;
    thread_each(block_create_of, (void *)(uintptr_t)index);
    return STATUS_SUCCESS;
}

static void block_give_of(struct teb *teb, void *index)
{
    PVOID *pointers = teb->ThreadLocalStoragePointer;
    if (!pointers)
        return;
    heap_give(pointers[(uint32_t)(uintptr_t)index]);
    pointers[(uint32_t)(uintptr_t)index] = NULL;
}

void tls_module_remove(struct ldr_module *module)
{
    if (!module->tls_index)
        return;
    uint32_t index = module->tls_index - 1;
    tls_module[index] = NULL;
    module->tls_index = 0;
    thread_each(block_give_of, (void *)(uintptr_t)index);
}

void tls_callbacks(struct ldr_module *module, ULONG reason)
{
    struct pe_tls tls;
    if (!module->tls_index || !tls_read(module, &tls) || !tls.callbacks_rva)
        return;
    typedef void(WINAPI * callback)(PVOID base, DWORD why, PVOID reserved);
    callback *callbacks = (callback *)(module->base + tls.callbacks_rva);
    for (uint32_t i = 0; i < tls.callback_count && callbacks[i]; i++)
        callbacks[i]((PVOID)module->base, reason, NULL);
}

NTSTATUS ldr_thread_begin(struct teb *teb)
{
    PVOID *pointers = heap_allocate(heap_process(), HEAP_ZERO_MEMORY, TLS_MODULES * sizeof(PVOID));
    if (!pointers)
        return STATUS_NO_MEMORY;
    bool is_whole = true;
    ldr_lock();
    teb->ThreadLocalStoragePointer = pointers;
    for (uint32_t i = 0; i < TLS_MODULES && is_whole; i++)
        is_whole = !tls_module[i] || block_create(teb, i);
    ldr_unlock();
    return is_whole ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

void ldr_thread_end(struct teb *teb)
{
    PVOID *pointers = teb->ThreadLocalStoragePointer;
    if (!pointers)
        return;
    ldr_lock();
    teb->ThreadLocalStoragePointer = NULL;
    ldr_unlock();
    for (uint32_t i = 0; i < TLS_MODULES; i++)
        heap_give(pointers[i]);
    heap_give(pointers);
}
