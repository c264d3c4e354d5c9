/* analyses.c - see analyses.h. */
#include "service/measure/analyses.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/answer.h"

enum { ANSWER_MOST = 4 << 20, HASH_ROOM = 80 };

/* Which data, and which part of them. */
typedef struct key {
    int64_t generation;
    char hash[HASH_ROOM], genre[REEL_ANALYSES_GENRE];
    int32_t from, to;
} key;

typedef struct kept {
    key of;
    char *text; /* NULL = free */
    size_t length;
    uint64_t used; /* when it was asked for last */
} kept;

struct reel_analyses {
    pthread_mutex_t lock;
    kept all[REEL_ANALYSES_KEPT];
    size_t bytes;
    uint64_t asked;
    reel_aside *aside;
};

reel_code reel__analyses_open(reel_analyses **out, reel_err *err)
{
    reel_analyses *analyses = reel__alloc_zero(1, sizeof *analyses);
    reel_code rc = REEL_OK;

    *out = NULL;
    if (analyses == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for analyses");
    (void)pthread_mutex_init(&analyses->lock, NULL);
    REEL_TRY(reel__aside_open(&analyses->aside, 1, err));
    *out = analyses;
    analyses = NULL;
out:
    reel__analyses_close(analyses);
    return rc;
}

void reel__analyses_close(reel_analyses *analyses)
{
    if (analyses == NULL)
        return;
    reel__aside_close(analyses->aside);
    for (int i = 0; i < REEL_ANALYSES_KEPT; i++)
        reel__free(analyses->all[i].text);
    (void)pthread_mutex_destroy(&analyses->lock);
    reel__free(analyses);
}

reel_aside *reel__analyses_aside(reel_analyses *analyses)
{
    return analyses->aside;
}

/* ---- what is kept -------------------------------------------------------------------------- */

static key key_of(const reel_engine *engine, const reel_part *part)
{
    const reel_dataset *dataset = reel__engine_dataset(engine);
    key of = {.generation = reel_dataset_generation(dataset), .from = part->from, .to = part->to};

    (void)snprintf(of.hash, sizeof of.hash, "%s", reel_dataset_hash(dataset));
    (void)snprintf(of.genre, sizeof of.genre, "%s", part->genre == NULL ? "" : part->genre);
    return of;
}

static bool same_data(const key *a, const key *b)
{
    return a->generation == b->generation && strcmp(a->hash, b->hash) == 0;
}

static kept *find(reel_analyses *analyses, const key *of)
{
    for (int i = 0; i < REEL_ANALYSES_KEPT; i++) {
        kept *one = &analyses->all[i];

        if (one->text != NULL && same_data(&one->of, of) && one->of.from == of->from &&
            one->of.to == of->to && strcmp(one->of.genre, of->genre) == 0)
            return one;
    }
    return NULL;
}

static void drop(reel_analyses *analyses, kept *one)
{
    analyses->bytes -= one->length;
    reel__free(one->text);
    *one = (kept){0};
}

/* A free place after what is of other data is gone, and what was not asked for longest. */
static kept *make_place(reel_analyses *analyses, const key *of, size_t length)
{
    for (;;) {
        kept *oldest = NULL, *empty = NULL;

        for (int i = 0; i < REEL_ANALYSES_KEPT; i++) {
            kept *one = &analyses->all[i];

            if (one->text != NULL && !same_data(&one->of, of))
                drop(analyses, one);
            if (one->text == NULL)
                empty = one;
            else if (oldest == NULL || one->used < oldest->used)
                oldest = one;
        }
        if (empty != NULL && analyses->bytes + length <= REEL_ANALYSES_BYTES)
            return empty;
        if (oldest == NULL)
            return NULL;
        drop(analyses, oldest);
    }
}

bool reel__analyses_kept(reel_buf *out, reel_analyses *analyses, const reel_engine *engine,
                         const reel_part *part)
{
    const key of = key_of(engine, part);
    kept *one;

    pthread_mutex_lock(&analyses->lock);
    one = find(analyses, &of);
    if (one != NULL) {
        one->used = ++analyses->asked;
        reel__buf_append(out, one->text, one->length);
    }
    pthread_mutex_unlock(&analyses->lock);
    return one != NULL;
}

/* Where there is no memory for it, it is made again the next time. */
static void keep(reel_analyses *analyses, const reel_engine *engine, const reel_part *part,
                 const reel_buf *text)
{
    const key of = key_of(engine, part);
    char *copy = reel__strndup(text->data, text->length);
    kept *place = NULL;

    if (copy == NULL)
        return;
    pthread_mutex_lock(&analyses->lock);
    if (find(analyses, &of) == NULL)
        place = make_place(analyses, &of, text->length);
    if (place != NULL) {
        *place = (kept){of, copy, text->length, ++analyses->asked};
        analyses->bytes += text->length;
    }
    pthread_mutex_unlock(&analyses->lock);
    if (place == NULL)
        reel__free(copy);
}

/* ---- making one ---------------------------------------------------------------------------- */

typedef struct people {
    reel_facts *facts;
    reel_err *err;
    reel_code rc;
} people;

static bool put_person(void *user, const reel_person *person)
{
    people *p = user;

    p->rc = reel__facts_put_person(p->facts, person->id, person->age, person->gender,
                                   person->occupation, p->err);
    return p->rc == REEL_OK;
}

reel_code reel__analyses_people(reel_facts *facts, reel_store *store, reel_err *err)
{
    people p = {facts, err, REEL_OK};
    reel_code rc;

    REEL_TRY(reel__store_scan_people(store, put_person, &p, err));
    rc = p.rc;
out:
    return rc;
}

static void put_part(reel_json *json, const reel_part *part)
{
    reel__json_put_text(json, "genre", part->genre);
    reel__json_put_id(json, "from", part->from > 0 ? part->from : -1);
    reel__json_put_id(json, "to", part->to > 0 ? part->to : -1);
}

static reel_code make(reel_buf *text, const reel_engine *engine, const reel_part *part,
                      reel_err *err)
{
    reel_figure figures[REEL_FIGURES] = {0};
    reel_facts *facts = NULL;
    reel_json json;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__facts_new(&facts, reel__engine_dataset(engine), part, err));
    REEL_TRY(reel__analyses_people(facts, reel__engine_store(engine), err));
    REEL_TRY(reel__figures_make(figures, facts, err));
    reel__json_init(&json, text);
    reel__json_object(&json);
    put_part(&json, part);
    reel__answer_write(&json, facts, figures);
    reel__json_object_end(&json);
    rc = reel__buf_check(text, err);
out:
    reel__figures_fini(figures);
    reel__facts_free(facts);
    return rc;
}

reel_code reel__analyses_write(reel_buf *out, reel_analyses *analyses, const reel_engine *engine,
                               const reel_part *part, reel_err *err)
{
    reel_buf text;
    reel_code rc = REEL_OK;

    if (part->genre != NULL && strlen(part->genre) >= REEL_ANALYSES_GENRE)
        return reel_fail(err, REEL_E_INVALID, "genre: a name has fewer than %d bytes",
                         (int)REEL_ANALYSES_GENRE);
    /* Another request may have asked for the same while this one waited. */
    if (analyses != NULL && reel__analyses_kept(out, analyses, engine, part))
        return REEL_OK;
    reel__buf_init(&text, ANSWER_MOST);
    REEL_TRY(make(&text, engine, part, err));
    if (analyses != NULL)
        keep(analyses, engine, part, &text);
    reel__buf_append(out, text.data, text.length);
out:
    reel__buf_fini(&text);
    return rc;
}
