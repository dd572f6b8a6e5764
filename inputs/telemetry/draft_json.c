/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft as a scenario. */
#include "inputs/telemetry/draft.h"

#include "reports/text/json_writer.h"
#include <math.h>

#define LONGEST_RUN_S 86400.0 /* a day: of what lasted longer, a run shows as much */

enum { TEXT = 48 };

/* Seconds with their unit, as many digits as matter. */
static const char *duration(double seconds, char text[TEXT])
{
    if (seconds >= 1)
        snprintf(text, TEXT, "%.7gs", seconds);
    else if (seconds >= 1e-3)
        snprintf(text, TEXT, "%.7gms", 1e3 * seconds);
    else
        snprintf(text, TEXT, "%.7gus", fmax(1e6 * seconds, 1e-3));
    return text;
}

static void write_duration(struct json_writer *writer, const char *key, double seconds)
{
    char text[TEXT];
    writer_named_string(writer, key, duration(seconds, text));
}

/* "±1.2%"; nothing when it is not known or too small to matter. */
static void write_uncertain(struct json_writer *writer, double relative_error)
{
    char text[TEXT];
    if (!(relative_error > 1e-5))
        return;
    snprintf(text, sizeof text, "±%.3g%%", 100 * fmin(relative_error, 0.5));
    writer_named_string(writer, "uncertain", text);
}

static void write_cv(struct json_writer *writer, const struct draft_law *law)
{
    writer_key(writer, "cv");
    if (!law->is_cv_assumed && !(law->cv_error > 0)) {
        writer_number(writer, law->kind_cv);
        return;
    }
    writer_open_object(writer, EMIT_LINE);
    writer_named_number(writer, "value", law->kind_cv);
    if (!law->is_cv_assumed) {
        write_uncertain(writer, law->cv_error);
        writer_close(writer);
        return;
    }
    writer_key(writer, "uncertain");
    writer_open_array(writer, EMIT_LINE);
    writer_number(writer, 0.5 * law->kind_cv);
    writer_number(writer, 2 * law->kind_cv);
    writer_close(writer);
    writer_close(writer);
}

static void write_values(struct json_writer *writer, const struct draft_law *law)
{
    char text[TEXT];
    writer_named_string(writer, "dist", "empirical");
    writer_key(writer, "values");
    writer_open_array(writer, EMIT_LINE);
    for (size_t i = 0; i < law->count; i++)
        writer_string(writer, duration(law->values[i], text));
    writer_close(writer);
}

static void write_kind(struct json_writer *writer, const struct draft_law *law)
{
    writer_named_string(writer, "dist", fit_law_name(law->kind));
    write_duration(writer, "mean", law->kind_mean);
    if (law->kind != DISTRIBUTION_EXPONENTIAL)
        write_cv(writer, law);
}

static void write_mixture(struct json_writer *writer, const struct draft_law *law)
{
    writer_named_string(writer, "dist", "mixture");
    writer_key(writer, "parts");
    writer_open_array(writer, EMIT_LINE);
    writer_open_object(writer, EMIT_LINE);
    writer_named_number(writer, "share", law->body_share);
    write_values(writer, law);
    writer_close(writer);
    writer_open_object(writer, EMIT_LINE);
    writer_named_number(writer, "share", 1 - law->body_share);
    write_kind(writer, law);
    write_duration(writer, "min", law->threshold);
    writer_close(writer);
    writer_close(writer);
}

static void write_law(struct json_writer *writer, const struct draft_law *law)
{
    writer_open_object(writer, EMIT_LINE);
    if (law->is_constant)
        write_duration(writer, "value", law->mean);
    else if (!law->is_empirical)
        write_kind(writer, law);
    else if (law->body_share < 1)
        write_mixture(writer, law);
    else
        write_values(writer, law);
    write_uncertain(writer, law->relative_error);
    writer_close(writer);
}

/* ---- resources ------------------------------------------------------------------------------- */

static const struct observed_setting *find(const struct draft *draft, const char *path)
{
    return observed_find_setting(draft->observed, path);
}

static void write_time_setting(struct json_writer *writer, const struct draft *draft,
                               const char *path, const char *key)
{
    const struct observed_setting *setting = find(draft, path);
    if (setting && setting->value > 0)
        write_duration(writer, key, setting->value);
}

static void write_pool(struct json_writer *writer, const struct draft *draft)
{
    const struct observed_setting *min = find(draft, "pool.min");
    const struct observed_setting *dialect = find(draft, "pool.dialect");
    writer_key(writer, draft_name(draft, "pool"));
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "kind", "connection_pool");
    if (dialect)
        writer_named_string(writer, "dialect", dialect->text);
    writer_named_integer(writer, "max", (uint64_t)draft->pool_max);
    if (min && min->value <= draft->pool_max)
        writer_named_integer(writer, "min", (uint64_t)min->value);
    write_time_setting(writer, draft, "pool.idle_timeout", "idle_timeout");
    write_time_setting(writer, draft, "pool.acquire_timeout", "acquire_timeout");
    write_time_setting(writer, draft, "pool.max_lifetime", "max_lifetime");
    writer_key(writer, "connect");
    write_law(writer, &draft->connect);
    if (draft->has_checkout) {
        writer_key(writer, "checkout");
        write_law(writer, &draft->checkout);
    }
    writer_close(writer);
}

static void write_resources(struct json_writer *writer, const struct draft *draft)
{
    writer_key(writer, "resources");
    writer_open_object(writer, EMIT_LINES);
    if (draft->has_proxy) {
        writer_key(writer, draft_name(draft, "proxy"));
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "kind", "thread_pool");
        writer_named_integer(writer, "threads", (uint64_t)draft->proxy_max);
        writer_close(writer);
    }
    if (draft->has_pool)
        write_pool(writer, draft);
    if (draft->has_pooler) {
        writer_key(writer, draft_name(draft, "pooler"));
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "kind", "connection_pool");
        writer_named_integer(writer, "max", (uint64_t)draft->pooler_max);
        write_time_setting(writer, draft, "pooler.acquire_timeout", "acquire_timeout");
        writer_close(writer);
    }
    writer_close(writer);
}

/* ---- arrivals -------------------------------------------------------------------------------- */

static void write_rate(struct json_writer *writer, const char *key, double per_s, double error)
{
    char text[TEXT];
    snprintf(text, sizeof text, "%.7g/s", per_s);
    writer_key(writer, key);
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "value", text);
    write_uncertain(writer, error);
    writer_close(writer);
}

static void write_states(struct json_writer *writer, const struct mmpp_fit *fit)
{
    writer_key(writer, "states");
    writer_open_array(writer, EMIT_LINES);
    for (int s = 0; s < 2; s++) {
        writer_open_object(writer, EMIT_LINE);
        write_rate(writer, "rate", fmax(fit->rate_per_s[s], 1e-6),
                   fit->rate_per_s[s] > 0 ? fit->rate_error[s] / fit->rate_per_s[s] : NAN);
        write_duration(writer, "sojourn", fit->sojourn_s[s]);
        writer_close(writer);
    }
    writer_close(writer);
}

static void write_profile(struct json_writer *writer, const struct draft *draft)
{
    char text[TEXT];
    double area = 0;
    for (size_t i = 1; i < draft->knot_count; i++)
        area += (draft->knots[i].rate_per_s + draft->knots[i - 1].rate_per_s) / 2 *
                (draft->knots[i].at_s - draft->knots[i - 1].at_s);
    writer_key(writer, "profile");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < draft->knot_count; i++) {
        const struct draft_knot *knot = &draft->knots[i];
        writer_open_array(writer, EMIT_LINE);
        writer_string(writer, knot->at_s > 0 ? duration(knot->at_s, text) : "0s");
        writer_number(writer, knot->rate_per_s * draft->length_s / area);
        writer_close(writer);
    }
    writer_close(writer);
    write_duration(writer, "profile_period", draft->length_s);
}

static void write_closed(struct json_writer *writer, const struct draft *draft)
{
    double think = draft->closed.think_mean_s;
    writer_named_string(writer, "process", "closed");
    writer_named_integer(writer, "customers", draft->closed.population);
    write_duration(writer, "think", think > 0 ? think : 1e-6);
}

static void write_arrivals(struct json_writer *writer, const struct draft *draft)
{
    writer_key(writer, "arrivals");
    writer_open_object(writer, EMIT_LINES);
    if (draft->closed.is_closed) {
        write_closed(writer, draft);
    } else if (draft->fit.kind == ARRIVAL_FIT_MMPP) {
        writer_named_string(writer, "process", "mmpp");
        write_states(writer, &draft->fit.mmpp);
    } else if (draft->fit.kind == ARRIVAL_FIT_RENEWAL) {
        writer_named_string(writer, "process", "renewal");
        writer_key(writer, "interarrival");
        write_law(writer, &draft->interarrival);
    } else if (draft->fit.kind == ARRIVAL_FIT_TRACE) {
        writer_named_string(writer, "process", "trace");
        writer_named_string(writer, "file", draft->trace_file);
        writer_key(writer, "columns");
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "arrival", "arrival_s");
        writer_close(writer);
        writer_key(writer, "repeat");
        writer_bool(writer, true);
        writer_key(writer, "scale");
        writer_open_object(writer, EMIT_LINE);
        writer_named_number(writer, "value", 1);
        write_uncertain(writer, draft->rate_relative_error);
        writer_close(writer);
    } else {
        writer_named_string(writer, "process", "poisson");
        write_rate(writer, "rate", draft->rate_per_s, draft->rate_relative_error);
        if (draft->fit.kind == ARRIVAL_FIT_PROFILE)
            write_profile(writer, draft);
    }
    writer_close(writer);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void open_hold(struct json_writer *writer, const char *resource)
{
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "hold", resource);
    writer_key(writer, "steps");
    writer_open_array(writer, EMIT_LINES);
}

static void close_hold(struct json_writer *writer)
{
    writer_close(writer);
    writer_close(writer);
}

static void write_delay(struct json_writer *writer, const struct draft_law *law, const char *name)
{
    writer_open_object(writer, EMIT_LINE);
    writer_key(writer, "delay");
    write_law(writer, law);
    if (name)
        writer_named_string(writer, "name", name);
    writer_close(writer);
}

static void write_visit(struct json_writer *writer, const struct draft *draft,
                        const struct draft_class *class)
{
    writer_key(writer, "steps");
    writer_open_array(writer, EMIT_LINES);
    if (class->between.mean > 1e-9)
        write_delay(writer, &class->between, NULL);
    open_hold(writer, draft_name(draft, "pooler"));
    write_delay(writer, &class->work, NULL);
    close_hold(writer);
    writer_close(writer);
}

/* So many times, and once more with the chance that is the fraction. */
static void write_visits(struct json_writer *writer, const struct draft *draft,
                         const struct draft_class *class)
{
    double whole = floor(class->visits + 1e-9), more = class->visits - whole;
    writer_open_object(writer, EMIT_LINES);
    writer_named_integer(writer, "repeat", (uint64_t)whole);
    write_visit(writer, draft, class);
    writer_close(writer);
    if (!(more > 1e-3))
        return;
    more = round(more * 1e6) / 1e6;
    writer_open_object(writer, EMIT_LINES);
    writer_key(writer, "choose");
    writer_open_array(writer, EMIT_LINES);
    writer_open_object(writer, EMIT_LINES);
    writer_named_number(writer, "share", more);
    write_visit(writer, draft, class);
    writer_close(writer);
    writer_open_object(writer, EMIT_LINES);
    writer_named_number(writer, "share", round((1 - more) * 1e6) / 1e6);
    writer_key(writer, "steps");
    writer_open_array(writer, EMIT_LINE);
    writer_close(writer);
    writer_close(writer);
    writer_close(writer);
    writer_close(writer);
}

static void write_steps(struct json_writer *writer, const struct draft *draft,
                        const struct draft_class *class)
{
    writer_key(writer, "steps");
    writer_open_array(writer, EMIT_LINES);
    if (draft->has_proxy)
        open_hold(writer, draft_name(draft, "proxy"));
    if (draft->has_outside)
        write_delay(writer, &draft->outside, "outside");
    if (draft->has_pool)
        open_hold(writer, draft_name(draft, "pool"));
    if (class->visits > 0)
        write_visits(writer, draft, class);
    else
        write_delay(writer, &class->work, NULL);
    if (draft->has_pool)
        close_hold(writer);
    if (draft->has_proxy)
        close_hold(writer);
    writer_close(writer);
}

static void write_mix(struct json_writer *writer, const struct draft *draft)
{
    double left = 1;
    writer_key(writer, "mix");
    writer_open_object(writer, EMIT_LINES);
    for (size_t i = 0; i < draft->class_count; i++) {
        const struct draft_class *class = &draft->classes[i];
        bool is_last = i + 1 == draft->class_count;
        double share = is_last ? left : round(class->share * 1e9) / 1e9;
        left -= share;
        writer_key(writer, class->name);
        writer_open_object(writer, EMIT_LINES);
        writer_named_number(writer, "share", round(share * 1e9) / 1e9);
        write_steps(writer, draft, class);
        writer_close(writer);
    }
    writer_close(writer);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void write_assumptions(struct json_writer *writer, const struct draft *draft)
{
    writer_key(writer, "assumptions");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < draft->note_count; i++) {
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "key", draft->notes[i].key);
        writer_named_string(writer, "note", draft->notes[i].note);
        if (draft->notes[i].source[0])
            writer_named_string(writer, "source", draft->notes[i].source);
        writer_close(writer);
    }
    writer_close(writer);
}

void draft_write(const struct draft *draft, FILE *stream)
{
    struct json_writer writer = writer_begin(writer_to_stream, stream);
    writer_open_object(&writer, EMIT_LINES);
    writer_named_integer(&writer, "capsim", 1);
    writer_named_string(&writer, "name", draft->name);
    writer_named_string(&writer, "title", "Drafted by capsim import from telemetry");
    write_assumptions(&writer, draft);
    write_resources(&writer, draft);
    writer_key(&writer, "workloads");
    writer_open_object(&writer, EMIT_LINES);
    writer_key(&writer, draft_name(draft, "requests"));
    writer_open_object(&writer, EMIT_LINES);
    write_arrivals(&writer, draft);
    if (draft->class_count > 1)
        write_mix(&writer, draft);
    else
        write_steps(&writer, draft, &draft->classes[0]);
    writer_close(&writer);
    writer_close(&writer);
    writer_key(&writer, "run");
    writer_open_object(&writer, EMIT_LINE);
    /* As long as what was measured, so that one run can be held against it. */
    double length_s = fmin(fmax(round(draft->length_s), 1), LONGEST_RUN_S);
    write_duration(&writer, "duration", length_s);
    write_duration(&writer, "warmup", fmin(20, length_s / 5));
    writer_key(&writer, "replications");
    writer_open_array(&writer, EMIT_LINE);
    writer_integer(&writer, 20);
    writer_integer(&writer, 200);
    writer_close(&writer);
    writer_named_integer(&writer, "seed", 1);
    writer_close(&writer);
    writer_close(&writer);
    writer_end(&writer);
}

void draft_write_trace(const struct draft *draft, FILE *stream)
{
    fputs("arrival_s\n", stream);
    for (size_t i = 0; i < draft->trace_count; i++)
        fprintf(stream, "%.9f\n", draft->trace_s[i]);
}
