/* SPDX-License-Identifier: MIT */
/* dirid.c - the documented DIRIDs and the folders of a machine that they name.
 *
 * From 16384 on they are the shell's folders (CSIDL + 0x4000), from 66000 on the printers'.
 */
#include "inf/dirid.h"

#include <stdlib.h>
#include <string.h>

#include "inf_internal.h"

#define WINDOWS  "C:\\Windows"
#define SYSTEM   WINDOWS "\\System32"
#define PROGRAMS "C:\\ProgramData\\Microsoft\\Windows\\Start Menu"
#define PUBLIC   "C:\\Users\\Public"
#define CSIDL(n) (16384u + (n))

static const struct inf_dirid table[] = {
    {INF_DIRID_SOURCE, NULL, "folder of the INF", false},
    {10, WINDOWS, "Windows folder", false},
    {11, SYSTEM, "system folder", false},
    {12, SYSTEM "\\drivers", "drivers folder", false},
    {INF_DIRID_DRIVER_STORE, NULL, "the package's folder in the driver store", true},
    {17, WINDOWS "\\INF", "INF folder", false},
    {18, WINDOWS "\\Help", "help folder", false},
    {20, WINDOWS "\\Fonts", "fonts folder", false},
    {21, SYSTEM "\\viewers", "viewers folder", false},
    {23, SYSTEM "\\spool\\drivers\\color", "color folder", false},
    {24, "C:", "root of the system disk", false},
    {25, WINDOWS, "shared folder", false},
    {30, "C:", "root of the boot disk", false},
    {50, WINDOWS "\\System", "16-bit system folder", false},
    {51, SYSTEM "\\spool", "spool folder", false},
    {52, SYSTEM "\\spool\\drivers", "spool drivers folder", false},
    {53, SYSTEM "\\config\\systemprofile", "user profile folder", false},
    {54, "C:", "folder of the boot loader", false},
    {55, SYSTEM "\\spool\\prtprocs\\x64", "print processors folder", false},
    {CSIDL(0x14), WINDOWS "\\Fonts", "fonts folder", false},
    {CSIDL(0x16), PROGRAMS, "start menu of all users", false},
    {CSIDL(0x17), PROGRAMS "\\Programs", "programs of all users", false},
    {CSIDL(0x18), PROGRAMS "\\Programs\\StartUp", "startup of all users", false},
    {CSIDL(0x19), PUBLIC "\\Desktop", "desktop of all users", false},
    {CSIDL(0x1f), PUBLIC "\\Favorites", "favorites of all users", false},
    {CSIDL(0x23), "C:\\ProgramData", "application data of all users", false},
    {CSIDL(0x24), WINDOWS, "Windows folder", false},
    {CSIDL(0x25), SYSTEM, "system folder", false},
    {CSIDL(0x26), "C:\\Program Files", "program files", false},
    {CSIDL(0x29), WINDOWS "\\SysWOW64", "32-bit system folder", false},
    {CSIDL(0x2a), "C:\\Program Files (x86)", "32-bit program files", false},
    {CSIDL(0x2b), "C:\\Program Files\\Common Files", "common program files", false},
    {CSIDL(0x2c), "C:\\Program Files (x86)\\Common Files", "32-bit common program files", false},
    {CSIDL(0x2d), "C:\\ProgramData\\Microsoft\\Windows\\Templates", "templates of all users",
     false},
    {CSIDL(0x2e), PUBLIC "\\Documents", "documents of all users", false},
    {CSIDL(0x2f), PROGRAMS "\\Programs\\Administrative Tools", "administrative tools", false},
    {CSIDL(0x35), PUBLIC "\\Music", "music of all users", false},
    {CSIDL(0x36), PUBLIC "\\Pictures", "pictures of all users", false},
    {CSIDL(0x37), PUBLIC "\\Videos", "videos of all users", false},
    {CSIDL(0x38), WINDOWS "\\Resources", "resources folder", false},
    {66000, SYSTEM "\\spool\\drivers\\x64", "printer drivers folder", false},
    {66001, SYSTEM "\\spool\\prtprocs\\x64", "print processors folder", false},
    {66002, SYSTEM, "system folder for print monitors", false},
    {66003, SYSTEM "\\spool\\drivers\\color", "printer color profiles folder", false},
    {66004, WINDOWS "\\Web\\Printers", "printer web pages folder", false},
    {INF_DIRID_ABSOLUTE, NULL, "a whole path", false},
};

const struct inf_dirid *inf_dirid_at(uint32_t index)
{
    return index < sizeof table / sizeof table[0] ? &table[index] : NULL;
}

const struct inf_dirid *inf_dirid_find(uint32_t dirid)
{
    if (dirid == 65535) /* documented to be the same as -1 */
        dirid = INF_DIRID_ABSOLUTE;
    for (uint32_t i = 0; inf_dirid_at(i); i++)
        if (table[i].dirid == dirid)
            return &table[i];
    return NULL;
}

const char *inf_dirid_table(void *owner, uint32_t dirid)
{
    const struct inf_dirid_owner *own = owner;
    const struct inf_dirid *found = inf_dirid_find(dirid);
    if (own && dirid == INF_DIRID_SOURCE)
        return own->source;
    if (own && dirid == INF_DIRID_DRIVER_STORE)
        return own->store;
    return found ? found->path : NULL;
}

int inf_dirid_expand(const char *text, inf_dirid_path *path, void *context, char *out_text,
                     size_t capacity)
{
    size_t used = 0;
    while (*text) {
        const char *piece = text;
        size_t length = 1, digits = *text == '%' ? strspn(text + 1, "0123456789") : 0;
        bool is_dirid = digits > 0 && digits <= 9 && text[1 + digits] == '%';
        if (is_dirid) {
            piece = path(context, (uint32_t)strtoul(text + 1, NULL, 10));
            length = piece ? strlen(piece) : 0;
        }
        if (!piece || used + length >= capacity)
            return INF_DAMAGED;
        memcpy(out_text + used, piece, length);
        used += length;
        text += is_dirid ? digits + 2 : 1;
    }
    if (used >= capacity)
        return INF_DAMAGED;
    out_text[used] = 0;
    return INF_OK;
}
