/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/sensitivity_answer.h"
#include "reports/document/sparkline.h"
#include "reports/text/number_text.h"
#include <math.h>

/* Below it straight lines leave too much unexplained for a ranking by them. */
static const double ROUGH = 0.8;

/* From so likely on a verdict over the inputs is said without a doubt. */
static const double LIKELY = 0.95;

struct writer {
    struct answer *answer;
    const struct sensitivity_findings *findings;
    struct arena *arena;
};

/* How often something holds among the draws: `sure` by the interval too, and `unsure` ones. */
struct chance {
    double share, low, high; /* low: no unsure draw holds; high: all do                     */
    size_t unsure;
};

/* What the draws say of one quantity. */
struct quantity_found {
    struct sensitivity_split split;
    struct sensitivity_effect *effects; /* [input_count] */
    double explained;
};

/* ---- chances --------------------------------------------------------------------------------- */

/* of: a quantity, or -1 for all that are judged in a setting. */
static struct chance find_chance(const struct writer *writer, int of, size_t setting)
{
    const struct sensitivity_findings *findings = writer->findings;
    size_t holding = 0, surely = 0, unsure = 0;
    double ignored;
    struct chance chance = {NAN, NAN, NAN, 0};
    for (size_t d = 0; d < findings->draws; d++) {
        bool holds = true, fails_surely = false, is_sure = true;
        for (size_t q = 0; q < findings->quantity_count; q++) {
            const struct sensitivity_quantity *quantity = &findings->quantities[q];
            size_t at = d * findings->quantity_count + q;
            if (quantity->criterion < 0 || quantity->setting_number != setting ||
                (of >= 0 && (size_t)of != q))
                continue;
            holds &= findings->holds[at];
            is_sure &= findings->is_sure[at];
            fails_surely |= findings->is_sure[at] && !findings->holds[at];
        }
        holding += holds ? 1 : 0;
        surely += holds && is_sure ? 1 : 0;
        unsure += !is_sure && !fails_surely ? 1 : 0;
    }
    double draws = (double)findings->draws;
    chance.share = (double)holding / draws;
    chance.unsure = unsure;
    estimate_binomial((double)surely, draws, findings->confidence, &chance.low, &ignored);
    estimate_binomial((double)(surely + unsure), draws, findings->confidence, &ignored,
                      &chance.high);
    return chance;
}

static const char *percent_text(double share, struct arena *arena)
{
    return isnan(share) ? "nothing" : arena_printf(arena, "%.0f %%", share * 100);
}

static const char *chance_text(const struct chance *chance, struct arena *arena)
{
    return arena_printf(arena, "%.0f %% [%.0f, %.0f]", chance->share * 100, chance->low * 100,
                        chance->high * 100);
}

static bool is_judged(const struct writer *writer, size_t setting)
{
    for (size_t q = 0; q < writer->findings->quantity_count; q++)
        if (writer->findings->quantities[q].setting_number == setting &&
            writer->findings->quantities[q].criterion >= 0)
            return true;
    return false;
}

static void state_chances(const struct writer *writer)
{
    struct document *document = writer->answer->document;
    const struct sensitivity_findings *findings = writer->findings;
    for (size_t s = 0; s < findings->set->setting_count; s++) {
        if (!is_judged(writer, s))
            continue;
        struct chance chance = find_chance(writer, -1, s);
        bool passes = chance.low >= LIKELY, fails = chance.high <= 1 - LIKELY;
        document_add_statement(
            document,
            passes  ? TONE_GOOD
            : fails ? TONE_BAD
                    : TONE_UNSURE,
            passes  ? "PASS"
            : fails ? "FAIL"
                    : "UNSURE",
            arena_printf(writer->arena, "%s: every criterion holds in %s of what the inputs may be",
                         document_name(document, findings->set->settings[s].name),
                         chance_text(&chance, writer->arena)));
    }
}

static void list_verdicts(const struct writer *writer)
{
    const struct table_column columns[] = {{"setting", NULL, false},   {"criterion", NULL, false},
                                           {"probability", "1", true}, {"low", "1", true},
                                           {"high", "1", true},        {"unsure_draws", "", true}};
    const struct table_column shown[] = {{"setting", NULL, false},
                                         {"criterion", NULL, false},
                                         {"holds in", NULL, true},
                                         {"too near to tell", NULL, true}};
    const struct sensitivity_findings *findings = writer->findings;
    struct table *table = answer_add_table(writer->answer, "verdicts", columns, 6);
    struct table *show = table_make(shown, 4, writer->arena);
    for (size_t q = 0; q < findings->quantity_count; q++) {
        const struct sensitivity_quantity *quantity = &findings->quantities[q];
        if (quantity->criterion < 0)
            continue;
        struct chance chance = find_chance(writer, (int)q, quantity->setting_number);
        struct table_cell *row = table_add_row(table), *line = table_add_row(show);
        row[0] = table_text(quantity->setting);
        row[1] = table_text(quantity->name);
        row[2] = table_number(chance.share);
        row[3] = table_number(chance.low);
        row[4] = table_number(chance.high);
        row[5] = table_number((double)chance.unsure);
        line[0] = table_text(quantity->setting);
        line[1] = table_text(quantity->name);
        line[2] = table_text(chance_text(&chance, writer->arena));
        line[3] = table_text(chance.unsure == 0
                                 ? NULL
                                 : document_count(writer->answer->document, chance.unsure, "draw"));
    }
    if (show->row_count == 0)
        return;
    table_drop_empty_columns(show);
    document_add(writer->answer->document, BLOCK_HEADING, "Criteria over what the inputs may be");
    document_add_table(writer->answer->document, show);
}

/* ---- where the spread comes from ----------------------------------------------------------------
 */

static const char *share_text(double share, struct arena *arena)
{
    if (isnan(share))
        return "-";
    const char *bar = sparkline_bar(share, arena);
    return arena_printf(arena, "%3.0f %% %s", share * 100, bar);
}

static struct quantity_found *analyse(const struct writer *writer)
{
    const struct sensitivity_findings *findings = writer->findings;
    struct arena *arena = writer->arena;
    size_t replications = findings->replications;
    struct quantity_found *found = arena_array(arena, findings->quantity_count, sizeof *found);
    double *means = arena_array(arena, findings->draws, sizeof *means);
    for (size_t q = 0; q < findings->quantity_count; q++) {
        const double *y = findings->values + q * findings->draws_planned * replications;
        for (size_t d = 0; d < findings->draws; d++) {
            means[d] = 0;
            for (size_t r = 0; r < replications; r++)
                means[d] += y[d * replications + r] / (double)replications;
        }
        found[q].split =
            sensitivity_split(y, findings->draws, replications, findings->confidence, arena);
        found[q].effects = arena_array(arena, findings->input_count, sizeof *found[q].effects);
        found[q].explained =
            sensitivity_regress(means, findings->factors, findings->draws, findings->input_count,
                                findings->confidence, found[q].effects, arena);
    }
    return found;
}

static void list_variance(const struct writer *writer, const struct quantity_found *found)
{
    const struct table_column columns[] = {
        {"setting", NULL, false}, {"criterion", NULL, false}, {"metric", NULL, false},
        {"mean", NULL, true},     {"input_sd", NULL, true},   {"simulation_sd", NULL, true},
        {"unit", NULL, false},    {"input_share", "1", true}, {"low", "1", true},
        {"high", "1", true},      {"explained", "1", true}};
    const struct table_column shown[] = {
        {"setting", NULL, false},  {"metric", NULL, false},       {"mean", NULL, true},
        {"by inputs", NULL, true}, {"by simulating", NULL, true}, {"inputs' share", NULL, false}};
    const struct sensitivity_findings *findings = writer->findings;
    struct arena *arena = writer->arena;
    struct table *table = answer_add_table(writer->answer, "variance", columns, 11);
    struct table *show = table_make(shown, 6, arena);
    for (size_t q = 0; q < findings->quantity_count; q++) {
        const struct sensitivity_quantity *quantity = &findings->quantities[q];
        const struct sensitivity_split *split = &found[q].split;
        double inputs = sqrt(split->input_variance), simulating = sqrt(split->simulation_variance);
        struct table_cell *row = table_add_row(table), *line = table_add_row(show);
        row[0] = line[0] = table_text(quantity->setting);
        row[1] = table_text(quantity->name);
        row[2] = line[1] = table_text(quantity->metric);
        row[3] = table_number(split->mean);
        row[4] = table_number(inputs);
        row[5] = table_number(simulating);
        row[6] = table_text(quantity->unit);
        row[7] = table_number(split->share);
        row[8] = table_number(split->low);
        row[9] = table_number(split->high);
        row[10] = table_number(found[q].explained);
        line[2] = table_text(number_text_quantity(split->mean, quantity->unit, arena));
        line[3] = table_text(number_text_quantity(inputs, quantity->unit, arena));
        line[4] = table_text(number_text_quantity(simulating, quantity->unit, arena));
        line[5] = table_text(share_text(split->share, arena));
    }
    document_add(writer->answer->document, BLOCK_HEADING, "Where the spread comes from");
    document_add(writer->answer->document, BLOCK_PARAGRAPH,
                 arena_printf(arena,
                              "Standard deviations: of the true value over what the inputs may be, "
                              "and of what %s of it say.",
                              document_count(writer->answer->document, findings->replications,
                                             "replication")));
    document_add_table(writer->answer->document, show);
}

/* ---- what to measure next
 * ------------------------------------------------------------------------ */

static void list_inputs(const struct writer *writer, const struct quantity_found *found)
{
    const struct table_column columns[] = {
        {"setting", NULL, false},    {"criterion", NULL, false}, {"metric", NULL, false},
        {"input", NULL, false},      {"share", "1", true},       {"share_low", "1", true},
        {"share_high", "1", true},   {"effect", NULL, true},     {"effect_low", NULL, true},
        {"effect_high", NULL, true}, {"unit", NULL, false}};
    const struct sensitivity_findings *findings = writer->findings;
    struct table *table = answer_add_table(writer->answer, "inputs", columns, 11);
    for (size_t q = 0; q < findings->quantity_count; q++)
        for (size_t k = 0; k < findings->input_count; k++) {
            const struct sensitivity_quantity *quantity = &findings->quantities[q];
            const struct sensitivity_effect *effect = &found[q].effects[k];
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(quantity->setting);
            row[1] = table_text(quantity->name);
            row[2] = table_text(quantity->metric);
            row[3] = table_text(findings->inputs[k].path);
            row[4] = table_number(effect->share);
            row[5] = table_number(effect->share_low);
            row[6] = table_number(effect->share_high);
            row[7] = table_number(effect->effect);
            row[8] = table_number(effect->low);
            row[9] = table_number(effect->high);
            row[10] = table_text(quantity->unit);
        }
}

/* What is least certain to hold, of what is judged; else the first: that is what should be known
 * better. */
static size_t find_open(const struct writer *writer)
{
    size_t open = 0;
    double least = 2;
    for (size_t q = 0; q < writer->findings->quantity_count; q++) {
        const struct sensitivity_quantity *quantity = &writer->findings->quantities[q];
        if (quantity->criterion < 0)
            continue;
        struct chance chance = find_chance(writer, (int)q, quantity->setting_number);
        double distance = fabs(chance.share - 0.5);
        if (distance < least) {
            least = distance;
            open = q;
        }
    }
    return open;
}

/* Inputs by their share, the largest first: insertion, because there are few. */
static size_t *rank_inputs(const struct writer *writer, const struct quantity_found *found)
{
    size_t count = writer->findings->input_count;
    size_t *order = arena_array(writer->arena, count, sizeof *order);
    for (size_t k = 0; k < count; k++) {
        size_t at = k;
        for (; at > 0 && found->effects[order[at - 1]].share < found->effects[k].share; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
    return order;
}

static void show_ranking(const struct writer *writer, const struct quantity_found *found)
{
    const struct table_column columns[] = {{"input", NULL, false},
                                           {"is known as", NULL, false},
                                           {"share", NULL, false},
                                           {"interval", NULL, true},
                                           {"one standard error more", NULL, true}};
    const struct sensitivity_findings *findings = writer->findings;
    struct document *document = writer->answer->document;
    struct arena *arena = writer->arena;
    size_t open = find_open(writer);
    const struct sensitivity_quantity *quantity = &findings->quantities[open];
    const size_t *order = rank_inputs(writer, &found[open]);
    struct table *table = table_make(columns, 5, arena);
    for (size_t i = 0; i < findings->input_count; i++) {
        const struct uncertain_input *input = &findings->inputs[order[i]];
        const struct sensitivity_effect *effect = &found[open].effects[order[i]];
        struct estimate change = {.estimate = effect->effect,
                                  .low = effect->low,
                                  .high = effect->high,
                                  .has_interval = !isnan(effect->effect)};
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(document_name(document, input->path));
        row[1] = table_text(arena_printf(arena, "%s%s %s", input->value, input->is_range ? "," : "",
                                         input->uncertainty));
        row[2] = table_text(share_text(effect->share, arena));
        row[3] = table_text(isnan(effect->share)
                                ? "-"
                                : arena_printf(arena, "%.0f to %.0f %%", effect->share_low * 100,
                                               effect->share_high * 100));
        row[4] = table_text(number_text_paired(&change, quantity->unit, true, arena));
    }
    document_add(document, BLOCK_HEADING, "What to measure next");
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(arena, "Shares of the spread of %s (%s), %s.", quantity->metric,
                              quantity->setting,
                              quantity->criterion >= 0 ? "the criterion that is least certain"
                                                       : "as far as they are straight lines"));
    document_add_table(document, table);
    if (!(found[open].explained >= ROUGH))
        document_add_marked_item(
            document, TONE_UNSURE, "rough",
            arena_printf(arena,
                         "straight lines explain %s of this spread; the rest is curvature, inputs "
                         "that act together and simulation error, so the order is a guess",
                         percent_text(fmax(0, found[open].explained), arena)));
    answer_add_text(writer->answer, "measure_next", findings->inputs[order[0]].path);
}

/* ---- draws
 * --------------------------------------------------------------------------------------- */

static void list_draws(const struct writer *writer)
{
    const struct table_column columns[] = {
        {"draw", NULL, true}, {"what", NULL, false}, {"name", NULL, false}, {"value", NULL, true}};
    const struct sensitivity_findings *findings = writer->findings;
    struct table *table = answer_add_table(writer->answer, "draws", columns, 4);
    for (size_t d = 0; d < findings->draws; d++) {
        for (size_t k = 0; k < findings->input_count; k++) {
            struct table_cell *row = table_add_row(table);
            row[0] = table_number((double)d);
            row[1] = table_text("factor");
            row[2] = table_text(findings->inputs[k].path);
            row[3] = table_number(findings->factors[d * findings->input_count + k]);
        }
        for (size_t q = 0; q < findings->quantity_count; q++) {
            const double *y =
                findings->values + (q * findings->draws_planned + d) * findings->replications;
            double mean = 0;
            for (size_t r = 0; r < findings->replications; r++)
                mean += y[r] / (double)findings->replications;
            struct table_cell *row = table_add_row(table);
            row[0] = table_number((double)d);
            row[1] = table_text(findings->quantities[q].setting);
            row[2] = table_text(findings->quantities[q].metric);
            row[3] = table_number(mean);
        }
    }
}

static void state_basis(const struct writer *writer)
{
    const struct sensitivity_findings *findings = writer->findings;
    struct document *document = writer->answer->document;
    answer_add_number(writer->answer, "draws", (double)findings->draws, "");
    answer_add_number(writer->answer, "replications", (double)findings->replications, "");
    answer_add_number(writer->answer, "confidence", findings->confidence, "1");
    answer_add_number(writer->answer, "warmup", findings->warmup_s, "s");
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(writer->arena,
                              "%s of %s, %s each on the same customers; %.4g %% intervals.",
                              document_count(document, findings->draws, "draw"),
                              document_count(document, findings->input_count, "uncertain input"),
                              document_count(document, findings->replications, "replication"),
                              findings->confidence * 100));
}

void sensitivity_answer_add(struct answer *answer, const struct sensitivity_findings *findings)
{
    struct writer writer = {answer, findings, answer->arena};
    answer->is_interrupted = findings->is_interrupted;
    state_chances(&writer);
    state_basis(&writer);
    list_verdicts(&writer);
    const struct quantity_found *found = analyse(&writer);
    list_variance(&writer, found);
    show_ranking(&writer, found);
    list_inputs(&writer, found);
    list_draws(&writer);
}
