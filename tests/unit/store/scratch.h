/* scratch.h - a folder of its own for every test of the SQLite back end, and raw access to the
 * database in it, to prepare what Reel must cope with and to see what it left.
 */
#ifndef REEL_TESTS_UNIT_STORE_SCRATCH_H
#define REEL_TESTS_UNIT_STORE_SCRATCH_H

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/store_data.h"

typedef struct scratch {
    char folder[256];
    char path[300]; /* folder/test.db: not there yet */
    reel_store *store;
    reel_err err;
} scratch;

static inline int scratch_setup(void **state)
{
    static scratch s;
    const char *temporary = getenv("TMPDIR");

    memset(&s, 0, sizeof s);
    (void)snprintf(s.folder, sizeof s.folder, "%s/reel-unit-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(s.folder) == NULL)
        return 1;
    (void)snprintf(s.path, sizeof s.path, "%s/test.db", s.folder);
    *state = &s;
    return 0;
}

static inline int scratch_teardown(void **state)
{
    scratch *s = *state;
    DIR *listing = NULL;
    char path[600] = "";

    reel__store_close(s->store);
    (void)chmod(s->folder, 0700);
    listing = opendir(s->folder);
    for (struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%s", s->folder, entry->d_name);
        (void)unlink(path);
    }
    if (listing != NULL)
        (void)closedir(listing);
    return rmdir(s->folder);
}

#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

static inline void scratch_open(scratch *s)
{
    const reel_store_opts opts = {.create = true, .busy_timeout_ms = 30};

    assert_ok(reel__store_open(&s->store, s->path, &opts, &s->err), s->err);
}

static inline void scratch_close(scratch *s)
{
    reel__store_close(s->store);
    s->store = NULL;
}

static inline reel_store_counts scratch_counts(scratch *s)
{
    reel_store_counts counts;

    assert_ok(reel__store_counts(s->store, &counts, &s->err), s->err);
    return counts;
}

/* Past Reel: what any SQLite client could do to the file. */
static inline void raw_exec(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* The rows of a query: columns joined by '|', rows ended by ';', NULL as "NULL". */
static inline const char *raw_rows(const char *path, const char *sql)
{
    static char text[4096];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    size_t used = 0;

    text[0] = '\0';
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const unsigned char *value = sqlite3_column_text(statement, i);

            used += (size_t)snprintf(text + used, sizeof text - used, "%s%c",
                                     value != NULL ? (const char *)value : "NULL",
                                     i + 1 < sqlite3_column_count(statement) ? '|' : ';');
            assert_true(used < sizeof text);
        }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return text;
}

static inline void write_file(const char *path, const void *data, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

#endif
