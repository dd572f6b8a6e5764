/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_fixture.h - one scenario in a folder of its own, and what was read of it.
 *
 * A scenario that is refused fails the test with its message. */
#ifndef CAPSIM_TESTS_SUPPORT_SCENARIO_FIXTURE_H
#define CAPSIM_TESTS_SUPPORT_SCENARIO_FIXTURE_H

#include "inputs/scenario/scenario.h"
#include "tests/support/support.h"

struct fixture {
    char *folder;
    struct arena *arena;
    struct scenario_set set;
};

/* A cmocka test with a fixture as its state. */
#define fixture_test(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
int fixture_open(void **state);
int fixture_close(void **state);

/* Small parts of a scenario, as JSON. */
#define POOL "{ \"p\": { \"kind\": \"connection_pool\", \"max\": 5 } }"
#define POISSON "{ \"process\": \"poisson\", \"rate\": \"3/s\" }"

/* Reads what is asked for into fixture->set. */
void fixture_read(struct fixture *fixture, const struct scenario_request *request);
/* The scenario under the setting number index. */
const struct scenario *fixture_setting(const struct fixture *fixture, size_t index);
/* Copies a file of the source tree into the fixture's folder, as name. */
void fixture_copy(struct fixture *fixture, const char *source, const char *name);
/* Reads text as the only scenario and returns it under its first setting. */
const struct scenario *fixture_read_text(struct fixture *fixture, const char *text);
/* A small scenario with these resources, arrivals and steps of its workload "w". */
const struct scenario *fixture_read_system(struct fixture *fixture, const char *resources,
                                           const char *arrivals, const char *steps);

#endif
