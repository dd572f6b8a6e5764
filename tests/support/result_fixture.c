/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/result_fixture.h"
#include "reports/writers/command_report.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

enum { REPLICATIONS = 20 };

/* Of 20 replications: t(19, 97.5 %) = 2.093. */
#define BETWEEN(value, below, above)                                                               \
    {                                                                                              \
        .estimate = (value), .low = (below), .high = (above),                                      \
        .standard_error = ((above) - (below)) / 2.0 / 2.093, .replications = REPLICATIONS,         \
        .has_interval = true                                                                       \
    }
#define NOTHING                                                                                    \
    {                                                                                              \
        .estimate = NAN, .low = NAN, .high = NAN, .standard_error = NAN                            \
    }

struct estimate result_fixture_estimate(double value, double half_width)
{
    return (struct estimate)BETWEEN(value, value - half_width, value + half_width);
}

static struct result_metric baseline_metrics[] = {
    {"db_pool.utilization", "1", BETWEEN(0.75023, 0.74911, 0.75135), false, NULL},
    {"db_pool.wait.mean", "s", BETWEEN(0.00031385, 0.00029385, 0.00033385), false, NULL},
    {"db_pool.wait.sd", "s", BETWEEN(0.0021, 0.0019, 0.0023), false, NULL},
    {"db_pool.wait.p95", "s", BETWEEN(0.00238512, 0.00201512, 0.00275512), false, NULL},
    {"db_pool.timeout_rate", "1", BETWEEN(0.0, 0.0, 0.0), false, NULL},
    {"db_pool.open", "", BETWEEN(44.385, 44.265, 44.505), false, NULL},
    {"api.response.p95", "s", BETWEEN(0.38512, 0.38392, 0.38632), false, NULL},
    {"api.throughput", "1/s", BETWEEN(500.138, 498.838, 501.438), false, NULL},
    {"memory", "B", BETWEEN(62138500.0, 62098500.0, 62178500.0), false, NULL},
};

static struct result_metric proposed_metrics[] = {
    {"db_pool.utilization", "1", BETWEEN(0.1875625, 0.1872825, 0.1878425), false, NULL},
    {"db_pool.wait.mean", "s", BETWEEN(0.0, 0.0, 0.0), false, NULL},
    {"db_pool.wait.sd", "s", BETWEEN(0.0, 0.0, 0.0), false, NULL},
    {"db_pool.wait.p95", "s", BETWEEN(0.0, 0.0, 0.0), false, NULL},
    {"db_pool.timeout_rate",
     "1",
     {.high = 0.0000123,
      .standard_error = NAN,
      .replications = REPLICATIONS,
      .has_interval = true,
      .is_upper_bound = true},
     false,
     NULL},
    {"db_pool.open", "", BETWEEN(61.385, 61.265, 61.505), false, NULL},
    {"api.response.p95", "s", BETWEEN(0.38138, 0.38018, 0.38258), false, NULL},
    {"api.throughput", "1/s", BETWEEN(500.138, 498.838, 501.438), false, NULL},
    {"memory", "B", BETWEEN(62138500.0, 62098500.0, 62178500.0), false, NULL},
};

static const struct override proposed_overrides[] = {{"resources.db_pool.max", "200"},
                                                     {"resources.db_pool.min", "20"}};

static struct result_criterion proposed_criteria[] = {
    {.name = "pool utilization",
     .expect = "db_pool.utilization < 70%",
     .unit = "1",
     .estimate = BETWEEN(0.1875625, 0.1872825, 0.1878425),
     .verdict = VERDICT_PASS,
     .margin = 0.5124375,
     .has_limit = true,
     .op = COMPARISON_LESS,
     .limit = 0.7,
     .limit_text = "70%"},
    {.name = "p95 response",
     .expect = "api.response.p95 < 500ms",
     .unit = "s",
     .estimate = BETWEEN(0.38138, 0.38018, 0.38258),
     .verdict = VERDICT_PASS,
     .margin = 0.11862,
     .has_limit = true,
     .op = COMPARISON_LESS,
     .limit = 0.5,
     .limit_text = "500ms",
     .no_worse_than = "baseline",
     .allowed = 0.05,
     .difference = BETWEEN(-0.023, -0.0235, -0.0225)},
};

static const struct model_check baseline_checks[] = {
    {"Little's law: db_pool", 37.5115, 37.5, 0.2, true, NULL},
    {"flow balance: api", 1800497.0, 1800497.0, 0.0, true, NULL},
};
static const struct model_check proposed_checks[] = {
    {"Little's law: db_pool", 37.5125, 37.6, 0.2, true, NULL}};
static const char *const baseline_warnings[] = {"workloads.api.steps: two lognormals fit"};

static const struct result_setting plain_settings[] = {
    {.name = "baseline",
     .replications = REPLICATIONS,
     .warmup_s = 12.5,
     .verdict = VERDICT_NONE,
     .metrics = baseline_metrics,
     .metric_count = COUNT(baseline_metrics),
     .checks = baseline_checks,
     .check_count = COUNT(baseline_checks),
     .warnings = baseline_warnings,
     .warning_count = COUNT(baseline_warnings)},
    {.name = "proposed",
     .overrides = proposed_overrides,
     .override_count = COUNT(proposed_overrides),
     .replications = REPLICATIONS,
     .warmup_s = 10.0,
     .verdict = VERDICT_PASS,
     .metrics = proposed_metrics,
     .metric_count = COUNT(proposed_metrics),
     .criteria = proposed_criteria,
     .criterion_count = COUNT(proposed_criteria),
     .checks = proposed_checks,
     .check_count = COUNT(proposed_checks)},
};

static struct result_difference plain_differences[] = {
    {"db_pool.utilization", "baseline", "proposed", "1",
     BETWEEN(-0.5626675, -0.5638675, -0.5614675), NULL},
    {"db_pool.wait.mean", "baseline", "proposed", "s",
     BETWEEN(-0.00031385, -0.00033385, -0.00029385), NULL},
    {"api.throughput", "baseline", "proposed", "1/s", BETWEEN(0.0, 0.0, 0.0), NULL},
};

static const struct assumption plain_assumptions[] = {
    {"workloads.api.arrivals", "500/s", "10% of customers active", "load test of 1 February 2026",
     false, NULL},
    {"resources.db_pool.connect", "lognormal(20ms, 0.5)", "assumed; measure it", NULL, false, NULL},
    {"resources.db_pool.checkout", "0s", NULL, NULL, true, NULL},
};
static const struct result_input plain_inputs[] = {{"accubooks-pool.json", EMPTY_HASH}};
static const char *const plain_command[] = {"capsim", "run", "accubooks-pool.json", "--set",
                                            "resources.db_pool.max=it's 200"};

static const struct result plain = {
    .scenario_name = "accubooks-pool",
    .title = "AccuBooks: PostgreSQL pool 50 -> 200 connections",
    .scenario_file = "accubooks-pool.json",
    .scenario_sha256 = EMPTY_HASH,
    .version = "0.1.0",
    .command = plain_command,
    .command_count = COUNT(plain_command),
    .seed = UINT64_C(9223372036854775783),
    .confidence = 0.95,
    .duration_s = 3600.0,
    .inputs = plain_inputs,
    .input_count = COUNT(plain_inputs),
    .assumptions = plain_assumptions,
    .assumption_count = COUNT(plain_assumptions),
    .settings = plain_settings,
    .setting_count = COUNT(plain_settings),
    .differences = plain_differences,
    .difference_count = COUNT(plain_differences),
    .verdict = VERDICT_PASS,
    .looks_planned = 6,
    .looks_made = 2,
    .digest = EMPTY_HASH,
};

#define LONG_NAME                                                                                  \
    "a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on"
/* Six signs, each two columns wide. */
#define WIDE_NAME "\xE6\x8E\xA5\xE7\xB6\x9A\xE3\x83\x97\xE3\x83\xBC\xE3\x83\xAB"

static struct result_metric hostile_metrics[] = {
    {"=cmd()|x.utilization", "1", BETWEEN(0.9, 0.8, 1.0), false, NULL},
    {"db_pool.wait.p99",
     "s",
     {.estimate = 0.238,
      .low = 0.1,
      .high = 0.376,
      .standard_error = 0.07,
      .replications = 20,
      .has_interval = true,
      .is_unresolved = true},
     false,
     NULL},
    {"api.response.p95", "s", NOTHING, false, NULL},
    {"api.error_rate",
     "1",
     {.high = 0.00238,
      .standard_error = NAN,
      .replications = 20,
      .has_interval = true,
      .is_upper_bound = true},
     false,
     NULL},
    {LONG_NAME ".open", "", BETWEEN(1e-7, 0.5e-7, 1.5e-7), false, NULL},
    {WIDE_NAME ".open", "", BETWEEN(123456789.0, 123456700.0, 123456878.0), false, NULL},
    {"api.throughput",
     "1/s",
     {.estimate = 12.385,
      .low = -INFINITY,
      .high = INFINITY,
      .standard_error = NAN,
      .replications = 1},
     false,
     NULL},
};

static struct result_criterion hostile_criteria[] = {
    {.name = "\033[2Jname | with `ticks` <b>",
     .expect = "x.utilization < 95%",
     .unit = "1",
     .estimate = BETWEEN(0.9, 0.8, 1.0),
     .verdict = VERDICT_UNDECIDED,
     .margin = 0.05,
     .has_limit = true,
     .op = COMPARISON_LESS,
     .limit = 0.95,
     .limit_text = "95%"},
    {.name = LONG_NAME,
     .expect = "api.response.p95 < 500ms",
     .unit = "s",
     .estimate = NOTHING,
     .verdict = VERDICT_UNDECIDED,
     .margin = NAN,
     .has_limit = true,
     .op = COMPARISON_LESS,
     .limit = 0.5,
     .limit_text = "500ms"},
    {.name = "- list",
     .expect = "api.throughput > 20/s",
     .unit = "1/s",
     .estimate = BETWEEN(12.385, 12.0, 12.77),
     .verdict = VERDICT_FAIL,
     .margin = -7.615,
     .has_limit = true,
     .op = COMPARISON_GREATER,
     .limit = 20.0,
     .limit_text = "20/s"},
};

static const struct model_check hostile_checks[] = {
    {"Little's law: " LONG_NAME, 37.9, 37.5, 0.2, false, NULL}};
static const char *const hostile_warnings[] = {"a\nwarning\twith \xE2\x80\xAE turned text, and so "
                                               "long that it must be broken over several lines of "
                                               "any screen that anybody still uses today"};
static const struct override hostile_overrides[] = {
    {"resources." WIDE_NAME ".max",
     "{\"dist\":\"lognormal\",\"mean\":\"75ms\",\"p95\":\"180ms\"}"}};

static const struct result_setting hostile_settings[] = {
    {.name = LONG_NAME,
     .overrides = hostile_overrides,
     .override_count = COUNT(hostile_overrides),
     .replications = 1,
     .warmup_s = 0.0,
     .verdict = VERDICT_FAIL,
     .metrics = hostile_metrics,
     .metric_count = COUNT(hostile_metrics),
     .criteria = hostile_criteria,
     .criterion_count = COUNT(hostile_criteria),
     .checks = hostile_checks,
     .check_count = COUNT(hostile_checks),
     .warnings = hostile_warnings,
     .warning_count = COUNT(hostile_warnings)},
    {.name = "+unstable",
     .replications = 20,
     .warmup_s = 0.0,
     .verdict = VERDICT_NONE,
     .metrics = hostile_metrics,
     .metric_count = COUNT(hostile_metrics),
     .is_unstable = true},
};

static const struct assumption hostile_assumptions[] = {{"workloads.*.steps", LONG_NAME LONG_NAME,
                                                         "a | b \\| c\x7f",
                                                         "@someone, see #12 \xff", false, NULL}};
static const struct result_input hostile_inputs[] = {{"-rf\n\xff.json", EMPTY_HASH}};
static const char *const hostile_command[] = {"capsim", "run", "-rf\n\xff.json", LONG_NAME, "```"};

static const struct result hostile = {
    .scenario_name = "hostile",
    .title = "# " WIDE_NAME " \033]0;title\007 " LONG_NAME LONG_NAME,
    .description = "1. A \"description\" with \x01, a quote and a \\",
    .scenario_file = "-rf\n\xff.json",
    .scenario_sha256 = EMPTY_HASH,
    .version = "0.1.0",
    .command = hostile_command,
    .command_count = COUNT(hostile_command),
    .confidence = 0.95,
    .duration_s = 0.1,
    .inputs = hostile_inputs,
    .input_count = COUNT(hostile_inputs),
    .assumptions = hostile_assumptions,
    .assumption_count = COUNT(hostile_assumptions),
    .settings = hostile_settings,
    .setting_count = COUNT(hostile_settings),
    .verdict = VERDICT_FAIL,
    .is_interrupted = true,
    .looks_planned = 1,
    .looks_made = 1,
    .digest = EMPTY_HASH,
};

static void identify_metrics(struct result_metric *metrics, size_t count, struct arena *arena)
{
    for (size_t i = 0; i < count; i++)
        metrics[i].identity = metric_catalogue_identity(metrics[i].name, arena);
}

static void identify_criteria(struct result_criterion *criteria, size_t count, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(criteria[i].expect, " ");
        criteria[i].metric = arena_printf(arena, "%.*s", (int)length, criteria[i].expect);
        criteria[i].identity = metric_catalogue_identity(criteria[i].metric, arena);
    }
}

/* What each metric is, as a run would know it. The arena lives as long as the program. */
static void identify_all(void)
{
    static struct arena *arena;
    if (arena)
        return;
    arena = arena_open();
    identify_metrics(baseline_metrics, COUNT(baseline_metrics), arena);
    identify_metrics(proposed_metrics, COUNT(proposed_metrics), arena);
    identify_metrics(hostile_metrics, COUNT(hostile_metrics), arena);
    identify_criteria(proposed_criteria, COUNT(proposed_criteria), arena);
    identify_criteria(hostile_criteria, COUNT(hostile_criteria), arena);
    for (size_t i = 0; i < COUNT(plain_differences); i++)
        plain_differences[i].identity =
            metric_catalogue_identity(plain_differences[i].metric, arena);
}

const struct result *result_fixture_plain(void)
{
    identify_all();
    return &plain;
}

const struct result *result_fixture_hostile(void)
{
    identify_all();
    return &hostile;
}

const struct run_facts *result_fixture_facts(void)
{
    static const struct run_facts facts = {
        .started = "2026-02-01T12:00:00Z", .elapsed_s = 2.385, .host = "here", .threads = 4};
    return &facts;
}

static char *written(const struct result *result, enum report_format format,
                     const struct report_style *style)
{
    char *text = NULL;
    size_t size = 0;
    struct error err = {0};
    struct arena *arena = arena_open();
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(answer_write(answer_of_result(result, arena), format, style, NULL, out, &err));
    assert_int_equal(err.status, STATUS_OK);
    assert_int_equal(fclose(out), 0);
    arena_close(arena);
    return text;
}

char *result_fixture_json(const struct result *result)
{
    return written(result, REPORT_JSON, NULL);
}

char *result_fixture_csv(const struct result *result)
{
    return written(result, REPORT_CSV, NULL);
}

char *result_fixture_markdown(const struct result *result)
{
    return written(result, REPORT_MARKDOWN, NULL);
}

char *result_fixture_page(const struct result *result, const struct page_extras *extras)
{
    char *text = NULL;
    size_t size = 0;
    struct error err = {0};
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(report_html(result, extras, out, &err));
    assert_int_equal(fclose(out), 0);
    return text;
}

char *result_fixture_html(const struct result *result)
{
    return result_fixture_page(result, NULL);
}

char *result_fixture_text(const struct result *result, int width, bool has_colour)
{
    const struct report_style style = {.has_colour = has_colour, .width = width};
    return written(result, REPORT_TEXT, &style);
}
