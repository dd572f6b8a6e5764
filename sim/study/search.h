/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.h - which of many values in a row pass, without trying all of them.
 *
 * Candidates 0..count-1 are in order; each can be judged in two ways, cheaply (a verdict, or
 * undecided yet) and for good. Both also tell a score: above 0 when the estimates pass, the further
 * from 0 the clearer. What passes is taken to be one run of neighbours, which may begin above the
 * first candidate and end before the last (a pool that is too large can be worse): the search finds
 * both its ends. It starts from the ends and from a guess; without a pass there it climbs the
 * score, and looks between two fails that have different reasons: where one criterion gets better
 * and another worse, all may hold between, however narrow that is. Then each end is where the
 * interpolated score crosses 0, every second step where the gap is halved; and the two neighbours
 * across the end are judged for good. Where such a neighbour stays undecided, both ends of the
 * undecided band are found by steps that double, then by halving. All this stops at the resolution
 * asked for. With a guess, the end beyond the one that is wanted is judged only if nothing fails
 * before it, the last candidate where the highest pass is wanted and the first where the lowest is:
 * where candidates are loads or sizes, it is the deepest overload, costs the most and tells the
 * least.
 *
 * Nothing is assumed that was not asked: every pass and fail in the finding is a verdict. What lies
 * between two passes, below the last fail or above the first is inferred from the shape. Steps:
 * about log2(count), each of one to four candidates, and none is judged twice in one way. The steps
 * depend on the answers alone. */
#ifndef CAPSIM_SIM_STUDY_SEARCH_H
#define CAPSIM_SIM_STUDY_SEARCH_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/study/verdict.h"
#include <stdint.h>

#define SEARCH_NONE SIZE_MAX

struct search_answer {
    enum verdict verdict; /* VERDICT_NONE counts as a pass: nothing stands against it   */
    bool is_final;        /* judging it for good would tell nothing new                 */
    double score;         /* NaN: unknown                                               */
    size_t reason;        /* of a fail: which criterion fails most, from 1; 0: unknown  */
};

/* Judges candidates[count], cheaply or for good; answers in their order. False: an error, or with
 * status STATUS_OK an interruption. */
typedef bool search_judge(void *context, const size_t *candidates, size_t count, bool for_good,
                          struct search_answer *answers, struct error *err);

/* Which run of passes is wanted, should there be several. */
enum search_aim { SEARCH_LOWEST, SEARCH_HIGHEST };

/* How far a pass and the fail beyond it may lie apart in the end: `relative` times the distance of
 * the candidate from the value 0, which lies `origin` candidates below candidate 0, or `absolute`
 * candidates, whichever is more; at least one. Zeros: the exact end. Candidates are then taken
 * where values are round: at multiples of 1, 2 or 5 times a power of ten. */
struct search_resolution {
    double origin, relative;
    size_t absolute;
};

struct search {
    size_t count; /* >= 2 */
    size_t guess; /* about where passes begin or end; SEARCH_NONE: no idea */
    enum search_aim aim;
    search_judge *judge;
    void *context;
    struct search_resolution resolution;
};

struct search_point {
    size_t candidate;
    struct search_answer answer;
};

/* One end of the run of passes. */
struct search_edge {
    size_t pass;      /* the outermost pass                                                  */
    size_t fail;      /* the nearest fail beyond it; SEARCH_NONE: none, up to the last value */
    size_t undecided; /* candidates between them that are undecided, or inferred to be: in a row */
    size_t nearest;   /* of them, the one next to the pass; SEARCH_NONE: there are none      */
    size_t skipped;   /* other candidates between them, of which nothing is known            */
};

struct search_finding {
    struct search_point *points; /* [point_count], every candidate that was judged, in order */
    size_t point_count;
    bool has_pass;
    struct search_edge low, high; /* with a pass                                 */
    bool has_gap;                 /* there are passes beyond a fail: another run */
    size_t best;                  /* without: the candidate of the highest score */
    bool has_undecided;           /* without: some stayed undecided for good     */
    bool is_interrupted;          /* the search was not ended                    */
};

/* Searches. False on an error. The finding lives in arena. */
bool search_run(const struct search *search, struct arena *arena, struct search_finding *finding,
                struct error *err);

#endif
