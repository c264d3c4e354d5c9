/* fetch.c - the use case `reel fetch`: licence, checksum, archive, folder.
 * The facts of each data set are those of its README; the terms are told in our words, and the
 * README that comes with the data is what binds.
 */
#include "service/files/fetch.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/file.h"
#include "net/download.h"
#include "net/url.h"
#include "service/files/fetch_priv.h"

enum { CHECKSUM_FILE_MOST = 4096, MD5_LENGTH = 32, EXPANSION_MOST = 8 };
static const int64_t ARCHIVE_MOST = (int64_t)1 << 30;
static const char GROUPLENS[] = "https://files.grouplens.org/datasets/movielens/";

/* ---- what there is ------------------------------------------------------------------------- */

#define TERMS_HEAD                                                                                 \
    "MovieLens data, made and owned by GroupLens Research at the University of Minnesota.\n"       \
    "In short, and in our words; the README that comes with the data is what binds you:\n"         \
    "  - Use it for research and other purposes that earn nothing. Commercial use needs the\n"     \
    "    permission of GroupLens first.\n"
#define TERMS_CLOSED                                                                               \
    "  - Keep it to yourself: passing the data on, whole or in part, needs their permission.\n"
#define TERMS_OPEN "  - You may pass the data on, changed or not, under these same terms.\n"
#define TERMS_TAIL                                                                                 \
    "  - Say in publications that you used it, with the citation its README asks for.\n"           \
    "  - Do not suggest that the university or GroupLens endorses you or your work.\n"             \
    "  - It comes as it is: nobody promises that it is right, fit for a purpose or answers for\n"  \
    "    damage.\n"

static const char license_closed[] = TERMS_HEAD TERMS_CLOSED TERMS_TAIL;
static const char license_open[] = TERMS_HEAD TERMS_OPEN TERMS_TAIL;

static const reel_fetch_dataset datasets[] = {
    {"ml-latest-small", "100,836 ratings of 9,742 films by 610 people (2018), 1 MB", license_open},
    {"ml-100k", "100,000 ratings of 1,682 films by 943 people (1998), 5 MB", license_closed},
    {"ml-1m", "1,000,209 ratings of 3,883 films by 6,040 people (2003), 6 MB", license_closed},
    {"ml-10m", "10,000,054 ratings of 10,681 films by 69,878 people (2009), 63 MB", license_closed},
    {"ml-20m", "20,000,263 ratings of 27,278 films by 138,493 people (2015), 190 MB", license_open},
    {"ml-25m", "25,000,095 ratings of 62,423 films by 162,541 people (2019), 250 MB", license_open},
    {"ml-32m", "32,000,204 ratings of 87,585 films by 200,948 people (2023), 239 MB", license_open},
};

const reel_fetch_dataset *reel__fetch_dataset(size_t index)
{
    return index < sizeof datasets / sizeof *datasets ? &datasets[index] : NULL;
}

const char *reel__fetch_license(const char *dataset)
{
    const reel_fetch_dataset *known;

    for (size_t i = 0; (known = reel__fetch_dataset(i)) != NULL; i++)
        if (strcmp(known->name, dataset) == 0)
            return known->license;
    return NULL;
}

/* ---- names and addresses ------------------------------------------------------------------- */

typedef struct fetching {
    const reel_fetch_opts *opts;
    char *url, *md5_url;      /* of the archive and of its checksum */
    char *archive, *md5_file; /* where they go */
    char *folder;             /* OUTPUT/DATASET */
    char md5[MD5_LENGTH + 1];
} fetching;

static char *join(const char *left, const char *middle, const char *right)
{
    reel_buf text;

    reel__buf_init(&text, 8192);
    reel__buf_format(&text, "%s%s%s", left, middle, right);
    return reel__buf_take(&text);
}

static bool name_all(fetching *work)
{
    const reel_fetch_opts *opts = work->opts;
    const char *base = opts->base_url;
    char *stem;

    if (base == NULL)
        base = reel__env_get("REEL_FETCH_URL", GROUPLENS);
    work->folder = reel__path_join(opts->output, opts->dataset);
    stem = join(base, base[0] != '\0' && base[strlen(base) - 1] != '/' ? "/" : "", opts->dataset);
    if (stem != NULL && work->folder != NULL) {
        work->url = join(stem, ".zip", "");
        work->md5_url = join(stem, ".zip", ".md5");
        work->archive = join(work->folder, ".zip", "");
        work->md5_file = join(work->folder, ".zip", ".md5");
    }
    reel__free(stem);
    return work->url != NULL && work->md5_url != NULL && work->archive != NULL &&
           work->md5_file != NULL;
}

static void fini(fetching *work)
{
    reel__free(work->url);
    reel__free(work->md5_url);
    reel__free(work->archive);
    reel__free(work->md5_file);
    reel__free(work->folder);
}

static void say(const reel_fetch_opts *opts, const char *what, const char *path)
{
    char line[512];

    if (opts->notice.line == NULL)
        return;
    (void)snprintf(line, sizeof line, "%s: %s %s", opts->dataset, what, path);
    opts->notice.line(opts->notice.user, line);
}

/* ---- steps --------------------------------------------------------------------------------- */

static reel_code check_opts(const reel_fetch_opts *opts, reel_err *err)
{
    reel_buf names;
    reel_code rc;

    if (reel__fetch_license(opts->dataset) != NULL) {
        if (opts->accept_license)
            return reel__url_check("REEL_FETCH_URL", reel__env_get("REEL_FETCH_URL", GROUPLENS),
                                   GROUPLENS, err);
        return reel_fail(err, REEL_E_DENIED,
                         "%s: its licence has not been accepted; read the terms and say yes, or "
                         "give --accept-license",
                         opts->dataset);
    }
    reel__buf_init(&names, 512);
    for (size_t i = 0; i < sizeof datasets / sizeof *datasets; i++)
        reel__buf_format(&names, "%s%s", i == 0 ? "" : ", ", datasets[i].name);
    rc = reel__buf_check(&names, err);
    if (rc == REEL_OK)
        rc = reel_fail(err, REEL_E_INVALID, "%s: no such data set; known are %s", opts->dataset,
                       names.data);
    reel__buf_fini(&names);
    return rc;
}

/* The first 32 hex digits that stand alone: "hex  name" and "MD5 (name) = hex" are both in use. */
static bool find_md5(char out[MD5_LENGTH + 1], const char *text, size_t length)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    size_t run = 0;

    for (size_t i = 0; i <= length; i++) {
        if (i < length && text[i] != '\0' && strchr(digits, text[i]) != NULL) {
            run++;
            continue;
        }
        if (run == MD5_LENGTH) {
            memcpy(out, text + i - MD5_LENGTH, MD5_LENGTH);
            out[MD5_LENGTH] = '\0';
            return true;
        }
        run = 0;
    }
    return false;
}

static reel_download download_of(const fetching *work, const char *url, const char *path)
{
    return (reel_download){
        .url = url,
        .path = path,
        .attempts = work->opts->attempts,
        .pause_ms = work->opts->pause_ms,
        .stall_seconds = work->opts->stall_seconds,
    };
}

static reel_code fetch_checksum(fetching *work, reel_err *err)
{
    reel_download download = download_of(work, work->md5_url, work->md5_file);
    reel_code rc = REEL_OK;
    reel_file_map map;

    download.maximum_bytes = CHECKSUM_FILE_MOST;
    REEL_TRY(reel__download(&download, err));
    REEL_TRY(reel__file_map_open(&map, work->md5_file, err));
    if (!find_md5(work->md5, (const char *)map.data, map.size_bytes))
        rc = reel_fail(err, REEL_E_FORMAT, "%s: holds no MD5; try again later or another mirror",
                       work->md5_url);
    reel__file_map_close(&map);
out:
    (void)unlink(work->md5_file);
    return rc;
}

static reel_code fetch_archive(fetching *work, reel_err *err)
{
    reel_download download = download_of(work, work->url, work->archive);

    download.maximum_bytes =
        work->opts->maximum_bytes > 0 ? work->opts->maximum_bytes : ARCHIVE_MOST;
    download.md5 = work->md5;
    download.progress = work->opts->progress;
    return reel__download(&download, err);
}

reel_code reel__fetch(const reel_fetch_opts *opts, reel_err *err)
{
    fetching work = {.opts = opts};
    reel_code rc = REEL_OK;
    int64_t most;

    REEL_TRY(check_opts(opts, err));
    if (!name_all(&work)) {
        rc = reel_fail(err, REEL_E_NOMEM, "%s: out of memory for its address", opts->dataset);
        goto out;
    }
    if (reel__file_exists(work.folder)) {
        say(opts, "already there; move it away to fetch it again:", work.folder);
        goto out;
    }
    REEL_TRY(reel__file_make_folder(opts->output, err));
    REEL_TRY(fetch_checksum(&work, err));
    say(opts, "downloading", work.url);
    REEL_TRY(fetch_archive(&work, err));
    most = opts->maximum_bytes > 0 ? opts->maximum_bytes : ARCHIVE_MOST;
    rc = reel__unpack(work.archive, opts->output, opts->dataset, most * EXPANSION_MOST,
                      opts->progress, err);
    /* An archive that unpacked has done its work; a bad one must not stay as if it were good. After
     * a full disk it is kept, so that the next call need not download it again. */
    if (rc == REEL_OK || rc == REEL_E_FORMAT || rc == REEL_E_TOOLARGE)
        (void)unlink(work.archive);
    if (rc == REEL_OK)
        say(opts, "unpacked to", work.folder);
out:
    fini(&work);
    return rc;
}
