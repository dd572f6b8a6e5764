/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verification.h - a report, an answer or a folder of evidence held against the same made again
 * from its recorded inputs.
 *
 * What a record says is not trusted: read are the files of its folder (kept_file.h) and those that
 * were named beside it, nothing else. When files were changed, and who may read them, is nothing
 * that counts.
 *
 * The life: verification_begin - whoever can makes it again from `scenario`, unless an input has
 * changed - verification_compare - verification_tell. */
#ifndef CAPSIM_INPUTS_RECORDS_VERIFICATION_H
#define CAPSIM_INPUTS_RECORDS_VERIFICATION_H

#include "inputs/records/file_difference.h"
#include "inputs/records/run_record.h"
#include "reports/files/folder.h"

struct verification {
    const struct run_record *record;
    struct arena *arena;
    const char *scenario; /* to make it again from                   */
    const char *findings; /* lines, each with its line feed; "": it is identical */
    const char *notes;    /* lines that are no difference: what was filled in, who signed */
    size_t files, blanks, filled;
    bool is_changed;      /* an input is not what it was: its figures must differ */
    bool is_other_result; /* the digest made again is another one    */
};

/* What was made again. */
struct verification_again {
    const struct folder_file *files; /* [count], as they are written now      */
    size_t count;
    const struct folder_file
        *marked; /* the one that has blanks, with blank.now for them; or NULL */
    struct file_blank blank;
    const char *kind; /* of the answer: a lone file is KIND.json, or of a page KIND.html */
    const char *digest;
};

/* Holds version and inputs against what was recorded. given: the scenario as named on the command
 * line, or NULL; without it, only evidence can be made again, from its own copies. keys: whose
 * signatures it must have (signature.h), or NULL. */
bool verification_begin(struct verification *verification, const struct run_record *record,
                        const char *given, const char *keys, struct arena *arena,
                        struct error *err);

/* Compares what was made again with what was kept: all of the record's folder, or a lone file. */
bool verification_compare(struct verification *verification, const struct verification_again *again,
                          struct error *err);

/* What to say of it; in the arena. */
const char *verification_tell(const struct verification *verification);

#endif
