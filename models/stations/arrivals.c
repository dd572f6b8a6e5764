/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/arrivals.h"
#include "models/engine/model_internal.h"
#include "models/program/expected_arrivals.h"
#include "models/stations/arrivals_fast.h"
#include "models/stations/cycle.h"
#include "sim/random/distribution_residual.h"
#include <math.h>
#include <string.h>

/* Later than anything that is simulated [ns]: no arrival comes any more. */
#define SOURCE_NEVER PROFILE_NEVER

/* ---- the Markov-modulated Poisson process ------------------------------------------------- */

static void mmpp_stay(struct replication_state *system, struct source *source, uint32_t state)
{
    struct mmpp_cursor *mmpp = &source->mmpp;
    struct stream draw = stream_at(system->key, mmpp->stream, mmpp->stays++, 0);
    const struct distribution *sojourn = source->spec->arrivals.states[state].sojourn;
    mmpp->state = state;
    mmpp->left = distribution_to_ns(distribution_sample(sojourn, &draw));
}

/* Begins in a state as it would be found after a long time; being exponential, what is left of the
 * stay is a whole one. */
static void mmpp_init(struct replication_state *system, struct source *source,
                      uint32_t first_stream)
{
    const struct arrival_spec *arrivals = &source->spec->arrivals;
    struct stream draw = stream_at(system->key, first_stream, 0, 0);
    double sum = 0, upto;
    uint32_t state = 0;
    for (size_t s = 0; s < arrivals->state_count; s++)
        sum += distribution_mean(arrivals->states[s].sojourn);
    double rest = stream_next_uniform(&draw) * sum;
    while (state + 1 < arrivals->state_count &&
           rest >= (upto = distribution_mean(arrivals->states[state].sojourn))) {
        rest -= upto;
        state++;
    }
    mmpp_stay(system, source, state);
}

/* Time until the rates have used up so much of a unit exponential, in billionths [ns]. */
static int64_t mmpp_gap(struct replication_state *system, struct source *source, int64_t units)
{
    const struct arrival_spec *arrivals = &source->spec->arrivals;
    struct mmpp_cursor *mmpp = &source->mmpp;
    double left = (double)units;
    int64_t gap = 0;
    for (;;) {
        double rate = arrivals->states[mmpp->state].rate_per_s;
        if (left <= rate * (double)mmpp->left) {
            int64_t step = left > 0 ? llround(left / rate) : 0;
            mmpp->left -= step;
            return gap + step;
        }
        left -= rate * (double)mmpp->left;
        gap += mmpp->left;
        mmpp_stay(system, source, (mmpp->state + 1) % (uint32_t)arrivals->state_count);
        if (gap >= SOURCE_NEVER)
            return SOURCE_NEVER;
    }
}

/* ---- the trace ---------------------------------------------------------------------------- */

/* The time of a row [ns]. */
static int64_t trace_time(const struct replication_state *system, const struct source *source,
                          uint64_t row)
{
    const struct arrival_trace *trace = source->spec->arrivals.trace;
    int64_t *cells = source->trace.cells;
    return trace->fetch(trace, row, 1, cells, system->err) ? cells[0] : 0;
}

/* Time 0 of a trace is the start of the measured time. One that repeats for ever has been repeating
 * for ever: the run begins in the middle of a round, with the first row that is not over. */
static void trace_init(struct replication_state *system, struct source *source)
{
    const struct arrival_trace *trace = source->spec->arrivals.trace;
    struct trace_cursor *cursor = &source->trace;
    double lead = (double)system->model->warmup_ns * trace->scale, round = (double)trace->round_ns;
    cursor->cells = arena_array(system->arena, (size_t)2 * STREAM_BLOCK * (1 + trace->value_count),
                                sizeof *cursor->cells);
    cursor->begin = -lead;
    if (lead == 0 || trace->rounds != ARRIVAL_TRACE_ENDLESS)
        return;
    double missing = fmod(lead, round);
    cursor->begin = missing == 0 ? 0 : round - missing;
    uint64_t low = 0, high = trace->rows; /* rows below low are over, those from high on are not */
    while (low < high && system->err->status == STATUS_OK) {
        uint64_t middle = low + (high - low) / 2;
        if ((double)trace_time(system, source, middle) < cursor->begin)
            low = middle + 1;
        else
            high = middle;
    }
    cursor->skipped = low;
}

/* Fetches the rows of instants first..first + 63, round after round, and leaves the gaps before
 * them. Beyond the end of the last round nothing comes. */
static void trace_refill(struct replication_state *system, struct source *source, uint32_t first)
{
    const struct arrival_trace *trace = source->spec->arrivals.trace;
    struct trace_cursor *cursor = &source->trace;
    size_t width = 1 + trace->value_count;
    int64_t *cells = cursor->cells + first % (2 * STREAM_BLOCK) * width;
    for (uint32_t done = 0; done < STREAM_BLOCK;) {
        uint64_t place = cursor->skipped + first + done;
        uint64_t round = place / trace->rows, row = place % trace->rows;
        size_t count = STREAM_BLOCK - done;
        if (count > trace->rows - row)
            count = (size_t)(trace->rows - row);
        if (trace->rounds != ARRIVAL_TRACE_ENDLESS && round >= (uint64_t)trace->rounds)
            cursor->is_over = true;
        if (!cursor->is_over && !trace->fetch(trace, row, count, cells + done * width, system->err))
            cursor->is_over = system->must_stop = true;
        for (size_t i = 0; i < count; i++, done++) {
            double begin = (double)round * (double)trace->round_ns - cursor->begin;
            double at = (begin + (double)cells[done * width]) / trace->scale;
            bool is_never = cursor->is_over || at >= (double)SOURCE_NEVER;
            int64_t time = is_never              ? cursor->last
                           : trace->scale == 1.0 ? (int64_t)round * trace->round_ns +
                                                       cells[done * width] - (int64_t)cursor->begin
                                                 : llround(at);
            source->interarrivals[done] = is_never ? SOURCE_NEVER : time - cursor->last;
            cursor->last = time;
        }
    }
}

/* The next row for a request of a load test, from the first one again behind the last. */
static const int64_t *trace_take(struct replication_state *system, struct source *source)
{
    const struct arrival_trace *trace = source->spec->arrivals.trace;
    struct trace_cursor *cursor = &source->trace;
    size_t width = 1 + trace->value_count;
    uint64_t row = cursor->taken++ % trace->rows, place = row % STREAM_BLOCK;
    uint64_t left = trace->rows - row;
    if (place == 0 && !trace->fetch(trace, row, left < STREAM_BLOCK ? (size_t)left : STREAM_BLOCK,
                                    cursor->cells, system->err))
        cursor->is_over = true; /* and the replication ends with the error */
    return cursor->cells + place * width;
}

/* ---- open arrivals ------------------------------------------------------------------------ */

void arrivals_refill(struct replication_state *system, struct source *source)
{
    const struct arrival_spec *arrivals = &source->spec->arrivals;
    if (arrivals->process == ARRIVAL_TRACE)
        trace_refill(system, source, source->instants);
    else
        distribution_fill(arrivals->interarrival, system->key, source->arrival_stream,
                          source->instants, source->interarrivals);
    for (int i = 0; arrivals->process == ARRIVAL_MMPP && i < STREAM_BLOCK; i++)
        source->interarrivals[i] = mmpp_gap(system, source, source->interarrivals[i]);
    for (int i = 0; arrivals->profile && i < STREAM_BLOCK; i++)
        source->interarrivals[i] = profile_advance(&source->profile, source->interarrivals[i]);
}

static uint32_t stream_of(struct replication_state *system, const struct source *source,
                          const char *purpose)
{
    return stream_id(arena_printf(system->arena, "%s.%s", source->spec->name, purpose));
}

static void open_init(struct replication_state *system, struct source *source)
{
    const struct arrival_spec *arrivals = &source->spec->arrivals;
    if (arrivals->profile)
        source->profile = profile_start(arrivals->profile, system->model->warmup_ns);
    if (arrivals->process == ARRIVAL_MMPP) {
        source->mmpp.stream = stream_of(system, source, "sojourn");
        mmpp_init(system, source, stream_of(system, source, "state"));
    }
    if (arrivals->process == ARRIVAL_TRACE)
        trace_init(system, source);
    arrivals_refill(system, source);
    alarms_set(&system->alarms, source->alarm, source->interarrivals[0]);
}

/* ---- customers ---------------------------------------------------------------------------- */

/* Stops the main loop at this instant: it looks after each alarm, and that of customers, who do not
 * arrive, is of no other use. */
static void stop_here(struct replication_state *system, const struct source *source)
{
    system->must_stop = true;
    alarms_set(&system->alarms, source->alarm, system->now);
}

/* He is away for a while; his record stays. */
static void think(struct replication_state *system, struct source *source, uint32_t id,
                  int64_t length)
{
    struct request *request = replication_request(system, id);
    replication_set_phase(system, request, PHASE_THINKING);
    if (length == 0) {
        arrivals_guard_instant(system, source);
        if (system->must_stop) {
            stop_here(system, source);
            return;
        }
    }
    calendar_schedule(&system->events, id, system->now + length);
}

static int64_t draw_think(struct replication_state *system, struct source *source,
                          uint32_t customer)
{
    const struct distribution *law = source->spec->arrivals.think;
    if (law->kind == DISTRIBUTION_CONSTANT)
        return distribution_to_ns(law->a);
    struct stream draw =
        stream_at(system->key, source->crowd.stream, source->crowd.thinks[customer]++, customer);
    return distribution_to_ns(distribution_sample(law, &draw));
}

/* True if the load test lets one more request be sent now; counts it. */
static bool send_one_more(struct replication_state *system, struct source *source)
{
    const struct arrival_spec *arrivals = &source->spec->arrivals;
    bool is_used_up =
        arrivals->requests != SPEC_UNLIMITED && source->crowd.sent >= (uint64_t)arrivals->requests;
    if (is_used_up || system->now >= source->crowd.end_ns)
        return false;
    source->crowd.sent++;
    return true;
}

/* The customer of a load test goes for good. */
static void stop_customer(struct replication_state *system, struct source *source, uint32_t id)
{
    struct request *request = replication_request(system, id);
    replication_set_phase(system, request, PHASE_FREE);
    request->next = system->free_first;
    system->free_first = id;
    if (--source->crowd.active > 0 || --system->load_tests > 0)
        return;
    system->is_over = true;
    stop_here(system, source);
}

void arrivals_customer_returns(struct replication_state *system, uint32_t id)
{
    struct request *request = replication_request(system, id);
    struct source *source = request->state.class->source;
    if (source->cycle)
        cycle_end_job(system, source, id);
    else if (source->spec->arrivals.process == ARRIVAL_CLOSED)
        think(system, source, id,
              draw_think(system, source, source->crowd.of_record[id / system->lines_each]));
    else if (send_one_more(system, source))
        think(system, source, id, 0);
    else
        stop_customer(system, source, id);
}

void arrivals_customer_asks(struct replication_state *system, uint32_t id)
{
    source_begin_request(system, replication_request(system, id)->state.class->source, id);
}

/* The chance that a customer is found thinking: Z times the rate at which the crowd can send at
 * most, for each customer. Those beyond it wait for answers: a saturated crowd begins with its
 * backlog and need not fill it for several think times. */
static double chance_of_thinking(struct replication_state *system, const struct source *source)
{
    const struct workload_spec *workload =
        &system->model->spec->workloads[source - system->sources];
    double rate = expected_arrivals_closed(system->model->spec, workload, system->arena);
    double thinking = rate * distribution_rough_mean(workload->arrivals.think);
    return isfinite(thinking) ? fmin(1, thinking / (double)workload->arrivals.customers) : 1;
}

/* How long customer c of a closed workload still thinks at time 0, as he would be found after a
 * long time: with whole think times all would be in step. Streams of their own, so that the think
 * times that follow are what they are. */
static int64_t draw_first_think(struct replication_state *system, const struct source *source,
                                uint32_t customer, double chance)
{
    struct stream place = stream_at(system->key, source->crowd.start_stream, 0, customer);
    if (stream_next_uniform(&place) >= chance)
        return 0;
    struct stream draw = stream_at(system->key, source->crowd.first_stream, 0, customer);
    return distribution_to_ns(distribution_sample_residual(source->spec->arrivals.think, &draw));
}

/* Everybody is there at time 0: thinking, or about to ask; of a load test as many as there are
 * requests. */
static void crowd_init(struct replication_state *system, struct source *source)
{
    const struct arrival_spec *arrivals = &source->spec->arrivals;
    struct crowd *crowd = &source->crowd;
    int64_t customers = arrivals->customers;
    bool is_test = arrivals->process == ARRIVAL_LOAD_TEST;
    if (is_test && arrivals->requests != SPEC_UNLIMITED && arrivals->requests < customers)
        customers = arrivals->requests;
    crowd->stream = stream_of(system, source, "think");
    crowd->first_stream = stream_of(system, source, "think0");
    crowd->start_stream = stream_of(system, source, "start");
    int64_t first_ns = system->model->warmup_ns + arrivals->start_ns;
    double chance = is_test ? 0 : chance_of_thinking(system, source);
    crowd->thinks = arena_array(system->arena, (size_t)customers, sizeof *crowd->thinks);
    crowd->active = customers;
    crowd->end_ns =
        arrivals->duration_ns == SPEC_NEVER ? SPEC_NEVER : first_ns + arrivals->duration_ns;
    system->load_tests += is_test;
    uint32_t *ids = arena_array(system->arena, (size_t)customers, sizeof *ids);
    for (int64_t c = 0; c < customers; c++)
        if ((ids[c] = replication_take_request(system)) == NO_REQUEST)
            return; /* the error is set */
    crowd->of_record =
        arena_array(system->arena, system->lines / system->lines_each, sizeof *crowd->of_record);
    for (uint32_t c = 0; c < (uint32_t)customers; c++) {
        crowd->of_record[ids[c] / system->lines_each] = c;
        replication_renew_request(system, replication_request(system, ids[c]), source->first_class);
        crowd->sent += is_test;
        think(system, source, ids[c],
              is_test ? first_ns : draw_first_think(system, source, c, chance));
    }
}

/* ---- any workload ------------------------------------------------------------------------- */

void arrivals_init(struct replication_state *system, uint32_t number, uint32_t alarm)
{
    const struct model *model = system->model;
    struct source *source = &system->sources[number];
    const struct workload_spec *spec = &model->spec->workloads[number];
    *source = (struct source){.spec = spec,
                              .first_class = &system->classes[model->program->class_base[number]],
                              .alarm = alarm,
                              .has_batches = spec->arrivals.batch != NULL ||
                                             arrival_is_closed(&spec->arrivals),
                              .is_plain = spec->class_count == 1 && !spec->arrivals.trace};
    source->arrival_stream = stream_of(system, source, "arrivals");
    source->batch_stream = stream_of(system, source, "batch");
    source->class_stream = stream_of(system, source, "class");
    for (size_t c = 0; c < spec->class_count; c++)
        source->first_class[c].source = source;
    if (arrival_is_closed(&spec->arrivals) && spec->arrivals.trace) /* a load test takes its rows */
        source->trace.cells =
            arena_array(system->arena, STREAM_BLOCK * (1 + spec->arrivals.trace->value_count),
                        sizeof *source->trace.cells);
    if (arrival_is_closed(&spec->arrivals))
        crowd_init(system, source);
    else if (spec->arrivals.process != ARRIVAL_NONE && spec->arrivals.process != ARRIVAL_CYCLE)
        open_init(system, source);
}

void arrivals_guard_instant(struct replication_state *system, const struct source *source)
{
    enum { MAX_AT_ONE_INSTANT = 10000000 };
    if (system->now != system->instant) {
        system->instant = system->now;
        system->at_this_instant = 0;
    }
    if (++system->at_this_instant <= MAX_AT_ONE_INSTANT)
        return;
    system->must_stop = true;
    error_set(system->err, STATUS_MODEL,
              "workload %s: more than %d %s at one instant: the clock stands still",
              source->spec->name, MAX_AT_ONE_INSTANT,
              arrival_is_closed(&source->spec->arrivals)
                  ? "requests, sent without thinking and ended without taking time,"
                  : "arrivals");
}

uint32_t arrivals_draw_batch(struct replication_state *system, const struct source *source)
{
    if (!source->spec->arrivals.batch)
        return 0;
    struct stream draw = stream_at(system->key, source->batch_stream, source->instants, 0);
    double size = round(distribution_sample(source->spec->arrivals.batch, &draw));
    return size < 0 ? 0 : size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

static uint32_t draw_class(struct replication_state *system, struct source *source)
{
    uint32_t number = source->requests++, place = number % STREAM_BLOCK;
    if (place == 0)
        stream_fill(system->key, source->class_stream, number, source->class_words);
    uint64_t bits = (uint64_t)source->class_words[1][place] << 32 | source->class_words[0][place];
    double rest = stream_uniform_of_bits(bits);
    uint32_t class = 0;
    while (class + 1 < source->spec->class_count && rest >= source->spec->classes[class].share)
        rest -= source->spec->classes[class ++].share;
    return class;
}

struct class_state *arrivals_choose_class(struct replication_state *system, struct source *source,
                                          uint32_t id)
{
    struct class_state *class = source->first_class;
    if (source->cycle && source->cycle->classes)
        return class + source->cycle->classes[source->cycle->job];
    if (source->spec->class_count > 1)
        class += draw_class(system, source);
    const struct class_program *program = class->program;
    if (program->own_count == 0)
        return class;
    uint32_t place = (source->instants - 1) % (2 * STREAM_BLOCK);
    const int64_t *row =
        arrival_is_closed(&source->spec->arrivals)
            ? trace_take(system, source)
            : source->trace.cells + (size_t)place * (size_t)(1 + program->own_count);
    memcpy(&replication_request(system, id)->drawn[program->slot_count], row + 1,
           (size_t)program->own_count * sizeof *row);
    return class;
}

static void fill_block(const struct replication_state *system, const struct draw *draw,
                       uint32_t index, int64_t block[STREAM_BLOCK])
{
    if (draw->law) {
        distribution_fill(draw->law, system->key, draw->stream, index, block);
        return;
    }
    uint32_t words[4][STREAM_BLOCK];
    stream_fill(system->key, draw->stream, index, words);
    for (uint32_t i = 0; i < STREAM_BLOCK; i++)
        block[i] = (int64_t)((uint64_t)words[1][i] << 32 | words[0][i]);
}

void arrivals_fill_blocks(const struct replication_state *system, struct class_state *class,
                          uint32_t index)
{
    for (int slot = 0; slot < class->slot_count; slot++)
        fill_block(system, class->slot_draws[slot], index, class->blocks[slot]);
}

void arrivals_change_levels(struct replication_state *system, const struct class_state *class,
                            int64_t change)
{
    if (class->in_system_whole)
        time_average_change(class->in_system_whole, change, system->now);
    if (system->memory)
        replication_change_memory(system, MEMORY_REQUESTS, change * system->memory_per_request);
}
