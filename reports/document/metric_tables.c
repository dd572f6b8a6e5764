/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/metric_tables.h"
#include "reports/text/number_text.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

static const char *flags_of(const struct result_setting *setting, const struct estimate *estimate,
                            struct arena *arena)
{
    const char *flags = arena_printf(
        arena, "%s%s%s%s", estimate->has_interval ? "" : " no_interval",
        estimate->is_unresolved ? " unresolved" : "",
        estimate->is_upper_bound ? " upper_bound" : "", setting->is_unstable ? " unstable" : "");
    return flags[0] == ' ' ? flags + 1 : flags;
}

static void fill_metric(struct table_cell *row, const struct result_setting *setting,
                        const struct result_metric *metric, struct arena *arena)
{
    const struct estimate *estimate = &metric->estimate;
    row[0] = table_text(setting->name);
    row[1] = table_text(metric->name);
    row[2] = table_number(estimate->estimate);
    row[3] = table_number(estimate->low);
    row[4] = table_number(estimate->high);
    row[5] = table_text(metric->unit);
    row[6] = table_number((double)estimate->replications);
    row[7] = table_number(estimate->standard_error);
    row[8] = table_text(flags_of(setting, estimate, arena));
    if (!setting->predictions)
        return;
    const struct prediction *one = &setting->predictions[metric - setting->metrics];
    row[9] = table_number(one->low);
    row[10] = table_number(one->high);
}

const struct table *metric_tables_all(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {
        {"setting", NULL, false},     {"metric", NULL, false},        {"estimate", NULL, true},
        {"low", NULL, true},          {"high", NULL, true},           {"unit", NULL, false},
        {"replications", NULL, true}, {"standard_error", NULL, true}, {"flags", NULL, false},
        {"one_run_low", NULL, true},  {"one_run_high", NULL, true}};
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct result_setting *setting = &result->settings[i];
        for (size_t k = 0; k < setting->metric_count; k++)
            fill_metric(table_add_row(table), setting, &setting->metrics[k], arena);
    }
    return table;
}

enum shown { KEY_METRICS, ALL_METRICS, KEY_ONE_RUNS };

static const char *range_of_one_run(const struct result_setting *setting,
                                    const struct result_metric *metric, struct arena *arena)
{
    if (!setting->predictions)
        return "";
    const struct prediction *one = &setting->predictions[metric - setting->metrics];
    return number_text_range(one->low, one->high, metric->unit, arena);
}

static void fill_settings(struct table_cell *row, const struct result *result, const char *name,
                          size_t hint, enum shown shown, struct arena *arena)
{
    row[0] = table_text(name);
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct result_setting *setting = &result->settings[i];
        const struct result_metric *metric = result_find_metric(setting, name, hint);
        if (metric && shown == KEY_ONE_RUNS)
            row[1 + i] = table_text(range_of_one_run(setting, metric, arena));
        else if (metric)
            row[1 + i] = table_text(number_text_estimate(&metric->estimate, metric->unit,
                                                         !setting->is_unstable, arena));
    }
}

/* True if a setting before number `before` has that metric, so that its row is there already. */
static bool is_listed(const struct result *result, size_t before, const char *name, size_t hint)
{
    for (size_t i = 0; i < before; i++)
        if (result_find_metric(&result->settings[i], name, hint))
            return true;
    return false;
}

static const struct table *settings_table(const struct result *result, enum shown shown,
                                          struct arena *arena)
{
    size_t count = 1 + result->setting_count;
    struct table_column *columns = arena_array(arena, count, sizeof *columns);
    columns[0].name = "metric";
    for (size_t i = 0; i < result->setting_count; i++)
        columns[1 + i] = (struct table_column){result->settings[i].name, NULL, true};
    struct table *table = table_make(columns, count, arena);
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].metric_count; k++) {
            const char *name = result->settings[i].metrics[k].name;
            bool is_wanted =
                shown == ALL_METRICS || result->settings[i].metrics[k].identity->is_shown;
            if (is_wanted && !is_listed(result, i, name, k))
                fill_settings(table_add_row(table), result, name, k, shown, arena);
        }
    return table;
}

const struct table *metric_tables_settings(const struct result *result, struct arena *arena)
{
    return settings_table(result, KEY_METRICS, arena);
}

const struct table *metric_tables_one_run(const struct result *result, struct arena *arena)
{
    return settings_table(result, KEY_ONE_RUNS, arena);
}

const struct table *metric_tables_side_by_side(const struct result *result, struct arena *arena)
{
    return settings_table(result, ALL_METRICS, arena);
}

/* The differences from the baseline to one setting: they stand together. */
struct run {
    const struct result_difference *differences;
    size_t count;
    bool has_interval_shown;
};

static bool is_unstable(const struct result *result, const char *setting)
{
    for (size_t i = 0; i < result->setting_count; i++)
        if (strcmp(result->settings[i].name, setting) == 0)
            return result->settings[i].is_unstable;
    return false;
}

/* runs[difference_count] is room enough. */
static size_t find_runs(const struct result *result, struct run *runs)
{
    size_t count = 0;
    for (size_t i = 0; i < result->difference_count; i++) {
        const struct result_difference *difference = &result->differences[i];
        if (count == 0 || strcmp(runs[count - 1].differences->to, difference->to) != 0)
            runs[count++] = (struct run){difference, 0,
                                         !is_unstable(result, difference->from) &&
                                             !is_unstable(result, difference->to)};
        runs[count - 1].count++;
    }
    return count;
}

static const struct result_difference *find_difference(const struct run *run, const char *metric,
                                                       size_t hint)
{
    if (hint < run->count && strcmp(run->differences[hint].metric, metric) == 0)
        return &run->differences[hint];
    for (size_t i = 0; i < run->count; i++)
        if (strcmp(run->differences[i].metric, metric) == 0)
            return &run->differences[i];
    return NULL;
}

static void fill_differences(struct table_cell *row, const struct run *runs, size_t count,
                             const char *metric, size_t hint, struct arena *arena)
{
    row[0] = table_text(metric);
    for (size_t i = 0; i < count; i++) {
        const struct result_difference *difference = find_difference(&runs[i], metric, hint);
        if (difference)
            row[1 + i] = table_text(number_text_paired(&difference->estimate, difference->unit,
                                                       runs[i].has_interval_shown, arena));
    }
}

const struct table *metric_tables_differences(const struct result *result, struct arena *arena)
{
    struct run *runs = arena_array(arena, result->difference_count, sizeof *runs);
    size_t count = find_runs(result, runs);
    struct table_column *columns = arena_array(arena, 1 + count, sizeof *columns);
    columns[0].name = "metric";
    for (size_t i = 0; i < count; i++)
        columns[1 + i] = (struct table_column){runs[i].differences->to, NULL, true};
    struct table *table = table_make(columns, 1 + count, arena);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < runs[i].count; k++) {
            const char *metric = runs[i].differences[k].metric;
            bool is_new = runs[i].differences[k].identity->is_shown;
            for (size_t j = 0; j < i && is_new; j++)
                is_new = !find_difference(&runs[j], metric, k);
            if (is_new)
                fill_differences(table_add_row(table), runs, count, metric, k, arena);
        }
    return table;
}

/* ---- settings and differences in one table ---- */

static const struct run *find_run(const struct run *runs, size_t count, const char *setting)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(runs[i].differences->to, setting) == 0)
            return &runs[i];
    return NULL;
}

/* What a metric is of, for a line above those of it: "db_pool, connection or thread pool". */
static const char *owner_of(const struct metric_identity *identity, struct arena *arena)
{
    const char *resource = identity->resource ? identity->resource : "the system";
    for (size_t n = 0; n < METRIC_OWNERS && identity->row && identity->resource; n++) {
        const struct metric_owner *owner = metric_owner(n);
        if (identity->row < owner->rows || identity->row >= owner->rows + owner->count)
            continue;
        const char *name = owner->name + (strncmp(owner->name, "a ", 2) == 0 ? 2 : 0);
        return arena_printf(arena, "%s, %.*s", resource, (int)strcspn(name, ","), name);
    }
    return resource;
}

/* What people call it: "Wait, p95"; "Step query, p95". */
static const char *label_of(const struct result_metric *metric, struct arena *arena)
{
    const struct metric_identity *identity = metric->identity;
    static const struct {
        const char *metric, *words;
    } known[] = {{"busy", "In use, mean"},      {"open", "Open connections, mean"},
                 {"queue", "Waiting, mean"},    {"wait.probability", "Requests that wait"},
                 {"timeout_rate", "Time-outs"}, {"refused_rate", "Refused"},
                 {"error_rate", "Errors"},      {"throughput", "Completed"},
                 {"arrival_rate", "Arrived"},   {"in_system", "Present, mean"}};
    const char *statistic = metric_statistic_name(identity->statistic), *words = identity->metric;
    const char *last = strrchr(metric->name, '.');
    if (statistic && (!last || strcmp(last + 1, statistic) != 0))
        statistic = NULL; /* a time average is named without it */
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].metric, identity->metric) == 0)
            words = known[i].words;
    char *text =
        arena_printf(arena, "%s%s%s", words, statistic ? ", " : "", statistic ? statistic : "");
    for (char *at = text; *at != '\0' && words == identity->metric; at++)
        *at = (char)(*at == '_' || *at == '.' ? ' ' : *at);
    text[0] = (char)toupper((unsigned char)text[0]);
    return text;
}

struct compared {
    const struct result *result;
    size_t first, count; /* of the settings beside the first one */
    enum metric_columns columns;
    const struct run *runs;
    size_t run_count;
    struct table *table;
    const char **groups, **labels;
    const char *last_resource;
};

static const char *value_in(const struct result_setting *setting, const char *metric, size_t hint,
                            struct arena *arena)
{
    const struct result_metric *own = result_find_metric(setting, metric, hint);
    return own ? number_text_estimate(&own->estimate, own->unit, !setting->is_unstable, arena) : "";
}

/* A change of which the interval has 0 in it: its sign is not known. */
static bool is_noise(const struct estimate *change)
{
    return change->estimate == 0.0 ||
           (change->has_interval && change->low <= 0.0 && change->high >= 0.0);
}

/* "none (± 0.0005 /s)": how large it may be all the same. */
static const char *none_text(const struct estimate *change, const char *unit, struct arena *arena)
{
    double most = fmax(fabs(change->low), fabs(change->high));
    if (!change->has_interval || !(most > 0.0) || !isfinite(most))
        return "none";
    double step = pow(10.0, floor(log10(most)) - 1.0); /* two digits, upwards */
    const char *text = number_text_difference(ceil(most / step - 1e-6) * step, unit, arena);
    return arena_printf(arena, "none (\u00b1 %s)", text + (text[0] == '+'));
}

static const char *change_in(const struct compared *compared, const struct result_setting *setting,
                             const char *metric, size_t hint)
{
    const struct run *run = find_run(compared->runs, compared->run_count, setting->name);
    const struct result_difference *difference = run ? find_difference(run, metric, hint) : NULL;
    if (!difference)
        return "";
    const struct estimate *estimate = &difference->estimate;
    if (run->has_interval_shown && is_noise(estimate))
        return none_text(estimate, difference->unit, compared->table->arena);
    return number_text_paired(estimate, difference->unit, run->has_interval_shown,
                              compared->table->arena);
}

static void add_compared(struct compared *compared, const struct result_metric *metric, size_t hint)
{
    const struct result_setting *settings = compared->result->settings;
    struct arena *arena = compared->table->arena;
    size_t at = compared->table->row_count, column = 1;
    struct table_cell *row = table_add_row(compared->table);
    const char *resource = metric->identity->resource ? metric->identity->resource : "";
    if (strcmp(resource, compared->last_resource) != 0)
        compared->groups[at] = owner_of(metric->identity, arena);
    compared->last_resource = resource;
    row[0] = table_text(metric->name);
    compared->labels[at] = label_of(metric, arena);
    if (compared->columns != METRIC_CHANGES)
        row[column++] = table_text(value_in(&settings[0], metric->name, hint, arena));
    for (size_t i = 0; i < compared->count; i++) {
        const struct result_setting *setting = &settings[compared->first + i];
        if (compared->columns != METRIC_CHANGES)
            row[column++] = table_text(value_in(setting, metric->name, hint, arena));
        if (compared->columns != METRIC_VALUES)
            row[column++] = table_text(change_in(compared, setting, metric->name, hint));
    }
}

static size_t most_rows(const struct result *result)
{
    size_t rows = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        rows = arena_add_sizes(rows, result->settings[i].metric_count);
    return rows;
}

static struct table *compared_table(const struct compared *compared, struct arena *arena)
{
    const struct result *result = compared->result;
    struct table_column *heads = arena_array(arena, 2 + 2 * compared->count, sizeof *heads);
    size_t count = 0;
    heads[count++].name = "metric";
    if (compared->columns != METRIC_CHANGES)
        heads[count++] = (struct table_column){
            result->setting_count > 1 ? result->settings[0].name : "measured", NULL, true};
    for (size_t i = 0; i < compared->count; i++) {
        const char *name = result->settings[compared->first + i].name;
        if (compared->columns != METRIC_CHANGES)
            heads[count++] = (struct table_column){name, NULL, true};
        if (compared->columns != METRIC_VALUES)
            heads[count++] = (struct table_column){
                compared->columns == METRIC_BOTH ? "change, paired" : name, NULL, true};
    }
    return table_make(heads, count, arena);
}

const struct table *metric_tables_compared(const struct result *result, size_t first, size_t count,
                                           enum metric_columns columns, const char *const **groups,
                                           const char *const **labels, struct arena *arena)
{
    struct run *runs = arena_array(arena, result->difference_count, sizeof *runs);
    struct compared compared = {.result = result,
                                .first = first,
                                .count = count,
                                .columns = columns,
                                .runs = runs,
                                .run_count = find_runs(result, runs),
                                .groups = arena_array(arena, most_rows(result), sizeof(char *)),
                                .labels = arena_array(arena, most_rows(result), sizeof(char *)),
                                .last_resource = "\n"};
    compared.table = compared_table(&compared, arena);
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].metric_count; k++) {
            const struct result_metric *metric = &result->settings[i].metrics[k];
            if (metric->identity->is_shown && !is_listed(result, i, metric->name, k))
                add_compared(&compared, metric, k);
        }
    table_drop_empty_columns(compared.table);
    *groups = compared.groups;
    *labels = compared.labels;
    return compared.table;
}
