/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/page_check.h"
#include "tests/support/support.h"
#include <ctype.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPEN = 64, NAME = 32 };

static bool is_void(const char *name)
{
    return strcmp(name, "meta") == 0 || strcmp(name, "wbr") == 0 || strcmp(name, "br") == 0 ||
           strcmp(name, "img") == 0;
}

static void refuse(const char *what, const char *at)
{
    fail_msg("%s at: %.80s", what, at);
}

/* The end of a tag that begins at `tag`, behind its '>'; every attribute must be NAME="..." or
 * NAME='...'. */
static const char *skip_tag(const char *tag)
{
    const char *at = tag + 1 + (tag[1] == '/');
    at += strcspn(at, " \n/>");
    while (*at != '>') {
        at += strspn(at, " \n\t");
        if (*at == '/' && at[1] == '>')
            return at + 2;
        if (*at == '>')
            break;
        at += strcspn(at, " =\n>");
        at += strspn(at, " ");
        if (*at != '=')
            refuse("an attribute without a value", tag);
        at++;
        at += strspn(at, " ");
        if (*at != '"' && *at != '\'')
            refuse("an attribute without quotes", tag);
        const char *end = strchr(at + 1, *at);
        if (!end)
            refuse("an attribute that does not end", tag);
        at = end + 1;
    }
    return at + 1;
}

static void tag_name(const char *tag, char name[NAME])
{
    size_t length = strcspn(tag, " \n/>");
    snprintf(name, NAME, "%.*s", (int)length, tag);
}

/* A text may hold no markup: '&' only as a reference. */
static const char *skip_text(const char *text)
{
    const char *end = text + strcspn(text, "<");
    for (const char *at = text; at < end; at++) {
        size_t length = strcspn(at, ";");
        if (*at == '>' || (*at == '&' && (length > 8 || at + length >= end)))
            refuse("markup in a text", at);
    }
    return end;
}

static void check_elements(const char *at)
{
    char open[MAX_OPEN][NAME], name[NAME];
    size_t depth = 0;
    while (*(at = skip_text(at)) != '\0') {
        bool is_closing = at[1] == '/';
        tag_name(at + 1 + is_closing, name);
        const char *end = skip_tag(at);
        if (is_closing) {
            if (depth == 0 || strcmp(open[depth - 1], name) != 0)
                refuse("a tag that closes another", at);
            depth--;
        } else if (end[-2] != '/' && !is_void(name)) {
            assert_in_range(depth, 0, MAX_OPEN - 1);
            memcpy(open[depth++], name, NAME);
        }
        at = strcmp(name, "style") == 0 && !is_closing ? strstr(end, "</style>") : end;
    }
    assert_int_equal(depth, 0);
}

static void check_start(const char *text, const char *start)
{
    if (strncmp(text, start, strlen(start)) != 0)
        refuse("another beginning", text);
    check_elements(text + strlen(start));
}

void page_check_is_well_formed(const char *page)
{
    check_start(page, "<!DOCTYPE html>");
}

/* ---- anchors ---- */

/* Places in the page behind each occurrence of mark. */
static const char **find_all(const char *page, const char *mark, size_t *count)
{
    const char **found = NULL;
    *count = 0;
    for (const char *at = strstr(page, mark); at; at = strstr(at + 1, mark)) {
        found = realloc(found, (*count + 1) * sizeof *found);
        assert_non_null(found);
        found[(*count)++] = at + strlen(mark);
    }
    return found;
}

static int by_word(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    size_t length = strcspn(x, "\"'"), other = strcspn(y, "\"'");
    int order = memcmp(x, y, length < other ? length : other);
    return order != 0 ? order : (length > other) - (length < other);
}

static void check_references(const char *page, const char *mark, const char **ids, size_t count)
{
    size_t references;
    const char **wanted = find_all(page, mark, &references);
    for (size_t i = 0; i < references; i++)
        if (!bsearch(&wanted[i], ids, count, sizeof *ids, by_word))
            refuse("a link to nowhere", wanted[i]);
    free(wanted);
}

void page_check_anchors_resolve(const char *page)
{
    size_t count, single;
    const char **ids = find_all(page, " id=\"", &count);
    const char **others = find_all(page, " id='", &single);
    ids = realloc(ids, (count + single) * sizeof *ids);
    assert_non_null(ids);
    for (size_t i = 0; i < single; i++)
        ids[count++] = others[i];
    qsort(ids, count, sizeof *ids, by_word);
    for (size_t i = 0; i + 1 < count; i++)
        if (by_word(&ids[i], &ids[i + 1]) == 0)
            refuse("an id that stands twice", ids[i]);
    check_references(page, "href=\"#", ids, count);
    check_references(page, "href='#", ids, count);
    free(ids);
    free(others);
}

/* ---- what it needs ---- */

static void check_policy(const char *page)
{
    const char *style = strstr(page, "<style>"), *end = strstr(page, "</style>");
    assert_non_null(style);
    assert_null(strstr(end + 1, "<style"));
    style += strlen("<style>");
    uint8_t digest[SHA256_DIGEST_SIZE];
    char hash[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "", policy[256];
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, (size_t)(end - style), (const uint8_t *)style);
    sha256_digest(&context, sizeof digest, digest);
    base64_encode_raw(hash, sizeof digest, digest);
    snprintf(policy, sizeof policy,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">",
             hash);
    assert_non_null(strstr(page, policy));
}

static void check_needs_nothing(const char *page)
{
    static const char *const forbidden[] = {
        "<script",     "<iframe", "<object", "<embed",         "<link",
        "<base",       "<form",   "<img",    "<foreignObject", "@import",
        "javascript:", " src=",   " style=", "url(http",       " onload="};
    static const char *const namespaces[] = {"http://www.w3.org/2000/svg",
                                             "http://www.w3.org/1999/xlink"};
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        if (strstr(page, forbidden[i]))
            refuse("something that loads or runs", strstr(page, forbidden[i]));
    for (const char *at = strstr(page, "http"); at; at = strstr(at + 1, "http")) {
        bool is_known = strncmp(at, "http-equiv", 10) == 0 ||
                        strncmp(at, namespaces[0], strlen(namespaces[0])) == 0 ||
                        strncmp(at, namespaces[1], strlen(namespaces[1])) == 0;
        if (!is_known)
            refuse("an address", at);
    }
}

void page_check_is_self_contained(const char *page)
{
    check_needs_nothing(page);
    check_policy(page);
}

void page_check_is_accessible(const char *page)
{
    for (const char *at = strstr(page, "<th"); at; at = strstr(at + 1, "<th")) {
        bool has_scope =
            strncmp(at, "<th scope=\"col\"", 15) == 0 || strncmp(at, "<th scope=\"row\"", 15) == 0;
        if (!has_scope && !isalpha((unsigned char)at[3]))
            refuse("a header cell without a scope", at);
    }
    for (const char *at = strstr(page, "role=\"img\""); at; at = strstr(at + 1, "role=\"img\""))
        if (strncmp(at, "role=\"img\" aria-label=\"", 23) != 0 || at[23] == '"')
            refuse("a picture without words", at);
    assert_non_null(strstr(page, "<html lang=\"en\">"));
    assert_non_null(strstr(page, "name=\"viewport\""));
}

void page_check_picture(const char *svg)
{
    check_start(svg, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    page_check_anchors_resolve(svg);
    check_needs_nothing(svg);
    assert_non_null(strstr(svg, "<title>"));
}

void page_check_all(const char *page)
{
    page_check_is_well_formed(page);
    page_check_anchors_resolve(page);
    page_check_is_self_contained(page);
    page_check_is_accessible(page);
}
