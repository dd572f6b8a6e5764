#include "inputs/cli.h"

#define ON(subcommand) (1u << (subcommand))

const struct cli_subcommand_row cli_subcommands[CLI_SUBCOMMANDS] = {
    [CLI_RUN] = {"run", "SCENARIO", "simulate the settings of a scenario, judge its criteria",
                 "SCENARIO is a JSON file, or - for standard input. Every setting is simulated on "
                 "the same customers, with as many replications as its criteria need.\n"
                 "Exit status: 0 every criterion passes (or there is none), 1 one fails, 2 bad "
                 "usage or bad input, 3 undecided, 4 the machine failed (disk full, no memory, "
                 "output closed), 130 interrupted; what was finished by then is printed."},
    [CLI_VALIDATE] = {"validate", "SCENARIO", "read and check a scenario without simulating it",
                      "SCENARIO is a JSON file, or - for standard input. Exit status: 0 it is "
                      "valid, 2 it is not; the message says where."},
    [CLI_HELP] = {"help", "[SUBCOMMAND]", "say how capsim or one of its subcommands is used", NULL},
    [CLI_VERSION] = {"version", NULL, "say which version this is", NULL},
};

const struct cli_option cli_options[CLI_OPTIONS] = {
    [CLI_OPTION_SETTING] =
        {"setting", 's', "NAME", ON(CLI_RUN) | ON(CLI_VALIDATE), true, true,
         "Only this setting, and those that its criteria compare it with. Default: all of them."},
    [CLI_OPTION_SET] = {"set", 0, "PATH=VALUE", ON(CLI_RUN) | ON(CLI_VALIDATE), true, true,
                        "Override one value in every setting, such as resources.db_pool.max=80."},
    [CLI_OPTION_SEED] = {"seed", 0, "N", ON(CLI_RUN), false, true,
                         "Seed of the random numbers, instead of run.seed."},
    [CLI_OPTION_REPLICATIONS] = {"replications", 'n', "MIN[:MAX]", ON(CLI_RUN), false, true,
                                 "Instead of run.replications; N alone means exactly N."},
    [CLI_OPTION_DURATION] =
        {"duration", 'd', "D", ON(CLI_RUN), false, true,
         "Measured time of a replication, such as 10min, instead of run.duration."},
    [CLI_OPTION_SERIES] = {"series", 0, "METRIC", ON(CLI_RUN), true, true,
                           "Also give this metric in each window of run.window, in JSON and as "
                           "series.csv of --out; key: all that the text shows."},
    [CLI_OPTION_THREADS] =
        {"threads", 'j', "N", ON(CLI_RUN), false, false,
         "Threads, 1 to 1024. Default: one per core. The result does not depend on it."},
    [CLI_OPTION_FORMAT] = {"format", 'f', "FORMAT", ON(CLI_RUN), false, false,
                           "What standard output gets: text (default), json, csv or markdown."},
    [CLI_OPTION_OUT] = {"out", 'o', "DIR", ON(CLI_RUN), false, false,
                        "Also write the report in all formats, and run.json, into this folder."},
    [CLI_OPTION_QUIET] = {"quiet", 'q', NULL, ON(CLI_RUN), false, false,
                          "No progress and no warnings on standard error. The report has the "
                          "warnings all the same."},
    [CLI_OPTION_PROGRESS] = {"progress", 0, NULL, ON(CLI_RUN), false, false,
                             "Show progress even when standard error is not a terminal."},
    [CLI_OPTION_DEBUG] = {"debug", 0, NULL, ON(CLI_RUN) | ON(CLI_VALIDATE), false, false,
                          "Say in which source line of capsim an error was found."},
    [CLI_OPTION_HELP] = {"help", 'h', NULL,
                         ON(CLI_RUN) | ON(CLI_VALIDATE) | ON(CLI_HELP) | ON(CLI_VERSION), true,
                         false, "This text."},
};
