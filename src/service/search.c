/* search.c - title search: films that share words with what was typed are found through the word
 * index, then each is judged by how its titles compare with the whole of it.
 */
#include "service/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "service/engine_priv.h"

enum { WORDS_MOST = 16, FUZZY_FROM = 3, NEARLY_FROM = 5, SUGGESTIONS = 5, TEXT_MOST = 4096 };

/* What the kinds of match are worth. */
static const float EXACT = 1.0F, EXACT_BARE = 0.98F, EXACT_OTHER = 0.97F;
static const float BEGINS = 0.9F, BEGINS_INSIDE_WORD = 0.8F, ALL_BUT_A_LETTER = 0.91F;
static const float ALL_WORDS = 0.75F, ALL_BUT_LAST_WHOLE = 0.7F, ALL_BEGUN = 0.66F;
static const float MISSPELT = 0.95F, MISSPELT_WORDS = 0.65F, SOME_WORDS = 0.5F;
static const float OTHER_YEAR = 0.25F, NEXT_YEAR = 0.03F;
static const float COVER_LEAST = 0.6F, MATCH_LEAST = 0.3F, BESIDE_BEST = 0.55F;
static const float SURE = 0.7F, CLEARLY_BETTER = 0.015F;

typedef struct typed {
    const reel_search_index *index;
    const char *text;    /* plain: words and single spaces */
    size_t length;       /* without a year at the end */
    size_t whole_length; /* with it */
    int32_t year;        /* 0 = none typed */
    size_t words;
    size_t letters; /* of those words */
    struct {
        const char *text;
        size_t length;
    } word[WORDS_MOST];
    reel_pattern pattern;
} typed;

/* ---- reading the query --------------------------------------------------------------------- */

static void split(typed *query)
{
    for (size_t at = 0; at < query->length && query->words < WORDS_MOST;) {
        const char *space = memchr(query->text + at, ' ', query->length - at);
        const size_t end = space != NULL ? (size_t)(space - query->text) : query->length;

        if (end > at) {
            query->word[query->words].text = query->text + at;
            query->word[query->words++].length = end - at;
            query->letters += end - at;
        }
        at = end + 1;
    }
}

/* "heat 1995": four digits at the end, with something before them, may be a year. */
static void take_year(typed *query)
{
    const size_t at = query->length >= 6 ? query->length - 4 : 0;
    long year;

    if (at == 0 || query->text[at - 1] != ' ' || strspn(query->text + at, "0123456789") != 4)
        return;
    year = strtol(query->text + at, NULL, 10);
    if (year < 1870 || year > 2100)
        return;
    query->year = (int32_t)year;
    query->length = at - 1;
}

static reel_code read_query(typed *query, const reel_search_index *index, reel_buf *plain,
                            const char *text, reel_err *err)
{
    const size_t length = strlen(text);
    reel_code rc;

    if (length > TEXT_MOST)
        return reel_fail(err, REEL_E_INVALID, "q: %zu bytes, at most %d are looked for", length,
                         (int)TEXT_MOST);
    reel__buf_clear(plain);
    reel__search_plain(plain, text, length);
    rc = reel__buf_check(plain, err);
    if (rc != REEL_OK)
        return rc;
    *query = (typed){.index = index, .text = plain->data, .length = plain->length};
    query->whole_length = query->length;
    take_year(query);
    split(query);
    reel__pattern_init(&query->pattern, query->text, query->length);
    return REEL_OK;
}

/* ---- finding films by words ---------------------------------------------------------------- */

typedef struct finding {
    const typed *query;
    reel_search_work *work;
    size_t touched;
    size_t word; /* of the query, 1-based */
} finding;

typedef enum how { WHOLE, BEGUN, ALIKE } how;

/* Every film with this word of the titles has the present word of the query, this well. */
static void note_films(finding *find, const reel_search_word *word, how matched, float quality)
{
    const float letters = quality * (float)find->query->word[find->word - 1].length;

    for (uint32_t i = word->first; i < word[1].first; i++) {
        const reel_index film = find->query->index->films[i];
        reel_search_cell *cell = &find->work->cells[film];

        if (cell->stamp != find->work->stamp) {
            *cell = (reel_search_cell){.stamp = find->work->stamp};
            find->work->touched[find->touched++] = film;
        }
        if (cell->word == find->word) { /* a whole word or a beginning came first */
            if (letters > cell->letters) {
                cell->cover += letters - cell->letters;
                cell->letters = letters;
            }
            continue;
        }
        cell->word = (uint8_t)find->word;
        cell->letters = letters;
        cell->cover += letters;
        cell->whole = (uint8_t)(cell->whole + (matched == WHOLE));
        cell->begun = (uint8_t)(cell->begun + (matched != ALIKE));
    }
}

static size_t first_word_from(const reel_search_index *index, const char *text, size_t length)
{
    size_t low = 0, high = index->word_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (strncmp(index->words[middle].text, text, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t edits_allowed(size_t length)
{
    return length < FUZZY_FROM ? 0 : length < 6 ? 1 : 2;
}

/* Words of the titles within a few edits, and words that begin nearly so. */
static void note_alike(finding *find, const char *text, size_t length, bool last)
{
    const reel_search_index *index = find->query->index;
    const size_t allowed = edits_allowed(length);
    reel_pattern pattern;

    reel__pattern_init(&pattern, text, length);
    for (size_t i = 0; i < index->word_count && allowed > 0; i++) {
        const reel_search_word *word = &index->words[i];
        const size_t most = length + allowed;
        reel_edits found;

        if (word->length + allowed < length || (!last && word->length > most))
            continue;
        found =
            reel__pattern_edits(&pattern, word->text, word->length < most ? word->length : most);
        if (word->length <= most && found.whole > 0 && found.whole <= allowed)
            note_films(find, word, ALIKE, 1 - (float)found.whole / (float)length);
        else if (last && length >= 4 && found.begun == 1)
            note_films(find, word, ALIKE, 0.9F - 1 / (float)length);
    }
}

static void note_word(finding *find)
{
    const reel_search_index *index = find->query->index;
    const char *text = find->query->word[find->word - 1].text;
    const size_t length = find->query->word[find->word - 1].length;
    const bool last = find->word == find->query->words;
    const size_t first = first_word_from(index, text, length);
    size_t i = first;

    if (i < index->word_count && index->words[i].length == length &&
        memcmp(index->words[i].text, text, length) == 0)
        note_films(find, &index->words[i++], WHOLE, 1);
    for (; i < index->word_count && strncmp(index->words[i].text, text, length) == 0; i++)
        note_films(find, &index->words[i], BEGUN, last ? 0.95F : 0.8F);
    note_alike(find, text, length, last);
}

/* ---- judging a film ------------------------------------------------------------------------ */

static float exact_worth(const reel_search_key *key)
{
    return key->grade == REEL_KEY_TITLE  ? EXACT
           : key->grade == REEL_KEY_BARE ? EXACT_BARE
                                         : EXACT_OTHER;
}

/* How one title compares with what was typed, as a whole. */
static float judge_key(const typed *query, const reel_search_key *key, bool words_fit)
{
    const char *text = query->index->text + key->at;
    const float worth = exact_worth(key);
    const size_t more =
        key->length > query->length ? key->length - query->length : query->length - key->length;
    const size_t allowed = query->length < 12 ? 2 : 3;
    reel_edits edits;

    if (words_fit && key->length >= query->length &&
        memcmp(text, query->text, query->length) == 0) {
        if (key->length == query->length)
            return worth;
        if (more == 1 && query->length >= NEARLY_FROM)
            return ALL_BUT_A_LETTER - (EXACT - worth);
        /* One letter is the beginning of a word, not the word: "T-Men" is no better than "Titanic".
         */
        return (text[query->length] == ' ' && query->length > 1 ? BEGINS : BEGINS_INSIDE_WORD) -
               (EXACT - worth);
    }
    if (more > allowed || query->length < FUZZY_FROM)
        return 0;
    edits = reel__pattern_edits(&query->pattern, text, key->length);
    if (edits.whole > allowed || edits.whole * 2 > query->length)
        return 0;
    return MISSPELT - 0.75F * (float)edits.whole / (float)query->length - (EXACT - worth);
}

static float judge_words(const typed *query, const reel_search_cell *cell)
{
    const float share = cell->cover / (float)query->letters;

    if (cell->whole == query->words)
        return ALL_WORDS;
    if (cell->begun == query->words)
        return cell->whole + 1U == query->words ? ALL_BUT_LAST_WHOLE : ALL_BEGUN;
    if (share >= 0.75F)
        return MISSPELT_WORDS * share;
    return share >= COVER_LEAST ? SOME_WORDS * share : 0;
}

/* A year that was typed: part of the title, the film's own, or a reason against it. */
static float judge_year(const typed *query, reel_index film, float match)
{
    const reel_search_index *index = query->index;
    const char *digits = query->text + query->whole_length - 4;
    const int32_t apart = abs(index->years[film] - query->year);

    for (uint32_t i = index->key_ptr[film]; i < index->key_ptr[film + 1]; i++) {
        const reel_search_key *key = &index->keys[i];

        if (key->length == query->whole_length &&
            memcmp(index->text + key->at, query->text, query->whole_length) == 0)
            return exact_worth(key);
        if (apart != 0 && strstr(index->text + key->at, digits) != NULL)
            return match;
    }
    return match - (apart == 0 ? 0 : apart == 1 ? NEXT_YEAR : OTHER_YEAR);
}

static float judge(const typed *query, reel_index film, const reel_search_cell *cell)
{
    const reel_search_index *index = query->index;
    const bool words_fit = cell->begun == query->words;
    float match = judge_words(query, cell);

    if (match == 0)
        return 0;
    for (uint32_t i = index->key_ptr[film]; i < index->key_ptr[film + 1]; i++) {
        const float one = judge_key(query, &index->keys[i], words_fit);

        match = one > match ? one : match;
    }
    return query->year != 0 ? judge_year(query, film, match) : match;
}

/* ---- the best of them ---------------------------------------------------------------------- */

static bool better(const reel_search_index *index, const reel_hit *a, const reel_hit *b)
{
    if (a->match != b->match)
        return a->match > b->match;
    if (index->rated[a->movie] != index->rated[b->movie])
        return index->rated[a->movie] > index->rated[b->movie];
    return a->movie < b->movie;
}

/* Sift down from the root of a heap whose root is the worst. */
static void sift(const reel_search_index *index, reel_hit *heap, size_t count, size_t at)
{
    const reel_hit moved = heap[at];

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && better(index, &heap[child], &heap[child + 1]))
            child++;
        if (!better(index, &moved, &heap[child]))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

/* Keep the best `most` of the touched films in the heap, then put them in order. */
static size_t pick(const finding *find, float least, size_t most, size_t *total)
{
    const reel_search_index *index = find->query->index;
    reel_hit *heap = find->work->best;
    size_t count = 0;

    *total = 0;
    for (size_t i = 0; i < find->touched && most > 0; i++) {
        const reel_index film = find->work->touched[i];
        const reel_hit hit = {.movie = film, .match = find->work->cells[film].cover};

        if (hit.match < least)
            continue;
        (*total)++;
        if (count < most) {
            heap[count++] = hit;
            if (count == most)
                for (size_t node = count / 2; node-- > 0;)
                    sift(index, heap, count, node);
        } else if (better(index, &hit, &heap[0])) {
            heap[0] = hit;
            sift(index, heap, count, 0);
        }
    }
    if (count < most)
        for (size_t node = count / 2; node-- > 0;)
            sift(index, heap, count, node);
    for (size_t end = count; end > 1; end--) {
        const reel_hit worst = heap[0];

        heap[0] = heap[end - 1];
        sift(index, heap, end - 1, 0);
        heap[end - 1] = worst;
    }
    return count;
}

/* ---- doors --------------------------------------------------------------------------------- */

reel_code reel__search_get_index(const reel_search_index **out, const reel_engine *engine,
                                 reel_err *err)
{
    reel_engine *owner = (reel_engine *)(uintptr_t)engine; /* only its lazily made index changes */
    reel_search_index *index = atomic_load_explicit(&owner->search, memory_order_acquire);
    reel_code rc = REEL_OK;

    if (index == NULL) {
        pthread_mutex_lock(&owner->search_lock);
        index = atomic_load_explicit(&owner->search, memory_order_relaxed);
        if (index == NULL)
            rc = reel__search_index_new(&index, engine->dataset, err);
        if (rc == REEL_OK)
            atomic_store_explicit(&owner->search, index, memory_order_release);
        pthread_mutex_unlock(&owner->search_lock);
    }
    *out = index;
    return rc;
}

static reel_code prepare_work(reel_search_work *work, size_t movies, size_t hits, reel_err *err)
{
    if (work->cells == NULL)
        work->cells = reel__alloc_zero(movies, sizeof *work->cells);
    if (work->touched == NULL)
        work->touched = reel__alloc_array(movies, sizeof *work->touched);
    if (hits > work->best_capacity) {
        reel_hit *grown = reel__realloc_array(work->best, hits, sizeof *grown);

        if (grown != NULL) {
            work->best = grown;
            work->best_capacity = hits;
        }
    }
    if (work->cells == NULL || work->touched == NULL || hits > work->best_capacity)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to search %zu titles", movies);
    if (++work->stamp == 0) { /* after 2^32 searches the old stamps mean nothing */
        memset(work->cells, 0, movies * sizeof *work->cells);
        work->stamp = 1;
    }
    return REEL_OK;
}

void reel__search_work_fini(reel_search_work *work)
{
    reel__free(work->cells);
    reel__free(work->touched);
    reel__free(work->best);
    reel__buf_fini(&work->query);
}

static void most_rated(const reel_search_index *index, reel_page page, reel_search_work *work,
                       reel_hits *out)
{
    out->total = (size_t)index->movies;
    for (size_t i = page.offset; i < out->total && out->count < page.limit; i++)
        work->best[out->count++] = (reel_hit){.movie = index->by_ratings[i], .match = 0};
    out->items = work->best;
}

/* Find and judge; each film's match replaces its cover. Returns the best match. */
static float find_films(finding *find)
{
    float best = 0;

    for (find->word = 1; find->word <= find->query->words; find->word++)
        note_word(find);
    for (size_t i = 0; i < find->touched; i++) {
        const reel_index film = find->work->touched[i];
        reel_search_cell *cell = &find->work->cells[film];

        cell->cover = judge(find->query, film, cell);
        best = cell->cover > best ? cell->cover : best;
    }
    return best;
}

reel_code reel__search(reel_session *session, const char *query, reel_page page, reel_hits *out,
                       reel_err *err)
{
    const reel_search_index *index;
    reel_search_work *work = &session->search;
    typed text;
    finding find = {.query = &text, .work = work};
    size_t most, movies, picked;
    float best;
    reel_code rc = REEL_OK;

    *out = (reel_hits){0};
    REEL_TRY(reel__search_get_index(&index, session->engine, err));
    REEL_TRY(read_query(&text, index, &work->query, query, err));
    movies = (size_t)index->movies;
    most = page.offset >= movies               ? movies
           : page.limit < movies - page.offset ? page.offset + page.limit
                                               : movies;
    REEL_TRY(prepare_work(work, movies, most, err));
    if (text.length == 0) {
        most_rated(index, page, work, out);
        goto out;
    }
    best = find_films(&find) * BESIDE_BEST;
    picked = pick(&find, best > MATCH_LEAST ? best : MATCH_LEAST, most, &out->total);
    if (picked > page.offset) {
        out->items = work->best + page.offset;
        out->count = picked - page.offset;
    }
out:
    return rc;
}

/* ---- the one film -------------------------------------------------------------------------- */

/* "The Matrix (1999), Matrix Reloaded (2003)" */
static void name_films(reel_buf *out, const reel_session *session, const reel_hit *hits,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const reel_movie film = reel_dataset_movie(session->engine->dataset, hits[i].movie);

        reel__buf_format(out, "%s%s", i > 0 ? ", " : "", film.name);
        if (film.year > 0)
            reel__buf_format(out, " (%d)", (int)film.year);
        reel__buf_format(out, " [%lld]", (long long)film.id);
    }
}

static reel_code fail_with_names(const reel_session *session, reel_code code, const char *text,
                                 const reel_hit *hits, size_t count, reel_err *err)
{
    reel_buf names;

    reel__buf_init(&names, 1 << 12);
    name_films(&names, session, hits, count);
    if (code == REEL_E_CONFLICT)
        reel_fail(err, code, "several films fit \"%.80s\" (add the year, or give the id): %s", text,
                  names.data);
    else
        reel_fail(err, code, "no film is called \"%.80s\"; did you mean: %s", text, names.data);
    reel__buf_fini(&names);
    return code;
}

reel_code reel__search_one(reel_session *session, const char *text, reel_index *movie,
                           reel_err *err)
{
    reel_hits found;
    size_t alike = 1;
    const size_t digits = strspn(text, "0123456789");
    reel_code rc = REEL_OK;

    *movie = -1;
    if (digits > 0 && digits <= 18 && text[digits] == '\0') {
        *movie = reel_dataset_find_movie(session->engine->dataset, strtoll(text, NULL, 10));
        if (*movie >= 0)
            return REEL_OK;
    }
    if (text[0] == '\0')
        return reel_fail(err, REEL_E_INVALID, "no title was given");
    REEL_TRY(reel__search(session, text, (reel_page){.limit = SUGGESTIONS}, &found, err));
    if (found.count == 0)
        return reel_fail(err, REEL_E_NOTFOUND, "no film is called \"%.80s\"", text);
    if (found.items[0].match < SURE)
        return fail_with_names(session, REEL_E_NOTFOUND, text, found.items, found.count, err);
    while (alike < found.count && found.items[alike].match > found.items[0].match - CLEARLY_BETTER)
        alike++;
    if (alike > 1)
        return fail_with_names(session, REEL_E_CONFLICT, text, found.items, alike, err);
    *movie = found.items[0].movie;
out:
    return rc;
}
