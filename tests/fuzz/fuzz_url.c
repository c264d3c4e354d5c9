/* fuzz_url.c - any bytes as the URL of a database, and as the password in one: no crash, and what
 * is shown of it is printable, short and without the password.
 */
#include <string.h>

#include "base/buf.h"
#include "fuzz/fuzz.h"
#include "store/store.h"

static const char scheme[] = "postgresql://";

static void check_name(const char *url)
{
    char name[REEL_STORE_NAME];

    memset(name, 'x', sizeof name);
    reel__store_name(name, url);
    must(memchr(name, '\0', sizeof name) != NULL);
    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return;
    must(strncmp(name, scheme, sizeof scheme - 1) == 0);
    for (const char *c = name; *c != '\0'; c++)
        must(*c > 0x20 && *c < 0x7f && *c != '@' && *c != '?');
}

/* Escaped as docs/data.md asks for, whatever it is. */
static void check_password(const uint8_t *data, size_t size)
{
    char plain[REEL_STORE_NAME], name[REEL_STORE_NAME];
    reel_buf url;

    reel__buf_init(&url, 1 << 21);
    reel__buf_text(&url, "postgresql://reader:");
    for (size_t i = 0; i < size; i++)
        reel__buf_format(&url, "%%%02X", data[i] == 0 ? 1 : data[i]);
    reel__buf_text(&url, "@films.example:5433/reel?connect_timeout=3");
    must(!url.failed);
    reel__store_name(plain, "postgresql://films.example:5433/reel");
    reel__store_name(name, url.data);
    must(strcmp(name, plain) == 0);
    reel__buf_fini(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reel_buf text;

    if (size > 1 << 16)
        return 0;
    reel__buf_init(&text, 1 << 18);
    reel__buf_append(&text, (const char *)data, size);
    reel__buf_char(&text, '\0');
    must(!text.failed);
    check_name(text.data);
    reel__buf_clear(&text);
    reel__buf_text(&text, scheme);
    reel__buf_append(&text, (const char *)data, size);
    reel__buf_char(&text, '\0');
    check_name(text.data);
    check_password(data, size);
    reel__buf_fini(&text);
    return 0;
}
