/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranks.h - the processes that the program runs as.
 *
 * One of two files carries this out: ranks_none.c in capsim, which is one process and knows no MPI;
 * ranks_mpi.c in capsim-mpi, whose processes mpirun, or srun, has started. Only rank 0 writes
 * anything; the standard streams of the others lead nowhere. */
#ifndef CAPSIM_INPUTS_PROGRAM_RANKS_H
#define CAPSIM_INPUTS_PROGRAM_RANKS_H

#include "sim/study/executor_ranks.h"

/* Joins the others, before anything else is done. False, having said why, when that cannot be. */
bool program_ranks_open(void);

/* The ranks, this one among them; NULL: there is only this process. */
struct ranks *program_ranks(void);

/* Threads for one rank: the cores that the ranks on this machine may use, shared by them; 0 when
 * there is only this process. */
unsigned program_ranks_cores(void);

/* Keeps the first complaint: a rank that cannot write says so to rank 0 when it leaves. */
void program_ranks_note(const char *complaint);

/* Leaves the others; what follows must not need them. */
void program_ranks_close(void);

#endif
