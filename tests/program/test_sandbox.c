/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process has given up is refused, by the kernel: a child enters the sandbox and tries. */
#include "inputs/cli/sandbox.h"
#include "plots/rasterizer.h"
#include "tests/support/support.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static const char *path_of(const char *name)
{
    static char paths[4][400];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int open_folder(void **state)
{
    folder = folder_make();
    assert_int_equal(mkdir(path_of("out"), 0777), 0);
    file_write(path_of("there"), "x", 1);
    return 0;
}

static int close_folder(void **state)
{
    folder_remove(folder);
    return 0;
}

/* Each returns 0 when what it tries was allowed, else errno. */
static int makes(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT, 0666);
    return file < 0 ? errno : 0;
}
static int make_inside(void)
{
    return makes(path_of("out/file"));
}
static int make_deeper(void)
{
    return mkdir(path_of("out/deeper"), 0777) == 0 ? makes(path_of("out/deeper/file")) : errno;
}
static int rename_inside(void)
{
    return makes(path_of("out/a")) == 0 && rename(path_of("out/a"), path_of("out/b")) == 0 ? 0
                                                                                           : errno;
}
static int make_outside(void)
{
    return makes(path_of("file"));
}
static int make_by_a_link(void)
{
    return symlink(path_of("there"), path_of("out/link")) == 0 ? makes(path_of("out/link")) : errno;
}
static int write_outside(void)
{
    return makes(path_of("there"));
}
static int remove_outside(void)
{
    return unlink(path_of("there")) == 0 ? 0 : errno;
}
static int make_folder_outside(void)
{
    return mkdir(path_of("more"), 0777) == 0 ? 0 : errno;
}
static int read_outside(void)
{
    return open(path_of("there"), O_RDONLY) >= 0 ? 0 : errno;
}
static int open_connection(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}
static int open_local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}
static int run_program(void)
{
    char *const words[] = {(char[]){"true"}, NULL}, *const nothing[] = {NULL};
    pid_t child;
    int code = posix_spawn(&child, "/bin/true", NULL, NULL, words, nothing);
    return code;
}
static int run_named_program(void)
{
    char *const words[] = {(char[]){"uname"}, NULL}, *const nothing[] = {NULL};
    pid_t child;
    int status, code = posix_spawnp(&child, "uname", NULL, NULL, words, nothing);
    if (code != 0 || waitpid(child, &status, 0) != child)
        return code;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
static int watch_another(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? 0 : errno;
}

/* What the try returns in a child, behind the sandbox; *state: what was in force there. */
static int try_confined(int (*try)(void), struct sandbox_state *state)
{
    int status, told[2];
    struct sandbox_state in_force = {false, false};
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        const char *folders[] = {path_of("out")}, *programs[] = {"uname"};
        const struct sandbox sandbox = {folders, 1, programs, 1};
        struct arena *arena = arena_open();
        in_force = sandbox_enter(&sandbox, arena);
        bool is_told = write(told[1], &in_force, sizeof in_force) == sizeof in_force;
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        _exit(is_told ? try() : 255);
    }
    assert_int_equal(read(told[0], state, sizeof *state), sizeof *state);
    close(told[0]);
    close(told[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

/* Without Landlock in this kernel, or without seccomp, nothing can be shown of that half. */
static void what_is_not_needed_is_refused(void **state)
{
    static const struct {
        const char *what;
        int (*try)(void);
        int expected;
        bool is_landlocks;
    } tries[] = {
        {"make_inside", make_inside, 0, true},
        {"make_deeper", make_deeper, 0, true},
        {"rename_inside", rename_inside, 0, true},
        {"read_outside", read_outside, 0, true},
        {"run_named_program", run_named_program, 0, true},
        {"make_outside", make_outside, EACCES, true},
        {"make_by_a_link", make_by_a_link, EACCES, true},
        {"write_outside", write_outside, EACCES, true},
        {"remove_outside", remove_outside, EACCES, true},
        {"make_folder_outside", make_folder_outside, EACCES, true},
        {"run_program", run_program, EACCES, true},
        {"watch_another", watch_another, EPERM, true},
        {"open_connection", open_connection, EPERM, false},
        {"open_local_socket", open_local_socket, EPERM, false},
    };
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct sandbox_state in_force;
        int found = try_confined(tries[i].try, &in_force);
        bool is_in_force = tries[i].is_landlocks ? in_force.has_landlock : in_force.has_filter;
        if (is_in_force && found != tries[i].expected)
            fail_msg("%s: %s", tries[i].what, strerror(found));
        print_message("%s: %s%s\n", tries[i].what, found ? strerror(found) : "allowed",
                      is_in_force ? "" : " (not in force here)");
    }
}

/* A program that is called as the one that draws may be anybody's. It is a script, and the sandbox
 * lets it start nothing, not even its interpreter; without the sandbox it leaves its mark. */
static void the_program_enters_it_unless_told_otherwise(void **state)
{
    static const char script[] = "#!/bin/sh\necho x >mark\n";
    static const char scenario[] =
        "{\"capsim\": 1, \"name\": \"t\", \"resources\": {\"p\": {\"kind\": \"thread_pool\", "
        "\"threads\": 2}}, \"workloads\": {\"w\": {\"arrivals\": {\"process\": \"poisson\", "
        "\"rate\": \"9/s\"}, \"steps\": [{\"hold\": \"p\", \"steps\": [{\"delay\": \"9ms\"}]}]}}, "
        "\"criteria\": [{\"name\": \"c\", \"expect\": \"p.utilization < 70%\"}], "
        "\"run\": {\"duration\": \"60s\", \"replications\": [3, 3]}}";
    char *program = realpath(capsim_path(), NULL), path[500];
    struct sandbox_state in_force;
    snprintf(path, sizeof path, "PATH=%s", folder);
    file_write(path_of(RASTERIZER), script, strlen(script));
    assert_int_equal(chmod(path_of(RASTERIZER), 0755), 0);
    file_write(path_of("s.json"), scenario, strlen(scenario));
    const char *environment[] = {path, NULL};
    const char *run[] = {program, "run", "s.json", "--out", "out", "-q", NULL};
    const char *plot[] = {program, "plot", "out/report.json", "--out", "out/a.png", NULL, NULL};
    struct command_result made = command_run(&(struct command){.argv = run, .folder = folder});
    if (made.status != 0)
        fail_msg("%s", made.error);
    command_result_free(&made);
    try_confined(make_inside, &in_force);
    for (int is_free = 0; is_free < 2; is_free++) {
        plot[5] = is_free ? "--no-sandbox" : NULL;
        made = command_run(
            &(struct command){.argv = plot, .folder = folder, .environment = environment});
        assert_int_equal(made.status, 4);
        command_result_free(&made);
        if (is_free || in_force.has_landlock)
            assert_int_equal(access(path_of("mark"), F_OK), is_free ? 0 : -1);
    }
    free(program);
}

/* The rows of a trace are kept in a temporary file, in the one place for those that is left. */
static void the_rows_of_a_trace_have_their_place(void **state)
{
    static const char scenario[] =
        "{\"capsim\": 1, \"name\": \"t\", \"workloads\": {\"w\": {\"arrivals\": {\"process\": "
        "\"trace\", "
        "\"file\": \"t.csv\", \"columns\": {\"arrival\": \"at\"}, \"unit\": \"ms\"}, "
        "\"steps\": [{\"delay\": \"9ms\"}]}}, \"run\": {\"duration\": \"60s\"}}";
    char *program = realpath(capsim_path(), NULL), place[500];
    file_write(path_of("trace.json"), scenario, strlen(scenario));
    file_write(path_of("t.csv"), "at\n1\n2\n", 7);
    assert_int_equal(mkdir(path_of("temporary"), 0755), 0);
    snprintf(place, sizeof place, "TMPDIR=%s", path_of("temporary"));
    const char *environment[] = {place, NULL};
    const char *argv[] = {program, "validate", "trace.json", NULL};
    struct command_result made =
        command_run(&(struct command){.argv = argv, .folder = folder, .environment = environment});
    if (made.status != 0)
        fail_msg("%s", made.error);
    command_result_free(&made);
    free(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_needed_is_refused),
        cmocka_unit_test(the_program_enters_it_unless_told_otherwise),
        cmocka_unit_test(the_rows_of_a_trace_have_their_place),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
