/* list_next.c - how a list goes on: the token of its `next`, made and read. */
#include "base/clock.h"
#include "http/list_body.h"

enum { TEXT_MAX = 1 << 19, SECONDS_IN_HOUR = 3600 };
static const char *const before = "/api/v1/recommendations/", *const after = "/next";

/* ---- made ---------------------------------------------------------------------------------- */

static void write_token(reel_json *json, const reel_engine *engine, const reel_list *list,
                        const reel_request *request)
{
    const int64_t *ids = reel_dataset_movie_ids(reel__engine_dataset(engine));

    reel__json_object(json);
    reel__json_put_text(json, "list", list->id);
    reel__json_put_int(json, "at", reel__clock_now());
    reel__json_key(json, "earlier");
    reel__json_array(json);
    for (size_t i = 0; i < request->earlier_count; i++)
        reel__json_int(json, request->earlier[i]);
    for (size_t i = 0; i < list->count; i++)
        reel__json_int(json, ids[list->items[i].movie]);
    reel__json_array_end(json);
    reel__json_key(json, "request");
    reel__list_body_write(json, request);
    reel__json_object_end(json);
}

static bool goes_on(const reel_list *list, const reel_request *request)
{
    return list->count == request->limit && request->earlier_count + list->count < REEL_LIST_WHOLE;
}

reel_code reel__list_next_path(reel_buf *out, const reel_seal_key *key, const reel_engine *engine,
                               const reel_list *list, const reel_request *request, reel_err *err)
{
    const size_t begin = out->length;
    reel_buf text;
    reel_json json;
    reel_code rc;

    if (!goes_on(list, request))
        return REEL_OK;
    reel__buf_init(&text, TEXT_MAX);
    reel__json_init(&json, &text);
    write_token(&json, engine, list, request);
    if (text.too_large)
        goto too_long;
    REEL_TRY(reel__buf_check(&text, err));
    reel__buf_text(out, before);
    REEL_TRY(reel__seal(out, key, text.data, text.length, err));
    reel__buf_text(out, after);
    REEL_TRY(reel__buf_check(out, err));
    if (out->length - begin > REEL_NEXT_MAX)
        out->data[out->length = begin] = '\0';
out:
    reel__buf_fini(&text);
    return rc;
too_long:
    reel__buf_fini(&text);
    return REEL_OK;
}

/* ---- read ---------------------------------------------------------------------------------- */

static reel_code check_age(const json_t *token, reel_err *err)
{
    int64_t at = 0;
    const reel_code rc = reel__json_get_int(token, "at", &at, err);

    if (rc != REEL_OK)
        return rc;
    if (reel__clock_now() - at > (int64_t)REEL_LIST_HOURS * SECONDS_IN_HOUR)
        return reel_fail(err, REEL_E_GONE, "this list is older than %d hours; ask for a new one",
                         (int)REEL_LIST_HOURS);
    return REEL_OK;
}

reel_code reel__list_next_read(reel_list_body *out, json_t **json, const reel_seal_key *key,
                               const char *token, size_t length, reel_err *err)
{
    reel_err inner = {REEL_OK, ""};
    reel_buf text;
    reel_code rc;

    *json = NULL;
    reel__buf_init(&text, TEXT_MAX);
    if (reel__unseal(&text, key, token, length, &inner) != REEL_OK)
        REEL_TRY(reel_fail(err, inner.code, "next: %.400s; ask for the list anew", inner.msg));
    REEL_TRY(reel__json_parse(json, text.data, text.length, REEL_LIST_DEPTH, err));
    REEL_TRY(check_age(*json, err));
    REEL_TRY(reel__list_body_read(out, json_object_get(*json, "request"), &inner, err));
    if (inner.code != REEL_OK)
        REEL_TRY(reel_fail(err, inner.code, "%s", inner.msg));
    REEL_TRY(reel__list_body_earlier(out, *json, err));
    REEL_TRY(reel__json_get_text(*json, "list", &out->request.list_id, err));
    if (out->request.limit > REEL_LIST_WHOLE - out->request.earlier_count)
        out->request.limit = REEL_LIST_WHOLE - out->request.earlier_count;
out:
    reel__buf_fini(&text);
    return rc;
}
