/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h - what will happen, in order of time, where it is asked for with every request: at
 * most one pending event for each id.
 *
 * A year of short days, most of them empty. An event is noted on its day; one bit a day tells which
 * have any, so the next is found by counting zeros; those of one day are in order of time. What
 * lies beyond the year is left to a list of events.h, the far one, and taken from there when its
 * time has come: nothing is carried over from year to year. Days are as many and as long as spreads
 * the pending events over them; that is looked at again when many are far, are sorted into a shared
 * day, or lie behind many empty words, and less and less often where no days suit. So the cost is
 * O(1) where times are spread out at all, and else near that of events.h. Beside it
 * (bench_event_list, M/M/inf): the same with 5 pending, 14 % less time with 50, a third less with
 * 5,000; half or less of it from 50 on when all delays are equal. For one or two pending events,
 * and for lists that are seldom asked, events.h is the better one.
 *
 * The order does not depend on the days. Two of one time fall on the same day; if one of them is
 * far and the other is not, it was scheduled when the year did not reach there yet: it comes first.
 * Invariants:
 * (1) days that have any are in words `word` to word + word_mask, by the number of the word since
 *     time 0, and none before first_word, that of the first of all if there is one;
 * (2) first_id is the earliest of all, the first of the first day unless first_is_far;
 * (3) entry[id].next is CALENDAR_NONE unless id is noted on a day.
 * Source: Brown (1988), Calendar queues, CACM 31(10); the far list stands for his events of later
 * years. Owner: the replication's arena. */
#ifndef CAPSIM_SIM_KERNEL_CALENDAR_H
#define CAPSIM_SIM_KERNEL_CALENDAR_H

#include "sim/kernel/events.h"

#define CALENDAR_NONE UINT32_MAX
enum { CALENDAR_WORD = 64 }; /* days */

struct calendar_entry {
    int64_t time;
    uint32_t next, previous; /* in the ring of those of the day */
};

struct calendar {
    int64_t first_time; /* EVENTS_NEVER: nothing is pending */
    uint32_t first_id;
    bool first_is_far;
    uint8_t day_bits;             /* a day has 2^day_bits ns                                  */
    uint32_t word_mask, day_mask; /* words of the year - 1, days - 1                          */
    uint64_t word;                /* of the last that was taken                               */
    uint64_t first_word;          /* of the first event                                       */
    uint64_t *busy;               /* [word_mask + 1] bit by bit the days that have any        */
    uint32_t *head;               /* [day_mask + 1] the first of a day that has any           */
    struct calendar_entry *entry; /* [ids]                                                    */
    int64_t far_time;             /* of the first of the far ones                             */
    uint64_t scheduled, taken;    /* events so far, cancelled ones among the taken            */
    uint64_t scheduled_before;    /* of those, when the days were last looked at, from when on
                                     steps in vain are counted                                */
    uint64_t steps_far, steps_shared, steps_empty; /* events beyond the year; steps along shared
                                                      days; over empty words */
    uint64_t patience;        /* steps until the next look                          */
    uint32_t patience_bits;   /* patience is 2^patience_bits times the least        */
    bool was_longer;          /* the year, when it was changed                      */
    double years;             /* a year has so many times the mean time to an event */
    uint32_t ids, most_words; /* that there is room for                             */
    struct events far;
    struct arena *arena;
};

/* An empty list for ids 0..ids-1 (calendar_grow_ids allows more). Times are not before that of what
 * was taken last, and below EVENTS_NEVER. */
void calendar_init(struct calendar *calendar, uint32_t ids, struct arena *arena);
/* Makes room for ids 0..ids-1; what is pending stays. */
void calendar_grow_ids(struct calendar *calendar, uint32_t ids);
/* Forgets id's event, if it has one. */
void calendar_cancel(struct calendar *calendar, uint32_t id);

/* What the short functions below leave: an event beyond the year; one on a day that has others,
 * where later ones of the same time come last; the first is far; first_word is empty; the first of
 * the far ones is the first of all. */
void calendar_schedule_far(struct calendar *calendar, uint32_t id, int64_t time);
void calendar_share_day(struct calendar *calendar, uint32_t id, int64_t time);
uint32_t calendar_pop_far(struct calendar *calendar);
void calendar_skip_words(struct calendar *calendar);
void calendar_take_far_first(struct calendar *calendar);

/* The time of the earliest event [ns], EVENTS_NEVER when there is none. */
static inline int64_t calendar_next_time(const struct calendar *calendar)
{
    return calendar->first_time;
}

/* Whose event comes next, for a look ahead: any number when there is none. */
static inline uint32_t calendar_next_id(const struct calendar *calendar)
{
    return calendar->first_id;
}

/* Schedules id's event at time [ns]; id has none. */
static inline void calendar_schedule(struct calendar *calendar, uint32_t id, int64_t time)
{
    uint64_t day = (uint64_t)time >> calendar->day_bits, word = day / CALENDAR_WORD;
    calendar->scheduled++;
    if (__builtin_expect(word - calendar->word > calendar->word_mask, 0)) {
        calendar_schedule_far(calendar, id, time);
        return;
    }
    uint64_t *busy = &calendar->busy[word & calendar->word_mask];
    uint64_t bit = UINT64_C(1) << day % CALENDAR_WORD;
    uint32_t place = (uint32_t)day & calendar->day_mask;
    if (__builtin_expect((*busy & bit) != 0, 0)) {
        calendar_share_day(calendar, id, time);
        return;
    }
    *busy |= bit;
    calendar->head[place] = id;
    calendar->entry[id] = (struct calendar_entry){time, id, id};
    if (__builtin_expect(time < calendar->first_time, 0)) {
        calendar->first_time = time;
        calendar->first_id = id;
        calendar->first_is_far = false;
        calendar->first_word = word;
    }
}

/* Finds the first of those that have a day, and then of all; first_word has one. */
static inline void calendar_find_first(struct calendar *calendar)
{
    uint64_t at = calendar->first_word & calendar->word_mask, busy = calendar->busy[at];
    if (__builtin_expect(busy == 0, 0)) {
        calendar_skip_words(calendar);
        return;
    }
    uint32_t place = (uint32_t)at * CALENDAR_WORD + (uint32_t)__builtin_ctzll(busy);
    calendar->first_id = calendar->head[place];
    calendar->first_time = calendar->entry[calendar->first_id].time;
    if (__builtin_expect(calendar->far_time <= calendar->first_time, 0))
        calendar_take_far_first(calendar);
}

/* Takes the earliest event and returns its id. There is one. */
static inline uint32_t calendar_pop(struct calendar *calendar)
{
    if (__builtin_expect(calendar->first_is_far, 0))
        return calendar_pop_far(calendar);
    uint32_t id = calendar->first_id, next = calendar->entry[id].next;
    uint64_t at = calendar->first_word & calendar->word_mask, busy = calendar->busy[at];
    calendar->word = calendar->first_word;
    calendar->taken++;
    calendar->entry[id].next = CALENDAR_NONE;
    if (__builtin_expect(next == id, 1)) {
        calendar->busy[at] = busy & (busy - 1); /* the first busy day is its day */
    } else {
        uint32_t previous = calendar->entry[id].previous;
        calendar->head[at * CALENDAR_WORD + (uint32_t)__builtin_ctzll(busy)] = next;
        calendar->entry[next].previous = previous;
        calendar->entry[previous].next = next;
    }
    calendar_find_first(calendar);
    return id;
}

#endif
