/* Our tokens and TF-IDF rows against those scikit-learn made (tests/golden/sklearn/make.py). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "text/tfidf.h"

#define FOLDER "tests/golden/sklearn/"

enum { MAX_TEXTS = 2000 };

/* ---- reading ------------------------------------------------------------------------------- */

static char *read_text(const char *path)
{
    reel_file_map map;
    reel_err err;
    char *text;

    if (reel__file_map_open(&map, path, &err) != REEL_OK)
        fail_msg("%s", err.msg);
    text = reel__strndup((const char *)map.data, map.size_bytes);
    reel__file_map_close(&map);
    assert_non_null(text);
    return text;
}

/* The next line of *rest, without its end; NULL behind the last. */
static char *next_line(char **rest)
{
    char *line = *rest, *end = strchr(line, '\n');

    if (*line == 0)
        return NULL;
    assert_non_null(end);
    *end = 0;
    *rest = end + 1;
    return line;
}

static reel_index split_lines(const char **out, char *text)
{
    reel_index count = 0;

    for (char *line = next_line(&text); line != NULL; line = next_line(&text)) {
        assert_true(count < MAX_TEXTS);
        out[count++] = line;
    }
    return count;
}

/* ---- tokens -------------------------------------------------------------------------------- */

static bool add_to_digest(void *user, const char *token, size_t length)
{
    reel__digest_update(user, token, length);
    reel__digest_update(user, "\n", 1);
    return true;
}

static void probe(reel_digest *digest, int32_t code)
{
    /* The text of make.py with the code point for %. */
    const char *pattern = "a%b %% Q%\xce\xa3 %\xce\xa3 a\xce\xa3%B a\xce\xa3% %";
    char text[128];
    size_t length = 0;
    reel_err err;

    for (const char *p = pattern; *p != 0; p++) {
        if (*p == '%')
            length += (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)text + length);
        else
            text[length++] = *p;
    }
    assert_int_equal(reel__tokenize(text, length, true, add_to_digest, digest, &err), REEL_OK);
}

static void every_code_point_tokenizes_as_in_python(void **state)
{
    char *text = read_text(FOLDER "unicode.txt"), *rest = text;
    int32_t block = 0;

    (void)state;
    for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        reel_digest *digest = reel__digest_new(REEL_DIGEST_SHA256);
        char hex[REEL_DIGEST_HEX], expected[REEL_DIGEST_HEX + 16];

        assert_non_null(digest);
        for (int32_t code = block; code < block + 4096; code++)
            if (code != 0 && (code < 0xd800 || code >= 0xe000))
                probe(digest, code);
        reel__digest_finish(digest, hex);
        assert_true(snprintf(expected, sizeof expected, "%06x %s", (unsigned)block, hex) > 0);
        assert_string_equal(line, expected);
        block += 4096;
    }
    assert_int_equal(block, 0x110000);
    reel__free(text);
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void check_row(reel_csr_view matrix, char *line)
{
    char *rest = NULL, *cell = strtok_r(line, "\t", &rest);
    const long row = strtol(cell + 2, NULL, 10);
    reel_nnz at = matrix.ptr[row];

    for (cell = strtok_r(NULL, "\t", &rest); cell != NULL; cell = strtok_r(NULL, "\t", &rest)) {
        char *colon = strchr(cell, ':');
        assert_non_null(colon);
        assert_true(at < matrix.ptr[row + 1]);
        assert_int_equal(matrix.col[at], strtol(cell, NULL, 10));
        assert_true(fabs((double)matrix.val[at] - strtod(colon + 1, NULL)) < 1e-6);
        at++;
    }
    assert_int_equal(at, matrix.ptr[row + 1]);
}

static void check_golden(const char *path, const char *const *texts, reel_index count,
                         const reel_tfidf_opts *opts)
{
    const reel_field field = {.kind = REEL_FIELD_TEXT, .weight = 1};
    const reel_documents documents = {texts, &field, count, 1};
    char *golden = read_text(path), *rest = golden;
    reel_tfidf *tfidf;
    reel_csr matrix;
    reel_err err;
    reel_index term = 0, rows = 0;

    assert_int_equal(reel__tfidf_fit(&tfidf, &matrix, &documents, opts, &err), REEL_OK);
    assert_int_equal(matrix.rows, count);
    assert_int_equal(matrix.cols, reel__tfidf_terms(tfidf));
    for (char *line = next_line(&rest); line != NULL; line = next_line(&rest)) {
        char *tab = strchr(line, '\t');
        if (line[0] == '=') {
            check_row(reel__csr_view(&matrix), line);
            rows++;
            continue;
        }
        assert_non_null(tab);
        *tab = 0;
        assert_true(term < reel__tfidf_terms(tfidf));
        assert_string_equal(reel__tfidf_term(tfidf, term), line);
        assert_true(fabs((double)reel__tfidf_idf(tfidf)[term] - strtod(tab + 1, NULL)) < 1e-6);
        term++;
    }
    assert_int_equal(term, reel__tfidf_terms(tfidf));
    assert_true(rows > 0);
    reel__csr_fini(&matrix);
    reel__tfidf_free(tfidf);
    reel__free(golden);
}

static void texts_equal_tfidf_vectorizer(void **state)
{
    static const char *texts[MAX_TEXTS];
    char *text = read_text(FOLDER "texts.txt");
    const reel_index count = split_lines(texts, text);
    reel_tfidf_opts opts = reel__tfidf_opts_default();

    (void)state;
    check_golden(FOLDER "texts.default.tsv", texts, count, NULL);
    opts.sublinear = true;
    opts.min_df = 2;
    opts.max_df = 0.1;
    check_golden(FOLDER "texts.sublinear.tsv", texts, count, &opts);
    reel__free(text);
}

static void overviews_equal_tfidf_vectorizer(void **state)
{
    static const char *texts[MAX_TEXTS];
    static json_t *films[MAX_TEXTS];
    char *text = read_text("data/sample/films.jsonl");
    const reel_index count = split_lines(texts, text);
    reel_err err;

    (void)state;
    for (reel_index i = 0; i < count; i++) {
        assert_int_equal(reel__json_parse(&films[i], texts[i], strlen(texts[i]), 8, &err), REEL_OK);
        texts[i] = NULL;
        assert_int_equal(reel__json_get_text(films[i], "overview", &texts[i], &err), REEL_OK);
        assert_non_null(texts[i]);
    }
    check_golden(FOLDER "overviews.tsv", texts, count, NULL);
    for (reel_index i = 0; i < count; i++)
        json_decref(films[i]);
    reel__free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_tokenizes_as_in_python),
        cmocka_unit_test(texts_equal_tfidf_vectorizer),
        cmocka_unit_test(overviews_equal_tfidf_vectorizer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
