/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIGINT, SIGTERM and SIGKILL at random moments of the subcommands that take time: the program ends
 * in order or at once, says which, leaves whole files only, and what is asked again gives the same
 * bytes as if nothing had happened. make test kills some tens of times, make signals many more
 * (SIGNALS_TRIALS). The moments are drawn from a fixed seed; what they hit depends on the machine,
 * what is asserted does not. */
#include "sim/random/stream.h"
#include "tests/support/support.h"
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIALS = 4, MAX_WORDS = 16, MAX_FILES = 64, MAX_BREAKS = 3 };

static const char scenario[] =
    "{ \"capsim\": 1, \"name\": \"signals\",\n"
    "  \"services\": { \"api\": { \"replicas\": 3, \"resources\": { \"pool\": {\n"
    "    \"kind\": \"connection_pool\", \"max\": 4, \"min\": 2, \"connect\": \"5ms\" } } } },\n"
    "  \"workloads\": { \"web\": {\n"
    "    \"arrivals\": { \"process\": \"poisson\", \"rate\": \"60/s\" },\n"
    "    \"steps\": [ { \"visit\": \"api\", \"steps\": [ { \"hold\": \"pool\", \"steps\": [\n"
    "      { \"delay\": { \"dist\": \"exponential\", \"mean\": \"75ms\" } } ] } ] } ] } },\n"
    "  \"settings\": { \"proposed\": { \"services.api.resources.pool.max\": 6 } },\n"
    "  \"rollout\": { \"at\": \"1min\", \"from\": \"baseline\", \"to\": \"proposed\",\n"
    "    \"service\": \"api\", \"batch\": 1, \"drain_timeout\": \"10s\", \"restart_time\": "
    "\"10s\",\n"
    "    \"pause\": \"10s\", \"watch\": \"2min\",\n"
    "    \"alerts\": [ { \"name\": \"busy\", \"when\": \"api.pool.utilization > 70%\" } ] },\n"
    "  \"criteria\": [ { \"name\": \"busy\", \"expect\": \"api.pool.utilization < 60%\" },\n"
    "    { \"name\": \"slow\", \"expect\": \"web.response.p95 < 400ms\",\n"
    "      \"no_worse_than\": \"baseline\", \"margin\": \"5%\" } ],\n"
    "  \"run\": { \"duration\": \"1min\", \"warmup\": \"5s\", \"replications\": [10, 20], "
    "\"seed\": 7 } }\n";

/* A subcommand that writes into "out". */
struct subject {
    const char *words[MAX_WORDS];
    const char *answer; /* the file that says how it went, or NULL: it says nothing           */
    bool resumes;       /* --resume goes on where it was broken off                           */
};

#define VARY "services.api.resources.pool.max"

static const struct subject subjects[] = {
    {{"sweep", "--vary", VARY "=3:9", "--out", "out"}, "sweep.json", true},
    {{"run", "--out", "out"}, "report.json", false},
    {{"rehearse", "--replications", "5:5", "--out", "out"}, "rehearse.json", false},
    {{"size", "--vary", VARY "=2:30", "--out", "out"}, "size.json", false},
    {{"report", "--out", "out"}, "report.json", false},
    {{"why", "--setting", "baseline", "--out", "out"}, "why.json", false},
    {{"compare", "--out", "out"}, "compare.json", false},
    {{"run", "--evidence", "out"}, "evidence.json", false},
    {{"baseline", "save", "--out", "out/kept.json"}, NULL, false},
};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

/* A subject as it goes when nothing disturbs it. */
struct undisturbed {
    char *folder;
    int status;
    double elapsed_s;
    char *output;
};

static char *work_folder(void)
{
    char *folder = folder_make(), path[4096];
    snprintf(path, sizeof path, "%s/signals.json", folder);
    file_write(path, scenario, strlen(scenario));
    snprintf(path, sizeof path, "mkdir '%s/out'", folder);
    assert_int_equal(system(path), 0);
    return folder;
}

static struct command_result start(const struct subject *subject, const char *folder, int signal,
                                   double after_s, bool resumes)
{
    const char *argv[MAX_WORDS + 8] = {capsim_path()};
    size_t count = 1;
    bool is_kept = strcmp(subject->words[0], "baseline") == 0;
    for (size_t i = 0; i < MAX_WORDS && subject->words[i]; i++) {
        argv[count++] = subject->words[i];
        if (i == (is_kept ? 1 : 0))
            argv[count++] = "signals.json";
    }
    argv[count++] = "--threads";
    argv[count++] = "2";
    argv[count++] = "--quiet";
    argv[count] = resumes ? "--resume" : NULL;
    return command_run(&(struct command){.argv = argv,
                                         .folder = folder,
                                         .signal = signal,
                                         .signal_after_s = after_s,
                                         .has_group = true});
}

/* ---- the files ---- */

struct listing {
    char *text;
    char *names[MAX_FILES]; /* relative to out */
    size_t count;
};

static struct listing list_files(const char *folder)
{
    struct listing listing = {0};
    const char *argv[] = {"find", "out", "-type", "f", "-printf", "%P\n", NULL};
    struct command_result found = command_run(&(struct command){.argv = argv, .folder = folder});
    assert_int_equal(found.status, 0);
    listing.text = found.output;
    free(found.error);
    char *rest = listing.text;
    for (char *name; (name = strtok_r(NULL, "\n", &rest)) && listing.count < MAX_FILES;)
        listing.names[listing.count++] = name;
    return listing;
}

static bool has_ending(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

static char *text_of(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/out/%s", folder, name);
    return access(path, R_OK) == 0 ? file_read(path, NULL) : NULL;
}

/* Every file ends as such a file does. A killed process may leave a temporary one. */
static void check_whole(const char *folder, const char *name, bool was_killed)
{
    char *text = text_of(folder, name);
    bool is_whole = has_ending(name, ".json")   ? NULL != text
                    : has_ending(name, ".html") ? has_ending(text, "</html>\n")
                                                : has_ending(text, "\n");
    if (has_ending(name, ".json")) {
        json_t *tree = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        is_whole = tree != NULL;
        json_decref(tree);
    }
    if (has_ending(name, ".tmp"))
        is_whole = was_killed;
    if (has_ending(name, ".journal"))
        is_whole = true; /* its lines have check sums: test_journal */
    if (!is_whole)
        fail_msg("%s is not whole:\n%s", name, text);
    free(text);
}

/* Whether the answer is there; then it says that it was interrupted, if it was. */
static bool check_answer(const struct subject *subject, const char *folder, bool is_interrupted)
{
    char *text = subject->answer ? text_of(folder, subject->answer) : NULL;
    if (!text)
        return false;
    json_t *tree = json_loads(text, 0, NULL);
    assert_int_equal(json_is_true(json_object_get(tree, "interrupted")), is_interrupted);
    json_decref(tree);
    free(text);
    return true;
}

/* ---- one trial ---- */

/* What may have become of it: it was through already, it stopped in order, or it had not begun. */
static void check_end(const struct subject *subject, const char *folder, int signal,
                      bool was_killed, const struct command_result *result,
                      const struct undisturbed *whole)
{
    struct listing files = list_files(folder);
    if (result->has_hit_limit)
        fail_msg("%s hangs after signal %d", subject->words[0], signal);
    for (size_t i = 0; i < files.count; i++)
        check_whole(folder, files.names[i], was_killed);
    if (result->status == whole->status) {
        assert_string_equal(result->error, "");
        assert_string_equal(result->output, whole->output);
        assert_true(check_answer(subject, folder, false) == (subject->answer != NULL));
    } else if (result->status == 128 + signal && result->error[0] == '\0') {
        /* Printed was nothing yet, or, killed at its end, what there is to print. */
        size_t printed = signal == SIGKILL ? strlen(result->output) : 0;
        assert_true(strncmp(result->output, whole->output, printed) == 0);
        assert_int_equal(strlen(result->output), printed);
        assert_true(was_killed || subject->resumes ||
                    files.count == 0); /* before it minded signals */
    } else {
        const char *end = strstr(result->error, "\n");
        if (result->status != 130 || signal == SIGKILL || !end ||
            strncmp(result->error, "capsim: interrupted", 19) != 0)
            fail_msg("%s: status %d after signal %d: %s", subject->words[0], result->status, signal,
                     result->error);
        /* A report may be whole and its page lack the explanation. */
        bool is_there = check_answer(subject, folder, !strstr(result->error, "explanation"));
        bool has_nothing = strstr(result->error, "to report\n") != NULL ||
                           strstr(result->error, "none is kept") != NULL;
        if (subject->answer && !subject->resumes && is_there == has_nothing)
            fail_msg("%s says %s and %s it", subject->words[0], result->error,
                     is_there ? "keeps" : "does not keep");
    }
    free(files.text);
}

/* All but when and how fast. */
static void check_same(const struct undisturbed *whole, const char *folder)
{
    struct listing files = list_files(whole->folder);
    for (size_t i = 0; i < files.count; i++) {
        if (strcmp(files.names[i], "run.json") == 0)
            continue;
        char *expected = text_of(whole->folder, files.names[i]);
        char *text = text_of(folder, files.names[i]);
        if (!text || strcmp(text, expected) != 0)
            fail_msg("%s is not what it is without signals", files.names[i]);
        free(expected);
        free(text);
    }
    free(files.text);
}

/* Breaks it off once, or several times what can be resumed; then lets it come to its end. */
static void try_once(const struct subject *subject, const struct undisturbed *whole,
                     struct stream *stream)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGKILL};
    char *folder = work_folder();
    bool is_done = false, was_killed = false;
    for (int breaks = 0; breaks < (subject->resumes ? MAX_BREAKS : 1) && !is_done; breaks++) {
        /* Killed twice with the same point begun, it would leave that out as poisoned. */
        int signal = signals[stream_next_bits(stream) % (was_killed ? 2 : 3)];
        double after_s = 1.1 * whole->elapsed_s * stream_next_uniform(stream);
        struct command_result result = start(subject, folder, signal, after_s, breaks > 0);
        was_killed |= signal == SIGKILL;
        check_end(subject, folder, signal, was_killed, &result, whole);
        is_done = result.status == whole->status;
        command_result_free(&result);
    }
    if (!is_done) {
        struct command_result result = start(subject, folder, 0, 0, subject->resumes);
        if (result.status != whole->status)
            fail_msg("%s afterwards: status %d: %s", subject->words[0], result.status,
                     result.error);
        assert_string_equal(result.output, whole->output);
        command_result_free(&result);
    }
    check_same(whole, folder);
    folder_remove(folder);
}

static void nothing_is_lost_or_halved(void **state)
{
    const struct subject *subject = *state;
    const char *given = getenv("SIGNALS_TRIALS");
    long trials = given ? strtol(given, NULL, 10) : TRIALS;
    struct undisturbed whole = {.folder = work_folder()};
    struct stream stream = stream_at((struct stream_key){2026, 0}, stream_id(subject->words[0]),
                                     (uint32_t)(subject - subjects), 0);
    struct command_result result = start(subject, whole.folder, 0, 0, false);
    whole.status = result.status;
    whole.elapsed_s = result.elapsed_s;
    whole.output = result.output;
    assert_string_equal(result.error, "");
    assert_true(result.status == 0 || result.status == 3); /* passes or is undecided */
    for (long trial = 0; trial < trials; trial++)
        try_once(subject, &whole, &stream);
    command_result_free(&result);
    folder_remove(whole.folder);
}

/* Replications of 150 hours take longer than the second before the signal; what runs is run to its
 * end. All side by side; each says that there is nothing and leaves nothing. */
static void before_the_first_result_there_is_nothing(void **state)
{
    static const char line[] =
        "begin() { \"$CAPSIM\" $1 signals.json ${@:2} --quiet --threads 1 >$1.out 2>$1.err &\n"
        "started+=($1); ids+=($!); }\n"
        "begin run --duration 150h --out folder/run\n"
        "begin compare --duration 150h --out folder/compare\n"
        "begin size --duration 150h --vary " VARY "=2:30\n"
        "begin sweep --duration 150h --vary " VARY "=3:9\n"
        "begin report --duration 150h --out folder/page.html\n"
        "sleep 1; kill -TERM ${ids[@]}\n"
        "for i in ${!ids[@]}; do wait ${ids[i]}; status=$?; s=${started[i]}\n"
        "echo $s $status $(cat $s.out) $(cat $s.err); done; find folder -type f | wc -l";
    char *folder = work_folder(), program[4200];
    snprintf(program, sizeof program, "CAPSIM=%s", capsim_path());
    const char *argv[] = {"bash", "-c", line, NULL}, *environment[] = {program, NULL};
    struct command_result result = command_run(&(struct command){
        .argv = argv, .environment = environment, .folder = folder, .limit_s = 300});
    assert_string_equal(result.output,
                        "run 130 capsim: interrupted before there was anything to report\n"
                        "compare 130 capsim: interrupted before there was anything to report\n"
                        "size 130 capsim: interrupted before there was anything to report\n"
                        "sweep 130 capsim: interrupted before there was anything to report\n"
                        "report 130 capsim: interrupted before there was anything to report\n"
                        "0\n");
    command_result_free(&result);
    folder_remove(folder);
}

/* A rehearsal takes milliseconds here; two seconds are enough for one and not for a million. */
static void an_interrupted_rehearsal_is_about_what_was_finished(void **state)
{
    char *folder = work_folder();
    const char *argv[] = {capsim_path(),    "rehearse", "signals.json",
                          "--replications", "1000000",  "--format",
                          "json",           "--quiet",  NULL};
    struct command_result result = command_run(
        &(struct command){.argv = argv, .folder = folder, .signal = SIGINT, .signal_after_s = 3});
    assert_int_equal(result.status, 130);
    assert_string_equal(result.error,
                        "capsim: interrupted; the answer rests on what was finished\n");
    json_t *tree = command_result_json(&result);
    assert_true(json_is_true(json_object_get(tree, "interrupted")));
    json_decref(tree);
    command_result_free(&result);
    folder_remove(folder);
}

/* A job that begins a million others at its arrival, which do that for hours at that instant: an
 * interruption is looked for there as well, not only behind an event. */
static void check_instant(const char *work)
{
    static const char around[] =
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"g\": { \"kind\": \"rate_limiter\","
        " \"rate\": \"1/h\", \"excess\": \"refuse\" } }, \"workloads\": {"
        " \"x\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"1/s\" }, \"steps\":"
        " [ { \"repeat\": 1000000, \"steps\": [ { \"spawn\": \"y\" } ] } ] }, \"y\": { %s } },"
        " \"run\": { \"duration\": \"9s\", \"warmup\": \"0s\" } }";
    char *folder = work_folder(), path[4096], text[1024];
    snprintf(path, sizeof path, "%s/instant.json", folder);
    file_write(path, text, (size_t)snprintf(text, sizeof text, around, work));
    const char *argv[] = {capsim_path(), "run", "instant.json", "--quiet", NULL};
    struct command_result result = command_run(&(struct command){
        .argv = argv, .folder = folder, .signal = SIGINT, .signal_after_s = 1, .limit_s = 60});
    assert_int_equal(result.status, 130);
    assert_string_equal(result.error, "capsim: interrupted before there was anything to report\n");
    command_result_free(&result);
    folder_remove(folder);
}

static void an_instant_without_end_is_interrupted(void **state)
{
    check_instant("\"steps\": [ { \"repeat\": 1000000, \"steps\": [ { \"delay\": \"0s\" } ] } ]");
    check_instant("\"retry\": { \"attempts\": 1000, \"backoff\": \"0s\" },"
                  " \"steps\": [ { \"pass\": \"g\" } ]");
}

int main(void)
{
    enum { OTHERS = 3 };
    struct CMUnitTest tests[SUBJECTS + OTHERS] = {
        [SUBJECTS] = cmocka_unit_test(before_the_first_result_there_is_nothing),
        [SUBJECTS + 1] = cmocka_unit_test(an_interrupted_rehearsal_is_about_what_was_finished),
        [SUBJECTS + 2] = cmocka_unit_test(an_instant_without_end_is_interrupted)};
    char names[SUBJECTS][64];
    for (size_t i = 0; i < SUBJECTS; i++) {
        snprintf(names[i], sizeof names[i], "nothing_is_lost_or_halved_by_signals_to_%s_%zu",
                 subjects[i].words[0], i);
        tests[i] = (struct CMUnitTest){names[i], nothing_is_lost_or_halved, NULL, NULL,
                                       (void *)(uintptr_t)&subjects[i]};
    }
    /* A shell that ran the tests in its background left these ignored; the program would too. */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    return _cmocka_run_group_tests("signals", tests, SUBJECTS + OTHERS, NULL, NULL);
}
