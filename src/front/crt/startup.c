/* SPDX-License-Identifier: MIT */
/* startup.c - what a program's start-up code asks for: arguments, environment, modes.
 *
 * The variables that msvcrt.dll exports are filled before the program is loaded, those of the
 * arguments and the environment when the start-up code asks. Doc: "Parsing C command-line
 * arguments", "_initterm", "CRT initialization"; corecrt_startup.h for ucrt.
 * Differs: wild cards in arguments are not expanded.
 */
#include <string.h>

#include "crt_internal.h"

int ucrt__fmode, ucrt__commode;
int ucrt___argc;
char **ucrt___argv;
wchar_t **ucrt___wargv;
char *ucrt__acmdln, *ucrt__pgmptr;
wchar_t *ucrt__wcmdln, *ucrt__wpgmptr;
unsigned ucrt__osver, ucrt__winver, ucrt__winmajor, ucrt__winminor;
unsigned ucrt__osplatform = 2; /* VER_PLATFORM_WIN32_NT */

/* ---- text ------------------------------------------------------------------------------------ */

char *text_narrow(const wchar_t *text)
{
    size_t count = crt_wcslen(text);
    size_t bytes = crt_utf16_to_utf8(text, count, CRT_UTF_KEEP, NULL, 0).written;
    char *made = heap_take(bytes + 1);
    if (made) {
        crt_utf16_to_utf8(text, count, CRT_UTF_KEEP, made, bytes);
        made[bytes] = 0;
    }
    return made;
}

wchar_t *text_wide(const char *text)
{
    size_t bytes = strlen(text);
    size_t count = crt_utf8_to_utf16(text, bytes, CRT_UTF_KEEP, NULL, 0).written;
    wchar_t *made = heap_take((count + 1) * sizeof *made);
    if (made) {
        crt_utf8_to_utf16(text, bytes, CRT_UTF_KEEP, made, count);
        made[count] = 0;
    }
    return made;
}

/* ---- the command line ------------------------------------------------------------------------ */

static bool is_blank(wchar_t c)
{
    return c == ' ' || c == '\t';
}

/* The program's name: quotes count, backslashes are only backslashes. */
static const wchar_t *name_split(const wchar_t *at, wchar_t **to)
{
    bool is_quoted = false;
    for (; *at && (is_quoted || !is_blank(*at)); at++) {
        if (*at == '"')
            is_quoted = !is_quoted;
        else
            *(*to)++ = *at;
    }
    *(*to)++ = 0;
    return at;
}

static const wchar_t *argument_split(const wchar_t *at, wchar_t **to)
{
    bool is_quoted = false;
    while (*at && (is_quoted || !is_blank(*at))) {
        size_t slashes = 0;
        while (*at == '\\') {
            slashes++;
            at++;
        }
        bool is_quote = *at == '"';
        for (size_t i = 0; i < (is_quote ? slashes / 2 : slashes); i++)
            *(*to)++ = '\\';
        if (!is_quote) {
            if (*at && (is_quoted || !is_blank(*at)))
                *(*to)++ = *at++;
            continue;
        }
        at++;
        if (slashes & 1) {
            *(*to)++ = '"';
        } else if (is_quoted && *at == '"') {
            *(*to)++ = '"';
            at++;
        } else {
            is_quoted = !is_quoted;
        }
    }
    *(*to)++ = 0;
    return at;
}

wchar_t **arguments_split(const wchar_t *line, int *out_count)
{
    size_t length = crt_wcslen(line);
    /* At most one argument for two characters, and each adds a terminator. */
    size_t most = length / 2 + 2;
    size_t text_count = length + most + 1;
    wchar_t **arguments = heap_take((most + 1) * sizeof *arguments + text_count * sizeof(wchar_t));
    if (!arguments)
        return NULL;
    wchar_t *to = (wchar_t *)(arguments + most + 1);
    int count = 0;
    arguments[count++] = to;
    const wchar_t *at = name_split(line, &to);
    for (;;) {
        while (is_blank(*at))
            at++;
        if (!*at)
            break;
        arguments[count++] = to;
        at = argument_split(at, &to);
    }
    arguments[count] = NULL;
    *out_count = count;
    return arguments;
}

static bool arguments_load_wide(void)
{
    if (!ucrt___wargv)
        ucrt___wargv = arguments_split(ucrt__wcmdln, &ucrt___argc);
    return ucrt___wargv;
}

static bool arguments_load(void)
{
    if (ucrt___argv)
        return true;
    if (!arguments_load_wide())
        return false;
    char **made = heap_take(((size_t)ucrt___argc + 1) * sizeof *made);
    for (int i = 0; made && i < ucrt___argc; i++) {
        made[i] = text_narrow(ucrt___wargv[i]);
        if (!made[i])
            return false;
    }
    if (made)
        made[ucrt___argc] = NULL;
    ucrt___argv = made;
    return made;
}

void startup_init(void)
{
    static wchar_t empty[1];
    struct peb *peb = peb_current();
    struct process_parameters *parameters = peb->ProcessParameters;
    wchar_t *line = parameters->CommandLine.Buffer, *path = parameters->ImagePathName.Buffer;
    ucrt__wcmdln = line ? line : empty;
    ucrt__wpgmptr = path ? path : empty;
    ucrt__acmdln = text_narrow(ucrt__wcmdln);
    ucrt__pgmptr = text_narrow(ucrt__wpgmptr);
    ucrt__winmajor = peb->OSMajorVersion;
    ucrt__winminor = peb->OSMinorVersion;
    ucrt__winver = ucrt__winmajor << 8 | ucrt__winminor;
    ucrt__osver = peb->OSBuildNumber;
    ucrt___argc = 0;
    ucrt___argv = NULL;
    ucrt___wargv = NULL;
}

/* ---- msvcrt ---------------------------------------------------------------------------------- */

struct startup_information {
    int new_mode;
};

CRT(int, ucrt___getmainargs,
    (int *count, char ***arguments, char ***environment, int expand,
     const struct startup_information *information))
{
    if (!arguments_load() || !environ_load())
        return crt_fail(ENOMEM);
    *count = ucrt___argc;
    *arguments = ucrt___argv;
    *environment = ucrt__environ;
    return 0;
}

CRT(int, ucrt___wgetmainargs,
    (int *count, wchar_t ***arguments, wchar_t ***environment, int expand,
     const struct startup_information *information))
{
    if (!arguments_load_wide() || !environ_load_wide())
        return crt_fail(ENOMEM);
    *count = ucrt___argc;
    *arguments = ucrt___wargv;
    *environment = ucrt__wenviron;
    return 0;
}

CRT(void, ucrt__initterm, (crt_procedure * first, crt_procedure *end))
{
    for (; first < end; first++) {
        if (*first)
            (*first)();
    }
}

CRT(int, ucrt__initterm_e, (crt_onexit * first, crt_onexit *end))
{
    for (; first < end; first++) {
        int error = *first ? (*first)() : 0;
        if (error)
            return error;
    }
    return 0;
}

static int app_type;

CRT(void, ucrt___set_app_type, (int type))
{
    app_type = type;
}

CRT(int, ucrt__query_app_type, (void))
{
    return app_type;
}

/* ---- ucrt ------------------------------------------------------------------------------------ */

enum { ARGV_NONE, ARGV_PLAIN, ARGV_EXPANDED };

CRT(int, ucrt__configure_narrow_argv, (int mode))
{
    if (mode < ARGV_NONE || mode > ARGV_EXPANDED)
        return crt_invalid(EINVAL);
    return mode == ARGV_NONE || arguments_load() ? 0 : ENOMEM;
}

CRT(int, ucrt__configure_wide_argv, (int mode))
{
    if (mode < ARGV_NONE || mode > ARGV_EXPANDED)
        return crt_invalid(EINVAL);
    return mode == ARGV_NONE || arguments_load_wide() ? 0 : ENOMEM;
}

CRT(int, ucrt__initialize_narrow_environment, (void))
{
    return environ_load() ? 0 : -1;
}

CRT(int, ucrt__initialize_wide_environment, (void))
{
    return environ_load_wide() ? 0 : -1;
}

CRT(char **, ucrt__get_initial_narrow_environment, (void))
{
    return environ_load() ? ucrt__environ : NULL;
}

CRT(wchar_t **, ucrt__get_initial_wide_environment, (void))
{
    return environ_load_wide() ? ucrt__wenviron : NULL;
}

CRT(char *, ucrt__get_narrow_winmain_command_line, (void))
{
    char *at = ucrt__acmdln;
    bool is_quoted = false;
    for (; *at && (is_quoted || (*at != ' ' && *at != '\t')); at++) {
        if (*at == '"')
            is_quoted = !is_quoted;
    }
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

CRT(wchar_t *, ucrt__get_wide_winmain_command_line, (void))
{
    wchar_t *at = ucrt__wcmdln;
    bool is_quoted = false;
    for (; *at && (is_quoted || !is_blank(*at)); at++) {
        if (*at == '"')
            is_quoted = !is_quoted;
    }
    while (is_blank(*at))
        at++;
    return at;
}

CRT(int, ucrt__set_fmode, (int mode))
{
    if (mode != O_MS_TEXT && mode != O_MS_BINARY)
        return crt_invalid(EINVAL);
    ucrt__fmode = mode;
    return 0;
}

CRT(int, ucrt__get_fmode, (int *mode))
{
    if (!mode)
        return crt_invalid(EINVAL);
    *mode = ucrt__fmode;
    return 0;
}

CRT(int, ucrt__get_pgmptr, (char **path))
{
    *path = ucrt__pgmptr;
    return 0;
}

CRT(int, ucrt__get_wpgmptr, (wchar_t * *path))
{
    *path = ucrt__wpgmptr;
    return 0;
}

/* ---- where the variables are ----------------------------------------------------------------- */

#define PLACE(type, name, variable) \
    CRT(type *, name, (void))       \
    {                               \
        return &variable;           \
    }

PLACE(int, ucrt___p___argc, ucrt___argc)
PLACE(char **, ucrt___p___argv, ucrt___argv)
PLACE(wchar_t **, ucrt___p___wargv, ucrt___wargv)
PLACE(char *, ucrt___p__acmdln, ucrt__acmdln)
PLACE(wchar_t *, ucrt___p__wcmdln, ucrt__wcmdln)
PLACE(char *, ucrt___p__pgmptr, ucrt__pgmptr)
PLACE(wchar_t *, ucrt___p__wpgmptr, ucrt__wpgmptr)
PLACE(int, ucrt___p__fmode, ucrt__fmode)
PLACE(int, ucrt___p__commode, ucrt__commode)
PLACE(char **, ucrt___p__environ, ucrt__environ)
PLACE(wchar_t **, ucrt___p__wenviron, ucrt__wenviron)
