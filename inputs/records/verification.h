/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verification.h - a report, an answer or a folder of evidence held against the same made again
 * from its recorded inputs.
 *
 * The life: verification_begin - whoever can makes it again from `scenario`, unless an input has
 * changed - verification_compare - verification_tell. */
#ifndef CAPSIM_INPUTS_RECORDS_VERIFICATION_H
#define CAPSIM_INPUTS_RECORDS_VERIFICATION_H

#include "inputs/records/run_record.h"
#include "reports/files/folder.h"

struct verification {
    const struct run_record *record;
    const char *blank; /* what stands in Markdown where people fill in */
    struct arena *arena;
    const char *scenario; /* to make it again from                   */
    const char *findings; /* lines, each with its line feed; "": it is identical */
    size_t files, blanks, filled;
    bool is_changed;      /* an input is not what it was: its figures must differ */
    bool is_other_result; /* the digest made again is another one    */
};

/* Holds version and inputs against what was recorded. */
bool verification_begin(struct verification *verification, const struct run_record *record,
                        const char *blank, struct arena *arena, struct error *err);

/* Compares files[count], as they are written now, with those that were kept: all of the record's
 * folder, or of a lone file main_file. digest: of what was made again. */
bool verification_compare(struct verification *verification, const struct folder_file *files,
                          size_t count, const char *main_file, const char *digest,
                          struct error *err);

/* What to say of it; in the arena. */
const char *verification_tell(const struct verification *verification);

#endif
