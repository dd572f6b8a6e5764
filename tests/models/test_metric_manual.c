/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_manual.h"
#include "tests/support/support.h"

static void a_metric_is_known_by_its_last_words(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *full_name;
        bool fits;
    } cases[] = {
        {"wait", "db_pool.wait", true},
        {"wait", "db_pool.wait.p95", true},
        {"wait", "wait", true},
        {"wait", "db_pool.await", false},
        {"wait", "db_pool.wait.probability", false},
        {"wait.probability", "db_pool.wait.probability", true},
        {"wait.probability", "probability", false}, /* has fewer words */
        {"wait.probability", "wait.probability", true},
        {"step.<step>", "w.step.query.p99", true},
        {"step.<step>", "step.query", true},
        {"step.<step>", "query", false},
        {"step.<step>", "w.step.", false}, /* a word has letters */
        {"wait", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct metric_entry entry = {.name = cases[i].entry};
        if (metric_manual_fits(&entry, cases[i].full_name) != cases[i].fits)
            fail_msg("%s, %s", cases[i].entry, cases[i].full_name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_metric_is_known_by_its_last_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
