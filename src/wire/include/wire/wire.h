/* SPDX-License-Identifier: MIT */
/* wire.h - what a program's process and the machine process share.
 *
 * A program connects to its machine's socket (SOCK_SEQPACKET), says HELLO and is given two
 * shared files: its window of memory and its link. The link holds the map log and one
 * channel per thread; a system service is a request written into the thread's channel. The
 * socket stays open for as long as both live: its hang-up is how each learns of the other's
 * death. Everything here is fixed-width, the same for 32- and 64-bit programs.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stdatomic.h>
#include <stdint.h>

#define WIRE_MAGIC   0x45564f43u /* "COVE" */
#define WIRE_VERSION 2u

/* ---- channels --------------------------------------------------------------------- */

#define WIRE_ARGUMENTS            20u
#define WIRE_ARGUMENTS_FIRST_LINE 3u   /* so many lie beside turn */
#define WIRE_CHANNELS             256u /* threads of one program at once */

enum wire_turn { WIRE_TURN_PROGRAM = 0, WIRE_TURN_KERNEL = 1, WIRE_TURN_CLOSED = 2 };

/* What the kernel asks of a program's thread; looked at whenever a service returns. */
enum wire_ask {
    WIRE_ASK_APC = 1,     /* user APCs are due; cleared by the thread */
    WIRE_ASK_SUSPEND = 2, /* it must not go on; cleared by the kernel */
    WIRE_ASK_END = 4,     /* it is terminated */
    WIRE_ASK_FREEZE = 8,  /* the machine sleeps; cleared by the kernel */
};

/* A request goes over by turn PROGRAM -> KERNEL, the answer by KERNEL -> PROGRAM; only
 * the side whose turn it is touches the other fields. A side that is going to sleep on
 * turn sets its sleeping flag, looks at turn once more, then sleeps (futex on turn); the
 * other side wakes it only when the flag is set. CLOSED ends the channel. */
struct wire_channel {
    /* Two lines that are fetched as a pair hold everything up to the tenth argument. */
    _Alignas(128) _Atomic uint32_t turn;
    _Atomic uint32_t kernel_sleeps;
    _Atomic uint32_t program_sleeps;
    /* Set when the channel is given out, cleared by the program's thread as the last thing it
     * does with it: a channel is not given out again before. */
    _Atomic uint32_t program_holds;
    _Atomic uint32_t cpu[2]; /* where the program's and the kernel's half ran last, plus 1 */
    uint16_t service, count;
    _Atomic uint32_t asks; /* enum wire_ask; a suspended thread waits on it */
    uint64_t result;
    uint64_t arguments[WIRE_ARGUMENTS];
    _Atomic uint32_t is_watched; /* somebody follows requests; as of the last service */
    _Atomic uint32_t is_still;   /* the program's thread stands still, as it was asked */
    _Atomic uint32_t wakes; /* how often a sleeping side was woken: seldom, and never in a row */
};

/* ---- map log ------------------------------------------------------------------------ */

#define WIRE_MAP_ENTRIES  1024u
#define WIRE_SHARE_WINDOW 0u
#define WIRE_SHARE_POOL   1u
/* others: what WIRE_GET_SHARE asks for */
#define WIRE_SHARE_NONE 0xffffffffu
/* So many commands that are not applied yet: the kernel asks for it (WIRE_APPLY_MAPS). */
#define WIRE_MAPS_MANY 256u

/* Protection bits are 1 read, 2 write, 4 execute. */
struct wire_map {
    uint64_t address, length, offset;
    uint32_t share, protection;
};

/* The first bytes of the link file. */
struct wire_link {
    uint32_t magic, version;
    /* The kernel appends at head % WIRE_MAP_ENTRIES; the program applies up to head before a
     * service returns and stores how far it is in tail. Full: the kernel waits a moment. */
    _Atomic uint64_t map_head, map_tail;
    struct wire_map map[WIRE_MAP_ENTRIES];
    struct wire_channel channel[WIRE_CHANNELS];
};

/* ---- windows ---------------------------------------------------------------------------- */

#define WIRE_NOBODYS_BYTES 0x10000u /* at the beginning of every one; a 32-bit one begins at 0 */

/* ---- messages on the socket ------------------------------------------------------------ */

enum wire_kind {
    WIRE_HELLO_PROGRAM = 1, /* + up to 4 descriptors: stdin, stdout, stderr, current folder */
    WIRE_WELCOME,           /* + 2 descriptors: window, link */
    WIRE_GET_SHARE,         /* the program needs the file code of a map command */
    WIRE_SHARE,             /* + 1 descriptor, or none: the file is gone; code as asked for */
    WIRE_GOODBYE,           /* the machine ends: code, text */
    WIRE_LOOK,              /* the thread of channel `code` is asked for something */
    WIRE_CONTROL,       /* text: a control request, words separated by NUL; a file may go along */
    WIRE_CONTROL_REPLY, /* code 0 or an NTSTATUS, text (JSON); sent more than once by
                           streams; is_last says when it is over */
    WIRE_APPLY_MAPS,    /* to the program: map commands wait */
    WIRE_LEND,          /* text: a folder of the host, which the machine may use from now
                           on; + 1 descriptor of it. Answered like WIRE_CONTROL. */
};

#define WIRE_HELLO_FOLDER 8u

struct wire_hello {
    uint32_t kind, magic, version;
    uint32_t width;       /* 64, 32 or 16 */
    uint32_t descriptors; /* bit n: standard descriptor n comes along; 3: the folder */
    uint64_t ticket;      /* of the program that started this one; 0: none did */
    char image_name[128]; /* "app.exe" */
    char folder[2048];    /* current folder of the host */
};

struct wire_welcome {
    uint32_t kind;
    int32_t status; /* NTSTATUS; failed: text says why */
    uint64_t process_id, thread_id;
    uint64_t window_base, window_bytes;
    /* Committed memory in the window: services take addresses in the window only, so the
     * front's first calls have their arguments here. The program's from then on. */
    uint64_t start_address, start_bytes;
    uint64_t standard_handle[3]; /* 0: none */
    uint32_t windows_major, windows_minor, windows_build;
    char current_directory[1024]; /* "C:\\" or "Z:\\home\\…" in UTF-8 */
    char text[256];
};

/* A child that a program has announced. */
enum wire_child_flags {
    WIRE_CHILD_INHERITS = 1,  /* the parent's inheritable handles, by the same numbers */
    WIRE_CHILD_STANDARD = 2,  /* standard handles that the parent names */
    WIRE_CHILD_SUSPENDED = 4, /* its first thread does not begin yet */
};
struct wire_child {
    uint64_t ticket;
    char image[4096], directory[4096]; /* paths of the host */
};

struct wire_text {
    uint32_t kind;
    uint32_t code;
    uint32_t is_last;
    uint32_t length;
    char text[]; /* length bytes, at most WIRE_TEXT */
};
#define WIRE_TEXT 60000u

/* Where machines live: $COVE_RUNTIME_DIR, else $XDG_RUNTIME_DIR/cove, else /tmp/cove-<uid>;
 * a machine NAME is NAME.sock (and NAME.lock) there. */

#endif
