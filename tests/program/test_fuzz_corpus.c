/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fuzzer's targets without the fuzzer: every input that is kept, and some that are made from
 * them by small changes. Each line of tests/fuzz/seeds and of tests/fuzz/kept is an input (see
 * tests/fuzz/lines). A target whose claim does not hold ends this program; the input is told
 * before. */
#include "sim/base/arena.h"
#include "tests/fuzz/mutate.h"
#include "tests/support/support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int fuzz_target(const uint8_t *bytes, size_t size);
fuzz_target fuzz_actual, fuzz_claims, fuzz_ledger, fuzz_cli, fuzz_criterion, fuzz_deployed,
    fuzz_difference, fuzz_init, fuzz_journal, fuzz_override, fuzz_quantity, fuzz_report,
    fuzz_scenario, fuzz_system, fuzz_table, fuzz_telemetry, fuzz_trace, fuzz_vary;

struct target {
    const char *name;
    fuzz_target *run;
    int changes; /* inputs that are made from those kept */
};

enum { MAX_BYTES = 1 << 14 };

/* What is run, for the signal's handler. */
static char running[64];

static void tell_input(int signal)
{
    (void)signal;
    ssize_t written = write(STDERR_FILENO, running, strlen(running));
    (void)written;
}

/* ---- kept inputs ---- */

struct inputs {
    struct arena *arena;
    uint8_t **bytes;
    size_t *sizes;
    size_t count, room;
};

static void add_input(struct inputs *inputs, uint8_t *bytes, size_t size)
{
    if (inputs->count == inputs->room) {
        inputs->room = inputs->room > 0 ? 2 * inputs->room : 64;
        inputs->bytes = realloc(inputs->bytes, inputs->room * sizeof *inputs->bytes);
        inputs->sizes = realloc(inputs->sizes, inputs->room * sizeof *inputs->sizes);
        assert_non_null(inputs->bytes);
        assert_non_null(inputs->sizes);
    }
    inputs->bytes[inputs->count] = bytes;
    inputs->sizes[inputs->count++] = size;
}

/* Undoes the escapes of a line in place; its length is then this. */
static size_t decode(char *line)
{
    char *to = line;
    for (const char *from = line; *from;) {
        if (*from != '\\') {
            *to++ = *from++;
        } else if (from[1] == '0') {
            char digits[4] = {from[2], from[3], from[4], '\0'};
            *to++ = (char)strtol(digits, NULL, 8);
            from += 5;
        } else {
            *to++ = from[1] == 'n' ? '\n' : '\\';
            from += 2;
        }
    }
    return (size_t)(to - line);
}

/* The lines of a file; there need not be one. */
static void read_inputs(const char *folder, const char *name, struct inputs *inputs)
{
    char within_tree[64];
    snprintf(within_tree, sizeof within_tree, "tests/fuzz/%s/%s", folder, name);
    if (access(within_tree, F_OK) != 0)
        return;
    char *text = file_read(within_tree, NULL), *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) && (rest || *line);) {
        char *copy = arena_strdup(inputs->arena, line);
        add_input(inputs, (uint8_t *)copy, decode(copy));
    }
    free(text);
}

/* ---- running them ---- */

/* In memory of its exact size, so that a sanitizer sees who reads beyond it. */
static void run_input(const struct target *target, const char *what, size_t number,
                      const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    snprintf(running, sizeof running, "fuzz_%s: %s %zu\n", target->name, what, number);
    target->run(exact, size);
    free(exact);
}

static void run_changed(const struct target *target, const struct inputs *inputs)
{
    static uint8_t bytes[MAX_BYTES];
    for (int i = 0; i < target->changes; i++) {
        struct stream choices = stream_at((struct stream_key){20269, (uint32_t)i}, 1, 0, 0);
        size_t chosen = (size_t)(stream_next_uniform(&choices) * (double)inputs->count);
        size_t size = inputs->sizes[chosen] < MAX_BYTES ? inputs->sizes[chosen] : MAX_BYTES;
        memcpy(bytes, inputs->bytes[chosen], size);
        size_t changed = i % 2 == 0 ? mutate_tree(bytes, size, MAX_BYTES, &choices) : 0;
        size = changed > 0 ? changed : mutate_bytes(bytes, size, MAX_BYTES, &choices);
        run_input(target, "changed input", (size_t)i, bytes, size);
    }
}

static void what_a_target_claims_holds_for_all_that_is_kept(void **state)
{
    const struct target *target = *state;
    struct inputs inputs = {.arena = arena_open()};
    read_inputs("seeds", target->name, &inputs);
    read_inputs("kept", target->name, &inputs);
    assert_true(inputs.count >= 5);
    for (size_t i = 0; i < inputs.count; i++)
        run_input(target, "input of line", i + 1, inputs.bytes[i], inputs.sizes[i]);
    run_changed(target, &inputs);
    print_message("%zu inputs\n", inputs.count);
    free(inputs.bytes);
    free(inputs.sizes);
    arena_close(inputs.arena);
}

int main(void)
{
    static struct target targets[] = {
        {"actual", fuzz_actual, 3000},         {"cli", fuzz_cli, 2000},
        {"claims", fuzz_claims, 1000},         {"ledger", fuzz_ledger, 2000},
        {"criterion", fuzz_criterion, 2000},   {"deployed", fuzz_deployed, 3000},
        {"difference", fuzz_difference, 1000}, {"init", fuzz_init, 200},
        {"journal", fuzz_journal, 300},        {"override", fuzz_override, 1000},
        {"quantity", fuzz_quantity, 2000},     {"report", fuzz_report, 600},
        {"scenario", fuzz_scenario, 5000},     {"system", fuzz_system, 20},
        {"table", fuzz_table, 1000},           {"telemetry", fuzz_telemetry, 2000},
        {"trace", fuzz_trace, 3000},           {"vary", fuzz_vary, 1000},
    };
    enum { TARGETS = sizeof targets / sizeof targets[0] };
    struct CMUnitTest tests[TARGETS];
    char *root = source_path(".");
    if (chdir(root) != 0) /* targets name files of the tree */
        return 1;
    free(root);
    signal(SIGABRT, tell_input);
    for (size_t i = 0; i < TARGETS; i++)
        tests[i] = (struct CMUnitTest){.name = targets[i].name,
                                       .test_func = what_a_target_claims_holds_for_all_that_is_kept,
                                       .initial_state = &targets[i]};
    return cmocka_run_group_tests_name("fuzz targets", tests, NULL, NULL);
}
