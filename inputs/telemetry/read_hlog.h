/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_hlog.h - HdrHistogram's logs (.hlog), versions 1.0 to 1.3, V0 to V2 histograms.
 *
 * A line is an interval: start and length [s], largest value, and the histogram, zlib-packed in
 * base64. Values are in the unit of whoever wrote it, which the file does not say: nanoseconds
 * (jHiccup, most others), or --as hlog:us or hlog:ms. Counts of a bucket are taken at its middle;
 * two or three significant digits make that exact to 0.5 or 0.05 %. Tags are classes.
 * Source: the layout in HdrHistogram's EncodableHistogram and its ZigZag LEB128 counts. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_HLOG_H
#define CAPSIM_INPUTS_TELEMETRY_READ_HLOG_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool hlog_accepts(struct slice beginning, bool is_all);
bool hlog_read(struct telemetry_reading *reading);

/* Decodes a histogram in base64 and gives each value [unit of the file] with its count. False: it
 * is damaged, or of an unknown version. */
bool hlog_decode(struct slice base64, struct arena *scratch,
                 void (*take)(void *context, double value, uint64_t count), void *context);

#endif
