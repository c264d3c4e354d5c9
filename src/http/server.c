/* server.c - libmicrohttpd around exchanges: gathers a body, runs the exchange, sends the answer.
 */
#include "http/server.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/access.h"
#include "http/connections.h"
#include "http/framing.h"
#include "http/headers.h"
#include "http/listen.h"
#include "http/protect.h"
#include "http/tls.h"
#include "http/workers.h"

enum {
    CONNECTIONS_MOST = 16384,
    FILES_BESIDE = 128,
    IDLE_SECONDS = 60,
    CONNECTION_MEMORY = 15 * 1024,
    DRAIN_US = 5000000,
    PASSED_OVER_MOST = 16 << 20, /* of a body that is too large; who sends more is cut off */
    CLIENT_LEFT = 499            /* no status of HTTP; nginx writes it so */
};

struct reel_server {
    reel_workers *workers;
    reel_app app;
    reel_listener listener;
    reel_proxies proxies;
    reel_connections *connections;
    bool count_loopback;
    int64_t work_us; /* for an answer to be worked out */
    reel_tls *tls;   /* NULL: in the clear */
    char hsts[32];
    int threads;
    bool log_requests;
    pthread_key_t session_key; /* one session per server thread */
    bool has_key;
    atomic_uint_fast64_t requests;
    atomic_int running; /* requests that began and have not ended */
    atomic_int waiting; /* of those, how many are answered later */
    atomic_bool stopping;
};

/* One request on the wire. The exchange comes first: it is how handlers know the request. */
typedef struct request {
    reel_exchange exchange;
    reel_server *server;
    struct MHD_Connection *connection;
    reel_connection *link; /* how long it takes; may be NULL */
    reel_host *host;       /* whose it is, behind a proxy; may be NULL */
    reel_buf body;
    reel_engine *engine; /* a reference of its own, where the engine may change; else NULL */
    int64_t started_us;
    size_t received, sent; /* bytes of the bodies of request and answer */
    size_t most;           /* that the former may have */
    bool begun, bad_target, answered, head, complete;
    reel_err err;
} request;

/* ---- answers that come later --------------------------------------------------------------- */

/* Feedback is on disk a few milliseconds after it came. A thread that waited for that would answer
 * nobody else meanwhile; a connection that is set aside costs nothing. */
static bool begin_later(reel_exchange *exchange)
{
    request *current = (request *)exchange;

    atomic_fetch_add(&current->server->waiting, 1);
    if (atomic_load(&current->server->stopping)) {
        atomic_fetch_sub(&current->server->waiting, 1);
        return false;
    }
    current->answered = true;
    MHD_suspend_connection(current->connection);
    return true;
}

static void end_later(reel_exchange *exchange)
{
    const request *current = (const request *)exchange;
    reel_server *server = current->server;

    MHD_resume_connection(current->connection); /* from here on the request may be gone */
    atomic_fetch_sub(&server->waiting, 1);
}

static const reel_later later = {begin_later, end_later};

/* ---- answers that are made while they are sent --------------------------------------------- */

/* A source on the wire. While nothing is new its connection is set aside: no thread waits, and one
 * who takes an event too slowly is cut off as with any other answer. */
typedef struct stream {
    reel_stream source;
    struct MHD_Connection *connection;
    reel_connection *link;
    reel_buf text; /* a piece, from `at` on not sent yet */
    size_t at;
} stream;

enum { STREAM_MOST = 1 << 18, STREAM_PIECE = 4096 };

static void sleep_stream(void *user)
{
    const stream *own = user;

    MHD_suspend_connection(own->connection);
}

static void wake_stream(void *user)
{
    const stream *own = user;

    MHD_resume_connection(own->connection);
}

static ssize_t read_stream(void *user, uint64_t position, char *out, size_t room)
{
    stream *own = user;
    const reel_waiter waiter = {sleep_stream, wake_stream, own};
    size_t length;

    (void)position;
    if (own->at == own->text.length) {
        reel__buf_clear(&own->text);
        own->at = 0;
        switch (own->source.next(own->source.self, &own->text, &waiter)) {
        case REEL_WATCH_WAIT:
            return 0;
        case REEL_WATCH_OVER:
            return MHD_CONTENT_READER_END_OF_STREAM;
        case REEL_WATCH_MORE:
            break;
        }
        if (own->text.failed || own->text.length == 0 ||
            !reel__connection_goes_on(own->link, own->text.length))
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    length = own->text.length - own->at < room ? own->text.length - own->at : room;
    memcpy(out, own->text.data + own->at, length);
    own->at += length;
    return (ssize_t)length;
}

static void end_stream(void *user)
{
    stream *own = user;

    own->source.close(own->source.self);
    reel__buf_fini(&own->text);
    reel__free(own);
}

/* Takes the source. */
static struct MHD_Response *stream_response(request *current)
{
    stream *own = reel__alloc_zero(1, sizeof *own);
    struct MHD_Response *response;

    if (own == NULL)
        return NULL;
    own->source = current->exchange.source;
    own->connection = current->connection;
    own->link = current->link;
    reel__buf_init(&own->text, STREAM_MOST);
    current->exchange.source.self = NULL;
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_PIECE, read_stream, own,
                                                 end_stream);
    if (response == NULL)
        end_stream(own);
    return response;
}

/* ---- the life of a request ----------------------------------------------------------------- */

static void free_session(void *session)
{
    reel__session_free(session);
}

/* What a request is answered by, to its end. */
static const reel_engine *request_engine(const request *current)
{
    return current->engine != NULL ? current->engine : current->server->app.engine;
}

static reel_session *thread_session(reel_server *server, const reel_engine *engine, reel_err *err)
{
    reel_session *session = pthread_getspecific(server->session_key), *older = session;

    if (session != NULL && reel__session_fits(session, engine))
        return session;
    if (reel__session_new(&session, engine, err) != REEL_OK)
        return NULL;
    if (pthread_setspecific(server->session_key, session) != 0) {
        reel__session_free(session);
        (void)reel_fail(err, REEL_E_NOMEM, "no memory for a thread's session");
        return NULL;
    }
    reel__session_free(older);
    return session;
}

static reel_connection *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info == NULL ? NULL : info->socket_context;
}

/* Called with the target as it came, before libmicrohttpd decodes it. */
static void *start_request(void *user, const char *target, struct MHD_Connection *connection)
{
    reel_server *server = user;
    request *made = reel__alloc_array(1, sizeof *made);
    const uint_fast64_t number = atomic_fetch_add(&server->requests, 1);

    if (made == NULL)
        return NULL;
    atomic_fetch_add(&server->running, 1);
    reel__exchange_init(&made->exchange);
    reel__buf_init(&made->body, REEL_HTTP_BODY_MAX);
    made->exchange.later = &later;
    made->server = server;
    made->connection = connection;
    made->link = link_of(connection);
    made->host = NULL;
    made->engine = NULL;
    reel__connection_receives(made->link);
    made->begun = made->answered = made->head = made->complete = false;
    made->received = made->sent = 0;
    made->most = REEL_HTTP_BODY_MAX;
    made->started_us = reel__clock_steady_us();
    made->err = (reel_err){REEL_OK, ""};
    (void)snprintf(made->exchange.request_id, sizeof made->exchange.request_id, "%016" PRIx64,
                   (uint64_t)number ^ (uint64_t)made->started_us << 20);
    made->bad_target = reel__exchange_target(&made->exchange, target, &made->err) != REEL_OK;
    return made;
}

/* How a request ended that was not answered to its end, and the status that stands for it. */
static const char *cut_short(request *done, enum MHD_RequestTerminationCode how)
{
    static const struct {
        enum MHD_RequestTerminationCode how;
        int status;
        const char *name;
    } ways[] = {
        {MHD_REQUEST_TERMINATED_TIMEOUT_REACHED, 408, "timeout"},
        {MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN, 503, "stop"},
        {MHD_REQUEST_TERMINATED_READ_ERROR, CLIENT_LEFT, "client"},
        {MHD_REQUEST_TERMINATED_CLIENT_ABORT, CLIENT_LEFT, "client"},
        {MHD_REQUEST_TERMINATED_WITH_ERROR, CLIENT_LEFT, "error"},
    };

    if (reel__connection_was_cut(done->link))
        how = MHD_REQUEST_TERMINATED_TIMEOUT_REACHED;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i].how == how) {
            if (!done->complete)
                done->exchange.status = ways[i].status;
            return ways[i].name;
        }
    return NULL;
}

static void end_request(void *user, struct MHD_Connection *connection, void **state,
                        enum MHD_RequestTerminationCode how)
{
    reel_server *server = user;
    request *done = *state;
    reel_access access;

    (void)connection;
    if (done == NULL)
        return;
    access = (reel_access){.exchange = &done->exchange,
                           .key = &server->app.key,
                           .head = done->head,
                           .bytes = done->sent,
                           .us = reel__clock_steady_us() - done->started_us,
                           .ended = cut_short(done, how)};
    reel__metrics_request(server->app.metrics, done->exchange.method, done->exchange.route,
                          done->exchange.status, (double)access.us / 1e6);
    if (server->log_requests)
        reel__access_log(&access);
    reel__connections_leave(server->connections, done->host);
    reel__connection_rests(done->link);
    reel__exchange_fini(&done->exchange);
    reel__buf_fini(&done->body);
    reel__engine_close(done->engine);
    reel__free(done);
    *state = NULL;
    atomic_fetch_sub(&server->running, 1);
}

static void free_body(void *body)
{
    reel__free(body);
}

static struct MHD_Response *make_response(reel_exchange *exchange)
{
    size_t length = exchange->answer.length;
    char *body;

    if (exchange->fixed != NULL)
        return MHD_create_response_from_buffer(exchange->fixed_length, (void *)exchange->fixed,
                                               MHD_RESPMEM_PERSISTENT);
    body = reel__buf_take(&exchange->answer);
    if (body == NULL)
        length = 0;
    return MHD_create_response_from_buffer_with_free_callback(length, body, free_body);
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value != NULL)
        (void)MHD_add_response_header(response, name, value);
}

static void add_headers(struct MHD_Response *response, const reel_exchange *exchange)
{
    const request *current = (const request *)exchange;
    reel_protection protection[REEL_PROTECTIONS];
    const int protections =
        reel__protect(protection, exchange, reel__engine_has_posters(request_engine(current)),
                      current->server->hsts);

    add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, exchange->answer_type);
    add_header(response, MHD_HTTP_HEADER_ETAG, exchange->etag);
    add_header(response, MHD_HTTP_HEADER_ALLOW, exchange->allow);
    add_header(response, MHD_HTTP_HEADER_LOCATION, exchange->location);
    add_header(response, MHD_HTTP_HEADER_LINK, exchange->link);
    add_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, exchange->challenge);
    add_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, exchange->encoding);
    add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
               exchange->cache_control == NULL ? "no-store" : exchange->cache_control);
    if (exchange->encoding != NULL || exchange->etag != NULL)
        add_header(response, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
    if ((exchange->status == 429 || exchange->status == 503) && exchange->retry_s == 0)
        add_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    for (int i = 0; i < exchange->header_count; i++)
        add_header(response, exchange->headers[i].name, exchange->headers[i].value);
    add_header(response, "X-Request-Id", exchange->request_id);
    for (int i = 0; i < protections; i++)
        add_header(response, protection[i].name, protection[i].value);
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, request *current)
{
    reel_exchange *exchange = &current->exchange;
    const size_t length =
        exchange->fixed != NULL ? exchange->fixed_length : exchange->answer.length;
    const bool streams = exchange->source.self != NULL;
    struct MHD_Response *response = streams ? stream_response(current) : make_response(exchange);
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO;
    current->sent = current->head ? 0 : length;
    current->complete = true;
    if (streams)
        reel__connection_streams(current->link);
    else
        reel__connection_sends(current->link, length);
    add_headers(response, exchange);
    result = MHD_queue_response(connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    return result;
}

/* The one that serves now, for as long as the request lives. */
static const reel_engine *take_engine(request *current)
{
    const reel_app *app = &current->server->app;

    if (app->published != NULL)
        current->engine = reel__publisher_take(app->published);
    return request_engine(current);
}

static enum MHD_Result answer(reel_server *server, struct MHD_Connection *connection,
                              request *current, const char *method)
{
    reel_exchange *exchange = &current->exchange;
    reel_app app = server->app;
    reel_session *session;

    if (!reel__connection_works(current->link))
        return MHD_NO;
    app.engine = take_engine(current);
    current->head = strcmp(method, "HEAD") == 0;
    exchange->method = current->head ? "GET" : method;
    reel__headers_read(exchange, connection);
    exchange->body = current->body.data == NULL ? "" : current->body.data;
    exchange->body_length = current->body.length;
    if (!current->bad_target && current->received > current->most)
        current->bad_target = reel__exchange_too_large(current->most, &current->err) != REEL_OK;
    else if (!current->bad_target && reel__buf_check(&current->body, &current->err) != REEL_OK)
        current->bad_target = true;
    exchange->due_us = reel__clock_steady_us() + server->work_us;
    session = current->bad_target ? NULL : thread_session(server, app.engine, &current->err);
    if (session == NULL)
        reel__exchange_problem(exchange, &current->err);
    else
        reel__exchange_handle(exchange, &app, session);
    if (!current->answered)
        return send_answer(connection, current);
    /* Set aside; libmicrohttpd asks again when it was resumed. */
    if (!exchange->pending)
        end_later(exchange);
    return MHD_YES;
}

static enum MHD_Result see(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    reel__framing_see(user, name, value);
    return MHD_YES;
}

/* Whether the addresses of this machine, or of proxies themselves, are counted. Whoever has a proxy
 * doubted is counted as the proxy: else a header more would have nobody counted. */
static bool is_counted(const reel_server *server, const reel_client *client)
{
    if (client->doubted)
        return true;
    return !reel__proxies_have(&server->proxies, &client->address) &&
           (server->count_loopback || !reel__address_is_loopback(&client->address));
}

/* A proxy has as many connections as it likes; so has nobody behind it. */
static reel_code enter(request *current, reel_err *err)
{
    reel_server *server = current->server;
    const reel_client *client = &current->exchange.client;

    if (!is_counted(server, client))
        return REEL_OK;
    return reel__connections_enter(&current->host, server->connections, &client->address, err);
}

/* An answer before any of the body is read; nothing that follows it on this connection is. */
static enum MHD_Result refuse(request *current)
{
    reel_exchange *exchange = &current->exchange;

    if (!reel__connection_works(current->link))
        return MHD_NO;
    (void)take_engine(current);
    reel__exchange_problem(exchange, &current->err);
    reel__exchange_header(exchange, MHD_HTTP_HEADER_CONNECTION, "close");
    return send_answer(current->connection, current);
}

/* How large the body may be, which depends on who sends it. */
static reel_code find_most(request *current, int64_t length, reel_err *err)
{
    const reel_app *app = &current->server->app;
    reel_code rc = REEL_OK;

    if (length <= REEL_HTTP_BODY_MAX || current->bad_target)
        return REEL_OK;
    reel__headers_read(&current->exchange, current->connection);
    rc = reel__exchange_body_most(&current->most, &current->exchange, app, err);
    reel__buf_init(&current->body, current->most);
    return rc;
}

/* A body that is too large is refused before it is sent, where its sender waits for that or where
 * it is so large that nobody passes over it. */
static reel_code check_length(request *current, reel_err *err)
{
    struct MHD_Connection *connection = current->connection;
    const char *text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    const bool waits = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Expect") != NULL;
    int64_t length = 0;
    reel_code rc = REEL_OK;

    if (text == NULL) /* in chunks */
        return REEL_OK;
    if (!reel__parse_int(text, &length))
        length = INT64_MAX;
    REEL_TRY(find_most(current, length, err));
    if (length > (waits ? (int64_t)current->most : PASSED_OVER_MOST))
        rc = reel__exchange_too_large(current->most, err);
out:
    return rc;
}

/* What can be read in two ways is refused, and what is too much of one client. */
static enum MHD_Result begin_request(request *current, const char *version)
{
    reel_framing framing = {0};
    bool behind;

    current->begun = true;
    behind = reel__headers_caller(&current->exchange, current->connection,
                                  &current->server->proxies, current->server->tls != NULL);
    (void)MHD_get_connection_values(current->connection, MHD_HEADER_KIND, see, &framing);
    if (reel__framing_check(&framing, version, &current->err) != REEL_OK ||
        (behind && enter(current, &current->err) != REEL_OK) ||
        check_length(current, &current->err) != REEL_OK)
        return refuse(current);
    return MHD_YES;
}

/* Called first with the headers, then for each piece of the body, then once more with none, and
 * again when a request that was set aside goes on. */
// NOLINTNEXTLINE(readability-function-size): libmicrohttpd dictates the signature
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state)
{
    request *current = *state;

    (void)url;
    if (current == NULL)
        return MHD_NO;
    if (!current->begun) {
        current->exchange.method = method;
        return begin_request(current, version);
    }
    if (current->answered)
        return send_answer(connection, current);
    if (*size > 0) {
        /* A body over the limit is read to its end but not kept, so that the answer arrives. */
        current->received += *size;
        if (current->received > PASSED_OVER_MOST)
            return MHD_NO;
        reel__buf_append(&current->body, data, *size);
        reel__connection_received(current->link, *size);
        *size = 0;
        return MHD_YES;
    }
    return answer(user, connection, current, method);
}

/* ---- connections --------------------------------------------------------------------------- */

/* Whether a connection may come in at all. */
static enum MHD_Result admit(void *user, const struct sockaddr *address, socklen_t size)
{
    reel_server *server = user;
    reel_client client;

    (void)size;
    reel__client_peer(&client, address, false);
    return !is_counted(server, &client) ||
                   reel__connections_admit(server->connections, &client.address)
               ? MHD_YES
               : MHD_NO;
}

static void connection_changed(void *user, struct MHD_Connection *connection, void **state,
                               enum MHD_ConnectionNotificationCode what)
{
    reel_server *server = reel__worker_user(user);
    const union MHD_ConnectionInfo *peer, *fd;
    reel_client client;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        reel__connections_remove(server->connections, *state);
        *state = NULL;
        reel__worker_closed(user);
        return;
    }
    reel__worker_opened(user);
    peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (fd == NULL)
        return;
    reel__client_peer(&client, peer == NULL ? NULL : peer->client_addr, false);
    *state = reel__connections_add(server->connections, &client.address, fd->connect_fd,
                                   server->tls == NULL);
    if (*state == NULL) /* nobody would look after it */
        (void)shutdown(fd->connect_fd, SHUT_RDWR);
}

static void log_daemon(void *user, const char *format, va_list arguments)
{
    char text[256], quoted[300];

    (void)user;
    if (vsnprintf(text, sizeof text, format, arguments) > 0) {
        text[strcspn(text, "\n")] = '\0';
        reel__log(REEL_LOG_DEBUG, "http", "text=%s", reel__log_quote(quoted, sizeof quoted, text));
    }
}

/* Each takes a file descriptor: as many as the process may have, which is seldom all it could have.
 */
static int connections_most(void)
{
    struct rlimit files;
    rlim_t most;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return CONNECTIONS_MOST / 16;
    most = files.rlim_max < CONNECTIONS_MOST + FILES_BESIDE ? files.rlim_max
                                                            : CONNECTIONS_MOST + FILES_BESIDE;
    if (files.rlim_cur < most) {
        files.rlim_cur = most;
        (void)setrlimit(RLIMIT_NOFILE, &files);
        (void)getrlimit(RLIMIT_NOFILE, &files);
    }
    most = files.rlim_cur < most ? files.rlim_cur : most;
    return most > (rlim_t)2 * FILES_BESIDE ? (int)(most - FILES_BESIDE) : FILES_BESIDE;
}

/* Options come last; the log must be first to see errors of the others. */
static struct MHD_Daemon *start_worker(void *user, reel_worker *worker)
{
    reel_server *server = user;
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
                           MHD_USE_ERROR_LOG | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
                           (server->tls == NULL ? 0 : MHD_USE_TLS);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, reel__tls_callback()},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)reel__tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };

    if (server->tls == NULL)
        tls[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        flags, 0, admit, server, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_URI_LOG_CALLBACK, start_request, server, MHD_OPTION_NOTIFY_COMPLETED,
        end_request, server, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, worker,
        MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

reel_code reel__server_new(reel_server **out, const reel_server_opts *opts, reel_err *err)
{
    reel_server *server = reel__alloc_zero(1, sizeof *server);
    reel_connections_opts limits = {.idle_s = IDLE_SECONDS};
    reel_code rc;

    *out = NULL;
    if (server == NULL)
        return reel_fail(err, REEL_E_NOMEM, "no memory for the HTTP server");
    server->listener.fd = -1;
    server->proxies = opts->proxies;
    server->log_requests = opts->log_requests;
    (void)snprintf(server->hsts, sizeof server->hsts, "max-age=%d", opts->hsts_s);
    server->count_loopback = opts->count_loopback;
    server->threads = opts->threads > 0 ? opts->threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (server->threads < 2) /* one long request must not hold up the rest */
        server->threads = 2;
    if (opts->fd_plus_one > 0)
        REEL_TRY(reel__listen_take(&server->listener, opts->fd_plus_one - 1, err));
    else
        REEL_TRY(reel__listen_bind(&server->listener, opts->listen, err));
    if (opts->tls_certificate != NULL) {
        REEL_TRY(reel__tls_new(&server->tls, opts->tls_certificate, opts->tls_key, err));
        reel__listen_encrypted(&server->listener);
    }
    limits.most = opts->per_address;
    limits.timeout_s = opts->timeout_s > 0 ? opts->timeout_s : REEL_HTTP_TIMEOUT_S;
    server->work_us = (int64_t)limits.timeout_s * 1000000;
    REEL_TRY(reel__connections_new(&server->connections, &limits, err));
    server->has_key = pthread_key_create(&server->session_key, free_session) == 0;
    if (!server->has_key) {
        rc = reel_fail(err, REEL_E_NOMEM, "no thread-local storage left");
        goto out;
    }
    *out = server;
    server = NULL;
out:
    reel__server_stop(server);
    return rc;
}

reel_code reel__server_start(reel_server *server, const reel_app *app, reel_err *err)
{
    const reel_workers_opts opts = {
        .count = server->threads,
        .listening = server->listener.fd,
        .most = connections_most(),
        .start = start_worker,
        .user = server,
    };
    reel_code rc;

    server->app = *app;
    REEL_TRY(reel__listen_start(&server->listener, err));
    REEL_TRY(reel__workers_begin(&server->workers, &opts, err));
out:
    return rc;
}

reel_code reel__server_renew(reel_server *server, reel_err *err)
{
    return server->tls == NULL ? REEL_OK : reel__tls_again(server->tls, err);
}

bool reel__server_is_loopback(const reel_server *server)
{
    return server->listener.loopback;
}

bool reel__server_is_own(const reel_server *server)
{
    return server->listener.loopback && server->proxies.count == 0;
}

const char *reel__server_url(const reel_server *server)
{
    return server->listener.url;
}

static void wait_a_moment(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* Nobody new comes in, and what was asked gets a moment to be answered: what runs, and what waits
 * for a thread that runs something else. Between being read and running a request is neither for an
 * instant, so it takes two looks. */
static void drain(reel_server *server)
{
    const int64_t until = reel__clock_steady_us() + DRAIN_US;
    int quiet = 0;

    atomic_store(&server->stopping, true);
    reel__workers_shut(server->workers);
    while (atomic_load(&server->waiting) > 0 || (quiet < 2 && reel__clock_steady_us() < until)) {
        const bool busy = atomic_load(&server->running) > 0 ||
                          reel__workers_pending(server->workers) ||
                          reel__connections_unread(server->connections);

        quiet = busy ? 0 : quiet + 1;
        wait_a_moment();
    }
}

void reel__server_stop(reel_server *server)
{
    if (server == NULL)
        return;
    if (server->workers != NULL)
        drain(server);
    reel__workers_end(server->workers);
    reel__connections_free(server->connections);
    reel__tls_free(server->tls);
    if (server->listener.fd >= 0)
        (void)close(server->listener.fd);
    if (server->has_key)
        (void)pthread_key_delete(server->session_key);
    reel__free(server);
}
