/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: draws a picture of a report. */
#include "inputs/cli/cli_choice.h"
#include "inputs/program/main.h"
#include "inputs/records/saved_report.h"
#include "plots/picture.h"
#include "reports/files/atomic_file.h"

int cmd_plot(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    struct saved_report written = {0};
    struct picture_request request = {.arena = arena,
                                      .metric = cli_value(cli, CLI_OPTION_METRIC),
                                      .format = picture_format_of(cli->out)};
    const char *bytes, *names[PICTURE_KINDS], *kind = cli_value(cli, CLI_OPTION_KIND);
    size_t size;
    for (size_t i = 0; i < PICTURE_KINDS; i++)
        names[i] = picture_kinds[i].name;
    if ((kind && cli_choice_find_value("--kind", kind, names, PICTURE_KINDS, arena, &err) ==
                     PICTURE_KINDS) ||
        !saved_report_read_written(cli->scenario, arena, &written, &err))
        return main_complain(cli, &err);
    request.root = written.root;
    bool is_drawn = picture_draw_named(kind, cli->scenario, &request, &bytes, &size, &err);
    json_decref(written.root);
    if (!is_drawn || (cli->out && !atomic_file_save(cli->out, bytes, size, arena, &err)))
        return main_complain(cli, &err);
    return cli->out ? EXIT_PASS : main_print(cli, bytes);
}
