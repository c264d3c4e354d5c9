/* Addresses of servers in settings: what is one, and what is not. */
#include "support/check.h"

#include "net/url.h"

static void addresses_of_servers(void **state)
{
    static const char *const right[] = {
        "http://a", "https://films.example.org", "https://films.example.org/",
        "http://127.0.0.1:8080/some/%7Epath-1_2", "http://[::1]:65535/"};
    static const char *const wrong[] = {"",
                                        "/",
                                        "films.example.org",
                                        "ftp://films.example.org",
                                        "HTTP://films.example.org",
                                        "http:/a",
                                        "http://",
                                        "http:///path",
                                        "http://:80",
                                        "http://a:",
                                        "http://a:0",
                                        "http://a:65536",
                                        "http://a:99999999999999999999",
                                        "http://a:80x",
                                        "http://a:80:80",
                                        "http://[::1",
                                        "http://[]",
                                        "http://[a.example]",
                                        "http://ana:secret@a",
                                        "http://a?q=1",
                                        "http://a/b?q=1",
                                        "http://a/b#c",
                                        "http://a/b c",
                                        "http://a b",
                                        "http://a/\r\nX: 1",
                                        "http://a/\xc3\xa9",
                                        "https://a/\"onmouseover=\""};
    char longest[REEL_URL_SETTING + 2] = "http://a/";
    reel_err err = {REEL_OK, ""};

    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_ok(reel__url_check("X", right[i], "http://b", &err));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (reel__url_check("X", wrong[i], "http://b", &err) != REEL_E_INVALID)
            fail_msg("\"%s\" is taken", wrong[i]);
    assert_string_equal(err.msg, "X: expected an address such as http://b");
    memset(longest + 9, 'a', REEL_URL_SETTING - 9);
    assert_ok(reel__url_check("X", longest, "http://b", &err));
    longest[REEL_URL_SETTING] = 'a';
    assert_fails(reel__url_check("X", longest, "http://b", &err), REEL_E_INVALID, "X");
    memset(longest + 7, 'a', REEL_URL_SETTING - 7); /* a host beyond any name */
    assert_fails(reel__url_check("X", longest, "http://b", &err), REEL_E_INVALID, "X");
}

static void hosts_and_ends(void **state)
{
    char host[REEL_URL_HOST];

    (void)state;
    assert_string_equal(reel__url_host(host, "[::1]:25/x"), "/x");
    assert_string_equal(host, "::1");
    assert_string_equal(reel__url_host(host, "mail.example;"), ";");
    assert_string_equal(host, "mail.example");
    assert_int_equal(reel__url_length("http://a/"), 8);
    assert_int_equal(reel__url_length("http://a"), 8);
    assert_int_equal(reel__url_length(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_servers),
        cmocka_unit_test(hosts_and_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
