/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/breakdown_study.h"
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include <math.h>

static double mean_s(wide_int sum, uint64_t count)
{
    return count ? (double)sum / (double)count / 1e9 : NAN;
}

static void observe_group(const struct replication_state *system,
                          const struct breakdown_study *study, int group,
                          struct observation *observation)
{
    const struct statistics_layout *layout = &system->model->layout;
    size_t workload = layout->groups_by_number[group].workload;
    size_t count = system->model->program->breakdown[workload].count, base = study->base[group];
    bool is_whole = group == layout->group_of_workload[workload];
    wide_int *parts = arena_array(system->arena, 2 * count, sizeof *parts);
    struct breakdown_sums all = breakdown_add_up(system, group, BREAKDOWN_ALL, parts);
    struct breakdown_sums slowest = breakdown_add_up(
        system, group, is_whole ? BREAKDOWN_SLOWEST_OF_WORKLOAD : BREAKDOWN_SLOWEST_OF_CLASS,
        parts + count);
    double *value = observation->value + base, *weight = observation->weight + base;
    value[BREAKDOWN_RESPONSE] = mean_s(all.response, all.requests);
    value[BREAKDOWN_SLOWEST_RESPONSE] = mean_s(slowest.response, slowest.requests);
    value[BREAKDOWN_SLOWEST_SHARE] =
        all.requests ? (double)slowest.requests / (double)all.requests : NAN;
    weight[BREAKDOWN_RESPONSE] = weight[BREAKDOWN_SLOWEST_SHARE] = (double)all.requests;
    weight[BREAKDOWN_SLOWEST_RESPONSE] = (double)slowest.requests;
    for (size_t p = 0; p < count; p++) {
        value[BREAKDOWN_PARTS + 2 * p] = mean_s(all.parts[p], all.requests);
        value[BREAKDOWN_PARTS + 2 * p + 1] = mean_s(slowest.parts[p], slowest.requests);
        weight[BREAKDOWN_PARTS + 2 * p] = (double)all.requests;
        weight[BREAKDOWN_PARTS + 2 * p + 1] = (double)slowest.requests;
    }
}

bool breakdown_study_replicate(const void *study_pointer, uint32_t replication, struct arena *arena,
                               struct observation *observation, struct error *err)
{
    const struct breakdown_study *study = study_pointer;
    const struct model *model = study->model;
    struct replication_state *system = replication_create(model, replication, arena, err);
    if (err->status != STATUS_OK)
        return false;
    breakdown_begin(system, study->slowest_ns);
    if (!replication_run_until(system, model->warmup_ns))
        return system->is_over && error_set(err, STATUS_MODEL,
                                            "the load test ends before the warm-up does: there is "
                                            "nothing to measure");
    breakdown_restart(system);
    if (!replication_run_until(system, model->warmup_ns + model->spec->run.duration_ns) &&
        !system->is_over)
        return false;
    for (int group = 0; group < (int)model->layout.groups; group++)
        observe_group(system, study, group, observation);
    return true;
}

void breakdown_study_make(const struct model *model, const int64_t *slowest_ns, struct arena *arena,
                          struct breakdown_study *study)
{
    size_t groups = model->layout.groups, count = 0;
    size_t *base = arena_array(arena, groups, sizeof *base);
    for (size_t g = 0; g < groups; g++) {
        base[g] = count;
        count += BREAKDOWN_PARTS +
                 2 * model->program->breakdown[model->layout.groups_by_number[g].workload].count;
    }
    struct column *columns = arena_array(arena, count, sizeof *columns);
    for (size_t c = 0; c < count; c++)
        columns[c] = (struct column){.name = "part",
                                     .unit = "s",
                                     .kind = COLUMN_MEAN,
                                     .cluster_mean = COLUMN_NONE,
                                     .cluster_sd = COLUMN_NONE};
    *study = (struct breakdown_study){.model = model,
                                      .slowest_ns = slowest_ns,
                                      .columns = columns,
                                      .column_count = count,
                                      .base = base};
}
