/* SPDX-License-Identifier: MIT */
/* bench_devices.c - what devices cost: one that is plugged in, two hundred that are there at boot.
 *
 * In: the toy bus of the examples, with a function driver and a filter above and below it on each
 * child; and a machine that is kept, whose registry has been filled by cove reg import.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cove/cove.h"

#define STARTED      0x8u /* DN_STARTED */
#define BUS_PATH     "\\\\?\\ROOT#TOYBUS#0000#{5b1f0c7a-2d53-4c1e-9a0d-6e41773a1001}"
#define IOCTL_PLUG   0x002aa000u /* CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x800, ...) */
#define IOCTL_UNPLUG 0x002aa004u

static struct cove_machine *machine;
static cove_file bus;

static int driver_add(const char *name)
{
    char path[PATH_MAX], error[400];
    snprintf(path, sizeof path, "%s/drivers/%s.sys", bench_folder, name);
    int32_t status = cove_driver(machine, path, error, sizeof error);
    if (status < 0)
        fprintf(stderr, "%s\n", error);
    return status < 0;
}

static int bus_make(void)
{
    struct cove_stack stack = {.function = "toybus"};
    char instance[COVE_INSTANCE_MAX], error[400] = "";
    if (driver_add("toybus") || driver_add("toy") || driver_add("toylower") ||
        driver_add("afterthought"))
        return -1;
    if (cove_device_create(machine, "Root\\ToyBus", &stack, instance, error, sizeof error) < 0) {
        fprintf(stderr, "%s\n", error);
        return -1;
    }
    return cove_open(machine, BUS_PATH, COVE_READ | COVE_WRITE, &bus) < 0 ? -1 : 0;
}

static int slot(uint32_t code, uint32_t serial)
{
    uint32_t count;
    int32_t status = cove_ioctl(bus, code, &serial, sizeof serial, NULL, 0, &count);
    return status < 0 || cove_devices_wait(machine) < 0;
}

struct search {
    char found[COVE_INSTANCE_MAX];
    uint32_t serial;
};

static void child_find(const char *instance, void *context)
{
    struct search *search = context;
    char tail[16];
    snprintf(tail, sizeof tail, "%u", search->serial);
    size_t length = strlen(instance), end = strlen(tail);
    if (!strncmp(instance, "TOYBUS\\", 7) && length > end && !strcmp(instance + length - end, tail))
        snprintf(search->found, sizeof search->found, "%s", instance);
}

/* The Enum key of a child names its drivers once it has been seen. */
static int child_prepare(uint32_t serial, char out_instance[COVE_INSTANCE_MAX])
{
    static const char *const lower[] = {"toylower", NULL}, *const upper[] = {"afterthought", NULL};
    struct cove_stack stack = {"toy", lower, upper};
    struct search search = {.serial = serial};
    char error[400] = "";
    if (slot(IOCTL_PLUG, serial) || cove_device_visit(machine, child_find, &search) < 0 ||
        !search.found[0])
        return -1;
    snprintf(out_instance, COVE_INSTANCE_MAX, "%s", search.found);
    int32_t status = cove_device_stack(machine, out_instance, &stack, error, sizeof error);
    if (status < 0)
        fprintf(stderr, "%s: %s\n", out_instance, error);
    return status < 0 ? -1 : slot(IOCTL_UNPLUG, serial);
}

/* Microseconds; loads: how many drivers a plug must bring into the machine. */
static double plug_rounds(const char *instance, uint32_t serial, uint64_t loads)
{
    static double rounds[ROUNDS];
    struct cove_counts before, after;
    uint32_t flags, problem;
    for (int i = 0; i < ROUNDS; i++) {
        cove_counts(machine, &before);
        double began = bench_now_ns();
        if (slot(IOCTL_PLUG, serial))
            return 0;
        rounds[i] = (bench_now_ns() - began) / 1e3;
        cove_counts(machine, &after);
        if (after.drivers - before.drivers != loads || after.devices - before.devices != 4 ||
            cove_device_status(machine, instance, &flags, &problem) < 0 || !(flags & STARTED) ||
            slot(IOCTL_UNPLUG, serial))
            return 0;
    }
    return bench_median(rounds, ROUNDS);
}

int plug_measure(struct bench_plug *out_plug)
{
    char one[COVE_INSTANCE_MAX], two[COVE_INSTANCE_MAX];
    *out_plug = (struct bench_plug){0};
    if (cove_boot(NULL, &machine) < 0)
        return -1;
    int result = bus_make();
    if (!result)
        result = child_prepare(1, one) || child_prepare(2, two);
    if (!result) {
        out_plug->from_file = plug_rounds(one, 1, 3);
        /* Another child keeps the drivers where they are. */
        result = slot(IOCTL_PLUG, 2);
        out_plug->loaded = result ? 0 : plug_rounds(one, 1, 0);
        cove_close(bus);
    }
    cove_shutdown(machine);
    return result ? -1 : 0;
}

/* ---- two hundred at boot ------------------------------------------------------------------------
 */

#define MACHINE "bench-boot"
#define DEVICES 200
#define BOOTS   15

static int cove(const char *words)
{
    char line[3 * PATH_MAX];
    snprintf(line, sizeof line, "%s/bin/cove %s >/dev/null", bench_folder, words);
    return system(line);
}

static void service_print(FILE *file, const char *name)
{
    fprintf(file,
            "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\%s]\n"
            "\"Type\"=dword:1\n\"Start\"=dword:3\n\"ErrorControl\"=dword:1\n"
            "\"ImagePath\"=\"\\\\SystemRoot\\\\System32\\\\drivers\\\\%s.sys\"\n\n",
            name, name);
}

/* A device each, with a filter below and one above its function driver. */
static int registry_write(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return -1;
    fputs("Windows Registry Editor Version 5.00\n\n", file);
    service_print(file, "toy");
    service_print(file, "toylower");
    service_print(file, "afterthought");
    for (int i = 0; i < DEVICES; i++)
        fprintf(file,
                "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Enum\\ROOT\\BENCH\\%04d]\n"
                "\"Service\"=\"toy\"\n\"DeviceDesc\"=\"a toy\"\n"
                "\"HardwareID\"=hex(7):42,00,00,00,00,00\n"
                "\"ClassGUID\"=\"{4d36e97d-e325-11ce-bfc1-08002be10318}\"\n"
                "\"LowerFilters\"=hex(7):%s\n\"UpperFilters\"=hex(7):%s\n\n",
                i, "74,00,6f,00,79,00,6c,00,6f,00,77,00,65,00,72,00,00,00,00,00",
                "61,00,66,00,74,00,65,00,72,00,74,00,68,00,6f,00,75,00,67,00,68,00,74,00,00,00,"
                "00,00");
    return fclose(file);
}

static int started_count(void)
{
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line,
             "%s/bin/cove devcon -m " MACHINE " status '@ROOT\\BENCH\\*' | grep -c running",
             bench_folder);
    FILE *pipe = popen(line, "r");
    int count = 0;
    if (pipe && fscanf(pipe, "%d", &count) != 1)
        count = 0;
    if (pipe)
        pclose(pipe);
    return count;
}

/* state: a folder of its own for what is kept. */
static int machine_prepare(const char *state)
{
    char words[3 * PATH_MAX];
    setenv("COVE_STATE_DIR", state, 1);
    if (cove("boot " MACHINE " --fresh"))
        return -1;
    snprintf(words, sizeof words,
             "mkdir -p %s/" MACHINE "/drive-c/Windows/System32/drivers && cp %s/drivers/toy.sys "
             "%s/drivers/toylower.sys %s/drivers/afterthought.sys "
             "%s/" MACHINE "/drive-c/Windows/System32/drivers",
             state, bench_folder, bench_folder, bench_folder, state);
    int result = system(words);
    snprintf(words, sizeof words, "%s/devices.reg", state);
    result = result || registry_write(words);
    snprintf(words, sizeof words, "reg -m " MACHINE " import %s/devices.reg", state);
    return result || cove(words) || cove("shutdown " MACHINE);
}

double boot_ms(void)
{
    double rounds[BOOTS];
    int count = 0;
    char state[] = "/tmp/cove-bench-XXXXXX", words[128];
    if (!mkdtemp(state) || machine_prepare(state))
        return 0;
    while (count < BOOTS) {
        double began = bench_now_ns();
        if (cove("boot " MACHINE))
            break;
        rounds[count++] = (bench_now_ns() - began) / 1e6;
        int started = started_count();
        if (cove("shutdown " MACHINE))
            break;
        if (started != DEVICES) {
            fprintf(stderr, "%d of %d devices run\n", started, DEVICES);
            return 0;
        }
    }
    cove("forget " MACHINE);
    snprintf(words, sizeof words, "rm -rf %s", state);
    if (system(words))
        return 0;
    unsetenv("COVE_STATE_DIR");
    return count == BOOTS ? bench_median(rounds, count) : 0;
}
