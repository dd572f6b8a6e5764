/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli.h"

#define ON(subcommand) (1u << (subcommand))

/* Those that read a scenario, and of these those that simulate it and print what they found. */
enum {
    EXPLORERS = ON(CLI_SWEEP) | ON(CLI_SIZE) | ON(CLI_LIMIT),
    STUDIES = ON(CLI_RUN) | ON(CLI_COMPARE) | ON(CLI_BASELINE) | ON(CLI_CHECK) | ON(CLI_WHY) |
              ON(CLI_CALIBRATE) | ON(CLI_SENSITIVITY) | ON(CLI_REHEARSE) | ON(CLI_REPORT) |
              EXPLORERS,
    RECORDS = ON(CLI_SCORE) | ON(CLI_AUDIT) | ON(CLI_BACKTEST),
    READERS = STUDIES | ON(CLI_VALIDATE) | ON(CLI_TRACE),
};

const struct cli_subcommand_row cli_subcommands[CLI_SUBCOMMANDS] = {
    [CLI_RUN] = {"run", "SCENARIO", "simulate the settings of a scenario, judge its criteria",
                 "SCENARIO is a JSON file, or - for standard input. Every setting is simulated on "
                 "the same customers, with as many replications as its criteria need.\n"
                 "Exit status: 0 every criterion passes (or there is none), 1 one fails, 2 bad "
                 "usage or bad input, 3 undecided, 4 the machine failed (disk full, no memory, "
                 "output closed), 130 interrupted; what was finished by then is printed."},
    [CLI_VALIDATE] = {"validate", "SCENARIO", "read and check a scenario without simulating it",
                      "SCENARIO is a JSON file, or - for standard input. Exit status: 0 it is "
                      "valid, 2 it is not; the message says where."},
    [CLI_COMPARE] =
        {"compare", "SCENARIO...", "what changes from one setting to another",
         "Simulates two settings of a scenario on the same customers and prints every metric of "
         "both and their paired differences: first what changed for certain, by how much of itself "
         "it changed, then what may not have changed, then what is the same. The figures rest on "
         "the least number of replications, run.replications.\n"
         "With two files the settings are \"baseline\" of each, unless --from and --to say "
         "otherwise; seed, replications and confidence are the first one's.\n"
         "Exit status: 0, or as for run when something went wrong; comparing judges nothing."},
    [CLI_BASELINE] =
        {"baseline", "save SCENARIO",
         "save a run as the reference for 'check'; or approve a change",
         "Simulates like 'run' and writes the report to --out FILE, with what "
         "each replication observed and the scenario's text, in one step: an "
         "earlier baseline stays until the new one is whole.\n"
         "'approve' accepts a change that was reviewed: it repeats the run of --baseline "
         "FILE on the scenario as it is now, and writes it in its place (or to "
         "--out), with --reason, what changed, and all that was approved before; "
         "'check' shows them.\n"
         "Exit status: 0 it was saved, whatever the verdict; else as for 'run'."},
    [CLI_CHECK] =
        {"check", "SCENARIO", "hold a scenario against a baseline: has anything changed?",
         "Simulates again with the baseline's seed, replications, settings and overrides "
         "(unless others are given) and compares by paired differences what criteria are about "
         "and the key metrics. A change matters when its whole interval is beyond "
         "--tolerance, a share of the criterion's limit or else of the value then, and "
         "beyond 0.1 ms, 0.01 percentage points or 0.01/s; the chance that "
         "an unchanged model fails is below 1 in 1000.\n"
         "Exit status: 0 nothing has become worse, 1 something has, or a criterion that "
         "passed no longer does, 3 undecided, 2, 4 and 130 as for 'run'."},
    [CLI_WHY] =
        {"why", "SCENARIO", "say where the response time goes and what limits",
         "SCENARIO is a JSON file, or - for standard input. The responses of all requests and of "
         "the slowest 1 % are split, to the nanosecond, into what was waited for and what the "
         "steps took. Then each resource gets one more and one less, on the same customers. One "
         "setting is explained: the one named, or the only one beside the baseline.\n"
         "Exit status: 0 done, 2 bad usage or bad input, 4 the machine failed, 130 interrupted."},
    [CLI_TRACE] =
        {"trace", "SCENARIO", "what happens in one replication, event by event",
         "SCENARIO is a JSON file, or - for standard input. Follows one request (--request), a "
         "stretch of time (--from, --to), or the first request that fails (--first-failure), with "
         "the same events as 'run': who arrives, waits, is granted what by whom, fails and why. "
         "Times count from the beginning of the replication, its warm-up included. --format json "
         "writes one object a line. One setting is followed: the one named, or the only one beside "
         "the baseline.\n"
         "Exit status: 0 done, 2 bad usage or bad input, 4 the machine failed."},
    [CLI_IMPORT] =
        {"import", "FILE...", "draft a scenario from logs and counters",
         "FILE is a log, a table or a scrape, plain or packed (gz, zst, xz, bz2), or - for "
         "standard "
         "input; several complete each other. Each is told by its beginning, or by --as:\n"
         "PgBouncer: pgbouncer-stats, pgbouncer-pools, pgbouncer-config, pgbouncer-log; "
         "PostgreSQL: postgresql, postgresql-csv, postgresql-json, pg_stat_statements, "
         "pg_stat_activity, pg_settings; proxies: haproxy, nginx:LOG_FORMAT, apache:LOG_FORMAT, "
         "tomcat:PATTERN, combined, json, alb, envoy, traefik; metrics: prometheus, query-range, "
         "hikaricp, "
         "containers; settings: env, pgbouncer-ini, haproxy-cfg; load generators: pgbench-log, "
         "pgbench-aggregate, pgbench, load-levels, k6-csv, "
         "k6-json, jmeter, jmeter-xml, gatling, vegeta, hey, ab, ab-gnuplot, ab-percentiles, "
         "locust, hlog, "
         "hgrm; traces: otlp, jaeger; any table: csv.\n"
         "Every time is of a kind (service, hold, wait, response, connect), what contradicts is "
         "said, and the draft has where each figure comes from and how well it is known.\n"
         "Exit status: 0 done, 1 sources contradict each other, 2 bad usage or bad input, 4 the "
         "machine failed."},
    [CLI_INIT] =
        {"init", "[TEMPLATE]", "write a first scenario from a few answers",
         "TEMPLATE is pool (requests that share a pool of connections; the default), "
         "collectors (a fleet that is collected each period), web (pods and a database), queue "
         "(jobs), or pooler (behind the pools of several pods); ? lists them with their "
         "questions. On a terminal the figures "
         "are asked for; --set KEY=VALUE answers a question beforehand, and elsewhere "
         "those not answered take their defaults. Exit status: 0 written, 2 a bad answer "
         "or the file is there already."},
    [CLI_EXPLAIN] = {"explain", "[KEY|METRIC]", "say what a key, a kind or a metric means",
                     "Of a path, such as resources.db_pool.max or db_pool.wait.p95, the last words "
                     "count. Without an argument all names are listed. Exit status: 0, or 2 for a "
                     "name that means nothing here."},
    [CLI_COMPLETION] = {"completion", "SHELL", "print a script that completes capsim's words",
                        "SHELL is bash, zsh or fish. For the running shell: "
                        "source <(capsim completion bash). 'make install' and the package install "
                        "all three."},
    [CLI_REPORT] = {"report", "SCENARIO", "the page that a reviewer reads, as one HTML file",
                    "SCENARIO is run for it, and where its time goes is explained as by 'why'; or "
                    "it is the report.json of a run, whose page is written again. The page goes to "
                    "standard output, to --out FILE.html, or with all other formats into --out "
                    "DIR. It needs nothing else: no script, no network; pictures are inside. With "
                    "--vary PATH=LOW:HIGH, such as "
                    "resources.db_pool.max=20:200, the page also shows what 'size' finds: the "
                    "smallest value that passes, and how the next one down fails.\n"
                    "Exit status: the verdict's, as for 'run'."},
    [CLI_PLOT] =
        {"plot", "REPORT", "draw a picture of a report",
         "REPORT is JSON that capsim wrote: report.json of a run, or - for standard "
         "input. The picture goes to --out, or as SVG to standard output. Kinds:\n"
         "timeline: a rollout (of rehearse): phases, metrics, alerts and rules on one axis;\n"
         "criteria: the share of each criterion's limit that is used;\n"
         "load-curve: a criterion against the load, and where it breaks (of sweep, limit);\n"
         "connections: those of a database (of rehearse), and how many it accepts;\n"
         "cycle: cycle times of each setting, with their limit and when the next is due;\n"
         "response: the tail of the response times of a workload, with its limit;\n"
         "time: where the response time goes, each step and wait (of run, why);\n"
         "wait: the tail of the waits for a resource, with its limit;\n"
         "differences: key metrics of a setting against the baseline's;\n"
         "series: metrics over time (of a run with --series, or of rehearse), with bands;\n"
         "sweep: a size against its criteria, with what passes (of sweep, size, limit);\n"
         "heat: two values against each other, with the border of what passes;\n"
         "arrivals: over time, as seen and as drafted, and their dispersion (of import);\n"
         "quantiles: of drafted laws against those that were seen (of import);\n"
         "diagonal: measured values against projected ones (of backtest);\n"
         "residuals: measured values with the interval of one run (of calibrate,\n"
         "score, backtest).\n"
         "Exit status: 0 it was drawn, 2 bad usage, or the report lacks what the kind "
         "needs, 4 a PNG needs rsvg-convert, or a system error."},
    [CLI_REHEARSE] =
        {"rehearse", "SCENARIO", "simulate a rollout: what happens, which alerts fire",
         "Simulates the \"rollout\" of a scenario: the service before, each batch of replicas, the "
         "watch after it, and a rollback where a rule asks for one. Says what happens in each "
         "phase, how likely each alert and each rollback rule is to fire, and how often they do so "
         "when nothing changes. Criteria are judged on the watch.\n"
         "Exit status: as for run. It is 1 too when a rollback is surely more likely than 5 %, and "
         "3 when there was one at all."},
    [CLI_VERIFY] =
        {"verify", "DIR|FILE", "make a report or evidence again and compare",
         "DIR is a folder with a report or with evidence, FILE a page, a report.json or another "
         "JSON file of capsim. It is simulated again from the recorded inputs and "
         "command; every file must come out the same, byte for byte, but for blanks of "
         "the post-execution report that were filled in, which are printed. There may be no other "
         "files and no links. Nothing is read but DIR or FILE and what is named here: a page keeps "
         "copies of its scenario and of the files that it names, and is verified by itself; a "
         "report.json has none, its scenario is named behind it: capsim verify out pool.json; an "
         "answer of check has none of its --baseline. Who may read the files, and when they were "
         "changed, does not matter.\n"
         "Exit status: 0 identical; 1 it differs: an input changed, the version changed, "
         "the results differ, a figure was edited, or with --key a signature is missing or "
         "another's; 2 it cannot be told; 4 the machine "
         "failed."},
    [CLI_SIGN] =
        {"sign", "DIR", "sign evidence with a key of OpenSSH",
         "DIR is a folder with evidence. Its evidence.json has the hash of every file and of the "
         "scenario, so one signature, evidence.json.sig, stands for all of them; what people fill "
         "in "
         "later is signed apart with --filled. ssh-keygen makes the signatures, and can check them "
         "without capsim: their namespaces are capsim-evidence and capsim-fill-ins.\n"
         "Exit status: 0 it was signed, 2 the key or the folder will not do, 4 ssh-keygen is "
         "missing."},
    [CLI_SCORE] =
        {"score", "DIR", "hold what was measured after a change against its evidence",
         "DIR is a folder with evidence. Every measured value is held against the interval in "
         "which one real run of that length was projected to be.\n"
         "FILE is a JSON object: \"metrics\", such as { \"api.response.p95\": \"371ms\", "
         "\"db_pool.utilization\": \"19.1%\" } (null: not measured), and if you like "
         "\"load_test\", the same of the synthetic one (\"response.p95\"), \"duration\" and "
         "\"source\".\n"
         "Exit status: 0 no more values are outside than chance puts there, 1 more are, 2, 4 as "
         "for 'run'."},
    [CLI_AUDIT] =
        {"audit", "CLAIMS", "hold claims against each other, before anything is simulated",
         "CLAIMS is a JSON file of figures, each with what is claimed of it, and of laws that tie "
         "them (utilization, Little's law, shares, sums, makespans): see claims-format.md. "
         "Contradictions are told as the smallest sets of claims that cannot all be true, with "
         "the arithmetic, what each would have to be by the others, and what follows beside what "
         "is claimed.\n"
         "Exit status: 0 nothing contradicts, 1 something does, 3 only by a supposition that is "
         "named, 2, 4 as for 'run'."},
    [CLI_BACKTEST] =
        {"backtest", "LEDGER...", "how often a model has been right, from what it said before",
         "LEDGER is a JSON file of pairs, each what was projected and what was measured then: "
         "see ledger-format.md; or the score.json of 'score --out', or a folder of them, which is "
         "a pair each. 'backtest add LEDGER SCORE' puts a score, or all of a folder, behind the "
         "pairs of a ledger, or begins one, at once or not at all. Shown are the share of measured "
         "values inside of their one-run "
         "intervals, bias and spread of each metric, the worst misses, whether it gets better, "
         "and the factor that would make the intervals honest.\n"
         "Exit status: 0 the intervals held what they promise, 1 they are too narrow, 3 too few "
         "pairs to say, 2, 4 as for 'run'."},
    [CLI_CALIBRATE] =
        {"calibrate", "SCENARIO", "find the inputs with which a scenario shows what was measured",
         "Each --free PATH=LOW:HIGH is a free input: a mean, a cv, a rate, a coefficient. Fitted "
         "are the metrics of --measured FILE (as for 'score': \"metrics\", \"duration\", "
         "\"source\") by least squares on the same customers, weighed by what one run varies by. "
         "Said are the values with their standard errors, which of them the data cannot tell, how "
         "far each metric is off, and whether those of --hold-out, which take no part, are where "
         "one run may be. Each trial has 20 replications unless --replications says otherwise. "
         "--out has the scenario with these values. Where --measured is load levels (clients and "
         "tps, of clients that do not think; at least four), the contention of its processors is "
         "fitted, sigma and kappa of the Universal Scalability Law, without --free.\n"
         "Exit status: 0 the scenario with these values shows what was measured, 1 none does, 3 "
         "some input cannot be told from the data, 2, 4 and 130 as for 'run'."},
    [CLI_SWEEP] =
        {"sweep", "SCENARIO", "what a setting does as values of it vary",
         "Judges the criteria at every point: each value of --vary, or each combination of up to "
         "three of them, laid over one setting. All points meet the same customers, and each gets "
         "as many replications as its verdict needs: first ten short ones, which settle what is "
         "obvious, then whole ones. What a criterion compares with (no_worse_than) is as in the "
         "file.\n"
         "The setting is --setting; otherwise the only one besides baseline, or else the file as "
         "it is written. With --replications there are no short ones.\n"
         "Exit status: 0 whatever the verdicts, or as for run when something went wrong; 130 "
         "interrupted; the points that were finished are printed."},
    [CLI_MERGE] =
        {"merge", "DIR...", "put the shards of a sweep together",
         "DIR... are the folders in which the shards of a sweep were kept, on whatever machines. "
         "The scenario must be where it was. What comes out is what the sweep would have given at "
         "once, byte for byte.\n"
         "Exit status: 0 whatever the verdicts; 2 points are missing (they are named), or the "
         "folders are of another version, scenario or command, or contradict each other; 4 the "
         "machine failed."},
    [CLI_SIZE] =
        {"size", "SCENARIO", "the smallest value that passes every criterion",
         "Searches LOW:HIGH of --vary, any whole number or duration, for the smallest value at "
         "which every criterion passes, to 1 % of it (--resolution), and says why a smaller one "
         "fails and where the passing range ends above: a pool can also be too large. Values that "
         "are undecided between a pass and a fail are said. Few values are simulated: those that "
         "offered loads, "
         "halving and the criteria's margins point to, all on the same customers; first with ten "
         "short replications, then, across the ends of the range, with whole ones.\n"
         "Exit status: 0 a value passes, 1 none does, 3 undecided, 2, 4 and 130 as for run."},
    [CLI_LIMIT] =
        {"limit", "SCENARIO", "the largest value that passes every criterion",
         "As 'size', for the largest value: how many customers, jobs or milliseconds can it be? "
         "It says which criterion breaks first beyond it.\n"
         "Exit status: 0 a value passes, 1 none does, 3 undecided, 2, 4 and 130 as for run."},
    [CLI_SENSITIVITY] =
        {"sensitivity", "SCENARIO", "what uncertain inputs mean for the verdicts",
         "SCENARIO is a JSON file, or - for standard input, in which some inputs are given with "
         "their uncertainty: { \"mean\": \"75ms\", \"uncertain\": \"±10%\" }. Values are drawn for "
         "them and simulated on the same customers: how likely each criterion holds, how much of "
         "the spread comes from the inputs and how much from simulating, and which input to "
         "measure next.\n"
         "Exit status: 0 done, 2 bad usage or bad input, 4 the machine failed, 130 interrupted."},
    [CLI_HELP] = {"help", "[SUBCOMMAND]", "say how capsim or one of its subcommands is used", NULL},
    [CLI_VERSION] = {"version", NULL, "say which version this is", NULL},
};

const struct cli_option cli_options[CLI_OPTIONS] = {
    [CLI_OPTION_SETTING] =
        {"setting", 's', "NAME",
         ON(CLI_RUN) | ON(CLI_VALIDATE) | ON(CLI_WHY) | ON(CLI_SENSITIVITY) | ON(CLI_TRACE) |
             ON(CLI_BASELINE) | ON(CLI_CHECK) | ON(CLI_REPORT) | ON(CLI_CALIBRATE) | EXPLORERS,
         true, true,
         "Only this setting, and those that its criteria compare it with. Default: all of them."},
    [CLI_OPTION_SET] = {"set", 0, "PATH=VALUE", READERS | ON(CLI_INIT) | ON(CLI_IMPORT), true, true,
                        "Override one value in every setting, such as resources.db_pool.max=80."},
    [CLI_OPTION_SEED] = {"seed", 0, "N", STUDIES | ON(CLI_TRACE), false, true,
                         "Seed of the random numbers, instead of run.seed."},
    [CLI_OPTION_REPLICATIONS] = {"replications", 'n', "MIN[:MAX]", STUDIES, false, true,
                                 "Instead of run.replications; N alone means exactly N."},
    [CLI_OPTION_DURATION] =
        {"duration", 'd', "D", STUDIES | ON(CLI_TRACE), false, true,
         "Measured time of a replication, such as 10min, instead of run.duration; of a rehearsal, "
         "instead of rollout.watch."},
    [CLI_OPTION_SERIES] = {"series", 0, "METRIC", ON(CLI_RUN) | ON(CLI_REPORT), true, true,
                           "Also give this metric in each window of run.window, in JSON and as "
                           "series.csv of --out; key: all that the text shows, as many as fit."},
    [CLI_OPTION_FROM] = {"from", 0, "NAME",
                         ON(CLI_COMPARE) | ON(CLI_TRACE) | ON(CLI_IMPORT) | ON(CLI_AUDIT), false,
                         true, "The setting to compare with. Default: baseline."},
    [CLI_OPTION_TO] = {"to", 0, "NAME", ON(CLI_COMPARE) | ON(CLI_TRACE) | ON(CLI_IMPORT), false,
                       true,
                       "The setting that is compared. Default: the only other one; of a second "
                       "scenario, baseline."},
    [CLI_OPTION_REASON] = {"reason", 0, "TEXT", ON(CLI_BASELINE), false, false,
                           "Of 'approve': why the change is right. It is kept in the baseline."},
    [CLI_OPTION_BY] = {"by", 0, "NAME", ON(CLI_BASELINE), false, false,
                       "Of 'approve': who approves it."},
    [CLI_OPTION_BASELINE] = {"baseline", 'b', "FILE",
                             ON(CLI_CHECK) | ON(CLI_VERIFY) | ON(CLI_BASELINE), false, true,
                             "The report to hold the run against: of 'capsim baseline save', or "
                             "any report.json."},
    [CLI_OPTION_TOLERANCE] = {"tolerance", 't', "[METRIC=]SHARE", ON(CLI_CHECK), true, true,
                              "By how much a metric may become worse, such as 5% or "
                              "api.response.p95=2%. Default: 1%."},
    [CLI_OPTION_STRICT] = {"strict", 0, NULL, ON(CLI_CHECK), false, true,
                           "A change for the better fails too: the baseline is out of date."},
    [CLI_OPTION_ALL_METRICS] =
        {"all-metrics", 0, NULL, ON(CLI_CHECK), false, true,
         "Compare every metric, not only the key ones and those that criteria are about."},
    [CLI_OPTION_EVIDENCE_TEMPLATE] =
        {"evidence-template", 0, "FILE", ON(CLI_RUN) | ON(CLI_REHEARSE), false, true,
         "A form of your own for the report after the change that --evidence writes: a text with "
         "placeholders such as {{criteria}}, {{verdict}} or {{projected api.response.p95}} "
         "(evidence.md lists them). Default: the usual form."},
    [CLI_OPTION_LOAD_TEST] =
        {"load-test", 0, "N:C", ON(CLI_RUN) | ON(CLI_REHEARSE), false, true,
         "The synthetic load test of --evidence: N requests, C at a time. Default: 500:50."},
    [CLI_OPTION_ACTUAL] = {"actual", 'a', "FILE", ON(CLI_SCORE), false, true,
                           "The measured values, as JSON; - for standard input."},
    [CLI_OPTION_MEASURED] = {"measured", 0, "FILE", ON(CLI_CALIBRATE), true, true,
                             "The measured values, as JSON; - for standard input. Or load levels, "
                             "all of one system: a table with clients and tps, or reports of "
                             "pgbench, each with this option."},
    [CLI_OPTION_HOLD_OUT] = {"hold-out", 0, "METRIC", ON(CLI_CALIBRATE), true, true,
                             "A metric that was measured but takes no part in the fit: it is "
                             "compared with what the fit says."},
    [CLI_OPTION_REQUEST] = {"request", 0, "WORKLOAD:N", ON(CLI_TRACE), false, true,
                            "Follow the N-th request of a workload, such as api:17; of a mix "
                            "WORKLOAD.CLASS:N."},
    [CLI_OPTION_FIRST_FAILURE] = {"first-failure", 0, NULL, ON(CLI_TRACE), false, true,
                                  "Follow the first request that fails for good, with all that "
                                  "stood in front of it."},
    [CLI_OPTION_REPLICATION] = {"replication", 0, "N", ON(CLI_TRACE), false, true,
                                "Which replication, from 0. Default: 0."},
    [CLI_OPTION_VARY] =
        {"vary", 'v', "PATH=VALUES", EXPLORERS | ON(CLI_REPORT) | ON(CLI_CALIBRATE), true, true,
         "What varies: LOW:HIGH[:STEP] with units where they are due, such as "
         "resources.db_pool.max=40:200:20; or a list, VALUE,VALUE... A sweep without STEP takes "
         "eleven values, a search every one, and so does a report: its page then shows the "
         "smallest that passes."},
    [CLI_OPTION_FREE] = {"free", 0, "PATH=LOW:HIGH", ON(CLI_CALIBRATE), true, true,
                         "A free input, up to 8 of them: one value within the range is looked for, "
                         "such as workloads.api.steps.0.delay.mean=40ms:95ms."},
    [CLI_OPTION_LOG] = {"log", 0, NULL, ON(CLI_SWEEP) | ON(CLI_CALIBRATE), false, true,
                        "Values by equal factors; STEP is then the factor: 1:1000:10."},
    [CLI_OPTION_RESOLUTION] =
        {"resolution", 0, "SHARE|STEP|exact", ON(CLI_SIZE) | ON(CLI_LIMIT) | ON(CLI_REPORT), false,
         true,
         "How near the value that passes and the one that fails beyond it must be: a share of the "
         "value, such as 1%, a difference in its unit, such as 500, or exact. Default: 1%."},
    [CLI_OPTION_QUICK] = {"quick", 0, NULL, ON(CLI_REPORT), false, true,
                          "Leave out what the page says beyond the run: how little of the resource "
                          "would do, and how much more load there is room for."},
    [CLI_OPTION_METRIC] = {"metric", 'm', "METRIC", ON(CLI_PLOT) | ON(CLI_SWEEP), true, true,
                           "What a picture is about, such as api.response or db_pool.wait; or a "
                           "metric that a sweep shows, estimated to 5 % or as well as the least "
                           "number of replications does. Default: what the criteria are about."},
    [CLI_OPTION_KIND] = {"kind", 'k', "KIND", ON(CLI_PLOT), false, false,
                         "What to draw. Default: the first kind that the report has figures for."},
    [CLI_OPTION_AS] = {"as", 0, "FORMAT[:SPEC]", ON(CLI_IMPORT), true, true,
                       "The format of the file, such as nginx:'$msec $request_time ...' or "
                       "postgresql:'%m [%p] %q%u@%d '. Once for each file (auto: by its "
                       "beginning), or once for those whose beginning tells none."},
    [CLI_OPTION_SAMPLED] = {"sampled", 0, "SHARE", ON(CLI_IMPORT), false, true,
                            "The logs of requests (or traces) have only this share of all: 10%, "
                            "or 1/10. Rates are multiplied, and waits are not taken out of "
                            "responses."},
    [CLI_OPTION_LABEL] = {"label", 0, "RESOURCE.METRIC=KIND", ON(CLI_IMPORT), true, true,
                          "For csv: the column of that name is a service, hold, wait, response, "
                          "connect, think, count, rate or gauge of the resource."},
    [CLI_OPTION_SCENARIO] = {"scenario", 0, "FILE", ON(CLI_IMPORT), false, false,
                             "Write the drafted scenario into this file."},
    [CLI_OPTION_NAME] = {"name", 0, "[FOUND=]NAME", ON(CLI_IMPORT) | ON(CLI_BACKTEST), true, true,
                         "What a part of the draft is called instead: requests=api, pool=db_pool, "
                         "or a class. Without FOUND: the name of the scenario. Default: imported."},
    [CLI_OPTION_RESUME] = {"resume", 0, NULL, ON(CLI_SWEEP), false, false,
                           "Go on with the sweep that was broken off, by whatever, in --out DIR: "
                           "what was finished is kept there at once. The result is the same."},
    [CLI_OPTION_SHARD] =
        {"shard", 0, "I/N", ON(CLI_SWEEP), false, false,
         "Only each N-th point, from the I-th on; they are kept in --out DIR for 'capsim merge'. "
         "auto/N takes I from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX, auto takes N from "
         "SLURM_ARRAY_TASK_COUNT too."},
    [CLI_OPTION_DRAWS] = {"draws", 0, "N", ON(CLI_SENSITIVITY), false, true,
                          "Draws of the uncertain inputs, 5 to 100000. Default: 40, with 5 "
                          "replications each unless --replications says otherwise."},
    [CLI_OPTION_THREADS] =
        {"threads", 'j', "N", STUDIES | ON(CLI_VERIFY), false, false,
         "Threads, 1 to 1024. Default: one per core. The result does not depend on it."},
    [CLI_OPTION_MAX_MEMORY] = {"max-memory", 0, "SIZE", STUDIES | ON(CLI_TRACE) | ON(CLI_VERIFY),
                               false, false,
                               "Most memory that the simulation may take, such as 2GB; beyond it "
                               "the program ends with exit status 4. Default: the machine's."},
    [CLI_OPTION_FORMAT] =
        {"format", 'f', "FORMAT",
         (STUDIES & ~ON(CLI_REPORT)) | RECORDS | ON(CLI_TRACE) | ON(CLI_IMPORT) | ON(CLI_MERGE),
         false, false, "What standard output gets: text (default), json, csv, markdown or html."},
    [CLI_OPTION_OUT] = {"out", 'o', "DIR",
                        STUDIES | RECORDS | ON(CLI_INIT) | ON(CLI_PLOT) | ON(CLI_IMPORT) |
                            ON(CLI_MERGE),
                        false, false,
                        "Also write the report in all formats, and run.json, into this folder."},
    [CLI_OPTION_JUNIT] = {"junit", 0, "FILE", ON(CLI_RUN) | ON(CLI_CHECK), false, false,
                          "Also write the outcome as JUnit XML: a test case for each criterion "
                          "and each metric compared."},
    [CLI_OPTION_EVIDENCE] = {"evidence", 0, "DIR", ON(CLI_RUN) | ON(CLI_REHEARSE), false, false,
                             "Also write into this folder what a reviewer of the change wants to "
                             "see before, during and after it, as projected by simulation."},
    [CLI_OPTION_QUIET] = {"quiet", 'q', NULL, STUDIES | RECORDS | ON(CLI_VERIFY) | ON(CLI_MERGE),
                          false, false,
                          "No progress and no warnings on standard error. The report has the "
                          "warnings all the same."},
    [CLI_OPTION_PROGRESS] =
        {"progress", 0, NULL, STUDIES | ON(CLI_VERIFY), false, false,
         "Show progress even when standard error is not a terminal. Without it what "
         "takes long says so there after 5 s, 20 s, 80 s..."},
    [CLI_OPTION_SCDOC] =
        {"scdoc", 0, NULL, ON(CLI_HELP) | ON(CLI_EXPLAIN), false, false,
         "The manual page instead, capsim(1) or, of explain, capsim-scenario(5), as "
         "scdoc's source text."},
    [CLI_OPTION_KEY] =
        {"key", 0, "FILE", ON(CLI_SIGN) | ON(CLI_VERIFY), false, false,
         "Of sign: the private key, as ssh-keygen -Y sign takes it. Of verify: a public "
         "key, or a file of allowed signers (ssh-keygen(1)); what is not signed by one of "
         "them differs."},
    [CLI_OPTION_FILLED] =
        {"filled", 0, NULL, ON(CLI_SIGN), false, false,
         "Sign what was filled in, the post-execution report as it is now, instead "
         "of the evidence as capsim wrote it."},
    [CLI_OPTION_NO_SANDBOX] =
        {"no-sandbox", 0, NULL, READERS | ON(CLI_SCORE) | ON(CLI_PLOT) | ON(CLI_VERIFY), false,
         false,
         "Keep the rights to open connections, to write anywhere and to start "
         "any program, which capsim gives up otherwise."},
    [CLI_OPTION_DEBUG] = {"debug", 0, NULL,
                          READERS | RECORDS | ON(CLI_PLOT) | ON(CLI_VERIFY) | ON(CLI_IMPORT) |
                              ON(CLI_MERGE),
                          false, false, "Say in which source line of capsim an error was found."},
    [CLI_OPTION_HELP] = {"help", 'h', NULL, ~0u, true, false, "This text."},
};

/* Where an option means something else than its row says. */
static const struct {
    enum cli_subcommand subcommand;
    enum cli_option_name option;
    const char *argument, *help;
} own_meanings[] = {
    {CLI_TRACE, CLI_OPTION_FROM, "T", "Tell all that happens from this time on, such as 10s."},
    {CLI_TRACE, CLI_OPTION_TO, "T", "Tell all that happens before this time."},
    {CLI_TRACE, CLI_OPTION_SETTING, "NAME", "The setting to follow."},
    {CLI_TRACE, CLI_OPTION_FORMAT, "FORMAT", "text (default), csv, or json: an object a line."},
    {CLI_IMPORT, CLI_OPTION_SET, "PATH=NUMBER",
     "A size that no file tells, such as resources.pool.max=10."},
    {CLI_IMPORT, CLI_OPTION_FROM, "T", "Only what came from this time on: 2026-12-01T01:20:03Z."},
    {CLI_AUDIT, CLI_OPTION_FROM, "SCENARIO",
     "Instead of CLAIMS: what this scenario itself claims, its loads, sizes and criteria."},
    {CLI_IMPORT, CLI_OPTION_TO, "T", "Only what came before this time."},
    {CLI_IMPORT, CLI_OPTION_OUT, "DIR",
     "Write observed.json, the drafted scenario.json, and what was seen as page, text, Markdown, "
     "JSON "
     "and tables into this folder."},
    {CLI_IMPORT, CLI_OPTION_FORMAT, "FORMAT",
     "What standard output gets: text (default), json (what was seen), csv, markdown or html."},
    {CLI_INIT, CLI_OPTION_SET, "KEY=VALUE", "Answer a question beforehand."},
    {CLI_INIT, CLI_OPTION_OUT, "FILE",
     "The file to write, or - for standard output. Default: the scenario's name with .json."},
    {CLI_BACKTEST, CLI_OPTION_NAME, "TEXT",
     "Of 'add': what the pair is called. Default: the name of its scenario."},
    {CLI_CALIBRATE, CLI_OPTION_VARY, "PATH=LOW:HIGH", "The same as --free."},
    {CLI_CALIBRATE, CLI_OPTION_LOG, NULL, "Inputs vary by their logarithm: by equal factors."},
    {CLI_BASELINE, CLI_OPTION_OUT, "FILE",
     "The file to write. Default: the scenario's name with .baseline.json."},
    {CLI_PLOT, CLI_OPTION_OUT, "FILE",
     "The file to write, ending in .svg or .png. Default: SVG to standard output."},
    {CLI_REPORT, CLI_OPTION_OUT, "FILE|DIR",
     "The page to write, ending in .html, or a folder for the report in all formats. Default: the "
     "page to standard output."},
};

const struct cli_option *cli_option_of(enum cli_option_name name, enum cli_subcommand subcommand,
                                       struct arena *arena)
{
    for (size_t i = 0; i < sizeof own_meanings / sizeof own_meanings[0]; i++)
        if (own_meanings[i].subcommand == subcommand && own_meanings[i].option == name) {
            struct cli_option *own = arena_alloc(arena, sizeof *own);
            *own = cli_options[name];
            own->argument = own_meanings[i].argument;
            own->help = own_meanings[i].help;
            return own;
        }
    return &cli_options[name];
}
