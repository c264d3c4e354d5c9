/* judge.c - how well films fit what was typed. The kinds of match are steps apart; among films on
 * the same step the more popular one is first (docs/search.md has the table).
 */
#include <stdlib.h>
#include <string.h>

#include "search/work_priv.h"

/* What the kinds of match are worth. */
static const float EXACT = 1.0F, EXACT_BARE = 0.98F, EXACT_OTHER = 0.97F;
static const float BEGINS = 0.9F, BEGINS_IN_ARTICLE = 0.87F, RUN_TOGETHER = 0.86F, WORDS = 0.8F;
static const float NOT_THE_NAME = 0.01F; /* another title, or an article too many */
static const float PERSON = 0.7F, PERSON_WORDS = 0.68F, WITH_PERSON = 0.64F;
static const float MISSPELT = 0.62F, MISSPELT_LAST = 0.4F, AN_EDIT = 0.02F;
static const float KEYWORD = 0.56F, KEYWORD_WORDS = 0.54F, WITH_KEYWORD = 0.52F;
static const float ALL_WITH_YEAR = 0.88F, YEAR = 0.75F, BEGUN_YEAR = 0.73F;
static const float WITH_OVERVIEW = 0.47F, OVERVIEW = 0.46F;
static const float MISSPELT_WORDS = 0.36F, MISSPELT_PERSON = 0.28F, SOME = 0.2F;
static const float SMALL_WORD = 0.06F, OTHER_YEAR = 0.25F, NEXT_YEAR = 0.03F, NO_YEAR = 0.1F;
static const float LEAST = 0.02F, MOST_LETTERS = 0.6F;
enum { SMALL_COUNTED = 2, EDITS_COUNTED = 4, KEYWORD_FILMS = 3 };

/* ---- years and small words ------------------------------------------------------------------ */

static float less_for_year(const reel_search_work *work, reel_index film, uint16_t mask)
{
    const reel_query *query = &work->query;
    int32_t own;
    float less = 0;

    if (query->year_count == 0 && query->begun_bit == 0)
        return 0;
    own = work->index->years[film];
    for (size_t y = 0; y < query->year_count; y++) {
        const int32_t apart = abs(own - query->year[y]);

        if ((mask & query->year_bit[y]) == 0 && apart != 0)
            less += own == 0 ? NO_YEAR : apart == 1 ? NEXT_YEAR : OTHER_YEAR;
    }
    if (query->begun_bit != 0 && (mask & query->begun_bit) == 0 &&
        own / query->begun_per != query->begun)
        less += OTHER_YEAR;
    return less;
}

static void offer(reel_search_work *work, reel_index film, const reel_found *found, uint16_t mask)
{
    reel_film_cell *cell = reel__work_film(work, film);
    const float less = less_for_year(work, film, mask);
    const float match = found->match - less > LEAST ? found->match - less : LEAST;

    work->title_hits += found->field <= REEL_FOUND_OTHER_TITLE &&
                        (cell->match == 0 || cell->field > REEL_FOUND_OTHER_TITLE);
    work->named_hits +=
        found->field <= REEL_FOUND_PERSON && (cell->match == 0 || cell->field > REEL_FOUND_PERSON);
    work->exact = work->exact || (found->how == REEL_FOUND_EXACT && match >= PERSON);
    if (match <= cell->match)
        return;
    cell->match = match;
    cell->field = found->field;
    cell->how = found->how;
}

static size_t count_bits(unsigned mask)
{
    size_t count = 0;

    for (; mask != 0; mask &= mask - 1)
        count++;
    return count;
}

/* Words that say little and that a title lacks. */
static float less_for_small(const reel_query *query, uint16_t mask)
{
    const size_t missing =
        count_bits(query->all & ~query->years & ~query->begun_bit & ~(unsigned)mask);

    return SMALL_WORD * (float)(missing < SMALL_COUNTED ? missing : SMALL_COUNTED);
}

/* ---- entries -------------------------------------------------------------------------------- */

static bool begins(const reel_search_work *work, const reel_search_entry *entry, const char *with,
                   size_t length, uint64_t head)
{
    const uint64_t compared = length < 8 ? (UINT64_C(1) << (8 * length)) - 1 : ~UINT64_C(0);

    return length > 0 && entry->length >= length && ((entry->head ^ head) & compared) == 0 &&
           (length <= 8 || memcmp(work->index->text + entry->at + 8, with + 8, length - 8) == 0);
}

/* "2001 space": what may be a year stands in the title with all the rest. */
static float worth_of_words(const reel_query *query, uint16_t mask)
{
    const bool all_with_year = mask == query->all && (mask & query->years) != 0;

    return (all_with_year ? ALL_WITH_YEAR : WORDS) - less_for_small(query, mask);
}

static reel_found judge_title(const reel_search_work *work, uint32_t at, uint16_t mask)
{
    const reel_search_entry *entry = &work->index->entries[at];
    const reel_query_text *typed = reel__query_text(&work->query, mask);
    const bool other = entry->grade == REEL_TITLE_OTHER;
    const float worth = other ? EXACT_OTHER : entry->grade == REEL_TITLE_BARE ? EXACT_BARE : EXACT;
    reel_found found = {.field = other ? REEL_FOUND_OTHER_TITLE : REEL_FOUND_TITLE};

    if (begins(work, entry, typed->text, typed->length, typed->head)) {
        found.how = entry->length == typed->length ? REEL_FOUND_EXACT : REEL_FOUND_PREFIX;
        found.match = found.how == REEL_FOUND_EXACT        ? worth
                      : typed->length + 1 < entry->article ? BEGINS_IN_ARTICLE
                                                           : BEGINS - (other ? NOT_THE_NAME : 0);
    } else if (begins(work, entry, typed->bare, typed->bare_length, typed->bare_head)) {
        found.how = entry->length == typed->bare_length ? REEL_FOUND_EXACT : REEL_FOUND_PREFIX;
        found.match = (found.how == REEL_FOUND_EXACT ? worth : BEGINS) - NOT_THE_NAME;
    } else {
        found.how = REEL_FOUND_WORDS;
        found.match = worth_of_words(&work->query, mask) - (other ? NOT_THE_NAME : 0);
    }
    return found;
}

/* Where only years were typed ("2010 1984"), one of them is the title: the other may be its year.
 */
static bool has_needed(const reel_query *query, uint16_t mask)
{
    return (mask & query->needed) == query->needed || (query->needed & ~query->years) == 0;
}

static void take_title(reel_search_work *work, uint32_t entry, uint16_t mask)
{
    const reel_index film = work->index->title_movie[entry];
    reel_found found;

    if (!has_needed(&work->query, mask)) {
        reel__work_spread(work, film)->mask[REEL_MASK_TITLE] |= mask;
        return;
    }
    found = judge_title(work, entry, mask);
    offer(work, film, &found, mask);
}

/* A person or a keyword, with all its films. */
static void take_other(reel_search_work *work, uint32_t at, uint16_t mask)
{
    const reel_search_index *index = work->index;
    const reel_search_entry *entry = &index->entries[at];
    const reel_query_text *typed = reel__query_text(&work->query, mask);
    const bool person = at < index->named;
    const bool same = entry->length == typed->length &&
                      begins(work, entry, typed->text, typed->length, typed->head);
    const reel_found found = {.match = person ? (same ? PERSON : PERSON_WORDS)
                                              : (same ? KEYWORD : KEYWORD_WORDS),
                              .field = person ? REEL_FOUND_PERSON : REEL_FOUND_KEYWORD,
                              .how = same ? REEL_FOUND_EXACT : REEL_FOUND_WORDS};
    size_t count;
    const reel_index *films = reel__entry_films(index, at, &count);

    if (same && !person && count >= KEYWORD_FILMS)
        work->named_hits++; /* "thriller" is no misspelt "killer" */
    if ((mask & work->query.needed) == work->query.needed)
        for (size_t i = 0; i < count; i++)
            offer(work, films[i], &found, mask);
    else
        for (size_t i = 0; i < count; i++)
            reel__work_spread(work, films[i])
                ->mask[person ? REEL_MASK_PERSON : REEL_MASK_KEYWORD] |= mask;
}

void reel__judge_entries(reel_search_work *work)
{
    /* Titles first: what they find is counted apart. */
    for (int titles = 1; titles >= 0; titles--)
        for (size_t i = 0; i < work->touched_count; i++) {
            const uint32_t entry = work->touched[i];
            const uint16_t mask = work->entries[entry].mask;

            if ((mask & work->query.needed) == 0 || (entry < work->index->titles) != titles)
                continue;
            if (titles)
                take_title(work, entry, mask);
            else
                take_other(work, entry, mask);
        }
}

/* ---- films ---------------------------------------------------------------------------------- */

/* Words that stand in several places: the last place that is needed says what it is worth. */
static bool judge_places(const reel_search_work *work, const reel_spread_cell *cell,
                         reel_found *found, uint16_t *mask)
{
    static const float worth[REEL_MASKS] = {WORDS - 0.02F, WITH_PERSON, WITH_KEYWORD, OVERVIEW};
    static const uint8_t fields[REEL_MASKS] = {REEL_FOUND_TITLE, REEL_FOUND_PERSON,
                                               REEL_FOUND_KEYWORD, REEL_FOUND_OVERVIEW};
    const uint16_t needed = work->query.needed;

    *mask = 0;
    for (int place = 0; place < REEL_MASKS; place++) {
        const uint16_t before = *mask;

        *mask |= cell->mask[place];
        if ((*mask & needed) != needed)
            continue;
        *found =
            (reel_found){.match = worth[place], .field = fields[place], .how = REEL_FOUND_WORDS};
        if (place == REEL_MASK_OVERVIEW && (before & needed) != 0)
            found->match = WITH_OVERVIEW;
        return true;
    }
    return false;
}

void reel__judge_films(reel_search_work *work)
{
    for (size_t i = 0; i < work->in_places_count; i++) {
        const reel_index film = work->in_places[i];
        reel_found found;
        uint16_t mask;

        if (judge_places(work, &work->spread[film], &found, &mask))
            offer(work, film, &found, mask);
    }
}

void reel__judge_year(reel_search_work *work)
{
    const reel_query *query = &work->query;
    const bool whole = query->year_count == 1 && query->all == query->years;
    const int32_t first = whole ? query->year[0] : query->begun, per = whole ? 1 : query->begun_per;
    const reel_found found = {.match = whole ? YEAR : BEGUN_YEAR,
                              .field = REEL_FOUND_YEAR,
                              .how = whole ? REEL_FOUND_EXACT : REEL_FOUND_PREFIX};

    if (!whole && !query->begun_alone)
        return;
    for (reel_index film = 0; film < work->index->movies; film++)
        if (work->index->years[film] / per == first)
            offer(work, film, &found, query->years);
}

/* ---- typos ---------------------------------------------------------------------------------- */

void reel__judge_whole(reel_search_work *work, uint32_t entry, size_t edits, uint16_t mask)
{
    const bool other = work->index->entries[entry].grade == REEL_TITLE_OTHER;
    reel_found found = {.field = other ? REEL_FOUND_OTHER_TITLE : REEL_FOUND_TITLE,
                        .how = edits == 0 ? REEL_FOUND_WORDS : REEL_FOUND_TYPO};

    found.match = edits == 0
                      ? RUN_TOGETHER
                      : (work->raised ? MISSPELT : MISSPELT_LAST) - AN_EDIT * (float)(edits - 1);
    offer(work, work->index->title_movie[entry], &found, mask);
}

void reel__judge_misspelt(reel_search_work *work)
{
    const reel_search_index *index = work->index;

    for (size_t i = 0; i < work->misspelt_count; i++) {
        const uint32_t entry = work->misspelt[i];
        const reel_entry_cell *cell = &work->entries[entry];
        const size_t counted = work->edits[entry];
        const size_t edits = counted < EDITS_COUNTED ? counted : EDITS_COUNTED;
        reel_found found = {.how = REEL_FOUND_TYPO};

        work->edits[entry] = 0;
        if ((cell->mask & work->query.needed) != work->query.needed)
            continue;
        if (entry < index->titles) {
            found.field = REEL_FOUND_TITLE;
            found.match = MISSPELT_WORDS - AN_EDIT * (float)(edits - 1);
            offer(work, index->title_movie[entry], &found, cell->mask);
        } else {
            size_t count;
            const reel_index *films = reel__entry_films(index, entry, &count);

            found.field = REEL_FOUND_PERSON;
            found.match = MISSPELT_PERSON - AN_EDIT * (float)(edits - 1);
            for (size_t k = 0; k < count; k++)
                offer(work, films[k], &found, cell->mask);
        }
    }
    work->misspelt_count = 0;
}

/* ---- most of the words ---------------------------------------------------------------------- */

void reel__judge_some(reel_search_work *work)
{
    const reel_query *query = &work->query;

    for (size_t i = 0; i < work->touched_count; i++) {
        const uint32_t entry = work->touched[i];
        const uint16_t mask = work->entries[entry].mask & (uint16_t)~query->years;
        size_t letters = 0;
        reel_found found = {.field = REEL_FOUND_TITLE, .how = REEL_FOUND_SOME};

        if (entry >= work->index->titles)
            continue;
        for (size_t k = 0; k < query->count; k++)
            letters += (mask >> k & 1) != 0 ? query->words[k].letters : 0;
        found.match = query->letters > 0 ? (float)letters / (float)query->letters : 0;
        if (found.match < MOST_LETTERS)
            continue;
        found.match *= SOME;
        offer(work, work->index->title_movie[entry], &found, work->entries[entry].mask);
    }
}
