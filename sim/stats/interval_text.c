/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/duration_text.h"
#include "sim/stats/interval_state.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---- numbers -------------------------------------------------------------------------------- */

static const char *bytes_text(double value, struct arena *arena)
{
    static const char *const UNITS[] = {"B", "kB", "MB", "GB", "TB"};
    int unit = 0;
    for (; fabs(value) >= 1000 && unit < 4; unit++)
        value /= 1000;
    return arena_printf(arena, "%.4g %s", value, UNITS[unit]);
}

const char *interval_net_text(double value, enum interval_unit unit, struct arena *arena)
{
    struct duration_unit time = duration_unit_of(value); /* four digits: they are calculated with */
    switch (unit) {
    case UNIT_SECONDS:
        return arena_printf(arena, "%.4g %s", value * time.factor, time.name);
    case UNIT_PER_SECOND:
        return arena_printf(arena, "%.6g/s", value);
    case UNIT_SHARE:
        return arena_printf(arena, "%.4g %%", value * 100);
    case UNIT_BYTES:
        return bytes_text(value, arena);
    default:
        return arena_printf(arena, "%.6g", value);
    }
}

/* ---- one line of arithmetic ----------------------------------------------------------------- */

static const char *operand_text(const struct interval_trace *trace, const struct interval_step *at,
                                size_t position)
{
    const struct interval_step *operand = &trace->step[at->operand[position]];
    return interval_net_text(operand->value, trace->net->variable[operand->variable].unit,
                             trace->arena);
}

/* "a x b / c" of a product; "(target / rest)" where a term is what is narrowed. */
static const char *product_text(const struct interval_trace *trace, const struct interval_step *at)
{
    const struct interval_law *law = &trace->net->law[at->from];
    bool is_target = at->position == law->terms;
    double sign = is_target ? 1 : law->term[at->position].power > 0 ? -1 : 1;
    const char *above = "", *below = "";
    if (!is_target && sign < 0)
        above = operand_text(trace, at, law->terms);
    else if (!is_target)
        below = arena_printf(trace->arena, " / %s", operand_text(trace, at, law->terms));
    for (size_t i = 0; i < law->terms; i++) {
        if (i == at->position)
            continue;
        double power = sign * law->term[i].power;
        const char *text = operand_text(trace, at, i);
        if (fabs(power) != 1)
            text = arena_printf(trace->arena, "%s^%g", text, fabs(power));
        if (power > 0)
            above = arena_printf(trace->arena, "%s%s%s", above, *above ? " x " : "", text);
        else
            below = arena_printf(trace->arena, "%s / %s", below, text);
    }
    if (law->factor != 1)
        above = arena_printf(trace->arena, "%s%s%.6g", above, *above ? " x " : "",
                             sign > 0 ? law->factor : 1 / law->factor);
    return arena_printf(trace->arena, "%s%s", *above ? above : "1", below);
}

static const char *sum_text(const struct interval_trace *trace, const struct interval_step *at)
{
    const struct interval_law *law = &trace->net->law[at->from];
    bool is_target = at->position == law->terms;
    const char *text = is_target ? "" : operand_text(trace, at, law->terms);
    const char *joint = is_target ? " + " : " - ";
    for (size_t i = 0; i < law->terms; i++) {
        if (i == at->position)
            continue;
        const char *operand = operand_text(trace, at, i);
        if (law->term[i].power != 1)
            operand = arena_printf(trace->arena, "%.4g x %s", law->term[i].power, operand);
        text = arena_printf(trace->arena, "%s%s%s", text, *text ? joint : "", operand);
    }
    if (law->factor != 0)
        text = arena_printf(trace->arena, "%s%s%.6g", text, *text ? joint : "", law->factor);
    if (!is_target && law->term[at->position].power != 1)
        text = arena_printf(trace->arena, "(%s) / %.4g", text, law->term[at->position].power);
    return *text ? text : "0";
}

static const char *expression_text(const struct interval_trace *trace,
                                   const struct interval_step *at)
{
    const struct interval_law *law = &trace->net->law[at->from];
    if (law->form == FORM_CEILING)
        return arena_printf(trace->arena, "%s / %s, rounded up", operand_text(trace, at, 0),
                            operand_text(trace, at, 1));
    return law->form == FORM_PRODUCT ? product_text(trace, at) : sum_text(trace, at);
}

static const char *value_text(const struct interval_trace *trace, const struct interval_step *at)
{
    return interval_net_text(at->value, trace->net->variable[at->variable].unit, trace->arena);
}

/* One operand as it is: nothing was computed. */
static bool is_copy(const struct interval_trace *trace, const struct interval_step *at)
{
    const struct interval_law *law = &trace->net->law[at->from];
    return law->form == FORM_SUM && law->terms == 1 && law->factor == 0 && law->term[0].power == 1;
}

/* "500/s x 0.42 s = 210", or the value alone where it is a copy. */
static const char *equation_text(const struct interval_trace *trace, const struct interval_step *at)
{
    if (is_copy(trace, at))
        return value_text(trace, at);
    return arena_printf(trace->arena, "%s = %s", expression_text(trace, at), value_text(trace, at));
}

static const char *line_text(const struct interval_trace *trace, const struct interval_step *at)
{
    return arena_printf(trace->arena, "%s: %s at %s (%s)", trace->net->variable[at->variable].name,
                        equation_text(trace, at), at->side == SIDE_LOW ? "least" : "most",
                        trace->net->law[at->from].name);
}

/* ---- what a contradiction came from --------------------------------------------------------- */

/* Marks the step and all that it came from. */
static void mark(const struct interval_trace *trace, size_t step, bool *is_used)
{
    if (step == SIZE_MAX || is_used[step])
        return;
    is_used[step] = true;
    const struct interval_step *at = &trace->step[step];
    if (at->source == SOURCE_LAW)
        for (size_t i = 0; i <= INTERVAL_NET_TERMS; i++)
            mark(trace, at->operand[i], is_used);
}

/* The two ends that cross, in one line. */
static const char *clash_text(const struct interval_trace *trace, size_t variable)
{
    const struct interval_step *low = &trace->step[trace->current[SIDE_LOW][variable]];
    const struct interval_step *high = &trace->step[trace->current[SIDE_HIGH][variable]];
    const char *name = trace->net->variable[variable].name;
    const struct interval_step *law = low->source == SOURCE_LAW    ? low
                                      : high->source == SOURCE_LAW ? high
                                                                   : NULL;
    const struct interval_step *rest = law == low ? high : low;
    if (!law)
        return arena_printf(trace->arena, "%s: %s at least, and %s at most, are claimed", name,
                            value_text(trace, low), value_text(trace, high));
    if (rest->source == SOURCE_LAW)
        return arena_printf(trace->arena, "%s: %s at least, and %s at most", name,
                            value_text(trace, low), value_text(trace, high));
    return arena_printf(trace->arena, "%s: %s at %s (%s), %s is %s", name,
                        equation_text(trace, law), law->side == SIDE_LOW ? "least" : "most",
                        trace->net->law[law->from].name, value_text(trace, rest),
                        rest->source == SOURCE_CLAIM ? "claimed" : "all there can be");
}

/* Ends that a law gave; the line of one is left out where the clash says it. */
static void add_lines(const struct interval_trace *trace, size_t variable, const bool *is_used,
                      struct interval_state *state)
{
    size_t low = trace->current[SIDE_LOW][variable], high = trace->current[SIDE_HIGH][variable];
    bool has_both = trace->step[low].source == SOURCE_LAW && trace->step[high].source == SOURCE_LAW;
    for (size_t i = 0; i < trace->steps; i++) {
        const struct interval_step *at = &trace->step[i];
        bool is_in_clash = !has_both && (i == low || i == high);
        if (!is_used[i] || at->source != SOURCE_LAW)
            continue;
        if (trace->net->law[at->from].doubt)
            state->doubt = trace->net->law[at->from].doubt;
        if (!is_in_clash && state->lines + 1 < INTERVAL_NET_LINES)
            state->line[state->lines++] = line_text(trace, at);
    }
    state->line[state->lines++] = clash_text(trace, variable);
}

void interval_trace_explain(const struct interval_trace *trace, size_t variable,
                            struct interval_state *state)
{
    size_t claims = trace->net->claims;
    bool *is_used = arena_array(trace->arena, trace->steps, sizeof *is_used);
    bool *is_behind = arena_array(trace->arena, claims, sizeof *is_behind);
    size_t *claim = arena_array(trace->arena, claims, sizeof *claim);
    for (int side = SIDE_LOW; side <= SIDE_HIGH; side++)
        mark(trace, trace->current[side][variable], is_used);
    for (size_t i = 0; i < trace->steps; i++)
        if (is_used[i] && trace->step[i].source == SOURCE_CLAIM)
            is_behind[trace->step[i].from] = true;
    for (size_t c = 0; c < claims; c++)
        if (is_behind[c])
            claim[state->claims++] = c;
    state->claim = claim;
    add_lines(trace, variable, is_used, state);
}
