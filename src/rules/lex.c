/* lex.c - the words, numbers, texts and signs of an expression. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/expression_priv.h"

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Digits with one point that has a digit after it, so that 1990..1999 is two numbers. */
static reel_token number(const char *at)
{
    reel_token token = {.kind = TOKEN_NUMBER, .at = at};
    char digits[64];
    size_t n = strspn(at, "0123456789");

    if (at[n] == '.' && isdigit((unsigned char)at[n + 1]))
        n += 1 + strspn(at + n + 1, "0123456789");
    token.length = n;
    if (n >= sizeof digits || is_word(at[n]) || (at[n] == '.' && at[n + 1] != '.'))
        return (reel_token){TOKEN_BAD, at, n, 0, "this is no number; write 120 or 3.5"};
    memcpy(digits, at, n);
    digits[n] = '\0';
    token.number = strtod(digits, NULL);
    return token;
}

static reel_token quoted(const char *at)
{
    size_t n = 1;

    while (at[n] != '\0' && at[n] != at[0])
        n += at[n] == '\\' && at[n + 1] != '\0' ? 2 : 1;
    if (at[n] == '\0')
        return (reel_token){TOKEN_BAD, at, n, 0, "this quote is not closed"};
    return (reel_token){.kind = TOKEN_TEXT, .at = at, .length = n + 1};
}

static reel_token sign(const char *at)
{
    static const char *const two[] = {"==", "!=", "<=", ">=", ".."};

    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        if (strncmp(at, two[i], 2) == 0)
            return (reel_token){.kind = TOKEN_SIGN, .at = at, .length = 2};
    if (strchr("()<>=:,+-*/", *at) != NULL)
        return (reel_token){.kind = TOKEN_SIGN, .at = at, .length = 1};
    return (reel_token){TOKEN_BAD, at, 1, 0, "this sign means nothing here"};
}

reel_token reel__lex(const char *at)
{
    size_t n = 0;

    at = skip_space(at);
    if (*at == '\0')
        return (reel_token){.kind = TOKEN_END, .at = at};
    if (isdigit((unsigned char)*at))
        return number(at);
    if (*at == '"' || *at == '\'')
        return quoted(at);
    while (is_word(at[n]))
        n++;
    return n > 0 ? (reel_token){.kind = TOKEN_WORD, .at = at, .length = n} : sign(at);
}

reel_token reel__lex_value(const char *at)
{
    at = skip_space(at);
    if (*at == '\0' || *at == '"' || *at == '\'' || strchr("(),", *at) != NULL)
        return reel__lex(at);
    return (reel_token){.kind = TOKEN_WORD, .at = at, .length = strcspn(at, " \t\r\n(),")};
}

void reel__lex_append(const reel_token *token, reel_buf *out)
{
    if (token->kind != TOKEN_TEXT) {
        reel__buf_append(out, token->at, token->length);
        return;
    }
    for (size_t i = 1; i + 1 < token->length; i++) {
        i += token->at[i] == '\\';
        reel__buf_char(out, token->at[i]);
    }
}

bool reel__token_is(const reel_token *token, const char *text)
{
    return (token->kind == TOKEN_SIGN || token->kind == TOKEN_WORD) &&
           strlen(text) == token->length && strncasecmp(token->at, text, token->length) == 0;
}
