/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a ledger: it is read and judged, or there is a message. Shares are from 0 to 1
 * within their intervals, and every value is in the list of misses once. */
#include "inputs/records/ledger_record.h"
#include "sim/stats/backtest.h"
#include "tests/fuzz/target.h"

static void check_share(const struct backtest_metric *metric)
{
    target_require(metric->inside <= metric->count);
    target_require(metric->coverage_low >= 0 && metric->coverage_high <= 1);
    target_require(metric->coverage_low <= metric->coverage + 1e-9);
    target_require(metric->coverage_high >= metric->coverage - 1e-9);
}

static void check_backtest(const struct backtest *found, size_t entries, struct arena *arena)
{
    bool *is_there = arena_array(arena, entries, sizeof *is_there);
    check_share(&found->all);
    for (size_t i = 0; i < found->metrics; i++)
        check_share(&found->metric[i]);
    for (size_t i = 0; i < entries; i++) {
        target_require(found->worst[i] < entries && !is_there[found->worst[i]]);
        is_there[found->worst[i]] = true;
    }
    target_require(found->design_effect >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    struct target_file file = target_file_open(bytes, size);
    struct ledger ledger = {0};
    struct scenario_set set = {0};
    struct error err = {0};
    bool is_read = ledger_record_read(file.path, "input", arena, &ledger, &set, &err);
    target_check_outcome(is_read, &err);
    if (is_read) {
        struct backtest found =
            backtest_judge(ledger.entry, ledger.entries, ledger.confidence, 0.95, arena);
        check_backtest(&found, ledger.entries, arena);
    }
    target_file_close(&file);
    arena_close(arena);
    return 0;
}
