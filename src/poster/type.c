/* type.c - letters and how wide they are. Latin comes from the table of the title fonts; for other
 * scripts, which a poster sets in whatever font the viewer has, a typical width is known per
 * script. The width is written beside each line (textLength), so a wrong guess squeezes letters a
 * little but never makes a title overflow.
 */
#include "poster/type_priv.h"

#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

enum { ELLIPSIS = 0x2026, COMBINING_MOST = 2 };

/* ---- reading ------------------------------------------------------------------------------- */

static bool is_blank(int32_t code)
{
    return code <= 0x20 || code == 0x7f || (code >= 0x80 && code <= 0xa0) || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200b) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000 || code == 0xfeff;
}

/* Characters XML forbids, and those that turn the direction of all that follows. */
static bool is_dropped(int32_t code)
{
    return (code & 0xfffe) == 0xfffe || (code >= 0xd800 && code <= 0xdfff) ||
           (code >= 0xfdd0 && code <= 0xfdef) || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           (code >= 0xfff9 && code <= 0xfffb) || code == 0x61c;
}

static bool is_mark(int32_t code)
{
    const utf8proc_category_t kind = utf8proc_category(code);

    return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_ME ||
           kind == UTF8PROC_CATEGORY_CF;
}

static bool is_right_to_left(int32_t code)
{
    return (code >= 0x590 && code <= 0x8ff) || (code >= 0xfb1d && code <= 0xfdff) ||
           (code >= 0xfe70 && code <= 0xfefc) || (code >= 0x10800 && code <= 0x10fff) ||
           (code >= 0x1e800 && code <= 0x1eeff);
}

/* Greek drops its accents in capitals, which a letter alone does not tell: it keeps its case. */
static bool is_plain(int32_t code)
{
    return code < 0x370 || (code >= 0x400 && code < 0x530) || (code >= 0x1e00 && code <= 0x1eff) ||
           (code >= 0x2000 && code <= 0x20ff);
}

static bool is_ideograph(int32_t code)
{
    return (code >= 0x2e80 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff) ||
           (code >= 0xff01 && code <= 0xff60) || (code >= 0xff66 && code <= 0xff9f) ||
           (code >= 0x20000 && code <= 0x3ffff);
}

static bool is_thai(int32_t code) /* and Lao, Khmer, Burmese: no blanks between words either */
{
    return (code >= 0xe00 && code <= 0xeff) || (code >= 0x1000 && code <= 0x109f) ||
           (code >= 0x1780 && code <= 0x17ff);
}

void reel__type_cut(reel_text *text, int count)
{
    while (count > 0 && is_blank(text->letters[count - 1].code))
        count--;
    if (count < TYPE_LETTERS)
        text->letters[count++] = (reel_letter){.code = ELLIPSIS};
    text->count = count;
}

/* false: the text is full. */
static bool add_letter(reel_text *out, int32_t code, int *marks)
{
    if (is_blank(code)) {
        if (out->count == 0 || out->letters[out->count - 1].code == ' ')
            return true;
        code = ' ';
    } else if (is_dropped(code)) {
        return true;
    }
    *marks = is_mark(code) ? *marks + 1 : 0;
    if (*marks > COMBINING_MOST) /* a pile of accents would reach into the next line */
        return true;
    if (out->count >= TYPE_LETTERS - 1)
        return false;
    out->letters[out->count++] = (reel_letter){.code = code};
    return true;
}

static void find_breaks(reel_text *text)
{
    for (int i = 0; i + 1 < text->count; i++) {
        const int32_t code = text->letters[i].code, next = text->letters[i + 1].code;
        bool may = code == ' ' || code == '-' || code == 0x2010 || code == 0x2013 || code == 0x2014;

        if (is_ideograph(code) || is_ideograph(next))
            /* Nothing that closes or lengthens begins a line; nothing that opens ends one. */
            may = next < 0x10000 && !is_mark(next) && next != ' ' &&
                  utf8proc_category(next) != UTF8PROC_CATEGORY_PE &&
                  utf8proc_category(next) != UTF8PROC_CATEGORY_PO &&
                  utf8proc_category(next) != UTF8PROC_CATEGORY_LM &&
                  utf8proc_category(code) != UTF8PROC_CATEGORY_PS &&
                  (is_ideograph(code) || code == ' ');
        text->letters[i].break_after = may;
    }
}

/* What is no UTF-8 is read as ISO 8859-1. */
static utf8proc_ssize_t next_code(const char *bytes, size_t left, bool valid, int32_t *code)
{
    utf8proc_int32_t found;
    const utf8proc_ssize_t used =
        utf8proc_iterate((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)left, &found);

    *code = valid && used > 0 ? found : (unsigned char)bytes[0];
    return valid && used > 0 ? used : 1;
}

static void find_script(reel_text *text)
{
    bool direction_known = false;

    text->right_to_left = text->tall = false;
    text->plain = true;
    for (int i = 0; i < text->count; i++) {
        const int32_t code = text->letters[i].code;
        const utf8proc_category_t kind = utf8proc_category(code);
        const bool letter = kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO;

        if (letter && !direction_known) {
            text->right_to_left = is_right_to_left(code);
            direction_known = true;
        }
        text->tall |= is_right_to_left(code) || is_thai(code) || (code >= 0x900 && code <= 0xdff);
        text->plain &= is_plain(code);
    }
}

void reel__type_read(reel_text *out, const char *bytes, size_t length)
{
    const bool valid = reel__utf8_valid(bytes, length);
    int marks = 0;

    out->count = 0;
    for (size_t at = 0; at < length;) {
        int32_t code;

        at += (size_t)next_code(bytes + at, length - at, valid, &code);
        if (!add_letter(out, code, &marks)) {
            reel__type_cut(out, out->count);
            break;
        }
    }
    if (out->count > 0 && out->letters[out->count - 1].code == ' ')
        out->count--;
    find_script(out);
    find_breaks(out);
}

/* ---- measuring ----------------------------------------------------------------------------- */

typedef struct script {
    int32_t last;
    int16_t width; /* typical advance, thousandths of an em */
} script;

static int script_width(int32_t code)
{
    static const script scripts[] = {
        {0x24f, 620},   {0x2ff, 560},   {0x36f, 0},      {0x390, 620},    {0x3ab, 710},
        {0x3ff, 600},   {0x42f, 735},   {0x45f, 645},    {0x52f, 690},    {0x58f, 650},
        {0x5ff, 550},   {0x8ff, 450},   {0x97f, 485},    {0x9ff, 525},    {0xa7f, 500},
        {0xaff, 530},   {0xb7f, 600},   {0xbff, 755},    {0xc7f, 790},    {0xcff, 640},
        {0xd7f, 700},   {0xdff, 770},   {0xeff, 560},    {0xfff, 600},    {0x109f, 570},
        {0x10ff, 575},  {0x11ff, 800},  {0x139f, 830},   {0x167f, 680},   {0x17ff, 510},
        {0x1fff, 620},  {0x206f, 500},  {0x2bff, 820},   {0x2dff, 620},   {0x2e7f, 500},
        {0xa4cf, 1000}, {0xabff, 700},  {0xd7ff, 920},   {0xf8ff, 700},   {0xfaff, 1000},
        {0xfdff, 450},  {0xfe6f, 500},  {0xfeff, 450},   {0xff60, 1000},  {0xffdf, 500},
        {0xffff, 1000}, {0x1efff, 750}, {0x1ffff, 1250}, {0x3ffff, 1000},
    };
    size_t i = 0;

    while (i + 1 < sizeof scripts / sizeof *scripts && code > scripts[i].last)
        i++;
    return scripts[i].width;
}

/* The width of a letter in a table that begins with the letter `first`; 0 = not in it. */
static int table_width(const uint16_t *widths, int32_t count, int32_t first, int32_t code)
{
    const int32_t at = code - first;

    return at >= 0 && at < count ? widths[at] : 0;
}

static int letter_width(int32_t code, reel_face face)
{
    const bool serif = face == FACE_SERIF;
    int width = table_width(serif ? reel__type_serif_20 : reel__type_sans_20, 352, 0x20, code);

    if (width == 0)
        width = table_width(serif ? reel__type_serif_2010 : reel__type_sans_2010, 23, 0x2010, code);
    if (width > 0)
        return width;
    return is_mark(code) ? 0 : script_width(code);
}

void reel__type_measure(reel_text *text, reel_face face, bool capitals, int spacing)
{
    for (int i = 0; i < text->count; i++) {
        reel_letter *letter = &text->letters[i];

        if (capitals && text->plain)
            letter->code = utf8proc_toupper(letter->code);
        letter->width = (int16_t)letter_width(letter->code, face);
        if (letter->width > 0)
            letter->width = (int16_t)(letter->width + spacing);
    }
}

double reel__type_width(const reel_text *text, int from, int to)
{
    int sum = 0;

    while (to > from && text->letters[to - 1].code == ' ')
        to--;
    for (int i = from; i < to; i++)
        sum += text->letters[i].width;
    return sum / 1000.0;
}

void reel__type_write(reel_buf *out, const reel_text *text, int from, int to)
{
    while (to > from && text->letters[to - 1].code == ' ')
        to--;
    for (int i = from; i < to; i++) {
        const int32_t code = text->letters[i].code;
        utf8proc_uint8_t bytes[4];

        if (code == '<')
            reel__buf_text(out, "&lt;");
        else if (code == '>')
            reel__buf_text(out, "&gt;");
        else if (code == '&')
            reel__buf_text(out, "&amp;");
        else if (code == '"')
            reel__buf_text(out, "&quot;");
        else
            reel__buf_append(out, bytes, (size_t)utf8proc_encode_char(code, bytes));
    }
}
