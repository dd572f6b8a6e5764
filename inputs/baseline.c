#include "inputs/baseline.h"
#include "inputs/input_file.h"
#include "inputs/json_text.h"
#include "inputs/locate.h"
#include "inputs/reading.h"
#include <math.h>
#include <string.h>

enum { REPORT = 1, SHOWN = 40 };

/* The report while it is read. */
struct job {
    const char *file, *text;
    size_t length;
    struct arena *arena;
    struct error *err;
};

/* A value of the report and its RFC 6901 pointer. */
struct value {
    const json_t *json;
    const char *pointer;
};

static bool fail(const struct job *job, const struct value *at, const char *expected)
{
    struct locate_place place = {0};
    locate_pointer(job->text, job->length, at->pointer, LOCATE_VALUE, &place);
    if (at->json)
        error_set(job->err, STATUS_INPUT, "must be %s; got %s", expected,
                  reading_compact(job->arena, at->json, SHOWN));
    else
        error_set(job->err, STATUS_INPUT, "is missing: must be %s; is this a report.json?",
                  expected);
    reading_set_place(job->err, job->file, at->pointer, place);
    return false;
}

/* key as RFC 6901 writes it. */
static const char *escape(const char *key, struct arena *arena)
{
    char *text = arena_alloc(arena, 2 * strlen(key) + 1), *to = text;
    for (; *key; key++) {
        if (*key == '~' || *key == '/')
            *to++ = '~';
        *to++ = (char)(*key == '~' ? '0' : *key == '/' ? '1' : *key);
    }
    *to = '\0';
    return text;
}

static struct value member(const struct job *job, const struct value *object, const char *key)
{
    return (struct value){
        json_object_get(object->json, key),
        arena_printf(job->arena, "%s/%s", object->pointer, escape(key, job->arena))};
}

static struct value element(const struct job *job, const struct value *list, size_t index)
{
    return (struct value){json_array_get(list->json, index),
                          arena_printf(job->arena, "%s/%zu", list->pointer, index)};
}

static bool read_text(const struct job *job, const struct value *object, const char *key,
                      const char **text)
{
    struct value at = member(job, object, key);
    if (!json_is_string(at.json))
        return fail(job, &at, "a text");
    *text = arena_strdup(job->arena, json_string_value(at.json));
    return true;
}

static bool read_count(const struct job *job, const struct value *object, const char *key,
                       uint64_t *count)
{
    struct value at = member(job, object, key);
    if (!json_is_integer(at.json) || json_integer_value(at.json) < 0)
        return fail(job, &at, "a whole number from 0");
    *count = (uint64_t)json_integer_value(at.json);
    return true;
}

/* null is NaN: nothing was observed, or there is no bound. */
static bool read_number(const struct job *job, const struct value *at, double *number)
{
    *number = NAN;
    if (json_is_null(at->json))
        return true;
    if (!json_is_number(at->json))
        return fail(job, at, "a number or null");
    *number = json_number_value(at->json);
    return true;
}

static bool read_list(const struct job *job, const struct value *object, const char *key,
                      struct value *list, size_t *count)
{
    *list = member(job, object, key);
    *count = json_array_size(list->json);
    return json_is_array(list->json) || fail(job, list, "a list");
}

static bool read_object(const struct job *job, const struct value *object, const char *key,
                        struct value *found)
{
    *found = member(job, object, key);
    return json_is_object(found->json) || fail(job, found, "an object");
}

static bool read_estimate(const struct job *job, const struct value *metric,
                          struct estimate *estimate)
{
    struct value point = member(job, metric, "estimate"), low = member(job, metric, "low"),
                 high = member(job, metric, "high");
    uint64_t replications;
    if (!read_number(job, &point, &estimate->estimate) || !read_number(job, &low, &estimate->low) ||
        !read_number(job, &high, &estimate->high) ||
        !read_count(job, metric, "replications", &replications))
        return false;
    struct value error = member(job, metric, "standard_error");
    if (!read_number(job, &error, &estimate->standard_error))
        return false;
    estimate->replications = (size_t)replications;
    estimate->has_interval = !json_is_true(json_object_get(metric->json, "no_interval")) &&
                             !isnan(estimate->standard_error) && replications > 1;
    estimate->is_unresolved = json_is_true(json_object_get(metric->json, "unresolved"));
    estimate->is_upper_bound = json_is_true(json_object_get(metric->json, "upper_bound"));
    return true;
}

/* The replications' own values of a metric, if they were kept. */
static bool read_values(const struct job *job, const struct value *kept,
                        struct regression_metric *metric)
{
    struct value list = member(job, kept, metric->name);
    if (!list.json)
        return true;
    if (!json_is_array(list.json))
        return fail(job, &list, "a list of numbers");
    size_t count = json_array_size(list.json);
    double *values = arena_array(job->arena, count, sizeof *values);
    for (size_t r = 0; r < count; r++) {
        struct value at = element(job, &list, r);
        if (!read_number(job, &at, &values[r]))
            return false;
    }
    metric->sample.values = values;
    metric->sample.count = count;
    metric->sample.stride = 1;
    return true;
}

static bool read_metrics(const struct job *job, const struct value *setting,
                         const struct value *kept, struct regression_setting *to)
{
    struct value metrics;
    if (!read_object(job, setting, "metrics", &metrics))
        return false;
    struct regression_metric *read =
        arena_array(job->arena, json_object_size(metrics.json), sizeof *read);
    json_t *tree = (json_t *)metrics.json;
    for (void *i = json_object_iter(tree); i; i = json_object_iter_next(tree, i)) {
        struct regression_metric *metric = &read[to->metric_count];
        struct value at = member(job, &metrics, json_object_iter_key(i));
        metric->name = arena_strdup(job->arena, json_object_iter_key(i));
        if (!json_is_object(at.json))
            return fail(job, &at, "an object");
        if (!read_estimate(job, &at, &metric->sample.estimate) ||
            !read_text(job, &at, "unit", &metric->unit) || !read_values(job, kept, metric))
            return false;
        to->metric_count++;
    }
    to->metrics = read;
    return true;
}

static enum verdict verdict_from(const json_t *name)
{
    const char *text = json_string_value(name);
    for (enum verdict v = VERDICT_PASS; text && v < VERDICT_NONE; v++)
        if (strcmp(text, verdict_name(v)) == 0)
            return v;
    return VERDICT_NONE;
}

static bool read_criteria(const struct job *job, const struct value *setting,
                          struct regression_setting *to)
{
    struct value list;
    size_t count;
    if (!read_list(job, setting, "criteria", &list, &count))
        return false;
    struct regression_criterion *read = arena_array(job->arena, count, sizeof *read);
    for (size_t i = 0; i < count; i++) {
        struct value at = element(job, &list, i);
        if (!read_text(job, &at, "name", &read[i].name))
            return false;
        read[i].verdict = verdict_from(json_object_get(at.json, "verdict"));
    }
    to->criteria = read;
    to->criterion_count = count;
    return true;
}

static bool read_settings(const struct job *job, const struct value *root,
                          struct regression_baseline *baseline)
{
    struct value list, saved = member(job, root, "baseline");
    struct value values = member(job, &saved, "values");
    size_t count;
    if (!read_list(job, root, "settings", &list, &count))
        return false;
    struct regression_setting *settings = arena_array(job->arena, count, sizeof *settings);
    for (size_t i = 0; i < count; i++) {
        struct value at = element(job, &list, i);
        uint64_t replications;
        if (!read_text(job, &at, "name", &settings[i].name) ||
            !read_count(job, &at, "replications", &replications))
            return false;
        struct value kept = member(job, &values, settings[i].name);
        struct value overrides;
        if (!read_object(job, &at, "overrides", &overrides) ||
            !read_metrics(job, &at, &kept, &settings[i]) || !read_criteria(job, &at, &settings[i]))
            return false;
        settings[i].replications = (size_t)replications;
        settings[i].overrides = reading_compact(job->arena, overrides.json, job->length);
    }
    baseline->settings = settings;
    baseline->setting_count = count;
    return true;
}

static bool read_inputs(const struct job *job, const struct value *provenance,
                        struct regression_baseline *baseline)
{
    struct value list;
    size_t count;
    if (!read_list(job, provenance, "inputs", &list, &count))
        return false;
    struct regression_input *inputs = arena_array(job->arena, count, sizeof *inputs);
    for (size_t i = 0; i < count; i++) {
        struct value at = element(job, &list, i);
        if (!read_text(job, &at, "file", &inputs[i].file) ||
            !read_text(job, &at, "sha256", &inputs[i].sha256))
            return false;
    }
    baseline->inputs = inputs;
    baseline->input_count = count;
    return true;
}

static bool read_provenance(const struct job *job, const struct value *root,
                            struct regression_baseline *baseline)
{
    struct value scenario, provenance, list;
    if (!read_object(job, root, "scenario", &scenario) ||
        !read_text(job, &scenario, "name", &baseline->scenario_name) ||
        !read_object(job, root, "provenance", &provenance) ||
        !read_text(job, &provenance, "version", &baseline->version) ||
        !read_text(job, &provenance, "digest", &baseline->digest) ||
        !read_count(job, &provenance, "seed", &baseline->seed) ||
        !read_inputs(job, &provenance, baseline) ||
        !read_list(job, &provenance, "command", &list, &baseline->command_count))
        return false;
    const char **words = arena_array(job->arena, baseline->command_count, sizeof *words);
    for (size_t i = 0; i < baseline->command_count; i++) {
        struct value at = element(job, &list, i);
        if (!json_is_string(at.json))
            return fail(job, &at, "a text");
        words[i] = arena_strdup(job->arena, json_string_value(at.json));
    }
    baseline->command = words;
    return true;
}

static bool read_report(const struct job *job, const json_t *tree,
                        struct regression_baseline *baseline)
{
    struct value root = {tree, ""};
    struct value format = member(job, &root, "capsim_report");
    if (!json_is_object(tree))
        return fail(job, &root, "an object (report)");
    if (!json_is_integer(format.json) || json_integer_value(format.json) != REPORT)
        return fail(job, &format, "1, the format of reports that this version reads");
    struct value saved = member(job, &root, "baseline");
    const char *source = json_string_value(json_object_get(saved.json, "source"));
    *baseline =
        (struct regression_baseline){.source = source ? arena_strdup(job->arena, source) : NULL};
    return read_provenance(job, &root, baseline) && read_settings(job, &root, baseline);
}

bool baseline_read(const char *path, struct arena *arena, struct regression_baseline *baseline,
                   struct error *err)
{
    struct job job = {.file = path, .arena = arena, .err = err};
    json_t *tree = NULL;
    bool is_read = input_file_read(path, path, arena, &job.text, &job.length, err) &&
                   json_text_parse(path, job.text, job.length, "a report", arena, &tree, err) &&
                   read_report(&job, tree, baseline);
    json_decref(tree);
    return is_read;
}

/* ---- what has changed in a scenario -------------------------------------------------------- */

struct changes {
    const char **texts; /* [BASELINE_MOST_CHANGES] */
    size_t count;
    struct arena *arena;
};

static void note(struct changes *changes, const char *path, const json_t *then, const json_t *now)
{
    const char *was = then ? reading_compact(changes->arena, then, SHOWN) : "not there";
    const char *is = now ? reading_compact(changes->arena, now, SHOWN) : "not there";
    if (changes->count < BASELINE_MOST_CHANGES)
        changes->texts[changes->count++] =
            arena_printf(changes->arena, "%s: %s -> %s", path, was, is);
}

static const char *below(const struct changes *changes, const char *path, const char *key)
{
    return arena_printf(changes->arena, "%s%s%s", path, *path ? "." : "", key);
}

/* A level has at most as many levels below as json_text_parse lets through. */
static void compare(struct changes *changes, const char *path, json_t *then, json_t *now)
{
    if (json_is_object(then) && json_is_object(now)) {
        for (void *i = json_object_iter(now); i; i = json_object_iter_next(now, i)) {
            const char *key = json_object_iter_key(i);
            json_t *was = json_object_get(then, key);
            if (was)
                compare(changes, below(changes, path, key), was, json_object_iter_value(i));
            else
                note(changes, below(changes, path, key), NULL, json_object_iter_value(i));
        }
        for (void *i = json_object_iter(then); i; i = json_object_iter_next(then, i))
            if (!json_object_get(now, json_object_iter_key(i)))
                note(changes, below(changes, path, json_object_iter_key(i)),
                     json_object_iter_value(i), NULL);
    } else if (json_is_array(then) && json_is_array(now)) {
        size_t was = json_array_size(then), is = json_array_size(now);
        for (size_t i = 0; i < was || i < is; i++) {
            const char *at = below(changes, path, arena_printf(changes->arena, "%zu", i));
            if (i < was && i < is)
                compare(changes, at, json_array_get(then, i), json_array_get(now, i));
            else
                note(changes, at, json_array_get(then, i), json_array_get(now, i));
        }
    } else if (!json_equal(then, now)) {
        note(changes, path, then, now);
    }
}

const char *const *baseline_list_changes(const char *then, const char *now, struct arena *arena,
                                         size_t *count)
{
    struct changes changes = {
        .texts = arena_array(arena, BASELINE_MOST_CHANGES, sizeof *changes.texts), .arena = arena};
    json_t *was, *is;
    struct error ignored = {0};
    if (json_text_parse("", then, strlen(then), "a scenario", arena, &was, &ignored)) {
        if (json_text_parse("", now, strlen(now), "a scenario", arena, &is, &ignored))
            compare(&changes, "", was, is);
        json_decref(is);
    }
    json_decref(was);
    *count = changes.count;
    return changes.texts;
}
