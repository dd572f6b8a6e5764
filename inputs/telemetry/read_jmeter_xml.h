/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_jmeter_xml.h - JMeter's results as XML (JTL).
 *
 * Of each <httpSample> and <sample>: t elapsed, ts start [ms since 1970], ct connect, s success, lb
 * label, na all threads. Samples within a sample: those of a <sample> are what a transaction is
 * made of, so it is left out and they count; those of an <httpSample> are parts of a page and
 * redirects, which its own time contains. What is between the tags (assertions, headers, bodies) is
 * passed over; a tag must begin and end in one line, as JMeter writes it. Source: JMeter's user
 * manual, "Listeners". */
#ifndef CAPSIM_INPUTS_TELEMETRY_READ_JMETER_XML_H
#define CAPSIM_INPUTS_TELEMETRY_READ_JMETER_XML_H

#include "inputs/telemetry/telemetry.h"

/* As in telemetry_format. */
bool jmeter_xml_accepts(struct slice beginning, bool is_all);
bool jmeter_xml_read(struct telemetry_reading *reading);

#endif
