/* lists.c - the best items of many people, as rows of a file.
 * People are worked on in blocks: threads score a group of people together, choose and format each
 * person into a text of their own, then the texts are written in order. Memory does not grow with
 * the number of people asked.
 */
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "model/vtable.h"
#include "num/par.h"
#include "num/topk.h"
#include "service/models/batch_priv.h"
#include "service/files/number.h"

enum { BLOCK = 512, GROUP = 16, PEOPLE_PER_THREAD = 8, TEXT_MOST = 1 << 30 };
enum { SCORES_AT_ONCE = 1 << 18 }; /* of a group, so that they stay in the cache of a core */

typedef struct listing {
    const reel_batch_opts *opts;
    const reel_model *model;
    const reel_histories *histories;
    reel_named users;      /* whom lists are for; empty = everyone with a history */
    reel_intern *items;    /* NULL: items go by numbers */
    size_t group;          /* people scored together, <= GROUP */
    reel_buf texts[BLOCK]; /* of the people of this block */
    reel_batch_report *report;
    reel_code rc; /* of the first thread that failed */
    reel_err err;
} listing;

typedef struct worker { /* of one thread */
    reel_scratch *scratch;
    float *scores;  /* [group x movies] */
    uint64_t *skip; /* [movies / 64 + 1], all zero between people */
    reel_scored *best;
} worker;

static reel_code worker_init(worker *w, const listing *l, reel_err *err)
{
    const size_t movies = (size_t)l->model->movies;
    const size_t k = l->opts->k < movies ? l->opts->k : movies;

    w->scores = reel__alloc_array(l->group * movies, sizeof *w->scores);
    w->skip = reel__alloc_zero(movies / 64 + 1, sizeof *w->skip);
    w->best = reel__alloc_array(k, sizeof *w->best);
    if (w->scores == NULL || w->skip == NULL || w->best == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to rank %zu items", movies);
    return reel_scratch_new(&w->scratch, err);
}

static void worker_fini(worker *w)
{
    reel_scratch_free(w->scratch);
    reel__free(w->scores);
    reel__free(w->skip);
    reel__free(w->best);
}

/* As many people as have room for their scores in the cache. */
static size_t people_together(size_t movies)
{
    const size_t many = SCORES_AT_ONCE / movies;

    return many < 4 ? 4 : (many > GROUP ? GROUP : many);
}

/* ---- one person ---------------------------------------------------------------------------- */

/* Someone a list is for. */
typedef struct asker {
    reel_name user;
    int64_t place; /* in the histories, or < 0 */
} asker;

static asker asker_of(const listing *l, size_t person)
{
    asker a;

    if (l->opts->users == NULL)
        return (asker){reel__name(l->histories->file.people, l->histories->ids[person]),
                       (int64_t)person};
    a.user = reel__name(l->users.people, l->users.ratings.items[person].person);
    a.place = reel__histories_find(l->histories, a.user);
    return a;
}

static size_t choose(const listing *l, worker *w, const reel_query *query, const float *scores)
{
    const size_t movies = (size_t)l->model->movies;
    size_t count;

    for (size_t i = 0; i < query->count; i++)
        w->skip[query->entries[i].movie / 64] |= UINT64_C(1) << (query->entries[i].movie % 64);
    count = reel__topk(scores, l->model->movies, w->skip, l->opts->k < movies ? l->opts->k : movies,
                       w->best);
    for (size_t i = 0; i < query->count; i++)
        w->skip[query->entries[i].movie / 64] = 0;
    return count;
}

/* user, rank, item, score */
static void write_list(const listing *l, const worker *w, size_t count, reel_name user,
                       reel_buf *text)
{
    for (size_t i = 0; i < count; i++) {
        char *to;

        reel__buf_name(text, user);
        to = reel__buf_reserve(text, REEL_NUMBERS_TEXT);
        if (to == NULL)
            return;
        *to++ = '\t';
        to = reel__put_int(to, (int64_t)i + 1);
        *to++ = '\t';
        reel__buf_advance(text, (size_t)(to - (text->data + text->length)));
        reel__buf_name(text, reel__movie_name(l->model, w->best[i].index));
        to = reel__buf_reserve(text, REEL_NUMBERS_TEXT);
        if (to == NULL)
            return;
        *to++ = '\t';
        to = reel__put_float(to, w->best[i].score);
        *to++ = '\n';
        reel__buf_advance(text, (size_t)(to - (text->data + text->length)));
    }
}

static void count_person(const listing *l, const asker *who, const reel_query *query, size_t count)
{
    if (who->place < 0)
#pragma omp atomic
        l->report->unknown_users++;
    if (reel__model_row(l->model, query) >= 0)
#pragma omp atomic
        l->report->stored++;
#pragma omp atomic
    l->report->rows += (int64_t)count;
}

/* People [first, first + count), count <= GROUP, into as many texts. */
static reel_code list_group(const listing *l, worker *w, size_t first, size_t count,
                            reel_buf *texts, reel_err *err)
{
    asker askers[GROUP];
    reel_query queries[GROUP];
    reel_code rc = REEL_OK;

    for (size_t i = 0; i < count; i++) {
        askers[i] = asker_of(l, first + i);
        queries[i] = reel__histories_query(l->histories, askers[i].place);
    }
    REEL_TRY(reel_model_score_many(l->model, queries, count, w->scratch, w->scores, err));
    for (size_t i = 0; i < count; i++) {
        const size_t listed = choose(l, w, &queries[i], w->scores + i * (size_t)l->model->movies);

        reel__buf_clear(&texts[i]);
        write_list(l, w, listed, askers[i].user, &texts[i]);
        count_person(l, &askers[i], &queries[i], listed);
        REEL_TRY(reel__buf_check(&texts[i], err));
    }
out:
    return rc;
}

/* ---- all of them --------------------------------------------------------------------------- */

static void fail_once(listing *l, reel_code rc, const reel_err *err)
{
#pragma omp critical(reel_lists)
    if (l->rc == REEL_OK) {
        l->rc = rc;
        l->err = *err;
    }
}

static bool stopped(const listing *l)
{
    reel_code rc;

#pragma omp atomic read
    rc = l->rc;
    return rc != REEL_OK;
}

static void list_block(listing *l, worker *workers, int threads, size_t first, size_t count)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (size_t i = 0; i < count; i += l->group) {
        const size_t people = count - i < l->group ? count - i : l->group;
        reel_err err = {0};
        reel_code rc;

        if (stopped(l))
            continue;
        rc = list_group(l, &workers[omp_get_thread_num()], first + i, people, &l->texts[i], &err);
        if (rc != REEL_OK)
            fail_once(l, rc, &err);
    }
}

static reel_code list_all(listing *l, worker *workers, int threads, reel_file_writer *file,
                          reel_err *err)
{
    const size_t people = l->opts->users != NULL ? l->users.ratings.count : l->histories->people;
    reel_code rc = REEL_OK;

    for (size_t first = 0; first < people; first += BLOCK) {
        const size_t count = people - first < BLOCK ? people - first : BLOCK;

        if (l->opts->cancel != NULL && *l->opts->cancel)
            REEL_TRY(reel_fail(err, REEL_E_CANCELLED, "interrupted; nothing was written"));
        list_block(l, workers, threads, first, count);
        if (l->rc != REEL_OK)
            REEL_TRY(reel_fail(err, l->rc, "%s", l->err.msg));
        for (size_t i = 0; i < count; i++)
            REEL_TRY(reel__file_writer_write(file, l->texts[i].data, l->texts[i].length, err));
        reel__progress(l->opts->read.progress, "lists", (int64_t)(first + count), (int64_t)people,
                       "people");
    }
out:
    return rc;
}

static reel_code write_file(listing *l, worker *workers, int threads, reel_err *err)
{
    static const char header[] = "user\trank\titem\tscore\n";
    reel_file_writer *file = NULL, *done;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__file_writer_open(&file, l->opts->output, err));
    if (l->opts->header)
        REEL_TRY(reel__file_writer_write(file, header, sizeof header - 1, err));
    REEL_TRY(list_all(l, workers, threads, file, err));
    done = file;
    file = NULL;
    REEL_TRY(reel__file_writer_commit(done, err));
out:
    reel__file_writer_abort(file);
    return rc;
}

reel_code reel__lists_write(const reel_batch_opts *opts, const reel_model *model,
                            const reel_histories *histories, reel_batch_report *report,
                            reel_err *err)
{
    listing *l = reel__alloc_zero(1, sizeof *l);
    const int threads =
        reel__par_threads((double)histories->people, PEOPLE_PER_THREAD, opts->threads);
    worker *workers = reel__alloc_zero((size_t)threads, sizeof *workers);
    reel_code rc = REEL_OK;

    if (l == NULL || workers == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "no memory to make lists"));
    l->opts = opts;
    l->model = model;
    l->group = people_together((size_t)model->movies);
    l->histories = histories;
    l->report = report;
    for (size_t i = 0; i < BLOCK; i++)
        reel__buf_init(&l->texts[i], TEXT_MOST);
    if (opts->users != NULL)
        REEL_TRY(reel__read_named_people(&l->users, opts->users, &opts->read, err));
    for (int t = 0; t < threads; t++)
        REEL_TRY(worker_init(&workers[t], l, err));
    REEL_TRY(write_file(l, workers, threads, err));
out:
    for (int t = 0; workers != NULL && t < threads; t++)
        worker_fini(&workers[t]);
    for (size_t i = 0; l != NULL && i < BLOCK; i++)
        reel__buf_fini(&l->texts[i]);
    if (l != NULL)
        reel__named_fini(&l->users);
    reel__free(workers);
    reel__free(l);
    return rc;
}
