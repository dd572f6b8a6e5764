/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/shell_quote.h"
#include "reports/text/layout.h"
#include "sim/base/utf8.h"
#include "tests/support/support.h"
#include <string.h>

#define WIDE "\xE6\x8E\xA5\xE7\xB6\x9A" /* two signs of two columns each */
#define ACCENT "e\xCC\x81"              /* e and a combining accent      */
#define EMOJI "\xF0\x9F\x98\x80"        /* U+1F600                       */
#define TURNED "\xE2\x80\xAE"           /* U+202E, right to left         */
#define C1_CONTROL "\xC2\x9B"           /* U+009B, which begins an escape sequence */

static void characters_are_decoded(void **state)
{
    static const struct {
        const char *text;
        uint32_t character;
        size_t bytes;
    } cases[] = {{"a", 'a', 1},         {"", 0, 0},
                 {"\xC3\xA9", 0xE9, 2}, {"\xE2\x82\xAC", 0x20AC, 3},
                 {EMOJI, 0x1F600, 4},   {"\xEF\xBF\xBD", UTF8_REPLACEMENT, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = cases[i].text;
        assert_int_equal(utf8_next(&text), cases[i].character);
        assert_int_equal(text - cases[i].text, cases[i].bytes);
    }
}

static void bytes_that_are_not_utf8_are_replaced_one_by_one(void **state)
{
    static const char *const broken[] = {
        "\xFF",     "\x80",         "\xC0\xAF",         "\xC3",         "\xC3(",
        "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const char *text = broken[i];
        assert_int_equal(utf8_next(&text), UTF8_REPLACEMENT);
        assert_int_equal(text - broken[i], 1);
        assert_false(utf8_is_valid(broken[i]));
    }
    assert_true(utf8_is_valid("\xEF\xBF\xBD " EMOJI));
}

static void width_counts_columns(void **state)
{
    assert_int_equal(layout_width("18.76 ± 0.03 %"), 14);
    assert_int_equal(layout_width(WIDE), 4);
    assert_int_equal(layout_width(ACCENT), 1);
    assert_int_equal(layout_width(EMOJI), 2);
    assert_int_equal(layout_width_of(WIDE, 3), 2);
}

static void nothing_that_acts_on_a_terminal_stays(void **state)
{
    struct arena *arena = arena_open();
    assert_string_equal(layout_clean("a\033[2Jb", arena), "a?[2Jb");
    assert_string_equal(layout_clean("a\nb\tc\rd", arena), "a b c d");
    assert_string_equal(layout_clean("\x7f" C1_CONTROL TURNED "\xFFz", arena), "????z");
    const char *clean = "db_pool " WIDE " ± " EMOJI;
    assert_ptr_equal(layout_clean(clean, arena), clean);
    arena_close(arena);
}

static void a_long_text_is_cut_between_characters(void **state)
{
    struct arena *arena = arena_open();
    assert_string_equal(layout_shorten("abcdefgh", 8, arena), "abcdefgh");
    assert_string_equal(layout_shorten("abcdefghi", 8, arena), "abcde...");
    assert_string_equal(layout_shorten(WIDE WIDE WIDE, 8, arena), WIDE "...");
    arena_close(arena);
}

static void assert_line(const char *text, int width, const char *line, const char *rest)
{
    const char *next;
    size_t bytes = layout_break(text, width, &next);
    assert_int_equal(bytes, strlen(line));
    assert_memory_equal(text, line, bytes);
    assert_string_equal(next, rest);
}

static void lines_break_at_spaces_and_long_words_anywhere(void **state)
{
    assert_line("one two three", 7, "one two", "three");
    assert_line("one two three", 8, "one two", "three");
    assert_line("one two", 7, "one two", "");
    assert_line("incomprehensible", 6, "incomp", "rehensible");
    assert_line("a incomprehensible", 6, "a", "incomprehensible");
    assert_line(WIDE WIDE, 3, "\xE6\x8E\xA5", "\xE7\xB6\x9A" WIDE);
    assert_line("db_pool.utilization < 70%", 16, "db_pool.", "utilization < 70%");
    assert_line("a.incomprehensible", 8, "a.incomp", "rehensible");
    assert_line("", 5, "", "");
    assert_line("   x", 2, "", "x");
}

static void words_can_be_pasted_into_a_shell(void **state)
{
    struct arena *arena = arena_open();
    assert_string_equal(shell_quote("resources.db_pool.max=200", arena),
                        "resources.db_pool.max=200");
    assert_string_equal(shell_quote("", arena), "''");
    assert_string_equal(shell_quote("two words", arena), "'two words'");
    assert_string_equal(shell_quote("it's $HOME `ls`", arena), "'it'\\''s $HOME `ls`'");
    assert_string_equal(shell_quote("a\nb'\\\xFF", arena), "$'a\\x0ab\\'\\\\\\xff'");
    assert_string_equal(shell_quote(WIDE, arena), "'" WIDE "'");
    arena_close(arena);
}

/* What the shell makes of the quoted word is the word. */
static void a_shell_reads_the_word_back(void **state)
{
    static const char *const words[] = {
        "it's $HOME `ls` \"x\" \\ *", "-n", "#x", "~", "a;b&c|d>e", "''", "!x"};
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *script = arena_printf(arena, "printf %%s %s", shell_quote(words[i], arena));
        const char *argv[] = {"sh", "-c", script, NULL};
        struct command_result result = command_run(&(struct command){.argv = argv});
        assert_int_equal(result.status, 0);
        assert_string_equal(result.output, words[i]);
        command_result_free(&result);
    }
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_are_decoded),
        cmocka_unit_test(bytes_that_are_not_utf8_are_replaced_one_by_one),
        cmocka_unit_test(width_counts_columns),
        cmocka_unit_test(nothing_that_acts_on_a_terminal_stays),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(lines_break_at_spaces_and_long_words_anywhere),
        cmocka_unit_test(words_can_be_pasted_into_a_shell),
        cmocka_unit_test(a_shell_reads_the_word_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
