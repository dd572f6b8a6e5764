/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/kernel_checks.h"

/* ---- events.h ----------------------------------------------------------------------------- */

static bool is_least_of_four(const struct events *events, uint32_t at)
{
    const wide_uint *group = &events->node[4 * (size_t)at];
    wide_uint least = wide_least(wide_least(group[0], group[1]), wide_least(group[2], group[3]));
    return events->node[at] == least;
}

static bool is_tree_of_winners(const struct events *events)
{
    for (uint32_t first = events->width / 4; first >= 1; first /= 4)
        for (uint32_t at = first; at < 2 * first; at++)
            if (!is_least_of_four(events, at))
                return false;
    return true;
}

static bool is_at_home(const struct events *events, uint32_t id)
{
    uint32_t slot = events->slot_of[id];
    return slot < events->width && events->id_of[slot] == id &&
           (uint32_t)events->node[events->width + slot] == slot &&
           events->node[events->width + slot] != EVENTS_NO_KEY;
}

const char *events_check(const struct events *events)
{
    uint32_t pending = 0, homes = 0;
    if (!is_tree_of_winners(events))
        return "events (1): a node is not the least of the four below it";
    for (uint32_t id = 0; id < events->ids; id++) {
        if (events->slot_of[id] == EVENTS_NO_SLOT)
            continue;
        homes++;
        if (!is_at_home(events, id))
            return "events (2): an id's slot has the event of another";
    }
    for (uint32_t slot = 0; slot < events->width; slot++) {
        wide_uint key = events->node[events->width + slot];
        pending += key != EVENTS_NO_KEY;
        if (key != EVENTS_NO_KEY && (uint32_t)(key >> 32) > events->order)
            return "events (3): an order number is above that of the last event scheduled";
    }
    return pending == homes ? NULL : "events (2): a slot has an event that no id knows";
}

/* ---- calendar.h --------------------------------------------------------------------------- */

static uint64_t day_of(const struct calendar *calendar, uint32_t id)
{
    return (uint64_t)calendar->entry[id].time >> calendar->day_bits;
}

static bool is_on_its_day(const struct calendar *calendar, uint32_t id)
{
    uint64_t day = day_of(calendar, id), word = day / CALENDAR_WORD;
    bool is_in_year = word - calendar->word <= calendar->word_mask && word >= calendar->first_word;
    uint64_t busy = calendar->busy[word & calendar->word_mask];
    return is_in_year && (busy >> day % CALENDAR_WORD & 1) != 0;
}

/* In order of time, but for the last, whose next is the first. */
static bool is_in_ring(const struct calendar *calendar, uint32_t id)
{
    const struct calendar_entry *entry = &calendar->entry[id];
    if (entry->next >= calendar->ids || calendar->entry[entry->next].previous != id)
        return false;
    bool is_last = entry->next == calendar->head[day_of(calendar, id) & calendar->day_mask];
    return is_last || calendar->entry[entry->next].time >= entry->time;
}

static const char *check_first(const struct calendar *calendar)
{
    const char *wrong = "calendar (2): the first is not the earliest of all";
    int64_t far = events_next_time(&calendar->far);
    if (far != calendar->far_time)
        return "calendar (2): the first of the far ones is not known";
    if (calendar->first_time == EVENTS_NEVER)
        return far == EVENTS_NEVER ? NULL : wrong;
    if (calendar->first_is_far)
        return far == calendar->first_time && events_next_id(&calendar->far) == calendar->first_id
                   ? NULL
                   : wrong;
    bool is_there = calendar->entry[calendar->first_id].next != CALENDAR_NONE &&
                    calendar->entry[calendar->first_id].time == calendar->first_time;
    return is_there && far > calendar->first_time ? NULL : wrong;
}

/* Bits of days without anybody are found by counting. */
static uint32_t count_busy_days(const struct calendar *calendar)
{
    uint32_t days = 0;
    for (uint32_t word = 0; word <= calendar->word_mask; word++)
        days += (uint32_t)__builtin_popcountll(calendar->busy[word]);
    return days;
}

const char *calendar_check(const struct calendar *calendar, uint32_t *id)
{
    uint32_t days = 0;
    for (uint32_t at = 0; at < calendar->ids; at++) {
        if (calendar->entry[at].next == CALENDAR_NONE)
            continue;
        *id = at;
        if (!is_on_its_day(calendar, at))
            return "calendar (1): an event is noted on a day outside the year or marked as free";
        if (calendar->entry[at].time < calendar->first_time)
            return "calendar (2): an event comes before the first";
        if (!is_in_ring(calendar, at))
            return "calendar (3): the events of a day are not a ring in order of time";
        if (calendar->far.slot_of[at] != EVENTS_NO_SLOT)
            return "calendar (3): an event is both on a day and far";
        days += calendar->head[day_of(calendar, at) & calendar->day_mask] == at;
    }
    if (days != count_busy_days(calendar))
        return "calendar (1): a day is marked that has nobody, or nobody first";
    const char *broken = check_first(calendar);
    return broken ? broken : events_check(&calendar->far);
}
