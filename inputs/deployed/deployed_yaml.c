/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed_scan.h"
#include <string.h>
#include <yaml.h>

struct yaml_walk {
    struct deployed_scan *scan;
    yaml_document_t *document;
    size_t visits; /* nodes seen; an anchor's again for each alias */
};

static struct locate_place place_at(yaml_mark_t mark)
{
    return (struct locate_place){(int)mark.line + 1, (int)mark.column + 1};
}

static bool walk_node(struct yaml_walk *walk, const yaml_node_t *node, const char *path,
                      int levels);

static const char *scalar_text(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* What a plain scalar is. YAML 1.1 and 1.2 differ about the rest: yes is true in one of them, 010
 * is 8, 1_000 a number, 1:30 is 90. */
static void resolve_plain(struct deployed_found *found)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
    static const char *const trues[] = {"true", "True", "TRUE"};
    static const char *const falses[] = {"false", "False", "FALSE"};
    static const char *const words[] = {"yes", "Yes", "YES", "no",  "No",  "NO",
                                        "on",  "On",  "ON",  "off", "Off", "OFF"};
    const char *text = found->text;
    size_t digits = strspn(text + strspn(text, "+-"), "0123456789_:");
    bool is_digits = digits > 0 && text[strspn(text, "+-") + digits] == '\0';
    if (is_one_of(text, nulls, 5)) {
        found->kind = DEPLOYED_NULL;
        found->text = "null";
    } else if (is_one_of(text, trues, 3) || is_one_of(text, falses, 3)) {
        found->kind = DEPLOYED_BOOLEAN;
        found->text = is_one_of(text, trues, 3) ? "true" : "false";
    } else if (deployed_is_number(text)) {
        found->kind = DEPLOYED_NUMBER;
    } else if (is_digits || is_one_of(text, words, 12) || strncmp(text, "0x", 2) == 0 ||
               strncmp(text, "0o", 2) == 0) {
        found->trouble = "is read differently by YAML 1.1 and 1.2: write a decimal number, true or "
                         "false, or quotes around it";
    }
}

static bool has_tag(const yaml_node_t *node)
{
    const char *tag = (const char *)node->tag;
    static const char *const usual[] = {YAML_STR_TAG, YAML_SEQ_TAG, YAML_MAP_TAG};
    return tag && !is_one_of(tag, usual, 3);
}

static bool offer_scalar(struct yaml_walk *walk, const yaml_node_t *node, const char *path)
{
    struct deployed_found found = {.path = path,
                                   .text = scalar_text(node),
                                   .kind = DEPLOYED_TEXT,
                                   .place = place_at(node->start_mark)};
    if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        resolve_plain(&found);
    if (has_tag(node))
        found.trouble = "has a tag (!...), which capsim does not follow";
    if (strlen(scalar_text(node)) != node->data.scalar.length)
        found.trouble = "has a NUL byte";
    return deployed_scan_offer(walk->scan, &found);
}

static const yaml_node_t *node_at(const struct yaml_walk *walk, int index)
{
    return yaml_document_get_node(walk->document, index);
}

static bool is_merge(const yaml_node_t *key)
{
    return key->type == YAML_SCALAR_NODE && key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           strcmp(scalar_text(key), "<<") == 0;
}

/* Whether the mapping itself has a key of that text. */
static bool has_key(const struct yaml_walk *walk, const yaml_node_t *mapping, const char *text)
{
    const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
    for (; pair < mapping->data.mapping.pairs.top; pair++) {
        const char *key = scalar_text(node_at(walk, pair->key));
        if (key && strcmp(key, text) == 0)
            return true;
    }
    return false;
}

/* A mapping on the way to where its pairs are merged in: what is nearer goes first. */
struct merge_chain {
    const yaml_node_t *mapping;
    const struct merge_chain *nearer;
};

static bool is_overridden(const struct yaml_walk *walk, const struct merge_chain *nearer,
                          const char *key)
{
    for (; nearer; nearer = nearer->nearer)
        if (has_key(walk, nearer->mapping, key))
            return true;
    return false;
}

static bool walk_pairs(struct yaml_walk *walk, const yaml_node_t *mapping, const char *path,
                       int levels, const struct merge_chain *nearer);

/* "<<: *name" or "<<: [*one, *two]": the earlier of these goes first. */
static bool merge(struct yaml_walk *walk, const yaml_node_t *from, const char *path, int levels,
                  const struct merge_chain *nearer)
{
    if (from->type == YAML_MAPPING_NODE)
        return walk_pairs(walk, from, path, levels + 1, nearer);
    struct deployed_found found = {.path = path, .place = place_at(from->start_mark)};
    if (from->type != YAML_SEQUENCE_NODE)
        return deployed_scan_fail(walk->scan, found.place, "only mappings can be merged by <<");
    struct merge_chain chain[DEPLOYED_MAX_LEVELS];
    const yaml_node_item_t *item = from->data.sequence.items.start;
    for (size_t i = 0; item < from->data.sequence.items.top; item++, i++) {
        const yaml_node_t *one = node_at(walk, *item);
        if (one->type != YAML_MAPPING_NODE || i == DEPLOYED_MAX_LEVELS)
            return deployed_scan_fail(walk->scan, found.place,
                                      "only some mappings can be merged by <<");
        if (!walk_pairs(walk, one, path, levels + 1, nearer))
            return false;
        chain[i] = (struct merge_chain){one, nearer};
        nearer = &chain[i];
    }
    return true;
}

static bool walk_pair(struct yaml_walk *walk, const yaml_node_pair_t *pair, const char *path,
                      int levels, const struct merge_chain *nearer)
{
    const char *key = scalar_text(node_at(walk, pair->key));
    if (!key || is_overridden(walk, nearer, key))
        return true;
    return walk_node(walk, node_at(walk, pair->value), deployed_scan_below(walk->scan, path, key),
                     levels + 1);
}

/* First the mapping's own pairs, then what is merged into it. */
static bool walk_pairs(struct yaml_walk *walk, const yaml_node_t *mapping, const char *path,
                       int levels, const struct merge_chain *nearer)
{
    struct merge_chain own = {mapping, nearer};
    if (levels > DEPLOYED_MAX_LEVELS)
        return deployed_scan_fail(walk->scan, place_at(mapping->start_mark), "has too many levels");
    for (int merged = 0; merged < 2; merged++) {
        const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
        for (; pair < mapping->data.mapping.pairs.top; pair++) {
            const yaml_node_t *key = node_at(walk, pair->key);
            if (is_merge(key) != (merged == 1))
                continue;
            if (merged == 1 ? !merge(walk, node_at(walk, pair->value), path, levels, &own)
                            : !walk_pair(walk, pair, path, levels, nearer))
                return false;
        }
    }
    return true;
}

static bool walk_list(struct yaml_walk *walk, const yaml_node_t *list, const char *path, int levels)
{
    const yaml_node_item_t *item = list->data.sequence.items.start;
    for (size_t i = 0; item < list->data.sequence.items.top; item++, i++) {
        const char *number = arena_printf(walk->scan->scratch, "%zu", i);
        if (!walk_node(walk, node_at(walk, *item), deployed_scan_below(walk->scan, path, number),
                       levels + 1))
            return false;
    }
    return true;
}

/* An anchor may stand inside of itself, or many times over: both have bounds. */
static bool walk_node(struct yaml_walk *walk, const yaml_node_t *node, const char *path, int levels)
{
    struct locate_place place = place_at(node->start_mark);
    if (++walk->visits > DEPLOYED_MAX_VALUES)
        return deployed_scan_fail(walk->scan, place,
                                  "has more than a million values by its anchors");
    if (levels > DEPLOYED_MAX_LEVELS)
        return deployed_scan_fail(walk->scan, place, "has too many levels");
    if (node->type == YAML_SCALAR_NODE)
        return offer_scalar(walk, node, path);
    bool is_list = node->type == YAML_SEQUENCE_NODE;
    struct deployed_found found = {.path = path, .place = place};
    found.trouble =
        is_list ? "is a list: name one of its values" : "is a mapping: name one of its values";
    if (!deployed_scan_offer(walk->scan, &found))
        return false;
    return is_list ? walk_list(walk, node, path, levels)
                   : walk_pairs(walk, node, path, levels, NULL);
}

/* libyaml's words are about the grammar and show nothing of the text. */
static bool fail_parse(struct deployed_scan *scan, const yaml_parser_t *parser)
{
    bool is_syntax = parser->error == YAML_SCANNER_ERROR || parser->error == YAML_PARSER_ERROR ||
                     parser->error == YAML_COMPOSER_ERROR;
    struct locate_place place =
        is_syntax ? place_at(parser->problem_mark)
                  : locate_byte(scan->request->text, scan->request->length, parser->problem_offset);
    return deployed_scan_fail(scan, place,
                              arena_printf(scan->scratch, "not valid YAML: %s",
                                           parser->problem ? parser->problem : "cannot be read"));
}

static bool walk_document(struct deployed_scan *scan, yaml_document_t *document)
{
    struct yaml_walk walk = {.scan = scan, .document = document};
    const yaml_node_t *root = yaml_document_get_root_node(document);
    return !root || walk_node(&walk, root, "", 0);
}

static bool read_documents(struct deployed_scan *scan, yaml_parser_t *parser)
{
    for (int count = 0;; count++) {
        yaml_document_t document;
        if (!yaml_parser_load(parser, &document))
            return fail_parse(scan, parser);
        const yaml_node_t *root = yaml_document_get_root_node(&document);
        bool is_last = !root;
        bool is_fine = is_last || count == 0
                           ? walk_document(scan, &document)
                           : deployed_scan_fail(scan, place_at(root->start_mark),
                                                "is a second document (---): only files of one "
                                                "are read");
        yaml_document_delete(&document);
        if (is_last || !is_fine)
            return is_fine;
    }
}

bool deployed_scan_yaml(struct deployed_scan *scan)
{
    yaml_parser_t parser;
    yaml_parser_initialize(&parser);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)scan->request->text,
                                 scan->request->length);
    bool is_fine = read_documents(scan, &parser);
    yaml_parser_delete(&parser);
    return is_fine;
}
