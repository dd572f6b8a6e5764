/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choose_tests.h - every test program takes names of tests: `build/tests/test_stream NAME...` runs
 * those alone, `build/tests/test_stream --list` prints all of them.
 *
 * Test programs are linked with --wrap=_cmocka_run_group_tests: what main() calls is the function
 * below, and no program has to know of it. */
#ifndef CAPSIM_TESTS_SUPPORT_CHOOSE_TESTS_H
#define CAPSIM_TESTS_SUPPORT_CHOOSE_TESTS_H

#include "tests/support/support.h"

/* cmocka's function behind cmocka_run_group_tests, for those tests that the command line names, in
 * the order of the group; for all of them if it names none. Returns the number of failures. A name
 * that no test has ends the process with status 2; the nearest name and all others are printed. */
int __wrap__cmocka_run_group_tests(const char *group, const struct CMUnitTest *tests, size_t count,
                                   CMFixtureFunction set_up, CMFixtureFunction tear_down);

#endif
