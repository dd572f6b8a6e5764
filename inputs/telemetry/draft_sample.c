/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft of logs that have a share of all requests. */
#include "inputs/telemetry/draft.h"

#include <math.h>

/* What is thinned at random of a Poisson process, of one with states or of one that drifts is one
 * of that kind again, with a share of the rate; of any other it is not. */
void draft_scale_sample(struct draft *draft)
{
    double share = draft->observed->sampled_share;
    if (share >= 1)
        return;
    draft->rate_per_s /= share;
    for (int s = 0; s < 2; s++) {
        draft->fit.mmpp.rate_per_s[s] /= share;
        draft->fit.mmpp.rate_error[s] /= share;
    }
    draft_note(draft, "workloads.requests.arrivals",
               arena_printf(draft->arena,
                            "the logs have %.4g %% of all requests, as told by --sampled: the rate "
                            "is theirs times %.6g",
                            100 * share, 1 / share),
               "");
    draft_unknown(draft, "bursts shorter than the time between requests of the sample");
    if (draft->fit.kind != ARRIVAL_FIT_RENEWAL && draft->fit.kind != ARRIVAL_FIT_TRACE)
        return;
    draft->fit.kind = ARRIVAL_FIT_POISSON;
    draft->trace_s = NULL;
    draft_note(draft, "workloads.requests.arrivals.rate",
               "ASSUMED Poisson: what a sample leaves out cannot be told from how it comes", "");
}

void draft_hold_sample(struct draft *draft, struct replayed *requests, size_t count,
                       const struct observed_figure *hold)
{
    double sum = 0, granted = 0;
    for (size_t i = 0; i < count; i++) {
        sum += requests[i].gave_up ? 0 : (double)(requests[i].end_ns - requests[i].start_ns) / 1e9;
        granted += !requests[i].gave_up;
    }
    double factor = hold && sum > 0 ? fmin(hold->mean * granted / sum, 1) : 1;
    for (size_t i = 0; i < count; i++) {
        double response_ns = (double)(requests[i].end_ns - requests[i].start_ns);
        requests[i].hold_ns = requests[i].gave_up ? 0 : llround(factor * response_ns);
        requests[i].wait_ns = 0;
    }
    draft_note(draft, "workloads.requests",
               hold ? "ASSUMED: each class holds the same share of its response; the waits in it "
                      "cannot be taken out of a sample, so the mean is put to the pool's own"
                    : "ASSUMED: the response is held; the waits in it cannot be taken out of a "
                      "sample",
               hold ? draft->observed->files[hold->file].path : "");
    draft_unknown(draft, "waits for the pool: a sample does not tell who was before whom");
}
