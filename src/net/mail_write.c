/* mail_write.c - addresses, and a letter as text: what people wrote is packed as base64, so that
 * none of it can be taken for a header or an end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "net/mail_priv.h"

enum {
    ADDRESS_MOST = 254,
    LOCAL_MOST = 64,
    LABEL_MOST = 63,
    LINE_BYTES = 57, /* that come to 76 characters of base64 */
    WORD_BYTES = 42, /* of an encoded word, with what is around it under 75 */
    NAME_MOST = 200
};

/* ---- addresses ----------------------------------------------------------------------------- */

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* atoms with single dots between them (RFC 5322, 3.2.3) */
static bool is_local(const char *text, size_t length)
{
    if (length == 0 || length > LOCAL_MOST || text[0] == '.' || text[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.'
                ? text[i + 1] == '.'
                : !is_letter_or_digit(text[i]) &&
                      (text[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~", text[i]) == NULL))
            return false;
    }
    return true;
}

static bool is_host(const char *text)
{
    size_t labels = 0;

    for (;;) {
        const size_t length = strcspn(text, ".");

        if (length == 0 || length > LABEL_MOST || text[0] == '-' || text[length - 1] == '-')
            return false;
        for (size_t i = 0; i < length; i++)
            if (!is_letter_or_digit(text[i]) && text[i] != '-')
                return false;
        labels++;
        if (text[length] == '\0')
            return labels > 1;
        text += length + 1;
    }
}

reel_code reel__mail_address_check(const char *address, reel_err *err)
{
    const char *at = strrchr(address, '@');

    for (const char *c = address; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            return reel_fail(err, REEL_E_INVALID,
                             "a mail address has no blanks and no letters but those of ASCII; a "
                             "host with others is written xn--...");
    if (strlen(address) > ADDRESS_MOST || at == NULL ||
        !is_local(address, (size_t)(at - address)) || !is_host(at + 1))
        return reel_fail(err, REEL_E_INVALID,
                         "\"%.80s\" is no mail address such as name@example.org", address);
    return REEL_OK;
}

/* ---- encoding ------------------------------------------------------------------------------ */

static void put_base64(reel_buf *out, const char *text, size_t length)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < length; i += 3) {
        const size_t left = length - i;
        const unsigned three = (unsigned)bytes[i] << 16 |
                               (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? bytes[i + 2] : 0);

        reel__buf_char(out, digits[three >> 18]);
        reel__buf_char(out, digits[three >> 12 & 63]);
        reel__buf_char(out, digits[left > 1 ? three >> 6 & 63 : 64]);
        reel__buf_char(out, digits[left > 2 ? three & 63 : 64]);
    }
}

/* Encoded words, a line each, none of which cuts a character (RFC 2047). */
static void put_words(reel_buf *out, const char *text)
{
    size_t left = strlen(text);

    do {
        size_t length = reel__utf8_cut(text, left, WORD_BYTES);

        if (length == 0) /* no UTF-8 */
            length = left < WORD_BYTES ? left : WORD_BYTES;
        reel__buf_text(out, "=?UTF-8?B?");
        put_base64(out, text, length);
        reel__buf_text(out, "?=");
        text += length;
        left -= length;
        if (left > 0)
            reel__buf_text(out, "\r\n ");
    } while (left > 0);
}

/* As base64, its lines ended as mail does. */
static void put_body(reel_buf *out, const char *text)
{
    reel_buf lines;

    reel__buf_init(&lines, out->maximum);
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            reel__buf_char(&lines, '\r');
        if (*text != '\r')
            reel__buf_char(&lines, *text);
    }
    for (size_t at = 0; at < lines.length; at += LINE_BYTES) {
        put_base64(out, lines.data + at,
                   lines.length - at < LINE_BYTES ? lines.length - at : LINE_BYTES);
        reel__buf_text(out, "\r\n");
    }
    out->failed = out->failed || lines.failed;
    reel__buf_fini(&lines);
}

/* ---- a letter ------------------------------------------------------------------------------ */

/* "Reel <reel@example.org>" as name and address, or the address alone. */
static reel_code take_from(char name[NAME_MOST], char address[REEL_MAIL_ADDRESS], const char *from,
                           reel_err *err)
{
    const char *open = strrchr(from, '<');
    const size_t length = strlen(from);

    name[0] = '\0';
    if (open == NULL) {
        (void)snprintf(address, REEL_MAIL_ADDRESS, "%s", from);
        return reel__mail_address_check(address, err);
    }
    if (from[length - 1] != '>' || open - from >= NAME_MOST || !reel__utf8_valid(from, length))
        return reel_fail(err, REEL_E_INVALID, "expected an address, or Name <address>");
    (void)snprintf(name, NAME_MOST, "%.*s", (int)(open - from), from);
    for (size_t end = strlen(name); end > 0 && name[end - 1] == ' '; end--)
        name[end - 1] = '\0';
    (void)snprintf(address, REEL_MAIL_ADDRESS, "%.*s", (int)strcspn(open + 1, ">"), open + 1);
    return reel__mail_address_check(address, err);
}

reel_code reel__mail_sender(char address[REEL_MAIL_ADDRESS], const reel_mail_server *server,
                            reel_err *err)
{
    char name[NAME_MOST];

    return take_from(name, address, server->from, err);
}

static void put_from(reel_buf *out, const char *name, const char *address)
{
    reel__buf_text(out, "From: ");
    if (name[0] != '\0') {
        put_words(out, name);
        reel__buf_char(out, ' ');
    }
    reel__buf_format(out, "<%s>\r\n", address);
}

/* "Thu, 26 Nov 2026 14:00:00 +0000", whatever the locale. */
static void put_date(reel_buf *out, int64_t seconds)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t time = (time_t)seconds;
    struct tm t = {0};

    if (gmtime_r(&time, &t) == NULL)
        return;
    reel__buf_format(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[t.tm_wday],
                     t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

reel_code reel__mail_write(reel_buf *out, const reel_mail_server *server, const reel_letter *letter,
                           reel_err *err)
{
    char name[NAME_MOST], from[REEL_MAIL_ADDRESS];
    reel_code rc;

    REEL_TRY(take_from(name, from, server->from, err));
    REEL_TRY(reel__mail_address_check(letter->to, err));
    put_date(out, letter->time);
    put_from(out, name, from);
    reel__buf_format(out, "To: <%s>\r\nSubject: ", letter->to);
    put_words(out, letter->subject);
    reel__buf_format(out,
                     "\r\nMessage-ID: <%s%s>\r\n"
                     "Auto-Submitted: auto-generated\r\n"
                     "MIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: base64\r\n\r\n",
                     letter->id, strrchr(from, '@'));
    put_body(out, letter->text);
    rc = reel__buf_check(out, err);
out:
    return rc;
}
