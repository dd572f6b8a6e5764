/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/document.h"
#include "reports/text/layout.h"

enum { MAX_NAME_LENGTH = 48 };

static struct block *add_block(struct document *document, enum block_kind kind)
{
    struct block *block = arena_alloc(document->arena, sizeof *block);
    block->kind = kind;
    if (document->last)
        document->last->next = block;
    else
        document->first = block;
    document->last = block;
    return block;
}

void document_add(struct document *document, enum block_kind kind, const char *text)
{
    add_block(document, kind)->text = text;
}

void document_add_blank(struct document *document, enum block_kind kind, const char *text)
{
    struct block *block = add_block(document, kind);
    block->text = text;
    block->has_blank = true;
}

static void add_labelled(struct document *document, enum block_kind kind, enum tone tone,
                         const char *label, const char *text)
{
    struct block *block = add_block(document, kind);
    block->tone = tone;
    block->label = label;
    block->text = text;
}

void document_add_statement(struct document *document, enum tone tone, const char *label,
                            const char *text)
{
    add_labelled(document, BLOCK_STATEMENT, tone, label, text);
}

void document_add_marked_item(struct document *document, enum tone tone, const char *label,
                              const char *text)
{
    add_labelled(document, BLOCK_ITEM, tone, label, text);
}

void document_add_table(struct document *document, const struct table *table)
{
    add_block(document, BLOCK_TABLE)->table = table;
}

void document_add_cited_table(struct document *document, const struct table *table,
                              const char *anchor, size_t key_columns)
{
    struct block *block = add_block(document, BLOCK_TABLE);
    block->table = table;
    block->anchor = anchor;
    block->key_columns = key_columns;
}

void document_add_command(struct document *document, const char *const *words, size_t word_count)
{
    struct block *block = add_block(document, BLOCK_COMMAND);
    block->words = words;
    block->word_count = word_count;
}

const char *document_name(const struct document *document, const char *name)
{
    return layout_shorten(name, MAX_NAME_LENGTH, document->arena);
}

const char *document_count(const struct document *document, size_t count, const char *thing)
{
    return arena_printf(document->arena, "%zu %s%s", count, thing, count == 1 ? "" : "s");
}

struct document *document_make(struct arena *arena)
{
    struct document *document = arena_alloc(arena, sizeof *document);
    document->arena = arena;
    return document;
}
