/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layouts of proxies of their own, JMeter's XML, logs that a runtime wrapped, and samples. */
#include "inputs/telemetry/json_elements.h"
#include "inputs/telemetry/json_line.h"
#include "tests/support/support.h"
#include "tests/support/telemetry_form.h"
#include <string.h>

static struct telemetry_form form;

static int open_form(void **state)
{
    (void)state;
    form = telemetry_form_open();
    return 0;
}

static int close_form(void **state)
{
    (void)state;
    telemetry_form_close(&form);
    return 0;
}

/* 2, 49 and 18 ms of Envoy's own layout; Istio's has three fields more, and of its three one was an
 * overflow. */
static void envoys_layouts_are_told_apart_by_their_fields(void **state)
{
    telemetry_form_add(&form, "made/envoy.log", NULL);
    telemetry_form_finish(&form);
    assert_string_equal(form.observed->files[0].format, "envoy");
    const struct observed_figure *own =
        telemetry_form_figure(&form, "response requests DURATION|api_v1_items");
    const struct observed_figure *server =
        telemetry_form_figure(&form, "response server x-envoy-upstream-service-time|api_v1_items");
    assert_int_equal(own->count, 3);
    assert_within(own->mean - server->mean, 1e-3, 1e-9);
    assert_int_equal(telemetry_form_figure(&form, "response requests DURATION|order")->count, 2);
    assert_int_equal(form.observed->arrivals[0]->count, 6);
    assert_int_equal(form.observed->arrivals[0]->failed, 1);
}

/* Its quotes are not balanced. */
static void traefiks_fields_are_taken_from_the_end(void **state)
{
    telemetry_form_add(&form, "made/traefik.log", NULL);
    telemetry_form_finish(&form);
    assert_string_equal(form.observed->files[0].format, "traefik");
    assert_int_equal(telemetry_form_figure(&form, "response requests duration|dashboard")->count,
                     6);
    assert_int_equal(form.observed->arrivals[0]->resolution_ns, 1000000000);
}

/* What the runtime of a container wrapped is the same log: escapes undone, parts joined. */
static void a_wrapped_log_is_the_log(void **state)
{
    static const char *const names[] = {"made/unwrapped.jsonl", "made/docker-json.log",
                                        "made/cri.log"};
    static const char *const wrappings[] = {"", "docker's json-file", "a container's log"};
    double mean = 0;
    for (size_t i = 0; i < 3; i++) {
        telemetry_form_close(&form);
        form = telemetry_form_open();
        telemetry_form_add(&form, names[i], NULL);
        telemetry_form_finish(&form);
        assert_string_equal(form.observed->files[0].format, "json");
        assert_string_equal(form.observed->files[0].packing, wrappings[i]);
        assert_int_equal(form.observed->files[0].rows, 6);
        const struct observed_figure *list =
            telemetry_form_figure(&form, "response requests request time|list");
        assert_int_equal(list->count, 5);
        mean = i == 0 ? list->mean : mean;
        assert_within(list->mean, mean, 1e-12);
        telemetry_form_figure(&form, "response requests request time|caf__");
    }
}

/* Two of Home, Cart and Pay of a transaction, a JDBC sample; the transaction and the picture that
 * is a part of Pay are not counted. */
static void jmeters_xml_counts_each_request_once(void **state)
{
    telemetry_form_add(&form, "made/jmeter.jtl", NULL);
    telemetry_form_finish(&form);
    assert_string_equal(form.observed->files[0].format, "jmeter-xml");
    assert_int_equal(form.observed->arrivals[0]->count, 5);
    assert_int_equal(form.observed->arrivals[0]->failed, 1);
    assert_within(telemetry_form_figure(&form, "response requests elapsed|Home")->mean, 0.645,
                  1e-9);
    assert_within(telemetry_form_figure(&form, "response requests elapsed|Pay")->mean, 0.48, 1e-9);
    assert_within(telemetry_form_figure(&form, "connect client Connect|Home")->mean, 0.031, 1e-9);
    assert_int_equal(telemetry_form_dropped(&form, "a transaction, whose samples are there, too"),
                     1);
    assert_int_equal(telemetry_form_dropped(&form, "a part of a page, whose time is in its sample"),
                     1);
}

/* Nothing in PostgreSQL's log says that it has one statement in ten. */
static void a_log_that_samples_is_told_by_the_settings(void **state)
{
    telemetry_form_add(&form, "made/pg-settings.csv", NULL);
    telemetry_form_finish(&form);
    assert_true(telemetry_form_has_finding(&form, "log_statement_sample_rate is 0.1"));
    assert_false(telemetry_form_has_finding(&form, "log_transaction_sample_rate"));
}

/* ---- documents of any length ----------------------------------------------------------------- */

/* Elements of "spans" in a document longer than any block that is read at once, in one line; with
 * brackets and the name itself in texts, and lists of that name within an element. */
static void elements_are_found_wherever_blocks_end(void **state)
{
    enum { COUNT = 40000 };
    char *folder = folder_make();
    struct arena *arena = arena_open();
    const char *path = arena_printf(arena, "%s/long.json", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("{\"spans\":\"[{\",\"data\":[{\"spans\":[", out);
    for (int i = 0; i < COUNT; i++)
        fprintf(out, "%s{\"n\":%d,\"t\":\"}]\\\\\\\"spans\\\":[{%.*s\",\"spans\":[{\"n\":7}]}",
                i > 0 ? ", " : "", i, i % 37, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    fputs("]},{\"other\":[{\"n\":-1}],\"spans\" : [ {\"n\":-2} ]}]}\n", out);
    assert_int_equal(fclose(out), 0);
    struct error err = {0};
    struct line_source *source = line_source_open(path, path, arena, &err);
    struct json_elements *elements = json_elements_open(source, "spans", arena);
    struct json_line *fields = arena_alloc(arena, sizeof *fields);
    struct slice element;
    for (int i = 0; i <= COUNT; i++) {
        double number;
        assert_true(json_elements_next(elements, &element, &err));
        assert_true(json_line_split(element, fields));
        assert_true(slice_to_number(json_line_find(fields, "n"), false, &number));
        assert_within(number, i < COUNT ? i : -2, 0);
    }
    assert_false(json_elements_next(elements, &element, &err));
    assert_int_equal(err.status, STATUS_OK);
    line_source_close(source);
    folder_remove(folder);
    arena_close(arena);
}

static void a_document_that_breaks_off_is_told(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {{"{\"spans\":[{\"n\":1}", "ends too early"},
                 {"{\"spans\":[{\"n\":1}]]", "brackets do not match"},
                 {"{\"spans\":[{\"n\":\"1", "ends too early"}};
    char *folder = folder_make();
    for (size_t i = 0; i < 3; i++) {
        struct arena *arena = arena_open();
        const char *path = arena_printf(arena, "%s/cut.json", folder);
        struct error err = {0};
        struct slice element;
        file_write(path, cases[i].text, strlen(cases[i].text));
        struct line_source *source = line_source_open(path, path, arena, &err);
        struct json_elements *elements = json_elements_open(source, "spans", arena);
        while (json_elements_next(elements, &element, &err))
            assert_true(slice_equals(element, "{\"n\":1}"));
        assert_int_equal(err.status, STATUS_INPUT);
        assert_non_null(strstr(err.message, cases[i].message));
        line_source_close(source);
        arena_close(arena);
    }
    folder_remove(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_form, close_form)
    const struct CMUnitTest tests[] = {
        TEST(envoys_layouts_are_told_apart_by_their_fields),
        TEST(traefiks_fields_are_taken_from_the_end),
        TEST(a_wrapped_log_is_the_log),
        TEST(jmeters_xml_counts_each_request_once),
        TEST(a_log_that_samples_is_told_by_the_settings),
        TEST(elements_are_found_wherever_blocks_end),
        TEST(a_document_that_breaks_off_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
