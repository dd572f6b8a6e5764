/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sign: puts somebody's name to evidence. */
#include "inputs/program/main.h"
#include "inputs/records/run_record.h"
#include "inputs/records/signature.h"

int cmd_sign(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    struct run_record record;
    const char *path;
    bool is_filled = cli->given[CLI_OPTION_FILLED].count > 0;
    if (!run_record_read(cli->scenario, arena, &record, &err) ||
        !run_record_check_evidence(&record, &err) ||
        !signature_make(record.folder, is_filled ? SIGNATURE_OF_FILL_INS : SIGNATURE_OF_EVIDENCE,
                        cli_value(cli, CLI_OPTION_KEY), arena, &path, &err))
        return main_complain(cli, &err);
    return main_print(cli, arena_printf(arena, "%s: written\n", path));
}
