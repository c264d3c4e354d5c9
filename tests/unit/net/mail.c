/* mail.c - addresses, settings of a mail server, and letters as text: nothing that people wrote is
 * ever a header.
 */
#include "net/mail.h"

#include <string.h>

#include "support/check.h"

static const reel_mail_server server = {
    .url = "smtp://mail.example.org:587", .user = "", .password = "", .from = "reel@example.org"};

static void addresses_are_looked_at(void **state)
{
    static const char *const good[] = {"a@b.c", "first.last+tag@mail.example-1.org", "o'hara@x.y",
                                       "!#$%&'*+-/=?^_`{|}~@example.org"};
    static const char *const wrong[] = {"",
                                        "a",
                                        "a@b",
                                        "@b.c",
                                        "a@",
                                        "a@.c",
                                        "a@b..c",
                                        "a@b.c.",
                                        "a b@c.d",
                                        "a@b.c\r\nBcc: d@e.f",
                                        "a@b.c\n",
                                        ".a@b.c",
                                        "a.@b.c",
                                        "a..b@c.d",
                                        "\"a\"@b.c",
                                        "a@[1.2.3.4]",
                                        "<a@b.c>",
                                        "a@b.c>",
                                        "a,b@c.d",
                                        "a@b.c,d@e.f",
                                        "a@-b.c",
                                        "a@b-.c",
                                        "\xc3\xb1@b.c",
                                        "a@\xc3\xb1.c",
                                        "a@b_c.d",
                                        "a@@b.c",
                                        "a;b@c.d",
                                        "a(b)@c.d",
                                        "a\\@b.c",
                                        "a@b.c\x7f"};
    char longest[400];
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_ok(reel__mail_address_check(good[i], &err));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (reel__mail_address_check(wrong[i], &err) != REEL_E_INVALID)
            fail_msg("\"%s\" is taken", wrong[i]);
    memset(longest, 'a', sizeof longest);
    (void)snprintf(longest + 64, sizeof longest - 64, "@example.org");
    assert_ok(reel__mail_address_check(longest, &err));
    memset(longest, 'a', 65);
    (void)snprintf(longest + 65, sizeof longest - 65, "@example.org");
    assert_fails(reel__mail_address_check(longest, &err), REEL_E_INVALID, "no mail address");
}

static void settings_are_looked_at(void **state)
{
    static const char *const wrong[] = {"",
                                        "mail.example.org",
                                        "http://mail.example.org",
                                        "smtp://",
                                        "smtp://user:secret@host",
                                        "smtp://host:0",
                                        "smtp://host:65536",
                                        "smtp://host:587x",
                                        "smtp://host/path",
                                        "smtp://[::1",
                                        "smtp://host name",
                                        "smtp://host\r\n"};
    static const char *const good[] = {"smtp://host", "smtps://host:465", "smtp://127.0.0.1:25/",
                                       "smtp://[::1]:587", "smtps://mail.example.org/"};
    reel_mail_server s = server;
    reel_err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        s.url = wrong[i];
        assert_fails(reel__mail_server_check(&s, &err), REEL_E_INVALID, "REEL_SMTP_URL");
        assert_null(strstr(err.msg, "secret"));
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        s.url = good[i];
        assert_ok(reel__mail_server_check(&s, &err));
    }
    s.user = "reel";
    assert_fails(reel__mail_server_check(&s, &err), REEL_E_INVALID, "go together");
    s.password = "secret";
    s.from = "";
    assert_fails(reel__mail_server_check(&s, &err), REEL_E_INVALID, "REEL_MAIL_FROM");
    s.from = "Reel reel@example.org";
    assert_fails(reel__mail_server_check(&s, &err), REEL_E_INVALID, "REEL_MAIL_FROM");
    s.from = "Reel <reel@example.org> x";
    assert_fails(reel__mail_server_check(&s, &err), REEL_E_INVALID, "REEL_MAIL_FROM");
    s.from = "Reel\r\nBcc: a@b.c <reel@example.org>";
    assert_ok(reel__mail_server_check(&s, &err)); /* and it will be packed */
}

static void write_letter(reel_buf *out, const reel_mail_server *from, const char *subject,
                         const char *text)
{
    const reel_letter letter = {
        .to = "ana@example.org", .subject = subject, .text = text, .time = 1795701600, .id = "abc"};
    reel_err err = {0};

    reel__buf_init(out, 1 << 16);
    assert_ok(reel__mail_write(out, from, &letter, &err));
}

static void a_letter_as_it_goes_over_the_wire(void **state)
{
    reel_buf out;

    (void)state;
    write_letter(&out, &server, "Hi", "one\ntwo\n");
    assert_string_equal(out.data, "Date: Thu, 26 Nov 2026 14:00:00 +0000\r\n"
                                  "From: <reel@example.org>\r\n"
                                  "To: <ana@example.org>\r\n"
                                  "Subject: =?UTF-8?B?SGk=?=\r\n"
                                  "Message-ID: <abc@example.org>\r\n"
                                  "Auto-Submitted: auto-generated\r\n"
                                  "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: base64\r\n\r\n"
                                  "b25lDQp0d28NCg==\r\n");
    reel__buf_fini(&out);
}

/* Whatever is in name, subject and text: the same headers, lines of at most 78. */
static void nothing_becomes_a_header(void **state)
{
    static const char evil[] = "x\r\nBcc: everybody@example.org\r\n\r\n.\r\nRCPT TO:<a@b.c>\r\n";
    reel_mail_server s = server;
    char many[2000];
    size_t headers = 0;
    reel_buf out;

    (void)state;
    s.from = "Reel\r\nBcc: a@b.c <reel@example.org>";
    for (size_t i = 0; i + 2 < sizeof many; i += 2)
        memcpy(many + i, "\xc3\xb1", 3);
    for (int turn = 0; turn < 2; turn++) {
        write_letter(&out, &s, turn == 0 ? evil : many, turn == 0 ? evil : many);
        assert_null(strstr(out.data, "Bcc"));
        assert_null(strstr(out.data, "RCPT"));
        assert_null(strstr(out.data, "\r\n."));
        headers = 0;
        for (const char *at = out.data, *end; *at != '\0'; at = end + 2) {
            end = strstr(at, "\r\n");
            assert_non_null(end);
            assert_true(end - at <= 78);
            headers += memchr(at, ':', (size_t)(end - at)) != NULL;
            for (const char *c = at; c < end; c++)
                assert_true(*c >= ' ' && *c <= '~');
        }
        assert_int_equal(headers, 9);
        reel__buf_fini(&out);
    }
}

static void without_memory(void **state)
{
    const reel_letter letter = {.to = "a@b.c", .subject = "s", .text = "t", .id = "i"};

    (void)state;
    for (long n = 0;; n++) {
        reel_err err = {0};
        reel_code rc;
        reel_buf out;

        reel__buf_init(&out, 1 << 16);
        reel__alloc_fail_after(n);
        rc = reel__mail_write(&out, &server, &letter, &err);
        reel__alloc_fail_after(-1);
        reel__buf_fini(&out);
        if (rc == REEL_OK)
            break;
        assert_int_equal(rc, REEL_E_NOMEM);
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_looked_at),
        cmocka_unit_test(settings_are_looked_at),
        cmocka_unit_test(a_letter_as_it_goes_over_the_wire),
        cmocka_unit_test(nothing_becomes_a_header),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
