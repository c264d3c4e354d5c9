/* env.c - `.env` files: NAME=value lines for the environment.
 * The whole file is checked before anything is set, so a typing error in the last line cannot
 * leave half of the settings in force.
 */
#include "base/env.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"

enum { FILE_MOST = 1 << 20, NAMES_MOST = 1 << 21, ALL_MAY_WRITE = 0002 };

typedef struct scanner {
    const char *at, *end, *path;
    int line;
    reel_buf name, value;
    reel_buf names; /* those of the lines before, a line each */
} scanner;

static reel_code wrong_line(const scanner *scan, reel_err *err, const char *what)
{
    return reel_fail(err, REEL_E_SYNTAX, "%s:%d: %s; write NAME=value", scan->path, scan->line,
                     what);
}

static bool is_name(char c, bool first)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

static void skip_blanks(scanner *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

static bool at_line_end(const scanner *scan)
{
    return scan->at == scan->end || *scan->at == '\n';
}

static void read_name(scanner *scan)
{
    reel__buf_clear(&scan->name);
    while (scan->at < scan->end && is_name(*scan->at, scan->name.length == 0))
        reel__buf_char(&scan->name, *scan->at++);
}

/* Up to the end of the line or to a # after a blank, without blanks at the end. */
static void read_bare(scanner *scan)
{
    const char *start = scan->at, *end;

    while (!at_line_end(scan) && !(*scan->at == '#' && (scan->at == start || scan->at[-1] == ' ' ||
                                                        scan->at[-1] == '\t')))
        scan->at++;
    end = scan->at;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    reel__buf_append(&scan->value, start, (size_t)(end - start));
}

/* 'as it stands' or "with \n, \t, \\ and \"". */
static reel_code read_quoted(scanner *scan, reel_err *err)
{
    const char quote = *scan->at++;

    while (!at_line_end(scan) && *scan->at != quote) {
        char c = *scan->at++;

        if (c == '\\' && quote == '"' && !at_line_end(scan)) {
            c = *scan->at++;
            c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
        reel__buf_char(&scan->value, c);
    }
    if (at_line_end(scan))
        return wrong_line(scan, err, "a quote is not closed");
    scan->at++;
    skip_blanks(scan);
    if (!at_line_end(scan) && *scan->at != '#')
        return wrong_line(scan, err, "text after the closing quote");
    return REEL_OK;
}

/* One line; name is empty when it holds none. */
static reel_code read_line(scanner *scan, reel_err *err)
{
    reel__buf_clear(&scan->name);
    reel__buf_clear(&scan->value);
    skip_blanks(scan);
    if (at_line_end(scan) || *scan->at == '#')
        return REEL_OK;
    read_name(scan);
    if (strcmp(scan->name.data, "export") == 0 && scan->at < scan->end &&
        (*scan->at == ' ' || *scan->at == '\t')) {
        skip_blanks(scan);
        read_name(scan);
    }
    skip_blanks(scan);
    if (scan->name.length == 0 || scan->at == scan->end || *scan->at != '=')
        return wrong_line(scan, err, "not a setting");
    scan->at++;
    skip_blanks(scan);
    if (!at_line_end(scan) && (*scan->at == '"' || *scan->at == '\''))
        return read_quoted(scan, err);
    read_bare(scan);
    return REEL_OK;
}

/* Of two lines for one setting nobody could tell which is meant. */
static reel_code check_name(scanner *scan, reel_err *err)
{
    const char *at = scan->names.data;

    if (scan->name.length == 0)
        return REEL_OK;
    for (size_t length; *at != '\0'; at += length + 1) {
        length = strcspn(at, "\n");
        if (length == scan->name.length && memcmp(at, scan->name.data, length) == 0)
            return wrong_line(scan, err, "that setting stands in the file already");
    }
    reel__buf_append(&scan->names, scan->name.data, scan->name.length);
    reel__buf_char(&scan->names, '\n');
    return reel__buf_check(&scan->names, err);
}

/* Some editors of Windows begin a file with one. */
static size_t byte_order_mark(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

reel_code reel__env_parse(const char *text, size_t length, const char *path,
                          reel_code (*found)(void *user, const char *name, const char *value,
                                             reel_err *err),
                          void *user, reel_err *err)
{
    scanner scan = {
        .at = text + byte_order_mark(text, length), .end = text + length, .path = path, .line = 1};
    reel_code rc = REEL_OK;

    reel__buf_init(&scan.name, FILE_MOST);
    reel__buf_init(&scan.value, FILE_MOST);
    reel__buf_init(&scan.names, NAMES_MOST);
    for (; scan.at < scan.end; scan.line++) {
        const reel_code read = read_line(&scan, err);

        /* A line cut short for lack of memory must not be reported as a wrong one. */
        REEL_TRY(reel__buf_check(&scan.name, err));
        REEL_TRY(reel__buf_check(&scan.value, err));
        REEL_TRY(read);
        if (memchr(scan.value.data, '\0', scan.value.length) != NULL) {
            rc = wrong_line(&scan, err, "a NUL byte in the value");
            goto out;
        }
        REEL_TRY(check_name(&scan, err));
        if (scan.name.length > 0)
            REEL_TRY(found(user, scan.name.data, scan.value.data, err));
        while (!at_line_end(&scan))
            scan.at++;
        if (scan.at < scan.end)
            scan.at++;
    }
out:
    reel__buf_fini(&scan.name);
    reel__buf_fini(&scan.value);
    reel__buf_fini(&scan.names);
    return rc;
}

/* ---- loading ------------------------------------------------------------------------------- */

static bool is_secret(const char *name)
{
    static const char *const endings[] = {"KEY",      "TOKEN", "SECRET",
                                          "PASSWORD", "URI",   "DATABASE_URL"};
    const size_t length = strlen(name);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t ending = strlen(endings[i]);

        if (length >= ending && strcasecmp(name + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

/* "smtp://name:password@host" */
static bool has_password(const char *value)
{
    const char *begin = strstr(value, "://");
    const char *at = begin == NULL ? NULL : strchr(begin, '@');
    const char *colon = at == NULL ? NULL : strchr(begin + 3, ':');

    return colon != NULL && colon < at;
}

/* user: the file's path when others may read it, else NULL. */
static reel_code check_line(void *user, const char *name, const char *value, reel_err *err)
{
    const char *open_path = user;

    if (open_path != NULL && value[0] != '\0' && (is_secret(name) || has_password(value)))
        return reel_fail(err, REEL_E_DENIED,
                         "%s: holds %s and other people may read it; run: chmod 600 %s", open_path,
                         name, open_path);
    return REEL_OK;
}

static reel_code set_line(void *user, const char *name, const char *value, reel_err *err)
{
    (void)user;
    if (setenv(name, value, 0) != 0)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for the setting %s", name);
    return REEL_OK;
}

reel_code reel__env_load(const char *path, reel_err *err)
{
    reel_file_map file;
    const char *text;
    char *open_path = NULL;
    reel_code rc = reel__file_map_open(&file, path, err);

    if (rc == REEL_E_NOTFOUND)
        return REEL_OK;
    if (rc != REEL_OK)
        return rc;
    if (file.size_bytes > FILE_MOST) {
        rc = reel_fail(err, REEL_E_TOOLARGE, "%s: larger than 1 MiB; is it a settings file?", path);
        goto out;
    }
    text = (const char *)file.data;
    if ((reel__file_mode(path) & ALL_MAY_WRITE) != 0) {
        rc = reel_fail(err, REEL_E_DENIED,
                       "%s: everybody may write it, and with it what this program does; run: chmod "
                       "600 %s",
                       path, path);
        goto out;
    }
    if ((reel__file_mode(path) & REEL_FILE_OTHERS) != 0) {
        open_path = reel__strdup(path);
        if (open_path == NULL) {
            rc = reel_fail(err, REEL_E_NOMEM, "%s: out of memory to read it", path);
            goto out;
        }
    }
    REEL_TRY(reel__env_parse(text, file.size_bytes, path, check_line, open_path, err));
    REEL_TRY(reel__env_parse(text, file.size_bytes, path, set_line, NULL, err));
out:
    reel__free(open_path);
    reel__file_map_close(&file);
    return rc;
}

const char *reel__env_get(const char *name, const char *fallback)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? fallback : value;
}
