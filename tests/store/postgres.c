/* postgres.c - the conformance suite on the PostgreSQL back end, on the server that
 * REEL_TEST_POSTGRES names (script/postgres starts one). */
#include "suite.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static PGconn *server_of(const char *database)
{
    char url[600] = "";
    PGconn *link = NULL;

    (void)snprintf(url, sizeof url, "%s%s", getenv("REEL_TEST_POSTGRES"), database);
    link = PQconnectdb(url);
    if (PQstatus(link) != CONNECTION_OK)
        fail_msg("%s: %s", url, PQerrorMessage(link));
    return link;
}

static void run(PGconn *link, const char *sql)
{
    PGresult *result = PQexec(link, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(link));
    PQclear(result);
}

/* One database for all stores of this program: making one takes longer than most tests. */
static bool fresh(char *url, size_t size)
{
    if (getenv("REEL_TEST_POSTGRES") == NULL) {
        (void)fprintf(stderr, "skipped: REEL_TEST_POSTGRES names no server; run it by "
                              "script/postgres\n");
        return false;
    }
    (void)snprintf(url, size, "%sreel_test_%ld", getenv("REEL_TEST_POSTGRES"), (long)getpid());
    return true;
}

static const char *database_of(const char *url)
{
    return strrchr(url, '/') + 1;
}

/* Whoever is still connected. */
static void empty(const char *database)
{
    PGconn *link = server_of(database);

    run(link, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              " WHERE pid <> pg_backend_pid() AND datname = current_database();"
              " DROP SCHEMA IF EXISTS reel CASCADE");
    PQfinish(link);
}

/* What is in it goes; those whose names go on behind its own go altogether. */
static void discard(const char *url)
{
    const char *database = database_of(url);
    PGconn *server = server_of("postgres");
    PGresult *list = NULL;
    char sql[300] = "";

    (void)snprintf(sql, sizeof sql,
                   "SELECT datname, format('DROP DATABASE %%I WITH (FORCE)', datname)"
                   " FROM pg_database WHERE datname = '%s' OR datname LIKE '%s-%%'",
                   database, database);
    list = PQexec(server, sql);
    for (int i = 0; i < PQntuples(list); i++) {
        if (strcmp(PQgetvalue(list, i, 0), database) == 0)
            empty(database);
        else
            run(server, PQgetvalue(list, i, 1));
    }
    PQclear(list);
    PQfinish(server);
}

static void exec(const char *url, const char *sql)
{
    PGconn *link = server_of(database_of(url));

    run(link, "SET search_path = reel");
    run(link, sql);
    PQfinish(link);
}

static void set_schema(const char *url, int64_t number)
{
    char sql[200] = "";

    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM migrations WHERE number > %lld;"
                   " INSERT INTO migrations (number) VALUES (%lld) ON CONFLICT DO NOTHING",
                   (long long)number, (long long)number);
    exec(url, sql);
}

int main(void)
{
    static const store_backend postgres = {"postgres", false, fresh, discard, exec, set_schema};

    return store_suite_run(&postgres);
}
