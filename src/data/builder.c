/* builder.c - collects films and ratings that come in any order. Outside ids are numbered as they
 * appear; builder_finish.c ranks them and makes the dataset.
 */
#include "data/builder_priv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "data/readers.h"

#define HEAP_MAXIMUM ((size_t)1 << 33)

/* ---- growing ------------------------------------------------------------------------------- */

reel_code reel__builder_no_memory(reel_err *err, const char *what)
{
    return reel_fail(err, REEL_E_NOMEM, "no memory for %s", what);
}

static reel_code grow(void **items, size_t *capacity, size_t needed, size_t size, reel_err *err)
{
    size_t wanted = *capacity < 64 ? 64 : *capacity + *capacity / 2;
    void *moved = NULL;

    if (needed <= *capacity)
        return REEL_OK;
    if (wanted < needed)
        wanted = needed;
    moved = reel__realloc_array(*items, wanted, size);
    if (moved == NULL)
        return reel__builder_no_memory(err, "the dataset being built");
    *items = moved;
    *capacity = wanted;
    return REEL_OK;
}

static void id_list_fini(id_list *list)
{
    reel__free(list->ids);
    reel__map_free(list->map);
    *list = (id_list){.last_id = -1};
}

static reel_code id_list_number(id_list *list, int64_t id, reel_index *out, reel_err *err)
{
    reel_code rc = REEL_OK;
    int64_t number = 0;
    void *ids = list->ids;

    if (id == list->last_id) {
        *out = list->last;
        return REEL_OK;
    }
    if (list->map == NULL)
        REEL_TRY(reel__map_new(&list->map, 1024, err));
    if (!reel__map_get(list->map, id, &number)) {
        if (list->count >= INT32_MAX - 1)
            return reel_fail(err, REEL_E_INVALID, "more than %d different ids", INT32_MAX - 1);
        REEL_TRY(grow(&ids, &list->capacity, list->count + 1, sizeof *list->ids, err));
        list->ids = ids;
        REEL_TRY(reel__map_put(list->map, id, (int64_t)list->count, err));
        number = (int64_t)list->count;
        list->ids[list->count++] = id;
    }
    list->last_id = id;
    list->last = (reel_index)number;
    *out = list->last;
out:
    return rc;
}

/* ---- life ---------------------------------------------------------------------------------- */

void reel__builder_empty(reel_dataset_builder *builder)
{
    id_list_fini(&builder->people);
    id_list_fini(&builder->rated);
    reel__free(builder->entries);
    reel__free(builder->films);
    reel__map_free(builder->film_ids);
    reel__buf_fini(&builder->heap);
    reel__free(builder->source);
    *builder = (reel_dataset_builder){.people.last_id = -1, .rated.last_id = -1};
    reel__buf_init(&builder->heap, HEAP_MAXIMUM);
}

reel_code reel_dataset_builder_new(reel_dataset_builder **out, reel_err *err)
{
    *out = reel__alloc_zero(1, sizeof **out);
    if (*out == NULL)
        return reel__builder_no_memory(err, "a dataset builder");
    reel__builder_empty(*out);
    return REEL_OK;
}

void reel_dataset_builder_free(reel_dataset_builder *builder)
{
    if (builder == NULL)
        return;
    reel__builder_empty(builder);
    reel__free(builder);
}

reel_code reel_dataset_builder_label(reel_dataset_builder *builder, const char *source,
                                     bool simulated, int64_t generation, reel_err *err)
{
    char *copy = reel__strdup(source == NULL ? "" : source);

    if (copy == NULL)
        return reel__builder_no_memory(err, "the label of a dataset");
    reel__free(builder->source);
    builder->source = copy;
    builder->simulated = simulated;
    builder->generation = generation;
    return REEL_OK;
}

/* ---- adding -------------------------------------------------------------------------------- */

static void heap_add_text(reel_buf *heap, const char *text)
{
    const size_t length = text == NULL ? 0 : strlen(text);

    if (length > 0 && reel__utf8_valid(text, length))
        reel__buf_append(heap, text, length);
    else if (length > 0)
        reel__utf8_from_any(heap, text, length);
    reel__buf_char(heap, '\0');
}

static reel_code heap_add_texts(reel_buf *heap, const reel_movie *movie, reel_err *err)
{
    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        const char *text = NULL;

        memcpy(&text, (const char *)movie + reel__dataset_text_fields[i], sizeof text);
        heap_add_text(heap, text);
    }
    return reel__buf_check(heap, err);
}

/* One NaN, one zero and no infinity, so that equal data are equal bytes. */
static float plain_float(float value)
{
    if (!isfinite(value))
        return NAN;
    return value == 0.0F ? 0.0F : value;
}

reel_code reel_dataset_builder_add_movie(reel_dataset_builder *builder, const reel_movie *movie,
                                         reel_err *err)
{
    reel_code rc = REEL_OK;
    int64_t number = 0;
    void *films = builder->films;
    const size_t text = builder->heap.length;
    reel_movie plain;

    if (movie->id < 0)
        return reel_fail(err, REEL_E_INVALID, "movie id %" PRId64 " is negative", movie->id);
    if (builder->films_count >= INT32_MAX - 1)
        return reel_fail(err, REEL_E_INVALID, "more than %d movies", INT32_MAX - 1);
    if (builder->film_ids == NULL)
        REEL_TRY(reel__map_new(&builder->film_ids, 1024, err));
    if (reel__map_get(builder->film_ids, movie->id, &number))
        return reel_fail(err, REEL_E_CONFLICT, "movie id %" PRId64 " was given before", movie->id);
    REEL_TRY(grow(&films, &builder->films_capacity, builder->films_count + 1,
                  sizeof *builder->films, err));
    builder->films = films;
    if (builder->plain) {
        plain = reel__movie_plain(movie);
        movie = &plain;
    }
    REEL_TRY(heap_add_texts(&builder->heap, movie, err));
    REEL_TRY(reel__map_put(builder->film_ids, movie->id, (int64_t)builder->films_count, err));
    builder->films[builder->films_count++] =
        (film){.id = movie->id,
               .imdb_id = movie->imdb_id,
               .tmdb_id = movie->tmdb_id,
               .year = movie->year,
               .runtime = movie->runtime,
               .vote_count = movie->vote_count,
               .vote_average = plain_float(movie->vote_average),
               .popularity = plain_float(movie->popularity),
               .text = text,
               .text_size = builder->heap.length - text};
out:
    return rc;
}

reel_code reel_dataset_builder_add_ratings(reel_dataset_builder *builder,
                                           const reel_rating *ratings, size_t count, reel_err *err)
{
    reel_code rc = REEL_OK;
    void *entries = builder->entries;

    REEL_TRY(grow(&entries, &builder->entries_capacity, builder->entries_count + count,
                  sizeof *builder->entries, err));
    builder->entries = entries;
    for (size_t i = 0; i < count; i++) {
        entry *to = &builder->entries[builder->entries_count];

        if (ratings[i].person < 0 || ratings[i].movie < 0)
            return reel_fail(err, REEL_E_INVALID,
                             "rating of movie %" PRId64 " by person %" PRId64 ": an id is negative",
                             ratings[i].movie, ratings[i].person);
        if (!isfinite(ratings[i].value))
            return reel_fail(err, REEL_E_INVALID,
                             "rating of movie %" PRId64 " by person %" PRId64 " is not finite",
                             ratings[i].movie, ratings[i].person);
        REEL_TRY(id_list_number(&builder->people, ratings[i].person, &to->person, err));
        REEL_TRY(id_list_number(&builder->rated, ratings[i].movie, &to->movie, err));
        to->time = ratings[i].time;
        to->value = ratings[i].value == 0.0F ? 0.0F : ratings[i].value;
        builder->entries_count++;
    }
out:
    return rc;
}
