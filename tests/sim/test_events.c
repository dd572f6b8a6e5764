/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/alarms.h"
#include "sim/kernel/events.h"
#include "sim/random/stream.h"
#include "tests/support/support.h"

enum { IDS = 300, STEPS = 60000 };

/* The slow twin: every pending event in an array, the earliest found by looking at all of them. */
struct twin {
    int64_t time[IDS];
    uint64_t order[IDS];
    uint64_t last_order;
};

static void twin_schedule(struct twin *twin, uint32_t id, int64_t time)
{
    twin->time[id] = time;
    twin->order[id] = ++twin->last_order;
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

static struct stream draws(uint32_t id)
{
    return stream_at((struct stream_key){2385, 1}, id, 0, 0);
}

static uint32_t below(struct stream *stream, uint32_t limit)
{
    return (uint32_t)(stream_next_bits(stream) % limit);
}

/* One step of both: schedule, cancel, or handle the earliest and perhaps schedule from its handler.
 * Times are few, so that ties are common. */
static void step(struct events *events, struct twin *twin, struct stream *stream, int64_t *now)
{
    uint32_t id = below(stream, IDS), what = below(stream, 8);
    if (what < 3 && twin->order[id] == 0) {
        int64_t time = *now + below(stream, 12);
        events_schedule(events, id, time);
        twin_schedule(twin, id, time);
    } else if (what < 4) {
        events_cancel(events, id);
        twin->order[id] = 0;
    } else if (twin_first(twin) != UINT32_MAX) {
        uint32_t first = twin_first(twin);
        assert_int_equal(events_next_time(events), twin->time[first]);
        *now = twin->time[first];
        assert_int_equal(events_pop(events), first);
        twin->order[first] = 0;
        if (what < 7) {
            events_schedule(events, first, *now + 1);
            twin_schedule(twin, first, *now + 1);
        }
    }
}

static void events_come_in_the_order_of_a_slow_twin(void **state)
{
    struct events events;
    events_init(&events, IDS, *state);
    struct twin twin = {0};
    struct stream stream = draws(1);
    int64_t now = 0;
    for (int i = 0; i < STEPS; i++) {
        if (i % 1000 == 999) /* the counter comes round: what is pending keeps its order */
            events.order = UINT32_MAX - below(&stream, 3);
        step(&events, &twin, &stream, &now);
    }
    assert_true(twin.last_order > STEPS / 4);
    while (twin_first(&twin) != UINT32_MAX) {
        uint32_t first = twin_first(&twin);
        assert_int_equal(events_pop(&events), first);
        twin.order[first] = 0;
    }
    assert_true(events_next_time(&events) == EVENTS_NEVER);
}

static void an_empty_list_has_no_next_time(void **state)
{
    struct events events;
    events_init(&events, 3, *state);
    assert_true(events_next_time(&events) == EVENTS_NEVER);
    events_schedule(&events, 2, 0);
    assert_true(events_next_time(&events) == 0);
    events_cancel(&events, 2);
    events_cancel(&events, 2);
    assert_true(events_next_time(&events) == EVENTS_NEVER);
}

static void more_ids_leave_what_is_pending(void **state)
{
    struct events events;
    events_init(&events, 1, *state);
    events_schedule(&events, 0, 75);
    events_grow_ids(&events, 1000);
    for (uint32_t id = 1; id < 1000; id++)
        events_schedule(&events, id, 2000 - id);
    assert_int_equal(events_pop(&events), 0);
    for (uint32_t id = 999; id >= 1; id--) {
        assert_int_equal(events_next_time(&events), 2000 - id);
        assert_int_equal(events_pop(&events), id);
    }
}

/* Of equal times the lower slot is first; the number of slots is not a power of two. */
static void alarms_wake_the_earliest_then_the_lowest(void **state)
{
    enum { SLOTS = 11 };
    struct alarms alarms;
    alarms_init(&alarms, SLOTS, *state);
    int64_t times[SLOTS];
    for (int s = 0; s < SLOTS; s++)
        times[s] = ALARMS_NEVER;
    struct stream stream = draws(2);
    for (int i = 0; i < STEPS; i++) {
        uint32_t slot = below(&stream, SLOTS);
        times[slot] = below(&stream, 5) == 0 ? ALARMS_NEVER : (int64_t)below(&stream, 9);
        alarms_set(&alarms, slot, times[slot]);
        uint32_t first = 0;
        for (uint32_t s = 1; s < SLOTS; s++)
            if (times[s] < times[first])
                first = s;
        assert_true(alarms_first_time(&alarms) == times[first]);
        if (times[first] != ALARMS_NEVER)
            assert_int_equal(alarms_first(&alarms), first);
    }
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
        cmocka_unit_test_setup_teardown(an_empty_list_has_no_next_time, setup, teardown),
        cmocka_unit_test_setup_teardown(more_ids_leave_what_is_pending, setup, teardown),
        cmocka_unit_test_setup_teardown(alarms_wake_the_earliest_then_the_lowest, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
