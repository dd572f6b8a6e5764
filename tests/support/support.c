/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* fail_msg alone does not tell the compiler that it never comes back. */
#define give_up(...)                                                                               \
    do {                                                                                           \
        fail_msg(__VA_ARGS__);                                                                     \
        abort();                                                                                   \
    } while (0)

void assert_within_at(double value, double expected, double tolerance, const char *expression,
                      const char *file, int line)
{
    if (value == expected || fabs(value - expected) <= tolerance)
        return;
    print_error("%s = %.17g, not within %.3g of %.17g: off by %.3g\n", expression, value, tolerance,
                expected, value - expected);
    _fail(file, line);
}

static char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text_format(const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        give_up("no memory");
    return text;
}

static bool is_quick(void)
{
    return getenv("CAPSIM_QUICK") != NULL;
}

size_t repetitions(size_t often, size_t seldom)
{
    return is_quick() ? seldom : often;
}

char *source_path(const char *name)
{
    const char *root = getenv("CAPSIM_SOURCE");
    return text_format("%s/%s", root ? root : ".", name);
}

/* ---- files ---- */

static char *stream_read(FILE *stream, size_t *size)
{
    char *bytes = NULL;
    size_t room = 0;
    errno = 0;
    ssize_t length = getdelim(&bytes, &room, EOF, stream); /* EOF is no byte: reads to the end */
    if (ferror(stream) || (length < 0 && errno != 0))
        give_up("cannot read: %s", strerror(errno));
    if (size)
        *size = length < 0 ? 0 : (size_t)length;
    if (length < 0)
        bytes[0] = '\0';
    return bytes;
}

char *file_read(const char *path, size_t *size)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        give_up("%s: %s", path, strerror(errno));
    char *bytes = stream_read(stream, size);
    fclose(stream);
    return bytes;
}

void file_write(const char *path, const void *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0)
        give_up("%s: %s", path, strerror(errno));
}

char *folder_make(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder = text_format("%s/capsim-test-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(folder))
        give_up("%s: %s", folder, strerror(errno));
    return folder;
}

static int remove_entry(const char *path, const struct stat *facts, int type, struct FTW *place)
{
    (void)facts, (void)type, (void)place;
    return remove(path);
}

void folder_remove(char *folder)
{
    if (nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        give_up("%s: %s", folder, strerror(errno));
    free(folder);
}

/* ---- programs ---- */

static double clock_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A file without a name that holds text, read from its beginning. */
static FILE *scratch_file(const char *text)
{
    FILE *file = tmpfile();
    if (!file || (text && fputs(text, file) < 0) || fflush(file) != 0)
        give_up("no scratch file: %s", strerror(errno));
    rewind(file);
    return file;
}

static void child_change_environment(const char *const *environment)
{
    for (; environment && *environment; environment++) {
        if (strchr(*environment, '='))
            putenv((char *)(uintptr_t)*environment);
        else
            unsetenv(*environment);
    }
}

/* Between fork and exec: whatever fails shows as exit status 127. */
static void child_start(const struct command *command, FILE *input, FILE *output, FILE *error)
{
    int out = command->output_file ? open(command->output_file, O_WRONLY) : fileno(output);
    if (command->has_group)
        setpgid(0, 0);
    bool is_ready = dup2(fileno(input), STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
                    dup2(fileno(error), STDERR_FILENO) >= 0 &&
                    (!command->folder || chdir(command->folder) == 0);
    child_change_environment(command->environment);
    if (is_ready)
        execvp(command->argv[0], (char *const *)(uintptr_t)command->argv);
    fprintf(stderr, "%s: %s\n", command->argv[0], strerror(errno));
    fflush(stderr);
    _exit(127);
}

/* Looks every half millisecond until the child has ended; sends what the command asks for. */
static void child_await(const struct command *command, pid_t child, struct command_result *result)
{
    double begin_s = clock_now_s(), limit_s = command->limit_s > 0 ? command->limit_s : 60;
    limit_s *= is_quick() ? 30 : 1;
    bool is_signal_due = command->signal != 0;
    int ended_as;
    struct rusage used;
    while (wait4(child, &ended_as, WNOHANG, &used) == 0) {
        result->elapsed_s = clock_now_s() - begin_s;
        if (is_signal_due && result->elapsed_s >= command->signal_after_s) {
            is_signal_due = false;
            kill(command->has_group ? -child : child, command->signal);
        }
        if (!result->has_hit_limit && result->elapsed_s >= limit_s) {
            result->has_hit_limit = true;
            kill(child, SIGKILL);
        }
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    }
    result->elapsed_s = clock_now_s() - begin_s;
    result->peak_kib = used.ru_maxrss;
    result->status = WIFEXITED(ended_as) ? WEXITSTATUS(ended_as) : 128 + WTERMSIG(ended_as);
}

/* Output goes to files, not pipes, so that no side waits for the other however much is written. */
struct command_result command_run(const struct command *command)
{
    struct command_result result = {0};
    FILE *input = scratch_file(command->input);
    FILE *output = scratch_file(NULL), *error = scratch_file(NULL);
    pid_t child = fork();
    if (child < 0)
        give_up("cannot start %s: %s", command->argv[0], strerror(errno));
    if (child == 0)
        child_start(command, input, output, error);
    if (command->has_group)
        setpgid(child, child); /* here too: whichever comes first */
    child_await(command, child, &result);
    rewind(output);
    rewind(error);
    result.output = stream_read(output, NULL);
    result.error = stream_read(error, NULL);
    fclose(input);
    fclose(output);
    fclose(error);
    return result;
}

const char *capsim_path(void)
{
    static char path[PATH_MAX];
    if (path[0])
        return path;
    const char *given = getenv("CAPSIM");
    char *name = given ? text_format("%s", given) : source_path("build/capsim");
    if (!realpath(name, path))
        give_up("%s: %s (set CAPSIM to the program under test)", name, strerror(errno));
    free(name);
    return path;
}

struct command_result capsim_run(const char *argument, ...)
{
    const char *argv[32] = {capsim_path()};
    size_t count = 1;
    va_list arguments;
    va_start(arguments, argument);
    for (const char *next = argument; next; next = va_arg(arguments, const char *)) {
        if (count == 31)
            give_up("more than 30 arguments");
        argv[count++] = next;
    }
    va_end(arguments);
    return command_run(&(struct command){.argv = argv});
}

void command_result_free(struct command_result *result)
{
    free(result->output);
    free(result->error);
    result->output = result->error = NULL;
}

json_t *command_result_json(const struct command_result *result)
{
    json_t *root = json_loads(result->output, JSON_REJECT_DUPLICATES, NULL);
    if (!root)
        give_up("%s%s", result->output, result->error);
    return root;
}

double json_number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* ---- exact values ---- */

/* The file is read once a process, and freed with it. */
static json_t *exact_root;

static void exact_free(void)
{
    json_decref(exact_root);
}

static json_t *exact_rows(void)
{
    if (!exact_root) {
        json_error_t error;
        char *path = source_path("tests/exact/exact.json");
        exact_root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
        if (!exact_root)
            give_up("%s:%d: %s", path, error.line, error.text);
        free(path);
        atexit(exact_free);
    }
    return json_object_get(exact_root, "rows");
}

double exact_value(const char *id, const char *metric)
{
    size_t index;
    json_t *row;
    json_array_foreach(exact_rows(), index, row)
    {
        const char *row_id, *row_metric;
        double value;
        if (json_unpack(row, "{s:s, s:s, s:F}", "id", &row_id, "metric", &row_metric, "value",
                        &value) == 0 &&
            strcmp(row_id, id) == 0 && strcmp(row_metric, metric) == 0)
            return value;
    }
    give_up("exact.json has no row %s, %s", id, metric);
}
