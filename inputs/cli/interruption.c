/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/interruption.h"
#include <signal.h>
#include <stdbool.h>

const char interruption_left_nothing[] = "interrupted before there was anything to report",
           interruption_left_no_evidence[] =
               "interrupted before the evidence was complete: none is kept",
           interruption_left_no_baseline[] = "interrupted; nothing was saved";

static atomic_bool is_interrupted;

static void on_signal(int signal)
{
    (void)signal;
    atomic_store(&is_interrupted, true);
}

/* One that whoever started us has set to be ignored (nohup, a shell's background) stays ignored.
 * SIGXCPU, of a limit on processor time, comes again each second; nobody's patience has ended. */
const atomic_bool *interruption_catch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGXCPU};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action;
        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
            int once = signals[i] == SIGXCPU ? 0 : (int)SA_RESETHAND;
            action = (struct sigaction){.sa_handler = on_signal, .sa_flags = once | SA_RESTART};
            sigaction(signals[i], &action, NULL);
        }
    }
    return &is_interrupted;
}

void interruption_tell(const char *text, FILE *stream)
{
    fprintf(stream, "capsim: %s\n", text);
}
