/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include "tests/support/support.h"
#include "tests/support/thread_link.h"
#include <string.h>

enum { ITEMS = 503, NOTHING = ITEMS, NOBODY = 99 };

/* What one rank knows: the results that it took. */
struct view {
    double result[ITEMS];
    bool done[ITEMS];
    bool is_run, is_interrupted;
    struct error err;
    size_t begun, taken, outstanding_while_passing;
};

/* What happens in a job, and what each rank made of it. */
struct scene {
    size_t items, fails_from, interrupts_at, items_of_the_stray;
    size_t scale;            /* of what items leave behind */
    unsigned threads, stray; /* rank that goes its own way; NOBODY: none */
    bool stray_leaves;
    atomic_bool wish; /* to stop */
    atomic_size_t runs[ITEMS];
    struct view views[THREAD_LINK_MAX_RANKS];
};

/* Of one rank. */
struct desk {
    struct scene *scene;
    struct view *view;
};

/* Of a length that depends on the item, so that a record's size shows. */
static bool ship(void *context, size_t item, struct arena *arena, struct parcel *parcel,
                 struct error *err)
{
    struct scene *scene = ((struct desk *)context)->scene;
    struct stream stream = stream_at((struct stream_key){4711, (uint32_t)item}, 1, 0, 0);
    size_t count = 1 + item % 50 * ((struct desk *)context)->scene->scale;
    double *values = arena_array(arena, count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = stream_next_uniform(&stream);
    parcel_put(parcel, values, count * sizeof *values);
    atomic_fetch_add(&scene->runs[item], 1);
    if (item == scene->interrupts_at)
        atomic_store(&scene->wish, true);
    return item < scene->fails_from || error_set(err, STATUS_MODEL, "item %zu failed", item);
}

static bool take(void *context, size_t item, struct parcel *parcel, struct arena *arena,
                 struct error *err)
{
    struct view *view = ((struct desk *)context)->view;
    size_t count = 1 + item % 50 * ((struct desk *)context)->scene->scale;
    double *values = arena_array(arena, count, sizeof *values), sum = 0;
    if (parcel->size != count * sizeof *values || !parcel_get(parcel, values, parcel->size))
        return error_set(err, STATUS_IO, "item %zu is of another size", item);
    for (size_t i = 0; i < count; i++)
        sum += values[i] / (double)(i + 1);
    view->result[item] = sum;
    view->taken++;
    return true;
}

static void begin(void *context, size_t item)
{
    struct view *view = ((struct desk *)context)->view;
    assert_int_equal(item, view->begun);
    view->begun++;
}

/* The link of rank 0 that is listened in on, and what it knows. One job runs at a time. */
static const struct ranks_link *inner;
static struct view *first_view;

static void note_broadcast(void *context, void *bytes, size_t size)
{
    first_view->outstanding_while_passing += first_view->begun - first_view->taken;
    inner->begin_broadcast(context, bytes, size);
}

static const char *play(void *context, struct ranks *ranks)
{
    struct scene *scene = context;
    unsigned rank = ranks->link->rank;
    struct desk desk = {scene, &scene->views[rank]};
    struct ranks_link link = *ranks->link;
    const struct ranks_link *own = ranks->link;
    if (rank == 0) {
        inner = own;
        first_view = desk.view;
        link.begin_broadcast = note_broadcast;
        ranks->link = &link;
    }
    struct work work = {.ship = ship, .take = take, .begin = begin, .context = &desk};
    struct replications_options options = {.threads = scene->threads,
                                           .executor = &ranks->executor,
                                           .is_interrupted = ranks_watch(ranks, &scene->wish)};
    if (rank == scene->stray && scene->stray_leaves)
        return "it fell down the stairs";
    size_t items = rank == scene->stray ? scene->items_of_the_stray : scene->items;
    desk.view->is_run = executor_run(&options, &work, items, desk.view->done, &desk.view->err);
    desk.view->is_interrupted = atomic_load(options.is_interrupted);
    ranks->link = own;
    return "";
}

static struct scene *new_scene(void)
{
    static struct scene scene;
    memset(&scene, 0, sizeof scene);
    scene.items = ITEMS;
    scene.fails_from = scene.interrupts_at = NOTHING;
    scene.threads = 1;
    scene.scale = 1;
    scene.stray = NOBODY;
    return &scene;
}

static void every_rank_takes_what_one_rank_would(void **state)
{
    static const unsigned counts[] = {1, 2, 3, 8, THREAD_LINK_MAX_RANKS};
    struct view *one = NULL;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct scene *scene = new_scene();
        scene->threads = 1 + (unsigned)i % 3;
        thread_link_run(counts[i], play, scene);
        if (!one) {
            one = test_malloc(sizeof *one);
            *one = scene->views[0];
        }
        for (size_t item = 0; item < ITEMS; item++)
            assert_int_equal(scene->runs[item], 1);
        for (unsigned r = 0; r < counts[i]; r++) {
            assert_true(scene->views[r].is_run);
            assert_memory_equal(scene->views[r].result, one->result, sizeof one->result);
            assert_memory_equal(scene->views[r].done, one->done, sizeof one->done);
            assert_int_equal(scene->views[r].begun, r == 0 ? ITEMS : 0);
        }
    }
    assert_true(one->result[ITEMS - 1] > 0);
    test_free(one);
}

/* More than is passed on at once. */
static void much_is_passed_on_in_parts(void **state)
{
    struct view *one = test_malloc(sizeof *one);
    for (unsigned count = 1; count <= 3; count += 2) {
        struct scene *scene = new_scene();
        scene->scale = 300;
        thread_link_run(count, play, scene);
        *one = count == 1 ? scene->views[0] : *one;
        for (unsigned r = 0; r < count; r++) {
            assert_true(scene->views[r].is_run);
            assert_memory_equal(scene->views[r].result, one->result, sizeof one->result);
        }
        if (count > 1) /* nobody stands idle meanwhile */
            assert_true(scene->views[0].outstanding_while_passing > 0);
    }
    test_free(one);
}

static void a_batch_without_items_is_over_at_once(void **state)
{
    struct scene *scene = new_scene();
    scene->items = 0;
    thread_link_run(3, play, scene);
    for (unsigned r = 0; r < 3; r++)
        assert_true(scene->views[r].is_run);
}

/* Those below it were handed out before it, and were run to their end. */
static void the_lowest_item_that_failed_is_told_to_every_rank(void **state)
{
    struct scene *scene = new_scene();
    scene->fails_from = 217;
    thread_link_run(4, play, scene);
    for (unsigned r = 0; r < 4; r++) {
        assert_false(scene->views[r].is_run);
        assert_int_equal(scene->views[r].err.status, STATUS_MODEL);
        assert_string_equal(scene->views[r].err.message, "item 217 failed");
        for (size_t item = 0; item < 217; item++)
            assert_true(scene->views[r].done[item]);
        assert_false(scene->views[r].done[217]);
    }
    assert_int_equal(scene->runs[ITEMS - 1], 0);
}

static void all_ranks_agree_on_an_interruption(void **state)
{
    struct scene *scene = new_scene();
    scene->interrupts_at = 100;
    thread_link_run(4, play, scene);
    size_t done = 0;
    for (size_t item = 0; item < ITEMS; item++)
        done += scene->views[0].done[item];
    assert_in_range(done, 101, ITEMS - 1);
    for (unsigned r = 0; r < 4; r++) {
        assert_true(scene->views[r].is_run && scene->views[r].is_interrupted);
        assert_memory_equal(scene->views[r].done, scene->views[0].done,
                            sizeof scene->views[0].done);
    }
}

static void a_rank_that_leaves_fails_the_batch_with_its_reason(void **state)
{
    struct scene *scene = new_scene();
    scene->stray = 2;
    scene->stray_leaves = true;
    thread_link_run(4, play, scene);
    for (unsigned r = 0; r < 4; r++)
        if (r != 2) {
            assert_false(scene->views[r].is_run);
            assert_string_equal(scene->views[r].err.message,
                                "rank 2 left early: it fell down the stairs");
        }
}

static void a_rank_in_another_batch_fails_it(void **state)
{
    struct scene *scene = new_scene();
    scene->stray = 1;
    scene->items_of_the_stray = ITEMS - 1;
    thread_link_run(3, play, scene);
    assert_false(scene->views[0].is_run);
    assert_string_equal(scene->views[0].err.message,
                        "rank 1 does not run the same program on the same inputs");
    assert_false(scene->views[2].is_run);
}

/* ---- what goes from rank 0 to all ---- */

struct shared {
    char got[4][32];
    bool is_shared[4];
    bool first_leaves;
};

static const char *share(void *context, struct ranks *ranks)
{
    struct shared *shared = context;
    unsigned rank = ranks->link->rank;
    struct arena *arena = arena_open();
    struct error err = {0};
    const char *text = rank == 0 ? "from rank 0" : "of mine";
    size_t size = rank == 0 ? strlen(text) + 1 : 3;
    if (rank == 0 && shared->first_leaves) {
        arena_close(arena);
        return "";
    }
    shared->is_shared[rank] = executor_share(&ranks->executor, &text, &size, arena, &err);
    if (shared->is_shared[rank])
        memcpy(shared->got[rank], text, size);
    arena_close(arena);
    return "";
}

static void what_rank_0_has_read_goes_to_all(void **state)
{
    struct shared shared = {0};
    thread_link_run(4, share, &shared);
    for (unsigned r = 0; r < 4; r++) {
        assert_true(shared.is_shared[r]);
        assert_string_equal(shared.got[r], "from rank 0");
    }
}

static void when_rank_0_ends_the_others_do_not_wait(void **state)
{
    struct shared shared = {.first_leaves = true};
    thread_link_run(4, share, &shared);
    for (unsigned r = 1; r < 4; r++)
        assert_false(shared.is_shared[r]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rank_takes_what_one_rank_would),
        cmocka_unit_test(much_is_passed_on_in_parts),
        cmocka_unit_test(a_batch_without_items_is_over_at_once),
        cmocka_unit_test(the_lowest_item_that_failed_is_told_to_every_rank),
        cmocka_unit_test(all_ranks_agree_on_an_interruption),
        cmocka_unit_test(a_rank_that_leaves_fails_the_batch_with_its_reason),
        cmocka_unit_test(a_rank_in_another_batch_fails_it),
        cmocka_unit_test(what_rank_0_has_read_goes_to_all),
        cmocka_unit_test(when_rank_0_ends_the_others_do_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
