/* SPDX-License-Identifier: MIT */
/* downtest.c - a 32-bit program that calls 16-bit code through down32.dll.
 *
 *   downtest          calls each function and prints what came back
 *   downtest N        N batches of calls of TextSum; prints nanoseconds a call
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#define BATCH_CALLS 200
#define BATCHES_MAX 10000

typedef struct {
    int Number;
    char Kind;
    long Total;
    short Three[3];
    char *Name;
} SAMPLE;

static DWORD(WINAPI *TextSum)(const char *, int, DWORD);
static BOOL(WINAPI *SampleUpdate)(SAMPLE *, int);
static int(WINAPI *Negate)(int);

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of batches: other processes cost some of them much. */
static int calls_time(int batches)
{
    static double ns[BATCHES_MAX];
    LARGE_INTEGER frequency, begin, end;
    DWORD sum = 0;
    if (batches < 1 || batches > BATCHES_MAX)
        return 2;
    QueryPerformanceFrequency(&frequency);
    for (int i = 0; i < batches; i++) {
        QueryPerformanceCounter(&begin);
        for (int k = 0; k < BATCH_CALLS; k++)
            sum += TextSum("flat", 4, (DWORD)k);
        QueryPerformanceCounter(&end);
        ns[i] = (double)(end.QuadPart - begin.QuadPart) * 1e9 / (double)frequency.QuadPart /
                BATCH_CALLS;
    }
    qsort(ns, (size_t)batches, sizeof *ns, by_value);
    printf("%.0f ns\n", ns[batches / 2]);
    return sum == 0;
}

int main(int argc, char **argv)
{
    char text[] = "flat thunk", name[] = "Name";
    SAMPLE sample = {-7, 'a', 100000, {1, 2, 3}, name};
    HMODULE library = LoadLibraryA("down32.dll");
    if (!library) {
        printf("not loaded\n");
        return 3;
    }
    *(FARPROC *)&TextSum = GetProcAddress(library, "TextSum");
    *(FARPROC *)&SampleUpdate = GetProcAddress(library, "SampleUpdate");
    *(FARPROC *)&Negate = GetProcAddress(library, "Negate");
    if (argc > 1)
        return calls_time(atoi(argv[1]));
    printf("sum %lu\n", TextSum(text, (int)strlen(text), 1000000));
    printf("negate %d %d\n", Negate(1234), Negate(-32767));
    printf("update %d\n", SampleUpdate(&sample, 3));
    printf("sample %d %c %ld %d %d %d %s\n", sample.Number, sample.Kind, sample.Total,
           sample.Three[0], sample.Three[1], sample.Three[2], sample.Name);
    printf("same name %d\n", sample.Name == name);
    FreeLibrary(library);
    return 0;
}
