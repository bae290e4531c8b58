/* SPDX-License-Identifier: MIT */
/* parse_test.c - text to sections, lines and fields; encodings, tokens, languages, limits. */
#include "sample_inf.h"

static const char *line_text(const struct inf *inf, const char *section, uint32_t line,
                             uint32_t field)
{
    const struct inf_section *found = inf_section_find(inf, section);
    assert_non_null(found);
    assert_true(line < found->line_count);
    return inf_text(&found->lines[line], field);
}

static void sections_merge_and_lines_keep_their_numbers(void **state)
{
    (void)state;
    struct inf *inf =
        sample_parse("/* text nobody reads\n\n[A]\nx = 1\n[B]\r\ny\r\n[a] ; again\nz=2,3\n");
    assert_int_equal(inf_section_count(inf), 2);
    const struct inf_section *a = inf_section_find(inf, "A");
    assert_int_equal(a->line_count, 2);
    assert_int_equal(a->number, 3);
    assert_int_equal(a->lines[0].number, 4);
    assert_string_equal(a->lines[1].key, "z");
    assert_int_equal(a->lines[1].number, 8);
    assert_int_equal(a->lines[1].field_count, 2);
    const struct inf_section *b = inf_section_at(inf, 1);
    assert_null(b->lines[0].key);
    assert_string_equal(inf_text(&b->lines[0], 0), "y");
    assert_null(inf_section_at(inf, 2));
    assert_null(inf_section_find(inf, "C"));
    assert_null(inf_value(inf, "A", "nothing"));
    assert_string_equal(inf_value(inf, "A", "X"), "1");
    inf_destroy(inf);
}

static void fields(void **state)
{
    (void)state;
    struct inf *inf = sample_parse("[A]\n"
                                   "k = a b , \"c, d\" , ,\"say \"\"hi\"\"\"  ; e\n"
                                   "HKR,,x,,a=b\n"
                                   "empty =\n"
                                   "= 1\n"
                                   "AddService = ,2\n"
                                   "trail = a,\n"
                                   "\"quoted key\" = \"  kept  \"tail \n"
                                   "p = c:\\folder\\file.sys\n"
                                   "q = ab\"unfinished\n"
                                   "r = \"\"\n"
                                   "\u00a0\n"
                                   "\u00a0s =\u00a0 a\u00a0b \u00a0\n");
    assert_string_equal(line_text(inf, "A", 0, 0), "a b");
    assert_string_equal(line_text(inf, "A", 0, 1), "c, d");
    assert_string_equal(line_text(inf, "A", 0, 2), "");
    assert_string_equal(line_text(inf, "A", 0, 3), "say \"hi\"");
    assert_string_equal(line_text(inf, "A", 0, 4), "");
    const struct inf_section *a = inf_section_find(inf, "A");
    assert_true(a->lines[0].fields[1].is_quoted);
    assert_false(a->lines[0].fields[0].is_quoted);
    assert_null(a->lines[1].key);
    assert_string_equal(line_text(inf, "A", 1, 4), "a=b");
    assert_int_equal(a->lines[2].field_count, 0);
    assert_string_equal(a->lines[3].key, "");
    assert_string_equal(line_text(inf, "A", 4, 0), "");
    assert_string_equal(line_text(inf, "A", 4, 1), "2");
    assert_int_equal(a->lines[5].field_count, 2);
    assert_string_equal(a->lines[6].key, "quoted key");
    assert_string_equal(line_text(inf, "A", 6, 0), "  kept  tail");
    assert_string_equal(line_text(inf, "A", 7, 0), "c:\\folder\\file.sys");
    assert_string_equal(line_text(inf, "A", 8, 0), "abunfinished");
    assert_int_equal(a->lines[9].field_count, 1);
    assert_int_equal(a->line_count, 11);
    assert_string_equal(a->lines[10].key, "s");
    assert_string_equal(line_text(inf, "A", 10, 0), "a\u00a0b");
    inf_destroy(inf);
}

static void continuation(void **state)
{
    (void)state;
    struct inf *inf = sample_parse("[A]\n"
                                   "k = a, \\\n    b \\ ; comment\n , c\n"
                                   "l = \"dir\\\"\\\n,file\n"
                                   "m = dir\\\\\n,file\n"
                                   "n = %long;name%, x\n"
                                   "o = end\\");
    const struct inf_section *a = inf_section_find(inf, "A");
    assert_int_equal(a->line_count, 5);
    assert_int_equal(a->lines[0].field_count, 3);
    assert_string_equal(line_text(inf, "A", 0, 1), "b");
    assert_string_equal(line_text(inf, "A", 0, 2), "c");
    assert_int_equal(a->lines[1].number, 5);
    assert_string_equal(line_text(inf, "A", 1, 0), "dir\\");
    assert_string_equal(line_text(inf, "A", 1, 1), "file");
    assert_string_equal(line_text(inf, "A", 2, 0), "dir");
    assert_string_equal(line_text(inf, "A", 3, 0), "%long;name%");
    assert_string_equal(line_text(inf, "A", 3, 1), "x");
    assert_string_equal(line_text(inf, "A", 4, 0), "end");
    inf_destroy(inf);
}

static void tokens(void **state)
{
    (void)state;
    struct inf *inf =
        sample_parse("[%Name%]\n%Name% = %%a%%, %none%, \"x %NAME%;\", %13%\\f, 100%\n"
                     "adjacent = %Name%%Other%, %odd%%key%\n"
                     "[Strings]\nName = \"The; Name\" ; comment\nOther=2\n"
                     "odd%%key = 3\nName = again\nlist = a, b\n");
    const struct inf_section *found = inf_section_find(inf, "The; Name");
    assert_non_null(found);
    assert_string_equal(found->lines[0].key, "The; Name");
    assert_string_equal(inf_text(&found->lines[0], 0), "%a%");
    assert_string_equal(inf_text(&found->lines[0], 1), "%none%");
    assert_string_equal(inf_text(&found->lines[0], 2), "x The; Name;");
    assert_string_equal(inf_text(&found->lines[0], 3), "%13%\\f");
    assert_string_equal(inf_text(&found->lines[0], 4), "100%");
    assert_string_equal(inf_text(&found->lines[1], 0), "The; Name2");
    assert_string_equal(inf_text(&found->lines[1], 1), "3");
    assert_string_equal(inf_string(inf, "LIST"), "a,b");
    assert_null(inf_string(inf, "none"));
    assert_string_equal(inf_unresolved_at(inf, 0)->name, "none");
    assert_int_equal(inf_unresolved_at(inf, 0)->number, 2);
    assert_null(inf_unresolved_at(inf, 1));
    inf_destroy(inf);
}

static const char *folder(void *context, uint32_t dirid)
{
    return dirid == 12 ? context : NULL;
}

static void dirids_while_parsing(void **state)
{
    (void)state;
    const struct inf_options options = {.dirid = folder, .dirid_context = "C:\\d"};
    struct inf *inf = sample_parse_as("[A]\nx = %12%\\a.sys, %99%\\b, %%12%%\n", &options);
    assert_string_equal(line_text(inf, "A", 0, 0), "C:\\d\\a.sys");
    assert_string_equal(line_text(inf, "A", 0, 1), "%99%\\b");
    assert_string_equal(line_text(inf, "A", 0, 2), "%12%");
    inf_destroy(inf);
}

static void languages(void **state)
{
    (void)state;
    static const char text[] = "[A]\nx=%w%\n[Strings]\nw=plain\n[Strings.0407]\nw=de-DE\n"
                               "[Strings.0009]\nw=en\n[Strings.0c07]\nw=de-AT\n";
    static const struct {
        uint16_t language;
        const char *word;
    } cases[] = {{0x407, "de-DE"}, {0xc07, "de-AT"}, {0x807, "de-DE"},
                 {0x409, "en"},    {0, "en"},        {0x40c, "plain"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct inf_options options = {.language = cases[i].language};
        struct inf *inf = sample_parse_as(text, &options);
        assert_string_equal(inf_value(inf, "A", "x"), cases[i].word);
        inf_destroy(inf);
    }
}

static size_t wide(const char *text, bool is_big, bool has_mark, uint8_t *out)
{
    size_t at = 0;
    if (has_mark) {
        out[at++] = is_big ? 0xfe : 0xff;
        out[at++] = is_big ? 0xff : 0xfe;
    }
    for (; *text; text++, at += 2) {
        out[at] = is_big ? 0 : (uint8_t)*text;
        out[at + 1] = is_big ? (uint8_t)*text : 0;
    }
    return at;
}

static void encoding_is(const void *bytes, size_t length, enum inf_encoding encoding,
                        const char *value)
{
    struct inf *inf = NULL;
    struct inf_error error = {0};
    if (inf_parse(bytes, length, "sample.inf", NULL, &inf, &error))
        fail_msg("%s", error.text);
    assert_int_equal(inf_encoding(inf), encoding);
    assert_string_equal(inf_value(inf, "Section", "key"), value);
    inf_destroy(inf);
}

static void encodings(void **state)
{
    (void)state;
    static const char text[] = "[Section]\r\nkey=value\r\n";
    uint8_t bytes[128];
    encoding_is(text, sizeof text - 1, INF_ANSI, "value");
    encoding_is(bytes, wide(text, false, true, bytes), INF_UTF16_LE, "value");
    encoding_is(bytes, wide(text, true, true, bytes), INF_UTF16_BE, "value");
    encoding_is(bytes, wide(text, false, false, bytes), INF_UTF16_LE, "value");
    static const char ansi[] = "[Section]\nkey=\x80\xe9\xa9\n";
    encoding_is(ansi, sizeof ansi - 1, INF_ANSI, "\u20ac\u00e9\u00a9");
    static const char utf8[] = "[Section]\nkey=\u00e9\U0001f916\n";
    encoding_is(utf8, sizeof utf8 - 1, INF_UTF8, "\u00e9\U0001f916");
    static const char marked[] = "\xef\xbb\xbf[Section]\nkey=\u00e9\n";
    encoding_is(marked, sizeof marked - 1, INF_UTF8_BOM, "\u00e9");
    static const uint8_t pair[] =
        "\xff\xfe[\0S\0e\0c\0t\0i\0o\0n\0]\0\n\0k\0e\0y\0=\0\x3e\xd8\x16\xdd"
        "\x3e\xd8\n\0";
    encoding_is(pair, sizeof pair - 1, INF_UTF16_LE, "\U0001f916\ufffd");
    static const char ended[] = "[Section]\nkey=1\x1a\0\0";
    encoding_is(ended, sizeof ended - 1, INF_ANSI, "1");
}

static char *repeat(const char *before, const char *what, unsigned count, const char *after)
{
    size_t length = strlen(before) + count * strlen(what) + strlen(after) + 1;
    char *text = malloc(length);
    char *at = stpcpy(text, before);
    for (unsigned i = 0; i < count; i++)
        at = stpcpy(at, what);
    strcpy(at, after);
    return text;
}

static void repeated_refused(const char *before, const char *what, unsigned count,
                             const char *after, const char *message)
{
    char *text = repeat(before, what, count, after);
    sample_refused(text, strlen(text), message);
    free(text);
}

static void damage_is_refused(void **state)
{
    (void)state;
    sample_refused("\n[A\nx=1\n", 8, "sample.inf:2: the section's name has no ]");
    sample_refused("[A]\nx=a\0b\n", 10, "sample.inf:2: a NUL character");
    repeated_refused("[A]\nx=", "a", INF_FIELD_MAX, "\n", "sample.inf:2: a field is longer");
    repeated_refused("[", "a", INF_NAME_MAX, "]\n", "sample.inf:1: a section's name is longer");
    repeated_refused("[A]\nx=", "a,", INF_FIELDS_MAX + 1, "\n", "sample.inf:2: the line has more");
    repeated_refused("[A]\n", "x\n", INF_LINES_MAX + 1, "", "sample.inf:500001: the file has more");
    repeated_refused("[Strings]\na=aaaaaaaaaaaaaaaaaaaaaaaaa\n[A]\nx=", "%a%", 200, "\n",
                     "sample.inf:4: a field is longer than 4095 characters when its %tokens%");
    char *large = calloc(1, INF_FILE_MAX + 1);
    sample_refused(large, INF_FILE_MAX + 1, "sample.inf: the file has 16777217 bytes");
    free(large);
}

/* Few bytes that stand for many texts must not take all memory. */
static void expansion_is_limited(void **state)
{
    (void)state;
    char *value = repeat("[Strings]\na=", "b", INF_FIELD_MAX - 1, "\n[A]\nx=");
    char *line = repeat("", "%a%,", 4000, "\n");
    repeated_refused(value, line, 20, "", "sample.inf: no memory for its texts");
    free(line);
    free(value);
}

static const struct inf *include(void *context, const char *name)
{
    return inf_same(name, "other.inf") ? context : NULL;
}

static int keys_add(void *context, const struct inf_place *place)
{
    strcat(context, place->line->key ? place->line->key : inf_text(place->line, 0));
    return place->line->key && inf_same(place->line->key, "stop") ? 7 : 0;
}

static void needs(void **state)
{
    (void)state;
    struct inf_error error;
    char keys[32] = "";
    struct inf *other =
        sample_parse("[Theirs]\nt=1\nNeeds=Theirs.More,Theirs\n[Theirs.More]\nu=1\n");
    struct inf *inf =
        sample_parse("[A]\nInclude=other.inf\na=1\nNeeds=Theirs,Own\nb=1\n[Own]\nc=1\n"
                     "[Bad]\nInclude=other.inf\nNeeds=Nothing\n"
                     "[Lost]\nInclude=lost.inf\nNeeds=Lost.Section\n[Stops]\nstop=\nd=\n");
    assert_int_equal(inf_lines_visit(inf, inf_section_find(inf, "A"), keys_add, keys, &error), 0);
    assert_string_equal(keys, "abc"); /* nobody includes yet */
    inf_include_set(inf, include, other);
    inf_include_set(other, include, other);
    keys[0] = 0;
    assert_int_equal(inf_lines_visit(inf, inf_section_find(inf, "A"), keys_add, keys, &error), 0);
    assert_string_equal(keys, "abtcu");
    assert_int_equal(inf_lines_visit(inf, inf_section_find(inf, "Bad"), keys_add, keys, &error),
                     INF_DAMAGED);
    assert_string_equal(error.text, "sample.inf:10: Needs names [Nothing], which no included INF "
                                    "has; name one that it has");
    assert_int_equal(inf_lines_visit(inf, inf_section_find(inf, "Lost"), keys_add, keys, &error),
                     INF_DAMAGED);
    assert_non_null(strstr(error.text, "sample.inf:12: Include names lost.inf"));
    assert_int_equal(inf_lines_visit(inf, inf_section_find(inf, "Stops"), keys_add, keys, &error),
                     7);
    inf_destroy(inf);
    inf_destroy(other);
}

static void numbers(void **state)
{
    (void)state;
    struct inf *inf = sample_parse("[A]\nx=12,0x1F,-1,,zz,99999999999999999999,0x,+5\n");
    static const int expected[] = {INF_OK,      INF_OK,      INF_OK,      INF_ABSENT,
                                   INF_DAMAGED, INF_DAMAGED, INF_DAMAGED, INF_OK};
    static const int64_t values[] = {12, 31, -1, 0, 0, 0, 0, 5};
    const struct inf_line *line = inf_line_find(inf_section_find(inf, "A"), "x");
    for (uint32_t i = 0; i < 8; i++) {
        int64_t value = 0;
        assert_int_equal(inf_number(line, i, &value), expected[i]);
        assert_int_equal(value, values[i]);
    }
    inf_destroy(inf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_merge_and_lines_keep_their_numbers),
        cmocka_unit_test(fields),
        cmocka_unit_test(continuation),
        cmocka_unit_test(tokens),
        cmocka_unit_test(dirids_while_parsing),
        cmocka_unit_test(languages),
        cmocka_unit_test(encodings),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(expansion_is_limited),
        cmocka_unit_test(needs),
        cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
