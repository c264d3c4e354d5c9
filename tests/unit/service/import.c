/* import.c - rows of an export meet the films of a catalogue. */
#include "service/files/import.h"

#include <math.h>

#include "base/buf.h"
#include "service/feedback/given.h"
#include "support/archive.h"
#include "support/world.h"

static reel_engine *engine;
static reel_session *session;

static int set_up(void **state)
{
    (void)state;
    (void)world_load("ml", "world.db", 1);
    engine = world_open("world.db");
    session = world_session(engine);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    reel__session_free(session);
    reel__engine_close(engine);
    return 0;
}

static reel_imported match_text(const char *text)
{
    reel_imported imported;
    reel_err err = {0};

    assert_ok(reel__import_match(&imported, session, temp_write("file", text), true, &err));
    return imported;
}

/* A row of this title and year means this film, so surely; or why it means none. */
static void check_title(const char *title, const char *year, int film, double score,
                        const char *reason)
{
    char text[400];
    reel_imported imported;

    (void)snprintf(text, sizeof text, "Name,Year,Letterboxd URI\n\"%s\",%s,u\n", title, year);
    imported = match_text(text);
    assert_int_equal(imported.film_count, film >= 0);
    assert_int_equal(imported.miss_count, film < 0);
    if (film >= 0) {
        assert_int_equal(imported.films[0].movie, film);
        assert_true(fabs(imported.films[0].score - score) < 1e-9);
    } else if (strstr(imported.misses[0].reason, reason) == NULL) {
        fail_msg("%s: %s", title, imported.misses[0].reason);
    }
    reel__imported_fini(&imported);
}

static void titles(void **state)
{
    (void)state;
    check_title("The Matrix", "1999", 2, 1, NULL);
    check_title("the MATRIX", "1999", 2, 1, NULL);
    check_title("Matrix, The", "1999", 2, 1, NULL);
    check_title("Matrix, The (1999)", "", 2, 1, NULL);
    check_title("Matrix", "1999", 2, 0.98, NULL);
    check_title("The Matrix", "2000", 2, 0.95, NULL);
    check_title("The Matrix", "", 2, 0.9, NULL);
    check_title("Amelie", "2001", 5, 1, NULL);
    check_title("The Amelie", "2001", 5, 0.98, NULL);
    check_title("M.A.S.H", "1970", 7, 1, NULL);
    check_title("Se7en", "1995", 9, 0.97, NULL);
    check_title("La cite des enfants perdus", "1995", 6, 0.97, NULL);
    check_title("Heat", "1986", 4, 1, NULL);
    check_title("Heat", "", -1, 0, "several films are called so: Heat (19");
    check_title("Heat", "2003", -1, 0, "the year is another than that of Heat");
    check_title("Aline", "1979", -1, 0, "no film is called so");
}

static void ids(void **state)
{
    reel_imported imported = match_text("movieId,title,year,imdbId,tmdbId,kind,rating,time\n"
                                        "21,Some Name,1900,,,watched,,\n"
                                        ",Some Name,,tt0001003,,watched,,\n"
                                        ",,,,504,watched,,\n"
                                        "5,,,,,watched,,\n"
                                        ",Alien,1979,9999999,,watched,,\n"
                                        ",Alien,1980,9999999,,watched,,\n");

    (void)state;
    assert_int_equal(imported.film_count, 4);
    assert_int_equal(imported.films[0].movie, 2); /* 21 is the third film's id */
    assert_int_equal(imported.films[1].movie, 3);
    assert_int_equal(imported.films[2].movie, 4);
    assert_int_equal(imported.films[3].movie, 18);
    assert_true(imported.films[0].score == 1 && fabs(imported.films[3].score - 0.8) < 1e-9);
    assert_int_equal(imported.miss_count, 2);
    assert_string_equal(imported.misses[0].reason, "no film has this id");
    assert_non_null(strstr(imported.misses[1].reason, "not sure enough"));
    assert_int_equal(imported.misses[1].nearest, 18);
    reel__imported_fini(&imported);
}

/* The strongest kind, then the later time, then the later row. */
static void one_film_many_rows(void **state)
{
    reel_imported imported = match_text("movieId,title,year,imdbId,tmdbId,kind,rating,time\n"
                                        "1,,,,,rating,4,2024-01-02\n1,,,,,rating,2,2023-01-02\n"
                                        "1,,,,,watched,,2025-01-02\n11,,,,,watchlist,,\n"
                                        "11,,,,,liked,,\n11,,,,,watched,,2025-01-01\n"
                                        "21,,,,,rating,3,\n21,,,,,rating,5,\n");

    (void)state;
    assert_int_equal(imported.film_count, 3);
    assert_int_equal(imported.repeated, 5);
    assert_true(imported.films[0].row->rating == 4);
    assert_int_equal(imported.films[1].row->kind, REEL_IMPORT_LIKED);
    assert_true(imported.films[2].row->rating == 5);
    assert_int_equal(imported.kinds[REEL_IMPORT_RATED], 2);
    reel__imported_fini(&imported);
}

static void check_same_file(const char *a, const char *b)
{
    reel_file_map left, right;
    reel_err err = {0};

    assert_ok(reel__file_map_open(&left, a, &err));
    assert_ok(reel__file_map_open(&right, b, &err));
    assert_int_equal(left.size_bytes, right.size_bytes);
    assert_memory_equal(left.data, right.data, left.size_bytes);
    reel__file_map_close(&left);
    reel__file_map_close(&right);
}

static const archive_file boxd[] = {
    {"ratings.csv",
     "Date,Name,Year,Letterboxd URI,Rating\n2024-01-02,Heat,1995,u,4.5\n"
     "2024-01-02,\"Lock, Stock & Two Barrels\",1998,u,3\n2024-01-02,Nothing,1990,u,3\n"
     "2024-01-02,The Alien,1999,u,2\n",
     0, false},
    {"watched.csv", "Date,Name,Year,Letterboxd URI\n2024-01-02,Heat,1995,u\n2024-01-02,Up,2009,u\n",
     0, false},
    {"watchlist.csv", "Date,Name,Year,Letterboxd URI\n2024-01-02,Jaws,1975,u\n", 0, false},
};

static void written(void **state)
{
    char first[TEMP_PATH], second[TEMP_PATH], misses[TEMP_PATH], archive[TEMP_PATH];
    reel_imported imported;
    reel_buf text;
    reel_json json;
    reel_err err = {0};

    (void)state;
    (void)snprintf(archive, sizeof archive, "%s", archive_write("boxd.zip", boxd, 3));
    (void)snprintf(first, sizeof first, "%s", temp_path("first.csv"));
    (void)snprintf(second, sizeof second, "%s", temp_path("second.csv"));
    (void)snprintf(misses, sizeof misses, "%s", temp_path("misses.csv"));
    assert_ok(reel__import_match(&imported, session, archive, true, &err));
    assert_int_equal(imported.film_count, 4);
    assert_int_equal(imported.miss_count, 2);
    assert_ok(reel__import_write(&imported, engine, first, &err));
    assert_ok(reel__import_write_misses(&imported, engine, misses, &err));
    reel__buf_init(&text, 1 << 16);
    reel__json_init(&json, &text);
    reel__import_write_json(&json, engine, &imported);
    assert_non_null(strstr(text.data, "\"format\":\"Letterboxd\""));
    assert_non_null(strstr(text.data, "\"ratings\":2,\"liked\":0,\"watched\":1,\"watchlist\":1"));
    reel__buf_fini(&text);
    reel__imported_fini(&imported);
    /* what was written reads as the same films, and the misses as the same misses */
    assert_ok(reel__import_match(&imported, session, first, false, &err));
    assert_int_equal(imported.film_count, 4);
    assert_int_equal(imported.miss_count, 0);
    assert_ok(reel__import_write(&imported, engine, second, &err));
    reel__imported_fini(&imported);
    check_same_file(first, second);
    assert_ok(reel__import_match(&imported, session, misses, false, &err));
    assert_int_equal(imported.film_count, 0);
    assert_int_equal(imported.miss_count, 2);
    assert_string_equal(imported.misses[1].row->title, "The Alien");
    assert_true(imported.misses[1].row->rating == 2);
    assert_ok(reel__import_write(&imported, engine, second, &err));
    assert_fails(reel__import_write(&imported, engine, temp_path("no/such/file"), &err),
                 REEL_E_STORE, "no/such");
    reel__imported_fini(&imported);
}

/* Whoever opens the file in a spreadsheet reads what somebody wrote, and runs nothing of it. */
static void no_title_is_a_formula(void **state)
{
    static const char text[] =
        "Name,Year,Letterboxd URI\n\"=HYPERLINK(\"\"http://a.b\"\")\",1990,u\n"
        "@SUM(1),1991,u\n\"+1, 2\",1992,u\n-1+2,1993,u\nA=B,1994,u\n";
    static const char *const rows[] = {"\"'=HYPERLINK(\"\"http://a.b\"\")\",1990", ",'@SUM(1),1991",
                                       "\"'+1, 2\",1992", ",'-1+2,1993", ",A=B,1994"};
    char misses[TEMP_PATH];
    reel_imported imported = match_text(text);
    reel_file_map map;
    reel_err err = {0};

    (void)state;
    assert_int_equal(imported.miss_count, 5);
    (void)snprintf(misses, sizeof misses, "%s", temp_path("formulas.csv"));
    assert_ok(reel__import_write_misses(&imported, engine, misses, &err));
    reel__imported_fini(&imported);
    assert_ok(reel__file_map_open(&map, misses, &err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (memmem(map.data, map.size_bytes, rows[i], strlen(rows[i])) == NULL)
            fail_msg("no %s in %.*s", rows[i], (int)map.size_bytes, (const char *)map.data);
    reel__file_map_close(&map);
}

/* Each layout reads as its own format, with the films it can hold. */
static void exported(void **state)
{
    static const struct {
        const char *name;
        size_t films, left_out;
    } layouts[] = {{"reel", 4, 0},    {"letterboxd", 3, 1}, {"imdb", 2, 2},     {"trakt", 3, 1},
                   {"netflix", 2, 1}, {"movielens", 2, 2},  {"jellyfin", 3, 1}, {"plex", 3, 1}};
    char archive[TEMP_PATH], file[TEMP_PATH];
    reel_imported imported, again;
    reel_err err = {0};

    (void)state;
    (void)snprintf(archive, sizeof archive, "%s", archive_write("boxd.zip", boxd, 3));
    (void)snprintf(file, sizeof file, "%s", temp_path("layout"));
    assert_ok(reel__import_match(&imported, session, archive, false, &err));
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        reel_import_format format;
        size_t left_out;

        assert_ok(reel__import_layout(layouts[i].name, &format, &err));
        assert_ok(reel__import_export(&imported, engine, format, file, &left_out, &err));
        assert_int_equal(left_out, layouts[i].left_out);
        assert_ok(reel__import_match(&again, session, file, false, &err));
        assert_int_equal(reel__import_format(again.source), format);
        assert_int_equal(again.film_count, layouts[i].films);
        if (again.kinds[REEL_IMPORT_RATED] > 0)
            assert_true(again.films[0].row->rating == 4.5 && again.films[0].movie == 3);
        reel__imported_fini(&again);
    }
    assert_fails(reel__import_layout("vhs", &(reel_import_format){0}, &err), REEL_E_INVALID,
                 "letterboxd");
    reel__imported_fini(&imported);
}

/* What a person of the data set gave comes back from each layout. */
static void a_person_leaves_with_everything(void **state)
{
    static const char *const layouts[] = {"reel",      "letterboxd", "imdb", "trakt",
                                          "movielens", "jellyfin",   "plex"};
    const reel_dataset *dataset = reel__engine_dataset(engine);
    const reel_csr_view ratings = reel_dataset_ratings(dataset);
    char file[TEMP_PATH];
    reel_imported given, again;
    reel_err err = {0};

    (void)state;
    (void)snprintf(file, sizeof file, "%s", temp_path("leaving"));
    assert_fails(reel__import_of_person(&given, engine, 1, &err), REEL_E_NOTFOUND, "no person");
    assert_ok(reel__import_of_person(&given, engine, 3, &err));
    assert_int_equal(given.film_count, ratings.ptr[1]);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        reel_import_format format;
        size_t left_out;

        assert_ok(reel__import_layout(layouts[i], &format, &err));
        assert_ok(reel__import_export(&given, engine, format, file, &left_out, &err));
        assert_int_equal(left_out, 0);
        assert_ok(reel__import_match(&again, session, file, false, &err));
        assert_int_equal(again.miss_count, 0);
        assert_int_equal(again.film_count, given.film_count);
        for (size_t k = 0; k < given.film_count; k++) {
            assert_int_equal(again.films[k].movie, ratings.col[k]);
            assert_true(again.films[k].row->rating == (double)ratings.val[k]);
        }
        reel__imported_fini(&again);
    }
    reel__imported_fini(&given);
}

static reel_code do_leave(void *user, reel_err *err)
{
    reel_imported given;
    size_t left_out;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__import_of_person(&given, engine, 3, err));
    rc = reel__import_export(&given, engine, REEL_IMPORT_PLEX, user, &left_out, err);
    reel__imported_fini(&given);
out:
    return rc;
}

static void leaving_survives_any_allocation_failing(void **state)
{
    char file[TEMP_PATH];

    (void)state;
    (void)snprintf(file, sizeof file, "%s", temp_path("sweep.json"));
    assert_true(sweep_memory(do_leave, file) > 3);
}

/* An archive is a list of ratings as any other. */
static void recommended(void **state)
{
    const reel_notice notice = {world_note, NULL};
    reel_request request = reel__request_default();
    reel_given_list given;
    const reel_list *list;
    reel_err err = {0};

    (void)state;
    world_notes[0] = '\0';
    assert_ok(reel__given_read(&given, engine, session, archive_write("boxd.zip", boxd, 3), &notice,
                               &err));
    assert_int_equal(given.count, 3);
    assert_int_equal(given.left_out, 2);
    assert_non_null(strstr(world_notes, "ratings.csv:4: Nothing: no film is called so; left out"));
    assert_true(given.items[0].rating == 4.5 && !given.items[0].click);
    assert_true(given.items[2].movie == world_id(27) && given.items[2].click);
    request.given = given.items;
    request.given_count = given.count;
    for (size_t i = 0; i < reel__engine_model_count(engine); i++) {
        request.model = reel_model_get_info(reel__engine_model_at(engine, i))->name;
        assert_ok(reel__recommend(session, &request, &list, &err));
        assert_true(list->count > 0);
    }
    reel__given_fini(&given);
    assert_fails(reel__given_read(&given, engine, session,
                                  temp_write("watchlist.csv", boxd[2].text), &notice, &err),
                 REEL_E_FORMAT, "Letterboxd");
}

static void scales(void **state)
{
    (void)state;
    assert_true(reel__import_on_scale(0.5, (reel_scale){1, 5, 1}) == 1);
    assert_true(reel__import_on_scale(4.5, (reel_scale){0.5, 5, 0.5}) == 4.5);
    assert_true(reel__import_on_scale(4, (reel_scale){1, 10, 1}) == 8);
}

static reel_code match_once(void *user, reel_err *err)
{
    reel_imported imported;
    const reel_code rc = reel__import_match(&imported, session, user, false, err);

    reel__imported_fini(&imported);
    return rc;
}

static void memory(void **state)
{
    char path[TEMP_PATH];
    reel_err err = {0};

    (void)state;
    (void)snprintf(path, sizeof path, "%s", archive_write("boxd.zip", boxd, 3));
    assert_ok(match_once(path, &err)); /* the title index is made once */
    assert_true(sweep_memory(match_once, path) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles),
        cmocka_unit_test(ids),
        cmocka_unit_test(one_film_many_rows),
        cmocka_unit_test(written),
        cmocka_unit_test(no_title_is_a_formula),
        cmocka_unit_test(exported),
        cmocka_unit_test(a_person_leaves_with_everything),
        cmocka_unit_test(leaving_survives_any_allocation_failing),
        cmocka_unit_test(recommended),
        cmocka_unit_test(scales),
        cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
