/* entities.c - HTML entities and stray blanks in texts that once were web pages. */
#include <stdlib.h>
#include <string.h>

#include "data/tmdb_priv.h"

enum { ENTITY_MAXIMUM = 10 }; /* "&#x10FFFF;" */

static void append_code(reel_buf *out, unsigned long code)
{
    if (code < 0x80) {
        reel__buf_char(out, (char)code);
    } else if (code < 0x800) {
        reel__buf_char(out, (char)(0xC0 | code >> 6));
        reel__buf_char(out, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        reel__buf_char(out, (char)(0xE0 | code >> 12));
        reel__buf_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        reel__buf_char(out, (char)(0x80 | (code & 0x3F)));
    } else {
        reel__buf_char(out, (char)(0xF0 | code >> 18));
        reel__buf_char(out, (char)(0x80 | (code >> 12 & 0x3F)));
        reel__buf_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        reel__buf_char(out, (char)(0x80 | (code & 0x3F)));
    }
}

/* The character "#38" or "#x26" stands for, 0 when it is none. */
static unsigned long numeric_entity(const char *name)
{
    const bool hex = name[1] == 'x' || name[1] == 'X';
    const char *digits = name + (hex ? 2 : 1);
    char *end = NULL;
    unsigned long code = 0;

    if (strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") == 0)
        return 0;
    code = strtoul(digits, &end, hex ? 16 : 10);
    if (*end != '\0' || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return 0;
    return code < 0x20 || code == 0x7F ? ' ' : code;
}

static unsigned long entity_code(const char *name)
{
    static const struct {
        const char *name;
        unsigned code;
    } named[] = {
        {"amp", '&'},       {"lt", '<'},        {"gt", '>'},        {"quot", '"'},
        {"apos", '\''},     {"nbsp", ' '},      {"ndash", 0x2013},  {"mdash", 0x2014},
        {"lsquo", 0x2018},  {"rsquo", 0x2019},  {"ldquo", 0x201C},  {"rdquo", 0x201D},
        {"hellip", 0x2026}, {"eacute", 0x00E9}, {"egrave", 0x00E8},
    };

    if (name[0] == '#')
        return numeric_entity(name);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(name, named[i].name) == 0)
            return named[i].code;
    return 0;
}

/* Bytes of the entity at text, 0 when there is none; its character in *code. */
static size_t take_entity(const char *text, size_t left, unsigned long *code)
{
    char name[ENTITY_MAXIMUM + 1];
    const char *semicolon = NULL;
    size_t length = 0;

    if (text[0] != '&')
        return 0;
    semicolon = memchr(text, ';', left < ENTITY_MAXIMUM ? left : ENTITY_MAXIMUM);
    if (semicolon == NULL)
        return 0;
    length = (size_t)(semicolon - text - 1);
    memcpy(name, text + 1, length);
    name[length] = '\0';
    *code = entity_code(name);
    return *code == 0 ? 0 : length + 2;
}

void reel__text_clean(reel_buf *out, const char *text, size_t length)
{
    bool blank = false, any = false;

    for (size_t at = 0; at < length;) {
        unsigned long code = 0;
        const size_t entity = take_entity(text + at, length - at, &code);
        const unsigned char c = entity > 0 ? (code == ' ' ? ' ' : 'x') : (unsigned char)text[at];

        if (c <= ' ' || c == 0x7F) {
            blank = any;
        } else {
            if (blank)
                reel__buf_char(out, ' ');
            blank = false;
            any = true;
            if (entity > 0)
                append_code(out, code);
            else
                reel__buf_char(out, text[at]);
        }
        at += entity > 0 ? entity : 1;
    }
}
