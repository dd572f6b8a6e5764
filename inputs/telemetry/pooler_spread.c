/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/pooler_spread.h"

#include "sim/random/distribution_fit.h"
#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 8, MOST_REQUESTS = 40000, MOST_CLASSES = 64, NO_CLASS = 255 };
#define LEAST_CV 0.02
#define MOST_CV 5.0
#define MOST_FACTOR 3.0 /* between the mean wait that was measured and the one simulated */

/* A request on its way: the next visit that it asks for. */
struct asking {
    double at_s;
    uint32_t request, visits_left, visit;
};

/* Those that will ask, the next first. */
struct heap {
    struct asking *item;
    size_t count;
};

struct spread {
    const struct replayed *requests;
    size_t count, servers, classes;
    struct pooler_class *class;
    uint8_t *class_of; /* [count] */
    struct distribution between[MOST_CLASSES], visit[MOST_CLASSES];
    struct heap heap;
    double *free_s;         /* [servers], the least first: a heap */
    double *wait_s, *own_s; /* [count] of each request            */
    double waits;           /* of all visits                       */
    size_t visits;
};

static void sift_down(struct heap *heap, struct asking item)
{
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->item[child + 1].at_s < heap->item[child].at_s)
            child++;
        if (item.at_s <= heap->item[child].at_s)
            break;
        heap->item[i] = heap->item[child];
        i = child;
    }
    heap->item[i] = item;
}

static void push(struct heap *heap, struct asking item)
{
    size_t i = heap->count++;
    while (i > 0 && item.at_s < heap->item[(i - 1) / 2].at_s) {
        heap->item[i] = heap->item[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->item[i] = item;
}

/* The server that is free first is taken until then. */
static void replace_first(double *free_s, size_t servers, double until)
{
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= servers)
            break;
        if (child + 1 < servers && free_s[child + 1] < free_s[child])
            child++;
        if (until <= free_s[child])
            break;
        free_s[i] = free_s[child];
        i = child;
    }
    free_s[i] = until;
}

enum { VISITS = 1, BETWEEN, VISIT }; /* streams */

static double draw(const struct distribution *law, uint32_t stream, const struct asking *of)
{
    const struct stream_key key = {.seed = 1, .replication = of->visit};
    struct stream bits = stream_at(key, stream, of->request, 0);
    return distribution_sample(law, &bits);
}

static double uniform(uint32_t request)
{
    struct stream bits = stream_at((struct stream_key){.seed = 1}, VISITS, request, 0);
    return stream_uniform_of_bits(stream_next_bits(&bits));
}

/* The work before a visit. */
static void go_on(struct spread *spread, struct asking *asking, double from_s)
{
    size_t class = spread->class_of[asking->request];
    double between =
        spread->class[class].between_s > 0 ? draw(&spread->between[class], BETWEEN, asking) : 0;
    spread->own_s[asking->request] += between;
    asking->at_s = from_s + between;
}

static void begin(struct spread *spread, uint32_t i)
{
    size_t class = spread->class_of[i];
    double visits = spread->class[class].visits, whole = floor(visits);
    bool has_more = uniform(i) < visits - whole;
    struct asking asking = {.request = i, .visits_left = (uint32_t)whole + has_more};
    spread->wait_s[i] = spread->own_s[i] = 0;
    go_on(spread, &asking,
          (double)(spread->requests[i].end_ns - spread->requests[i].hold_ns -
                   spread->requests[0].start_ns) /
              1e9);
    push(&spread->heap, asking);
}

static void serve(struct spread *spread, struct asking asking)
{
    uint32_t i = asking.request;
    double start = fmax(asking.at_s, spread->free_s[0]);
    double visit = draw(&spread->visit[spread->class_of[i]], VISIT, &asking);
    spread->wait_s[i] += start - asking.at_s;
    spread->waits += start - asking.at_s;
    spread->visits++;
    spread->own_s[i] += visit;
    replace_first(spread->free_s, spread->servers, start + visit);
    if (--asking.visits_left == 0) {
        struct heap *heap = &spread->heap;
        struct asking last = heap->item[--heap->count];
        if (heap->count > 0)
            sift_down(heap, last);
        return;
    }
    asking.visit++;
    go_on(spread, &asking, start + visit);
    sift_down(&spread->heap, asking);
}

/* One simulation: visits in the order in which they are asked for. */
static void simulate(struct spread *spread)
{
    spread->heap.count = 0;
    spread->waits = 0;
    spread->visits = 0;
    for (size_t s = 0; s < spread->servers; s++)
        spread->free_s[s] = 0;
    for (uint32_t i = 0; i < spread->count; i++)
        if (spread->class_of[i] != NO_CLASS)
            begin(spread, i);
    while (spread->heap.count > 0)
        serve(spread, spread->heap.item[0]);
}

static struct distribution law_of(enum distribution_kind kind, double mean, double cv)
{
    struct distribution law = distribution_constant(mean);
    struct distribution_doubt doubt;
    struct error ignored = {0};
    distribution_fit(kind, (struct distribution_fact){KNOWN_MEAN, mean},
                     (struct distribution_fact){KNOWN_CV, cv}, &law, &doubt, &ignored);
    return law;
}

double pooler_spread_cv(const struct pooler_class *class)
{
    double each = class->between_s + class->visit_s, part = class->visit_s / each;
    double narrowing = sqrt(part * part + (1 - part) * (1 - part));
    double cv = class->own_sd_s / (each * class->visits) * sqrt(class->visits) / narrowing;
    return fmin(fmax(cv, LEAST_CV), MOST_CV);
}

static void set_laws(struct spread *spread)
{
    for (size_t c = 0; c < spread->classes; c++) {
        const struct pooler_class *class = &spread->class[c];
        double cv = pooler_spread_cv(class);
        spread->visit[c] = law_of(DISTRIBUTION_LOGNORMAL, class->visit_s, cv);
        if (class->between_s > 0)
            spread->between[c] = law_of(DISTRIBUTION_GAMMA, class->between_s, cv);
    }
}

/* What waits, times factor, add to the variance of a class. */
static double variance_of_waits(const struct spread *spread, size_t class, double factor)
{
    double count = 0, own = 0, own_square = 0, all = 0, all_square = 0;
    for (size_t i = 0; i < spread->count; i++) {
        if (spread->class_of[i] != class)
            continue;
        double mine = spread->own_s[i], whole = mine + factor * spread->wait_s[i];
        count++;
        own += mine;
        own_square += mine * mine;
        all += whole;
        all_square += whole * whole;
    }
    return count > 1 ? (all_square - all * all / count - own_square + own * own / count) / count
                     : 0;
}

static void step(struct spread *spread, double mean_wait_s, double least)
{
    set_laws(spread);
    simulate(spread);
    double simulated = spread->visits > 0 ? spread->waits / (double)spread->visits : 0, factor = 1;
    if (mean_wait_s > 0 && simulated > 0)
        factor = fmin(fmax(mean_wait_s / simulated, 1 / MOST_FACTOR), MOST_FACTOR);
    for (size_t c = 0; c < spread->classes; c++) {
        struct pooler_class *class = &spread->class[c];
        double seen = class->seen_sd_s * class->seen_sd_s;
        if (class->is_known)
            continue;
        double own = fmax(seen - variance_of_waits(spread, c, factor), least * seen);
        class->own_sd_s = (class->own_sd_s + sqrt(own)) / 2; /* half the way, not to swing */
    }
}

static void choose_classes(struct spread *spread, const size_t *number)
{
    for (size_t i = 0; i < spread->count; i++) {
        spread->class_of[i] = NO_CLASS;
        for (size_t c = 0; c < spread->classes && !spread->requests[i].gave_up; c++)
            if (number[c] == spread->requests[i].class)
                spread->class_of[i] = (uint8_t)c;
    }
}

void pooler_spread_find(const struct replayed *requests, size_t count, size_t servers,
                        double mean_wait_s, double least, struct pooler_class *class,
                        const size_t *number, size_t classes)
{
    struct arena *scratch = arena_open();
    count = count < MOST_REQUESTS ? count : MOST_REQUESTS;
    struct spread spread = {.requests = requests,
                            .count = count,
                            .servers = servers,
                            .class = class,
                            .classes = classes < MOST_CLASSES ? classes : MOST_CLASSES,
                            .class_of = arena_alloc(scratch, count),
                            .free_s = arena_array(scratch, servers, sizeof(double)),
                            .wait_s = arena_array(scratch, count, sizeof(double)),
                            .own_s = arena_array(scratch, count, sizeof(double))};
    spread.heap.item = arena_array(scratch, count, sizeof *spread.heap.item);
    choose_classes(&spread, number);
    for (size_t c = 0; c < spread.classes; c++)
        if (!class[c].is_known)
            class[c].own_sd_s = class[c].seen_sd_s;
    for (int round = 0; round < ROUNDS; round++)
        step(&spread, mean_wait_s, least);
    arena_close(scratch);
}
