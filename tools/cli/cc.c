/* SPDX-License-Identifier: MIT */
/* cc.c - `cove cc`: compiles and links a WDM or KMDF driver.
 *
 * In come sources as a Windows driver author writes them, out comes a .sys that loads
 * here and on Windows. This file knows what clang, llvm-rc and lld-link must be told
 * so that they behave like the WDK's own build; the rest of the command line goes on
 * to clang. One tool runs at a time; the first that fails ends the run with its code.
 */
#include "cc.h"
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLANG  "clang-19"
#define LINKER "lld-link-19"
#define RC     "llvm-rc-19"
#define MASM   "llvm-ml-19"

static const char help_text[] =
    "usage: cove cc [-o NAME.sys] [OPTIONS] FILE...\n"
    "\n"
    "Compiles and links a WDM or KMDF driver. FILE is a source (.c .cpp .S .asm .rc), an object, "
    "a\n"
    "library, a .res, a .def,\n"
    "a message file (.mc), an event manifest (.man) or WMI classes (.mof). Options not listed here "
    "go to clang.\n"
    "\n"
    "  -o FILE        what to write; without it the first source's name and .sys\n"
    "  --kmdf[=1.N]   a driver of the Framework, for version 1.N (9, 11, 13 ... 33; without,\n"
    "                 1.33); -DKMDF_VERSION_MINOR=N says it, too\n"
    "  -c             compile only: an .obj (or .res) beside you\n"
    "  -O1 -O2 -Os    a free build; without, a checked one (DBG=1)\n"
    "  -g0            no debug information; without, a .pdb is written beside the driver\n"
    "  -gdwarf        debug information inside the driver, for gdb\n"
    "  -fstack-protector-strong   stack cookies, set up by GsDriverEntry\n"
    "  --entry=NAME   entry point; else DriverEntry or GsDriverEntry\n"
    "  -lNAME -L DIR  NAME.lib, and where to look for it\n"
    "  -Wl,A,B        words for lld-link\n"
    "  --export=NAME  a function that other drivers may import\n"
    "  --wpp=-func:NAME(LEVEL,FLAGS,MSG,...)   a trace function, for sources that include\n"
    "                 a .tmh; --wpp=-scan:FILE where more are described\n"
    "  @FILE          more words; /D /I /FI /O2 /Zi and the like are understood\n"
    "  --verbose      print each command before it runs; -### prints and does nothing\n"
    "\n"
    "NTDDI_VERSION or _WIN32_WINNT given with -D choose an older interface. The WDK is\n"
    "taken from ../share/cove/wdk beside the program, or from COVE_WDK.\n";

/* What one run stands on. */
struct cc_place {
    const char *wdk;
    const char *temporary; /* private, removed at the end */
    const char *overlay;   /* of the driver's own headers; NULL without */
};

/* Where headers and import libraries are: a path without symbolic links, because the
 * overlay that ignores case compares names.
 */
static const char *wdk_find(void)
{
    const char *chosen = getenv("COVE_WDK");
    char self[PATH_MAX];
    char real[PATH_MAX];

    if (chosen == NULL || *chosen == '\0') {
        ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (length < 0)
            length = 0;
        self[length] = '\0';
        char *slash = strrchr(self, '/');
        if (slash != NULL)
            *slash = '\0';
        chosen = text_copyf("%s/../share/cove/wdk", self);
    }
    if (realpath(chosen, real) == NULL || access(text_copyf("%s/include", real), R_OK) != 0) {
        fprintf(stderr,
                "cove cc: no driver kit at %s; set COVE_WDK to the folder that holds "
                "its include and lib\n",
                chosen);
        return NULL;
    }
    return text_copyf("%s", real);
}

/* ---- compiling --------------------------------------------------------------- */

/* Dialect and code generation of a kernel-mode build. */
static const char *const compile_flags[] = {
    "--target=x86_64-pc-windows-msvc",
    "-fms-extensions",
    "-fms-compatibility",
    "-fasync-exceptions",
    "-mno-red-zone",
    "-mcx16",
    "-fno-stack-protector",
    "-fno-strict-aliasing",
    "-fwrapv",
    "-fcommon", /* as Microsoft's compiler: `int x;` in several files is one x */
    "-nostdlibinc",
    NULL,
};

/* Microsoft's dialect, pool tags and the case of names are no news here; what MSVC
 * lets pass with a warning is a warning.
 */
static const char *const warning_flags[] = {
    "-Wno-microsoft",
    "-Wno-ignored-attributes",
    "-Wno-ignored-pragma-intrinsic",
    "-Wno-pragma-pack",
    "-Wno-unknown-pragmas",
    "-Wno-multichar",
    "-Wno-four-char-constants",
    "-Wno-nonportable-include-path",
    "-Wno-error=implicit-function-declaration",
    "-Wno-error=implicit-int",
    "-Wno-error=incompatible-function-pointer-types",
    "-Wno-error=int-conversion",
    "-Wno-error=invalid-token-paste",
    "-Wno-address-of-temporary",
    "-Wuninitialized",
    "-Wsometimes-uninitialized",
    NULL,
};

/* No C++ exceptions, type information or locked statics in the kernel; operator new is
 * the driver's own. Narrowing: a control code is a negative int, `switch` is over a ULONG.
 */
static const char *const cxx_flags[] = {
    "-fno-exceptions",      "-fno-rtti", "-fno-threadsafe-statics", "-Wno-writable-strings",
    "-Wno-c++11-narrowing", NULL,
};

/* A structure to be returned has its own place: where a __finally uses it, clang 19 dies of one
 * that lies where the caller wants it.
 */
static const char *const c_flags[] = {"-fno-elide-constructors", NULL};

static bool is_defined(const struct cc_options *options, const char *name)
{
    for (size_t i = 0; i < options->defines.count; i++)
        if (strcmp(options->defines.items[i], name) == 0)
            return true;
    return false;
}

/* The macros of a WDK build; one that the command line mentions is the user's. */
static void defines_add(struct words *command, const struct cc_options *options)
{
    static const struct {
        const char *name;
        const char *value;
    } fixed[] = {
        {"_AMD64_", "1"},
        {"AMD64", "1"},
        {"_KERNEL_MODE", "1"},
        {"WINNT", "1"},
        {"WIN32", "100"},
        {"_NT1X_", "100"},
        {"STD_CALL", "1"},
        {"CONDITION_HANDLING", "1"},
        {"NT_UP", "0"},
        {"NT_INST", "0"},
        {"DEVL", "1"},
        {"_WIN32_IE", "0x0A00"},
        {"UNICODE", "1"},
        {"_UNICODE", "1"},
        {"DEPRECATE_DDK_FUNCTIONS", "1"},
        {"__FUNCTIONW__", "L__FUNCTION__"}, /* a word of Microsoft's compiler */
    };
    static const char *const version[] = {"-D_WIN32_WINNT=0x0A00", "-DWINVER=0x0A00",
                                          "-DNTDDI_VERSION=0x0A00000C", NULL};

    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        if (!is_defined(options, fixed[i].name))
            words_addf(command, "-D%s=%s", fixed[i].name, fixed[i].value);
    if (!is_defined(options, "NTDDI_VERSION") && !is_defined(options, "_WIN32_WINNT") &&
        !is_defined(options, "WINVER"))
        words_list(command, version);
    if (options->kmdf_minor != 0 && !is_defined(options, "KMDF_VERSION_MAJOR"))
        words_add(command, "-DKMDF_VERSION_MAJOR=1");
    if (options->kmdf_minor != 0 && !is_defined(options, "KMDF_VERSION_MINOR"))
        words_addf(command, "-DKMDF_VERSION_MINOR=%d", options->kmdf_minor);
    if (!options->is_optimized && !is_defined(options, "DBG"))
        words_add(command, "-DDBG=1");
    if (options->is_optimized && !is_defined(options, "NDEBUG"))
        words_add(command, "-DNDEBUG");
}

static const char *const code_folders[] = {"shared", "km", "crt", NULL};
static const char *const kmdf_folders[] = {"wdf/kmdf", "shared", "km", "crt", NULL};
static const char *const resource_folders[] = {"rc", "shared", "km", NULL};
static const char *const kmdf_resource_folders[] = {"rc", "wdf/kmdf", "shared", "km", "crt", NULL};

static void includes_add(struct words *command, const struct cc_place *place,
                         const char *const *folders)
{
    const char *overlay = text_copyf("%s/include/overlay.yaml", place->wdk);

    if (access(overlay, R_OK) == 0)
        words_addf(command, "-ivfsoverlay%s", overlay);
    if (place->overlay != NULL)
        words_addf(command, "-ivfsoverlay%s", place->overlay);
    for (const char *const *folder = folders; *folder != NULL; folder++) {
        words_add(command, "-isystem");
        words_addf(command, "%s/include/%s", place->wdk, *folder);
    }
}

/* The name of a file without folders and extension, as text of our own. */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    return text_copyf("%.*s", dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name),
                      name);
}

static int source_compile(const struct cc_options *options, const struct cc_place *place,
                          const struct cc_source *source, const char *object)
{
    struct words command = {0};

    words_add(&command, CLANG);
    words_list(&command, compile_flags);
    words_list(&command, warning_flags);
    defines_add(&command, options);
    if (source->language == CC_CXX) {
        words_list(&command, cxx_flags);
        words_add(&command, options->standard_cxx != NULL ? options->standard_cxx : "-std=gnu++17");
    } else if (source->language == CC_C) {
        words_list(&command, c_flags);
        words_add(&command, options->standard_c != NULL ? options->standard_c : "-std=gnu17");
    }
    if (options->has_debug && !options->has_dwarf) {
        words_add(&command, "-g");
        words_add(&command, "-gcodeview");
    }
    words_join(&command, &options->clang);
    words_addf(&command, "-I%s", place->temporary);
    includes_add(&command, place, options->kmdf_minor != 0 ? kmdf_folders : code_folders);
    if (options->mode != CC_CLANG)
        words_add(&command, "-c");
    if (source->forced != NULL)
        words_addf(&command, "-x%s", source->forced);
    words_add(&command, source->path);
    if (object != NULL) {
        words_add(&command, "-o");
        words_add(&command, object);
    }
    if ((source->language == CC_C || source->language == CC_CXX) && options->mode != CC_CLANG)
        return cc_code_compile(options, place->wdk, place->temporary, source, &command);
    return cc_run(options, &command);
}

/* The code page of a script without a mark: its characters are UTF-8 or Western Windows'. */
static const char *code_page_of(const char *path)
{
    static const char *const pages[] = {"-C1252", "-C65001"};
    unsigned char bytes[4096];
    FILE *file = fopen(path, "rb");
    int follow = 0;
    size_t count;

    if (file == NULL)
        return pages[1];
    while (follow >= 0 && (count = fread(bytes, 1, sizeof bytes, file)) != 0)
        for (size_t i = 0; i < count && follow >= 0; i++) {
            if (follow > 0)
                follow = (bytes[i] & 0xc0) == 0x80 ? follow - 1 : -1;
            else if (bytes[i] >= 0x80)
                follow = bytes[i] >= 0xf0 ? 3 : bytes[i] >= 0xe0 ? 2 : bytes[i] >= 0xc2 ? 1 : -1;
        }
    fclose(file);
    return pages[follow == 0];
}

/* A resource script is preprocessed like C and then compiled. */
static int resource_compile(const struct cc_options *options, const struct cc_place *place,
                            const struct cc_source *source, const char *object)
{
    struct words preprocess = {0};
    struct words compile = {0};
    char *plain = text_copyf("%s/%s-plain.rc", place->temporary, stem_of(source->path));

    words_add(&preprocess, CLANG);
    words_list(&preprocess, compile_flags);
    words_list(&preprocess, warning_flags);
    defines_add(&preprocess, options);
    words_add(&preprocess, "-DRC_INVOKED");
    words_join(&preprocess, &options->resource);
    words_addf(&preprocess, "-I%s", place->temporary);
    includes_add(&preprocess, place,
                 options->kmdf_minor != 0 ? kmdf_resource_folders : resource_folders);
    words_add(&preprocess, "-E");
    words_add(&preprocess, "-xc");
    words_add(&preprocess, source->path);
    words_add(&preprocess, "-o");
    words_add(&preprocess, plain);
    int code = cc_run(options, &preprocess);
    if (code != 0)
        return code;

    char *folder = text_copyf("%s", source->path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    words_add(&compile, RC);
    words_add(&compile, "-no-preprocess");
    words_add(&compile, code_page_of(plain));
    words_add(&compile, "-I");
    words_add(&compile, slash != NULL ? folder : ".");
    for (size_t i = 0; i < options->resource.count; i++)
        if (strncmp(options->resource.items[i], "-I", 2) == 0)
            words_addf(&compile, "-I%s", options->resource.items[i] + 2);
    words_addf(&compile, "-I%s", place->temporary);
    words_add(&compile, "-fo");
    words_add(&compile, object);
    words_add(&compile, plain);
    return cc_run(options, &compile);
}

static int assembly_compile(const struct cc_options *options, const struct cc_source *source,
                            const char *object)
{
    struct words command = {0};

    words_add(&command, MASM);
    words_add(&command, "-m64");
    words_join(&command, &options->resource);
    words_add(&command, "/c");
    words_add(&command, "/Fo");
    words_add(&command, object);
    words_add(&command, source->path);
    return cc_run(options, &command);
}

/* Header and script of a message file, and what the script compiles to. */
static int messages_compile(const struct cc_options *options, const struct cc_place *place,
                            const struct cc_source *source, const char *object)
{
    struct cc_source script = {.language = CC_RESOURCE};
    int code = cc_messages_make(options, place->wdk, place->temporary, source->path);

    if (code != 0 || object == NULL)
        return code;
    script.path = text_copyf("%s/%s.rc", place->temporary, stem_of(source->path));
    return resource_compile(options, place, &script, object);
}

static int one_compile(const struct cc_options *options, const struct cc_place *place,
                       const struct cc_source *source, const char *object)
{
    if (source->language == CC_MESSAGES)
        return messages_compile(options, place, source, object);
    if (source->language == CC_CLASSES)
        return cc_classes_make(options, place->wdk, place->temporary, source->path);
    if (source->language == CC_MASM)
        return assembly_compile(options, source, object);
    if (source->language == CC_RESOURCE && options->mode != CC_CLANG)
        return resource_compile(options, place, source, object);
    if (source->language == CC_C || source->language == CC_CXX) {
        int code = cc_trace_header_make(options, place->wdk, place->temporary, source->path);
        if (code != 0)
            return code;
    }
    return source_compile(options, place, source, object);
}

static bool is_resource(const struct cc_source *source)
{
    return source->language == CC_RESOURCE || source->language == CC_MESSAGES;
}

static int object_make(const struct cc_options *options, const struct cc_place *place, size_t index,
                       struct words *inputs)
{
    const struct cc_source *source = &options->sources[index];
    const char *extension = is_resource(source) ? "res" : "obj";
    char *stem = stem_of(source->path);
    const char *object = options->output;

    if (source->language == CC_CLASSES ||
        (source->language == CC_MESSAGES &&
         cc_script_is_included(options, text_copyf("%s.rc", stem))))
        object = NULL;
    else if (options->mode == CC_LINK)
        object = text_copyf("%s/%zu-%s.%s", place->temporary, index, stem, extension);
    else if (object == NULL && options->mode == CC_COMPILE)
        object = text_copyf("%s.%s", stem, extension);
    int code = one_compile(options, place, source, object);
    if (code == 0 && object != NULL)
        words_add(inputs, object);
    return code;
}

static bool is_generator(const struct cc_source *source)
{
    return source->language == CC_MESSAGES || source->language == CC_CLASSES;
}

/* Compiles every source; each object's name is added to inputs. Messages and classes come first:
 * the others include what is made of them, spelled in any case.
 */
static int sources_compile(const struct cc_options *options, struct cc_place *place,
                           struct words *inputs)
{
    for (int pass = 0; pass < 2; pass++) {
        place->overlay = cc_overlay_write(options, place->temporary);
        for (size_t i = 0; i < options->source_count; i++) {
            if (is_generator(&options->sources[i]) != (pass == 0))
                continue;
            int code = object_make(options, place, i, inputs);
            if (code != 0)
                return code;
        }
    }
    return 0;
}

/* ---- linking ----------------------------------------------------------------- */

static const char *const link_flags[] = {
    "/nologo",
    "/driver",
    "/subsystem:native,10.0",
    "/machine:x64",
    "/nodefaultlib",
    "/release",
    "/opt:ref",
    "/incremental:no",
    "/tsaware:no",
    "/version:10.0",
    "/osversion:10.0",
    "/merge:_TEXT=.text",
    "/merge:_PAGE=PAGE",
    "/section:INIT,ERD",
    /* operator delete that is told the size, where the driver has the other one alone */
    "/alternatename:??3@YAXPEAX_K@Z=??3@YAXPEAX@Z",
    "/alternatename:??_V@YAXPEAX_K@Z=??_V@YAXPEAX@Z",
    NULL,
};

/* In the WDK's order; those a driver does not use leave no trace. */
static const char *const libraries[] = {
    "BufferOverflowFastFailK.lib",
    "wdmsec.lib",
    "aux_klib.lib",
    "wmilib.lib",
    "ntoskrnl.lib",
    "hal.lib",
    "ntstrsafe.lib",
    "libcntpr.lib",
    NULL,
};

static const char *output_name(const struct cc_options *options)
{
    if (options->output != NULL)
        return options->output;
    const char *first =
        options->source_count > 0 ? options->sources[0].path : options->inputs.items[0];
    return text_copyf("%s.sys", stem_of(first));
}

/* Below a page the file's alignment must be the sections', which lld does not see to. */
static void alignment_match(struct words *command, const struct words *linker)
{
    unsigned long alignment = 0;
    for (size_t i = 0; i < linker->count; i++) {
        const char *word = linker->items[i];
        if (strncasecmp(word + 1, "filealign:", 10) == 0)
            return;
        if (strncasecmp(word + 1, "align:", 6) == 0)
            alignment = strtoul(word + 7, NULL, 0);
    }
    if (alignment >= 1 && alignment < 0x1000)
        words_addf(command, "/filealign:%lu", alignment);
}

static int objects_link(const struct cc_options *options, const struct cc_place *place,
                        const struct words *objects)
{
    struct words command = {0};
    const char *output = output_name(options);
    const char *entry = options->entry;

    if (entry == NULL && options->kmdf_minor != 0)
        entry = "FxDriverEntry"; /* sets the cookie up, too */
    if (entry == NULL)
        entry = options->has_protector ? "GsDriverEntry" : "DriverEntry";
    words_add(&command, LINKER);
    words_list(&command, link_flags);
    words_addf(&command, "/out:%s", output);
    words_addf(&command, "/entry:%s", entry);
    if (options->has_dwarf)
        words_add(&command, "/debug:dwarf");
    else if (options->has_debug)
        words_add(&command, "/debug");
    if (options->has_debug && !options->has_dwarf) {
        const char *slash = strrchr(output, '/');
        words_addf(&command, "/pdb:%.*s%s.pdb", slash != NULL ? (int)(slash - output + 1) : 0,
                   output, stem_of(output));
        words_add(&command, "/pdbaltpath:%_PDB%");
    }
    words_join(&command, objects);
    words_join(&command, &options->inputs);
    words_join(&command, &options->linker);
    alignment_match(&command, &options->linker);
    words_addf(&command, "/libpath:%s/lib", place->wdk);
    if (options->kmdf_minor != 0) {
        words_addf(&command, "/libpath:%s/lib/wdf/kmdf/1.%d", place->wdk, options->kmdf_minor);
        words_add(&command, "WdfDriverEntry.lib");
        words_add(&command, "WdfLdr.lib");
    }
    words_list(&command, libraries);
    return cc_run(options, &command);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

int cli_cc(int argc, char **argv)
{
    struct cc_options options;
    struct words words = {0};
    struct words objects = {0};
    struct cc_place place = {0};

    if (asks_for_help(argc, argv)) {
        fputs(help_text, stdout);
        return 0;
    }
    if (!cc_words_read(argc, argv, &words) ||
        !cc_options_read((int)words.count, words.items, &options))
        return 2;
    place.wdk = wdk_find();
    if (place.wdk == NULL)
        return 1;
    place.temporary = cc_temporary_create();
    if (place.temporary == NULL)
        return 1;
    int code = sources_compile(&options, &place, &objects);
    if (code == 0 && options.mode == CC_LINK)
        code = objects_link(&options, &place, &objects);
    cc_temporary_remove(place.temporary);
    return code;
}

int cli_wpp(int argc, char **argv)
{
    const char *wdk = wdk_find();

    return wdk == NULL ? 1 : cli_generator(wdk, "wpp/wpp.py", argc, argv);
}

int cli_mof(int argc, char **argv)
{
    const char *wdk = wdk_find();

    return wdk == NULL ? 1 : cli_generator(wdk, "mof/mof.py", argc, argv);
}

int cli_mc(int argc, char **argv)
{
    const char *wdk = wdk_find();

    return wdk == NULL ? 1 : cli_generator(wdk, "mc/mc.py", argc, argv);
}
