/* fuzz_tokenize.c - any bytes as a text: tokens are well-formed UTF-8 of two or more characters,
 * and lower-casing any text gives well-formed UTF-8.
 */
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "text/tfidf.h"

static bool check_token(void *user, const char *token, size_t length)
{
    size_t *least = user;

    must(length >= *least);
    must(reel__utf8_valid(token, length));
    return true;
}

/* A NUL is well-formed for a text but not for reel__utf8_valid. */
static bool check_lower(void *user, const char *token, size_t length)
{
    size_t from = 0, *calls = user;

    ++*calls;
    for (size_t i = 0; i <= length; i++)
        if (i == length || token[i] == 0) {
            must(reel__utf8_valid(token + from, i - from));
            from = i + 1;
        }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t least = 2, calls = 0;
    reel_err err;

    must(reel__tokenize(text, size, false, check_token, &least, &err) == REEL_OK);
    must(reel__tokenize(text, size, true, check_token, &least, &err) == REEL_OK);
    must(reel__lower(text, size, check_lower, &calls, &err) == REEL_OK);
    must(calls == (size > 0));
    return 0;
}
