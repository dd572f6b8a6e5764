/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/complaint.h"
#include "inputs/cli/annotation.h"

enum { MESSAGE = 1536 };

void complaint_write(const struct cli *cli, const struct error *err, FILE *stream)
{
    char text[MESSAGE];
    error_format(err, text, sizeof text);
    fprintf(stream, "%s%s", err->file[0] ? "" : "capsim: ", text);
    if (err->status == STATUS_USAGE)
        fprintf(stream, "; try 'capsim help%s%s'", cli->subcommand == CLI_HELP ? "" : " ",
                cli->subcommand == CLI_HELP ? "" : cli_subcommands[cli->subcommand].name);
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
