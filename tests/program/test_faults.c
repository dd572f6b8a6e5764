/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each call for memory and each step of writing fails once, for every one that a subcommand
 * reaches: the program ends in order, says what happened and leaves no half file. What is left of a
 * sweep is continued to the same bytes. */
#include "tests/support/support.h"
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A subcommand makes thousands of calls for memory, most of them alike: make faults tries each
 * (FAULTS_ALL=1; 7: one in seven), make test about so many of each kind. A run takes a tenth of a
 * second; the limit is for what hangs, however busy the machine. */
enum { TRIALS = 10, SIDE_BY_SIDE = 4, MAX_WORDS = 12, LIMIT_S = 300 };

static char *folder, *program, *library;

/* A subcommand, run where system.json is; "made" is beside that folder. */
struct subject {
    const char *words[MAX_WORDS];
    bool resumes; /* --resume goes on where it ended */
};

#define POOL_SIZE "services.api.resources.pool.max"

/* What the others need comes first: it is made in "made". */
static const struct subject made[] = {
    {{"run", "system.json", "--evidence", "out"}, false},
    {{"baseline", "save", "system.json", "--out", "base.json"}, false},
};
static const struct subject subjects[] = {
    {{"validate", "system.json"}, false},
    {{"run", "system.json", "--out", "out", "--format", "json"}, false},
    {{"sweep", "system.json", "--vary", POOL_SIZE "=2:5", "--out", "out"}, true},
    {{"size", "system.json", "--vary", POOL_SIZE "=2:9", "--out", "out"}, false},
    {{"limit", "system.json", "--vary", "workloads.web.arrivals.rate=10/s:90/s:10/s"}, false},
    {{"compare", "system.json", "--out", "out"}, false},
    {{"rehearse", "system.json", "--evidence", "out", "--load-test", "20:2"}, false},
    {{"trace", "system.json", "--setting", "baseline", "--from", "1s", "--to", "2s"}, false},
    {{"report", "system.json", "--out", "out/page.html"}, false},
    {{"verify", "../made/out"}, false},
    {{"baseline", "save", "system.json", "--out", "out/base.json"}, false},
    {{"check", "system.json", "--baseline", "../made/base.json", "--out", "out"}, false},
};
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

/* ---- one run ---- */

static void remove_place(const char *in)
{
    if (access(in, F_OK) == 0)
        folder_remove(strdup(in));
}

/* A new folder with the scenario, `out` and `tmp`. */
static void make_place(const char *in)
{
    char *scenario = source_path("tests/faults/system.json"), path[PATH_MAX];
    size_t size;
    char *text = file_read(scenario, &size);
    remove_place(in);
    assert_int_equal(mkdir(in, 0777), 0);
    snprintf(path, sizeof path, "%s/system.json", in);
    file_write(path, text, size);
    snprintf(path, sizeof path, "%s/out", in);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/tmp", in);
    assert_int_equal(mkdir(path, 0777), 0);
    free(text);
    free(scenario);
}

/* Runs it in folder `in`, where the call of that kind and number fails; what it prints goes to
 * files there. */
static pid_t start(const struct subject *subject, const char *in, const char *kind, long call,
                   bool resumes)
{
    char number[32];
    const char *argv[MAX_WORDS + 6] = {program};
    size_t count = 1;
    for (size_t i = 0; i < MAX_WORDS && subject->words[i]; i++)
        argv[count++] = subject->words[i];
    if (strcmp(subject->words[0], "validate") != 0 && strcmp(subject->words[0], "trace") != 0)
        argv[count++] = "-j1";
    argv[count] = resumes ? "--resume" : NULL;
    snprintf(number, sizeof number, "%ld", call);
    pid_t child = fork();
    if (child != 0)
        return child;
    if (chdir(in) != 0 || !freopen("stdout", "w", stdout) || !freopen("stderr", "w", stderr))
        _exit(96);
    setenv("LD_PRELOAD", library, 1);
    setenv("FAULT_COUNT", "count", 1);
    setenv("TMPDIR", "tmp", 1);
    setenv(kind, number, 1);
    alarm(LIMIT_S);
    execv(program, (char *const *)argv);
    _exit(98);
}

static int wait_for(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static char *text_in(const char *in, const char *name)
{
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", in, name);
    return access(path, R_OK) == 0 ? file_read(path, NULL) : NULL;
}

/* ---- what may be left ---- */

/* A trial: where it ran, what failed, and the folder of the same without a fault. */
struct trial {
    const char *in, *kind, *whole;
    long call;
    bool is_resumed;
};

#define fail_trial(trial, ...)                                                                     \
    do {                                                                                           \
        print_error("%s=%ld%s: ", (trial)->kind, (trial)->call,                                    \
                    (trial)->is_resumed ? ", then resumed" : "");                                  \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

static bool has_ending(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

/* Of the same bytes as without a fault, but for what says when; a page may lack a picture. */
static void check_file(const struct trial *trial, const char *name)
{
    char *text = text_in(trial->in, name), *whole = text_in(trial->whole, name);
    bool is_page = has_ending(name, ".html"), has_time = has_ending(name, "run.json");
    bool is_right = is_page                        ? text && has_ending(text, "</html>\n")
                    : has_time                     ? text && has_ending(text, "}\n")
                    : has_ending(name, ".journal") ? !trial->is_resumed
                                                   : text && whole && strcmp(text, whole) == 0;
    if (!is_right)
        fail_trial(trial, "leaves %s as\n%s", name, text);
    free(text);
    free(whole);
}

/* Every file below name is whole. Returns how many there are. */
static size_t check_files(const struct trial *trial, const char *name)
{
    char path[2 * PATH_MAX];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/%s", trial->in, name);
    DIR *files = opendir(path);
    assert_non_null(files);
    for (struct dirent *entry; (entry = readdir(files));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
        if (entry->d_type == DT_DIR)
            count += check_files(trial, path);
        else
            check_file(trial, path);
        count++;
    }
    closedir(files);
    return count;
}

/* All of what it prints, or where it ended before, what it had printed by then. */
static void check_output(const struct trial *trial, bool is_through)
{
    char *output = text_in(trial->in, "stdout"), *whole = text_in(trial->whole, "stdout");
    if (is_through ? strcmp(output, whole) != 0 : strncmp(output, whole, strlen(output)) != 0)
        fail_trial(trial, "prints\n%s", output);
    free(output);
    free(whole);
}

/* It either managed without, or said that the machine failed. */
static void check_end(const struct trial *trial, int status, int undisturbed)
{
    char *said = text_in(trial->in, "stderr");
    if (!WIFEXITED(status))
        fail_trial(trial, "ended by signal %d\n%s", WTERMSIG(status), said);
    bool is_through = WEXITSTATUS(status) == undisturbed;
    if (!is_through && WEXITSTATUS(status) != 4)
        fail_trial(trial, "exit status %d\n%s", WEXITSTATUS(status), said);
    bool is_told = strchr(said, ':') != NULL && has_ending(said, "\n");
    if (!is_through && !is_told)
        fail_trial(trial, "says \"%s\"", said);
    free(said);
    check_output(trial, is_through);
    (void)check_files(trial, "out");
    if (check_files(trial, "tmp") > 0)
        fail_trial(trial, "leaves something in TMPDIR");
}

/* ---- many runs ---- */

static void check_resumed(const struct subject *subject, struct trial *trial, int undisturbed)
{
    trial->is_resumed = true;
    int status = wait_for(start(subject, trial->in, "FAULT_MEMORY", 0, true));
    check_end(trial, status, undisturbed);
    assert_true(WEXITSTATUS(status) == undisturbed);
}

/* Lets calls 1, 1 + step ... up to last fail, one in each run, several runs side by side. */
static void fail_each(const struct subject *subject, const char *whole, int undisturbed,
                      const char *kind, long last)
{
    const char *given = getenv("FAULTS_ALL");
    long step = given ? strtol(given, NULL, 10) : last / TRIALS + 1;
    assert_true(step > 0);
    pid_t children[SIDE_BY_SIDE];
    char in[SIDE_BY_SIDE][PATH_MAX];
    for (long call = 1; call <= last; call += SIDE_BY_SIDE * step) {
        long left = (last - call) / step + 1, count = left < SIDE_BY_SIDE ? left : SIDE_BY_SIDE;
        for (long i = 0; i < count; i++) {
            snprintf(in[i], sizeof in[i], "%s/%ld", folder, i);
            make_place(in[i]);
            children[i] = start(subject, in[i], kind, call + i * step, false);
        }
        for (long i = 0; i < count; i++) {
            struct trial trial = {in[i], kind, whole, call + i * step, false};
            int status = wait_for(children[i]);
            check_end(&trial, status, undisturbed);
            if (subject->resumes && WEXITSTATUS(status) != undisturbed)
                check_resumed(subject, &trial, undisturbed);
            remove_place(in[i]);
        }
    }
}

/* Runs it without a fault in folder `in`. Returns its exit status; how many calls of each kind it
 * makes. */
static int run_whole(const struct subject *subject, const char *in, long *memory, long *file)
{
    int status = wait_for(start(subject, in, "FAULT_MEMORY", 0, false));
    assert_true(WIFEXITED(status) &&
                (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 1 || WEXITSTATUS(status) == 3));
    char *text = text_in(in, "count");
    assert_non_null(text);
    assert_int_equal(sscanf(text, "%ld %ld", memory, file), 2);
    free(text);
    return WEXITSTATUS(status);
}

/* Calls of one kind; kind: FAULT_MEMORY or FAULT_FILE. */
static void try_subject(const struct subject *subject, const char *kind)
{
    char whole[PATH_MAX];
    long memory, file;
    if (!library)
        skip();
    snprintf(whole, sizeof whole, "%s/whole", folder);
    make_place(whole);
    int undisturbed = run_whole(subject, whole, &memory, &file);
    long last = strcmp(kind, "FAULT_FILE") == 0 ? file : memory;
    print_message("%ld calls\n", last);
    fail_each(subject, whole, undisturbed, kind, last);
    remove_place(whole);
}

static void every_call_for_memory_may_fail(void **state)
{
    try_subject(*state, "FAULT_MEMORY");
}

static void every_step_of_writing_may_fail(void **state)
{
    try_subject(*state, "FAULT_FILE");
}

/* The beginning of 1970, the end of 2099, and backwards from there: the calendar is in run.json
 * alone. */
static void a_wrong_calendar_changes_no_result(void **state)
{
    static const long calendars[] = {0, 100000, 4102444799};
    char *text[3], in[PATH_MAX];
    if (!library)
        skip();
    snprintf(in, sizeof in, "%s/calendar", folder);
    make_place(in);
    for (size_t i = 0; i < 3; i++) {
        wait_for(start(&subjects[1], in, "FAULT_CLOCK", calendars[i], false));
        text[i] = text_in(in, "out/report.html");
        char *when = text_in(in, "out/run.json");
        assert_true(i == 0 || strstr(when, i == 1 ? "\"1970-" : "\"2099-"));
        free(when);
    }
    assert_string_equal(text[0], text[1]);
    assert_string_equal(text[0], text[2]);
    for (size_t i = 0; i < 3; i++)
        free(text[i]);
}

static int set_up(void **state)
{
    const char *given = getenv("CAPSIM_FAULTS");
    char in[PATH_MAX];
    long memory, file;
    folder = folder_make();
    program = realpath(capsim_path(), NULL);
    library = given ? realpath(given, NULL) : NULL;
    if (!library)
        return 0;
    snprintf(in, sizeof in, "%s/made", folder);
    make_place(in);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        (void)run_whole(&made[i], in, &memory, &file);
    return 0;
}

static int tear_down(void **state)
{
    folder_remove(folder);
    free(program);
    free(library);
    return 0;
}

int main(void)
{
    struct CMUnitTest tests[2 * SUBJECTS + 1] = {
        [2 * SUBJECTS] = cmocka_unit_test(a_wrong_calendar_changes_no_result)};
    char names[2 * SUBJECTS][64];
    for (size_t i = 0; i < 2 * SUBJECTS; i++) {
        const struct subject *subject = &subjects[i / 2];
        snprintf(names[i], sizeof names[i], "every_%s_may_fail_in_%s",
                 i % 2 ? "step_of_writing" : "call_for_memory", subject->words[0]);
        tests[i] = (struct CMUnitTest){
            names[i], i % 2 ? every_step_of_writing_may_fail : every_call_for_memory_may_fail, NULL,
            NULL, (void *)(uintptr_t)subject};
    }
    return _cmocka_run_group_tests("faults", tests, 2 * SUBJECTS + 1, set_up, tear_down);
}
