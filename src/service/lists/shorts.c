/* shorts.c - the short form of every film as JSON, written once for an engine: a list of ten films
 * with three reasons each names forty, and their bytes never change. About 300 a film.
 */
#include "base/alloc.h"
#include "service/engine/state.h"

/* Where a film is in the text, and how many bytes its id and title are. */
typedef struct place {
    size_t begin, naming;
} place;

struct reel_shorts {
    char *text;    /* {"movie":1,"title":"..."...}{"movie":2...}... */
    place *places; /* [movies + 1] */
};

void reel__shorts_free(reel_shorts *shorts)
{
    if (shorts == NULL)
        return;
    reel__free(shorts->places);
    reel__free(shorts->text);
    reel__free(shorts);
}

static void write_all(reel_shorts *shorts, reel_buf *text, const reel_engine *engine)
{
    const reel_index movies = reel_dataset_movies(engine->dataset);
    reel_json json;

    for (reel_index movie = 0; movie < movies; movie++) {
        place *at = &shorts->places[movie];

        reel__json_init(&json, text);
        at->begin = text->length;
        reel__json_object(&json);
        reel__write_naming(&json, engine, movie);
        at->naming = text->length - at->begin - 1;
        reel__write_looks(&json, engine, movie);
        reel__json_object_end(&json);
    }
    shorts->places[movies] = (place){.begin = text->length};
}

static reel_code make(void **out, const reel_engine *engine, reel_err *err)
{
    const size_t movies = (size_t)reel_dataset_movies(engine->dataset);
    reel_shorts *shorts = reel__alloc_zero(1, sizeof *shorts);
    reel_buf text;
    reel_code rc = REEL_OK;

    reel__buf_init(&text, UINT32_MAX);
    if (shorts != NULL)
        shorts->places = reel__alloc_array(movies + 1, sizeof *shorts->places);
    if (shorts == NULL || shorts->places == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for %zu films as JSON", movies));
    write_all(shorts, &text, engine);
    REEL_TRY(reel__buf_check(&text, err));
    shorts->text = reel__buf_take(&text);
    if (shorts->text == NULL)
        REEL_TRY(reel_fail(err, REEL_E_NOMEM, "out of memory for %zu films as JSON", movies));
    *out = shorts;
    shorts = NULL;
out:
    reel__buf_fini(&text);
    reel__shorts_free(shorts);
    return rc;
}

reel_code reel__shorts_prepare(const reel_engine *engine, reel_err *err)
{
    void *made;

    return reel__engine_lazy(&made, engine, &engine->shorts, make, err);
}

bool reel__short_find(reel_short *out, const reel_engine *engine, reel_index movie)
{
    const reel_shorts *shorts = atomic_load_explicit(&engine->shorts, memory_order_acquire);
    const place *at;

    if (shorts == NULL)
        return false;
    at = &shorts->places[movie];
    out->members = shorts->text + at[0].begin + 1;
    out->length = at[1].begin - at[0].begin - 2;
    out->naming = at[0].naming;
    return true;
}
