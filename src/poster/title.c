/* title.c - the words of a poster.
 * A name is split as a poster would set it: what follows a colon, or stands in parentheses, is
 * smaller. The size of the letters follows from the room; a name too long for any size is cut.
 */
#include "poster/title_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double margin = 30, room = 340;
enum { CREDIT_SPACING = 120, TITLE_SPACING = 40, NAME_BYTES = 1024 };
static const double credit_size = 11.5;

/* ---- words --------------------------------------------------------------------------------- */

/* Length of a name without a year in parentheses at its end. */
static size_t without_year(const char *name, size_t length)
{
    if (length < 8 || name[length - 1] != ')' || memcmp(name + length - 7, " (", 2) != 0)
        return length;
    for (size_t i = length - 5; i < length - 1; i++)
        if (name[i] < '0' || name[i] > '9')
            return length;
    return length - 7;
}

static bool has_two_words(const char *text, size_t length)
{
    return memchr(text, ' ', length) != NULL;
}

/* Where the first title ends and the second begins and ends; false: there is only one. */
static bool split_name(const char *name, size_t length, size_t *first, size_t *second, size_t *end)
{
    const char *parenthesis = memmem(name, length, " (", 2);
    const char *colon = memmem(name, length, ": ", 2);

    *end = length;
    if (colon != NULL && (parenthesis == NULL || colon < parenthesis)) {
        const size_t at = (size_t)(colon - name);
        const size_t rest = parenthesis == NULL ? length : (size_t)(parenthesis - name);

        if (at >= 2 && rest > at + 2 && has_two_words(colon + 2, rest - at - 2)) {
            *first = at;
            *second = at + 2;
            *end = rest;
            return true;
        }
    }
    if (parenthesis != NULL && parenthesis > name) {
        const char *close = memchr(parenthesis, ')', length - (size_t)(parenthesis - name));

        *first = (size_t)(parenthesis - name);
        *second = *first + 2;
        if (close != NULL)
            *end = (size_t)(close - name);
        return *end > *second;
    }
    return false;
}

static void read_names(reel_title *out, const reel_movie *movie)
{
    const char *name = movie->name[0] != '\0' ? movie->name : movie->title;
    size_t length = without_year(name, strlen(name));
    size_t first = length, second = 0, end = 0;

    out->second.count = 0;
    if (length < NAME_BYTES && split_name(name, length, &first, &second, &end)) {
        if (first > 3 && memcmp(name + first - 3, " or", 3) == 0) {
            first -= 3; /* "Dr. Strangelove", "or: How I Learned ..." */
            second = first + 1;
        }
        reel__type_read(&out->second, name + second, end - second);
    }
    reel__type_read(&out->main, name, first);
    if (out->main.count == 0)
        reel__type_read(&out->main, "Untitled", 8);
}

static void read_credits(reel_title *out, const reel_movie *movie)
{
    const char *bar = strchr(movie->directors, '|');

    reel__type_read(&out->director, movie->directors,
                    bar == NULL ? strlen(movie->directors) : (size_t)(bar - movie->directors));
    reel__type_measure(&out->director, FACE_SANS, true, CREDIT_SPACING);
    while (out->director.count > 2 &&
           reel__type_width(&out->director, 0, out->director.count) * credit_size > room - 70) {
        reel__type_cut(&out->director, out->director.count - 2);
        reel__type_measure(&out->director, FACE_SANS, true, CREDIT_SPACING);
    }
    out->year[0] = '\0';
    if (movie->year > 0)
        (void)snprintf(out->year, sizeof out->year, "%d", movie->year);
}

/* ---- fitting ------------------------------------------------------------------------------- */

static void measure(const reel_title *title, reel_text *text)
{
    reel__type_measure(text, title->style.face, title->style.capitals,
                       title->style.capitals ? TITLE_SPACING : 0);
}

/* Larger rooms for longer titles; when even the last is too small, the title is cut. */
static void fit_main(reel_title *out)
{
    static const reel_fit fits[] = {
        {340, 120, 34, 96, 3}, {340, 160, 26, 60, 4}, {340, 200, 20, 44, 5}, {340, 230, 15, 32, 6}};

    measure(out, &out->main);
    for (;;) {
        for (size_t i = 0; i < sizeof fits / sizeof *fits; i++)
            if (reel__layout_fit(&out->main_block, &out->main, &fits[i]))
                return;
        reel__type_cut(&out->main, out->main.count * 3 / 4);
        measure(out, &out->main);
    }
}

static void fit_second(reel_title *out)
{
    const reel_fit fit = {.width = room,
                          .height = 66,
                          .least = 12,
                          .most = fmin(24, fmax(15, out->main_block.size * 0.5)),
                          .lines = 3};

    out->second_block.lines = 0;
    if (out->second.count == 0)
        return;
    measure(out, &out->second);
    while (out->second.count > 2 && !reel__layout_fit(&out->second_block, &out->second, &fit)) {
        reel__type_cut(&out->second, out->second.count * 3 / 4);
        measure(out, &out->second);
    }
}

static double block_height(const reel_block *block)
{
    return block->lines * block->size * block->leading;
}

void reel__title_layout(reel_title *out, const reel_movie *movie, reel_style style)
{
    out->style = style;
    read_names(out, movie);
    read_credits(out, movie);
    if (out->main.right_to_left || !out->main.plain)
        out->style.capitals = false;
    fit_main(out);
    fit_second(out);
    out->height = 24 + block_height(&out->main_block) + 22 + credit_size + 26;
    if (out->second_block.lines > 0)
        out->height += 8 + block_height(&out->second_block);
    if (style.rule)
        out->height += 16;
    out->height = ceil(out->height);
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Posters are shown as images, for which pages' fonts are not loaded: the names behind the first
 * are the ones a viewer may have. */
static const char *font_of(reel_face face)
{
    return face == FACE_SERIF
               ? "Gloock,'Playfair Display','Bodoni 72',Didot,Georgia,'Noto Serif',serif"
               : "'Hanken Grotesk','Avenir Next','Segoe UI','Helvetica Neue','Noto Sans',Arial,"
                 "sans-serif";
}

static void write_group(reel_buf *out, const reel_title *title, const reel_text *text, uint32_t ink)
{
    reel__buf_format(out, "<g fill=\"#%06x\" font-family=\"%s\" font-weight=\"%d\"", ink,
                     font_of(title->style.face), title->style.face == FACE_SERIF ? 700 : 800);
    if (title->style.centered)
        reel__buf_text(out, " text-anchor=\"middle\"");
    if (text->right_to_left)
        reel__buf_text(out, " direction=\"rtl\"");
    if (title->style.capitals)
        reel__buf_format(out, " letter-spacing=\"%.2fem\"", TITLE_SPACING / 1000.0);
    reel__buf_char(out, '>');
}

/* The lines of a block from its upper edge on; returns the lower edge. */
static double write_block(reel_buf *out, const reel_title *title, const reel_text *text,
                          const reel_block *block, double top)
{
    const double x = title->style.centered ? 200 : text->right_to_left ? 400 - margin : margin;
    /* Letters stand on a line a bit below the middle of their row. */
    const double drop = block->leading / 2 + (text->tall ? 0.3 : 0.34);

    for (int i = 0; i < block->lines; i++) {
        reel__buf_format(out, "<text x=\"%.0f\" y=\"%.1f\" font-size=\"%.1f\"", x,
                         top + block->size * (block->leading * i + drop), block->size);
        if (block->width[i] > 0)
            reel__buf_format(out, " textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"",
                             block->width[i] * block->size);
        reel__buf_char(out, '>');
        reel__type_write(out, text, block->from[i], block->to[i]);
        reel__buf_text(out, "</text>");
    }
    return top + block_height(block);
}

static void write_director(reel_buf *out, const reel_title *title)
{
    reel__buf_format(out, " textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"%s>",
                     reel__type_width(&title->director, 0, title->director.count) * credit_size,
                     title->director.right_to_left ? " direction=\"rtl\"" : "");
    reel__type_write(out, &title->director, 0, title->director.count);
    reel__buf_text(out, "</text>");
}

/* Year and director: at the two ends of a line, or both in the middle of it. */
static void write_credits(reel_buf *out, const reel_title *title, double y, uint32_t ink)
{
    const bool director = title->director.count > 0, year = title->year[0] != '\0';
    const double width = reel__type_width(&title->director, 0, title->director.count) * credit_size;
    const double both = width + (director && year ? 52 : 0);

    reel__buf_format(out,
                     "<g fill=\"#%06x\" font-family=\"%s\" font-weight=\"600\" font-size=\"%.1f\" "
                     "letter-spacing=\"%.2fem\">",
                     ink, font_of(FACE_SANS), credit_size, CREDIT_SPACING / 1000.0);
    if (director) {
        const double left = title->style.centered ? 200 - both / 2 : margin;

        reel__buf_format(out, "<text x=\"%.1f\" y=\"%.1f\"",
                         title->director.right_to_left ? left + width : left, y);
        write_director(out, title);
    }
    if (year && title->style.centered)
        reel__buf_format(
            out, "<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>", director ? 200 + both / 2 : 200.0, y,
            director ? " text-anchor=\"end\"" : " text-anchor=\"middle\"", title->year);
    else if (year)
        reel__buf_format(out, "<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>",
                         director ? 400 - margin : margin, y,
                         director ? " text-anchor=\"end\"" : "", title->year);
    reel__buf_text(out, "</g>");
}

void reel__title_write(reel_buf *out, const reel_title *title, double top, uint32_t ink,
                       uint32_t accent)
{
    double y = top + 24;

    write_group(out, title, &title->main, ink);
    y = write_block(out, title, &title->main, &title->main_block, y);
    reel__buf_text(out, "</g>");
    if (title->second_block.lines > 0) {
        write_group(out, title, &title->second, ink);
        y = write_block(out, title, &title->second, &title->second_block, y + 8);
        reel__buf_text(out, "</g>");
    }
    if (title->style.rule) {
        const double x = title->style.centered       ? 182
                         : title->main.right_to_left ? 400 - margin - 36
                                                     : margin;

        reel__buf_format(out,
                         "<rect x=\"%.0f\" y=\"%.1f\" width=\"36\" height=\"4\" fill=\"#%06x\"/>",
                         x, y + 14, accent);
        y += 16;
    }
    write_credits(out, title, y + 22 + credit_size * 0.8, ink);
}

void reel__title_label(reel_buf *out, const reel_movie *movie)
{
    const char *name = movie->name[0] != '\0' ? movie->name : movie->title;
    reel_text text;

    reel__type_read(&text, name, strlen(name));
    reel__type_write(out, &text, 0, text.count);
    if (movie->year > 0 && without_year(name, strlen(name)) == strlen(name))
        reel__buf_format(out, " (%d)", movie->year);
}
