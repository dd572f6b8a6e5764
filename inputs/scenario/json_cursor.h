/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_cursor.h - typed values out of a JSON tree, which know where they are.
 *
 * A reader is one place of the tree: a value and the way to it. Objects are opened with the keys
 * that they may have, so that any other key is refused with the nearest valid spelling, before
 * anything else is looked at. Every function that returns bool returns false after filling the
 * reading's error, with its place: write them in a row with &&. Strings handed out are copies in
 * the reading's arena. */
#ifndef CAPSIM_INPUTS_SCENARIO_JSON_CURSOR_H
#define CAPSIM_INPUTS_SCENARIO_JSON_CURSOR_H

#include "inputs/json/quantity.h"
#include "inputs/scenario/parse_context.h"

struct json_cursor {
    struct parse_context *context;
    const struct json_cursor *parent; /* NULL: the root                                        */
    const char *key;                  /* under which it stands in an object; NULL: in a list   */
    size_t index;                     /* in a list                                             */
    json_t *value;                    /* NULL: not there                                       */
    const char *what;                 /* of an opened object: "connection_pool", for messages  */
    const char *const *keys;          /* of an opened object: what it may have, ends with NULL */
    uint64_t asked;                   /* bit i: keys[i] was looked up                          */
};

/* What a missing key means. Any other text is the default as the user would write it: it is
 * recorded as an assumption, and the target keeps what the caller put there. */
#define CURSOR_REQUIRED ((const char *)NULL)
#define CURSOR_NONE "none" /* recorded; null is then a valid value and means the same */
#define CURSOR_OPTIONAL "" /* not recorded: nothing depends on it; null is refused    */

enum cursor_zero { CURSOR_ABOVE_ZERO, CURSOR_FROM_ZERO };

/* The root of the reading's tree. */
struct json_cursor cursor_of_root(struct parse_context *context);
/* The value under key, of an object or list that was opened. */
struct json_cursor cursor_at(struct json_cursor *object, const char *key);
struct json_cursor cursor_element(const struct json_cursor *list, size_t index);

/* The value must be an object with no keys but these. what: names it in messages. */
bool cursor_open(struct json_cursor *at, const char *what, const char *const *keys);
/* Renames keys of the object that are other words for one of keys (typed_words.h), with a warning
 * each. cursor_open does so by itself; this is for what is looked up before. False: a key is given
 * under both its names. */
bool cursor_understand(const struct json_cursor *at, const char *what, const char *const *keys);
/* The value must be an object whose keys are identifiers: names that the user gives. At least
 * `least` of them, 0 or 1. */
bool cursor_open_names(struct json_cursor *at, const char *what, size_t least);
/* The value must be a list of at least `least` elements, 0 or 1. */
bool cursor_open_list(const struct json_cursor *at, const char *what, size_t least);
/* Asserts that every key which is there was looked up: a key that we list but forget to read would
 * be ignored. Returns true. */
bool cursor_close(const struct json_cursor *object);

/* Fills the error: the status, the message, the place of the value (a missing one: of its parent)
 * or of its key. Returns false. */
#define cursor_fail(at, ...)                                                                       \
    (error_set((at)->context->err, STATUS_INPUT, __VA_ARGS__), cursor_place((at), LOCATE_VALUE))
#define cursor_fail_key(at, ...)                                                                   \
    (error_set((at)->context->err, STATUS_INPUT, __VA_ARGS__), cursor_place((at), LOCATE_KEY))
/* Gives the message that is in the error already its place. Returns false. */
bool cursor_place(const struct json_cursor *at, enum locate_part part);
/* "must be <expected>; got <the value, short>". Returns false. */
bool cursor_fail_type(const struct json_cursor *at, const char *expected);
/* Fails unless name, which is the value or the key at `at`, is an identifier. */
bool cursor_check_name(const struct json_cursor *at, const char *name, enum locate_part part);

/* The way to the value, as RFC 6901 pointer and as dotted path; in the arena. */
const char *cursor_pointer(const struct json_cursor *at);
const char *cursor_path(const struct json_cursor *at);
/* The value as compact text, shortened for a message; in the arena. */
const char *cursor_show(const struct json_cursor *at);

/* The value itself. */
bool cursor_as_integer(const struct json_cursor *at, int64_t lowest, int64_t highest,
                       int64_t *value);
bool cursor_as_number(const struct json_cursor *at, double lowest, double highest, double *value);
bool cursor_as_duration(const struct json_cursor *at, enum cursor_zero zero, int64_t *ns,
                        double *seconds);
bool cursor_as_rate(const struct json_cursor *at, double *per_s);
bool cursor_as_size(const struct json_cursor *at, double *bytes);
bool cursor_as_share(const struct json_cursor *at, double *share);
/* Text without control characters (NL and tab are allowed in long text), at most limit bytes. */
bool cursor_as_text(const struct json_cursor *at, size_t limit, const char **text);
/* One of names[count], by its index. */
bool cursor_as_choice(const struct json_cursor *at, const char *what, const char *const *names,
                      size_t count, size_t *choice);

/* The value under key. A missing key: see CURSOR_REQUIRED. */
bool cursor_get_integer(struct json_cursor *object, const char *key, const char *fallback,
                        int64_t lowest, int64_t highest, int64_t *value);
bool cursor_get_duration(struct json_cursor *object, const char *key, const char *fallback,
                         enum cursor_zero zero, int64_t *ns);
bool cursor_get_rate(struct json_cursor *object, const char *key, double *per_s);
bool cursor_get_size(struct json_cursor *object, const char *key, const char *fallback,
                     double *bytes);
bool cursor_get_share(struct json_cursor *object, const char *key, const char *fallback,
                      double *share);
bool cursor_get_bool(struct json_cursor *object, const char *key, const char *fallback,
                     bool *value);
bool cursor_get_text(struct json_cursor *object, const char *key, const char *fallback,
                     size_t limit, const char **text);
bool cursor_get_choice(struct json_cursor *object, const char *key, const char *fallback,
                       const char *const *names, size_t count, size_t *choice);

/* What cursor_get_... do first. found: child is a value to read. Otherwise the key is missing (its
 * default is recorded) or null where that means none. */
bool cursor_find(struct json_cursor *object, const char *key, const char *fallback,
                 struct json_cursor *child, bool *found);

/* Tells the reading's observer which names the value may have. */
void cursor_show_names(const struct json_cursor *at, const char *what, const char *const *names,
                       size_t count);

/* Fails unless the key is there. */
bool cursor_require(struct json_cursor *object, const char *key, struct json_cursor *child);

#endif
