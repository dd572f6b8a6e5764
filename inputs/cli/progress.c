/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/progress.h"
#include "inputs/cli/terminal.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 160 };

static const double DRAW_EVERY_S = 0.15; /* on a terminal: smooth, yet cheap over a slow line  */
static const double LINE_EVERY_S = 2;    /* in a log                                           */
static const double LONG_S = 5; /* of a run that is worth a word, before it or while it lasts   */
static const double SELDOM = 4; /* without a terminal: the next word after so many times as long */
static const double MUCH_BYTES = 1e9;    /* worth a word before they are taken */
static const double GUESS_AFTER_S = 0.5; /* the first jobs end together; earlier is a bad guess */

static struct timespec clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now;
}

static double elapsed_s(struct timespec since)
{
    struct timespec now = clock_now();
    return (double)(now.tv_sec - since.tv_sec) + 1e-9 * (double)(now.tv_nsec - since.tv_nsec);
}

struct progress progress_open(FILE *stream, bool is_forced)
{
    bool is_terminal = isatty(fileno(stream));
    struct progress progress = {.stream = is_terminal || is_forced ? stream : NULL,
                                .is_terminal = is_terminal,
                                .width = terminal_width(stream),
                                .log = stream,
                                .what = "jobs",
                                .begun_at = clock_now(),
                                .told_after_s = LONG_S};
    progress.drawn_at = progress.opened_at = progress.begun_at;
    return progress;
}

void progress_format_time(double seconds, char *text, size_t size)
{
    double whole = ceil(seconds), minutes = floor(whole / 60), hours = floor(minutes / 60);
    if (whole < 60)
        snprintf(text, size, "%.0f s", whole);
    else if (hours < 1)
        snprintf(text, size, "%.0f min %.0f s", minutes, whole - 60 * minutes);
    else
        snprintf(text, size, "%.0f h %.0f min", hours, minutes - 60 * hours);
}

/* Blanks over what a longer line before it left: needs no escape that a terminal might not know. */
static void draw(struct progress *progress, const char *text)
{
    size_t length = strlen(text), columns = (size_t)progress->width - 1;
    if (length > columns)
        length = columns;
    size_t blanks = progress->drawn > length ? progress->drawn - length : 0;
    if (progress->is_terminal)
        fprintf(progress->stream, "\r%.*s%*s", (int)length, text, (int)blanks, "");
    else if (length > 0)
        fprintf(progress->stream, "%s\n", text);
    if (progress->is_terminal && length == 0)
        fputc('\r', progress->stream);
    (void)fflush(progress->stream);
    progress->drawn = length;
    progress->drawn_at = clock_now();
}

static void join(struct progress *progress, size_t jobs)
{
    progress->all = jobs;
    progress->before = 0;
    progress->begun_at = clock_now();
}

void progress_begin_phase(void *context, const char *what, size_t jobs)
{
    struct progress *progress = context;
    progress->what = what;
    if (jobs > 0)
        join(progress, jobs);
}

/* One of several batches has ended. */
static void end_batch(struct progress *progress, size_t jobs)
{
    progress->before += jobs;
    if (progress->before >= progress->all)
        join(progress, 0);
}

/* "12 of 80 replications, 3 s left" */
static void word(const struct progress *progress, size_t done, size_t jobs, char line[LINE])
{
    char left[LINE / 4] = "";
    double spent_s = elapsed_s(progress->begun_at);
    if (done > 0 && spent_s >= GUESS_AFTER_S)
        progress_format_time(spent_s * (double)(jobs - done) / (double)done, left, sizeof left);
    snprintf(line, LINE, "%zu of %zu %s%s%s%s", done, jobs, progress->what, left[0] ? ", " : "",
             left, left[0] ? " left" : "");
}

/* Where nobody watches a word is said now and then, so that a log shows what took so long. */
static void tell(struct progress *progress, size_t done, size_t jobs)
{
    char line[LINE];
    if (elapsed_s(progress->opened_at) < progress->told_after_s)
        return;
    progress->told_after_s *= SELDOM;
    word(progress, done, jobs, line);
    fprintf(progress->log, "capsim: %s; --progress says more, --quiet less\n", line);
    (void)fflush(progress->log);
}

void progress_show(void *context, size_t done, size_t jobs)
{
    struct progress *progress = context;
    if (done == jobs) {
        end_batch(progress, jobs);
        return;
    }
    if (progress->all > 0) {
        done += progress->before;
        jobs = progress->all;
    }
    double due_s = progress->is_terminal ? DRAW_EVERY_S : LINE_EVERY_S;
    char line[LINE];
    if (!progress->stream) {
        tell(progress, done, jobs);
    } else if (elapsed_s(progress->drawn_at) >= due_s) {
        word(progress, done, jobs, line);
        draw(progress, line);
    }
}

void progress_erase(struct progress *progress)
{
    if (progress->stream && progress->is_terminal && progress->drawn > 0)
        draw(progress, "");
}

void progress_announce(const struct progress_work *work, unsigned threads, FILE *stream)
{
    double least_s = work->least_s / threads, most_s = work->most_s / threads;
    char from[LINE / 2], to[LINE / 2];
    if (least_s < LONG_S)
        return;
    progress_format_time(least_s, from, sizeof from);
    progress_format_time(most_s, to, sizeof to);
    fprintf(stream, "capsim: about %.2g requests", work->requests);
    if (work->attempts > 1.005 * work->requests)
        fprintf(stream, " and %.2g attempts of them, for what they need is overloaded",
                work->attempts);
    fprintf(stream, ", some %s on %u thread%s", from, threads, threads == 1 ? "" : "s");
    if (most_s > least_s)
        fprintf(stream, "; up to %s if the criteria need all replications", to);
    fprintf(stream, "; Ctrl-C keeps what is finished\n");
}

void progress_announce_memory(double bytes, FILE *stream)
{
    if (bytes >= MUCH_BYTES)
        fprintf(stream, "capsim: some %.2g GB of memory; --max-memory SIZE sets a limit\n",
                bytes / 1e9);
}
