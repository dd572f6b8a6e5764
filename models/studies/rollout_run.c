/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/rollout_run.h"
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/engine/rollout.h"
#include "models/metrics/metric_value.h"
#include "models/studies/rollout_columns.h"
#include "models/studies/rollout_way.h"
#include <math.h>

static const double NS_PER_S = 1e9;

enum { NO_PHASE = -1 };

static const struct metrics *metrics_of(const struct rollout_run *course)
{
    return &course->system->model->metrics;
}

/* Writes one value of the study, unless there is none. */
static void put(struct rollout_run *course, size_t column, double value)
{
    course->whole->value[column] = value;
    course->whole->weight[column] = isnan(value) ? 0 : 1;
}

static double seconds_since_change(const struct rollout_run *course, int64_t time)
{
    return time == SPEC_NEVER || time == ALERT_NEVER ? NAN
                                                     : (double)(time - course->change) / NS_PER_S;
}

/* ---- phases ---------------------------------------------------------------------------------- */

static const struct metric_source *source_of(const struct rollout_run *course, size_t metric)
{
    return &metrics_of(course)->sources[course->rehearsal->metrics[metric].column];
}

static void begin_phase(struct rollout_run *course, struct rollout_run_phase *phase, size_t number)
{
    struct replication_state *system = course->system;
    replication_bring_up_to_date(system);
    phase->number = (int)number;
    snapshot_take(&system->model->layout, &system->statistics, system->now, &phase->start);
    for (size_t m = 0; m < course->rehearsal->metric_count; m++) {
        const struct metric_source *source = source_of(course, m);
        struct time_average *level = &system->statistics.levels[source->at[0]];
        if (source->kind == SOURCE_LEVEL_MAX)
            level->largest = level->level;
    }
}

static double value_since(struct rollout_run *course, int column, const struct snapshot *from)
{
    double weight;
    return metric_value(&metrics_of(course)->sources[column], from, &course->system->statistics,
                        course->system->now, NULL, course->scratch, &weight);
}

/* What all batches together had at most is the most of theirs: the level's own maximum starts
 * afresh with each phase. */
static double metric_of_phase(struct rollout_run *course, const struct rollout_run_phase *phase,
                              size_t m)
{
    bool is_max = source_of(course, m)->kind == SOURCE_LEVEL_MAX;
    double *most = &course->rollout_largest[m];
    if (is_max && phase == &course->rollout)
        return *most;
    double value = value_since(course, course->rehearsal->metrics[m].column, &phase->start);
    if (is_max && course->rollout.number != NO_PHASE)
        *most = fmax(*most, value);
    return value;
}

static void end_phase(struct rollout_run *course, struct rollout_run_phase *phase)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    size_t number = (size_t)phase->number;
    int64_t length = course->system->now - phase->start.time;
    bool is_kept = phase->number != NO_PHASE && course->kind == ROLLOUT_RUN_CHANGE;
    replication_bring_up_to_date(course->system);
    if (is_kept) {
        put(course, rollout_columns_phase(rehearsal, number, PHASE_BEGIN),
            seconds_since_change(course, phase->start.time));
        put(course, rollout_columns_phase(rehearsal, number, PHASE_LENGTH),
            (double)length / NS_PER_S);
        for (size_t m = 0; m < rehearsal->metric_count && length > 0; m++) {
            double value = metric_of_phase(course, phase, m);
            put(course, rollout_columns_metric(rehearsal, number, m), value);
            rollout_way_note_phase(course, number, m, value);
        }
    }
    phase->number = NO_PHASE;
}

/* The phase of a single batch or of the watch, and that of all batches. */
static void end_phases(struct rollout_run *course)
{
    end_phase(course, &course->phase);
    if (course->rollout.number != NO_PHASE)
        end_phase(course, &course->rollout);
}

/* ---- rules ----------------------------------------------------------------------------------- */

/* What "before" was is known when the rollout begins. */
static void set_limits(struct rollout_run *course)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    replication_bring_up_to_date(course->system);
    for (size_t i = 0; i < rehearsal->rule_count; i++) {
        const struct rollout_rule *rule = rollout_columns_find_rule(rehearsal, i);
        if (!rule->is_relative)
            continue;
        int column = rehearsal->rule_column[i];
        bool larger_is_better = metrics_of(course)->columns[column].larger_is_better;
        double before = value_since(course, column, &course->phase.start);
        course->rules[i].op = larger_is_better ? COMPARISON_LESS : COMPARISON_GREATER;
        course->rules[i].limit = before * (larger_is_better ? 1 - rule->margin : 1 + rule->margin);
    }
}

static void begin_rules(struct rollout_run *course, struct arena *arena)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    course->rules = arena_array(arena, rehearsal->rule_count, sizeof *course->rules);
    course->alerts = arena_array(arena, rehearsal->rule_count, sizeof *course->alerts);
    for (size_t i = 0; i < rehearsal->rule_count; i++) {
        const struct rollout_rule *rule = rollout_columns_find_rule(rehearsal, i);
        course->alerts[i] = alert_begin();
        course->rules[i] = (struct alert_rule){.op = rule->when.op,
                                               .limit = rule->is_relative ? NAN : rule->when.limit,
                                               .hold_ns = rule->for_ns};
    }
}

/* Looks at every rule at the end of a window. Returns whether a rollback rule trips now. */
static bool evaluate_rules(struct rollout_run *course)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    bool trips = false;
    course->is_bad = false;
    for (size_t i = 0; i < rehearsal->rule_count; i++) {
        struct alert *alert = &course->alerts[i];
        double value = course->windows.values[rehearsal->rule_watch[i][course->which]];
        rollout_way_note_rule(course, i, value);
        bool fires = alert_evaluate(alert, &course->rules[i], course->system->now, value);
        if (i < rehearsal->rollout->alert_count)
            continue;
        trips |= fires;
        course->is_bad |= alert->phase != ALERT_INACTIVE;
    }
    if (course->is_bad)
        course->last_bad = course->system->now;
    return trips;
}

static void observe_rules(struct rollout_run *course)
{
    static const enum rule_value fired[] = {RULE_FIRED, RULE_HEALTHY_FIRED};
    static const enum rule_value first[] = {RULE_FIRST, RULE_HEALTHY_FIRST};
    const struct rollout_study *rehearsal = course->rehearsal;
    int healthy = course->kind == ROLLOUT_RUN_HEALTHY;
    for (size_t i = 0; i < rehearsal->rule_count; i++) {
        const struct alert *alert = &course->alerts[i];
        put(course, rollout_columns_rule(rehearsal, i, fired[healthy]),
            alert->first_fired != ALERT_NEVER);
        put(course, rollout_columns_rule(rehearsal, i, first[healthy]),
            seconds_since_change(course, alert->first_fired));
        if (!healthy)
            put(course, rollout_columns_rule(rehearsal, i, RULE_FIRING_TIME),
                (double)alert_firing_time(alert, course->system->now) / NS_PER_S);
    }
}

/* ---- the way of a course --------------------------------------------------------------------- */

static void note_batch(void *context, int batch)
{
    struct rollout_run *course = context;
    const struct rollout_study *rehearsal = course->rehearsal;
    if (batch == ROLLOUT_ALL_UP)
        return;
    size_t number = rollout_study_phase_of_batch(rehearsal, batch);
    if (course->phase.number == (int)number)
        return;
    if (batch == 0)
        set_limits(course);
    end_phase(course, &course->phase);
    if (batch == 0)
        begin_phase(course, &course->rollout, rollout_study_phase_rollout(rehearsal));
    begin_phase(course, &course->phase, number);
}

static void begin_watch(struct rollout_run *course)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    struct replication_state *system = course->system;
    bool is_healthy = course->kind == ROLLOUT_RUN_HEALTHY;
    size_t base = is_healthy ? rehearsal->healthy_base : 0;
    size_t histograms = rehearsal->setting.histogram_count / 2;
    end_phases(course);
    if (!is_healthy) {
        system->model = rehearsal->after;
        course->which = 1;
    }
    replication_restart_observation(system);
    course->measured =
        (struct observation){.value = course->whole->value + base,
                             .weight = course->whole->weight + base,
                             .counts = course->whole->counts + (is_healthy ? histograms : 0)};
    presence_take(system, &course->presence);
    snapshot_take(&system->model->layout, &system->statistics, system->now, &course->zero);
    course->windows_before += course->windows.ended;
    struct windows until_now = course->windows;
    course->windows = windows_start(system, &course->measured);
    windows_carry_on(&course->windows, &until_now); /* alerts do not know of a watch */
    begin_phase(course, &course->phase, rollout_study_phase_watch(rehearsal));
    course->watch_start = system->now;
    course->end = system->now + rehearsal->rollout->watch_ns;
}

/* The whole watch has been measured. */
static void end_watch(struct rollout_run *course)
{
    struct replication_state *system = course->system;
    struct presence end = presence_make(system->model, system->arena);
    int64_t length = system->now - course->watch_start;
    end_phases(course);
    windows_finish(&course->windows, length);
    presence_take(system, &end);
    replication_observe_metrics(&course->windows, &course->zero);
    self_check_observe(system, &course->presence, &end, course->quarters, length,
                       &course->measured);
}

static void go_back(struct rollout_run *course)
{
    course->trip = course->system->now;
    course->end = SPEC_NEVER;
    end_phases(course);
    rollout_go_back(course->system);
    begin_phase(course, &course->phase, rollout_study_phase_back(course->rehearsal));
}

static void begin_aftermath(struct rollout_run *course)
{
    end_phases(course);
    begin_phase(course, &course->phase, rollout_study_phase_aftermath(course->rehearsal));
    course->end = course->system->now + ROLLOUT_AFTERMATH_NS;
}

static bool is_watch_due(const struct rollout_run *course, int64_t healthy_start)
{
    if (course->watch_start != SPEC_NEVER)
        return false;
    if (course->kind == ROLLOUT_RUN_HEALTHY)
        return course->system->now >= healthy_start;
    return course->system->rollout->stage == ROLLOUT_DONE;
}

static void keep_series(struct rollout_run *course)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    size_t window = (size_t)(course->windows_before + course->windows.ended) - 1;
    for (size_t m = 0; m < rehearsal->metric_count && window < rehearsal->windows; m++) {
        const struct rollout_study_metric *metric = &rehearsal->metrics[m];
        if (metric->is_in_series)
            put(course, metric->first_of_series + window,
                course->windows.values[metric->watch[course->which]]);
    }
}

/* A window of run.window has ended. */
static void note_window(struct rollout_run *course, int64_t healthy_start)
{
    const struct replication_state *system = course->system;
    bool trips = system->now > course->change && evaluate_rules(course);
    rollout_way_note_window(course);
    if (course->kind == ROLLOUT_RUN_CHANGE)
        keep_series(course);
    if (trips && course->kind == ROLLOUT_RUN_CHANGE && course->trip == SPEC_NEVER)
        go_back(course);
    else if (is_watch_due(course, healthy_start))
        begin_watch(course);
    else if (course->trip != SPEC_NEVER && course->end == SPEC_NEVER &&
             system->rollout->stage == ROLLOUT_BACK)
        begin_aftermath(course);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When a quarter of the time that is watched ends. */
static int64_t quarter_of(const struct rollout_run *course, int quarter)
{
    int64_t watch = course->rehearsal->rollout->watch_ns;
    return course->watch_start + (quarter == 1 ? watch / 2 : watch / 4 * (quarter + 1));
}

/* When something is to be done besides simulating. */
static int64_t next_stop(const struct rollout_run *course)
{
    int64_t now = course->system->now;
    int64_t stop = earlier(windows_next_end(&course->windows), course->end);
    if (now < course->change)
        stop = earlier(stop, course->change);
    for (int q = 0; q < SELF_CHECK_SNAPSHOTS && course->watch_start != SPEC_NEVER; q++)
        if (quarter_of(course, q) > now)
            stop = earlier(stop, quarter_of(course, q));
    return stop;
}

static void stop_here(struct rollout_run *course, int64_t healthy_start)
{
    struct replication_state *system = course->system;
    bool is_window = course->windows.clocks[0].end == system->now;
    if (system->now == course->change && course->kind == ROLLOUT_RUN_HEALTHY)
        set_limits(course);
    for (int q = 0; q < SELF_CHECK_SNAPSHOTS && course->watch_start != SPEC_NEVER; q++)
        if (system->now == quarter_of(course, q)) {
            replication_bring_up_to_date(system);
            snapshot_take(&system->model->layout, &system->statistics, system->now,
                          &course->quarters[q]);
        }
    windows_end(&course->windows);
    if (is_window)
        note_window(course, healthy_start);
}

static bool go_on(struct rollout_run *course, int64_t healthy_start)
{
    while (course->system->now < course->end) {
        if (!replication_run_until(course->system, next_stop(course)))
            return false;
        stop_here(course, healthy_start);
    }
    return true;
}

static void observe_course(struct rollout_run *course)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    const struct rollout *rollout = course->system->rollout;
    double trip = seconds_since_change(course, course->trip);
    bool has_tripped = course->trip != SPEC_NEVER, is_well = !course->is_bad;
    const double values[ROLLOUT_RUN_VALUES] = {
        [ROLLOUT_RUN_ROLLOUT_TIME] = seconds_since_change(course, rollout->done),
        [ROLLOUT_RUN_CUT] = (double)rollout->cut,
        [ROLLOUT_RUN_UNSERVED] = (double)rollout->unserved,
        [ROLLOUT_RUN_LOST] = (double)rollout->lost,
        [ROLLOUT_RUN_TRIPPED] = has_tripped,
        [ROLLOUT_RUN_TRIP] = trip,
        [ROLLOUT_RUN_ROLLBACK_TIME] = seconds_since_change(course, rollout->back) - trip,
        [ROLLOUT_RUN_RECOVERED] = has_tripped ? (double)is_well : NAN,
        [ROLLOUT_RUN_RECOVERY_TIME] =
            has_tripped && is_well ? seconds_since_change(course, course->last_bad) - trip : NAN};
    for (int v = 0; v < ROLLOUT_RUN_VALUES; v++)
        put(course, rollout_columns_course(rehearsal, (enum rollout_run_value)v), values[v]);
}

/* ---- beginning ------------------------------------------------------------------------------- */

static void make_room(struct rollout_run *course, struct arena *arena)
{
    const struct model *model = course->rehearsal->before;
    const bool *needs = model->metrics.needs_buckets; /* of windows of run.window */
    course->phase =
        (struct rollout_run_phase){NO_PHASE, snapshot_make(&model->layout, needs, arena)};
    course->rollout = (struct rollout_run_phase){NO_PHASE, {0}};
    if (course->kind == ROLLOUT_RUN_CHANGE)
        course->rollout.start = snapshot_make(&model->layout, needs, arena);
    course->zero = snapshot_make(&model->layout, NULL, arena);
    for (int q = 0; q < SELF_CHECK_SNAPSHOTS; q++)
        course->quarters[q] = snapshot_make(&model->layout, NULL, arena);
    course->presence = presence_make(model, arena);
    course->scratch = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *course->scratch);
    course->rollout_largest =
        arena_array(arena, course->rehearsal->metric_count, sizeof *course->rollout_largest);
    size_t columns = model->metrics.column_count; /* before the watch they are nobody's */
    course->measured = (struct observation){.value = arena_array(arena, columns, sizeof(double)),
                                            .weight = arena_array(arena, columns, sizeof(double))};
}

/* Up to the beginning of the measured time, and that. */
static bool begin(struct rollout_run *course, uint32_t replication, struct arena *arena,
                  struct error *err)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    int64_t warmup = rehearsal->before->warmup_ns;
    struct replication_state *system =
        replication_create(rehearsal->before, replication, arena, err);
    course->system = system;
    if (err->status != STATUS_OK)
        return false;
    course->start = warmup;
    course->change = warmup + rehearsal->rollout->at_ns;
    if (course->kind != ROLLOUT_RUN_HEALTHY)
        rollout_start(system, course->change);
    if (course->kind == ROLLOUT_RUN_CHANGE) {
        system->rollout->listener = note_batch;
        system->rollout->context = course;
    }
    if (!replication_run_until(system, warmup))
        return false;
    replication_restart_observation(system);
    begin_phase(course, &course->phase, 0);
    course->windows = windows_start(system, &course->measured);
    return true;
}

bool rollout_run_run(struct rollout_run *course, const struct rollout_study *rehearsal,
                     enum rollout_run_kind kind, uint32_t replication, int64_t watch_start,
                     struct arena *arena, struct observation *whole, struct error *err)
{
    *course = (struct rollout_run){.rehearsal = rehearsal,
                                   .kind = kind,
                                   .whole = whole,
                                   .watch_start = SPEC_NEVER,
                                   .end = SPEC_NEVER,
                                   .trip = SPEC_NEVER,
                                   .last_bad = SPEC_NEVER};
    make_room(course, arena);
    begin_rules(course, arena);
    rollout_way_begin(course, arena);
    if (!begin(course, replication, arena, err) || !go_on(course, watch_start))
        return false;
    if (course->trip == SPEC_NEVER)
        end_watch(course);
    else
        end_phases(course);
    if (kind != ROLLOUT_RUN_PRESSED_ON)
        observe_rules(course);
    if (kind == ROLLOUT_RUN_CHANGE)
        observe_course(course);
    rollout_way_observe(course);
    return true;
}

bool rollout_study_replicate(const void *model, uint32_t replication, struct arena *arena,
                             struct observation *observation, struct error *err)
{
    const struct rollout_study *rehearsal = model;
    struct rollout_run changed, pressed_on, healthy;
    if (!rollout_run_run(&changed, rehearsal, ROLLOUT_RUN_CHANGE, replication, SPEC_NEVER, arena,
                         observation, err))
        return false;
    int64_t watch_start = changed.watch_start;
    if (changed.trip != SPEC_NEVER) {
        if (!rollout_run_run(&pressed_on, rehearsal, ROLLOUT_RUN_PRESSED_ON, replication,
                             SPEC_NEVER, arena, observation, err))
            return false;
        watch_start = pressed_on.watch_start;
    }
    return rollout_run_run(&healthy, rehearsal, ROLLOUT_RUN_HEALTHY, replication, watch_start,
                           arena, observation, err);
}
