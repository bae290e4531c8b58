/* SPDX-License-Identifier: MIT */
/* cc_run.c - what `cove cc` needs of the system: words, tools, a temporary folder.
 *
 * In comes a command as a list of words, out comes its exit code. While a tool runs,
 * an interrupt from the keyboard is the tool's; we see it die and clean up.
 */
#include "cc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void out_of_memory(void)
{
    fputs("cove cc: out of memory\n", stderr);
    exit(1);
}

/* Everything is kept until the program ends, on one list. */
static struct block {
    struct block *older;
    _Alignas(16) char bytes[];
} *newest_block;

void *memory_keep(size_t size)
{
    struct block *block = malloc(sizeof(*block) + size);

    if (block == NULL)
        out_of_memory();
    block->older = newest_block;
    newest_block = block;
    return block->bytes;
}

void words_add(struct words *words, const char *word)
{
    if (words->count + 2 > words->room) {
        size_t room = words->room == 0 ? 16 : words->room * 2;
        const char **items = memory_keep(room * sizeof(*items));
        if (words->count > 0)
            memcpy(items, words->items, words->count * sizeof(*items));
        words->items = items;
        words->room = room;
    }
    words->items[words->count++] = word;
    words->items[words->count] = NULL;
}

static char *text_vcopyf(const char *format, va_list args)
{
    va_list measured;

    va_copy(measured, args);
    int length = vsnprintf(NULL, 0, format, measured);
    va_end(measured);
    if (length < 0)
        out_of_memory();
    char *text = memory_keep((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

char *text_copyf(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = text_vcopyf(format, args);
    va_end(args);
    return text;
}

void words_addf(struct words *words, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    words_add(words, text_vcopyf(format, args));
    va_end(args);
}

void words_join(struct words *words, const struct words *others)
{
    for (size_t i = 0; i < others->count; i++)
        words_add(words, others->items[i]);
}

void words_list(struct words *words, const char *const *list)
{
    for (; *list != NULL; list++)
        words_add(words, *list);
}

/* ---- running a tool ---------------------------------------------------------- */

static const char *package_of(const char *tool)
{
    static const struct {
        const char *tool;
        const char *package;
    } packages[] = {
        {"clang-19", "clang-19"},
        {"lld-link-19", "lld-19"},
        {"llvm-rc-19", "llvm-19"},
        {"llvm-ml-19", "llvm-19"},
    };

    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
        if (strcmp(tool, packages[i].tool) == 0)
            return packages[i].package;
    return tool;
}

/* Prints the command so that a shell would read the same words. */
static void command_print(const struct words *command)
{
    for (size_t i = 0; i < command->count; i++) {
        const char *word = command->items[i];
        const char *gap = i == 0 ? "" : " ";
        if (*word != '\0' && strpbrk(word, " \t\"'\\$`*?&;|<>()#~") == NULL) {
            fprintf(stderr, "%s%s", gap, word);
            continue;
        }
        fprintf(stderr, "%s'", gap);
        for (; *word != '\0'; word++) {
            if (*word == '\'')
                fputs("'\\''", stderr);
            else
                fputc(*word, stderr);
        }
        fputc('\'', stderr);
    }
    fputc('\n', stderr);
}

static int child_wait(const char *tool, pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            fprintf(stderr, "cove cc: %s: %s\n", tool, strerror(errno));
            return 1;
        }
    }
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "cove cc: %s was ended by signal %d (%s)\n", tool, WTERMSIG(status),
                strsignal(WTERMSIG(status)));
        return 128 + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
}

static int tool_run(const struct cc_options *options, const struct words *command, const char *said)
{
    posix_spawn_file_actions_t actions;
    const char *tool = command->items[0];
    posix_spawnattr_t attributes;
    sigset_t defaults;
    pid_t child;

    if (options->is_verbose || options->is_dry)
        command_print(command);
    if (options->is_dry)
        return 0;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGQUIT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    void (*old_interrupt)(int) = signal(SIGINT, SIG_IGN);
    void (*old_quit)(int) = signal(SIGQUIT, SIG_IGN);
    posix_spawn_file_actions_init(&actions);
    if (said != NULL)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, said,
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int error =
        posix_spawnp(&child, tool, &actions, &attributes, (char *const *)command->items, environ);
    int code = 127;
    if (error == 0)
        code = child_wait(tool, child);
    else if (error == ENOENT)
        fprintf(stderr, "cove cc: %s is not installed. On Debian and Ubuntu: apt install %s\n",
                tool, package_of(tool));
    else
        fprintf(stderr, "cove cc: %s cannot be started: %s\n", tool, strerror(error));
    signal(SIGINT, old_interrupt);
    signal(SIGQUIT, old_quit);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

int cc_run(const struct cc_options *options, const struct words *command)
{
    return tool_run(options, command, NULL);
}

int cc_run_kept(const struct cc_options *options, const struct words *command, const char *said)
{
    return tool_run(options, command, said);
}

void cc_said_show(const char *said)
{
    FILE *file = fopen(said, "r");
    char text[4096];
    size_t count;

    while (file != NULL && (count = fread(text, 1, sizeof(text), file)) != 0)
        fwrite(text, 1, count, stderr);
    if (file != NULL)
        fclose(file);
}

/* ---- the temporary folder ---------------------------------------------------- */

const char *cc_temporary_create(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder =
        text_copyf("%s/cove-cc-XXXXXX", parent != NULL && *parent != '\0' ? parent : "/tmp");

    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "cove cc: no temporary folder %s: %s\n", folder, strerror(errno));
        return NULL;
    }
    return folder;
}

/* Holds only files: tools are told names directly inside it. */
void cc_temporary_remove(const char *folder)
{
    DIR *listing = opendir(folder);
    struct dirent *entry;

    if (listing == NULL)
        return;
    while ((entry = readdir(listing)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(listing), entry->d_name, 0);
    closedir(listing);
    rmdir(folder);
}
