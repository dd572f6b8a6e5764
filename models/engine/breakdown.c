/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/breakdown.h"
#include "models/engine/model_internal.h"
#include "models/engine/rare_operations.h"
#include "models/engine/replication.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- compiling --------------------------------------------------------------------------- */

static bool is_same(const struct breakdown_part *a, const struct breakdown_part *b)
{
    if (a->kind != b->kind || a->resource != b->resource)
        return false;
    return a->step == b->step || (a->step && b->step && strcmp(a->step, b->step) == 0);
}

/* The last part is for everything that finds no other. */
static uint32_t add_part(struct breakdown_list *list, enum breakdown_kind kind, const char *step,
                         int resource)
{
    struct breakdown_part part = {kind, step, resource};
    for (size_t p = 0; p < list->count; p++)
        if (is_same(&list->parts[p], &part))
            return (uint32_t)p;
    if (list->count == LAPS_MOST_PARTS)
        return LAPS_MOST_PARTS - 1;
    if (list->count == LAPS_MOST_PARTS - 1)
        part = (struct breakdown_part){BREAKDOWN_OTHER, NULL, LAPS_NO_RESOURCE};
    list->parts[list->count] = part;
    return (uint32_t)list->count++;
}

static struct operation make_mark(enum operation_code code, uint32_t first, uint32_t second)
{
    return (struct operation){.code = (uint16_t)code,
                              .slot = SLOT_NONE,
                              .draw = DRAW_NONE,
                              .target = first,
                              .step = (int)second,
                              .fixed_ns = -1};
}

static bool mark_work(struct breakdown_list *list, int cpu, const struct operation *timed,
                      struct operation *mark)
{
    uint32_t first = add_part(list, BREAKDOWN_WORK, list->within, cpu);
    *mark = make_mark(OPERATION_LAP_WORK, first, add_part(list, BREAKDOWN_CPU_WAIT, NULL, cpu));
    mark->draw = timed->draw;
    mark->fixed_ns = timed->fixed_ns;
    mark->fetch = timed->code == OPERATION_FETCH ? timed->fetch : NULL;
    return true;
}

bool breakdown_mark(struct breakdown_list *list, const struct step *step,
                    const struct operation *timed, struct operation *mark)
{
    uint32_t first;
    int pool = (int)step->pool, target = (int)step->target, cpu = (int)step->cpu;
    switch (step->kind) {
    case STEP_DELAY:
    case STEP_FETCH:
        if (step->kind == STEP_FETCH && step->cpu != SPEC_NO_CPU)
            return mark_work(list, cpu, timed, mark);
        first = add_part(list, BREAKDOWN_DELAY, list->within,
                         list->within ? LAPS_NO_RESOURCE : list->holding);
        *mark = make_mark(OPERATION_LAP, first, first);
        return true;
    case STEP_HOLD:
        first = add_part(list, BREAKDOWN_POOL_WAIT, NULL, pool);
        *mark = make_mark(OPERATION_LAP_HOLD, first, add_part(list, BREAKDOWN_CONNECT, NULL, pool));
        return true;
    case STEP_WORK:
        return mark_work(list, cpu, timed, mark);
    case STEP_PASS:
        first = add_part(list, BREAKDOWN_LIMITER_WAIT, NULL, target);
        *mark = make_mark(OPERATION_LAP, first, first);
        return true;
    case STEP_PUT:
        first = add_part(list, BREAKDOWN_BUFFER_WAIT, NULL, target);
        *mark = make_mark(OPERATION_LAP, first, first);
        return true;
    case STEP_CHOOSE:
    case STEP_REPEAT:
    case STEP_VISIT:
    case STEP_DRAIN:
    case STEP_SPAWN:
        break;
    }
    return false;
}

void breakdown_mark_begin(struct breakdown_list *list, bool has_retry, struct operation *mark)
{
    uint32_t broken_off = 0, backoff = 0;
    if (has_retry) {
        broken_off = add_part(list, BREAKDOWN_BROKEN_OFF, NULL, LAPS_NO_RESOURCE);
        backoff = add_part(list, BREAKDOWN_BACKOFF, NULL, LAPS_NO_RESOURCE);
    }
    *mark = make_mark(OPERATION_LAP_BEGIN, broken_off, backoff);
}

void breakdown_mark_end(struct operation *mark)
{
    *mark = make_mark(OPERATION_LAP_END, 0, 0);
}

const struct breakdown_part *breakdown_parts(const struct model *model, size_t workload,
                                             size_t *count)
{
    *count = model->program->breakdown[workload].count;
    return model->program->breakdown[workload].parts;
}

/* ---- while a replication runs ------------------------------------------------------------- */

/* Whose requests are added up. A class has a bar of its own and one of its workload. */
enum view { VIEW_ALL, VIEW_SLOWEST_OF_CLASS, VIEW_SLOWEST_OF_WORKLOAD, VIEWS };

struct breakdown_sums {
    uint64_t requests;
    wide_int response; /* [ns] */
    wide_int *parts;   /* [parts of the workload] [ns] */
};

struct class_laps {
    size_t part_count;
    int64_t slowest_ns[VIEWS]; /* least response that counts */
    struct breakdown_sums views[VIEWS];
};

struct breakdown {
    struct class_laps *classes; /* [classes of the program] */
};

/* A request's own: when the last mark was, then its parts. */
static int64_t *record_of(const struct replication_state *system, struct request *request)
{
    return (int64_t *)(void *)((char *)request + system->laps_offset);
}

static struct class_laps *class_of(const struct replication_state *system,
                                   const struct request *request)
{
    return &system->breakdown->classes[request->state.class - system->classes];
}

static void begin(struct replication_state *system, struct request *request,
                  const struct operation *operation)
{
    int64_t *record = record_of(system, request);
    if (request->state.class->retry && request->attempt > 0)
        record[1 + operation->step] += system->now - record[0];
    else
        memset(record + 1, 0, class_of(system, request)->part_count * sizeof *record);
    record[0] = system->now;
}

static void add_request(struct breakdown_sums *sums, const int64_t *parts, size_t count,
                        int64_t response)
{
    sums->requests++;
    sums->response += response;
    for (size_t p = 0; p < count; p++)
        sums->parts[p] += parts[p];
}

static void end(struct replication_state *system, struct request *request)
{
    struct class_laps *class = class_of(system, request);
    const int64_t *record = record_of(system, request);
    int64_t response = system->now - request->arrived, sum = 0;
    for (size_t p = 0; p < class->part_count; p++)
        sum += record[1 + p];
    assert(sum == response);
    for (int view = 0; view < VIEWS; view++)
        if (response >= class->slowest_ns[view])
            add_request(&class->views[view], record + 1, class->part_count, response);
}

/* How much of `passed` was the work itself. */
static int64_t demand_of(const struct replication_state *system, const struct request *request,
                         const struct operation *operation, int64_t passed)
{
    int64_t demand = operation->fixed_ns;
    if (operation->fetch)
        demand = rare_operations_draw_fetch(system, request, operation->fetch).length;
    else if (demand < 0)
        demand = replication_draw_ns(system, request,
                                     &request->state.class->program->draws[operation->draw]);
    return demand < passed ? demand : passed;
}

void breakdown_run(struct replication_state *system, struct request *request,
                   const struct operation *operation)
{
    int64_t *record = record_of(system, request), passed = system->now - record[0];
    int64_t first = passed;
    switch ((enum operation_code)operation->code) {
    case OPERATION_LAP_BEGIN:
        begin(system, request, operation);
        return;
    case OPERATION_LAP_END:
        end(system, request);
        return;
    case OPERATION_LAP_HOLD:
        first = replication_held(system, request)[request->state.held_count - 1].since - record[0];
        break;
    case OPERATION_LAP_WORK:
        first = demand_of(system, request, operation, passed);
        break;
    default: /* OPERATION_LAP */
        break;
    }
    assert(0 <= first && first <= passed);
    record[1 + operation->target] += first;
    record[1 + operation->step] += passed - first;
    record[0] = system->now;
}

void breakdown_break_off(struct replication_state *system, struct request *request)
{
    const struct operation *cut = request->state.operation;
    const struct operation *begin =
        &system->operations[request->state.class->program->first_operation + 1];
    bool was_waiting =
        cut->code == OPERATION_ACQUIRE || cut->code == OPERATION_PASS || cut->code == OPERATION_PUT;
    int64_t *record = record_of(system, request);
    record[1 + (was_waiting ? cut[1].target : begin->target)] += system->now - record[0];
    record[0] = system->now;
}

/* ---- a replication ------------------------------------------------------------------------ */

static void restart(const struct replication_state *system)
{
    for (size_t c = 0; c < system->model->program->class_count; c++)
        for (int view = 0; view < VIEWS; view++) {
            struct class_laps *class = &system->breakdown->classes[c];
            struct breakdown_sums *sums = &class->views[view];
            sums->requests = 0;
            sums->response = 0;
            memset(sums->parts, 0, class->part_count * sizeof *sums->parts);
        }
}

static void make_laps(struct replication_state *system, const struct breakdown_study *study)
{
    const struct model *model = study->model;
    const struct program *program = model->program;
    struct arena *arena = system->arena;
    struct breakdown *breakdown = arena_alloc(arena, sizeof *breakdown);
    breakdown->classes = arena_array(arena, program->class_count, sizeof *breakdown->classes);
    for (size_t c = 0; c < program->class_count; c++) {
        int own = model->layout.group_of_class[c];
        size_t workload = model->layout.groups_by_number[own].workload;
        int whole = model->layout.group_of_workload[workload];
        struct class_laps *class = &breakdown->classes[c];
        class->part_count = program->breakdown[workload].count;
        class->slowest_ns[VIEW_SLOWEST_OF_CLASS] = study->slowest_ns[own];
        class->slowest_ns[VIEW_SLOWEST_OF_WORKLOAD] = study->slowest_ns[whole];
        for (int view = 0; view < VIEWS; view++)
            class->views[view].parts = arena_array(arena, class->part_count, sizeof(wide_int));
    }
    system->breakdown = breakdown;
}

static double mean_s(wide_int sum, uint64_t count)
{
    return count ? (double)sum / (double)count / 1e9 : NAN;
}

/* Adds up one view of the classes of a group; parts[part_count] are zeros. */
static struct breakdown_sums add_up(const struct replication_state *system, int group,
                                    enum view view, wide_int *parts)
{
    const struct statistics_layout *layout = &system->model->layout;
    size_t workload = layout->groups_by_number[group].workload;
    struct breakdown_sums sums = {.parts = parts};
    for (size_t c = 0; c < system->model->program->class_count; c++) {
        int own = layout->group_of_class[c];
        if (own != group && (group != layout->group_of_workload[workload] ||
                             layout->groups_by_number[own].workload != workload))
            continue;
        const struct class_laps *class = &system->breakdown->classes[c];
        sums.requests += class->views[view].requests;
        sums.response += class->views[view].response;
        for (size_t p = 0; p < class->part_count; p++)
            sums.parts[p] += class->views[view].parts[p];
    }
    return sums;
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
    struct breakdown_sums all = add_up(system, group, VIEW_ALL, parts);
    struct breakdown_sums slowest = add_up(
        system, group, is_whole ? VIEW_SLOWEST_OF_WORKLOAD : VIEW_SLOWEST_OF_CLASS, parts + count);
    double *value = observation->value + base, *weight = observation->weight + base;
    value[LAPS_RESPONSE] = mean_s(all.response, all.requests);
    value[LAPS_SLOWEST_RESPONSE] = mean_s(slowest.response, slowest.requests);
    value[LAPS_SLOWEST_SHARE] =
        all.requests ? (double)slowest.requests / (double)all.requests : NAN;
    weight[LAPS_RESPONSE] = weight[LAPS_SLOWEST_SHARE] = (double)all.requests;
    weight[LAPS_SLOWEST_RESPONSE] = (double)slowest.requests;
    for (size_t p = 0; p < count; p++) {
        value[LAPS_PARTS + 2 * p] = mean_s(all.parts[p], all.requests);
        value[LAPS_PARTS + 2 * p + 1] = mean_s(slowest.parts[p], slowest.requests);
        weight[LAPS_PARTS + 2 * p] = (double)all.requests;
        weight[LAPS_PARTS + 2 * p + 1] = (double)slowest.requests;
    }
}

bool breakdown_replicate(const void *study_pointer, uint32_t replication, struct arena *arena,
                         struct observation *observation, struct error *err)
{
    const struct breakdown_study *study = study_pointer;
    const struct model *model = study->model;
    struct replication_state *system = replication_create(model, replication, arena, err);
    if (err->status != STATUS_OK)
        return false;
    make_laps(system, study);
    if (!replication_run_until(system, model->warmup_ns))
        return system->is_over && error_set(err, STATUS_MODEL,
                                            "the load test ends before the warm-up does: there is "
                                            "nothing to measure");
    restart(system);
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
        count += LAPS_PARTS +
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
