/* import.c - exports of every kind, and files that mean harm. */
#include "support/check.h"

#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "data/import.h"
#include "support/archive.h"
#include "support/temp.h"

static reel_import *read_path(const char *path, reel_import_format format, size_t rows)
{
    reel_import *import = NULL;
    reel_err err = {0};

    assert_ok(reel__import_read(&import, path, &err));
    assert_string_equal(reel__import_format_name(reel__import_format(import)),
                        reel__import_format_name(format));
    assert_int_equal(reel__import_count(import), rows);
    return import;
}

static reel_import *read_text(const char *text, reel_import_format format, size_t rows)
{
    return read_path(temp_write("file", text), format, rows);
}

static void check_row(const reel_import *import, size_t index, const char *title, int year,
                      reel_import_kind kind, double rating)
{
    const reel_import_row *row = reel__import_row(import, index);

    assert_string_equal(row->title, title);
    assert_int_equal(row->year, year);
    assert_int_equal(row->kind, kind);
    if (isnan(rating))
        assert_true(isnan(row->rating));
    else
        assert_true(row->rating == rating);
}

#define UNRATED ((double)NAN)

/* ---- tables -------------------------------------------------------------------------------- */

static void letterboxd(void **state)
{
    reel_import *import = read_text("Date,Name,Year,Letterboxd URI,Rating\n"
                                    "2024-03-01,The Matrix,1999,https://boxd.it/2a1m,4.5\n"
                                    "2024-03-02,\"Lock, Stock \"\"&\"\" Barrels\",,u,.5\n"
                                    "2024-03-02,Heat,1995,u,\n"
                                    "2024-03-02,Heat,1995,u,6\n",
                                    REEL_IMPORT_LETTERBOXD, 4);

    (void)state;
    check_row(import, 0, "The Matrix", 1999, REEL_IMPORT_RATED, 4.5);
    assert_int_equal(reel__import_row(import, 0)->time, 1709251200);
    assert_int_equal(reel__import_row(import, 0)->line, 2);
    check_row(import, 1, "Lock, Stock \"&\" Barrels", 0, REEL_IMPORT_RATED, 0.5);
    check_row(import, 2, "Heat", 1995, REEL_IMPORT_WATCHED, UNRATED);
    assert_null(reel__import_row(import, 2)->trouble);
    assert_non_null(strstr(reel__import_row(import, 3)->trouble, "\"6\""));
    reel__import_free(import);
}

static void imdb(void **state)
{
    reel_import *import =
        read_text("Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb "
                  "Rating,Runtime (mins),Year,Genres,Num Votes,Release Date,Directors\n"
                  "tt0133093,9,2020-05-06,The Matrix,The Matrix,https://x,Movie,8.7,136,1999,"
                  "\"Action, Sci-Fi\",1,1999-03-24,\"L, L\"\n"
                  "tt0903747,10,2020-05-06,Breaking Bad,Breaking Bad,https://x,TV Series,9.5,,2008,"
                  "Crime,1,2008-01-20,\n"
                  "tt0000001,1,2020-05-06,One,One,https://x,Short,5,1,1894,Short,1,,\n",
                  REEL_IMPORT_IMDB, 2);

    (void)state;
    check_row(import, 0, "The Matrix", 1999, REEL_IMPORT_RATED, 4.5);
    assert_int_equal(reel__import_row(import, 0)->imdb_id, 133093);
    check_row(import, 1, "One", 1894, REEL_IMPORT_RATED, 0.5);
    assert_int_equal(reel__import_not_films(import), 1);
    reel__import_free(import);
    import = read_text("Position,Const,Created,Modified,Description,Title,Original Title,URL,Title "
                       "Type,IMDb Rating,Runtime (mins),Year,Genres,Num Votes,Release "
                       "Date,Directors,Your Rating,Date Rated\n"
                       "1,tt0078748,2020-01-01,,,Alien,Alien,u,Movie,8,117,1979,H,1,,R,,\n"
                       "2,tt0090605,2020-01-01,,,Aliens,Aliens,u,Movie,8,117,1986,H,1,,J,8,\n",
                       REEL_IMPORT_IMDB, 2);
    check_row(import, 0, "Alien", 1979, REEL_IMPORT_WISHED, UNRATED);
    check_row(import, 1, "Aliens", 1986, REEL_IMPORT_RATED, 4);
    reel__import_free(import);
}

static void netflix(void **state)
{
    reel_import *import = read_text("Title,Date\n\"Mission: Impossible\",\"1/2/20\"\n"
                                    "\"Dark: Season 1: Secrets\",\"1/2/20\"\n"
                                    "\"Fargo\",2020-01-02\n",
                                    REEL_IMPORT_NETFLIX, 2);

    (void)state;
    check_row(import, 0, "Mission: Impossible", 0, REEL_IMPORT_WATCHED, UNRATED);
    assert_int_equal(reel__import_row(import, 0)->time, 0);
    assert_int_equal(reel__import_row(import, 1)->time, 1577923200);
    assert_int_equal(reel__import_not_films(import), 1);
    reel__import_free(import);
    import = read_text("Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video "
                       "Type,Device Type\nMe,2020-01-02 10:00:00,1:00,,Heat,,TV\n"
                       "Me,2020-01-02 10:00:00,1:00,,Heat_hook,HOOK,TV\n",
                       REEL_IMPORT_NETFLIX, 1);
    assert_int_equal(reel__import_row(import, 0)->time, 1577923200 + 36000);
    reel__import_free(import);
}

static void movielens(void **state)
{
    reel_import *import = read_text("movie_id,imdb_id,tmdb_id,rating,average_rating,title\n"
                                    "2571,0133093,603,4.5,4.16,\"Matrix, The (1999)\"\n",
                                    REEL_IMPORT_MOVIELENS, 1);
    const reel_import_row *row = reel__import_row(import, 0);

    (void)state;
    assert_true(row->movie == 2571 && row->imdb_id == 133093 && row->tmdb_id == 603);
    assert_true(row->rating == 4.5);
    reel__import_free(import);
    import = read_text("userId,movieId,rating,timestamp\n7,1,5,964982703\n7,2,4,1\n8,3,4,1\n",
                       REEL_IMPORT_RATINGS, 3);
    assert_int_equal(reel__import_row(import, 0)->time, 964982703);
    assert_null(reel__import_row(import, 1)->trouble);
    assert_non_null(strstr(reel__import_row(import, 2)->trouble, "second person"));
    reel__import_free(import);
}

static void own(void **state)
{
    reel_import *import = read_text("movieId,title,year,imdbId,tmdbId,kind,rating,time\n"
                                    "1,Toy Story,1995,114709,862,rating,4.5,2024-01-02T10:00:00Z\n"
                                    ",Heat,,,,watched,,\n,Up,,,,liked,,\n,Jaws,,,,watchlist,3,\n"
                                    ",,,,,watched,,\n,Fargo,,,,rating,,\n",
                                    REEL_IMPORT_REEL, 6);

    (void)state;
    check_row(import, 0, "Toy Story", 1995, REEL_IMPORT_RATED, 4.5);
    assert_int_equal(reel__import_row(import, 0)->time, 1704189600);
    check_row(import, 1, "Heat", 0, REEL_IMPORT_WATCHED, UNRATED);
    check_row(import, 2, "Up", 0, REEL_IMPORT_LIKED, UNRATED);
    check_row(import, 3, "Jaws", 0, REEL_IMPORT_WISHED, UNRATED);
    assert_non_null(reel__import_row(import, 4)->trouble);
    assert_non_null(reel__import_row(import, 5)->trouble);
    reel__import_free(import);
}

/* What a row counts for; nothing counts a film that was not seen. */
static void own_weights(void **state)
{
    static const int extra[] = {-1, 0, 1, 0, -1, 0};
    reel_import *import = read_text("movieId,title,kind,rating,weight\n"
                                    "1,,rating,4,0\n2,,rating,4,1\n3,,rating,4,2\n4,,rating,4,\n"
                                    "5,,liked,,0\n6,,watchlist,,2\n7,,rating,4,3\n8,,rating,4,x\n"
                                    "9,,rating,4,-1\n",
                                    REEL_IMPORT_REEL, 9);

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        const reel_import_row *row = reel__import_row(import, i);

        if (i < sizeof extra / sizeof *extra) {
            assert_null(row->trouble);
            assert_int_equal(row->extra, extra[i]);
        } else {
            assert_non_null(strstr(row->trouble, "weight"));
        }
    }
    reel__import_free(import);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

#define TRAKT_MOVIE(TITLE, YEAR, IMDB, TMDB)                                                       \
    "\"type\":\"movie\",\"movie\":{\"title\":\"" TITLE "\",\"year\":" YEAR                         \
    ",\"ids\":{\"trakt\":1,\"slug\":\"x\",\"imdb\":\"" IMDB "\",\"tmdb\":" TMDB "}}"

static const char trakt_ratings[] =
    "[{\"rated_at\":\"2014-09-01T09:10:11.000Z\",\"rating\":9," TRAKT_MOVIE(
        "TRON: Legacy", "2010", "tt1104001",
        "20526") "},{\"rated_at\":\"x\",\"rating\":11," TRAKT_MOVIE("Bad", "null", "",
                                                                    "null") "},{\"rated_at\":\"x\","
                                                                            "\"rating\":8,\"type\":"
                                                                            "\"show\",\"show\":{}}"
                                                                            "]";
static const char trakt_watched[] =
    "[{\"plays\":4,\"last_watched_at\":\"2014-10-11T17:00:54.000Z\","
    "\"movie\":{\"title\":\"Heat\",\"year\":1995,\"ids\":{}}}]";
static const char trakt_listed[] = "[{\"rank\":1,\"listed_at\":\"2014-10-11T17:00:54.000Z\","
                                   "\"movie\":{\"title\":\"Up\",\"year\":2009,\"ids\":{}}}]";

static void trakt(void **state)
{
    static const archive_file files[] = {
        {"trakt/ratings-movies.json", trakt_ratings, 0},
        {"trakt/watched-movies.json", trakt_watched, 0},
        {"trakt/lists-watchlist.json", trakt_listed, 0},
        {"trakt/collection-movies.json", trakt_listed, 0}, /* owned: says nothing */
        {"trakt/user-profile.json", "{\"user\":{\"username\":\"x\"}}", 0},
        {"trakt/likes-comments.json", "[]", 0},
    };
    reel_import *import = read_path(archive_write("trakt.zip", files, 6), REEL_IMPORT_TRAKT, 4);

    (void)state;
    check_row(import, 0, "TRON: Legacy", 2010, REEL_IMPORT_RATED, 4.5);
    assert_int_equal(reel__import_row(import, 0)->imdb_id, 1104001);
    assert_int_equal(reel__import_row(import, 0)->tmdb_id, 20526);
    assert_int_equal(reel__import_row(import, 0)->time, 1409562611);
    assert_non_null(reel__import_row(import, 1)->trouble);
    check_row(import, 2, "Heat", 1995, REEL_IMPORT_WATCHED, UNRATED);
    check_row(import, 3, "Up", 2009, REEL_IMPORT_WISHED, UNRATED);
    assert_string_equal(reel__import_row(import, 3)->file, "trakt/lists-watchlist.json");
    assert_int_equal(reel__import_not_films(import), 1);
    reel__import_free(import);
}

static void jellyfin(void **state)
{
    reel_import *import = read_text(
        "{\"Items\":[{\"Name\":\"The Matrix\",\"ProductionYear\":1999,\"Type\":\"Movie\","
        "\"ProviderIds\":{\"Imdb\":\"tt0133093\",\"Tmdb\":\"603\"},\"UserData\":{\"Played\":true,"
        "\"PlayCount\":2,\"LastPlayedDate\":\"2023-05-01T20:00:00.0000000Z\"}},"
        "{\"Name\":\"Up\",\"Type\":\"Movie\",\"UserData\":{\"IsFavorite\":true}},"
        "{\"Name\":\"Heat\",\"Type\":\"Movie\",\"UserData\":{\"Played\":true,\"Rating\":7}},"
        "{\"Name\":\"Unseen\",\"Type\":\"Movie\",\"UserData\":{\"Played\":false}},"
        "{\"Name\":\"Pilot\",\"Type\":\"Episode\",\"UserData\":{\"Played\":true}}]}",
        REEL_IMPORT_JELLYFIN, 3);

    (void)state;
    check_row(import, 0, "The Matrix", 1999, REEL_IMPORT_WATCHED, UNRATED);
    assert_int_equal(reel__import_row(import, 0)->tmdb_id, 603);
    assert_int_equal(reel__import_row(import, 0)->time, 1682971200);
    check_row(import, 1, "Up", 0, REEL_IMPORT_LIKED, UNRATED);
    check_row(import, 2, "Heat", 0, REEL_IMPORT_RATED, 3.5);
    assert_int_equal(reel__import_not_films(import), 1);
    reel__import_free(import);
}

static void plex(void **state)
{
    reel_import *import = read_text(
        "{\"MediaContainer\":{\"size\":3,\"Metadata\":[{\"type\":\"movie\",\"title\":\"Alien\","
        "\"year\":1979,\"viewedAt\":1600000000,\"Guid\":[{\"id\":\"imdb://tt0078748\"},"
        "{\"id\":\"tmdb://348\"}]},{\"type\":\"movie\",\"title\":\"Jaws\",\"userRating\":8.0,"
        "\"guid\":\"com.plexapp.agents.imdb://tt0073195?lang=en\"},"
        "{\"type\":\"movie\",\"title\":\"Unseen\"},{\"type\":\"episode\",\"viewedAt\":1}]}}",
        REEL_IMPORT_PLEX, 2);

    (void)state;
    check_row(import, 0, "Alien", 1979, REEL_IMPORT_WATCHED, UNRATED);
    assert_int_equal(reel__import_row(import, 0)->imdb_id, 78748);
    assert_int_equal(reel__import_row(import, 0)->tmdb_id, 348);
    check_row(import, 1, "Jaws", 0, REEL_IMPORT_RATED, 4);
    assert_int_equal(reel__import_row(import, 1)->imdb_id, 73195);
    reel__import_free(import);
}

/* ---- archives ------------------------------------------------------------------------------ */

#define LIST "Date,Name,Year,Letterboxd URI\n2024-01-02,"

static const archive_file boxd[] = {
    {"ratings.csv", "Date,Name,Year,Letterboxd URI,Rating\n2024-01-02,Heat,1995,u,4\n", 0},
    {"watched.csv", LIST "Heat,1995,u\n", 0},
    {"watchlist.csv", LIST "Up,2009,u\n", 0},
    {"likes/films.csv", LIST "Jaws,1975,u\n", 0},
    {"likes/reviews.csv", LIST "No,1975,u\n", 0},
    {"diary.csv", LIST "No,1975,u\n", 0},
    {"deleted/ratings.csv", LIST "No,1975,u\n", 0},
    {"profile.csv", "Date Joined,Username\n2020-01-01,x\n", 0},
};

static void letterboxd_archive(void **state)
{
    reel_import *import = read_path(archive_write("boxd.zip", boxd, 8), REEL_IMPORT_LETTERBOXD, 4);

    (void)state;
    check_row(import, 0, "Heat", 1995, REEL_IMPORT_RATED, 4);
    check_row(import, 1, "Heat", 1995, REEL_IMPORT_WATCHED, UNRATED);
    check_row(import, 2, "Up", 2009, REEL_IMPORT_WISHED, UNRATED);
    check_row(import, 3, "Jaws", 1975, REEL_IMPORT_LIKED, UNRATED);
    reel__import_free(import);
}

static void refused(const char *path, reel_code code, const char *part)
{
    reel_import *import = NULL;
    reel_err err = {0};

    assert_fails(reel__import_read(&import, path, &err), code, part);
    assert_null(import);
}

static void bad_archives(void **state)
{
    const size_t size = 40 << 20;
    char *zeros = test_calloc(size, 1);
    const archive_file bomb[] = {{"ratings.csv", zeros, (size_t)30 << 20}};
    const archive_file large[] = {{"ratings.csv", zeros, size, true}};
    const archive_file path[] = {{"../ratings.csv", "x", 0}};
    const archive_file foreign[] = {{"a.csv", "a,b\n1,2\n", 0}, {"b.json", "[1]", 0}};
    const archive_file half[] = {
        {"ratings-movies.json", "[{\"rating\":8,\"movie\":{\"title\":\"Heat\"}}]", 0},
        {"watched-history-1.json", "{bad", 0}};
    const archive_file part[] = {
        {"ratings.csv", "Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,Heat,1995,,4\n", 0},
        {"watched.csv", "garbage\n1,2,3\n", 0}};
    const archive_file broken[] = {{"ratings-movies.json", "[{", 0}};

    (void)state;
    memset(zeros, ' ', size);
    refused(archive_write("bomb.zip", bomb, 1), REEL_E_TOOLARGE, "200 times");
    refused(archive_write("large.zip", large, 1), REEL_E_TOOLARGE, "ratings.csv: 40 MB");
    refused(archive_write("path.zip", path, 1), REEL_E_FORMAT, "..");
    refused(archive_write("foreign.zip", foreign, 2), REEL_E_FORMAT, "nothing in this archive");
    refused(archive_write("broken.zip", broken, 1), REEL_E_FORMAT, "ratings-movies.json");
    refused(archive_write("half.zip", half, 2), REEL_E_FORMAT, "watched-history-1.json");
    refused(archive_write("part.zip", part, 2), REEL_E_FORMAT, "watched.csv: its first line");
    refused(temp_write("cut.zip", "PK\3\4cut"), REEL_E_FORMAT, "cut.zip");
    test_free(zeros);
}

/* ---- files --------------------------------------------------------------------------------- */

static void huge(void **state)
{
    const char *path = temp_write("huge.csv", "Title,Date\n");
    const int fd = open(path, O_WRONLY);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)500 << 20), 0);
    assert_int_equal(close(fd), 0);
    refused(path, REEL_E_TOOLARGE, "500 MB");
}

static void many_rows(void **state)
{
    const size_t rows = REEL_IMPORT_ROWS_MAX + 1;
    char *text = test_malloc(rows * 4 + 32);
    size_t at = (size_t)sprintf(text, "Title,Date\n"); /* a test's own text */

    (void)state;
    for (size_t i = 0; i < rows; i++, at += 4)
        (void)snprintf(text + at, 5, "x,1\n");
    refused(temp_write_bytes("rows.csv", text, at), REEL_E_TOOLARGE, "200000 rows");
    test_free(text);
}

static void no_export(void **state)
{
    (void)state;
    refused(temp_write("a", ""), REEL_E_FORMAT, "empty");
    refused(temp_write("a", "a,b\n1,2\n"), REEL_E_FORMAT, "columns");
    refused(temp_write("a", "{\"a\":1}"), REEL_E_FORMAT, "neither");
    refused(temp_write("a", "[{\"movie\":"), REEL_E_FORMAT, "a:");
    refused(temp_write_bytes("a", "T\0i\0", 4), REEL_E_FORMAT, "NUL");
    refused(temp_path("missing"), REEL_E_NOTFOUND, "missing");
    refused(temp_path("."), REEL_E_STORE, "");
}

static void deep(void **state)
{
    char text[2048];

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = '[';
    text[sizeof text - 1] = '\0';
    refused(temp_write("a", text), REEL_E_FORMAT, "a:");
}

static void encodings(void **state)
{
    static const char utf8[] = "Name;Year;Letterboxd URI;Rating\r\nAm\xC3\xA9lie;2001;u;4,5\r\n";
    static const char latin[] = "Name;Year;Letterboxd URI;Rating\r\nAm\xE9lie;2001;u;4,5\r\n";
    char wide[256], big[256];
    size_t used = 2;
    reel_import *import;

    (void)state;
    wide[0] = big[1] = '\xFF';
    wide[1] = big[0] = '\xFE';
    for (const char *at = latin; *at != '\0'; at++, used += 2) {
        wide[used] = big[used + 1] = *at;
        wide[used + 1] = big[used] = '\0';
    }
    for (int i = 0; i < 5; i++) {
        static const char *const from[] = {NULL, "Latin-1", "UTF-16", "UTF-16", NULL};
        char marked[256];

        (void)snprintf(marked, sizeof marked, "\xEF\xBB\xBFsep=;\r\n%s", utf8);
        import = read_path(i == 0   ? temp_write("e", utf8)
                           : i == 1 ? temp_write("e", latin)
                           : i == 2 ? temp_write_bytes("e", wide, used)
                           : i == 3 ? temp_write_bytes("e", big, used)
                                    : temp_write("e", marked),
                           REEL_IMPORT_LETTERBOXD, 1);
        check_row(import, 0, "Am\xC3\xA9lie", 2001, REEL_IMPORT_RATED, 4.5);
        if (from[i] == NULL)
            assert_null(reel__import_converted(import));
        else
            assert_string_equal(reel__import_converted(import), from[i]);
        reel__import_free(import);
    }
}

static void wrong_rows(void **state)
{
    reel_import *import =
        read_text("Title,Date\n\"never closed,1\nHeat,1\n,2\n", REEL_IMPORT_NETFLIX, 3);

    (void)state;
    assert_non_null(strstr(reel__import_row(import, 0)->trouble, "quote"));
    assert_null(reel__import_row(import, 1)->trouble);
    assert_int_equal(reel__import_row(import, 1)->line, 3);
    assert_non_null(strstr(reel__import_row(import, 2)->trouble, "no film"));
    reel__import_free(import);
}

static void sniffed(void **state)
{
    (void)state;
    assert_int_equal(reel__import_sniff(temp_write("a", "Title,Date\nx,1\n")), REEL_IMPORT_NETFLIX);
    assert_int_equal(reel__import_sniff(temp_write("a", "[REC] (2007),4\n")), REEL_IMPORT_NONE);
    assert_int_equal(reel__import_sniff(temp_write("a", "")), REEL_IMPORT_NONE);
    assert_int_equal(reel__import_sniff(temp_path("none")), REEL_IMPORT_NONE);
    assert_true(reel__import_sniff(temp_write("a", " [ {")) != REEL_IMPORT_NONE);
}

/* ---- memory -------------------------------------------------------------------------------- */

static reel_code read_once(void *user, reel_err *err)
{
    reel_import *import = NULL;
    const reel_code rc = reel__import_read(&import, user, err);

    reel__import_free(import);
    return rc;
}

static void memory(void **state)
{
    char path[TEMP_PATH];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", archive_write("boxd.zip", boxd, 8));
    assert_true(sweep_memory(read_once, path) > 5);
    (void)snprintf(path, sizeof path, "%s", temp_write("trakt.json", trakt_ratings));
    assert_true(sweep_memory(read_once, path) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letterboxd),   cmocka_unit_test(imdb),
        cmocka_unit_test(netflix),      cmocka_unit_test(movielens),
        cmocka_unit_test(own),          cmocka_unit_test(own_weights),
        cmocka_unit_test(trakt),        cmocka_unit_test(jellyfin),
        cmocka_unit_test(plex),         cmocka_unit_test(letterboxd_archive),
        cmocka_unit_test(bad_archives), cmocka_unit_test(huge),
        cmocka_unit_test(many_rows),    cmocka_unit_test(no_export),
        cmocka_unit_test(deep),         cmocka_unit_test(encodings),
        cmocka_unit_test(wrong_rows),   cmocka_unit_test(sniffed),
        cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
