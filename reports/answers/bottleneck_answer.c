/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/bottleneck_answer.h"
#include "reports/document/sparkline.h"
#include "reports/text/number_text.h"
#include <math.h>

const double BOTTLENECK_ANSWER_LIMITS = 0.05;

enum { MAX_METRIC = 512 };

struct writer {
    struct answer *answer;
    const struct bottleneck *why;
    struct arena *arena;
};

/* ---- words --------------------------------------------------------------------------------- */

static const char *const kind_words[] = {[BREAKDOWN_DELAY] = "step",
                                         [BREAKDOWN_POOL_WAIT] = "wait",
                                         [BREAKDOWN_CONNECT] = "connect",
                                         [BREAKDOWN_WORK] = "work",
                                         [BREAKDOWN_CPU_WAIT] = "processor wait",
                                         [BREAKDOWN_BROKEN_OFF] = "broken off",
                                         [BREAKDOWN_BACKOFF] = "back-off",
                                         [BREAKDOWN_OTHER] = "other"};

static const char *word_of_part(const struct breakdown_part *part)
{
    return part->kind == BREAKDOWN_STATION_WAIT ? station_kinds[part->station]->wait_word
                                                : kind_words[part->kind];
}

static const char *name_resource(const struct bottleneck *why, const struct breakdown_part *part)
{
    return part->resource == BREAKDOWN_NO_RESOURCE
               ? NULL
               : station_name(why->spec, part->station, (size_t)part->resource);
}

static const char *describe_part(const struct writer *writer, const struct breakdown_part *part)
{
    const char *resource = name_resource(writer->why, part);
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
static const char *amount_text(const struct writer *writer,
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

/* What of it is waited for. */
static const char *awaited_of(const struct bottleneck_resource *resource)
{
    const char *awaited =
        resource->kind == BOTTLENECK_SERVICE ? NULL : station_kinds[resource->kind]->amount.awaited;
    return awaited ? awaited : "it";
}

static const char *unit_of(const struct bottleneck_resource *resource)
{
    return resource->kind == BOTTLENECK_SERVICE ? "" : station_kinds[resource->kind]->amount.unit;
}

/* "61 % █████" */
static const char *share_text(double share, struct arena *arena)
{
    if (isnan(share))
        return "-";
    const char *bar = sparkline_bar(share, arena);
    const char *number =
        share >= 0.0095 || share == 0 ? arena_printf(arena, "%.0f", share * 100) : "<1";
    return arena_printf(arena, "%3s %% %s", number, bar);
}

static const char *metric_name(const char *group, const char *metric, struct arena *arena)
{
    return arena_printf(arena, "%s.%s", group, metric);
}

/* ---- a workload's or a class's time ---------------------------------------------------------- */

struct split {
    const char *name;
    size_t group, part_count;
    const struct breakdown_part *parts;
    struct estimate response, slowest;
};

static struct split split_of(const struct bottleneck *why, size_t group)
{
    struct split split = {.name = bottleneck_group_name(why, group),
                          .group = group,
                          .response = bottleneck_estimate(why, group, BREAKDOWN_RESPONSE),
                          .slowest = bottleneck_estimate(why, group, BREAKDOWN_SLOWEST_RESPONSE)};
    split.parts = breakdown_parts(why->breakdown.model, bottleneck_group_workload(why, group),
                                  &split.part_count);
    return split;
}

static struct estimate mean_of(const struct bottleneck *why, const struct split *split, size_t part)
{
    return bottleneck_estimate(why, split->group, BREAKDOWN_PARTS + 2 * part);
}

static struct estimate slowest_of(const struct bottleneck *why, const struct split *split,
                                  size_t part)
{
    return bottleneck_estimate(why, split->group, BREAKDOWN_PARTS + 2 * part + 1);
}

static bool is_nothing(const struct bottleneck *why, const struct split *split, size_t part)
{
    double mean = mean_of(why, split, part).estimate;
    double slowest = slowest_of(why, split, part).estimate;
    return !(mean > 0) && !(slowest > 0);
}

static void show_split(const struct writer *writer, const struct split *split)
{
    const struct table_column columns[] = {{"where the time goes", NULL, false},
                                           {"average", NULL, true},
                                           {"of it", NULL, false},
                                           {"slowest 1 %", NULL, true},
                                           {"of it ", NULL, false}};
    struct arena *arena = writer->arena;
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t p = 0; p < split->part_count; p++) {
        double mean = mean_of(writer->why, split, p).estimate;
        double slowest = slowest_of(writer->why, split, p).estimate;
        if (is_nothing(writer->why, split, p))
            continue;
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(describe_part(writer, &split->parts[p]));
        row[1] = table_text(number_text_quantity(mean, "s", arena));
        row[2] = table_text(share_text(mean / split->response.estimate, arena));
        row[3] = table_text(number_text_quantity(slowest, "s", arena));
        row[4] = table_text(share_text(slowest / split->slowest.estimate, arena));
    }
    struct table_cell *row = table_add_row(table);
    row[0] = table_text("response");
    row[1] = table_text(number_text_quantity(split->response.estimate, "s", arena));
    row[3] = table_text(number_text_quantity(split->slowest.estimate, "s", arena));
    document_add_table(writer->answer->document, table);
}

static void show_splits(const struct writer *writer)
{
    for (size_t g = 0; g < bottleneck_group_count(writer->why); g++) {
        struct split split = split_of(writer->why, g);
        document_add(writer->answer->document, BLOCK_HEADING,
                     arena_printf(writer->arena, "Response time of %s",
                                  document_name(writer->answer->document, split.name)));
        if (isnan(split.response.estimate))
            document_add(writer->answer->document, BLOCK_PARAGRAPH, "No request was completed.");
        else
            show_split(writer, &split);
    }
}

static void set_estimate(struct table_cell *cells, const struct estimate *estimate)
{
    cells[0] = table_number(estimate->estimate);
    cells[1] = table_number(estimate->low);
    cells[2] = table_number(estimate->high);
}

static void list_breakdown(const struct writer *writer)
{
    const struct table_column columns[] = {
        {"workload", NULL, false},  {"part", NULL, false},       {"step", NULL, false},
        {"resource", NULL, false},  {"mean", "s", true},         {"mean_low", "s", true},
        {"mean_high", "s", true},   {"mean_share", "1", true},   {"slowest", "s", true},
        {"slowest_low", "s", true}, {"slowest_high", "s", true}, {"slowest_share", "1", true}};
    struct table *table =
        answer_add_table(writer->answer, "breakdown", columns, sizeof columns / sizeof columns[0]);
    for (size_t g = 0; g < bottleneck_group_count(writer->why); g++) {
        struct split split = split_of(writer->why, g);
        for (size_t p = 0; p <= split.part_count; p++) {
            bool is_whole = p == split.part_count;
            const struct breakdown_part *part = &split.parts[p];
            struct estimate mean = is_whole ? split.response : mean_of(writer->why, &split, p);
            struct estimate slowest = is_whole ? split.slowest : slowest_of(writer->why, &split, p);
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(split.name);
            row[1] = table_text(is_whole ? "response" : word_of_part(part));
            row[2] = table_text(is_whole ? NULL : part->step);
            row[3] = table_text(is_whole ? NULL : name_resource(writer->why, part));
            set_estimate(row + 4, &mean);
            row[7] = table_number(mean.estimate / split.response.estimate);
            set_estimate(row + 8, &slowest);
            row[11] = table_number(slowest.estimate / split.slowest.estimate);
        }
    }
}

/* ---- what limits ----------------------------------------------------------------------------- */

/* The share of a split's slowest that waits for resource. */
static double waiting_for(const struct bottleneck *why, const struct split *split,
                          const struct bottleneck_resource *resource)
{
    double sum = 0;
    for (size_t p = 0; p < split->part_count; p++) {
        bool is_waiting;
        if (bottleneck_resource_of(why, &split->parts[p], &is_waiting) == resource && is_waiting)
            sum += slowest_of(why, split, p).estimate;
    }
    return sum / split->slowest.estimate;
}

static const struct bottleneck_resource *find_limit(const struct bottleneck *why,
                                                    const struct split *split, double *waiting)
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
static const char *describe_gain(const struct writer *writer, const struct split *split,
                                 const struct bottleneck_resource *resource)
{
    const struct bottleneck *why = writer->why;
    struct arena *arena = writer->arena;
    for (size_t c = 0; c < why->change_count; c++) {
        const struct bottleneck_change *change = &why->changes[c];
        if (change->resource != resource || change->to < resource->amount)
            continue;
        struct estimate gain =
            bottleneck_effect(why, change, metric_name(split->name, "response.p99", arena));
        if (isnan(gain.estimate))
            break;
        if (gain.has_interval && gain.low < 0 && gain.high > 0)
            return arena_printf(arena, " What one more would give is within the error.");
        return arena_printf(arena, " With %s the p99 changes by %s.",
                            amount_text(writer, resource, change->to),
                            number_text_paired(&gain, "s", true, arena));
    }
    return "";
}

/* "; it is asked for 16.2 of its 8 cores", where that is known to be too much. */
static const char *describe_need(const struct writer *writer,
                                 const struct bottleneck_resource *resource)
{
    double offered = bottleneck_offered(writer->why, resource);
    if (!(offered >= 1))
        return "";
    return arena_printf(
        writer->arena, ": %s needed, of %s",
        number_text_plain(round(offered * resource->amount * 100) / 100, writer->arena),
        amount_text(writer, resource, resource->amount));
}

/* Why the resource that is waited for is full: the one behind it, and what more of that gives. */
static const char *describe_cause(const struct writer *writer, const struct split *split,
                                  const struct bottleneck_resource *waited,
                                  const struct bottleneck_resource *culprit)
{
    const struct document *document = writer->answer->document;
    struct arena *arena = writer->arena;
    const char *name = document_name(document, waited->name);
    if (bottleneck_is_exclusive(culprit))
        return arena_printf(arena,
                            " One request at a time holds %s: if it is a lock, shorten what "
                            "happens while it is held.",
                            document_name(document, culprit->name));
    const char *gain = describe_gain(writer, split, culprit);
    if (culprit == waited)
        return gain;
    if (!bottleneck_is_behind(writer->why, waited, culprit))
        return arena_printf(arena, "%s One more of %s does less.", gain, name);
    return arena_printf(
        arena, " %s is full because %s is the limit%s.%s More of %s alone does less.", name,
        document_name(document, culprit->name), describe_need(writer, culprit), gain, name);
}

static void state_limit(const struct writer *writer, const struct split *split,
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
                     amount_text(writer, waited, waited->amount), used,
                     describe_cause(writer, split, waited, culprit)));
}

/* Nobody waits much: then the largest part is what there is to say. */
static void state_no_limit(const struct writer *writer, const struct split *split, double waiting)
{
    struct arena *arena = writer->arena;
    size_t largest = 0;
    for (size_t p = 1; p < split->part_count; p++)
        if (slowest_of(writer->why, split, p).estimate >
            slowest_of(writer->why, split, largest).estimate)
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
            split->part_count > 0 ? percent(slowest_of(writer->why, split, largest).estimate /
                                                split->slowest.estimate,
                                            arena)
                                  : "none",
            split->part_count > 0 ? describe_part(writer, &split->parts[largest]) : "anything"));
}

static void state_limits(const struct writer *writer)
{
    const struct bottleneck_resource *first = NULL;
    for (size_t g = 0; g < bottleneck_group_count(writer->why); g++) {
        struct split split = split_of(writer->why, g);
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

/* ---- resources and changes ---------------------------------------------------------------------
 */

static const char *word_of_resource(const struct bottleneck_resource *resource)
{
    return resource->kind == BOTTLENECK_SERVICE ? "service"
                                                : station_kinds[resource->kind]->amount.word;
}

static void list_resources(const struct writer *writer)
{
    const struct table_column columns[] = {
        {"resource", NULL, false}, {"kind", NULL, false},      {"amount", NULL, true},
        {"unit", NULL, false},     {"utilization", "1", true}, {"slowest_waiting", "1", true}};
    struct table *table =
        answer_add_table(writer->answer, "resources", columns, sizeof columns / sizeof columns[0]);
    for (size_t r = 0; r < writer->why->resource_count; r++) {
        const struct bottleneck_resource *resource = &writer->why->resources[r];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(resource->name);
        row[1] = table_text(word_of_resource(resource));
        row[2] = table_number(resource->amount);
        row[3] = table_text(unit_of(resource));
        row[4] = table_number(resource->utilization);
        row[5] = table_number(resource->waiting);
    }
}

static const char *const effect_metrics[] = {"response.mean", "response.p99", "error_rate"};
static const char *const effect_units[] = {"s", "s", "1"};
enum { EFFECTS = sizeof effect_metrics / sizeof effect_metrics[0] };

static void list_changes(const struct writer *writer)
{
    const struct table_column columns[] = {{"resource", NULL, false},    {"from", NULL, true},
                                           {"to", NULL, true},           {"unit", NULL, false},
                                           {"metric", NULL, false},      {"difference", NULL, true},
                                           {"low", NULL, true},          {"high", NULL, true},
                                           {"metric_unit", NULL, false}, {"steady", NULL, false}};
    const struct bottleneck *why = writer->why;
    struct table *table =
        answer_add_table(writer->answer, "changes", columns, sizeof columns / sizeof columns[0]);
    for (size_t c = 0; c < why->change_count; c++)
        for (size_t g = 0; g < bottleneck_group_count(why); g++)
            for (size_t m = 0; m < EFFECTS; m++) {
                const struct bottleneck_change *change = &why->changes[c];
                const char *metric =
                    metric_name(bottleneck_group_name(why, g), effect_metrics[m], writer->arena);
                struct estimate effect = bottleneck_effect(why, change, metric);
                struct table_cell *row = table_add_row(table);
                row[0] = table_text(change->resource->name);
                row[1] = table_number(change->resource->amount);
                row[2] = table_number(change->to);
                row[3] = table_text(unit_of(change->resource));
                row[4] = table_text(metric);
                set_estimate(row + 5, &effect);
                row[8] = table_text(effect_units[m]);
                row[9] = table_text(change->has_steady_state ? "yes" : "no");
            }
}

/* What a change does to a workload: one effect for each of effect_metrics. */
struct effects {
    struct estimate of[EFFECTS];
    bool is_any, is_unresolved;
};

static struct effects effects_of(const struct writer *writer,
                                 const struct bottleneck_change *change, const char *workload)
{
    struct effects effects = {.is_any = !change->has_steady_state};
    for (size_t m = 0; m < EFFECTS; m++) {
        effects.of[m] = bottleneck_effect(writer->why, change,
                                          metric_name(workload, effect_metrics[m], writer->arena));
        effects.is_any |= effects.of[m].low != 0 || effects.of[m].high != 0;
        effects.is_unresolved |= effects.of[m].is_unresolved;
    }
    return effects;
}

/* "+ 1 (51 connections)", "- 1 % (792 /s)" */
static const char *describe_change(const struct writer *writer,
                                   const struct bottleneck_change *change)
{
    const struct bottleneck_resource *resource = change->resource;
    bool is_relative = *unit_of(resource) != '\0'; /* then one more is a hundredth */
    return arena_printf(writer->arena, "%s 1%s (%s)", change->to > resource->amount ? "+" : "-",
                        is_relative ? " %" : "", amount_text(writer, resource, change->to));
}

/* A change of the error rate by nothing leaves its cell empty, and so perhaps its column. */
static void show_change(const struct writer *writer, const struct bottleneck_change *change,
                        const struct effects *effects, struct table *table)
{
    struct table_cell *row = table_add_row(table);
    row[0] = table_text(document_name(writer->answer->document, change->resource->name));
    row[1] = table_text(describe_change(writer, change));
    for (size_t m = 0; m < EFFECTS; m++) {
        const struct estimate *effect = &effects->of[m];
        if (!change->has_steady_state)
            row[2 + m] = table_toned("no steady state", TONE_BAD);
        else if (m != EFFECTS - 1 || effect->low != 0 || effect->high != 0)
            row[2 + m] =
                table_text(number_text_paired(effect, effect_units[m], true, writer->arena));
    }
}

static void show_changes_of(const struct writer *writer, const char *workload)
{
    const struct table_column columns[] = {{"resource", NULL, false},
                                           {"change", NULL, false},
                                           {"mean response", NULL, true},
                                           {"p99 response", NULL, true},
                                           {"error rate", NULL, true}};
    struct document *document = writer->answer->document;
    struct table *table = table_make(columns, 2 + EFFECTS, writer->arena);
    bool is_unresolved = false;
    for (size_t c = 0; c < writer->why->change_count; c++) {
        const struct bottleneck_change *change = &writer->why->changes[c];
        struct effects effects = effects_of(writer, change, workload);
        if (effects.is_any)
            show_change(writer, change, &effects, table);
        is_unresolved |= effects.is_any && effects.is_unresolved;
    }
    document_add(document, BLOCK_HEADING,
                 arena_printf(writer->arena, "What one more or one less would change for %s",
                              document_name(document, workload)));
    if (table->row_count == 0) {
        document_add(document, BLOCK_PARAGRAPH, "Nothing, whichever resource it is.");
        return;
    }
    table_drop_empty_columns(table);
    document_add_table(document, table);
    if (is_unresolved)
        document_add(document, BLOCK_PARAGRAPH,
                     "* too few requests lie beyond the p99; a longer run.duration resolves it");
}

static void show_changes(const struct writer *writer)
{
    const struct bottleneck *why = writer->why;
    for (size_t g = 0; g < bottleneck_group_count(why) && why->change_count > 0; g++)
        if (bottleneck_is_workload(why, g))
            show_changes_of(writer, bottleneck_group_name(why, g));
    if (why->resource_count > BOTTLENECK_MOST_CHANGED)
        document_add(writer->answer->document, BLOCK_PARAGRAPH,
                     arena_printf(writer->arena,
                                  "Of %zu resources the %d were varied that the slowest wait for "
                                  "longest, then the busiest.",
                                  why->resource_count, BOTTLENECK_MOST_CHANGED));
}

static void state_basis(const struct writer *writer)
{
    const struct bottleneck *why = writer->why;
    size_t count;
    const char *const *warnings = plan_list_warnings(&why->plan, 0, writer->arena, &count);
    answer_add_text(writer->answer, "setting", why->spec->setting);
    answer_add_number(writer->answer, "replications", (double)why->replications, "");
    answer_add_number(writer->answer, "confidence", why->confidence, "1");
    answer_add_number(writer->answer, "warmup", why->plan.warmup_s[0], "s");
    document_add(
        writer->answer->document, BLOCK_PARAGRAPH,
        arena_printf(writer->arena,
                     "Setting %s, %s; the parts of a response add up to it exactly. "
                     "Differences are paired, with %.4g %% intervals.",
                     why->spec->setting,
                     document_count(writer->answer->document, why->replications, "replication"),
                     why->confidence * 100));
    for (size_t i = 0; i < count; i++)
        document_add_marked_item(writer->answer->document, TONE_UNSURE, "warning", warnings[i]);
}

void bottleneck_answer_add(struct answer *answer, const struct bottleneck *why)
{
    struct writer writer = {answer, why, answer->arena};
    answer->is_interrupted = why->is_interrupted;
    state_limits(&writer);
    state_basis(&writer);
    show_splits(&writer);
    show_changes(&writer);
    list_breakdown(&writer);
    list_resources(&writer);
    list_changes(&writer);
}

const char *bottleneck_answer_interruption(const struct bottleneck *why, struct arena *arena)
{
    if (why->replications == 0)
        return NULL;
    return arena_printf(
        arena,
        "interrupted: %zu of %zu replications of the setting as it is are finished, "
        "but none of those that\n        show where the time goes: there is nothing to report",
        why->replications, why->options.min_replications);
}
