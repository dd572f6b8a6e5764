/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/headline.h"
#include "reports/document/criterion_words.h"
#include "reports/result/undecided.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { MAX_NAME = 28, MAX_CRITERION = 40 };

const struct scenario *headline_find_scenario(const struct scenario_set *set, const char *name)
{
    for (size_t i = 0; set && i < set->setting_count; i++)
        if (strcmp(set->settings[i].name, name) == 0)
            return &set->settings[i].scenario;
    return NULL;
}

/* ---- who holds what ---- */

/* Who a sentence is about, and whether it is many. */
struct actor {
    const char *words;
    bool is_many;
};

static const char *count_text(int64_t count, struct arena *arena)
{
    return digits_exact((double)count, arena);
}

/* Whether an override's path is the size of the pool: "resources.db_pool.max", or
 * "services.api.resources.db_pool.max" of one in a service, or its threads. */
static bool sets_size(const char *path, const struct scenario *spec, const struct pool_spec *pool,
                      struct arena *arena)
{
    const char *own = pool->name;
    const char *place = "";
    if (pool->service != SPEC_NO_SERVICE) {
        const char *service = spec->services[pool->service].name;
        place = arena_printf(arena, "services.%s.", service);
        own += strlen(service) + 1;
    }
    const char *key = pool->kind == POOL_THREADS ? "threads" : "max";
    return strcmp(path, arena_printf(arena, "%sresources.%s.%s", place, own, key)) == 0;
}

/* The pool whose size tells a setting from others: the only one that it overrides, or that there
 * is. */
static const struct pool_spec *
telling_pool(const struct scenario *spec, const struct result_setting *setting, struct arena *arena)
{
    const struct pool_spec *found = NULL;
    size_t count = 0;
    for (size_t p = 0; spec && p < spec->pool_count; p++)
        for (size_t i = 0; i < setting->override_count; i++)
            if (sets_size(setting->overrides[i].path, spec, &spec->pools[p], arena)) {
                found = &spec->pools[p];
                count++;
            }
    if (count == 0 && spec && spec->pool_count == 1 && setting->override_count == 0)
        return &spec->pools[0];
    return count == 1 ? found : NULL;
}

static struct actor actor_of(const struct result *result, const struct result_setting *setting,
                             const struct scenario *spec, struct arena *arena)
{
    const struct pool_spec *pool = telling_pool(spec, setting, arena);
    if (pool) {
        const char *things = pool->kind == POOL_THREADS ? "thread" : "connection";
        const char *copies =
            pool->copies > 1 ? arena_printf(arena, "%s \u00d7 ", count_text(pool->copies, arena))
                             : "";
        bool is_many = pool->max != 1 || pool->copies > 1;
        return (struct actor){arena_printf(arena, "%s%s %s%s", copies, count_text(pool->max, arena),
                                           things, is_many ? "s" : ""),
                              is_many};
    }
    if (result->setting_count > 1)
        return (struct actor){layout_shorten(setting->name, MAX_NAME, arena), false};
    return (struct actor){"The system", false};
}

/* Requests per second of open arrivals in the long run; NaN: it varies, or is not open. */
static double rate_of(const struct arrival_spec *arrivals)
{
    bool is_open = arrivals->process == ARRIVAL_POISSON || arrivals->process == ARRIVAL_RENEWAL ||
                   arrivals->process == ARRIVAL_MMPP;
    return is_open && !arrivals->profile && !arrivals->batch ? arrivals->rate_per_s : NAN;
}

const char *headline_arrivals(const struct arrival_spec *arrivals, struct arena *arena)
{
    if (arrivals->process == ARRIVAL_NONE)
        return "spawned only";
    if (arrivals->process == ARRIVAL_CYCLE)
        return arena_printf(arena, "%s job%s every %s", count_text(arrivals->cycle.jobs, arena),
                            arrivals->cycle.jobs == 1 ? "" : "s",
                            digits_quantity((double)arrivals->cycle.every_ns / 1e9, "s", arena));
    if (arrivals->process == ARRIVAL_CLOSED)
        return arena_printf(arena, "%s customers", count_text(arrivals->customers, arena));
    double rate = rate_of(arrivals);
    if (rate > 0.0)
        return arena_printf(arena, "%s request%s/s", digits_number(rate, arena),
                            rate == 1.0 ? "" : "s");
    if (arrivals->process == ARRIVAL_TRACE)
        return "the recorded load";
    if (arrivals->process == ARRIVAL_LOAD_TEST)
        return "the load test";
    return arrivals->profile ? "a load that varies" : "its load";
}

const char *headline_load(const struct scenario *spec, struct arena *arena)
{
    double sum = 0.0;
    const struct arrival_spec *only = NULL;
    size_t count = 0;
    for (size_t w = 0; spec && w < spec->workload_count; w++) {
        const struct arrival_spec *arrivals = &spec->workloads[w].arrivals;
        if (arrivals->process == ARRIVAL_NONE)
            continue;
        only = arrivals;
        sum += rate_of(arrivals);
        count++;
    }
    if (count == 1)
        return headline_arrivals(only, arena);
    return sum > 0.0 ? arena_printf(arena, "%s requests/s", digits_number(sum, arena)) : "its load";
}

/* ---- the clause ---- */

static const char *word_clause(const struct headline *headline, const struct actor *actor,
                               const char *load, struct arena *arena)
{
    bool is_many = actor->is_many;
    switch (headline->verdict) {
    case VERDICT_PASS:
        return arena_printf(arena, "%s hold%s %s", actor->words, is_many ? "" : "s", load);
    case VERDICT_FAIL:
        return arena_printf(arena, "%s do%s not hold %s", actor->words, is_many ? "" : "es", load);
    case VERDICT_UNDECIDED:
        for (size_t i = 0; i < headline->shown->criterion_count; i++)
            if (criterion_words_is_near(&headline->shown->criteria[i]))
                return arena_printf(arena, "%s %s too close to a limit to tell", actor->words,
                                    is_many ? "are" : "is");
        return arena_printf(arena, "%s: too little is known to judge", actor->words);
    case VERDICT_NONE:
        break;
    }
    return "Nothing is judged: no criterion applies";
}

/* ---- the sentences ---- */

static size_t count_verdicts(const struct result_setting *setting, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < setting->criterion_count; i++)
        count += setting->criteria[i].verdict == verdict;
    return count;
}

static const char *name_of(const struct result_criterion *criterion, struct arena *arena)
{
    return layout_shorten(criterion->name, MAX_CRITERION, arena);
}

/* "p95 latency, at 73 % of 500 ms" */
static const char *word_nearest(const struct result_criterion *criterion, struct arena *arena)
{
    const struct digits_scale scale = criterion_words_scale(criterion, NAN);
    double share = criterion_words_share(criterion);
    const char *limit = digits_scaled(criterion->limit, &scale, arena);
    if (criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL)
        return arena_printf(arena, "%s, %s where %s %s is asked", name_of(criterion, arena),
                            digits_scaled(criterion->estimate.estimate, &scale, arena),
                            criterion_words_op(criterion->op), limit);
    return arena_printf(arena, "%s, at %s of %s", name_of(criterion, arena),
                        number_text_quantity(round(100.0 * share) / 100.0, "1", arena), limit);
}

static const char *word_pass(const struct result_setting *setting, const size_t *order,
                             struct arena *arena)
{
    const struct result_criterion *nearest = &setting->criteria[order[0]];
    size_t count = setting->criterion_count;
    const char *all =
        count == 1 ? arena_printf(arena, "The one criterion, %s, holds", name_of(nearest, arena))
                   : arena_printf(arena, "All %zu criteria hold", count);
    if (!isfinite(criterion_words_share(nearest)))
        return arena_printf(arena, "%s.", all);
    return arena_printf(arena, "%s; the nearest limit is %s.", all, word_nearest(nearest, arena));
}

/* What the setting that a change starts from exceeds already, although it is not judged. */
static const char *word_today(const struct result *result, const struct result_setting *shown,
                              struct arena *arena)
{
    const struct result_setting *first = &result->settings[0];
    if (first == shown || first->verdict != VERDICT_NONE)
        return "";
    for (size_t i = 0; i < shown->criterion_count; i++) {
        const struct result_criterion *criterion = &shown->criteria[i];
        const struct result_metric *metric = criterion_words_before(result, shown, criterion);
        if (!metric || !criterion->has_limit ||
            verdict_of(&metric->estimate, criterion->op, criterion->limit) != VERDICT_FAIL)
            continue;
        const struct digits_scale scale =
            criterion_words_scale(criterion, metric->estimate.estimate);
        return arena_printf(arena, " The setting %s does not: %s is %s there.", first->name,
                            name_of(criterion, arena),
                            digits_scaled(metric->estimate.estimate, &scale, arena));
    }
    return "";
}

static const char *capitalized(const char *text, struct arena *arena)
{
    char *copy = arena_strdup(arena, text);
    if (copy[0] >= 'a' && copy[0] <= 'z')
        copy[0] = (char)(copy[0] - 'a' + 'A');
    return copy;
}

static const char *word_rest(const struct result_setting *setting, enum verdict told, size_t said,
                             struct arena *arena)
{
    size_t more = count_verdicts(setting, told) - said;
    size_t hold = count_verdicts(setting, VERDICT_PASS);
    const char *text = "";
    if (more > 0)
        text = arena_printf(arena, " %zu more %s.", more,
                            told == VERDICT_FAIL ? (more == 1 ? "fails" : "fail")
                                                 : (more == 1 ? "is undecided" : "are undecided"));
    if (hold > 0)
        text = arena_printf(arena, "%s %zu of %zu criteria hold%s.", text, hold,
                            setting->criterion_count, hold == 1 ? "s" : "");
    return text;
}

static const char *word_failure(const struct result_setting *setting, const size_t *order,
                                struct arena *arena)
{
    const struct result_criterion *worst = &setting->criteria[order[0]];
    return arena_printf(arena, "%s.%s", criterion_words_failure(worst, arena),
                        word_rest(setting, VERDICT_FAIL, 1, arena));
}

static const char *word_doubt(const struct result_setting *setting, const size_t *order,
                              struct arena *arena)
{
    const struct result_criterion *open = &setting->criteria[order[0]];
    const struct estimate *estimate = &open->estimate;
    const char *name = name_of(open, arena);
    const char *advice = undecided_advice(open, arena);
    const char *text =
        criterion_words_is_near(open)
            ? arena_printf(arena, "%s is %s; the limit, %s, lies inside that interval: %s.", name,
                           number_text_estimate(estimate, open->unit, true, arena),
                           number_text_quantity(open->limit, open->unit, arena), advice)
            : arena_printf(arena, "%s is undecided: %s.", name, advice);
    return arena_printf(arena, "%s%s", text, word_rest(setting, VERDICT_UNDECIDED, 1, arena));
}

static const char *word_sentences(const struct result *result, const struct headline *headline,
                                  struct arena *arena)
{
    const struct result_setting *shown = headline->shown;
    if (shown->criterion_count == 0)
        return "The figures below are those of the run; a scenario's criteria say what must hold.";
    size_t *order = arena_array(arena, shown->criterion_count, sizeof *order);
    criterion_words_order(shown, order);
    if (headline->verdict == VERDICT_FAIL)
        return word_failure(shown, order, arena);
    if (headline->verdict == VERDICT_UNDECIDED)
        return word_doubt(shown, order, arena);
    return arena_printf(arena, "%s%s", word_pass(shown, order, arena),
                        word_today(result, shown, arena));
}

/* The last setting with the verdict of all: it shows why. */
static const struct result_setting *find_shown(const struct result *result)
{
    for (size_t i = result->setting_count; i-- > 0;)
        if (result->settings[i].verdict == result->verdict &&
            result->settings[i].verdict != VERDICT_NONE)
            return &result->settings[i];
    return result_subject(result);
}

static size_t count_settings(const struct result *result, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        count += result->settings[i].verdict == verdict;
    return count;
}

/* "1 of 7 settings passes: after_100_limit_600": of several that are judged. */
static const char *word_settings(const struct result *result, size_t judged, struct arena *arena)
{
    size_t pass = count_settings(result, VERDICT_PASS);
    const char *only = NULL;
    for (size_t i = 0; i < result->setting_count && pass == 1; i++)
        if (result->settings[i].verdict == VERDICT_PASS)
            only = layout_shorten(result->settings[i].name, MAX_NAME, arena);
    if (pass == judged)
        return arena_printf(arena, "All %zu settings pass", judged);
    if (pass == 0)
        return arena_printf(arena, "None of %zu settings passes", judged);
    return arena_printf(arena, "%zu of %zu settings pass%s%s", pass, judged, only ? "es: " : "",
                        only ? only : "");
}

struct headline headline_of_result(const struct result *result, const struct scenario_set *set,
                                   struct arena *arena)
{
    struct headline headline = {.verdict = result->verdict, .shown = find_shown(result)};
    const struct scenario *spec = headline_find_scenario(set, headline.shown->name);
    const struct actor actor = actor_of(result, headline.shown, spec, arena);
    size_t judged = result->setting_count - count_settings(result, VERDICT_NONE);
    headline.sentences = word_sentences(result, &headline, arena);
    if (judged > 1) {
        headline.clause = word_settings(result, judged, arena);
        headline.sentences =
            arena_printf(arena, "%s: %s", layout_shorten(headline.shown->name, MAX_NAME, arena),
                         headline.sentences);
        return headline;
    }
    headline.sentences = capitalized(headline.sentences, arena);
    headline.clause =
        capitalized(word_clause(&headline, &actor, headline_load(spec, arena), arena), arena);
    return headline;
}

void headline_add_outlook(struct headline *headline, const struct outlook *outlook,
                          struct arena *arena)
{
    if (!outlook || !outlook->enough || strcmp(outlook->setting, headline->shown->name) != 0)
        return;
    headline->sentences =
        headline->verdict == VERDICT_PASS
            ? arena_printf(arena, "%s would do%s. %s", outlook->enough,
                           outlook->is_rough ? ", perhaps less" : "", headline->sentences)
            : arena_printf(arena, "%s %s would hold.", headline->sentences, outlook->enough);
}
