/* forget_keep.c - receipts as files. One is begun before anything is changed, so that a process
 * that is killed leaves the hashes of what was there; the next run tells of it in its own, and
 * names whom it was about.
 *
 *     receipts/forget-1795745700250-begun.json          while it is done
 *     receipts/forget-1795745700250-1f2e3d4c5b6a.json   afterwards: its moment, and its hash
 *     receipts/forget-1795745700250-interrupted.json    of a run that did not come to its end
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "service/operation/forget_priv.h"

enum { PATH = REEL_FORGET_PATH + REEL_RECEIPT_NAME, BEGUN_MOST = 256 << 20, DEPTH = 16 };

static const char begun_ending[] = "-begun.json";

static void path_of(char out[PATH], const char *folder, const char *name)
{
    (void)snprintf(out, PATH, "%.*s/receipts%s%s", REEL_FORGET_PATH - 64, folder,
                   name[0] == '\0' ? "" : "/", name);
}

static bool is_begun(const char *name)
{
    const size_t length = strlen(name), tail = sizeof begun_ending - 1;

    return strncmp(name, "forget-", 7) == 0 && length > tail && length < REEL_RECEIPT_NAME - 8 &&
           strcmp(name + length - tail, begun_ending) == 0;
}

/* The latest, but for this one's own; "" = there is none. */
static reel_code find_begun(char out[REEL_RECEIPT_NAME], const char *folder, const char *own,
                            reel_err *err)
{
    char path[PATH];
    const struct dirent *entry;
    DIR *open;

    out[0] = '\0';
    path_of(path, folder, "");
    open = opendir(path);
    if (open == NULL)
        return errno == ENOENT
                   ? REEL_OK
                   : reel_fail(err, REEL_E_STORE, "%s: cannot be read: %s", path, strerror(errno));
    while ((entry = readdir(open)) != NULL)
        if (is_begun(entry->d_name) && strcmp(entry->d_name, own) != 0 &&
            strcmp(entry->d_name, out) > 0)
            (void)snprintf(out, REEL_RECEIPT_NAME, "%.*s", REEL_RECEIPT_NAME - 8, entry->d_name);
    (void)closedir(open);
    return REEL_OK;
}

reel_code reel__receipt_find_begun(reel_receipt *receipt, const char *folder, reel_err *err)
{
    return find_begun(receipt->begun, folder, "", err);
}

static int by_id(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

/* Both in one order, none twice. */
static reel_code add_people(reel_people *people, const json_t *ids, reel_err *err)
{
    const size_t most = people->count + json_array_size(ids);
    int64_t *all = reel__realloc_array(people->ids, most + 1, sizeof *all);
    size_t count = 0;

    if (all == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a receipt");
    people->ids = all;
    for (size_t i = 0; i < json_array_size(ids); i++)
        all[people->count++] = (int64_t)json_integer_value(json_array_get(ids, i));
    qsort(all, people->count, sizeof *all, by_id);
    for (size_t i = 0; i < people->count; i++)
        if (count == 0 || all[i] != all[count - 1])
            all[count++] = all[i];
    people->count = count;
    return REEL_OK;
}

reel_code reel__receipt_begun_people(reel_people *people, const char *folder, const char *begun,
                                     reel_err *err)
{
    char path[PATH];
    reel_file_map map;
    json_t *json = NULL;
    reel_err ignored;
    reel_code rc = REEL_OK;

    path_of(path, folder, begun);
    if (begun[0] == '\0' || reel__file_map_open(&map, path, &ignored) != REEL_OK)
        return REEL_OK;
    if (reel__json_parse(&json, (const char *)map.data, map.size_bytes, DEPTH, &ignored) == REEL_OK)
        rc = add_people(people, json_object_get(json, "people"), err);
    json_decref(json);
    reel__file_map_close(&map);
    return rc;
}

reel_code reel__receipt_begin(reel_receipt *receipt, const char *folder, reel_err *err)
{
    const int64_t now_ms = reel__clock_now_ms();
    reel_forget_report ignored = {0};
    char path[PATH];
    reel_buf text;
    reel_code rc;

    receipt->made_at = now_ms / 1000;
    reel__buf_init(&text, BEGUN_MOST);
    reel__receipt_write(&text, receipt, &ignored);
    reel__buf_char(&text, '\n');
    REEL_TRY(reel__buf_check(&text, err));
    path_of(path, folder, "");
    REEL_TRY(reel__file_make_folder(path, err));
    (void)snprintf(receipt->own, sizeof receipt->own, "forget-%lld%s", (long long)now_ms,
                   begun_ending);
    path_of(path, folder, receipt->own);
    rc = reel__file_write(path, text.data, text.length, err);
out:
    reel__buf_fini(&text);
    return rc;
}

static reel_code hash_text(char out[REEL_DIGEST_HEX], const reel_buf *text, reel_err *err)
{
    reel_digest *digest = reel__digest_new(REEL_DIGEST_SHA256);

    if (digest == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a receipt");
    reel__digest_update(digest, text->data, text->length);
    reel__digest_finish(digest, out);
    return REEL_OK;
}

static void name_interrupted(char out[REEL_RECEIPT_NAME], const char *begun)
{
    (void)snprintf(out, REEL_RECEIPT_NAME, "%.*s-interrupted.json",
                   (int)(strlen(begun) - (sizeof begun_ending - 1)), begun);
}

/* Once the receipt is safe, which says the name that the last of them gets: each that was begun
 * before, or the next run would take it for one that was just broken off. */
static reel_code put_aside(const char *folder, const char *own, reel_err *err)
{
    char from[PATH], to[PATH], begun[REEL_RECEIPT_NAME], name[REEL_RECEIPT_NAME];
    reel_code rc = REEL_OK;

    for (;;) {
        REEL_TRY(find_begun(begun, folder, own, err));
        if (begun[0] == '\0')
            break;
        name_interrupted(name, begun);
        path_of(from, folder, begun);
        path_of(to, folder, name);
        REEL_TRY(reel__file_rename(from, to, err));
    }
out:
    return rc;
}

reel_code reel__receipt_keep(reel_forget_report *out, reel_buf *text, reel_receipt *receipt,
                             const char *folder, reel_err *err)
{
    const int64_t now_ms = reel__clock_now_ms();
    char begun[REEL_RECEIPT_NAME], name[REEL_RECEIPT_NAME], path[PATH];
    reel_code rc;

    memcpy(begun, receipt->begun, sizeof begun);
    if (begun[0] != '\0')
        name_interrupted(receipt->begun, begun);
    receipt->made_at = now_ms / 1000;
    reel__receipt_write(text, receipt, out);
    reel__buf_char(text, '\n');
    REEL_TRY(reel__buf_check(text, err));
    REEL_TRY(hash_text(out->hash, text, err));
    (void)snprintf(name, sizeof name, "forget-%lld-%.12s.json", (long long)now_ms, out->hash);
    path_of(path, folder, name);
    REEL_TRY(reel__file_write(path, text->data, text->length, err));
    (void)snprintf(out->receipt, sizeof out->receipt, "%s", path);
    REEL_TRY(put_aside(folder, receipt->own, err));
    if (receipt->own[0] != '\0') {
        path_of(path, folder, receipt->own);
        (void)unlink(path);
    }
out:
    return rc;
}
