/* dataset.c - reading a dataset: accessors, owners, hash. dataset_file.c maps and saves one,
 * builder.c makes one.
 */
#include "data/dataset_priv.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/ids.h"

const reel_dataset_array reel__dataset_arrays[ARRAY_COUNT] = {
    [ARRAY_MOVIE_ID] = {"movie.id", sizeof(int64_t), REEL_I64, SIZE_MOVIES},
    [ARRAY_IMDB_ID] = {"movie.imdb_id", sizeof(int64_t), REEL_I64, SIZE_MOVIES},
    [ARRAY_TMDB_ID] = {"movie.tmdb_id", sizeof(int64_t), REEL_I64, SIZE_MOVIES},
    [ARRAY_YEAR] = {"movie.year", sizeof(int32_t), REEL_I32, SIZE_MOVIES},
    [ARRAY_RUNTIME] = {"movie.runtime", sizeof(int32_t), REEL_I32, SIZE_MOVIES},
    [ARRAY_VOTE_COUNT] = {"movie.vote_count", sizeof(int32_t), REEL_I32, SIZE_MOVIES},
    [ARRAY_VOTE_AVERAGE] = {"movie.vote_average", sizeof(float), REEL_F32, SIZE_MOVIES},
    [ARRAY_POPULARITY] = {"movie.popularity", sizeof(float), REEL_F32, SIZE_MOVIES},
    [ARRAY_TEXT_OFFSET] = {"movie.text_offset", sizeof(int64_t), REEL_I64, SIZE_TEXTS},
    [ARRAY_TEXT] = {"movie.text", 1, REEL_U8, SIZE_TEXT},
    [ARRAY_PERSON_ID] = {"person.id", sizeof(int64_t), REEL_I64, SIZE_PEOPLE},
    [ARRAY_RATINGS_PTR] = {"ratings.ptr", sizeof(reel_nnz), REEL_I64, SIZE_PEOPLE_PTR},
    [ARRAY_RATINGS_COL] = {"ratings.col", sizeof(reel_index), REEL_I32, SIZE_RATINGS},
    [ARRAY_RATINGS_VAL] = {"ratings.val", sizeof(float), REEL_F32, SIZE_RATINGS},
    [ARRAY_RATINGS_TIME] = {"ratings.time", sizeof(int64_t), REEL_I64, SIZE_RATINGS},
    [ARRAY_RATERS_PTR] = {"raters.ptr", sizeof(reel_nnz), REEL_I64, SIZE_MOVIES_PTR},
    [ARRAY_RATERS_COL] = {"raters.col", sizeof(reel_index), REEL_I32, SIZE_RATINGS},
    [ARRAY_RATERS_VAL] = {"raters.val", sizeof(float), REEL_F32, SIZE_RATINGS},
    [ARRAY_SIGNALS_PTR] = {"signals.ptr", sizeof(reel_nnz), REEL_I64, SIZE_PEOPLE_PTR},
    [ARRAY_SIGNALS_COL] = {"signals.col", sizeof(reel_index), REEL_I32, SIZE_SIGNALS},
    [ARRAY_SIGNALS_VAL] = {"signals.val", sizeof(float), REEL_F32, SIZE_SIGNALS},
};

const size_t reel__dataset_text_fields[TEXT_FIELDS] = {
    offsetof(reel_movie, title),       offsetof(reel_movie, name),
    offsetof(reel_movie, genres),      offsetof(reel_movie, overview),
    offsetof(reel_movie, tagline),     offsetof(reel_movie, keywords),
    offsetof(reel_movie, cast),        offsetof(reel_movie, directors),
    offsetof(reel_movie, tags),        offsetof(reel_movie, original_title),
    offsetof(reel_movie, language),    offsetof(reel_movie, release_date),
    offsetof(reel_movie, poster_path), offsetof(reel_movie, backdrop_path),
    offsetof(reel_movie, trailer_key),
};

/* ---- owners -------------------------------------------------------------------------------- */

reel_dataset *reel__dataset_new(const char *source, bool simulated, int64_t generation)
{
    reel_dataset *dataset = reel__alloc_zero(1, sizeof *dataset);

    if (dataset == NULL)
        return NULL;
    dataset->source = reel__strdup(source);
    if (dataset->source == NULL) {
        reel__free(dataset);
        return NULL;
    }
    atomic_init(&dataset->owners, 1);
    dataset->simulated = simulated;
    dataset->generation = generation;
    return dataset;
}

reel_dataset *reel_dataset_ref(reel_dataset *dataset)
{
    atomic_fetch_add_explicit(&dataset->owners, 1, memory_order_relaxed);
    return dataset;
}

void reel_dataset_free(reel_dataset *dataset)
{
    if (dataset == NULL ||
        atomic_fetch_sub_explicit(&dataset->owners, 1, memory_order_acq_rel) != 1)
        return;
    if (dataset->file == NULL)
        for (int i = 0; i < ARRAY_COUNT; i++)
            reel__free((void *)(uintptr_t)dataset->array[i]);
    reel__tensors_free(dataset->file);
    reel__free(dataset->source);
    reel__free(dataset);
}

/* ---- accessors ----------------------------------------------------------------------------- */

reel_index reel_dataset_people(const reel_dataset *dataset)
{
    return dataset->people;
}

reel_index reel_dataset_movies(const reel_dataset *dataset)
{
    return dataset->movies;
}

reel_csr_view reel_dataset_ratings(const reel_dataset *dataset)
{
    return (reel_csr_view){.rows = dataset->people,
                           .cols = dataset->movies,
                           .ptr = dataset->array[ARRAY_RATINGS_PTR],
                           .col = dataset->array[ARRAY_RATINGS_COL],
                           .val = dataset->array[ARRAY_RATINGS_VAL]};
}

reel_csr_view reel_dataset_raters(const reel_dataset *dataset)
{
    return (reel_csr_view){.rows = dataset->movies,
                           .cols = dataset->people,
                           .ptr = dataset->array[ARRAY_RATERS_PTR],
                           .col = dataset->array[ARRAY_RATERS_COL],
                           .val = dataset->array[ARRAY_RATERS_VAL]};
}

const int64_t *reel_dataset_times(const reel_dataset *dataset)
{
    return dataset->array[ARRAY_RATINGS_TIME];
}

const int64_t *reel_dataset_movie_ids(const reel_dataset *dataset)
{
    return dataset->array[ARRAY_MOVIE_ID];
}

const int64_t *reel_dataset_person_ids(const reel_dataset *dataset)
{
    return dataset->array[ARRAY_PERSON_ID];
}

reel_index reel_dataset_find_movie(const reel_dataset *dataset, int64_t id)
{
    return reel__ids_find(dataset->array[ARRAY_MOVIE_ID], dataset->movies, id);
}

reel_index reel_dataset_find_person(const reel_dataset *dataset, int64_t id)
{
    return reel__ids_find(dataset->array[ARRAY_PERSON_ID], dataset->people, id);
}

reel_movie reel_dataset_movie(const reel_dataset *dataset, reel_index movie)
{
    assert(movie >= 0 && movie < dataset->movies);
    const int64_t *offset =
        (const int64_t *)dataset->array[ARRAY_TEXT_OFFSET] + (size_t)movie * TEXT_FIELDS;
    const char *texts = dataset->array[ARRAY_TEXT];
    reel_movie film = {
        .id = ((const int64_t *)dataset->array[ARRAY_MOVIE_ID])[movie],
        .imdb_id = ((const int64_t *)dataset->array[ARRAY_IMDB_ID])[movie],
        .tmdb_id = ((const int64_t *)dataset->array[ARRAY_TMDB_ID])[movie],
        .year = ((const int32_t *)dataset->array[ARRAY_YEAR])[movie],
        .runtime = ((const int32_t *)dataset->array[ARRAY_RUNTIME])[movie],
        .vote_count = ((const int32_t *)dataset->array[ARRAY_VOTE_COUNT])[movie],
        .vote_average = ((const float *)dataset->array[ARRAY_VOTE_AVERAGE])[movie],
        .popularity = ((const float *)dataset->array[ARRAY_POPULARITY])[movie],
    };

    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        const char *text = texts + offset[i];

        memcpy((char *)&film + reel__dataset_text_fields[i], &text, sizeof text);
    }
    return film;
}

const char *reel_dataset_hash(const reel_dataset *dataset)
{
    return dataset->hash;
}

const char *reel_dataset_source(const reel_dataset *dataset)
{
    return dataset->source;
}

bool reel_dataset_simulated(const reel_dataset *dataset)
{
    return dataset->simulated;
}

int64_t reel_dataset_generation(const reel_dataset *dataset)
{
    return dataset->generation;
}

/* ---- sizes and hash ------------------------------------------------------------------------ */

int reel__dataset_array_count(const reel_dataset *dataset)
{
    return dataset->array[ARRAY_SIGNALS_PTR] == NULL ? ARRAY_SIGNALS_PTR : ARRAY_COUNT;
}

int64_t reel__dataset_expect(const reel_dataset *dataset, enum dataset_size size)
{
    switch (size) {
    case SIZE_MOVIES:
        return dataset->movies;
    case SIZE_MOVIES_PTR:
        return (int64_t)dataset->movies + 1;
    case SIZE_TEXTS:
        return (int64_t)dataset->movies * TEXT_FIELDS + 1;
    case SIZE_PEOPLE:
        return dataset->people;
    case SIZE_PEOPLE_PTR:
        return (int64_t)dataset->people + 1;
    case SIZE_RATINGS:
        return dataset->count[ARRAY_RATINGS_COL];
    case SIZE_SIGNALS:
        return dataset->count[ARRAY_SIGNALS_COL];
    case SIZE_TEXT:
        break;
    }
    return -1;
}

static void hash_array(reel_digest *digest, const reel_dataset *dataset, int which)
{
    reel__digest_update(digest, &dataset->count[which], sizeof dataset->count[which]);
    reel__digest_update(digest, dataset->array[which],
                        (size_t)dataset->count[which] * reel__dataset_arrays[which].width);
}

reel_code reel__dataset_hash_arrays(reel_dataset *dataset, reel_err *err)
{
    static const char prefix[] = "sha256:";
    reel_digest *digest = reel__digest_new(REEL_DIGEST_SHA256);

    if (digest == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory to hash the dataset");
    for (int i = 0; i < ARRAY_HASHED; i++)
        hash_array(digest, dataset, i);
    for (int i = ARRAY_SIGNALS_PTR; i < reel__dataset_array_count(dataset); i++)
        hash_array(digest, dataset, i);
    memcpy(dataset->hash, prefix, sizeof prefix);
    reel__digest_finish(digest, dataset->hash + sizeof prefix - 1);
    return REEL_OK;
}
