/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was found of a point, as a line of a journal. */
#include "inputs/records/journal_entry.h"
#include <stdlib.h>
#include <string.h>

/* ---- writing ----------------------------------------------------------------------------- */

static const char *append_estimate(const char *text, const struct estimate *e, struct arena *arena)
{
    return arena_printf(arena, "%s %a %a %a %a %zu %d%d%d", text, e->estimate, e->low, e->high,
                        e->standard_error, e->replications, e->has_interval, e->is_unresolved,
                        e->is_upper_bound);
}

const char *journal_entry_write(size_t index, const struct probe *probe, const int *columns,
                                size_t count, struct arena *arena)
{
    size_t criteria = probe->settings[PROBE_WHOLE].criterion_count;
    const char *text =
        arena_printf(arena, "%zu %d %d %d %zu %zu %zu %zu", index, (int)probe->verdict,
                     (int)probe->stage, probe->has_failed_check, probe->replications[PROBE_SHORT],
                     probe->replications[PROBE_WHOLE], criteria, count);
    for (size_t i = 0; i < criteria; i++) {
        const struct study_decision *decision = &probe->decisions[i];
        text = arena_printf(arena, "%s %d %d %a", text, (int)decision->verdict,
                            decision->is_withheld, decision->margin);
        text = append_estimate(text, &decision->estimate, arena);
        text = append_estimate(text, &decision->difference, arena);
    }
    for (size_t i = 0; i < count; i++)
        if (columns[i] != COLUMN_NONE)
            text = append_estimate(text, &probe->estimates[columns[i]], arena);
    return text;
}

/* ---- reading ----------------------------------------------------------------------------- */

/* A line from which numbers are taken one by one. */
struct scan {
    const char *at;
    bool is_fine;
};

static double take_number(struct scan *scan)
{
    char *end;
    double value = strtod(scan->at, &end);
    scan->is_fine &= end != scan->at;
    scan->at = end;
    return value;
}

static size_t take_count(struct scan *scan)
{
    char *end;
    unsigned long long value = strtoull(scan->at, &end, 10);
    scan->is_fine &= end != scan->at;
    scan->at = end;
    return (size_t)value;
}

static struct estimate take_estimate(struct scan *scan)
{
    struct estimate e;
    e.estimate = take_number(scan);
    e.low = take_number(scan);
    e.high = take_number(scan);
    e.standard_error = take_number(scan);
    e.replications = take_count(scan);
    scan->at += strspn(scan->at, " ");
    bool has_flags = strspn(scan->at, "01") == 3;
    scan->is_fine &= has_flags;
    e.has_interval = has_flags && scan->at[0] == '1';
    e.is_unresolved = has_flags && scan->at[1] == '1';
    e.is_upper_bound = has_flags && scan->at[2] == '1';
    scan->at += has_flags ? 3 : 0;
    return e;
}

bool journal_entry_index(const char *line, size_t *index)
{
    struct scan scan = {line, true};
    *index = take_count(&scan);
    return scan.is_fine;
}

static enum verdict take_verdict(struct scan *scan)
{
    size_t verdict = take_count(scan);
    scan->is_fine &= verdict <= VERDICT_NONE;
    return scan->is_fine ? (enum verdict)verdict : VERDICT_NONE;
}

bool journal_entry_read(const char *line, struct probe *probe, const int *columns, size_t count,
                        struct arena *arena)
{
    struct scan scan = {line, true};
    const struct study_setting *setting = &probe->settings[PROBE_WHOLE];
    take_count(&scan);
    probe->verdict = take_verdict(&scan);
    probe->stage = take_count(&scan) == PROBE_SHORT ? PROBE_SHORT : PROBE_WHOLE;
    probe->has_failed_check = take_count(&scan) != 0;
    probe->replications[PROBE_SHORT] = take_count(&scan);
    probe->replications[PROBE_WHOLE] = take_count(&scan);
    if (take_count(&scan) != setting->criterion_count || take_count(&scan) != count)
        return false;
    probe->decisions = arena_array(arena, setting->criterion_count, sizeof *probe->decisions);
    probe->estimates = arena_array(arena, setting->column_count, sizeof *probe->estimates);
    for (size_t i = 0; i < setting->criterion_count; i++) {
        struct study_decision *decision = &probe->decisions[i];
        decision->verdict = take_verdict(&scan);
        decision->is_withheld = take_count(&scan) != 0;
        decision->margin = take_number(&scan);
        decision->estimate = take_estimate(&scan);
        decision->difference = take_estimate(&scan);
    }
    for (size_t i = 0; i < count; i++)
        if (columns[i] != COLUMN_NONE)
            probe->estimates[columns[i]] = take_estimate(&scan);
    probe->is_finished = scan.is_fine && *scan.at == '\0';
    return probe->is_finished;
}
