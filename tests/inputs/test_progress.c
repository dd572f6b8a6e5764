/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/progress.h"
#include "inputs/cli/terminal.h"
#include "tests/support/support.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A terminal with two ends: the program writes to one, the test reads from the other. */
struct terminal {
    int screen;
    FILE *stream;
};

static int open_terminal(void **state)
{
    static struct terminal terminal;
    int screen = posix_openpt(O_RDWR | O_NOCTTY);
    if (screen < 0 || grantpt(screen) != 0 || unlockpt(screen) != 0)
        return -1;
    terminal = (struct terminal){screen, fopen(ptsname(screen), "w")};
    *state = &terminal;
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    return terminal.stream ? 0 : -1;
}

static int close_terminal(void **state)
{
    struct terminal *terminal = *state;
    fclose(terminal->stream);
    close(terminal->screen);
    return 0;
}

static void set_columns(const struct terminal *terminal, unsigned short columns)
{
    struct winsize size = {.ws_col = columns, .ws_row = 24};
    assert_int_equal(ioctl(terminal->screen, TIOCSWINSZ, &size), 0);
}

static const char *read_screen(const struct terminal *terminal)
{
    static char text[1024];
    ssize_t length = read(terminal->screen, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

/* As if the batch had begun, and the line been drawn, seconds ago. */
static void let_pass(struct progress *progress, time_t seconds)
{
    progress->begun_at.tv_sec -= seconds;
    progress->drawn_at.tv_sec -= seconds;
}

static void a_report_is_as_wide_as_the_terminal_up_to_100(void **state)
{
    struct terminal *terminal = *state;
    static const int widths[][2] = {{0, 100}, {1, 40}, {39, 40}, {71, 71}, {100, 100}, {301, 100}};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        set_columns(terminal, (unsigned short)widths[i][0]);
        assert_int_equal(terminal_width(terminal->stream), widths[i][1]);
    }
}

static void a_file_is_100_columns_wide_and_has_no_colour(void **state)
{
    FILE *file = tmpfile();
    assert_int_equal(terminal_width(file), 100);
    assert_false(terminal_has_colour(file));
    assert_false(terminal_is_abandoned(file));
    fclose(file);
}

static void no_color_is_obeyed_unless_empty(void **state)
{
    struct terminal *terminal = *state;
    assert_true(terminal_has_colour(terminal->stream));
    setenv("NO_COLOR", "", 1);
    assert_true(terminal_has_colour(terminal->stream));
    setenv("NO_COLOR", "0", 1);
    assert_false(terminal_has_colour(terminal->stream));
}

static void a_dumb_or_unknown_terminal_has_no_colour(void **state)
{
    struct terminal *terminal = *state;
    setenv("TERM", "dumb", 1);
    assert_false(terminal_has_colour(terminal->stream));
    unsetenv("TERM");
    assert_false(terminal_has_colour(terminal->stream));
}

static void a_pipe_without_reader_is_abandoned(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    FILE *stream = fdopen(ends[1], "w");
    assert_false(terminal_is_abandoned(stream));
    close(ends[0]);
    assert_true(terminal_is_abandoned(stream));
    fclose(stream);
}

/* Progress in jobs called `what`. */
static struct progress open_progress(FILE *stream, bool is_forced, const char *what)
{
    struct progress progress = progress_open(stream, is_forced);
    progress_begin_phase(&progress, what, 0);
    return progress;
}

static void progress_says_how_much_is_left(void **state)
{
    struct terminal *terminal = *state;
    struct progress progress = open_progress(terminal->stream, false, "replications");
    let_pass(&progress, 30);
    progress_show(&progress, 10, 40);
    const char *screen = read_screen(terminal);
    /* 30 s for 10 of 40, so 90 s for the other 30; the clock goes on while the test runs. */
    assert_non_null(strstr(screen, "\r10 of 40 replications, 1 min 3"));
    assert_non_null(strstr(screen, " s left"));
}

static void progress_guesses_no_time_from_nothing(void **state)
{
    struct terminal *terminal = *state;
    struct progress progress = open_progress(terminal->stream, false, "runs");
    let_pass(&progress, 30);
    progress_show(&progress, 0, 40);
    assert_string_equal(read_screen(terminal), "\r0 of 40 runs");
}

static void progress_is_erased_without_a_trace(void **state)
{
    struct terminal *terminal = *state;
    struct progress progress = open_progress(terminal->stream, false, "runs");
    let_pass(&progress, 30);
    progress_show(&progress, 0, 9);
    assert_string_equal(read_screen(terminal), "\r0 of 9 runs");
    progress_erase(&progress);
    assert_string_equal(read_screen(terminal), "\r           \r");
}

static void progress_never_fills_the_last_column(void **state)
{
    struct terminal *terminal = *state;
    set_columns(terminal, 40);
    struct progress progress =
        open_progress(terminal->stream, false, "jobs with a name that is much too long for a line");
    let_pass(&progress, 30);
    progress_show(&progress, 1, 9);
    assert_int_equal(strlen(read_screen(terminal)), 1 + 39);
}

/* A hundred thousand calls in a moment must not become a hundred thousand lines. */
static void progress_is_drawn_seldom(void **state)
{
    struct terminal *terminal = *state;
    struct progress progress = open_progress(terminal->stream, false, "runs");
    let_pass(&progress, 30);
    progress_show(&progress, 0, 9);
    let_pass(&progress, -30); /* the next line is not due for 30 s, however slow the machine */
    for (size_t i = 0; i < 1000; i++)
        progress_show(&progress, 0, 9);
    assert_int_equal(strlen(read_screen(terminal)), strlen("\r0 of 9 runs"));
}

static void a_batch_begins_where_the_last_one_ended(void **state)
{
    struct terminal *terminal = *state;
    struct progress progress = open_progress(terminal->stream, false, "runs");
    let_pass(&progress, 3600);
    progress_show(&progress, 10, 10);
    let_pass(&progress, 10);
    progress_show(&progress, 5, 10);
    assert_non_null(strstr(read_screen(terminal), "5 of 10 runs, 1"));
}

/* 10 of 40 done when the second batch of 10 begins, 15 of 40 in its middle. */
static void joined_batches_are_one(void **state)
{
    struct terminal *terminal = *state;
    struct progress progress = open_progress(terminal->stream, false, "runs");
    progress_begin_phase(&progress, "runs", 20);
    progress_show(&progress, 10, 10);
    let_pass(&progress, 30);
    progress_show(&progress, 5, 10);
    assert_non_null(strstr(read_screen(terminal), "\r15 of 20 runs, 1"));
    progress_show(&progress, 10, 10);
    let_pass(&progress, 30);
    progress_show(&progress, 0, 7);
    assert_non_null(strstr(read_screen(terminal), "\r0 of 7 runs "));
}

static void progress_goes_to_a_file_only_when_forced(void **state)
{
    FILE *file = tmpfile();
    for (int is_forced = 0; is_forced <= 1; is_forced++) {
        struct progress progress = open_progress(file, is_forced, "runs");
        let_pass(&progress, 30);
        progress_show(&progress, 0, 9);
        progress_show(&progress, 0, 9);
        progress_erase(&progress);
    }
    char text[64] = "";
    rewind(file);
    assert_int_equal(fread(text, 1, sizeof text - 1, file), strlen("0 of 9 runs\n"));
    assert_string_equal(text, "0 of 9 runs\n");
    fclose(file);
}

static void times_are_rounded_up_and_short(void **state)
{
    static const struct {
        double seconds;
        const char *text;
    } times[] = {{0, "0 s"},          {0.2, "1 s"},         {59, "59 s"},
                 {59.1, "1 min 0 s"}, {200, "3 min 20 s"},  {3600, "1 h 0 min"},
                 {7500, "2 h 5 min"}, {9e6, "2500 h 0 min"}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[32];
        progress_format_time(times[i].seconds, text, sizeof text);
        assert_string_equal(text, times[i].text);
    }
}

#define ON_TERMINAL(test) cmocka_unit_test_setup_teardown(test, open_terminal, close_terminal)

static void much_memory_is_told_before_it_is_taken(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    progress_announce_memory(0.9e9, stream);
    fflush(stream);
    assert_int_equal(size, 0);
    progress_announce_memory(2.44e9, stream);
    fclose(stream);
    assert_string_equal(text, "capsim: some 2.4 GB of memory; --max-memory SIZE sets a limit\n");
    free(text);
}

static void what_takes_long_is_told_before(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct progress_work work = {1.8e5, 1.8e5, 9.9, 9.9};
    progress_announce(&work, 2, stream);
    fflush(stream);
    assert_int_equal(size, 0);
    work.least_s = work.most_s = 2162;
    progress_announce(&work, 2, stream);
    fclose(stream);
    assert_string_equal(text, "capsim: about 1.8e+05 requests, some 18 min 1 s on 2 threads; "
                              "Ctrl-C keeps what is finished\n");
    free(text);
}

static void attempts_are_told_where_they_are_more_than_requests(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    const struct progress_work work = {2000, 9.3e8, 120, 480};
    progress_announce(&work, 1, stream);
    fclose(stream);
    assert_string_equal(text,
                        "capsim: about 2e+03 requests and 9.3e+08 attempts of them, for what "
                        "they need is overloaded, some 2 min 0 s on 1 thread; up to 8 min 0 s "
                        "if the criteria need all replications; Ctrl-C keeps what is "
                        "finished\n");
    free(text);
}

/* Nobody asked for progress; after 5 s there is one line, and the next after 20 s. */
static void a_log_gets_a_word_about_what_takes_long(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct progress progress = progress_open(stderr, false);
    progress.stream = NULL;
    progress.log = stream;
    progress_begin_phase(&progress, "replications, for api.error_rate is undecided", 0);
    progress_show(&progress, 1, 40);
    fflush(stream);
    assert_int_equal(size, 0);
    progress.opened_at.tv_sec -= 6;
    progress_show(&progress, 2, 40);
    progress_show(&progress, 3, 40);
    fflush(stream);
    assert_string_equal(text, "capsim: 2 of 40 replications, for api.error_rate is undecided; "
                              "--progress says more, --quiet less\n");
    progress.opened_at.tv_sec -= 15;
    progress_show(&progress, 4, 40);
    fclose(stream);
    assert_non_null(strstr(text, "\ncapsim: 4 of 40 "));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_TERMINAL(a_report_is_as_wide_as_the_terminal_up_to_100),
        cmocka_unit_test(a_file_is_100_columns_wide_and_has_no_colour),
        ON_TERMINAL(no_color_is_obeyed_unless_empty),
        ON_TERMINAL(a_dumb_or_unknown_terminal_has_no_colour),
        cmocka_unit_test(a_pipe_without_reader_is_abandoned),
        ON_TERMINAL(progress_says_how_much_is_left),
        ON_TERMINAL(progress_guesses_no_time_from_nothing),
        ON_TERMINAL(progress_is_erased_without_a_trace),
        ON_TERMINAL(progress_never_fills_the_last_column),
        ON_TERMINAL(progress_is_drawn_seldom),
        ON_TERMINAL(a_batch_begins_where_the_last_one_ended),
        ON_TERMINAL(joined_batches_are_one),
        cmocka_unit_test(progress_goes_to_a_file_only_when_forced),
        cmocka_unit_test(times_are_rounded_up_and_short),
        cmocka_unit_test(much_memory_is_told_before_it_is_taken),
        cmocka_unit_test(what_takes_long_is_told_before),
        cmocka_unit_test(attempts_are_told_where_they_are_more_than_requests),
        cmocka_unit_test(a_log_gets_a_word_about_what_takes_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
