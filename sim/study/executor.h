/* SPDX-License-Identifier: GPL-3.0-or-later */
/* executor.h - who runs the work items of a study: this thread, a pool of threads, or the processes
 * ("ranks") of a job on several machines.
 *
 * A study asks for items 0..items-1 and takes what each leaves behind by its number, never by who
 * was first; so no study knows which executor it has, and all give the same bytes. Where there are
 * ranks, all of them run the same program on the same inputs, so each knows what item k of a batch
 * is and only numbers go out; what an item leaves behind comes back as bytes, and goes to every
 * rank, so that all of them take the same decisions and ask for the same next batch. Rank 0 alone
 * writes. */
#ifndef CAPSIM_SIM_STUDY_EXECUTOR_H
#define CAPSIM_SIM_STUDY_EXECUTOR_H

#include "sim/study/parcel.h"
#include "sim/study/replications.h"

/* One batch of items. context is handed to each function; ship is called from several threads at
 * once, take from one. */
struct work {
    /* Runs the item and takes what it leaves behind: where all is in this process. */
    replications_job *job;
    /* Runs the item and writes what it leaves behind into parcel, touching nothing that is shared.
     * False with err filled: it failed. */
    bool (*ship)(void *context, size_t item, struct arena *arena, struct parcel *parcel,
                 struct error *err);
    /* Takes what ship has written, in whatever process. arena is reset behind it. */
    bool (*take)(void *context, size_t item, struct parcel *parcel, struct arena *arena,
                 struct error *err);
    /* Told on rank 0 before an item is handed out, one call at a time; where all is in this process
     * job says it itself. NULL: nobody wants to know. */
    void (*begin)(void *context, size_t item);
    void *context;
};

/* Those that are not the threads of this process. */
struct executor {
    void *context;
    /* As executor_run. */
    bool (*run)(void *context, const struct replications_options *options, const struct work *work,
                size_t items, bool *done, struct error *err);
    /* Rank 0's bytes for all: *bytes, *size go in there and come out everywhere else, in arena. */
    bool (*share)(void *context, const char **bytes, size_t *size, struct arena *arena,
                  struct error *err);
    bool is_first; /* this is rank 0 */
};

/* Runs items 0..items-1, begun in increasing order, and takes what each leaves behind. done[item]
 * is set for each that was finished. Of several errors the one of the lowest item is kept. Returns
 * false on an error; an interruption is not one. */
bool executor_run(const struct replications_options *options, const struct work *work, size_t items,
                  bool *done, struct error *err);

/* Gives rank 0's bytes to all ranks; without ranks nothing is to be done. */
bool executor_share(const struct executor *executor, const char **bytes, size_t *size,
                    struct arena *arena, struct error *err);

/* Whether this process writes: rank 0, or the only one there is. executor may be NULL. */
bool executor_is_first(const struct executor *executor);

#endif
