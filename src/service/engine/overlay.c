/* overlay.c - the cache: shards with a lock of their own, each a table of sets of four people. What
 * is dropped is the person of the set who was asked for longest ago. A reader that missed reads the
 * store without holding a lock, and keeps what it read only if nothing of its shard was dropped
 * meanwhile and nobody writes: else it might keep what a writer just made old, and another reader,
 * who saw the new rows in the store, would then see the old ones. */
#include "service/engine/overlay.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/steady.h"
#include "base/thread.h"

enum {
    SHARDS = 64,
    SETS = 64, /* of a shard */
    WAYS = 4,
    FILTER_BITS_LOG = 24, /* 2 MiB: of a million people one in three hundred is asked for in vain */
    PROBES = 4,
    FOLLOW_MS = 500,
    ROWS_FIRST = 32,
    ROWS_KEPT = 4096 /* of one person; longer ones are read anew */
};
static const size_t BYTES_USUAL = 64U << 20;

typedef struct kept {
    int64_t person; /* -1 = free */
    reel_given_row *rows;
    size_t count;
    uint64_t used;
} kept;

typedef struct shard {
    pthread_mutex_t lock;
    uint64_t clock, drops;
    int writing; /* people of the shard whose rows a writer may have changed already */
    size_t bytes;
    kept table[SETS][WAYS];
} shard;

struct reel_overlay {
    reel_store *store;
    size_t shard_bytes;
    _Atomic uint64_t *filter; /* [1 << (FILTER_BITS_LOG - 6)] */
    atomic_int_fast64_t version;
    atomic_int_fast64_t reads, misses;
    pthread_mutex_t follow_lock;
    pthread_cond_t stop;
    pthread_t follower;
    bool following, stopping;
    shard shards[SHARDS];
};

/* ---- who gave anything --------------------------------------------------------------------- */

/* The finalizer of splitmix64 (Steele et al. 2014). */
static uint64_t mix(int64_t person)
{
    uint64_t x = (uint64_t)person + UINT64_C(0x9E3779B97F4A7C15);

    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static uint64_t probe(uint64_t hash, int i)
{
    const uint64_t step = hash >> 32 | 1;

    return (hash + (uint64_t)i * step) & ((UINT64_C(1) << FILTER_BITS_LOG) - 1);
}

static void filter_add(reel_overlay *overlay, int64_t person)
{
    const uint64_t hash = mix(person);

    for (int i = 0; i < PROBES; i++) {
        const uint64_t bit = probe(hash, i);

        atomic_fetch_or_explicit(&overlay->filter[bit >> 6], UINT64_C(1) << (bit & 63),
                                 memory_order_relaxed);
    }
}

static bool filter_has(const reel_overlay *overlay, uint64_t hash)
{
    for (int i = 0; i < PROBES; i++) {
        const uint64_t bit = probe(hash, i);

        if ((atomic_load_explicit(&overlay->filter[bit >> 6], memory_order_relaxed) >> (bit & 63) &
             1) == 0)
            return false;
    }
    return true;
}

/* ---- the table ----------------------------------------------------------------------------- */

static shard *shard_of(reel_overlay *overlay, uint64_t hash)
{
    return &overlay->shards[hash >> 40 & (SHARDS - 1)];
}

static kept *set_of(shard *s, uint64_t hash)
{
    return s->table[hash >> 48 & (SETS - 1)];
}

static void let_go(shard *s, kept *slot)
{
    s->bytes -= slot->count * sizeof *slot->rows;
    reel__free(slot->rows);
    *slot = (kept){.person = -1};
}

static kept *find(shard *s, uint64_t hash, int64_t person)
{
    kept *set = set_of(s, hash);

    for (int i = 0; i < WAYS; i++)
        if (set[i].person == person)
            return &set[i];
    return NULL;
}

/* writing: +1 before rows of a person are written, -1 after, 0 when others wrote them. */
static void drop(reel_overlay *overlay, int64_t person, int writing)
{
    const uint64_t hash = mix(person);
    shard *s = shard_of(overlay, hash);
    kept *slot;

    (void)pthread_mutex_lock(&s->lock);
    s->drops++;
    s->writing += writing;
    slot = find(s, hash, person);
    if (slot != NULL)
        let_go(s, slot);
    (void)pthread_mutex_unlock(&s->lock);
}

static void drop_all(reel_overlay *overlay)
{
    for (int k = 0; k < SHARDS; k++) {
        shard *s = &overlay->shards[k];

        (void)pthread_mutex_lock(&s->lock);
        s->drops++;
        for (int i = 0; i < SETS * WAYS; i++)
            if (s->table[i / WAYS][i % WAYS].person >= 0)
                let_go(s, &s->table[i / WAYS][i % WAYS]);
        (void)pthread_mutex_unlock(&s->lock);
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

void reel__given_rows_fini(reel_given_rows *rows)
{
    reel__free(rows->rows);
    *rows = (reel_given_rows){0};
}

static bool reserve(reel_given_rows *rows, size_t count)
{
    reel_given_row *grown;

    if (count <= rows->capacity)
        return true;
    grown = reel__realloc_array(rows->rows, count, sizeof *grown);
    if (grown == NULL)
        return false;
    rows->rows = grown;
    rows->capacity = count;
    return true;
}

typedef struct gathering {
    reel_given_rows *out;
    bool failed;
} gathering;

static bool gather(void *user, const reel_given_row *row)
{
    gathering *g = user;
    reel_given_rows *out = g->out;

    g->failed = out->count == out->capacity &&
                !reserve(out, out->capacity < ROWS_FIRST ? ROWS_FIRST : out->capacity * 2);
    if (!g->failed)
        out->rows[out->count++] = *row;
    return !g->failed;
}

static reel_code read_store(reel_overlay *overlay, int64_t person, reel_given_rows *out,
                            reel_err *err)
{
    gathering g = {out, false};
    reel_code rc = reel__store_read_given(overlay->store, person, gather, &g, err);

    if (rc == REEL_OK && g.failed)
        rc = reel_fail(err, REEL_E_NOMEM, "out of memory for what person %lld gave",
                       (long long)person);
    return rc;
}

/* Of the shard's people those asked for longest ago go first, set by set, until so many bytes fit.
 */
static void make_room(reel_overlay *overlay, shard *s, size_t bytes)
{
    while (s->bytes + bytes > overlay->shard_bytes && s->bytes > 0) {
        kept *oldest = NULL;

        for (int i = 0; i < SETS * WAYS; i++) {
            kept *slot = &s->table[i / WAYS][i % WAYS];

            if (slot->count > 0 && (oldest == NULL || slot->used < oldest->used))
                oldest = slot;
        }
        if (oldest == NULL)
            return;
        let_go(s, oldest);
    }
}

/* Kept if there is memory; else the next read goes to the store again. Under the shard's lock. */
static void keep(reel_overlay *overlay, shard *s, uint64_t hash, int64_t person,
                 const reel_given_rows *rows)
{
    const size_t bytes = rows->count * sizeof *rows->rows;
    reel_given_row *copy = NULL;
    kept *slot;

    if (rows->count > ROWS_KEPT || bytes > overlay->shard_bytes || find(s, hash, person) != NULL)
        return;
    if (rows->count > 0) {
        copy = reel__alloc_array(rows->count, sizeof *copy);
        if (copy == NULL)
            return;
        memcpy(copy, rows->rows, bytes);
    }
    make_room(overlay, s, bytes);
    slot = set_of(s, hash);
    for (int i = 1; i < WAYS; i++)
        if (slot->person >= 0 &&
            (set_of(s, hash)[i].person < 0 || set_of(s, hash)[i].used < slot->used))
            slot = &set_of(s, hash)[i];
    if (slot->person >= 0)
        let_go(s, slot);
    *slot = (kept){.person = person, .rows = copy, .count = rows->count, .used = ++s->clock};
    s->bytes += bytes;
}

/* True: found, and copied unless that failed. */
static bool read_kept(shard *s, uint64_t hash, int64_t person, reel_given_rows *out, bool *failed)
{
    kept *slot = find(s, hash, person);

    if (slot == NULL)
        return false;
    *failed = !reserve(out, slot->count);
    if (!*failed && slot->count > 0)
        memcpy(out->rows, slot->rows, slot->count * sizeof *out->rows);
    out->count = *failed ? 0 : slot->count;
    slot->used = ++s->clock;
    return true;
}

reel_code reel__overlay_read(reel_overlay *overlay, int64_t person, reel_given_rows *out,
                             reel_err *err)
{
    uint64_t hash, drops;
    shard *s;
    bool found, failed = false;
    reel_code rc;

    out->count = 0;
    if (overlay == NULL)
        return REEL_OK;
    hash = mix(person);
    if (!filter_has(overlay, hash))
        return REEL_OK;
    s = shard_of(overlay, hash);
    atomic_fetch_add_explicit(&overlay->reads, 1, memory_order_relaxed);
    (void)pthread_mutex_lock(&s->lock);
    found = read_kept(s, hash, person, out, &failed);
    drops = s->drops;
    (void)pthread_mutex_unlock(&s->lock);
    if (failed)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for what person %lld gave",
                         (long long)person);
    if (found)
        return REEL_OK;
    atomic_fetch_add_explicit(&overlay->misses, 1, memory_order_relaxed);
    rc = read_store(overlay, person, out, err);
    if (rc != REEL_OK)
        return rc;
    (void)pthread_mutex_lock(&s->lock);
    if (s->drops == drops && s->writing == 0)
        keep(overlay, s, hash, person, out);
    (void)pthread_mutex_unlock(&s->lock);
    return REEL_OK;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* The filter knows of them before the rows can be seen. */
reel_code reel__overlay_put(reel_overlay *overlay, const reel_given_row *rows, size_t count,
                            reel_err *err)
{
    reel_code rc;

    for (size_t i = 0; i < count; i++)
        if (i == 0 || rows[i].person != rows[i - 1].person) {
            filter_add(overlay, rows[i].person);
            drop(overlay, rows[i].person, +1);
        }
    rc = reel__store_put_given(overlay->store, rows, count, err);
    for (size_t i = 0; i < count; i++) /* after a failure, too: it may be of the answer alone */
        if (i == 0 || rows[i].person != rows[i - 1].person)
            drop(overlay, rows[i].person, -1);
    return rc;
}

reel_code reel__overlay_forget(reel_overlay *overlay, int64_t person, reel_err *err)
{
    reel_code rc;

    drop(overlay, person, +1);
    rc = reel__store_forget_given(overlay->store, person, err);
    drop(overlay, person, -1);
    return rc;
}

/* ---- what others wrote --------------------------------------------------------------------- */

typedef struct following {
    reel_overlay *overlay;
    int64_t last, count;
} following;

static bool look_at(void *user, const reel_given_row *change)
{
    following *f = user;

    if (change->person < 0) {
        drop_all(f->overlay);
    } else {
        filter_add(f->overlay, change->person);
        drop(f->overlay, change->person, 0);
    }
    f->last = change->version;
    f->count++;
    return true;
}

reel_code reel__overlay_follow(reel_overlay *overlay, reel_err *err)
{
    following f = {.overlay = overlay, .count = REEL_CHANGES_SCAN_MAX};
    reel_code rc = REEL_OK;

    (void)pthread_mutex_lock(&overlay->follow_lock);
    f.last = atomic_load(&overlay->version);
    while (rc == REEL_OK && f.count == REEL_CHANGES_SCAN_MAX) {
        f.count = 0;
        rc = reel__store_scan_changes(overlay->store, f.last, REEL_CHANGES_SCAN_MAX, look_at, &f,
                                      err);
    }
    atomic_store(&overlay->version, f.last);
    (void)pthread_mutex_unlock(&overlay->follow_lock);
    return rc;
}

/* True when it is time to look again, false to stop. */
static bool wait_a_little(reel_overlay *overlay)
{
    const struct timespec until = reel__steady_in_ms(FOLLOW_MS);
    int waited = 0;
    bool stopping;

    (void)pthread_mutex_lock(&overlay->follow_lock);
    while (!overlay->stopping && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&overlay->stop, &overlay->follow_lock, &until);
    stopping = overlay->stopping;
    (void)pthread_mutex_unlock(&overlay->follow_lock);
    return !stopping;
}

/* A store that does not answer is asked again; said once until it does. */
static void *follow_on(void *user)
{
    reel_overlay *overlay = user;
    bool failing = false;

    while (wait_a_little(overlay)) {
        reel_err err = {REEL_OK, ""};
        const bool failed = reel__overlay_follow(overlay, &err) != REEL_OK;

        if (failed && !failing)
            reel__log(REEL_LOG_WARN, "overlay", "error=\"%s\"", err.msg);
        failing = failed;
    }
    return NULL;
}

/* ---- opening ------------------------------------------------------------------------------- */

static bool init_locks(reel_overlay *overlay)
{
    int failed = pthread_mutex_init(&overlay->follow_lock, NULL);

    failed |= !reel__steady_cond_init(&overlay->stop);
    for (int i = 0; i < SHARDS; i++)
        failed |= pthread_mutex_init(&overlay->shards[i].lock, NULL);
    return failed == 0;
}

reel_code reel__overlay_open(reel_overlay **out, reel_store *store, const reel_overlay_opts *opts,
                             reel_err *err)
{
    reel_overlay *overlay = reel__alloc_zero(1, sizeof *overlay);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (overlay == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for what people gave since");
    overlay->store = store;
    overlay->shard_bytes =
        (opts != NULL && opts->bytes_max > 0 ? opts->bytes_max : BYTES_USUAL) / SHARDS;
    for (int i = 0; i < SHARDS * SETS * WAYS; i++)
        overlay->shards[i / (SETS * WAYS)].table[i / WAYS % SETS][i % WAYS].person = -1;
    overlay->filter = reel__alloc_zero((size_t)1 << (FILTER_BITS_LOG - 6), sizeof *overlay->filter);
    if (!init_locks(overlay) || overlay->filter == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for what people gave since"));
    REEL_TRY(reel__overlay_follow(overlay, err));
    if (opts != NULL && opts->follow) {
        overlay->following = reel__thread_start(&overlay->follower, follow_on, overlay) == 0;
        if (!overlay->following)
            REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no thread to follow what others write"));
    }
    *out = overlay;
    overlay = NULL;
out:
    reel__overlay_close(overlay);
    return rc;
}

void reel__overlay_close(reel_overlay *overlay)
{
    if (overlay == NULL)
        return;
    if (overlay->following) {
        (void)pthread_mutex_lock(&overlay->follow_lock);
        overlay->stopping = true;
        (void)pthread_cond_signal(&overlay->stop);
        (void)pthread_mutex_unlock(&overlay->follow_lock);
        (void)pthread_join(overlay->follower, NULL);
    }
    drop_all(overlay);
    for (int i = 0; i < SHARDS; i++)
        (void)pthread_mutex_destroy(&overlay->shards[i].lock);
    (void)pthread_cond_destroy(&overlay->stop);
    (void)pthread_mutex_destroy(&overlay->follow_lock);
    reel__free((void *)overlay->filter);
    reel__free(overlay);
}

reel_store *reel__overlay_store(const reel_overlay *overlay)
{
    return overlay->store;
}

reel_overlay_counts reel__overlay_count(const reel_overlay *overlay)
{
    reel_overlay_counts counts = {.version = atomic_load(&overlay->version),
                                  .reads = atomic_load(&overlay->reads),
                                  .misses = atomic_load(&overlay->misses)};

    for (int k = 0; k < SHARDS; k++) {
        shard *s = (shard *)&overlay->shards[k];

        (void)pthread_mutex_lock(&s->lock);
        for (int i = 0; i < SETS * WAYS; i++)
            counts.people += s->table[i / WAYS][i % WAYS].person >= 0;
        counts.bytes += (int64_t)s->bytes;
        (void)pthread_mutex_unlock(&s->lock);
    }
    return counts;
}
