/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invariants:
 * 1. a probe that is finished holds no memory of its stage;
 * 2. the results of a group at a look are complete, and never changed again, before a probe is
 *    judged at that look;
 * 3. only one thread concludes a probe: the one whose job was its last, or the caller after the
 *    round. */
#include "sim/study/probe.h"
#include "sim/study/executor.h"
#include "sim/study/gather.h"
#include "sim/study/judge.h"
#include "sim/study/short_verdict.h"
#include <assert.h>
#include <math.h>
#include <string.h>

enum { STRIPES = 16, NO_PROBE = -1, MIN_LATER = 4 };

/* What may be held at once by all probes that are being run. */
#define MAX_BYTES ((size_t)512 << 20)

/* A probe while it is run. */
struct probe_run {
    enum probe_stage stage;
    size_t look;         /* to be run next */
    bool *has_passed;    /* [criterion_count] at a look before, so it is compared no more */
    struct arena *arena; /* NULL: the stage has not begun */
    struct study_result result;
};

/* The settings of a group at one look of a stage. */
struct group_look {
    struct study_result *results; /* [count]; NULL: not begun */
    atomic_size_t unfinished;
};

struct probe_machine {
    struct arena *arena;
    /* Of short replications, of whole ones behind them, of whole ones alone. */
    struct stopping_plan short_plan, later_plan, only_plan;
    struct group_look (*groups)[PROBE_STAGES][STOPPING_MAX_LOOKS];
    size_t group_count;
    pthread_mutex_t merging[STRIPES], finishing;
};

/* Some replications of one setting. */
struct task {
    long probe;              /* NO_PROBE: of a group */
    struct group_look *look; /* of the group, which must be complete first; NULL: none need be */
    struct study_result *result;
    const struct study_setting *setting;
    size_t first_job, first_replication, jobs;
    atomic_size_t unfinished;
    bool is_concluded;
};

/* The tasks that run as one batch. */
struct probe_round {
    struct probe_set *set;
    struct task *tasks;
    size_t count, jobs;
};

double probe_effort(const struct probe *probe)
{
    return (double)probe->replications[PROBE_WHOLE] +
           probe->short_cost * (double)probe->replications[PROBE_SHORT];
}

/* Short replications have shown what is obvious: of whole ones half the least number may do. */
static size_t least_later(const struct study_options *options)
{
    size_t half = options->min_replications / 2;
    return half >= MIN_LATER ? half : options->min_replications;
}

void probe_set_open(struct probe_set *set, struct arena *arena)
{
    const struct study_options *options = &set->options;
    double alpha = 1 - options->confidence;
    const size_t short_looks[] = {PROBE_FAR_REPLICATIONS, PROBE_RARE_REPLICATIONS,
                                  PROBE_SHORT_REPLICATIONS};
    const size_t looks = sizeof short_looks / sizeof *short_looks;
    struct probe_machine *machine = arena_alloc(arena, sizeof *machine);
    machine->arena = arena;
    machine->short_plan = stopping_plan_of(short_looks, looks, 1 - PROBE_SHORT_PART * alpha);
    machine->later_plan = stopping_plan_make(least_later(options), options->max_replications,
                                             1 - (1 - PROBE_SHORT_PART) * alpha);
    machine->only_plan = stopping_plan_make(options->min_replications, options->max_replications,
                                            options->confidence);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_init(&machine->merging[i], NULL);
    pthread_mutex_init(&machine->finishing, NULL);
    set->machine = machine;
}

static void end_stage(struct probe_run *run)
{
    arena_close(run->arena);
    run->arena = NULL;
}

void probe_set_close(struct probe_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->probes[i].run)
            end_stage(set->probes[i].run);
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_destroy(&set->machine->merging[i]);
    pthread_mutex_destroy(&set->machine->finishing);
}

/* ---- judging ----------------------------------------------------------------------------- */

static const struct stopping_plan *plan_of(const struct probe_set *set, const struct probe *probe,
                                           enum probe_stage stage)
{
    if (stage == PROBE_SHORT)
        return &set->machine->short_plan;
    return probe->settings[PROBE_SHORT].replicate ? &set->machine->later_plan
                                                  : &set->machine->only_plan;
}

static bool is_known(const struct estimate *estimate, double precision)
{
    if (estimate->is_unresolved || !estimate->has_interval || isnan(estimate->estimate))
        return false;
    return estimate->is_upper_bound ||
           (estimate->high - estimate->low) / 2 <= precision * fabs(estimate->estimate);
}

static bool are_wanted_known(const struct probe_set *set, const struct probe *probe)
{
    bool is_last = probe->run->look == set->machine->short_plan.looks;
    if (probe->is_only_shown && (is_last || probe->verdict == VERDICT_FAIL))
        return true;
    for (size_t i = 0; i < probe->wanted_count; i++)
        if (!is_known(&probe->estimates[probe->wanted[i]], probe->wanted_precision))
            return false;
    return true;
}

/* Whether a criterion is still to be judged against a setting of the group. */
static bool is_compared(const struct probe *probe)
{
    const struct study_setting *own = &probe->settings[probe->run->stage];
    for (size_t c = 0; c < own->criterion_count; c++)
        if (own->criteria[c].reference >= 0 && !probe->run->has_passed[c])
            return true;
    return false;
}

/* The settings of the group, where any is compared with, and the probe's own behind them. */
struct compared {
    struct study_setting *settings;
    struct study_result *results;
    size_t own;
};

static struct compared list_compared(const struct probe_set *set, const struct probe *probe)
{
    const struct probe_run *run = probe->run;
    const struct probe_group *group = &set->groups[probe->group];
    size_t count = group->count;
    struct compared compared = {arena_array(run->arena, count + 1, sizeof *compared.settings),
                                arena_array(run->arena, count + 1, sizeof *compared.results),
                                count};
    for (size_t i = 0; i < count && is_compared(probe); i++) {
        compared.settings[i] = group->settings[run->stage][i];
        compared.results[i] = set->machine->groups[probe->group][run->stage][run->look].results[i];
        compared.results[i].replications = run->result.replications;
    }
    compared.settings[count] = probe->settings[run->stage];
    compared.results[count] = run->result;
    return compared;
}

/* Judges one criterion; true when it needs no more replications. */
static bool judge_one(const struct probe_set *set, const struct probe *probe,
                      const struct compared *compared, size_t c, struct study_decision *decision)
{
    const struct probe_run *run = probe->run;
    bool needs_no_more = judge_criterion(compared->settings, compared->results, compared->own,
                                         &probe->settings[run->stage].criteria[c],
                                         plan_of(set, probe, run->stage)->confidence,
                                         set->options.precision, decision);
    if (run->stage == PROBE_WHOLE)
        return needs_no_more;
    bool is_withheld = decision->is_withheld;
    const struct short_look look = {.setting = &probe->settings[PROBE_SHORT],
                                    .result = &run->result,
                                    .extreme = probe->extremes[c],
                                    .blocks = probe->blocks,
                                    .looks = &set->machine->short_plan,
                                    .look = run->look,
                                    .level = PROBE_SHORT_PART * (1 - set->options.confidence),
                                    .arena = run->arena};
    decision->verdict = is_withheld ? VERDICT_UNDECIDED : short_verdict_of(&look, c, decision);
    decision->is_withheld = false;
    return decision->verdict != VERDICT_UNDECIDED;
}

/* Judges the criteria; true when none needs more replications. What passed at a look before has
 * passed: each look may say so with its part of the confidence. It is shown as it was then, unless
 * it is decided again. */
static bool judge_criteria(struct probe_set *set, struct probe *probe)
{
    struct probe_run *run = probe->run;
    const struct study_setting *own = &probe->settings[run->stage];
    struct compared compared = list_compared(set, probe);
    bool is_settled = true;
    probe->verdict = VERDICT_NONE;
    for (size_t c = 0; c < own->criterion_count; c++) {
        struct study_decision *decision = &probe->decisions[c], earlier = *decision;
        bool had_passed = run->has_passed[c];
        if (!had_passed || own->criteria[c].reference < 0)
            is_settled &= judge_one(set, probe, &compared, c, decision) || had_passed;
        if (had_passed && decision->verdict == VERDICT_UNDECIDED)
            *decision = earlier;
        run->has_passed[c] = decision->verdict == VERDICT_PASS;
        probe->verdict = verdict_and(probe->verdict, decision->verdict);
    }
    return is_settled || probe->verdict == VERDICT_FAIL;
}

static void estimate_columns(const struct probe_set *set, struct probe *probe)
{
    struct probe_run *run = probe->run;
    const struct study_setting *setting = &probe->settings[run->stage];
    double confidence = plan_of(set, probe, run->stage)->confidence;
    for (size_t c = 0; c < setting->column_count; c++)
        probe->estimates[c] = judge_column(setting, &run->result, (int)c, confidence);
    run->result.estimates = probe->estimates;
}

static bool finish(struct probe_set *set, struct probe *probe, struct error *err)
{
    struct probe_run *run = probe->run;
    const struct study_setting *setting = &probe->settings[run->stage];
    probe->has_failed_check = run->stage == PROBE_WHOLE && set->check &&
                              !set->check(setting->model, &run->result, run->arena);
    if (probe->has_failed_check && probe->verdict == VERDICT_PASS)
        probe->verdict = VERDICT_UNDECIDED;
    probe->is_finished = true;
    end_stage(run);
    if (!set->finished)
        return true;
    pthread_mutex_lock(&set->machine->finishing);
    bool ok = set->finished(set->finished_context, (size_t)(probe - set->probes), err);
    pthread_mutex_unlock(&set->machine->finishing);
    return ok;
}

/* A look is complete: judges it and finds what comes next. */
static bool conclude(struct probe_set *set, struct probe *probe, struct error *err)
{
    struct probe_run *run = probe->run;
    gather_count(&run->result);
    probe->stage = run->stage;
    probe->replications[run->stage] = run->result.replications;
    estimate_columns(set, probe);
    bool is_settled = judge_criteria(set, probe);
    run->look++;
    if (run->stage == PROBE_SHORT) {
        if (is_settled && are_wanted_known(set, probe))
            return finish(set, probe, err);
        if (run->look < set->machine->short_plan.looks)
            return true;
        end_stage(run);
        run->stage = PROBE_WHOLE;
        run->look = 0;
    } else if (is_settled || run->look == plan_of(set, probe, PROBE_WHOLE)->looks) {
        return finish(set, probe, err);
    }
    return true;
}

/* ---- rounds ------------------------------------------------------------------------------ */

static void make_groups(struct probe_set *set)
{
    struct probe_machine *machine = set->machine;
    if (machine->group_count >= set->group_count)
        return;
    void *groups = arena_array(machine->arena, set->group_count, sizeof *machine->groups);
    if (machine->group_count > 0)
        memcpy(groups, machine->groups, machine->group_count * sizeof *machine->groups);
    machine->groups = groups;
    machine->group_count = set->group_count;
}

static void add_task(struct probe_round *round, struct task task)
{
    task.first_job = round->jobs;
    task.jobs = task.result->started - task.first_replication;
    round->jobs += task.jobs;
    struct task *kept = &round->tasks[round->count++];
    *kept = task;
    atomic_init(&kept->unfinished, task.jobs);
}

/* Adds what the group has not yet run of a look. */
static void add_group(struct probe_round *round, size_t index, const struct stopping_plan *plan,
                      enum probe_stage stage, size_t look)
{
    struct probe_machine *machine = round->set->machine;
    const struct probe_group *group = &round->set->groups[index];
    struct group_look *looks = machine->groups[index][stage];
    if (looks[look].results || group->count == 0)
        return;
    size_t rows = plan->replications[look], before = look > 0 ? plan->replications[look - 1] : 0;
    looks[look].results = arena_array(machine->arena, group->count, sizeof *looks[look].results);
    atomic_init(&looks[look].unfinished, (rows - before) * group->count);
    for (size_t i = 0; i < group->count; i++) {
        struct study_result *result = &looks[look].results[i];
        const struct study_setting *setting = &group->settings[stage][i];
        if (look == 0)
            gather_open(result, setting, machine->arena);
        else
            gather_copy(result, &looks[look - 1].results[i], setting, machine->arena);
        gather_grow(result, setting, rows, machine->arena);
        add_task(round, (struct task){.probe = NO_PROBE,
                                      .look = &looks[look],
                                      .result = result,
                                      .setting = setting,
                                      .first_replication = before});
    }
}

static void add_probe(struct probe_round *round, size_t index)
{
    struct probe *probe = &round->set->probes[index];
    struct probe_run *run = probe->run;
    const struct study_setting *setting = &probe->settings[run->stage];
    if (!run->arena) {
        run->arena = arena_open();
        gather_open(&run->result, setting, run->arena);
    }
    size_t before = run->result.started;
    gather_grow(&run->result, setting,
                plan_of(round->set, probe, run->stage)->replications[run->look], run->arena);
    struct group_look *looks = round->set->machine->groups[probe->group][run->stage];
    add_task(round, (struct task){.probe = (long)index,
                                  .look = is_compared(probe) ? &looks[run->look] : NULL,
                                  .result = &run->result,
                                  .setting = setting,
                                  .first_replication = before});
}

/* Makes ready a probe that is to be run no further than `most`; false: there is nothing to run. */
static bool prepare(struct probe_set *set, struct probe *probe, enum probe_stage most)
{
    if (probe->is_finished)
        return false;
    if (!probe->run) {
        const struct study_setting *whole = &probe->settings[PROBE_WHOLE];
        bool has_short = probe->settings[PROBE_SHORT].replicate != NULL;
        if (!has_short && most == PROBE_SHORT)
            return false;
        struct arena *arena = set->machine->arena;
        probe->decisions = arena_array(arena, whole->criterion_count, sizeof *probe->decisions);
        probe->estimates = arena_array(arena, whole->column_count, sizeof *probe->estimates);
        probe->verdict = VERDICT_NONE;
        probe->run = arena_alloc(arena, sizeof *probe->run);
        probe->run->has_passed =
            arena_array(arena, whole->criterion_count, sizeof *probe->run->has_passed);
        probe->run->stage = has_short ? PROBE_SHORT : PROBE_WHOLE;
    }
    size_t next = plan_of(set, probe, probe->run->stage)->replications[probe->run->look];
    if (probe->run->stage == PROBE_WHOLE && set->most_whole > 0 && next > set->most_whole)
        return false;
    return probe->run->stage <= most;
}

/* What a probe holds while it is run: a histogram of times of the same kind has some 16 octaves;
 * each replication has a value and a weight in each column. */
static size_t bytes_of(const struct probe_set *set, const struct probe *probe)
{
    const struct study_setting *whole = &probe->settings[PROBE_WHOLE];
    size_t row = whole->column_count * (sizeof(double) + sizeof(double));
    return whole->histogram_count * 16 * HISTOGRAM_OCTAVE * sizeof(uint64_t) +
           set->options.max_replications * row;
}

/* So many probes at once that neither their number nor that of replications fills the memory. */
static size_t capacity(const struct probe_set *set)
{
    size_t largest = 1;
    for (size_t i = 0; i < set->count; i++) {
        size_t bytes = bytes_of(set, &set->probes[i]);
        largest = bytes > largest ? bytes : largest;
    }
    size_t most = MAX_BYTES / largest;
    return most > 8 ? most : 8;
}

/* Those that have begun go on first: what they hold is given back soonest. */
static struct probe_round make_round(struct probe_set *set, const size_t *chosen, size_t count,
                                     enum probe_stage most, struct arena *arena)
{
    size_t room = capacity(set), taken_count = 0, settings = 0;
    size_t *taken = arena_array(arena, count, sizeof *taken);
    make_groups(set);
    for (int has_begun = 1; has_begun >= 0; has_begun--)
        for (size_t i = 0; i < count && taken_count < room; i++) {
            struct probe *probe = &set->probes[chosen[i]];
            if (!prepare(set, probe, most) || (probe->run->arena != NULL) != has_begun)
                continue;
            taken[taken_count++] = chosen[i];
            settings += 1 + set->groups[probe->group].count;
        }
    struct probe_round round = {.set = set,
                                .tasks = arena_array(arena, settings, sizeof *round.tasks)};
    for (size_t i = 0; i < taken_count; i++) {
        const struct probe *probe = &set->probes[taken[i]];
        if (is_compared(probe))
            add_group(&round, probe->group, plan_of(set, probe, probe->run->stage),
                      probe->run->stage, probe->run->look);
    }
    for (int stage = PROBE_WHOLE; stage >= PROBE_SHORT; stage--) /* long jobs first */
        for (size_t i = 0; i < taken_count; i++)
            if (set->probes[taken[i]].run->stage == (enum probe_stage)stage)
                add_probe(&round, taken[i]);
    return round;
}

static struct task *find_task(const struct probe_round *round, size_t job)
{
    size_t low = 0, high = round->count; /* tasks[low].first_job <= job */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (round->tasks[middle].first_job <= job)
            low = middle;
        else
            high = middle;
    }
    return &round->tasks[low];
}

static size_t replication_of(const struct task *task, size_t job)
{
    return task->first_replication + job - task->first_job;
}

static bool is_ready(const struct task *task)
{
    return !task->look || atomic_load(&task->look->unfinished) == 0;
}

/* A job of the task is done: was it the last that its probe waited for? */
static bool note_done(struct probe_round *round, struct task *task, struct error *err)
{
    if (task->probe == NO_PROBE) {
        atomic_fetch_sub(&task->look->unfinished, 1);
    } else if (atomic_fetch_sub(&task->unfinished, 1) == 1 && is_ready(task)) {
        task->is_concluded = true;
        return conclude(round->set, &round->set->probes[task->probe], err);
    }
    return true;
}

/* A job is about to begin: is it the first of its probe? */
static void begin_job(void *context, size_t job)
{
    struct probe_round *round = context;
    const struct probe_set *set = round->set;
    const struct task *task = find_task(round, job);
    if (!set->begun || task->probe == NO_PROBE || task->first_job != job ||
        task->first_replication > 0)
        return;
    const struct probe *probe = &set->probes[task->probe];
    if (probe->run->stage == PROBE_WHOLE && probe->settings[PROBE_SHORT].replicate)
        return;
    pthread_mutex_lock(&set->machine->finishing);
    set->begun(set->finished_context, (size_t)task->probe);
    pthread_mutex_unlock(&set->machine->finishing);
}

static bool run_job(void *context, size_t job, struct arena *arena, struct error *err)
{
    struct probe_round *round = context;
    struct task *task = find_task(round, job);
    struct probe_machine *machine = round->set->machine;
    begin_job(context, job);
    return gather_replicate(task->result, task->setting, replication_of(task, job),
                            &machine->merging[(size_t)(task - round->tasks) % STRIPES], arena,
                            err) &&
           note_done(round, task, err);
}

static bool ship_job(void *context, size_t job, struct arena *arena, struct parcel *parcel,
                     struct error *err)
{
    const struct task *task = find_task(context, job);
    return gather_ship(task->setting, replication_of(task, job), arena, parcel, err);
}

static bool take_job(void *context, size_t job, struct parcel *parcel, struct arena *arena,
                     struct error *err)
{
    struct task *task = find_task(context, job);
    (void)arena;
    return gather_take(task->result, task->setting, replication_of(task, job), parcel, err) &&
           note_done(context, task, err);
}

/* Probes whose references were not ready when they were. */
static bool conclude_rest(struct probe_round *round, struct error *err)
{
    for (size_t i = 0; i < round->count; i++) {
        struct task *task = &round->tasks[i];
        if (task->probe != NO_PROBE && !task->is_concluded && atomic_load(&task->unfinished) == 0 &&
            is_ready(task))
            if (!conclude(round->set, &round->set->probes[task->probe], err))
                return false;
    }
    return true;
}

bool probe_set_run(struct probe_set *set, const size_t *chosen, size_t count, enum probe_stage most,
                   struct error *err)
{
    struct arena *scratch = arena_open();
    bool ok = true;
    while (ok && !set->is_interrupted) {
        struct probe_round round = make_round(set, chosen, count, most, scratch);
        if (round.count == 0)
            break;
        bool *done = arena_array(scratch, round.jobs, sizeof *done);
        struct work work = {run_job, ship_job, take_job, begin_job, &round};
        ok = executor_run(&set->options.workers, &work, round.jobs, done, err);
        for (size_t job = 0; job < round.jobs; job++)
            set->is_interrupted |= !done[job];
        ok = ok && conclude_rest(&round, err);
        arena_reset(scratch);
    }
    arena_close(scratch);
    return ok;
}
