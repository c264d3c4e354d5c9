/* fit.c - reads training data, fits a model and writes it; see fit.h. */
#include "service/models/fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "model/vtable.h"
#include "service/models/fit_priv.h"
#include "service/models/learn.h"

enum { SHARES = 1000, CARD_MAX = 64 * 1024 };

static double seconds_since(int64_t start)
{
    return (double)(reel__clock_steady_us() - start) * 1e-6;
}

/* ---- data ---------------------------------------------------------------------------------- */

static reel_code read_catalogue(reel_fitting *f, reel_generation *generation)
{
    const reel_fit_opts *opts = f->opts;
    reel_read_report films = {0};
    reel_enrich_report enriched = {0};
    reel_code rc = REEL_OK;

    REEL_TRY(reel__read_movielens(&f->catalogue, generation, opts->movielens, &opts->read, &films,
                                  f->err));
    if (opts->tmdb != NULL)
        REEL_TRY(
            reel__read_tmdb(f->catalogue, opts->tmdb, opts->links, &opts->read, &enriched, f->err));
    f->report->bad_rows += films.bad_rows + enriched.bad_rows;
out:
    return rc;
}

static reel_code read_ratings(reel_fitting *f, reel_generation generation)
{
    const reel_fit_opts *opts = f->opts;
    reel_read_report rows = {0};
    char *path = NULL;
    reel_code rc = REEL_OK;

    if (opts->train == NULL) {
        path = reel__movielens_ratings_path(opts->movielens, generation);
        if (path == NULL)
            REEL_TRY(reel_fail(f->err, REEL_E_NOMEM, "no memory to read %s", opts->movielens));
    }
    REEL_TRY(reel__read_named(&f->train, path != NULL ? path : opts->train, REEL_THIRD_RATING,
                              &opts->read, &rows, f->err));
    f->report->bad_rows += rows.bad_rows;
out:
    reel__free(path);
    return rc;
}

/* Texts in order, and ids that are their positions. */
static reel_code number_names(reel_names *names, reel_intern *texts, reel_ratings *ratings,
                              bool movies, reel_err *err)
{
    int64_t *rank;
    reel_code rc = REEL_OK;

    if (texts == NULL)
        return REEL_OK;
    rank = reel__alloc_array((size_t)reel__intern_count(texts), sizeof *rank);
    if (rank == NULL)
        REEL_TRY(
            reel_fail(err, REEL_E_NOMEM, "no memory for %d names", (int)reel__intern_count(texts)));
    REEL_TRY(reel__names_sort(names, rank, texts, err));
    for (size_t i = 0; i < ratings->count; i++) {
        int64_t *id = movies ? &ratings->items[i].movie : &ratings->items[i].person;

        *id = rank[*id];
    }
out:
    reel__free(rank);
    return rc;
}

/* Items that go by texts are films of that name. */
static reel_code add_named_movies(reel_dataset_builder *builder, const reel_names *names,
                                  reel_err *err)
{
    reel_code rc = REEL_OK;

    for (reel_index i = 0; i < names->count; i++) {
        const char *text = reel__names_text(names, i);
        const char *name = reel__utf8_valid(text, strlen(text)) ? text : "";
        reel_movie movie = {.id = i, .title = name, .name = name, .genres = "", .overview = ""};

        movie.tagline = movie.keywords = movie.cast = movie.directors = movie.tags = "";
        movie.original_title = movie.language = movie.release_date = "";
        movie.poster_path = movie.backdrop_path = movie.trailer_key = "";
        movie.vote_average = movie.popularity = (float)NAN;
        REEL_TRY(reel_dataset_builder_add_movie(builder, &movie, err));
    }
out:
    return rc;
}

static reel_code build(reel_fitting *f)
{
    reel_dataset_builder *builder = NULL;
    reel_dataset_report found = {0};
    reel_csr_view ratings;
    reel_code rc = REEL_OK;

    if (f->train.movies != NULL && f->catalogue != NULL)
        return reel_fail(
            f->err, REEL_E_INVALID,
            "%s names items by texts such as \"%.40s\", the films of %s go by numbers: "
            "they cannot be brought together",
            f->opts->train, reel__intern_text(f->train.movies, 0), f->opts->movielens);
    REEL_TRY(number_names(&f->movies, f->train.movies, &f->train.ratings, true, f->err));
    REEL_TRY(number_names(&f->people, f->train.people, &f->train.ratings, false, f->err));
    REEL_TRY(reel_dataset_builder_new(&builder, f->err));
    REEL_TRY(add_named_movies(builder, &f->movies, f->err));
    for (size_t i = 0; f->catalogue != NULL && i < reel__catalogue_movies(f->catalogue); i++)
        REEL_TRY(reel_dataset_builder_add_movie(builder, reel__catalogue_movie(f->catalogue, i),
                                                f->err));
    REEL_TRY(reel_dataset_builder_add_ratings(builder, f->train.ratings.items,
                                              f->train.ratings.count, f->err));
    if (f->opts->pairs == NULL)
        reel__ratings_fini(&f->train.ratings); /* make room for the fit */
    REEL_TRY(reel_dataset_builder_finish(&f->dataset, builder, &found, f->err));
    f->report->duplicates = found.duplicates;
    f->report->unknown_movies = found.unknown_movies;
    ratings = reel_dataset_ratings(f->dataset);
    f->report->people = ratings.rows;
    f->report->movies = ratings.cols;
    f->report->ratings = ratings.ptr[ratings.rows];
    (void)snprintf(f->report->data_hash, sizeof f->report->data_hash, "%s",
                   reel_dataset_hash(f->dataset));
out:
    reel_dataset_builder_free(builder);
    return rc;
}

static reel_code read_data(reel_fitting *f)
{
    const int64_t start = reel__clock_steady_us();
    reel_generation generation = REEL_ML_CSV;
    reel_code rc = REEL_OK;

    if (f->opts->movielens != NULL)
        REEL_TRY(read_catalogue(f, &generation));
    REEL_TRY(read_ratings(f, generation));
    REEL_TRY(build(f));
    if (f->opts->pairs != NULL)
        REEL_TRY(reel__fit_pairs_read(f));
    f->report->read_seconds = seconds_since(start);
out:
    return rc;
}

/* ---- fitting ------------------------------------------------------------------------------- */

static void show_share(double share, void *user)
{
    const reel_fitting *f = user;

    reel__progress(f->opts->read.progress, f->opts->model, (int64_t)(share * SHARES), SHARES, "%");
}

static reel_code fit(reel_fitting *f)
{
    const reel_fit_opts *opts = f->opts;
    const reel_fit_context context = {
        .seed = opts->seed,
        .threads = opts->threads,
        .progress = show_share,
        .user = f,
        .cancel = opts->cancel,
        .memory = opts->memory,
        .targets = opts->pairs != NULL ? &f->targets : NULL,
    };
    const int64_t start = reel__clock_steady_us();
    const reel_code rc =
        reel__learn(&f->model, opts->model, f->dataset, &opts->params, &context, f->err);

    f->report->fit_seconds = seconds_since(start);
    if (rc == REEL_OK)
        reel__progress(opts->read.progress, opts->model, SHARES, SHARES, "%");
    return rc;
}

static reel_code check_options(const reel_fit_opts *opts, reel_err *err)
{
    const char *const inputs[] = {opts->train, opts->pairs, opts->tmdb, opts->links};
    const char *const outputs[] = {opts->output, opts->predictions};
    reel_code rc = REEL_OK;

    if (opts->output == NULL)
        return reel_fail(err, REEL_E_INVALID, "a name for the model file is missing");
    if (opts->train == NULL && opts->movielens == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "there is nothing to fit on: give --train FILE or --movielens DIR");
    if ((opts->tmdb != NULL || opts->links != NULL) && opts->movielens == NULL)
        return reel_fail(err, REEL_E_INVALID,
                         "metadata needs films to belong to: give --movielens DIR with it");
    if ((opts->pairs != NULL) != (opts->predictions != NULL))
        return reel_fail(err, REEL_E_INVALID, "--predict and --predictions belong together");
    for (int i = 0; i < 2; i++)
        if (outputs[i] != NULL)
            REEL_TRY(
                reel__batch_check_output(outputs[i], inputs, sizeof inputs / sizeof *inputs, err));
    if (opts->predictions != NULL && strcmp(opts->output, opts->predictions) == 0)
        rc = reel_fail(err, REEL_E_INVALID,
                       "--output and --predictions both name %s: one would write over the other",
                       opts->output);
out:
    return rc;
}

reel_code reel__fit(const reel_fit_opts *opts, reel_fit_report *report, reel_err *err)
{
    reel_fitting f = {.opts = opts, .report = report, .err = err};
    reel_code rc = REEL_OK;

    *report = (reel_fit_report){0};
    reel__buf_init(&f.card, CARD_MAX);
    REEL_TRY(check_options(opts, err));
    REEL_TRY(reel__model_check(opts->model, &opts->params, err));
    if (opts->pairs != NULL && reel_model_find(opts->model)->task != REEL_TASK_RATING)
        REEL_TRY(reel_fail(err, REEL_E_INVALID,
                           "model \"%s\" ranks films and predicts no ratings; `reel predict` with "
                           "the fitted model gives its scores",
                           opts->model));
    if (opts->evaluate)
        REEL_TRY(reel__fit_evaluate(&f));
    REEL_TRY(read_data(&f));
    REEL_TRY(fit(&f));
    if (opts->evaluate)
        REEL_TRY(reel_model_set_card(f.model, f.card.data, err));
    (void)snprintf(report->model, sizeof report->model, "%s", reel_model_id(f.model));
    reel__model_take_names(f.model, &f.movies, &f.people);
    if (opts->pairs != NULL)
        REEL_TRY(reel__fit_pairs_write(&f));
    REEL_TRY(reel_model_save(f.model, opts->output, err));
    report->size_bytes = reel__file_size(opts->output);
    report->peak_memory_bytes = (int64_t)reel__memory_peak();
out:
    reel__fit_pairs_fini(&f);
    reel__buf_fini(&f.card);
    reel__names_fini(&f.movies);
    reel__names_fini(&f.people);
    reel_model_free(f.model);
    reel_dataset_free(f.dataset);
    reel__named_fini(&f.train);
    reel__catalogue_free(f.catalogue);
    return rc;
}
