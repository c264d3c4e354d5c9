/* build.c - a search index from a dataset. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "search/index_priv.h"

enum { TEXT_MOST = 1 << 30, NAME_MOST = 1 << 20 };

/* ---- popularity ----------------------------------------------------------------------------- */

typedef struct popular {
    int64_t ratings;
    int32_t votes;
    float popularity;
    reel_index film;
} popular;

/* Most ratings first; where they are equal, TMDb's votes, then its popularity. */
static int most_popular(const void *a, const void *b)
{
    const popular *left = a, *right = b;

    if (left->ratings != right->ratings)
        return left->ratings > right->ratings ? -1 : 1;
    if (left->votes != right->votes)
        return left->votes > right->votes ? -1 : 1;
    if (left->popularity != right->popularity)
        return left->popularity > right->popularity ? -1 : 1;
    return (left->film > right->film) - (left->film < right->film);
}

static reel_code rank_films(reel_search_index *index, reel_err *err)
{
    const reel_csr_view raters = reel_dataset_raters(index->dataset);
    popular *order = reel__alloc_array((size_t)index->movies, sizeof *order);

    if (order == NULL)
        return reel__search_no_memory(err);
    for (reel_index i = 0; i < index->movies; i++) {
        const reel_movie movie = reel_dataset_movie(index->dataset, i);

        order[i] = (popular){.ratings = raters.ptr[i + 1] - raters.ptr[i],
                             .votes = movie.vote_count,
                             .popularity = isnan(movie.popularity) ? 0 : movie.popularity,
                             .film = i};
    }
    qsort(order, (size_t)index->movies, sizeof *order, most_popular);
    for (reel_index i = 0; i < index->movies; i++) {
        index->by_rank[i] = order[i].film;
        index->rank[order[i].film] = (uint32_t)i;
    }
    reel__free(order);
    return REEL_OK;
}

/* ---- trigrams ------------------------------------------------------------------------------- */

/* Words of titles and people; those of keywords alone are left out, runs without spaces too. */
static size_t units_of_word(const void *user, uint32_t item, uint8_t units[REEL_UNITS_MAX])
{
    const reel_search_index *index = user;
    const reel_lexeme *word = &index->words.words[item];
    size_t length;

    if (word[1].first == word->first || index->words.items[word->first] >= index->named)
        return 0;
    length = reel__word_units(units, index->words.text + word->at, word->length);
    return length >= 3 ? length : 0;
}

static size_t units_of_title(const void *user, uint32_t item, uint8_t units[REEL_UNITS_MAX])
{
    const reel_search_index *index = user;
    const reel_search_entry *entry = &index->entries[item];

    return reel__word_units(units, index->text + entry->at, entry->length);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static reel_code start(reel_building *b, const reel_dataset *dataset)
{
    const size_t movies = (size_t)reel_dataset_movies(dataset);
    reel_search_index *index = reel__alloc_zero(1, sizeof *index);
    reel_code rc = REEL_OK;

    b->index = index;
    if (index == NULL)
        return reel__search_no_memory(b->err);
    index->dataset = dataset;
    index->movies = (reel_index)movies;
    index->title_ptr = reel__alloc_zero(movies + 1, sizeof *index->title_ptr);
    index->rank = reel__alloc_array(movies, sizeof *index->rank);
    index->by_rank = reel__alloc_array(movies, sizeof *index->by_rank);
    index->years = reel__alloc_array(movies, sizeof *index->years);
    if (index->title_ptr == NULL || index->rank == NULL || index->by_rank == NULL ||
        index->years == NULL)
        return reel__search_no_memory(b->err);
    for (int kind = 0; kind < 2; kind++)
        REEL_TRY(reel__intern_new(&b->names[kind], b->err));
out:
    return rc;
}

static reel_code finish(reel_building *b)
{
    reel_search_index *index = b->index;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__lexicon_make(&index->words, &b->words, b->err));
    REEL_TRY(reel__lexicon_make(&index->overviews, &b->overviews, b->err));
    REEL_TRY(rank_films(index, b->err));
    index->text_bytes = b->text.length;
    if ((index->text = reel__buf_take(&b->text)) == NULL)
        return reel__search_no_memory(b->err);
    REEL_TRY(
        reel__grams_make(&index->word_grams, index->words.count, units_of_word, index, b->err));
    REEL_TRY(reel__grams_make(&index->title_grams, index->titles, units_of_title, index, b->err));
out:
    return rc;
}

static void end(reel_building *b)
{
    reel__search_index_free(b->index);
    reel__buf_fini(&b->text);
    reel__buf_fini(&b->room);
    reel__buf_fini(&b->plain);
    reel__buf_fini(&b->joined);
    reel__buf_fini(&b->name);
    reel__lexicon_maker_fini(&b->words);
    reel__lexicon_maker_fini(&b->overviews);
    for (int kind = 0; kind < 2; kind++) {
        reel__intern_free(b->names[kind]);
        reel__free(b->pairs[kind]);
    }
}

reel_code reel__search_index_new(reel_search_index **out, const reel_dataset *dataset,
                                 reel_err *err)
{
    reel_building b = {.err = err};
    reel_code rc = REEL_OK;

    *out = NULL;
    reel__buf_init(&b.text, TEXT_MOST);
    reel__buf_init(&b.room, NAME_MOST);
    reel__buf_init(&b.plain, NAME_MOST);
    reel__buf_init(&b.joined, NAME_MOST);
    reel__buf_init(&b.name, NAME_MOST);
    REEL_TRY(start(&b, dataset));
    for (reel_index film = 0; film < b.index->movies; film++)
        REEL_TRY(reel__building_add_film(&b, film));
    REEL_TRY(reel__building_add_names(&b));
    REEL_TRY(finish(&b));
    *out = b.index;
    b.index = NULL;
out:
    end(&b);
    return rc;
}

void reel__search_index_free(reel_search_index *index)
{
    if (index == NULL)
        return;
    reel__lexicon_fini(&index->words);
    reel__lexicon_fini(&index->overviews);
    reel__grams_fini(&index->word_grams);
    reel__grams_fini(&index->title_grams);
    reel__free(index->text);
    reel__free(index->entries);
    reel__free(index->title_ptr);
    reel__free(index->title_movie);
    reel__free(index->cast_ptr);
    reel__free(index->cast);
    reel__free(index->rank);
    reel__free(index->by_rank);
    reel__free(index->years);
    reel__free(index);
}

/* ---- facts ---------------------------------------------------------------------------------- */

reel_search_size reel__search_index_size(const reel_search_index *index)
{
    const size_t movies = (size_t)index->movies, others = index->count - index->titles;
    reel_search_size size = {
        .titles = index->titles,
        .people = index->named - index->titles,
        .keywords = index->count - index->named,
        .words = index->words.count,
        .overview_words = index->overviews.count,
        .overview_bytes = reel__lexicon_bytes(&index->overviews),
    };

    size.bytes = size.overview_bytes + reel__lexicon_bytes(&index->words) +
                 reel__grams_bytes(&index->word_grams) + reel__grams_bytes(&index->title_grams) +
                 index->text_bytes + index->count * sizeof *index->entries +
                 index->titles * sizeof *index->title_movie + movies * 16 +
                 (others + 1 + index->cast_ptr[others]) * sizeof(uint32_t);
    return size;
}

size_t reel__search_title_count(const reel_search_index *index)
{
    return index->titles;
}

reel_title_key reel__search_title(const reel_search_index *index, size_t key)
{
    const reel_search_entry *entry = &index->entries[key];

    return (reel_title_key){.text = index->text + entry->at,
                            .length = entry->length,
                            .movie = index->title_movie[key],
                            .grade = (reel_title_grade)entry->grade};
}

uint32_t reel__search_rank(const reel_search_index *index, reel_index movie)
{
    return index->rank[movie];
}
