/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants as code: they hold after every event of an engine that is right, and each is
 * missed when the state is made wrong, or the engine forgets something, on purpose. */
#include "models/engine/invariants.h"
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/engine/watched_loop.h"
#include "models/stations/station_checks.h"
#include "sim/kernel/kernel_checks.h"
#include "tests/support/rollout_trial.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* ---- a system that has everything ---- */

enum { STEPS = 5 };

/* Of half the requests that come somebody waits in each station; `broom` empties the buffer. */
static struct scenario *build_everything(void)
{
    struct pool_spec pool = build_pool("pool", POOL_CONNECTIONS, 2);
    struct cpu_spec cpu = build_cpu("cpu", 1500);
    struct limiter_spec *limiter = arena_alloc(arena, sizeof *limiter);
    struct buffer_spec *buffer = arena_alloc(arena, sizeof *buffer);
    struct step inside[2] = {build_delay(law_exponential(arena, 0.02)),
                             build_work(0, law_exponential(arena, 0.015))};
    struct step steps[STEPS] = {build_hold(arena, 0, inside, 2), build_plain(STEP_PASS, 0),
                                build_plain(STEP_PUT, 0), build_work(0, law_constant(arena, 0.004)),
                                build_delay(law_exponential(arena, 0.01))};
    struct step drain = build_plain(STEP_DRAIN, 0);
    steps[3].timeout_ns = 40000000;
    steps[2].size = law_exponential(arena, 300);
    pool.acquire_timeout = law_constant(arena, 0.2);
    struct class_spec worker = build_class(arena, NULL, 1, 0, steps, STEPS);
    struct class_spec broom = build_class(arena, NULL, 1, 0, &drain, 1);
    struct workload_spec workloads[2] = {
        build_workload(arena, "w", law_exponential(arena, 0.02), &worker, 1),
        build_workload(arena, "broom", law_constant(arena, 0.1), &broom, 1)};
    struct scenario *scenario = build_scenario(arena, &pool, 1, workloads, 2, 100);
    build_add_cpus(arena, scenario, &cpu, 1);
    *limiter = build_limiter("limiter", 45, 2);
    limiter->is_waiting = true;
    *buffer = build_buffer("buffer", 1000);
    buffer->is_waiting = true;
    scenario->limiters = limiter;
    scenario->buffers = buffer;
    scenario->limiter_count = scenario->buffer_count = 1;
    return scenario;
}

static struct replication_state *begin(const struct scenario *scenario)
{
    static struct error err;
    err = (struct error){.status = STATUS_OK};
    const struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    return replication_create(model, 7, arena, &err);
}

/* Somebody waits in every station, for ones that have not been asked for. */
static bool is_crowded(const struct replication_state *system)
{
    return system->pools[0].waiting >= 2 && system->cpus[0].jobs->level >= 2 &&
           system->limiters[0].waiting.count >= 2 && system->buffers[0].waiting.count >= 2 &&
           events_next_time(&system->timers) != EVENTS_NEVER;
}

/* ---- watching ---- */

/* Checks after every event; `spoil` makes the engine wrong. */
struct checker {
    struct watcher watcher;
    struct replication_state *system;
    void (*spoil)(struct replication_state *system);
    struct broken_invariant broken;
    uint64_t events, crowded;
};

static void begin_nothing(struct watcher *watcher, const struct replication_state *system,
                          bool is_alarm, uint32_t number)
{
}

static void note_nothing(struct watcher *watcher, const struct replication_state *system,
                         uint32_t id)
{
}

static void check(struct watcher *watcher, const struct replication_state *system)
{
    struct checker *checker = (struct checker *)(void *)watcher;
    checker->events++;
    checker->crowded += is_crowded(system);
    if (!checker->broken.what)
        invariants_hold(system, true, &checker->broken);
    if (checker->spoil)
        checker->spoil(checker->system);
}

static struct checker watch(const struct scenario *scenario, int64_t until,
                            void (*spoil)(struct replication_state *system))
{
    struct replication_state *system = begin(scenario);
    struct checker checker = {
        .watcher = {begin_nothing, note_nothing, check}, .system = system, .spoil = spoil};
    assert_true(watched_loop_run_until(system, until, &checker.watcher));
    return checker;
}

static void all_hold_after_every_event_of_a_system_that_has_everything(void **state)
{
    struct checker checker = watch(build_everything(), 100000000000, NULL);
    if (checker.broken.what)
        fail_msg("%s", checker.broken.what);
    assert_true(checker.events > 20000);
    assert_true(checker.crowded > 100);
}

static void the_loop_that_is_watched_has_the_same_events(void **state)
{
    const struct scenario *scenario = build_everything();
    struct checker checker = watch(scenario, 50000000000, NULL);
    struct replication_state *fast = begin(scenario);
    assert_true(replication_run_until(fast, 50000000000));
    assert_true(fast->event_hash != 0);
    assert_true(fast->event_hash == checker.system->event_hash);
    assert_true(replication_run_until(fast, 50100000000));
    assert_true(fast->event_hash != checker.system->event_hash);
}

/* ---- states that are wrong ---- */

static void root_is_wrong(struct replication_state *system)
{
    system->timers.node[1] = 0;
}

static void slot_is_anothers(struct replication_state *system)
{
    uint32_t id = events_next_id(&system->timers);
    system->timers.slot_of[id] = (system->timers.slot_of[id] + 1) % system->timers.width;
}

static void orders_begin_again(struct replication_state *system)
{
    system->timers.order = 0;
}

static void day_is_marked(struct replication_state *system)
{
    struct calendar *calendar = &system->events;
    uint32_t word = 0;
    while (calendar->busy[word] == UINT64_MAX)
        word++;
    calendar->busy[word] |= calendar->busy[word] + 1;
}

static void first_is_too_early(struct replication_state *system)
{
    system->events.first_time--;
}

static void ring_is_open(struct replication_state *system)
{
    uint32_t id = 0;
    while (id < system->lines && system->events.entry[id].next == CALENDAR_NONE)
        id += system->lines_each;
    assert_true(id < system->lines);
    system->events.entry[id].previous = id + 1;
}

static void more_are_busy(struct replication_state *system)
{
    system->pools[0].busy->level += 1;
}

static void one_could_be_opened(struct replication_state *system)
{
    system->pools[0].max++;
}

static void line_is_cut(struct replication_state *system)
{
    struct queue_line *line = &system->pools[0].lines[0];
    line->last = line->first;
}

static void line_is_out_of_order(struct replication_state *system)
{
    replication_request(system, system->pools[0].lines[0].first)->since = system->now + 1;
}

static void first_has_waited_too_long(struct replication_state *system)
{
    replication_request(system, system->pools[0].lines[0].first)->since -= 1000000000;
}

static void core_is_idle(struct replication_state *system)
{
    system->cpus[0].busy->level -= 500;
}

static void work_is_done_long_ago(struct replication_state *system)
{
    system->cpus[0].virtual_time += (wide_uint)1 << 100;
}

static void job_is_in_another_slot(struct replication_state *system)
{
    struct cpu *cpu = &system->cpus[0];
    replication_request(system, cpu->places[cpu->winner[1]].id)->previous++;
}

static void bucket_is_in_debt(struct replication_state *system)
{
    system->limiters[0].full_at += 4 * system->limiters[0].interval;
}

static void token_is_there(struct replication_state *system)
{
    system->limiters[0].full_at = 0;
}

static void limiter_forgets_one(struct replication_state *system)
{
    system->limiters[0].waiting.count--;
}

static void buffer_overflows(struct replication_state *system)
{
    struct buffer *buffer = &system->buffers[0];
    buffer->put_bytes += 1000;
    buffer->level->level += 1000;
}

static void buffer_is_empty(struct replication_state *system)
{
    struct buffer *buffer = &system->buffers[0];
    buffer->drained_bytes += buffer->level->level;
    buffer->level->level = 0;
}

static void byte_is_lost(struct replication_state *system)
{
    system->buffers[0].put_bytes++;
}

static void buffer_forgets_one(struct replication_state *system)
{
    system->buffers[0].queue->level--;
}

static void event_is_lost(struct replication_state *system)
{
    calendar_cancel(&system->events, calendar_next_id(&system->events));
}

static void waiting_one_is_ready(struct replication_state *system)
{
    system->ready_first = system->pools[0].lines[0].first;
}

static void waiting_one_works(struct replication_state *system)
{
    replication_request(system, system->limiters[0].waiting.lines[0].first)->state.phase =
        PHASE_WAITING;
}

static void class_forgets_one(struct replication_state *system)
{
    system->classes[0].in_system->level--;
}

static void request_holds_nothing(struct replication_state *system)
{
    for (uint32_t id = 0; id < system->lines; id += system->lines_each)
        if (replication_request(system, id)->state.phase != PHASE_FREE)
            replication_request(system, id)->state.held_count = 0;
}

static const struct spoiled_state {
    const char *invariant;
    void (*spoil)(struct replication_state *system);
} spoiled[] = {
    {"events (1)", root_is_wrong},
    {"events (2)", slot_is_anothers},
    {"events (3)", orders_begin_again},
    {"calendar (1)", day_is_marked},
    {"calendar (2)", first_is_too_early},
    {"calendar (3)", ring_is_open},
    {"pool (1)", more_are_busy},
    {"pool (2)", one_could_be_opened},
    {"pool (3)", line_is_cut},
    {"pool (3)", line_is_out_of_order},
    {"pool (4)", first_has_waited_too_long},
    {"cpu (1)", core_is_idle},
    {"cpu (2)", work_is_done_long_ago},
    {"cpu (3)", job_is_in_another_slot},
    {"limiter (1)", bucket_is_in_debt},
    {"limiter (2)", token_is_there},
    {"limiter (3)", limiter_forgets_one},
    {"buffer (1)", buffer_overflows},
    {"buffer (2)", buffer_is_empty},
    {"buffer (3)", byte_is_lost},
    {"buffer (4)", buffer_forgets_one},
    {"replication (1)", event_is_lost},
    {"replication (2)", waiting_one_is_ready},
    {"limiter (3)", waiting_one_works},
    {"replication (4)", class_forgets_one},
    {"replication (4)", request_holds_nothing},
};

/* Between two events in which somebody waits everywhere. */
static struct replication_state *make_crowded(void)
{
    struct replication_state *system = begin(build_everything());
    struct broken_invariant broken;
    assert_true(replication_run_until(system, 10000000000)); /* the calendar has found its days */
    while (!is_crowded(system))
        assert_true(replication_run_until(system, system->now + 1000000));
    assert_true(invariants_hold(system, true, &broken));
    return system;
}

static void each_is_missed_when_it_is_broken(void **state)
{
    for (size_t i = 0; i < sizeof spoiled / sizeof *spoiled; i++) {
        struct replication_state *system = make_crowded();
        struct broken_invariant broken;
        spoiled[i].spoil(system);
        if (invariants_hold(system, true, &broken))
            fail_msg("%s was broken, and nothing was found (%zu)", spoiled[i].invariant, i);
        if (strncmp(broken.what, spoiled[i].invariant, strlen(spoiled[i].invariant)) != 0)
            fail_msg("%s was broken, and found was %s", spoiled[i].invariant, broken.what);
        arena_reset(arena);
    }
}

/* ---- engines that are wrong ---- */

static void time_outs_are_forgotten(struct replication_state *system)
{
    alarms_set(&system->alarms, system->pools[0].timeout_alarm, ALARMS_NEVER);
}

static void nobody_is_woken_for_tokens(struct replication_state *system)
{
    alarms_set(&system->alarms, system->limiters[0].alarm, ALARMS_NEVER);
}

static void work_never_ends(struct replication_state *system)
{
    alarms_set(&system->alarms, system->cpus[0].alarm, ALARMS_NEVER);
}

static void connections_leak(struct replication_state *system)
{
    system->pools[0].busy->level = 2;
}

static void an_engine_that_forgets_something_is_found_out(void **state)
{
    static const struct spoiled_state engines[] = {{"pool (4)", time_outs_are_forgotten},
                                                   {"limiter (2)", nobody_is_woken_for_tokens},
                                                   {"cpu (2)", work_never_ends},
                                                   {"pool (1)", connections_leak}};
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        struct checker checker = watch(build_everything(), 20000000000, engines[i].spoil);
        assert_non_null(checker.broken.what);
        if (strncmp(checker.broken.what, engines[i].invariant, strlen(engines[i].invariant)) != 0)
            fail_msg("%s was broken, and found was %s", engines[i].invariant, checker.broken.what);
        arena_reset(arena);
    }
}

/* ---- rollouts ---- */

/* A trial in which a replica of several is not up. */
static bool open_rollout(struct rollout_trial *trial, uint32_t number)
{
    rollout_trial_make(trial, arena, number);
    rollout_trial_open(trial, true);
    if (trial->rollout.service == SPEC_NO_SERVICE || rollout_is_reload(&trial->rollout))
        return false;
    while (trial->system->now < trial->from->run.duration_ns && trial->system->rollout->away == 0)
        assert_true(replication_run_until(trial->system, trial->system->now + 100000));
    const struct rollout *rollout = trial->system->rollout;
    return rollout->away > 0 && rollout->replicas[0].phase == REPLICA_DOWN;
}

static void replica_takes_requests(struct replication_state *system)
{
    system->services[system->rollout->spec->service].is_out[0] = false;
}

static void replica_has_requests(struct replication_state *system)
{
    system->services[system->rollout->spec->service].present[0] = 1;
}

static void batch_is_smaller(struct replication_state *system)
{
    system->rollout->batch_size = 0;
}

static void capacity_is_kept(struct replication_state *system)
{
    system->rollout->capacity[layout_capacity(&system->rollout->model->layout, STATION_POOL, 0)]
        .level += 5;
}

static void those_of_a_rollout_are_missed_when_they_are_broken(void **state)
{
    static const struct spoiled_state rollouts[] = {{"rollout (1)", replica_takes_requests},
                                                    {"rollout (2)", replica_has_requests},
                                                    {"rollout (3)", batch_is_smaller},
                                                    {"rollout (5)", capacity_is_kept}};
    uint32_t found = 0;
    for (uint32_t number = 0; found < 40 && number < 2000; number++, arena_reset(arena)) {
        struct rollout_trial trial;
        if (!open_rollout(&trial, number))
            continue;
        const struct spoiled_state *way = &rollouts[found++ % 4];
        assert_null(rollout_check(trial.system));
        way->spoil(trial.system);
        const char *broken = rollout_check(trial.system);
        if (!broken)
            fail_msg("%s was broken, and nothing was found", way->invariant);
        assert_true(strncmp(broken, way->invariant, strlen(way->invariant)) == 0);
    }
    assert_int_equal(found, 40);
}

/* ---- how the program ends ---- */

/* What a child says that ends as a failed assert does. */
static void read_end_of(void (*act)(struct replication_state *system), char *text, size_t size)
{
    struct replication_state *system = make_crowded();
    int ends[2], status;
    size_t length = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        act(system);
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t got; (got = read(ends[0], text + length, size - 1 - length)) > 0;)
        length += (size_t)got;
    text[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void assert_broken_pool(struct replication_state *system)
{
    first_has_waited_too_long(system);
    system->unchecked = UINT32_MAX - 1;
    invariants_assert(system);
}

static void assert_illegal_phase(struct replication_state *system)
{
    uint32_t id = system->pools[0].lines[0].first;
    invariants_assert_phase(system, replication_request(system, id), PHASE_WORKING);
}

static void assert_passed_over(struct replication_state *system)
{
    const struct queue_line *line = &system->pools[0].lines[0];
    invariants_assert_order(system, replication_request(system, line->last), line->first);
}

static void the_message_has_the_time_the_replication_and_the_request(void **state)
{
    char text[2000];
    read_end_of(assert_broken_pool, text, sizeof text);
    assert_non_null(
        strstr(text, "pool (4): somebody waits past the end of the time limit: pool; at "));
    assert_non_null(strstr(text, " s, replication 7, request w:"));
    assert_non_null(strstr(text, "(waiting)"));
    read_end_of(assert_illegal_phase, text, sizeof text);
    assert_non_null(
        strstr(text, "a phase that cannot follow on the one that it is in: working; at "));
    read_end_of(assert_passed_over, text, sizeof text);
    assert_non_null(strstr(text, "pool (5): one who came later is served first; at "));
}

static void a_request_that_ends_can_come_from_anywhere_but_a_free_record(void **state)
{
    for (int from = PHASE_READY; from < PHASES; from++)
        assert_true(request_phase_may_follow((enum request_phase)from, PHASE_FREE));
    assert_false(request_phase_may_follow(PHASE_FREE, PHASE_FREE));
    assert_false(request_phase_may_follow(PHASE_WAITING, PHASE_WORKING));
    assert_false(request_phase_may_follow(PHASE_THINKING, PHASE_DELAYED));
    assert_true(request_phase_may_follow(PHASE_WAITING, PHASE_OPENING));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_hold_after_every_event_of_a_system_that_has_everything),
        cmocka_unit_test(the_loop_that_is_watched_has_the_same_events),
        cmocka_unit_test(each_is_missed_when_it_is_broken),
        cmocka_unit_test(an_engine_that_forgets_something_is_found_out),
        cmocka_unit_test(those_of_a_rollout_are_missed_when_they_are_broken),
        cmocka_unit_test(the_message_has_the_time_the_replication_and_the_request),
        cmocka_unit_test(a_request_that_ends_can_come_from_anywhere_but_a_free_record),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
