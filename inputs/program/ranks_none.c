/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/program/ranks.h"

bool program_ranks_open(void)
{
    return true;
}

struct ranks *program_ranks(void)
{
    return NULL;
}

unsigned program_ranks_cores(void)
{
    return 0;
}

void program_ranks_note(const char *complaint)
{
    (void)complaint;
}

void program_ranks_close(void)
{
}
