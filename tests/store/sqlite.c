/* sqlite.c - the conformance suite on the SQLite back end. */
#include "suite.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder of its own for every store, so that nothing it leaves behind is missed. */
static bool fresh(char *url, size_t size)
{
    const char *temporary = getenv("TMPDIR");
    char folder[256] = "";

    (void)snprintf(folder, sizeof folder, "%s/reel-store-XXXXXX",
                   temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(folder) == NULL) {
        perror("skipped: no folder for temporary files");
        return false;
    }
    (void)snprintf(url, size, "sqlite:%s/test.db", folder);
    return true;
}

static void discard(const char *url)
{
    char folder[256] = "", path[600] = "";
    DIR *listing = NULL;

    (void)snprintf(folder, sizeof folder, "%s", url + strlen("sqlite:"));
    *strrchr(folder, '/') = '\0';
    listing = opendir(folder);
    for (struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    if (listing != NULL)
        (void)closedir(listing);
    (void)rmdir(folder);
}

static void exec(const char *url, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    assert_int_equal(sqlite3_open(url + strlen("sqlite:"), &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void set_schema(const char *url, int64_t number)
{
    char sql[80] = "";

    (void)snprintf(sql, sizeof sql, "PRAGMA user_version = %lld", (long long)number);
    exec(url, sql);
}

int main(void)
{
    static const store_backend sqlite = {"sqlite", true, fresh, discard, exec, set_schema};

    return store_suite_run(&sqlite);
}
