/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_haproxy.h - HAProxy's httplog, plain or behind syslog's prefix.
 *
 *     [accept date] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes ... "METHOD path HTTP/1.1"
 * Times in ms; -1: that phase was not reached; "+": the log line was written before the end. The
 * stamp is the start. Tw is the wait for a slot of the server, Tc the connect, Tr the server until
 * its headers, Ta everything. Tr contains whatever queues behind the proxy, so it is the response
 * of `server`; what the proxy's slot was taken for, Ta - TR - Tw, is a hold.
 * Source: HAProxy 2.6 configuration manual, 8.2.3 (HTTP log format) and 8.4 (timing events). */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_HAPROXY_H
#define CAPSIM_INPUTS_TELEMETRY_READ_HAPROXY_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool haproxy_accepts(struct slice beginning, bool is_all);
bool haproxy_read(struct telemetry_reading *reading);

#endif
