/* SPDX-License-Identifier: MIT */
/* loader_fuzz.c - the driver loader against damaged images.
 *
 *   loader_fuzz [--seed N] [--from I] [--count N] IMAGE.sys…
 *
 * Each round takes a good image, changes a few fields or bytes or cuts it, and loads it. It must
 * be refused with a sentence that names a field, or load, answer every question about itself,
 * and go. What a round does depends on seed and its number alone: a failure prints both.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/abi_export.h"
#include "callout/ddi_frame.h"
#include "host/host.h"
#include "image/image.h"
#include "loader_fuzz_mutate.h"
#include "pe/resource.h"
#include "pe/tables.h"
#include "pe/unwind.h"

#define IMAGES_MAX    32
#define ROUND_SECONDS 20 /* more is a hang */
#define READ_MAX      65536u
#define READ_STEP     509u /* meets every page, and not always at the same place */

static struct fuzz_image images[IMAGES_MAX];
static unsigned image_count;
static uint64_t seed = 1, round_now;
static char folder[64], path[96];
static uint64_t loaded, refused;

/* The images' imports lead nowhere: nothing here is run. */
void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    (void)row;
    (void)frame;
    abort();
}

/* In handlers as well: no stdio. */
static void say_round(const char *what)
{
    char line[160];
    int length = snprintf(line, sizeof line, "loader_fuzz: %s: --seed %llu --from %llu --count 1\n",
                          what, (unsigned long long)seed, (unsigned long long)round_now);
    (void)!write(2, line, (size_t)length);
}

static void on_signal(int number)
{
    say_round(number == SIGALRM ? "a round takes too long" : "a crash");
    signal(number, SIG_DFL);
    raise(number == SIGALRM ? SIGABRT : number);
}

[[noreturn]] static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    say_round("failed");
    exit(1);
}

static void count_one(struct image *image, void *context)
{
    (void)image;
    ++*(unsigned *)context;
}

static unsigned images_loaded(void)
{
    unsigned count = 0;
    image_visit(count_one, &count);
    return count;
}

/* "at 0x" is how every error of room pe says where its field is. */
static bool names_a_field(const char *text)
{
    static const char *const words[] = {
        " at 0x",        "Machine is",      "Subsystem is",         "Characteristics (0x",
        "imports ",      "ImportLookup",    "imports lead",         "has a CLR header",
        "CHPEMetadataP", "for SizeOfImage", "one unknown name too",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

static int visit_export(void *context, const struct pe_export *export)
{
    const struct image *image = context;
    if (export->name && strlen(export->name) > 0x10000)
        fail("an export's name is too long");
    if (!export->forwarder && export->rva >= image->size)
        fail("an export lies outside: 0x%x", export->rva);
    return 0;
}

static int memory_read(void *context, uint64_t address, void *out, size_t size)
{
    (void)context;
    if (!image_can_read(address, size))
        return 1;
    memcpy(out, (const void *)address, size);
    return 0;
}

/* Frames of functions that the image describes itself, unwound on a stack of zeros. */
static void functions_ask(const struct image *image, uint64_t random)
{
    static uint64_t stack[512];
    const struct pe_memory memory = {.read = memory_read};
    struct pe_unwind_image unwind = pe_unwind_image(&image->pe, &memory, image->base);
    for (unsigned i = 0; i < 8; i++) {
        uint32_t rva = (uint32_t)((random >> (i * 3)) % image->size);
        struct pe_context context = {.rip = image->base + rva};
        struct pe_unwind_frame frame;
        struct pe_function function;
        context.gpr[PE_RSP] = (uint64_t)&stack[256];
        int found = pe_function_find(&unwind, rva, &function, NULL);
        if (found != PE_DAMAGED)
            (void)pe_virtual_unwind(&unwind, 3, context.rip, found == PE_OK ? &function : NULL,
                                    &context, NULL, &frame, NULL);
    }
}

/* What a machine asks of an image that is loaded. */
static void image_ask(struct image *image, uint64_t random)
{
    struct pe_view view = pe_view_mapped(&image->pe, (const void *)image->base, image->size);
    struct pe_error error;
    struct pe_tls tls;
    struct pe_pdb pdb;
    struct pe_version version;
    wchar_t text[64];
    volatile uint8_t sum = 0;
    if (image->entry != 0 && image_of_address(image->entry) != image)
        fail("the entry point lies outside");
    for (uint64_t at = 0; at < image->size && at < READ_MAX; at += READ_STEP)
        if (image_can_read(image->base + at, 1))
            sum += *(const uint8_t *)(image->base + at);
    pe_exports_each(&view, visit_export, image, &error);
    pe_tls_read(&view, image->base, &tls, &error);
    pe_pdb_find(&view, &pdb, &error);
    if (pe_version_read(&view, &version, &error) == PE_OK)
        pe_version_string(&view, L"FileDescription", text, 64, &error);
    image_export(image->name, "Name");
    functions_ask(image, random);
    image_discard_init(image);
    pe_exports_each(&view, visit_export, image, &error); /* tables may point to what has gone */
    pe_version_read(&view, &version, &error);
    image_export(image->name, "TablesFunction");
    image_discarded_section(image->base + random % image->size);
    for (uint64_t at = 0; at < image->size && at < READ_MAX; at += READ_STEP)
        if (image_can_read(image->base + at, 1))
            sum += *(const uint8_t *)(image->base + at);
}

static void file_write(int file, const uint8_t *bytes, size_t size)
{
    if (ftruncate(file, (off_t)size) || pwrite(file, bytes, size, 0) != (ssize_t)size)
        fail("cannot write %s", path);
}

static void round_run(int file, uint8_t *bytes)
{
    struct fuzz_random random = fuzz_random_make(seed, round_now);
    const struct fuzz_image *from = &images[fuzz_below(&random, image_count)];
    size_t size = fuzz_mutate(from, bytes, &random);
    struct image_error error = {0};
    struct image *image = NULL;
    file_write(file, bytes, size);
    NTSTATUS status = image_load(path, &image, &error);
    if (NT_SUCCESS(status)) {
        loaded++;
        image_ask(image, fuzz_next(&random));
        image_unload(image);
        return;
    }
    refused++;
    if (error.status != status || strncmp(error.text, "fuzz.sys: ", 10) != 0)
        fail("status 0x%x, text \"%s\"", (unsigned)status, error.text);
    if (!names_a_field(error.text))
        fail("names no field: \"%s\"", error.text);
}

static void image_read(const char *name)
{
    FILE *file = fopen(name, "rb");
    if (!file || image_count == IMAGES_MAX) {
        fprintf(stderr, "loader_fuzz: cannot read %s\n", name);
        exit(2);
    }
    struct fuzz_image *image = &images[image_count++];
    image->bytes = malloc(FUZZ_IMAGE_MAX);
    image->size = fread(image->bytes, 1, FUZZ_IMAGE_MAX, file);
    fclose(file);
}

static void setup(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], on_signal);
    strcpy(folder,
           access("/dev/shm", W_OK) ? "/tmp/cove-fuzz-XXXXXX" : "/dev/shm/cove-fuzz-XXXXXX");
    if (!mkdtemp(folder))
        fail("cannot make %s", folder);
    snprintf(path, sizeof path, "%s/fuzz.sys", folder);
    image_init();
}

int main(int argc, char **argv)
{
    uint64_t from = 0, count = 20000;
    int at = 1;
    for (; at + 1 < argc && !strncmp(argv[at], "--", 2); at += 2) {
        uint64_t value = strtoull(argv[at + 1], NULL, 0);
        *(!strcmp(argv[at], "--seed")   ? &seed
          : !strcmp(argv[at], "--from") ? &from
                                        : &count) = value;
    }
    for (; at < argc; at++)
        image_read(argv[at]);
    if (!image_count)
        return fprintf(stderr, "usage: loader_fuzz [--seed N] [--from I] [--count N] IMAGE…\n"), 2;
    setup();
    int file = open(path, O_RDWR | O_CREAT, 0600);
    uint8_t *bytes = malloc(FUZZ_IMAGE_MAX);
    unsigned before = images_loaded();
    for (round_now = from; round_now < from + count; round_now++) {
        alarm(ROUND_SECONDS);
        round_run(file, bytes);
        if (images_loaded() != before)
            fail("an image was left behind");
    }
    alarm(0);
    close(file);
    free(bytes);
    for (unsigned i = 0; i < image_count; i++)
        free(images[i].bytes);
    unlink(path);
    rmdir(folder);
    image_fini();
    printf("%llu damaged images: %llu refused, %llu loaded and asked\n", (unsigned long long)count,
           (unsigned long long)refused, (unsigned long long)loaded);
    /* Either half missing would mean that the other proves nothing. */
    return count > 1000 && (loaded < count / 50 || refused < count / 50);
}
