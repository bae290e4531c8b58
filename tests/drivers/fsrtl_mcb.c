/* SPDX-License-Identifier: MIT */
/* fsrtl_mcb.c - map control blocks: runs, holes, what joins, what is refused. */
#include <ntifs.h>

#include "drivertest.h"

static BOOLEAN run_is(PLARGE_MCB mcb, ULONG index, LONGLONG vbn, LONGLONG lbn, LONGLONG count)
{
    LONGLONG v = -2, l = -2, c = -2;
    return FsRtlGetNextLargeMcbEntry(mcb, index, &v, &l, &c) && v == vbn && l == lbn && c == count;
}

static void runs(void)
{
    LARGE_MCB mcb;
    LONGLONG vbn = 0, lbn = 0, count = 0, run_lbn = 0, run_count = 0;
    ULONG index = 9;
    FsRtlInitializeLargeMcb(&mcb, PagedPool);
    expect_number(FsRtlNumberOfRunsInLargeMcb(&mcb), 0);
    expect(!FsRtlLookupLargeMcbEntry(&mcb, 0, &lbn, NULL, NULL, NULL, NULL));
    expect(!FsRtlLookupLastLargeMcbEntry(&mcb, &vbn, &lbn));
    expect(FsRtlAddLargeMcbEntry(&mcb, 10, 1000, 5));
    expect_number(FsRtlNumberOfRunsInLargeMcb(&mcb), 2);
    expect(run_is(&mcb, 0, 0, -1, 10) && run_is(&mcb, 1, 10, 1000, 5));
    expect(!FsRtlGetNextLargeMcbEntry(&mcb, 2, &vbn, &lbn, &count));
    /* One that goes on where the last ended, one that overlaps and agrees, one that does not. */
    expect(FsRtlAddLargeMcbEntry(&mcb, 15, 1005, 5));
    expect(FsRtlAddLargeMcbEntry(&mcb, 18, 1008, 4));
    expect(!FsRtlAddLargeMcbEntry(&mcb, 21, 2000, 3));
    expect(!FsRtlAddLargeMcbEntry(&mcb, -1, 5, 1) && !FsRtlAddLargeMcbEntry(&mcb, 1, 5, 0));
    expect(run_is(&mcb, 1, 10, 1000, 12));
    expect(FsRtlLookupLargeMcbEntry(&mcb, 12, &lbn, &count, &run_lbn, &run_count, &index));
    expect(lbn == 1002 && count == 10 && run_lbn == 1000 && run_count == 12 && index == 1);
    expect(FsRtlLookupLargeMcbEntry(&mcb, 3, &lbn, &count, NULL, NULL, NULL));
    expect(lbn == -1 && count == 7);
    expect(FsRtlLookupLastLargeMcbEntryAndIndex(&mcb, &vbn, &lbn, &index));
    expect(vbn == 21 && lbn == 1011 && index == 1);
    FsRtlUninitializeLargeMcb(&mcb);
}

static void changes(void)
{
    LARGE_MCB mcb;
    LONGLONG vbn = 0, lbn = 0;
    FsRtlInitializeLargeMcb(&mcb, NonPagedPoolNx);
    expect(FsRtlAddLargeMcbEntry(&mcb, 0, 100, 20));
    FsRtlRemoveLargeMcbEntry(&mcb, 5, 5);
    expect_number(FsRtlNumberOfRunsInLargeMcb(&mcb), 3);
    expect(run_is(&mcb, 0, 0, 100, 5) && run_is(&mcb, 1, 5, -1, 5));
    expect(run_is(&mcb, 2, 10, 110, 10));
    expect(FsRtlAddLargeMcbEntry(&mcb, 5, 105, 5)); /* the hole is filled as it was */
    expect(FsRtlNumberOfRunsInLargeMcb(&mcb) == 1 && run_is(&mcb, 0, 0, 100, 20));
    expect(FsRtlSplitLargeMcb(&mcb, 8, 4));
    expect(run_is(&mcb, 0, 0, 100, 8) && run_is(&mcb, 1, 8, -1, 4) && run_is(&mcb, 2, 12, 108, 12));
    expect(FsRtlSplitLargeMcb(&mcb, 100, 4)); /* behind the end: nothing moves */
    expect_number(FsRtlNumberOfRunsInLargeMcb(&mcb), 3);
    FsRtlTruncateLargeMcb(&mcb, 14);
    expect(run_is(&mcb, 2, 12, 108, 2));
    FsRtlTruncateLargeMcb(&mcb, 12); /* the hole before goes as well */
    expect(FsRtlLookupLastLargeMcbEntry(&mcb, &vbn, &lbn) && vbn == 7 && lbn == 107);
    FsRtlRemoveLargeMcbEntry(&mcb, 6, 100);
    expect(FsRtlNumberOfRunsInLargeMcb(&mcb) == 1 && run_is(&mcb, 0, 0, 100, 6));
    FsRtlResetLargeMcb(&mcb, FALSE);
    expect_number(FsRtlNumberOfRunsInLargeMcb(&mcb), 0);
    FsRtlUninitializeLargeMcb(&mcb);
}

/* Against a plain array of blocks, with changes drawn from a fixed seed. */
static void model(void)
{
    enum { BLOCKS = 64 };
    LONGLONG blocks[BLOCKS], lbn;
    BASE_MCB mcb;
    ULONG seed = 7, wrong = 0;
    RtlFillMemory(blocks, sizeof blocks, 0xff);
    FsRtlInitializeBaseMcb(&mcb, PagedPool);
    for (ULONG round = 0; round < 500; round++) {
        ULONG vbn = RtlRandomEx(&seed) % BLOCKS, count = 1 + RtlRandomEx(&seed) % (BLOCKS - vbn);
        ULONG base = 1000 * (1 + RtlRandomEx(&seed) % 2);
        BOOLEAN agrees = TRUE;
        if (RtlRandomEx(&seed) % 3 == 0) {
            wrong += !FsRtlRemoveBaseMcbEntry(&mcb, vbn, count);
            for (ULONG i = vbn; i < vbn + count; i++)
                blocks[i] = -1;
        } else {
            for (ULONG i = vbn; i < vbn + count; i++)
                agrees = agrees && (blocks[i] == -1 || blocks[i] == base + i);
            wrong += FsRtlAddBaseMcbEntry(&mcb, vbn, base + vbn, count) != agrees;
            for (ULONG i = vbn; agrees && i < vbn + count; i++)
                blocks[i] = base + i;
        }
        for (ULONG i = 0; i < BLOCKS; i++) {
            lbn = -1;
            FsRtlLookupBaseMcbEntry(&mcb, i, &lbn, NULL, NULL, NULL, NULL);
            wrong += lbn != blocks[i];
        }
    }
    expect_number(wrong, 0);
    FsRtlUninitializeBaseMcb(&mcb);
}

static void base(void)
{
    BASE_MCB mcb;
    LONGLONG vbn = 0, lbn = 0, count = 0;
    ULONG index = 7;
    FsRtlInitializeBaseMcb(&mcb, PagedPool);
    expect(FsRtlAddBaseMcbEntry(&mcb, 4, 40, 4));
    expect_number(FsRtlNumberOfRunsInBaseMcb(&mcb), 2);
    expect(FsRtlSplitBaseMcb(&mcb, 6, 2));
    expect(FsRtlGetNextBaseMcbEntry(&mcb, 3, &vbn, &lbn, &count));
    expect(vbn == 8 && lbn == 42 && count == 2);
    expect(FsRtlLookupLastBaseMcbEntry(&mcb, &vbn, &lbn) && vbn == 9 && lbn == 43);
    expect(FsRtlLookupLastBaseMcbEntryAndIndex(&mcb, &vbn, &lbn, &index) && index == 3);
    FsRtlTruncateBaseMcb(&mcb, 5);
    expect(FsRtlLookupLastBaseMcbEntry(&mcb, &vbn, &lbn) && vbn == 4 && lbn == 40);
    FsRtlResetBaseMcb(&mcb);
    expect_number(FsRtlNumberOfRunsInBaseMcb(&mcb), 0);
    FsRtlUninitializeBaseMcb(&mcb);
}

DRIVERTEST_LIST = {DRIVERTEST(runs), DRIVERTEST(changes), DRIVERTEST(model), DRIVERTEST(base),
                   DRIVERTEST_END};
