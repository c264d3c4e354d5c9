/* entries.c - everything a film may be looked for by: titles as entries of their own film, people
 * and keywords as entries with several films, words of overviews.
 */
#include <string.h>

#include "base/alloc.h"
#include "data/readers.h"
#include "search/index_priv.h"

enum { ENTRY_BYTES_MOST = 255, TITLES_MOST = 12, PARTICLE_MOST = 3 };
enum { PEOPLE, KEYWORDS };

/* ---- one name ------------------------------------------------------------------------------- */

/* Plain words of a name, and the words its parts make together: "Spider-Man" is also looked for as
 * one word, "Robert De Niro" as Deniro. */
typedef struct naming {
    reel_buf *plain;
    reel_buf *joined; /* words made of several, each closed by a blank */
    const char *source;
    bool person;
    size_t start; /* in joined, of the word being made */
    size_t parts, last_length, last_end;
} naming;

static void end_joined(naming *n)
{
    if (n->parts < 2)
        n->joined->length = n->start;
    else
        reel__buf_char(n->joined, ' ');
    n->start = n->joined->length;
    n->parts = 0;
}

static bool is_joined(const naming *n, const reel_word *word)
{
    return n->parts > 0 && word->at == n->last_end + 1 &&
           (n->source[n->last_end] == '-' ||
            (n->person && n->parts == 1 && n->last_length <= PARTICLE_MOST));
}

static bool take_word(void *user, const reel_word *word)
{
    naming *n = user;

    if (n->plain->length > 0)
        reel__buf_char(n->plain, ' ');
    reel__buf_append(n->plain, word->text, word->length);
    if (!is_joined(n, word))
        end_joined(n);
    reel__buf_append(n->joined, word->text, word->length);
    n->parts++;
    n->last_length = word->length;
    n->last_end = word->at + word->bytes;
    return !n->plain->failed && !n->joined->failed;
}

static reel_code fold_name(reel_building *b, const char *text, size_t length, bool person)
{
    naming n = {.plain = &b->plain, .joined = &b->joined, .source = text, .person = person};
    reel_code rc = REEL_OK;

    reel__buf_clear(&b->plain);
    reel__buf_clear(&b->joined);
    (void)reel__words_each(&b->room, text, length, take_word, &n);
    end_joined(&n);
    REEL_TRY(reel__buf_check(&b->room, b->err));
    REEL_TRY(reel__buf_check(&b->plain, b->err));
    REEL_TRY(reel__buf_check(&b->joined, b->err));
out:
    return rc;
}

/* ---- entries -------------------------------------------------------------------------------- */

static bool add_piece(void *user, const char *text, size_t length)
{
    reel_building *b = user;

    b->rc = reel__lexicon_add(&b->words, text, length, b->index->count - 1, b->err);
    return b->rc == REEL_OK;
}

static bool add_entry_word(void *user, const reel_word *word)
{
    return reel__word_pieces(word->text, word->length, word->unspaced, true, add_piece, user);
}

/* The plain text is an entry, with its words. */
static reel_code put_entry(reel_building *b, const char *plain, size_t length, uint8_t grade)
{
    void *entries = b->index->entries;
    const size_t cut = length < ENTRY_BYTES_MOST ? length : ENTRY_BYTES_MOST;
    reel_code rc = REEL_OK;

    if (!reel__search_grow(&entries, b->index->count, &b->entry_capacity,
                           sizeof *b->index->entries))
        return reel__search_no_memory(b->err);
    b->index->entries = entries;
    b->index->entries[b->index->count++] =
        (reel_search_entry){.head = reel__search_head(plain, cut),
                            .at = (uint32_t)b->text.length,
                            .length = (uint16_t)cut,
                            .grade = grade,
                            .article = (uint8_t)reel__search_article(plain, cut)};
    reel__buf_append(&b->text, plain, cut);
    reel__buf_char(&b->text, '\0');
    REEL_TRY(reel__buf_check(&b->text, b->err));
    b->rc = REEL_OK;
    (void)reel__words_each(&b->room, plain, length, add_entry_word, b);
    REEL_TRY(b->rc);
    REEL_TRY(reel__buf_check(&b->room, b->err));
    for (size_t at = 0, end; at < b->joined.length; at = end + 1) {
        const char *word = b->joined.data + at;

        end = at + (size_t)((const char *)memchr(word, ' ', b->joined.length - at) - word);
        REEL_TRY(reel__lexicon_add(&b->words, word, end - at, b->index->count - 1, b->err));
    }
out:
    return rc;
}

/* ---- titles --------------------------------------------------------------------------------- */

static bool has_title(const reel_building *b, reel_index film, const char *text, size_t length)
{
    const size_t cut = length < ENTRY_BYTES_MOST ? length : ENTRY_BYTES_MOST;

    for (uint32_t i = b->index->title_ptr[film]; i < b->index->count; i++)
        if (b->index->entries[i].length == cut &&
            memcmp(b->text.data + b->index->entries[i].at, text, cut) == 0)
            return true;
    return false;
}

static reel_code put_title(reel_building *b, reel_index film, const char *plain, size_t length,
                           reel_title_grade grade)
{
    void *movies = b->index->title_movie;

    if (length == 0 || has_title(b, film, plain, length) ||
        b->index->count - b->index->title_ptr[film] >= TITLES_MOST)
        return REEL_OK;
    if (!reel__search_grow(&movies, b->index->count, &b->title_capacity,
                           sizeof *b->index->title_movie))
        return reel__search_no_memory(b->err);
    b->index->title_movie = movies;
    b->index->title_movie[b->index->count] = film;
    return put_entry(b, plain, length, (uint8_t)grade);
}

/* One way the film is called, as it is written. */
static reel_code add_name(reel_building *b, reel_index film, const char *text, size_t length,
                          reel_title_grade grade)
{
    reel_code rc = REEL_OK;
    const char *plain;
    size_t skip;

    REEL_TRY(fold_name(b, text, length, false));
    plain = b->plain.data;
    REEL_TRY(put_title(b, film, plain, b->plain.length, grade));
    skip = reel__search_article(plain, b->plain.length);
    if (skip > 0)
        REEL_TRY(put_title(b, film, plain + skip, b->plain.length - skip,
                           grade == REEL_TITLE_FULL ? REEL_TITLE_BARE : grade));
out:
    return rc;
}

/* "Cité des enfants perdus, La", with the article in front too. */
static reel_code add_other(reel_building *b, reel_index film, const char *text, size_t length)
{
    int32_t year;
    reel_code rc = REEL_OK;

    reel__buf_clear(&b->name);
    reel__title_parse(text, length, &b->name, &year);
    REEL_TRY(reel__buf_check(&b->name, b->err));
    if (b->name.length > 0)
        REEL_TRY(add_name(b, film, b->name.data, b->name.length, REEL_TITLE_OTHER));
    REEL_TRY(add_name(b, film, text, length, REEL_TITLE_OTHER));
out:
    return rc;
}

/* "City of Lost Children, The (Cité des enfants perdus, La)": the whole, then what stands before
 * the first bracket, then what stands in each. */
static reel_code add_parts(reel_building *b, reel_index film, const char *text, size_t length)
{
    static const char also[] = "a.k.a. ";
    reel_code rc = REEL_OK;
    const char *open = memchr(text, '(', length);
    size_t left;

    REEL_TRY(add_name(b, film, text, length, REEL_TITLE_FULL));
    if (open == NULL)
        goto out;
    if (open > text)
        REEL_TRY(add_name(b, film, text, (size_t)(open - text), REEL_TITLE_FULL));
    for (; open != NULL; open = left > 0 ? memchr(open, '(', left) : NULL) {
        const char *close;

        open++;
        left = length - (size_t)(open - text);
        close = memchr(open, ')', left);
        if (left > sizeof also && memcmp(open, also, sizeof also - 1) == 0)
            open += sizeof also - 1;
        left = length - (size_t)(open - text);
        if (close != NULL)
            left = close > open ? (size_t)(close - open) : 0;
        REEL_TRY(add_other(b, film, open, left));
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

static reel_code add_titles(reel_building *b, reel_index film, const reel_movie *movie)
{
    const size_t name = strlen(movie->name), title = without_year(movie->title);
    reel_code rc = REEL_OK;

    REEL_TRY(add_parts(b, film, movie->name, name));
    if (name != title || memcmp(movie->name, movie->title, name) != 0)
        REEL_TRY(add_parts(b, film, movie->title, title));
    if (movie->original_title[0] != '\0' && strcmp(movie->original_title, movie->name) != 0)
        REEL_TRY(add_name(b, film, movie->original_title, strlen(movie->original_title),
                          REEL_TITLE_OTHER));
out:
    return rc;
}

/* ---- people and keywords -------------------------------------------------------------------- */

static reel_code note_name(reel_building *b, int kind, const char *text, size_t length,
                           reel_index film)
{
    void *pairs = b->pairs[kind];
    int32_t name;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__intern_add(b->names[kind], text, length, &name, b->err));
    if (!reel__search_grow(&pairs, b->pair_count[kind], &b->pair_capacity[kind],
                           sizeof *b->pairs[kind]))
        return reel__search_no_memory(b->err);
    b->pairs[kind] = pairs;
    b->pairs[kind][b->pair_count[kind]++] = (uint64_t)(uint32_t)name << 32 | (uint32_t)film;
out:
    return rc;
}

/* "Tom Hanks|Tim Allen" */
static reel_code note_list(reel_building *b, int kind, const char *list, reel_index film)
{
    reel_code rc = REEL_OK;

    while (*list != '\0') {
        const size_t length = strcspn(list, "|");

        if (length > 0)
            REEL_TRY(note_name(b, kind, list, length, film));
        list += length + (list[length] == '|');
    }
out:
    return rc;
}

/* ---- overviews ------------------------------------------------------------------------------ */

typedef struct overview {
    reel_building *b;
    reel_index film;
} overview;

static bool add_overview_piece(void *user, const char *text, size_t length)
{
    const overview *o = user;

    o->b->rc = reel__lexicon_add(&o->b->overviews, text, length, (uint32_t)o->film, o->b->err);
    return o->b->rc == REEL_OK;
}

static bool add_overview_word(void *user, const reel_word *word)
{
    if (!word->unspaced && (word->length < 2 || reel__word_is_small(word->text, word->length)))
        return true;
    return reel__word_pieces(word->text, word->length, word->unspaced, true, add_overview_piece,
                             user);
}

static reel_code add_overview(reel_building *b, reel_index film, const char *text)
{
    overview o = {b, film};
    reel_code rc = REEL_OK;

    b->rc = REEL_OK;
    (void)reel__words_each(&b->room, text, strlen(text), add_overview_word, &o);
    REEL_TRY(b->rc);
    REEL_TRY(reel__buf_check(&b->room, b->err));
out:
    return rc;
}

/* ---- all ------------------------------------------------------------------------------------ */

reel_code reel__building_add_film(reel_building *b, reel_index film)
{
    const reel_movie movie = reel_dataset_movie(b->index->dataset, film);
    reel_code rc = REEL_OK;

    b->index->years[film] = movie.year;
    b->index->title_ptr[film] = b->index->count;
    REEL_TRY(add_titles(b, film, &movie));
    b->index->title_ptr[film + 1] = b->index->count;
    REEL_TRY(note_list(b, PEOPLE, movie.directors, film));
    REEL_TRY(note_list(b, PEOPLE, movie.cast, film));
    REEL_TRY(note_list(b, KEYWORDS, movie.keywords, film));
    REEL_TRY(note_list(b, KEYWORDS, movie.tags, film));
    REEL_TRY(note_list(b, KEYWORDS, movie.genres, film));
    REEL_TRY(add_overview(b, film, movie.tagline));
    REEL_TRY(add_overview(b, film, movie.overview));
out:
    return rc;
}

static reel_code add_entries(reel_building *b, int kind)
{
    const int32_t count = reel__intern_count(b->names[kind]);
    reel_code rc = REEL_OK;

    for (int32_t i = 0; i < count; i++) {
        const char *name = reel__intern_text(b->names[kind], i);

        REEL_TRY(fold_name(b, name, strlen(name), kind == PEOPLE));
        REEL_TRY(put_entry(b, b->plain.data, b->plain.length, 0));
    }
out:
    return rc;
}

/* The films of each, in order and once. */
static void place_films(reel_building *b, int kind, uint32_t first)
{
    uint32_t *ptr = b->index->cast_ptr + first;
    const size_t names = (size_t)reel__intern_count(b->names[kind]);
    const uint32_t start = ptr[0];
    uint32_t kept = start, from = start;

    for (size_t i = 0; i < names; i++)
        ptr[i + 1] = 0;
    for (size_t i = 0; i < b->pair_count[kind]; i++)
        ptr[(b->pairs[kind][i] >> 32) + 1]++;
    for (size_t i = 0; i < names; i++)
        ptr[i + 1] += ptr[i];
    for (size_t i = 0; i < b->pair_count[kind]; i++)
        b->index->cast[ptr[b->pairs[kind][i] >> 32]++] = (reel_index)(uint32_t)b->pairs[kind][i];
    for (size_t i = 0; i < names; i++) { /* ptr[i] is now the end of i */
        const uint32_t end = ptr[i];

        ptr[i] = kept;
        for (uint32_t k = from; k < end; k++)
            if (kept == ptr[i] || b->index->cast[k] != b->index->cast[kept - 1])
                b->index->cast[kept++] = b->index->cast[k];
        from = end;
    }
    ptr[names] = kept;
}

reel_code reel__building_add_names(reel_building *b)
{
    reel_search_index *index = b->index;
    reel_code rc = REEL_OK;

    index->titles = index->count;
    REEL_TRY(add_entries(b, PEOPLE));
    index->named = index->count;
    REEL_TRY(add_entries(b, KEYWORDS));
    index->cast_ptr = reel__alloc_zero(index->count - index->titles + 1, sizeof *index->cast_ptr);
    index->cast =
        reel__alloc_array(b->pair_count[PEOPLE] + b->pair_count[KEYWORDS], sizeof *index->cast);
    if (index->cast_ptr == NULL || index->cast == NULL)
        return reel__search_no_memory(b->err);
    place_films(b, PEOPLE, 0);
    place_films(b, KEYWORDS, index->named - index->titles);
out:
    return rc;
}
