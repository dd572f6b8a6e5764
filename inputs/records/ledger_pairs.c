/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/ledger_pairs.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/json/quantity.h"
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ENTRIES = 10000, DUMP = JSON_INDENT(2) | JSON_REAL_PRECISION(15) };

/* A ledger while pairs are added. */
struct collecting {
    struct arena *arena;
    json_t *ledger, *pairs;
    double confidence; /* NaN: not known yet */
    const char *name;  /* of the next pair of a score; NULL: its scenario's */
    struct error *err;
};

static bool fail(struct collecting *to, const char *path, const char *message)
{
    error_set_file(to->err, path);
    return error_set(to->err, STATUS_INPUT, "%s", message);
}

static bool is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool read_tree(struct collecting *to, const char *path, json_t **tree)
{
    const char *text;
    size_t length;
    return input_file_read(path, path, to->arena, &text, &length, to->err) &&
           json_text_parse(path, text, length, "a ledger or a score", to->arena, tree, to->err);
}

static double read_confidence(const json_t *value)
{
    double share = NAN;
    struct error ignored = {0};
    if (json_is_number(value))
        return json_number_value(value);
    if (json_is_string(value))
        quantity_parse_share(json_string_value(value), &share, &ignored);
    return share;
}

static bool take_confidence(struct collecting *to, const char *path, double confidence)
{
    if (isnan(confidence))
        return fail(to, path, "does not say the confidence of its intervals: was it edited?");
    if (isnan(to->confidence))
        to->confidence = confidence;
    if (fabs(to->confidence - confidence) < 1e-9)
        return true;
    return fail(to, path,
                arena_printf(to->arena,
                             "has one-run intervals of %g%%, those before have %g%%: one ledger "
                             "has one confidence",
                             100 * confidence, 100 * to->confidence));
}

static bool is_there_already(const json_t *pairs, const char *digest)
{
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const char *source = json_string_value(json_object_get(json_array_get(pairs, i), "source"));
        if (source && strstr(source, digest))
            return true;
    }
    return false;
}

/* The rows of a score as a pair. */
static bool add_score(struct collecting *to, const char *path, const json_t *score)
{
    const char *kind = json_string_value(json_object_get(score, "kind"));
    const json_t *facts = json_object_get(score, "facts");
    const json_t *of = json_object_get(score, "provenance");
    const char *digest = json_string_value(json_object_get(of, "digest"));
    const char *name =
        json_string_value(json_object_get(json_object_get(score, "scenario"), "name"));
    json_t *values = json_object_get(score, "values");
    if (!kind || strcmp(kind, "score") != 0 || !json_is_array(values) || !digest || !name)
        return fail(to, path,
                    "is neither a ledger (\"capsim_ledger\") nor the score.json of "
                    "'capsim score --out DIR'");
    if (!take_confidence(
            to, path,
            read_confidence(json_object_get(json_object_get(facts, "confidence"), "value"))))
        return false;
    const char *mark = arena_printf(to->arena, "digest %.16s", digest);
    if (is_there_already(to->pairs, mark))
        return fail(to, path, arena_printf(to->arena, "is in the ledger already (%s)", mark));
    json_t *pair = json_object();
    json_object_set_new(pair, "name", json_string(to->name ? to->name : name));
    json_object_set_new(pair, "source", json_string(arena_printf(to->arena, "%s, %s", path, mark)));
    json_object_set(pair, "values", values);
    json_array_append_new(to->pairs, pair);
    return true;
}

static bool add_ledger(struct collecting *to, const char *path, const json_t *ledger)
{
    const json_t *pairs = json_object_get(ledger, "pairs");
    if (!take_confidence(to, path, read_confidence(json_object_get(ledger, "confidence"))))
        return false;
    for (size_t i = 0; i < json_array_size(pairs); i++)
        json_array_append(to->pairs, json_array_get(pairs, i));
    return true;
}

static bool add_file(struct collecting *to, const char *path)
{
    json_t *tree;
    if (!read_tree(to, path, &tree))
        return false;
    bool is_added = json_object_get(tree, "capsim_ledger") ? add_ledger(to, path, tree)
                                                           : add_score(to, path, tree);
    json_decref(tree);
    return is_added;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcmp(name + length - tail, ending) == 0;
}

/* What of a folder has pairs: folders with a score, and JSON files. */
static const char **list_folder(const char *folder, size_t *count, struct arena *arena)
{
    const char **names = arena_array(arena, MOST_ENTRIES, sizeof *names);
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    *count = 0;
    while (stream && *count < MOST_ENTRIES && (entry = readdir(stream))) {
        if (entry->d_name[0] == '.')
            continue;
        const char *path = arena_printf(arena, "%s/%s", folder, entry->d_name);
        const char *score = arena_printf(arena, "%s/score.json", path);
        if (is_folder(path) && is_there(score))
            names[(*count)++] = score;
        else if (!is_folder(path) && ends_in(entry->d_name, ".json"))
            names[(*count)++] = path;
    }
    if (stream)
        closedir(stream);
    qsort(names, *count, sizeof *names, compare_names);
    return names;
}

static bool add_path(struct collecting *to, const char *path)
{
    size_t count;
    const char *score = arena_printf(to->arena, "%s/score.json", path);
    if (!is_folder(path))
        return add_file(to, path);
    if (is_there(score))
        return add_file(to, score);
    const char **names = list_folder(path, &count, to->arena);
    if (count == 0)
        return fail(to, path, "has no score.json, no folder with one and no ledger in it");
    for (size_t i = 0; i < count; i++)
        if (!add_file(to, names[i]))
            return false;
    return true;
}

bool ledger_pairs_is_score(const char *path, struct arena *arena)
{
    struct error ignored = {0};
    struct collecting to = {.arena = arena, .err = &ignored};
    json_t *tree = NULL;
    bool is_read = strcmp(path, "-") != 0 && read_tree(&to, path, &tree);
    const char *kind = json_string_value(json_object_get(tree, "kind"));
    bool is_score = is_read && kind && strcmp(kind, "score") == 0;
    json_decref(tree);
    return is_score;
}

/* ---- ledgers --------------------------------------------------------------------------------- */

static struct collecting begin(const char *name, struct arena *arena, struct error *err)
{
    struct collecting to = {.arena = arena, .ledger = json_object(), .confidence = NAN, .err = err};
    json_object_set_new(to.ledger, "capsim_ledger", json_integer(1));
    json_object_set_new(to.ledger, "name", json_string(name));
    json_object_set_new(to.ledger, "confidence", json_null());
    to.pairs = json_array();
    json_object_set_new(to.ledger, "pairs", to.pairs);
    return to;
}

static void write_text(struct collecting *to, const char **text, size_t *length)
{
    json_object_set_new(to->ledger, "confidence",
                        json_string(arena_printf(to->arena, "%.10g%%", 100 * to->confidence)));
    char *dumped = json_dumps(to->ledger, DUMP);
    *text = arena_printf(to->arena, "%s\n", dumped);
    *length = strlen(*text);
    free(dumped);
}

bool ledger_pairs_collect(const char *const *paths, size_t count, struct arena *arena,
                          const char **text, size_t *length, struct error *err)
{
    struct collecting to = begin("several", arena, err);
    bool is_fine = true;
    for (size_t i = 0; i < count && is_fine; i++)
        is_fine = add_path(&to, paths[i]);
    if (is_fine)
        write_text(&to, text, length);
    json_decref(to.ledger);
    return is_fine;
}

/* "ledgers/our-api.json" is called our-api. */
static const char *name_of(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    char *name = arena_strdup(arena, base);
    char *dot = strrchr(name, '.');
    if (dot && dot > name)
        *dot = '\0';
    for (char *at = name; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *at))
            *at = '-';
    return name;
}

bool ledger_pairs_append(const char *path, const char *score, const char *name, struct arena *arena,
                         const char **text, size_t *length, size_t *pairs, struct error *err)
{
    json_t *then;
    struct collecting to = begin(name_of(path, arena), arena, err);
    bool is_fine = true;
    if (is_there(path)) {
        is_fine = read_tree(&to, path, &then);
        if (is_fine && !json_object_get(then, "capsim_ledger"))
            is_fine = fail(&to, path, "is no ledger (\"capsim_ledger\"): it stays as it is");
        if (is_fine) {
            json_decref(to.ledger);
            to.ledger = json_incref(then);
            to.pairs = json_object_get(then, "pairs");
            to.confidence = read_confidence(json_object_get(then, "confidence"));
            if (!json_is_array(to.pairs))
                is_fine = fail(&to, path, "has no list of pairs");
        }
        if (then)
            json_decref(then);
    }
    to.name = name;
    is_fine = is_fine && add_path(&to, score);
    *pairs = json_array_size(to.pairs);
    if (is_fine)
        write_text(&to, text, length);
    json_decref(to.ledger);
    return is_fine;
}
