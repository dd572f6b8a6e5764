/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/interval_net.h"
#include "sim/stats/interval_state.h"
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What moves less than this is taken to stand still, and what overlaps by less to touch. */
static const double NARROWEST = 1e-9;
enum { MAX_STEPS = 20000 };

/* ---- making --------------------------------------------------------------------------------- */

struct interval_net *interval_net_create(struct arena *arena)
{
    struct interval_net *net = arena_alloc(arena, sizeof *net);
    net->arena = arena;
    return net;
}

/* Room for one more of count elements. */
static void *grown(struct arena *arena, void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? 2 * *room : 16;
    void *wider = arena_array(arena, *room, size);
    if (count)
        memcpy(wider, array, count * size);
    return wider;
}

size_t interval_net_add_variable(struct interval_net *net, const char *name,
                                 enum interval_unit unit, double highest)
{
    assert(highest > 0);
    net->variable = grown(net->arena, net->variable, net->variables, &net->variable_room,
                          sizeof *net->variable);
    net->variable[net->variables] =
        (struct interval_variable){arena_strdup(net->arena, name), unit, highest};
    return net->variables++;
}

size_t interval_net_add_claim(struct interval_net *net, size_t variable, double low, double high)
{
    assert(variable < net->variables && low >= 0 && low <= high);
    net->claim = grown(net->arena, net->claim, net->claims, &net->claim_room, sizeof *net->claim);
    net->claim[net->claims] = (struct interval_claim){variable, low, high};
    return net->claims++;
}

size_t interval_net_add_law(struct interval_net *net, const struct interval_law *law)
{
    assert(law->target < net->variables && law->terms <= INTERVAL_NET_TERMS);
    assert(law->form != FORM_CEILING || law->terms == 2);
    for (size_t i = 0; i < law->terms; i++)
        assert(law->term[i].variable < net->variables);
    net->law = grown(net->arena, net->law, net->laws, &net->law_room, sizeof *net->law);
    net->law[net->laws] = *law;
    return net->laws++;
}

/* ---- steps ---------------------------------------------------------------------------------- */

double interval_trace_at(const struct interval_trace *trace, size_t variable,
                         enum interval_side side)
{
    return trace->step[trace->current[side][variable]].value;
}

static void push(struct interval_trace *trace, const struct interval_step *step)
{
    trace->step = grown(trace->arena, trace->step, trace->steps, &trace->room, sizeof *trace->step);
    trace->step[trace->steps] = *step;
    trace->current[step->side][step->variable] = trace->steps++;
}

/* Takes the step if it narrows; true if it does. */
static bool narrow(struct interval_trace *trace, const struct interval_step *step)
{
    double now = interval_trace_at(trace, step->variable, step->side);
    double slack = NARROWEST * fmax(fabs(now), fabs(step->value));
    bool does = step->side == SIDE_LOW ? step->value > now + (isfinite(slack) ? slack : 0)
                                       : step->value < now - (isfinite(slack) ? slack : 0);
    if (!does || isnan(step->value) || trace->steps >= MAX_STEPS)
        return false;
    push(trace, step);
    return true;
}

static bool is_empty(const struct interval_trace *trace, size_t variable)
{
    double low = interval_trace_at(trace, variable, SIDE_LOW);
    double high = interval_trace_at(trace, variable, SIDE_HIGH);
    return low > high + NARROWEST * fmax(fabs(low), fabs(high));
}

/* ---- laws ----------------------------------------------------------------------------------- */

static enum interval_side other(enum interval_side side)
{
    return side == SIDE_LOW ? SIDE_HIGH : SIDE_LOW;
}

/* The bound of a product's term on one side, and the side of the variable that it comes from. */
static double power_of(const struct interval_trace *trace, const struct interval_term *term,
                       enum interval_side side, size_t *operand)
{
    enum interval_side from = term->power > 0 ? side : other(side);
    *operand = trace->current[from][term->variable];
    return pow(interval_trace_at(trace, term->variable, from), term->power);
}

/* 0 times INFINITY may be anything: the widest. */
static double times(double a, double b, enum interval_side side)
{
    if ((a == 0 && isinf(b)) || (b == 0 && isinf(a)))
        return side == SIDE_LOW ? 0 : INFINITY;
    return a * b;
}

/* The right side of a law without term `without` (terms: all of it). */
static double right_side(const struct interval_trace *trace, const struct interval_law *law,
                         size_t without, enum interval_side side, struct interval_step *step)
{
    double value = law->factor;
    for (size_t i = 0; i < law->terms; i++) {
        const struct interval_term *term = &law->term[i];
        if (i == without)
            continue;
        if (law->form == FORM_PRODUCT) {
            value = times(value, power_of(trace, term, side, &step->operand[i]), side);
        } else {
            step->operand[i] = trace->current[side][term->variable];
            value += term->power * interval_trace_at(trace, term->variable, side);
        }
    }
    return value;
}

static double ceiling_side(const struct interval_trace *trace, const struct interval_law *law,
                           enum interval_side side, struct interval_step *step)
{
    size_t first = law->term[0].variable, second = law->term[1].variable;
    step->operand[0] = trace->current[side][first];
    step->operand[1] = trace->current[other(side)][second];
    double above = interval_trace_at(trace, first, side);
    double below = interval_trace_at(trace, second, other(side));
    double ratio = below > 0 ? above / below : (above > 0 ? INFINITY : 0);
    return isnan(ratio) ? (side == SIDE_LOW ? 0 : INFINITY) : ceil(ratio * (1 - NARROWEST));
}

static struct interval_step step_of(const struct interval_net *net, size_t law, size_t position,
                                    enum interval_side side)
{
    const struct interval_law *of = &net->law[law];
    struct interval_step step = {.side = side, .source = SOURCE_LAW, .from = law};
    step.position = position;
    step.variable = position < of->terms ? of->term[position].variable : of->target;
    for (size_t i = 0; i <= INTERVAL_NET_TERMS; i++)
        step.operand[i] = SIZE_MAX;
    return step;
}

/* The target's side by the right side. */
static bool narrow_target(struct interval_trace *trace, size_t law, enum interval_side side)
{
    const struct interval_law *of = &trace->net->law[law];
    struct interval_step step = step_of(trace->net, law, of->terms, side);
    step.value = of->form == FORM_CEILING ? ceiling_side(trace, of, side, &step)
                                          : right_side(trace, of, of->terms, side, &step);
    return narrow(trace, &step);
}

/* From target >= (side LOW: its low) or <= the right side to a bound of one term. */
static bool narrow_term(struct interval_trace *trace, size_t law, size_t i, enum interval_side side)
{
    const struct interval_law *of = &trace->net->law[law];
    double power = of->term[i].power;
    bool is_inverse = of->form == FORM_PRODUCT && power < 0;
    struct interval_step step = step_of(trace->net, law, i, is_inverse ? other(side) : side);
    double rest = right_side(trace, of, i, other(side), &step);
    double target = interval_trace_at(trace, of->target, side);
    step.operand[of->terms] = trace->current[side][of->target];
    if (of->form == FORM_SUM) {
        step.value = (target - rest) / power;
        return narrow(trace, &step);
    }
    /* x ^ power is on `side` of target / rest. */
    if ((isinf(target) && isinf(rest)) || (target == 0 && rest == 0))
        return false;
    double ratio = rest > 0 ? target / rest : INFINITY;
    step.value = pow(ratio, 1 / power);
    return narrow(trace, &step);
}

/* "At most" bounds the target from above, and the right side from below. */
static bool bounds_target(const struct interval_law *law, enum interval_side side)
{
    return law->relation == RELATION_EQUAL ||
           (law->relation == RELATION_AT_MOST) == (side == SIDE_HIGH);
}

static bool bounds_terms(const struct interval_law *law, enum interval_side side)
{
    return law->form != FORM_CEILING &&
           (law->relation == RELATION_EQUAL || !bounds_target(law, side));
}

/* Position `terms` is the target. True if something moved. */
static bool apply_at(struct interval_trace *trace, size_t law, size_t position)
{
    const struct interval_law *of = &trace->net->law[law];
    bool has_moved = false;
    for (int s = SIDE_LOW; s <= SIDE_HIGH; s++) {
        enum interval_side side = (enum interval_side)s;
        if (position == of->terms && bounds_target(of, side))
            has_moved = narrow_target(trace, law, side) || has_moved;
        if (position < of->terms && bounds_terms(of, side))
            has_moved = narrow_term(trace, law, position, side) || has_moved;
    }
    return has_moved;
}

/* ---- solving -------------------------------------------------------------------------------- */

static void begin(struct interval_trace *trace, const bool *is_left_out)
{
    const struct interval_net *net = trace->net;
    for (size_t v = 0; v < net->variables; v++)
        for (int side = SIDE_LOW; side <= SIDE_HIGH; side++)
            push(trace,
                 &(struct interval_step){.variable = v,
                                         .side = (enum interval_side)side,
                                         .value = side == SIDE_LOW ? 0 : net->variable[v].highest});
    for (size_t c = 0; c < net->claims; c++) {
        if (is_left_out && is_left_out[c])
            continue;
        const struct interval_claim *claim = &net->claim[c];
        for (int side = SIDE_LOW; side <= SIDE_HIGH; side++)
            narrow(trace,
                   &(struct interval_step){.variable = claim->variable,
                                           .side = (enum interval_side)side,
                                           .value = side == SIDE_LOW ? claim->low : claim->high,
                                           .source = SOURCE_CLAIM,
                                           .from = c});
    }
}

/* One round of all laws: only their targets, or all that they tie. Stops at the first variable
 * without a value. */
static bool go_round(struct interval_trace *trace, bool is_forward, size_t *empty)
{
    const struct interval_net *net = trace->net;
    bool has_moved = false;
    for (size_t l = 0; l < net->laws; l++) {
        const struct interval_law *law = &net->law[l];
        for (size_t i = is_forward ? law->terms : 0; i <= law->terms; i++) {
            size_t variable = i < law->terms ? law->term[i].variable : law->target;
            if (!apply_at(trace, l, i))
                continue;
            has_moved = true;
            if (is_empty(trace, variable)) {
                *empty = variable;
                return false;
            }
        }
    }
    return has_moved;
}

/* Forward first: what is computed from what is claimed reads best where it contradicts a claim. */
static size_t propagate(struct interval_trace *trace)
{
    enum { MAX_ROUNDS = 1000 };
    size_t empty = trace->net->variables;
    for (size_t v = 0; v < trace->net->variables; v++)
        if (is_empty(trace, v))
            return v;
    for (int round = 0; round < MAX_ROUNDS && go_round(trace, true, &empty); round++)
        ;
    if (empty == trace->net->variables)
        for (int round = 0; round < MAX_ROUNDS && go_round(trace, false, &empty); round++)
            ;
    return empty;
}

struct interval_state interval_net_solve(const struct interval_net *net, const bool *is_left_out,
                                         struct arena *arena)
{
    struct interval_trace trace = {.net = net, .arena = arena};
    struct interval_state state = {.is_consistent = true};
    for (int side = SIDE_LOW; side <= SIDE_HIGH; side++)
        trace.current[side] = arena_array(arena, net->variables, sizeof(size_t));
    begin(&trace, is_left_out);
    size_t empty = propagate(&trace);
    struct interval *bound = arena_array(arena, net->variables, sizeof *bound);
    for (size_t v = 0; v < net->variables; v++)
        bound[v] = (struct interval){interval_trace_at(&trace, v, SIDE_LOW),
                                     interval_trace_at(&trace, v, SIDE_HIGH)};
    state.bound = bound;
    state.is_consistent = empty == net->variables;
    if (!state.is_consistent)
        interval_trace_explain(&trace, empty, &state);
    return state;
}

/* ---- conflicts ------------------------------------------------------------------------------ */

/* Leaves out, of the claims of a conflict, those that it does without: is_left_out[claims] of the
 * rest. The order decides which of several minimal sets it becomes; all come up in the tree. */
static void shrink(const struct interval_net *net, const struct interval_state *state,
                   bool *is_left_out, struct arena *scratch)
{
    for (size_t c = 0; c < net->claims; c++)
        is_left_out[c] = true;
    for (size_t i = 0; i < state->claims; i++)
        is_left_out[state->claim[i]] = false;
    for (size_t i = 0; i < state->claims; i++) {
        is_left_out[state->claim[i]] = true;
        if (interval_net_solve(net, is_left_out, scratch).is_consistent)
            is_left_out[state->claim[i]] = false;
    }
}

struct conflict_search {
    const struct interval_net *net;
    struct interval_conflicts *found;
    struct arena *arena, *scratch; /* scratch: emptied after each solution */
    size_t budget;                 /* of solutions still to be made */
};

static bool is_hit(const struct interval_state *set, const bool *is_left_out)
{
    for (size_t i = 0; i < set->claims; i++)
        if (is_left_out[set->claim[i]])
            return true;
    return false;
}

/* A conflict among the claims that are left: a known one if there is, else a new one. -1: none. */
static long find_conflict(struct conflict_search *search, const bool *is_left_out)
{
    struct interval_conflicts *found = search->found;
    for (size_t i = 0; i < found->count; i++)
        if (!is_hit(&found->set[i], is_left_out))
            return (long)i;
    if (search->budget == 0 || found->count == INTERVAL_NET_SETS) {
        found->is_complete = false;
        return -1;
    }
    search->budget--;
    struct interval_state state = interval_net_solve(search->net, is_left_out, search->scratch);
    bool is_consistent = state.is_consistent;
    if (!is_consistent) {
        bool *others = arena_array(search->arena, search->net->claims, sizeof *others);
        shrink(search->net, &state, others, search->scratch);
        found->set[found->count] = interval_net_solve(search->net, others, search->arena);
    }
    arena_reset(search->scratch);
    return is_consistent ? -1 : (long)found->count++;
}

static void grow_tree(struct conflict_search *search, bool *is_left_out, int depth)
{
    enum { DEEPEST = 6 };
    long at = find_conflict(search, is_left_out);
    if (at < 0)
        return;
    if (depth == DEEPEST) {
        search->found->is_complete = false;
        return;
    }
    const struct interval_state *set = &search->found->set[at];
    for (size_t i = 0; i < set->claims && search->budget > 0; i++) {
        is_left_out[set->claim[i]] = true;
        grow_tree(search, is_left_out, depth + 1);
        is_left_out[set->claim[i]] = false;
    }
}

static int by_size(const void *left, const void *right)
{
    const struct interval_state *a = left, *b = right;
    if (a->claims != b->claims)
        return a->claims < b->claims ? -1 : 1;
    for (size_t i = 0; i < a->claims; i++)
        if (a->claim[i] != b->claim[i])
            return a->claim[i] < b->claim[i] ? -1 : 1;
    return 0;
}

static void find_culprits(const struct interval_net *net, struct interval_conflicts *found,
                          struct arena *arena)
{
    const struct interval_state *first = &found->set[0];
    bool *out = arena_array(arena, net->claims, sizeof *out);
    size_t *culprit = arena_array(arena, first->claims, sizeof *culprit);
    for (size_t i = 0; i < first->claims; i++) {
        out[first->claim[i]] = true;
        if (interval_net_solve(net, out, arena).is_consistent)
            culprit[found->culprits++] = first->claim[i];
        out[first->claim[i]] = false;
    }
    found->culprit = culprit;
}

struct interval_conflicts interval_net_conflicts(const struct interval_net *net,
                                                 struct arena *arena)
{
    enum { MAX_SOLUTIONS = 2000 };
    struct interval_conflicts found = {.is_complete = true};
    struct conflict_search search = {net, &found, arena, arena_open(), MAX_SOLUTIONS};
    grow_tree(&search, arena_array(arena, net->claims, sizeof(bool)), 0);
    arena_close(search.scratch);
    qsort(found.set, found.count, sizeof *found.set, by_size);
    if (found.count > 0)
        find_culprits(net, &found, arena);
    return found;
}
