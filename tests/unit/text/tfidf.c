/* TF-IDF: fields, lists, the part of a row of its own, edges and failing memory. The plain mode is
 * compared with scikit-learn in tests/golden/sklearn.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "text/tfidf.h"

static const reel_field fields[] = {
    {.kind = REEL_FIELD_TEXT, .weight = 1},
    {.kind = REEL_FIELD_LIST, .prefix = 1, .weight = 2},
    {.kind = REEL_FIELD_FOLDED_LIST, .prefix = 2, .weight = 0.5f},
};
static const char *const texts[] = {
    "space travel, space",
    "Tom Hanks| Ann-Lee ||",
    "Space Travel|space",
    "space tom",
    "tom Hanks",
    "space travel|SPACE TRAVEL|\xc3\x89",
    "",
    "",
    " | ",
};
static const reel_documents documents = {texts, fields, 3, 3};

static float value_of(const reel_tfidf *tfidf, const reel_csr *matrix, reel_index row,
                      const char *term)
{
    for (reel_nnz i = matrix->ptr[row]; i < matrix->ptr[row + 1]; i++)
        if (strcmp(reel__tfidf_term(tfidf, matrix->col[i]), term) == 0)
            return matrix->val[i];
    return 0;
}

static double length_of(const reel_csr *matrix, reel_index row)
{
    double sum = 0;

    for (reel_nnz i = matrix->ptr[row]; i < matrix->ptr[row + 1]; i++)
        sum += (double)matrix->val[i] * (double)matrix->val[i];
    return sqrt(sum);
}

static void fields_have_their_own_terms(void **state)
{
    static const char *const expected[] = {
        "\1Ann-Lee",  "\1Tom Hanks", "\1tom Hanks", "\2space", "\2space travel",
        "\2\xc3\xa9", "space",       "tom",         "travel"};
    reel_tfidf *tfidf;
    reel_csr matrix;
    reel_err err;
    size_t size = 0, expected_size = 0;
    float common, rare;

    (void)state;
    assert_int_equal(reel__tfidf_fit(&tfidf, &matrix, &documents, NULL, &err), REEL_OK);
    assert_int_equal(reel__tfidf_terms(tfidf), 9);
    for (reel_index t = 0; t < 9; t++) {
        assert_string_equal(reel__tfidf_term(tfidf, t), expected[t]);
        expected_size += strlen(expected[t]) + 1;
    }
    assert_ptr_equal(reel__tfidf_texts(tfidf, &size), reel__tfidf_term(tfidf, 0));
    assert_int_equal(size, expected_size);

    /* Both in one document only, so the same idf: 2 of weight 1 against 1 of weight 2, and .5. */
    rare = value_of(tfidf, &matrix, 0, "\1Tom Hanks");
    assert_true(rare > 0);
    assert_float_equal(value_of(tfidf, &matrix, 0, "travel"), rare / 2, 1e-6);
    assert_float_equal(value_of(tfidf, &matrix, 0, "\2space"), rare / 4, 1e-6);
    common = (float)(log(4.0 / 3.0) + 1.0);
    assert_float_equal(value_of(tfidf, &matrix, 0, "space") / rare,
                       common / (float)(log(4.0 / 2.0) + 1.0), 1e-6);
    /* Two of weight 0.5 are one. */
    assert_float_equal(value_of(tfidf, &matrix, 1, "\2space travel"),
                       value_of(tfidf, &matrix, 1, "space"), 1e-6);
    assert_float_equal(length_of(&matrix, 0), 1, 1e-6);
    assert_float_equal(length_of(&matrix, 1), 1, 1e-6);
    assert_int_equal(matrix.ptr[3], matrix.ptr[2]);
    reel__csr_fini(&matrix);
    reel__tfidf_free(tfidf);
}

static void own_part_shortens_short_documents(void **state)
{
    static const char *const lines[] = {"alpha beta gamma delta", "epsilon zeta", "eta", ""};
    static const reel_field field = {.kind = REEL_FIELD_TEXT, .weight = 1};
    const reel_documents four = {lines, &field, 4, 1};
    reel_tfidf_opts opts = reel__tfidf_opts_default();
    reel_tfidf *tfidf;
    reel_csr matrix;
    reel_err err;

    (void)state;
    opts.own = 2;
    assert_int_equal(reel__tfidf_fit(&tfidf, &matrix, &four, &opts, &err), REEL_OK);
    /* Equal idf, so lengths go as the roots of 4, 2, 1: the median is root 2, twice it root 8. */
    assert_float_equal(length_of(&matrix, 0), sqrt(4.0 / 12.0), 1e-6);
    assert_float_equal(length_of(&matrix, 1), sqrt(2.0 / 10.0), 1e-6);
    assert_float_equal(length_of(&matrix, 2), sqrt(1.0 / 9.0), 1e-6);
    assert_float_equal(length_of(&matrix, 3), 0, 0);
    reel__csr_fini(&matrix);
    reel__tfidf_free(tfidf);
}

static void nothing_gives_nothing(void **state)
{
    static const char *const lines[] = {"the of", "!"};
    static const reel_field field[] = {{.weight = 1}, {.weight = 0}};
    const reel_documents none = {NULL, field, 0, 1}, empty = {lines, field, 2, 1},
                         unweighted = {texts, field + 1, 2, 1};
    const reel_documents *all[] = {&none, &empty, &unweighted};
    reel_tfidf_opts opts = reel__tfidf_opts_default();

    (void)state;
    opts.own = 1;
    for (size_t i = 0; i < 3; i++) {
        reel_tfidf *tfidf;
        reel_csr matrix;
        reel_err err;
        size_t size = 1;

        assert_int_equal(reel__tfidf_fit(&tfidf, &matrix, all[i], &opts, &err), REEL_OK);
        assert_int_equal(reel__tfidf_terms(tfidf), 0);
        assert_int_equal(matrix.rows, all[i]->documents);
        assert_int_equal(matrix.ptr[matrix.rows], 0);
        assert_non_null(reel__tfidf_texts(tfidf, &size));
        assert_int_equal(size, 0);
        reel__csr_fini(&matrix);
        reel__tfidf_free(tfidf);
    }
}

static void failing_memory_is_reported_and_leaks_nothing(void **state)
{
    const long live = reel__alloc_live();
    reel_tfidf_opts opts = reel__tfidf_opts_default();
    long n = 0;

    (void)state;
    opts.own = 1;
    for (;; n++) {
        reel_tfidf *tfidf;
        reel_csr matrix;
        reel_err err;
        reel_code rc;

        reel__alloc_fail_after(n);
        rc = reel__tfidf_fit(&tfidf, &matrix, &documents, &opts, &err);
        reel__alloc_fail_after(-1);
        if (rc == REEL_OK) {
            reel__csr_fini(&matrix);
            reel__tfidf_free(tfidf);
            break;
        }
        assert_int_equal(rc, REEL_E_NOMEM);
        assert_null(tfidf);
        assert_null(matrix.ptr);
        assert_int_equal(reel__alloc_live(), live);
    }
    assert_true(n > 10);
    assert_int_equal(reel__alloc_live(), live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_have_their_own_terms),
        cmocka_unit_test(own_part_shortens_short_documents),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(failing_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
