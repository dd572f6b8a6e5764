/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/search.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* Scores are rough: a step goes this far into the gap at least. */
static const double NEAREST_SHARE = 0.05;

enum { MAX_REQUESTS = 16, HALVE_EVERY = 2 };

/* Candidates to be judged next. */
struct requests {
    size_t candidates[MAX_REQUESTS];
    size_t count;
};

struct state {
    const struct search *search;
    struct arena *arena;
    struct search_finding *finding;
    size_t capacity;
    struct requests cheap, final;
    size_t steps;
};

/* ---- what is known ----------------------------------------------------------------------- */

/* Position of the first point that is not below the candidate. */
static size_t place_of(const struct search_finding *finding, size_t candidate)
{
    size_t at = 0;
    while (at < finding->point_count && finding->points[at].candidate < candidate)
        at++;
    return at;
}

static const struct search_point *find_point(const struct search_finding *finding, size_t candidate)
{
    size_t at = place_of(finding, candidate);
    bool is_there = at < finding->point_count && finding->points[at].candidate == candidate;
    return is_there ? &finding->points[at] : NULL;
}

/* A verdict outweighs the score of noisy estimates. */
static struct search_answer consistent(struct search_answer answer)
{
    if (answer.verdict == VERDICT_NONE)
        answer.verdict = VERDICT_PASS;
    if (answer.verdict != VERDICT_UNDECIDED)
        answer.is_final = true;
    if (isnan(answer.score))
        answer.score = -1;
    answer.score /= 1 + fabs(answer.score);
    if (answer.verdict == VERDICT_PASS)
        answer.score = fmax(answer.score, 1e-9);
    if (answer.verdict == VERDICT_FAIL)
        answer.score = fmin(answer.score, -1e-9);
    return answer;
}

static void keep_answer(struct state *state, size_t candidate, struct search_answer answer)
{
    struct search_finding *finding = state->finding;
    size_t at = place_of(finding, candidate), count = finding->point_count;
    if (at == count || finding->points[at].candidate != candidate) {
        if (count == state->capacity) {
            state->capacity *= 2;
            struct search_point *grown = arena_array(state->arena, state->capacity, sizeof *grown);
            memcpy(grown, finding->points, count * sizeof *grown);
            finding->points = grown;
        }
        memmove(&finding->points[at + 1], &finding->points[at],
                (count - at) * sizeof *finding->points);
        finding->point_count++;
    }
    finding->points[at] = (struct search_point){candidate, consistent(answer)};
}

static void request(struct requests *requests, size_t candidate)
{
    for (size_t i = 0; i < requests->count; i++)
        if (requests->candidates[i] == candidate)
            return;
    assert(requests->count < MAX_REQUESTS);
    requests->candidates[requests->count++] = candidate;
}

/* Asks for what is not known yet: cheaply first. */
static void ask(struct state *state, size_t candidate)
{
    const struct search_point *point = find_point(state->finding, candidate);
    if (!point)
        request(&state->cheap, candidate);
    else if (!point->answer.is_final)
        request(&state->final, candidate);
}

static bool judge(struct state *state, struct requests *requests, bool for_good, struct error *err)
{
    struct search_answer answers[MAX_REQUESTS];
    size_t count = requests->count;
    requests->count = 0;
    if (count == 0)
        return true;
    if (!state->search->judge(state->search->context, requests->candidates, count, for_good,
                              answers, err)) {
        state->finding->is_interrupted = err->status == STATUS_OK;
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        answers[i].is_final |= for_good;
        keep_answer(state, requests->candidates[i], answers[i]);
    }
    return true;
}

/* ---- resolution -------------------------------------------------------------------------- */

/* Candidates from the pass to the fail beyond it that are near enough, around this one. */
static size_t gap_at(const struct search *search, size_t candidate)
{
    const struct search_resolution *resolution = &search->resolution;
    double value = fabs(resolution->origin + (double)candidate);
    double gap = fmax(floor(resolution->relative * value), (double)resolution->absolute);
    return gap > 1 ? (size_t)fmin(gap, (double)search->count) : 1;
}

/* The candidate of the roundest value, as the resolution allows, near this one, and strictly
 * between low and high, where it is. */
static size_t make_round(const struct search *search, size_t candidate, size_t low, size_t high)
{
    double gap = (double)gap_at(search, candidate), origin = search->resolution.origin;
    if (gap < 2)
        return candidate;
    double power = pow(10, floor(log10(gap) + 1e-9));
    double grid = gap >= 5 * power ? 5 * power : gap >= 2 * power ? 2 * power : power;
    double round = rint((origin + (double)candidate) / grid) * grid - origin;
    bool is_between = round > (double)low && round < (double)high;
    return is_between ? (size_t)round : candidate;
}

/* ---- the ends ---------------------------------------------------------------------------- */

/* An end of the run, looked at so that positions grow from the fails to the passes: the low end as
 * it is, the high end from behind. */
struct view {
    struct state *state;
    bool is_mirrored;
};

static size_t turn(const struct view *view, size_t position)
{
    return view->is_mirrored ? view->state->search->count - 1 - position : position;
}

/* The point that is number index from the fails' side. */
static const struct search_point *point_at(const struct view *view, size_t index)
{
    const struct search_finding *finding = view->state->finding;
    return &finding->points[view->is_mirrored ? finding->point_count - 1 - index : index];
}

static size_t position_of(const struct view *view, size_t index)
{
    return turn(view, point_at(view, index)->candidate);
}

static enum verdict verdict_at(const struct view *view, size_t index)
{
    return point_at(view, index)->answer.verdict;
}

/* The pass from which both ends are looked for, as an index of the view; SEARCH_NONE: none. */
static size_t find_anchor(const struct view *view)
{
    size_t count = view->state->finding->point_count, found = SEARCH_NONE;
    bool wants_first = (view->state->search->aim == SEARCH_LOWEST) != view->is_mirrored;
    for (size_t i = 0; i < count; i++)
        if (verdict_at(view, i) == VERDICT_PASS && (found == SEARCH_NONE || !wants_first))
            found = i;
    return found;
}

/* Indices of the outermost pass and of the fail beyond it (SEARCH_NONE). */
struct bracket {
    size_t pass, fail;
};

static struct bracket find_bracket(const struct view *view)
{
    struct bracket bracket = {find_anchor(view), SEARCH_NONE};
    for (size_t i = bracket.pass; i-- > 0 && bracket.fail == SEARCH_NONE;) {
        if (verdict_at(view, i) == VERDICT_PASS)
            bracket.pass = i;
        if (verdict_at(view, i) == VERDICT_FAIL)
            bracket.fail = i;
    }
    return bracket;
}

/* The first and last index between fail and pass that stays undecided. */
struct band {
    size_t first, last; /* SEARCH_NONE: none */
};

static struct band find_band(const struct view *view, const struct bracket *bracket)
{
    struct band band = {SEARCH_NONE, SEARCH_NONE};
    size_t begin = bracket->fail == SEARCH_NONE ? 0 : bracket->fail + 1;
    for (size_t i = begin; i < bracket->pass; i++)
        if (point_at(view, i)->answer.is_final) {
            band.first = band.first == SEARCH_NONE ? i : band.first;
            band.last = i;
        }
    return band;
}

/* Asks for the position, or a round one near it, between two others. */
static void ask_between(const struct view *view, size_t low, size_t high, size_t position)
{
    size_t from = turn(view, low), to = turn(view, high);
    ask(view->state, make_round(view->state->search, turn(view, position), from < to ? from : to,
                                from < to ? to : from));
}

/* Whether two positions are further apart than they need to be. */
static bool is_apart(const struct view *view, size_t low, size_t high)
{
    return high - low > gap_at(view->state->search, turn(view, high));
}

/* Beyond an undecided band, which is narrow as a rule: as far again as it is wide, but no further
 * than half of what is left. */
static size_t next_beyond(const struct view *view, size_t width, size_t from, size_t to)
{
    size_t gap = gap_at(view->state->search, turn(view, from)),
           left = to > from ? to - from : from - to;
    size_t step = width > gap ? width : gap;
    step = step < left / 2 ? step : left / 2;
    return to > from ? from + step : from - step;
}

/* Finds the ends of the undecided band. */
static void step_band(const struct view *view, const struct bracket *bracket,
                      const struct band *band)
{
    size_t first = position_of(view, band->first), last = position_of(view, band->last);
    size_t pass = position_of(view, bracket->pass);
    size_t fail = bracket->fail == SEARCH_NONE ? first : position_of(view, bracket->fail);
    if (is_apart(view, fail, first))
        ask_between(view, fail, first, next_beyond(view, last - first, first, fail));
    if (is_apart(view, last, pass))
        ask_between(view, last, pass, next_beyond(view, last - first, last, pass));
}

/* Where between two positions the score crosses 0. */
static size_t cross(const struct view *view, size_t below, size_t above)
{
    size_t low = position_of(view, below), high = position_of(view, above);
    double down = point_at(view, below)->answer.score, up = point_at(view, above)->answer.score;
    double share = fmax(NEAREST_SHARE, fmin(1 - NEAREST_SHARE, down / (down - up)));
    size_t at = low + (size_t)llround(share * (double)(high - low));
    if (view->state->steps % HALVE_EVERY == HALVE_EVERY - 1 || !isfinite(share))
        at = low + (high - low) / 2;
    return at <= low ? low + 1 : at >= high ? high - 1 : at;
}

/* Comes nearer to where fails end and passes begin. */
static void step_crossing(const struct view *view, const struct bracket *bracket)
{
    size_t above = bracket->pass, below = above - 1;
    while (below > bracket->fail && point_at(view, below)->answer.score > 0)
        above = below--;
    if (is_apart(view, position_of(view, below), position_of(view, above))) {
        ask_between(view, position_of(view, below), position_of(view, above),
                    cross(view, below, above));
        return;
    }
    for (size_t i = below; i <= above; i++)
        if (!point_at(view, i)->answer.is_final)
            request(&view->state->final, point_at(view, i)->candidate);
}

/* Asks for what brings one end nearer; asks nothing when it is found. */
static void step_edge(const struct view *view)
{
    struct bracket bracket = find_bracket(view);
    struct band band = find_band(view, &bracket);
    if (bracket.pass == 0) { /* passes reach the last value, once that is judged */
        if (position_of(view, 0) > 0)
            ask(view->state, turn(view, 0));
        return;
    }
    if (band.first != SEARCH_NONE)
        step_band(view, &bracket, &band);
    else if (bracket.fail == SEARCH_NONE)
        request(&view->state->final, point_at(view, 0)->candidate);
    else if (is_apart(view, position_of(view, bracket.fail), position_of(view, bracket.pass)))
        step_crossing(view, &bracket);
}

static struct search_edge edge_of(const struct view *view)
{
    struct bracket bracket = find_bracket(view);
    struct band band = find_band(view, &bracket);
    size_t pass = position_of(view, bracket.pass), fail = 0;
    struct search_edge edge = {.pass = point_at(view, bracket.pass)->candidate,
                               .fail = SEARCH_NONE,
                               .nearest = SEARCH_NONE,
                               .skipped = pass};
    if (bracket.fail != SEARCH_NONE) {
        edge.fail = point_at(view, bracket.fail)->candidate;
        fail = position_of(view, bracket.fail);
        edge.skipped = pass - fail - 1;
    }
    if (band.first != SEARCH_NONE) {
        edge.nearest = point_at(view, band.last)->candidate;
        edge.undecided = position_of(view, band.last) - position_of(view, band.first) + 1;
        edge.skipped -= edge.undecided;
    }
    return edge;
}

/* ---- without a pass ---------------------------------------------------------------------- */

static size_t find_best(const struct search_finding *finding)
{
    size_t best = 0;
    for (size_t i = 1; i < finding->point_count; i++)
        if (finding->points[i].answer.score > finding->points[best].answer.score)
            best = i;
    return best;
}

/* Asks between two neighbours that fail for different reasons. */
static void ask_between_reasons(struct state *state)
{
    const struct search_finding *finding = state->finding;
    for (size_t i = 0; i + 1 < finding->point_count; i++) {
        const struct search_point *a = &finding->points[i], *b = a + 1;
        if (a->answer.reason && b->answer.reason && a->answer.reason != b->answer.reason &&
            b->candidate - a->candidate > 1)
            ask(state, a->candidate + (b->candidate - a->candidate) / 2);
    }
}

/* Climbs: asks around the highest score, and for good when it looks like a pass or nothing is left
 * around it. */
static void step_climb(struct state *state)
{
    const struct search_finding *finding = state->finding;
    size_t best = find_best(finding);
    const struct search_point *points = finding->points, *top = &points[best];
    if (top->answer.score > 0 && !top->answer.is_final) {
        request(&state->final, top->candidate);
        return;
    }
    if (best > 0 && top->candidate - points[best - 1].candidate > 1)
        ask(state, points[best - 1].candidate + (top->candidate - points[best - 1].candidate) / 2);
    if (best + 1 < finding->point_count && points[best + 1].candidate - top->candidate > 1)
        ask(state, top->candidate + (points[best + 1].candidate - top->candidate) / 2);
    ask_between_reasons(state);
    if (state->cheap.count == 0 && !top->answer.is_final)
        request(&state->final, top->candidate);
}

/* ---- the whole --------------------------------------------------------------------------- */

/* Asks below the guess and, where the resolution is no single candidate, further off on the side of
 * the passes: a guess is where loads end that can be borne, and passes end a little before. */
static void request_around(struct state *state, size_t guess)
{
    const struct search *search = state->search;
    size_t gap = gap_at(search, guess), last = search->count - 1;
    request(&state->cheap, guess > gap ? make_round(search, guess - gap, 0, guess) : guess - 1);
    if (gap == 1)
        return;
    if (search->aim == SEARCH_HIGHEST && guess > 4 * gap)
        request(&state->cheap, make_round(search, guess - 4 * gap, 0, guess - gap));
    if (search->aim == SEARCH_LOWEST && last - guess > 4 * gap)
        request(&state->cheap, make_round(search, guess + 4 * gap, guess, last));
}

static void begin(struct state *state)
{
    const struct search *search = state->search;
    size_t last = search->count - 1, guess = search->guess < last ? search->guess : last / 2;
    bool has_guess = search->guess != SEARCH_NONE && guess > 0;
    if (!has_guess || search->aim == SEARCH_HIGHEST)
        request(&state->cheap, 0);
    if (!has_guess || search->aim == SEARCH_LOWEST)
        request(&state->cheap, last);
    request(&state->cheap, guess);
    if (has_guess)
        request_around(state, guess);
}

static bool has_pass(const struct search_finding *finding)
{
    for (size_t i = 0; i < finding->point_count; i++)
        if (finding->points[i].answer.verdict == VERDICT_PASS)
            return true;
    return false;
}

static void ask_unless_judged(struct state *state, size_t candidate)
{
    if (!find_point(state->finding, candidate))
        ask(state, candidate);
}

/* Without a pass: climbs, beyond the outermost too where that is the highest; and both ends are
 * judged before nothing is said to pass. */
static void step_without_pass(struct state *state)
{
    const struct search_finding *finding = state->finding;
    size_t best = find_best(finding), last = state->search->count - 1;
    step_climb(state);
    bool has_asked = state->cheap.count + state->final.count > 0;
    if (best == 0 || !has_asked)
        ask_unless_judged(state, 0);
    if (best == finding->point_count - 1 || !has_asked)
        ask_unless_judged(state, last);
}

static void step(struct state *state)
{
    const struct view low = {state, false}, high = {state, true};
    const struct search_finding *finding = state->finding;
    if (!has_pass(finding)) {
        step_without_pass(state);
        return;
    }
    step_edge(&low);
    step_edge(&high);
}

static void conclude(struct state *state)
{
    struct search_finding *finding = state->finding;
    const struct view low = {state, false}, high = {state, true};
    finding->has_pass = has_pass(finding);
    if (finding->point_count > 0)
        finding->best = finding->points[find_best(finding)].candidate;
    for (size_t i = 0; i < finding->point_count; i++)
        finding->has_undecided |= finding->points[i].answer.verdict == VERDICT_UNDECIDED &&
                                  finding->points[i].answer.is_final;
    if (!finding->has_pass)
        return;
    finding->low = edge_of(&low);
    finding->high = edge_of(&high);
    for (size_t i = 0; i < finding->point_count; i++)
        finding->has_gap |= finding->points[i].answer.verdict == VERDICT_PASS &&
                            (finding->points[i].candidate < finding->low.pass ||
                             finding->points[i].candidate > finding->high.pass);
}

bool search_run(const struct search *search, struct arena *arena, struct search_finding *finding,
                struct error *err)
{
    assert(search->count >= 2);
    *finding = (struct search_finding){0};
    struct state state = {.search = search, .arena = arena, .finding = finding, .capacity = 64};
    finding->points = arena_array(arena, state.capacity, sizeof *finding->points);
    bool ok = true;
    for (begin(&state); ok && state.cheap.count + state.final.count > 0; state.steps++) {
        ok = judge(&state, &state.cheap, false, err) && judge(&state, &state.final, true, err);
        if (ok)
            step(&state);
    }
    conclude(&state);
    return ok || finding->is_interrupted;
}
