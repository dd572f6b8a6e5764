/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/bottleneck_limits.h"
#include "reports/answers/bottleneck_answer.h"
#include "reports/text/number_text.h"
#include <math.h>

const double BOTTLENECK_ANSWER_LIMITS = 0.05;

/* What of it is waited for. */
static const char *awaited_of(const struct bottleneck_resource *resource)
{
    const char *awaited =
        resource->kind == BOTTLENECK_SERVICE ? NULL : station_kinds[resource->kind]->amount.awaited;
    return awaited ? awaited : "it";
}

/* The share of a split's slowest that waits for resource. */
static double waiting_for(const struct bottleneck *why, const struct bottleneck_split *split,
                          const struct bottleneck_resource *resource)
{
    double sum = 0;
    for (size_t p = 0; p < split->part_count; p++) {
        bool is_waiting;
        if (bottleneck_resource_of(why, &split->parts[p], &is_waiting) == resource && is_waiting)
            sum += bottleneck_split_slowest(why, split, p).estimate;
    }
    return sum / split->slowest.estimate;
}

static const struct bottleneck_resource *
find_limit(const struct bottleneck *why, const struct bottleneck_split *split, double *waiting)
{
    const struct bottleneck_resource *limit = NULL;
    *waiting = 0;
    for (size_t r = 0; r < why->resource_count; r++) {
        double share = waiting_for(why, split, &why->resources[r]);
        if (share > *waiting) {
            *waiting = share;
            limit = &why->resources[r];
        }
    }
    return limit;
}

static const char *percent(double share, struct arena *arena)
{
    return share < 0.0095 && share > 0 ? "less than 1 %"
                                       : arena_printf(arena, "%.0f %%", share * 100);
}

/* "; one more (51 connections): p99 -12 ± 3 ms" */
static const char *describe_gain(const struct bottleneck_writer *writer,
                                 const struct bottleneck_split *split,
                                 const struct bottleneck_resource *resource)
{
    const struct bottleneck *why = writer->why;
    struct arena *arena = writer->arena;
    for (size_t c = 0; c < why->change_count; c++) {
        const struct bottleneck_change *change = &why->changes[c];
        if (change->resource != resource || change->to < resource->amount)
            continue;
        struct estimate gain = bottleneck_effect(
            why, change, bottleneck_words_metric(split->name, "response.p99", arena));
        if (isnan(gain.estimate))
            break;
        if (gain.has_interval && gain.low < 0 && gain.high > 0)
            return arena_printf(arena, " What one more would give is within the error.");
        return arena_printf(arena, " With %s the p99 changes by %s.",
                            bottleneck_words_amount(writer, resource, change->to),
                            number_text_paired(&gain, "s", true, arena));
    }
    return "";
}

/* "16.2 needed, of 8 cores", where that is known to be too much; or NULL. */
static const char *describe_need(const struct bottleneck_writer *writer,
                                 const struct bottleneck_resource *resource)
{
    double offered = bottleneck_offered(writer->why, resource);
    if (!(offered >= 1))
        return NULL;
    return arena_printf(
        writer->arena, "%s needed, of %s",
        number_text_plain(round(offered * resource->amount * 100) / 100, writer->arena),
        bottleneck_words_amount(writer, resource, resource->amount));
}

/* What it is held for, if one step of several takes most of that time. */
static const char *describe_holding(const struct bottleneck_writer *writer,
                                    const struct bottleneck_resource *resource)
{
    const double most = 0.5;
    struct holding holding = bottleneck_holding(writer->why, resource);
    if (!holding.longest || !holding.longest->name || holding.count < 2 || holding.share < most)
        return "";
    return arena_printf(writer->arena, " %s of the time that one is held goes to \"%s\".",
                        percent(holding.share, writer->arena), holding.longest->name);
}

/* What to do about it: never a second lock. */
static const char *describe_remedy(const struct bottleneck_writer *writer,
                                   const struct bottleneck_split *split,
                                   const struct bottleneck_resource *culprit)
{
    const char *holding = describe_holding(writer, culprit);
    if (!bottleneck_is_exclusive(culprit))
        return arena_printf(writer->arena, "%s%s", describe_gain(writer, split, culprit), holding);
    return arena_printf(writer->arena,
                        " One request at a time holds %s: if it is a lock, shorten what "
                        "happens while it is held.%s",
                        document_name(writer->answer->document, culprit->name), holding);
}

/* Why the resource that is waited for is full: the one behind it, and what more of that gives. */
static const char *describe_cause(const struct bottleneck_writer *writer,
                                  const struct bottleneck_split *split,
                                  const struct bottleneck_resource *waited,
                                  const struct bottleneck_resource *culprit)
{
    const struct document *document = writer->answer->document;
    struct arena *arena = writer->arena;
    const char *name = document_name(document, waited->name);
    const char *remedy = describe_remedy(writer, split, culprit);
    const char *need = describe_need(writer, culprit);
    if (culprit == waited)
        return arena_printf(arena, "%s%s%s%s", need ? " " : "", need ? need : "", need ? "." : "",
                            remedy);
    const char *less = bottleneck_is_exclusive(waited)
                           ? ""
                           : arena_printf(arena, " More of %s alone does less.", name);
    if (!bottleneck_is_behind(writer->why, waited, culprit))
        return arena_printf(arena, "%s%s", remedy, less);
    return arena_printf(arena, " %s is full because %s is the limit%s%s.%s%s", name,
                        document_name(document, culprit->name), need ? ": " : "", need ? need : "",
                        remedy, less);
}

static void state_limit(const struct bottleneck_writer *writer,
                        const struct bottleneck_split *split,
                        const struct bottleneck_resource *waited,
                        const struct bottleneck_resource *culprit, double waiting)
{
    struct arena *arena = writer->arena;
    struct document *document = writer->answer->document;
    const char *used = isnan(waited->utilization)
                           ? ""
                           : arena_printf(arena, ", %s used", percent(waited->utilization, arena));
    const char *awaited =
        culprit == waited ? awaited_of(waited) : document_name(document, waited->name);
    document_add_statement(
        document, TONE_BAD, "LIMIT",
        arena_printf(arena,
                     "%s: %s of the time of the slowest 1 %% of %s (%s on average) is waiting for "
                     "%s (%s%s).%s",
                     document_name(document, culprit->name), percent(waiting, arena),
                     document_name(document, split->name),
                     number_text_quantity(split->slowest.estimate, "s", arena), awaited,
                     bottleneck_words_amount(writer, waited, waited->amount), used,
                     describe_cause(writer, split, waited, culprit)));
}

/* Nobody waits much: then the largest part is what there is to say. */
static void state_no_limit(const struct bottleneck_writer *writer,
                           const struct bottleneck_split *split, double waiting)
{
    struct arena *arena = writer->arena;
    size_t largest = 0;
    for (size_t p = 1; p < split->part_count; p++)
        if (bottleneck_split_slowest(writer->why, split, p).estimate >
            bottleneck_split_slowest(writer->why, split, largest).estimate)
            largest = p;
    document_add_statement(
        writer->answer->document, TONE_GOOD, "NO LIMIT",
        arena_printf(
            arena,
            "%s: the slowest 1 %% (%s on average) wait %s of their time for any one resource; "
            "%s of it is %s.",
            document_name(writer->answer->document, split->name),
            number_text_quantity(split->slowest.estimate, "s", arena),
            waiting > 0 ? percent(waiting, arena) : "none",
            split->part_count > 0
                ? percent(bottleneck_split_slowest(writer->why, split, largest).estimate /
                              split->slowest.estimate,
                          arena)
                : "none",
            split->part_count > 0 ? bottleneck_words_part(writer, &split->parts[largest])
                                  : "anything"));
}

void bottleneck_limits_state(const struct bottleneck_writer *writer)
{
    const struct bottleneck_resource *first = NULL;
    for (size_t g = 0; g < bottleneck_group_count(writer->why); g++) {
        struct bottleneck_split split = bottleneck_split_of(writer->why, g);
        double waiting;
        if (!bottleneck_is_workload(writer->why, g) || !(split.slowest.estimate > 0))
            continue;
        const struct bottleneck_resource *waited = find_limit(writer->why, &split, &waiting);
        if (!waited || waiting < BOTTLENECK_ANSWER_LIMITS) {
            state_no_limit(writer, &split, waiting);
            continue;
        }
        const struct bottleneck_resource *culprit =
            bottleneck_culprit(writer->why, split.name, waited, writer->arena);
        state_limit(writer, &split, waited, culprit, waiting);
        first = first ? first : culprit;
    }
    answer_add_text(writer->answer, "limit", first ? first->name : "none");
}
