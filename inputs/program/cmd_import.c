/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs and counters in, what they show and a drafted scenario out. */
#include "inputs/guide/import_job.h"
#include "inputs/program/main.h"
#include "reports/files/output.h"
#include <stdio.h>

int cmd_import(const struct cli *cli, struct arena *arena)
{
    struct imported imported;
    struct error err = {0};
    if (!import_make(cli, arena, &imported, &err) || !import_write(cli, &imported, arena, &err))
        return main_complain(cli, &err);
    if (!import_print(cli, &imported, stdout, &err) || !output_flush(stdout, &err))
        return main_complain_of_output(cli, &err);
    return import_has_contradiction(&imported) ? EXIT_FAIL : EXIT_PASS;
}
