/* query.c - what was typed, as words: which of them may be the year of a film, which say little,
 * which is still being typed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "search/work_priv.h"

enum { PLAIN_MOST = 1 << 16, TEXTS_MOST = 1 << 19, YEAR_FIRST = 1870, YEAR_LAST = 2100 };

void reel__query_init(reel_query *query)
{
    *query = (reel_query){.count = 0};
    reel__buf_init(&query->plain, PLAIN_MOST);
    reel__buf_init(&query->texts, TEXTS_MOST);
    reel__buf_init(&query->room, PLAIN_MOST);
}

void reel__query_fini(reel_query *query)
{
    reel__buf_fini(&query->plain);
    reel__buf_fini(&query->texts);
    reel__buf_fini(&query->room);
}

/* ---- words ---------------------------------------------------------------------------------- */

/* Numbers as sequels and titles write them. A letter alone is no number: it may be a word. */
static void other_numbers(reel_query_word *word)
{
    static const char *const numbers[][3] = {
        {"1", "i", "one"},         {"2", "ii", "two"},     {"3", "iii", "three"},
        {"4", "iv", "four"},       {"5", "v", "five"},     {"6", "vi", "six"},
        {"7", "vii", "seven"},     {"8", "viii", "eight"}, {"9", "ix", "nine"},
        {"10", "x", "ten"},        {"11", "xi", "eleven"}, {"12", "xii", "twelve"},
        {"13", "xiii", "thirteen"}};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (size_t k = 0; k < 3; k++)
            if (strlen(numbers[i][k]) == word->length &&
                memcmp(numbers[i][k], word->text, word->length) == 0 &&
                (k != 1 || word->length > 1)) {
                word->same[0] = numbers[i][(k + 1) % 3];
                word->same[1] = numbers[i][(k + 2) % 3];
            }
}

static bool is_year(const reel_query_word *word, int32_t *year)
{
    if (word->length != 4 || strspn(word->text, "0123456789") < 4)
        return false;
    *year = (int32_t)strtol(word->text, NULL, 10);
    return *year >= YEAR_FIRST && *year <= YEAR_LAST;
}

static bool add_piece(void *user, const char *text, size_t length)
{
    reel_query *query = user;
    uint8_t units[REEL_UNITS_MAX];
    reel_query_word *word = &query->words[query->count];
    int32_t year;

    if (query->count == REEL_QUERY_WORDS)
        return false;
    *word = (reel_query_word){.text = text,
                              .length = (uint32_t)length,
                              .letters = (uint32_t)reel__word_units(units, text, length)};
    if (is_year(word, &year) && query->year_count < REEL_QUERY_YEARS) {
        query->year[query->year_count] = year;
        query->year_bit[query->year_count++] = (uint16_t)(1U << query->count);
        query->years |= (uint16_t)(1U << query->count);
    } else {
        query->letters += word->letters;
    }
    other_numbers(word);
    query->count++;
    return true;
}

/* Words of the plain text; texts of the pieces lie in it. */
static bool add_word(void *user, const reel_word *word)
{
    reel_query *query = user;
    const size_t before = query->count;
    const char *text = query->plain.data + word->at;
    const bool more = reel__word_pieces(text, word->bytes, word->unspaced, false, add_piece, user);

    for (size_t i = before; i < query->count; i++) {
        query->words[i].unspaced = word->unspaced;
        query->words[i].prefix = word->unspaced;
    }
    return more;
}

/* "matrix 199": on the way to a year; alone it takes three digits. */
static void note_begun_year(reel_query *query, size_t last)
{
    const reel_query_word *word = &query->words[last];
    const size_t length = word->length;

    if (length < (last == 0 ? 3 : 2) || length > 3 || strspn(word->text, "0123456789") < length)
        return;
    query->begun = (int32_t)strtol(word->text, NULL, 10);
    query->begun_per = length == 2 ? 100 : 10;
    if (query->begun * query->begun_per + query->begun_per > YEAR_FIRST &&
        query->begun * query->begun_per <= YEAR_LAST)
        query->begun_bit = (uint16_t)(1U << last);
}

static void weigh_words(reel_query *query)
{
    size_t last = query->count;

    for (size_t i = 0; i < query->count; i++) {
        const uint16_t bit = (uint16_t)(1U << i);

        query->all |= bit;
        if ((query->years & bit) != 0)
            continue;
        last = i;
        if (!reel__word_is_small(query->words[i].text, query->words[i].length))
            query->needed |= bit;
    }
    if (last < query->count)
        query->words[last].prefix = true;
    else if (query->count > 0)
        query->words[query->count - 1].prefix = true;
    if (last < query->count)
        note_begun_year(query, last);
    query->begun_alone = query->count == 1 && query->begun_bit != 0;
    if ((query->needed & ~query->begun_bit) != 0)
        query->needed &= (uint16_t)~query->begun_bit;
    else
        query->begun_bit = 0;
    if (query->needed == 0)
        query->needed = query->all & (uint16_t)~query->years;
    if (query->needed == 0)
        query->needed = query->all;
}

reel_fit reel__query_fit(const reel_query_word *word, const char *text, size_t length)
{
    if (length == word->length && memcmp(text, word->text, length) == 0)
        return REEL_FIT_WHOLE;
    for (size_t k = 0; k < 2; k++)
        if (word->same[k] != NULL && strlen(word->same[k]) == length &&
            memcmp(word->same[k], text, length) == 0)
            return REEL_FIT_WHOLE;
    return word->prefix && length > word->length && memcmp(text, word->text, word->length) == 0
               ? REEL_FIT_BEGUN
               : REEL_FIT_NONE;
}

/* ---- whole texts ---------------------------------------------------------------------------- */

/* The plain text without the years of a set, at the end of texts. */
static void append_without(reel_query *query, size_t set)
{
    const char *plain = query->plain.data;
    bool any = false;

    for (size_t at = 0; at < query->plain.length;) {
        const char *space = memchr(plain + at, ' ', query->plain.length - at);
        const size_t end = space == NULL ? query->plain.length : (size_t)(space - plain);
        bool dropped = false;

        for (size_t y = 0; y < query->year_count; y++) {
            size_t i = 0;

            while (query->year_bit[y] >> i != 1)
                i++;
            dropped = dropped || ((set >> y & 1) != 0 && query->words[i].text == plain + at);
        }
        if (!dropped) {
            if (any)
                reel__buf_char(&query->texts, ' ');
            reel__buf_append(&query->texts, plain + at, end - at);
            any = true;
        }
        at = end + 1;
    }
    reel__buf_char(&query->texts, '\0');
}

/* "matrix the" and "the matrix" are "matrix". */
static void strip_article(reel_query_text *text)
{
    const size_t front = reel__search_article(text->text, text->length);
    size_t last = text->length;
    char turned[8];

    text->bare = text->text + front;
    text->bare_length = text->length - front;
    while (last > 0 && text->text[last - 1] != ' ')
        last--;
    if (front > 0 || last < 2 || text->length - last > 3)
        return;
    memcpy(turned, text->text + last, text->length - last);
    memcpy(turned + (text->length - last), " x", 2);
    if (reel__search_article(turned, text->length - last + 2) > 0)
        text->bare_length = last - 1;
}

static reel_code write_texts(reel_query *query, reel_err *err)
{
    size_t start[1 << REEL_QUERY_YEARS], length[1 << REEL_QUERY_YEARS];
    const size_t sets = (size_t)1 << query->year_count;

    reel__buf_clear(&query->texts);
    for (size_t set = 0; set < sets; set++) {
        start[set] = query->texts.length;
        append_without(query, set);
        length[set] = query->texts.length - start[set] - 1;
    }
    if (query->texts.failed)
        return reel__buf_check(&query->texts, err);
    for (size_t set = 0; set < sets; set++) {
        query->without[set] =
            (reel_query_text){.text = query->texts.data + start[set], .length = length[set]};
        strip_article(&query->without[set]);
        query->without[set].head =
            reel__search_head(query->without[set].text, query->without[set].length);
        query->without[set].bare_head =
            reel__search_head(query->without[set].bare, query->without[set].bare_length);
    }
    return REEL_OK;
}

const reel_query_text *reel__query_text(const reel_query *query, uint16_t mask)
{
    size_t set = 0;

    for (size_t y = 0; y < query->year_count; y++)
        if ((mask & query->year_bit[y]) == 0)
            set |= (size_t)1 << y;
    return &query->without[set];
}

reel_code reel__query_read(reel_query *query, const char *text, reel_err *err)
{
    const size_t length = strlen(text);
    reel_code rc = REEL_OK;

    if (length > REEL_SEARCH_QUERY_MAX)
        return reel_fail(err, REEL_E_INVALID, "q: %zu bytes, at most %d are looked for", length,
                         (int)REEL_SEARCH_QUERY_MAX);
    query->count = query->year_count = query->letters = 0;
    query->all = query->needed = query->years = query->begun_bit = 0;
    reel__buf_clear(&query->plain);
    reel__search_plain(&query->plain, text, length);
    REEL_TRY(reel__buf_check(&query->plain, err));
    (void)reel__words_each(&query->room, query->plain.data, query->plain.length, add_word, query);
    REEL_TRY(reel__buf_check(&query->room, err));
    weigh_words(query);
    rc = write_texts(query, err);
out:
    return rc;
}

bool reel__query_part_numbers(reel_buf *out, const char *text)
{
    size_t parts = 0;

    for (const char *at = text; *at != '\0'; at++) {
        const bool digit = *at >= '0' && *at <= '9';
        const bool before = at > text && at[-1] >= '0' && at[-1] <= '9';
        const bool joined = at > text && at[0] != ' ' && at[-1] != ' ' && digit != before;

        if (joined)
            reel__buf_char(out, ' ');
        parts += joined;
        reel__buf_append(out, at, 1);
    }
    reel__buf_char(out, '\0');
    return parts > 0 && !out->failed;
}
