/* SPDX-License-Identifier: MIT */
/* link16.c - `cove link16`: objects of 16-bit assemblers and compilers become an NE file. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cli.h"
#include "link16/link16.h"
#include "options.h"

static const char usage[] =
    "usage: cove link16 [-o FILE] [OPTIONS] FILE.obj… [FILE.lib…] [FILE.def]\n"
    "                   [FILE.res…]\n"
    "Links object modules (OMF: `nasm -f obj`, Free Pascal, 16-bit C compilers) to a 16-bit\n"
    "Windows program or library. Of a library the modules that are needed are taken. Resources "
    "are\n"
    "those of compiled (.res) files of 16-bit Windows.\n"
    "\n"
    "  -o FILE        what to write; without it the first object's name and .exe or .dll\n"
    "  --library      a library, where no .def file says so\n"
    "  --name=NAME    its module name, where no .def file says so\n"
    "  --heap=BYTES --stack=BYTES   of the automatic data segment\n"
    "  --ignore-case  SYMBOL and symbol are one\n"
    "  --map=FILE     a listing of segments and symbols; - prints it\n";

#define FILES_MAX     512
#define RESOURCES_MAX 16

struct link_job {
    struct omf_file files[FILES_MAX];
    uint32_t file_count;
    struct link16_resource_file resources[RESOURCES_MAX];
    uint8_t *resource_bytes[RESOURCES_MAX];
    struct link16_definition definition;
    bool has_definition;
    char module_name[64];
    const char *output, *map;
    struct link16_input input;
    uint8_t *stub;
};

static bool has_suffix(const char *path, const char *suffix)
{
    size_t length = strlen(path), want = strlen(suffix);
    return length > want && !strcasecmp(path + length - want, suffix);
}

static int definition_add(struct link_job *job, const char *path, const uint8_t *bytes, size_t size,
                          char *error, size_t error_size)
{
    struct link16_error reason;
    struct link16_definition given = job->definition;
    if (job->has_definition) {
        snprintf(error, error_size, "%s: one module definition file is enough", path);
        return -1;
    }
    if (link16_definition_read((const char *)bytes, size, path, &job->definition, &reason)) {
        snprintf(error, error_size, "%s", reason.text);
        return -1;
    }
    job->has_definition = true;
    struct link16_definition *definition = &job->definition;
    if (!definition->has_kind) {
        definition->is_library = given.is_library;
        definition->module_name = given.module_name;
    }
    if (given.heap_bytes)
        definition->heap_bytes = given.heap_bytes;
    if (given.stack_bytes)
        definition->stack_bytes = given.stack_bytes;
    return 0;
}

/* The bytes stay until the file is linked. */
static int resources_add(struct link_job *job, const char *path, uint8_t *bytes, size_t size,
                         char *error, size_t error_size)
{
    uint32_t count = job->input.resource_file_count;
    if (count == RESOURCES_MAX) {
        snprintf(error, error_size, "more than %d files of resources", RESOURCES_MAX);
        free(bytes);
        return -1;
    }
    job->resource_bytes[count] = bytes;
    job->resources[count] =
        (struct link16_resource_file){.name = path, .bytes = bytes, .size = size};
    job->input.resource_files = job->resources;
    job->input.resource_file_count++;
    return 0;
}

static int file_add(struct link_job *job, const char *path, char *error, size_t error_size)
{
    uint8_t *bytes;
    size_t size;
    struct omf_error reason;
    int result = -1;
    if (bytes_read(path, &bytes, &size, error, error_size))
        return -1;
    if (has_suffix(path, ".res"))
        return resources_add(job, path, bytes, size, error, error_size);
    if (has_suffix(path, ".def")) {
        result = definition_add(job, path, bytes, size, error, error_size);
    } else if (job->file_count == FILES_MAX) {
        snprintf(error, error_size, "more than %d files", FILES_MAX);
    } else if (!omf_is(bytes, size)) {
        snprintf(error, error_size,
                 "%s: neither object module nor library of the OMF format; in nasm: -f obj", path);
    } else if (omf_read(bytes, size, path, &job->files[job->file_count], &reason) != OMF_OK) {
        snprintf(error, error_size, "%s", reason.text);
    } else {
        job->file_count++;
        result = 0;
    }
    free(bytes);
    return result;
}

/* DIR/name.obj gives "name". */
static void module_name_make(struct link_job *job, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strcspn(name, ".");
    if (length >= sizeof job->module_name)
        length = sizeof job->module_name - 1;
    memcpy(job->module_name, name, length);
    job->input.module_name = job->module_name;
}

static int stub_read(struct link_job *job, char *error, size_t error_size)
{
    size_t size;
    if (!job->definition.stub)
        return 0;
    if (bytes_read(job->definition.stub, &job->stub, &size, error, error_size))
        return -1;
    if (size < 0x40 || memcmp(job->stub, "MZ", 2)) {
        snprintf(error, error_size, "%s: STUB wants a DOS program", job->definition.stub);
        return -1;
    }
    job->input.stub = job->stub;
    job->input.stub_bytes = size;
    return 0;
}

static int map_put(const struct link_job *job, const char *text, char *error, size_t error_size)
{
    if (!job->map || !text)
        return 0;
    if (!strcmp(job->map, "-"))
        return fputs(text, stdout) < 0;
    return bytes_write(job->map, text, strlen(text), error, error_size);
}

static int job_run(struct link_job *job, char **paths, int count, char *error, size_t error_size)
{
    struct link16_output output;
    struct link16_error reason;
    char made[4096];
    for (int i = 0; i < count; i++)
        if (file_add(job, paths[i], error, error_size))
            return -1;
    if (!job->output) {
        size_t stem =
            strlen(paths[0]) - strlen(strrchr(paths[0], '.') ? strrchr(paths[0], '.') : "");
        snprintf(made, sizeof made, "%.*s%s", (int)stem, paths[0],
                 job->definition.is_library ? ".dll" : ".exe");
        job->output = made;
    }
    module_name_make(job, job->output);
    if (stub_read(job, error, error_size))
        return -1;
    job->input.files = job->files;
    job->input.file_count = job->file_count;
    job->input.definition = &job->definition;
    if (link16(&job->input, &output, &reason)) {
        snprintf(error, error_size, "%s", reason.text);
        return -1;
    }
    int result = bytes_write(job->output, output.bytes, output.size, error, error_size);
    if (!result)
        result = map_put(job, output.map, error, error_size);
    free(output.bytes);
    free(output.map);
    return result;
}

int cli_link16(int argc, char **argv)
{
    static const struct option options[] = {
        {"library", no_argument, NULL, 'l'},     {"name", required_argument, NULL, 'n'},
        {"heap", required_argument, NULL, 'H'},  {"stack", required_argument, NULL, 'S'},
        {"ignore-case", no_argument, NULL, 'i'}, {"map", required_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},        {0}};
    static struct link_job job; /* large */
    char error[512] = "";
    job.definition = (struct link16_definition){.windows_major = 3, .windows_minor = 10};
    for (int c; (c = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
        if (c == 'o')
            job.output = optarg;
        else if (c == 'l')
            job.definition.is_library = true;
        else if (c == 'n')
            job.definition.module_name = optarg;
        else if (c == 'H')
            job.definition.heap_bytes = (uint32_t)strtoul(optarg, NULL, 0) & 0xffff;
        else if (c == 'S')
            job.definition.stack_bytes = (uint32_t)strtoul(optarg, NULL, 0) & 0xffff;
        else if (c == 'i')
            job.input.ignores_case = true;
        else if (c == 'm')
            job.map = optarg;
        else
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    if (optind == argc)
        return options_usage(usage);
    int result = job_run(&job, argv + optind, argc - optind, error, sizeof error);
    if (result)
        fprintf(stderr, "cove link16: %s\n", error);
    for (uint32_t i = 0; i < job.file_count; i++)
        omf_free(&job.files[i]);
    link16_definition_free(&job.definition);
    for (uint32_t i = 0; i < job.input.resource_file_count; i++)
        free(job.resource_bytes[i]);
    free(job.stub);
    return result ? EXIT_FAILED : 0;
}
