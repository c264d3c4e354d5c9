/* find.c - a search: entries that have the words, their films, the best of them.
 * A word of the query is looked for in titles and people and keywords at once (they share one
 * lexicon), then in overviews; what is found is judged in judge.c. Typos are looked for only where
 * few titles fit as they were typed, and none is exactly that.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "search/work_priv.h"

enum {
    PEOPLE_FROM = 2,         /* letters of a beginning that looks for people */
    KEYWORDS_FROM = 3,       /* and for keywords */
    OVERVIEW_FROM = 3,       /* whole words of overviews */
    OVERVIEW_BEGUN_FROM = 4, /* beginnings of them */
    OVERVIEW_ITEMS_MOST = 200000,
    ENOUGH = 10,
    FEW = 16 /* one of so many entries */
};

/* ---- work ----------------------------------------------------------------------------------- */

static reel_code no_memory(const reel_search_index *index, reel_err *err)
{
    return reel_fail(err, REEL_E_NOMEM, "out of memory to search %d films", (int)index->movies);
}

reel_code reel__search_work_new(reel_search_work **out, const reel_search_index *index,
                                reel_err *err)
{
    const size_t movies = (size_t)index->movies, most = 1U << 24;
    reel_search_work *work = reel__alloc_zero(1, sizeof *work);

    *out = NULL;
    if (work == NULL)
        return no_memory(index, err);
    work->index = index;
    reel__query_init(&work->query);
    reel__buf_init(&work->room, most);
    work->entries = reel__alloc_zero(index->count, sizeof *work->entries);
    work->touched = reel__alloc_array((size_t)index->count + 1, sizeof *work->touched);
    work->films = reel__alloc_zero(movies, sizeof *work->films);
    work->seen = reel__alloc_array(movies, sizeof *work->seen);
    work->edits = reel__alloc_zero(index->count, sizeof *work->edits);
    work->misspelt = reel__alloc_array(index->named, sizeof *work->misspelt);
    work->spread = reel__alloc_zero(movies, sizeof *work->spread);
    work->in_places = reel__alloc_array(movies, sizeof *work->in_places);
    work->word_grams.shared = reel__alloc_zero(index->words.count, 1);
    work->word_grams.touched = reel__alloc_array(index->words.count, sizeof(uint32_t));
    work->title_grams.shared = reel__alloc_zero(index->titles, 1);
    work->title_grams.touched = reel__alloc_array(index->titles, sizeof(uint32_t));
    if (work->entries == NULL || work->touched == NULL || work->films == NULL ||
        work->seen == NULL || work->edits == NULL || work->misspelt == NULL ||
        work->spread == NULL || work->in_places == NULL || work->word_grams.shared == NULL ||
        work->word_grams.touched == NULL || work->title_grams.shared == NULL ||
        work->title_grams.touched == NULL) {
        reel__search_work_free(work);
        return no_memory(index, err);
    }
    *out = work;
    return REEL_OK;
}

void reel__search_work_free(reel_search_work *work)
{
    if (work == NULL)
        return;
    reel__query_fini(&work->query);
    reel__buf_fini(&work->room);
    reel__free(work->entries);
    reel__free(work->touched);
    reel__free(work->films);
    reel__free(work->seen);
    reel__free(work->edits);
    reel__free(work->misspelt);
    reel__free(work->spread);
    reel__free(work->in_places);
    reel__free(work->word_grams.shared);
    reel__free(work->word_grams.touched);
    reel__free(work->title_grams.shared);
    reel__free(work->title_grams.touched);
    reel__free(work->best);
    reel__free(work);
}

static void next_stamp(reel_search_work *work)
{
    work->touched_count = work->seen_count = work->in_places_count = 0;
    work->title_hits = work->named_hits = 0;
    work->exact = false;
    if (++work->stamp != 0)
        return;
    /* after 65,536 searches the old stamps mean nothing */
    memset(work->entries, 0, work->index->count * sizeof *work->entries);
    memset(work->films, 0, (size_t)work->index->movies * sizeof *work->films);
    memset(work->spread, 0, (size_t)work->index->movies * sizeof *work->spread);
    work->stamp = 1;
}

/* Where many entries were touched, in order: what is read of them then lies in order too. */
static void order_touched(reel_search_work *work)
{
    const uint32_t count = work->index->count;
    size_t touched = 0;

    if (work->touched_count < count / FEW)
        return;
    for (uint32_t i = 0; i < count; i++) { /* written first: a branch would be guessed wrongly */
        work->touched[touched] = i;
        touched += work->entries[i].stamp == work->stamp;
    }
}

/* ---- words ---------------------------------------------------------------------------------- */

typedef struct noting {
    reel_search_work *work;
    uint16_t bit;
    bool touched_only; /* entries without words that are needed stay out */
} noting;

static bool list_has(const uint32_t *items, size_t count, uint32_t item)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (items[middle] < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && items[low] == item;
}

/* Entries up to `end` with this word of the lexicon have the word of the query. */
static void note_entries(const noting *n, size_t word, uint32_t end)
{
    reel_search_work *work = n->work;
    const reel_lexicon *words = &work->index->words;
    const uint32_t *items = words->items + words->words[word].first;
    const size_t count = words->words[word + 1].first - words->words[word].first;

    if (!n->touched_only) {
        for (size_t i = 0; i < count && items[i] < end; i++)
            reel__work_entry(work, items[i])->mask |= n->bit;
    } else if (work->touched_count < count / FEW) {
        for (size_t i = 0; i < work->touched_count; i++)
            if (list_has(items, count, work->touched[i]))
                work->entries[work->touched[i]].mask |= n->bit;
    } else {
        for (size_t i = 0; i < count; i++)
            if (work->entries[items[i]].stamp == work->stamp)
                work->entries[items[i]].mask |= n->bit;
    }
}

static void note_whole(const noting *n, const char *text, size_t length, uint32_t end)
{
    const reel_lexicon *words = &n->work->index->words;
    const size_t at = reel__lexicon_from(words, text, length);

    if (reel__lexicon_begins(words, at, text, length) && words->words[at].length == length)
        note_entries(n, at, end);
}

static void note_word(const noting *n, const reel_query_word *word)
{
    const reel_search_index *index = n->work->index;
    const bool titles_only = n->work->titles_only;
    const uint32_t end = titles_only ? index->titles : index->count;
    const uint32_t begun_end = titles_only || word->letters < PEOPLE_FROM ? index->titles
                               : word->letters < KEYWORDS_FROM            ? index->named
                                                                          : index->count;

    note_whole(n, word->text, word->length, end);
    for (size_t k = 0; k < 2; k++)
        if (word->same[k] != NULL)
            note_whole(n, word->same[k], strlen(word->same[k]), end);
    if (!word->prefix)
        return;
    for (size_t at = reel__lexicon_from(&index->words, word->text, word->length);
         reel__lexicon_begins(&index->words, at, word->text, word->length); at++)
        note_entries(n, at, begun_end);
}

void reel__find_words(reel_search_work *work, bool needed)
{
    for (size_t i = 0; i < work->query.count; i++)
        if ((work->query.needed >> i & 1) == needed)
            note_word(&(noting){work, (uint16_t)(1U << i), !needed}, &work->query.words[i]);
}

static void note_overviews(reel_search_work *work, size_t i)
{
    const reel_lexicon *words = &work->index->overviews;
    const reel_query_word *word = &work->query.words[i];
    const uint16_t bit = (uint16_t)(1U << i);
    size_t items = 0;

    if (word->letters < OVERVIEW_FROM && !word->unspaced)
        return;
    for (size_t at = reel__lexicon_from(words, word->text, word->length);
         reel__lexicon_begins(words, at, word->text, word->length) && items < OVERVIEW_ITEMS_MOST;
         at++) {
        if (words->words[at].length > word->length &&
            !(word->prefix && (word->letters >= OVERVIEW_BEGUN_FROM || word->unspaced)))
            break;
        items += words->words[at + 1].first - words->words[at].first;
        for (uint32_t k = words->words[at].first; k < words->words[at + 1].first; k++)
            reel__work_spread(work, (reel_index)words->items[k])->mask[REEL_MASK_OVERVIEW] |= bit;
    }
}

/* ---- the best ------------------------------------------------------------------------------- */

static bool better(const reel_search_index *index, const reel_found *a, const reel_found *b)
{
    if (a->match != b->match)
        return a->match > b->match;
    return index->rank[a->movie] < index->rank[b->movie];
}

/* Sift down from a node of a heap whose root is the worst. */
static void sift(const reel_search_index *index, reel_found *heap, size_t count, size_t at)
{
    const reel_found moved = heap[at];

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && better(index, &heap[child], &heap[child + 1]))
            child++;
        if (!better(index, &moved, &heap[child]))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static void make_heap(const reel_search_index *index, reel_found *heap, size_t count)
{
    for (size_t node = count / 2; node-- > 0;)
        sift(index, heap, count, node);
}

static bool is_hidden(const uint64_t *hidden, reel_index film)
{
    return hidden != NULL && reel__bit_get(hidden, film);
}

/* The best `most` of the films found, in order; and how many there are. */
static size_t pick(const reel_search_work *work, const uint64_t *hidden, size_t most,
                   reel_search_hits *out)
{
    const reel_search_index *index = work->index;
    reel_found *heap = work->best;
    size_t count = 0;

    for (size_t i = 0; i < work->seen_count; i++) {
        const reel_film_cell *cell = &work->films[work->seen[i]];
        const reel_found hit = {work->seen[i], cell->match, cell->field, cell->how};

        if (hit.match <= 0)
            continue;
        if (is_hidden(hidden, hit.movie)) {
            out->hidden++;
            continue;
        }
        out->total++;
        if (count < most) {
            heap[count++] = hit;
            if (count == most)
                make_heap(index, heap, count);
        } else if (most > 0 && better(index, &hit, &heap[0])) {
            heap[0] = hit;
            sift(index, heap, count, 0);
        }
    }
    if (count < most)
        make_heap(index, heap, count);
    for (size_t end = count; end > 1; end--) {
        const reel_found worst = heap[0];

        heap[0] = heap[end - 1];
        sift(index, heap, end - 1, 0);
        heap[end - 1] = worst;
    }
    return count;
}

static reel_code reserve_best(reel_search_work *work, size_t hits, reel_err *err)
{
    reel_found *grown;

    if (hits <= work->best_capacity)
        return REEL_OK;
    grown = reel__realloc_array(work->best, hits, sizeof *grown);
    if (grown == NULL)
        return no_memory(work->index, err);
    work->best = grown;
    work->best_capacity = hits;
    return REEL_OK;
}

/* ---- the door ------------------------------------------------------------------------------- */

/* Films by rank, no more of them than the page needs where none is hidden. */
static void most_popular(reel_search_work *work, const reel_search_opts *opts,
                         reel_search_hits *out)
{
    const size_t movies = (size_t)work->index->movies, end = opts->offset + opts->limit;

    for (size_t i = 0; i < movies && (opts->hidden != NULL || i < end); i++) {
        const reel_index film = work->index->by_rank[i];

        if (is_hidden(opts->hidden, film))
            out->hidden++;
        else if (out->total++ >= opts->offset && out->count < opts->limit)
            work->best[out->count++] = (reel_found){.movie = film};
    }
    if (opts->hidden == NULL)
        out->total = movies;
    out->items = work->best;
}

static void find_as_typed(reel_search_work *work)
{
    next_stamp(work);
    reel__find_words(work, true);
    order_touched(work);
    reel__find_words(work, false);
    reel__judge_entries(work);
    if (!work->titles_only) {
        for (size_t i = 0; i < work->query.count; i++)
            if ((work->query.needed >> i & 1) != 0)
                note_overviews(work, i);
        reel__judge_films(work);
        reel__judge_year(work);
    }
}

/* "terminator2" where nothing is called so: "terminator 2", if something is. */
static reel_code find_parted(reel_search_work *work, const char *typed, reel_err *err)
{
    reel_buf parted;
    reel_code rc = REEL_OK;

    reel__buf_init(&parted, REEL_SEARCH_QUERY_MAX + 1);
    find_as_typed(work);
    if (work->named_hits > 0 || !reel__query_part_numbers(&parted, typed))
        goto out;
    REEL_TRY(reel__query_read(&work->query, parted.data, err));
    find_as_typed(work);
    if (work->named_hits > 0)
        goto out;
    REEL_TRY(reel__query_read(&work->query, typed, err));
    find_as_typed(work);
out:
    reel__buf_fini(&parted);
    return rc;
}

static void find_nearly(reel_search_work *work)
{
    if (work->title_hits < ENOUGH && !work->exact) {
        reel__typos_whole(work);
        reel__typos_words(work);
    }
    if (work->named_hits == 0)
        reel__judge_some(work);
}

reel_code reel__search_find(reel_search_work *work, const char *query, const reel_search_opts *opts,
                            reel_search_hits *out, reel_err *err)
{
    const size_t movies = (size_t)work->index->movies;
    const size_t most = opts->offset >= movies                ? movies
                        : opts->limit < movies - opts->offset ? opts->offset + opts->limit
                                                              : movies;
    size_t picked;
    reel_code rc;

    *out = (reel_search_hits){0};
    REEL_TRY(reel__query_read(&work->query, query, err));
    REEL_TRY(reserve_best(work, most, err));
    if (work->query.count == 0) {
        most_popular(work, opts, out);
        goto out;
    }
    work->titles_only = opts->titles_only;
    REEL_TRY(find_parted(work, query, err));
    find_nearly(work);
    picked = pick(work, opts->hidden, most, out);
    if (picked > opts->offset) {
        out->items = work->best + opts->offset;
        out->count = picked - opts->offset;
    }
out:
    return rc;
}
