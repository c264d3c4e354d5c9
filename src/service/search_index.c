/* search_index.c - the title index: every way a film is called as plain words, and for each word
 * the films that have it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "service/search_priv.h"

enum { TEXT_MOST = 1 << 30, KEY_BYTES_MOST = 255, KEYS_MOST = 12 };

typedef struct building {
    reel_search_index *index;
    reel_buf keys_text;
    reel_buf plain; /* one key while it is made */
    reel_intern *words;
    size_t key_count, key_capacity;
    uint64_t *pairs; /* word << 32 | film */
    size_t pair_count, pair_capacity;
    reel_index *last_film; /* of each word, to note each film once */
    size_t last_capacity;
    reel_err *err;
} building;

static reel_code no_memory(reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "out of memory to index the titles");
}

/* Make room for one more element. */
static bool grow(void **array, size_t count, size_t *capacity, size_t size)
{
    const size_t wanted = *capacity < 512 ? 512 : *capacity * 2;
    void *grown;

    if (count < *capacity)
        return true;
    grown = reel__realloc_array(*array, wanted, size);
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

/* ---- words --------------------------------------------------------------------------------- */

static reel_code add_word(building *b, reel_index film, const char *text, size_t length)
{
    int32_t word;
    void *pairs = b->pairs, *last = b->last_film;
    const size_t known = b->last_capacity;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__intern_add(b->words, text, length, &word, b->err));
    if (!grow(&last, (size_t)word, &b->last_capacity, sizeof *b->last_film))
        REEL_TRY(no_memory(b->err));
    b->last_film = last;
    for (size_t i = known; i < b->last_capacity; i++)
        b->last_film[i] = -1;
    if (b->last_film[word] == film)
        return REEL_OK;
    b->last_film[word] = film;
    if (!grow(&pairs, b->pair_count, &b->pair_capacity, sizeof *b->pairs))
        REEL_TRY(no_memory(b->err));
    b->pairs = pairs;
    b->pairs[b->pair_count++] = (uint64_t)(uint32_t)word << 32 | (uint32_t)film;
out:
    return rc;
}

static reel_code add_words(building *b, reel_index film, const char *text, size_t length)
{
    reel_code rc = REEL_OK;

    for (size_t at = 0; at < length;) {
        const char *space = memchr(text + at, ' ', length - at);
        const size_t end = space != NULL ? (size_t)(space - text) : length;

        if (end > at)
            REEL_TRY(add_word(b, film, text + at, end - at));
        at = end + 1;
    }
out:
    return rc;
}

/* "Spider-Man" can be looked for as one word. */
static reel_code add_compounds(building *b, reel_index film, const char *title, size_t length)
{
    reel_code rc = REEL_OK;
    reel_buf whole;

    reel__buf_init(&whole, TEXT_MOST);
    for (size_t at = 0; at < length;) {
        size_t end = at;
        bool joined = false;

        while (end < length && title[end] != ' ') {
            joined = joined || (title[end] == '-' && end > at);
            end++;
        }
        if (joined) {
            size_t kept = 0;

            reel__buf_clear(&whole);
            reel__search_plain(&whole, title + at, end - at);
            REEL_TRY(reel__buf_check(&whole, b->err));
            for (size_t i = 0; i < whole.length; i++)
                if (whole.data[i] != ' ')
                    whole.data[kept++] = whole.data[i];
            if (kept > 0)
                REEL_TRY(add_word(b, film, whole.data, kept));
        }
        at = end + 1;
    }
out:
    reel__buf_fini(&whole);
    return rc;
}

/* ---- keys ---------------------------------------------------------------------------------- */

static bool same_key(const building *b, size_t key, const char *text, size_t length)
{
    const reel_search_key *one = &b->index->keys[key];

    return one->length == length && memcmp(b->keys_text.data + one->at, text, length) == 0;
}

static reel_code put_key(building *b, reel_index film, const char *text, size_t length,
                         reel_key_grade grade)
{
    const size_t cut = length < KEY_BYTES_MOST ? length : KEY_BYTES_MOST;
    const size_t first = b->index->key_ptr[film];
    void *keys = b->index->keys;

    if (cut == 0 || b->key_count - first >= KEYS_MOST)
        return REEL_OK;
    for (size_t i = first; i < b->key_count; i++)
        if (same_key(b, i, text, cut))
            return REEL_OK;
    if (!grow(&keys, b->key_count, &b->key_capacity, sizeof *b->index->keys))
        return no_memory(b->err);
    b->index->keys = keys;
    b->index->keys[b->key_count++] = (reel_search_key){
        .at = (uint32_t)b->keys_text.length,
        .length = (uint16_t)cut,
        .grade = (uint8_t)grade,
    };
    reel__buf_append(&b->keys_text, text, cut);
    reel__buf_char(&b->keys_text, '\0');
    return reel__buf_check(&b->keys_text, b->err);
}

size_t reel__search_article(const char *text, size_t length)
{
    static const char *const articles[] = {"the ", "a ",   "an ",  "le ",  "la ",  "les ",
                                           "el ",  "los ", "las ", "il ",  "lo ",  "gli ",
                                           "der ", "die ", "das ", "ein ", "une ", "un "};

    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
        const size_t own = strlen(articles[i]);

        if (length > own && memcmp(text, articles[i], own) == 0)
            return own;
    }
    return 0;
}

/* One way the film is called, as it is written. */
static reel_code add_name(building *b, reel_index film, const char *text, size_t length,
                          reel_key_grade grade)
{
    reel_code rc = REEL_OK;
    const char *plain;
    size_t skip;

    reel__buf_clear(&b->plain);
    reel__search_plain(&b->plain, text, length);
    REEL_TRY(reel__buf_check(&b->plain, b->err));
    plain = b->plain.data;
    REEL_TRY(put_key(b, film, plain, b->plain.length, grade));
    skip = reel__search_article(plain, b->plain.length);
    if (skip > 0)
        REEL_TRY(put_key(b, film, plain + skip, b->plain.length - skip,
                         grade == REEL_KEY_TITLE ? REEL_KEY_BARE : grade));
    REEL_TRY(add_words(b, film, plain, b->plain.length));
    REEL_TRY(add_compounds(b, film, text, length));
out:
    return rc;
}

/* "City of Lost Children, The (Cité des enfants perdus, La)": the whole, then what stands before
 * the first bracket, then what stands in each. */
static reel_code add_parts(building *b, reel_index film, const char *text, size_t length)
{
    static const char also[] = "a.k.a. ";
    reel_code rc = REEL_OK;
    const char *open = memchr(text, '(', length);
    size_t left;

    REEL_TRY(add_name(b, film, text, length, REEL_KEY_TITLE));
    if (open == NULL)
        goto out;
    if (open > text)
        REEL_TRY(add_name(b, film, text, (size_t)(open - text), REEL_KEY_TITLE));
    for (; open != NULL; open = left > 0 ? memchr(open, '(', left) : NULL) {
        const char *close;

        open++;
        left = length - (size_t)(open - text);
        close = memchr(open, ')', left);
        if (left > sizeof also && memcmp(open, also, sizeof also - 1) == 0)
            open += sizeof also - 1;
        left = length - (size_t)(open - text);
        if (close != NULL)
            left = (size_t)(close - open);
        REEL_TRY(add_name(b, film, open, left, REEL_KEY_OTHER));
        open += left;
        left = length - (size_t)(open - text);
    }
out:
    return rc;
}

/* "Matrix, The (1999)" without the year. */
static size_t without_year(const char *title)
{
    size_t length = strlen(title);

    while (length > 0 && title[length - 1] == ' ')
        length--;
    if (length >= 6 && title[length - 1] == ')' && title[length - 6] == '(' &&
        strspn(title + length - 5, "0123456789") == 4)
        length -= 6;
    while (length > 0 && title[length - 1] == ' ')
        length--;
    return length;
}

static reel_code add_film(building *b, reel_index film, const reel_movie *movie)
{
    const size_t name = strlen(movie->name), title = without_year(movie->title);
    reel_code rc = REEL_OK;

    b->index->years[film] = movie->year;
    b->index->key_ptr[film] = (uint32_t)b->key_count;
    REEL_TRY(add_parts(b, film, movie->name, name));
    if (name != title || memcmp(movie->name, movie->title, name) != 0)
        REEL_TRY(add_parts(b, film, movie->title, title));
    if (movie->original_title[0] != '\0' && strcmp(movie->original_title, movie->name) != 0)
        REEL_TRY(add_name(b, film, movie->original_title, strlen(movie->original_title),
                          REEL_KEY_OTHER));
    b->index->key_ptr[film + 1] = (uint32_t)b->key_count;
out:
    return rc;
}

/* ---- putting it together ------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcmp(((const reel_search_word *)a)->text, ((const reel_search_word *)b)->text);
}

/* The words in order, each with its films. */
static reel_code finish_words(building *b)
{
    reel_search_index *index = b->index;
    const size_t count = (size_t)reel__intern_count(b->words);
    uint32_t *place = reel__alloc_zero(count + 1, sizeof *place); /* of each interned word */
    size_t bytes = 0, at = 0;
    reel_code rc = REEL_OK;

    index->words = reel__alloc_zero(count + 1, sizeof *index->words);
    index->films = reel__alloc_array(b->pair_count + 1, sizeof *index->films);
    for (size_t i = 0; i < count; i++)
        bytes += strlen(reel__intern_text(b->words, (int32_t)i)) + 1;
    index->word_text = reel__alloc_array(bytes + 1, 1);
    if (place == NULL || index->words == NULL || index->films == NULL || index->word_text == NULL)
        REEL_TRY(no_memory(b->err));
    for (size_t i = 0; i < count; i++) {
        const char *text = reel__intern_text(b->words, (int32_t)i);
        const size_t length = strlen(text);

        memcpy(index->word_text + at, text, length + 1);
        index->words[i] = (reel_search_word){
            .text = index->word_text + at, .length = (uint32_t)length, .first = (uint32_t)i};
        at += length + 1;
    }
    qsort(index->words, count, sizeof *index->words, by_text);
    for (size_t i = 0; i < count; i++)
        place[index->words[i].first] = (uint32_t)i;
    /* Count each word's films, sum up, then place them; films stay in order. */
    for (size_t i = 0; i <= count; i++)
        index->words[i].first = 0;
    for (size_t i = 0; i < b->pair_count; i++)
        index->words[place[b->pairs[i] >> 32] + 1].first++;
    for (size_t i = 0; i < count; i++)
        index->words[i + 1].first += index->words[i].first;
    for (size_t i = 0; i < b->pair_count; i++)
        index->films[index->words[place[b->pairs[i] >> 32]].first++] =
            (reel_index)(uint32_t)b->pairs[i];
    for (size_t i = count; i > 0; i--)
        index->words[i].first = index->words[i - 1].first;
    index->words[0].first = 0;
    index->word_count = count;
out:
    reel__free(place);
    return rc;
}

typedef struct ranked {
    int64_t rated;
    reel_index film;
} ranked;

static int most_rated(const void *a, const void *b)
{
    const ranked *left = a, *right = b;

    if (left->rated != right->rated)
        return left->rated > right->rated ? -1 : 1;
    return (left->film > right->film) - (left->film < right->film);
}

static reel_code rank_films(reel_search_index *index, reel_csr_view raters, reel_err *err)
{
    ranked *order = reel__alloc_array((size_t)index->movies, sizeof *order);

    if (order == NULL)
        return no_memory(err);
    for (reel_index i = 0; i < index->movies; i++) {
        index->rated[i] = raters.ptr[i + 1] - raters.ptr[i];
        order[i] = (ranked){.rated = index->rated[i], .film = i};
    }
    qsort(order, (size_t)index->movies, sizeof *order, most_rated);
    for (reel_index i = 0; i < index->movies; i++)
        index->by_ratings[i] = order[i].film;
    reel__free(order);
    return REEL_OK;
}

static reel_code start(building *b, const reel_dataset *dataset)
{
    const size_t movies = (size_t)reel_dataset_movies(dataset);
    reel_search_index *index = reel__alloc_zero(1, sizeof *index);

    b->index = index;
    if (index == NULL)
        return no_memory(b->err);
    index->movies = reel_dataset_movies(dataset);
    index->key_ptr = reel__alloc_zero(movies + 1, sizeof *index->key_ptr);
    index->by_ratings = reel__alloc_array(movies, sizeof *index->by_ratings);
    index->rated = reel__alloc_array(movies, sizeof *index->rated);
    index->years = reel__alloc_array(movies, sizeof *index->years);
    if (index->key_ptr == NULL || index->by_ratings == NULL || index->rated == NULL ||
        index->years == NULL)
        return no_memory(b->err);
    return reel__intern_new(&b->words, b->err);
}

reel_code reel__search_index_new(reel_search_index **out, const reel_dataset *dataset,
                                 reel_err *err)
{
    building b = {.err = err};
    reel_code rc = REEL_OK;

    *out = NULL;
    reel__buf_init(&b.keys_text, TEXT_MOST);
    reel__buf_init(&b.plain, TEXT_MOST);
    REEL_TRY(start(&b, dataset));
    for (reel_index film = 0; film < b.index->movies; film++) {
        const reel_movie movie = reel_dataset_movie(dataset, film);

        REEL_TRY(add_film(&b, film, &movie));
    }
    REEL_TRY(finish_words(&b));
    REEL_TRY(rank_films(b.index, reel_dataset_raters(dataset), err));
    if ((b.index->text = reel__buf_take(&b.keys_text)) == NULL)
        REEL_TRY(no_memory(err));
    *out = b.index;
    b.index = NULL;
out:
    reel__search_index_free(b.index);
    reel__intern_free(b.words);
    reel__buf_fini(&b.keys_text);
    reel__buf_fini(&b.plain);
    reel__free(b.pairs);
    reel__free(b.last_film);
    return rc;
}

void reel__search_index_free(reel_search_index *index)
{
    if (index == NULL)
        return;
    reel__free(index->text);
    reel__free(index->keys);
    reel__free(index->key_ptr);
    reel__free(index->word_text);
    reel__free(index->words);
    reel__free(index->films);
    reel__free(index->by_ratings);
    reel__free(index->rated);
    reel__free(index->years);
    reel__free(index);
}
