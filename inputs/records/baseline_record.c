/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/baseline_record.h"
#include "inputs/json/json_text.h"
#include "inputs/records/saved_report.h"
#include <math.h>
#include <string.h>

/* The replications' own values of a metric, if they were kept; null: nothing was observed. */
static void take_values(const json_t *kept, struct regression_metric *metric, struct arena *arena)
{
    const json_t *list = json_object_get(kept, metric->name);
    size_t count = json_array_size(list);
    if (!list)
        return;
    double *values = arena_array(arena, count, sizeof *values);
    for (size_t r = 0; r < count; r++) {
        const json_t *value = json_array_get(list, r);
        values[r] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    metric->sample.values = values;
    metric->sample.count = count;
    metric->sample.stride = 1;
}

/* written: the same setting, as JSON; kept: values of its replications. */
static struct regression_setting remember_setting(const struct result_setting *setting,
                                                  const json_t *written, const json_t *kept,
                                                  struct arena *arena)
{
    struct regression_metric *metrics = arena_array(arena, setting->metric_count, sizeof *metrics);
    struct regression_criterion *criteria =
        arena_array(arena, setting->criterion_count, sizeof *criteria);
    for (size_t i = 0; i < setting->metric_count; i++) {
        struct estimate estimate = setting->metrics[i].estimate;
        estimate.has_interval &= !isnan(estimate.standard_error) && estimate.replications > 1;
        metrics[i] = (struct regression_metric){.name = setting->metrics[i].name,
                                                .unit = setting->metrics[i].unit,
                                                .sample = {.estimate = estimate}};
        take_values(kept, &metrics[i], arena);
    }
    for (size_t i = 0; i < setting->criterion_count; i++)
        criteria[i] =
            (struct regression_criterion){setting->criteria[i].name, setting->criteria[i].verdict};
    return (struct regression_setting){
        .name = setting->name,
        .overrides = json_text_compact(arena, json_object_get(written, "overrides"), SIZE_MAX),
        .replications = setting->replications,
        .metrics = metrics,
        .metric_count = setting->metric_count,
        .criteria = criteria,
        .criterion_count = setting->criterion_count};
}

static const char *text_of(const json_t *object, const char *key, struct arena *arena)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? arena_strdup(arena, text) : NULL;
}

/* The approvals that it keeps; what is none of them is left out. */
static void read_approvals(const json_t *saved, struct arena *arena,
                           struct regression_baseline *baseline)
{
    const json_t *list = json_object_get(saved, "approvals");
    struct regression_approval *approvals =
        arena_array(arena, json_array_size(list), sizeof *approvals);
    baseline->approvals = approvals;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i), *lines = json_object_get(object, "changes");
        const char **changes = arena_array(arena, json_array_size(lines), sizeof *changes);
        struct regression_approval approval = {.reason = text_of(object, "reason", arena),
                                               .by = text_of(object, "by", arena),
                                               .from = text_of(object, "from", arena),
                                               .to = text_of(object, "to", arena),
                                               .changes = changes};
        for (size_t k = 0; k < json_array_size(lines); k++)
            if (json_is_string(json_array_get(lines, k)))
                changes[approval.change_count++] =
                    arena_strdup(arena, json_string_value(json_array_get(lines, k)));
        if (approval.reason && approval.from && approval.to)
            approvals[baseline->approval_count++] = approval;
    }
}

/* The result as a baseline; root: the report that it was read from, which may keep more. */
static struct regression_baseline remember(const struct result *result, const json_t *root,
                                           struct arena *arena)
{
    const json_t *saved = json_object_get(root, "baseline"),
                 *list = json_object_get(root, "settings");
    const json_t *kept = json_object_get(saved, "values");
    const char *source = json_string_value(json_object_get(saved, "source"));
    struct regression_setting *settings =
        arena_array(arena, result->setting_count, sizeof *settings);
    struct regression_input *inputs = arena_array(arena, result->input_count, sizeof *inputs);
    for (size_t i = 0; i < result->setting_count; i++)
        settings[i] = remember_setting(&result->settings[i], json_array_get(list, i),
                                       json_object_get(kept, result->settings[i].name), arena);
    for (size_t i = 0; i < result->input_count; i++)
        inputs[i] = (struct regression_input){result->inputs[i].file, result->inputs[i].sha256};
    struct regression_baseline made = {.scenario_name = result->scenario_name,
                                       .version = result->version,
                                       .digest = result->digest,
                                       .source = source ? arena_strdup(arena, source) : NULL,
                                       .seed = result->seed,
                                       .command = result->command,
                                       .command_count = result->command_count,
                                       .inputs = inputs,
                                       .input_count = result->input_count,
                                       .settings = settings,
                                       .setting_count = result->setting_count};
    read_approvals(saved, arena, &made);
    return made;
}

bool baseline_record_read(const char *path, struct arena *arena,
                          struct regression_baseline *baseline, struct error *err)
{
    struct saved_report written;
    if (!saved_report_read(path, arena, &written, err))
        return false;
    const struct result *result = saved_report_result(&written, arena, err);
    if (result)
        *baseline = remember(result, written.root, arena);
    json_decref(written.root);
    return result != NULL;
}

const char *baseline_record_path(const char *scenario, struct arena *arena)
{
    const char *slash = strrchr(scenario, '/'), *name = slash ? slash + 1 : scenario;
    if (strcmp(scenario, "-") == 0)
        name = "scenario";
    size_t length = strlen(name);
    if (length > 5 && strcmp(name + length - 5, ".json") == 0)
        length -= 5;
    return arena_printf(arena, "%.*s.baseline.json", (int)length, name);
}
