/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signature.h - who stands for evidence: OpenSSH's signatures (ssh-keygen -Y; PROTOCOL.sshsig).
 *
 * evidence.json has the hash of every other file of the folder and of every input, so its signature
 * stands for all of them, the reviewed scenario among them. What people fill in afterwards is
 * signed apart: the post-execution report as it is then. The two have namespaces of their own, so
 * that one cannot be passed off as the other, nor as a commit or a mail. */
#ifndef CAPSIM_INPUTS_RECORDS_SIGNATURE_H
#define CAPSIM_INPUTS_RECORDS_SIGNATURE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>

enum signature_kind { SIGNATURE_OF_EVIDENCE, SIGNATURE_OF_FILL_INS, SIGNATURE_KINDS };

/* Signs that file of the folder with the private key of that file (or its public one, when an agent
 * has the other), and writes the signature beside it. *path: that it was written to. */
bool signature_make(const char *folder, enum signature_kind kind, const char *key,
                    struct arena *arena, const char **path, struct error *err);

struct signature_check {
    bool is_there, is_good;
    const char *file;   /* that it is of, "evidence.json"                          */
    const char *signer; /* the principal; of a key file: its comment, or "the key" */
    const char *why;    /* it is not good                                          */
};

/* Holds a signature of the folder against keys: a public key, or a list of allowed signers
 * (ssh-keygen(1), ALLOWED SIGNERS). False with err: a file or ssh-keygen cannot be had. */
bool signature_verify(const char *folder, enum signature_kind kind, const char *keys,
                      struct arena *arena, struct signature_check *check, struct error *err);

#endif
