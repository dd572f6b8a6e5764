/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand compare: two settings, or two scenarios, on the same customers. */
#include "inputs/program/main.h"
#include "reports/answers/comparison.h"
#include "reports/files/folder.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FROM, TO, SIDES };

/* What is compared: settings of one scenario, or of one each. */
struct sides {
    struct scenario_set sets[SIDES];  /* of one scenario: the first alone               */
    struct scenario_set views[SIDES]; /* of each only the setting compared, no criteria */
    struct setting_spec specs[SIDES];
    struct plan plans[SIDES];
    struct study_setting settings[SIDES];
    struct study_options options;
};

static size_t find_setting(const struct scenario_set *set, const char *name)
{
    size_t i = 0;
    while (i < set->setting_count && strcmp(set->settings[i].name, name) != 0)
        i++;
    return i;
}

/* The only setting that is not `from`. */
static bool find_other(const struct scenario_set *set, size_t from, size_t *other,
                       struct error *err)
{
    const char *name = set->settings[from].name;
    *other = from == 0 ? 1 : 0;
    if (set->setting_count == 2)
        return true;
    if (set->setting_count == 1)
        error_set(err, STATUS_USAGE,
                  "has no setting but \"%s\": name a second scenario, or compare it with itself by "
                  "--to %s",
                  name, name);
    else
        error_set(err, STATUS_USAGE, "has %zu settings: --to must say which one",
                  set->setting_count);
    error_set_file(err, set->file);
    return false;
}

/* Which settings of the one scenario, or of the two, are compared. */
static bool choose(const struct cli *cli, struct sides *sides, struct arena *arena,
                   struct error *err)
{
    const struct scenario_set *from_set = &sides->sets[FROM],
                              *to_set = cli->other ? &sides->sets[TO] : from_set;
    size_t from = find_setting(from_set, cli->from ? cli->from : "baseline"), to;
    if (from == from_set->setting_count)
        return main_refuse_setting(from_set, "--from", cli->from, arena, err);
    if (cli->to || cli->other) {
        to = find_setting(to_set, cli->to ? cli->to : "baseline");
        if (to == to_set->setting_count)
            return main_refuse_setting(to_set, "--to", cli->to, arena, err);
    } else if (!find_other(from_set, from, &to, err)) {
        return false;
    }
    sides->specs[FROM] = from_set->settings[from];
    sides->specs[TO] = to_set->settings[to];
    sides->views[FROM] = *from_set;
    sides->views[TO] = *to_set;
    return true;
}

static bool check_common(const struct sides *sides, struct error *err)
{
    const struct model *from = sides->plans[FROM].models[0], *to = sides->plans[TO].models[0];
    size_t columns;
    const struct column *column = model_columns(from, &columns);
    for (size_t c = 0; c < model_metric_count(from); c++)
        if (model_find_column(to, column[c].name) != COLUMN_NONE)
            return true;
    error_set_file(err, sides->sets[TO].file);
    return error_set(err, STATUS_USAGE,
                     "has no resource or workload of a name that is also in the first scenario: "
                     "there is nothing to compare");
}

/* Comparing judges nothing, and the settings that criteria compare with stay out of it. */
static bool plan_sides(struct sides *sides, struct arena *arena, struct error *err)
{
    for (int i = 0; i < SIDES; i++) {
        sides->specs[i].scenario.criterion_count = 0;
        sides->views[i].settings = &sides->specs[i];
        sides->views[i].setting_count = 1;
        if (!plan_make(&sides->views[i], arena, &sides->plans[i], err)) {
            main_place_error(&sides->views[i], err);
            return false;
        }
        sides->settings[i] = sides->plans[i].settings[0];
    }
    sides->options = sides->plans[FROM].options;
    return check_common(sides, err);
}

/* The second scenario is read with the first one's seed: the same customers, or as near as two
 * scenarios come to that. */
static bool read_sides(const struct cli *cli, struct sides *sides, struct arena *arena,
                       struct error *err)
{
    struct scenario_request request = main_request(cli, arena);
    if (!scenario_read(&request, arena, &sides->sets[FROM], err))
        return false;
    if (cli->other) {
        uint64_t seed = sides->sets[FROM].settings[0].scenario.run.seed;
        request.file = cli->other;
        request.seed = arena_printf(arena, "%" PRIu64, seed);
        if (!scenario_read(&request, arena, &sides->sets[TO], err))
            return false;
    }
    return choose(cli, sides, arena, err) && plan_sides(sides, arena, err);
}

static bool is_automatic(const struct sides *sides, int side)
{
    return sides->specs[side].scenario.run.has_auto_warmup &&
           !model_is_time_varying(sides->plans[side].models[0]);
}

/* Each side's warm-up; both get the longer of two that are automatic. */
static bool find_warmup(struct sides *sides, struct arena *arena, bool *is_stopped,
                        struct error *err)
{
    *is_stopped = false;
    double longest_s = 0;
    for (int i = 0; i < SIDES && !*is_stopped; i++) {
        if (!plan_find_warmup(&sides->plans[i], &sides->options.workers, arena, is_stopped, err))
            return false;
        longest_s =
            is_automatic(sides, i) ? fmax(longest_s, sides->plans[i].warmup_s[0]) : longest_s;
    }
    for (int i = 0; i < SIDES; i++) {
        sides->settings[i].is_transient = sides->plans[i].settings[0].is_transient;
        if (!is_automatic(sides, i))
            continue;
        sides->plans[i].warmup_s[0] = longest_s;
        model_set_warmup(sides->plans[i].models[0], llround(longest_s * 1e9));
    }
    return true;
}

static bool study_sides(const struct cli *cli, struct sides *sides, struct arena *arena,
                        struct study_outcome *outcome, struct error *err)
{
    struct progress progress;
    bool is_stopped;
    sides->options.workers = main_open_workers(cli, &progress, "warm-up runs");
    bool is_fine = find_warmup(sides, arena, &is_stopped, err) && !is_stopped;
    progress.what = "replications";
    is_fine = is_fine && study_run(sides->settings, SIDES, &sides->options, arena, outcome, err);
    progress_erase(&progress);
    return is_fine && outcome->results[FROM].replications > 0 &&
           outcome->results[TO].replications > 0;
}

/* ---- what was found ---- */

/* The metrics that both have, in the order of the first. */
static struct comparison_metric *list_metrics(const struct sides *sides,
                                              const struct study_outcome *outcome,
                                              struct arena *arena, size_t *count)
{
    const struct model *from = sides->plans[FROM].models[0], *to = sides->plans[TO].models[0];
    size_t columns, metrics = model_metric_count(from);
    const struct column *column = model_columns(from, &columns);
    struct comparison_metric *list = arena_array(arena, metrics, sizeof *list);
    *count = 0;
    for (size_t c = 0; c < metrics; c++) {
        int other = model_find_column(to, column[c].name);
        if (other == COLUMN_NONE)
            continue;
        struct comparison_metric *metric = &list[(*count)++];
        metric->name = column[c].name;
        metric->unit = column[c].unit;
        metric->identity = column[c].identity;
        metric->from = outcome->results[FROM].estimates[c];
        metric->to = outcome->results[TO].estimates[other];
        metric->difference = study_difference(sides->settings, outcome, FROM, (int)c, TO, other,
                                              &metric->variance_ratio);
    }
    comparison_sort(list, *count);
    return list;
}

/* The names of metrics that only one side has, as many as fit in a sentence. */
static void say_missing(struct answer *answer, const struct sides *sides, const char *const *names)
{
    enum { SHOWN = 4 };
    for (int i = 0; i < SIDES; i++) {
        size_t columns, missing = 0;
        const struct model *model = sides->plans[i].models[0];
        const struct column *column = model_columns(model, &columns);
        const char *list = "";
        for (size_t c = 0; c < model_metric_count(model); c++) {
            if (model_find_column(sides->plans[1 - i].models[0], column[c].name) != COLUMN_NONE)
                continue;
            if (missing++ < SHOWN)
                list = arena_printf(answer->arena, "%s%s%s", list, missing > 1 ? ", " : "",
                                    column[c].name);
        }
        if (missing > 0)
            document_add(answer->document, BLOCK_PARAGRAPH,
                         arena_printf(answer->arena, "%zu metrics are only in %s: %s%s", missing,
                                      document_name(answer->document, names[i]), list,
                                      missing > SHOWN ? " ..." : ""));
    }
}

/* What was laid over the file on each side. */
static void say_overrides(struct answer *answer, const struct sides *sides,
                          const char *const *names)
{
    for (int i = 0; i < SIDES; i++) {
        const struct setting_spec *spec = &sides->specs[i];
        const char *text = "";
        for (size_t k = 0; k < spec->override_count; k++)
            text = arena_printf(answer->arena, "%s%s %s = %s", text, k > 0 ? "," : "",
                                document_name(answer->document, spec->overrides[k].path),
                                document_name(answer->document, spec->overrides[k].value));
        if (spec->override_count > 0)
            document_add(answer->document, BLOCK_ITEM,
                         arena_printf(answer->arena, "%s:%s",
                                      document_name(answer->document, names[i]), text));
    }
}

static bool is_listed(const char *const *warnings, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(warnings[i], text) == 0)
            return true;
    return false;
}

/* What both sides share is said once. */
static void add_warnings(struct answer *answer, const struct sides *sides, const char *const *names)
{
    size_t counts[SIDES];
    const char *const *warnings[SIDES];
    for (int i = 0; i < SIDES; i++)
        warnings[i] = plan_list_warnings(&sides->plans[i], 0, answer->arena, &counts[i]);
    if (counts[FROM] + counts[TO] > 0)
        document_add(answer->document, BLOCK_HEADING, "Warnings");
    for (int i = 0; i < SIDES; i++)
        for (size_t k = 0; k < counts[i]; k++) {
            bool is_shared = is_listed(warnings[1 - i], counts[1 - i], warnings[i][k]);
            const char *text =
                is_shared ? warnings[i][k]
                          : arena_printf(answer->arena, "%s: %s",
                                         document_name(answer->document, names[i]), warnings[i][k]);
            if (i == FROM || !is_shared)
                document_add(answer->document, BLOCK_ITEM, text);
        }
}

/* What a reader must know before believing a number. */
static void add_reservations(struct answer *answer, const struct sides *sides,
                             const struct study_outcome *outcome, const char *const *names)
{
    for (int i = 0; i < SIDES; i++)
        main_add_failed_checks(answer, document_name(answer->document, names[i]),
                               sides->plans[i].models[0], &outcome->results[i]);
    if (outcome->is_interrupted)
        document_add_statement(answer->document, TONE_UNSURE, "INTERRUPTED",
                               "these are the differences of the replications that were finished");
}

/* The inputs of both scenarios are the grounds of the answer. */
static struct scenario_set join_inputs(const struct sides *sides, bool are_two, struct arena *arena)
{
    struct scenario_set joined = sides->views[FROM];
    joined.settings = sides->specs;
    joined.setting_count = SIDES;
    const struct scenario_set *other = &sides->sets[TO];
    if (!are_two)
        return joined;
    size_t own = joined.input_count, count = own + 1 + other->input_count;
    const char **files = arena_array(arena, count, sizeof *files),
               **texts = arena_array(arena, count, sizeof *texts),
               **hashes = arena_array(arena, count, sizeof *hashes);
    size_t *lengths = arena_array(arena, count, sizeof *lengths);
    for (size_t i = 0; i < count; i++) {
        const struct scenario_set *set = i < own ? &sides->sets[FROM] : other;
        size_t at = i < own ? i : i - own - 1;
        bool is_scenario = i == own;
        files[i] = is_scenario ? other->file : set->input_files[at];
        texts[i] = is_scenario ? other->text : set->input_texts[at];
        lengths[i] = is_scenario ? other->text_length : set->input_lengths[at];
        hashes[i] = is_scenario ? NULL : set->input_hashes[at];
    }
    joined.input_files = files;
    joined.input_texts = texts;
    joined.input_lengths = lengths;
    joined.input_hashes = hashes;
    joined.input_count = count;
    return joined;
}

/* Two files are told apart by their names, and by their settings where that is not as written. */
static const char *name_side(const struct cli *cli, const struct sides *sides, int side,
                             struct arena *arena)
{
    const char *setting = sides->specs[side].name, *file = sides->views[side].file;
    if (!cli->other)
        return setting;
    return strcmp(setting, "baseline") == 0 ? file : arena_printf(arena, "%s (%s)", file, setting);
}

static const struct answer *make_answer(const struct cli *cli, const struct sides *sides,
                                        const struct study_outcome *outcome, struct arena *arena)
{
    size_t words, count;
    const char *const *command = cli_normal_form(cli, arena, &words);
    struct scenario_set grounds = join_inputs(sides, cli->other != NULL, arena);
    struct answer *answer = answer_begin("compare", &grounds, command, words, arena);
    const char *names[SIDES];
    for (int i = 0; i < SIDES; i++)
        names[i] = name_side(cli, sides, i, arena);
    bool is_unstable = false;
    for (int i = 0; i < SIDES; i++)
        is_unstable |= model_is_unstable(sides->plans[i].models[0]);
    const struct comparison_sides about = {names[FROM],
                                           names[TO],
                                           outcome->results[FROM].replications,
                                           answer->grounds->duration_s,
                                           answer->grounds->confidence,
                                           !is_unstable};
    const struct comparison_metric *metrics = list_metrics(sides, outcome, arena, &count);
    answer->is_interrupted = outcome->is_interrupted;
    add_reservations(answer, sides, outcome, names);
    comparison_add(answer, &about, metrics, count);
    say_overrides(answer, sides, names);
    say_missing(answer, sides, names);
    add_warnings(answer, sides, names);
    answer_finish(answer);
    return answer;
}

static int compare(const struct cli *cli, struct arena *arena, struct sides *sides)
{
    struct main_clock clock;
    struct study_outcome outcome;
    struct error err = {0};
    main_clock_start(&clock);
    if (!read_sides(cli, sides, arena, &err) || (cli->out && !folder_prepare(cli->out, &err)))
        return main_complain(cli, &err);
    if (!study_sides(cli, sides, arena, &outcome, &err))
        return err.status != STATUS_OK ? main_complain(cli, &err) : main_report_nothing();
    struct run_facts facts = main_clock_facts(&clock, sides->options.workers.threads);
    return main_write_answer(cli, make_answer(cli, sides, &outcome, arena), &facts);
}

int main_compare(const struct cli *cli, struct arena *arena)
{
    struct sides sides = {0};
    int status = compare(cli, arena, &sides);
    for (int i = 0; i < SIDES; i++)
        scenario_close(&sides.sets[i]);
    return status;
}
