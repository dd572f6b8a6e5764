/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_schema.h - whether JSON meets a schema: the part of draft 2020-12 that ours is written in.
 *
 * Keywords: $ref into $defs, type, const, enum, pattern, minimum, exclusiveMinimum, maximum,
 * properties, required, additionalProperties, propertyNames, minProperties, items, prefixItems,
 * minItems, maxItems, allOf, anyOf, if, then. Any other fails the test rather than being ignored,
 * except those that only tell. */
#ifndef CAPSIM_TESTS_SUPPORT_JSON_SCHEMA_H
#define CAPSIM_TESTS_SUPPORT_JSON_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

/* What the schema says at each place of the JSON, by JSON pointer: the keys that an object may have
 * (of the definition that has additionalProperties false), the texts that a value may be; and which
 * definitions were used. */
struct json_schema_facts {
    json_t *keys, *names, *definitions;
};

/* True if value meets the schema; otherwise problem[size] says what is wrong, and where. facts:
 * added to; NULL: not wanted. */
bool json_schema_check(const json_t *schema, const json_t *value, struct json_schema_facts *facts,
                       char *problem, size_t size);

/* Nothing noted yet; and lets go of what was. */
struct json_schema_facts json_schema_facts_make(void);
void json_schema_facts_free(struct json_schema_facts *facts);

#endif
