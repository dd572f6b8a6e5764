/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/breakdown.h"
#include "models/engine/model_internal.h"
#include "models/engine/rare_operations.h"
#include <assert.h>
#include <string.h>

struct class_laps {
    size_t part_count;
    int64_t slowest_ns[BREAKDOWN_VIEWS]; /* least response that counts */
    struct breakdown_sums views[BREAKDOWN_VIEWS];
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
    for (int view = 0; view < BREAKDOWN_VIEWS; view++)
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
    case OPERATION_MARK_BEGIN:
        begin(system, request, operation);
        return;
    case OPERATION_MARK_END:
        end(system, request);
        return;
    case OPERATION_MARK_HOLD:
        first = replication_held(system, request)[request->state.held_count - 1].since - record[0];
        break;
    case OPERATION_MARK_WORK:
        first = demand_of(system, request, operation, passed);
        break;
    default: /* OPERATION_MARK */
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
        cut->code == OPERATION_ACQUIRE || (cut->code == OPERATION_STATION && cut->verb->may_wait);
    int64_t *record = record_of(system, request);
    record[1 + (was_waiting ? cut[1].target : begin->target)] += system->now - record[0];
    record[0] = system->now;
}

/* ---- sums ------------------------------------------------------------------------------- */

void breakdown_begin(struct replication_state *system, const int64_t *slowest_ns)
{
    const struct model *model = system->model;
    const struct program *program = model->program;
    struct arena *arena = system->arena;
    struct breakdown *breakdown = arena_alloc(arena, sizeof *breakdown);
    assert(system->laps_offset % _Alignof(int64_t) == 0);
    breakdown->classes = arena_array(arena, program->class_count, sizeof *breakdown->classes);
    for (size_t c = 0; c < program->class_count; c++) {
        int own = model->layout.group_of_class[c];
        size_t workload = model->layout.groups_by_number[own].workload;
        int whole = model->layout.group_of_workload[workload];
        struct class_laps *class = &breakdown->classes[c];
        class->part_count = program->breakdown[workload].count;
        class->slowest_ns[BREAKDOWN_SLOWEST_OF_CLASS] = slowest_ns[own];
        class->slowest_ns[BREAKDOWN_SLOWEST_OF_WORKLOAD] = slowest_ns[whole];
        for (int view = 0; view < BREAKDOWN_VIEWS; view++)
            class->views[view].parts = arena_array(arena, class->part_count, sizeof(wide_int));
    }
    system->breakdown = breakdown;
}

void breakdown_restart(struct replication_state *system)
{
    for (size_t c = 0; c < system->model->program->class_count; c++)
        for (int view = 0; view < BREAKDOWN_VIEWS; view++) {
            struct class_laps *class = &system->breakdown->classes[c];
            struct breakdown_sums *sums = &class->views[view];
            sums->requests = 0;
            sums->response = 0;
            memset(sums->parts, 0, class->part_count * sizeof *sums->parts);
        }
}

struct breakdown_sums breakdown_add_up(const struct replication_state *system, int group,
                                       enum breakdown_view view, wide_int *parts)
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

const struct breakdown_part *breakdown_parts(const struct model *model, size_t workload,
                                             size_t *count)
{
    *count = model->program->breakdown[workload].count;
    return model->program->breakdown[workload].parts;
}
