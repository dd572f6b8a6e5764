/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/executor_ranks.h"
#include "sim/study/executor_pool.h"
#include <assert.h>
#include <string.h>
#include <time.h>

enum { MAX_RESERVE = 16, RESERVE_PARTS = 4, MAX_REASON = 400 };

static const int64_t MIN_WAIT_NS = 20000, PROGRESS_NS = 100000000, NS_PER_S = 1000000000;

/* What a message is about; most have only some of the fields. */
enum kind {
    KIND_READY,   /* to 0: in the batch, with `count` items and so many threads      */
    KIND_RECORDS, /* to 0: executor_records behind it                                */
    KIND_LEFT,    /* to 0: no longer there; the reason behind it                     */
    KIND_ITEMS,   /* from 0: run `first`, `count` of them                            */
    KIND_PASS_ON, /* from 0: `count` bytes of records are broadcast next             */
    KIND_SHARE,   /* from 0: `count` bytes are broadcast next                        */
    KIND_END      /* from 0: leave                                                   */
};

struct head {
    uint64_t kind, batch, first, count;
    uint64_t threads, is_last, is_interrupted, has_failed;
};

struct rank_state {
    unsigned threads; /* 0: not ready */
    size_t outstanding;
};

/* A batch while it runs. */
struct batch {
    struct ranks *ranks;
    const struct replications_options *options;
    const struct work *work;
    size_t items, next, finished, outstanding;
    bool *done;
    struct rank_state *states; /* [count]; rank 0's */
    uint64_t threads;          /* of all that are ready */
    bool is_interrupted, has_failed, is_over;
    bool is_passing; /* rank 0: ranks->passing is on its way */
    size_t failed_item;
    struct error error;
    struct executor_pool pool;
    struct arena *arena; /* for take */
    int64_t reported_ns;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void send(struct ranks *ranks, unsigned to, const struct head *head, const void *bytes,
                 size_t size)
{
    parcel_clear(&ranks->outgoing);
    parcel_put(&ranks->outgoing, head, sizeof *head);
    parcel_put(&ranks->outgoing, bytes, size);
    ranks->link->send(ranks->link->context, to, ranks->outgoing.bytes, ranks->outgoing.size);
}

static void send_to_others(struct ranks *ranks, const struct head *head)
{
    for (unsigned r = 1; r < ranks->link->count; r++)
        send(ranks, r, head, NULL, 0);
}

/* The next message that is there and its head; ranks->message is left behind the head. */
static bool receive(struct ranks *ranks, struct head *head, unsigned *from)
{
    parcel_clear(&ranks->message);
    return ranks->link->receive(ranks->link->context, &ranks->message, from) &&
           parcel_get(&ranks->message, head, sizeof *head);
}

/* ---- taking ------------------------------------------------------------------------------ */

static void keep_error(struct batch *batch, size_t item, const struct error *err)
{
    if (!batch->has_failed || item < batch->failed_item) {
        batch->failed_item = item;
        batch->error = *err;
    }
    batch->has_failed = true;
}

static void fail(struct batch *batch, unsigned rank, const char *what)
{
    struct error err = {0};
    error_set(&err, STATUS_IO, "rank %u %s", rank, what);
    keep_error(batch, 0, &err);
}

static void take_item(struct batch *batch, const struct executor_record *record, const void *bytes)
{
    struct parcel parcel = parcel_over(bytes, (size_t)record->size);
    struct error err = {0};
    size_t item = (size_t)record->item;
    if (record->has_failed)
        memcpy(&err, bytes, sizeof err);
    else if (batch->work->take(batch->work->context, item, &parcel, batch->arena, &err)) {
        batch->done[item] = true;
        batch->finished++;
    }
    if (err.status != STATUS_OK)
        keep_error(batch, item, &err);
    arena_reset(batch->arena);
}

/* Takes all records that are left in the parcel; how many, and *is_whole. */
static size_t take_records(struct batch *batch, struct parcel *parcel, bool *is_whole)
{
    struct executor_record record;
    size_t count = 0;
    *is_whole = true;
    while (parcel->at < parcel->size) {
        const void *bytes = parcel_get(parcel, &record, sizeof record)
                                ? parcel_skip(parcel, (size_t)record.size)
                                : NULL;
        *is_whole = bytes && record.item < batch->items && !batch->done[record.item] &&
                    (!record.has_failed || record.size == sizeof(struct error));
        if (!*is_whole)
            return count;
        take_item(batch, &record, bytes);
        count++;
    }
    return count;
}

/* ---- rank 0 ------------------------------------------------------------------------------ */

static void take_from(struct batch *batch, unsigned from, struct parcel *parcel)
{
    bool is_whole;
    if (batch->ranks->link->count > 1)
        parcel_put(&batch->ranks->held, parcel->bytes + parcel->at, parcel->size - parcel->at);
    size_t count = take_records(batch, parcel, &is_whole);
    if (!is_whole || count > batch->states[from].outstanding) {
        fail(batch, from, "sent what is no result");
        count = batch->states[from].outstanding;
    }
    batch->states[from].outstanding -= count;
    batch->outstanding -= count;
}

static void greet(struct batch *batch, unsigned from, const struct head *head)
{
    if (head->batch < batch->ranks->batch)
        return; /* it came late to one that is over */
    if (head->batch > batch->ranks->batch || head->count != batch->items || head->threads == 0) {
        fail(batch, from, "does not run the same program on the same inputs");
        return;
    }
    batch->states[from].threads = (unsigned)head->threads;
    batch->threads += head->threads;
}

/* What was with a rank that has left does not come back. */
static void let_go(struct batch *batch, unsigned from)
{
    struct parcel *message = &batch->ranks->message;
    struct error err = {0};
    int size = (int)(message->size - message->at);
    error_set(&err, STATUS_IO, "rank %u left early%s%.*s", from, size > 0 ? ": " : "", size,
              message->bytes + message->at);
    keep_error(batch, 0, &err);
    batch->ranks->gone[from] = true;
    batch->outstanding -= batch->states[from].outstanding;
    batch->states[from] = (struct rank_state){0};
}

static bool listen_first(struct batch *batch)
{
    struct head head;
    unsigned from;
    bool has_heard = false;
    while (receive(batch->ranks, &head, &from)) {
        has_heard = true;
        if (head.kind == KIND_READY)
            greet(batch, from, &head);
        else if (head.kind == KIND_RECORDS && head.batch == batch->ranks->batch)
            take_from(batch, from, &batch->ranks->message);
        else if (head.kind == KIND_LEFT)
            let_go(batch, from);
    }
    return has_heard;
}

/* Gives a rank what it is short of. */
static void feed(struct batch *batch, unsigned rank, size_t each)
{
    struct rank_state *state = &batch->states[rank];
    size_t wanted = state->threads * (1 + each), left = batch->items - batch->next;
    if (state->outstanding > state->threads * (1 + each / 2) || state->outstanding >= wanted)
        return;
    size_t count = wanted - state->outstanding < left ? wanted - state->outstanding : left;
    if (count == 0)
        return;
    if (batch->work->begin)
        for (size_t i = 0; i < count; i++)
            batch->work->begin(batch->work->context, batch->next + i);
    if (rank == 0)
        executor_pool_feed(&batch->pool, batch->next, count);
    else
        send(batch->ranks, rank,
             &(struct head){.kind = KIND_ITEMS,
                            .batch = batch->ranks->batch,
                            .first = batch->next,
                            .count = count},
             NULL, 0);
    batch->next += count;
    batch->outstanding += count;
    state->outstanding += count;
    batch->ranks->items += count;
}

static void feed_all(struct batch *batch)
{
    struct ranks *ranks = batch->ranks;
    batch->is_interrupted |= ranks->is_watched && atomic_load(ranks->is_watched);
    if (batch->is_interrupted || batch->has_failed || ranks->held.size >= RANKS_HELD_BYTES)
        return;
    size_t each = (batch->items - batch->next) / (RESERVE_PARTS * (size_t)batch->threads);
    each = each < MAX_RESERVE ? each : MAX_RESERVE;
    for (unsigned r = 0; r < ranks->link->count && batch->next < batch->items; r++)
        if (batch->states[r].threads > 0)
            feed(batch, r, each);
}

static void announce(const struct batch *batch)
{
    send_to_others(batch->ranks, &(struct head){.kind = KIND_PASS_ON,
                                                .batch = batch->ranks->batch,
                                                .first = batch->failed_item,
                                                .count = batch->ranks->held.size,
                                                .is_last = batch->is_over,
                                                .is_interrupted = batch->is_interrupted,
                                                .has_failed = batch->has_failed});
}

/* What has come together goes to all while more is run. A rank may be waiting until rank 0 receives
 * a large result before it takes part, so rank 0 must not wait for it. */
static void begin_passing(struct batch *batch)
{
    struct ranks *ranks = batch->ranks;
    struct parcel emptied = ranks->passing;
    announce(batch);
    parcel_clear(&emptied);
    ranks->passing = ranks->held;
    ranks->held = emptied;
    ranks->link->begin_broadcast(ranks->link->context, ranks->passing.bytes, ranks->passing.size);
    batch->is_passing = true;
}

/* The rest, with how the batch ended. No item is being run. */
static void pass_last(struct batch *batch)
{
    struct ranks *ranks = batch->ranks;
    batch->is_over = true;
    if (ranks->link->count == 1)
        return;
    if (batch->has_failed)
        parcel_put(&ranks->held, &batch->error, sizeof batch->error);
    announce(batch);
    if (ranks->held.size > 0)
        ranks->link->broadcast(ranks->link->context, ranks->held.bytes, ranks->held.size);
    parcel_clear(&ranks->held);
}

static void pass_on(struct batch *batch)
{
    const struct ranks *ranks = batch->ranks;
    bool is_done = batch->next == batch->items || batch->is_interrupted || batch->has_failed;
    if (batch->is_passing)
        batch->is_passing = !ranks->link->has_passed(ranks->link->context);
    if (batch->is_passing)
        return;
    if (is_done && batch->outstanding == 0)
        pass_last(batch);
    else if (ranks->held.size >= RANKS_PASS_BYTES)
        begin_passing(batch);
}

static void report(struct batch *batch, bool is_due)
{
    const struct replications_options *options = batch->options;
    int64_t now = options->progress ? now_ns() : 0;
    if (!options->progress || (!is_due && now - batch->reported_ns < PROGRESS_NS))
        return;
    options->progress(options->progress_context, batch->finished, batch->items);
    batch->reported_ns = now;
}

static bool collect(struct batch *batch)
{
    struct parcel *records = &batch->ranks->records;
    parcel_clear(records);
    executor_pool_collect(&batch->pool, records);
    return records->size > 0;
}

static void lead(struct batch *batch)
{
    int64_t wait_ns = MIN_WAIT_NS;
    batch->states[0].threads = batch->pool.threads;
    batch->threads = batch->pool.threads;
    while (!batch->is_over) {
        bool has_progressed = listen_first(batch);
        if (collect(batch)) {
            take_from(batch, 0, &batch->ranks->records);
            has_progressed = true;
        }
        feed_all(batch);
        pass_on(batch);
        report(batch, false);
        wait_ns = has_progressed || batch->is_passing ? MIN_WAIT_NS : 2 * wait_ns;
        wait_ns = wait_ns < RANKS_MAX_WAIT_NS ? wait_ns : RANKS_MAX_WAIT_NS;
        if (!has_progressed && !batch->is_over)
            executor_pool_wait(&batch->pool, wait_ns);
    }
}

/* ---- the other ranks --------------------------------------------------------------------- */

/* What rank 0 broadcasts next, into ranks->message. */
static void receive_broadcast(struct ranks *ranks, size_t size)
{
    parcel_clear(&ranks->message);
    void *bytes = parcel_extend(&ranks->message, size);
    if (size > 0)
        ranks->link->broadcast(ranks->link->context, bytes, size);
}

static void take_passed(struct batch *batch, const struct head *head)
{
    struct ranks *ranks = batch->ranks;
    struct error error = {0};
    bool is_whole;
    receive_broadcast(ranks, (size_t)head->count);
    if (head->is_last && head->has_failed && ranks->message.size >= sizeof error) {
        ranks->message.size -= sizeof error;
        memcpy(&error, ranks->message.bytes + ranks->message.size, sizeof error);
    }
    take_records(batch, &ranks->message, &is_whole);
    if (!is_whole)
        fail(batch, 0, "does not run the same program on the same inputs");
    batch->is_over = head->is_last != 0;
    batch->is_interrupted = head->is_interrupted != 0;
    if (error.status != STATUS_OK) {
        batch->has_failed = true;
        batch->error = error;
    }
}

static bool listen(struct batch *batch)
{
    struct ranks *ranks = batch->ranks;
    struct head head;
    unsigned from;
    bool has_heard = false;
    while (!batch->is_over && !ranks->has_ended && receive(ranks, &head, &from)) {
        has_heard = true;
        if (head.kind == KIND_ITEMS)
            executor_pool_feed(&batch->pool, (size_t)head.first, (size_t)head.count);
        else if (head.kind == KIND_PASS_ON)
            take_passed(batch, &head);
        else if (head.kind == KIND_SHARE)
            receive_broadcast(ranks, (size_t)head.count), fail(batch, 0, "asks for something else");
        else
            ranks->has_ended = true;
    }
    return has_heard;
}

static void follow(struct batch *batch)
{
    struct ranks *ranks = batch->ranks;
    struct head ready = {.kind = KIND_READY,
                         .batch = ranks->batch,
                         .count = batch->items,
                         .threads = batch->pool.threads};
    int64_t wait_ns = MIN_WAIT_NS;
    send(ranks, 0, &ready, NULL, 0);
    while (!batch->is_over && !ranks->has_ended) {
        bool has_progressed = listen(batch);
        if (collect(batch)) {
            struct head head = {.kind = KIND_RECORDS, .batch = ranks->batch};
            send(ranks, 0, &head, ranks->records.bytes, ranks->records.size);
            has_progressed = true;
        }
        wait_ns = has_progressed ? MIN_WAIT_NS : 2 * wait_ns;
        wait_ns = wait_ns < RANKS_MAX_WAIT_NS ? wait_ns : RANKS_MAX_WAIT_NS;
        if (!has_progressed)
            executor_pool_wait(&batch->pool, wait_ns);
    }
}

/* ---- the executor ------------------------------------------------------------------------ */

static bool ended(struct error *err)
{
    return error_set(err, STATUS_IO, "rank 0 has ended the job");
}

static bool run(void *context, const struct replications_options *options, const struct work *work,
                size_t items, bool *done, struct error *err)
{
    struct ranks *ranks = context;
    struct batch batch = {
        .ranks = ranks, .options = options, .work = work, .items = items, .done = done};
    memset(done, 0, items * sizeof *done);
    if (ranks->has_ended)
        return ended(err);
    if (!executor_pool_open(&batch.pool, work, options->threads, err))
        return false;
    batch.arena = arena_open();
    batch.states = arena_array(batch.pool.arena, ranks->link->count, sizeof *batch.states);
    ranks->batch++;
    if (ranks->link->rank == 0)
        lead(&batch);
    else
        follow(&batch);
    executor_pool_close(&batch.pool);
    arena_close(batch.arena);
    if (ranks->has_ended)
        return ended(err);
    if (batch.is_interrupted)
        atomic_store(&ranks->is_interrupted, true);
    report(&batch, true);
    if (batch.has_failed && err->status == STATUS_OK)
        *err = batch.error;
    return !batch.has_failed;
}

static void sleep_ns(int64_t ns)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)ns}, NULL);
}

static bool share(void *context, const char **bytes, size_t *size, struct arena *arena,
                  struct error *err)
{
    struct ranks *ranks = context;
    struct head head = {.kind = KIND_SHARE, .count = *size};
    unsigned from;
    if (ranks->link->rank == 0) {
        send_to_others(ranks, &head);
        if (*size > 0 && ranks->link->count > 1)
            ranks->link->broadcast(ranks->link->context, (void *)*bytes, *size);
        return true;
    }
    if (ranks->has_ended)
        return ended(err);
    while (!receive(ranks, &head, &from))
        sleep_ns(RANKS_MAX_WAIT_NS);
    if (head.kind == KIND_END) {
        ranks->has_ended = true;
        return ended(err);
    }
    receive_broadcast(ranks, (size_t)head.count);
    if (head.kind != KIND_SHARE)
        return error_set(err, STATUS_IO, "rank 0 runs another program");
    char *copy = arena_alloc(arena, arena_add_sizes((size_t)head.count, 1));
    parcel_get(&ranks->message, copy, (size_t)head.count);
    *bytes = copy;
    *size = (size_t)head.count;
    return true;
}

void ranks_open(struct ranks *ranks, const struct ranks_link *link)
{
    *ranks = (struct ranks){
        .link = link,
        .executor = {.context = ranks, .run = run, .share = share, .is_first = link->rank == 0},
        .message = parcel_open(),
        .records = parcel_open(),
        .held = parcel_open(),
        .passing = parcel_open(),
        .outgoing = parcel_open(),
        .arena = arena_open()};
    ranks->gone = arena_array(ranks->arena, link->count, sizeof *ranks->gone);
}

const atomic_bool *ranks_watch(struct ranks *ranks, const atomic_bool *watched)
{
    ranks->is_watched = ranks->link->rank == 0 ? watched : NULL;
    return &ranks->is_interrupted;
}

static void close_first(struct ranks *ranks)
{
    struct head head;
    unsigned from, left = 0;
    send_to_others(ranks, &(struct head){.kind = KIND_END});
    for (unsigned r = 1; r < ranks->link->count; r++)
        left += !ranks->gone[r];
    while (left > 0) {
        if (receive(ranks, &head, &from))
            left -= head.kind == KIND_LEFT;
        else
            sleep_ns(RANKS_MAX_WAIT_NS);
    }
}

/* What rank 0 still sends to all has to be received. */
static void close_other(struct ranks *ranks, const char *reason)
{
    struct head head = {.kind = KIND_LEFT};
    unsigned from;
    size_t size = strlen(reason);
    send(ranks, 0, &head, reason, size < MAX_REASON ? size : MAX_REASON);
    while (!ranks->has_ended) {
        if (!receive(ranks, &head, &from))
            sleep_ns(RANKS_MAX_WAIT_NS);
        else if (head.kind == KIND_END)
            ranks->has_ended = true;
        else if (head.kind == KIND_PASS_ON || head.kind == KIND_SHARE)
            receive_broadcast(ranks, (size_t)head.count);
    }
}

void ranks_close(struct ranks *ranks, const char *reason)
{
    if (ranks->link->rank == 0)
        close_first(ranks);
    else
        close_other(ranks, reason);
    parcel_close(&ranks->message);
    parcel_close(&ranks->records);
    parcel_close(&ranks->held);
    parcel_close(&ranks->passing);
    parcel_close(&ranks->outgoing);
    arena_close(ranks->arena);
}
