/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing that is read is written over: a slip of the hand may not cost anybody their scenario. */
#include "inputs/cli/cli.h"
#include <string.h>
#include <sys/stat.h>

enum { MAX_READ = 6 };

static bool is_same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && S_ISREG(one.st_mode) &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Whether a report in a folder has a file of this name beside its tables. */
static bool is_of_report(const char *name, const char *subcommand)
{
    static const char *const endings[] = {".json", ".html", ".md", ".txt"};
    const char *const stems[] = {"report", subcommand};
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(stems[i]);
        for (size_t k = 0; k < sizeof endings / sizeof *endings; k++)
            if (strncmp(name, stems[i], length) == 0 && strcmp(name + length, endings[k]) == 0)
                return true;
    }
    return strcmp(name, "run.json") == 0 || strcmp(name, "evidence.json") == 0;
}

/* Whether writing to `to`, a file or the folder of a report, would replace the file `read`. */
static bool replaces(const struct cli *cli, const char *to, const char *read, struct arena *arena)
{
    const char *name = base_name(read);
    return is_same_file(to, read) || (is_of_report(name, cli_subcommands[cli->subcommand].name) &&
                                      is_same_file(arena_printf(arena, "%s/%s", to, name), read));
}

bool cli_check_outputs(const struct cli *cli, struct arena *arena, struct error *err)
{
    static const enum cli_option_name written[] = {CLI_OPTION_OUT, CLI_OPTION_JUNIT,
                                                   CLI_OPTION_EVIDENCE};
    const char *const read[MAX_READ] = {cli->scenario,
                                        cli->other,
                                        cli_value(cli, CLI_OPTION_BASELINE),
                                        cli_value(cli, CLI_OPTION_ACTUAL),
                                        cli_value(cli, CLI_OPTION_MEASURED),
                                        cli_value(cli, CLI_OPTION_EVIDENCE_TEMPLATE)};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        const char *to = cli_value(cli, written[i]);
        for (size_t k = 0; to && k < MAX_READ; k++)
            if (read[k] &&
                !(cli_is_approval(cli) && read[k] == cli_value(cli, CLI_OPTION_BASELINE)) &&
                replaces(cli, to, read[k], arena))
                return error_set(err, STATUS_USAGE, "--%s %s would write over %s, which is read",
                                 cli_options[written[i]].name, to, read[k]);
    }
    return true;
}
