/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invariants:
 * 1. getopt's code of a long option is FIRST_VALUE + its row, of a short one its letter; neither
 *    is ARGUMENT, '?' or ':';
 * 2. the option string begins with '-': arguments come in their order, with code ARGUMENT, and
 *    argv is not permuted, whatever POSIXLY_CORRECT says. */
#include "inputs/cli/cli.h"
#include "inputs/cli/cli_actions.h"
#include "inputs/json/quantity.h"
#include "inputs/json/wording.h"
#include "sim/base/spelling.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_VALUE = 256, ARGUMENT = 1 };

const char *const cli_format_names[CLI_FORMATS] = {"text", "json", "csv", "markdown", "html"};

/* What parsing one command line needs beside its result. */
struct parser {
    struct cli *cli;
    struct arena *arena;
    bool is_given[CLI_OPTIONS];
    bool has_help;
    size_t argument_count;
    struct error *err;
};

static bool refuse_value(struct parser *parser, const char *option, const char *expected,
                         const char *value)
{
    char shown[WORDING_SIZE];
    return error_set(parser->err, STATUS_USAGE, "--%s must be %s, got %s", option, expected,
                     wording_quote(value, shown));
}

static bool take_override(struct parser *parser, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return refuse_value(parser, "set", "PATH=VALUE, such as resources.db_pool.max=80", text);
    char *path = arena_strdup(parser->arena, text);
    path[equals - text] = '\0';
    parser->cli->overrides[parser->cli->override_count++] =
        (struct cli_override){.path = path, .value = equals + 1};
    return true;
}

static bool take_threads(struct parser *parser, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long threads = digits > 0 && digits < 10 ? strtoul(text, NULL, 10) : 0;
    if (text[digits] != '\0' || threads < 1 || threads > CLI_MAX_THREADS)
        return refuse_value(parser, "threads", "a whole number from 1 to 1024", text);
    parser->cli->threads = (unsigned)threads;
    return true;
}

/* "5%", for every metric, or "METRIC=5%". */
static bool check_tolerance(struct parser *parser, const char *text)
{
    const char *equals = strrchr(text, '='), *share = equals ? equals + 1 : text;
    double value;
    struct error unused = {0};
    if (equals == text || !quantity_parse_share(share, &value, &unused))
        return refuse_value(parser, "tolerance", "a share such as 5%, or METRIC=5%", text);
    return true;
}

static bool take_draws(struct parser *parser, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long draws = digits > 0 && digits < 10 ? strtoul(text, NULL, 10) : 0;
    if (text[digits] != '\0' || draws < CLI_MIN_DRAWS || draws > CLI_MAX_DRAWS)
        return refuse_value(parser, "draws", "a whole number from 5 to 100000", text);
    parser->cli->draws = draws;
    return true;
}

static bool take_memory(struct parser *parser, const char *text)
{
    double bytes;
    struct error unused = {0};
    if (!quantity_parse_size(text, &bytes, &unused) || bytes < 1e6 || bytes > 1e15)
        return refuse_value(parser, "max-memory", "a size from 1MB to 1000TB", text);
    parser->cli->max_memory = (size_t)bytes;
    return true;
}

static bool take_format(struct parser *parser, const char *text)
{
    for (size_t i = 0; i < CLI_FORMATS; i++)
        if (strcmp(text, cli_format_names[i]) == 0) {
            parser->cli->format = (enum cli_format)i;
            return true;
        }
    return refuse_value(parser, "format", "text, json, csv, markdown or html", text);
}

/* Keeps the value among the option's. One word may hold many: -qqq. */
static void keep_value(struct parser *parser, enum cli_option_name name, const char *value)
{
    struct cli_values *given = &parser->cli->given[name];
    if ((given->count & (given->count - 1)) == 0) { /* the room is used up: twice as much */
        size_t room = given->count > 0 ? 2 * given->count : 1;
        const char **values = arena_array(parser->arena, room, sizeof *values);
        for (size_t i = 0; i < given->count; i++)
            values[i] = given->values[i];
        given->values = values;
    }
    given->values[given->count++] = cli_options[name].argument ? value : cli_options[name].name;
}

static bool take_option(struct parser *parser, enum cli_option_name name, const char *value)
{
    struct cli *cli = parser->cli;
    bool is_free = name == CLI_OPTION_VARY && cli->subcommand == CLI_CALIBRATE;
    keep_value(parser, is_free ? CLI_OPTION_FREE : name, value);
    switch (name) {
    case CLI_OPTION_SET:
        return take_override(parser, value);
    case CLI_OPTION_TOLERANCE:
        return check_tolerance(parser, value);
    case CLI_OPTION_DRAWS:
        return take_draws(parser, value);
    case CLI_OPTION_THREADS:
        return take_threads(parser, value);
    case CLI_OPTION_MAX_MEMORY:
        return take_memory(parser, value);
    case CLI_OPTION_FORMAT:
        return take_format(parser, value);
    case CLI_OPTION_QUIET:
        return cli->is_quiet = true;
    case CLI_OPTION_PROGRESS:
        return cli->has_progress = true;
    case CLI_OPTION_DEBUG:
        return cli->has_debug = true;
    case CLI_OPTION_HELP:
        return parser->has_help = true;
    default: /* the value as typed is all there is to it */
        return true;
    }
}

/* is_own_word: `--name value`, where the value may be missing although a word follows. The value of
 * an option that takes none is empty. */
static bool check_option(struct parser *parser, enum cli_option_name name, const char *value,
                         bool is_own_word)
{
    const struct cli_option *option = &cli_options[name];
    if (parser->is_given[name] && !option->is_repeatable)
        return error_set(parser->err, STATUS_USAGE, "--%s is given twice", option->name);
    parser->is_given[name] = true;
    char shown[WORDING_SIZE];
    if (option->argument && (*value == '\0' || (is_own_word && strncmp(value, "--", 2) == 0)))
        return error_set(parser->err, STATUS_USAGE, "--%s needs a value, %s, got %s", option->name,
                         option->argument, wording_quote(value, shown));
    return take_option(parser, name, value);
}

static bool belongs(enum cli_option_name name, enum cli_subcommand subcommand)
{
    return cli_options[name].subcommands >> subcommand & 1;
}

/* word: "--thraeds=4" as typed. */
static bool refuse_long_option(struct parser *parser, const char *word)
{
    enum cli_subcommand subcommand = parser->cli->subcommand;
    char shown[WORDING_SIZE];
    size_t length = strcspn(word, "=");
    const char *typed = wording_shorten(word, length, shown), *names[CLI_OPTIONS];
    for (size_t i = 0; i < CLI_OPTIONS; i++) {
        bool is_known = belongs((enum cli_option_name)i, subcommand);
        names[i] = is_known ? cli_options[i].name : NULL;
        if (!is_known && strcmp(typed + 2, cli_options[i].name) == 0)
            return error_set(parser->err, STATUS_USAGE, "%s is not an option of '%s'", typed,
                             cli_subcommands[subcommand].name);
    }
    const char *nearest = spelling_nearest(typed + 2, names, CLI_OPTIONS);
    return error_set(parser->err, STATUS_USAGE, "unknown option %s%s%s%s", typed,
                     nearest ? "; did you mean --" : "", nearest ? nearest : "",
                     nearest ? "?" : "");
}

/* The row of a long option's code or of a letter, or CLI_OPTIONS. */
static enum cli_option_name find_row(int code)
{
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (code == FIRST_VALUE + (int)i || (code != 0 && code == cli_options[i].letter))
            return (enum cli_option_name)i;
    return CLI_OPTIONS;
}

/* getopt refused something: it returned `code` and left optopt. */
static bool refuse_option(struct parser *parser, int code, const char *word)
{
    if (optopt == 0)
        return refuse_long_option(parser, word);
    enum cli_option_name name = find_row(optopt);
    if (name == CLI_OPTIONS || !belongs(name, parser->cli->subcommand))
        return error_set(parser->err, STATUS_USAGE, "unknown option -%c", optopt);
    const struct cli_option *option = &cli_options[name];
    if (code == ':')
        return error_set(parser->err, STATUS_USAGE, "--%s needs a value, %s", option->name,
                         option->argument);
    return error_set(parser->err, STATUS_USAGE, "--%s takes no value", option->name);
}

static bool parse_topic(struct cli *cli, const char *name, struct error *err)
{
    const char *names[CLI_SUBCOMMANDS];
    for (size_t i = 0; i < CLI_SUBCOMMANDS; i++) {
        names[i] = cli_subcommands[i].name;
        cli->topic = (enum cli_subcommand)i;
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    cli->topic = CLI_SUBCOMMANDS;
    const char *nearest = spelling_nearest(name, names, CLI_SUBCOMMANDS);
    char shown[WORDING_SIZE];
    return error_set(err, STATUS_USAGE, "unknown subcommand %s%s%s%s", wording_quote(name, shown),
                     nearest ? "; did you mean '" : "", nearest ? nearest : "",
                     nearest ? "'?" : "");
}

/* "save" of `baseline save SCENARIO`, or "approve". */
static bool take_action(struct parser *parser, const char *word)
{
    char shown[WORDING_SIZE];
    if (strcmp(word, "save") != 0 && strcmp(word, "approve") != 0)
        return error_set(parser->err, STATUS_USAGE,
                         "'%s' needs 'save' or 'approve' and a scenario, got %s",
                         cli_subcommands[parser->cli->subcommand].name, wording_quote(word, shown));
    parser->cli->action = strcmp(word, "save") == 0 ? "save" : CLI_APPROVE;
    return true;
}

static bool take_argument(struct parser *parser, const char *word)
{
    struct cli *cli = parser->cli;
    const struct cli_subcommand_row *row = &cli_subcommands[cli->subcommand];
    char shown[WORDING_SIZE];
    bool takes_many = cli->subcommand == CLI_IMPORT || cli->subcommand == CLI_MERGE ||
                      cli->subcommand == CLI_BACKTEST;
    bool takes_two = cli->subcommand == CLI_COMPARE || cli->subcommand == CLI_VERIFY;
    size_t most = !row->argument ? 0 : takes_two ? 2 : 1;
    static const char *const counted[] = {"no argument", "one argument", "one or two arguments"};
    if (cli->subcommand == CLI_BASELINE && !cli->action)
        return take_action(parser, word);
    if (cli->subcommand == CLI_BACKTEST && !cli->action && cli->file_count == 0 &&
        strcmp(word, CLI_ADD) == 0) {
        cli->action = CLI_ADD;
        return true;
    }
    if (!takes_many && parser->argument_count++ >= most)
        return error_set(parser->err, STATUS_USAGE, "'%s' takes %s, got also %s", row->name,
                         counted[most], wording_quote(word, shown));
    if (cli->subcommand == CLI_HELP)
        return parse_topic(cli, word, parser->err);
    if (cli->subcommand == CLI_INIT || cli->subcommand == CLI_COMPLETION ||
        cli->subcommand == CLI_EXPLAIN) {
        cli->action = word;
        return true;
    }
    if (*word == '\0')
        return error_set(parser->err, STATUS_USAGE, "the name of the %s is empty",
                         cli->subcommand == CLI_IMPORT ? "file" : "scenario");
    if (takes_many) {
        cli->files[cli->file_count++] = word;
        cli->scenario = cli->files[0];
        return true;
    }
    if (parser->argument_count == 2)
        cli->other = word;
    else
        cli->scenario = word;
    return true;
}

/* getopt's two descriptions of the options of one subcommand, from the table. */
struct description {
    struct option words[CLI_OPTIONS + 1];
    char letters[2 * CLI_OPTIONS + 3];
};

static void describe_options(enum cli_subcommand subcommand, struct description *description)
{
    *description = (struct description){.letters = "-:"};
    struct option *word = description->words;
    char *letter = description->letters + 2;
    for (size_t i = 0; i < CLI_OPTIONS; i++) {
        const struct cli_option *option = &cli_options[i];
        if (!belongs((enum cli_option_name)i, subcommand))
            continue;
        *word++ = (struct option){.name = option->name,
                                  .has_arg = option->argument ? required_argument : no_argument,
                                  .val = FIRST_VALUE + (int)i};
        if (option->letter)
            *letter++ = option->letter;
        if (option->letter && option->argument)
            *letter++ = ':';
    }
}

/* getopt accepts any beginning of a name that only one option has; we do not, or the next option
 * added would break somebody's script. */
static bool is_abbreviated(const char *word, enum cli_option_name name)
{
    return strncmp(word, "--", 2) == 0 && strcspn(word, "=") != strlen(cli_options[name].name) + 2;
}

/* words[0] is the subcommand, as getopt expects the program's name there. */
static bool parse_words(struct parser *parser, int count, char **words)
{
    struct description description;
    describe_options(parser->cli->subcommand, &description);
    optind = 0; /* glibc: start afresh */
    opterr = 0;
    for (;;) {
        optopt = 0;
        int code = getopt_long(count, words, description.letters, description.words, NULL);
        if (code == -1)
            break;
        bool is_own_word = optarg && optarg == words[optind - 1], is_fine;
        const char *word = words[optind - 1 - (is_own_word && code != ARGUMENT)];
        const char *value = optarg ? optarg : "";
        enum cli_option_name name = find_row(code);
        if (code == ARGUMENT)
            is_fine = take_argument(parser, value);
        else if (name == CLI_OPTIONS)
            is_fine = refuse_option(parser, code, word);
        else if (is_abbreviated(word, name))
            is_fine = refuse_long_option(parser, word);
        else
            is_fine = check_option(parser, name, value, is_own_word);
        if (!is_fine)
            return false;
    }
    for (int i = optind; i < count; i++)
        if (!take_argument(parser, words[i]))
            return false;
    return true;
}

/* The subcommand of argv[1]; the usual two options stand for the subcommands they are named after.
 */
static bool parse_subcommand(const char *word, struct cli *cli, struct error *err)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        word = "help";
    else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        word = "version";
    if (word[0] == '-' && word[1] != '\0')
        return error_set(err, STATUS_USAGE, "the subcommand comes before its options");
    if (!parse_topic(cli, word, err))
        return false;
    cli->subcommand = cli->topic;
    return true;
}

/* The fields that stand for an option's values. */
static void name_values(struct cli *cli)
{
    cli->settings = cli->given[CLI_OPTION_SETTING].values;
    cli->setting_count = cli->given[CLI_OPTION_SETTING].count;
    cli->seed = cli_value(cli, CLI_OPTION_SEED);
    cli->replications = cli_value(cli, CLI_OPTION_REPLICATIONS);
    cli->duration = cli_value(cli, CLI_OPTION_DURATION);
    cli->out = cli_value(cli, CLI_OPTION_OUT);
    cli->from = cli_value(cli, CLI_OPTION_FROM);
    cli->to = cli_value(cli, CLI_OPTION_TO);
}

/* How often --vary and --setting may be given. */
static bool check_counts(const struct cli *cli, struct error *err)
{
    enum { MAX_VARIED = 3, MAX_FREE = 8 };
    const char *name = cli_subcommands[cli->subcommand].name;
    size_t varied = cli->given[CLI_OPTION_VARY].count, settings = cli->setting_count;
    size_t frees = cli->given[CLI_OPTION_FREE].count;
    bool searches = cli->subcommand == CLI_SIZE || cli->subcommand == CLI_LIMIT;
    if (cli->subcommand == CLI_SWEEP && (varied == 0 || varied > MAX_VARIED))
        return error_set(err, STATUS_USAGE,
                         "'sweep' needs --vary, once to %d times, got it %zu times", MAX_VARIED,
                         varied);
    if (searches && varied != 1)
        return error_set(err, STATUS_USAGE, "'%s' needs --vary once, got it %zu times", name,
                         varied);
    if (cli->subcommand == CLI_CALIBRATE && frees > MAX_FREE)
        return error_set(err, STATUS_USAGE,
                         "'calibrate' takes --free up to %d times, got it %zu times", MAX_FREE,
                         frees);
    if (cli->subcommand == CLI_CALIBRATE && settings > 1)
        return error_set(err, STATUS_USAGE, "'calibrate' fits one setting at a time");
    if (cli->subcommand == CLI_REPORT && varied > 1)
        return error_set(err, STATUS_USAGE, "'report' takes --vary once, got it %zu times", varied);
    if ((searches || cli->subcommand == CLI_SWEEP) && settings > 1)
        return error_set(err, STATUS_USAGE, "'%s' varies one setting: --setting is given %zu times",
                         name, settings);
    if (cli->subcommand == CLI_WHY && settings > 1)
        return error_set(err, STATUS_USAGE, "'why' explains one setting at a time");
    return true;
}

/* A picture has two formats, told by the name of its file. */
static bool check_picture(const char *out, struct error *err)
{
    const char *dot = out ? strrchr(out, '.') : NULL;
    char shown[WORDING_SIZE];
    return !out || (dot && (strcmp(dot, ".svg") == 0 || strcmp(dot, ".png") == 0)) ||
           error_set(err, STATUS_USAGE, "--out must end in .svg or .png, got %s",
                     wording_quote(out, shown));
}

/* What a subcommand cannot do without. */
/* A scenario that `audit` takes its claims from is what it reads. */
static bool take_audited(struct cli *cli, struct error *err)
{
    if (cli->subcommand != CLI_AUDIT || !cli->from)
        return true;
    if (cli->scenario && strcmp(cli->scenario, cli->from) != 0)
        return error_set(err, STATUS_USAGE, "'audit' takes claims or --from SCENARIO, not both");
    cli->scenario = cli->from;
    return true;
}

static bool check_complete(const struct cli *cli, struct error *err)
{
    const struct cli_subcommand_row *row = &cli_subcommands[cli->subcommand];
    const char *given = cli->subcommand == CLI_COMPLETION ? cli->action : cli->scenario;
    bool is_missing = row->argument && row->argument[0] != '[' && !given;
    if (is_missing && !strstr(row->argument, "SCENARIO"))
        return error_set(err, STATUS_USAGE, "'%s' needs %s", row->name, row->argument);
    if (is_missing)
        return error_set(err, STATUS_USAGE,
                         "'%s' needs a scenario: a file, or - for standard input", row->name);
    if (cli->subcommand == CLI_PLOT && !cli->scenario)
        return error_set(err, STATUS_USAGE,
                         "'%s' needs a report: a JSON file that capsim wrote, or -", row->name);
    if (cli->subcommand == CLI_SIGN && cli->given[CLI_OPTION_KEY].count == 0)
        return error_set(err, STATUS_USAGE, "'sign' needs --key FILE: a private key of OpenSSH");
    if (cli->subcommand == CLI_SCORE && cli->given[CLI_OPTION_ACTUAL].count == 0)
        return error_set(err, STATUS_USAGE, "'score' needs --actual FILE: the measured values");
    if (cli->subcommand == CLI_CALIBRATE && cli->given[CLI_OPTION_MEASURED].count == 0)
        return error_set(err, STATUS_USAGE,
                         "'calibrate' needs --measured FILE: the measured values");
    if (cli->subcommand == CLI_CHECK && cli->given[CLI_OPTION_BASELINE].count == 0)
        return error_set(
            err, STATUS_USAGE,
            "'check' needs --baseline FILE: a report that 'capsim baseline save' wrote");
    if (cli->subcommand == CLI_BASELINE && !cli_check_approval(cli, err))
        return false;
    if (!cli_check_addition(cli, err))
        return false;
    if (cli->subcommand == CLI_COMPLETION && !cli->action)
        return error_set(err, STATUS_USAGE,
                         "'completion' needs the name of a shell: bash, zsh or fish");
    if (cli->subcommand == CLI_SWEEP && cli->given[CLI_OPTION_RESUME].count > 0 && !cli->out)
        return error_set(err, STATUS_USAGE, "--resume needs --out, where the sweep was kept");
    if (cli->given[CLI_OPTION_SHARD].count > 0 && !cli->out)
        return error_set(err, STATUS_USAGE, "--shard needs --out, where its points are kept");
    if (cli->subcommand == CLI_PLOT && !check_picture(cli->out, err))
        return false;
    return check_counts(cli, err);
}

bool cli_parse(int argc, char **argv, struct arena *arena, const struct cli **parsed,
               struct error *err)
{
    struct cli *cli = arena_alloc(arena, sizeof *cli);
    *parsed = cli;
    *cli = (struct cli){.subcommand = CLI_HELP, .topic = CLI_SUBCOMMANDS};
    if (argc < 2)
        return error_set(err, STATUS_USAGE, "a subcommand is missing");
    cli->overrides = arena_array(arena, (size_t)argc, sizeof *cli->overrides);
    cli->files = arena_array(arena, (size_t)argc, sizeof *cli->files);
    struct parser parser = {.cli = cli, .arena = arena, .err = err};
    if (!parse_subcommand(argv[1], cli, err))
        return false;
    if (cli->subcommand == CLI_HELP)
        cli->topic = CLI_SUBCOMMANDS;
    if (!parse_words(&parser, argc - 1, argv + 1))
        return false;
    name_values(cli);
    if (parser.has_help) {
        cli->subcommand = CLI_HELP;
        return true;
    }
    return take_audited(cli, err) && check_complete(cli, err);
}

/* A scenario called "-x" would be read as an option when the command is repeated. */
static const char *repeatable_path(const char *path, struct arena *arena)
{
    return path[0] == '-' && path[1] != '\0' ? arena_printf(arena, "./%s", path) : path;
}

const char *cli_value(const struct cli *cli, enum cli_option_name name)
{
    const struct cli_values *given = &cli->given[name];
    return given->count > 0 ? given->values[given->count - 1] : NULL;
}

const char *const *cli_normal_form(const struct cli *cli, struct arena *arena, size_t *count)
{
    size_t more = cli->subcommand == CLI_BACKTEST ? cli->file_count : 0, most = 5 + more;
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        most += 2 * cli->given[i].count;
    const char **words = arena_array(arena, most, sizeof *words);
    size_t n = 0;
    words[n++] = "capsim";
    words[n++] = cli_subcommands[cli->subcommand].name;
    if (cli->action)
        words[n++] = cli->action;
    words[n++] = repeatable_path(cli->scenario, arena);
    if (cli->other)
        words[n++] = repeatable_path(cli->other, arena);
    for (size_t i = 1; i < more; i++)
        words[n++] = repeatable_path(cli->files[i], arena);
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        for (size_t k = 0; k < cli->given[i].count && cli_options[i].changes_result; k++) {
            words[n++] = arena_printf(arena, "--%s", cli_options[i].name);
            if (cli_options[i].argument)
                words[n++] = cli->given[i].values[k];
        }
    *count = n;
    return words;
}

const char *const *cli_normal_form_of(const struct cli *then, const char *scenario,
                                      struct arena *arena, size_t *count)
{
    struct cli now = *then;
    now.scenario = scenario;
    return cli_normal_form(&now, arena, count);
}

bool cli_check_unchanged(const struct cli *cli, struct error *err)
{
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (cli_options[i].changes_result && cli->given[i].count > 0)
            return error_set(err, STATUS_USAGE,
                             "--%s changes a run, but this is the report of one that is done",
                             cli_options[i].name);
    return true;
}

bool cli_check_repeatable(const struct cli *cli, struct error *err)
{
    if (cli->other)
        return error_set(err, STATUS_INPUT,
                         "compares two scenarios: it cannot be made again from one; run that "
                         "'compare' again and compare the files");
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (!cli_options[i].changes_result && cli->given[i].count > 0)
            return error_set(err, STATUS_INPUT, "its command has --%s, which no record has",
                             cli_options[i].name);
    return true;
}

bool cli_check_page(FILE *stream, struct error *err)
{
    return !isatty(fileno(stream)) ||
           error_set(err, STATUS_USAGE,
                     "the page would fill the terminal: name a file with --out, such as --out "
                     "report.html");
}
