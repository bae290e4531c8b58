/* SPDX-License-Identifier: MIT */
/* devcon_tree.c - the device tree as text, and as a picture through Graphviz.
 *
 * As the documentation draws it: a node is a box, in it the stack with the PDO at the bottom, then
 * lower filters, the function driver and upper filters; children hang from their bus.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devcon.h"
#include "devices.h"
#include "options.h"

enum { DN_HAS_PROBLEM = 0x400, DN_STARTED = 0x8 };

static void state_text(const cJSON *device, char *out, size_t size)
{
    unsigned status = (unsigned)json_number(device, "status");
    if (status & DN_HAS_PROBLEM)
        snprintf(out, size, "problem %02.0f", json_number(device, "problem"));
    else
        snprintf(out, size, "%s", status & DN_STARTED ? "started" : "not started");
}

/* The children of the node at index, in order, are those below it with a depth one more. */
static bool is_last_child(const cJSON *list, int index)
{
    double depth = json_number(cJSON_GetArrayItem(list, index), "depth");
    for (int i = index + 1; i < cJSON_GetArraySize(list); i++) {
        double other = json_number(cJSON_GetArrayItem(list, i), "depth");
        if (other < depth)
            return true;
        if (other == depth)
            return false;
    }
    return true;
}

#define DEPTH_MAX 64

static void node_print(const cJSON *list, int index, int base, bool *is_open)
{
    const cJSON *device = cJSON_GetArrayItem(list, index), *row;
    int depth = (int)json_number(device, "depth") - base;
    char state[32], indent[DEPTH_MAX * 3 + 4] = "";
    if (depth >= DEPTH_MAX)
        return;
    bool is_last = is_last_child(list, index);
    for (int i = 1; i < depth; i++)
        strcat(indent, is_open[i] ? "|  " : "   ");
    state_text(device, state, sizeof state);
    printf("%s%s%s", indent, depth ? "+- " : "", json_text(device, "instance"));
    if (*devcon_name(device))
        printf("  \"%s\"", devcon_name(device));
    printf("  (%s)\n", state);
    if (depth)
        strcat(indent, is_last ? "   " : "|  ");
    is_open[depth] = !is_last;
    bool has_children =
        index + 1 < cJSON_GetArraySize(list) &&
        (int)json_number(cJSON_GetArrayItem(list, index + 1), "depth") - base > depth;
    const cJSON *stack = cJSON_GetObjectItemCaseSensitive(device, "stack");
    /* Drawn as it stands: the top of the stack first. */
    for (int i = cJSON_GetArraySize(stack) - 1; i >= 0; i--) {
        row = cJSON_GetArrayItem(stack, i);
        printf("%s%s  %-9s %-20s %s\n", indent, has_children ? "|" : " ", json_text(row, "kind"),
               json_text(row, "driver"), json_text(row, "role"));
    }
}

static void tree_print(const cJSON *list)
{
    bool is_open[DEPTH_MAX] = {false};
    int base = (int)json_number(cJSON_GetArrayItem(list, 0), "depth");
    for (int i = 0; i < cJSON_GetArraySize(list); i++)
        node_print(list, i, base, is_open);
}

/* ---- the picture ----------------------------------------------------------------------------- */

static void html_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '"':
            fputs("&quot;", to);
            break;
        default:
            fputc(*text, to);
        }
    }
}

static void quoted_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

static const char *row_colour(const char *kind)
{
    return !strcmp(kind, "PDO") ? "#dddddd" : !strcmp(kind, "FDO") ? "#cfe2f3" : "#fff2cc";
}

static void dot_node(FILE *to, const cJSON *device)
{
    char state[32];
    const cJSON *stack = cJSON_GetObjectItemCaseSensitive(device, "stack");
    quoted_text(to, json_text(device, "instance"));
    fputs(" [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"5\">"
          "<TR><TD COLSPAN=\"2\" BORDER=\"0\"><B>",
          to);
    html_text(to, json_text(device, "instance"));
    fputs("</B><BR/>", to);
    html_text(to, devcon_name(device));
    state_text(device, state, sizeof state);
    fprintf(to, " (%s)</TD></TR>", state);
    for (int i = cJSON_GetArraySize(stack) - 1; i >= 0; i--) {
        const cJSON *row = cJSON_GetArrayItem(stack, i);
        fprintf(to, "<TR><TD BGCOLOR=\"%s\">%s</TD><TD ALIGN=\"LEFT\">",
                row_colour(json_text(row, "kind")), json_text(row, "kind"));
        html_text(to, json_text(row, "driver"));
        fprintf(to, "<BR/><FONT POINT-SIZE=\"9\">%s</FONT></TD></TR>", json_text(row, "role"));
    }
    fputs("</TABLE>>];\n", to);
}

static void dot_write(FILE *to, const cJSON *list)
{
    fputs("digraph devices {\n  rankdir=TB;\n  node [shape=plain fontname=\"sans-serif\" "
          "fontsize=11];\n",
          to);
    const cJSON *device;
    cJSON_ArrayForEach(device, list) dot_node(to, device);
    bool is_first = true;
    cJSON_ArrayForEach(device, list)
    {
        if (!is_first && *json_text(device, "parent")) {
            quoted_text(to, json_text(device, "parent"));
            fputs(" -> ", to);
            quoted_text(to, json_text(device, "instance"));
            fputs(";\n", to);
        }
        is_first = false;
    }
    fputs("}\n", to);
}

/* Graphviz reads the graph from a pipe. */
static int picture_write(const cJSON *list, const char *format, const char *path)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN); /* Graphviz may not be there */
    char type[16];
    if (pipe(ends))
        return errno;
    snprintf(type, sizeof type, "-T%s", format);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[0], 0);
        close(ends[0]);
        close(ends[1]);
        execlp("dot", "dot", type, "-o", path, (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    FILE *to = pid > 0 ? fdopen(ends[1], "w") : NULL;
    if (to) {
        dot_write(to, list);
        fclose(to);
    } else {
        close(ends[1]);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return errno;
    return WIFEXITED(status) && WEXITSTATUS(status) == 127 ? ENOENT : status ? EIO : 0;
}

static int picture(const cJSON *list, const char *option, const char *path)
{
    if (!strcmp(option, "--dot")) {
        FILE *to = fopen(path, "w");
        if (!to) {
            fprintf(stderr, "cove devcon: cannot write %s: %s\n", path, strerror(errno));
            return DEVCON_FAIL;
        }
        dot_write(to, list);
        fclose(to);
        return DEVCON_OK;
    }
    int error = picture_write(list, option + 2, path);
    if (error == ENOENT)
        fputs("cove devcon: Graphviz is missing: install it (apt install graphviz), or ask for its "
              "input with --dot FILE\n",
              stderr);
    else if (error)
        fprintf(stderr, "cove devcon: Graphviz could not write %s\n", path);
    return error ? DEVCON_FAIL : DEVCON_OK;
}

/* Keeps the first device that id means, and what is below it. */
static void subtree_keep(cJSON *list, const char *id)
{
    int first = 0, count = cJSON_GetArraySize(list);
    while (first < count && !device_matches(cJSON_GetArrayItem(list, first), id) &&
           !device_text_matches(id, json_text(cJSON_GetArrayItem(list, first), "instance")))
        first++;
    double depth = first < count ? json_number(cJSON_GetArrayItem(list, first), "depth") : 0;
    int end = first + 1;
    while (end < count && json_number(cJSON_GetArrayItem(list, end), "depth") > depth)
        end++;
    for (int i = count - 1; i >= 0; i--)
        if (i < first || i >= end)
            cJSON_DeleteItemFromArray(list, i);
}

/* [ID] [--svg FILE] [--png FILE] [--dot FILE] */
int devcon_tree(const struct devcon *devcon)
{
    int result = DEVCON_OK, pictures = 0;
    const char *id = NULL;
    for (int i = 0; i < devcon->argc; i++) {
        bool is_option = !strncmp(devcon->argv[i], "--", 2);
        if (is_option && ((strcmp(devcon->argv[i], "--svg") && strcmp(devcon->argv[i], "--png") &&
                           strcmp(devcon->argv[i], "--dot")) ||
                          i + 1 >= devcon->argc))
            return DEVCON_USAGE;
        if (!is_option && id)
            return DEVCON_USAGE;
        if (is_option)
            i++;
        else
            id = devcon->argv[i];
    }
    cJSON *list = devices_ask(devcon->machine, false);
    if (!list)
        return DEVCON_FAIL;
    if (id)
        subtree_keep(list, id);
    for (int i = 0; i < devcon->argc && !result; i++) {
        if (strncmp(devcon->argv[i], "--", 2))
            continue;
        result = picture(list, devcon->argv[i], devcon->argv[i + 1]);
        pictures++;
        i++;
    }
    if (devcon->is_json)
        options_print_json(cJSON_Duplicate(list, true));
    else if (!pictures)
        tree_print(list);
    cJSON_Delete(list);
    return result;
}
