/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/breakdown_marks.h"
#include <string.h>

static bool is_same(const struct breakdown_part *a, const struct breakdown_part *b)
{
    if (a->kind != b->kind || a->resource != b->resource || a->station != b->station)
        return false;
    return a->step == b->step || (a->step && b->step && strcmp(a->step, b->step) == 0);
}

/* The last part is for everything that finds no other. */
static uint32_t add_part_of(struct breakdown_list *list, enum breakdown_kind kind, const char *step,
                            int resource, enum station_number station)
{
    struct breakdown_part part = {kind, step, resource, station};
    for (size_t p = 0; p < list->count; p++)
        if (is_same(&list->parts[p], &part))
            return (uint32_t)p;
    if (list->count == BREAKDOWN_MAX_PARTS)
        return BREAKDOWN_MAX_PARTS - 1;
    if (list->count == BREAKDOWN_MAX_PARTS - 1)
        part = (struct breakdown_part){.kind = BREAKDOWN_OTHER, .resource = BREAKDOWN_NO_RESOURCE};
    list->parts[list->count] = part;
    return (uint32_t)list->count++;
}

/* A part of work, or of what has to do with a pool. */
static uint32_t add_part(struct breakdown_list *list, enum breakdown_kind kind, const char *step,
                         int resource)
{
    bool is_work = kind == BREAKDOWN_WORK || kind == BREAKDOWN_CPU_WAIT;
    return add_part_of(list, kind, step, resource, is_work ? STATION_CPU : STATION_POOL);
}

static struct operation make_mark(enum operation_code code, uint32_t first, uint32_t second)
{
    return (struct operation){.code = (uint16_t)code,
                              .slot = SLOT_NONE,
                              .draw = DRAW_NONE,
                              .target = first,
                              .step = (int)second,
                              .fixed_ns = -1};
}

static bool mark_work(struct breakdown_list *list, int cpu, const struct operation *timed,
                      struct operation *mark)
{
    uint32_t first = add_part(list, BREAKDOWN_WORK, list->within, cpu);
    *mark = make_mark(OPERATION_MARK_WORK, first, add_part(list, BREAKDOWN_CPU_WAIT, NULL, cpu));
    mark->draw = timed->draw;
    mark->fixed_ns = timed->fixed_ns;
    mark->fetch = timed->code == OPERATION_FETCH ? timed->fetch : NULL;
    return true;
}

/* Behind the operation with a station where requests may wait. */
static bool mark_station(struct breakdown_list *list, const struct operation *timed, int resource,
                         struct operation *mark)
{
    if (!timed->verb->may_wait)
        return false;
    uint32_t part = add_part_of(list, BREAKDOWN_STATION_WAIT, NULL, resource, timed->verb->kind);
    *mark = make_mark(OPERATION_MARK, part, part);
    return true;
}

bool breakdown_mark(struct breakdown_list *list, const struct step *step,
                    const struct operation *timed, struct operation *mark)
{
    uint32_t first;
    int pool = (int)step->pool, target = (int)step->target, cpu = (int)step->cpu;
    switch (step->kind) {
    case STEP_DELAY:
    case STEP_FETCH:
        if (step->kind == STEP_FETCH && step->cpu != SPEC_NO_CPU)
            return mark_work(list, cpu, timed, mark);
        first = add_part(list, BREAKDOWN_DELAY, list->within,
                         list->within ? BREAKDOWN_NO_RESOURCE : list->holding);
        *mark = make_mark(OPERATION_MARK, first, first);
        return true;
    case STEP_HOLD:
        if (step->station != STATION_POOL)
            return mark_station(list, timed, pool, mark);
        first = add_part(list, BREAKDOWN_POOL_WAIT, NULL, pool);
        *mark =
            make_mark(OPERATION_MARK_HOLD, first, add_part(list, BREAKDOWN_CONNECT, NULL, pool));
        return true;
    case STEP_WORK:
        return mark_work(list, cpu, timed, mark);
    case STEP_PASS:
    case STEP_PUT:
    case STEP_DRAIN:
        return mark_station(list, timed, target, mark);
    case STEP_CHOOSE:
    case STEP_REPEAT:
    case STEP_VISIT:
    case STEP_SPAWN:
        break;
    }
    return false;
}

void breakdown_mark_begin(struct breakdown_list *list, bool has_retry, struct operation *mark)
{
    uint32_t broken_off = 0, backoff = 0;
    if (has_retry) {
        broken_off = add_part(list, BREAKDOWN_BROKEN_OFF, NULL, BREAKDOWN_NO_RESOURCE);
        backoff = add_part(list, BREAKDOWN_BACKOFF, NULL, BREAKDOWN_NO_RESOURCE);
    }
    *mark = make_mark(OPERATION_MARK_BEGIN, broken_off, backoff);
}

void breakdown_mark_end(struct operation *mark)
{
    *mark = make_mark(OPERATION_MARK_END, 0, 0);
}
