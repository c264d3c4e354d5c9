/* Which names a server answers to, and what only looks like one of them. */
#include "support/check.h"

#include <string.h>

#include "http/hosts.h"

static reel_hosts hosts_of(const char *text)
{
    reel_hosts hosts;
    reel_err err = {0};

    assert_ok(reel__hosts_read(&hosts, text, &err));
    return hosts;
}

static void test_this_machine(void **state)
{
    static const char *const own[] = {"localhost",   "LocalHost:8080", "localhost.",   "127.0.0.1",
                                      "127.8.9.10",  "127.0.0.1:1",    "[::1]",        "[::1]:8080",
                                      "a.localhost", "localhost.:80",  "a.b.localhost"};
    static const char *const others[] = {"",
                                         ":8080",
                                         "example.org",
                                         "127.0.0.1.example.org",
                                         "localhost.example.org",
                                         "127.",
                                         "notlocalhost",
                                         ".localhost.x",
                                         "[::2]",
                                         "[::1",
                                         "[::1].a.b",
                                         "128.0.0.1",
                                         "0.0.0.0",
                                         "127.0.0.1a",
                                         "::1",
                                         "localhost@example.org",
                                         "localhost/",
                                         "local host"};
    const reel_hosts none = hosts_of("");

    (void)state;
    assert_true(reel__hosts_have(&none, NULL));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_true(reel__hosts_have(&none, own[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (reel__hosts_have(&none, others[i]))
            fail_msg("%s is not this machine", others[i]);
}

static void test_names_that_were_given(void **state)
{
    const reel_hosts hosts = hosts_of("reel.example.org, 192.0.2.7\t[2001:db8::1]  ,Box");

    (void)state;
    assert_int_equal(hosts.count, 4);
    assert_true(reel__hosts_have(&hosts, "REEL.example.org:443"));
    assert_true(reel__hosts_have(&hosts, "reel.example.org."));
    assert_true(reel__hosts_have(&hosts, "192.0.2.7:8080"));
    assert_true(reel__hosts_have(&hosts, "[2001:DB8::1]:1"));
    assert_true(reel__hosts_have(&hosts, "box"));
    assert_true(reel__hosts_have(&hosts, "localhost"));
    assert_false(reel__hosts_have(&hosts, "example.org"));
    assert_false(reel__hosts_have(&hosts, "a.reel.example.org"));
    assert_false(reel__hosts_have(&hosts, "reel.example.org.evil"));
    assert_false(reel__hosts_have(&hosts, "192.0.2.70"));
}

static void test_what_is_no_name(void **state)
{
    static const char *const bad[] = {"reel.example.org:443",
                                      "https://reel.example.org",
                                      "a/b",
                                      "*.example.org",
                                      "[::1]:8080",
                                      "[x]",
                                      "[",
                                      "a\nb"};
    reel_hosts hosts;
    reel_err err = {0};
    char many[REEL_HOSTS_MAX * 2 + 4] = "", long_name[400];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_fails(reel__hosts_read(&hosts, bad[i], &err), REEL_E_INVALID, "REEL_HOSTS");
    for (size_t i = 0; i <= REEL_HOSTS_MAX; i++)
        memcpy(many + 2 * i, "a ", 3);
    assert_fails(reel__hosts_read(&hosts, many, &err), REEL_E_INVALID, "more than");
    memset(long_name, 'a', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    assert_fails(reel__hosts_read(&hosts, long_name, &err), REEL_E_INVALID, "REEL_HOSTS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_machine),
        cmocka_unit_test(test_names_that_were_given),
        cmocka_unit_test(test_what_is_no_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
