/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/calendar.h"
#include <math.h>
#include <string.h>

/* Days for each pending event: with fewer, more share one; with more, they take more memory than
 * the processor has at hand. */
enum { DAYS_EACH = 16, MIN_WORDS = 2, MAX_WORDS = 4096 };
/* Steps in vain until the days are looked at, and more for each event that a change of days has to
 * move. Four times as many each time that a change was undone or changed nothing: those who cannot
 * be suited cost in the end hardly more than in a list of events.h. */
enum { MIN_PATIENCE = 256, PATIENCE_EACH = 2, MORE_PATIENCE_BITS = 2, MAX_PATIENCE_BITS = 10 };
/* To step over that many empty words takes as long as over one event. */
enum { EMPTY_WORDS_A_STEP = 16 };
/* A year is at most so many times the mean time to a pending event, and at least half as many: of
 * exponential times between one in 150 and one in 12 is longer. The least is so small that days of
 * 1 ns, along which nobody walks, come before it. */
static const double FIRST_YEARS = 5.0, STEP_OF_YEARS = 4.0, MIN_YEARS = 1e-18, MAX_YEARS = 1e6;
/* Steps in vain for each event that are no reason to change anything. */
static const double USUAL_STEPS = 0.125;

static uint64_t word_of(const struct calendar *calendar, int64_t time)
{
    return ((uint64_t)time >> calendar->day_bits) / CALENDAR_WORD;
}

/* The beginning of the word of what was taken last [ns]. */
static int64_t year_start(const struct calendar *calendar)
{
    return (int64_t)(calendar->word * CALENDAR_WORD << calendar->day_bits);
}

/* ---- room --------------------------------------------------------------------------------- */

/* A year of so many words, all of its days empty. */
static void make_year(struct calendar *calendar, uint32_t words)
{
    struct arena *arena = calendar->arena;
    size_t days = (size_t)words * CALENDAR_WORD;
    if (words > calendar->most_words) {
        calendar->most_words = words;
        calendar->busy = arena_array(arena, words, sizeof *calendar->busy);
        calendar->head = arena_array(arena, days, sizeof *calendar->head);
    }
    memset(calendar->busy, 0, words * sizeof *calendar->busy);
    calendar->word_mask = words - 1;
    calendar->day_mask = (uint32_t)days - 1;
}

void calendar_init(struct calendar *calendar, uint32_t ids, struct arena *arena)
{
    *calendar = (struct calendar){.first_time = EVENTS_NEVER,
                                  .far_time = EVENTS_NEVER,
                                  .patience = MIN_PATIENCE,
                                  .years = FIRST_YEARS,
                                  .was_longer = true,
                                  .arena = arena};
    make_year(calendar, MIN_WORDS);
    events_init(&calendar->far, 0, arena);
    calendar_grow_ids(calendar, ids);
}

void calendar_grow_ids(struct calendar *calendar, uint32_t ids)
{
    if (ids <= calendar->ids)
        return;
    struct calendar_entry *entry = arena_array(calendar->arena, ids, sizeof *entry);
    if (calendar->ids > 0)
        memcpy(entry, calendar->entry, calendar->ids * sizeof *entry);
    for (uint32_t id = calendar->ids; id < ids; id++)
        entry[id].next = CALENDAR_NONE;
    calendar->entry = entry;
    calendar->ids = ids;
    events_grow_ids(&calendar->far, ids);
}

/* ---- other days --------------------------------------------------------------------------- */

/* Events that were taken out, in order: a list through entry.next that ends with
 * CALENDAR_NONE. */
struct taken_events {
    uint32_t first, count;
    int64_t start;   /* of the year [ns]                                                        */
    double times_ns; /* the sum of their times from there                                       */
};

static struct taken_events take_all(struct calendar *calendar)
{
    struct taken_events taken = {.first = CALENDAR_NONE, .start = year_start(calendar)};
    uint32_t *link = &taken.first;
    while (calendar->first_time != EVENTS_NEVER) {
        int64_t time = calendar->first_time;
        uint32_t id = calendar_pop(calendar);
        calendar->entry[id].time = time; /* that of a far one is not there yet */
        *link = id;
        link = &calendar->entry[id].next;
        taken.count++;
        taken.times_ns += (double)(time - taken.start);
    }
    *link = CALENDAR_NONE;
    return taken;
}

/* How long a year should be [ns]: with nothing to judge by, as long as it is. */
static double choose_year(const struct calendar *calendar, const struct taken_events *taken)
{
    if (taken->count == 0)
        return ldexp((double)calendar->day_mask + 1, calendar->day_bits);
    return calendar->years * taken->times_ns / taken->count;
}

/* As many as those need that will not be far: the others must not cost empty words. */
static uint32_t choose_words(const struct calendar *calendar, const struct taken_events *taken)
{
    double year_ns = choose_year(calendar, taken);
    const struct calendar_entry *entry = calendar->entry;
    uint64_t near = 0;
    for (uint32_t id = taken->first; id != CALENDAR_NONE; id = entry[id].next, near++)
        if ((double)(entry[id].time - taken->start) > year_ns)
            break;
    uint32_t words = MIN_WORDS;
    while (words < MAX_WORDS && (uint64_t)words * CALENDAR_WORD < near * DAYS_EACH)
        words *= 2;
    return words;
}

static uint8_t choose_day_bits(double year_ns, uint32_t words)
{
    enum { MAX_BITS = 50 }; /* a word of 2^56 ns: two years */
    double day_ns = year_ns / ((double)words * CALENDAR_WORD);
    return day_ns < 1.0 ? 0 : day_ns < 0x1p50 ? (uint8_t)ilogb(day_ns) : MAX_BITS;
}

/* In order of time, so that the order of those of one time stays. */
static void put_back(struct calendar *calendar, const struct taken_events *taken)
{
    calendar->word = word_of(calendar, taken->start);
    for (uint32_t id = taken->first, next; id != CALENDAR_NONE; id = next) {
        next = calendar->entry[id].next;
        calendar->entry[id].next = CALENDAR_NONE;
        calendar_schedule(calendar, id, calendar->entry[id].time);
    }
}

/* A year of other years: true if it was the other way round before. */
static bool change_years(struct calendar *calendar, double factor)
{
    bool is_longer = factor > 1.0, is_back = calendar->was_longer != is_longer;
    calendar->years = fmin(fmax(calendar->years * factor, MIN_YEARS), MAX_YEARS);
    calendar->was_longer = is_longer;
    return is_back;
}

/* Longer years when most steps were far, or over empty words that are not too many; shorter ones
 * when most were along shared days and more days are no help. True if that is a step back. */
static bool suit_years(struct calendar *calendar, const struct taken_events *taken)
{
    uint64_t far = calendar->steps_far, shared = calendar->steps_shared;
    uint64_t empty = calendar->steps_empty;
    uint32_t words = choose_words(calendar, taken), old_words = calendar->word_mask + 1;
    if (taken->count == 0)
        return false;
    if ((far > shared && far > empty) || (empty >= shared && words >= old_words))
        return change_years(calendar, STEP_OF_YEARS);
    if (shared > empty && words <= old_words)
        return change_years(calendar, 1 / STEP_OF_YEARS);
    return false;
}

/* As many days as suit what is pending, and of a length that does. */
static void change_days(struct calendar *calendar)
{
    uint32_t old_mask = calendar->word_mask;
    uint8_t old_bits = calendar->day_bits;
    struct taken_events taken = take_all(calendar);
    bool is_back = suit_years(calendar, &taken);
    double year_ns = choose_year(calendar, &taken);
    make_year(calendar, choose_words(calendar, &taken));
    calendar->day_bits = choose_day_bits(year_ns, calendar->word_mask + 1);
    put_back(calendar, &taken);
    bool is_same = calendar->word_mask == old_mask && calendar->day_bits == old_bits;
    if ((is_back || is_same) && calendar->patience_bits < MAX_PATIENCE_BITS)
        calendar->patience_bits += MORE_PATIENCE_BITS;
    calendar->patience = (MIN_PATIENCE + PATIENCE_EACH * (uint64_t)taken.count)
                         << calendar->patience_bits;
}

__attribute__((cold, noinline)) static void lose_patience(struct calendar *calendar, uint64_t steps)
{
    if ((double)steps > USUAL_STEPS * (double)(calendar->scheduled - calendar->scheduled_before)) {
        calendar->patience = UINT64_MAX; /* not again meanwhile */
        change_days(calendar);
    }
    calendar->scheduled_before = calendar->scheduled;
    calendar->steps_far = calendar->steps_shared = calendar->steps_empty = 0;
}

/* Days and words may be others after this. */
static inline void look_again(struct calendar *calendar)
{
    uint64_t steps = calendar->steps_far + calendar->steps_shared + calendar->steps_empty;
    if (__builtin_expect(steps > calendar->patience, 0))
        lose_patience(calendar, steps);
}

/* ---- what is seldom ----------------------------------------------------------------------- */

void calendar_take_far_first(struct calendar *calendar)
{
    calendar->first_id = events_next_id(&calendar->far);
    calendar->first_time = calendar->far_time;
    calendar->first_is_far = true;
    calendar->first_word = word_of(calendar, calendar->far_time);
}

void calendar_schedule_far(struct calendar *calendar, uint32_t id, int64_t time)
{
    events_schedule(&calendar->far, id, time);
    calendar->far_time = events_next_time(&calendar->far);
    if (time < calendar->first_time)
        calendar_take_far_first(calendar);
    calendar->steps_far++;
    look_again(calendar);
}

uint32_t calendar_pop_far(struct calendar *calendar)
{
    uint32_t id = events_pop(&calendar->far);
    calendar->taken++;
    calendar->word = calendar->first_word;
    calendar->far_time = events_next_time(&calendar->far);
    calendar->first_is_far = false;
    calendar_find_first(calendar);
    return id;
}

void calendar_share_day(struct calendar *calendar, uint32_t id, int64_t time)
{
    struct calendar_entry *entry = calendar->entry;
    uint64_t day = (uint64_t)time >> calendar->day_bits;
    uint32_t *head = &calendar->head[(uint32_t)day & calendar->day_mask];
    uint32_t next = *head, previous = entry[next].previous; /* at the end */
    if (time < entry[previous].time) {
        for (; entry[next].time <= time; next = entry[next].next)
            calendar->steps_shared++;
        calendar->steps_shared++;
        previous = entry[next].previous;
        if (next == *head)
            *head = id;
    }
    entry[id] = (struct calendar_entry){time, next, previous};
    entry[previous].next = entry[next].previous = id;
    if (time < calendar->first_time) { /* that was of this day, too: first_word stays */
        calendar->first_time = time;
        calendar->first_id = id;
        calendar->first_is_far = false;
    }
    look_again(calendar);
}

void calendar_skip_words(struct calendar *calendar)
{
    bool is_short = calendar->word_mask + 1 == MIN_WORDS; /* a longer year is made shorter below */
    if (is_short && calendar->scheduled == calendar->taken) {
        calendar->first_time = EVENTS_NEVER;
        calendar->first_id = 0;
        return;
    }
    uint64_t word = calendar->first_word, last = calendar->word + calendar->word_mask;
    while (word < last && calendar->busy[++word & calendar->word_mask] == 0)
        continue;
    calendar->steps_empty += (word - calendar->first_word) / EMPTY_WORDS_A_STEP;
    if (calendar->busy[word & calendar->word_mask] == 0) {
        calendar->first_time = EVENTS_NEVER;
        calendar->first_id = 0;
        if (calendar->far_time != EVENTS_NEVER)
            calendar_take_far_first(calendar);
        else if (calendar->steps_empty > calendar->patience >> calendar->patience_bits)
            calendar->patience >>= calendar->patience_bits; /* there is nothing to move */
    } else {
        calendar->first_word = word;
        calendar_find_first(calendar);
    }
    look_again(calendar);
}

/* Takes it off its day. */
static void leave_day(struct calendar *calendar, uint32_t id)
{
    struct calendar_entry *entry = calendar->entry;
    uint32_t next = entry[id].next, previous = entry[id].previous;
    uint64_t day = (uint64_t)entry[id].time >> calendar->day_bits;
    uint32_t *head = &calendar->head[(uint32_t)day & calendar->day_mask];
    if (next == id)
        calendar->busy[day / CALENDAR_WORD & calendar->word_mask] &=
            ~(UINT64_C(1) << day % CALENDAR_WORD);
    else if (*head == id)
        *head = next;
    entry[next].previous = previous;
    entry[previous].next = next;
    entry[id].next = CALENDAR_NONE;
}

void calendar_cancel(struct calendar *calendar, uint32_t id)
{
    bool is_first = calendar->first_id == id;
    if (calendar->entry[id].next != CALENDAR_NONE)
        leave_day(calendar, id);
    else if (events_is_pending(&calendar->far, id))
        events_cancel(&calendar->far, id);
    else
        return;
    calendar->taken++;
    calendar->far_time = events_next_time(&calendar->far);
    if (is_first && calendar->first_time != EVENTS_NEVER) {
        calendar->first_is_far = false;
        calendar_find_first(calendar);
    }
}
