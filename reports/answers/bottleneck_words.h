/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bottleneck_words.h - what the parts of the answer of "why" share: its words for parts of a
 * response and for amounts, and one workload's time. */
#ifndef CAPSIM_REPORTS_ANSWERS_BOTTLENECK_WORDS_H
#define CAPSIM_REPORTS_ANSWERS_BOTTLENECK_WORDS_H

#include "models/studies/bottleneck.h"
#include "reports/writers/command_report.h"

struct bottleneck_writer {
    struct answer *answer;
    const struct bottleneck *why;
    struct arena *arena;
};

/* A workload's or a class's time. */
struct bottleneck_split {
    const char *name;
    size_t group, part_count;
    const struct breakdown_part *parts;
    struct estimate response, slowest;
};

/* Of group number `group`. */
struct bottleneck_split bottleneck_split_of(const struct bottleneck *why, size_t group);
/* A part of it: of all requests, and of the slowest. */
struct estimate bottleneck_split_mean(const struct bottleneck *why,
                                      const struct bottleneck_split *split, size_t part);
struct estimate bottleneck_split_slowest(const struct bottleneck *why,
                                         const struct bottleneck_split *split, size_t part);

/* The resource of a part, or NULL. */
const char *bottleneck_words_resource(const struct bottleneck *why,
                                      const struct breakdown_part *part);
/* "wait for db_pool", "query, on pg" */
const char *bottleneck_words_part(const struct bottleneck_writer *writer,
                                  const struct breakdown_part *part);
/* "50 connections", "1 core", "800/s" */
const char *bottleneck_words_amount(const struct bottleneck_writer *writer,
                                    const struct bottleneck_resource *resource, double amount);
/* "api.response.p99" */
const char *bottleneck_words_metric(const char *group, const char *metric, struct arena *arena);

#endif
