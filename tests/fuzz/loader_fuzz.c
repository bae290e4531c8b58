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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/abi_export.h"
#include "callout/ddi_frame.h"
#include "fuzz_rounds.h"
#include "host/host.h"
#include "image/image.h"
#include "loader_fuzz_mutate.h"
#include "pe/resource.h"
#include "pe/tables.h"
#include "pe/unwind.h"

#define READ_MAX  65536u
#define READ_STEP 509u /* meets every page, and not always at the same place */

static char folder[64], path[96];
static int file; /* at path */
static unsigned images_before;
static uint64_t loaded, refused;

/* The images' imports lead nowhere: nothing here is run. */
void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    (void)row;
    (void)frame;
    abort();
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
        fuzz_fail("an export's name is too long");
    if (!export->forwarder && export->rva >= image->size)
        fuzz_fail("an export lies outside: 0x%x", export->rva);
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
        fuzz_fail("the entry point lies outside");
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

static void file_write(const uint8_t *bytes, size_t size)
{
    if (ftruncate(file, (off_t)size) || pwrite(file, bytes, size, 0) != (ssize_t)size)
        fuzz_fail("cannot write %s", path);
}

static void image_try(uint64_t round)
{
    static uint8_t bytes[FUZZ_IMAGE_MAX];
    struct fuzz_random random = fuzz_random_make(fuzz_seed, round);
    const struct fuzz_file *from = &fuzz_files[fuzz_below(&random, fuzz_file_count)];
    size_t size = fuzz_mutate(from, bytes, &random);
    struct image_error error = {0};
    struct image *image = NULL;
    file_write(bytes, size);
    NTSTATUS status = image_load(path, &image, &error);
    if (NT_SUCCESS(status)) {
        loaded++;
        image_ask(image, fuzz_next(&random));
        image_unload(image);
        return;
    }
    refused++;
    if (error.status != status || strncmp(error.text, "fuzz.sys: ", 10) != 0)
        fuzz_fail("status 0x%x, text \"%s\"", (unsigned)status, error.text);
    if (!names_a_field(error.text))
        fuzz_fail("names no field: \"%s\"", error.text);
}

static void round_run(uint64_t round)
{
    image_try(round);
    if (images_loaded() != images_before)
        fuzz_fail("an image was left behind");
}

static void setup(void)
{
    strcpy(folder,
           access("/dev/shm", W_OK) ? "/tmp/cove-fuzz-XXXXXX" : "/dev/shm/cove-fuzz-XXXXXX");
    if (!mkdtemp(folder))
        fuzz_fail("cannot make %s", folder);
    snprintf(path, sizeof path, "%s/fuzz.sys", folder);
    file = open(path, O_RDWR | O_CREAT, 0600);
    image_init();
    images_before = images_loaded();
}

static int summary(uint64_t count)
{
    printf("%llu damaged images: %llu refused, %llu loaded and asked\n", (unsigned long long)count,
           (unsigned long long)refused, (unsigned long long)loaded);
    /* Either half missing would mean that the other proves nothing. */
    return count > 1000 && (loaded < count / 50 || refused < count / 50);
}

int main(int argc, char **argv)
{
    setup();
    int result = fuzz_rounds(argc, argv, "loader_fuzz", FUZZ_IMAGE_MAX, round_run, summary);
    close(file);
    unlink(path);
    rmdir(folder);
    image_fini();
    return result;
}
