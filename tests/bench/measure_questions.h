/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_questions.h - how long a planner waits for compare, size and sweep, beside the same work
 * as a plain loop of `capsim run`: two settings one after the other, halving by hand, value by
 * value. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_QUESTIONS_H
#define CAPSIM_TESTS_BENCH_MEASURE_QUESTIONS_H

#include <stdbool.h>

/* Asks program about the AccuBooks scenario, which has the settings baseline and proposed, and
 * prints a line for each question. keep: takes each number by name. False when the program fails or
 * an answer is not that of the loop. */
bool measure_questions(const char *program, const char *accubooks,
                       void (*keep)(const char *name, const char *what, double value));

#endif
