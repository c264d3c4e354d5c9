/* import.c - a person's export: told by its first bytes, unpacked within limits, its rows kept.
 * Each table or list goes to the reader of its kind; nothing is written to disk on the way.
 */
#include "data/import.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/zip.h"
#include "data/import_priv.h"

enum { ENTRIES_MOST = 5000, EXPANSION_MOST = 200, SNIFFED = 4096 };
static const int64_t ARCHIVE_MOST = (int64_t)256 << 20;
/* A few bytes may well expand a lot: the limit is for what would cost something. */
static const int64_t EXPANSION_FROM = (int64_t)4 << 20;

const char *reel__import_format_name(reel_import_format format)
{
    static const char *const names[] = {
        [REEL_IMPORT_NONE] = "unknown",          [REEL_IMPORT_REEL] = "Reel",
        [REEL_IMPORT_LETTERBOXD] = "Letterboxd", [REEL_IMPORT_IMDB] = "IMDb",
        [REEL_IMPORT_TRAKT] = "Trakt",           [REEL_IMPORT_NETFLIX] = "Netflix",
        [REEL_IMPORT_JELLYFIN] = "Jellyfin",     [REEL_IMPORT_PLEX] = "Plex",
        [REEL_IMPORT_MOVIELENS] = "MovieLens",   [REEL_IMPORT_RATINGS] = "ratings",
    };

    return names[format];
}

const char *reel__import_kind_name(reel_import_kind kind)
{
    static const char *const names[] = {
        [REEL_IMPORT_WISHED] = "watchlist",
        [REEL_IMPORT_WATCHED] = "watched",
        [REEL_IMPORT_LIKED] = "liked",
        [REEL_IMPORT_RATED] = "rating",
    };

    return names[kind];
}

/* ---- rows ---------------------------------------------------------------------------------- */

reel_import_row reel__import_blank(const char *file, int64_t line)
{
    return (reel_import_row){
        .file = file, .title = "", .line = line, .movie = -1, .rating = (double)NAN};
}

static reel_code keep_text(reel_import *import, const char **text, reel_err *err)
{
    int32_t id;
    const reel_code rc = reel__intern_add(import->texts, *text, strlen(*text), &id, err);

    if (rc == REEL_OK)
        *text = reel__intern_text(import->texts, id);
    return rc;
}

reel_code reel__import_add(reel_import *import, reel_import_row row, reel_err *err)
{
    reel_code rc = REEL_OK;

    if (import->count == REEL_IMPORT_ROWS_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "%.300s: more than %d rows; no person's export",
                         row.file, REEL_IMPORT_ROWS_MAX);
    if (import->count == import->capacity) {
        const size_t capacity = import->capacity == 0 ? 256 : import->capacity * 2;
        void *rows = reel__realloc_array(import->rows, capacity, sizeof *import->rows);

        if (rows == NULL)
            return reel_fail(err, REEL_E_NOMEM, "out of memory for the rows of an import");
        import->rows = rows;
        import->capacity = capacity;
    }
    REEL_TRY(keep_text(import, &row.file, err));
    REEL_TRY(keep_text(import, &row.title, err));
    if (row.trouble != NULL)
        REEL_TRY(keep_text(import, &row.trouble, err));
    import->rows[import->count++] = row;
out:
    return rc;
}

void reel__import_is(reel_import *import, reel_import_format format)
{
    import->told = true;
    if (import->format == REEL_IMPORT_NONE)
        import->format = format;
}

bool reel__import_named(const char *file, const char *end)
{
    const size_t length = strlen(file), tail = strlen(end);

    return length >= tail && strcmp(file + length - tail, end) == 0 &&
           (length == tail || file[length - tail - 1] == '/');
}

/* ---- files --------------------------------------------------------------------------------- */

/* "[REC] (2007),4" is a row, "[{" and "{" with a key are JSON. */
static bool is_json(const char *text, size_t length)
{
    const char *blanks = " \t\r\n";
    size_t at = 0;

    while (at < length && strchr(blanks, text[at]) != NULL)
        at++;
    if (at == length || (text[at] != '{' && text[at] != '['))
        return false;
    for (at++; at < length && strchr(blanks, text[at]) != NULL; at++)
        ;
    return at < length && strchr("{}[]\"", text[at]) != NULL;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static reel_code read_bytes(reel_import *import, const char *file, bool inside,
                            const reel_slice *bytes, reel_err *err)
{
    reel_buf text;
    reel_code rc;

    reel__buf_init(&text, (size_t)REEL_IMPORT_BYTES_MAX * 2);
    REEL_TRY(reel__import_decode(&text, &import->converted, file, bytes->text, bytes->length, err));
    rc = is_json(text.data, text.length) || (inside && ends_with(file, ".json"))
             ? reel__import_json(import, file, inside, &text, err)
             : reel__import_csv(import, file, inside, &text, err);
out:
    reel__buf_fini(&text);
    return rc;
}

/* ---- archives ------------------------------------------------------------------------------ */

/* What Letterboxd keeps of things taken back, and what macOS puts beside each file. */
static bool is_leftover(const char *name)
{
    static const char *const folders[] = {"deleted/", "orphaned/", "__MACOSX/"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const char *at = strstr(name, folders[i]);

        if (at != NULL && (at == name || at[-1] == '/'))
            return true;
    }
    return false;
}

/* What Letterboxd calls the files that are read. */
static bool is_letterboxd(const char *name)
{
    static const char *const names[] = {"ratings.csv", "watched.csv", "watchlist.csv",
                                        "likes/films.csv"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (reel__import_named(name, names[i]))
            return true;
    return false;
}

static reel_code gather(void *user, const void *data, size_t length, reel_err *err)
{
    reel__buf_append(user, data, length);
    return reel__buf_check(user, err);
}

static reel_code check_expansion(reel_zip *zip, const char *path, reel_err *err)
{
    const int64_t packed = reel__file_size(path);
    int64_t total = 0;

    for (size_t i = 0; i < reel__zip_count(zip); i++)
        total += reel__zip_entry(zip, i).size_bytes;
    if (total > EXPANSION_FROM && packed >= 0 && total / EXPANSION_MOST > packed)
        return reel_fail(err, REEL_E_TOOLARGE,
                         "%.300s: expands to over %d times its size, which no export does; the "
                         "archive was refused whole",
                         path, EXPANSION_MOST);
    return REEL_OK;
}

static reel_code read_entry(reel_import *import, reel_zip *zip, size_t index, reel_err *err)
{
    const reel_zip_entry entry = reel__zip_entry(zip, index);
    reel_buf bytes;
    reel_code rc = REEL_OK;

    if (entry.folder || entry.size_bytes == 0 || is_leftover(entry.name) ||
        !(ends_with(entry.name, ".csv") || ends_with(entry.name, ".json")))
        return REEL_OK;
    if (entry.size_bytes > REEL_IMPORT_BYTES_MAX)
        return reel_fail(err, REEL_E_TOOLARGE, "%.300s: %lld MB; files of an export are under 32",
                         entry.name, (long long)(entry.size_bytes >> 20));
    reel__buf_init(&bytes, (size_t)REEL_IMPORT_BYTES_MAX);
    REEL_TRY(reel__zip_read(zip, index, gather, &bytes, err));
    import->told = false;
    REEL_TRY(read_bytes(import, entry.name, true, &(reel_slice){bytes.data, bytes.length}, err));
    /* A part that is left out in silence is a part that is lost. */
    if (!import->told && is_letterboxd(entry.name))
        rc = reel_fail(
            err, REEL_E_FORMAT,
            "%.300s: its first line is not Letterboxd's; the file is damaged, export again",
            entry.name);
out:
    reel__buf_fini(&bytes);
    return rc;
}

static reel_code read_archive(reel_import *import, const char *path, reel_err *err)
{
    const reel_zip_limits limits = {.entries = ENTRIES_MOST, .expanded_bytes = ARCHIVE_MOST};
    reel_zip *zip = NULL;
    reel_code rc;

    REEL_TRY(reel__zip_open(&zip, path, &limits, err));
    REEL_TRY(check_expansion(zip, path, err));
    for (size_t i = 0; i < reel__zip_count(zip); i++)
        REEL_TRY(read_entry(import, zip, i, err));
    if (import->format == REEL_IMPORT_NONE)
        rc = reel_fail(err, REEL_E_FORMAT,
                       "%.300s: nothing in this archive is an export of Letterboxd, Trakt or "
                       "another that is known (docs/import.md)",
                       path);
out:
    reel__zip_close(zip);
    return rc;
}

/* ---- the door ------------------------------------------------------------------------------ */

static bool is_archive(const reel_file_map *map)
{
    return map->size_bytes >= 4 && memcmp(map->data, "PK", 2) == 0 &&
           (map->data[2] == 3 || map->data[2] == 5) && map->data[3] == map->data[2] + 1;
}

static reel_code read_any(reel_import *import, const char *path, const reel_file_map *map,
                          reel_err *err)
{
    if (is_archive(map))
        return read_archive(import, path, err);
    if (map->size_bytes > REEL_IMPORT_BYTES_MAX)
        return reel_fail(err, REEL_E_TOOLARGE,
                         "%.300s: %zu MB; a person's export is under 32 (`reel load` takes data "
                         "sets)",
                         path, map->size_bytes >> 20);
    if (map->size_bytes == 0)
        return reel_fail(err, REEL_E_FORMAT, "%.300s: the file is empty", path);
    return read_bytes(import, path, false, &(reel_slice){(const char *)map->data, map->size_bytes},
                      err);
}

static reel_code read_map(reel_import **out, const char *path, const reel_file_map *map,
                          reel_err *err)
{
    reel_import *import = reel__alloc_zero(1, sizeof *import);
    reel_code rc = REEL_OK;

    if (import == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to read an import");
    REEL_TRY(reel__intern_new(&import->texts, err));
    REEL_TRY(read_any(import, path, map, err));
    *out = import;
    import = NULL;
out:
    reel__import_free(import);
    return rc;
}

reel_code reel__import_read(reel_import **out, const char *path, reel_err *err)
{
    reel_file_map map = {0};
    reel_code rc = REEL_OK;

    *out = NULL;
    REEL_TRY(reel__file_map_open(&map, path, err));
    rc = read_map(out, path, &map, err);
    reel__file_map_close(&map);
out:
    return rc;
}

reel_code reel__import_parse(reel_import **out, const char *name, const char *text, size_t length,
                             reel_err *err)
{
    const reel_file_map map = {.data = (const unsigned char *)text, .size_bytes = length};

    *out = NULL;
    if (is_archive(&map))
        return reel_fail(err, REEL_E_FORMAT, "%.300s: an archive; send the files in it", name);
    return read_map(out, name, &map, err);
}

reel_import_format reel__import_sniff(const char *path)
{
    reel_import_format format = REEL_IMPORT_NONE;
    const char *converted = NULL;
    reel_file_map map = {0};
    reel_buf text;

    if (reel__file_map_open(&map, path, NULL) != REEL_OK)
        return REEL_IMPORT_NONE;
    reel__buf_init(&text, (size_t)4 * SNIFFED);
    if (is_archive(&map)) {
        format = REEL_IMPORT_LETTERBOXD;
    } else if (reel__import_decode(&text, &converted, path, map.data,
                                   map.size_bytes < SNIFFED ? map.size_bytes : SNIFFED,
                                   NULL) == REEL_OK) {
        format = is_json(text.data, text.length) ? REEL_IMPORT_TRAKT
                                                 : reel__import_csv_format(text.data, text.length);
    }
    reel__buf_fini(&text);
    reel__file_map_close(&map);
    return format;
}

void reel__import_free(reel_import *import)
{
    if (import == NULL)
        return;
    reel__intern_free(import->texts);
    reel__free(import->rows);
    reel__free(import);
}

reel_import_format reel__import_format(const reel_import *import)
{
    return import->format;
}

size_t reel__import_count(const reel_import *import)
{
    return import->count;
}

const reel_import_row *reel__import_row(const reel_import *import, size_t index)
{
    return &import->rows[index];
}

int64_t reel__import_not_films(const reel_import *import)
{
    return import->not_films;
}

const char *reel__import_converted(const reel_import *import)
{
    return import->converted;
}
