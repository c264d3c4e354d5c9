/* Eight clients at once on a server in this process, so that a thread sanitizer sees both sides of
 * it: lists, searches, feedback and its log. Everybody gets what one client alone gets.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/answer_sum.h"
#include "http/api.h"
#include "http/server.h"

enum { CLIENTS = 8, ROUNDS = 12, ANSWER = 1 << 17 };

static reel_server *server;
static uint16_t port;
static atomic_int event_number;

/* ---- a client ------------------------------------------------------------------------------ */

static int connect_to(void)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static bool send_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        const ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* Everything the server says, as a text in out [ANSWER]. */
static bool hear(int fd, char *out)
{
    size_t used = 0;
    ssize_t got = 0;

    while (used + 1 < ANSWER && (got = recv(fd, out + used, ANSWER - 1 - used, 0)) > 0)
        used += (size_t)got;
    out[used] = '\0';
    return got == 0;
}

/* The body of the answer, in out [ANSWER]; its status, or -1. cmocka's checks belong to one thread:
 * clients only count. */
static int exchange(const char *method, const char *target, const char *body, char *out)
{
    char request[4096];
    const int length = snprintf(request, sizeof request,
                                "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                method, target, strlen(body), body);
    const int fd = connect_to();
    const bool heard = fd >= 0 && send_all(fd, request, (size_t)length) && hear(fd, out);
    const char *start = heard ? strstr(out, "\r\n\r\n") : NULL;
    int status = -1;

    if (fd >= 0)
        (void)close(fd);
    if (start != NULL && strncmp(out, "HTTP/1.1 ", 9) == 0) {
        status = (int)strtol(out + 9, NULL, 10);
        memmove(out, start + 4, strlen(start + 4) + 1);
    }
    return status;
}

/* ---- what clients do ----------------------------------------------------------------------- */

typedef struct client {
    pthread_t thread;
    int number;
    int wrong;     /* answers that were not as they should be */
    int accepted;  /* events */
    uint64_t sums; /* of the lists and searches, whoever asked at the same time */
} client;

static void ask_lists(client *own, char *answer, int round)
{
    static const char *const targets[] = {"/api/v1/recommendations?user=6&model=hybrid",
                                          "/api/v1/recommendations?user=9&model=user-knn",
                                          "/api/v1/movies?q=god",
                                          "/api/v1/movies/1/similar",
                                          "/api/v1/people/6/similar",
                                          "/api/v1/movies/41/poster.svg",
                                          "/api/v1/data?genre=Drama&from=1970",
                                          "/api/v1/data"};

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const size_t turn =
            (i + (size_t)own->number + (size_t)round) % (sizeof targets / sizeof *targets);

        if (exchange("GET", targets[turn], "", answer) != 200)
            own->wrong++;
        own->sums += sum_of(answer);
    }
}

static void send_events(client *own, char *answer)
{
    char body[600];
    const int first = atomic_fetch_add(&event_number, 2);

    (void)snprintf(
        body, sizeof body,
        "{\"events\":[{\"event_id\":\"0b7e8f9c-4444-4222-8333-%012d\",\"type\":\"click\","
        "\"item\":1},{\"event_id\":\"0b7e8f9c-4444-4222-8333-%012d\",\"type\":\"trailer\","
        "\"item\":11,\"user\":6}]}",
        first, first + 1);
    if (exchange("POST", "/api/v1/feedback", body, answer) != 200 ||
        strcmp(answer, "{\"accepted\":2,\"duplicates\":0}") != 0)
        own->wrong++;
    else
        own->accepted += 2;
    if (exchange("POST", "/api/v1/feedback", "{\"events\":[{}]}", answer) != 422)
        own->wrong++;
    if (exchange("GET", "/api/v1/feedback?limit=3", "", answer) != 200)
        own->wrong++;
}

static void *run_client(void *argument)
{
    client *own = argument;
    char *answer = malloc(ANSWER);

    if (answer == NULL)
        abort();
    for (int round = 0; round < ROUNDS; round++) {
        ask_lists(own, answer, round);
        send_events(own, answer);
    }
    free(answer);
    return NULL;
}

static void clients_get_what_one_alone_gets(void **state)
{
    client clients[CLIENTS] = {0};
    client alone = {.number = 0};
    char *answer = malloc(ANSWER);
    int accepted = 0;

    (void)state;
    assert_non_null(answer);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].number = i;
        assert_int_equal(pthread_create(&clients[i].thread, NULL, run_client, &clients[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_join(clients[i].thread, NULL), 0);
    for (int round = 0; round < ROUNDS; round++)
        ask_lists(&alone, answer, round);
    for (int i = 0; i < CLIENTS; i++) {
        assert_int_equal(clients[i].wrong, 0);
        assert_true(clients[i].sums == alone.sums);
        accepted += clients[i].accepted;
    }
    assert_int_equal(accepted, CLIENTS * ROUNDS * 2);
    free(answer);
}

static void what_was_taken_is_in_the_log(void **state)
{
    int count = 0;
    char target[100] = "/api/v1/feedback?limit=200";

    (void)state;
    for (const json_t *page = get(target);; page = get(target)) {
        count += (int)json_array_size(member(page, "items"));
        if (json_is_null(member(page, "next_cursor")))
            break;
        (void)snprintf(target, sizeof target, "/api/v1/feedback?limit=200&cursor=%s",
                       text(page, "next_cursor"));
    }
    assert_int_equal(count, CLIENTS * ROUNDS * 2);
}

static void *stop_soon(void *argument)
{
    (void)argument;
    (void)usleep(30000);
    reel__server_stop(server);
    return NULL;
}

/* Clients come and go while the server ends: each gets a whole answer or none. */
static void stopping_cuts_no_answer_short(void **state)
{
    char *answer = malloc(ANSWER);
    pthread_t stopper;
    int status, answered = 0;

    (void)state;
    assert_non_null(answer);
    assert_int_equal(pthread_create(&stopper, NULL, stop_soon, NULL), 0);
    do {
        char body[300];

        (void)snprintf(body, sizeof body,
                       "{\"events\":[{\"event_id\":\"0b7e8f9c-4444-4222-8333-%012d\","
                       "\"type\":\"click\",\"item\":1}]}",
                       atomic_fetch_add(&event_number, 1));
        status = exchange("POST", "/api/v1/feedback", body, answer);
        answered += status == 200;
    } while (status == 200);
    assert_int_equal(status, -1);
    assert_int_equal(pthread_join(stopper, NULL), 0);
    assert_true(answered > 0);
    free(answer);
}

static int start(void **state)
{
    const reel_server_opts opts = {.listen = "127.0.0.1:0", .threads = 3};
    reel_err err = {0};

    (void)api_start(state);
    assert_ok(reel__analyses_open(&api.app.analyses, &err));
    assert_ok(reel__server_new(&server, &opts, &err));
    assert_ok(reel__server_start(server, &api.app, &err));
    port = (uint16_t)strtol(strrchr(reel__server_url(server), ':') + 1, NULL, 10);
    return 0;
}

static int stop(void **state)
{
    reel__analyses_close(api.app.analyses);
    return api_stop(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_get_what_one_alone_gets),
        cmocka_unit_test(what_was_taken_is_in_the_log),
        cmocka_unit_test(stopping_cuts_no_answer_short),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
