/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates of systems with a database, and of jobs. */
#include "inputs/guide/scenario_template.h"

const struct starter_question starter_web_questions[] = {
    {"name", "Name of the scenario", "my-web", STARTER_NAME},
    {"rate", "Requests that arrive, such as 200/s", "300/s", STARTER_RATE},
    {"pods", "Pods now", "6", STARTER_COUNT},
    {"proposed", "Pods proposed", "12", STARTER_COUNT},
    {"pod_cores", "Cores of a pod", "2", STARTER_COUNT},
    {"work", "Processor time of a request in the application", "8ms", STARTER_DURATION},
    {"pool", "Connections in the pool of a pod", "10", STARTER_COUNT},
    {"queries", "Queries of a request", "3", STARTER_COUNT},
    {"query", "Processor time of a query in the database", "2ms", STARTER_DURATION},
    {"cores", "Cores of the database", "8", STARTER_COUNT},
    {"max_connections", "Connections that the database accepts", "200", STARTER_COUNT},
    {"p95", "95 % of responses must come within", "300ms", STARTER_DURATION},
};

const char starter_web_text[] =
    "{\n"
    "  \"capsim\": 1,\n"
    "  \"name\": \"@name@\",\n"
    "  \"title\": \"@name@: @pods@ pods, a database of @cores@ cores\",\n"
    "  \"description\": \"Replace each figure by what you measured and say where it came from "
    "under assumptions; every report prints that. Run it with: capsim run FILE. Which load breaks "
    "it: capsim limit FILE --vary workloads.web.arrivals.rate=10/s:10000/s. What limits: capsim "
    "why FILE.\",\n"
    "  \"assumptions\": [\n"
    "    { \"key\": \"workloads.web.arrivals.rate\", \"note\": \"requests per second at the "
    "busiest time: take it from the ingress\" },\n"
    "    { \"key\": \"services.app.resources.db_pool\", \"note\": \"the pool of one pod: take it "
    "from its configuration\" }\n"
    "  ],\n"
    "  \"resources\": {\n"
    "    \"database\": { \"kind\": \"database\", \"cores\": @cores@, \"max_connections\": "
    "@max_connections@ }\n"
    "  },\n"
    "  \"services\": {\n"
    "    \"app\": {\n"
    "      \"replicas\": @pods@,\n"
    "      \"resources\": {\n"
    "        \"cores\": { \"kind\": \"cpu\", \"cores\": @pod_cores@ },\n"
    "        \"db_pool\": { \"kind\": \"connection_pool\", \"max\": @pool@, \"database\": "
    "\"database\", \"acquire_timeout\": \"30s\" }\n"
    "      }\n"
    "    }\n"
    "  },\n"
    "  \"workloads\": {\n"
    "    \"web\": {\n"
    "      \"arrivals\": { \"process\": \"poisson\", \"rate\": \"@rate@\" },\n"
    "      \"steps\": [\n"
    "        { \"visit\": \"app\", \"steps\": [\n"
    "          { \"work\": \"cores\", \"demand\": { \"dist\": \"lognormal\", \"mean\": \"@work@\", "
    "\"cv\": 0.8 }, \"name\": \"application\" },\n"
    "          { \"repeat\": @queries@, \"steps\": [\n"
    "            { \"hold\": \"db_pool\", \"steps\": [\n"
    "              { \"work\": \"database\", \"demand\": { \"dist\": \"lognormal\", \"mean\": "
    "\"@query@\", \"cv\": 1.5 }, \"name\": \"query\" }\n"
    "            ] }\n"
    "          ] }\n"
    "        ] }\n"
    "      ]\n"
    "    }\n"
    "  },\n"
    "  \"settings\": {\n"
    "    \"proposed\": { \"services.app.replicas\": @proposed@ }\n"
    "  },\n"
    "  \"criteria\": [\n"
    "    { \"name\": \"p95\", \"expect\": \"web.response.p95 < @p95@\" },\n"
    "    { \"name\": \"errors\", \"expect\": \"web.error_rate < 0.1%\" }\n"
    "  ],\n"
    "  \"run\": { \"duration\": \"10min\", \"replications\": [10, 100], \"seed\": 1 }\n"
    "}\n";

const struct starter_question starter_queue_questions[] = {
    {"name", "Name of the scenario", "my-jobs", STARTER_NAME},
    {"jobs", "Jobs that come together", "2000", STARTER_COUNT},
    {"every", "How often they come", "5min", STARTER_DURATION},
    {"work", "Mean time of one job", "2s", STARTER_DURATION},
    {"workers", "Workers now", "40", STARTER_COUNT},
    {"proposed", "Workers proposed", "80", STARTER_COUNT},
    {"within", "All must be done within", "60s", STARTER_DURATION},
};

const char starter_queue_text[] =
    "{\n"
    "  \"capsim\": 1,\n"
    "  \"name\": \"@name@\",\n"
    "  \"title\": \"@name@: @jobs@ jobs each @every@, @workers@ -> @proposed@ workers\",\n"
    "  \"description\": \"Replace each figure by what you measured and say where it came from "
    "under assumptions; every report prints that. Run it with: capsim run FILE. How many workers "
    "are enough: capsim size FILE --vary resources.workers.threads=1:500.\",\n"
    "  \"assumptions\": [\n"
    "    { \"key\": \"workloads.jobs.steps\", \"note\": \"how long one job keeps its worker: take "
    "the mean and the p95 from the job log\" }\n"
    "  ],\n"
    "  \"resources\": {\n"
    "    \"workers\": { \"kind\": \"thread_pool\", \"threads\": @workers@ }\n"
    "  },\n"
    "  \"workloads\": {\n"
    "    \"jobs\": {\n"
    "      \"arrivals\": { \"process\": \"cycle\", \"every\": \"@every@\", \"jobs\": @jobs@ },\n"
    "      \"steps\": [\n"
    "        { \"hold\": \"workers\", \"steps\": [ { \"delay\": { \"dist\": \"lognormal\", "
    "\"mean\": \"@work@\", \"cv\": 0.8 }, \"name\": \"job\" } ] }\n"
    "      ]\n"
    "    }\n"
    "  },\n"
    "  \"settings\": {\n"
    "    \"proposed\": { \"resources.workers.threads\": @proposed@ }\n"
    "  },\n"
    "  \"criteria\": [\n"
    "    { \"name\": \"all done in time\", \"expect\": \"jobs.cycle.p95 < @within@\" },\n"
    "    { \"name\": \"late cycles\", \"expect\": \"jobs.cycle.overrun_rate < 1%\" }\n"
    "  ],\n"
    "  \"run\": { \"duration\": \"10h\", \"replications\": [10, 100], \"seed\": 1 }\n"
    "}\n";

const struct starter_question starter_pooler_questions[] = {
    {"name", "Name of the scenario", "my-pooler", STARTER_NAME},
    {"rate", "Requests that arrive, such as 200/s", "800/s", STARTER_RATE},
    {"application", "Time in the application, no connection held", "20ms", STARTER_DURATION},
    {"pods", "Pods", "6", STARTER_COUNT},
    {"pool", "Connections in the pool of a pod", "50", STARTER_COUNT},
    {"server", "Connections of the pooler to the database now", "25", STARTER_COUNT},
    {"proposed", "Connections of the pooler proposed", "50", STARTER_COUNT},
    {"query", "Processor time of a query in the database", "8ms", STARTER_DURATION},
    {"cores", "Cores of the database", "8", STARTER_COUNT},
    {"max_connections", "Connections that the database accepts", "100", STARTER_COUNT},
    {"p95", "95 % of responses must come within", "200ms", STARTER_DURATION},
};

const char starter_pooler_text[] =
    "{\n"
    "  \"capsim\": 1,\n"
    "  \"name\": \"@name@\",\n"
    "  \"title\": \"@name@: @pods@ pods of @pool@ connections behind a pooler of @server@\",\n"
    "  \"description\": \"Replace each figure by what you measured and say where it came from "
    "under assumptions; every report prints that. Run it with: capsim run FILE. Where do requests "
    "wait: capsim why FILE. How many server connections: capsim size FILE --vary "
    "resources.pooler.max=1:200.\",\n"
    "  \"assumptions\": [\n"
    "    { \"key\": \"resources.pooler\", \"note\": \"connections of the pooler to the database: "
    "take default_pool_size from its configuration\" }\n"
    "  ],\n"
    "  \"resources\": {\n"
    "    \"database\": { \"kind\": \"database\", \"cores\": @cores@, \"max_connections\": "
    "@max_connections@ },\n"
    "    \"pooler\": { \"kind\": \"connection_pool\", \"max\": @server@, \"database\": "
    "\"database\", \"acquire_timeout\": \"2min\" }\n"
    "  },\n"
    "  \"services\": {\n"
    "    \"app\": {\n"
    "      \"replicas\": @pods@,\n"
    "      \"resources\": {\n"
    "        \"db_pool\": { \"kind\": \"connection_pool\", \"max\": @pool@, \"acquire_timeout\": "
    "\"30s\" }\n"
    "      }\n"
    "    }\n"
    "  },\n"
    "  \"workloads\": {\n"
    "    \"web\": {\n"
    "      \"arrivals\": { \"process\": \"poisson\", \"rate\": \"@rate@\" },\n"
    "      \"steps\": [\n"
    "        { \"visit\": \"app\", \"steps\": [\n"
    "          { \"delay\": \"@application@\", \"name\": \"application\" },\n"
    "          { \"hold\": \"db_pool\", \"steps\": [\n"
    "            { \"hold\": \"pooler\", \"steps\": [\n"
    "              { \"work\": \"database\", \"demand\": { \"dist\": \"lognormal\", \"mean\": "
    "\"@query@\", \"cv\": 1.5 }, \"name\": \"query\" }\n"
    "            ] }\n"
    "          ] }\n"
    "        ] }\n"
    "      ]\n"
    "    }\n"
    "  },\n"
    "  \"settings\": {\n"
    "    \"proposed\": { \"resources.pooler.max\": @proposed@ }\n"
    "  },\n"
    "  \"criteria\": [\n"
    "    { \"name\": \"p95\", \"expect\": \"web.response.p95 < @p95@\" },\n"
    "    { \"name\": \"errors\", \"expect\": \"web.error_rate < 0.1%\" }\n"
    "  ],\n"
    "  \"run\": { \"duration\": \"10min\", \"replications\": [10, 100], \"seed\": 1 }\n"
    "}\n";
