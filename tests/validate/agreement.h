/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agreement.h - what an engine gave for each value that is known, and whether the two agree.
 *
 * An engine is a capsim program; it is run as anybody runs it, from a scenario file, and its JSON
 * is read. A value is judged by statistics   |z| < 4.5, z being the distance in standard errors,
 * and a standard error of at most 1 % of the value (or of what its scale says); exactness    1e-9
 * of the value, where one replication or all alike leave no spread; a share      of the value that
 * is stated with it: what was measured on a real system. */
#ifndef CAPSIM_TESTS_VALIDATE_AGREEMENT_H
#define CAPSIM_TESTS_VALIDATE_AGREEMENT_H

#include "tests/support/reference_cases.h"

enum judged_by { BY_STATISTICS, BY_EXACTNESS, BY_SHARE };

struct agreement {
    const struct reference_case *of;
    const struct reference *value;
    double simulated;      /* NaN: capsim gave none                                              */
    double standard_error; /* 0 where there is no spread                                         */
    double half_width;     /* of the 95 % interval                                               */
    double z;              /* 0 unless judged by statistics                                      */
    enum judged_by judged_by;
    bool agrees;
};

/* The run of a case, and one number for the events of all its replications: their hashes in
 * run.json, in order, joined as events are (event_hash.h); two engines with the same one had the
 * same events. 0: there was no run.json. */
struct case_run {
    const struct reference_case *of;
    uint64_t event_hash;
    size_t replications;
};

/* Of one engine, in the order of the cases. */
struct agreements {
    struct agreement *all;
    size_t count, room;
    struct case_run *hashed;      /* [runs] */
    size_t checks, checks_failed; /* self-checks of what holds in any run                        */
    size_t runs, runs_failed;     /* that gave no report                                         */
};

/* Which cases are run. */
struct case_choice {
    const char *names; /* of scenarios, with commas between; NULL: all                           */
    bool leaves_long;  /* those that take minutes are left out                                   */
};

/* Runs the engine, a program's path, on each case chosen and adds an agreement for each value. */
void agreements_add(struct agreements *agreements, const char *engine,
                    const struct reference_table *table, const struct case_choice *choice,
                    struct arena *arena);

/* Of the values judged so: how many, and how many agree. */
size_t agreements_count(const struct agreements *agreements, enum judged_by judged_by);
size_t agreements_count_met(const struct agreements *agreements, enum judged_by judged_by);
/* The standard deviation of z over all that have one, about 0: what it is when all is right. */
double agreements_spread(const struct agreements *agreements);
/* True if every value agrees, every run gave a report and no self-check failed. */
bool agreements_hold(const struct agreements *agreements);

#endif
