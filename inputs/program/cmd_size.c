/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands size and limit: the smallest or the largest value that passes. */
#include "inputs/program/cmd_size.h"
#include "inputs/program/cmd_explore.h"
#include "models/metrics/metric_catalogue.h"
#include "reports/text/number_text.h"
#include "sim/study/judge.h"
#include "sim/study/search.h"
#include <math.h>
#include <string.h>

/* A candidate that was compiled. */
struct tried {
    size_t candidate;
    struct candidate point;
    bool is_added;
    struct tried *next;
};

struct searching {
    struct exploring exploring;
    struct search search;
    struct search_finding finding;
    struct tried *tried; /* newest first */
};

static const struct vary *vary_of(const struct searching *searching)
{
    return &searching->exploring.varied[0];
}

static const char *value_of(const struct searching *searching, size_t candidate)
{
    return vary_value(vary_of(searching), candidate, searching->exploring.arena);
}

static const struct probe *probe_of(const struct searching *searching, const struct tried *tried)
{
    return &searching->exploring.field.probes.probes[tried->point.probe];
}

/* ---- judging a candidate ----------------------------------------------------------------- */

static struct tried *find_tried(const struct searching *searching, size_t candidate)
{
    struct tried *tried = searching->tried;
    while (tried && tried->candidate != candidate)
        tried = tried->next;
    return tried;
}

/* The candidate, compiled. NULL with the error filled. */
static struct tried *compile(struct searching *searching, size_t candidate, struct error *err)
{
    struct tried *tried = find_tried(searching, candidate);
    const char *value = value_of(searching, candidate);
    if (tried)
        return tried;
    tried = arena_alloc(searching->exploring.arena, sizeof *tried);
    tried->candidate = candidate;
    if (!main_explore_point(&searching->exploring, &value, &tried->point, err))
        return NULL;
    tried->next = searching->tried;
    searching->tried = tried;
    return tried;
}

static struct tried *add(struct searching *searching, size_t candidate, struct error *err)
{
    struct candidate_field *field = &searching->exploring.field;
    struct tried *tried = compile(searching, candidate, err);
    bool is_stopped = false;
    if (!tried || tried->is_added)
        return tried;
    searching->exploring.progress.what = "warm-up runs";
    if (!candidate_find_warmup(field, &tried->point, &is_stopped, err))
        return NULL;
    if (is_stopped) {
        field->probes.is_interrupted = true;
        return NULL;
    }
    candidate_add(field, &tried->point, NULL, 0, 0);
    tried->is_added = true;
    return tried;
}

/* How far a criterion is from its limit, relative to it; above 0 when the estimates meet it. */
static double score_of_criterion(const struct study_setting *setting, size_t index,
                                 const struct study_decision *decision)
{
    const struct study_criterion *criterion = &setting->criteria[index];
    double score = INFINITY, value = fabs(decision->estimate.estimate);
    if (criterion->has_limit) {
        double scale = fabs(criterion->limit);
        bool is_share = strcmp(setting->columns[criterion->column].unit, "1") == 0;
        if (is_share && scale < 1)
            scale = fmin(scale, 1 - scale);
        score = decision->margin / fmax(scale > 0 ? scale : value, 1e-300);
    }
    if (criterion->reference >= 0) {
        const struct estimate *difference = &decision->difference;
        double change = difference->estimate / fmax(value, 1e-300);
        bool is_larger = judge_is_larger_better(setting, criterion);
        bool is_same = difference->low == 0 && difference->high == 0;
        score = fmin(score, is_same ? 1 : is_larger ? change : -change);
    }
    return score;
}

/* The criterion that is nearest to failing, or furthest beyond it, and its score. */
static size_t find_binding(const struct searching *searching, const struct tried *tried,
                           double *score)
{
    const struct study_setting *setting =
        &tried->point.plan.settings[candidate_index(&tried->point)];
    size_t binding = 0;
    *score = NAN;
    for (size_t i = 0; i < setting->criterion_count; i++) {
        const struct study_decision *decision = &probe_of(searching, tried)->decisions[i];
        double own = score_of_criterion(setting, i, decision);
        if (decision->verdict == VERDICT_FAIL)
            own = fmin(own, -1e-9);
        if (!(own >= *score)) {
            *score = own;
            binding = i;
        }
    }
    return binding;
}

/* Those without short replications are judged for good at once. */
static bool run_probes(struct searching *searching, const size_t *candidates, size_t count,
                       bool for_good, struct error *err)
{
    struct probe_set *probes = &searching->exploring.field.probes;
    size_t *cheap = arena_array(searching->exploring.arena, count, sizeof *cheap);
    size_t *whole = arena_array(searching->exploring.arena, count, sizeof *whole);
    size_t cheap_count = 0, whole_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct tried *tried = add(searching, candidates[i], err);
        if (!tried)
            return false;
        if (for_good || tried->point.short_ns == 0)
            whole[whole_count++] = tried->point.probe;
        else
            cheap[cheap_count++] = tried->point.probe;
    }
    searching->exploring.progress.what = "replications";
    return probe_set_run(probes, cheap, cheap_count, PROBE_SHORT, err) &&
           probe_set_run(probes, whole, whole_count, PROBE_WHOLE, err) && !probes->is_interrupted;
}

static bool judge(void *context, const size_t *candidates, size_t count, bool for_good,
                  struct search_answer *answers, struct error *err)
{
    struct searching *searching = context;
    if (!run_probes(searching, candidates, count, for_good, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct tried *tried = find_tried(searching, candidates[i]);
        const struct probe *probe = probe_of(searching, tried);
        answers[i] =
            (struct search_answer){.verdict = probe->verdict, .is_final = probe->is_finished};
        size_t binding = find_binding(searching, tried, &answers[i].score);
        if (probe->verdict == VERDICT_FAIL)
            answers[i].reason = 1 + binding;
    }
    return true;
}

/* ---- where to begin ---------------------------------------------------------------------- */

/* Whether no station has more load than it can bear, or than a criterion allows; worked out without
 * simulating. */
static bool is_load_allowed(const struct searching *searching, const struct tried *tried)
{
    const struct candidate *point = &tried->point;
    const struct study_setting *setting = &point->plan.settings[candidate_index(point)];
    if (!(point->utilization < 1))
        return false;
    for (size_t i = 0; i < setting->criterion_count; i++) {
        const struct criterion_spec *criterion =
            candidate_criterion(&searching->exploring.field, point, i);
        const struct metric_identity *is = setting->columns[setting->criteria[i].column].identity;
        bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
        if (!criterion->has_limit || !is_upper || is->row->role != ROLE_USE ||
            is->statistic != STATISTIC_MEAN || is->is_worst)
            continue;
        if (model_offered_utilization(candidate_model(point), is->resource) >= criterion->limit)
            return false;
    }
    return true;
}

/* The candidate at which the loads begin or cease to be allowed: both ends are compiled, then the
 * middle of what is left. */
static bool find_guess(struct searching *searching, struct error *err)
{
    size_t low = 0, high = vary_of(searching)->count - 1;
    const struct tried *first = compile(searching, low, err);
    const struct tried *last = first ? compile(searching, high, err) : NULL;
    if (!last)
        return false;
    bool is_low_allowed = is_load_allowed(searching, first);
    searching->search.guess = SEARCH_NONE;
    if (isnan(first->point.utilization) || is_low_allowed == is_load_allowed(searching, last))
        return true;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const struct tried *tried = compile(searching, middle, err);
        if (!tried)
            return false;
        if (is_load_allowed(searching, tried) == is_low_allowed)
            low = middle;
        else
            high = middle;
    }
    searching->search.guess = high;
    return true;
}

static bool read_search(struct searching *searching, struct error *err)
{
    struct exploring *exploring = &searching->exploring;
    const struct cli *cli = exploring->cli;
    const struct cli_values *varied = &cli->given[CLI_OPTION_VARY];
    const char *name = cli_subcommands[cli->subcommand].name;
    if (varied->count != 1)
        return error_set(err, STATUS_USAGE, "'%s' needs --vary once, got it %zu times", name,
                         varied->count);
    exploring->varied_count = 1;
    if (!vary_read_range(varied->values[0], exploring->arena, &exploring->varied[0], err) ||
        !main_explore_open(exploring, err) || !find_guess(searching, err))
        return false;
    const struct candidate *point = &searching->tried->point;
    if (point->plan.settings[candidate_index(point)].criterion_count > 0)
        return true;
    error_set_file(err, exploring->set.file);
    return error_set(err, STATUS_USAGE,
                     "no criterion applies to \"%s\": there is nothing that a value could pass",
                     exploring->field.setting);
}

/* ---- the answer -------------------------------------------------------------------------- */

static const struct tried *tried_of(const struct searching *searching, size_t index)
{
    return find_tried(searching, searching->finding.points[index].candidate);
}

static const char *measured(const struct searching *searching, const struct tried *tried,
                            size_t criterion)
{
    const struct study_setting *setting =
        &tried->point.plan.settings[candidate_index(&tried->point)];
    const struct study_decision *decision = &probe_of(searching, tried)->decisions[criterion];
    const char *unit = setting->columns[setting->criteria[criterion].column].unit;
    bool is_stable = !model_is_unstable(candidate_model(&tried->point));
    return number_text_estimate(&decision->estimate, unit, is_stable, searching->exploring.arena);
}

static const char *expected(const struct searching *searching, const struct criterion_spec *spec)
{
    if (!spec->no_worse_than)
        return spec->expect;
    return arena_printf(searching->exploring.arena, "%s, no worse than %s", spec->expect,
                        spec->no_worse_than);
}

/* "53 fails: pool utilization (70.776 ± 0.089 %, expected db_pool.utilization < 70%)" */
static const char *describe_fail(const struct searching *searching, size_t candidate)
{
    struct arena *arena = searching->exploring.arena;
    const struct tried *tried = find_tried(searching, candidate);
    const struct probe *probe = probe_of(searching, tried);
    const char *text = arena_printf(arena, "%s fails", value_of(searching, candidate));
    size_t said = 0;
    for (size_t i = 0; i < probe->settings[PROBE_WHOLE].criterion_count; i++) {
        const struct criterion_spec *spec =
            candidate_criterion(&searching->exploring.field, &tried->point, i);
        if (probe->decisions[i].verdict == VERDICT_FAIL)
            text =
                arena_printf(arena, "%s%s %s (%s, expected %s)", text, said++ > 0 ? ";" : ":",
                             spec->name, measured(searching, tried, i), expected(searching, spec));
    }
    return text;
}

/* What ends the run of passes on one side. is_low: below it. */
static const char *describe_edge(const struct searching *searching, const struct search_edge *edge,
                                 bool is_low)
{
    struct arena *arena = searching->exploring.arena;
    const char *side = is_low ? "below" : "above";
    const char *text = "";
    if (edge->undecided > 0) {
        size_t near = is_low ? edge->pass - 1 : edge->pass + 1;
        size_t far = is_low ? edge->pass - edge->undecided : edge->pass + edge->undecided;
        text = near == far ? arena_printf(arena, "%s is undecided; ", value_of(searching, near))
                           : arena_printf(arena, "%s to %s are undecided; ",
                                          value_of(searching, near), value_of(searching, far));
    }
    if (edge->fail != SEARCH_NONE)
        return arena_printf(arena, "%s: %s%s", side, text, describe_fail(searching, edge->fail));
    if (edge->undecided > 0)
        return arena_printf(arena, "%s: %sno value fails", side, text);
    return arena_printf(arena, "%s: %s, the %s value, passes: what lies beyond was not asked", side,
                        value_of(searching, edge->pass), is_low ? "lowest" : "highest");
}

static void add_edge_facts(const struct searching *searching, struct answer *answer)
{
    const struct search_finding *finding = &searching->finding;
    answer_add_text(answer, "passing_from", value_of(searching, finding->low.pass));
    answer_add_text(answer, "passing_to", value_of(searching, finding->high.pass));
    if (finding->low.fail != SEARCH_NONE)
        answer_add_text(answer, "fails_below", value_of(searching, finding->low.fail));
    if (finding->high.fail != SEARCH_NONE)
        answer_add_text(answer, "fails_above", value_of(searching, finding->high.fail));
    answer_add_number(answer, "undecided_below", (double)finding->low.undecided, "");
    answer_add_number(answer, "undecided_above", (double)finding->high.undecided, "");
}

static void add_passing(const struct searching *searching, struct answer *answer)
{
    const struct search_finding *finding = &searching->finding;
    struct arena *arena = answer->arena;
    bool is_size = searching->search.aim == SEARCH_LOWEST;
    const struct search_edge *asked = is_size ? &finding->low : &finding->high;
    const char *value = value_of(searching, asked->pass);
    answer->verdict = VERDICT_PASS;
    answer_add_text(answer, is_size ? "smallest" : "largest", value);
    add_edge_facts(searching, answer);
    document_add_statement(answer->document, TONE_GOOD, is_size ? "SMALLEST" : "LARGEST",
                           arena_printf(arena, "%s = %s passes every criterion of %s",
                                        vary_of(searching)->path, value,
                                        searching->exploring.field.setting));
    document_add(answer->document, BLOCK_ITEM, describe_edge(searching, &finding->low, true));
    document_add(answer->document, BLOCK_ITEM, describe_edge(searching, &finding->high, false));
    document_add(answer->document, BLOCK_ITEM,
                 arena_printf(arena, "passing range: %s to %s",
                              value_of(searching, finding->low.pass),
                              value_of(searching, finding->high.pass)));
    if (finding->has_gap)
        document_add_statement(answer->document, TONE_UNSURE, "NOT ONE RANGE",
                               "other values pass beyond one that fails: see the table");
}

/* The criteria that failed at every value that was simulated: no search can help them. */
static const char *names_of_hopeless(const struct searching *searching)
{
    const struct search_finding *finding = &searching->finding;
    const struct tried *first = tried_of(searching, 0);
    struct arena *arena = searching->exploring.arena;
    const char *names = "";
    for (size_t c = 0; c < probe_of(searching, first)->settings[PROBE_WHOLE].criterion_count; c++) {
        size_t failing = 0;
        for (size_t i = 0; i < finding->point_count; i++)
            failing +=
                probe_of(searching, tried_of(searching, i))->decisions[c].verdict == VERDICT_FAIL;
        if (failing == finding->point_count)
            names = arena_printf(
                arena, "%s%s%s", names, *names ? ", " : "",
                candidate_criterion(&searching->exploring.field, &first->point, c)->name);
    }
    return names;
}

static void add_no_pass(const struct searching *searching, struct answer *answer)
{
    const struct search_finding *finding = &searching->finding;
    const struct vary *vary = vary_of(searching);
    struct arena *arena = answer->arena;
    const struct tried *best = find_tried(searching, finding->best);
    const char *range = arena_printf(arena, "%s to %s", value_of(searching, 0),
                                     value_of(searching, vary->count - 1));
    bool is_open = finding->has_undecided;
    answer->verdict = is_open ? VERDICT_UNDECIDED : VERDICT_FAIL;
    answer_add_text(answer, "best", value_of(searching, finding->best));
    document_add_statement(
        answer->document, is_open ? TONE_UNSURE : TONE_BAD, is_open ? "UNDECIDED" : "NONE",
        arena_printf(arena,
                     is_open ? "no value of %s from %s surely passes every criterion of %s"
                             : "no value of %s from %s passes every criterion of %s",
                     vary->path, range, searching->exploring.field.setting));
    document_add(answer->document, BLOCK_ITEM,
                 probe_of(searching, best)->verdict == VERDICT_FAIL
                     ? arena_printf(arena, "nearest: %s", describe_fail(searching, finding->best))
                     : arena_printf(arena, "nearest: %s is undecided: %s",
                                    value_of(searching, finding->best),
                                    main_explore_names(&searching->exploring, &best->point,
                                                       VERDICT_UNDECIDED, arena)));
    const char *hopeless = names_of_hopeless(searching);
    if (*hopeless)
        document_add(answer->document, BLOCK_ITEM,
                     arena_printf(arena, "fail at every value simulated: %s", hopeless));
}

static void add_tables(const struct searching *searching, struct answer *answer)
{
    static const struct table_column columns[] = {{"value", NULL, false},
                                                  {"verdict", NULL, false},
                                                  {"short_replications", "", true},
                                                  {"whole_replications", "", true},
                                                  {"warmup", "s", true},
                                                  {"binding", NULL, false}};
    struct table *table =
        answer_add_table(answer, "steps", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < searching->finding.point_count; i++) {
        const struct tried *tried = tried_of(searching, i);
        const struct probe *probe = probe_of(searching, tried);
        const struct candidate *point = &tried->point;
        double score;
        size_t binding = find_binding(searching, tried, &score);
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(value_of(searching, tried->candidate));
        row[1] = table_text(probe->is_finished ? verdict_name(probe->verdict) : "open");
        row[2] = table_number((double)probe->replications[PROBE_SHORT]);
        row[3] = table_number((double)probe->replications[PROBE_WHOLE]);
        row[4] = table_number(point->plan.warmup_s[candidate_index(point)]);
        row[5] = table_text(candidate_criterion(&searching->exploring.field, point, binding)->name);
    }
    struct table *criteria = main_explore_criteria_table(answer);
    for (size_t i = 0; i < searching->finding.point_count; i++)
        main_explore_add_criteria(&searching->exploring, criteria, &tried_of(searching, i)->point,
                                  value_of(searching, searching->finding.points[i].candidate));
}

/* The criterion that decides each value, the replications that it took. */
static const struct table *table_for_people(const struct searching *searching, struct arena *arena)
{
    const struct table_column columns[] = {
        {"value", NULL, true},     {"verdict", NULL, false}, {"nearest criterion", NULL, false},
        {"expected", NULL, false}, {"measured", NULL, true}, {"short", NULL, true},
        {"whole", NULL, true}};
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t i = 0; i < searching->finding.point_count; i++) {
        const struct tried *tried = tried_of(searching, i);
        const struct probe *probe = probe_of(searching, tried);
        double score;
        size_t binding = find_binding(searching, tried, &score);
        const struct criterion_spec *spec =
            candidate_criterion(&searching->exploring.field, &tried->point, binding);
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(value_of(searching, tried->candidate));
        row[1] =
            probe->is_finished ? main_explore_verdict_cell(probe->verdict) : table_text("open");
        row[2] = table_text(spec->name);
        row[3] = table_text(expected(searching, spec));
        row[4] = table_text(measured(searching, tried, binding));
        row[5] = table_text(arena_printf(arena, "%zu", probe->replications[PROBE_SHORT]));
        row[6] = table_text(arena_printf(arena, "%zu", probe->replications[PROBE_WHOLE]));
    }
    return table;
}

static bool has_open(const struct searching *searching)
{
    for (size_t i = 0; i < searching->finding.point_count; i++)
        if (!probe_of(searching, tried_of(searching, i))->is_finished)
            return true;
    return false;
}

/* has_warnings: false where they stand beside it anyway. */
static const struct answer *make_answer(const struct searching *searching, bool has_warnings)
{
    struct answer *answer = main_explore_answer(&searching->exploring);
    const struct vary *vary = vary_of(searching);
    answer->is_interrupted = searching->finding.is_interrupted;
    answer_add_text(answer, "path", vary->path);
    answer_add_text(answer, "searched_from", value_of(searching, 0));
    answer_add_text(answer, "searched_to", value_of(searching, vary->count - 1));
    if (answer->is_interrupted)
        document_add_statement(answer->document, TONE_UNSURE, "INTERRUPTED",
                               "the search was not ended; these are the steps that were");
    if (searching->finding.has_pass)
        add_passing(searching, answer);
    else
        add_no_pass(searching, answer);
    document_add(answer->document, BLOCK_HEADING, "Values that were simulated");
    document_add_table(answer->document, table_for_people(searching, answer->arena));
    if (has_open(searching))
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "open: short replications did not decide it, and nothing came to depend on "
                     "it.");
    add_tables(searching, answer);
    main_explore_add_effort(&searching->exploring, answer, (double)vary->count);
    if (has_warnings)
        main_explore_add_warnings(&searching->exploring, answer);
    answer_finish(answer);
    return answer;
}

/* Searches for what the command line asks for. False with status STATUS_OK: interrupted before
 * there was anything. */
static bool find(struct searching *searching, enum search_aim aim, struct error *err)
{
    bool is_fine = read_search(searching, err);
    if (is_fine) {
        searching->search.count = vary_of(searching)->count;
        searching->search.aim = aim;
        searching->search.judge = judge;
        searching->search.context = searching;
        is_fine =
            search_run(&searching->search, searching->exploring.arena, &searching->finding, err);
    }
    progress_erase(&searching->exploring.progress);
    return is_fine && searching->finding.point_count > 0;
}

static int search(const struct cli *cli, struct arena *arena, enum search_aim aim)
{
    struct searching searching = {.exploring = {.cli = cli, .arena = arena}};
    struct error err = {0};
    int status;
    if (find(&searching, aim, &err))
        status = main_explore_write(&searching.exploring, make_answer(&searching, true));
    else
        status = err.status != STATUS_OK ? main_complain(cli, &err) : main_report_nothing();
    main_explore_close(&searching.exploring);
    return status;
}

const struct answer *main_search_size(const struct cli *cli, const char *setting,
                                      struct arena *arena, struct error *err)
{
    struct cli size = *cli;
    size.subcommand = CLI_SIZE;
    size.settings = &setting;
    size.setting_count = 1;
    size.out = NULL;
    size.given[CLI_OPTION_SERIES].count = 0;
    struct searching searching = {.exploring = {.cli = &size, .arena = arena}};
    const struct answer *answer =
        find(&searching, SEARCH_LOWEST, err) ? make_answer(&searching, false) : NULL;
    main_explore_close(&searching.exploring);
    return answer;
}

int main_size(const struct cli *cli, struct arena *arena)
{
    return search(cli, arena, SEARCH_LOWEST);
}

int main_limit(const struct cli *cli, struct arena *arena)
{
    return search(cli, arena, SEARCH_HIGHEST);
}
