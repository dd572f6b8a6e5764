/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/complaint.h"
#include "inputs/cli/annotation.h"
#include "inputs/cli/shipped.h"
#include <string.h>
#include <unistd.h>

enum { MESSAGE = 1536 };

/* A scenario that is not there, where one of that name is shipped. */
static void write_hint(const struct cli *cli, const struct error *err, FILE *stream)
{
    const char *path = cli->scenario, *slash = path ? strrchr(path, '/') : NULL;
    if (!path || err->status != STATUS_INPUT || strcmp(err->file, path) != 0 ||
        access(path, F_OK) == 0)
        return;
    struct arena *arena = arena_open();
    const char *found = shipped_find(slash ? slash + 1 : path, arena);
    if (found)
        fprintf(stream, "; there is %s", found);
    arena_close(arena);
}

void complaint_write(const struct cli *cli, const struct error *err, FILE *stream)
{
    char text[MESSAGE];
    error_format(err, text, sizeof text);
    fprintf(stream, "%s%s", err->file[0] ? "" : "capsim: ", text);
    if (err->status == STATUS_USAGE)
        fprintf(stream, "; try 'capsim help%s%s'", cli->subcommand == CLI_HELP ? "" : " ",
                cli->subcommand == CLI_HELP ? "" : cli_subcommands[cli->subcommand].name);
    write_hint(cli, err, stream);
    if (cli->has_debug && err->raised_in)
        fprintf(stream, " [%s]", err->raised_in);
    fputc('\n', stream);
    if (annotation_is_wanted())
        annotation_write(&(struct annotation){.file = err->line > 0 ? err->file : NULL,
                                              .line = err->line,
                                              .column = err->column,
                                              .title = "capsim",
                                              .message = err->message},
                         stream);
}

void complaint_warn(const char *subject, const char *text, FILE *stream)
{
    struct error cleaned = {0};
    error_set(&cleaned, STATUS_INPUT, "%s", text);
    error_set_file(&cleaned, subject);
    fprintf(stream, "capsim: warning: %s: %s\n", cleaned.file, cleaned.message);
}
