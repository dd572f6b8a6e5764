/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/validate/agreement.h"

#include "models/engine/event_hash.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double MAX_Z = 4.5, MAX_STANDARD_ERROR = 0.01, EXACTNESS = 1e-9;
/* A run takes seconds, a long one a minute or two; a wrong engine may never end. */
static const double LIMIT_S = 900;

/* ---- running ---- */

/* The hashes in the run.json of a folder of --out, joined. */
static struct case_run read_hashes(const struct reference_case *one, const char *folder)
{
    struct case_run run = {.of = one};
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/run.json", folder);
    json_t *facts = json_load_file(path, 0, NULL), *hashes, *hash;
    const char *setting;
    size_t r;
    json_object_foreach(json_object_get(facts, "events"), setting, hashes)
    {
        json_array_foreach(hashes, r, hash)
        {
            const char *text = json_string_value(hash); /* null of one that was not done */
            uint64_t number = text ? strtoull(text, NULL, 16) : 0;
            run.event_hash = event_hash_add(run.event_hash, (int64_t)number, false, (uint32_t)r);
            run.replications++;
        }
    }
    json_decref(facts);
    return run;
}

/* The report of a case, or NULL when capsim gave none; its events are *run. */
static json_t *run_case(const char *engine, const struct reference_case *one, struct case_run *run)
{
    const char *argv[64] = {engine, "run"};
    char *folder = folder_make(), out[PATH_MAX];
    snprintf(out, sizeof out, "%s/out", folder);
    char *path = source_path(one->path);
    size_t count = 2;
    argv[count++] = path;
    for (size_t i = 0; i < one->set_count; i++) {
        argv[count++] = "--set";
        argv[count++] = one->sets[i];
    }
    for (size_t i = 0; i < one->value_count; i++) {
        if (one->values[i].window == REFERENCE_WHOLE_RUN)
            continue;
        argv[count++] = "--series";
        argv[count++] = one->values[i].metric;
    }
    argv[count++] = "--format";
    argv[count++] = "json";
    argv[count++] = "--out";
    argv[count++] = out;
    argv[count] = "--quiet";
    struct command_result result = command_run(&(struct command){.argv = argv, .limit_s = LIMIT_S});
    json_t *report = result.status == 0 ? json_loads(result.output, 0, NULL) : NULL;
    if (!report)
        print_error("%s: exit status %d: %s", one->path, result.status, result.error);
    *run = read_hashes(one, out);
    command_result_free(&result);
    folder_remove(folder);
    free(path);
    return report;
}

/* ---- reading ---- */

/* An estimate, as the report gives it. */
struct estimated {
    double value, standard_error;
    size_t replications;
};

static double number_in(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    return json_is_number(number) ? json_number_value(number) : 0;
}

static struct estimated find_metric(const json_t *setting, const char *metric)
{
    const json_t *found = json_object_get(json_object_get(setting, "metrics"), metric);
    struct estimated estimated = {NAN, number_in(found, "standard_error"),
                                  (size_t)number_in(found, "replications")};
    if (found)
        estimated.value = number_in(found, "estimate");
    return estimated;
}

/* A window has an interval and no standard error of its own: it is Student's. */
static struct estimated find_window(const json_t *report, const json_t *setting,
                                    const struct reference *value)
{
    struct estimated estimated = {NAN, 0, (size_t)number_in(setting, "replications")};
    double t = gsl_cdf_tdist_Pinv(0.975, (double)estimated.replications - 1);
    size_t index;
    json_t *series;
    json_array_foreach(json_object_get(json_object_get(report, "series"), "values"), index, series)
    {
        if (strcmp(json_string_value(json_object_get(series, "metric")), value->metric) != 0)
            continue;
        size_t w = (size_t)value->window;
        double low = json_number_value(json_array_get(json_object_get(series, "low"), w));
        double high = json_number_value(json_array_get(json_object_get(series, "high"), w));
        estimated.value = json_number_value(json_array_get(json_object_get(series, "estimate"), w));
        estimated.standard_error = (high - low) / (2 * t);
    }
    return estimated;
}

/* The variance over the replications; its own standard error is that of normal observations. */
static struct estimated variance_of(struct estimated mean)
{
    double count = (double)mean.replications;
    double variance = mean.standard_error * mean.standard_error * count;
    return (struct estimated){variance, variance * sqrt(2 / (count - 1)), mean.replications};
}

/* What holds in any run; a formula or a steady state need not be there. */
static bool is_conservation(const char *check)
{
    return strncmp(check, "formula", strlen("formula")) != 0 &&
           strncmp(check, "steady state", strlen("steady state")) != 0;
}

static void count_checks(struct agreements *agreements, const json_t *setting)
{
    size_t index;
    json_t *check;
    json_array_foreach(json_object_get(setting, "checks"), index, check)
    {
        if (!is_conservation(json_string_value(json_object_get(check, "name"))))
            continue;
        agreements->checks++;
        agreements->checks_failed += !json_is_true(json_object_get(check, "holds"));
    }
}

/* ---- judging ---- */

static struct agreement judge(const struct reference_case *one, const struct reference *value,
                              struct estimated estimated)
{
    double off = estimated.value - value->expected, error = estimated.standard_error;
    bool has_spread = error > 0;
    struct agreement judged = {.of = one,
                               .value = value,
                               .simulated = estimated.value,
                               .standard_error = error,
                               .judged_by = value->within > 0 ? BY_SHARE
                                            : has_spread      ? BY_STATISTICS
                                                              : BY_EXACTNESS};
    if (has_spread)
        judged.half_width = error * gsl_cdf_tdist_Pinv(0.975, (double)estimated.replications - 1);
    switch (judged.judged_by) {
    case BY_STATISTICS:
        judged.z = off / error;
        judged.agrees = fabs(judged.z) < MAX_Z && error <= MAX_STANDARD_ERROR * value->scale;
        break;
    case BY_EXACTNESS:
        judged.agrees = fabs(off) <= EXACTNESS * fabs(value->expected);
        break;
    case BY_SHARE:
        judged.agrees = fabs(off) <= value->within * fabs(value->expected);
        break;
    }
    return judged;
}

static void add_one(struct agreements *agreements, struct agreement judged, struct arena *arena)
{
    if (agreements->count == agreements->room) {
        agreements->room = 2 * agreements->room + 64;
        struct agreement *larger = arena_array(arena, agreements->room, sizeof *larger);
        if (agreements->count > 0)
            memcpy(larger, agreements->all, agreements->count * sizeof *larger);
        agreements->all = larger;
    }
    agreements->all[agreements->count++] = judged;
}

static void add_run(struct agreements *agreements, struct case_run run, size_t most,
                    struct arena *arena)
{
    if (!agreements->hashed)
        agreements->hashed = arena_array(arena, most, sizeof *agreements->hashed);
    agreements->hashed[agreements->runs++] = run;
}

static bool is_chosen(const struct reference_case *one, const struct case_choice *choice)
{
    if (!choice->names)
        return !(one->is_long && choice->leaves_long);
    size_t length = strlen(one->scenario);
    for (const char *name = choice->names; name; name = strchr(name, ',')) {
        name += *name == ',';
        if (strncmp(name, one->scenario, length) == 0 && (!name[length] || name[length] == ','))
            return true;
    }
    return false;
}

void agreements_add(struct agreements *agreements, const char *engine,
                    const struct reference_table *table, const struct case_choice *choice,
                    struct arena *arena)
{
    for (size_t c = 0; c < table->case_count; c++) {
        const struct reference_case *one = &table->cases[c];
        if (!is_chosen(one, choice))
            continue;
        struct case_run run;
        json_t *report = run_case(engine, one, &run);
        const json_t *setting = json_array_get(json_object_get(report, "settings"), 0);
        add_run(agreements, run, table->case_count, arena);
        agreements->runs_failed += !report;
        count_checks(agreements, setting);
        for (size_t v = 0; v < one->value_count; v++) {
            const struct reference *value = &one->values[v];
            struct estimated estimated = value->window == REFERENCE_WHOLE_RUN
                                             ? find_metric(setting, value->metric)
                                             : find_window(report, setting, value);
            if (value->is_variance)
                estimated = variance_of(estimated);
            add_one(agreements, judge(one, value, estimated), arena);
        }
        json_decref(report);
    }
}

/* ---- all of them ---- */

size_t agreements_count(const struct agreements *agreements, enum judged_by judged_by)
{
    size_t count = 0;
    for (size_t i = 0; i < agreements->count; i++)
        count += agreements->all[i].judged_by == judged_by;
    return count;
}

size_t agreements_count_met(const struct agreements *agreements, enum judged_by judged_by)
{
    size_t count = 0;
    for (size_t i = 0; i < agreements->count; i++)
        count += agreements->all[i].judged_by == judged_by && agreements->all[i].agrees;
    return count;
}

double agreements_spread(const struct agreements *agreements)
{
    double squares = 0;
    for (size_t i = 0; i < agreements->count; i++)
        squares += agreements->all[i].z * agreements->all[i].z;
    return sqrt(squares / (double)agreements_count(agreements, BY_STATISTICS));
}

bool agreements_hold(const struct agreements *agreements)
{
    for (size_t i = 0; i < agreements->count; i++)
        if (!agreements->all[i].agrees)
            return false;
    return agreements->runs_failed == 0 && agreements->checks_failed == 0;
}
