/* The engine against closed forms: every row of tests/exact/exact.json that the scenario format can
 * express, simulated and compared as one family (exact_gate.h). */
#include "tests/exact_gate.h"
#include "tests/scenario_builder.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* ---- from rows to values ---- */

enum { MOST_VALUES = 16 };

/* The values of one case. */
struct list {
    struct gate_value values[MOST_VALUES];
    size_t count;
};

/* A row of exact.json and the metric that estimates it. */
struct row {
    const char *metric, *exact;
};

static void list_add(struct list *list, const char *metric, double exact, double scale)
{
    assert_true(list->count < MOST_VALUES);
    list->values[list->count++] = (struct gate_value){metric, exact, scale};
}

/* A median near the jump of the distribution at 0 is judged on the scale of the mean wait. */
static void list_add_rows(struct list *list, const char *id, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double exact = exact_value(id, rows[i].exact);
        bool is_median = strcmp(rows[i].exact, "wait_p50") == 0;
        double mean = is_median ? exact_value(id, "mean_wait") : 0.0;
        list_add(list, rows[i].metric, exact, fmax(exact, mean));
    }
}

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define LIST_ADD_ROWS(list, id, rows) list_add_rows((list), (id), (rows), LENGTH(rows))

static void run_list(const char *id, struct scenario *scenario, double requests,
                     const struct list *list)
{
    gate_run(id, scenario, requests / scenario->workloads[0].arrivals.rate_per_s, list->values,
             list->count);
}

/* The rows that most infinite queues have. */
static const struct row wait_rows[] = {
    {"pool.wait.mean", "mean_wait"}, {"pool.wait.probability", "P(wait>0)"},
    {"pool.wait.p95", "wait_p95"},   {"pool.wait.p99", "wait_p99"},
    {"pool.wait.p50", "wait_p50"},
};

static struct pool_spec connections(int64_t max)
{
    return build_pool("pool", POOL_CONNECTIONS, max);
}

static struct pool_spec threads(int64_t max)
{
    return build_pool("pool", POOL_THREADS, max);
}

static const struct distribution *exponential(double mean)
{
    return law_exponential(arena, mean);
}

/* ---- M/M/c ---- */

static void mmc_agrees(void **state)
{
    static const struct row more[] = {
        {"pool.utilization", "utilization"},  {"pool.queue", "mean_queue_len"},
        {"w.response.mean", "mean_response"}, {"w.response.p50", "response_p50"},
        {"w.response.p95", "response_p95"},   {"w.response.p99", "response_p99"},
    };
    static const struct {
        const char *id;
        double rate_per_s, service_s;
        int64_t servers;
        double requests;
    } cases[] = {
        {"mm1-r50", 5.0, 0.1, 1, 3e4},           {"mm1-r80", 8.0, 0.1, 1, 1.5e5},
        {"mmc-2", 16.0, 0.1, 2, 1.6e5},          {"mmc-4-etaeqmu", 50.0, 0.06, 4, 6e4},
        {"mmc-10-r95", 190.0, 0.05, 10, 1.8e6},  {"mmc-50-r90", 600.0, 0.075, 50, 8e5},
        {"mmc-50-r96", 640.0, 0.075, 50, 2.1e6}, {"mmc-200-r94", 2500.0, 0.075, 200, 2.6e6},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        /* Half of mm1-r50 wait: its median is at the very edge of the jump, at no known place. */
        bool has_median = strcmp(cases[i].id, "mm1-r50") != 0;
        list_add_rows(&list, cases[i].id, wait_rows, LENGTH(wait_rows) - (has_median ? 0 : 1));
        LIST_ADD_ROWS(&list, cases[i].id, more);
        run_list(cases[i].id,
                 build_queue(arena, exponential(1.0 / cases[i].rate_per_s),
                             exponential(cases[i].service_s), connections(cases[i].servers)),
                 cases[i].requests, &list);
    }
    gate_assert_agreement();
}

/* ---- limited queues ---- */

static void loss_agrees(void **state)
{
    static const struct row rows[] = {{"pool.refused_rate", "P(block)"},
                                      {"pool.utilization", "utilization"},
                                      {"w.throughput", "throughput"}};
    static const struct {
        const char *id;
        double rate_per_s, service_s;
        int64_t servers;
    } cases[] = {{"erlb-50-a45", 600.0, 0.075, 50},
                 {"erlb-100-a100", 2000.0, 0.05, 100},
                 {"erlb-200-a187.5", 2500.0, 0.075, 200}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        struct pool_spec pool = threads(cases[i].servers);
        pool.queue_limit = 0;
        LIST_ADD_ROWS(&list, cases[i].id, rows);
        list_add(&list, "pool.wait.mean", 0.0, 0.0);
        /* Any law of service does: a different one each. */
        const struct distribution *const services[] = {
            exponential(cases[i].service_s), law_lognormal(arena, cases[i].service_s, 0.83),
            law_constant(arena, cases[i].service_s)};
        run_list(cases[i].id,
                 build_queue(arena, exponential(1.0 / cases[i].rate_per_s), services[i], pool), 1e5,
                 &list);
    }
    gate_assert_agreement();
}

static struct scenario *build_mmck(double rate_per_s, double service_s, int64_t servers,
                                   int64_t places)
{
    struct pool_spec pool = threads(servers);
    pool.queue_limit = places - servers;
    return build_queue(arena, exponential(1.0 / rate_per_s), exponential(service_s), pool);
}

static void mmck_agrees(void **state)
{
    static const struct row rows[] = {
        {"pool.refused_rate", "P(block)"},      {"pool.utilization", "utilization"},
        {"w.throughput", "throughput"},         {"pool.wait.mean", "mean_wait_admitted"},
        {"pool.wait.p50", "wait_p50_admitted"}, {"pool.wait.p95", "wait_p95_admitted"},
        {"pool.wait.p99", "wait_p99_admitted"},
    };
    static const struct row blocked[] = {{"pool.refused_rate", "P(block)"}};
    static const struct row response[] = {{"w.response.mean", "mean_response"}};
    struct list full = {.count = 0}, single = {.count = 0}, mm46 = {.count = 0};
    struct list mm37 = {.count = 0};
    LIST_ADD_ROWS(&full, "mmck-4-20", rows);
    run_list("mmck-4-20", build_mmck(70.0, 0.06, 4, 20), 5e4, &full);
    LIST_ADD_ROWS(&single, "mmck-1-10", rows);
    run_list("mmck-1-10", build_mmck(9.0, 0.1, 1, 10), 5e4, &single);
    LIST_ADD_ROWS(&mm46, "pub-mm46", blocked);
    run_list("pub-mm46", build_mmck(50.0, 0.1, 4, 6), 2e4, &mm46);
    LIST_ADD_ROWS(&mm37, "pub-mm37", response);
    run_list("pub-mm37", build_mmck(40.0, 1.0 / 30.0, 3, 7), 2e4, &mm37);
    gate_assert_agreement();
}

/* ---- patience ---- */

/* P(must_wait) is of all that ask, pool.wait.probability of those served: whoever left had waited.
 */
static void list_add_waited(struct list *list, const char *id, const char *lost_row)
{
    double waits = exact_value(id, "P(must_wait)"), lost = exact_value(id, lost_row);
    list_add(list, "pool.wait.probability", (waits - lost) / (1.0 - lost), 0.0);
}

static void exponential_patience_agrees(void **state)
{
    static const struct row rows[] = {{"pool.timeout_rate", "P(abandon)"},
                                      {"pool.wait.mean", "mean_wait_served"},
                                      {"pool.utilization", "utilization"}};
    static const struct {
        const char *id;
        double rate_per_s, service_s, patience_s;
        int64_t servers;
        double requests;
    } cases[] = {{"erlA-50-under", 600.0, 0.075, 0.5, 50, 2.7e5},
                 {"erlA-4", 70.0, 0.06, 0.2, 4, 3e4},
                 {"erlA-200", 2700.0, 0.075, 0.5, 200, 4e5}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        struct pool_spec pool = connections(cases[i].servers);
        pool.acquire_timeout = exponential(cases[i].patience_s);
        LIST_ADD_ROWS(&list, cases[i].id, rows);
        list_add_waited(&list, cases[i].id, "P(abandon)");
        list_add(&list, "pool.queue",
                 cases[i].rate_per_s * exact_value(cases[i].id, "mean_wait_all"), 0.0);
        run_list(cases[i].id,
                 build_queue(arena, exponential(1.0 / cases[i].rate_per_s),
                             exponential(cases[i].service_s), pool),
                 cases[i].requests, &list);
    }
    gate_assert_agreement();
}

static void constant_patience_agrees(void **state)
{
    static const struct row rows[] = {
        {"pool.timeout_rate", "P(timeout)"},       {"pool.wait.mean", "mean_wait_served"},
        {"pool.utilization", "utilization"},       {"w.throughput", "throughput"},
        {"pool.wait.p50", "wait_p50_served"},      {"pool.wait.p95", "wait_p95_served"},
        {"pool.wait.p99", "wait_p99_served"},      {"w.response.p50", "response_p50_served"},
        {"w.response.p95", "response_p95_served"}, {"w.response.p99", "response_p99_served"},
    };
    static const struct {
        const char *id;
        double rate_per_s, service_s, timeout_s;
        int64_t servers;
        double requests;
    } cases[] = {{"mmnD-50-crit", 666.6666666666666, 0.075, 0.25, 50, 5.4e6},
                 {"mmnD-10-30s-over", 11.0, 1.0, 30.0, 10, 1e5},
                 {"mmnD-200-100ms", 2700.0, 0.075, 0.1, 200, 1.8e6},
                 {"mmnD-1-500ms", 9.0, 0.1, 0.5, 1, 3e4},
                 {"mmnD-4-200ms", 60.0, 0.06, 0.2, 4, 1e5}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        struct pool_spec pool = connections(cases[i].servers);
        pool.acquire_timeout = law_constant(arena, cases[i].timeout_s);
        LIST_ADD_ROWS(&list, cases[i].id, rows);
        list_add_waited(&list, cases[i].id, "P(timeout)");
        list_add(&list, "pool.queue",
                 cases[i].rate_per_s * exact_value(cases[i].id, "mean_wait_all"), 0.0);
        run_list(cases[i].id,
                 build_queue(arena, exponential(1.0 / cases[i].rate_per_s),
                             exponential(cases[i].service_s), pool),
                 cases[i].requests, &list);
    }
    gate_assert_agreement();
}

/* ---- other laws of service ---- */

static void constant_service_agrees(void **state)
{
    static const struct {
        const char *id;
        double rate_per_s, service_s;
        int64_t servers;
        double requests;
    } cases[] = {{"md1-r90", 9.0, 0.1, 1, 1.5e5},
                 {"mdc-2-r80", 16.0, 0.1, 2, 1e5},
                 {"mdc-4-r90", 36.0, 0.1, 4, 2.5e5},
                 {"mdc-50-r90", 600.0, 0.075, 50, 4e5}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        LIST_ADD_ROWS(&list, cases[i].id, wait_rows);
        run_list(cases[i].id,
                 build_queue(arena, exponential(1.0 / cases[i].rate_per_s),
                             law_constant(arena, cases[i].service_s),
                             connections(cases[i].servers)),
                 cases[i].requests, &list);
    }
    gate_assert_agreement();
}

static void general_service_agrees(void **state)
{
    static const struct row means[] = {{"pool.wait.mean", "mean_wait"},
                                       {"pool.wait.probability", "P(wait>0)"}};
    static const struct row phases[] = {{"pool.wait.mean", "mean_wait"},
                                        {"pool.wait.p50", "wait_p50"},
                                        {"pool.wait.p95", "wait_p95"},
                                        {"pool.wait.p99", "wait_p99"}};
    const struct distribution *arrivals = exponential(0.125);
    struct list narrow = {.count = 0}, wide = {.count = 0}, gamma = {.count = 0};
    struct list mixed = {.count = 0};
    LIST_ADD_ROWS(&narrow, "mg1-ln-cv1", wait_rows);
    run_list("mg1-ln-cv1", build_queue(arena, arrivals, law_lognormal(arena, 0.1, 1.0), threads(1)),
             2e5, &narrow);
    LIST_ADD_ROWS(&wide, "mg1-ln-cv2", wait_rows);
    run_list("mg1-ln-cv2", build_queue(arena, arrivals, law_lognormal(arena, 0.1, 2.0), threads(1)),
             1e6, &wide);
    LIST_ADD_ROWS(&gamma, "mg1-gamma-scv0.5", means);
    run_list(
        "mg1-gamma-scv0.5",
        build_queue(arena, exponential(1.0 / 9.0), law_gamma(arena, 0.1, sqrt(0.5)), threads(1)),
        1e5, &gamma);
    LIST_ADD_ROWS(&mixed, "mh21-scv4", phases);
    run_list("mh21-scv4",
             build_queue(arena, arrivals, law_hyperexponential(arena, 0.1, 2.0), threads(1)), 3.5e5,
             &mixed);
    gate_assert_agreement();
}

static void phases_of_service_agree(void **state)
{
    static const struct {
        const char *id;
        double rate_per_s, service_s, scv;
        int64_t servers;
        double requests;
    } cases[] = {{"me2c-10-r90", 180.0, 0.05, 0.5, 10, 4e5},
                 {"mh2c-10-scv4", 180.0, 0.05, 4.0, 10, 1.4e6},
                 {"mh2c-50-scv4", 600.0, 0.075, 4.0, 50, 1.7e6},
                 {"mh2c-4-scv2", 50.0, 0.06, 2.0, 4, 2e5}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        const struct distribution *service =
            cases[i].scv < 1.0
                ? law_erlang(arena, 2, cases[i].service_s)
                : law_hyperexponential(arena, cases[i].service_s, sqrt(cases[i].scv));
        bool has_median = strcmp(cases[i].id, "mh2c-50-scv4") != 0;
        list_add_rows(&list, cases[i].id, wait_rows, LENGTH(wait_rows) - (has_median ? 0 : 1));
        run_list(cases[i].id,
                 build_queue(arena, exponential(1.0 / cases[i].rate_per_s), service,
                             connections(cases[i].servers)),
                 cases[i].requests, &list);
    }
    gate_assert_agreement();
}

/* ---- other arrivals ---- */

static void renewal_arrivals_agree(void **state)
{
    const struct {
        const char *id;
        const struct distribution *interarrival;
        double service_s;
        int64_t servers;
        double requests;
    } cases[] = {
        {"dm1-r80", law_constant(arena, 0.125), 0.1, 1, 6e4},
        {"e2m1-r80", law_erlang(arena, 2, 0.125), 0.1, 1, 1.2e5},
        {"h2m1-scv4", law_hyperexponential(arena, 0.125, 2.0), 0.1, 1, 3e5},
        {"dmc-4-r90", law_constant(arena, 1.0 / 60.0), 0.06, 4, 3e5},
        {"dmc-50-r90", law_constant(arena, 1.0 / 600.0), 0.075, 50, 4.2e5},
        {"e4mc-10-r90", law_erlang(arena, 4, 1.0 / 180.0), 0.05, 10, 3e5},
        {"h2mc-10-scv4", law_hyperexponential(arena, 1.0 / 180.0, 2.0), 0.05, 10, 8e5},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        LIST_ADD_ROWS(&list, cases[i].id, wait_rows);
        run_list(cases[i].id,
                 build_queue(arena, cases[i].interarrival, exponential(cases[i].service_s),
                             connections(cases[i].servers)),
                 cases[i].requests, &list);
    }
    gate_assert_agreement();
}

static void run_batches(const char *id, double batches_per_s, double service_s, int64_t servers)
{
    static const struct row rows[] = {{"pool.wait.mean", "mean_wait"},
                                      {"pool.utilization", "utilization"}};
    struct list list = {.count = 0};
    struct scenario *scenario = build_queue(arena, exponential(1.0 / batches_per_s),
                                            exponential(service_s), threads(servers));
    struct workload_spec workload = scenario->workloads[0];
    workload.arrivals.batch = law_constant(arena, 10.0);
    scenario->workloads = &workload;
    LIST_ADD_ROWS(&list, id, rows);
    run_list(id, scenario, 3e4, &list);
}

static void batches_agree(void **state)
{
    run_batches("mx1-b10", 0.8, 0.1, 1);
    run_batches("mx4-b10", 5.0, 0.06, 4);
    gate_assert_agreement();
}

static void an_endless_pool_agrees(void **state)
{
    struct list list = {.count = 0};
    list_add(&list, "pool.busy", exact_value("mginf-45", "mean_busy"), 0.0);
    list_add(&list, "w.in_system", exact_value("mginf-45", "mean_busy"), 0.0);
    list_add(&list, "pool.wait.mean", 0.0, 0.0);
    run_list("mginf-45",
             build_queue(arena, exponential(1.0 / 600.0), law_gamma(arena, 0.075, 1.37),
                         connections(100000)),
             1e4, &list);
    gate_assert_agreement();
}

/* ---- classes ---- */

/* Two classes of one pool by priority. Waits are observed within responses: a class has no wait of
 * its own. scale_by_wait: 1 % of the wait, else of the response. */
static void run_priorities(const char *id, double rate_per_s, double share, const double *service_s,
                           int64_t servers, double requests, bool scale_by_wait)
{
    struct pool_spec pool = connections(servers);
    struct class_spec classes[2];
    struct list list = {.count = 0};
    pool.discipline = DISCIPLINE_PRIORITY;
    for (int i = 0; i < 2; i++) {
        struct step delay = build_delay(exponential(service_s[i]));
        struct step hold = build_hold(arena, 0, &delay, 1);
        classes[i] = build_class(arena, i == 0 ? "first" : "second", i == 0 ? share : 1.0 - share,
                                 i == 0 ? 3 : 7, &hold, 1);
        double wait_s = exact_value(id, i == 0 ? "mean_wait_class1" : "mean_wait_class2");
        list_add(&list, i == 0 ? "w.first.response.mean" : "w.second.response.mean",
                 wait_s + service_s[i], scale_by_wait ? wait_s : 0.0);
    }
    struct workload_spec workload =
        build_workload(arena, "w", exponential(1.0 / rate_per_s), classes, 2);
    run_list(id, build_scenario(arena, &pool, 1, &workload, 1, 1.0), requests, &list);
}

static void priorities_agree(void **state)
{
    run_priorities("prio-np-1", 10.0, 0.4, (const double[]){0.05, 0.1}, 1, 1e5, true);
    run_priorities("prio-np-50", 600.0, 1.0 / 3.0, (const double[]){0.075, 0.075}, 50, 1e5, false);
    gate_assert_agreement();
}

/* ---- orders of service ---- */

/* M/M/1 at 8 per s and 0.1 s: the mean wait is that of first come first served, 0.4 s, and so is
 * E[W^2] = 2 C / (mu - lambda)^2 = 0.4 s^2 but for a factor: 2 / (2 - rho) in random order (Kingman
 * 1962), 1 / (1 - rho) last come first served (Takacs 1963). */
static void orders_of_service_agree(void **state)
{
    static const struct {
        const char *id;
        enum discipline discipline;
        double factor, requests;
    } cases[] = {{"mm1-r80-fifo", DISCIPLINE_FIFO, 1.0, 2e5},
                 {"mm1-r80-random", DISCIPLINE_RANDOM, 2.0 / 1.2, 4e5},
                 {"mm1-r80-lifo", DISCIPLINE_LIFO, 1.0 / 0.2, 1e6}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct list list = {.count = 0};
        struct pool_spec pool = connections(1);
        pool.discipline = cases[i].discipline;
        list_add(&list, "pool.wait.mean", 0.4, 0.0);
        list_add(&list, "pool.wait.sd", sqrt(0.4 * cases[i].factor - 0.16), 0.0);
        run_list(cases[i].id, build_queue(arena, exponential(0.125), exponential(0.1), pool),
                 cases[i].requests, &list);
    }
    gate_assert_agreement();
}

/* ---- several pools ---- */

/* Two holds, one after the other. */
static struct scenario *build_tandem(double rate_per_s, const int64_t *servers,
                                     const double *service_s)
{
    struct pool_spec pools[2];
    struct step holds[2];
    for (int i = 0; i < 2; i++) {
        struct step delay = build_delay(exponential(service_s[i]));
        pools[i] = build_pool(i == 0 ? "front" : "back", POOL_CONNECTIONS, servers[i]);
        holds[i] = build_hold(arena, (size_t)i, &delay, 1);
    }
    struct class_spec class = build_class(arena, NULL, 1.0, 0, holds, 2);
    struct workload_spec workload =
        build_workload(arena, "w", exponential(1.0 / rate_per_s), &class, 1);
    return build_scenario(arena, pools, 2, &workload, 1, 1.0);
}

static void tandems_agree(void **state)
{
    static const struct row rows[] = {{"w.response.mean", "mean_response_total"},
                                      {"w.response.p50", "response_total_p50"},
                                      {"w.response.p95", "response_total_p95"},
                                      {"w.response.p99", "response_total_p99"}};
    struct list single = {.count = 0}, many = {.count = 0};
    LIST_ADD_ROWS(&single, "tandem-mm1-mm1", rows);
    run_list("tandem-mm1-mm1",
             build_tandem(8.0, (const int64_t[]){1, 1}, (const double[]){0.1, 1.0 / 12.0}), 1e5,
             &single);
    list_add_rows(&many, "tandem-50-8", rows, 1);
    run_list("tandem-50-8",
             build_tandem(600.0, (const int64_t[]){50, 8}, (const double[]){0.075, 0.01}), 3e4,
             &many);
    gate_assert_agreement();
}

static void a_random_split_agrees(void **state)
{
    static const struct row rows[] = {{"w.response.mean", "mean_response"}};
    struct list list = {.count = 0};
    struct step delay = build_delay(exponential(0.1));
    struct step holds[2] = {build_hold(arena, 0, &delay, 1), build_hold(arena, 1, &delay, 1)};
    struct branch branches[2] = {{0.5, &holds[0], 1}, {0.5, &holds[1], 1}};
    struct step choose = {
        .kind = STEP_CHOOSE, .timeout_ns = SPEC_NEVER, .branches = branches, .branch_count = 2};
    struct class_spec class = build_class(arena, NULL, 1.0, 0, &choose, 1);
    struct workload_spec workload = build_workload(arena, "w", exponential(1.0 / 16.0), &class, 1);
    const struct pool_spec pools[2] = {build_pool("left", POOL_THREADS, 1),
                                       build_pool("right", POOL_CONNECTIONS, 1)};
    LIST_ADD_ROWS(&list, "random2-r80", rows);
    list_add(&list, "left.wait.mean", exact_value("mm1-r80", "mean_wait"), 0.0);
    list_add(&list, "right.wait.mean", exact_value("mm1-r80", "mean_wait"), 0.0);
    run_list("random2-r80", build_scenario(arena, pools, 2, &workload, 1, 1.0), 1e5, &list);
    gate_assert_agreement();
}

/* A thread is held while its request waits for a connection: mean_response is the time it is held.
 */
static void a_nested_hold_agrees(void **state)
{
    const char *id = "central2-r80";
    struct list list = {.count = 0};
    struct step delay = build_delay(exponential(0.1));
    struct step inner = build_hold(arena, 1, &delay, 1), outer = build_hold(arena, 0, &inner, 1);
    struct class_spec class = build_class(arena, NULL, 1.0, 0, &outer, 1);
    struct workload_spec workload = build_workload(arena, "w", exponential(1.0 / 16.0), &class, 1);
    const struct pool_spec pools[2] = {build_pool("outer", POOL_THREADS, 1000),
                                       build_pool("inner", POOL_CONNECTIONS, 2)};
    double response_s = exact_value(id, "mean_response");
    list_add(&list, "w.response.mean", response_s, 0.0);
    list_add(&list, "outer.busy", 16.0 * response_s, 0.0);
    list_add(&list, "outer.wait.mean", 0.0, 0.0);
    list_add(&list, "inner.wait.mean", exact_value("mmc-2", "mean_wait"), 0.0);
    list_add(&list, "inner.wait.probability", exact_value("mmc-2", "P(wait>0)"), 0.0);
    list_add(&list, "inner.utilization", 0.8, 0.0);
    run_list(id, build_scenario(arena, pools, 2, &workload, 1, 1.0), 5e4, &list);
    gate_assert_agreement();
}

/* ---- all together ---- */

static void standard_errors_are_as_large_as_the_errors(void **state)
{
    gate_assert_spread();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mmc_agrees),
        cmocka_unit_test(loss_agrees),
        cmocka_unit_test(mmck_agrees),
        cmocka_unit_test(exponential_patience_agrees),
        cmocka_unit_test(constant_patience_agrees),
        cmocka_unit_test(constant_service_agrees),
        cmocka_unit_test(general_service_agrees),
        cmocka_unit_test(phases_of_service_agree),
        cmocka_unit_test(renewal_arrivals_agree),
        cmocka_unit_test(batches_agree),
        cmocka_unit_test(an_endless_pool_agrees),
        cmocka_unit_test(priorities_agree),
        cmocka_unit_test(orders_of_service_agree),
        cmocka_unit_test(tandems_agree),
        cmocka_unit_test(a_random_split_agrees),
        cmocka_unit_test(a_nested_hold_agrees),
        cmocka_unit_test(standard_errors_are_as_large_as_the_errors),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
