/* SPDX-License-Identifier: MIT */
/* bench_setup.c - what installing a small package costs, from the command to the started device.
 *
 * In: the robot pair of the examples. Each round installs it on a machine that stays and takes it
 * away again; only the installation is timed, with the three files that it copies.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

#define MACHINE "bench-setup"

static int cove(const char *words)
{
    char line[3 * PATH_MAX];
    snprintf(line, sizeof line, "%s/bin/cove %s >/dev/null", bench_folder, words);
    return system(line);
}

double install_ms(void)
{
    double rounds[ROUNDS];
    int count = 0;
    char install[2 * PATH_MAX];
    snprintf(install, sizeof install,
             "devcon -m " MACHINE " install %s/drivers/robot.inf 'root\\contosorobot'",
             bench_folder);
    if (cove("boot " MACHINE " --fresh"))
        return 0;
    while (count < ROUNDS) {
        double began = bench_now_ns();
        if (cove(install))
            break;
        rounds[count++] = (bench_now_ns() - began) / 1e6;
        if (cove("devcon -m " MACHINE " remove 'root\\contosorobot'") ||
            cove("devcon -m " MACHINE " dp_delete oem0.inf"))
            break;
    }
    cove("shutdown " MACHINE);
    cove("forget " MACHINE);
    return count == ROUNDS ? bench_median(rounds, count) : 0;
}
