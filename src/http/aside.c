/* aside.c - a handler that takes long, on a thread that answers nobody else meanwhile. */
#include "base/alloc.h"
#include "http/handle_account.h"

enum { RETRY_S = 2 };

typedef struct call {
    reel_context context;
    reel_app app;
    reel_handler *handler;
} call;

static void run(void *user)
{
    call *own = user;
    reel_exchange *exchange = own->context.exchange;
    reel_err err = {REEL_OK, ""};
    reel_code rc = own->handler(&own->context, &err);

    if (rc == REEL_OK)
        rc = reel__buf_check(&exchange->answer, &err);
    if (rc != REEL_OK)
        reel__exchange_problem(exchange, &err);
    reel__exchange_complete(exchange);
    reel__free(own);
    exchange->later->end(exchange);
}

static reel_code too_many(reel_exchange *exchange, reel_err *err)
{
    exchange->pending = false;
    exchange->status = 503;
    return reel_fail(err, REEL_E_BUSY,
                     "too many such requests are waiting just now; try again in %d seconds",
                     (int)RETRY_S);
}

reel_code reel__answer_aside_by(reel_context *context, reel_aside *aside, reel_handler *handler,
                                reel_err *err)
{
    reel_exchange *exchange = context->exchange;
    call *own;

    if (exchange->later == NULL)
        return handler(context, err);
    own = reel__alloc_zero(1, sizeof *own);
    if (own == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for this request");
    own->context = *context;
    own->app = *context->app;
    own->context.app = &own->app;
    own->context.session = NULL;
    own->handler = handler;
    if (!exchange->later->begin(exchange)) {
        reel__free(own);
        return handler(context, err);
    }
    exchange->pending = true;
    if (reel__aside_run(aside, run, own))
        return REEL_OK;
    reel__free(own);
    return too_many(exchange, err);
}

reel_code reel__answer_aside(reel_context *context, reel_handler *handler, reel_err *err)
{
    reel_code rc;

    REEL_TRY(reel__need_accounts(context, err));
    rc = reel__answer_aside_by(context, reel__accounts_aside(context->app->accounts), handler, err);
out:
    return rc;
}
