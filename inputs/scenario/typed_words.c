/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/typed_words.h"

#include <stdbool.h>
#include <string.h>

enum { MAX_WORD = 64 };

/* In lower case, without "_", "-" and blanks. "": too long to be a word of the tables. */
static const char *fold(const char *word, char folded[MAX_WORD])
{
    size_t length = 0;
    for (; *word != '\0' && length + 1 < MAX_WORD; word++)
        if (strchr("_- ", *word) == NULL)
            folded[length++] = (char)(*word >= 'A' && *word <= 'Z' ? *word - 'A' + 'a' : *word);
    folded[*word == '\0' ? length : 0] = '\0';
    return folded;
}

/* In objects called `what` (NULL: any), `written`, folded, means `meant`. */
struct typed_word {
    const char *what, *written, *meant;
};

/* Sources of the words: the settings of HikariCP, c3p0, DBCP, Tomcat JDBC, SQLAlchemy, asyncpg,
 * psycopg_pool, pgxpool, node-postgres, Go's database/sql, PgBouncer; executors of Java; k6. */
static const struct typed_word key_words[] = {
    {"connection_pool", "maximumpoolsize", "max"},
    {"connection_pool", "maxpoolsize", "max"},
    {"connection_pool", "maxsize", "max"},
    {"connection_pool", "poolsize", "max"},
    {"connection_pool", "size", "max"},
    {"connection_pool", "maxactive", "max"},
    {"connection_pool", "maxtotal", "max"},
    {"connection_pool", "maxconns", "max"},
    {"connection_pool", "maxconnections", "max"},
    {"connection_pool", "maxopenconns", "max"},
    {"connection_pool", "defaultpoolsize", "max"},
    {"connection_pool", "minimumidle", "min"},
    {"connection_pool", "minidle", "min"},
    {"connection_pool", "minsize", "min"},
    {"connection_pool", "minpoolsize", "min"},
    {"connection_pool", "minconns", "min"},
    {"connection_pool", "initialsize", "min"},
    {"connection_pool", "maxwait", "acquire_timeout"},
    {"connection_pool", "maxwaitmillis", "acquire_timeout"},
    {"connection_pool", "pooltimeout", "acquire_timeout"},
    {"connection_pool", "checkouttimeout", "acquire_timeout"},
    {"connection_pool", "connmaxlifetime", "max_lifetime"},
    {"connection_pool", "maxconnlifetime", "max_lifetime"},
    {"connection_pool", "maxconnidletime", "idle_timeout"},
    {"connection_pool", "connmaxidletime", "idle_timeout"},
    {"connection_pool", "poolrecycle", "max_lifetime"},
    {"connection_pool", "maxidleconns", "max_idle"},
    {"thread_pool", "workers", "threads"},
    {"thread_pool", "size", "threads"},
    {"thread_pool", "poolsize", "threads"},
    {"thread_pool", "maxthreads", "threads"},
    {"thread_pool", "maxpoolsize", "threads"},
    {"thread_pool", "queuesize", "queue_limit"},
    {"thread_pool", "queuecapacity", "queue_limit"},
    {"thread_pool", "maxqueue", "queue_limit"},
    {NULL, "cpus", "cores"},
    {NULL, "vcpus", "cores"},
    {NULL, "vcpu", "cores"},
    {"database", "maxconn", "max_connections"},
    {"database", "maxconns", "max_connections"},
    {"database", "superuserreservedconnections", "reserved"},
    {"service", "pods", "replicas"},
    {"service", "instances", "replicas"},
    {NULL, "avg", "mean"},
    {NULL, "average", "mean"},
    {NULL, "median", "p50"},
    {NULL, "coefficientofvariation", "cv"},
    {NULL, "weight", "share"},
    {NULL, "fraction", "share"},
    {NULL, "rps", "rate"},
    {NULL, "qps", "rate"},
    {NULL, "thinktime", "think"},
    {NULL, "vus", "concurrency"},
    {NULL, "users", "customers"},
    {NULL, "period", "every"},
    {NULL, "interval", "every"},
    {"resource", "type", "kind"},
    {"arrivals", "type", "process"},
    {"arrivals", "kind", "process"},
    {"distribution", "distribution", "dist"},
    {"distribution", "type", "dist"},
    {"distribution", "kind", "dist"},
    {"distribution", "law", "dist"},
    {"step", "acquire", "hold"},
    {"step", "sleep", "delay"},
    {"step", "call", "visit"},
    {"retry", "maxattempts", "attempts"},
};

static const struct typed_word choice_words[] = {
    {NULL, "pool", "connection_pool"},
    {NULL, "dbpool", "connection_pool"},
    {NULL, "connpool", "connection_pool"},
    {NULL, "threads", "thread_pool"},
    {NULL, "executor", "thread_pool"},
    {NULL, "workers", "thread_pool"},
    {NULL, "processor", "cpu"},
    {NULL, "cores", "cpu"},
    {NULL, "db", "database"},
    {NULL, "postgres", "database"},
    {NULL, "postgresql", "database"},
    {NULL, "mysql", "database"},
    {NULL, "limiter", "rate_limiter"},
    {NULL, "ratelimit", "rate_limiter"},
    {NULL, "exp", "exponential"},
    {NULL, "expo", "exponential"},
    {NULL, "const", "constant"},
    {NULL, "fixed", "constant"},
    {NULL, "deterministic", "constant"},
    {NULL, "lognorm", "lognormal"},
    {NULL, "hyperexp", "hyperexponential"},
    {NULL, "lomax", "pareto"},
    {NULL, "exponential", "poisson"},
    {NULL, "open", "poisson"},
    {NULL, "loadtest", "load_test"},
    {NULL, "replay", "trace"},
    {NULL, "hikari", "hikaricp"},
    {NULL, "leastconnections", "least_busy"},
    {NULL, "leastconn", "least_busy"},
};

static const struct typed_word key_advice[] = {
    {"connection_pool", "connectiontimeout",
     "\"acquire_timeout\" bounds the wait for a connection (HikariCP's connectionTimeout), "
     "\"connect_timeout\" the opening of one"},
    {"connection_pool", "timeout",
     "\"acquire_timeout\" bounds the wait for a connection, \"connect_timeout\" the opening of "
     "one, \"idle_timeout\" how long one stays open unused"},
    {NULL, "sigma", "give \"cv\", the standard deviation divided by the mean"},
    {NULL, "sd", "give \"cv\", the standard deviation divided by the mean"},
    {NULL, "std", "give \"cv\", the standard deviation divided by the mean"},
    {NULL, "stddev", "give \"cv\", the standard deviation divided by the mean"},
};

static const struct typed_word choice_advice[] = {
    {"distribution", "normal",
     "a normal time could be negative: \"lognormal\" or \"gamma\" take the same mean and cv"},
    {"distribution", "gaussian",
     "a normal time could be negative: \"lognormal\" or \"gamma\" take the same mean and cv"},
    {"process", "uniform",
     "arrivals with uniform gaps are \"renewal\" with a uniform interarrival"},
    {"process", "constant",
     "arrivals at equal distances are \"renewal\" with a constant interarrival"},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *find_in(const struct typed_word *words, size_t count, const char *what,
                           const char *folded, size_t *from)
{
    for (; *from < count; (*from)++) {
        const struct typed_word *word = &words[*from];
        bool is_there = word->what == NULL || (what != NULL && strcmp(word->what, what) == 0);
        if (is_there && strcmp(word->written, folded) == 0)
            return words[(*from)++].meant;
    }
    return NULL;
}

static const char *among(const char *word, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], word) == 0)
            return names[i];
    return NULL;
}

/* camelCase and kebab-case of a key. One word in capitals is a slip instead, and told as one. */
static const char *same_but_for_case(const char *folded, const char *const *names, size_t count,
                                     bool is_key)
{
    char name[MAX_WORD];
    for (size_t i = 0; i < count; i++)
        if ((!is_key || strchr(names[i], '_') != NULL) && strcmp(fold(names[i], name), folded) == 0)
            return names[i];
    return NULL;
}

static const char *understand(const struct typed_word *words, size_t word_count, const char *what,
                              const char *written, const char *const *names, size_t count)
{
    char folded[MAX_WORD];
    if (fold(written, folded)[0] == '\0')
        return NULL;
    const char *same = same_but_for_case(folded, names, count, words == key_words), *meant;
    size_t from = 0;
    while (same == NULL && (meant = find_in(words, word_count, what, folded, &from)) != NULL)
        same = among(meant, names, count);
    return same;
}

const char *typed_words_key(const char *what, const char *written, const char *const *keys)
{
    size_t count = 0;
    while (keys[count] != NULL)
        count++;
    return understand(key_words, COUNT(key_words), what, written, keys, count);
}

const char *typed_words_choice(const char *written, const char *const *names, size_t count)
{
    return understand(choice_words, COUNT(choice_words), NULL, written, names, count);
}

const char *typed_words_key_advice(const char *what, const char *written)
{
    char folded[MAX_WORD];
    size_t from = 0;
    return find_in(key_advice, COUNT(key_advice), what, fold(written, folded), &from);
}

const char *typed_words_choice_advice(const char *what, const char *written)
{
    char folded[MAX_WORD];
    size_t from = 0;
    return find_in(choice_advice, COUNT(choice_advice), what, fold(written, folded), &from);
}

/* ---- metrics --------------------------------------------------------------------------------- */

static const struct typed_word statistic_words[] = {
    {NULL, "avg", "mean"},    {NULL, "average", "mean"}, {NULL, "med", "p50"},
    {NULL, "median", "p50"},  {NULL, "std", "sd"},       {NULL, "stddev", "sd"},
    {NULL, "maximum", "max"},
};
static const struct typed_word metric_words[] = {
    {NULL, "latency", "response"},        {NULL, "duration", "response"},
    {NULL, "responsetime", "response"},   {NULL, "rps", "throughput"},
    {NULL, "qps", "throughput"},          {NULL, "errors", "error_rate"},
    {NULL, "errorrate", "error_rate"},    {NULL, "usage", "utilization"},
    {NULL, "utilisation", "utilization"}, {NULL, "waittime", "wait"},
};

/* "p(99.9)", "p99.9" and "99th" as a statistic is called: "p999"; NULL: none of them. at: behind
 * the last dot that is no decimal point. */
static const char *percentile(const char *at, struct arena *arena)
{
    const char *digits = at + (*at == 'p' || *at == 'P' ? 1 : 0);
    bool is_bracketed = digits > at && *digits == '(';
    digits += is_bracketed ? 1 : 0;
    size_t whole = strspn(digits, "0123456789");
    size_t part = digits[whole] == '.' ? strspn(digits + whole + 1, "0123456789") : 0;
    const char *rest = digits + whole + (part > 0 ? part + 1 : 0);
    const char *close = is_bracketed ? ")" : digits > at ? "" : "th";
    if (whole == 0 || strcmp(rest, close) != 0)
        return NULL;
    return arena_printf(arena, "p%.*s%.*s", (int)whole, digits, (int)part, digits + whole + 1);
}

/* Where the statistic begins: behind the last dot, of "p99.9" and "p(99.9)" the one before. */
static const char *last_part(const char *word)
{
    const char *dot = strrchr(word, '.');
    if (dot == NULL)
        return NULL;
    const char *before = dot;
    while (before > word && before[-1] != '.')
        before--;
    bool is_decimal = before > word && (before[0] == 'p' || before[0] == 'P') &&
                      strspn(before + 1, "(0123456789") == (size_t)(dot - before - 1) &&
                      dot > before + 1 && dot[1] >= '0' && dot[1] <= '9';
    return is_decimal ? before : dot + 1;
}

/* word with the part from `at`, of length bytes, replaced. */
static const char *replace(const char *word, const char *at, size_t length, const char *with,
                           struct arena *arena)
{
    return arena_printf(arena, "%.*s%s%s", (int)(at - word), word, with, at + length);
}

static const char *understand_statistic(const char *word, struct arena *arena)
{
    char folded[MAX_WORD];
    size_t from = 0;
    const char *at = last_part(word);
    if (at == NULL)
        return word;
    const char *meant = percentile(at, arena);
    if (meant == NULL)
        meant = find_in(statistic_words, COUNT(statistic_words), NULL, fold(at, folded), &from);
    return meant == NULL ? word : replace(word, at, strlen(at), meant, arena);
}

const char *typed_words_metric(const char *word, struct arena *arena)
{
    const char *step = strstr(word, ".step.");
    if (step != NULL && strchr(step + strlen(".step."), '.') == NULL)
        return word; /* all that is left is the name of a step */
    word = understand_statistic(word, arena);
    const char *dot = strchr(word, '.');
    while (dot != NULL && step == NULL) {
        char part[MAX_WORD], folded[MAX_WORD];
        size_t length = strcspn(dot + 1, "."), from = 0;
        bool is_last = dot[1 + length] == '\0' || strchr(dot + 2 + length, '.') == NULL;
        if (is_last && length < sizeof part) {
            memcpy(part, dot + 1, length);
            part[length] = '\0';
            const char *meant =
                find_in(metric_words, COUNT(metric_words), NULL, fold(part, folded), &from);
            if (meant != NULL)
                return replace(word, dot + 1, length, meant, arena);
        }
        dot = strchr(dot + 1, '.');
    }
    return word;
}
