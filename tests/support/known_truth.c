/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/known_truth.h"
#include "models/program/analytic.h"
#include "tests/support/modulated_queue.h"
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A formula's answers: NaN where it has none. */
struct answers {
    double wait_mean, wait_probability, utilization, queue, in_system, response_mean;
    double timeout_rate, refused_rate, throughput;
};

static double number(const json_t *station, const char *key)
{
    const json_t *value = json_object_get(station, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static struct analytic_station station_of(const json_t *station)
{
    return (struct analytic_station){number(station, "rate"), number(station, "service"),
                                     llround(number(station, "servers"))};
}

static struct answers answers_of(const struct analytic_answer *answer,
                                 const struct analytic_station *station)
{
    double busy = answer->utilization * (double)station->servers;
    return (struct answers){.wait_mean = answer->wait_mean_s,
                            .wait_probability = answer->wait_probability,
                            .utilization = answer->utilization,
                            .queue = answer->queue_length,
                            .in_system = answer->queue_length + busy,
                            .response_mean = answer->wait_mean_s + station->service_time_s,
                            .timeout_rate = answer->timeout_rate,
                            .refused_rate = answer->refused_rate,
                            .throughput = answer->throughput_per_s};
}

/* Customers who think for think_s on average and then ask one of `servers` for service_s: p_n =
 * p_{n-1} (N - n + 1) / Z * S / min(n, c). */
static struct answers solve_closed(const json_t *from)
{
    struct analytic_station station = station_of(from);
    double customers = number(from, "customers"), think = number(from, "think");
    double service = station.service_time_s, servers = (double)station.servers;
    double log_p = 0, largest = 0, total = 0, busy = 0, queue = 0;
    for (double n = 1; n <= customers; n++) {
        log_p += log((customers - n + 1) / think * service / fmin(n, servers));
        largest = fmax(largest, log_p);
    }
    log_p = 0;
    for (double n = 0; n <= customers; n++) {
        if (n > 0)
            log_p += log((customers - n + 1) / think * service / fmin(n, servers));
        double p = exp(log_p - largest);
        total += p;
        busy += p * fmin(n, servers);
        queue += p * fmax(n - servers, 0);
    }
    struct answers answers = {.utilization = busy / total / servers, .queue = queue / total};
    answers.throughput = busy / total / service;
    answers.wait_mean = answers.queue / answers.throughput;
    answers.in_system = (busy + queue) / total;
    answers.response_mean = answers.wait_mean + service;
    answers.wait_probability = answers.timeout_rate = answers.refused_rate = NAN;
    return answers;
}

static struct modulated_queue modulated_of(const json_t *from)
{
    enum { ENDLESS = 20000 };
    const json_t *states = json_object_get(from, "states");
    double limit = number(from, "queue_limit");
    struct modulated_queue queue = {.states = (int)json_array_size(states),
                                    .service_s = number(from, "service"),
                                    .servers = (int)number(from, "servers")};
    for (int i = 0; i < queue.states && i < MODULATED_STATES; i++) {
        const json_t *state = json_array_get(states, (size_t)i);
        queue.rates[i] = json_number_value(json_array_get(state, 0));
        queue.sojourns[i] = json_number_value(json_array_get(state, 1));
    }
    queue.levels = queue.servers + (isnan(limit) ? ENDLESS : (int)limit);
    return queue;
}

static struct answers solve_modulated(const struct modulated_answer *answer,
                                      const struct modulated_queue *queue)
{
    return (struct answers){.wait_mean = answer->wait_mean_s,
                            .wait_probability = answer->wait_probability,
                            .utilization = answer->utilization,
                            .queue = answer->queue,
                            .in_system = answer->in_system,
                            .response_mean = answer->wait_mean_s + queue->service_s,
                            .timeout_rate = NAN,
                            .refused_rate = answer->refused_rate,
                            .throughput = answer->arrival_rate * (1 - answer->refused_rate)};
}

static double pick(const struct answers *answers, const char *metric)
{
    const struct {
        const char *name;
        double value;
    } names[] = {
        {"wait.mean", answers->wait_mean},       {"wait.probability", answers->wait_probability},
        {"utilization", answers->utilization},   {"queue", answers->queue},
        {"in_system", answers->in_system},       {"response.mean", answers->response_mean},
        {"timeout_rate", answers->timeout_rate}, {"refused_rate", answers->refused_rate},
        {"throughput", answers->throughput}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, metric) == 0)
            return names[i].value;
    return NAN;
}

/* 0.95 of "wait.p95"; NaN when the metric is no such quantile. */
static double quantile_of(const char *metric, const char *what)
{
    size_t length = strlen(what);
    if (strncmp(metric, what, length) != 0 || strncmp(metric + length, ".p", 2) != 0)
        return NAN;
    const char *digits = metric + length + 2;
    if (!isdigit((unsigned char)*digits))
        return NAN;
    return strtod(digits, NULL) / pow(10, (double)strlen(digits));
}

static double find_quantile(const char *formula, const char *metric, const json_t *from,
                            struct arena *arena)
{
    double p = quantile_of(metric, "wait"), q = quantile_of(metric, "response");
    struct analytic_station station = station_of(from);
    if (strcmp(formula, "modulated") == 0 && !isnan(p)) {
        struct modulated_queue queue = modulated_of(from);
        struct modulated_answer answer = modulated_queue_solve(&queue, arena);
        return modulated_queue_wait_quantile(&queue, &answer, p);
    }
    if (strcmp(formula, "mmcd") == 0 && !isnan(p))
        return analytic_mmcd_wait_quantile(station, number(from, "patience"), p);
    if (strcmp(formula, "mmc") == 0 && !isnan(p))
        return analytic_mmc_wait_quantile(station, p);
    if (strcmp(formula, "mmc") == 0 && !isnan(q))
        return analytic_mmc_response_quantile(station, q);
    return NAN;
}

static bool solve(const char *formula, const json_t *from, struct arena *arena,
                  struct answers *answers)
{
    struct analytic_station station = station_of(from);
    double service = station.service_time_s, rate = station.arrival_rate_per_s;
    struct analytic_answer answer;
    if (strcmp(formula, "closed") == 0) {
        *answers = solve_closed(from);
        return true;
    }
    if (strcmp(formula, "modulated") == 0) {
        struct modulated_queue queue = modulated_of(from);
        struct modulated_answer modulated = modulated_queue_solve(&queue, arena);
        *answers = solve_modulated(&modulated, &queue);
        return true;
    }
    if (strcmp(formula, "mginf") == 0 || strcmp(formula, "ps") == 0) {
        double load = rate * service, slow = formula[0] == 'p' ? 1 / (1 - load) : 1;
        *answers = (struct answers){.in_system = load * slow,
                                    .response_mean = service * slow,
                                    .utilization = load,
                                    .throughput = rate};
        return true;
    }
    if (strcmp(formula, "mmc") == 0)
        answer = analytic_solve_mmc(station);
    else if (strcmp(formula, "mg1") == 0)
        answer = analytic_solve_mg1(station, number(from, "scv") * service * service);
    else if (strcmp(formula, "mdc") == 0)
        answer = analytic_solve_mdc(station);
    else if (strcmp(formula, "loss") == 0)
        answer = analytic_solve_loss(station);
    else if (strcmp(formula, "mmck") == 0)
        answer = analytic_solve_mmck(station, llround(number(from, "queue_limit")));
    else if (strcmp(formula, "mmcd") == 0)
        answer = analytic_solve_mmcd(station, number(from, "patience"));
    else if (strcmp(formula, "batches") == 0)
        answer = analytic_solve_batches(station, llround(number(from, "batch")), arena);
    else
        return false;
    *answers = answers_of(&answer, &station);
    return true;
}

double known_truth(const char *formula, const json_t *station, struct arena *arena)
{
    const char *space = strchr(formula, ' ');
    struct answers answers;
    if (!space)
        return NAN;
    char *name = arena_strdup(arena, formula);
    name[space - formula] = '\0';
    double quantile = find_quantile(name, space + 1, station, arena);
    if (!isnan(quantile))
        return quantile;
    return solve(name, station, arena, &answers) ? pick(&answers, space + 1) : NAN;
}
