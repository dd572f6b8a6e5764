/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_evidence.h - evidence of a change (reports/answers/evidence.h), for the subcommands that
 * write it.
 *
 * The order: main_read_plan - main_prepare_evidence, before the study - main_make_evidence, after
 * it - what the subcommand adds (extras, a rehearsal) - evidence_write. */
#ifndef CAPSIM_INPUTS_PROGRAM_CMD_EVIDENCE_H
#define CAPSIM_INPUTS_PROGRAM_CMD_EVIDENCE_H

#include "inputs/program/main.h"
#include "reports/answers/evidence.h"

/* The settings that evidence is about. */
struct main_change {
    size_t before, after;
};

/* "baseline" and the only other setting of the set; STATUS_USAGE when there is none, or several. */
bool main_find_change(const struct scenario_set *set, struct main_change *change,
                      struct error *err);

/* Checks what --evidence and --load-test ask for, adds the key series to the plan and makes sure of
 * the folder. */
bool main_prepare_evidence(const struct cli *cli, struct scenario_set *set, struct arena *arena,
                           struct plan *plan, struct error *err);

/* What evidence is made from: a finished study. */
struct main_evidence {
    const struct scenario_set *set;
    const struct plan *plan;
    const struct result *result;
    struct main_change change;
};

/* Simulates the load tests and puts everything together, in arena. False with STATUS_OK:
 * interrupted. */
bool main_make_evidence(const struct cli *cli, const struct main_evidence *from,
                        struct evidence *evidence, struct arena *arena, struct error *err);

/* Says that there is no evidence, because not all was finished; returns EXIT_INTERRUPTED. */
int main_report_no_evidence(void);

/* The name of a scenario's copy among the evidence's inputs. */
const char *main_evidence_input_name(const char *scenario);

#endif
