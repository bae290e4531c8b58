/* rich.h - what drivers' headers have. */
#ifndef RICH_H
#define RICH_H
#define IOCTL_RICH CTL_CODE(1, 2, 3, 4)
DEFINE_GUID(GUID_RICH, 0x12, (1), 3);
typedef enum _RICH_KIND { RichA = 1, RichB } RICH_KIND;
typedef struct _PIECE {
    UCHAR Kind;
    PVOID Where;
    USHORT Pair[2][2];
} PIECE, *PPIECE;
struct tagged {
    LONG_PTR Sign;
    LARGE_INTEGER At;
};
typedef struct _RICH {
    RICH_KIND What;
    PIECE Pieces[3];
    struct tagged Tagged;
    HANDLE Handles[4];
    const WCHAR *Wide;
    struct _RICH *Next;
    unsigned long long Big;
    SIZE_T Count;
    LONG Status, Other;
} RICH;
#endif
