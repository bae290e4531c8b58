/* SPDX-License-Identifier: MIT */
/* number_test.c - numbers, memory, time, characters: the exported forms, errno and edges. */
#include "program_fake.h"

#include "cxx.h"

int32_t WINAPI ucrt_strtol(const char *text, char **end, int base);
uint32_t WINAPI ucrt_strtoul(const char *text, char **end, int base);
int64_t WINAPI ucrt__strtoi64(const char *text, char **end, int base);
double WINAPI ucrt_strtod(const char *text, char **end);
int WINAPI ucrt_rand(void);
void WINAPI ucrt_srand(unsigned seed);
void *WINAPI ucrt_malloc(size_t size);
void *WINAPI ucrt_calloc(size_t count, size_t size);
void *WINAPI ucrt_realloc(void *block, size_t size);
void *WINAPI ucrt__recalloc(void *block, size_t count, size_t size);
void WINAPI ucrt_free(void *block);
size_t WINAPI ucrt__msize(void *block);
void *WINAPI ucrt__aligned_malloc(size_t size, size_t alignment);
void *WINAPI ucrt__aligned_offset_malloc(size_t size, size_t alignment, size_t offset);
void *WINAPI ucrt__aligned_realloc(void *memory, size_t size, size_t alignment);
void WINAPI ucrt__aligned_free(void *memory);
struct crt_tm *WINAPI ucrt__gmtime64(const int64_t *seconds);
struct crt_tm *WINAPI ucrt__localtime64(const int64_t *seconds);
int64_t WINAPI ucrt__mktime64(struct crt_tm *tm);
char *WINAPI ucrt_asctime(const struct crt_tm *tm);
char *WINAPI msvcrt_asctime(const struct crt_tm *tm);
size_t WINAPI ucrt_strftime(char *out, size_t size, const char *format, const struct crt_tm *tm);
int WINAPI ucrt_mbtowc(wchar_t *out, const char *text, size_t count);
size_t WINAPI ucrt_mbrtowc(wchar_t *out, const char *text, size_t count, int *state);
int WINAPI ucrt_wctomb(char *out, wchar_t character);
size_t WINAPI ucrt_wcrtomb(char *out, wchar_t character, int *state);
int WINAPI ucrt_mbstowcs_s(size_t *used, wchar_t *to, size_t size, const char *from, size_t count);
char *WINAPI ucrt_strtok(char *text, const char *delimiters);
char *WINAPI ucrt_strerror(int error);
char *WINAPI ucrt_setlocale(int category, const char *locale);
double WINAPI ucrt_sqrt(double x);
double WINAPI ucrt_pow(double x, double y);
unsigned WINAPI ucrt__controlfp(unsigned value, unsigned mask);
int WINAPI ucrt__fpclass(double x);
void WINAPI ucrt__splitpath(const char *path, char *drive, char *folder, char *name, char *type);

/* Numbers of packed exception tables: each length at its ends, and what comes after them. */
static void packed_numbers(void **state)
{
    static const struct {
        uint8_t bytes[5];
        unsigned count;
        uint32_t value;
    } forms[] = {
        {{0x00}, 1, 0},
        {{0xfe}, 1, 127},
        {{0x01, 0x02}, 2, 128},
        {{0xfd, 0xff}, 2, 16383},
        {{0x03, 0x00, 0x02}, 3, 16384},
        {{0xfb, 0xff, 0xff}, 3, 2097151},
        {{0x07, 0x00, 0x00, 0x02}, 4, 2097152},
        {{0xf7, 0xff, 0xff, 0xff}, 4, 268435455},
        {{0x0f, 0x00, 0x00, 0x00, 0x10}, 5, 268435456},
        {{0xff, 0xff, 0xff, 0xff, 0xff}, 5, UINT32_MAX},
    };
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++) {
        const uint8_t *at = forms[i].bytes;
        assert_int_equal(cxx_number(&at), forms[i].value);
        assert_int_equal(at - forms[i].bytes, forms[i].count);
    }
}

static void numbers(void **state)
{
    char *end;
    program_begin();
    crt_thread()->error = 0;
    assert_int_equal(ucrt_strtol(" -12x", &end, 10), -12);
    assert_string_equal(end, "x");
    assert_int_equal(crt_thread()->error, 0);
    assert_int_equal(ucrt_strtol("3000000000", NULL, 10), INT32_MAX);
    assert_int_equal(crt_thread()->error, ERANGE);
    assert_int_equal(ucrt_strtoul("0xffffffff", NULL, 0), UINT32_MAX);
    assert_int_equal(ucrt__strtoi64("-9223372036854775808", NULL, 10), INT64_MIN);
    const char *text = "12";
    assert_int_equal(ucrt_strtol(text, &end, 1), 0);
    assert_ptr_equal(end, text);
    assert_int_equal(crt_thread()->error, EINVAL);
    assert_true(ucrt_strtod("1.5e1z", &end) == 15 && *end == 'z');
    crt_thread()->error = 0;
    ucrt_strtod("1e999", NULL);
    assert_int_equal(crt_thread()->error, ERANGE);
    ucrt_srand(1);
    assert_int_equal(ucrt_rand(), 41);
    assert_int_equal(ucrt_rand(), 18467);
    program_end();
}

static void mathematics(void **state)
{
    program_begin();
    crt_thread()->error = 0;
    assert_true(ucrt_pow(2, 10) == 1024);
    assert_int_equal(crt_thread()->error, 0);
    ucrt_sqrt(-1);
    assert_int_equal(crt_thread()->error, EDOM);
    ucrt_pow(10, 400);
    assert_int_equal(crt_thread()->error, ERANGE);
    unsigned old = ucrt__controlfp(0, 0);
    assert_int_equal(ucrt__controlfp(0x300, 0x300) & 0x300, 0x300);
    assert_int_equal(__builtin_ia32_stmxcsr() >> 13 & 3, 3);
    assert_int_equal(ucrt__controlfp(old, 0x300), old);
    assert_int_equal(ucrt__fpclass(-0.0), 0x20);
    assert_int_equal(ucrt__fpclass(1.0), 0x100);
    program_end();
}

static void memory(void **state)
{
    program_begin();
    int blocks = fake_blocks;
    char *block = ucrt_malloc(10);
    assert_int_equal(ucrt__msize(block), 10);
    block = ucrt_realloc(block, 20);
    assert_int_equal(ucrt__msize(block), 20);
    memset(block, 1, 20);
    block = ucrt__recalloc(block, 5, 8);
    assert_true(block[19] == 1 && !block[20] && !block[39]);
    assert_null(ucrt_realloc(block, 0));
    assert_null(ucrt_calloc(SIZE_MAX / 2, 3));
    assert_int_equal(crt_thread()->error, ENOMEM);
    block = ucrt_calloc(0, 8);
    assert_non_null(block);
    ucrt_free(block);
    ucrt_free(NULL);
    blocks += 1; /* the thread's own, made by errno */
    assert_int_equal(fake_blocks, blocks);
    block = ucrt__aligned_malloc(100, 256);
    assert_int_equal((uintptr_t)block % 256, 0);
    memset(block, 7, 100);
    block = ucrt__aligned_realloc(block, 1000, 512);
    assert_true((uintptr_t)block % 512 == 0 && block[99] == 7);
    ucrt__aligned_free(block);
    block = ucrt__aligned_offset_malloc(100, 64, 5);
    assert_int_equal(((uintptr_t)block + 5) % 64, 0);
    ucrt__aligned_free(block);
    assert_null(ucrt__aligned_malloc(10, 3));
    assert_int_equal(fake_blocks, blocks);
    program_end();
}

static void calendar(void **state)
{
    int64_t time = 951782400, early = -1; /* 29 February 2000 */
    char text[32];
    program_begin();
    struct crt_tm tm = *ucrt__gmtime64(&time);
    assert_true(tm.tm_year == 100 && tm.tm_mon == 1 && tm.tm_mday == 29 && tm.tm_wday == 2);
    assert_string_equal(ucrt_asctime(&tm), "Tue Feb 29 00:00:00 2000\n");
    tm.tm_mday = 1;
    assert_string_equal(ucrt_asctime(&tm) + 8, " 1 00:00:00 2000\n");
    assert_string_equal(msvcrt_asctime(&tm) + 8, "01 00:00:00 2000\n");
    assert_null(ucrt__gmtime64(&early));
    assert_int_equal(crt_thread()->error, EINVAL);
    assert_int_equal(ucrt_strftime(text, sizeof text, "%Y-%m-%d", &tm), 10);
    assert_string_equal(text, "2000-02-01");
    assert_int_equal(ucrt_strftime(text, 5, "%Y-%m-%d", &tm), 0);
    assert_int_equal(crt_thread()->error, ERANGE);
    tm = *ucrt__localtime64(&time);
    tm.tm_wday = tm.tm_yday = 0;
    assert_int_equal(ucrt__mktime64(&tm), time);
    assert_int_equal(tm.tm_yday, ucrt__localtime64(&time)->tm_yday);
    program_end();
}

static void characters(void **state)
{
    wchar_t wide[8];
    char bytes[8];
    size_t used;
    int shift = 0;
    program_begin();
    assert_int_equal(ucrt_mbtowc(wide, "\xe2\x82\xac", 3), 3);
    assert_int_equal(wide[0], 0x20ac);
    assert_int_equal(ucrt_mbtowc(wide, "\xe2\x82", 2), -1);
    assert_int_equal(ucrt_mbtowc(wide, "", 1), 0);
    assert_int_equal(ucrt_wctomb(bytes, 0xe9), 2);
    assert_int_equal(ucrt_wctomb(bytes, 0xd800), -1);
    assert_int_equal(crt_thread()->error, CRT_EILSEQ);
    assert_int_equal(ucrt_mbrtowc(wide, "\xf0\x9f\x98\x80", 4, &shift), 3);
    assert_int_equal(ucrt_mbrtowc(wide + 1, "\x80", 1, &shift), 1);
    assert_true(wide[0] == 0xd83d && wide[1] == 0xde00 && !shift);
    assert_int_equal(ucrt_wcrtomb(bytes, 0xd83d, &shift), 0);
    assert_int_equal(ucrt_wcrtomb(bytes, 0xde00, &shift), 4);
    assert_memory_equal(bytes, "\xf0\x9f\x98\x80", 4);
    assert_int_equal(ucrt_mbstowcs_s(&used, wide, 8, "abc", 8), 0);
    assert_int_equal(used, 4);
    assert_int_equal(ucrt_mbstowcs_s(&used, wide, 3, "abc", CRT_TRUNCATE), CRT_STRUNCATE);
    assert_true(used == 3 && !wide[2]);
    assert_int_equal(ucrt_mbstowcs_s(&used, wide, 3, "abc", 8), ERANGE);
    assert_int_equal(wide[0], 0);
    program_end();
}

static void texts(void **state)
{
    char text[] = "a,b", drive[4], folder[16], name[16], type[8];
    program_begin();
    assert_string_equal(ucrt_strtok(text, ","), "a");
    assert_string_equal(ucrt_strtok(NULL, ","), "b");
    assert_null(ucrt_strtok(NULL, ","));
    assert_string_equal(ucrt_strerror(ENOENT), "No such file or directory");
    assert_string_equal(ucrt_strerror(12345), "Unknown error");
    assert_string_equal(ucrt_setlocale(0, ""), "C");
    assert_null(ucrt_setlocale(0, "de_DE"));
    ucrt__splitpath("C:\\a.b\\c.txt", drive, folder, name, type);
    assert_string_equal(drive, "C:");
    assert_string_equal(folder, "\\a.b\\");
    assert_string_equal(name, "c");
    assert_string_equal(type, ".txt");
    program_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_numbers), cmocka_unit_test(numbers),  cmocka_unit_test(mathematics),
        cmocka_unit_test(memory),         cmocka_unit_test(calendar), cmocka_unit_test(characters),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
