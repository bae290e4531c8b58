/* SPDX-License-Identifier: MIT */
/* bench.h - what the parts of the benchmark share: the clock, medians, the rows they measure.
 *
 * Every figure is the median of its rounds; 0 says that it could not be measured. What is
 * compared is measured in the same run, in turn with what it is compared with.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <sys/types.h>

#define CALLS  1000
#define ROUNDS 60

extern const char *bench_folder; /* of the build: bin, drivers, apps */

double bench_now_ns(void);
/* Sorts values. */
double bench_median(double *values, int count);
void bench_pin(int cpu);

/* ---- bench_program.c: a Windows program in its own process ------------------------------- */

/* A call of 8 bytes; cores: a taskset list. */
double program_call(const char *cores);
/* The same on one core, of programs of both widths in turn. */
void program_calls_of_widths(double *out_64, double *out_32);
/* To widen a 32-bit program's call of a service and narrow its answer, for one of each kind. */
int conversions_measure(void (*tell)(const char *service, double ns));
/* From the start of a 32-bit program on a machine that is there to its first answered call. */
double first_call32_ms(void);
/* A 32-bit program's call of 16-bit code with three parameters, one of them a string. */
double flat_call_ns(void);
/* A 16-bit program's call of 32-bit code with three parameters. */
double generic_call_ns(void);
/* 0: the emulator is not installed. */
double emulated_call_ns(void);
/* One that calls a driver, in turn with a 64-bit program's call. */
void ladder_calls(double *out_one, double *out_ladder);
/* Milliseconds from the start of `cove run` to the first answered call. */
double first_call_ms(void);
double idle_mib(void);
/* The same files under Wine, where it is installed. */
void wine_call(double *out_one, double *out_two);
/* Calls a second of `programs` at once on a machine kept, like them, on cores. */
double programs_per_second(const char *cores, int programs);
/* Nanoseconds to send, keep waiting, complete and reap one of `count` requests, on one core;
 * is_cancelled: the program cancels instead. */
double program_outstanding(int count, int is_cancelled);

/* Sleeping waiters that were woken, while a program calls on both cores. */
struct bench_wakes {
    double calls, wakes;
    double median; /* of windows of a millisecond */
};
int program_wakes(const char *cores, struct bench_wakes *out_wakes);

/* ---- bench_machine.c: the machine in this process ------------------------------------------ */

struct bench_machine {
    double small;       /* 8 bytes, buffered */
    double direct;      /* 1 MiB METHOD_OUT_DIRECT that the driver does not touch */
    double echo, copy;  /* 64 KiB buffered there and back; the copies alone */
    double irql_read;   /* mov from cr8 */
    double irql_change; /* raise to DISPATCH_LEVEL and lower again: two writes */
    double time_read;   /* 8 bytes of the shared-data page */
    double value_read;  /* ZwQueryValueKey of one of a key's ten values */
    double loop;        /* the driver's loop around them, subtracted already */
};
int machine_measure(struct bench_machine *out_machine);

/* ---- bench_framework.c: the same calls through the Framework ------------------------------- */

struct bench_framework {
    double bare;         /* benchdrv.sys, the same run */
    double queue;        /* a parallel queue of kmdfbench.sys */
    double forward;      /* by way of a manual queue */
    double object;       /* made with a context and deleted */
    double resident_kib; /* the Framework and its first client, more than before */
    /* Microseconds from the first AddDevice of a stack to its start: a filter above and one below
     * that pass everything on, and a function driver that does so, too, or the hello example. */
    double start_bare, start_hello;
};
int framework_measure(struct bench_framework *out_framework);

/* ---- bench_setup.c ----------------------------------------------------------------------------
 */

double install_ms(void); /* cove devcon install, with its file copies; 0: failed */

/* ---- bench_devices.c --------------------------------------------------------------------------
 */

/* From the bus driver's being told of a child to its started stack of function driver and two
 * filters, in microseconds; from_file: the three are loaded for it. */
struct bench_plug {
    double loaded, from_file;
};
int plug_measure(struct bench_plug *out_plug);
double boot_ms(void); /* cove boot of a machine with 200 devices of three drivers each */

#endif
