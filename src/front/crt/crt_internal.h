/* SPDX-License-Identifier: MIT */
/* crt_internal.h - shared between the files of this room: streams, descriptors, the thread's own.
 *
 * CRT() declares before it defines: programs call these, we hardly ever do.
 */
#ifndef CRT_INTERNAL_H
#define CRT_INTERNAL_H

#include <errno.h>

#include "crt/format.h"
#include "crt/string.h"
#include "crt/time.h"
#include "crt/utf.h"
#include "frontcrt/frontcrt.h"
#include "ntdll/error.h"
#include "ntdll/heap.h"
#include "ntdll/sync.h"
#include "ntdll/teb.h"
#include "win32/win32.h"

#define CRTAPI NTAPI_CDECL
#define CRT(type, name, params) \
    type CRTAPI name params;    \
    type CRTAPI name params

/* Microsoft's errno numbers where they differ from the host's; those up to 34 are the same. */
#define CRT_ENAMETOOLONG 38
#define CRT_ENOTEMPTY    41

/* ---- the thread's own (thread.c) ------------------------------------------------------------- */

typedef void(CRTAPI *invalid_parameter_handler)(const wchar_t *expression, const wchar_t *function,
                                                const wchar_t *file, unsigned line,
                                                uintptr_t reserved);

struct crt_thread {
    int error;
    ULONG dos_error;
    uint32_t random;
    char *token;
    wchar_t *wide_token;
    struct crt_tm tm;
    char time_text[26];
    wchar_t wide_time_text[26];
    char error_text[128], temporary_name[MAX_PATH];
    wchar_t wide_error_text[128];
    invalid_parameter_handler invalid;
    PVOID exception_pointers;                 /* __pxcptinfoptrs */
    PVOID current_exception, current_context; /* of C++ */
    int cxx_in_flight;                        /* thrown and not caught yet */
    uint64_t cxx_cleaning;                    /* the frame whose destructors run; 0: none */
    HANDLE begun;                             /* _beginthread's handle, closed at its end */
};
/* On the process heap, made at the first use. */
struct crt_thread *crt_thread(void);
void crt_thread_end(struct teb *teb);

/* Sets errno and answers -1. */
int crt_fail(int error);
/* The same from GetLastError. */
int crt_fail_win32(void);
/* What a _s function does about a broken rule: tells the handler, sets errno, answers it. */
int crt_invalid(int error);
/* Text of an errno; never NULL. */
const char *crt_error_text(int error);

/* ---- descriptors (fd.c) ---------------------------------------------------------------------- */

#define FD_COUNT 2048

#define FD_OPEN     0x01u
#define FD_END      0x02u /* Ctrl-Z was read */
#define FD_PIPE     0x08u
#define FD_APPEND   0x20u
#define FD_DEVICE   0x40u
#define FD_TEXT     0x80u
#define FD_STANDARD 0x100u /* bytes pass unchanged, whatever the mode says */
#define FD_TERMINAL 0x200u

#define O_MS_RDONLY    0x0
#define O_MS_WRONLY    0x1
#define O_MS_RDWR      0x2
#define O_MS_APPEND    0x8
#define O_MS_TEMPORARY 0x40
#define O_MS_CREAT     0x100
#define O_MS_TRUNC     0x200
#define O_MS_EXCL      0x400
#define O_MS_TEXT      0x4000
#define O_MS_BINARY    0x8000
#define O_MS_UNICODE   0x70000 /* _O_WTEXT, _O_U16TEXT, _O_U8TEXT */

void fd_init(void);
/* All answer -1 with errno set when they fail. */
int fd_open(const wchar_t *path, int flags, int share, int mode);
int fd_adopt(HANDLE handle, unsigned flags);
int fd_close(int fd);
int fd_read(int fd, void *buffer, unsigned count);
int fd_write(int fd, const void *buffer, unsigned count);
int64_t fd_seek(int fd, int64_t distance, int method);
/* The offset in the file after characters translated characters from offset start. */
int64_t fd_offset(int fd, int64_t start, int64_t characters);
/* 0: not open. */
unsigned fd_flags(int fd);
HANDLE fd_handle(int fd);
bool fd_is_translated(int fd);
int fd_mode_set(int fd, int mode);
/* onto -1: the lowest free one. */
int fd_duplicate(int fd, int onto);

/* ---- streams (stream.c) ---------------------------------------------------------------------- */

#define STREAM_READ   0x01
#define STREAM_WRITE  0x02
#define STREAM_NONE   0x04 /* no buffer */
#define STREAM_OWN    0x08 /* the buffer is ours to free */
#define STREAM_END    0x10
#define STREAM_ERROR  0x20
#define STREAM_BOTH   0x80
#define STREAM_USER   0x100
#define STREAM_LINE   0x200 /* ours: flushed at line ends */
#define STREAM_OPENED (STREAM_READ | STREAM_WRITE | STREAM_BOTH)

/* FILE of msvcrt.dll, whose inline getc and putc know it. reading: count characters are left
 * at at; writing: count more fit there. */
struct stream {
    char *at;
    int32_t count;
    char *base;
    int32_t flags;
    int32_t fd;
    int32_t small; /* a buffer of one character */
    int32_t size;
    char *name; /* of a temporary file */
};
_Static_assert(sizeof(struct stream) == BY_WIDTH(48, 32), "public header");

struct stream_state {
    RTL_CRITICAL_SECTION lock; /* guards: its stream and this */
    int64_t start;             /* offset in the file of the buffer's first byte */
    wchar_t high, low;         /* halves of a pair: written so far, to be read next */
};

#define IOB_COUNT   20
#define STREAMS_MAX 512
extern struct stream ucrt__iob[IOB_COUNT];
#define STREAM_IN  (&ucrt__iob[0])
#define STREAM_OUT (&ucrt__iob[1])
#define STREAM_ERR (&ucrt__iob[2])

#define CRT_EOF (-1)

void stream_init(void);
void stream_lock(struct stream *stream);
void stream_unlock(struct stream *stream);
struct stream_state *stream_state(struct stream *stream);
/* With the lock held. Results as the C functions'. */
int stream_fill(struct stream *stream);
int stream_get(struct stream *stream);
int stream_unget(struct stream *stream, int character);
int stream_put(struct stream *stream, int character);
size_t stream_read(struct stream *stream, void *data, size_t count);
size_t stream_write(struct stream *stream, const void *data, size_t count);
int stream_flush(struct stream *stream);
/* UTF-16 over UTF-8. CRT_EOF as 0xffff. */
wchar_t stream_get_wide(struct stream *stream);
wchar_t stream_unget_wide(struct stream *stream, wchar_t character);
int stream_put_wide(struct stream *stream, const wchar_t *text, size_t count);
/* Gives one that was taken its descriptor. */
void stream_begin(struct stream *stream, int fd, int flags);
/* Takes a free one, unused; NULL with errno. */
struct stream *stream_take(void);
/* Those with any of these flags. Others are not even locked: one may wait for its input. */
void stream_visit(int flags, void (*visit)(struct stream *stream, void *context), void *context);
int stream_flush_all(void);
/* At the process's end: the streams that nobody is using. */
void stream_flush_end(void);
void stream_buffer_drop(struct stream *stream);
int64_t stream_tell(struct stream *stream);
int stream_seek(struct stream *stream, int64_t distance, int method);

/* ---- start and end ----------------------------------------------------------------------------
 */

typedef void(CRTAPI *crt_procedure)(void);
typedef int(CRTAPI *crt_onexit)(void);

/* Runs what atexit registered, last first, then writes out every stream. */
void exit_run(void);
void exit_init(void);
void startup_init(void);
/* What the program's handler of SIGABRT does. */
void signal_abort(void);
[[noreturn]] void crt_abort(void);

/* Takes a command line apart: pointers and text in one block on the process heap, argv[count]
 * NULL. NULL: no memory. Doc: "Parsing C command-line arguments". */
wchar_t **arguments_split(const wchar_t *line, int *out_count);
/* The program's start on its clock, and the zone (time.c). */
void clock_init(void);
void ctype_init(void);
void error_init(void);
extern int ucrt__sys_nerr;
extern const char *ucrt__sys_errlist[];

/* Copies on the process heap; NULL: no memory. */
char *text_narrow(const wchar_t *text);
wchar_t *text_wide(const char *text);

extern int ucrt__fmode, ucrt__commode; /* O_MS_TEXT, O_MS_BINARY; 0: text */

/* ---- the environment (environ.c) --------------------------------------------------------------
 */

extern char **ucrt__environ, **ucrt___initenv;
extern wchar_t **ucrt__wenviron, **ucrt___winitenv;
void environ_init(void);
bool environ_load(void);
bool environ_load_wide(void);

/* ---- of win32, not in its header ---------------------------------------------------------------
 */

typedef struct _BY_HANDLE_FILE_INFORMATION {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
    DWORD dwVolumeSerialNumber, nFileSizeHigh, nFileSizeLow, nNumberOfLinks, nFileIndexHigh,
        nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION;

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime, ftLastAccessTime, ftLastWriteTime;
    DWORD nFileSizeHigh, nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA;

HANDLE WINAPI CreateThread(SECURITY_ATTRIBUTES *security, SIZE_T stack,
                           LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags, DWORD *id);
void WINAPI ExitThread(DWORD code);
DWORD WINAPI GetCurrentThreadId(void);
DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments);
BOOL WINAPI GetExitCodeThread(HANDLE thread, DWORD *code);
DWORD WINAPI ResumeThread(HANDLE thread);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);
BOOL WINAPI GetFileInformationByHandle(HANDLE file, BY_HANDLE_FILE_INFORMATION *information);
BOOL WINAPI GetFileAttributesExW(LPCWSTR path, DWORD level, LPVOID information);
BOOL WINAPI SetFileAttributesW(LPCWSTR path, DWORD attributes);
DWORD WINAPI GetFullPathNameW(LPCWSTR path, DWORD count, LPWSTR out, LPWSTR *part);
DWORD WINAPI GetCurrentDirectoryW(DWORD count, LPWSTR out);
BOOL WINAPI SetCurrentDirectoryW(LPCWSTR path);
BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *created, const FILETIME *accessed,
                        const FILETIME *written);
BOOL WINAPI DuplicateHandle(HANDLE from_process, HANDLE handle, HANDLE to_process,
                            HANDLE *out_handle, DWORD access, BOOL inherit, DWORD options);
DWORD WINAPI GetTempPathW(DWORD count, LPWSTR out);

#endif
