/* The gate: what was trained takes over when it is not worse and does not list other films, and
 * leaves everything as it was when it is refused.
 */
#include <math.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"
#include "service/engine/gate.h"
#include "service/engine/versions.h"
#include "support/world.h"

enum { TEXT = 1 << 18 };

/* A database of its own for each test. */
static char database[TEMP_PATH];

static void new_database(void)
{
    static int number;
    char name[32];

    (void)snprintf(name, sizeof name, "reel%d.db", ++number);
    (void)snprintf(database, sizeof database, "%s", temp_path(name));
}

static reel_engine_opts training(bool gate)
{
    reel_engine_opts opts = world_opts(database);

    opts.learn = opts.retrain = true;
    opts.gate = gate;
    return opts;
}

/* What came of it; every refusal says why. */
static reel_code train(const reel_engine_opts *opts, reel_gate_report *report, reel_err *err)
{
    reel_engine *engine = NULL;
    const reel_code rc = reel__engine_open(&engine, opts, err);

    if (rc == REEL_OK && report != NULL)
        *report = *reel__engine_gate(engine);
    reel__engine_close(engine);
    return rc;
}

/* People nobody ever was, who like films that nobody else knows. */
enum { INVENTED_FILMS = 12 };

static size_t write_invented(char *out, size_t size, int people)
{
    size_t at = 0;

    for (int person = 0; person < people; person++)
        for (int film = 0; film < INVENTED_FILMS; film++)
            at += (size_t)snprintf(out + at, size - at, "%d,%d,5,%d\n", 5000 + person, 9000 + film,
                                   1100000000 + (person * 7 + film * 5) % INVENTED_FILMS);
    return at;
}

static void add_invented_films(void)
{
    static char films[1 << 14];
    reel_file_map map;
    size_t at;
    reel_err err = {0};

    assert_ok(reel__file_map_open(&map, temp_path("folder/movies.csv"), &err));
    at = map.size_bytes;
    memcpy(films, map.data, at);
    reel__file_map_close(&map);
    for (int film = 0; film < INVENTED_FILMS; film++)
        at += (size_t)snprintf(films + at, sizeof films - at, "%d,Invented %d (2020),Drama\n",
                               9000 + film, film);
    (void)temp_write("folder/movies.csv", films);
}

/* The oldest so many in a hundred of the ratings of a folder, which are given times by chance; and
 * those of invented people. */
static void load_with(unsigned percent, int invented)
{
    static char text[1 << 18], kept[1 << 18];
    FILE *file;
    size_t length, at = (size_t)snprintf(kept, sizeof kept, "userId,movieId,rating,timestamp\n");
    reel_load_opts opts = {.database = database};
    reel_load_report report;
    reel_err err = {0};

    (void)world_write("folder", 1);
    add_invented_films();
    file = fopen(temp_path("folder/ratings.csv"), "rb");
    assert_non_null(file);
    length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    for (char *line = strchr(text, '\n') + 1, *end; (end = strchr(line, '\n')) != NULL;
         line = end + 1) {
        const unsigned moment = (unsigned)(reel__hash64(line, (size_t)(end - line), 0) % 100);

        *end = '\0';
        if (moment < percent)
            at += (size_t)snprintf(kept + at, sizeof kept - at, "%.*s,%u\n",
                                   (int)(strrchr(line, ',') - line), line, 1000000000 + moment);
    }
    at += write_invented(kept + at, sizeof kept - at, invented);
    (void)temp_write("folder/ratings.csv", kept);
    opts.movielens = temp_path("folder");
    assert_ok(reel__load(&opts, &report, &err));
}

static void load_part(unsigned percent)
{
    load_with(percent, 0);
}

/* Models in service, of some of the ratings. */
static void begin(unsigned percent)
{
    reel_engine_opts opts;
    reel_err err = {0};

    new_database();
    load_part(percent);
    opts = training(false);
    assert_ok(train(&opts, NULL, &err));
}

/* A file of the models' folder; used until the next. */
static const char *file_of(const char *name)
{
    static char path[TEMP_PATH + 64];

    (void)snprintf(path, sizeof path, "%s.models/%s", database, name);
    return path;
}

static void spoil(const char *name)
{
    FILE *file;

    assert_int_equal(unlink(file_of(name)), 0); /* that of its version is the same */
    file = fopen(file_of(name), "wb");
    assert_non_null(file);
    assert_true(fputs("nonsense", file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static uint64_t hash_of(const char *name)
{
    reel_file_map map;
    uint64_t hash;
    reel_err err = {0};

    assert_ok(reel__file_map_open(&map, file_of(name), &err));
    hash = reel__hash64(map.data, map.size_bytes, 0);
    reel__file_map_close(&map);
    return hash;
}

/* ---- nothing to compare with --------------------------------------------------------------- */

static void the_first_training_serves(void **state)
{
    reel_engine_opts opts;
    reel_gate_report report = {.judged = false};
    reel_err err = {0};

    (void)state;
    new_database();
    load_part(100);
    opts = training(true);
    assert_ok(train(&opts, &report, &err));
    assert_false(report.judged);
    assert_true(reel__file_exists(file_of("hybrid.safetensors")));
    assert_true(reel__file_exists(file_of("dataset.reel")));
    assert_ok(train(&opts, &report, &err)); /* and once more: the same version */
    assert_false(report.judged);
}

/* ---- other parameters ---------------------------------------------------------------------- */

static void worse_parameters_are_refused(void **state)
{
    static const reel_param heavy = {"lambda", "1e9"}, usual = {"lambda", "40"};
    reel_params params = {&heavy, 1};
    reel_engine_opts opts;
    reel_gate_report report = {.judged = false};
    uint64_t before;
    reel_err err = {0};

    (void)state;
    begin(100);
    opts = training(true);
    before = hash_of("ease.safetensors");
    opts.only = "ease";
    opts.params = &params;
    opts.verdict = &report;
    assert_fails(train(&opts, NULL, &err), REEL_E_CONFLICT, "is worse than ease-");
    assert_true(report.judged && report.evidence == REEL_GATE_PARAMETERS);
    assert_true(report.people >= 20 && report.after < report.before);
    assert_true(report.difference.high < 0);
    opts.verdict = NULL;
    assert_non_null(strstr(err.msg, "reel train --force --accept"));
    assert_non_null(strstr(err.msg, "\"accept\":true in POST /api/v1/jobs"));
    assert_true(hash_of("ease.safetensors") == before);
    opts.gate = false;
    assert_ok(train(&opts, NULL, &err));
    assert_true(hash_of("ease.safetensors") != before);
    params.items = &usual; /* and back, through the gate: better is not worse */
    opts.gate = true;
    assert_ok(train(&opts, &report, &err));
    assert_true(report.judged && report.evidence == REEL_GATE_PARAMETERS);
    assert_false(report.same_parameters);
    assert_true(report.people >= 20 && report.after > report.before);
    assert_true(report.difference.low > 0);
    assert_true(fabs(report.after - report.before - report.difference.mean) < 1e-9);
}

/* ---- new ratings --------------------------------------------------------------------------- */

static void new_ratings_are_asked_for(void **state)
{
    reel_engine_opts opts;
    reel_gate_report report = {.judged = false};
    reel_err err = {0};

    (void)state;
    begin(60);
    opts = training(true);
    load_part(100);
    assert_ok(train(&opts, &report, &err));
    assert_true(report.judged && report.evidence == REEL_GATE_NEW_RATINGS);
    assert_true(report.people >= 30 && report.people <= WORLD_PEOPLE);
    assert_true(report.before > 0.5 && report.after > 0.5);
    assert_true(fabs(report.after - report.before - report.difference.mean) < 1e-9);
    assert_true(report.same_parameters);
    assert_int_equal(report.lists, WORLD_PEOPLE);
    assert_true(report.overlap >= 0.5 && report.overlap < 1);
    assert_memory_equal(report.candidate, "hybrid-", 7);
    assert_memory_equal(report.incumbent, "hybrid-", 7);
}

static void other_lists_are_refused_and_all_stays(void **state)
{
    static const char *const files[] = {"dataset.reel", "ease.safetensors", "popular.safetensors",
                                        "hybrid.safetensors"};
    uint64_t before[4];
    reel_engine_opts opts;
    reel_err err = {0};

    (void)state;
    begin(60);
    opts = training(true);
    for (int i = 0; i < 4; i++)
        before[i] = hash_of(files[i]);
    load_part(100);
    assert_int_equal(setenv("REEL_GATE_OVERLAP", "1", 1), 0);
    assert_fails(train(&opts, NULL, &err), REEL_E_CONFLICT, "lists other films than hybrid-");
    for (int i = 0; i < 4; i++)
        assert_true(hash_of(files[i]) == before[i]);
    assert_int_equal(setenv("REEL_GATE_OVERLAP", "0", 1), 0);
    assert_ok(train(&opts, NULL, &err));
    for (int i = 0; i < 4; i++)
        assert_true(hash_of(files[i]) != before[i]);
    assert_int_equal(unsetenv("REEL_GATE_OVERLAP"), 0);
}

static void the_setting_is_checked(void **state)
{
    static const char *const wrong[] = {"1.1", "-0.1", "half", "nan", "0.5x"};
    reel_engine_opts opts;
    reel_err err = {0};

    (void)state;
    begin(60);
    opts = training(true);
    opts.only = "popular";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(setenv("REEL_GATE_OVERLAP", wrong[i], 1), 0);
        assert_fails(train(&opts, NULL, &err), REEL_E_INVALID, "REEL_GATE_OVERLAP: expected");
    }
    assert_int_equal(unsetenv("REEL_GATE_OVERLAP"), 0);
}

/* ---- invented people ----------------------------------------------------------------------- */

/* Their own lists hardly change, as what they rated is left out of them, and what they like is
 * found at last; there are five of them for each of the others. */
static void invented_people_have_no_say(void **state)
{
    static const struct {
        unsigned known;
        const char *message;
    } cases[] = {{100, "lists other films than popular-"}, {50, "is worse than popular-"}};
    reel_engine_opts opts;
    uint64_t before;
    reel_err err = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        begin(cases[i].known);
        before = hash_of("popular.safetensors");
        load_with(100, 5 * WORLD_PEOPLE);
        opts = training(true);
        opts.only = "popular";
        assert_fails(train(&opts, NULL, &err), REEL_E_CONFLICT, cases[i].message);
        assert_true(hash_of("popular.safetensors") == before);
    }
}

static void nobody_known_is_no_proof(void **state)
{
    reel_engine_opts opts;
    reel_err err = {0};

    (void)state;
    begin(100);
    load_with(0, WORLD_PEOPLE);
    opts = training(true);
    opts.only = "popular";
    assert_fails(train(&opts, NULL, &err), REEL_E_CONFLICT, "nobody whose ratings popular-");
    assert_non_null(strstr(err.msg, "--accept"));
}

/* ---- trouble ------------------------------------------------------------------------------- */

static void what_cannot_be_read_does_not_serve(void **state)
{
    reel_engine_opts opts;
    reel_gate_report report = {.judged = false};
    reel_err err = {0};

    (void)state;
    begin(60);
    opts = training(true);
    load_part(100);
    spoil("hybrid.safetensors");
    assert_ok(train(&opts, &report, &err));
    assert_true(report.judged); /* its version has a file of its own */
    spoil("dataset.reel");
    load_part(80);
    assert_ok(train(&opts, &report, &err));
    assert_true(report.judged && report.evidence == REEL_GATE_NONE);
}

static reel_code compare_ease(void *user, reel_err *err)
{
    return train(user, NULL, err);
}

static void memory_may_fail(void **state)
{
    static const reel_param param = {"lambda", "41"};
    const reel_params params = {&param, 1};
    reel_engine_opts opts;
    uint64_t before;

    (void)state;
    begin(100);
    opts = training(true);
    before = hash_of("popular.safetensors");
    opts.only = "ease";
    opts.params = &params;
    opts.notice = (reel_notice){0};
    assert_true(sweep_memory(compare_ease, &opts) > 50);
    assert_true(hash_of("popular.safetensors") == before);
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void a_report_is_written_whole(void **state)
{
    const reel_gate_report report = {.judged = true,
                                     .candidate = "hybrid-2",
                                     .incumbent = "hybrid-1",
                                     .same_parameters = true,
                                     .evidence = REEL_GATE_NEW_RATINGS,
                                     .people = 31,
                                     .after = 0.25,
                                     .before = 0.5,
                                     .difference = {-0.25, -0.5, -0.125},
                                     .lists = 40,
                                     .overlap = 0.75,
                                     .least = 0.5};
    const reel_gate_report none = {.judged = false};
    reel_buf text;
    reel_json json;
    reel_err err = {0};

    (void)state;
    reel__buf_init(&text, TEXT);
    reel__json_init(&json, &text);
    reel__json_array(&json);
    reel__gate_write(&json, &none);
    reel__gate_write(&json, &report);
    reel__json_array_end(&json);
    assert_string_equal(
        text.data,
        "[null,{\"candidate\":\"hybrid-2\",\"incumbent\":\"hybrid-1\",\"verdict\":\"worse\","
        "\"evidence\":\"new_ratings\",\"people\":31,\"before\":0.5,\"after\":0.25,"
        "\"difference\":[-0.5,-0.25,-0.125],\"lists\":40,\"overlap\":0.75,\"least_overlap\":0.5}]");
    reel__buf_fini(&text);
    assert_ok(reel__gate_decide(&none, &err));
    assert_fails(reel__gate_decide(&report, &err), REEL_E_CONFLICT,
                 "NDCG 0.2500, not 0.5000 (difference -0.2500, 95 % between -0.5000 and -0.1250, "
                 "of 31 people)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_training_serves),
        cmocka_unit_test(worse_parameters_are_refused),
        cmocka_unit_test(new_ratings_are_asked_for),
        cmocka_unit_test(other_lists_are_refused_and_all_stays),
        cmocka_unit_test(the_setting_is_checked),
        cmocka_unit_test(invented_people_have_no_say),
        cmocka_unit_test(nobody_known_is_no_proof),
        cmocka_unit_test(what_cannot_be_read_does_not_serve),
        cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(a_report_is_written_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
