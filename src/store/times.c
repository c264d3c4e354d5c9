/* times.c - the table of a back end, with a clock before each function that asks the database. */
#include "store/times.h"

#include "base/clock.h"
#include "store/vtable.h"

static const char *const names[REEL_STORE_OPS] = {
    [REEL_STORE_FACTS] = "facts",
    [REEL_STORE_DATASET] = "dataset",
    [REEL_STORE_LOAD] = "load",
    [REEL_STORE_GIVEN_READ] = "given_read",
    [REEL_STORE_GIVEN_WRITE] = "given_write",
    [REEL_STORE_EVENTS_READ] = "events_read",
    [REEL_STORE_EVENTS_WRITE] = "events_write",
    [REEL_STORE_READ] = "read",
    [REEL_STORE_WRITE] = "write",
};

const char *reel__store_op_name(size_t op)
{
    return op < REEL_STORE_OPS ? names[op] : NULL;
}

const reel_histogram *reel__store_times(const reel_store *store, reel_store_op op)
{
    return &store->times[op];
}

/* What it took since then; rc goes through. */
static reel_code took(reel_store *store, reel_store_op op, int64_t begun_us, reel_code rc)
{
    reel__histogram_observe(&store->times[op], reel__histogram_short,
                            (double)(reel__clock_steady_us() - begun_us) / 1e6);
    return rc;
}

static reel_code label(reel_store *store, reel_store_label *out, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_FACTS, begun, store->back->label(store, out, err));
}

static reel_code counts(reel_store *store, reel_store_counts *out, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_FACTS, begun, store->back->counts(store, out, err));
}

static reel_code load_begin(reel_store_load **out, reel_store *store, bool replace, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();
    const reel_code rc = store->back->load_begin(out, store, replace, err);

    if (rc != REEL_OK)
        return took(store, REEL_STORE_LOAD, begun, rc);
    (*out)->begun_us = begun;
    return rc;
}

static reel_code load_commit(reel_store_load *load, const char *source, bool simulated,
                             reel_err *err)
{
    reel_store *store = load->store;
    const int64_t begun = load->begun_us;

    return took(store, REEL_STORE_LOAD, begun,
                store->back->load_commit(load, source, simulated, err));
}

static void load_abort(reel_store_load *load)
{
    reel_store *store = load->store;
    const int64_t begun = load->begun_us;

    store->back->load_abort(load);
    (void)took(store, REEL_STORE_LOAD, begun, REEL_OK);
}

static reel_code read_dataset(reel_store *store, reel_dataset_builder *builder,
                              const reel_progress *progress, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_DATASET, begun,
                store->back->read_dataset(store, builder, progress, err));
}

static reel_code scan_people(reel_store *store, reel_person_fn *row, void *user, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_READ, begun, store->back->scan_people(store, row, user, err));
}

static reel_code scan_matches(reel_store *store, reel_match_fn *row, void *user, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_READ, begun, store->back->scan_matches(store, row, user, err));
}

static reel_code put_events(reel_store *store, const reel_event *events, size_t count,
                            int64_t *duplicates, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_EVENTS_WRITE, begun,
                store->back->put_events(store, events, count, duplicates, err));
}

static reel_code scan_events(reel_store *store, const reel_event_filter *filter, reel_event_fn *row,
                             void *user, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_EVENTS_READ, begun,
                store->back->scan_events(store, filter, row, user, err));
}

static reel_code put_given(reel_store *store, const reel_given_row *rows, size_t count,
                           reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_GIVEN_WRITE, begun,
                store->back->put_given(store, rows, count, err));
}

static reel_code read_given(reel_store *store, int64_t person, reel_given_fn *row, void *user,
                            reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_GIVEN_READ, begun,
                store->back->read_given(store, person, row, user, err));
}

static reel_code put_model(reel_store *store, const reel_model_record *record, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_WRITE, begun, store->back->put_model(store, record, err));
}

static reel_code scan_models(reel_store *store, reel_model_record_fn *row, void *user,
                             reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, REEL_STORE_READ, begun, store->back->scan_models(store, row, user, err));
}

static reel_code sql(reel_store *store, reel_sql_work *work, reel_err *err)
{
    const int64_t begun = reel__clock_steady_us();

    return took(store, work->writes ? REEL_STORE_WRITE : REEL_STORE_READ, begun,
                store->back->sql(store, work, err));
}

void reel__store_time(reel_store *store)
{
    store->back = store->ops;
    store->timed = *store->ops;
    store->timed.label = label;
    store->timed.counts = counts;
    store->timed.load_begin = load_begin;
    store->timed.load_commit = load_commit;
    store->timed.load_abort = load_abort;
    store->timed.read_dataset = read_dataset;
    store->timed.scan_people = scan_people;
    store->timed.scan_matches = scan_matches;
    store->timed.put_events = put_events;
    store->timed.scan_events = scan_events;
    store->timed.put_given = put_given;
    store->timed.read_given = read_given;
    store->timed.put_model = put_model;
    store->timed.scan_models = scan_models;
    store->timed.sql = sql;
    store->ops = &store->timed;
}
