/* Many small requests: against a server of the test's own that misbehaves as its paths say, and,
 * for HTTP/2, against nghttpd. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/pool.h"
#include "support/check.h"
#include "support/temp.h"

enum { ASKED_MOST = 400 };

/* ---- libcurl's memory ---------------------------------------------------------------------- */

static _Atomic long curl_left = -1; /* how many go well before one fails; < 0: all */
static _Atomic long curl_live, curl_failed;

static bool curl_fails(void)
{
    if (curl_left < 0 || curl_left-- > 0)
        return false;
    curl_failed++;
    return true;
}

static void *curl_take(void *memory)
{
    curl_live += memory != NULL;
    return memory;
}

static void *curl_malloc(size_t size)
{
    return curl_fails() ? NULL : curl_take(malloc(size));
}

static void curl_release(void *memory)
{
    curl_live -= memory != NULL;
    free(memory);
}

static void *curl_realloc(void *old, size_t size)
{
    void *memory = curl_fails() ? NULL : realloc(old, size);

    return old == NULL ? curl_take(memory) : memory;
}

static char *curl_strdup(const char *text)
{
    return curl_fails() ? NULL : curl_take(strdup(text));
}

static void *curl_calloc(size_t count, size_t size)
{
    return curl_fails() ? NULL : curl_take(calloc(count, size));
}

/* ---- a server ------------------------------------------------------------------------------ */

/* /ok, /busy (503), /later (429 with Retry-After: 1), /gone (404), /large (more than is taken),
 * /drop (no answer). With a number behind it only so many times, then it is /ok. */
static struct {
    int socket, port;
    pthread_t thread;
    _Atomic bool over;
    _Atomic int times[128], asked, connections;
    char bearer[64];
} server;

static int listen_anywhere(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    const int s = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(s >= 0 && bind(s, (struct sockaddr *)&at, sizeof at) == 0 && listen(s, 64) == 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&at, &size), 0);
    *port = ntohs(at.sin_port);
    return s;
}

static bool reply(int s, const char *status, const char *more, size_t length)
{
    char text[4096];
    const int head = snprintf(text, sizeof text, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n",
                              status, more, length);

    memset(text + head, 'x', length);
    return send(s, text, (size_t)head + length, MSG_NOSIGNAL) > 0;
}

/* False: the connection ends. */
static bool answer_one(int s, const char *request)
{
    const char *bearer = strstr(request, "Authorization: Bearer ");
    char what[32] = "";
    int limit = 1 << 30;
    bool usual;

    server.asked++;
    if (bearer != NULL)
        (void)sscanf(bearer, "Authorization: Bearer %60s", server.bearer);
    (void)sscanf(request, "GET /%31[a-z]%d", what, &limit);
    usual = server.times[(unsigned char)what[0]]++ >= limit;
    if (usual || strcmp(what, "ok") == 0)
        return reply(s, "200 OK", "", 2);
    if (strcmp(what, "busy") == 0)
        return reply(s, "503 Busy", "", 4);
    if (strcmp(what, "later") == 0)
        return reply(s, "429 Later", "Retry-After: 1\r\n", 4);
    if (strcmp(what, "large") == 0)
        return reply(s, "200 OK", "", 3000);
    return strcmp(what, "gone") == 0 && reply(s, "404 Gone", "", 4);
}

static void *serve_one(void *user)
{
    const int s = (int)(intptr_t)user;
    char request[4096] = "";
    ssize_t got = 0;

    while ((got = recv(s, request, sizeof request - 1, 0)) > 0) {
        request[got] = '\0';
        if (!answer_one(s, request))
            break;
    }
    (void)close(s);
    return NULL;
}

static void *serve(void *unused)
{
    for (int s; (s = accept(server.socket, NULL, NULL)) >= 0 && !server.over;) {
        pthread_t thread;

        server.connections++;
        if (pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)s) != 0 ||
            pthread_detach(thread) != 0)
            abort();
    }
    return unused;
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, curl_release,
                                          curl_realloc, curl_strdup, curl_calloc),
                     CURLE_OK);
    server.socket = listen_anywhere(&server.port);
    return pthread_create(&server.thread, NULL, serve, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    server.over = true;
    (void)shutdown(server.socket, SHUT_RDWR);
    (void)pthread_join(server.thread, NULL);
    return close(server.socket);
}

/* ---- a caller ------------------------------------------------------------------------------ */

typedef struct caller {
    const char *base; /* the address to which a path is appended */
    const char *const *paths;
    int count, asked, answered;
    long status[ASKED_MOST];
    char why[ASKED_MOST][80];
    size_t length[ASKED_MOST];
    int end_after; /* the answer that ends the run; 0 = none */
} caller;

static bool next(void *user, char url[REEL_URL_MAX], void **tag)
{
    caller *c = user;

    if (c->asked == c->count)
        return false;
    (void)snprintf(url, REEL_URL_MAX, "%s%s", c->base,
                   c->paths == NULL ? "/ok" : c->paths[c->asked]);
    *tag = &c->status[c->asked++];
    return true;
}

static reel_code take(void *user, const reel_answer *answer, reel_err *err)
{
    caller *c = user;
    const ptrdiff_t i = (long *)answer->tag - c->status;

    c->status[i] = answer->status;
    c->length[i] = answer->length;
    (void)snprintf(c->why[i], sizeof c->why[i], "%s", answer->why);
    if (++c->answered == c->end_after)
        return reel_fail(err, REEL_E_STORE, "that is enough");
    return REEL_OK;
}

static const char *own_server(void)
{
    static char base[64];

    (void)snprintf(base, sizeof base, "http://127.0.0.1:%d", server.port);
    memset((void *)server.times, 0, sizeof server.times);
    server.asked = 0;
    server.connections = 0;
    return base;
}

static const reel_pool_opts quick = {
    .rate = 100000, .pause_ms = 2, .timeout_ms = 5000, .maximum_bytes = 1000};

static reel_code ask(caller *c, const reel_pool_opts *opts, reel_err *err)
{
    return reel__pool_run(opts, &(reel_pool_calls){next, take, c}, err);
}

/* ---- tests --------------------------------------------------------------------------------- */

static void answers_of_every_kind(void **state)
{
    (void)state;
    static const char *const paths[] = {"/ok", "/busy3", "/gone", "/large", "/drop2", "/busy"};
    static const long status[] = {200, 200, 404, 0, 200, 503};
    caller c = {.base = own_server(), .paths = paths, .count = 6};
    reel_pool_opts opts = quick;
    reel_err err;

    opts.bearer = "a-secret";
    assert_ok(ask(&c, &opts, &err));
    assert_int_equal(c.answered, 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(c.status[i], status[i]);
    assert_int_equal(c.length[0], 2);
    assert_string_equal(c.why[3], "the answer is too large");
    assert_int_equal(c.length[3], 0);
    assert_string_equal(server.bearer, "a-secret");
}

static void nobody_is_there(void **state)
{
    (void)state;
    caller c = {.base = "http://127.0.0.1:1", .count = 3};
    reel_err err;

    assert_ok(ask(&c, &quick, &err));
    assert_int_equal(c.answered, 3);
    assert_int_equal(c.status[2], 0);
    assert_true(strlen(c.why[2]) > 5);
    assert_null(strstr(c.why[2], "127.0.0.1"));
    c = (caller){.base = "ftp://127.0.0.1:1", .count = 1};
    assert_ok(ask(&c, &quick, &err));
    assert_int_equal(c.status[0], 0);
}

/* What one is told holds for all. */
static void later_holds_back_everybody(void **state)
{
    (void)state;
    static const char *const paths[] = {"/later1", "/ok", "/ok", "/ok"};
    caller c = {.base = own_server(), .paths = paths, .count = 4};
    reel_pool_opts opts = quick;
    const int64_t start = reel__clock_steady_us();
    reel_err err;

    opts.parallel = 1;
    assert_ok(ask(&c, &opts, &err));
    for (int i = 0; i < 4; i++)
        assert_int_equal(c.status[i], 200);
    assert_int_equal(server.asked, 5);
    assert_true(reel__clock_steady_us() - start >= 1000000);
}

/* A burst of one second's, then at the pace. */
static void the_pace_is_kept(void **state)
{
    (void)state;
    caller c = {.base = own_server(), .count = 60};
    reel_pool_opts opts = quick;
    const int64_t start = reel__clock_steady_us();
    reel_err err;

    opts.rate = 40;
    assert_ok(ask(&c, &opts, &err));
    assert_int_equal(server.asked, 60);
    assert_true(reel__clock_steady_us() - start >= 450000);
    assert_true(server.connections <= 16);
}

static void ends_early(void **state)
{
    (void)state;
    caller c = {.base = own_server(), .count = 50, .end_after = 7};
    volatile bool stop = true;
    reel_pool_opts opts = quick;
    reel_err err;

    assert_fails(ask(&c, &opts, &err), REEL_E_STORE, "enough");
    assert_int_equal(c.answered, 7);
    opts.cancel = &stop;
    c.answered = 0;
    assert_fails(ask(&c, &opts, &err), REEL_E_CANCELLED, "kept");
    assert_int_equal(c.answered, 0);
}

static reel_code ask_some(void *user, reel_err *err)
{
    static const char *const paths[] = {"/ok", "/gone", "/large", "/ok", "/ok", "/ok"};
    caller c = {.base = user, .paths = paths, .count = 6};
    reel_pool_opts opts = quick;
    reel_code rc;

    opts.parallel = 3;
    rc = ask(&c, &opts, err);
    if (rc == REEL_OK)
        assert_int_equal(c.answered, 6);
    return rc;
}

static void survives_without_memory(void **state)
{
    (void)state;
    char base[64];

    (void)snprintf(base, sizeof base, "%s", own_server());
    assert_true(sweep_memory(ask_some, base) >= 3);
}

/* A failure of libcurl's memory ends the run, or is one more attempt; nothing stays behind. */
static void survives_without_libcurls_memory(void **state)
{
    (void)state;
    char base[64];
    long failed = 0, n = 0, refused = 0;

    (void)snprintf(base, sizeof base, "%s", own_server());
    do {
        const long live = curl_live;
        reel_err err = {REEL_OK, ""};
        reel_code rc;

        failed = curl_failed;
        curl_left = n++;
        rc = ask_some(base, &err);
        curl_left = -1;
        assert_int_equal(curl_live, live);
        if (rc != REEL_OK)
            assert_int_equal(rc, REEL_E_NOMEM);
        refused += rc != REEL_OK;
    } while (curl_failed > failed);
    assert_true(n > 50 && refused > 20);
}

/* ---- HTTP/2 -------------------------------------------------------------------------------- */

static bool run_to_end(const char *const *words)
{
    const pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        const int nowhere = open("/dev/null", O_RDWR);

        (void)dup2(nowhere, 1);
        (void)dup2(nowhere, 2);
        (void)execvp(words[0], (char *const *)(const void *)words);
        _exit(127);
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static pid_t start_nghttpd(const char *port, const char *log)
{
    const char *key = temp_path("key.pem"), *certificate = temp_path("cert.pem");
    const pid_t pid = fork();

    if (pid == 0) {
        const int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        (void)dup2(out, 1);
        (void)dup2(out, 2);
        (void)execlp("nghttpd", "nghttpd", "-v", "-a", "127.0.0.1", "-d", temp_path(""), port, key,
                     certificate, (char *)NULL);
        _exit(127);
    }
    return pid;
}

static bool listens(int port)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons((uint16_t)port)};
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    const bool there = connect(s, (const struct sockaddr *)&at, sizeof at) == 0;

    (void)close(s);
    return there;
}

static char said[1 << 23];

static void read_log(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t length = 0;

    assert_non_null(file);
    length = fread(said, 1, sizeof said - 1, file);
    said[length] = '\0';
    (void)fclose(file);
}

/* Requests in the log, such as "[id=3] [  0.560] recv (stream_id=13) :path: /ok"; *shared: all over
 * one connection. */
static int requests(bool *shared)
{
    int count = 0, first = 0;

    *shared = true;
    for (char *line = said, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        int id = 0;

        *end = '\0';
        if (strstr(line, ":path: /ok") == NULL || sscanf(line, "%*[^=]=%d]", &id) != 1)
            continue;
        if (count++ == 0)
            first = id;
        *shared &= id == first;
    }
    return count;
}

/* All requests at a time are streams of one connection. */
static void streams_share_a_connection(void **state)
{
    enum { REQUESTS = 300 };
    (void)state;
    const char *const make_key[] = {"openssl",  "req",     "-x509",   "-newkey",
                                    "rsa:2048", "-nodes",  "-days",   "2",
                                    "-keyout",  "key.pem", "-out",    "cert.pem",
                                    "-subj",    "/CN=t",   "-addext", "subjectAltName=IP:127.0.0.1",
                                    NULL};
    const char *const look[] = {"nghttpd", "--version", NULL};
    char base[64], port[16], log[TEMP_PATH], back[TEMP_PATH];
    caller c = {.base = base, .count = REQUESTS};
    int number = 0;
    bool shared = false;
    pid_t pid;
    reel_err err;

    if (!run_to_end(look))
        skip();
    (void)snprintf(log, sizeof log, "%s", temp_path("log"));
    (void)temp_write("ok", "{}");
    assert_non_null(getcwd(back, sizeof back));
    assert_int_equal(chdir(temp_path("")), 0);
    assert_true(run_to_end(make_key));
    assert_int_equal(chdir(back), 0);
    (void)close(listen_anywhere(&number)); /* a port that was free just now */
    (void)snprintf(port, sizeof port, "%d", number);
    (void)snprintf(base, sizeof base, "https://127.0.0.1:%d", number);
    pid = start_nghttpd(port, log);
    for (int i = 0; i < 500 && !listens(number); i++)
        (void)usleep(10000);
    assert_int_equal(setenv("SSL_CERT_FILE", temp_path("cert.pem"), 1), 0);
    assert_ok(ask(&c, &quick, &err));
    assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
    assert_int_equal(c.answered, REQUESTS);
    for (int i = 0; i < REQUESTS; i++)
        assert_int_equal(c.status[i], 200);
    c = (caller){.base = base, .count = 1};
    assert_ok(ask(&c, &quick, &err)); /* believed by nobody else */
    assert_int_equal(c.status[0], 0);
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    read_log(log);
    assert_int_equal(requests(&shared), REQUESTS);
    assert_true(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_of_every_kind),
        cmocka_unit_test(nobody_is_there),
        cmocka_unit_test(later_holds_back_everybody),
        cmocka_unit_test(the_pace_is_kept),
        cmocka_unit_test(ends_early),
        cmocka_unit_test(survives_without_memory),
        cmocka_unit_test(survives_without_libcurls_memory),
        cmocka_unit_test(streams_share_a_connection),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
