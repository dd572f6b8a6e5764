/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/class_holds.h"

#include <math.h>
#include <stdlib.h>

#define NARROWER 0.9
#define SAME_MIDDLE 0.1
enum { ENOUGH_UNWAITED = 100 };

static int compare_ns(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* From the first tenth to the last; sorts holds. */
static double width_of(int64_t *holds, size_t count)
{
    qsort(holds, count, sizeof *holds, compare_ns);
    return (double)(holds[count - 1 - count / 10] - holds[count / 10]);
}

static size_t list(const struct replayed *requests, size_t count, size_t class, bool are_unwaited,
                   int64_t *holds)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        const struct replayed *request = &requests[i];
        if (request->class == class && !request->gave_up &&
            (!are_unwaited || request->wait_ns == 0))
            holds[taken++] = request->hold_ns;
    }
    return taken;
}

int64_t *class_holds_list(const struct replayed *requests, size_t count, size_t class,
                          bool may_choose, size_t *taken, struct arena *arena)
{
    int64_t *holds = arena_array(arena, count, sizeof *holds);
    int64_t *unwaited = arena_array(arena, count, sizeof *unwaited);
    size_t few = list(requests, count, class, true, unwaited);
    *taken = list(requests, count, class, false, holds);
    if (!may_choose || few < ENOUGH_UNWAITED || 5 * few < *taken ||
        width_of(unwaited, few) >= NARROWER * width_of(holds, *taken) ||
        fabs((double)unwaited[few / 2] / (double)holds[*taken / 2] - 1) > SAME_MIDDLE)
        return holds;
    *taken = few;
    return unwaited;
}
