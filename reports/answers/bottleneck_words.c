/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/bottleneck_words.h"
#include "reports/text/number_text.h"

const char *bottleneck_words_resource(const struct bottleneck *why,
                                      const struct breakdown_part *part)
{
    return part->resource == BREAKDOWN_NO_RESOURCE
               ? NULL
               : station_name(why->spec, part->station, (size_t)part->resource);
}

const char *bottleneck_words_part(const struct bottleneck_writer *writer,
                                  const struct breakdown_part *part)
{
    const char *resource = bottleneck_words_resource(writer->why, part);
    struct arena *arena = writer->arena;
    switch (part->kind) {
    case BREAKDOWN_DELAY:
        if (part->step)
            return part->step;
        return resource ? arena_printf(arena, "a delay, %s held", resource) : "a delay";
    case BREAKDOWN_POOL_WAIT:
        return arena_printf(arena, "wait for %s", resource);
    case BREAKDOWN_CONNECT:
        return arena_printf(arena, "connecting, %s", resource);
    case BREAKDOWN_WORK:
        return part->step ? arena_printf(arena, "%s, on %s", part->step, resource)
                          : arena_printf(arena, "work on %s", resource);
    case BREAKDOWN_CPU_WAIT:
        return arena_printf(arena, "wait for cores of %s", resource);
    case BREAKDOWN_STATION_WAIT:
        return arena_printf(arena, "%s %s", station_kinds[part->station]->wait_phrase, resource);
    case BREAKDOWN_BROKEN_OFF:
        return "broken off, then tried again";
    case BREAKDOWN_BACKOFF:
        return "back-off";
    case BREAKDOWN_OTHER:
        break;
    }
    return "everything else";
}

/* "50 connections", "1 core", "800/s". */
const char *bottleneck_words_amount(const struct bottleneck_writer *writer,
                                    const struct bottleneck_resource *resource, double amount)
{
    struct arena *arena = writer->arena;
    const char *thing = "replica";
    if (resource->kind != BOTTLENECK_SERVICE) {
        enum station_number kind = (enum station_number)resource->kind;
        const struct station_amount *of = &station_kinds[kind]->amount;
        if (!of->thing)
            return number_text_quantity(amount, of->unit, arena);
        thing = of->thing(station_spec(writer->why->spec, kind, resource->index));
    }
    return arena_printf(arena, "%s %s%s", number_text_plain(amount, arena), thing,
                        amount == 1 ? "" : "s");
}

const char *bottleneck_words_metric(const char *group, const char *metric, struct arena *arena)
{
    return arena_printf(arena, "%s.%s", group, metric);
}

struct bottleneck_split bottleneck_split_of(const struct bottleneck *why, size_t group)
{
    struct bottleneck_split split = {
        .name = bottleneck_group_name(why, group),
        .group = group,
        .response = bottleneck_estimate(why, group, BREAKDOWN_RESPONSE),
        .slowest = bottleneck_estimate(why, group, BREAKDOWN_SLOWEST_RESPONSE)};
    split.parts = breakdown_parts(why->breakdown.model, bottleneck_group_workload(why, group),
                                  &split.part_count);
    return split;
}

struct estimate bottleneck_split_mean(const struct bottleneck *why,
                                      const struct bottleneck_split *split, size_t part)
{
    return bottleneck_estimate(why, split->group, BREAKDOWN_PARTS + 2 * part);
}

struct estimate bottleneck_split_slowest(const struct bottleneck *why,
                                         const struct bottleneck_split *split, size_t part)
{
    return bottleneck_estimate(why, split->group, BREAKDOWN_PARTS + 2 * part + 1);
}
