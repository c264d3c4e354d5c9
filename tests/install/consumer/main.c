/* A program that links libreel: three people, three films, one list. */
#include <stdio.h>

#include <reel/dataset.h>
#include <reel/model.h>

static reel_code make_dataset(reel_dataset **out, reel_err *err)
{
    static const reel_rating ratings[] = {
        {1, 10, 0, 5}, {1, 20, 0, 4}, {2, 10, 0, 5}, {2, 30, 0, 5}, {3, 20, 0, 2}, {3, 30, 0, 4},
    };
    reel_dataset_builder *builder = NULL;
    reel_code rc;

    REEL_TRY(reel_dataset_builder_new(&builder, err));
    REEL_TRY(
        reel_dataset_builder_add_ratings(builder, ratings, sizeof ratings / sizeof *ratings, err));
    REEL_TRY(reel_dataset_builder_finish(out, builder, NULL, err));
out:
    reel_dataset_builder_free(builder);
    return rc;
}

int main(void)
{
    const reel_entry loved = {.movie = 0, .value = 5, .weight = 1};
    const reel_query query = {.entries = &loved, .count = 1, .row = -1};
    /* Plain cosine: every neighbour counts by its similarity alone. */
    const reel_param plain[] = {{"fame", "0"}, {"exponent", "1"}};
    const reel_params params = {plain, 2};
    reel_dataset *dataset = NULL;
    reel_model *model = NULL;
    reel_scratch *scratch = NULL;
    reel_err err = {REEL_OK, ""};
    float scores[3] = {0, 0, 0};
    reel_code rc;

    REEL_TRY(make_dataset(&dataset, &err));
    REEL_TRY(reel_model_fit(&model, "user-knn", dataset, &params, NULL, &err));
    REEL_TRY(reel_scratch_new(&scratch, &err));
    REEL_TRY(reel_model_score(model, &query, scratch, scores, &err));
    /* Two people loved film 10; together they think more of film 30 than of film 20. */
    if (!(scores[2] > 0 && scores[1] > 0 && scores[2] > scores[1]))
        rc = reel_fail(&err, REEL_E_INVALID, "unexpected scores %g %g", (double)scores[1],
                       (double)scores[2]);
    printf("reel %s: %g %g\n", reel_version(), (double)scores[1], (double)scores[2]);
out:
    if (rc != REEL_OK)
        fprintf(stderr, "%s\n", err.msg);
    reel_scratch_free(scratch);
    reel_model_free(model);
    reel_dataset_free(dataset);
    return rc == REEL_OK ? 0 : 1;
}
