/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_distribution.h"

#include "inputs/json/wording.h"
#include "inputs/scenario/describe_law.h"
#include "inputs/scenario/empirical_file.h"
#include "sim/random/distribution_fit.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_DEPTH = 16,       /* laws inside laws                                             */
    MAX_STAGES = 1000000, /* of an Erlang law                                             */
    MAX_PARTS = 1000,     /* of a sum, sums inside it included: a draw has random numbers for so
                             many values with all that rejection may need                     */
    TRIAL_DRAWS = 4096,   /* to see how much of a law that has no closed form truncation keeps */
    MIN_KEPT = 41         /* of them: a hundredth, which rejection finds in no time            */
};
#define MAX_CV 1000.0 /* beyond it no run is long enough for a mean */
/* Of a pareto: from here on its third moment is infinite, on which the spread of mean waits
 * rests. */
#define WIDE_CV 1.7320508075688772
#define MIN_PROBABILITY 1e-12
#define SHARES_TOLERANCE 1e-9 /* 0.1 + 0.2 + 0.7 is not 1 in binary */

struct law_reading {
    enum distribution_unit unit;
    int depth;
};

/* A kind of law: its name, the keys beside "dist", and its reader, which fills *law. */
struct law_kind {
    const char *name;
    const char *const *keys;
    bool (*read)(struct json_cursor *at, struct law_reading context, enum distribution_kind kind,
                 struct distribution *law);
    enum distribution_kind kind;
};

static bool read_law(const struct json_cursor *at, struct law_reading context,
                     struct distribution *law);

/* A value in the law's unit. */
static bool get_value(struct json_cursor *object, const char *key, struct law_reading context,
                      enum cursor_zero zero, double *value)
{
    struct json_cursor child;
    if (!cursor_require(object, key, &child))
        return false;
    if (context.unit == UNIT_SECONDS)
        return cursor_as_duration(&child, zero, NULL, value);
    if (context.unit == UNIT_BYTES
            ? !cursor_as_size(&child, value)
            : !cursor_as_number(&child, 0, READ_DISTRIBUTION_MAX_COUNT, value))
        return false;
    return zero == CURSOR_FROM_ZERO || *value > 0 ||
           cursor_fail(&child, "must be above 0; got %s", cursor_show(&child));
}

static bool has_key(const struct json_cursor *object, const char *key)
{
    return json_object_get(object->value, key) != NULL;
}

/* ---- the laws -------------------------------------------------------------------------------- */

static bool read_constant(struct json_cursor *at, struct law_reading context,
                          enum distribution_kind kind, struct distribution *law)
{
    (void)kind;
    double value;
    if (!get_value(at, "value", context, CURSOR_FROM_ZERO, &value))
        return false;
    *law = distribution_constant(value);
    return true;
}

static bool read_uniform(struct json_cursor *at, struct law_reading context,
                         enum distribution_kind kind, struct distribution *law)
{
    law->kind = kind;
    if (!get_value(at, "min", context, CURSOR_FROM_ZERO, &law->a) ||
        !get_value(at, "max", context, CURSOR_ABOVE_ZERO, &law->b))
        return false;
    struct json_cursor highest = cursor_at(at, "max");
    return law->a < law->b ||
           cursor_fail(&highest, "must be above min; got %s", cursor_show(&highest));
}

static bool read_exponential(struct json_cursor *at, struct law_reading context,
                             enum distribution_kind kind, struct distribution *law)
{
    law->kind = kind;
    return get_value(at, "mean", context, CURSOR_ABOVE_ZERO, &law->a);
}

static bool read_erlang(struct json_cursor *at, struct law_reading context,
                        enum distribution_kind kind, struct distribution *law)
{
    int64_t stages;
    double mean;
    if (!cursor_get_integer(at, "stages", CURSOR_REQUIRED, 1, MAX_STAGES, &stages) ||
        !get_value(at, "mean", context, CURSOR_ABOVE_ZERO, &mean))
        return false;
    law->kind = kind;
    law->a = (double)stages;
    law->b = mean / law->a;
    return true;
}

/* The facts that are given, in the order of enum distribution_known; at most KNOWN_COUNT. */
static size_t list_facts(const struct json_cursor *at, struct distribution_fact facts[KNOWN_COUNT])
{
    size_t count = 0;
    for (int what = 0; what < KNOWN_COUNT; what++)
        if (has_key(at, distribution_known_name((enum distribution_known)what)))
            facts[count++].what = (enum distribution_known)what;
    return count;
}

static bool read_facts(struct json_cursor *at, struct law_reading context,
                       struct distribution_fact facts[2])
{
    for (int i = 0; i < 2; i++) {
        const char *key = distribution_known_name(facts[i].what);
        struct json_cursor child = cursor_at(at, key);
        bool ok = facts[i].what == KNOWN_CV
                      ? cursor_as_number(&child, 0, MAX_CV, &facts[i].value)
                      : get_value(at, key, context, CURSOR_ABOVE_ZERO, &facts[i].value);
        if (!ok)
            return false;
    }
    struct json_cursor second = cursor_at(at, distribution_known_name(facts[1].what));
    bool are_quantiles = facts[0].what >= KNOWN_P50 && facts[1].what >= KNOWN_P50;
    if (are_quantiles && facts[0].value >= facts[1].value)
        return cursor_fail(&second, "must be above %s; got %s",
                           distribution_known_name(facts[0].what), cursor_show(&second));
    return true;
}

static bool fit(struct json_cursor *at, struct law_reading context, enum distribution_kind kind,
                struct distribution_fact facts[2], struct distribution *law)
{
    struct distribution_doubt doubt;
    if (!read_facts(at, context, facts))
        return false;
    if (!distribution_fit(kind, facts[0], facts[1], law, &doubt, at->context->err))
        return cursor_place(at, LOCATE_VALUE);
    if (doubt.text[0] != '\0' && !doubt.is_choice)
        context_warn(at->context, "%s: %s%s", cursor_path(at), doubt.text,
                     context.unit == UNIT_SECONDS ? " (times in seconds)" : "");
    const char *first = distribution_known_name(facts[0].what);
    const char *second = distribution_known_name(facts[1].what);
    char text[DESCRIBE_LAW_SIZE];
    describe_law(law, context.unit == UNIT_SECONDS, text);
    struct json_cursor a = cursor_at(at, first), b = cursor_at(at, second);
    const char *value = arena_printf(at->context->arena, "%s; %s %s, %s %s", text, first,
                                     describe_law_given(&a), second, describe_law_given(&b));
    const char *note = arena_printf(at->context->arena, "fitted from %s and %s%s%s", first, second,
                                    doubt.is_choice ? "; " : "", doubt.is_choice ? doubt.text : "");
    context_assume(at->context, cursor_path(at), value, note, false);
    if (doubt.is_choice)
        context_doubt(at->context, doubt.text);
    return true;
}

static bool read_fitted(struct json_cursor *at, struct law_reading context,
                        enum distribution_kind kind, struct distribution *law)
{
    struct distribution_fact facts[KNOWN_COUNT];
    size_t count = list_facts(at, facts);
    if (count != 2)
        return cursor_fail(at, "must be given by two of mean, cv, p50, p90, p95, p99; got %zu",
                           count);
    return fit(at, context, kind, facts, law);
}

static bool read_by_mean_and_cv(struct json_cursor *at, struct law_reading context,
                                enum distribution_kind kind, struct distribution *law)
{
    struct distribution_fact facts[2] = {{.what = KNOWN_MEAN}, {.what = KNOWN_CV}};
    struct json_cursor mean, cv;
    if (!cursor_require(at, "mean", &mean) || !cursor_require(at, "cv", &cv) ||
        !cursor_as_number(&cv, 0, MAX_CV, &facts[1].value))
        return false;
    if (kind == DISTRIBUTION_PARETO && !(facts[1].value > 1))
        return cursor_fail(&cv, "must be above 1 for a pareto (Lomax); got %s", cursor_show(&cv));
    if (kind == DISTRIBUTION_HYPEREXPONENTIAL && facts[1].value < 1)
        return cursor_fail(&cv, "must be at least 1 for a hyperexponential; got %s",
                           cursor_show(&cv));
    if (kind == DISTRIBUTION_PARETO && facts[1].value >= WIDE_CV && !has_key(at, "max"))
        context_warn(at->context,
                     "%s: a pareto with a cv of %s has no third moment: intervals of mean waits "
                     "behind it come out too narrow; a \"max\" would end that",
                     cursor_path(at), cursor_show(&cv));
    return fit(at, context, kind, facts, law);
}

/* A value of any size, 0 too. */
static bool read_value(const struct json_cursor *at, enum distribution_unit unit, double *value)
{
    switch (unit) {
    case UNIT_SECONDS:
        return cursor_as_duration(at, CURSOR_FROM_ZERO, NULL, value);
    case UNIT_BYTES:
        return cursor_as_size(at, value);
    case UNIT_COUNT:
        break;
    }
    return cursor_as_number(at, 0, READ_DISTRIBUTION_MAX_COUNT, value);
}

/* The largest value that a unit allows, and how a message calls it. */
static double highest_value(enum distribution_unit unit)
{
    return unit == UNIT_SECONDS ? QUANTITY_MAX_S
           : unit == UNIT_BYTES ? READ_DISTRIBUTION_MAX_BYTES
                                : READ_DISTRIBUTION_MAX_COUNT;
}

static const char *highest_text(enum distribution_unit unit)
{
    return unit == UNIT_SECONDS ? "146 years" : unit == UNIT_BYTES ? "2^53 bytes" : "1000000";
}

/* ---- empirical ------------------------------------------------------------------------------- */

static int compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void sort_into(double *values, size_t count, struct distribution *law)
{
    qsort(values, count, sizeof *values, compare_values);
    law->kind = DISTRIBUTION_EMPIRICAL;
    law->values = values;
    law->count = count;
}

static bool read_values(struct json_cursor *at, struct law_reading context,
                        struct distribution *law)
{
    struct json_cursor list = cursor_at(at, "values");
    if (!cursor_open_list(&list, "values", 1))
        return false;
    size_t count = json_array_size(list.value);
    double *values = arena_array(at->context->arena, count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        struct json_cursor value = cursor_element(&list, i);
        if (!read_value(&value, context.unit, &values[i]))
            return false;
    }
    sort_into(values, count, law);
    return true;
}

/* Seconds in one of the file's numbers; 1 for counts. */
static bool read_file_unit(struct json_cursor *at, struct law_reading context, double *scale)
{
    static const char *const names[] = {"ns", "us", "ms", "s", "min", "h", "d"};
    static const double seconds[] = {1e-9, 1e-6, 1e-3, 1, 60, 3600, 86400};
    size_t unit = 3;
    *scale = 1;
    if (context.unit != UNIT_SECONDS)
        return true;
    if (!cursor_get_choice(at, "unit", "s", names, sizeof names / sizeof names[0], &unit))
        return false;
    *scale = seconds[unit];
    return true;
}

static bool read_value_file(struct json_cursor *at, struct law_reading context,
                            struct distribution *law)
{
    struct json_cursor place = cursor_at(at, "file");
    const char *name, *text;
    size_t length, count;
    double scale, *values;
    if (!cursor_as_text(&place, 1000, &name) || !read_file_unit(at, context, &scale))
        return false;
    if (!context_open_file(at->context, name, &text, &length) ||
        !empirical_file_parse(name, text, length, at->context->arena, &values, &count,
                              at->context->err))
        return cursor_place(&place, LOCATE_VALUE);
    for (size_t i = 0; i < count; i++) {
        values[i] = scale < 1 ? values[i] / round(1 / scale) : values[i] * scale;
        if (!(values[i] <= highest_value(context.unit)))
            return cursor_fail(&place, "%s has a value above %s", name, highest_text(context.unit));
    }
    sort_into(values, count, law);
    return true;
}

static bool read_empirical(struct json_cursor *at, struct law_reading context,
                           enum distribution_kind kind, struct distribution *law)
{
    (void)kind;
    if (has_key(at, "values") == has_key(at, "file"))
        return cursor_fail(at, "an empirical distribution takes either \"values\" or \"file\"");
    if (has_key(at, "unit") && (has_key(at, "values") || context.unit != UNIT_SECONDS)) {
        struct json_cursor unit = cursor_at(at, "unit");
        return cursor_fail_key(&unit, "\"unit\" is for durations from a \"file\"");
    }
    return has_key(at, "values") ? read_values(at, context, law)
                                 : read_value_file(at, context, law);
}

/* ---- laws of laws ---------------------------------------------------------------------------- */

static bool check_shares(const struct json_cursor *list, double sum)
{
    return fabs(sum - 1) <= SHARES_TOLERANCE ||
           cursor_fail(list, "shares must add up to 1; got %.10g", sum);
}

/* One part of a mixture: a law with a share beside its own keys. */
static bool read_part(const struct json_cursor *at, struct law_reading context,
                      struct distribution *law, double *share)
{
    struct json_cursor object = *at;
    if (!json_is_object(at->value))
        return cursor_fail_type(at, "an object, a share and a distribution");
    object.what = "part of a mixture";
    if (!cursor_get_share(&object, "share", CURSOR_REQUIRED, share))
        return false;
    struct json_cursor place = cursor_at(&object, "share");
    if (!(*share > 0))
        return cursor_fail(&place, "must be above 0; got %s", cursor_show(&place));
    json_t *alone = json_copy(at->value);
    json_object_del(alone, "share");
    object.value = alone;
    bool ok = read_law(&object, context, law);
    json_decref(alone);
    return ok;
}

static bool read_parts(struct json_cursor *at, const char *key, struct law_reading context,
                       struct distribution *law)
{
    struct json_cursor list;
    if (!cursor_require(at, key, &list) || !cursor_open_list(&list, "distributions", 1))
        return false;
    struct arena *arena = at->context->arena;
    double sum = 0;
    law->count = json_array_size(list.value);
    struct distribution *parts = arena_array(arena, law->count, sizeof *parts);
    const struct distribution **pointers = arena_array(arena, law->count, sizeof *pointers);
    double *shares = arena_array(arena, law->count, sizeof *shares);
    for (size_t i = 0; i < law->count; i++) {
        struct json_cursor part = cursor_element(&list, i);
        pointers[i] = &parts[i];
        bool ok = law->kind == DISTRIBUTION_SUM ? read_law(&part, context, &parts[i])
                                                : read_part(&part, context, &parts[i], &shares[i]);
        if (!ok)
            return false;
        sum += shares[i];
    }
    law->parts = pointers;
    if (law->kind == DISTRIBUTION_SUM)
        return true;
    law->shares = shares;
    return check_shares(&list, sum);
}

static bool read_mixture(struct json_cursor *at, struct law_reading context,
                         enum distribution_kind kind, struct distribution *law)
{
    law->kind = kind;
    return read_parts(at, "parts", context, law);
}

/* The most values that one value of the law is made of. */
static int64_t count_draws(const struct distribution *law)
{
    int64_t sum = 0, most = 1;
    bool has_parts = law->kind == DISTRIBUTION_SUM || law->kind == DISTRIBUTION_MIXTURE;
    for (size_t i = 0; has_parts && i < law->count; i++) {
        int64_t part = count_draws(law->parts[i]);
        sum += part;
        most = part > most ? part : most;
    }
    return law->kind == DISTRIBUTION_SUM ? sum : most;
}

static bool read_sum(struct json_cursor *at, struct law_reading context,
                     enum distribution_kind kind, struct distribution *law)
{
    law->kind = kind;
    if (!read_parts(at, "sum", context, law))
        return false;
    struct json_cursor list = cursor_at(at, "sum");
    return count_draws(law) <= MAX_PARTS ||
           cursor_fail(&list, "adds up more than %d values; got %lld", MAX_PARTS,
                       (long long)count_draws(law));
}

/* ---- truncation ------------------------------------------------------------------------------ */

/* How much of the law lies in [lowest, highest]: exactly, or by trial where there is no closed
 * form. */
static bool keeps_enough(const struct distribution *law, double lowest, double highest)
{
    double kept = distribution_cdf(law, highest) - distribution_cdf(law, nextafter(lowest, -1));
    if (!isnan(kept))
        return kept > MIN_PROBABILITY;
    int count = 0;
    for (uint32_t i = 0; i < TRIAL_DRAWS; i++) {
        struct stream draw = stream_at((struct stream_key){.seed = 1}, 0, i, 0);
        double value = distribution_sample(law, &draw);
        count += value >= lowest && value <= highest;
    }
    return count >= MIN_KEPT;
}

static bool read_truncation(struct json_cursor *at, struct law_reading context,
                            struct distribution *law)
{
    double lowest = 0, highest = INFINITY;
    if ((has_key(at, "min") && !get_value(at, "min", context, CURSOR_FROM_ZERO, &lowest)) ||
        (has_key(at, "max") && !get_value(at, "max", context, CURSOR_ABOVE_ZERO, &highest)))
        return false;
    if (!has_key(at, "min") && !has_key(at, "max"))
        return true;
    struct json_cursor limit = cursor_at(at, has_key(at, "max") ? "max" : "min");
    if (!(lowest < highest))
        return cursor_fail(&limit, "must be above min; got %s", cursor_show(&limit));
    if (!keeps_enough(law, lowest, highest))
        return cursor_fail(&limit, "leaves nothing of the distribution; got %s",
                           cursor_show(&limit));
    law->lowest = lowest;
    law->highest = highest;
    law->is_truncated = true;
    return true;
}

/* ---- any law --------------------------------------------------------------------------------- */

#define KEYS(...) ((const char *const[]){"dist", __VA_ARGS__, NULL})
#define FITTED_KEYS KEYS("mean", "cv", "p50", "p90", "p95", "p99", "min", "max")

static const struct law_kind kinds[] = {
    {"constant", KEYS("value"), read_constant, DISTRIBUTION_CONSTANT},
    {"uniform", KEYS("min", "max"), read_uniform, DISTRIBUTION_UNIFORM},
    {"exponential", KEYS("mean", "min", "max"), read_exponential, DISTRIBUTION_EXPONENTIAL},
    {"erlang", KEYS("stages", "mean", "min", "max"), read_erlang, DISTRIBUTION_ERLANG},
    {"gamma", FITTED_KEYS, read_fitted, DISTRIBUTION_GAMMA},
    {"lognormal", FITTED_KEYS, read_fitted, DISTRIBUTION_LOGNORMAL},
    {"weibull", FITTED_KEYS, read_fitted, DISTRIBUTION_WEIBULL},
    {"pareto", KEYS("mean", "cv", "min", "max"), read_by_mean_and_cv, DISTRIBUTION_PARETO},
    {"hyperexponential", KEYS("mean", "cv", "min", "max"), read_by_mean_and_cv,
     DISTRIBUTION_HYPEREXPONENTIAL},
    {"empirical", KEYS("values", "file", "unit", "min", "max"), read_empirical,
     DISTRIBUTION_EMPIRICAL},
    {"mixture", KEYS("parts", "min", "max"), read_mixture, DISTRIBUTION_MIXTURE},
};
static const struct law_kind sum_kind = {"sum", (const char *const[]){"sum", "min", "max", NULL},
                                         read_sum, DISTRIBUTION_SUM};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static const char *expected(enum distribution_unit unit)
{
    if (unit == UNIT_BYTES)
        return "a size with its unit, such as \"50MB\" (B, KB, MB, GB, TB, KiB, MiB, GiB, TiB), or "
               "a "
               "distribution";
    return unit == UNIT_SECONDS
               ? "a duration with its unit, such as \"75ms\" (ns, us, ms, s, min, h, d), or a "
                 "distribution"
               : "a number from 0 to 1000000 or a distribution";
}

static const struct law_kind *choose_kind(struct json_cursor *at)
{
    const char *names[KIND_COUNT];
    size_t choice;
    if (!cursor_understand(at, "distribution", (const char *const[]){"dist", "sum", NULL}))
        return NULL;
    if (has_key(at, "sum"))
        return &sum_kind;
    if (!has_key(at, "dist")) {
        cursor_fail(at, "\"dist\" or \"sum\" is missing in distribution");
        return NULL;
    }
    for (size_t i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i].name;
    struct json_cursor name = cursor_at(at, "dist");
    return cursor_as_choice(&name, "distribution", names, KIND_COUNT, &choice) ? &kinds[choice]
                                                                               : NULL;
}

static bool read_bare(const struct json_cursor *at, struct law_reading context,
                      struct distribution *law)
{
    double value;
    bool is_number = context.unit == UNIT_COUNT;
    if (is_number ? !json_is_number(at->value) : !json_is_string(at->value))
        return cursor_fail_type(at, expected(context.unit));
    if (!read_value(at, context.unit, &value))
        return false;
    *law = distribution_constant(value);
    return true;
}

/* { "trace": "work" }: what the request brings. */
static bool read_own_value(struct json_cursor *at, struct law_reading context,
                           struct distribution *law)
{
    static const char *const keys[] = {"trace", NULL};
    const struct trace_names *trace = at->context->trace;
    struct json_cursor name = cursor_at(at, "trace");
    size_t choice;
    if (trace == NULL)
        return cursor_fail_key(&name, "\"trace\" is a value that the request brings: it is for the "
                                      "steps of a workload whose arrivals are a trace with more "
                                      "columns than \"arrival\"");
    if (context.depth > 0 || context.unit != UNIT_SECONDS)
        return cursor_fail_key(&name, "\"trace\" stands alone, not inside another distribution");
    if (!cursor_open(at, "value of a trace", keys) ||
        !cursor_as_choice(&name, "column", trace->names, trace->count, &choice))
        return false;
    cursor_at(at, "trace");
    *law = distribution_constant((double)choice);
    law->kind = DISTRIBUTION_OF_REQUEST;
    law->b = trace->means_s[choice];
    return cursor_close(at);
}

static bool read_law(const struct json_cursor *at, struct law_reading context,
                     struct distribution *law)
{
    if (!json_is_object(at->value))
        return read_bare(at, context, law);
    if (has_key(at, "trace")) {
        struct json_cursor own = *at;
        return read_own_value(&own, context, law);
    }
    if (context.depth++ == MAX_DEPTH)
        return cursor_fail(at, "distributions are nested deeper than %d", MAX_DEPTH);
    struct json_cursor object = *at;
    const struct law_kind *kind = choose_kind(&object);
    if (kind == NULL)
        return false;
    *law = (struct distribution){.highest = INFINITY};
    if (!cursor_open(&object, kind->name, kind->keys) ||
        !kind->read(&object, context, kind->kind, law))
        return false;
    if (kind->kind != DISTRIBUTION_UNIFORM && kind->kind != DISTRIBUTION_CONSTANT &&
        !read_truncation(&object, context, law))
        return false;
    if (kind != &sum_kind)
        cursor_at(&object, "dist");
    double mean = distribution_mean(law);
    if (mean > highest_value(context.unit))
        return cursor_fail(at, "has a mean above %s", highest_text(context.unit));
    return cursor_close(&object);
}

bool read_distribution(const struct json_cursor *at, enum distribution_unit unit,
                       const struct distribution **law)
{
    struct distribution *made = arena_alloc(at->context->arena, sizeof *made);
    *law = made;
    return read_law(at, (struct law_reading){.unit = unit}, made);
}

bool read_distribution_get(struct json_cursor *object, const char *key, const char *fallback,
                           enum distribution_unit unit, const struct distribution **law)
{
    struct json_cursor child;
    bool found;
    return cursor_find(object, key, fallback, &child, &found) &&
           (!found || read_distribution(&child, unit, law));
}
