/* SPDX-License-Identifier: MIT */
/* emulator_library.c - libunicorn, where this host has it for 32-bit processes. */
#include <dlfcn.h>
#include <errno.h>

#include "emulator.h"

#define ADVICE                                                              \
    "the emulator is not installed (Debian: dpkg --add-architecture i386; " \
    "apt-get install libunicorn2:i386)"

struct unicorn unicorn;

int unicorn_load(const char **out_reason)
{
    static const struct {
        const char *name;
        void **where;
    } names[] = {
        {"uc_open", (void **)&unicorn.open},
        {"uc_mem_map_ptr", (void **)&unicorn.mem_map_ptr},
        {"uc_reg_read", (void **)&unicorn.reg_read},
        {"uc_reg_write", (void **)&unicorn.reg_write},
        {"uc_hook_add", (void **)&unicorn.hook_add},
        {"uc_emu_start", (void **)&unicorn.emu_start},
        {"uc_emu_stop", (void **)&unicorn.emu_stop},
        {"uc_ctl", (void **)&unicorn.ctl},
        {"uc_context_alloc", (void **)&unicorn.context_alloc},
        {"uc_context_save", (void **)&unicorn.context_save},
        {"uc_context_restore", (void **)&unicorn.context_restore},
    };
    void *library = dlopen("libunicorn.so.2", RTLD_NOW | RTLD_LOCAL);
    *out_reason = ADVICE;
    if (!library)
        return ENOTSUP;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        *names[i].where = dlsym(library, names[i].name);
        if (!*names[i].where) {
            *out_reason = "the installed libunicorn.so.2 is not the one that is needed (2.0)";
            return ENOTSUP;
        }
    }
    return 0;
}
