/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify finds whatever is done to any file of the evidence: a byte of any kind changed, taken away
 * or put in, at its beginning, its end or anywhere, the file emptied, removed, or behind a link.
 * EVIDENCE_EDITS=5000 in the environment tries more than the few of every run. */
#include "tests/support/evidence_place.h"
#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FILES = 64, FEW = 48, PATH = 600 };
static const char BLANK[] = "‹to fill in›";

static char files[MAX_FILES][PATH];
static size_t file_count;

static int note_file(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts, (void)place;
    if (kind == FTW_F && file_count < MAX_FILES)
        snprintf(files[file_count++], PATH, "%s", path);
    return 0;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(a, b);
}

static uint64_t next(uint64_t *state, uint64_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % below;
}

enum what {
    DIGIT,
    LETTER,
    SPACE,
    LINE_END,
    SIGN,
    FIRST,
    LAST,
    TAKEN,
    PUT_IN,
    EMPTIED,
    REMOVED,
    LINKED,
    KINDS
};
static const char *const names[KINDS] = {"a digit changed",
                                         "a letter changed",
                                         "a blank changed",
                                         "a line end changed",
                                         "a sign changed",
                                         "the first byte changed",
                                         "the last byte changed",
                                         "a byte taken away",
                                         "a byte put in",
                                         "emptied",
                                         "removed",
                                         "behind a link"};

static bool is_of(enum what what, unsigned char byte)
{
    return what == DIGIT      ? isdigit(byte)
           : what == LETTER   ? isalpha(byte)
           : what == SPACE    ? byte == ' '
           : what == LINE_END ? byte == '\n'
           : what == SIGN     ? ispunct(byte) || byte >= 0x80
                              : true;
}

/* Where people may write: in a blank of the report, or beside it. */
static bool is_blank(const char *text, size_t at)
{
    for (const char *blank = strstr(text, BLANK); blank; blank = strstr(blank + 1, BLANK))
        if (text + at >= blank && text + at <= blank + strlen(BLANK))
            return true;
    return false;
}

/* A place of that kind, from a random one on; false when there is none. */
static bool find_place(const char *text, size_t size, enum what what, uint64_t *seed, size_t *at)
{
    size_t from = next(seed, size);
    for (size_t i = 0; i < size; i++) {
        *at = what == FIRST ? 0 : what == LAST ? size - 1 : (from + i) % size;
        if (is_of(what, (unsigned char)text[*at]) && !is_blank(text, *at))
            return true;
    }
    return false;
}

/* Writes the file with that done to it; kept: a copy that is elsewhere. False where it has no place
 * for it. */
static bool spoil(const char *path, const char *text, size_t size, enum what what, const char *kept,
                  uint64_t *seed)
{
    size_t at = 0;
    if (what == REMOVED)
        return remove(path) == 0;
    if (what == LINKED)
        return remove(path) == 0 && symlink(kept, path) == 0;
    if (what == EMPTIED) {
        file_write(path, "", 0);
        return size > 0;
    }
    if (!find_place(text, size, what, seed, &at))
        return false;
    char *edited = malloc(size + 1);
    memcpy(edited, text, at);
    size_t from = at + (what != PUT_IN), to = at;
    if (what != TAKEN)
        edited[to++] = what == PUT_IN ? (char)(' ' + next(seed, 90)) : (char)(text[at] ^ 1);
    memcpy(edited + to, text + from, size - from);
    file_write(path, edited, to + size - from);
    free(edited);
    return true;
}

static void try_one(const struct evidence_place *place, const char *path, enum what what,
                    uint64_t *seed)
{
    size_t size;
    char *text = file_read(path, &size);
    const char *kept = place_path(place, "../kept");
    file_write(kept, text, size);
    if (spoil(path, text, size, what, kept, seed)) {
        struct command_result result = capsim_run("verify", place->evidence, NULL);
        if ((result.status != 1 && result.status != 2) || strstr(result.output, "identical"))
            fail_msg("%s: %s: status %d: %s%s", path, names[what], result.status, result.output,
                     result.error);
        command_result_free(&result);
    }
    remove(path);
    file_write(path, text, size);
    free(text);
}

static void whatever_is_done_to_a_file_is_found(void **state)
{
    const struct evidence_place *place = *state;
    const char *asked = getenv("EVIDENCE_EDITS");
    size_t edits = asked ? strtoul(asked, NULL, 10) : repetitions(FEW, 12);
    uint64_t seed = 5;
    assert_int_equal(nftw(place->evidence, note_file, 8, FTW_PHYS), 0);
    qsort(files, file_count, sizeof files[0], compare_paths);
    assert_in_range(file_count, 20, MAX_FILES - 1);
    for (size_t i = 0; i < edits; i++)
        try_one(place, files[next(&seed, file_count)], (enum what)(i % KINDS), &seed);
    struct command_result result = capsim_run("verify", place->evidence, NULL);
    assert_int_equal(result.status, 0); /* all was put back: each edit was found by itself */
    command_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_is_done_to_a_file_is_found)};
    return cmocka_run_group_tests(tests, place_open, place_close);
}
