/* fuzz_mail.c - any bytes as an address, as settings of a mail server and an address of pages, as
 * the language that is wanted, and as what stands in a letter: its headers stay the nine there are.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "net/mail.h"
#include "net/url.h"
#include "service/accounts/letters.h"

static void check_letter(const reel_mail_server *server, const char *to, const char *text)
{
    const reel_letter letter = {.to = to, .subject = text, .text = text, .id = "id"};
    reel_err err = {REEL_OK, ""};
    int headers = 0;
    reel_buf out;

    reel__buf_init(&out, 1 << 20);
    if (reel__mail_write(&out, server, &letter, &err) == REEL_OK) {
        const char *end = strstr(out.data, "\r\n\r\n");

        must(end != NULL);
        for (const char *at = out.data; at < end; at++) {
            must((*at >= ' ' && *at <= '~') || *at == '\r' || *at == '\n');
            headers += at[0] == '\n' && at[1] != ' ';
        }
        must(headers + 1 == 9);
        must(strstr(out.data, "\r\n.") == NULL);
    }
    reel__buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[4096];
    reel_mail_server server = {.url = "smtp://h", .user = "", .password = "", .from = "a@b.c"};
    reel_err err = {REEL_OK, ""};
    const char *language;

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    language = reel__letter_language(text);
    must(strcmp(language, "en") == 0 || strcmp(language, "es") == 0);
    if (reel__mail_address_check(text, &err) == REEL_OK) {
        must(strpbrk(text, "\r\n\t <>,;:\"()\\[]") == NULL && strchr(text, '@') != NULL);
        check_letter(&server, text, "x");
    }
    check_letter(&server, "a@b.c", text);
    server.from = text;
    check_letter(&server, "a@b.c", text);
    server.from = "a@b.c";
    server.url = text;
    if (reel__mail_server_check(&server, &err) == REEL_OK)
        must(strpbrk(text, "\r\n\t @") == NULL);
    if (reel__url_check("X", text, "http://a", &err) == REEL_OK)
        must(strpbrk(text, "\r\n\t @\"<>?#") == NULL && strncmp(text, "http", 4) == 0);
    return 0;
}
