/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of claims: it is read and audited, or there is a message. What follows of a
 * figure is an interval; a contradiction has claims, each of the file, and arithmetic. */
#include "inputs/records/claims_record.h"
#include "models/studies/claims_audit.h"
#include "tests/fuzz/target.h"

static void check_audit(const struct claims *claims, const struct claims_audit *audit)
{
    for (size_t i = 0; i < claims->figures; i++)
        target_require(audit->follows[i].low <= audit->follows[i].high ||
                       audit->conflicts.count > 0);
    for (size_t set = 0; set < audit->conflicts.count; set++) {
        const struct interval_state *state = &audit->conflicts.set[set];
        target_require(state->claims > 0 && state->lines > 0);
        for (size_t k = 0; k < state->claims; k++)
            target_require(state->claim[k] < claims->claims);
    }
    for (size_t i = 0; i < audit->conflicts.culprits; i++)
        target_require(audit->conflicts.culprit[i] < claims->claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    struct target_file file = target_file_open(bytes, size);
    struct claims *claims = arena_alloc(arena, sizeof *claims);
    struct claims_audit *audit = arena_alloc(arena, sizeof *audit);
    struct scenario_set set = {0};
    struct error err = {0};
    bool is_read = claims_record_read(file.path, "input", arena, claims, &set, &err);
    target_check_outcome(is_read, &err);
    if (is_read) {
        *audit = claims_audit_make(claims, arena);
        check_audit(claims, audit);
    }
    target_file_close(&file);
    arena_close(arena);
    return 0;
}
