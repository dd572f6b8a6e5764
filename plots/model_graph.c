/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/model_graph.h"
#include "models/spec/cpu_capacity.h"
#include "reports/document/headline.h"
#include "reports/text/digits.h"
#include <math.h>
#include <string.h>

enum { MOST_AT_ONCE = 8 };

/* Where a request may be. */
struct front {
    size_t nodes[MOST_AT_ONCE], count;
    const char *label; /* of the edge to what comes next */
};

struct walk {
    struct model_graph *graph;
    const struct result_setting *was, *is; /* figures; NULL: not known */
    struct arena *arena;
    size_t workload;
};

/* ---- nodes ---- */

static struct model_node *add_node(struct walk *walk, enum model_kind kind, size_t number,
                                   const char *title, const char *sort)
{
    struct model_graph *graph = walk->graph;
    if (graph->node_count == MODEL_MOST_NODES) {
        graph->is_cut = true;
        return NULL;
    }
    struct model_node *node = &graph->nodes[graph->node_count++];
    *node = (struct model_node){
        .kind = kind, .number = number, .title = title, .sort = sort, .before = NAN, .after = NAN};
    return node;
}

static void add_line(struct model_node *node, const char *line)
{
    if (node->line_count < MODEL_MOST_LINES)
        node->lines[node->line_count++] = line;
}

static struct model_node *find_node(struct walk *walk, enum model_kind kind, size_t number,
                                    const char *title)
{
    for (size_t i = 0; i < walk->graph->node_count; i++) {
        struct model_node *node = &walk->graph->nodes[i];
        if (node->kind == kind && node->number == number &&
            (!title || strcmp(node->title, title) == 0))
            return node;
    }
    return NULL;
}

static double metric_of(const struct result_setting *setting, const char *name, const char *metric,
                        struct arena *arena)
{
    const struct result_metric *found =
        setting ? result_find_metric(setting, arena_printf(arena, "%s.%s", name, metric), 0) : NULL;
    return found ? found->estimate.estimate : NAN;
}

/* The share of it that is in use, and whether a criterion on that fails. */
static void add_use(struct walk *walk, struct model_node *node, const char *name)
{
    node->before = metric_of(walk->was, name, "utilization", walk->arena);
    node->after = metric_of(walk->is, name, "utilization", walk->arena);
    const char *metric = arena_printf(walk->arena, "%s.utilization", name);
    for (size_t i = 0; walk->is && i < walk->is->criterion_count; i++) {
        const struct result_criterion *criterion = &walk->is->criteria[i];
        node->fails |= criterion->verdict == VERDICT_FAIL && criterion->metric &&
                       strcmp(criterion->metric, metric) == 0;
    }
}

/* "db_pool" of "api.db_pool": its service is told otherwise. */
static const char *own_name(const char *name, size_t service)
{
    const char *dot = service != SPEC_NO_SERVICE ? strchr(name, '.') : NULL;
    return dot ? dot + 1 : name;
}

/* "50 -> 200", or "200" where nothing changes. */
static const char *change_text(struct walk *walk, double before, double after)
{
    const char *now = digits_exact(after, walk->arena);
    if (isnan(before) || before == after)
        return now;
    return arena_printf(walk->arena, "%s \u2192 %s", digits_exact(before, walk->arena), now);
}

/* "4 -> 3 instances" */
static const char *count_text(struct walk *walk, double before, double after, const char *thing)
{
    return arena_printf(walk->arena, "%s %s%s", change_text(walk, before, after), thing,
                        after == 1.0 ? "" : "s");
}

static struct model_node *pool_node(struct walk *walk, size_t number)
{
    const struct model_graph *graph = walk->graph;
    const struct pool_spec *pool = &graph->after->pools[number];
    const struct pool_spec *was =
        graph->before && number < graph->before->pool_count ? &graph->before->pools[number] : pool;
    struct model_node *node = find_node(walk, MODEL_POOL, number, NULL);
    if (node)
        return node;
    bool is_threads = pool->kind == POOL_THREADS;
    node = add_node(walk, MODEL_POOL, number, own_name(pool->name, pool->service),
                    is_threads ? "thread pool" : "connection pool");
    if (!node)
        return NULL;
    node->has_copies = pool->copies > 1;
    add_line(node, is_threads
                       ? count_text(walk, (double)was->max, (double)pool->max, "thread")
                       : arena_printf(walk->arena, "max %s",
                                      change_text(walk, (double)was->max, (double)pool->max)));
    double busy = metric_of(walk->is, pool->name, "busy", walk->arena);
    double queue = metric_of(walk->is, pool->name, "queue", walk->arena);
    if (node->has_copies)
        add_line(node, arena_printf(walk->arena, "%s \u00d7 %s = %s",
                                    digits_exact((double)pool->copies, walk->arena),
                                    digits_exact((double)pool->max, walk->arena),
                                    digits_exact((double)(pool->copies * pool->max), walk->arena)));
    else if (isfinite(busy) && isfinite(queue))
        add_line(node,
                 arena_printf(walk->arena, "%s in use, %s queued", digits_number(busy, walk->arena),
                              queue < 0.005 ? "0" : digits_number(queue, walk->arena)));
    add_use(walk, node, pool->name);
    return node;
}

static struct model_node *cpu_node(struct walk *walk, size_t number)
{
    const struct model_graph *graph = walk->graph;
    const struct cpu_spec *cpu = &graph->after->cpus[number];
    const struct cpu_spec *was =
        graph->before && number < graph->before->cpu_count ? &graph->before->cpus[number] : cpu;
    struct model_node *node = find_node(walk, MODEL_CPU, number, NULL);
    if (node)
        return node;
    node = add_node(walk, MODEL_CPU, number, own_name(cpu->name, cpu->service),
                    cpu->is_database ? "database" : "cpu");
    if (!node)
        return NULL;
    node->has_copies = cpu->copies > 1;
    if (cpu->is_database)
        add_line(node,
                 arena_printf(walk->arena, "accepts %s",
                              change_text(walk, (double)(was->max_connections - was->reserved),
                                          (double)(cpu->max_connections - cpu->reserved))));
    add_line(node, count_text(walk, (double)was->cores_milli / CPU_MILLI,
                              (double)cpu->cores_milli / CPU_MILLI, "core"));
    add_use(walk, node, cpu->name);
    return node;
}

static struct model_node *limiter_node(struct walk *walk, size_t number)
{
    const struct limiter_spec *limiter = &walk->graph->after->limiters[number];
    struct model_node *node = find_node(walk, MODEL_LIMITER, number, NULL);
    if (node)
        return node;
    node = add_node(walk, MODEL_LIMITER, number, own_name(limiter->name, limiter->service),
                    "rate limiter");
    if (!node)
        return NULL;
    node->has_copies = limiter->copies > 1;
    add_line(node, arena_printf(walk->arena, "%s/s, burst %s",
                                digits_number(limiter->rate_per_s, walk->arena),
                                digits_exact((double)limiter->burst, walk->arena)));
    return node;
}

static struct model_node *buffer_node(struct walk *walk, size_t number)
{
    const struct buffer_spec *buffer = &walk->graph->after->buffers[number];
    struct model_node *node = find_node(walk, MODEL_BUFFER, number, NULL);
    if (node)
        return node;
    node = add_node(walk, MODEL_BUFFER, number, own_name(buffer->name, buffer->service), "buffer");
    if (!node)
        return NULL;
    node->has_copies = buffer->copies > 1;
    add_line(node, digits_quantity((double)buffer->capacity, "B", walk->arena));
    return node;
}

static struct model_node *service_node(struct walk *walk, size_t number)
{
    const struct model_graph *graph = walk->graph;
    const struct service_spec *service = &graph->after->services[number];
    const struct service_spec *was = graph->before && number < graph->before->service_count
                                         ? &graph->before->services[number]
                                         : service;
    struct model_node *node = find_node(walk, MODEL_SERVICE, number, NULL);
    if (node)
        return node;
    node = add_node(walk, MODEL_SERVICE, number, service->name, "service");
    if (!node)
        return NULL;
    node->has_copies = service->replicas > 1;
    add_line(node, count_text(walk, (double)was->replicas, (double)service->replicas, "instance"));
    return node;
}

static const char *duration_text(struct walk *walk, const struct distribution *law)
{
    double mean = distribution_mean(law);
    return isfinite(mean)
               ? arena_printf(walk->arena, "%s%s", digits_quantity(mean, "s", walk->arena),
                              distribution_is_constant(law) ? "" : " mean")
               : "a heavy tail";
}

static struct model_node *delay_node(struct walk *walk, const struct step *step)
{
    const char *title = step->name ? step->name : "delay";
    struct model_node *node = find_node(walk, MODEL_STEP, walk->workload, title);
    if (node && step->name)
        return node;
    node = add_node(walk, MODEL_STEP, walk->workload, title, "step");
    if (!node)
        return NULL;
    add_line(node, duration_text(walk, step->duration));
    double slow = distribution_is_constant(step->duration)
                      ? NAN
                      : distribution_quantile(step->duration, 0.95);
    if (isfinite(slow) && step->duration->kind != DISTRIBUTION_OF_REQUEST)
        add_line(node,
                 arena_printf(walk->arena, "p95 %s", digits_quantity(slow, "s", walk->arena)));
    return node;
}

static struct model_node *workload_node(struct walk *walk, size_t number)
{
    const struct workload_spec *workload = &walk->graph->after->workloads[number];
    struct model_node *node = find_node(walk, MODEL_WORKLOAD, number, NULL);
    if (node)
        return node;
    node = add_node(walk, MODEL_WORKLOAD, number, workload->name, "workload");
    if (node)
        add_line(node, headline_arrivals(&workload->arrivals, walk->arena));
    return node;
}

/* ---- edges ---- */

static bool leads_to(const struct model_graph *graph, size_t from, size_t to)
{
    bool seen[MODEL_MOST_NODES] = {false};
    size_t stack[MODEL_MOST_NODES], count = 0;
    stack[count++] = from;
    seen[from] = true;
    while (count > 0) {
        size_t at = stack[--count];
        if (at == to)
            return true;
        for (size_t e = 0; e < graph->edge_count; e++)
            if (graph->edges[e].from == at && !seen[graph->edges[e].to]) {
                seen[graph->edges[e].to] = true;
                stack[count++] = graph->edges[e].to;
            }
    }
    return false;
}

static void add_edge(struct walk *walk, size_t from, size_t to, const char *label)
{
    struct model_graph *graph = walk->graph;
    for (size_t e = 0; e < graph->edge_count; e++)
        if (graph->edges[e].from == from && graph->edges[e].to == to) {
            if (strcmp(graph->edges[e].label, label) != 0)
                graph->edges[e].label = ""; /* one of several ways is not all of them */
            return;
        }
    if (graph->edge_count == MODEL_MOST_EDGES) {
        graph->is_cut = true;
        return;
    }
    if (!leads_to(graph, to, from))
        graph->edges[graph->edge_count++] = (struct model_edge){from, to, label};
}

/* The request goes on to node, which may be NULL. */
static void move_to(struct walk *walk, struct front *front, const struct model_node *node,
                    const char *label)
{
    if (!node)
        return;
    size_t to = (size_t)(node - walk->graph->nodes);
    const char *told = front->label ? front->label : label;
    for (size_t i = 0; i < front->count; i++)
        if (front->nodes[i] != to)
            add_edge(walk, front->nodes[i], to, told);
    front->nodes[0] = to;
    front->count = 1;
    front->label = NULL;
}

/* ---- the way of a request ---- */

static void walk_steps(struct walk *walk, struct front *front, const struct step *steps,
                       size_t count, int depth);

static void join(struct front *all, const struct front *one)
{
    for (size_t i = 0; i < one->count && all->count < MOST_AT_ONCE; i++) {
        bool is_new = true;
        for (size_t k = 0; k < all->count; k++)
            is_new &= all->nodes[k] != one->nodes[i];
        if (is_new)
            all->nodes[all->count++] = one->nodes[i];
    }
}

static void walk_choice(struct walk *walk, struct front *front, const struct step *step, int depth)
{
    struct front all = {.count = 0};
    for (size_t b = 0; b < step->branch_count; b++) {
        struct front branch = *front;
        branch.label = digits_share(step->branches[b].share, walk->arena);
        walk_steps(walk, &branch, step->branches[b].steps, step->branches[b].step_count, depth + 1);
        join(&all, &branch);
    }
    if (all.count > 0)
        *front = all;
}

/* What a service does first belongs to its box. */
static void walk_visit(struct walk *walk, struct front *front, const struct step *step, int depth)
{
    struct model_node *node = service_node(walk, step->service);
    size_t skipped = 0;
    move_to(walk, front, node, "");
    if (node && node->line_count == 1 && step->step_count > 0 &&
        step->steps[0].kind == STEP_DELAY) {
        const char *name = step->steps[0].name;
        const char *text = duration_text(walk, step->steps[0].duration);
        add_line(node, name ? arena_printf(walk->arena, "%s %s", name, text) : text);
        skipped = 1;
    }
    walk_steps(walk, front, step->steps + skipped, step->step_count - skipped, depth + 1);
}

static void walk_hold(struct walk *walk, struct front *front, const struct step *step, int depth)
{
    if (step->station == STATION_POOL)
        move_to(walk, front, pool_node(walk, step->pool), "acquire");
    walk_steps(walk, front, step->steps, step->step_count, depth + 1);
}

static void walk_step(struct walk *walk, struct front *front, const struct step *step, int depth)
{
    switch (step->kind) {
    case STEP_DELAY:
        move_to(walk, front, delay_node(walk, step), "");
        break;
    case STEP_WORK:
        move_to(walk, front, cpu_node(walk, step->cpu), "work");
        break;
    case STEP_FETCH:
        if (step->cpu != SPEC_NO_CPU)
            move_to(walk, front, cpu_node(walk, step->cpu), "fetch");
        break;
    case STEP_HOLD:
        walk_hold(walk, front, step, depth);
        break;
    case STEP_CHOOSE:
        walk_choice(walk, front, step, depth);
        break;
    case STEP_REPEAT:
        front->label = arena_printf(walk->arena, "%lld \u00d7", (long long)step->times);
        walk_steps(walk, front, step->steps, step->step_count, depth + 1);
        break;
    case STEP_VISIT:
        walk_visit(walk, front, step, depth);
        break;
    case STEP_PASS:
        move_to(walk, front, limiter_node(walk, step->target), "pass");
        break;
    case STEP_PUT:
        move_to(walk, front, buffer_node(walk, step->target), "put");
        break;
    case STEP_DRAIN:
        move_to(walk, front, buffer_node(walk, step->target), "drain");
        break;
    case STEP_SPAWN: {
        struct front aside = *front;
        move_to(walk, &aside, workload_node(walk, step->target), "spawn");
        break;
    }
    }
}

static void walk_steps(struct walk *walk, struct front *front, const struct step *steps,
                       size_t count, int depth)
{
    for (size_t i = 0; i < count && depth < SPEC_MAX_NESTING && !walk->graph->is_cut; i++)
        walk_step(walk, front, &steps[i], depth);
}

/* "500/s" on the way out of an open workload. */
static const char *rate_label(const struct arrival_spec *arrivals, struct arena *arena)
{
    bool is_told = arrivals->process != ARRIVAL_CYCLE && !arrivals->batch && !arrivals->profile;
    return is_told && arrivals->rate_per_s > 0.0
               ? arena_printf(arena, "%s/s", digits_number(arrivals->rate_per_s, arena))
               : "";
}

static void walk_workload(struct walk *walk, size_t number)
{
    const struct workload_spec *workload = &walk->graph->after->workloads[number];
    const struct model_node *node = workload_node(walk, number);
    walk->workload = number;
    for (size_t c = 0; node && c < workload->class_count; c++) {
        const struct class_spec *class = &workload->classes[c];
        const char *label = workload->has_mix ? digits_share(class->share, walk->arena)
                                              : rate_label(&workload->arrivals, walk->arena);
        struct front front = {.nodes = {(size_t)(node - walk->graph->nodes)},
                              .count = 1,
                              .label = label[0] != '\0' ? label : NULL};
        walk_steps(walk, &front, class->steps, class->step_count, 0);
    }
}

/* A pool's connections are a database's, which may do no work in the model. */
static void add_connections(struct walk *walk)
{
    for (size_t p = 0; p < walk->graph->after->pool_count; p++) {
        const struct pool_spec *pool = &walk->graph->after->pools[p];
        const struct model_node *from = find_node(walk, MODEL_POOL, p, NULL);
        if (!from || !pool->draws_on_database)
            continue;
        const struct model_node *to = cpu_node(walk, pool->database);
        if (to && !leads_to(walk->graph, (size_t)(from - walk->graph->nodes),
                            (size_t)(to - walk->graph->nodes)))
            add_edge(walk, (size_t)(from - walk->graph->nodes), (size_t)(to - walk->graph->nodes),
                     "connect");
    }
}

static const char *response_text(struct walk *walk)
{
    const struct scenario *after = walk->graph->after;
    if (after->workload_count != 1)
        return NULL;
    const char *name = after->workloads[0].name;
    double mean = metric_of(walk->is, name, "response.mean", walk->arena);
    double p95 = metric_of(walk->is, name, "response.p95", walk->arena);
    if (!isfinite(mean) || !isfinite(p95))
        return NULL;
    return arena_printf(walk->arena, "response: mean %s, p95 %s",
                        digits_quantity(mean, "s", walk->arena),
                        digits_quantity(p95, "s", walk->arena));
}

static const struct result_setting *figures_of(const struct result *judged,
                                               const struct scenario *spec)
{
    for (size_t i = judged && spec ? judged->setting_count : 0; i-- > 0;)
        if (strcmp(judged->settings[i].name, spec->setting) == 0)
            return &judged->settings[i];
    return NULL;
}

struct model_graph *model_graph_make(const struct scenario *before, const struct scenario *after,
                                     const struct result *judged, struct arena *arena)
{
    struct model_graph *graph = arena_alloc(arena, sizeof *graph);
    struct walk walk = {.graph = graph,
                        .was = figures_of(judged, before),
                        .is = figures_of(judged, after),
                        .arena = arena};
    graph->before = before;
    graph->after = after;
    for (size_t w = 0; w < after->workload_count; w++)
        walk_workload(&walk, w);
    add_connections(&walk);
    graph->response = response_text(&walk);
    return graph;
}
