/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_questions.h"
#include "tests/bench/measure_process.h"
#include <math.h>
#include <stdio.h>

enum { LOWEST = 20, HIGHEST = 200, SWEEP_FIRST = 48, SWEEP_STEP = 8, SWEEP_POINTS = 20 };

/* A planner does not wait longer without looking elsewhere. */
static const double PATIENCE_S = 3;

/* True for a status that is an answer: pass, fail or undecided. */
static bool is_answer(int status)
{
    return status == 0 || status == 1 || status == 3;
}

static bool tell(const char *question, double asked_s, double loop_s, int runs, bool is_right,
                 void (*keep)(const char *, const char *, double))
{
    keep(question, "s", asked_s);
    keep(question, "loop_s", loop_s);
    printf("capsim %-8s %6.2f s   a loop of %3d runs %7.2f s   %5.1fx   %s%s\n", question, asked_s,
           runs, loop_s, loop_s / asked_s, asked_s < PATIENCE_S ? "met" : "MISSED",
           is_right ? "" : "   WRONG");
    fflush(stdout);
    return is_right;
}

static bool measure_compare(const char *program, const char *scenario,
                            void (*keep)(const char *, const char *, double))
{
    static const char *const settings[] = {"baseline", "proposed"};
    const char *const asked[] = {program, "compare", scenario, "--quiet", NULL};
    int status;
    double asked_s = process_time(asked, &status), loop_s = 0;
    bool is_right = status == 0;
    for (int i = 0; i < 2; i++) {
        const char *const run[] = {program, "run", scenario,  "--setting", settings[i],
                                   "-n",    "10",  "--quiet", NULL};
        loop_s += process_time(run, &status);
        is_right &= is_answer(status);
    }
    return tell("compare", asked_s, loop_s, 2, is_right, keep);
}

/* One run with the pool at that size. */
static double run_pool(const char *program, const char *scenario, int pool, int *status)
{
    char override[64];
    snprintf(override, sizeof override, "resources.db_pool.max=%d", pool);
    const char *const run[] = {program, "run",    scenario,  "--setting", "proposed",
                               "--set", override, "--quiet", NULL};
    return process_time(run, status);
}

/* What somebody does who halves by hand. */
static double halve(const char *program, const char *scenario, int *smallest, int *runs)
{
    double total_s = 0;
    int fails = LOWEST, passes = HIGHEST, status;
    while (passes - fails > 1) {
        int middle = (fails + passes) / 2;
        total_s += run_pool(program, scenario, middle, &status);
        *(status == 0 ? &passes : &fails) = middle;
        ++*runs;
    }
    *smallest = passes;
    return total_s;
}

static bool measure_size(const char *program, const char *scenario,
                         void (*keep)(const char *, const char *, double))
{
    char varied[64], exact[64];
    int status, smallest, runs = 0;
    snprintf(varied, sizeof varied, "resources.db_pool.max=%d:%d", LOWEST, HIGHEST);
    const char *const asked[] = {program, "size", scenario, "--vary", varied, "--quiet", NULL};
    double asked_s = process_time(asked, &status);
    double loop_s = halve(program, scenario, &smallest, &runs);
    bool is_right = status == 0;
    /* The answer of the loop is that of the search: nothing below it passes, and it does. */
    snprintf(exact, sizeof exact, "resources.db_pool.max=%d:%d", LOWEST, smallest - 1);
    const char *const below[] = {program, "size", scenario, "--vary", exact, "--quiet", NULL};
    process_time(below, &status);
    is_right &= status == 1 || status == 3;
    return tell("size", asked_s, loop_s, runs, is_right, keep);
}

static bool measure_sweep(const char *program, const char *scenario,
                          void (*keep)(const char *, const char *, double))
{
    char varied[64];
    int status;
    snprintf(varied, sizeof varied, "resources.db_pool.max=%d:%d:%d", SWEEP_FIRST,
             SWEEP_FIRST + SWEEP_STEP * (SWEEP_POINTS - 1), SWEEP_STEP);
    const char *const asked[] = {program, "sweep", scenario, "--vary", varied, "--quiet", NULL};
    double asked_s = process_time(asked, &status), loop_s = 0;
    bool is_right = status == 0;
    for (int i = 0; i < SWEEP_POINTS; i++) {
        loop_s += run_pool(program, scenario, SWEEP_FIRST + SWEEP_STEP * i, &status);
        is_right &= is_answer(status);
    }
    return tell("sweep", asked_s, loop_s, SWEEP_POINTS, is_right, keep);
}

bool measure_questions(const char *program, const char *accubooks,
                       void (*keep)(const char *name, const char *what, double value))
{
    bool is_right = measure_compare(program, accubooks, keep);
    is_right &= measure_size(program, accubooks, keep);
    is_right &= measure_sweep(program, accubooks, keep);
    return is_right;
}
