/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/scenario_template.h"
#include "inputs/json/quantity.h"
#include "inputs/json/wording.h"
#include "inputs/scenario/scenario.h"
#include "models/studies/plan.h"
#include <stdlib.h>
#include <string.h>

static const struct starter_question pool_questions[] = {
    {"name", "Name of the scenario", "my-pool", STARTER_NAME},
    {"rate", "Requests that arrive, such as 200/s", "200/s", STARTER_RATE},
    {"application", "Time in the application, no connection held", "40ms", STARTER_DURATION},
    {"query", "Mean time that a request holds a connection", "75ms", STARTER_DURATION},
    {"query_p95", "95th percentile of that time", "180ms", STARTER_DURATION},
    {"max", "Connections now (max)", "20", STARTER_COUNT},
    {"proposed", "Connections proposed", "40", STARTER_COUNT},
    {"acquire_timeout", "Time-out of waiting for a connection", "10s", STARTER_DURATION},
    {"wait", "95 % of requests must wait less than", "10ms", STARTER_DURATION},
    {"utilization", "The pool must stay below", "70%", STARTER_SHARE},
};

static const char pool_text[] =
    "{\n"
    "  \"capsim\": 1,\n"
    "  \"name\": \"@name@\",\n"
    "  \"title\": \"@name@: @max@ -> @proposed@ connections\",\n"
    "  \"description\": \"Replace each figure by what you measured and say where "
    "it came from under assumptions; every report prints that. Run it with: capsim run FILE. Look "
    "for the smallest pool that passes with: capsim size FILE --vary resources.db_pool.max=1:200. "
    "Explain a key with: capsim explain KEY.\",\n"
    "  \"assumptions\": [\n"
    "    { \"key\": \"workloads.api.arrivals.rate\", \"note\": \"requests per second at the "
    "busiest "
    "time: take it from the access log\" },\n"
    "    { \"key\": \"workloads.api.steps.1.steps.0.delay\", \"note\": \"how long a request holds "
    "its connection, not only the query: take it from the pool's own metrics\" },\n"
    "    { \"key\": \"resources.db_pool.connect\", \"note\": \"time to open a connection, TLS and "
    "authentication included: measure it\" }\n"
    "  ],\n"
    "  \"resources\": {\n"
    "    \"db_pool\": {\n"
    "      \"kind\": \"connection_pool\",\n"
    "      \"max\": @max@,\n"
    "      \"min\": 0,\n"
    "      \"acquire_timeout\": \"@acquire_timeout@\",\n"
    "      \"idle_timeout\": \"30s\",\n"
    "      \"connect\": { \"dist\": \"lognormal\", \"mean\": \"20ms\", \"cv\": 0.5 }\n"
    "    }\n"
    "  },\n"
    "  \"workloads\": {\n"
    "    \"api\": {\n"
    "      \"arrivals\": { \"process\": \"poisson\", \"rate\": \"@rate@\" },\n"
    "      \"steps\": [\n"
    "        { \"delay\": { \"dist\": \"lognormal\", \"mean\": \"@application@\", \"cv\": 0.6 }, "
    "\"name\": \"application\" },\n"
    "        { \"hold\": \"db_pool\", \"steps\": [\n"
    "          { \"delay\": { \"dist\": \"lognormal\", \"mean\": \"@query@\", \"p95\": "
    "\"@query_p95@\" }, \"name\": \"query\" }\n"
    "        ] }\n"
    "      ]\n"
    "    }\n"
    "  },\n"
    "  \"settings\": {\n"
    "    \"proposed\": { \"resources.db_pool.max\": @proposed@ }\n"
    "  },\n"
    "  \"criteria\": [\n"
    "    { \"name\": \"pool utilization\", \"expect\": \"db_pool.utilization < @utilization@\" },\n"
    "    { \"name\": \"connection wait\", \"expect\": \"db_pool.wait.p95 < @wait@\" },\n"
    "    { \"name\": \"errors\", \"expect\": \"api.error_rate < 0.1%\", \"no_worse_than\": "
    "\"baseline\" }\n"
    "  ],\n"
    "  \"run\": { \"duration\": \"30min\", \"replications\": [10, 100], \"seed\": 1 }\n"
    "}\n";

static const struct starter_question collector_questions[] = {
    {"name", "Name of the scenario", "my-collectors", STARTER_NAME},
    {"jobs", "Collectors", "100", STARTER_COUNT},
    {"every", "Period at which all are collected", "60s", STARTER_DURATION},
    {"threads", "Threads now", "1", STARTER_COUNT},
    {"proposed", "Threads proposed", "4", STARTER_COUNT},
    {"query", "Mean time of one collection's query", "75ms", STARTER_DURATION},
    {"work", "Processor time of one collection", "150ms", STARTER_DURATION},
    {"push", "Mean time to send one collection on", "150ms", STARTER_DURATION},
    {"cores", "Cores of the machine", "4", STARTER_COUNT},
    {"cycle", "A cycle must end within, on average", "15s", STARTER_DURATION},
};

static const char collector_text[] =
    "{\n"
    "  \"capsim\": 1,\n"
    "  \"name\": \"@name@\",\n"
    "  \"title\": \"@name@: @jobs@ collectors every @every@ on @threads@ -> @proposed@ threads\",\n"
    "  \"description\": \"Replace each figure by what you measured and say where "
    "it came from under assumptions; every report prints that. Run it with: capsim run FILE. Look "
    "for the largest fleet with: capsim limit FILE --vary "
    "workloads.collection.arrivals.jobs=1:1000.\",\n"
    "  \"assumptions\": [\n"
    "    { \"key\": \"workloads.collection.steps.0.steps\", \"note\": \"the stages of one "
    "collection: time them one by one\" }\n"
    "  ],\n"
    "  \"resources\": {\n"
    "    \"workers\": { \"kind\": \"thread_pool\", \"threads\": @threads@ },\n"
    "    \"host\": { \"kind\": \"cpu\", \"cores\": @cores@ }\n"
    "  },\n"
    "  \"workloads\": {\n"
    "    \"collection\": {\n"
    "      \"arrivals\": { \"process\": \"cycle\", \"every\": \"@every@\", \"jobs\": @jobs@ },\n"
    "      \"steps\": [\n"
    "        { \"hold\": \"workers\", \"steps\": [\n"
    "          { \"delay\": { \"dist\": \"lognormal\", \"mean\": \"@query@\", \"cv\": 0.5 }, "
    "\"name\": \"query\" },\n"
    "          { \"work\": \"host\", \"demand\": \"@work@\", \"name\": \"serialize\" },\n"
    "          { \"delay\": { \"dist\": \"lognormal\", \"mean\": \"@push@\", \"cv\": 0.5 }, "
    "\"name\": \"push\" }\n"
    "        ] }\n"
    "      ]\n"
    "    }\n"
    "  },\n"
    "  \"settings\": {\n"
    "    \"proposed\": { \"resources.workers.threads\": @proposed@ }\n"
    "  },\n"
    "  \"criteria\": [\n"
    "    { \"name\": \"cycle time\", \"expect\": \"collection.cycle.mean < @cycle@\" },\n"
    "    { \"name\": \"late cycles\", \"expect\": \"collection.cycle.overrun_rate < 1%\" },\n"
    "    { \"name\": \"processor\", \"expect\": \"host.utilization < 50%\" }\n"
    "  ],\n"
    "  \"run\": { \"duration\": \"2h\", \"replications\": [10, 100], \"seed\": 1 }\n"
    "}\n";

const struct starter starters[STARTER_TEMPLATES] = {
    [STARTER_POOL] = {"pool", "requests that share a pool of connections", pool_questions,
                      sizeof pool_questions / sizeof pool_questions[0], pool_text},
    [STARTER_COLLECTORS] = {"collectors", "a fleet that is collected each period",
                            collector_questions,
                            sizeof collector_questions / sizeof collector_questions[0],
                            collector_text},
    [STARTER_WEB] = {"web", "a web service with pods and a database", starter_web_questions, 12,
                     starter_web_text},
    [STARTER_QUEUE] = {"queue", "jobs that come together and must be done in time",
                       starter_queue_questions, 7, starter_queue_text},
    [STARTER_POOLER] = {"pooler", "a pooler behind the pools of several pods",
                        starter_pooler_questions, 11, starter_pooler_text},
};

static bool is_count(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 10 && text[digits] == '\0' && text[0] != '0';
}

bool starter_check(const struct starter_question *question, const char *answer, struct error *err)
{
    double value;
    int64_t ns;
    struct error unused = {0};
    bool fits = false;
    const char *expected = "";
    switch (question->kind) {
    case STARTER_NAME:
        expected = "a name of letters, digits, - and _ that begins with a letter";
        fits = wording_is_identifier(answer);
        break;
    case STARTER_COUNT:
        expected = "a whole number from 1 to 999999999";
        fits = is_count(answer);
        break;
    case STARTER_RATE:
        expected = quantity_expected(QUANTITY_RATE);
        fits = quantity_parse_rate(answer, &value, &unused) && value > 0;
        break;
    case STARTER_DURATION:
        expected = quantity_expected(QUANTITY_DURATION);
        fits = quantity_parse_duration(answer, &ns, &value, &unused) && ns > 0;
        break;
    case STARTER_SHARE:
        expected = quantity_expected(QUANTITY_SHARE);
        fits = strchr(answer, '%') && quantity_parse_share(answer, &value, &unused);
        break;
    }
    char shown[WORDING_SIZE];
    return fits || error_set(err, STATUS_USAGE, "%s must be %s, got %s", question->key, expected,
                             wording_quote(answer, shown));
}

/* The answer to the question whose key stands between two @ at text. */
static const char *answer_at(const struct starter *starter, const char *const *answers,
                             const char *text, size_t length)
{
    for (size_t i = 0; i < starter->question_count; i++)
        if (strlen(starter->questions[i].key) == length &&
            strncmp(starter->questions[i].key, text, length) == 0)
            return answers[i];
    return "";
}

static const char *fill_in(const struct starter *starter, const char *const *answers,
                           struct arena *arena)
{
    const char *text = "";
    for (const char *rest = starter->text; *rest;) {
        size_t length = strcspn(rest, "@");
        text = arena_printf(arena, "%s%.*s", text, (int)length, rest);
        rest += length;
        if (*rest == '\0')
            break;
        size_t key = strcspn(rest + 1, "@");
        text = arena_printf(arena, "%s%s", text, answer_at(starter, answers, rest + 1, key));
        rest += key + 2;
    }
    return text;
}

const char *starter_write(const struct starter *starter, const char *const *answers,
                          struct arena *arena, struct error *err)
{
    const char *text = fill_in(starter, answers, arena);
    const struct scenario_request request = {
        .file = "-", .text = text, .text_length = strlen(text)};
    struct scenario_set set = {0};
    struct plan plan;
    struct error found = {0};
    bool is_sound =
        scenario_read(&request, arena, &set, &found) && plan_make(&set, arena, &plan, &found);
    scenario_close(&set);
    if (is_sound)
        return text;
    error_set(err, STATUS_USAGE, "these answers do not go together: %s%s%s", found.pointer,
              found.pointer[0] ? ": " : "", found.message);
    return NULL;
}
