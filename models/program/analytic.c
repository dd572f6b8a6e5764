/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/analytic.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_exp.h>
#include <math.h>
#include <stdbool.h>

/* Sums of products that may leave the range of a double are kept in units of e^shift and brought
 * back whenever they pass RESCALE_ABOVE. */
#define RESCALE_ABOVE 1e250

/* Terms below this, relative to the sum so far, no longer change it. */
#define NEGLIGIBLE 1e-20

enum { MDC_MAX_TERMS = 100000 };

double analytic_offered_load(struct analytic_station station)
{
    return station.arrival_rate_per_s * station.service_time_s;
}

/* ---- Erlang B and C ---- */

/* ln 1/B. */
static double log_inverse_erlang_b(int64_t servers, double offered_load)
{
    /* A wrong start at n0 is multiplied by prod n/a < exp(-(min(c,a) - n0)^2 / (2 a)) = e^-50. */
    double forgotten = fmin((double)servers, offered_load) - 10.0 * sqrt(offered_load) - 1.0;
    int64_t first = forgotten > 0.0 ? (int64_t)forgotten : 0;
    double inverse = 1.0, one = 1.0, shift = 0.0;
    for (int64_t n = first + 1; n <= servers; n++) {
        inverse = one + inverse * ((double)n / offered_load);
        if (inverse > RESCALE_ABOVE) {
            shift += log(RESCALE_ABOVE);
            inverse /= RESCALE_ABOVE;
            one /= RESCALE_ABOVE;
        }
    }
    return log(inverse) + shift;
}

/* e^x, but never infinite: next to 1e299 every other weight vanishes all the same, and no ratio
 * becomes NaN. */
static double exp_within_range(double x)
{
    return exp(fmin(x, 688.0));
}

/* The weight of fewer than c busy in units of that of c busy: 1/B - 1. */
static double weight_below(struct analytic_station station)
{
    double log_inverse = log_inverse_erlang_b(station.servers, analytic_offered_load(station));
    return expm1(fmin(log_inverse, 688.0));
}

double analytic_log_erlang_b(int64_t servers, double offered_load)
{
    assert(servers >= 0 && offered_load > 0.0);
    return -log_inverse_erlang_b(servers, offered_load);
}

double analytic_erlang_b(int64_t servers, double offered_load)
{
    return exp(analytic_log_erlang_b(servers, offered_load));
}

double analytic_erlang_c(int64_t servers, double offered_load)
{
    double utilization = offered_load / (double)servers;
    if (utilization >= 1.0)
        return 1.0;
    double blocked = analytic_erlang_b(servers, offered_load);
    return blocked / (1.0 - utilization * (1.0 - blocked));
}

/* ---- answers ---- */

/* The answer of a queue that loses nobody, from the wait of those who asked. */
static struct analytic_answer answer_of_waits(struct analytic_station station, double probability,
                                              double mean_s)
{
    double utilization = analytic_offered_load(station) / (double)station.servers;
    bool is_stable = utilization < 1.0;
    return (struct analytic_answer){
        .utilization = is_stable ? utilization : 1.0,
        .wait_probability = is_stable ? probability : 1.0,
        .wait_mean_s = is_stable ? mean_s : INFINITY,
        .wait_mean_asked_s = is_stable ? mean_s : INFINITY,
        .queue_length = is_stable ? station.arrival_rate_per_s * mean_s : INFINITY,
        .throughput_per_s = is_stable ? station.arrival_rate_per_s
                                      : (double)station.servers / station.service_time_s,
    };
}

/* Utilization and throughput of a queue that serves the share `served` of those who ask. */
static void answer_set_served(struct analytic_answer *answer, struct analytic_station station,
                              double served)
{
    answer->throughput_per_s = station.arrival_rate_per_s * served;
    answer->utilization =
        answer->throughput_per_s * station.service_time_s / (double)station.servers;
}

/* ---- nobody leaves ---- */

/* c mu - lambda: how fast a full station's queue shrinks. */
static double drain_rate_per_s(struct analytic_station station)
{
    return (double)station.servers / station.service_time_s - station.arrival_rate_per_s;
}

struct analytic_answer analytic_solve_mmc(struct analytic_station station)
{
    double waits = analytic_erlang_c(station.servers, analytic_offered_load(station));
    return answer_of_waits(station, waits, waits / drain_rate_per_s(station));
}

double analytic_mmc_wait_quantile(struct analytic_station station, double p)
{
    double waits = analytic_erlang_c(station.servers, analytic_offered_load(station));
    if (drain_rate_per_s(station) <= 0.0)
        return INFINITY;
    return fmax(0.0, log(waits / (1.0 - p)) / drain_rate_per_s(station));
}

/* P(R > t), decreasing in t. */
static double mmc_response_tail(struct analytic_station station, double waits, double t)
{
    double completion_rate = 1.0 / station.service_time_s, drain = drain_rate_per_s(station);
    double x = fabs(drain - completion_rate) * t, mixed = x == 0.0 ? 1.0 : -expm1(-x) / x;
    return exp(-completion_rate * t) +
           waits * completion_rate * t * mixed * exp(-fmin(completion_rate, drain) * t);
}

double analytic_mmc_response_quantile(struct analytic_station station, double p)
{
    double waits = analytic_erlang_c(station.servers, analytic_offered_load(station));
    if (drain_rate_per_s(station) <= 0.0)
        return INFINITY;
    double low = 0.0, high = station.service_time_s;
    while (mmc_response_tail(station, waits, high) > 1.0 - p)
        high *= 2.0;
    /* The tail is monotone: halved to the last bit. */
    for (double middle = 0.5 * (low + high); middle > low && middle < high;
         middle = 0.5 * (low + high)) {
        if (mmc_response_tail(station, waits, middle) > 1.0 - p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

struct analytic_answer analytic_solve_mg1(struct analytic_station station, double variance)
{
    assert(station.servers == 1 && variance >= 0.0);
    double utilization = analytic_offered_load(station);
    double second_moment = variance + station.service_time_s * station.service_time_s;
    return answer_of_waits(station, utilization,
                           station.arrival_rate_per_s * second_moment /
                               (2.0 * (1.0 - utilization)));
}

struct analytic_answer analytic_solve_mdc(struct analytic_station station)
{
    double load = analytic_offered_load(station), servers = (double)station.servers;
    double utilization = load / servers, exponent = 0.0, mean_s = 0.0;
    double terms = 50.0 / (servers * (utilization - 1.0 - log(utilization)));
    if (utilization < 1.0 && !(terms <= MDC_MAX_TERMS))
        return answer_of_waits(station, NAN, NAN);
    for (double i = 1.0; utilization < 1.0 && i <= ceil(terms); i += 1.0) {
        /* P(N >= n) of a Poisson N of mean x is the distribution function of a gamma of shape n. */
        double reaches = gsl_cdf_gamma_P(i * load, i * servers, 1.0);
        double passes = gsl_cdf_gamma_P(i * load, i * servers + 1.0, 1.0);
        exponent += reaches / i;
        mean_s += station.service_time_s * reaches - servers / station.arrival_rate_per_s * passes;
    }
    return answer_of_waits(station, -expm1(-exponent), mean_s);
}

/* ---- the queue is limited ---- */

struct analytic_answer analytic_solve_loss(struct analytic_station station)
{
    struct analytic_answer answer = {
        .refused_rate = analytic_erlang_b(station.servers, analytic_offered_load(station))};
    answer_set_served(&answer, station, 1.0 - answer.refused_rate);
    return answer;
}

/* Weights of the states, all in one unit: fewer than c busy; then c busy and k waiting, k = 0... */
struct weights {
    double below;     /* sum over fewer than c busy                                       */
    double full;      /* sum over k                                                       */
    double waiting;   /* sum of k times the weight                                        */
    double last;      /* of the longest queue allowed                                     */
    double served;    /* sum of the weight times the chance to be served when found so    */
    double wait_of_s; /* the same, times the mean wait until then                         */
};

struct analytic_answer analytic_solve_mmck(struct analytic_station station, int64_t queue_limit)
{
    assert(queue_limit >= 0);
    double load = analytic_offered_load(station), limit = (double)queue_limit;
    double utilization = load / (double)station.servers;
    /* The weights rho^k are summed from their largest, which is 1: at k = 0, or else at the
     * limit. */
    bool is_rising = utilization > 1.0;
    double ratio = is_rising ? 1.0 / utilization : utilization, weight = 1.0;
    double below = weight_below(station);
    struct weights sum = {.below = is_rising ? below * pow(ratio, limit) : below,
                          .last = is_rising ? 1.0 : pow(ratio, limit)};
    for (double i = 0.0; i <= limit && weight > NEGLIGIBLE; i += 1.0, weight *= ratio) {
        sum.full += weight;
        sum.waiting += weight * (is_rising ? limit - i : i);
    }
    double total = sum.below + sum.full, served = 1.0 - sum.last / total;
    struct analytic_answer answer = {
        .refused_rate = sum.last / total,
        .wait_probability = (sum.full - sum.last) / (total - sum.last),
        .queue_length = sum.waiting / total,
        .wait_mean_s = sum.waiting / (total - sum.last) / station.arrival_rate_per_s,
    };
    answer.wait_mean_asked_s = answer.wait_mean_s;
    answer_set_served(&answer, station, served);
    return answer;
}

/* ---- requests leave the queue ---- */

/* Brings the sums and the current weight back into range. */
static void weights_rescale(struct weights *sum, double *weight)
{
    double *const parts[] = {&sum->below,  &sum->full,      &sum->waiting,
                             &sum->served, &sum->wait_of_s, weight};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        *parts[i] /= RESCALE_ABOVE;
}

static struct weights erlang_a_weights(struct analytic_station station, double patience_s)
{
    double capacity = (double)station.servers / station.service_time_s;
    double weight = 1.0, wait_s = 0.0;
    struct weights sum = {.below = weight_below(station)};
    for (double k = 0.0;; k += 1.0) {
        double next_rate = capacity + (k + 1.0) / patience_s;
        wait_s += 1.0 / next_rate;
        sum.full += weight;
        sum.waiting += weight * k;
        sum.served += weight * (capacity / next_rate);
        sum.wait_of_s += weight * (capacity / next_rate) * wait_s;
        double ratio = station.arrival_rate_per_s / next_rate;
        weight *= ratio;
        /* The ratios fall, so what remains is below a geometric series. */
        if (ratio < 1.0 && weight * (k + 1.0) < NEGLIGIBLE * (1.0 - ratio) * sum.full)
            return sum;
        if (weight > RESCALE_ABOVE)
            weights_rescale(&sum, &weight);
    }
}

struct analytic_answer analytic_solve_mmcm(struct analytic_station station, double patience_s)
{
    assert(patience_s > 0.0);
    struct weights sum = erlang_a_weights(station, patience_s);
    double total = sum.below + sum.full, rate = station.arrival_rate_per_s;
    struct analytic_answer answer = {
        .queue_length = sum.waiting / total,
        .timeout_rate = sum.waiting / total / (patience_s * rate),
        .wait_mean_asked_s = sum.waiting / total / rate,
        .wait_probability = sum.served / (sum.below + sum.served),
        .wait_mean_s = sum.wait_of_s / (sum.below + sum.served),
    };
    answer_set_served(&answer, station, (sum.below + sum.served) / total);
    return answer;
}

/* v(x) on [0, timeout], in units of its largest value there: integrals over the waits. */
struct waits {
    double none;     /* no wait                                                              */
    double some;     /* integral of v over [0, timeout]                                      */
    double first_s;  /* integral of x v                                                      */
    double too_long; /* integral of v beyond the timeout                                     */
};

static struct waits constant_patience_waits(struct analytic_station station, double timeout_s)
{
    double capacity = (double)station.servers / station.service_time_s;
    double drain = drain_rate_per_s(station), x = fabs(drain) * timeout_s;
    /* exprel(x) = (e^x - 1)/x and exprel_2(x) = 2 (e^x - 1 - x)/x^2 stay exact as x goes to 0.
     * The integrals of e^-y and y e^-y over [0, x], over x and x^2: */
    double mass = gsl_sf_exprel(-x);
    double far = 0.5 * gsl_sf_exprel_2(-x), near = mass - far;
    double log_none = log_inverse_erlang_b(station.servers - 1, analytic_offered_load(station)) -
                      log(station.arrival_rate_per_s);
    /* v falls when the queue drains, else it rises up to the timeout; measured from there. */
    if (x < 1.0)
        near = 0.5 * exp(-x) * gsl_sf_exprel_2(x);
    bool is_falling = drain >= 0.0;
    return (struct waits){
        .none = exp_within_range(is_falling ? log_none : log_none - x),
        .some = timeout_s * mass,
        .first_s = timeout_s * timeout_s * (is_falling ? near : far),
        .too_long = (is_falling ? exp(-x) : 1.0) / capacity,
    };
}

struct analytic_answer analytic_solve_mmcd(struct analytic_station station, double timeout_s)
{
    assert(timeout_s > 0.0);
    struct waits v = constant_patience_waits(station, timeout_s);
    double served = v.none + v.some, asked = served + v.too_long;
    struct analytic_answer answer = {
        .timeout_rate = v.too_long / asked,
        .wait_probability = v.some / served,
        .wait_mean_s = v.first_s / served,
        .wait_mean_asked_s = (v.first_s + timeout_s * v.too_long) / asked,
    };
    answer.queue_length = station.arrival_rate_per_s * answer.wait_mean_asked_s;
    answer_set_served(&answer, station, served / asked);
    return answer;
}

double analytic_mmcd_wait_quantile(struct analytic_station station, double timeout_s, double p)
{
    struct waits v = constant_patience_waits(station, timeout_s);
    double drain = drain_rate_per_s(station);
    double mass = p * (v.none + v.some) - v.none; /* integral of v up to the quantile */
    if (mass <= 0.0)
        return 0.0;
    if (drain == 0.0)
        return mass;
    if (drain > 0.0)
        return -log1p(-drain * mass) / drain;
    return timeout_s - log(exp(drain * timeout_s) - drain * mass) / drain;
}

/* ---- batches ---- */

/* Sums over p_0 .. p_(c-1) in units of p_0. */
struct batch_sums {
    double idle;      /* sum of (c - j) p_j                                                   */
    double busy;      /* sum of j (c - j) p_j                                                 */
    double immediate; /* sum of min(batch, c - j) p_j                                         */
};

static struct batch_sums batch_sum_states(struct analytic_station station, int64_t batch,
                                          struct arena *scratch)
{
    int64_t servers = station.servers, kept = batch < servers ? batch : servers;
    double *recent = arena_array(scratch, (size_t)kept, sizeof *recent), weight = 1.0;
    double load = analytic_offered_load(station);
    struct batch_sums sum = {0};
    for (int64_t n = 0; n < servers; n++) {
        double free_servers = (double)(servers - n), cut = 0.0;
        sum.idle += free_servers * weight;
        sum.busy += (double)n * free_servers * weight;
        sum.immediate += fmin((double)batch, free_servers) * weight;
        recent[n % kept] = weight;
        for (int64_t i = 0; i < kept; i++)
            cut += recent[i];
        weight = cut * load / (double)(n + 1);
        if (weight > RESCALE_ABOVE) {
            for (int64_t i = 0; i < kept; i++)
                recent[i] /= RESCALE_ABOVE;
            weight /= RESCALE_ABOVE;
            sum.idle /= RESCALE_ABOVE;
            sum.busy /= RESCALE_ABOVE;
            sum.immediate /= RESCALE_ABOVE;
        }
    }
    return sum;
}

struct analytic_answer analytic_solve_batches(struct analytic_station station, int64_t batch,
                                              struct arena *scratch)
{
    assert(batch >= 1);
    struct analytic_station single = station;
    double size = (double)batch, load = analytic_offered_load(station);
    single.arrival_rate_per_s *= size;
    double spare = (double)station.servers - load * size;
    if (spare <= 0.0)
        return answer_of_waits(single, 1.0, INFINITY);
    struct batch_sums sum = batch_sum_states(station, batch, scratch);
    double unit = spare / sum.idle; /* p_0 */
    double in_system = (sum.busy * unit + load * (size + size * (size - 1.0) / 2.0)) / spare;
    return answer_of_waits(single, 1.0 - sum.immediate * unit / size,
                           (in_system - load * size) / single.arrival_rate_per_s);
}
