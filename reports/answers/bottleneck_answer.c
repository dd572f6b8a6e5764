/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/bottleneck_answer.h"
#include "reports/answers/bottleneck_limits.h"
#include "reports/document/sparkline.h"
#include "reports/text/number_text.h"
#include <math.h>

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

/* ---- a workload's or a class's time ---------------------------------------------------------- */

static bool is_nothing(const struct bottleneck *why, const struct bottleneck_split *split,
                       size_t part)
{
    double mean = bottleneck_split_mean(why, split, part).estimate;
    double slowest = bottleneck_split_slowest(why, split, part).estimate;
    return !(mean > 0) && !(slowest > 0);
}

static void show_split(const struct bottleneck_writer *writer, const struct bottleneck_split *split)
{
    const struct table_column columns[] = {{"where the time goes", NULL, false},
                                           {"average", NULL, true},
                                           {"of it", NULL, false},
                                           {"slowest 1 %", NULL, true},
                                           {"of it ", NULL, false}};
    struct arena *arena = writer->arena;
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t p = 0; p < split->part_count; p++) {
        double mean = bottleneck_split_mean(writer->why, split, p).estimate;
        double slowest = bottleneck_split_slowest(writer->why, split, p).estimate;
        if (is_nothing(writer->why, split, p))
            continue;
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(bottleneck_words_part(writer, &split->parts[p]));
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

static void show_splits(const struct bottleneck_writer *writer)
{
    for (size_t g = 0; g < bottleneck_group_count(writer->why); g++) {
        struct bottleneck_split split = bottleneck_split_of(writer->why, g);
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

static void list_breakdown(const struct bottleneck_writer *writer)
{
    const struct table_column columns[] = {
        {"workload", NULL, false},  {"part", NULL, false},       {"step", NULL, false},
        {"resource", NULL, false},  {"mean", "s", true},         {"mean_low", "s", true},
        {"mean_high", "s", true},   {"mean_share", "1", true},   {"slowest", "s", true},
        {"slowest_low", "s", true}, {"slowest_high", "s", true}, {"slowest_share", "1", true}};
    struct table *table =
        answer_add_table(writer->answer, "breakdown", columns, sizeof columns / sizeof columns[0]);
    for (size_t g = 0; g < bottleneck_group_count(writer->why); g++) {
        struct bottleneck_split split = bottleneck_split_of(writer->why, g);
        for (size_t p = 0; p <= split.part_count; p++) {
            bool is_whole = p == split.part_count;
            const struct breakdown_part *part = &split.parts[p];
            struct estimate mean =
                is_whole ? split.response : bottleneck_split_mean(writer->why, &split, p);
            struct estimate slowest =
                is_whole ? split.slowest : bottleneck_split_slowest(writer->why, &split, p);
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(split.name);
            row[1] = table_text(is_whole ? "response" : word_of_part(part));
            row[2] = table_text(is_whole ? NULL : part->step);
            row[3] = table_text(is_whole ? NULL : bottleneck_words_resource(writer->why, part));
            set_estimate(row + 4, &mean);
            row[7] = table_number(mean.estimate / split.response.estimate);
            set_estimate(row + 8, &slowest);
            row[11] = table_number(slowest.estimate / split.slowest.estimate);
        }
    }
}

/* ---- resources and changes ---------------------------------------------------------------------
 */

static const char *word_of_resource(const struct bottleneck_resource *resource)
{
    return resource->kind == BOTTLENECK_SERVICE ? "service"
                                                : station_kinds[resource->kind]->amount.word;
}

static void list_resources(const struct bottleneck_writer *writer)
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

static void list_changes(const struct bottleneck_writer *writer)
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
        for (size_t g = 0;
             g < bottleneck_group_count(why) && bottleneck_is_advice(&why->changes[c]); g++)
            for (size_t m = 0; m < EFFECTS; m++) {
                const struct bottleneck_change *change = &why->changes[c];
                const char *metric = bottleneck_words_metric(bottleneck_group_name(why, g),
                                                             effect_metrics[m], writer->arena);
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

static struct effects effects_of(const struct bottleneck_writer *writer,
                                 const struct bottleneck_change *change, const char *workload)
{
    struct effects effects = {.is_any = !change->has_steady_state};
    for (size_t m = 0; m < EFFECTS; m++) {
        effects.of[m] =
            bottleneck_effect(writer->why, change,
                              bottleneck_words_metric(workload, effect_metrics[m], writer->arena));
        effects.is_any |= effects.of[m].low != 0 || effects.of[m].high != 0;
        effects.is_unresolved |= effects.of[m].is_unresolved;
    }
    return effects;
}

/* "+ 1 (51 connections)", "- 1 % (792 /s)" */
static const char *describe_change(const struct bottleneck_writer *writer,
                                   const struct bottleneck_change *change)
{
    const struct bottleneck_resource *resource = change->resource;
    bool is_relative = *unit_of(resource) != '\0'; /* then one more is a hundredth */
    return arena_printf(writer->arena, "%s 1%s (%s)", change->to > resource->amount ? "+" : "-",
                        is_relative ? " %" : "",
                        bottleneck_words_amount(writer, resource, change->to));
}

/* A change of the error rate by nothing leaves its cell empty, and so perhaps its column. */
static void show_change(const struct bottleneck_writer *writer,
                        const struct bottleneck_change *change, const struct effects *effects,
                        struct table *table)
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

static void show_changes_of(const struct bottleneck_writer *writer, const char *workload)
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
        bool is_shown = effects.is_any && bottleneck_is_advice(change);
        if (is_shown)
            show_change(writer, change, &effects, table);
        is_unresolved |= is_shown && effects.is_unresolved;
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

/* Why a second of what may be a lock is not in the table. */
static void tell_exclusive(const struct bottleneck_writer *writer)
{
    for (size_t c = 0; c < writer->why->change_count; c++) {
        const struct bottleneck_change *change = &writer->why->changes[c];
        const char *name = document_name(writer->answer->document, change->resource->name);
        if (!bottleneck_is_advice(change))
            document_add(writer->answer->document, BLOCK_PARAGRAPH,
                         arena_printf(writer->arena,
                                      "%s is held by one request at a time. There is no second "
                                      "lock, so none is advised; if it is a pool, a run with a "
                                      "larger max shows what a second would give.",
                                      name));
    }
}

static void show_changes(const struct bottleneck_writer *writer)
{
    const struct bottleneck *why = writer->why;
    for (size_t g = 0; g < bottleneck_group_count(why) && why->change_count > 0; g++)
        if (bottleneck_is_workload(why, g))
            show_changes_of(writer, bottleneck_group_name(why, g));
    tell_exclusive(writer);
    if (why->resource_count > BOTTLENECK_MOST_CHANGED)
        document_add(writer->answer->document, BLOCK_PARAGRAPH,
                     arena_printf(writer->arena,
                                  "Of %zu resources the %d were varied that the slowest wait for "
                                  "longest, then the busiest.",
                                  why->resource_count, BOTTLENECK_MOST_CHANGED));
}

static void state_basis(const struct bottleneck_writer *writer)
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
    struct bottleneck_writer writer = {answer, why, answer->arena};
    answer->is_interrupted = why->is_interrupted;
    bottleneck_limits_state(&writer);
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
