/* fuzz_typed.c - any bytes as a film's texts (to the first newline, a text each) and as what is
 * typed (the rest): no crash, matches in range and in order, marks inside texts.
 */
#include <string.h>

#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "search/search.h"

enum { FILMS = 3, TEXTS = 4, TEXT_BYTES = 200 };

static const char *const titles[FILMS] = {"Seven Samurai", "Matrix, The (1999)", "八人の侍"};

static reel_dataset *make_dataset(char texts[TEXTS][TEXT_BYTES])
{
    reel_dataset_builder *builder;
    reel_dataset *dataset;
    reel_err err = {REEL_OK, ""};

    must(reel_dataset_builder_new(&builder, &err) == REEL_OK);
    for (int i = 0; i < FILMS; i++) {
        const bool drawn = i == 0;
        const reel_movie movie = {.id = i,
                                  .title = titles[i],
                                  .name = drawn ? texts[0] : titles[i],
                                  .genres = "Drama|War",
                                  .overview = drawn ? texts[1] : "A village hires swordsmen.",
                                  .tagline = "",
                                  .keywords = "village|siege",
                                  .cast = drawn ? texts[2] : "Toshirō Mifune",
                                  .directors = "Akira Kurosawa",
                                  .tags = "",
                                  .original_title = drawn ? texts[3] : "",
                                  .language = "",
                                  .release_date = "",
                                  .poster_path = "",
                                  .backdrop_path = "",
                                  .trailer_key = "",
                                  .year = 1954 + i};

        must(reel_dataset_builder_add_movie(builder, &movie, &err) == REEL_OK);
    }
    must(reel_dataset_builder_finish(&dataset, builder, NULL, &err) == REEL_OK);
    reel_dataset_builder_free(builder);
    return dataset;
}

static size_t characters(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

static void check_hit(reel_search_work *work, const reel_found *hit)
{
    reel_matched matched[REEL_MATCHED_TEXTS];
    size_t count;
    reel_err err = {REEL_OK, ""};

    must(reel__search_matched(work, hit, matched, &count, &err) == REEL_OK);
    must(count <= REEL_MATCHED_TEXTS);
    for (size_t i = 0; i < count; i++) {
        const char *text = matched[i].text != NULL ? matched[i].text : matched[i].year;
        const size_t end = characters(text, matched[i].length);

        must(reel__utf8_valid(text, matched[i].length));
        must(matched[i].mark_count <= REEL_MATCHED_MARKS);
        for (size_t k = 0; k < matched[i].mark_count; k++)
            must((size_t)matched[i].marks[k].at + matched[i].marks[k].length <= end);
    }
}

static void ask(reel_search_work *work, const char *typed, bool titles_only)
{
    const reel_search_opts opts = {.limit = FILMS, .titles_only = titles_only};
    reel_search_hits hits;
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__search_find(work, typed, &opts, &hits, &err);

    must((rc == REEL_OK) == (strlen(typed) <= REEL_SEARCH_QUERY_MAX));
    must(hits.count <= hits.total && hits.total <= FILMS);
    for (size_t i = 0; i < hits.count; i++) {
        must(hits.items[i].match >= 0 && hits.items[i].match <= 1);
        must(i == 0 || hits.items[i].match <= hits.items[i - 1].match);
        check_hit(work, &hits.items[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char texts[TEXTS][TEXT_BYTES] = {{0}};
    const char *text;
    reel_buf whole;
    reel_dataset *dataset;
    reel_search_index *index = NULL;
    reel_search_work *work = NULL;
    reel_err err = {REEL_OK, ""};

    reel__buf_init(&whole, 1 << 21);
    reel__buf_append(&whole, (const char *)data, size);
    reel__buf_char(&whole, '\0');
    must(!whole.failed);
    text = whole.data;
    for (int i = 0; i < TEXTS; i++) {
        const char *end = memchr(text, '\n', strlen(text));
        const size_t own = end == NULL ? 0 : (size_t)(end - text);
        reel_buf clean;

        reel__buf_init(&clean, 1 << 20);
        reel__utf8_from_any(&clean, text, own < TEXT_BYTES / 3 ? own : TEXT_BYTES / 3);
        if (clean.length > 0 && clean.length < TEXT_BYTES)
            memcpy(texts[i], clean.data, clean.length);
        reel__buf_fini(&clean);
        text += end == NULL ? 0 : own + 1;
    }
    dataset = make_dataset(texts);
    must(reel__search_index_new(&index, dataset, &err) == REEL_OK);
    must(reel__search_work_new(&work, index, &err) == REEL_OK);
    ask(work, text, false);
    ask(work, text, true);
    ask(work, texts[0], false);
    reel__search_work_free(work);
    reel__search_index_free(index);
    reel_dataset_free(dataset);
    reel__buf_fini(&whole);
    return 0;
}
