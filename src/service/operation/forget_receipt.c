/* forget_receipt.c - what a forgetting says of itself. */
#include <string.h>

#include "reel/version.h"
#include "service/operation/forget_priv.h"

static void put_file(reel_json *json, const char *key, const reel_held *file)
{
    reel__json_key(json, key);
    if (file == NULL) {
        reel__json_null(json);
        return;
    }
    reel__json_object(json);
    reel__json_put_known(json, "id", file->id);
    reel__json_put_text(json, "sha256", file->hash);
    reel__json_put_int(json, "size_bytes", file->size_bytes);
    reel__json_object_end(json);
}

/* NULL: that is not known yet. */
static const char *outcome_of(const reel_receipt *receipt, const reel_held *before,
                              const reel_held *after, reel_forget_report *report)
{
    if (receipt->after == NULL)
        return NULL;
    if (before == NULL)
        return "made";
    if (after == NULL) {
        report->destroyed++;
        return "destroyed";
    }
    if (strcmp(before->hash, after->hash) != 0) {
        report->refitted++;
        return "refitted";
    }
    report->kept++;
    return "kept";
}

/* file: either of the two. */
static void put_change(reel_json *json, const reel_receipt *receipt, const reel_held *file,
                       const reel_held *before, const reel_held *after, reel_forget_report *report)
{
    reel__json_object(json);
    reel__json_put_text(json, "file", file->name);
    reel__json_put_text(json, "kind", file->kind);
    reel__json_put_text(json, "outcome", outcome_of(receipt, before, after, report));
    reel__json_put_int(json, "people",
                       before == NULL ? 0 : (int64_t)reel__held_of(before, receipt->gone));
    put_file(json, "before", before);
    put_file(json, "after", after);
    reel__json_object_end(json);
}

void reel__receipt_write(reel_buf *out, const reel_receipt *receipt, reel_forget_report *report)
{
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    reel__json_put_int(&json, "receipt", 1);
    reel__json_put_time(&json, "made_at", receipt->made_at);
    reel__json_put_text(&json, "program", reel_version());
    reel__json_put_bool(&json, "finished", receipt->after != NULL);
    reel__json_put_known(&json, "interrupted", receipt->begun);
    reel__json_key(&json, "people");
    reel__json_array(&json);
    for (size_t i = 0; i < receipt->gone->count; i++)
        reel__json_int(&json, receipt->gone->ids[i]);
    reel__json_array_end(&json);
    reel__json_key(&json, "files");
    reel__json_array(&json);
    for (size_t i = 0; i < receipt->before->count; i++) {
        const reel_held *before = &receipt->before->files[i];

        put_change(&json, receipt, before, before,
                   receipt->after == NULL ? NULL : reel__holding_find(receipt->after, before->name),
                   report);
    }
    for (size_t i = 0; receipt->after != NULL && i < receipt->after->count; i++) {
        const reel_held *after = &receipt->after->files[i];

        if (reel__holding_find(receipt->before, after->name) == NULL)
            put_change(&json, receipt, after, NULL, after, report);
    }
    reel__json_array_end(&json);
    reel__backups_write(&json, receipt->backups);
    reel__json_object_end(&json);
}
