/* SPDX-License-Identifier: GPL-3.0-or-later */
/* provenance.h - fingerprints that say which input gave which results.
 *
 * The digest is the SHA-256 of an object of the keys "settings", "differences" and "verdict", byte
 * for byte as report_json_findings emits them with nothing else around: the report's sections
 * without what metrics and criteria are of, which is the last in its object (from ", "resource":",
 * of a criterion from ", "metric":", to its end). Any change of a result changes it;
 * the path of the file, the command, the machine and the time do not. */
#ifndef CAPSIM_REPORTS_RESULT_PROVENANCE_H
#define CAPSIM_REPORTS_RESULT_PROVENANCE_H

#include "reports/result/result.h"
#include "reports/text/json_writer.h"
#include "sim/base/sha256.h"

/* The SHA-256 of a JSON object with the keys that emit_keys emits of findings. */
void provenance_hash_findings(void (*emit_keys)(struct json_writer *writer, const void *findings),
                              const void *findings, char hex[SHA256_HEX_SIZE]);

/* The name of a scenario's copy where its inputs are kept, beside those of the other files[count];
 * one from standard input is called as none of them is. */
const char *provenance_copy_name(const char *scenario, const char *const *files, size_t count,
                                 struct arena *arena);

/* The digest of the result, which need not be filled in yet. */
void provenance_digest(const struct result *result, char hex[SHA256_HEX_SIZE]);

#endif
