/* typos.c - titles and people that are nearly called as it was typed: candidates by trigrams, then
 * their edits are counted.
 */
#include <string.h>

#include "search/work_priv.h"

enum {
    FUZZY_WORDS = 8,
    OPEN_FROM = 6,        /* letters of a beginning that may have a typo */
    OPEN_TWICE_FROM = 10, /* or two */
    EDITS_SHIFT = 30
};

/* ---- whole titles --------------------------------------------------------------------------- */

static void find_whole(reel_search_work *work, const char *text, size_t text_length, uint16_t mask)
{
    const reel_grams *titles = &work->index->title_grams;
    uint8_t units[REEL_UNITS_MAX];
    const size_t length = reel__word_units(units, text, text_length);
    const size_t allowed = reel__edits_allowed(length);
    reel_pattern pattern;
    size_t count;

    if (length < 2)
        return;
    count = reel__grams_near(titles, &work->title_grams, units, length, allowed, false);
    reel__pattern_init(&pattern, units, length);
    for (size_t i = 0; i < count; i++) {
        const uint32_t entry = work->title_grams.touched[i];
        const size_t edits =
            reel__pattern_edits(&pattern, titles->units + titles->at[entry], titles->lengths[entry])
                .whole;

        if (edits <= allowed)
            reel__judge_whole(work, entry, edits, mask);
    }
}

/* "the kdi" as it is, five letters of which one may be wrong, and without its article. */
static void find_text(reel_search_work *work, const reel_query_text *typed, uint16_t mask)
{
    find_whole(work, typed->bare, typed->bare_length, mask);
    if (typed->bare_length < typed->length)
        find_whole(work, typed->text, typed->length, mask);
}

void reel__typos_whole(reel_search_work *work)
{
    const reel_query *query = &work->query;

    work->raised = work->named_hits == 0;
    find_text(work, reel__query_text(query, 0), 0);
    if (query->years != 0)
        find_text(work, reel__query_text(query, query->years), query->years);
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool is_known(const reel_lexicon *words, const reel_query_word *word)
{
    const size_t at = reel__lexicon_from(words, word->text, word->length);

    return reel__lexicon_begins(words, at, word->text, word->length) &&
           words->words[at].length == word->length;
}

/* Of many words only those that no title, person or keyword has. */
static bool may_be_misspelt(const reel_search_work *work, size_t i)
{
    const reel_query *query = &work->query;
    const reel_query_word *word = &query->words[i];

    if (query->count > FUZZY_WORDS && is_known(&work->index->words, word))
        return false;
    return (query->needed >> i & 1) != 0 && (query->years >> i & 1) == 0 && !word->unspaced &&
           word->letters >= 4 && strspn(word->text, "0123456789") < word->length;
}

/* Keeps of the touched words those within `allowed` edits, with their edits in the high bits. */
static size_t keep_near(reel_search_work *work, const reel_pattern *pattern, size_t count,
                        size_t allowed, bool open)
{
    const reel_grams *words = &work->index->word_grams;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t word = work->word_grams.touched[i];
        const size_t most = pattern->length + allowed, own = words->lengths[word];
        const reel_edits to =
            reel__pattern_edits(pattern, words->units + words->at[word], own < most ? own : most);
        const size_t edits = open ? to.begun : to.whole;

        if (edits > 0 && edits <= allowed)
            work->word_grams.touched[kept++] = word | (uint32_t)edits << EDITS_SHIFT;
    }
    return kept;
}

static void note_misspelt(reel_search_work *work, uint32_t word, size_t edits, uint16_t bit)
{
    const reel_lexicon *words = &work->index->words;
    const uint32_t end = work->titles_only ? work->index->titles : work->index->named;

    for (uint32_t k = words->words[word].first; k < words->words[word + 1].first; k++) {
        const uint32_t entry = words->items[k];
        reel_entry_cell *cell;

        if (entry >= end)
            break;
        cell = reel__work_entry(work, entry);
        if ((cell->mask & bit) != 0)
            continue;
        cell->mask |= bit;
        if (work->edits[entry] == 0)
            work->misspelt[work->misspelt_count++] = entry;
        work->edits[entry] = (uint8_t)(work->edits[entry] + edits);
    }
}

static void find_word(reel_search_work *work, size_t i, size_t allowed, bool open)
{
    const reel_query_word *word = &work->query.words[i];
    const uint32_t mask = (UINT32_C(1) << EDITS_SHIFT) - 1;
    uint8_t units[REEL_UNITS_MAX];
    const size_t length = reel__word_units(units, word->text, word->length);
    reel_pattern pattern;
    size_t count =
        reel__grams_near(&work->index->word_grams, &work->word_grams, units, length, allowed, open);

    reel__pattern_init(&pattern, units, length);
    count = keep_near(work, &pattern, count, allowed, open);
    for (size_t edits = 1; edits <= allowed; edits++)
        for (size_t k = 0; k < count; k++)
            if (work->word_grams.touched[k] >> EDITS_SHIFT == edits)
                note_misspelt(work, work->word_grams.touched[k] & mask, edits, (uint16_t)(1U << i));
}

void reel__typos_words(reel_search_work *work)
{
    const reel_query *query = &work->query;
    size_t fuzzy = 0;

    for (size_t i = 0; i < query->count && fuzzy < FUZZY_WORDS; i++) {
        const size_t letters = query->words[i].letters;

        if (!may_be_misspelt(work, i))
            continue;
        fuzzy++;
        find_word(work, i, reel__edits_allowed(letters), false);
        if (query->words[i].prefix && letters >= OPEN_FROM)
            find_word(work, i, letters < OPEN_TWICE_FROM ? 1 : 2, true);
    }
    reel__find_words(work, false);
    reel__judge_misspelt(work);
}
