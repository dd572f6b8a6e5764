/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_access_log.h - access logs of nginx, Apache and Tomcat by the format string that wrote them,
 * and the plain combined format, which has no times.
 *
 * $request_time [s], %D [us in httpd, ms in Tomcat up to 9], %T [s], %{ms}T are responses; $msec,
 * $time_local and $time_iso8601 are the end, httpd's %t is the start. $upstream_response_time
 * contains whatever queues behind the proxy: it is the response of `server`; of several tries
 * ("0.1, 0.2 : 0.3") the sum. Sources: nginx's ngx_http_log_module and ngx_http_upstream_module,
 * Apache's mod_log_config. */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_ACCESS_LOG_H
#define CAPSIM_INPUTS_TELEMETRY_READ_ACCESS_LOG_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. The spec is the format string. */
bool access_log_read_nginx(struct telemetry_reading *reading);
bool access_log_read_apache(struct telemetry_reading *reading);
bool access_log_read_tomcat(struct telemetry_reading *reading);
/* Common and combined, with nothing behind them: arrivals alone. */
bool access_log_accepts_combined(struct slice beginning, bool is_all);
bool access_log_read_combined(struct telemetry_reading *reading);

/* "0.015", "0.1, 0.2 : 0.3" (their sum), "-" (-1) [s] as ns; false: neither. */
bool access_log_upstream_time(struct slice text, int64_t *ns);

#endif
