/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs and counters in, what they show and a drafted scenario out. */
#include "inputs/guide/import_job.h"
#include "inputs/program/import_report.h"
#include "inputs/program/main.h"
#include "reports/files/output.h"
#include <stdio.h>
#include <string.h>

/* The report's files; its text is the one that standard output gets. */
static const struct folder_file *list_files(const struct answer *answer,
                                            const struct page_extras *extras, struct arena *arena,
                                            size_t *count)
{
    size_t all, kept = 0;
    const struct folder_file *files = answer_files(answer, extras, NULL, arena, &all);
    struct folder_file *list = arena_array(arena, all, sizeof *list);
    for (size_t i = 0; i < all; i++)
        if (strcmp(files[i].name, "import.txt") != 0)
            list[kept++] = files[i];
    *count = kept;
    return list;
}

static bool print(const struct cli *cli, const struct imported *imported,
                  const struct answer *answer, const struct page_extras *extras, struct error *err)
{
    static const enum report_format formats[CLI_FORMATS] = {
        [CLI_CSV] = REPORT_CSV, [CLI_MARKDOWN] = REPORT_MARKDOWN, [CLI_HTML] = REPORT_HTML};
    if (cli->format == CLI_TEXT || cli->format == CLI_JSON)
        return import_print(cli, imported, stdout, err);
    return answer_write(answer, formats[cli->format], NULL, extras, stdout, err);
}

int cmd_import(const struct cli *cli, struct arena *arena)
{
    struct imported imported;
    struct error err = {0};
    struct page_extras extras = {0};
    size_t count = 0;
    if (!import_make(cli, arena, &imported, &err))
        return main_complain(cli, &err);
    const struct answer *answer = import_report_make(cli, &imported, arena, &extras);
    const struct folder_file *files = list_files(answer, &extras, arena, &count);
    if (!import_write(cli, &imported, files, count, arena, &err))
        return main_complain(cli, &err);
    if (!print(cli, &imported, answer, &extras, &err) || !output_flush(stdout, &err))
        return main_complain_of_output(cli, &err);
    return import_has_contradiction(&imported) ? EXIT_FAIL : EXIT_PASS;
}
