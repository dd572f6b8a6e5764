/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_event_list - which event list is fastest, from 1 to 50,000 pending events.
 *
 * Two loads. hold: the earliest event is handled and schedules the next of its kind (a busy server
 * that takes the next customer). M/M/inf: a customer's event is scheduled when it arrives and taken
 * when it leaves, the next arrival stands beside the list; so it has the branch misses of a real
 * run. Three laws of delay: exponential, constant (all ties of order), lognormal with cv 3 (a few
 * far events). Every structure must handle the same events in the same order, or the program says
 * so and fails. "events.h" and "calendar.h" are those of sim/kernel as they are; the others are
 * written for this page.
 *
 * The answers. events.h is the tree of winners: its path is known from the slot, so all loads are
 * independent and no branch looks at the data; a heap waits for one comparison to know the address
 * of the next, and guesses wrong every other time. It has four neighbours where the tree here has
 * two, and takes an event out before it is handled: in a run that pays more than it costs here.
 * calendar.h, from some ten pending events on, does without most of the comparisons; it finds out
 * by itself what "calendar, told" is told, and is not worse off when all delays are equal. */
#include "sim/base/arena.h"
#include "sim/base/wide.h"
#include "sim/kernel/calendar.h"
#include "sim/kernel/events.h"
#include "tests/bench/bench_time.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DELAYS = 1 << 16, MAX_SIZE = 50000, ROUNDS = 3 };
static const double MEAN_NS = 1e7; /* mean delay: at 50,000 pending an event each 200 ns */
static const wide_uint NO_KEY = ~(wide_uint)0 >> 1;

static int64_t delays[DELAYS];
static struct arena *arena;

static wide_uint make_key(int64_t time, uint32_t order, uint32_t slot)
{
    return (wide_uint)(uint64_t)time << 64 | (uint64_t)order << 32 | slot;
}

/* ---- binary heap and four-ary heap: replace at the root, child chosen without a branch --------
 */

static wide_uint *heap;
static uint32_t heap_size;

static void binary_init(uint32_t slots)
{
    heap = arena_array(arena, slots + 3, sizeof *heap);
    heap_size = 0;
    for (uint32_t i = 0; i < slots + 3; i++)
        heap[i] = NO_KEY;
}

static inline wide_uint binary_first(void)
{
    return heap[1];
}

static inline void binary_replace(wide_uint key)
{
    uint32_t at = 1, child = 2;
    while (child <= heap_size) {
        wide_uint left = heap[child], right = heap[child + 1];
        uint32_t goes_right = right < left;
        wide_uint least = goes_right ? right : left;
        if (least >= key)
            break;
        heap[at] = least;
        at = child + goes_right;
        child = 2 * at;
    }
    heap[at] = key;
}

static inline void binary_push(wide_uint key)
{
    uint32_t at = ++heap_size;
    for (; at > 1 && heap[at / 2] > key; at /= 2)
        heap[at] = heap[at / 2];
    heap[at] = key;
}

static inline void binary_pop(void)
{
    wide_uint last = heap[heap_size];
    heap[heap_size--] = NO_KEY;
    if (heap_size > 0)
        binary_replace(last);
}

/* heap[0] is the root; the children of i are 4 i + 1 .. 4 i + 4, moved by 3 so that they share one
 * cache line. */
static void four_init(uint32_t slots)
{
    wide_uint *lines = arena_array(arena, slots + 16, sizeof *heap);
    heap = (wide_uint *)(((uintptr_t)lines + 63) / 64 * 64) + 3;
    heap_size = 0;
    for (uint32_t i = 0; i < slots + 8; i++)
        heap[i] = NO_KEY;
}

static inline wide_uint four_first(void)
{
    return heap[0];
}

static inline void four_replace(wide_uint key)
{
    uint32_t at = 0, child = 1;
    while (child < heap_size) {
        wide_uint a = heap[child], b = heap[child + 1], c = heap[child + 2], d = heap[child + 3];
        uint32_t takes_b = b < a, takes_d = d < c;
        wide_uint left = takes_b ? b : a, right = takes_d ? d : c;
        uint32_t goes_right = right < left;
        wide_uint least = goes_right ? right : left;
        if (least >= key)
            break;
        heap[at] = least;
        at = child + (goes_right ? 2 + takes_d : takes_b);
        child = 4 * at + 1;
    }
    heap[at] = key;
}

static inline void four_push(wide_uint key)
{
    uint32_t at = heap_size++;
    for (; at > 0 && heap[(at - 1) / 4] > key; at = (at - 1) / 4)
        heap[at] = heap[(at - 1) / 4];
    heap[at] = key;
}

static inline void four_pop(void)
{
    wide_uint last = heap[--heap_size];
    heap[heap_size] = NO_KEY;
    if (heap_size > 0)
        four_replace(last);
}

/* ---- trees over slots: winner keeps each match's lesser key, loser the greater -----------------
 */

static wide_uint *node;
static uint32_t width;

static void winner_init(uint32_t slots)
{
    for (width = 1; width < slots;)
        width *= 2;
    node = arena_array(arena, 2 * (size_t)width, sizeof *node);
    for (uint32_t i = 0; i < 2 * width; i++)
        node[i] = NO_KEY;
}

static inline wide_uint winner_first(void)
{
    return node[1];
}

static inline void winner_set(uint32_t slot, wide_uint key)
{
    uint32_t at = width + slot;
    node[at] = key;
    while (at > 1) {
        key = wide_least(key, node[at ^ 1]);
        at /= 2;
        node[at] = key;
    }
}

static inline void winner_push(wide_uint key)
{
    winner_set((uint32_t)key, key);
}

static inline void winner_replace(wide_uint key)
{
    winner_set((uint32_t)key, key);
}

static inline void winner_pop(void)
{
    winner_set((uint32_t)node[1], NO_KEY);
}

/* ---- calendar: sorted lists, one for each day of a year that comes round -----------------------
 */

/* Told the mean gap between events, which a real one has to find out: the best it can be. */
static struct {
    wide_uint *key;        /* [slots]            */
    uint32_t *next, *day;  /* [slots], [days]    */
    uint32_t days, length; /* day = time >> length */
    uint64_t today;
} told;
static const uint32_t NO_REQUEST = UINT32_MAX;

static void told_init(uint32_t slots)
{
    told.key = arena_array(arena, slots, sizeof *told.key);
    told.next = arena_array(arena, slots, sizeof *told.next);
    for (told.days = 2; told.days < 2 * slots;)
        told.days *= 2;
    told.day = arena_array(arena, told.days, sizeof *told.day);
    for (uint32_t i = 0; i < told.days; i++)
        told.day[i] = NO_REQUEST;
    told.length = (uint32_t)lround(log2(MEAN_NS / slots));
    told.today = 0;
}

static inline void told_push(wide_uint key)
{
    uint32_t slot = (uint32_t)key;
    uint64_t day = (uint64_t)(key >> 64) >> told.length;
    uint32_t *link = &told.day[day & (told.days - 1)];
    while (*link != NO_REQUEST && told.key[*link] < key)
        link = &told.next[*link];
    told.key[slot] = key;
    told.next[slot] = *link;
    *link = slot;
    if (day < told.today)
        told.today = day;
}

/* A whole year without an event: goes to the day of the earliest. */
static void told_skip(void)
{
    wide_uint least = NO_KEY;
    for (uint32_t i = 0; i < told.days; i++)
        if (told.day[i] != NO_REQUEST)
            least = wide_least(least, told.key[told.day[i]]);
    told.today = (uint64_t)(least >> 64) >> told.length;
}

static inline wide_uint told_first(void)
{
    for (uint32_t looked = 0;; looked++) {
        if (looked > told.days)
            told_skip();
        uint32_t slot = told.day[told.today & (told.days - 1)];
        if (slot != NO_REQUEST && (uint64_t)(told.key[slot] >> 64) >> told.length == told.today)
            return told.key[slot];
        told.today++;
    }
}

static inline void told_pop(void)
{
    uint32_t *link = &told.day[told.today & (told.days - 1)];
    *link = told.next[*link];
}

static inline void told_replace(wide_uint key)
{
    told_pop();
    told_push(key);
}

/* ---- the engine's own lists, through their interfaces
 * ----------------------------------------------
 */

static struct events events;

static void capsim_init(uint32_t slots)
{
    events_init(&events, slots, arena);
}

static inline wide_uint capsim_first(void)
{
    int64_t time = events_next_time(&events);
    return make_key(time, 0, events_pop(&events));
}

static inline void capsim_push(wide_uint key)
{
    events_schedule(&events, (uint32_t)key, (int64_t)(key >> 64));
}

static inline void capsim_replace(wide_uint key)
{
    capsim_push(key);
}

/* events_pop has taken it out already. */
static inline void capsim_pop(void)
{
}

static struct calendar year;

static void year_init(uint32_t slots)
{
    calendar_init(&year, slots, arena);
}

static inline wide_uint year_first(void)
{
    int64_t time = calendar_next_time(&year);
    return make_key(time, 0, calendar_pop(&year));
}

static inline void year_push(wide_uint key)
{
    calendar_schedule(&year, (uint32_t)key, (int64_t)(key >> 64));
}

static inline void year_replace(wide_uint key)
{
    year_push(key);
}

static inline void year_pop(void)
{
}

/* ---- the two loads -----------------------------------------------------------------------------
 */

/* Handled so far: the ids in order of handling, mixed. */
static uint64_t mix(uint64_t sum, wide_uint key)
{
    return sum * 0x9E3779B97F4A7C15u + ((uint64_t)(key >> 64) ^ (uint32_t)key);
}

struct load {
    uint32_t pending; /* events, or mean number of customers present */
    uint64_t count;   /* events to handle                            */
    uint64_t sum;     /* out: mix of what was handled                */
};

/* A macro, so that each list is inlined into loops of its own. NAME_first of the engine's list also
 * takes the event, so it is asked only when the event is handled; NAME_time looks. */
#define DEFINE_LOADS(NAME)                                                                         \
    static double NAME##_hold(struct load *load)                                                   \
    {                                                                                              \
        uint32_t order = 0;                                                                        \
        NAME##_init(load->pending);                                                                \
        for (uint32_t slot = 0; slot < load->pending; slot++)                                      \
            NAME##_push(make_key(delays[slot % DELAYS], ++order, slot));                           \
        double start = bench_now_s();                                                              \
        for (uint64_t done = 0; done < load->count; done++) {                                      \
            wide_uint key = NAME##_first();                                                        \
            load->sum = mix(load->sum, key);                                                       \
            int64_t time = (int64_t)(key >> 64) + delays[done % DELAYS];                           \
            NAME##_replace(make_key(time, ++order, (uint32_t)key));                                \
        }                                                                                          \
        return bench_now_s() - start;                                                              \
    }                                                                                              \
    static double NAME##_infinite(struct load *load)                                               \
    {                                                                                              \
        uint32_t slots = 2 * load->pending + 30, order = 0, present = 0;                           \
        uint32_t *spare = arena_array(arena, slots, sizeof *spare);                                \
        for (uint32_t i = 0; i < slots; i++)                                                       \
            spare[i] = i;                                                                          \
        NAME##_init(slots);                                                                        \
        int64_t arrival = 0;                                                                       \
        double start = bench_now_s();                                                              \
        for (uint64_t done = 0, came = 0; done < load->count;) {                                   \
            if (present == 0 || arrival < NAME##_time()) {                                         \
                if (present < slots)                                                               \
                    NAME##_push(                                                                   \
                        make_key(arrival + delays[came % DELAYS], ++order, spare[present++]));     \
                arrival += delays[(7 * came++ + 13) % DELAYS] / load->pending;                     \
            } else {                                                                               \
                wide_uint key = NAME##_first();                                                    \
                load->sum = mix(load->sum, key);                                                   \
                spare[--present] = (uint32_t)key;                                                  \
                NAME##_pop();                                                                      \
                done++;                                                                            \
            }                                                                                      \
        }                                                                                          \
        return bench_now_s() - start;                                                              \
    }

#define DEFINE_TIME(NAME)                                                                          \
    static inline int64_t NAME##_time(void)                                                        \
    {                                                                                              \
        return (int64_t)(NAME##_first() >> 64);                                                    \
    }
DEFINE_TIME(binary)
DEFINE_TIME(four)
DEFINE_TIME(winner)
DEFINE_TIME(told)
static inline int64_t capsim_time(void)
{
    return events_next_time(&events);
}
static inline int64_t year_time(void)
{
    return calendar_next_time(&year);
}

DEFINE_LOADS(binary)
DEFINE_LOADS(four)
DEFINE_LOADS(winner)
DEFINE_LOADS(told)
DEFINE_LOADS(capsim)
DEFINE_LOADS(year)

typedef double run_load(struct load *load);
static const struct candidate {
    const char *name;
    run_load *run[2];
} candidates[] = {{"binary heap", {binary_hold, binary_infinite}},
                  {"four-ary heap", {four_hold, four_infinite}},
                  {"tree of winners", {winner_hold, winner_infinite}},
                  {"calendar, told", {told_hold, told_infinite}},
                  {"events.h", {capsim_hold, capsim_infinite}},
                  {"calendar.h", {year_hold, year_infinite}}};
static const uint32_t sizes[] = {1, 5, 50, 200, 500, 5000, MAX_SIZE};
enum { CANDIDATES = sizeof candidates / sizeof *candidates, SIZES = sizeof sizes / sizeof *sizes };
static const char *const laws[] = {"exponential", "constant", "lognormal cv 3"};

static double next_uniform(void)
{
    static uint64_t state = 0x2545F4914F6CDD1Du; /* xorshift64 */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return ((double)(state >> 11) + 0.5) * 0x1p-53;
}

static void fill_delays(int law)
{
    const double variance = log(1 + 3.0 * 3.0); /* of the logarithm */
    for (int i = 0; i < DELAYS; i++) {
        double log_u = log(next_uniform()), turn = 2 * M_PI * next_uniform();
        double normal = sqrt(-2 * log_u) * cos(turn);
        double value[] = {-log_u, 1, exp(sqrt(variance) * normal - variance / 2)};
        delays[i] = 1 + (int64_t)(MEAN_NS * value[law]);
    }
}

/* Best of a few rounds [ns per event]; false when the events came in another order than sum says. A
 * calendar does not like constant delays: everything lands on one day, so it gets fewer events. */
static bool time_one(run_load *run, uint32_t pending, bool is_first, uint64_t *sum, double *ns)
{
    struct load load = {.pending = pending, .count = pending > 500 ? 400000 : 200000};
    *ns = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        load.sum = 0;
        arena_reset(arena);
        *ns = fmin(*ns, 1e9 * run(&load) / (double)load.count);
        if (*ns > 500)
            break;
    }
    if (is_first)
        *sum = load.sum;
    return *sum == load.sum;
}

static bool print_law(int law)
{
    bool is_same = true;
    uint64_t sums[2][SIZES];
    for (int c = 0; c < (int)CANDIDATES; c++) {
        printf("%-15s %-15s", c == 0 ? laws[law] : "", candidates[c].name);
        for (int load = 0; load < 2; load++) {
            for (int s = 0; s < (int)SIZES; s++) {
                double ns;
                /* A calendar with all events on one day is quadratic: not worth the wait. */
                if (c == 3 && law == 1 && load == 0 && sizes[s] > 500) {
                    printf("      -");
                    continue;
                }
                is_same &= time_one(candidates[c].run[load], sizes[s], c == 0, &sums[load][s], &ns);
                printf(" %6.1f", ns);
            }
            printf(load == 0 ? "  |" : "\n");
        }
        fflush(stdout);
    }
    return is_same;
}

int main(void)
{
    bench_pin();
    arena = arena_open();
    printf("ns per event; columns: pending events, hold | customers present, M/M/inf\n%-31s", "");
    for (int i = 0; i < 2 * (int)SIZES; i++)
        printf("%s %6u", i == SIZES ? "  |" : "", sizes[i % (int)SIZES]);
    printf("\n");
    bool is_same = true;
    for (int law = 0; law < 3; law++) {
        fill_delays(law);
        is_same &= print_law(law);
    }
    arena_close(arena);
    if (!is_same)
        printf("FAILED: not all lists handled the same events in the same order\n");
    return is_same ? 0 : 1;
}
