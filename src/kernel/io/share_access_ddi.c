/* SPDX-License-Identifier: MIT */
/* share_access_ddi.c - who shares an open file with whom: the bookkeeping of file systems.
 *
 * In: what an opener wants and lets others do; out: may it, and the counts brought up to
 * date. The caller serialises by its own lock, which may be a fast mutex (APC_LEVEL).
 */
#include "io_internal.h"

static void share_fill(PFILE_OBJECT file, ACCESS_MASK desired, ULONG share)
{
    file->ReadAccess = (desired & (FILE_EXECUTE | FILE_READ_DATA)) != 0;
    file->WriteAccess = (desired & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    file->DeleteAccess = (desired & DELETE) != 0;
    bool is_any = file->ReadAccess || file->WriteAccess || file->DeleteAccess;
    file->SharedRead = is_any && (share & FILE_SHARE_READ);
    file->SharedWrite = is_any && (share & FILE_SHARE_WRITE);
    file->SharedDelete = is_any && (share & FILE_SHARE_DELETE);
}

/* An opener that neither reads, writes nor deletes shares everything and is not counted. */
static bool share_is_counted(PFILE_OBJECT file)
{
    return file->ReadAccess || file->WriteAccess || file->DeleteAccess;
}

static void share_add(PFILE_OBJECT file, PSHARE_ACCESS share, ULONG by)
{
    if (!share_is_counted(file))
        return;
    share->OpenCount += by;
    share->Readers += file->ReadAccess ? by : 0;
    share->Writers += file->WriteAccess ? by : 0;
    share->Deleters += file->DeleteAccess ? by : 0;
    share->SharedRead += file->SharedRead ? by : 0;
    share->SharedWrite += file->SharedWrite ? by : 0;
    share->SharedDelete += file->SharedDelete ? by : 0;
}

static bool share_conflicts(PFILE_OBJECT file, const SHARE_ACCESS *share)
{
    ULONG all = share->OpenCount;
    return (file->ReadAccess && share->SharedRead < all) ||
           (file->WriteAccess && share->SharedWrite < all) ||
           (file->DeleteAccess && share->SharedDelete < all) ||
           (share->Readers != 0 && !file->SharedRead) ||
           (share->Writers != 0 && !file->SharedWrite) ||
           (share->Deleters != 0 && !file->SharedDelete);
}

/* Doc:     wdm.h IoCheckShareAccess */
NTSTATUS NTAPI IoCheckShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess,
                                  PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess,
                                  BOOLEAN Update)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    share_fill(FileObject, DesiredAccess, DesiredShareAccess);
    if (!share_is_counted(FileObject))
        return STATUS_SUCCESS;
    if (share_conflicts(FileObject, ShareAccess))
        return STATUS_SHARING_VIOLATION;
    if (Update)
        share_add(FileObject, ShareAccess, 1);
    return STATUS_SUCCESS;
}

/* Doc:     wdm.h IoSetShareAccess */
VOID NTAPI IoSetShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess,
                            PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    *ShareAccess = (SHARE_ACCESS){0};
    share_fill(FileObject, DesiredAccess, DesiredShareAccess);
    share_add(FileObject, ShareAccess, 1);
}

/* WritePermission says whether an opener that only writes may write at all (a stream that others
 * have mapped, say); what it may not do it does not deny others either.
 * Doc:     wdm.h IoCheckShareAccessEx
 */
NTSTATUS NTAPI IoCheckShareAccessEx(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess,
                                    PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess,
                                    BOOLEAN Update, PBOOLEAN WritePermission)
{
    if (WritePermission != NULL && !*WritePermission)
        DesiredAccess &= ~(ACCESS_MASK)(FILE_WRITE_DATA | FILE_APPEND_DATA);
    return IoCheckShareAccess(DesiredAccess, DesiredShareAccess, FileObject, ShareAccess, Update);
}

/* Doc:     wdm.h IoSetShareAccessEx */
VOID NTAPI IoSetShareAccessEx(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess,
                              PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess,
                              PBOOLEAN WritePermission)
{
    if (WritePermission != NULL && !*WritePermission)
        DesiredAccess &= ~(ACCESS_MASK)(FILE_WRITE_DATA | FILE_APPEND_DATA);
    IoSetShareAccess(DesiredAccess, DesiredShareAccess, FileObject, ShareAccess);
}

/* Doc:     wdm.h IoRemoveShareAccess */
VOID NTAPI IoRemoveShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    share_add(FileObject, ShareAccess, (ULONG)-1);
}

/* Doc:     wdm.h IoUpdateShareAccess */
VOID NTAPI IoUpdateShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    share_add(FileObject, ShareAccess, 1);
}
