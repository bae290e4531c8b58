/* SPDX-License-Identifier: MIT */
/* thunk.c - `cove thunk`: thunk scripts become assembly; drivers' headers become converters. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cli.h"
#include "options.h"
#include "thunk/thunk.h"

static const char usage[] =
    "usage: cove thunk [-o FILE.asm] [OPTIONS] SCRIPT.thk\n"
    "       cove thunk --explain SCRIPT.thk\n"
    "       cove thunk --ioctl [-o FILE.h] HEADER.h\n"
    "Makes of a thunk script the assembly file that is assembled twice, into the 16-bit and the\n"
    "32-bit half of a flat thunk:\n"
    "  nasm -f obj -DIS_16 …    and cove link16\n"
    "  nasm -f win32 -DIS_32 …  and a linker for 32-bit Windows\n"
    "\n"
    "  -o FILE     what to write; without it the script's name and .asm\n"
    "  --masm      in the syntax of MASM instead of nasm's\n"
    "  -t NAME     base name of the halves, instead of the script's name\n"
    "  -p N, -P N  alignment of structures in 16-bit code (2) and in 32-bit code (4)\n"
    "  -NC16 NAME, -NC32 NAME   name of the code segment of each half\n"
    "  --explain   print which kind of thunk fits, and what each function converts\n"
    "  --ioctl     of a header with the structures of a driver's IOCTLs: write the C header that\n"
    "              converts them for 32-bit callers, and beside it FILE_test.c, which tests it\n";

struct thunk_job {
    struct thunk_options options;
    const char *input, *output;
    bool is_explanation;
};

static const char *file_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The path without what follows the last point, and something else behind it. */
static void path_make(char *out, size_t size, const char *path, const char *suffix)
{
    const char *point = strrchr(file_part(path), '.');
    int stem = (int)(point ? (size_t)(point - path) : strlen(path));
    snprintf(out, size, "%.*s%s", stem, path, suffix);
}

static int text_write(const char *path, char *text, char *error, size_t error_size)
{
    if (!text) {
        snprintf(error, error_size, "there is no memory left");
        return -1;
    }
    int result = bytes_write(path, text, strlen(text), error, error_size);
    free(text);
    return result;
}

static int converter_write(const struct thunk_job *job, const struct thunk_script *script,
                           char *error, size_t error_size)
{
    char made[4096], test[4096];
    path_make(made, sizeof made, job->input, "_32.h");
    const char *output = job->output ? job->output : made;
    path_make(test, sizeof test, output, "_test.c");
    const char *header = file_part(job->input);
    if (text_write(output, thunk_ioctl(script, header), error, error_size))
        return -1;
    return text_write(test, thunk_ioctl_test(script, header, file_part(output)), error, error_size);
}

static int script_use(const struct thunk_job *job, const struct thunk_script *script, char *error,
                      size_t error_size)
{
    char made[4096];
    if (job->options.language == THUNK_IOCTL)
        return converter_write(job, script, error, error_size);
    if (!job->is_explanation) {
        path_make(made, sizeof made, job->input, ".asm");
        return text_write(job->output ? job->output : made, thunk_assembly(script, &job->options),
                          error, error_size);
    }
    char *text = thunk_explain(script);
    if (text && job->output)
        return text_write(job->output, text, error, error_size);
    if (text)
        fputs(text, stdout);
    free(text);
    return text ? 0 : -1;
}

static int job_run(const struct thunk_job *job, char *error, size_t error_size)
{
    uint8_t *bytes;
    size_t size;
    struct thunk_script script;
    struct thunk_error reason;
    if (bytes_read(job->input, &bytes, &size, error, error_size))
        return -1;
    int result = thunk_read((const char *)bytes, size, job->input, &job->options, &script, &reason);
    if (result) {
        snprintf(error, error_size, "%s", reason.text);
    } else {
        for (uint32_t i = 0; i < script.warning_count; i++)
            fprintf(stderr, "cove thunk: warning: %s\n", script.warnings[i]);
        result = script_use(job, &script, error, error_size);
        thunk_free(&script);
    }
    free(bytes);
    return result;
}

/* -NC16 NAME: getopt has taken "C16" for the argument of N. */
static int segment_name(struct thunk_job *job, int argc, char **argv)
{
    bool is_16 = !strcmp(optarg, "C16"), is_32 = !strcmp(optarg, "C32");
    if ((!is_16 && !is_32) || optind == argc)
        return -1;
    *(is_16 ? &job->options.code_16 : &job->options.code_32) = argv[optind++];
    return 0;
}

int cli_thunk(int argc, char **argv)
{
    static const struct option options[] = {{"masm", no_argument, NULL, 'm'},
                                            {"explain", no_argument, NULL, 'e'},
                                            {"ioctl", no_argument, NULL, 'i'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct thunk_job job = {.options.language = THUNK_FLAT};
    char error[640] = "";
    for (int c; (c = getopt_long(argc, argv, "o:t:p:P:N:", options, NULL)) != -1;) {
        if (c == 'o')
            job.output = optarg;
        else if (c == 't')
            job.options.base_name = optarg;
        else if (c == 'p' || c == 'P')
            *(c == 'p' ? &job.options.pack_16 : &job.options.pack_32) =
                (uint32_t)strtoul(optarg, NULL, 10) ? (uint32_t)strtoul(optarg, NULL, 10) : 99;
        else if (c == 'm')
            job.options.is_masm = true;
        else if (c == 'e')
            job.is_explanation = true;
        else if (c == 'i')
            job.options.language = THUNK_IOCTL;
        else if (c != 'N' || segment_name(&job, argc, argv))
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    if (optind + 1 != argc)
        return options_usage(usage);
    job.input = argv[optind];
    if (!job_run(&job, error, sizeof error))
        return 0;
    fprintf(stderr, "cove thunk: %s\n", error);
    return EXIT_FAILED;
}
