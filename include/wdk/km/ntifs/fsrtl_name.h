/* SPDX-License-Identifier: MIT */
/* ntifs/fsrtl_name.h - file names: which characters are legal, wild cards, parts of a
 * path, and the tunnel that remembers names of deleted files. Part of ntifs.h.
 */
#ifndef _NTIFS_FSRTL_NAME_
#define _NTIFS_FSRTL_NAME_

#ifdef __cplusplus
extern "C" {
#endif

extern NTKERNELAPI const UCHAR *const FsRtlLegalAnsiCharacterArray;
#define LEGAL_ANSI_CHARACTER_ARRAY FsRtlLegalAnsiCharacterArray
extern NTNLSAPI PUSHORT NlsOemLeadByteInfo;
#define NLS_OEM_LEAD_BYTE_INFO NlsOemLeadByteInfo
extern NTNLSAPI BOOLEAN NlsMbCodePageTag;
extern NTNLSAPI BOOLEAN NlsMbOemCodePageTag;
#define NLS_MB_CODE_PAGE_TAG     NlsMbCodePageTag
#define NLS_MB_OEM_CODE_PAGE_TAG NlsMbOemCodePageTag

typedef signed char SCHAR, *PSCHAR;

#define FSRTL_FAT_LEGAL         0x01
#define FSRTL_HPFS_LEGAL        0x02
#define FSRTL_NTFS_LEGAL        0x04
#define FSRTL_WILD_CHARACTER    0x08
#define FSRTL_OLE_LEGAL         0x10
#define FSRTL_NTFS_STREAM_LEGAL (FSRTL_NTFS_LEGAL | FSRTL_OLE_LEGAL)

/* Wild cards that the Win32 rules for '*', '?' and '.' are translated to. */
#define DOS_STAR      (L'<')
#define DOS_QM        (L'>')
#define DOS_DOT       (L'"')
#define ANSI_DOS_STAR ('<')
#define ANSI_DOS_QM   ('>')
#define ANSI_DOS_DOT  ('"')

#define FsRtlTestAnsiCharacter(C, DEFAULT_RET, WILD_OK, FLAGS)  \
    (((SCHAR)(C) < 0) ? (DEFAULT_RET)                           \
                      : FlagOn(LEGAL_ANSI_CHARACTER_ARRAY[(C)], \
                               (FLAGS) | ((WILD_OK) ? FSRTL_WILD_CHARACTER : 0)))
#define FsRtlIsAnsiCharacterWild(C) FsRtlTestAnsiCharacter((C), FALSE, FALSE, FSRTL_WILD_CHARACTER)
#define FsRtlIsAnsiCharacterLegalFat(C, WILD) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD), FSRTL_FAT_LEGAL)
#define FsRtlIsAnsiCharacterLegalHpfs(C, WILD) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD), FSRTL_HPFS_LEGAL)
#define FsRtlIsAnsiCharacterLegalNtfs(C, WILD) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD), FSRTL_NTFS_LEGAL)
#define FsRtlIsAnsiCharacterLegalNtfsStream(C, WILD_OK) \
    FsRtlTestAnsiCharacter((C), TRUE, (WILD_OK), FSRTL_NTFS_STREAM_LEGAL)
#define FsRtlIsAnsiCharacterLegal(C, FLAGS) FsRtlTestAnsiCharacter((C), TRUE, FALSE, (FLAGS))
#define FsRtlIsUnicodeCharacterWild(C) \
    ((((C) >= 0x40) ? FALSE : FlagOn(LEGAL_ANSI_CHARACTER_ARRAY[(C)], FSRTL_WILD_CHARACTER)))
#define FsRtlIsLeadDbcsCharacter(DBCS_CHAR) \
    ((BOOLEAN)((UCHAR)(DBCS_CHAR) < 0x80    \
                   ? FALSE                  \
                   : (NLS_MB_CODE_PAGE_TAG && (NLS_OEM_LEAD_BYTE_INFO[(UCHAR)(DBCS_CHAR)] != 0))))

#ifndef FlagOn
#define FlagOn(_F, _SF) ((_F) & (_SF))
#endif
#ifndef BooleanFlagOn
#define BooleanFlagOn(F, SF) ((BOOLEAN)(((F) & (SF)) != 0))
#endif
#ifndef SetFlag
#define SetFlag(_F, _SF) ((_F) |= (_SF))
#endif
#ifndef ClearFlag
#define ClearFlag(_F, _SF) ((_F) &= ~(_SF))
#endif

NTKERNELAPI VOID NTAPI FsRtlDissectName(UNICODE_STRING Path, PUNICODE_STRING FirstName,
                                        PUNICODE_STRING RemainingName);
NTKERNELAPI VOID NTAPI FsRtlDissectDbcs(ANSI_STRING Path, PANSI_STRING FirstName,
                                        PANSI_STRING RemainingName);
NTKERNELAPI BOOLEAN NTAPI FsRtlDoesNameContainWildCards(PUNICODE_STRING Name);
NTKERNELAPI BOOLEAN NTAPI FsRtlDoesDbcsContainWildCards(PANSI_STRING Name);
NTKERNELAPI BOOLEAN NTAPI FsRtlAreNamesEqual(PCUNICODE_STRING ConstantNameA,
                                             PCUNICODE_STRING ConstantNameB, BOOLEAN IgnoreCase,
                                             PCWCH UpcaseTable);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsNameInExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name,
                                                  BOOLEAN IgnoreCase, PWCH UpcaseTable);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsDbcsInExpression(PANSI_STRING Expression, PANSI_STRING Name);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsFatDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                              BOOLEAN PathNamePermissible,
                                              BOOLEAN LeadingBackslashPermissible);
NTKERNELAPI BOOLEAN NTAPI FsRtlIsHpfsDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                               BOOLEAN PathNamePermissible,
                                               BOOLEAN LeadingBackslashPermissible);
NTKERNELAPI NTSTATUS NTAPI FsRtlRemoveDotsFromPath(PWSTR OriginalString, USHORT PathLength,
                                                   USHORT *NewLength);
NTKERNELAPI NTSTATUS NTAPI FsRtlValidateReparsePointBuffer(ULONG BufferLength,
                                                           PREPARSE_DATA_BUFFER ReparseBuffer);

typedef struct {
    FAST_MUTEX Mutex;
    PRTL_SPLAY_LINKS Cache;
    LIST_ENTRY TimerQueue;
    USHORT NumEntries;
} TUNNEL, *PTUNNEL;
NTKERNELAPI VOID NTAPI FsRtlInitializeTunnelCache(TUNNEL *Cache);
NTKERNELAPI VOID NTAPI FsRtlAddToTunnelCache(TUNNEL *Cache, ULONGLONG DirectoryKey,
                                             UNICODE_STRING *ShortName, UNICODE_STRING *LongName,
                                             BOOLEAN KeyByShortName, ULONG DataLength, VOID *Data);
NTKERNELAPI BOOLEAN NTAPI FsRtlFindInTunnelCache(TUNNEL *Cache, ULONGLONG DirectoryKey,
                                                 UNICODE_STRING *Name, UNICODE_STRING *ShortName,
                                                 UNICODE_STRING *LongName, ULONG *DataLength,
                                                 VOID *Data);
NTKERNELAPI VOID NTAPI FsRtlDeleteKeyFromTunnelCache(TUNNEL *Cache, ULONGLONG DirectoryKey);
NTKERNELAPI VOID NTAPI FsRtlDeleteTunnelCache(TUNNEL *Cache);

#ifdef __cplusplus
}
#endif
#endif
