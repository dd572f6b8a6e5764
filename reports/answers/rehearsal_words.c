/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/rehearsal_words.h"
#include "reports/text/digits.h"
#include "reports/text/number_text.h"
#include <math.h>

/* Minutes where seconds would be many: a rollout is planned in minutes. */
const char *rehearsal_words_seconds(double value, struct arena *arena)
{
    if (isnan(value) || fabs(value) < 100 || fabs(value) >= 7200)
        return number_text_quantity(value, "s", arena);
    return arena_printf(arena, fabs(value) < 6000 ? "%.3g min" : "%.0f min", value / 60);
}

const char *rehearsal_words_share(double value, struct arena *arena)
{
    return number_text_quantity(value, "1", arena);
}

/* "3 of 20 (3.2 % to 37.9 %)"; nothing seen: "0 of 20 (at most 16.8 %)". */
const char *rehearsal_words_chance(const struct finding_chance *chance, struct arena *arena)
{
    if (chance->runs == 0)
        return "-";
    if (chance->events == 0)
        return arena_printf(arena, "0 of %zu (at most %s)", chance->runs,
                            rehearsal_words_share(chance->high, arena));
    if (chance->events == chance->runs)
        return arena_printf(arena, "all %zu (at least %s)", chance->runs,
                            rehearsal_words_share(chance->low, arena));
    return arena_printf(arena, "%zu of %zu (%s to %s)", chance->events, chance->runs,
                        rehearsal_words_share(chance->low, arena),
                        rehearsal_words_share(chance->high, arena));
}

/* "2 min (1 min to 6 min)"; all alike: "2 min". */
const char *rehearsal_words_times(const struct finding_times *times, struct arena *arena)
{
    if (times->runs == 0)
        return "";
    if (times->p10 == times->p90)
        return rehearsal_words_seconds(times->median, arena);
    return arena_printf(arena, "%s (%s to %s)", rehearsal_words_seconds(times->median, arena),
                        rehearsal_words_seconds(times->p10, arena),
                        rehearsal_words_seconds(times->p90, arena));
}

/* "web.error_rate > 1%, for 5 min" */
const char *rehearsal_words_when(const struct rollout_rule *rule, struct arena *arena)
{
    const char *text = rule->when.expect;
    if (rule->is_relative)
        text = arena_printf(arena, "%s worse than before by %s", text,
                            rehearsal_words_share(rule->margin, arena));
    if (rule->for_ns == 0)
        return text;
    return arena_printf(arena, "%s, for %s", text,
                        rehearsal_words_seconds((double)rule->for_ns / 1e9, arena));
}

const char *rehearsal_words_cause(const struct scenario *to, struct arena *arena)
{
    for (size_t p = 0; to && p < to->pool_count; p++) {
        const struct pool_spec *pool = &to->pools[p];
        if (!pool->draws_on_database || pool->max == SPEC_UNLIMITED)
            continue;
        const struct cpu_spec *database = &to->cpus[pool->database];
        double most = (double)pool->max * (double)pool->copies;
        double accepted = (double)(database->max_connections - database->reserved);
        if (most > accepted)
            return arena_printf(
                arena, "%s%s connections may be opened; %s accepts %s. ",
                pool->copies > 1
                    ? arena_printf(arena,
                                   "%s \u00d7 %s = ", digits_exact((double)pool->copies, arena),
                                   digits_exact((double)pool->max, arena))
                    : "",
                digits_exact(most, arena), database->name, digits_exact(accepted, arena));
    }
    return "";
}
