/* SPDX-License-Identifier: MIT */
/* cc_lenient.c - compiles a source, a second time if what clang refuses can be changed.
 *
 * In: clang's command; out: its exit code. tools/lenient knows what Microsoft's compiler takes, and
 * what clang dies of, and writes the changed source; who compiles it sees the first one's warnings.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cc.h"

/* Has a source that failed to compile made into one, out, that clang takes; said holds what clang
 * said of it. 0: out was written and is worth compiling; other codes: the errors stand.
 */
static int source_change(const struct cc_options *options, const char *wdk,
                         const struct words *command, const char *said, const char *out)
{
    struct words generator = {0};

    cc_generator_start(&generator, wdk, "lenient/lenient.py");
    words_add(&generator, out);
    words_add(&generator, said);
    words_join(&generator, command);
    return cc_run(options, &generator);
}

#define SIGNALLED 128 /* codes above: ended by a signal */

/* Of a source that was changed, clang's words about the first are shown; these it says only of
 * sources without errors.
 */
static const char *const lenient_flags[] = {
    "-Wno-everything",
    "-Wuninitialized",
    "-Wsometimes-uninitialized",
    NULL,
};

/* Colours are asked for, since the compiler sees no terminal. */
int cc_code_compile(const struct cc_options *options, const char *wdk, const char *temporary,
                    const struct cc_source *source, const struct words *command)
{
    char *said = text_copyf("%s/compile.said", temporary);
    char *lenient = text_copyf("%s/compile-lenient.i", temporary);
    struct words first = {0}, second = {0};

    words_join(&first, command);
    words_add(&first, "-fno-crash-diagnostics");
    if (isatty(STDERR_FILENO))
        words_add(&first, "-fcolor-diagnostics");
    int code = cc_run_kept(options, &first, said);
    bool is_worth = code > SIGNALLED || (code == 1 && source->language == CC_C);
    if (is_worth && !options->is_dry && source_change(options, wdk, command, said, lenient) == 0) {
        for (size_t i = 0; i < command->count; i++) {
            const char *word = command->items[i];
            if (strcmp(word, source->path) == 0) {
                words_add(&second, source->language == CC_C ? "-xcpp-output" : "-xc++-cpp-output");
                word = lenient;
            } else if (strncmp(word, "-xc", 3) == 0) {
                continue;
            }
            words_add(&second, word);
        }
        words_list(&second, lenient_flags);
        return cc_run(options, &second);
    }
    cc_said_show(said);
    return code;
}
