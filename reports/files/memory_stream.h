/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory_stream.h - a stream whose bytes go to memory, all of them.
 *
 * open_memstream's drop what finds no memory and keep quiet (glibc 2.36 sets no error): a report
 * would lack a letter. Here an arena is asked, which ends the process with status 4 instead. Life:
 * open - write to stream - close; the bytes are the arena's, whose memory they take up to twice. */
#ifndef CAPSIM_REPORTS_FILES_MEMORY_STREAM_H
#define CAPSIM_REPORTS_FILES_MEMORY_STREAM_H

#include "sim/base/arena.h"
#include <stdio.h>

struct memory_stream {
    FILE *stream; /* to write to; NULL once it is closed           */
    char *bytes;  /* [size] and a 0 behind them; once it is closed */
    size_t size, room;
    struct arena *arena;
};

/* The struct must stay where it is until it is closed. */
void memory_stream_open(struct memory_stream *memory, struct arena *arena);
void memory_stream_close(struct memory_stream *memory);

#endif
