/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/json_cursor.h"

#include "inputs/json/wording.h"
#include "inputs/scenario/typed_words.h"
#include "sim/base/spelling.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    NEAREST_NAMES = 5, /* that a message shows of a long list */
    LIST_SIZE = 512    /* room for them, or for a short list  */
};

/* ---- the way to a value ---------------------------------------------------------------------- */

struct json_cursor cursor_of_root(struct parse_context *context)
{
    return (struct json_cursor){.context = context, .value = context->root};
}

/* The number of key in keys, or of the NULL at their end. */
static size_t find_in(const char *const *keys, const char *key)
{
    size_t i = 0;
    while (keys[i] != NULL && strcmp(keys[i], key) != 0)
        i++;
    return i;
}

struct json_cursor cursor_at(struct json_cursor *object, const char *key)
{
    if (object->keys != NULL) {
        size_t i = find_in(object->keys, key);
        assert(object->keys[i] != NULL);
        object->asked |= UINT64_C(1) << i;
    }
    return (struct json_cursor){.context = object->context,
                                .parent = object,
                                .key = key,
                                .value = json_object_get(object->value, key)};
}

struct json_cursor cursor_element(const struct json_cursor *list, size_t index)
{
    return (struct json_cursor){.context = list->context,
                                .parent = list,
                                .index = index,
                                .value = json_array_get(list->value, index)};
}

static size_t escaped_length(const char *key)
{
    size_t length = 0;
    for (; *key != '\0'; key++)
        length += *key == '~' || *key == '/' ? 2 : 1;
    return length;
}

/* Writes the step from the parent to `at` so that it ends before `end`; returns its start. */
static char *write_step(const struct json_cursor *at, bool is_pointer, char *end)
{
    if (at->key == NULL) {
        char digits[24];
        int count = snprintf(digits, sizeof digits, "%zu", at->index);
        return memcpy(end - count, digits, (size_t)count);
    }
    char *start = end - (is_pointer ? escaped_length(at->key) : strlen(at->key)), *to = start;
    for (const char *c = at->key; *c != '\0'; c++) {
        if (is_pointer && (*c == '~' || *c == '/')) {
            *to++ = '~';
            *to++ = *c == '~' ? '0' : '1';
        } else {
            *to++ = *c;
        }
    }
    return start;
}

static const char *write_way(const struct json_cursor *at, bool is_pointer)
{
    size_t size = 1;
    for (const struct json_cursor *r = at; r->parent != NULL; r = r->parent)
        size = arena_add_sizes(size, 1 + (r->key != NULL ? escaped_length(r->key) : 20));
    char *text = arena_alloc(at->context->arena, size), *start = text + size - 1;
    for (const struct json_cursor *r = at; r->parent != NULL; r = r->parent) {
        start = write_step(r, is_pointer, start);
        if (is_pointer || r->parent->parent != NULL)
            *--start = is_pointer ? '/' : '.';
    }
    return start;
}

const char *cursor_pointer(const struct json_cursor *at)
{
    return write_way(at, true);
}

const char *cursor_path(const struct json_cursor *at)
{
    return write_way(at, false);
}

/* ---- messages -------------------------------------------------------------------------------- */

bool cursor_place(const struct json_cursor *at, enum locate_part part)
{
    return context_place(at->context, cursor_pointer(at), part);
}

const char *cursor_show(const struct json_cursor *at)
{
    if (at->value == NULL)
        return "nothing";
    return json_text_compact(at->context->arena, at->value, WORDING_SHOWN);
}

bool cursor_fail_type(const struct json_cursor *at, const char *expected)
{
    return cursor_fail(at, "must be %s; got %s", expected, cursor_show(at));
}

bool cursor_check_name(const struct json_cursor *at, const char *name, enum locate_part part)
{
    char shown[WORDING_SIZE];
    if (wording_is_identifier(name))
        return true;
    error_set(at->context->err, STATUS_INPUT,
              "must be a name: a letter or _, then letters, digits, _ or -, at most %d; got %s",
              WORDING_NAME, wording_quote(name, shown));
    return cursor_place(at, part);
}

/* "a, b, c": all names, or those of them that are most like `typed`; *is_all says which. */
static const char *list_nearest(const struct json_cursor *at, const char *typed,
                                const char *const *names, size_t count, bool *is_all)
{
    char *text = arena_alloc(at->context->arena, LIST_SIZE);
    const char *nearest[NEAREST_NAMES];
    *is_all = count <= NEAREST_NAMES + 1;
    if (!*is_all) {
        count = spelling_rank(typed, names, count, nearest, NEAREST_NAMES);
        names = nearest;
    }
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        wording_append(text, LIST_SIZE, "%s%s", i > 0 ? ", " : "", names[i]);
    return text;
}

/* ": here 0.5", or "" where sd and mean are no plain durations. */
static const char *show_cv(const struct json_cursor *at)
{
    const char *sd = json_string_value(at->value);
    const char *mean = json_string_value(json_object_get(at->parent->value, "mean"));
    double sd_s = 0, mean_s = 0;
    struct error ignored = {0};
    if (sd == NULL || mean == NULL || !quantity_parse_duration(sd, NULL, &sd_s, &ignored) ||
        !quantity_parse_duration(mean, NULL, &mean_s, &ignored) || !(mean_s > 0))
        return "";
    return arena_printf(at->context->arena, ", here \"cv\": %.4g", sd_s / mean_s);
}

static bool fail_unknown_key(const struct json_cursor *at, const char *what,
                             const char *const *keys)
{
    char shown[WORDING_SIZE];
    size_t own = 0;
    bool is_all;
    while (keys[own] != NULL)
        own++;
    const char *meant = spelling_nearest(at->key, keys, own);
    const char *advice = typed_words_key_advice(what, at->key);
    wording_quote(at->key, shown);
    if (advice != NULL)
        return cursor_fail_key(at, "unknown key %s in %s: %s%s", shown, what, advice,
                               strstr(advice, "\"cv\"") != NULL ? show_cv(at) : "");
    if (meant != NULL)
        return cursor_fail_key(at, "unknown key %s in %s; did you mean \"%s\"?", shown, what,
                               meant);
    const char *list = list_nearest(at, at->key, keys, own, &is_all);
    if (is_all)
        return cursor_fail_key(at, "unknown key %s in %s, which takes %s", shown, what, list);
    return cursor_fail_key(at, "unknown key %s in %s; the nearest of its %zu keys are %s", shown,
                           what, own, list);
}

/* ---- words that stand for others ------------------------------------------------------------- */

static bool is_overridden(const struct json_cursor *child)
{
    const char *pointer = cursor_pointer(child);
    for (size_t i = 0; i < child->context->override_place_count; i++)
        if (strcmp(child->context->override_places[i].pointer, pointer) == 0)
            return true;
    return false;
}

/* Gives the value at `written` the name `meant`. Where both are there, the overriding one counts.
 */
static bool rename_key(const struct json_cursor *at, const char *what, const char *written,
                       const char *meant)
{
    struct parse_context *context = at->context;
    const char *kept = arena_strdup(context->arena, written);
    struct json_cursor from = {.context = context, .parent = at, .key = kept},
                       to = {.context = context, .parent = at, .key = meant};
    to.value = json_object_get(at->value, meant);
    from.value = json_object_get(at->value, kept);
    bool keeps_other = to.value != NULL && is_overridden(&to) && !is_overridden(&from);
    if (to.value != NULL && !keeps_other && !is_overridden(&from))
        return cursor_fail_key(&from, "is another word for \"%s\", which is given as well", meant);
    if (!keeps_other) {
        json_object_set(at->value, meant, from.value);
        context_rename(context, cursor_pointer(&to), cursor_pointer(&from));
        context_warn(context, "%s: read as \"%s\" of %s", cursor_path(&from), meant, what);
    }
    json_object_del(at->value, kept);
    return true;
}

bool cursor_understand(const struct json_cursor *at, const char *what, const char *const *keys)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(at->value, next, key, value)
    {
        const char *meant =
            keys[find_in(keys, key)] == NULL ? typed_words_key(what, key, keys) : NULL;
        if (meant != NULL && !rename_key(at, what, key, meant))
            return false;
    }
    return true;
}

/* ---- objects and lists ----------------------------------------------------------------------- */

bool cursor_open(struct json_cursor *at, const char *what, const char *const *keys)
{
    const char *key;
    json_t *value;
    if (!json_is_object(at->value))
        return cursor_fail_type(at, arena_printf(at->context->arena, "an object (%s)", what));
    at->keys = keys;
    at->what = what;
    if (at->context->observer != NULL)
        at->context->observer->see_keys(at->context->observer->context, cursor_pointer(at), what,
                                        keys);
    if (!cursor_understand(at, what, keys))
        return false;
    json_object_foreach(at->value, key, value)
    {
        struct json_cursor child = {
            .context = at->context, .parent = at, .key = key, .value = value};
        if (keys[find_in(keys, key)] == NULL)
            return fail_unknown_key(&child, what, keys);
    }
    return true;
}

bool cursor_open_names(struct json_cursor *at, const char *what, size_t least)
{
    const char *key;
    json_t *value;
    if (!json_is_object(at->value) || json_object_size(at->value) < least)
        return cursor_fail_type(at, arena_printf(at->context->arena, "an object (%s by name)%s",
                                                 what, least > 0 ? ", at least one" : ""));
    json_object_foreach(at->value, key, value)
    {
        struct json_cursor child = {
            .context = at->context, .parent = at, .key = key, .value = value};
        if (!cursor_check_name(&child, key, LOCATE_KEY))
            return false;
    }
    return true;
}

bool cursor_open_list(const struct json_cursor *at, const char *what, size_t least)
{
    if (json_is_array(at->value) && json_array_size(at->value) >= least)
        return true;
    return cursor_fail_type(at, arena_printf(at->context->arena, "a list of %s%s", what,
                                             least > 0 ? ", at least one" : ""));
}

bool cursor_close(const struct json_cursor *object)
{
    for (size_t i = 0; object->keys[i] != NULL; i++)
        assert((object->asked >> i & 1) != 0 ||
               json_object_get(object->value, object->keys[i]) == NULL);
    return true;
}

static void record_default(const struct json_cursor *child, const char *fallback)
{
    if (fallback[0] != '\0')
        context_assume(child->context, cursor_path(child), fallback, "default", true);
}

bool cursor_require(struct json_cursor *object, const char *key, struct json_cursor *child)
{
    *child = cursor_at(object, key);
    if (child->value == NULL)
        return cursor_fail(object, "\"%s\" is missing in %s", key, object->what);
    return true;
}

bool cursor_find(struct json_cursor *object, const char *key, const char *fallback,
                 struct json_cursor *child, bool *found)
{
    *found = true;
    if (fallback == NULL)
        return cursor_require(object, key, child);
    *child = cursor_at(object, key);
    *found = child->value != NULL;
    if (!*found)
        record_default(child, fallback);
    else if (json_is_null(child->value) && strcmp(fallback, CURSOR_NONE) == 0)
        *found = false;
    return true;
}

/* ---- the value itself ------------------------------------------------------------------------ */

bool cursor_as_integer(const struct json_cursor *at, int64_t lowest, int64_t highest,
                       int64_t *value)
{
    json_int_t integer = json_integer_value(at->value);
    if (!json_is_integer(at->value) || integer < lowest || integer > highest)
        return cursor_fail_type(at,
                                arena_printf(at->context->arena, "a whole number from %lld to %lld",
                                             (long long)lowest, (long long)highest));
    *value = integer;
    return true;
}

bool cursor_as_number(const struct json_cursor *at, double lowest, double highest, double *value)
{
    double number = json_number_value(at->value);
    if (!json_is_number(at->value) || !(number >= lowest && number <= highest))
        return cursor_fail_type(
            at, arena_printf(at->context->arena, "a number from %.10g to %.10g", lowest, highest));
    *value = number;
    return true;
}

/* The text of a quantity, or NULL after saying what is due. */
static const char *quantity_text(const struct json_cursor *at, enum quantity_kind kind)
{
    if (json_is_string(at->value))
        return json_string_value(at->value);
    cursor_fail_type(at, quantity_expected(kind));
    return NULL;
}

bool cursor_as_duration(const struct json_cursor *at, enum cursor_zero zero, int64_t *ns,
                        double *seconds)
{
    int64_t parsed;
    const char *text = quantity_text(at, QUANTITY_DURATION);
    if (text == NULL || !quantity_parse_duration(text, &parsed, seconds, at->context->err))
        return cursor_place(at, LOCATE_VALUE);
    if (parsed == 0 && zero == CURSOR_ABOVE_ZERO)
        return cursor_fail(at, "must be longer than 0s; got %s", cursor_show(at));
    if (ns != NULL)
        *ns = parsed;
    return true;
}

bool cursor_as_rate(const struct json_cursor *at, double *per_s)
{
    const char *text = quantity_text(at, QUANTITY_RATE);
    return (text != NULL && quantity_parse_rate(text, per_s, at->context->err)) ||
           cursor_place(at, LOCATE_VALUE);
}

bool cursor_as_size(const struct json_cursor *at, double *bytes)
{
    const char *text = quantity_text(at, QUANTITY_SIZE);
    return (text != NULL && quantity_parse_size(text, bytes, at->context->err)) ||
           cursor_place(at, LOCATE_VALUE);
}

bool cursor_as_share(const struct json_cursor *at, double *share)
{
    double number = json_number_value(at->value);
    if (json_is_string(at->value))
        return quantity_parse_share(json_string_value(at->value), share, at->context->err) ||
               cursor_place(at, LOCATE_VALUE);
    if (!json_is_number(at->value) || !(number >= 0 && number <= 1))
        return cursor_fail_type(at, quantity_expected(QUANTITY_SHARE));
    *share = number;
    return true;
}

/* Control characters would reach terminals and reports. Of C1, the second byte after 0xC2 tells. */
static bool has_controls(const char *text, bool is_line)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        bool is_layout = !is_line && (*c == '\n' || *c == '\t');
        if ((*c < ' ' && !is_layout) || *c == 0x7f || (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0))
            return true;
    }
    return false;
}

bool cursor_as_text(const struct json_cursor *at, size_t limit, const char **text)
{
    const char *value = json_string_value(at->value);
    if (value == NULL)
        return cursor_fail_type(at, "text");
    if (json_string_length(at->value) > limit)
        return cursor_fail(at, "must be at most %zu bytes of text; got %zu", limit,
                           json_string_length(at->value));
    if (has_controls(value, limit <= 1000))
        return cursor_fail(at, "must be text without control characters; got %s", cursor_show(at));
    *text = arena_strdup(at->context->arena, value);
    return true;
}

void cursor_show_names(const struct json_cursor *at, const char *what, const char *const *names,
                       size_t count)
{
    const struct context_observer *observer = at->context->observer;
    if (observer != NULL)
        observer->see_names(observer->context, cursor_pointer(at), what, names, count);
}

static bool fail_choice(const struct json_cursor *at, const char *what, const char *const *names,
                        size_t count)
{
    const char *word = json_string_value(at->value);
    const char *meant = word != NULL ? spelling_nearest(word, names, count) : NULL;
    const char *advice = word != NULL ? typed_words_choice_advice(what, word) : NULL;
    char list[LIST_SIZE] = "";
    if (advice != NULL)
        return cursor_fail(at, "no %s %s: %s", what, cursor_show(at), advice);
    if (meant != NULL)
        return cursor_fail(at, "no %s %s; did you mean \"%s\"?", what, cursor_show(at), meant);
    for (size_t i = 0; i < count; i++)
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", names[i]);
    return cursor_fail(at, "must be one of %s; got %s", list, cursor_show(at));
}

bool cursor_as_choice(const struct json_cursor *at, const char *what, const char *const *names,
                      size_t count, size_t *choice)
{
    const char *word = json_string_value(at->value);
    cursor_show_names(at, what, names, count);
    for (size_t i = 0; word != NULL && i < count; i++) {
        if (strcmp(word, names[i]) == 0) {
            *choice = i;
            return true;
        }
    }
    const char *meant = word != NULL ? typed_words_choice(word, names, count) : NULL;
    if (meant == NULL)
        return fail_choice(at, what, names, count);
    context_warn(at->context, "%s: \"%s\" is read as \"%s\"", cursor_path(at), word, meant);
    *choice = find_in(names, meant);
    return true;
}

/* ---- the value under a key ------------------------------------------------------------------- */

bool cursor_get_integer(struct json_cursor *object, const char *key, const char *fallback,
                        int64_t lowest, int64_t highest, int64_t *value)
{
    struct json_cursor child;
    bool found;
    return cursor_find(object, key, fallback, &child, &found) &&
           (!found || cursor_as_integer(&child, lowest, highest, value));
}

bool cursor_get_duration(struct json_cursor *object, const char *key, const char *fallback,
                         enum cursor_zero zero, int64_t *ns)
{
    struct json_cursor child;
    bool found;
    return cursor_find(object, key, fallback, &child, &found) &&
           (!found || cursor_as_duration(&child, zero, ns, NULL));
}

bool cursor_get_rate(struct json_cursor *object, const char *key, double *per_s)
{
    struct json_cursor child;
    return cursor_require(object, key, &child) && cursor_as_rate(&child, per_s);
}

bool cursor_get_size(struct json_cursor *object, const char *key, const char *fallback,
                     double *bytes)
{
    struct json_cursor child;
    bool found;
    if (!cursor_find(object, key, fallback, &child, &found))
        return false;
    return !found || cursor_as_size(&child, bytes);
}

bool cursor_get_share(struct json_cursor *object, const char *key, const char *fallback,
                      double *share)
{
    struct json_cursor child;
    bool found;
    return cursor_find(object, key, fallback, &child, &found) &&
           (!found || cursor_as_share(&child, share));
}

bool cursor_get_bool(struct json_cursor *object, const char *key, const char *fallback, bool *value)
{
    struct json_cursor child;
    bool found;
    if (!cursor_find(object, key, fallback, &child, &found))
        return false;
    if (found && !json_is_boolean(child.value))
        return cursor_fail_type(&child, "true or false");
    if (found)
        *value = json_is_true(child.value);
    return true;
}

bool cursor_get_text(struct json_cursor *object, const char *key, const char *fallback,
                     size_t limit, const char **text)
{
    struct json_cursor child;
    bool found;
    return cursor_find(object, key, fallback, &child, &found) &&
           (!found || cursor_as_text(&child, limit, text));
}

bool cursor_get_choice(struct json_cursor *object, const char *key, const char *fallback,
                       const char *const *names, size_t count, size_t *choice)
{
    struct json_cursor child;
    bool found;
    return cursor_find(object, key, fallback, &child, &found) &&
           (!found || cursor_as_choice(&child, key, names, count, choice));
}
