/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_process.h"
#include "tests/bench/bench_time.h"
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Not ru_maxrss: that of a child begins with what its parent had when it forked. */
long process_peak_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    long kib = 0;
    char line[256];
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (status != NULL)
        fclose(status);
    return kib;
}

/* Starts argv with its output to file descriptor output, or, with its messages, to nowhere (-1). */
static pid_t start(const char *const *argv, int output)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (output >= 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    else
        for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int failed = posix_spawn(&child, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed ? -1 : child;
}

static int wait_for(pid_t child)
{
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 127;
    return WEXITSTATUS(status);
}

double process_time(const char *const *argv, int *status)
{
    double start_s = bench_now_s();
    *status = wait_for(start(argv, -1));
    return *status == 127 ? NAN : bench_now_s() - start_s;
}

double process_ask_self(const char *argument)
{
    char path[4096], answer[64] = "";
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    int ends[2];
    if (length < 0 || pipe2(ends, O_CLOEXEC) != 0)
        return NAN;
    path[length] = 0;
    const char *const argv[] = {path, argument, NULL};
    pid_t child = start(argv, ends[1]);
    close(ends[1]);
    FILE *stream = fdopen(ends[0], "r");
    char *got = fgets(answer, sizeof answer, stream);
    fclose(stream);
    return wait_for(child) == 0 && got != NULL ? strtod(answer, NULL) : NAN;
}
