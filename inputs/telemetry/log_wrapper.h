/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log_wrapper.h - lines that a container's runtime wrapped.
 *
 * Docker's json-file writes {"log":"LINE\n","stream":"stdout","time":"..."}, containerd and CRI-O
 * write "TIME stdout F LINE". Of both what the program wrote is taken; long lines come in parts
 * (no "\n" in the log, P instead of F), which are joined. Sources: Docker's docs, JSON File logging
 * driver; Kubernetes' CRI logging format. */
#ifndef CAPSIM_INPUTS_TELEMETRY_LOG_WRAPPER_H
#define CAPSIM_INPUTS_TELEMETRY_LOG_WRAPPER_H

#include "inputs/telemetry/slice.h"

enum log_wrapper { LOG_WRAPPER_NONE, LOG_WRAPPER_DOCKER, LOG_WRAPPER_CRI };
/* "", "docker's json-file", "a container's log". */
extern const char *const log_wrapper_names[LOG_WRAPPER_CRI + 1];

/* What wrapped a file with this first line. */
enum log_wrapper log_wrapper_of(struct slice line);
/* Writes what is in the line, which has no end, and an LF unless the next line goes on, to `to`; at
 * most as many bytes as the line has and one more, and to may be where the line begins or before
 * it. A line that is not wrapped is left as it is. Returns the bytes. */
size_t log_wrapper_unwrap(enum log_wrapper wrapper, struct slice line, char *to);

#endif
