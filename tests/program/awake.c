/* SPDX-License-Identifier: MIT */
/* awake.c - counts aloud: one thread by system calls, into a value of the registry; one in its own
 * code alone. Ends when it finds the value Stop.
 */
#include <windows.h>

#include <stdio.h>

static volatile LONG64 spins;
static volatile LONG is_over; /* it never is: the process ends the thread */

static DWORD WINAPI spin(void *unused)
{
    (void)unused;
    while (!is_over)
        spins++;
    return 0;
}

int main(void)
{
    HKEY key;
    DWORD count = 0, stop, bytes = sizeof(stop);
    if (RegCreateKeyExA(HKEY_LOCAL_MACHINE, "SYSTEM\\Awake", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key,
                        NULL) != ERROR_SUCCESS)
        return 2;
    if (CreateThread(NULL, 0, spin, NULL, 0, NULL) == NULL)
        return 3;
    while (RegQueryValueExA(key, "Stop", NULL, NULL, (BYTE *)&stop, &bytes) != ERROR_SUCCESS) {
        count++;
        if (RegSetValueExA(key, "Count", 0, REG_DWORD, (const BYTE *)&count, sizeof(count)) !=
            ERROR_SUCCESS)
            return 4;
        bytes = sizeof(stop);
    }
    printf("counted\n");
    return 0;
}
