/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/request_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_NS 3000000   /* what two places say of the start of one request */
#define SAME_SHARE 0.9    /* of the requests that must be in both */
#define OVERLAP_SHARE 0.1 /* of the shorter one's length: requests that crossed the rotation */
#define GAP_REQUESTS 30.0 /* that would have come in it: a longer one is a gap */

enum { MOST_PARTS = 64, MOST_CLASSES = 1 << 12 };

struct part {
    const struct observed_requests *requests;
    int64_t first_ns, last_ns; /* of its starts */
    bool is_in, is_told;
};

struct parts {
    struct observed *observed;
    struct part list[MOST_PARTS];
    size_t count;
    int64_t first_ns, last_ns; /* of those that are in */
};

bool request_parts_are_alike(const struct observed *observed, size_t file, size_t other)
{
    return strcmp(observed->files[file].format, observed->files[other].format) == 0;
}

static const char *path_of(const struct parts *parts, const struct part *part)
{
    return parts->observed->files[part->requests->file].path;
}

static bool is_copy(const struct observed *observed, size_t file, size_t other)
{
    return strcmp(observed->files[file].sha256, observed->files[other].sha256) == 0 &&
           observed->files[file].sha256[0];
}

static void add_part(struct parts *parts, const struct observed_requests *requests)
{
    struct part *part = &parts->list[parts->count];
    for (size_t i = 0; i < parts->count; i++)
        if (is_copy(parts->observed, parts->list[i].requests->file, requests->file)) {
            observed_find(parts->observed, false, "%s and %s are the same bytes: taken once",
                          path_of(parts, &parts->list[i]),
                          parts->observed->files[requests->file].path);
            return;
        }
    *part = (struct part){.requests = requests, .first_ns = INT64_MAX, .last_ns = INT64_MIN};
    for (size_t i = 0; i < requests->count; i++) {
        int64_t start = requests->start_ns[i];
        part->first_ns = start < part->first_ns ? start : part->first_ns;
        part->last_ns = start > part->last_ns ? start : part->last_ns;
    }
    parts->count++;
}

static int compare_ns(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t *sort_starts(const struct observed_requests *requests, struct arena *arena)
{
    int64_t *starts = arena_array(arena, requests->count, sizeof *starts);
    memcpy(starts, requests->start_ns, requests->count * sizeof *starts);
    qsort(starts, requests->count, sizeof *starts, compare_ns);
    return starts;
}

/* Whether nearly every request of one is in the other: more than chance puts there. */
static bool are_same_requests(const struct part *a, const struct part *b)
{
    const struct part *few = a->requests->count < b->requests->count ? a : b;
    const struct part *many = few == a ? b : a;
    struct arena *scratch = arena_open();
    int64_t *mine = sort_starts(few->requests, scratch);
    int64_t *others = sort_starts(many->requests, scratch);
    size_t met = 0, at = 0, count = few->requests->count;
    for (size_t i = 0; i < count; i++) {
        while (at < many->requests->count && others[at] < mine[i] - SAME_NS)
            at++;
        met += at < many->requests->count && others[at] <= mine[i] + SAME_NS;
    }
    arena_close(scratch);
    double length = fmax((double)(many->last_ns - many->first_ns), 1);
    double by_chance = 1 - exp(-(double)many->requests->count / length * 2 * SAME_NS);
    double share = (double)met / (double)count;
    return share > SAME_SHARE && share > by_chance + (1 - by_chance) / 2;
}

/* How far two ranges lie apart; below 0: how much they have in common. */
static double apart(int64_t first, int64_t last, int64_t other_first, int64_t other_last)
{
    int64_t begin = first > other_first ? first : other_first;
    int64_t end = last < other_last ? last : other_last;
    return (double)begin - (double)end;
}

static void take(struct parts *parts, struct part *part)
{
    part->is_in = true;
    parts->first_ns = part->first_ns < parts->first_ns ? part->first_ns : parts->first_ns;
    parts->last_ns = part->last_ns > parts->last_ns ? part->last_ns : parts->last_ns;
}

static void tell(struct parts *parts, struct part *part, const char *what)
{
    if (!part->is_told)
        observed_find(parts->observed, false, "%s %s", path_of(parts, part), what);
    part->is_told = true;
}

/* Beside the others, in their time: an instance of its own, or the same requests elsewhere. */
static bool belongs_beside(struct parts *parts, struct part *part, bool has_pool)
{
    for (size_t i = 0; i < parts->count; i++)
        if (parts->list[i].is_in && are_same_requests(&parts->list[i], part)) {
            tell(parts, part, "has the same requests at another place: taken once");
            return false;
        }
    if (has_pool)
        tell(parts, part,
             "is of another instance, which has a pool of its own: the draft is of one instance "
             "and its share of the load");
    return !has_pool;
}

/* Whether it joins what is taken already. */
static bool belongs(struct parts *parts, struct part *part, bool has_pool)
{
    double gap = apart(parts->first_ns, parts->last_ns, part->first_ns, part->last_ns);
    double length =
        fmin((double)(part->last_ns - part->first_ns), (double)(parts->last_ns - parts->first_ns));
    double between = (double)(part->last_ns - part->first_ns) / (double)part->requests->count;
    if (gap < -OVERLAP_SHARE * length)
        return belongs_beside(parts, part, has_pool);
    return gap <= fmax(GAP_REQUESTS * between, 1e9);
}

static size_t class_of(struct observed_requests *joined, const char **names, const char *name)
{
    size_t class = 0;
    while (class < joined->class_count && strcmp(names[class], name) != 0)
        class ++;
    if (class == joined->class_count && class < MOST_CLASSES) {
        names[class] = name;
        joined->class_count++;
    }
    return class < joined->class_count ? class : joined->class_count - 1;
}

static const struct observed_requests *join(struct parts *parts, const struct part *best)
{
    struct arena *arena = parts->observed->arena;
    struct observed_requests *joined = arena_alloc(arena, sizeof *joined);
    const char **names = arena_array(arena, MOST_CLASSES, sizeof *names);
    *joined = (struct observed_requests){.file = best->requests->file,
                                         .classes = names,
                                         .is_application = best->requests->is_application};
    for (size_t p = 0; p < parts->count; p++) {
        const struct observed_requests *from = parts->list[p].requests;
        if (!parts->list[p].is_in)
            continue;
        for (size_t i = 0; i < from->count; i++)
            observed_add_request(parts->observed, joined, from->start_ns[i], from->response_ns[i],
                                 class_of(joined, names, from->classes[from->class[i]]),
                                 from->is_failed[i]);
    }
    return joined;
}

static struct part *find_best(struct parts *parts)
{
    struct part *best = NULL;
    for (size_t i = 0; i < parts->count; i++)
        if (!best || parts->list[i].requests->count > best->requests->count)
            best = &parts->list[i];
    return best;
}

const struct observed_requests *request_parts_join(struct observed *observed, bool is_application,
                                                   bool has_pool)
{
    struct arena *scratch = arena_open();
    struct parts *parts = arena_alloc(scratch, sizeof *parts);
    *parts = (struct parts){.observed = observed};
    for (size_t i = 0; i < observed->request_count && parts->count < MOST_PARTS; i++)
        if (observed->requests[i]->is_application == is_application &&
            observed->requests[i]->count > 1)
            add_part(parts, observed->requests[i]);
    struct part *best = find_best(parts);
    const struct observed_requests *found = best ? best->requests : NULL;
    size_t taken = 1;
    if (best) {
        parts->first_ns = best->first_ns;
        parts->last_ns = best->last_ns;
        best->is_in = true;
    }
    /* Each that joins may close the gap to another. */
    for (size_t before = 0; best && before != taken;) {
        before = taken;
        for (size_t i = 0; i < parts->count; i++) {
            struct part *part = &parts->list[i];
            bool is_alike = request_parts_are_alike(observed, part->requests->file, found->file);
            if (part->is_in || part->is_told || !is_alike || !belongs(parts, part, has_pool))
                continue;
            take(parts, part);
            taken++;
        }
    }
    for (size_t i = 0; i < parts->count; i++) {
        struct part *part = &parts->list[i];
        if (!part->is_in && request_parts_are_alike(observed, part->requests->file, found->file))
            tell(parts, part, "is of another time, with a gap between: left out of the draft");
    }
    if (taken > 1) {
        observed_find(observed, false, "%zu files are parts of one log of requests", taken);
        found = join(parts, best);
    }
    arena_close(scratch);
    return found;
}
