/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_arrivals.h"

#include "inputs/scenario/read_cycle.h"
#include "inputs/scenario/read_distribution.h"
#include "inputs/scenario/read_profile.h"
#include "inputs/scenario/read_scale.h"
#include <math.h>
#include <string.h>

#define MAX_RATE_PER_S 1e9 /* one arrival for each tick of the clock */
#define MIN_PER_ROUND 1e-6 /* arrivals of an MMPP: with fewer, one takes too long to find */

enum { MAX_CUSTOMERS = 1000000000, MAX_STATES = 1000, MAX_FILE_NAME = 1000 };

/* ---- arrivals -------------------------------------------------------------------------------- */

static bool check_rate(const struct json_cursor *at, double per_s)
{
    if (!(per_s > 0))
        return cursor_fail(at, "no request ever arrives: the rate is 0");
    if (per_s > MAX_RATE_PER_S)
        return cursor_fail(at, "must be at most 1e9/s, one for each tick of the clock; got %.4g/s",
                           per_s);
    if (per_s < 1 / QUANTITY_MAX_S)
        return cursor_fail(at, "must be at least one arrival in 146 years; got %.4g/s", per_s);
    return true;
}

/* Arrivals need the mean of a law; a sum that is cut off has none in closed form. */
static bool check_mean(const struct json_cursor *at, const struct distribution *law)
{
    return !isnan(distribution_mean(law)) ||
           cursor_fail(at,
                       "a sum that is cut off by min or max has no known mean, and arrivals need "
                       "one: cut off its parts instead");
}

static const struct distribution *make_exponential(struct arena *arena, double mean)
{
    struct distribution *law = arena_alloc(arena, sizeof *law);
    *law = distribution_constant(mean);
    law->kind = DISTRIBUTION_EXPONENTIAL;
    return law;
}

static bool read_rate_of_customers(struct json_cursor *at, double *per_s)
{
    int64_t customers;
    double active, rate;
    if (json_object_get(at->value, "customers") == NULL)
        return cursor_fail(at, "\"rate\" is missing in arrivals (or customers x active x "
                               "rate_per_active)");
    if (!cursor_get_integer(at, "customers", CURSOR_REQUIRED, 1, MAX_CUSTOMERS, &customers) ||
        !cursor_get_share(at, "active", CURSOR_REQUIRED, &active) ||
        !cursor_get_rate(at, "rate_per_active", &rate))
        return false;
    *per_s = (double)customers * active * rate;
    struct json_cursor place = cursor_at(at, "active");
    return check_rate(*per_s > 0 ? at : &place, *per_s);
}

static bool read_poisson(struct json_cursor *at, struct arrival_spec *arrivals,
                         struct trace_names *names)
{
    (void)names;
    static const char *const keys[] = {"process",         "rate",  "customers", "active",
                                       "rate_per_active", "scale", "batch",     "profile",
                                       "profile_period",  NULL};
    static const char *const parts[] = {"customers", "active", "rate_per_active"};
    if (!cursor_open(at, "arrivals", keys))
        return false;
    bool has_rate = json_object_get(at->value, "rate") != NULL;
    for (size_t i = 0; i < 3 && has_rate; i++) {
        struct json_cursor part = cursor_at(at, parts[i]);
        if (part.value != NULL)
            return cursor_fail_key(&part,
                                   "either \"rate\" or customers x active x rate_per_active");
    }
    double scale;
    if (has_rate ? !cursor_get_rate(at, "rate", &arrivals->rate_per_s)
                 : !read_rate_of_customers(at, &arrivals->rate_per_s))
        return false;
    struct json_cursor place = cursor_at(at, "scale");
    if (!read_scale_of(at, &scale) ||
        !check_rate(scale != 1 ? &place : at, arrivals->rate_per_s * scale))
        return false;
    arrivals->rate_per_s *= scale;
    arrivals->interarrival = make_exponential(at->context->arena, 1 / arrivals->rate_per_s);
    return true;
}

static bool read_renewal(struct json_cursor *at, struct arrival_spec *arrivals,
                         struct trace_names *names)
{
    static const char *const keys[] = {"process", "interarrival",   "scale", "batch",
                                       "profile", "profile_period", NULL};
    (void)names;
    struct json_cursor law;
    double scale;
    if (!cursor_open(at, "arrivals", keys) || !cursor_require(at, "interarrival", &law) ||
        !read_distribution(&law, UNIT_SECONDS, &arrivals->interarrival) ||
        !check_mean(&law, arrivals->interarrival) || !read_scale_of(at, &scale))
        return false;
    if (scale != 1)
        arrivals->interarrival =
            distribution_scale(arrivals->interarrival, 1 / scale, at->context->arena);
    double mean = distribution_mean(arrivals->interarrival);
    if (!(mean > 0))
        return cursor_fail(&law, "infinitely many arrivals at one instant: every interarrival time "
                                 "is 0s");
    arrivals->rate_per_s = 1 / mean;
    return check_rate(&law, arrivals->rate_per_s);
}

/* ---- mmpp ------------------------------------------------------------------------------------ */

/* A state may be silent: "0/s", which is no rate elsewhere. */
static bool read_state(struct json_cursor *at, struct mmpp_state *state, double *sojourn_s)
{
    static const char *const keys[] = {"rate", "sojourn", NULL};
    struct json_cursor rate, sojourn;
    if (!cursor_open(at, "state", keys) || !cursor_require(at, "rate", &rate) ||
        !cursor_require(at, "sojourn", &sojourn) ||
        !cursor_as_duration(&sojourn, CURSOR_ABOVE_ZERO, NULL, sojourn_s))
        return false;
    const char *text = json_string_value(rate.value);
    state->rate_per_s = 0;
    if ((text == NULL || strcmp(text, "0/s") != 0) && !cursor_as_rate(&rate, &state->rate_per_s))
        return false;
    state->sojourn = make_exponential(at->context->arena, *sojourn_s);
    return cursor_close(at);
}

static bool read_mmpp(struct json_cursor *at, struct arrival_spec *arrivals,
                      struct trace_names *names)
{
    static const char *const keys[] = {"process", "states",         "scale", "batch",
                                       "profile", "profile_period", NULL};
    struct json_cursor list;
    double scale;
    (void)names;
    if (!cursor_open(at, "arrivals", keys) || !read_scale_of(at, &scale) ||
        !cursor_require(at, "states", &list) || !cursor_open_list(&list, "states", 1))
        return false;
    arrivals->state_count = json_array_size(list.value);
    if (arrivals->state_count > MAX_STATES)
        return cursor_fail(&list, "must be at most %d states; got %zu", MAX_STATES,
                           arrivals->state_count);
    struct arena *arena = at->context->arena;
    struct mmpp_state *states = arena_array(arena, arrivals->state_count, sizeof *states);
    arrivals->states = states;
    double round_s = 0, per_round = 0;
    for (size_t i = 0; i < arrivals->state_count; i++) {
        struct json_cursor element = cursor_element(&list, i);
        double sojourn_s;
        if (!read_state(&element, &states[i], &sojourn_s))
            return false;
        states[i].rate_per_s *= scale;
        round_s += sojourn_s;
        per_round += states[i].rate_per_s * sojourn_s;
    }
    arrivals->rate_per_s = per_round / round_s;
    arrivals->interarrival = make_exponential(arena, 1);
    if (per_round > 0 && per_round < MIN_PER_ROUND)
        return cursor_fail(&list, "fewer than one arrival in a million rounds of the states");
    return check_rate(&list, arrivals->rate_per_s);
}

/* ---- customers who wait for their answers ---------------------------------------------------- */

static bool read_closed(struct json_cursor *at, struct arrival_spec *arrivals,
                        struct trace_names *names)
{
    static const char *const keys[] = {"process", "customers", "think", "scale", NULL};
    double scale;
    (void)names;
    if (!cursor_open(at, "arrivals", keys) ||
        !cursor_get_integer(at, "customers", CURSOR_REQUIRED, 1, SPEC_MAX_CUSTOMERS,
                            &arrivals->customers) ||
        !read_distribution_get(at, "think", CURSOR_REQUIRED, UNIT_SECONDS, &arrivals->think) ||
        !read_scale_of(at, &scale))
        return false;
    return read_scale_count(at, "customers", scale, &arrivals->customers);
}

static bool read_load_test(struct json_cursor *at, struct arrival_spec *arrivals,
                           struct trace_names *names)
{
    static const char *const keys[] = {"process",  "concurrency", "requests", "scale",
                                       "duration", "start",       NULL};
    double scale;
    (void)names;
    if (!cursor_open(at, "arrivals", keys))
        return false;
    if (json_object_get(at->value, "requests") == NULL &&
        json_object_get(at->value, "duration") == NULL)
        return cursor_fail(at, "a load test ends after its \"requests\", its \"duration\" or both: "
                               "one is due");
    arrivals->requests = SPEC_UNLIMITED;
    arrivals->duration_ns = SPEC_NEVER;
    arrivals->has_start = json_object_get(at->value, "start") != NULL;
    return cursor_get_integer(at, "concurrency", CURSOR_REQUIRED, 1, SPEC_MAX_CUSTOMERS,
                              &arrivals->customers) &&
           read_scale_of(at, &scale) &&
           read_scale_count(at, "at a time", scale, &arrivals->customers) &&
           cursor_get_integer(at, "requests", CURSOR_NONE, 1, MAX_CUSTOMERS, &arrivals->requests) &&
           cursor_get_duration(at, "duration", CURSOR_NONE, CURSOR_ABOVE_ZERO,
                               &arrivals->duration_ns) &&
           cursor_get_duration(at, "start", "0s", CURSOR_FROM_ZERO, &arrivals->start_ns);
}

/* ---- trace ----------------------------------------------------------------------------------- */

struct trace_columns {
    const char *columns[1 + ARRIVAL_TRACE_MAX_VALUES]; /* of the file; the arrival's first      */
    const char *names[1 + ARRIVAL_TRACE_MAX_VALUES];   /* the user's                            */
    size_t count;
};

static bool read_columns(struct json_cursor *at, struct trace_columns *columns)
{
    struct json_cursor object;
    const char *name;
    json_t *value;
    if (!cursor_require(at, "columns", &object) || !cursor_open_names(&object, "columns", 1))
        return false;
    if (json_object_get(object.value, "arrival") == NULL)
        return cursor_fail(&object, "\"arrival\" is missing in columns: the name of the file's "
                                    "column of arrival times");
    if (json_object_size(object.value) > 1 + ARRIVAL_TRACE_MAX_VALUES)
        return cursor_fail(&object, "must be at most %d columns beside the arrival; got %zu",
                           ARRIVAL_TRACE_MAX_VALUES, json_object_size(object.value) - 1);
    columns->count = 1;
    json_object_foreach(object.value, name, value)
    {
        struct json_cursor child = cursor_at(&object, name);
        size_t place = strcmp(name, "arrival") == 0 ? 0 : columns->count++;
        columns->names[place] = arena_strdup(at->context->arena, name);
        if (!cursor_as_text(&child, MAX_FILE_NAME, &columns->columns[place]))
            return false;
        for (size_t i = 0; i < columns->count; i++)
            if (i != place && columns->columns[i] != NULL &&
                strcmp(columns->columns[i], columns->columns[place]) == 0)
                return cursor_fail(&child, "two names for one column: %s", cursor_show(&child));
    }
    return true;
}

/* true: endless; a number: so many times in all. */
static bool read_repeat(struct json_cursor *at, int64_t *rounds)
{
    struct json_cursor value;
    bool found;
    *rounds = 1;
    if (!cursor_find(at, "repeat", "false", &value, &found) || !found)
        return found == false;
    if (json_is_boolean(value.value)) {
        *rounds = json_is_true(value.value) ? ARRIVAL_TRACE_ENDLESS : 1;
        return true;
    }
    if (!json_is_integer(value.value))
        return cursor_fail_type(&value, "true, false or a whole number: how often it is played");
    return cursor_as_integer(&value, 1, MAX_CUSTOMERS, rounds);
}

/* One playing lasts from the first arrival to one mean gap after the last. */
static bool set_round(struct json_cursor *at, struct arrival_trace *trace)
{
    double span = (double)(trace->last_ns - trace->first_ns), gaps = (double)trace->rows - 1;
    struct json_cursor repeat = cursor_at(at, "repeat");
    bool is_repeated = trace->rounds != 1;
    trace->round_ns = span > 0 ? trace->last_ns - trace->first_ns + llround(span / gaps) : 0;
    if (is_repeated && trace->round_ns <= 0)
        return cursor_fail(&repeat,
                           "the arrivals of %s are all at one time: it has no length after "
                           "which it could begin again",
                           trace->file);
    return true;
}

static double trace_rate(const struct arrival_trace *trace)
{
    double length = trace->round_ns > 0 ? (double)trace->round_ns : 1e9;
    return (double)trace->rows / (length / 1e9) * trace->scale;
}

/* ns in one of the file's numbers. */
static bool read_unit(struct json_cursor *at, double *unit_ns)
{
    static const char *const names[] = {"ns", "us", "ms", "s", "min", "h", "d"};
    static const double units[] = {1, 1e3, 1e6, 1e9, 60e9, 3600e9, 86400e9};
    size_t unit = 3;
    if (!cursor_get_choice(at, "unit", "s", names, sizeof names / sizeof names[0], &unit))
        return false;
    *unit_ns = units[unit];
    return true;
}

static bool read_trace(struct json_cursor *at, struct arrival_spec *arrivals,
                       struct trace_names *names)
{
    static const char *const keys[] = {"process", "file",  "columns", "unit",           "repeat",
                                       "scale",   "batch", "profile", "profile_period", NULL};
    struct arena *arena = at->context->arena;
    struct arrival_trace *trace = arena_alloc(arena, sizeof *trace);
    struct trace_columns *columns = arena_alloc(arena, sizeof *columns);
    const struct trace_facts *facts;
    struct json_cursor file;
    const char *name;
    double unit_ns, scale;
    int64_t rounds;
    if (!cursor_open(at, "arrivals", keys) || !cursor_require(at, "file", &file) ||
        !cursor_as_text(&file, MAX_FILE_NAME, &name) || !read_columns(at, columns) ||
        !read_unit(at, &unit_ns) || !read_repeat(at, &rounds) || !read_scale_or_default(at, &scale))
        return false;
    if (!context_open_trace(at->context, name, columns->columns, columns->count, unit_ns, trace,
                            &facts))
        return cursor_place(&file, LOCATE_VALUE);
    trace->rounds = rounds;
    trace->scale = scale;
    if (!set_round(at, trace))
        return false;
    *names = (struct trace_names){
        .names = columns->names + 1, .means_s = facts->means_s + 1, .count = columns->count - 1};
    arrivals->trace = trace;
    arrivals->rate_per_s = trace_rate(trace);
    return arrivals->rate_per_s <= MAX_RATE_PER_S ||
           cursor_fail(&file,
                       "%s has more than 1e9 arrivals a second, one for each tick of the "
                       "clock",
                       name);
}

/* ---- any process ----------------------------------------------------------------------------- */

static const struct process_reader {
    const char *name;
    bool (*read)(struct json_cursor *at, struct arrival_spec *arrivals, struct trace_names *names);
    enum arrival_process process;
} processes[] = {
    {"poisson", read_poisson, ARRIVAL_POISSON},
    {"renewal", read_renewal, ARRIVAL_RENEWAL},
    {"mmpp", read_mmpp, ARRIVAL_MMPP},
    {"closed", read_closed, ARRIVAL_CLOSED},
    {"load_test", read_load_test, ARRIVAL_LOAD_TEST},
    {"trace", read_trace, ARRIVAL_TRACE},
    {"cycle", read_cycle, ARRIVAL_CYCLE},
};

enum { PROCESS_COUNT = sizeof processes / sizeof processes[0] };

static bool read_batch(struct json_cursor *at, struct arrival_spec *arrivals)
{
    struct json_cursor batch = cursor_at(at, "batch");
    if (batch.value == NULL)
        return true;
    if (!read_distribution(&batch, UNIT_COUNT, &arrivals->batch) ||
        !check_mean(&batch, arrivals->batch))
        return false;
    double mean = distribution_mean(arrivals->batch);
    bool is_constant = distribution_is_constant(arrivals->batch);
    if (!(mean > 0) || (is_constant && (mean < 1 || mean != (double)(int64_t)mean)))
        return cursor_fail(&batch,
                           "must be a whole number from 1, or a distribution with a mean "
                           "above 0; got %s",
                           cursor_show(&batch));
    return true;
}

bool read_arrivals(struct json_cursor *at, struct arrival_spec *arrivals, struct trace_names *names)
{
    const char *words[PROCESS_COUNT];
    size_t choice;
    struct json_cursor process;
    for (size_t i = 0; i < PROCESS_COUNT; i++)
        words[i] = processes[i].name;
    if (!json_is_object(at->value))
        return cursor_fail_type(at, "an object (arrivals)");
    at->what = "arrivals";
    if (!cursor_understand(at, "arrivals", (const char *const[]){"process", NULL}) ||
        !cursor_require(at, "process", &process) ||
        !cursor_as_choice(&process, "process", words, PROCESS_COUNT, &choice))
        return false;
    arrivals->process = processes[choice].process;
    if (!processes[choice].read(at, arrivals, names))
        return false;
    if (!arrival_awaits_ends(arrivals) &&
        (!read_batch(at, arrivals) || !read_profile(at, arrivals)))
        return false;
    cursor_at(at, "process");
    return cursor_close(at);
}
