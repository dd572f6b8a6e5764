/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/program.h"
#include "models/program/breakdown_marks.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* What is being compiled. Arrays are sized by a first pass over the steps. */
struct compiler {
    const struct scenario *spec;
    struct arena *arena;
    struct operation *operations;
    uint32_t operation_count;
    struct draw *draws; /* of the class being compiled */
    int draw_count, slot_count;
    int stream_count; /* as draw_count, but the two versions of a visit share theirs */
    const char *stream_prefix;
    const char **step_names; /* of the workload being compiled */
    size_t step_count;
    int held, loops, timers, marks, visits; /* nesting here ... */
    struct program *program;                /* ... and its maximum there */
    size_t visited[SPEC_MAX_NESTING];       /* [visits] services, outermost first */
    int optional; /* > 0 inside choose or repeat: the step may not run exactly once */
    struct breakdown_list *breakdown;       /* of the workload; NULL: no marks                    */
    const struct scenario *to;              /* whose steps a rollout brings; NULL: there are none */
    const struct step *const *visits_after; /* of the class in `to`: visits of the rollout's
                                               service, in order, none inside another */
    size_t visit_number;
    bool is_in_version;
};

/* Upper bounds on what the steps compile to. */
struct extent {
    size_t operations, draws, names;
};

static void measure_steps(const struct step *steps, size_t count, struct extent *extent)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        extent->operations += 7;
        extent->draws += 2;
        extent->names++;
        measure_steps(step->steps, step->step_count, extent);
        for (size_t b = 0; b < step->branch_count; b++) {
            extent->operations++;
            measure_steps(step->branches[b].steps, step->branches[b].step_count, extent);
        }
    }
}

static struct operation *emit(struct compiler *compiler, enum operation_code code)
{
    struct operation *operation = &compiler->operations[compiler->operation_count++];
    *operation = (struct operation){.code = (uint16_t)code,
                                    .slot = SLOT_NONE,
                                    .step = STEP_UNNAMED,
                                    .draw = DRAW_NONE,
                                    .fixed_ns = -1};
    return operation;
}

/* Nesting depth goes up by one: the request records have room for the deepest. */
static void enter(int *depth, int *deepest)
{
    if (++*depth > *deepest)
        *deepest = *depth;
}

static int add_draw(struct compiler *compiler, const struct distribution *law)
{
    int number = compiler->draw_count++;
    bool is_own = law && law->kind == DISTRIBUTION_OF_REQUEST;
    bool is_kept = !is_own && compiler->optional == 0 &&
                   compiler->slot_count < MAX_SLOTS - ARRIVAL_TRACE_MAX_VALUES;
    const char *name = arena_printf(compiler->arena, "%s.draw.%d", compiler->stream_prefix,
                                    compiler->stream_count++);
    compiler->draws[number] = (struct draw){.law = law,
                                            .stream = stream_id(name),
                                            .slot = is_kept ? compiler->slot_count++ : SLOT_NONE};
    return number;
}

static int number_of_step(struct compiler *compiler, const char *name)
{
    for (size_t i = 0; i < compiler->step_count; i++)
        if (strcmp(compiler->step_names[i], name) == 0)
            return (int)i;
    compiler->step_names[compiler->step_count] = name;
    return (int)compiler->step_count++;
}

static void compile_steps(struct compiler *compiler, const struct step *steps, size_t count);

static void compile_delay(struct compiler *compiler, const struct step *step)
{
    struct operation *operation = emit(compiler, OPERATION_DELAY);
    if (step->name)
        operation->step = number_of_step(compiler, step->name);
    if (distribution_is_constant(step->duration)) {
        operation->fixed_ns = distribution_to_ns(distribution_mean(step->duration));
        return;
    }
    operation->draw = add_draw(compiler, step->duration);
    operation->slot = (int16_t)compiler->draws[operation->draw].slot;
}

/* Which of the visits around here picks the copy of a resource of service; inputs has seen to it
 * that there is one. */
static int16_t visit_of(const struct compiler *compiler, size_t service)
{
    for (int v = compiler->visits - 1; v >= 0; v--)
        if (compiler->visited[v] == service)
            return (int16_t)v;
    assert(service == SPEC_NO_SERVICE);
    return SLOT_NONE;
}

/* The operation asks for a copy of a resource, of which copy 0 is number `target`. */
static void ask_for(const struct compiler *compiler, struct operation *operation, uint32_t target,
                    size_t service)
{
    operation->target = target;
    operation->slot = visit_of(compiler, service);
}

static void ask_for_cpu(const struct compiler *compiler, struct operation *operation, size_t cpu)
{
    ask_for(compiler, operation, compiler->program->copies[STATION_CPU].base[cpu],
            compiler->spec->cpus[cpu].service);
}

/* What the verb does with resource i of its kind. */
static struct operation *compile_verb(struct compiler *compiler, const struct station_verb *verb,
                                      size_t i)
{
    struct operation *operation = emit(compiler, OPERATION_STATION);
    ask_for(compiler, operation, compiler->program->copies[verb->kind].base[i],
            station_service(compiler->spec, verb->kind, i));
    operation->verb = verb;
    return operation;
}

static void compile_work(struct compiler *compiler, const struct step *step)
{
    struct operation *operation = emit(compiler, OPERATION_WORK);
    ask_for_cpu(compiler, operation, step->cpu);
    if (distribution_is_constant(step->duration))
        operation->fixed_ns = distribution_to_ns(distribution_mean(step->duration));
    else
        operation->draw = add_draw(compiler, step->duration);
}

/* Inside a version all visits of the service are of the same version. */
static bool has_versions(const struct compiler *compiler, size_t service)
{
    return compiler->to && !compiler->is_in_version && service == compiler->spec->rollout->service;
}

/* The steps as they are, then those that the rollout brings. What only the latter draw is drawn
 * when it is needed: most requests never come to it. */
static void compile_versions(struct compiler *compiler, const struct step *step)
{
    const struct step *after = compiler->visits_after[compiler->visit_number++];
    uint32_t choice = compiler->operation_count;
    int streams = compiler->stream_count;
    compiler->is_in_version = true;
    emit(compiler, OPERATION_VERSION);
    compile_steps(compiler, step->steps, step->step_count);
    uint32_t jump = compiler->operation_count;
    int streams_before = compiler->stream_count;
    emit(compiler, OPERATION_JUMP);
    compiler->operations[choice].target = compiler->operation_count;
    compiler->stream_count = streams;
    compile_steps(compiler, after->steps, after->step_count);
    compiler->stream_count = streams_before;
    compiler->operations[jump].target = compiler->operation_count;
    compiler->is_in_version = false;
}

static void compile_visit(struct compiler *compiler, const struct step *step)
{
    struct operation *operation = emit(compiler, OPERATION_VISIT);
    operation->target = (uint32_t)step->service;
    if (compiler->spec->services[step->service].balance == BALANCE_RANDOM)
        operation->draw = add_draw(compiler, NULL);
    compiler->visited[compiler->visits] = step->service;
    enter(&compiler->visits, &compiler->program->max_visits);
    if (has_versions(compiler, step->service))
        compile_versions(compiler, step);
    else
        compile_steps(compiler, step->steps, step->step_count);
    compiler->visits--;
    emit(compiler, OPERATION_LEAVE)->target = (uint32_t)step->service;
}

/* A mark behind the operation that step has been compiled to. */
static void mark_time(struct compiler *compiler, const struct step *step)
{
    struct operation mark;
    if (compiler->breakdown &&
        breakdown_mark(compiler->breakdown, step,
                       &compiler->operations[compiler->operation_count - 1], &mark))
        *emit(compiler, OPERATION_MARK) = mark;
}

/* Takes what the step holds. */
static void compile_acquire(struct compiler *compiler, const struct step *step)
{
    if (step->station != STATION_POOL) {
        compile_verb(compiler, station_kinds[step->station]->acquire, step->pool);
        return;
    }
    const struct distribution *patience = compiler->spec->pools[step->pool].acquire_timeout;
    struct operation *operation = emit(compiler, OPERATION_ACQUIRE);
    ask_for(compiler, operation, compiler->program->copies[STATION_POOL].base[step->pool],
            compiler->spec->pools[step->pool].service);
    if (patience && !distribution_is_constant(patience))
        operation->draw = add_draw(compiler, patience);
}

static void compile_hold(struct compiler *compiler, const struct step *step)
{
    bool is_pool = step->station == STATION_POOL;
    compile_acquire(compiler, step);
    mark_time(compiler, step);
    int outer = compiler->breakdown ? compiler->breakdown->holding : 0;
    if (compiler->breakdown && is_pool)
        compiler->breakdown->holding = (int)step->pool;
    enter(&compiler->held, &compiler->program->max_held);
    compile_steps(compiler, step->steps, step->step_count);
    compiler->held--;
    if (compiler->breakdown)
        compiler->breakdown->holding = outer;
    if (is_pool)
        emit(compiler, OPERATION_RELEASE);
    else
        compile_verb(compiler, station_kinds[step->station]->release, step->pool);
}

static void compile_choose(struct compiler *compiler, const struct step *step)
{
    uint32_t choose = compiler->operation_count;
    emit(compiler, OPERATION_CHOOSE)->draw = add_draw(compiler, NULL);
    struct branch_target *targets =
        arena_array(compiler->arena, step->branch_count, sizeof *targets);
    uint32_t *jumps = arena_array(compiler->arena, step->branch_count, sizeof *jumps);
    double upto = 0;
    compiler->optional++;
    for (size_t b = 0; b < step->branch_count; b++) {
        upto += step->branches[b].share;
        targets[b] = (struct branch_target){upto, compiler->operation_count};
        compile_steps(compiler, step->branches[b].steps, step->branches[b].step_count);
        jumps[b] = compiler->operation_count;
        emit(compiler, OPERATION_JUMP);
    }
    compiler->optional--;
    targets[step->branch_count - 1].upto = 1;
    compiler->operations[choose].branches = targets;
    for (size_t b = 0; b < step->branch_count; b++)
        compiler->operations[jumps[b]].target = compiler->operation_count;
}

static void compile_repeat(struct compiler *compiler, const struct step *step)
{
    uint32_t loop = compiler->operation_count;
    emit(compiler, OPERATION_LOOP)->times = step->times;
    enter(&compiler->loops, &compiler->program->max_loops);
    compiler->optional++;
    compile_steps(compiler, step->steps, step->step_count);
    compiler->optional--;
    compiler->loops--;
    emit(compiler, OPERATION_AGAIN)->target = loop + 1;
    compiler->operations[loop].target = compiler->operation_count;
}

/* A law that is drawn from when it is needed: its values are no times, or follow from others. */
static int add_late_draw(struct compiler *compiler, const struct distribution *law)
{
    compiler->optional++;
    int number = add_draw(compiler, law);
    compiler->optional--;
    return number;
}

/* A step that asks a station for something, of a size or of none. */
static void compile_asking(struct compiler *compiler, const struct step *step)
{
    struct operation *operation =
        compile_verb(compiler, station_verb_of_step(step->kind), step->target);
    if (!step->size)
        return;
    if (distribution_is_constant(step->size))
        operation->fixed_ns = llround(distribution_mean(step->size));
    else
        operation->draw = add_late_draw(compiler, step->size);
}

static void compile_fetch(struct compiler *compiler, const struct step *step)
{
    struct operation *operation = emit(compiler, OPERATION_FETCH);
    struct fetch *fetch = arena_alloc(compiler->arena, sizeof *fetch);
    *fetch = (struct fetch){.is_work = step->cpu != SPEC_NO_CPU,
                            .offered = step->size,
                            .time_per_row = step->duration,
                            .row_limit = step->row_limit};
    if (fetch->is_work)
        ask_for_cpu(compiler, operation, step->cpu);
    fetch->offered_stream = compiler->draws[add_late_draw(compiler, step->size)].stream;
    fetch->time_stream = compiler->draws[add_late_draw(compiler, step->duration)].stream;
    operation->fetch = fetch;
}

static void compile_kind(struct compiler *compiler, const struct step *step)
{
    switch (step->kind) {
    case STEP_DELAY:
        compile_delay(compiler, step);
        break;
    case STEP_HOLD:
        compile_hold(compiler, step);
        break;
    case STEP_CHOOSE:
        compile_choose(compiler, step);
        break;
    case STEP_REPEAT:
        compile_repeat(compiler, step);
        break;
    case STEP_WORK:
        compile_work(compiler, step);
        break;
    case STEP_VISIT:
        compile_visit(compiler, step);
        break;
    case STEP_PASS:
    case STEP_PUT:
    case STEP_DRAIN:
        compile_asking(compiler, step);
        break;
    case STEP_FETCH:
        compile_fetch(compiler, step);
        break;
    case STEP_SPAWN:
        emit(compiler, OPERATION_SPAWN)->target = (uint32_t)step->target;
        break;
    }
}

static void compile_step(struct compiler *compiler, const struct step *step)
{
    bool has_timer = step->timeout_ns != SPEC_NEVER;
    bool is_marked = step->name && step->kind != STEP_DELAY; /* a delay tells its own time */
    if (is_marked) {
        emit(compiler, OPERATION_STEP_START);
        enter(&compiler->marks, &compiler->program->max_marks);
    }
    if (has_timer) {
        emit(compiler, OPERATION_TIMER_START)->timeout_ns = step->timeout_ns;
        enter(&compiler->timers, &compiler->program->max_timers);
    }
    const char *outer = compiler->breakdown ? compiler->breakdown->within : NULL;
    if (compiler->breakdown && step->name)
        compiler->breakdown->within = step->name;
    compile_kind(compiler, step);
    if (step->kind != STEP_HOLD)
        mark_time(compiler, step);
    if (compiler->breakdown)
        compiler->breakdown->within = outer;
    if (has_timer) {
        emit(compiler, OPERATION_TIMER_STOP);
        compiler->timers--;
    }
    if (is_marked) {
        emit(compiler, OPERATION_STEP_END)->step = number_of_step(compiler, step->name);
        compiler->marks--;
    }
}

static void compile_steps(struct compiler *compiler, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        compile_step(compiler, &steps[i]);
}

/* What the request brings lies behind what is drawn for it, so it has its place last. */
static void place_own_values(struct compiler *compiler, const struct workload_spec *workload,
                             struct class_program *out)
{
    out->own_count = 0;
    for (int d = 0; d < compiler->draw_count; d++) {
        const struct distribution *law = compiler->draws[d].law;
        if (!law || law->kind != DISTRIBUTION_OF_REQUEST)
            continue;
        compiler->draws[d].slot = compiler->slot_count + (int)law->a;
        out->own_count = (int)workload->arrivals.trace->value_count;
    }
    for (uint32_t i = out->first_operation; out->own_count && i < compiler->operation_count; i++) {
        struct operation *operation = &compiler->operations[i];
        if (operation->draw != DRAW_NONE && operation->code == OPERATION_DELAY)
            operation->slot = (int16_t)compiler->draws[operation->draw].slot;
    }
}

/* Adds the visits of a service to list[*count], unless they are inside another. */
static void list_visits(const struct step *steps, size_t step_count, size_t service,
                        const struct step **list, size_t *count)
{
    for (size_t i = 0; i < step_count; i++) {
        if (steps[i].kind == STEP_VISIT && steps[i].service == service) {
            list[(*count)++] = &steps[i];
            continue;
        }
        list_visits(steps[i].steps, steps[i].step_count, service, list, count);
        for (size_t b = 0; b < steps[i].branch_count; b++)
            list_visits(steps[i].branches[b].steps, steps[i].branches[b].step_count, service, list,
                        count);
    }
}

/* after: the class as a rollout brings it, or NULL. Returns how many laps an attempt can use. */
static uint32_t begin_versions(struct compiler *compiler, const struct class_spec *spec,
                               const struct class_spec *after)
{
    int64_t breakdown = program_count_laps(spec->steps, spec->step_count);
    if (after) {
        struct extent extent = {0};
        measure_steps(after->steps, after->step_count, &extent);
        const struct step **list = arena_array(compiler->arena, extent.names, sizeof *list);
        size_t count = 0;
        list_visits(after->steps, after->step_count, compiler->to->rollout->service, list, &count);
        compiler->visits_after = list;
        compiler->visit_number = 0;
        int64_t laps_after = program_count_laps(after->steps, after->step_count);
        breakdown = laps_after > breakdown ? laps_after : breakdown;
    }
    return (uint32_t)(1 + breakdown);
}

static void compile_class(struct compiler *compiler, const struct workload_spec *workload,
                          const struct class_spec *spec, const struct class_spec *after,
                          struct class_program *out)
{
    struct extent extent = {0};
    measure_steps(spec->steps, spec->step_count, &extent);
    if (after)
        measure_steps(after->steps, after->step_count, &extent);
    compiler->draws = arena_array(compiler->arena, extent.draws, sizeof *compiler->draws);
    compiler->draw_count = compiler->slot_count = compiler->stream_count = 0;
    compiler->stream_prefix =
        workload->has_mix ? arena_printf(compiler->arena, "%s.%s", workload->name, spec->name)
                          : workload->name;
    bool has_frame = workload->retry.attempts > 1 || workload->deadline_ns > 0;
    out->first_operation = compiler->operation_count;
    out->laps_each = begin_versions(compiler, spec, after);
    if (has_frame)
        emit(compiler, OPERATION_BEGIN)->timeout_ns = workload->deadline_ns;
    if (compiler->breakdown)
        breakdown_mark_begin(compiler->breakdown, workload->retry.attempts > 1,
                             emit(compiler, OPERATION_MARK_BEGIN));
    compile_steps(compiler, spec->steps, spec->step_count);
    if (has_frame)
        emit(compiler, OPERATION_END);
    if (compiler->breakdown)
        breakdown_mark_end(emit(compiler, OPERATION_MARK_END));
    out->comes_back = arrival_awaits_ends(&workload->arrivals);
    emit(compiler, out->comes_back ? OPERATION_RETURN : OPERATION_FINISH);
    place_own_values(compiler, workload, out);
    out->draws = compiler->draws;
    out->draw_count = compiler->draw_count;
    out->slot_count = compiler->slot_count;
    if (out->slot_count + out->own_count > compiler->program->max_slots)
        compiler->program->max_slots = out->slot_count + out->own_count;
}

/* Room for everything that a workload's classes can compile to. */
static struct extent measure_workload(const struct workload_spec *workload)
{
    struct extent extent = {.operations =
                                5 * workload->class_count}; /* BEGIN, END, FINISH, two marks */
    for (size_t c = 0; c < workload->class_count; c++)
        measure_steps(workload->classes[c].steps, workload->classes[c].step_count, &extent);
    return extent;
}

/* Of workload w, with what a rollout brings. */
static struct extent measure_versions(const struct scenario *spec, const struct scenario *to,
                                      size_t w)
{
    struct extent extent = measure_workload(&spec->workloads[w]);
    if (to) {
        struct extent after = measure_workload(&to->workloads[w]);
        extent.operations += after.operations;
        extent.names += after.names;
    }
    return extent;
}

/* to: NULL, or whose steps a rollout brings. */
static const struct program *compile(const struct scenario *spec, const struct scenario *to,
                                     struct breakdown_list *breakdown, struct arena *arena)
{
    size_t class_count = 0, operations = 1; /* CANCEL */
    for (size_t w = 0; w < spec->workload_count; w++) {
        class_count += spec->workloads[w].class_count;
        operations += measure_versions(spec, to, w).operations;
    }
    struct program *program = arena_alloc(arena, sizeof *program);
    struct compiler compiler = {.spec = spec, .to = to, .arena = arena, .program = program};
    program_number_copies(spec, program, arena);
    compiler.operations = arena_array(arena, operations, sizeof *compiler.operations);
    struct class_program *classes = arena_array(arena, class_count, sizeof *classes);
    size_t *bases = arena_array(arena, spec->workload_count, sizeof *bases);
    size_t *step_count = arena_array(arena, spec->workload_count, sizeof *step_count);
    const char *const **names = arena_array(arena, spec->workload_count, sizeof *names);
    size_t number = 0;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        compiler.step_names =
            arena_array(arena, measure_versions(spec, to, w).names, sizeof *compiler.step_names);
        compiler.step_count = 0;
        compiler.breakdown = breakdown ? &breakdown[w] : NULL;
        bases[w] = number;
        for (size_t c = 0; c < workload->class_count; c++)
            compile_class(&compiler, workload, &workload->classes[c],
                          to ? &to->workloads[w].classes[c] : NULL, &classes[number++]);
        names[w] = compiler.step_names;
        step_count[w] = compiler.step_count;
        if (breakdown && breakdown[w].count > program->max_parts)
            program->max_parts = breakdown[w].count;
    }
    program->cancel_operation = compiler.operation_count;
    emit(&compiler, OPERATION_CANCEL);
    assert(compiler.operation_count <= operations);
    program->operations = compiler.operations;
    program->operation_count = compiler.operation_count;
    program->classes = classes;
    program->class_count = class_count;
    program->class_base = bases;
    program->step_names = names;
    program->step_count = step_count;
    program->breakdown = breakdown;
    return program;
}

const struct program *program_compile(const struct scenario *spec, struct arena *arena)
{
    return compile(spec, NULL, NULL, arena);
}

const struct program *program_compile_rollout(const struct scenario *spec,
                                              const struct scenario *to, struct arena *arena)
{
    return compile(spec, spec->rollout->changes_steps ? to : NULL, NULL, arena);
}

const struct program *program_compile_breakdown(const struct scenario *spec, struct arena *arena)
{
    struct breakdown_list *breakdown = arena_array(arena, spec->workload_count, sizeof *breakdown);
    for (size_t w = 0; w < spec->workload_count; w++)
        breakdown[w] = (struct breakdown_list){
            .parts = arena_array(arena, BREAKDOWN_MAX_PARTS, sizeof(struct breakdown_part)),
            .holding = BREAKDOWN_NO_RESOURCE};
    return compile(spec, NULL, breakdown, arena);
}
