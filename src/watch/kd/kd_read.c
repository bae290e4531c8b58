/* SPDX-License-Identifier: MIT */
/* kd_read.c - the one checked reader: memory of anybody, wherever it is, without a fault.
 *
 * A range is read page by page as far as it is there. What is read may change meanwhile: the
 * machine runs.
 */
#include <stdlib.h>
#include <string.h>

#include "kd_internal.h"
#include "mm/mm.h"

#define PAGE       4096u
#define MEMORY_MAX 16384u /* bytes an answer; more is asked for in pieces */

bool kd_read(const void *from, void *to, size_t bytes)
{
    return NT_SUCCESS(mm_user_copy(to, from, bytes));
}

char *kd_string(const UNICODE_STRING *string)
{
    WCHAR text[512];
    size_t count = string->Length / sizeof(WCHAR);
    if (count > sizeof text / sizeof *text)
        count = sizeof text / sizeof *text;
    if (!count || !kd_read(string->Buffer, text, count * sizeof(WCHAR)))
        return NULL;
    char *utf8 = malloc(count * 3 + 1), *to = utf8;
    for (size_t i = 0; utf8 && i < count; i++) {
        unsigned c = text[i];
        if (c < 0x20 || (c >= 0xd800 && c < 0xe000))
            c = '?'; /* no letter a terminal should be sent; halves of pairs are not joined */
        if (c < 0x80) {
            *to++ = (char)c;
        } else if (c < 0x800) {
            *to++ = (char)(0xc0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3f));
        } else {
            *to++ = (char)(0xe0 | c >> 12);
            *to++ = (char)(0x80 | (c >> 6 & 0x3f));
            *to++ = (char)(0x80 | (c & 0x3f));
        }
    }
    if (utf8)
        *to = '\0';
    return utf8;
}

char *kd_driver_name_of_device(const void *device)
{
    DEVICE_OBJECT object;
    DRIVER_OBJECT driver;
    if (!kd_read(device, &object, sizeof object) || object.Type != IO_TYPE_DEVICE ||
        !kd_read(object.DriverObject, &driver, sizeof driver) || driver.Type != IO_TYPE_DRIVER)
        return NULL;
    return kd_string(&driver.DriverName);
}

/* memory ADDRESS BYTES: as many bytes as are there from ADDRESS on, in hexadecimal. */
cJSON *kd_memory(char **words)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t address = strtoull(words[1], NULL, 0);
    uint64_t wanted = strtoull(words[2], NULL, 0);
    if (wanted > MEMORY_MAX)
        wanted = MEMORY_MAX;
    char *text = malloc(2 * wanted + 1);
    if (!text)
        return kd_refuse(STATUS_INSUFFICIENT_RESOURCES, "out of memory");
    uint64_t done = 0;
    while (done < wanted) {
        uint8_t bytes[PAGE];
        uint64_t now = PAGE - ((address + done) & (PAGE - 1));
        if (now > wanted - done)
            now = wanted - done;
        if (!kd_read((const void *)(uintptr_t)(address + done), bytes, now))
            break;
        for (uint64_t i = 0; i < now; i++) {
            text[2 * (done + i)] = digits[bytes[i] >> 4];
            text[2 * (done + i) + 1] = digits[bytes[i] & 15];
        }
        done += now;
    }
    text[2 * done] = '\0';
    cJSON *answer = cJSON_CreateObject();
    kd_address(answer, "address", address);
    kd_text_take(answer, "bytes", text);
    return answer;
}
