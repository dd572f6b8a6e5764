/* Each call for memory and each step of writing files fails once, for every one that the AccuBooks
 * run reaches: the program ends in order, says what happened and leaves no half file. */
#include "tests/support.h"
#include <dirent.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A run makes thousands of calls for memory, most of them alike: make faults tries each
 * (FAULTS_ALL), make test one in STEP. */
enum { SIDE_BY_SIDE = 4, MOST_ARGUMENTS = 20, STEP = 11 };

static char *folder, *program, *library;
static int undisturbed; /* the exit status when nothing fails */
static const char *scenario;

static int set_up(void **state)
{
    char *path = source_path("inputs/scenarios/accubooks-pool.json");
    folder = folder_make();
    program = realpath(capsim_path(), NULL);
    scenario = realpath(path, NULL);
    free(path);
    const char *given = getenv("CAPSIM_FAULTS");
    library = given ? realpath(given, NULL) : NULL;
    return 0;
}

static int tear_down(void **state)
{
    folder_remove(folder);
    free(program);
    free(library);
    free((void *)scenario);
    return 0;
}

/* A short run that still goes through every part. */
static const char *const run_words[] = {"run",
                                        "",
                                        "--duration",
                                        "5min",
                                        "--set",
                                        "workloads.api.arrivals.customers=700",
                                        "--replications",
                                        "2:2",
                                        "--threads",
                                        "1",
                                        "--out",
                                        "out",
                                        "--format",
                                        "json",
                                        "--quiet",
                                        NULL};
static const char *const validate_words[] = {"validate", "", NULL};

/* Runs the program in folder `in` with the fault; what it prints goes to files there. */
static pid_t start(const char *const *words, const char *in, const char *kind, long call)
{
    char number[32];
    const char *argv[MOST_ARGUMENTS] = {program};
    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = words[i][0] ? words[i] : scenario;
    snprintf(number, sizeof number, "%ld", call);
    pid_t child = fork();
    if (child != 0)
        return child;
    if (chdir(in) != 0 || !freopen("stdout", "w", stdout) || !freopen("stderr", "w", stderr))
        _exit(96);
    setenv("LD_PRELOAD", library, 1);
    setenv("FAULT_COUNT", "count", 1);
    setenv(kind, number, 1);
    alarm(60);
    execv(program, (char *const *)argv);
    _exit(98);
}

static char *text_in(const char *in, const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", in, name) > 0);
    char *text = access(path, R_OK) == 0 ? file_read(path, NULL) : NULL;
    free(path);
    return text;
}

/* Every file of the report is whole and none is left over. */
static void check_files(const char *in, const char *kind, long call)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/out", in) > 0);
    DIR *files = opendir(path);
    for (struct dirent *entry = files ? readdir(files) : NULL; entry; entry = readdir(files)) {
        if (strstr(entry->d_name, ".tmp"))
            fail_msg("%s=%ld left %s", kind, call, entry->d_name);
        if (!strstr(entry->d_name, ".json"))
            continue;
        char *text = text_in(path, entry->d_name);
        json_t *tree = json_loads(text, 0, NULL);
        if (!tree)
            fail_msg("%s=%ld left half of %s", kind, call, entry->d_name);
        json_decref(tree);
        free(text);
    }
    if (files)
        closedir(files);
    free(path);
}

/* It either managed without, or said that the machine failed. */
static void check_end(int status, const char *in, const char *kind, long call)
{
    char *said = text_in(in, "stderr");
    if (!WIFEXITED(status))
        fail_msg("%s=%ld: ended by signal %d\n%s", kind, call, WTERMSIG(status), said);
    if (WEXITSTATUS(status) != undisturbed && WEXITSTATUS(status) != 4)
        fail_msg("%s=%ld: exit status %d\n%s", kind, call, WEXITSTATUS(status), said);
    if (WEXITSTATUS(status) == 4 && strncmp(said, "capsim: out of memory", 21) != 0 &&
        !strstr(said, ": "))
        fail_msg("%s=%ld: says \"%s\"", kind, call, said);
    if (WEXITSTATUS(status) == 4 && (strchr(said, '\n') == NULL || strlen(said) < 10))
        fail_msg("%s=%ld: fails without a message", kind, call);
    free(said);
    check_files(in, kind, call);
}

/* Lets calls 1, 1 + step ... up to last fail, one in each run, several runs side by side. */
static void fail_each(const char *const *words, const char *kind, long last, long step)
{
    pid_t children[SIDE_BY_SIDE];
    char in[SIDE_BY_SIDE][PATH_MAX];
    for (long call = 1; call <= last; call += SIDE_BY_SIDE * step) {
        long left = (last - call) / step + 1, count = left < SIDE_BY_SIDE ? left : SIDE_BY_SIDE;
        for (long i = 0; i < count; i++) {
            snprintf(in[i], sizeof in[i], "%s/%ld", folder, i);
            const char *const remove[] = {"rm", "-rf", in[i], NULL}, *const make[] = {"mkdir",
                                                                                      in[i], NULL};
            struct command_result result = command_run(&(struct command){.argv = remove});
            command_result_free(&result);
            result = command_run(&(struct command){.argv = make});
            command_result_free(&result);
            children[i] = start(words, in[i], kind, call + i * step);
        }
        for (long i = 0; i < count; i++) {
            int status;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            check_end(status, in[i], kind, call + i * step);
        }
    }
}

/* How many calls of each kind a run makes when none fails. */
static void count_calls(const char *const *words, long *memory, long *file)
{
    int status;
    pid_t child = start(words, folder, "FAULT_MEMORY", 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 4);
    undisturbed = WEXITSTATUS(status);
    char *text = text_in(folder, "count");
    assert_non_null(text);
    assert_int_equal(sscanf(text, "%ld %ld", memory, file), 2);
    free(text);
}

static void every_call_for_memory_may_fail(void **state)
{
    long memory, file;
    if (!library)
        skip();
    count_calls(run_words, &memory, &file);
    assert_true(memory > 100);
    print_message("%ld calls for memory\n", memory);
    fail_each(run_words, "FAULT_MEMORY", memory, getenv("FAULTS_ALL") ? 1 : STEP);
    count_calls(validate_words, &memory, &file);
    fail_each(validate_words, "FAULT_MEMORY", memory, 1);
}

static void every_step_of_writing_may_fail(void **state)
{
    long memory, file;
    if (!library)
        skip();
    count_calls(run_words, &memory, &file);
    assert_true(file > 20);
    print_message("%ld steps of writing\n", file);
    fail_each(run_words, "FAULT_FILE", file, 1);
}

/* The beginning of 1970, the end of 2099, and backwards from there: the calendar is in run.json
 * alone. */
static void a_wrong_calendar_changes_no_result(void **state)
{
    static const long calendars[] = {0, 100000, 4102444799};
    char *text[3];
    if (!library)
        skip();
    for (size_t i = 0; i < 3; i++) {
        int status;
        pid_t child = start(run_words, folder, "FAULT_CLOCK", calendars[i]);
        assert_int_equal(waitpid(child, &status, 0), child);
        text[i] = text_in(folder, "out/report.html");
        char *when = text_in(folder, "out/run.json");
        assert_true(i == 0 || strstr(when, i == 1 ? "\"1970-" : "\"2099-"));
        free(when);
    }
    assert_string_equal(text[0], text[1]);
    assert_string_equal(text[0], text[2]);
    for (size_t i = 0; i < 3; i++)
        free(text[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_for_memory_may_fail),
        cmocka_unit_test(every_step_of_writing_may_fail),
        cmocka_unit_test(a_wrong_calendar_changes_no_result),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
