/* order.c - which films a list has and in which order: by score, or by what the request's rules
 * make of the scores. The rules change places, never scores: a reason stays the reason.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/mistakes.h"
#include "model/side.h"
#include "num/topk.h"
#include "rules/arrange.h"
#include "rules/expression.h"
#include "service/engine/state.h"

/* Rules choose among this many films, or a few times the list; room for folding texts. */
enum { CANDIDATES_LEAST = 100, CANDIDATES_TIMES = 3, CANDIDATES_MOST = 600, ROOM_MAX = 1 << 20 };
static const double BOOST_MOST = 1000;

enum { RULE_BOOST, RULE_NOVELTY, RULE_CALIBRATE, RULE_DIVERSITY };
static const char *const rule_names[REEL_RULES] = {"boost", "novelty", "calibrate", "diversity"};

/* ---- expressions --------------------------------------------------------------------------- */

static reel_code parse(reel_expression **out, const char *member, const char *text,
                       reel_value_kind kind, reel_err *err)
{
    reel_err inner = {REEL_OK, ""};
    const reel_code rc = reel__expression_new(out, text, kind, &inner);

    return rc == REEL_OK ? rc : reel__mistake_within(err, &inner, "%s", member);
}

static reel_code check(const char *member, const char *text, reel_value_kind kind, reel_err *err)
{
    reel_expression *expression = NULL;
    const reel_code rc = text == NULL ? REEL_OK : parse(&expression, member, text, kind, err);

    reel__expression_free(expression);
    return rc;
}

reel_code reel__order_check_filter(const char *text, reel_err *err)
{
    return check("filter", text, REEL_VALUE_TRUTH, err);
}

reel_code reel__order_check_boost(const char *text, reel_err *err)
{
    return check("boost", text, REEL_VALUE_NUMBER, err);
}

static reel_film film_of(const reel_engine *engine, reel_index movie, reel_movie *room)
{
    reel_film film = {.movie = room};

    *room = reel_dataset_movie(engine->dataset, movie);
    film.ratings = reel__engine_rated(engine, movie, &film.rating);
    return film;
}

reel_code reel__order_filter(reel_session *session, const char *text, size_t *removed,
                             reel_err *err)
{
    const reel_index movies = reel_dataset_movies(session->engine->dataset);
    reel_expression *filter = NULL;
    reel_buf room;
    reel_code rc;

    *removed = 0;
    if (text == NULL)
        return REEL_OK;
    reel__buf_init(&room, ROOM_MAX);
    REEL_TRY(parse(&filter, "filter", text, REEL_VALUE_TRUTH, err));
    for (reel_index i = 0; i < movies; i++) {
        reel_movie movie;
        const reel_film film = film_of(session->engine, i, &movie);

        if (reel__bit_get(session->skip, i) || reel__expression_test(filter, &film, &room))
            continue;
        reel__bit_set(session->skip, i);
        (*removed)++;
    }
    rc = reel__buf_check(&room, err);
out:
    reel__expression_free(filter);
    reel__buf_fini(&room);
    return rc;
}

/* ---- worth --------------------------------------------------------------------------------- */

/* Where the scores of the films that may be listed begin and end. */
static void range_of(const reel_session *session, double *low, double *high)
{
    const reel_index movies = reel_dataset_movies(session->engine->dataset);

    *low = INFINITY;
    *high = -INFINITY;
    for (reel_index i = 0; i < movies; i++) {
        const double score = (double)session->scores[i];

        if (reel__bit_get(session->skip, i))
            continue;
        *low = score < *low ? score : *low;
        *high = score > *high ? score : *high;
    }
}

/* What boosts a film; 1 where it comes to nothing sensible. */
static double factor(const reel_expression *boost, const reel_engine *engine, reel_index movie,
                     reel_buf *room)
{
    reel_movie facts;
    const reel_film film = film_of(engine, movie, &facts);
    const double value = reel__expression_value(boost, &film, room);

    if (!isfinite(value))
        return 1;
    return value < 0 ? 0 : value > BOOST_MOST ? BOOST_MOST : value;
}

/* session->worth: scores on a scale from 0 to 1, times what boosts them (boost may be NULL). */
static reel_code set_worth(reel_session *session, const reel_expression *boost, reel_err *err)
{
    const reel_index movies = reel_dataset_movies(session->engine->dataset);
    reel_buf room;
    double low, high;
    reel_code rc;

    if (session->worth == NULL)
        session->worth = reel__alloc_aligned((size_t)movies, sizeof *session->worth);
    if (session->worth == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to arrange %d films", (int)movies);
    reel__buf_init(&room, ROOM_MAX);
    range_of(session, &low, &high);
    for (reel_index i = 0; i < movies; i++) {
        const double own = high > low ? ((double)session->scores[i] - low) / (high - low) : 1;

        session->worth[i] = 0;
        if (!reel__bit_get(session->skip, i))
            session->worth[i] =
                (float)(boost == NULL ? own : own * factor(boost, session->engine, i, &room));
    }
    rc = reel__buf_check(&room, err);
    reel__buf_fini(&room);
    return rc;
}

/* ---- what films are like ------------------------------------------------------------------- */

void reel__order_free(reel_looks *looks)
{
    if (looks == NULL)
        return;
    reel__genres_fini(&looks->genres);
    reel__csr_fini(&looks->features);
    reel__free(looks);
}

static reel_code make_looks(void **out, const reel_engine *engine, reel_err *err)
{
    const reel_dataset *dataset = engine->dataset;
    reel_looks *looks = reel__alloc_zero(1, sizeof *looks);
    reel_code rc = REEL_OK;

    if (looks == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to compare films");
    REEL_TRY(reel__genres_init(&looks->genres, dataset, err));
    REEL_TRY(reel__side_features(&looks->features, dataset, err));
    *out = looks;
    looks = NULL;
out:
    reel__order_free(looks);
    return rc;
}

reel_code reel__order_looks(const reel_looks **out, const reel_engine *engine, reel_err *err)
{
    void *made;
    const reel_code rc = reel__engine_lazy(&made, engine, &engine->looks, make_looks, err);

    *out = made;
    return rc;
}

/* ---- the choice ---------------------------------------------------------------------------- */

/* A list in the making. */
typedef struct ordering {
    reel_session *session;
    const reel_request *request;
    const reel_looks *looks;
    reel_genre_mix history;
    reel_expression *boost;
    size_t candidates;
} ordering;

/* The films of the list when the rules [REEL_RULES] are on or off; the number of them. */
static reel_code choose_films(const ordering *o, const bool *on, reel_index *films, size_t *count,
                              reel_err *err)
{
    const reel_session *s = o->session;
    const reel_request *r = o->request;
    const reel_arrange_opts opts = {.novelty = on[RULE_NOVELTY] ? r->novelty : 0,
                                    .calibrate = on[RULE_CALIBRATE] ? r->calibrate : 0,
                                    .diversity = on[RULE_DIVERSITY] ? r->diversity : 0,
                                    .history = &o->history};
    const reel_likeness likeness = {&o->looks->genres, reel__csr_view(&o->looks->features)};
    reel_scored best[CANDIDATES_MOST];
    reel_candidate candidates[CANDIDATES_MOST];
    size_t order[REEL_LIST_MAX], found;
    double low, high;
    reel_code rc;

    REEL_TRY(reel__session_in_time(s, err));
    REEL_TRY(set_worth(o->session, on[RULE_BOOST] ? o->boost : NULL, err));
    found =
        reel__topk(s->worth, reel_dataset_movies(s->engine->dataset), s->skip, o->candidates, best);
    high = found == 0 ? 0 : (double)best[0].score;
    low = found == 0 ? 0 : (double)best[found - 1].score;
    for (size_t i = 0; i < found; i++)
        candidates[i] =
            (reel_candidate){.movie = best[i].index,
                             .worth = high > low ? ((double)best[i].score - low) / (high - low) : 1,
                             .fame = (double)reel__engine_rated(s->engine, best[i].index, NULL)};
    *count = found < r->limit ? found : r->limit;
    REEL_TRY(reel__arrange(&likeness, candidates, found, &opts, order, *count, err));
    for (size_t i = 0; i < *count; i++)
        films[i] = best[order[i]].index;
out:
    return rc;
}

/* What a rule did: the list is made once more without it. */
static reel_code note_effect(const ordering *o, const bool *on, int rule, reel_list *list,
                             reel_err *err)
{
    reel_index without[REEL_LIST_MAX];
    bool others[REEL_RULES];
    size_t count;
    reel_code rc;

    memcpy(others, on, sizeof others);
    others[rule] = false;
    REEL_TRY(choose_films(o, others, without, &count, err));
    for (size_t i = 0; i < list->count; i++) {
        reel_recommendation *item = &list->items[i];
        size_t at = 0;

        while (at < count && without[at] != item->movie)
            at++;
        if (at != i)
            item->effects[item->effect_count++] = (struct reel_rule_effect){
                .rule = rule_names[rule], .moved = (int)at - (int)i, .brought = at == count};
    }
out:
    return rc;
}

static reel_genre_mix mix_of(const reel_session *session, const reel_genres *genres,
                             reel_index *films)
{
    size_t count = 0;

    for (size_t i = 0; i < session->query.count; i++)
        if (session->query.entries[i].weight > 0 &&
            session->query.entries[i].kind != REEL_ENTRY_SIGNAL)
            films[count++] = session->query.entries[i].movie;
    return reel__genre_mix(genres, films, count);
}

/* Places go on where a list goes on. */
static void put_item(reel_list *list, const reel_request *request, size_t at, reel_scored film)
{
    reel_recommendation *item = &list->items[at];

    item->movie = film.index;
    item->rank = (int)(request->earlier_count + at) + 1;
    item->score = (double)film.score;
    item->side = NULL;
    item->effect_count = 0;
}

static reel_code choose_by_rules(ordering *o, const bool *on, reel_list *list, reel_err *err)
{
    const reel_session *s = o->session;
    reel_index *history = reel__alloc_array(s->query.count + 1, sizeof *history);
    reel_index films[REEL_LIST_MAX];
    reel_code rc = REEL_OK;

    if (history == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for a history of %zu films",
                         s->query.count);
    if (on[RULE_BOOST])
        REEL_TRY(parse(&o->boost, "boost", o->request->boost, REEL_VALUE_NUMBER, err));
    REEL_TRY(reel__order_looks(&o->looks, s->engine, err));
    o->history = mix_of(s, &o->looks->genres, history);
    REEL_TRY(choose_films(o, on, films, &list->count, err));
    for (size_t i = 0; i < list->count; i++)
        put_item(list, o->request, i, (reel_scored){films[i], s->scores[films[i]]});
    for (int rule = 0; rule < REEL_RULES; rule++)
        if (on[rule])
            REEL_TRY(note_effect(o, on, rule, list, err));
out:
    reel__expression_free(o->boost);
    reel__free(history);
    return rc;
}

static size_t candidates_for(size_t limit)
{
    const size_t some = CANDIDATES_TIMES * limit;

    return some < CANDIDATES_LEAST  ? CANDIDATES_LEAST
           : some > CANDIDATES_MOST ? CANDIDATES_MOST
                                    : some;
}

reel_code reel__order_choose(reel_session *session, const reel_request *request, reel_list *list,
                             reel_err *err)
{
    const bool on[REEL_RULES] = {[RULE_BOOST] = request->boost != NULL,
                                 [RULE_NOVELTY] = request->novelty > 0,
                                 [RULE_CALIBRATE] = request->calibrate > 0,
                                 [RULE_DIVERSITY] = request->diversity > 0};
    ordering o = {
        .session = session, .request = request, .candidates = candidates_for(request->limit)};
    reel_scored best[REEL_LIST_MAX];

    for (int rule = 0; rule < REEL_RULES; rule++)
        if (on[rule])
            return choose_by_rules(&o, on, list, err);
    list->count = reel__topk(session->scores, reel_dataset_movies(session->engine->dataset),
                             session->skip, request->limit, best);
    for (size_t i = 0; i < list->count; i++)
        put_item(list, request, i, best[i]);
    return REEL_OK;
}
