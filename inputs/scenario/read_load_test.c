/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_load_test.h"
#include <stdlib.h>
#include <string.h>

enum {
    TESTS = 200, /* simulated load tests: enough for a prediction interval by rank */
    MAX_REQUESTS = 1000000,
    MAX_USERS = 100000
};
#define MAX_TEST_NS INT64_C(600000000000)

/* "500:50" */
bool load_test_read(const char *text, struct synthetic_test *test, struct error *err)
{
    *test = (struct synthetic_test){500, 50, MAX_TEST_NS, TESTS};
    if (!text)
        return true;
    size_t first = strspn(text, "0123456789");
    const char *colon = text + first;
    size_t second = *colon == ':' ? strspn(colon + 1, "0123456789") : 0;
    if (first > 0 && first < 10 && second > 0 && second < 10 && colon[1 + second] == '\0') {
        test->requests = strtol(text, NULL, 10);
        test->concurrency = strtol(colon + 1, NULL, 10);
        if (test->requests >= 1 && test->requests <= MAX_REQUESTS && test->concurrency >= 1 &&
            test->concurrency <= MAX_USERS)
            return true;
    }
    error_set_file(err, "--load-test");
    return error_set(err, STATUS_USAGE,
                     "must be N:C, such as 500:50: up to %d requests, up to %d at a time; got "
                     "\"%.40s\"",
                     MAX_REQUESTS, MAX_USERS, text);
}
