/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages by MPI. Only the thread that opened the ranks calls it (MPI_THREAD_FUNNELED). */
#include "inputs/program/ranks.h"
#include <fcntl.h>
#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TAG = 1, MAX_COMPLAINT = 512 };

/* MPI counts bytes by int. */
#define MAX_PIECE ((size_t)1 << 30)

/* The job that this process is part of: a process is part of one at most. */
static struct {
    struct ranks_link link;
    struct ranks ranks;
    unsigned cores;
    bool is_open;
    char complaint[MAX_COMPLAINT];
    /* The broadcast that runs: what of it has not begun, and the piece that has. */
    char *bytes;
    size_t left;
    MPI_Request piece;
} job;

/* A message larger than MPI counts goes in pieces: its size comes first. */
static void send(void *context, unsigned to, const void *bytes, size_t size)
{
    (void)context;
    for (size_t at = 0; at == 0 || at < size;) {
        size_t piece = size - at < MAX_PIECE ? size - at : MAX_PIECE;
        MPI_Send((const char *)bytes + at, (int)piece, MPI_BYTE, (int)to, TAG, MPI_COMM_WORLD);
        at += piece > 0 ? piece : 1;
        if (piece < MAX_PIECE)
            break;
    }
}

static void receive_piece(struct parcel *message, int from, size_t *size)
{
    MPI_Status status;
    int count;
    MPI_Probe(from, TAG, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_BYTE, &count);
    *size = (size_t)count;
    MPI_Recv(parcel_extend(message, *size), count, MPI_BYTE, from, TAG, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
}

static bool receive(void *context, struct parcel *message, unsigned *from)
{
    MPI_Status status;
    int is_there;
    size_t size = MAX_PIECE;
    (void)context;
    MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &is_there, &status);
    if (!is_there)
        return false;
    *from = (unsigned)status.MPI_SOURCE;
    while (size == MAX_PIECE)
        receive_piece(message, status.MPI_SOURCE, &size);
    return true;
}

static void begin_piece(void)
{
    size_t size = job.left < MAX_PIECE ? job.left : MAX_PIECE;
    MPI_Ibcast(job.bytes, (int)size, MPI_BYTE, 0, MPI_COMM_WORLD, &job.piece);
    job.bytes += size;
    job.left -= size;
}

static void begin_broadcast(void *context, void *bytes, size_t size)
{
    (void)context;
    job.bytes = bytes;
    job.left = size;
    begin_piece();
}

static bool has_passed(void *context)
{
    int is_over;
    (void)context;
    MPI_Test(&job.piece, &is_over, MPI_STATUS_IGNORE);
    if (!is_over || job.left == 0)
        return is_over;
    begin_piece();
    return false;
}

static void broadcast(void *context, void *bytes, size_t size)
{
    begin_broadcast(context, bytes, size);
    do
        MPI_Wait(&job.piece, MPI_STATUS_IGNORE);
    while (!has_passed(context));
}

/* Whoever started the ranks may have tied each to cores of its own, or to none: what counts is what
 * those of this machine may use together. */
static unsigned share_cores(void)
{
    MPI_Comm machine;
    cpu_set_t own, all;
    int count;
    CPU_ZERO(&own);
    CPU_ZERO(&all);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Comm_size(machine, &count);
    if (sched_getaffinity(0, sizeof own, &own) != 0)
        CPU_SET(0, &own);
    MPI_Allreduce(&own, &all, (int)sizeof all, MPI_BYTE, MPI_BOR, machine);
    MPI_Comm_free(&machine);
    unsigned cores = (unsigned)CPU_COUNT(&all) / (unsigned)count;
    return cores > 0 ? cores : 1;
}

/* Only rank 0 says anything. */
static bool silence(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool is_silent = nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0;
    is_silent = is_silent && dup2(nowhere, STDERR_FILENO) >= 0;
    if (nowhere > STDERR_FILENO)
        close(nowhere);
    return is_silent;
}

bool program_ranks_open(void)
{
    int provided, rank, count;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (provided < MPI_THREAD_FUNNELED) {
        fputs("capsim: this MPI cannot be used by a program with threads\n", stderr);
        MPI_Abort(MPI_COMM_WORLD, error_exit_code(STATUS_IO));
        return false;
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    job.link = (struct ranks_link){.rank = (unsigned)rank,
                                   .count = (unsigned)count,
                                   .send = send,
                                   .receive = receive,
                                   .broadcast = broadcast,
                                   .begin_broadcast = begin_broadcast,
                                   .has_passed = has_passed};
    job.cores = share_cores();
    ranks_open(&job.ranks, &job.link);
    job.is_open = true;
    return rank == 0 || silence();
}

struct ranks *program_ranks(void)
{
    return job.is_open ? &job.ranks : NULL;
}

unsigned program_ranks_cores(void)
{
    return job.cores;
}

void program_ranks_note(const char *complaint)
{
    if (job.complaint[0] == '\0')
        snprintf(job.complaint, sizeof job.complaint, "%s", complaint);
}

void program_ranks_close(void)
{
    if (!job.is_open)
        return;
    ranks_close(&job.ranks, job.complaint);
    job.is_open = false;
    MPI_Finalize();
}
