/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/family.h"
#include "inputs/scenario/scenario.h"
#include "models/studies/plan.h"
#include "tests/support/known_truth.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How much the truth is on the wrong side of the limit, relative to it. */
static const double places[FAMILY_PLACES] = {0, 0.02, -0.02, 0.2, -0.2};

/* ---- the table ------------------------------------------------------------------------------- */

static const char *text_at(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : otherwise;
}

static struct family_claim read_claim(const json_t *row, const json_t *station, const char *id,
                                      struct arena *arena)
{
    const json_t *truth = json_object_get(row, "truth"), *error = json_object_get(row, "error");
    const char *span = text_at(row, "span", "");
    struct family_claim claim = {.metric = text_at(row, "metric", ""),
                                 .op = text_at(row, "op", "<"),
                                 .span = span[0] ? arena_printf(arena, " %s", span) : "",
                                 .expect = text_at(row, "expect", NULL),
                                 .no_worse_than = text_at(row, "no_worse_than", NULL),
                                 .truth = json_is_number(truth) ? json_number_value(truth) : NAN,
                                 .error = json_is_number(error) ? json_number_value(error) : 0,
                                 .from = text_at(row, "from", NULL),
                                 .must_decide = json_is_true(json_object_get(row, "must_decide")),
                                 .must_withhold =
                                     json_is_true(json_object_get(row, "must_withhold")),
                                 .holds = json_is_true(json_object_get(row, "holds")),
                                 .is_on_limit = json_is_true(json_object_get(row, "is_on_limit"))};
    if (json_is_string(truth)) {
        claim.from = json_string_value(truth);
        claim.truth = known_truth(claim.from, station, arena);
    }
    if (!claim.expect && !(claim.truth > 0))
        fail_msg("%s %s: no truth by \"%s\"", id, claim.metric, claim.from ? claim.from : "");
    return claim;
}

static struct family_system read_system(const json_t *row, struct arena *arena)
{
    const json_t *claims = json_object_get(row, "claims"), *claim;
    struct family_system system = {.id = text_at(row, "id", ""),
                                   .kind = text_at(row, "kind", ""),
                                   .scenario = json_object_get(row, "scenario")};
    size_t i;
    system.studies = (size_t)json_integer_value(json_object_get(row, "studies"));
    json_array_foreach(claims, i, claim)
    {
        assert_true(system.claim_count < FAMILY_MAX_CLAIMS);
        system.claims[system.claim_count++] =
            read_claim(claim, json_object_get(row, "station"), system.id, arena);
    }
    assert_true(json_is_object(system.scenario) && system.claim_count > 0);
    return system;
}

struct family family_read(struct arena *arena)
{
    json_error_t error;
    char *path = source_path("tests/calibration/systems.json");
    struct family family = {.root = json_load_file(path, JSON_REJECT_DUPLICATES, &error)};
    if (!family.root)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    free(path);
    const json_t *rows = json_object_get(family.root, "systems"), *row;
    family.systems = arena_array(arena, json_array_size(rows), sizeof *family.systems);
    size_t i;
    json_array_foreach(rows, i, row)
    {
        family.systems[i] = read_system(row, arena);
        family.claim_count += family.systems[i].claim_count;
    }
    family.count = json_array_size(rows);
    return family;
}

void family_close(struct family *family)
{
    json_decref(family->root);
}

/* ---- claims as criteria ---------------------------------------------------------------------- */

static bool is_upper(const struct family_claim *claim)
{
    return claim->op[0] == '<';
}

static double limit_of(const struct family_claim *claim, enum family_place place)
{
    return is_upper(claim) ? claim->truth / (1 + places[place])
                           : claim->truth * (1 + places[place]);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_share(const char *metric)
{
    return ends_with(metric, "utilization") || ends_with(metric, "rate") ||
           ends_with(metric, "probability");
}

static const char *unit_of(const char *metric)
{
    if (is_share(metric))
        return "";
    if (strstr(metric, ".wait.") || strstr(metric, ".response.") || strstr(metric, ".cycle."))
        return "s";
    return ends_with(metric, "throughput") ? "/s" : "";
}

bool family_has_place(const struct family_claim *claim, enum family_place place)
{
    if (claim->expect)
        return place == FAMILY_ON_LIMIT;
    if (claim->no_worse_than && limit_of(claim, place) < 1)
        return false;
    return !is_share(claim->metric) || claim->no_worse_than || limit_of(claim, place) < 1;
}

bool family_is_pass_wrong(const struct family_claim *claim, enum family_place place)
{
    if (claim->expect)
        return claim->is_on_limit || !claim->holds;
    return places[place] >= 0;
}

bool family_is_fail_wrong(const struct family_claim *claim, enum family_place place)
{
    if (claim->expect)
        return claim->is_on_limit || claim->holds;
    return places[place] <= 0;
}

static json_t *criterion_of(const struct family_claim *claim, enum family_place place,
                            struct arena *arena)
{
    const char *name = arena_printf(arena, "%s %d", claim->metric, (int)place);
    if (claim->expect)
        return json_pack("{s:s,s:s}", "name", claim->expect, "expect", claim->expect);
    if (claim->no_worse_than)
        return json_pack("{s:s,s:s,s:s,s:s}", "name", name, "expect", claim->metric,
                         "no_worse_than", claim->no_worse_than, "margin",
                         arena_printf(arena, "%.12g%%", 100 * (limit_of(claim, place) - 1)));
    return json_pack("{s:s,s:s}", "name", name, "expect",
                     arena_printf(arena, "%s %s %.12g%s%s", claim->metric, claim->op,
                                  limit_of(claim, place), unit_of(claim->metric), claim->span));
}

/* The scenario with a criterion for each claim and place, as text to be freed. */
static char *text_of(const struct family_system *system, struct arena *arena)
{
    json_t *scenario = json_copy(system->scenario), *criteria = json_array();
    for (size_t c = 0; c < system->claim_count; c++)
        for (int p = 0; p < FAMILY_PLACES; p++)
            if (family_has_place(&system->claims[c], (enum family_place)p))
                json_array_append_new(
                    criteria, criterion_of(&system->claims[c], (enum family_place)p, arena));
    json_object_set_new(scenario, "criteria", criteria);
    json_object_set_new(scenario, "capsim", json_integer(1));
    json_object_set_new(scenario, "name", json_string(system->id));
    char *text = json_dumps(scenario, JSON_COMPACT);
    json_decref(scenario);
    return text;
}

/* ---- replications that are simulated once ---------------------------------------------------- */

struct row {
    bool is_there;
    uint64_t event_hash;
    double *values, *weights;
    uint32_t **counts;
};

/* A setting whose replications are remembered; of its histograms those that a criterion needs. */
struct memo {
    const struct study_setting *setting;
    struct column *columns;
    size_t *histograms, histogram_count;
    struct row *rows; /* [most replications] */
    struct arena *arena;
};

static void need(struct memo *memo, int column)
{
    const struct column *from = &memo->setting->columns[column];
    memo->columns[column] = *from;
    if (from->kind != COLUMN_QUANTILE)
        return;
    size_t h = 0;
    while (h < memo->histogram_count && memo->histograms[h] != (size_t)from->histogram)
        h++;
    if (h == memo->histogram_count)
        memo->histograms[memo->histogram_count++] = (size_t)from->histogram;
    memo->columns[column].histogram = (int)h;
}

/* What no criterion needs is a plain number, which costs nothing to judge. */
static void memo_open(struct memo *memo, const struct study_setting *setting, size_t most,
                      const struct study_criterion *criteria, size_t count, struct arena *arena)
{
    *memo = (struct memo){.setting = setting, .arena = arena};
    memo->columns = arena_array(arena, setting->column_count, sizeof *memo->columns);
    memo->histograms = arena_array(arena, setting->histogram_count, sizeof *memo->histograms);
    memo->rows = arena_array(arena, most, sizeof *memo->rows);
    for (size_t c = 0; c < setting->column_count; c++) {
        memo->columns[c] = setting->columns[c];
        memo->columns[c].kind = COLUMN_MEAN;
    }
    for (size_t i = 0; i < count; i++) {
        need(memo, criteria[i].column);
        if (criteria[i].beyond_column > 0)
            need(memo, criteria[i].beyond_column);
        if (criteria[i].reference >= 0)
            need(memo, criteria[i].reference_column);
    }
}

static bool simulate(const struct memo *memo, uint32_t replication, struct arena *arena,
                     struct error *err)
{
    size_t columns = memo->setting->column_count;
    struct row *row = &memo->rows[replication];
    struct observation seen = {
        .value = arena_array(memo->arena, columns, sizeof(double)),
        .weight = arena_array(memo->arena, columns, sizeof(double)),
        .counts = arena_array(arena, memo->setting->histogram_count, sizeof *seen.counts)};
    for (size_t c = 0; c < columns; c++)
        seen.value[c] = NAN;
    if (!memo->setting->replicate(memo->setting->model, replication, arena, &seen, err))
        return false;
    *row = (struct row){true, seen.event_hash, seen.value, seen.weight,
                        arena_array(memo->arena, memo->histogram_count, sizeof *row->counts)};
    for (size_t h = 0; h < memo->histogram_count; h++) {
        row->counts[h] = arena_array(memo->arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
        memcpy(row->counts[h], seen.counts[memo->histograms[h]],
               HISTOGRAM_BUCKETS * sizeof(uint32_t));
    }
    return true;
}

static bool replicate(const void *model, uint32_t replication, struct arena *arena,
                      struct observation *observation, struct error *err)
{
    const struct memo *memo = model;
    const struct row *row = &memo->rows[replication];
    if (!row->is_there && !simulate(memo, replication, arena, err))
        return false;
    size_t size = memo->setting->column_count * sizeof(double);
    memcpy(observation->value, row->values, size);
    memcpy(observation->weight, row->weights, size);
    observation->event_hash = row->event_hash;
    for (size_t h = 0; h < memo->histogram_count; h++)
        observation->counts[h] = row->counts[h];
    return true;
}

/* ---- judging --------------------------------------------------------------------------------- */

/* What one study said of one claim at one place. */
struct told {
    enum verdict verdict;
    unsigned withheld; /* reasons of a verdict that was taken back, or could not be given */
    double estimate, low, high;
    bool is_shown; /* with an interval that is to be believed */
    double replications;
};

struct judging {
    const struct family_system *system;
    const char *text;
    uint64_t first_seed;
    struct told (*told)[FAMILY_MAX_CLAIMS][FAMILY_PLACES]; /* [studies] */
    double nominal; /* the standard normal quantile of a look */
};

enum { MAX_SETTINGS = 2 };

/* A study that is open. */
struct opened {
    struct scenario_set set;
    struct plan plan;
    struct memo memos[MAX_SETTINGS];
    struct study_setting settings[MAX_SETTINGS];
};

static bool open_study(struct opened *opened, const struct judging *all, size_t number,
                       struct arena *arena, struct error *err)
{
    const struct scenario_request request = {
        .file = arena_printf(arena, "%s.json", all->system->id),
        .text = all->text,
        .text_length = strlen(all->text),
        .seed = arena_printf(arena, "%llu", (unsigned long long)all->first_seed + number)};
    const struct replications_options workers = {.threads = 1};
    bool is_stopped;
    if (!scenario_read(&request, arena, &opened->set, err) ||
        !plan_make(&opened->set, arena, &opened->plan, err) ||
        !plan_find_warmup(&opened->plan, &workers, arena, &is_stopped, err))
        return false;
    if (opened->plan.count > MAX_SETTINGS)
        return error_set(err, STATUS_INPUT, "more than %d settings", MAX_SETTINGS);
    opened->plan.options.workers = workers;
    const struct study_setting *last = &opened->plan.settings[opened->plan.count - 1];
    for (size_t s = 0; s < opened->plan.count; s++) {
        memo_open(&opened->memos[s], &opened->plan.settings[s],
                  opened->plan.options.max_replications, last->criteria, last->criterion_count,
                  arena);
        opened->settings[s] = opened->plan.settings[s];
        opened->settings[s].model = &opened->memos[s];
        opened->settings[s].replicate = replicate;
        opened->settings[s].columns = opened->memos[s].columns;
        opened->settings[s].histogram_count = opened->memos[s].histogram_count;
        opened->settings[s].criterion_count = 0;
    }
    return true;
}

/* Whether all self-checks hold but for formulas. */
static bool holds_checks(const struct model *model, const struct study_result *result,
                         struct arena *arena)
{
    size_t count;
    const struct model_check *checks = model_checks(model, result, arena, &count);
    for (size_t i = 0; i < count; i++)
        if (!checks[i].holds && strncmp(checks[i].name, "formula", 7) != 0)
            return false;
    return true;
}

static bool judge_one(struct opened *opened, const struct study_criterion *criterion,
                      struct arena *arena, struct told *told, struct error *err)
{
    size_t last = opened->plan.count - 1;
    struct study_outcome outcome;
    opened->settings[last].criteria = criterion;
    opened->settings[last].criterion_count = 1;
    if (!study_run(opened->settings, opened->plan.count, &opened->plan.options, arena, &outcome,
                   err))
        return false;
    const struct study_result *result = &outcome.results[last];
    const struct study_decision *decision = &result->decisions[0];
    const struct estimate *shown =
        criterion->reference >= 0 ? &decision->difference : &decision->estimate;
    *told = (struct told){.verdict = decision->verdict,
                          .withheld = decision->withheld,
                          .estimate = shown->estimate,
                          .low = shown->low,
                          .high = shown->high,
                          .is_shown =
                              !decision->withheld && !shown->is_unresolved && !criterion->counting,
                          .replications = (double)result->replications};
    if (told->verdict == VERDICT_PASS && !holds_checks(opened->plan.models[last], result, arena)) {
        told->verdict = VERDICT_UNDECIDED;
        told->withheld |= WITHHELD_CHECK;
    }
    return true;
}

/* One study on one thread; the studies run in parallel. */
static bool run_study(void *context, size_t number, struct arena *arena, struct error *err)
{
    struct judging *all = context;
    struct opened opened;
    if (!open_study(&opened, all, number, arena, err))
        return false;
    const struct study_criterion *next = opened.plan.settings[opened.plan.count - 1].criteria;
    for (size_t c = 0; c < all->system->claim_count; c++)
        for (int p = 0; p < FAMILY_PLACES; p++)
            if (family_has_place(&all->system->claims[c], (enum family_place)p) &&
                !judge_one(&opened, next++, arena, &all->told[number][c][p], err))
                return false;
    scenario_close(&opened.set);
    return true;
}

/* ---- counting -------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double sd_of(const double *values, size_t count)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = values[i] - mean;
        mean += distance / (double)(i + 1);
        squares += distance * (values[i] - mean);
    }
    return count > 1 ? sqrt(squares / (double)(count - 1)) : NAN;
}

/* The interval's width, of those not withheld, against one of the estimates' own spread. */
static void measure_width(const struct judging *all, size_t claim, int place, size_t studies,
                          struct family_count *count)
{
    double *widths = malloc((studies + 1) * sizeof *widths);
    double *estimates = malloc((studies + 1) * sizeof *estimates);
    double truth = all->system->claims[claim].truth;
    size_t used = 0;
    for (size_t s = 0; s < studies; s++) {
        const struct told *told = &all->told[s][claim][place];
        if (!told->is_shown || !isfinite(told->high - told->low))
            continue;
        widths[used] = told->high - told->low;
        estimates[used++] = told->estimate;
    }
    double spread = sd_of(estimates, used);
    qsort(widths, used, sizeof *widths, compare);
    count->width = used > 0 ? widths[used / 2] / truth : NAN;
    count->excess = used > 9 ? widths[used / 2] / (2 * 1.96 * spread) : NAN;
    free(widths);
    free(estimates);
}

static void count_place(const struct judging *all, size_t claim, int place, size_t studies,
                        struct family_count *count)
{
    const struct family_claim *from = &all->system->claims[claim];
    double truth = from->no_worse_than ? 0 : from->truth; /* a difference from the margin */
    *count = (struct family_count){.studies = studies};
    for (size_t s = 0; s < studies; s++) {
        const struct told *told = &all->told[s][claim][place];
        count->pass += told->verdict == VERDICT_PASS;
        count->fail += told->verdict == VERDICT_FAIL;
        count->undecided += told->verdict == VERDICT_UNDECIDED;
        count->withheld += told->withheld != 0 && told->verdict == VERDICT_UNDECIDED;
        count->reasons |= told->verdict == VERDICT_UNDECIDED ? told->withheld : 0;
        count->shown += told->is_shown;
        count->covered += told->is_shown && told->low <= truth && truth <= told->high;
        count->replications += told->replications / (double)studies;
    }
    measure_width(all, claim, place, studies, count);
}

void family_judge(const struct family_system *system, size_t studies, uint64_t first_seed,
                  struct family_counts *counts)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    struct replications_options workers = {.threads = replications_cores()};
    char *text = text_of(system, arena);
    struct judging all = {.system = system, .text = text, .first_seed = first_seed};
    all.told = arena_array(arena, studies, sizeof *all.told);
    bool *done = arena_array(arena, studies, sizeof *done);
    bool is_run = replications_run(&workers, run_study, &all, studies, done, &err);
    if (!is_run)
        fail_msg("%s: %s %s", system->id, err.pointer, err.message);
    *counts = (struct family_counts){0};
    for (size_t c = 0; c < system->claim_count; c++)
        for (int p = 0; p < FAMILY_PLACES; p++)
            if (family_has_place(&system->claims[c], (enum family_place)p))
                count_place(&all, c, p, studies, &counts->at[c][p]);
    free(text);
    arena_close(arena);
}

size_t family_most(size_t studies, double share, double chance)
{
    unsigned most = (unsigned)(share * (double)studies);
    while (gsl_cdf_binomial_Q(most, share, (unsigned)studies) > chance)
        most++;
    return most;
}
