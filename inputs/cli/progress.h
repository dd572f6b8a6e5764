/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.h - one line that says how far a batch of jobs has come and when it will be done.
 *
 * On a terminal the line is redrawn in place and erased at the end; elsewhere each is a line of its
 * own, or where it was not asked for a word after 5 s, 20 s, 80 s... Nothing here fails: progress
 * that cannot be written is not shown. */
#ifndef CAPSIM_INPUTS_CLI_PROGRESS_H
#define CAPSIM_INPUTS_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

struct progress {
    FILE *stream; /* NULL: nothing is shown, but for a word now and then on log */
    FILE *log;
    bool is_terminal;
    int width;                /* columns of the terminal                       */
    const char *what;         /* "replications"                                */
    struct timespec begun_at; /* when this batch began: when the last one ended */
    struct timespec drawn_at; /* when the line was last drawn                  */
    struct timespec opened_at;
    double told_after_s; /* without a terminal: when the next word is due, after opened_at */
    size_t drawn;        /* letters that the line has now                 */
    size_t all, before;  /* of several batches shown as one: jobs in all, and done before this */
};

/* Progress on stream: on a terminal, or anywhere if forced. The first batch begins now. */
struct progress progress_open(FILE *stream, bool is_forced);

/* A replications_phase (replications.h); context is a struct progress. jobs > 0: the batches that
 * follow are shown as one, which begins now. */
void progress_begin_phase(void *context, const char *what, size_t jobs);

/* A replications_progress (replications.h); context is a struct progress. Draws only as often as an
 * eye can follow. With done == jobs the batch has ended and the next begins; of joined batches,
 * once all are done. */
void progress_show(void *context, size_t done, size_t jobs);

/* Erases the line, so that what is printed next begins at the margin. */
void progress_erase(struct progress *progress);

/* What a study takes: its requests, how often they try, and seconds of one core, with as little and
 * with as much as it may take. */
struct progress_work {
    double requests, attempts;
    double least_s, most_s;
};

/* Before a study says on stream how long that takes on so many threads, if it is long: what people
 * call a hang is often a run that nobody knew to be long. */
void progress_announce(const struct progress_work *work, unsigned threads, FILE *stream);

/* The same of memory, if it is much. */
void progress_announce_memory(double bytes, FILE *stream);

/* "12 s", "3 min 20 s", "2 h 5 min" into text[size]; seconds >= 0, rounded up. */
void progress_format_time(double seconds, char *text, size_t size);

#endif
