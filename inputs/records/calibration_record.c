/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/calibration_record.h"
#include "inputs/json/wording.h"
#include "inputs/records/measurements.h"
#include "inputs/scenario/read_vary.h"
#include "sim/base/spelling.h"
#include <math.h>
#include <string.h>

bool calibration_record_frees(const char *const *texts, size_t count, struct arena *arena,
                              struct calibration_study *study, struct error *err)
{
    struct vary *free = arena_array(arena, count, sizeof *free);
    for (size_t i = 0; i < count; i++) {
        if (!vary_read_range(texts[i], arena, &free[i], err))
            return false;
        if (free[i].low >= free[i].high || (study->is_logarithmic && free[i].low <= 0))
            return error_set(err, STATUS_USAGE,
                             "--free %s must be a range from a lower%s value to "
                             "a higher one",
                             free[i].path, study->is_logarithmic ? " positive" : "");
        for (size_t k = 0; k < i; k++)
            if (strcmp(free[k].path, free[i].path) == 0)
                return error_set(err, STATUS_USAGE, "--free has %s twice", free[i].path);
    }
    study->free = free;
    study->frees = count;
    return true;
}

/* All metrics of the model, as if they had been projected. */
static struct measured_projections metrics_of(const struct model *model,
                                              const struct scenario *scenario, struct arena *arena)
{
    size_t columns, count = model_metric_count(model);
    const struct column *column = model_columns(model, &columns);
    struct measured_projection *list = arena_array(arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct measured_projection){column[i].name, column[i].unit, NAN, NAN, NAN};
    return (struct measured_projections){
        .metrics = list,
        .metric_count = count,
        .run = {(double)scenario->run.duration_ns / 1e9, scenario->run.confidence, 0}};
}

static bool hold_out(const char *name, struct calibration_study *study, struct arena *arena,
                     struct error *err)
{
    const char **names = arena_array(arena, study->metrics, sizeof *names);
    char shown[WORDING_SIZE];
    for (size_t i = 0; i < study->metrics; i++) {
        names[i] = study->metric[i].name;
        if (strcmp(names[i], name) == 0) {
            study->measured[i].is_held_out = true;
            return true;
        }
    }
    const char *meant = spelling_nearest(name, names, study->metrics);
    return error_set(err, STATUS_USAGE, "--hold-out %s is not among what was measured%s%s%s",
                     wording_quote(name, shown), meant ? "; did you mean " : "", meant ? meant : "",
                     meant ? "?" : "");
}

bool calibration_record_measured(const char *path, const char *const *held_out, size_t count,
                                 const struct model *model, struct arena *arena,
                                 struct calibration_study *study, struct error *err)
{
    const struct scenario *scenario = &study->set->settings[study->setting].scenario;
    const struct measured_projections known = metrics_of(model, scenario, arena);
    struct measurements actual;
    if (!measurements_read(path, &known, arena, &actual, err))
        return false;
    if (actual.duration_s != known.run.duration_s) {
        error_set_file(err, path);
        return error_set(err, STATUS_INPUT,
                         "was measured for %gs, but a run of the scenario is %gs: add --duration "
                         "%gs",
                         actual.duration_s, known.run.duration_s, actual.duration_s);
    }
    study->metrics = actual.value_count;
    study->metric = arena_array(arena, study->metrics, sizeof *study->metric);
    study->measured = arena_array(arena, study->metrics, sizeof *study->measured);
    for (size_t i = 0; i < study->metrics; i++) {
        const struct measured_projection *of = actual.values[i].projection;
        study->metric[i] =
            (struct calibration_metric){of->name, of->unit, (int)(of - known.metrics)};
        study->measured[i] = (struct calibrate_metric){.measured = actual.values[i].measured};
    }
    for (size_t i = 0; i < count; i++)
        if (!hold_out(held_out[i], study, arena, err))
            return false;
    return true;
}
