/* Unit tests of the genre metrics, worked out by hand. */
#include "support/check.h"

#include <math.h>

#include "eval/genres.h"
#include "support/near.h"

static reel_dataset *films_of(const char *const *genres, int count)
{
    const reel_rating rating = {.person = 1, .movie = 0, .value = 4};
    reel_dataset_builder *builder = NULL;
    reel_dataset *dataset = NULL;
    reel_err err;

    assert_ok(reel_dataset_builder_new(&builder, &err));
    for (int m = 0; m < count; m++) {
        const reel_movie movie = {.id = m, .genres = genres[m]};

        assert_ok(reel_dataset_builder_add_movie(builder, &movie, &err));
    }
    assert_ok(reel_dataset_builder_add_ratings(builder, &rating, 1, &err));
    assert_ok(reel_dataset_builder_finish(&dataset, builder, NULL, &err));
    reel_dataset_builder_free(builder);
    return dataset;
}

enum { ACTION, ACTION_SF, DRAMA, NONE, UNLISTED, FILMS };
static const char *const catalogue[FILMS] = {"Action", "Action|Sci-Fi", "Drama", "",
                                             "(no genres listed)"};

static void test_names_become_bits(void **state)
{
    (void)state;
    reel_dataset *dataset = films_of(catalogue, FILMS);
    reel_genres genres;
    reel_err err;

    assert_ok(reel__genres_init(&genres, dataset, &err));
    assert_int_equal(genres.count, 3);
    assert_int_equal(genres.of[ACTION], 1);
    assert_int_equal(genres.of[ACTION_SF], 3);
    assert_int_equal(genres.of[DRAMA], 4);
    assert_int_equal(genres.of[NONE], 0);
    assert_int_equal(genres.of[UNLISTED], 0);
    reel__genres_fini(&genres);
    reel_dataset_free(dataset);
}

static void test_distance_by_hand(void **state)
{
    (void)state;
    uint64_t bits[FILMS] = {1, 3, 4, 0, 0};
    const reel_genres genres = {.of = bits, .count = 3};
    const reel_index list[] = {ACTION, NONE, ACTION_SF, DRAMA};

    assert_near(reel__intra_list_distance(&genres, list, 4, 1), 0, 0);
    assert_near(reel__intra_list_distance(&genres, list, 4, 2), 0, 0); /* one film with genres */
    assert_near(reel__intra_list_distance(&genres, list, 4, 3), 1 - 1 / sqrt(2), 1e-12);
    assert_near(reel__intra_list_distance(&genres, list, 4, 9), (3 - 1 / sqrt(2)) / 3, 1e-12);
    assert_near(reel__intra_list_distance(&genres, list, 0, 9), 0, 0);
}

static void test_calibration_by_hand(void **state)
{
    (void)state;
    uint64_t bits[FILMS] = {1, 3, 4, 0, 0};
    const reel_genres genres = {.of = bits, .count = 3};
    const reel_index history[] = {ACTION, ACTION_SF, NONE}, same[] = {ACTION_SF, ACTION};
    const reel_index other[] = {DRAMA}, half[] = {ACTION};
    const reel_genre_mix mix = reel__genre_mix(&genres, history, 3);
    const reel_genre_mix nothing = reel__genre_mix(&genres, NULL, 0);

    assert_near(mix.share[0], 0.75, 1e-12);
    assert_near(mix.share[1], 0.25, 1e-12);
    assert_near(mix.share[2], 0, 0);
    assert_near(reel__calibration(&genres, &mix, same, 2, 10), 0, 1e-12);
    assert_near(reel__calibration(&genres, &mix, other, 1, 10), log(100), 1e-12);
    assert_near(reel__calibration(&genres, &mix, other, 0, 10), log(100), 1e-12);
    assert_near(reel__calibration(&genres, &mix, half, 1, 10),
                0.75 * log(0.75 / 0.9975) + 0.25 * log(100), 1e-12);
    assert_near(reel__calibration(&genres, &nothing, half, 1, 10), 0, 0);
}

static void test_more_genres_than_bits(void **state)
{
    (void)state;
    char joined[800] = "";
    const char *genres_of[] = {joined, "G69", "G1"};
    size_t used = 0;
    reel_dataset *dataset;
    reel_genres genres;
    reel_err err;

    for (int g = 0; g < 70; g++)
        used += (size_t)snprintf(joined + used, sizeof joined - used, "G%d|", g);
    dataset = films_of(genres_of, 3);
    assert_ok(reel__genres_init(&genres, dataset, &err));
    assert_int_equal(genres.count, REEL_GENRES_MAX);
    assert_true(genres.of[0] == UINT64_MAX);
    assert_true(genres.of[1] == 0);
    assert_true(genres.of[2] == 2);
    reel__genres_fini(&genres);
    reel_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_become_bits),
        cmocka_unit_test(test_distance_by_hand),
        cmocka_unit_test(test_calibration_by_hand),
        cmocka_unit_test(test_more_genres_than_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
