/* Who is behind a proxy, and who only says so. */
#include "support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "http/peer.h"

static reel_proxies proxies_of(const char *text)
{
    reel_proxies proxies;
    reel_err err = {0};

    assert_ok(reel__proxies_read(&proxies, text, &err));
    return proxies;
}

static reel_client peer_of(const char *address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    reel_client client;

    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
        reel__client_peer(&client, (const struct sockaddr *)&v4, false);
    } else {
        assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
        reel__client_peer(&client, (const struct sockaddr *)&v6, false);
    }
    return client;
}

static void is(const char *peer, const char *x_for, const char *forwarded, const char *expected)
{
    const reel_proxies proxies = proxies_of("127.0.0.1 10.0.0.0/8, ::1 2001:db8::/33");
    const reel_forwarded said = {x_for, NULL, forwarded};
    reel_client client = peer_of(peer);

    reel__client_behind(&client, &proxies, &said);
    assert_string_equal(client.text, expected);
}

static void networks_are_read(void **state)
{
    static const char *const wrong[] = {"localhost", "1.2.3", "1.2.3.4/33", "::/129", "1.2.3.4/",
                                        "1.2.3.4/x", "/8",    "1.2.3.4/1x", ":::",    "1.2.3.4/-1"};
    reel_proxies proxies = proxies_of(" ,, ");
    reel_client client;
    char many[8 * (REEL_PROXIES_MAX + 1) + 1] = "";
    reel_err err = {0};

    (void)state;
    assert_int_equal(proxies.count, 0);
    proxies = proxies_of("192.168.4.0/22");
    client = peer_of("192.168.7.255");
    assert_true(reel__proxies_have(&proxies, &client.address));
    client = peer_of("192.168.8.0");
    assert_false(reel__proxies_have(&proxies, &client.address));
    client = peer_of("::ffff:192.168.4.1"); /* IPv4 on a socket for both */
    assert_true(reel__proxies_have(&proxies, &client.address));
    assert_string_equal(client.text, "192.168.4.1");
    proxies = proxies_of("0.0.0.0/0");
    assert_true(reel__proxies_have(&proxies, &client.address));
    client = peer_of("2001:db8::1");
    assert_false(reel__proxies_have(&proxies, &client.address));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_fails(reel__proxies_read(&proxies, wrong[i], &err), REEL_E_INVALID, wrong[i]);
    }
    for (int i = 0; i <= REEL_PROXIES_MAX; i++)
        strcat(many, "1.2.3.4 ");
    assert_fails(reel__proxies_read(&proxies, many, &err), REEL_E_INVALID, "more than 32");
}

static void only_trusted_proxies_are_believed(void **state)
{
    (void)state;
    is("192.0.2.1", "198.51.100.1", NULL, "192.0.2.1");
    is("192.0.2.1", NULL, "for=198.51.100.1", "192.0.2.1");
    is("127.0.0.1", NULL, NULL, "127.0.0.1");
    is("127.0.0.1", "198.51.100.1", NULL, "198.51.100.1");
    is("::1", "198.51.100.1", NULL, "198.51.100.1");
    is("::ffff:127.0.0.1", "198.51.100.1", NULL, "198.51.100.1");
    is("2001:db8:7fff::2", "198.51.100.1", NULL, "198.51.100.1");
    is("2001:db8:8000::2", "198.51.100.1", NULL, "2001:db8:8000::2");
}

static void what_the_client_invented_is_left_of_it(void **state)
{
    (void)state;
    is("127.0.0.1", "203.0.113.9, 198.51.100.1", NULL, "198.51.100.1");
    is("127.0.0.1", "203.0.113.9, 198.51.100.1 ,10.1.2.3,\t10.9.9.9", NULL, "198.51.100.1");
    is("127.0.0.1", "10.1.2.3", NULL, "10.1.2.3"); /* proxies all the way */
    is("127.0.0.1", "unknown", NULL, "127.0.0.1");
    is("127.0.0.1", "198.51.100.1, unknown, 10.0.0.7", NULL, "10.0.0.7");
    is("127.0.0.1", "", NULL, "127.0.0.1");
    is("127.0.0.1", ",", NULL, "127.0.0.1");
    is("127.0.0.1",
       "10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,"
       "10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,10.0.0.1,"
       "10.0.0.1,10.0.0.1",
       NULL, "10.0.0.1");
}

static void ports_and_brackets_are_taken_off(void **state)
{
    (void)state;
    is("127.0.0.1", "198.51.100.1:4711", NULL, "198.51.100.1");
    is("127.0.0.1", "[2001:DB8:ffff::1]:4711", NULL, "2001:db8:ffff::1");
    is("127.0.0.1", "2001:db8:ffff::1", NULL, "2001:db8:ffff::1");
    is("127.0.0.1", "[2001:db8:ffff::1", NULL, "127.0.0.1");
    is("127.0.0.1", NULL, "for=198.51.100.1;proto=https;by=10.0.0.1", "198.51.100.1");
    is("127.0.0.1", NULL, "For=\"[2001:db8:ffff::1]:4711\"", "2001:db8:ffff::1");
    is("127.0.0.1", NULL, "for=203.0.113.9, for=198.51.100.1;host=\"a,b;for=1.1.1.1\"",
       "198.51.100.1");
    is("127.0.0.1", NULL, "for=_hidden", "127.0.0.1");
    is("127.0.0.1", NULL, "proto=https", "127.0.0.1");
    is("127.0.0.1", NULL, "for=\"198.51.100.1", "127.0.0.1");
}

static bool is_own(const char *peer, const char *x_for, const char *forwarded)
{
    const reel_proxies proxies = proxies_of("127.0.0.1 10.0.0.0/8");
    const reel_forwarded said = {x_for, NULL, forwarded};
    reel_client client = peer_of(peer);

    reel__client_behind(&client, &proxies, &said);
    return reel__client_is_own(&client, &proxies);
}

/* Whoever came through a proxy is not the proxy, whatever they sent. */
static void a_proxy_itself_is_nobody_who_came_through_it(void **state)
{
    (void)state;
    assert_true(is_own("127.0.0.1", NULL, NULL));
    assert_true(is_own("127.0.0.9", NULL, NULL)); /* this machine, and no proxy */
    assert_true(is_own("::1", NULL, NULL));
    assert_true(is_own("10.0.0.7", NULL, NULL));
    assert_true(is_own("127.0.0.1", "10.0.0.7", NULL));
    assert_false(is_own("127.0.0.1", "198.51.100.1", NULL));
    assert_false(is_own("127.0.0.1", "10.0.0.7, 198.51.100.1", NULL));
    assert_false(is_own("127.0.0.1", "198.51.100.1", "for=127.0.0.1"));
    assert_false(is_own("127.0.0.1", "198.51.100.1", "for=_hidden"));
    assert_false(is_own("198.51.100.1", "127.0.0.1", NULL));
}

static bool is_doubted(const char *x_for, const char *forwarded)
{
    const reel_proxies proxies = proxies_of("127.0.0.1");
    const reel_forwarded said = {x_for, NULL, forwarded};
    reel_client client = peer_of("127.0.0.1");

    reel__client_behind(&client, &proxies, &said);
    return client.doubted;
}

/* One of the two came from the client, and which one is not known. */
static void headers_that_disagree_say_nothing(void **state)
{
    (void)state;
    is("127.0.0.1", "198.51.100.1", "for=203.0.113.9", "127.0.0.1");
    is("127.0.0.1", "198.51.100.1", "for=198.51.100.1", "198.51.100.1");
    assert_true(is_doubted("198.51.100.1", "for=203.0.113.9"));
    assert_true(is_doubted("198.51.100.1", "for=_hidden"));
    assert_false(is_doubted("198.51.100.1", "for=198.51.100.1"));
    assert_false(is_doubted("198.51.100.1", NULL));
    assert_false(is_doubted(NULL, NULL));
}

static bool https_of(const char *peer, bool tls, const char *x_proto, const char *forwarded)
{
    const reel_proxies proxies = proxies_of("127.0.0.1");
    const reel_forwarded said = {NULL, x_proto, forwarded};
    reel_client client = peer_of(peer);

    client.https = tls;
    reel__client_behind(&client, &proxies, &said);
    return client.https;
}

static void encryption_is_what_the_proxy_saw(void **state)
{
    (void)state;
    assert_true(https_of("192.0.2.1", true, "http", NULL));
    assert_false(https_of("192.0.2.1", false, "https", NULL));
    assert_true(https_of("127.0.0.1", false, "HTTPS", NULL));
    assert_true(https_of("127.0.0.1", false, "http, https", NULL));
    assert_false(https_of("127.0.0.1", false, "https, http", NULL));
    assert_false(https_of("127.0.0.1", false, "httpsx", NULL));
    assert_true(https_of("127.0.0.1", false, NULL, "for=1.2.3.4;proto=https"));
    assert_false(https_of("127.0.0.1", false, NULL, "for=1.2.3.4;proto=http"));
    assert_false(https_of("127.0.0.1", false, NULL, "for=9.9.9.9;proto=https, for=1.2.3.4"));
}

static void no_address_is_a_dash(void **state)
{
    const struct sockaddr local = {.sa_family = AF_UNIX};
    reel_client client;

    (void)state;
    reel__client_peer(&client, &local, false);
    assert_string_equal(client.text, "-");
    reel__client_peer(&client, NULL, true);
    assert_string_equal(client.text, "-");
    assert_true(client.https);
}

static void a_network_is_what_a_customer_has(void **state)
{
    static const struct {
        const char *address, *network;
        bool here;
    } cases[] = {
        {"192.0.2.7", "192.0.2.7", false},
        {"::ffff:192.0.2.7", "192.0.2.7", false},
        {"127.0.0.9", "127.0.0.9", true},
        {"::ffff:127.0.0.9", "127.0.0.9", true},
        {"::1", "0000:0000:0000:0000/64", true},
        {"::2", "0000:0000:0000:0000/64", false},
        {"2001:db8:0:1:2:3:4:5", "2001:0db8:0000:0001/64", false},
        {"2001:db8:0:1::", "2001:0db8:0000:0001/64", false},
    };
    char text[REEL_ADDRESS_TEXT];
    reel_address one, other;
    reel_client client;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client = peer_of(cases[i].address);
        reel__client_network(text, &client);
        assert_string_equal(text, cases[i].network);
        assert_int_equal(reel__address_is_loopback(&client.address), cases[i].here);
    }
    client = peer_of("2001:db8:0:1:2:3:4:5");
    reel__address_network(&one, &client.address);
    client = peer_of("2001:db8:0:1::");
    reel__address_network(&other, &client.address);
    assert_memory_equal(&one, &other, sizeof one);
    client = peer_of("192.0.2.7");
    reel__address_network(&one, &client.address);
    assert_memory_equal(&one, &client.address, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_read),
        cmocka_unit_test(only_trusted_proxies_are_believed),
        cmocka_unit_test(a_proxy_itself_is_nobody_who_came_through_it),
        cmocka_unit_test(what_the_client_invented_is_left_of_it),
        cmocka_unit_test(ports_and_brackets_are_taken_off),
        cmocka_unit_test(headers_that_disagree_say_nothing),
        cmocka_unit_test(encryption_is_what_the_proxy_saw),
        cmocka_unit_test(no_address_is_a_dash),
        cmocka_unit_test(a_network_is_what_a_customer_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
