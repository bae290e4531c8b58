/* SPDX-License-Identifier: MIT */
/* cli.h - the verbs of the program `cove`.
 *
 * A verb gets the arguments that follow it, its own name as argv[0], and answers the
 * exit code: 0 good, 2 for a command line it does not understand.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* one line */
};

int cli_boot(int argc, char **argv);
int cli_cc(int argc, char **argv);
int cli_wpp(int argc, char **argv);
int cli_mof(int argc, char **argv);
int cli_mc(int argc, char **argv);
int cli_dump(int argc, char **argv);
int cli_link16(int argc, char **argv);
int cli_thunk(int argc, char **argv);
int cli_devcon(int argc, char **argv);
int cli_exec(int argc, char **argv);
int cli_forget(int argc, char **argv);
int cli_image(int argc, char **argv);
int cli_inf2cat(int argc, char **argv);
int cli_inf(int argc, char **argv);
int cli_kd(int argc, char **argv);
int cli_power(int argc, char **argv);
int cli_wmi(int argc, char **argv);
int cli_new(int argc, char **argv);
int cli_log(int argc, char **argv);
int cli_pnputil(int argc, char **argv);
int cli_ps(int argc, char **argv);
int cli_reg(int argc, char **argv);
int cli_run(int argc, char **argv);
int cli_sc(int argc, char **argv);
int cli_shutdown(int argc, char **argv);
int cli_stampinf(int argc, char **argv);
int cli_trace(int argc, char **argv);

#endif
