/* SPDX-License-Identifier: MIT */
/* stream_test.c - files through streams and descriptors: modes, line ends, places, failures. */
#include "program_fake.h"

struct stream *WINAPI ucrt_fopen(const char *path, const char *mode);
struct stream *WINAPI ucrt_freopen(const char *path, const char *mode, struct stream *stream);
struct stream *WINAPI ucrt__fdopen(int fd, const char *mode);
int WINAPI ucrt_fopen_s(struct stream **out, const char *path, const char *mode);
int WINAPI ucrt_fclose(struct stream *stream);
int WINAPI ucrt_fgetc(struct stream *stream);
int WINAPI ucrt_fputc(int character, struct stream *stream);
int WINAPI ucrt_ungetc(int character, struct stream *stream);
int WINAPI ucrt_fputs(const char *text, struct stream *stream);
char *WINAPI ucrt_fgets(char *out, int count, struct stream *stream);
size_t WINAPI ucrt_fread(void *data, size_t size, size_t count, struct stream *stream);
size_t WINAPI ucrt_fwrite(const void *data, size_t size, size_t count, struct stream *stream);
int WINAPI ucrt_fseek(struct stream *stream, int32_t distance, int method);
int32_t WINAPI ucrt_ftell(struct stream *stream);
void WINAPI ucrt_rewind(struct stream *stream);
int WINAPI ucrt_feof(struct stream *stream);
int WINAPI ucrt_ferror(struct stream *stream);
int WINAPI ucrt_setvbuf(struct stream *stream, char *buffer, int mode, size_t size);
wchar_t WINAPI ucrt_fgetwc(struct stream *stream);
wchar_t WINAPI ucrt_fputwc(wchar_t character, struct stream *stream);
wchar_t WINAPI ucrt_ungetwc(wchar_t character, struct stream *stream);
int WINAPI ucrt__flsbuf(int character, struct stream *stream);
int WINAPI ucrt__open(const char *path, int flags, int mode);
int WINAPI ucrt__close(int fd);
int WINAPI ucrt__read(int fd, void *buffer, unsigned count);
int WINAPI ucrt__write(int fd, const void *buffer, unsigned count);
int WINAPI ucrt__setmode(int fd, int mode);
int WINAPI ucrt__chsize(int fd, int32_t size);
int64_t WINAPI ucrt__filelengthi64(int fd);

static void text_out(void **state)
{
    program_begin();
    int blocks = fake_blocks, handles = fake_handles;
    struct stream *file = ucrt_fopen("a.txt", "w");
    assert_non_null(file);
    assert_int_equal(ucrt_fputs("one\ntwo\n", file), 0);
    assert_int_equal(ucrt_ftell(file), 10);
    assert_int_equal(ucrt_fclose(file), 0);
    assert_string_equal(fake_text("a.txt"), "one\r\ntwo\r\n");
    assert_int_equal(fake_blocks, blocks);
    assert_int_equal(fake_handles, handles);
    program_end();
}

static void text_in(void **state)
{
    char line[16];
    program_begin();
    fake_file_make("a.txt", "one\r\ntw\ro\r\n\x1ahidden");
    struct stream *file = ucrt_fopen("a.txt", "r");
    assert_string_equal(ucrt_fgets(line, sizeof line, file), "one\n");
    assert_int_equal(ucrt_ftell(file), 5);
    assert_string_equal(ucrt_fgets(line, sizeof line, file), "tw\ro\n");
    assert_int_equal(ucrt_ftell(file), 11);
    assert_null(ucrt_fgets(line, sizeof line, file));
    assert_true(ucrt_feof(file));
    assert_int_equal(ucrt_fseek(file, 5, 0), 0);
    assert_false(ucrt_feof(file));
    assert_int_equal(ucrt_fgetc(file), 't');
    assert_int_equal(ucrt_fseek(file, 1, 1), 0);
    assert_int_equal(ucrt_fgetc(file), '\r');
    ucrt_fclose(file);
    program_end();
}

/* "\r" and "\n" in two buffers, and a "\r" at the very end. */
static void text_split(void **state)
{
    enum { COUNT = 4096 };
    static char bytes[COUNT + 4];
    program_begin();
    memset(bytes, 'x', COUNT);
    strcpy(bytes + COUNT - 1, "\r\ny\r");
    fake_file_make("a.txt", bytes);
    struct stream *file = ucrt_fopen("a.txt", "r");
    for (int i = 0; i < COUNT - 1; i++)
        assert_int_equal(ucrt_fgetc(file), 'x');
    assert_int_equal(ucrt_fgetc(file), '\n');
    assert_int_equal(ucrt_ftell(file), COUNT + 1);
    assert_int_equal(ucrt_fgetc(file), 'y');
    assert_int_equal(ucrt_fgetc(file), '\r');
    assert_int_equal(ucrt_fgetc(file), CRT_EOF);
    ucrt_fclose(file);
    program_end();
}

static void binary_update(void **state)
{
    char bytes[8];
    program_begin();
    struct stream *file = ucrt_fopen("b.bin", "w+b");
    assert_int_equal(ucrt_fwrite("\x01\n\x02\n", 1, 4, file), 4);
    ucrt_rewind(file);
    assert_int_equal(ucrt_fread(bytes, 1, 2, file), 2);
    assert_memory_equal(bytes, "\x01\n", 2);
    assert_int_equal(ucrt_fseek(file, 0, 1), 0);
    assert_int_equal(ucrt_fputc('Z', file), 'Z');
    assert_int_equal(ucrt_fseek(file, -1, 2), 0);
    assert_int_equal(ucrt_fread(bytes, 1, 8, file), 1);
    assert_true(ucrt_feof(file));
    ucrt_fclose(file);
    assert_memory_equal(fake_text("b.bin"), "\x01\nZ\n", 4);
    program_end();
}

static void append(void **state)
{
    program_begin();
    fake_file_make("log", "1");
    struct stream *file = ucrt_fopen("log", "ab");
    ucrt_fputs("2", file);
    assert_int_equal(ucrt_ftell(file), 2);
    ucrt_fseek(file, 0, 0);
    ucrt_fputs("3", file);
    ucrt_fclose(file);
    assert_string_equal(fake_text("log"), "123");
    program_end();
}

static void push_back(void **state)
{
    program_begin();
    fake_file_make("a", "bc");
    struct stream *file = ucrt_fopen("a", "rb");
    assert_int_equal(ucrt_ungetc('a', file), 'a');
    assert_int_equal(ucrt_fgetc(file), 'a');
    assert_int_equal(ucrt_fgetc(file), 'b');
    assert_int_equal(ucrt_fgetc(file), 'c');
    assert_int_equal(ucrt_fgetc(file), CRT_EOF);
    assert_int_equal(ucrt_ungetc('!', file), '!');
    assert_false(ucrt_feof(file));
    assert_int_equal(ucrt_fgetc(file), '!');
    assert_int_equal(ucrt_ungetc(CRT_EOF, file), CRT_EOF);
    ucrt_fclose(file);
    program_end();
}

/* What msvcrt's inline putc does. */
static void inline_put(void **state)
{
    program_begin();
    struct stream *file = ucrt_fopen("a", "wb");
    ucrt_setvbuf(file, NULL, 0, 4);
    for (int c = 'a'; c < 'a' + 11; c++) {
        if (--file->count >= 0)
            *file->at++ = (char)c;
        else
            assert_int_equal(ucrt__flsbuf(c, file), c);
    }
    assert_int_equal(ucrt_ftell(file), 11);
    ucrt_fclose(file);
    assert_string_equal(fake_text("a"), "abcdefghijk");
    program_end();
}

static void buffering(void **state)
{
    program_begin();
    struct stream *file = ucrt_fopen("a", "wb");
    assert_int_equal(ucrt_setvbuf(file, NULL, 0x40, 64), 0);
    ucrt_fputs("no line", file);
    assert_string_equal(fake_text("a"), "");
    ucrt_fputs(" end\nnext", file);
    assert_string_equal(fake_text("a"), "no line end\nnext");
    assert_int_equal(ucrt_setvbuf(file, NULL, 4, 0), 0);
    ucrt_fputs("!", file);
    assert_string_equal(fake_text("a"), "no line end\nnext!");
    assert_int_equal(ucrt_setvbuf(file, NULL, 3, 64), -1);
    ucrt_fclose(file);
    program_end();
}

static void wide(void **state)
{
    static const wchar_t text[] = {'a', 0x20ac, 0xd83d, 0xde00, '\n'};
    program_begin();
    struct stream *file = ucrt_fopen("w", "w");
    for (int i = 0; i < 5; i++)
        assert_int_equal(ucrt_fputwc(text[i], file), text[i]);
    ucrt_fclose(file);
    assert_string_equal(fake_text("w"), "a\xe2\x82\xac\xf0\x9f\x98\x80\r\n");
    file = ucrt_fopen("w", "r");
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ucrt_fgetwc(file), text[i]);
        if (i == 1) {
            assert_int_equal(ucrt_ungetwc(text[i], file), text[i]);
            assert_int_equal(ucrt_fgetwc(file), text[i]);
        }
    }
    assert_int_equal(ucrt_fgetwc(file), 0xffff);
    ucrt_fclose(file);
    fake_file_make("w", "\xff\xe2\x82x");
    file = ucrt_fopen("w", "r");
    assert_int_equal(ucrt_fgetwc(file), 0xfffd);
    assert_int_equal(ucrt_fgetwc(file), 0xfffd);
    assert_int_equal(ucrt_fgetwc(file), 'x');
    ucrt_fclose(file);
    program_end();
}

static void refusals(void **state)
{
    struct stream *file = (struct stream *)1;
    program_begin();
    int handles = fake_handles;
    assert_null(ucrt_fopen("nowhere", "r"));
    assert_int_equal(crt_thread()->error, ENOENT);
    assert_null(ucrt_fopen("a", "q"));
    assert_int_equal(crt_thread()->error, EINVAL);
    assert_null(ucrt_fopen("a", "w, ccs=UTF-16LE"));
    assert_int_equal(ucrt_fopen_s(&file, "nowhere", "r"), ENOENT);
    assert_null(file);
    fake_file_make("there", "");
    assert_null(ucrt_fopen("there", "wx"));
    assert_int_equal(crt_thread()->error, EEXIST);
    file = ucrt_fopen("there", "r");
    assert_int_equal(ucrt_fputc('x', file), CRT_EOF);
    assert_true(ucrt_ferror(file));
    assert_int_equal(crt_thread()->error, EBADF);
    assert_int_equal(ucrt_fclose(file), 0);
    assert_int_equal(ucrt_fclose(file), CRT_EOF);
    assert_int_equal(fake_handles, handles);
    file = ucrt_fopen("there", "w");
    fake_file("there")->is_full = true;
    ucrt_fputs("x", file);
    assert_int_equal(ucrt_fclose(file), CRT_EOF);
    assert_int_equal(crt_thread()->error, ENOSPC);
    assert_int_equal(fake_handles, handles);
    program_end();
}

static void standard(void **state)
{
    program_begin();
    ucrt_fputs("plain\n", STREAM_OUT);
    assert_ptr_equal(ucrt_freopen("new.txt", "w", STREAM_OUT), STREAM_OUT);
    assert_string_equal(fake_text("stdout"), "plain\n");
    assert_int_equal(STREAM_OUT->fd, 1);
    ucrt_fputs("text\n", STREAM_OUT);
    stream_flush_all();
    assert_string_equal(fake_text("new.txt"), "text\r\n");
    assert_int_equal(ucrt__setmode(0, O_MS_BINARY), O_MS_TEXT);
    assert_int_equal(ucrt__setmode(0, O_MS_TEXT), O_MS_BINARY);
    program_end();
}

static void descriptors(void **state)
{
    char bytes[8];
    program_begin();
    int fd = ucrt__open("d", O_MS_CREAT | O_MS_RDWR, 0x180);
    assert_int_equal(fd, 3);
    assert_int_equal(ucrt__write(fd, "a\nb", 3), 3);
    assert_string_equal(fake_text("d"), "a\r\nb");
    assert_int_equal(ucrt__filelengthi64(fd), 4);
    assert_int_equal(fd_seek(fd, 0, 0), 0);
    assert_int_equal(ucrt__read(fd, bytes, 8), 3);
    assert_memory_equal(bytes, "a\nb", 3);
    assert_int_equal(ucrt__read(fd, bytes, 8), 0);
    assert_int_equal(ucrt__chsize(fd, 1), 0);
    assert_int_equal(fake_file("d")->size, 1);
    assert_int_equal(fd_seek(fd, -9, 0), -1);
    assert_int_equal(crt_thread()->error, EINVAL);
    struct stream *stream = ucrt__fdopen(fd, "r");
    assert_int_equal(ucrt_fclose(stream), 0);
    assert_int_equal(ucrt__close(fd), -1);
    assert_int_equal(crt_thread()->error, EBADF);
    program_end();
}

static void pipe_end(void **state)
{
    char byte;
    program_begin();
    fake_file_make("stdin", "x")->is_pipe = true;
    assert_int_equal(ucrt__read(0, &byte, 1), 1);
    assert_int_equal(ucrt__read(0, &byte, 1), 0);
    program_end();
}

static void many(void **state)
{
    static struct stream *files[600];
    program_begin();
    int blocks = fake_blocks, count = 0;
    struct stream *kept = ucrt_fopen("kept", "w");
    while ((files[count] = stream_take()))
        count++;
    assert_int_equal(crt_thread()->error, EMFILE);
    assert_int_equal(count, 512 - 3 - 1);
    while (count)
        files[--count]->flags = 0;
    ucrt_fputs("x", kept);
    ucrt_fclose(kept);
    assert_string_equal(fake_text("kept"), "x");
    /* Streams stay for the next; and errno's block. */
    assert_int_equal(fake_blocks - blocks, 512 - IOB_COUNT + 1);
    program_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_out),      cmocka_unit_test(text_in),   cmocka_unit_test(text_split),
        cmocka_unit_test(binary_update), cmocka_unit_test(append),    cmocka_unit_test(push_back),
        cmocka_unit_test(inline_put),    cmocka_unit_test(buffering), cmocka_unit_test(wide),
        cmocka_unit_test(refusals),      cmocka_unit_test(standard),  cmocka_unit_test(descriptors),
        cmocka_unit_test(pipe_end),      cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
