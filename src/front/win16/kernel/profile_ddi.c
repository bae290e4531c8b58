/* SPDX-License-Identifier: MIT */
/* profile_ddi.c - KERNEL: initialization files, over kernel32's functions. */
#include "abi/win16.h"
#include "dos16/windows.h"
#include "loader16/builtin.h"

#define WIN_INI "win.ini"

uint32_t kernel16_GetPrivateProfileInt(const char *section, const char *key, int16_t otherwise,
                                       const char *file)
{
    return (uint16_t)GetPrivateProfileIntA(section, key, otherwise, file);
}

uint32_t kernel16_GetPrivateProfileString(const char *section, const char *key,
                                          const char *otherwise, struct far16 out, uint16_t size,
                                          const char *file)
{
    char *to = size ? win16_buffer(cpu16_outer(), far16_value(out), size) : NULL;
    return GetPrivateProfileStringA(section, key, otherwise, to, size, file);
}

uint32_t kernel16_WritePrivateProfileString(const char *section, const char *key, const char *value,
                                            const char *file)
{
    return (uint32_t)WritePrivateProfileStringA(section, key, value, file);
}

uint32_t kernel16_GetProfileInt(const char *section, const char *key, int16_t otherwise)
{
    return kernel16_GetPrivateProfileInt(section, key, otherwise, WIN_INI);
}

uint32_t kernel16_GetProfileString(const char *section, const char *key, const char *otherwise,
                                   struct far16 out, uint16_t size)
{
    return kernel16_GetPrivateProfileString(section, key, otherwise, out, size, WIN_INI);
}

uint32_t kernel16_WriteProfileString(const char *section, const char *key, const char *value)
{
    return kernel16_WritePrivateProfileString(section, key, value, WIN_INI);
}

/* Nothing is kept that would have to be written. */
uint32_t kernel16_WriteOutProfiles(void)
{
    return 0;
}
