#include "inputs/read_workloads.h"

#include "inputs/further_steps.h"
#include "inputs/gates.h"
#include "inputs/read_distribution.h"
#include "inputs/read_retry.h"
#include "inputs/read_steps.h"
#include <string.h>

#define MAX_RATE_PER_S 1e9 /* one arrival for each tick of the clock */

enum { MAX_PRIORITY = 1000000, MAX_CUSTOMERS = 1000000000, MAX_CLASSES = 1000 };

/* ---- arrivals -------------------------------------------------------------------------------- */

static bool check_rate(const struct reader *at, double per_s)
{
    if (!(per_s > 0))
        return reader_fail(at, "no request ever arrives: the rate is 0");
    if (per_s > MAX_RATE_PER_S)
        return reader_fail(at, "must be at most 1e9/s, one for each tick of the clock; got %.4g/s",
                           per_s);
    if (per_s < 1 / QUANTITY_MAX_S)
        return reader_fail(at, "must be at least one arrival in 146 years; got %.4g/s", per_s);
    return true;
}

static bool read_rate_of_customers(struct reader *at, double *per_s)
{
    int64_t customers;
    double active, rate;
    if (json_object_get(at->value, "customers") == NULL)
        return reader_fail(at, "\"rate\" is missing in arrivals (or customers x active x "
                               "rate_per_active)");
    if (!reader_get_integer(at, "customers", READER_REQUIRED, 1, MAX_CUSTOMERS, &customers) ||
        !reader_get_share(at, "active", READER_REQUIRED, &active) ||
        !reader_get_rate(at, "rate_per_active", &rate))
        return false;
    *per_s = (double)customers * active * rate;
    struct reader place = reader_at(at, "active");
    return check_rate(*per_s > 0 ? at : &place, *per_s);
}

static bool read_poisson(struct reader *at, struct arrival_spec *arrivals)
{
    static const char *const keys[] = {"process",         "rate",  "customers", "active",
                                       "rate_per_active", "batch", NULL};
    static const char *const parts[] = {"customers", "active", "rate_per_active"};
    if (!reader_open(at, "arrivals", keys))
        return false;
    bool has_rate = json_object_get(at->value, "rate") != NULL;
    for (size_t i = 0; i < 3 && has_rate; i++) {
        struct reader part = reader_at(at, parts[i]);
        if (part.value != NULL)
            return reader_fail_key(&part,
                                   "either \"rate\" or customers x active x rate_per_active");
    }
    if (has_rate ? !reader_get_rate(at, "rate", &arrivals->rate_per_s)
                 : !read_rate_of_customers(at, &arrivals->rate_per_s))
        return false;
    struct distribution *law = arena_alloc(at->reading->arena, sizeof *law);
    *law = distribution_constant(1 / arrivals->rate_per_s);
    law->kind = DISTRIBUTION_EXPONENTIAL;
    arrivals->interarrival = law;
    return true;
}

static bool read_renewal(struct reader *at, struct arrival_spec *arrivals)
{
    static const char *const keys[] = {"process", "interarrival", "batch", NULL};
    struct reader law;
    if (!reader_open(at, "arrivals", keys) || !reader_require(at, "interarrival", &law) ||
        !read_distribution(&law, UNIT_SECONDS, &arrivals->interarrival))
        return false;
    double mean = distribution_mean(arrivals->interarrival);
    if (!(mean > 0))
        return reader_fail(&law, "infinitely many arrivals at one instant: every interarrival time "
                                 "is 0s");
    arrivals->rate_per_s = 1 / mean;
    return check_rate(&law, arrivals->rate_per_s);
}

static const struct process_reader {
    const char *name;
    bool (*read)(struct reader *at, struct arrival_spec *arrivals);
    enum arrival_process process;
} processes[] = {
    {"poisson", read_poisson, ARRIVAL_POISSON},
    {"renewal", read_renewal, ARRIVAL_RENEWAL},
};

enum { PROCESS_COUNT = sizeof processes / sizeof processes[0] };

static bool read_batch(struct reader *at, struct arrival_spec *arrivals)
{
    struct reader batch = reader_at(at, "batch");
    if (batch.value == NULL)
        return true;
    if (!read_distribution(&batch, UNIT_COUNT, &arrivals->batch))
        return false;
    double mean = distribution_mean(arrivals->batch);
    bool is_constant = distribution_is_constant(arrivals->batch);
    if (!(mean > 0) || (is_constant && (mean < 1 || mean != (double)(int64_t)mean)))
        return reader_fail(&batch,
                           "must be a whole number from 1, or a distribution with a mean "
                           "above 0; got %s",
                           reader_show(&batch));
    return true;
}

static bool read_arrivals(struct reader *at, struct arrival_spec *arrivals)
{
    const char *names[PROCESS_COUNT];
    size_t choice;
    struct reader process;
    for (size_t i = 0; i < PROCESS_COUNT; i++)
        names[i] = processes[i].name;
    if (!json_is_object(at->value))
        return reader_fail_type(at, "an object (arrivals)");
    at->what = "arrivals";
    if (!reader_require(at, "process", &process) ||
        !reader_as_choice(&process, "process", names, PROCESS_COUNT, &choice))
        return false;
    arrivals->process = processes[choice].process;
    if (!processes[choice].read(at, arrivals) || !read_batch(at, arrivals))
        return false;
    reader_at(at, "process");
    return reader_close(at);
}

/* ---- classes --------------------------------------------------------------------------------- */

/* What workload metrics are called: api.response must not be a class too. */
static bool is_metric(const char *name)
{
    static const char *const metrics[] = {
        "arrival_rate", "throughput",   "in_system",    "response", "response_failed",
        "error_rate",   "timeout_rate", "refused_rate", "step",     "retry_rate",
        "sampling",     "success_rate", "cycle"};
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        if (strcmp(metrics[i], name) == 0)
            return true;
    return false;
}

/* fallback: the priority of a class that gives none. */
static bool get_priority(struct reader *at, const struct system *system, int64_t fallback,
                         int64_t *priority)
{
    *priority = fallback;
    const char *text = fallback == 0 && system->has_priority_queue ? "0" : READER_OPTIONAL;
    return reader_get_integer(at, "priority", text, 0, MAX_PRIORITY, priority);
}

static bool read_class(struct reader *at, const struct route *route, int64_t priority,
                       struct class_spec *class)
{
    static const char *const keys[] = {"share", "steps", "priority", NULL};
    struct reader steps;
    if (is_metric(at->key))
        return reader_fail_key(at, "\"%s\" is the name of a metric already", at->key);
    class->name = arena_strdup(at->reading->arena, at->key);
    return reader_open(at, "class", keys) &&
           reader_get_share(at, "share", READER_REQUIRED, &class->share) &&
           get_priority(at, route->system, priority, &class->priority) &&
           reader_require(at, "steps", &steps) &&
           read_steps(&steps, route, 1, &class->steps, &class->step_count) && reader_close(at);
}

static bool read_mix(struct reader *at, const struct route *route, int64_t priority,
                     struct workload_spec *workload)
{
    if (!reader_open_names(at, "classes", 1))
        return false;
    workload->class_count = json_object_size(at->value);
    if (workload->class_count > MAX_CLASSES)
        return reader_fail(at, "must be at most %d classes; got %zu", MAX_CLASSES,
                           workload->class_count);
    struct class_spec *classes =
        arena_array(at->reading->arena, workload->class_count, sizeof *classes);
    const char *name;
    json_t *value;
    size_t i = 0;
    double sum = 0;
    json_object_foreach(at->value, name, value)
    {
        struct reader child = reader_at(at, name);
        if (!read_class(&child, route, priority, &classes[i]))
            return false;
        sum += classes[i++].share;
    }
    workload->classes = classes;
    workload->has_mix = true;
    return read_steps_check_shares(at, sum);
}

static bool read_single_class(struct reader *at, const struct route *route, int64_t priority,
                              struct workload_spec *workload)
{
    struct reader steps;
    struct class_spec *class = arena_alloc(at->reading->arena, sizeof *class);
    *class = (struct class_spec){.share = 1, .priority = priority};
    workload->classes = class;
    workload->class_count = 1;
    return reader_require(at, "steps", &steps) &&
           read_steps(&steps, route, 1, &class->steps, &class->step_count);
}

static bool read_classes(struct reader *at, const struct route *route,
                         struct workload_spec *workload)
{
    struct reader mix = reader_at(at, "mix"), steps = reader_at(at, "steps");
    int64_t priority = 0;
    if (mix.value != NULL && steps.value != NULL)
        return reader_fail_key(&mix, "a workload has either \"steps\" or a \"mix\" of classes");
    if (mix.value == NULL && steps.value == NULL)
        return reader_fail(at, "\"steps\" is missing in workload (or \"mix\")");
    return get_priority(at, route->system, 0, &priority) &&
           (mix.value != NULL ? read_mix(&mix, route, priority, workload)
                              : read_single_class(at, route, priority, workload));
}

/* ---- workloads ------------------------------------------------------------------------------- */

static bool read_workload(struct reader *at, struct system *system, size_t number,
                          struct workload_spec *workload)
{
    static const char *const keys[] = {"arrivals", "steps",    "mix", "priority",
                                       "retry",    "deadline", NULL};
    struct reader arrivals;
    struct route route = {.system = system, .laps = 1, .workload = number};
    workload->name = arena_strdup(at->reading->arena, at->key);
    if (strcmp(at->key, "memory") == 0)
        return reader_fail_key(at, "\"memory\" is the name of a metric already");
    if (system_has_resource(system, at->key))
        return reader_fail_key(at, "\"%s\" is the name of a resource already", at->key);
    for (size_t s = 0; s < system->service_count; s++)
        if (strcmp(system->services[s].name, at->key) == 0)
            return reader_fail_key(at, "\"%s\" is the name of a service already", at->key);
    if (!reader_open(at, "workload", keys) || !read_retry(at, workload))
        return false;
    arrivals = reader_at(at, "arrivals");
    workload->arrivals.process = ARRIVAL_NONE; /* until check_arrivals, if there are none */
    if (arrivals.value != NULL && !read_arrivals(&arrivals, &workload->arrivals))
        return false;
    route.is_bounded = workload->deadline_ns > 0;
    return read_classes(at, &route, workload) && read_retry_check_laps(at, workload) &&
           reader_close(at);
}

/* Only what others spawn needs no arrivals of its own. */
static bool check_arrivals(struct reader *at, const struct system *system,
                           const struct workload_spec *list, size_t count)
{
    for (size_t w = 0; w < count; w++) {
        bool is_spawned = false;
        for (size_t i = 0; i < system->spawning_count; i++)
            is_spawned |= system->spawnings[i].to == w;
        if (list[w].arrivals.process != ARRIVAL_NONE || is_spawned)
            continue;
        struct reader workload = reader_at(at, list[w].name), arrivals;
        workload.what = "workload";
        return reader_require(&workload, "arrivals", &arrivals);
    }
    return true;
}

/* Steps name workloads that come later in the file. */
static void number_workloads(const struct reader *at, struct system *system)
{
    const char *name;
    json_t *value;
    json_int_t number = 0;
    json_object_foreach(at->value, name, value)
    {
        json_object_set_new(system->workload_names, name, json_integer(number++));
    }
}

bool read_workloads(struct reader *at, struct system *system,
                    const struct workload_spec **workloads, size_t *count)
{
    if (!reader_open_names(at, "workloads", 1))
        return false;
    *count = json_object_size(at->value);
    if (*count > SPEC_MAX_WORKLOADS)
        return reader_fail(at, "must be at most %d workloads; got %zu", SPEC_MAX_WORKLOADS, *count);
    struct workload_spec *list = arena_array(at->reading->arena, *count, sizeof *list);
    number_workloads(at, system);
    const char *name;
    json_t *value;
    size_t i = 0;
    json_object_foreach(at->value, name, value)
    {
        struct reader child = reader_at(at, name);
        if (!read_workload(&child, system, i, &list[i]))
            return false;
        i++;
    }
    *workloads = list;
    return check_arrivals(at, system, list, *count) &&
           further_steps_check_spawns(system, *count, at->reading) &&
           gates_check_use(system, at->reading);
}
