/* err.c - error codes and messages. */
#include "reel/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct code_row {
    reel_code code;
    const char *name;
    int http, exit;
};

static const struct code_row code_rows[] = {
#define ROW(name, value, http, exit) {REEL_##name, #name, http, exit},
    REEL_CODES(ROW)
#undef ROW
};

static const struct code_row *find_row(reel_code code)
{
    static const struct code_row unknown = {REEL_OK, "E_UNKNOWN", 500, 1};

    for (size_t i = 0; i < sizeof code_rows / sizeof *code_rows; i++)
        if (code_rows[i].code == code)
            return &code_rows[i];
    return &unknown;
}

/* A message cut in the middle of a character would not be valid UTF-8 any more. */
static void cut_character(char *text, size_t size)
{
    size_t end = strlen(text);

    if (end + 1 < size)
        return;
    while (end > 0 && ((unsigned char)text[end - 1] & 0xC0) == 0x80)
        end--;
    if (end > 0 && ((unsigned char)text[end - 1] & 0x80))
        end--;
    text[end] = '\0';
}

reel_code(reel_fail)(reel_err *err, reel_code code, const char *format, ...)
{
    va_list arguments;

    if (err == NULL)
        return code;
    err->code = code;
    va_start(arguments, format);
    if (vsnprintf(err->msg, sizeof err->msg, format, arguments) < 0)
        err->msg[0] = '\0';
    va_end(arguments);
    cut_character(err->msg, sizeof err->msg);
    return code;
}

const char *reel_code_name(reel_code code)
{
    return find_row(code)->name;
}

int reel_code_http(reel_code code)
{
    return find_row(code)->http;
}

int reel_code_exit(reel_code code)
{
    return find_row(code)->exit;
}
