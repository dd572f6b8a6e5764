/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_load_test.h - --load-test N:C, the synthetic load test of evidence. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_LOAD_TEST_H
#define CAPSIM_INPUTS_SCENARIO_READ_LOAD_TEST_H

#include "models/spec/synthetic_test.h"
#include "sim/base/error.h"

/* "500:50": 500 requests, 50 at a time; NULL: that one. STATUS_USAGE names the option. */
bool load_test_read(const char *text, struct synthetic_test *test, struct error *err);

#endif
