/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deployed.h - the values that a scenario asks for, out of a file that is deployed.
 *
 * Four formats, each read as a list of scalars with dotted paths: .env (KEY=value, as dotenv and
 * the shell write it), JSON, TOML (tables and scalars) and YAML (libyaml; one document). A path has
 * a part for each level, "." between them, list positions counted from 0; a key with dots in it is
 * as many levels. What was not asked for is forgotten: such files hold passwords. */
#ifndef CAPSIM_INPUTS_DEPLOYED_DEPLOYED_H
#define CAPSIM_INPUTS_DEPLOYED_DEPLOYED_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum deployed_format { DEPLOYED_ENV, DEPLOYED_JSON, DEPLOYED_TOML, DEPLOYED_YAML };
enum { DEPLOYED_FORMATS = 4 };

/* "env", "json", "toml", "yaml": [DEPLOYED_FORMATS], by format. */
extern const char *const deployed_format_names[];

/* The format that a name of a file tells: .env, .env.NAME, NAME.env, .json, .toml, .yaml or .yml.
 * False: none. */
bool deployed_find_format(const char *file, enum deployed_format *format);

enum deployed_kind { DEPLOYED_TEXT, DEPLOYED_NUMBER, DEPLOYED_BOOLEAN, DEPLOYED_NULL };

/* A scalar. Of a .env file all are text. */
struct deployed_value {
    const char *text; /* a number as JSON writes it; "true", "false", "null"; NULL: not there */
    enum deployed_kind kind;
    int line, column; /* where it starts, from 1 */
};

struct deployed_request {
    const char *file; /* for messages */
    const char *text; /* length bytes, and a NUL behind them */
    size_t length;
    enum deployed_format format;
    const char *const *keys; /* what is asked for, key_count of them, each once */
    size_t key_count;
};

/* Fills values[key_count] in arena. The error (STATUS_INPUT) has file and line, but for a key that
 * is not there: then its message alone is there, *missing is the key's number, and the caller knows
 * where it was asked for. No message shows a value that was not asked for. Refused are a key given
 * twice, a value that is no scalar or made of others ("${HOST}"), one with a tag, one that readers
 * of the format understand differently (010), and anchors that make more than a million values. */
bool deployed_read(const struct deployed_request *request, struct arena *arena,
                   struct deployed_value *values, size_t *missing, struct error *err);

/* The same values as a file of that format, for copies that hold nothing else. It says the SHA-256
 * of the whole file, sha256, and of its own values, so that it can stand for the file: reading it
 * gives the same. In arena. */
const char *deployed_extract(enum deployed_format format, const char *const *keys,
                             const struct deployed_value *values, size_t count, const char *sha256,
                             struct arena *arena);

/* The SHA-256 of text[length], in arena; of an extract that of the file it was made of, unless what
 * it says of its own values is not so. */
const char *deployed_hash(const char *text, size_t length, struct arena *arena);

#endif
