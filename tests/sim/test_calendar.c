/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/calendar.h"
#include "sim/random/stream.h"
#include "tests/support/support.h"
#include <math.h>

enum { IDS = 400, STEPS = 40000 };

/* The slow twin: every pending event in an array, the earliest found by looking at all of them. */
struct twin {
    int64_t time[IDS];
    uint64_t order[IDS]; /* 0: not pending */
    uint64_t last_order;
    uint32_t pending;
};

static void twin_set(struct twin *twin, uint32_t id, int64_t time)
{
    twin->time[id] = time;
    twin->order[id] = ++twin->last_order;
    twin->pending++;
}

static void twin_clear(struct twin *twin, uint32_t id)
{
    twin->pending -= twin->order[id] != 0;
    twin->order[id] = 0;
}

static uint32_t twin_first(const struct twin *twin)
{
    uint32_t first = UINT32_MAX;
    for (uint32_t id = 0; id < IDS; id++) {
        if (twin->order[id] == 0)
            continue;
        if (first == UINT32_MAX || twin->time[id] < twin->time[first] ||
            (twin->time[id] == twin->time[first] && twin->order[id] < twin->order[first]))
            first = id;
    }
    return first;
}

/* ---- delays ------------------------------------------------------------------------------- */

typedef int64_t draw_delay(struct stream *stream);

static double uniform(struct stream *stream)
{
    return stream_next_uniform(stream);
}

static int64_t none_or_few(struct stream *stream)
{
    return (int64_t)(12 * uniform(stream));
}

static int64_t constant(struct stream *stream)
{
    (void)stream;
    return 75000000;
}

static int64_t exponential(struct stream *stream)
{
    return (int64_t)(-75e6 * log(uniform(stream)));
}

/* Microseconds, or hours: whatever the days are, one of the two does not suit them. */
static int64_t short_or_long(struct stream *stream)
{
    double u = uniform(stream), scale = u < 0.5 ? 1e3 : 1e13;
    return (int64_t)(-scale * log(uniform(stream)));
}

/* From nanoseconds to centuries. */
static int64_t any_size(struct stream *stream)
{
    return (int64_t)exp2(61.0 * uniform(stream));
}

/* Ends of the same few periods: many of one time that were scheduled at different times. */
static int64_t multiple(struct stream *stream)
{
    return (int64_t)(1 + 3 * uniform(stream)) * 1000000;
}

static const struct {
    const char *name;
    draw_delay *draw;
} delays[] = {{"none or few", none_or_few}, {"constant", constant},
              {"exponential", exponential}, {"short or long", short_or_long},
              {"any size", any_size},       {"multiple", multiple}};
enum { DELAYS = sizeof delays / sizeof *delays };

/* ---- both together ------------------------------------------------------------------------- */

struct pair {
    struct calendar calendar;
    struct twin twin;
    struct stream stream;
    int64_t now;
    uint32_t wanted; /* pending, about */
};

static void schedule(struct pair *pair, uint32_t id, int64_t time)
{
    calendar_schedule(&pair->calendar, id, time);
    twin_set(&pair->twin, id, time);
}

static void pop(struct pair *pair)
{
    uint32_t first = twin_first(&pair->twin);
    assert_true(calendar_next_time(&pair->calendar) == pair->twin.time[first]);
    assert_int_equal(calendar_next_id(&pair->calendar), first);
    assert_int_equal(calendar_pop(&pair->calendar), first);
    pair->now = pair->twin.time[first];
    twin_clear(&pair->twin, first);
}

/* Schedules where there are fewer than wanted, else takes the earliest; now and then forgets one.
 * Times do not run on for ever: the year 292 is far. */
static void step(struct pair *pair, draw_delay *draw)
{
    uint32_t id = (uint32_t)(IDS * uniform(&pair->stream));
    double what = uniform(&pair->stream);
    if (what < 0.05) {
        calendar_cancel(&pair->calendar, id);
        twin_clear(&pair->twin, id);
    } else if (pair->twin.pending > 0 && (what < 0.5 || pair->twin.pending >= pair->wanted)) {
        pop(pair);
    } else if (pair->twin.order[id] == 0) {
        int64_t delay = draw(&pair->stream);
        schedule(pair, id, pair->now + (delay < INT64_MAX / 2 - pair->now ? delay : 0));
    }
}

/* Every few thousand steps another number is pending, so that the days have to follow; delays of
 * one kind, or in turn of all. */
static void follow_the_twin(struct arena *arena, int kind)
{
    static const uint32_t numbers[] = {1, 3, 50, 390, 20, 200, 0};
    struct pair *pair = arena_alloc(arena, sizeof *pair);
    *pair = (struct pair){.stream = stream_at((struct stream_key){2385, 1}, 5, (uint32_t)kind, 0)};
    calendar_init(&pair->calendar, IDS, arena);
    for (int i = 0; i < STEPS; i++) {
        pair->wanted = numbers[i * 13 / STEPS % 7];
        step(pair, delays[kind < DELAYS ? kind : i * 29 / STEPS % DELAYS].draw);
    }
    while (pair->twin.pending > 0)
        pop(pair);
    assert_true(calendar_next_time(&pair->calendar) == EVENTS_NEVER);
    assert_true(pair->twin.last_order > STEPS / 8);
}

static void events_come_in_the_order_of_a_slow_twin(void **state)
{
    for (int kind = 0; kind <= DELAYS; kind++)
        follow_the_twin(*state, kind);
}

static void an_empty_calendar_has_no_next_time(void **state)
{
    struct calendar calendar;
    calendar_init(&calendar, 3, *state);
    assert_true(calendar_next_time(&calendar) == EVENTS_NEVER);
    calendar_schedule(&calendar, 2, 0);
    assert_true(calendar_next_time(&calendar) == 0);
    calendar_cancel(&calendar, 2);
    calendar_cancel(&calendar, 2);
    assert_true(calendar_next_time(&calendar) == EVENTS_NEVER);
}

static void more_ids_leave_what_is_pending(void **state)
{
    struct calendar calendar;
    calendar_init(&calendar, 1, *state);
    calendar_schedule(&calendar, 0, 75);
    calendar_grow_ids(&calendar, 1000);
    for (uint32_t id = 1; id < 1000; id++)
        calendar_schedule(&calendar, id, 2000 - id);
    assert_int_equal(calendar_pop(&calendar), 0);
    for (uint32_t id = 999; id >= 1; id--) {
        assert_int_equal(calendar_next_time(&calendar), 2000 - id);
        assert_int_equal(calendar_pop(&calendar), id);
    }
}

/* Days of 16 ns, a year of 2048 ns; the year that begins at 1024 is this one. */
static void start_second_half(struct calendar *calendar, struct arena *arena, int64_t far_time)
{
    calendar_init(calendar, 4, arena);
    calendar->day_bits = 4;
    calendar_schedule(calendar, 0, far_time);
    calendar_schedule(calendar, 1, 1500);
    assert_int_equal(calendar_pop(calendar), 1);
    assert_int_equal(calendar_next_id(calendar), 0);
}

static void a_far_one_comes_before_those_of_its_time_and_after_earlier_ones(void **state)
{
    struct calendar calendar;
    start_second_half(&calendar, *state, 2060);
    calendar_schedule(&calendar, 2, 2060);
    assert_int_equal(calendar_next_id(&calendar), 0);
    calendar_schedule(&calendar, 3, 2059);
    assert_int_equal(calendar_pop(&calendar), 3);
    assert_int_equal(calendar_pop(&calendar), 0);
    assert_int_equal(calendar_pop(&calendar), 2);
    assert_true(calendar_next_time(&calendar) == EVENTS_NEVER);
}

static void a_far_one_that_is_forgotten_leaves_the_first_to_the_next(void **state)
{
    struct calendar calendar;
    start_second_half(&calendar, *state, 2060);
    calendar_schedule(&calendar, 2, 2070);
    calendar_cancel(&calendar, 0);
    assert_int_equal(calendar_pop(&calendar), 2);
    assert_true(calendar_next_time(&calendar) == EVENTS_NEVER);
    calendar_schedule(&calendar, 0, 50000);
    calendar_schedule(&calendar, 3, 60000);
    calendar_cancel(&calendar, 0);
    assert_true(calendar_next_time(&calendar) == 60000);
    assert_int_equal(calendar_pop(&calendar), 3);
    assert_true(calendar_next_time(&calendar) == EVENTS_NEVER);
}

/* A steady load of exponential delays: scheduled, taken, scheduled again. */
static void run_steadily(struct calendar *calendar, uint32_t pending, int rounds)
{
    struct stream stream = stream_at((struct stream_key){2385, 2}, pending, 0, 0);
    for (uint32_t id = 0; id < pending; id++)
        calendar_schedule(calendar, id, exponential(&stream));
    for (int i = 0; i < rounds; i++) {
        int64_t now = calendar_next_time(calendar);
        calendar_schedule(calendar, calendar_pop(calendar), now + exponential(&stream));
    }
}

/* Whether the days suit is seen by the steps in vain, which the order does not show. */
static void days_come_to_suit_a_steady_load(void **state)
{
    static const uint32_t pending[] = {1, 10, 50, 1000, 4000};
    for (size_t i = 0; i < sizeof pending / sizeof *pending; i++) {
        struct calendar calendar;
        calendar_init(&calendar, pending[i], *state);
        run_steadily(&calendar, pending[i], 400000);
        uint64_t steps = calendar.steps_far + calendar.steps_shared + calendar.steps_empty;
        print_message("%u pending: %u words of days of 2^%u ns, %.3f steps in vain an event\n",
                      pending[i], calendar.word_mask + 1, calendar.day_bits,
                      (double)steps / (double)calendar.scheduled);
        assert_true((double)steps < 0.25 * (double)calendar.scheduled + 100);
        assert_true(calendar.patience_bits <= 4);
    }
}

/* Returns when the last one happened. */
static int64_t take_all(struct calendar *calendar)
{
    int64_t now = 0;
    while (calendar_next_time(calendar) != EVENTS_NEVER) {
        now = calendar_next_time(calendar);
        calendar_pop(calendar);
    }
    return now;
}

/* After a crowd, one event after another does not walk over the words that the crowd had. */
static void days_are_given_back_when_few_are_pending(void **state)
{
    struct calendar calendar;
    calendar_init(&calendar, 4000, *state);
    run_steadily(&calendar, 4000, 100000);
    assert_true(calendar.word_mask >= 512);
    calendar.patience <<= 10; /* as if nothing had suited so far */
    calendar.patience_bits += 10;
    int64_t now = take_all(&calendar);
    for (int i = 0; i < 250; i++) {
        calendar_schedule(&calendar, 0, now += 75000000);
        calendar_pop(&calendar);
    }
    assert_int_equal(calendar.word_mask + 1, 2);
    assert_true(calendar.day_bits >= 18); /* the year is as long as it was */
}

/* Microseconds beside years: the days are those of the short ones, else each of these would be
 * sorted into a day of thousands. */
static void short_delays_beside_very_long_ones_get_short_days(void **state)
{
    struct calendar calendar;
    struct stream stream = stream_at((struct stream_key){2385, 3}, 0, 0, 0);
    calendar_init(&calendar, 2000, *state);
    for (uint32_t id = 0; id < 2000; id++)
        calendar_schedule(&calendar, id,
                          id % 2 == 0 ? (int64_t)1e17 : exponential(&stream) / 75000);
    for (int i = 0; i < 200000; i++) {
        int64_t now = calendar_next_time(&calendar);
        calendar_schedule(&calendar, calendar_pop(&calendar), now + exponential(&stream) / 75000);
    }
    assert_true(calendar.day_bits <= 2);
    assert_true(calendar.word_mask + 1 <= 256); /* the long ones need no days */
}

/* All but one at the same time of the year: their days are no use to the one, and in its way. */
static void one_event_does_not_walk_to_a_distant_crowd(void **state)
{
    struct calendar calendar;
    calendar_init(&calendar, 4000, *state);
    run_steadily(&calendar, 4000, 100000);
    int64_t now = calendar_next_time(&calendar);
    for (uint32_t id = 0; id < 4000; id++)
        calendar_cancel(&calendar, id);
    assert_true(calendar.word_mask >= 512);
    for (uint32_t id = 1; id < 4000; id++)
        calendar_schedule(&calendar, id, now + 100000000);
    for (int i = 0; i < 200000; i++) {
        calendar_schedule(&calendar, 0, now += 100);
        assert_int_equal(calendar_pop(&calendar), 0);
    }
    assert_true((double)calendar.steps_empty < 0.125 * (double)calendar.scheduled + 100);
}

static int setup(void **state)
{
    *state = arena_open();
    return 0;
}

static int teardown(void **state)
{
    arena_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_come_in_the_order_of_a_slow_twin, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_calendar_has_no_next_time, setup, teardown),
        cmocka_unit_test_setup_teardown(more_ids_leave_what_is_pending, setup, teardown),
        cmocka_unit_test_setup_teardown(days_come_to_suit_a_steady_load, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_far_one_comes_before_those_of_its_time_and_after_earlier_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(a_far_one_that_is_forgotten_leaves_the_first_to_the_next,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(days_are_given_back_when_few_are_pending, setup, teardown),
        cmocka_unit_test_setup_teardown(short_delays_beside_very_long_ones_get_short_days, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_event_does_not_walk_to_a_distant_crowd, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
