/* page.c - see page.h. */
#include "report/page.h"

#include <math.h>
#include <string.h>

#include "report/words.h"

enum { TABLE_ROWS = 25 };

/* ---- style --------------------------------------------------------------------------------- */

static const char style[] =
    "body{margin:0;background:var(--ground);color:var(--ink);font:400 17px/1.55 \"Hanken Grotesk\","
    "\"Noto Sans\",system-ui,sans-serif;-webkit-text-size-adjust:100%}\n"
    ".page{max-width:1120px;margin:0 auto;padding:40px 24px 80px;display:grid;gap:0 64px;"
    "grid-template-columns:minmax(0,1fr)}\n"
    "header,main,footer,nav{max-width:760px;min-width:0}\n"
    "h1,h2,h3{font-family:Gloock,\"Noto Serif\",Georgia,serif;font-weight:400;line-height:1.2;"
    "margin:0;font-kerning:none;word-spacing:.12em;text-wrap:balance;overflow-wrap:anywhere}\n"
    "h1{font-size:48px}\nh2{font-size:31px;margin:72px 0 0;padding-top:24px;border-top:1px solid "
    "var(--line)}\nh3{font-size:25px}\n"
    ".kicker{margin:0 0 6px;font-size:14px;font-weight:600;color:var(--faint)}\n"
    ".lead{font-size:20px;color:var(--soft);margin:12px 0 0}\n"
    ".note{margin:16px 0 0;padding:10px 14px;background:var(--sunken);border-radius:4px;"
    "font-size:15px;color:var(--soft)}\n"
    ".numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(112px,1fr));gap:20px 24px;"
    "margin:32px 0 0}\n.numbers div{display:flex;flex-direction:column-reverse}\n"
    ".numbers dt{font-size:14px;color:var(--faint)}\n.numbers dd{margin:0;font-size:25px;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "nav{font-size:15px;margin-top:40px}\nnav p{margin:0 0 4px;font-size:14px;font-weight:600;"
    "color:var(--faint)}\nnav ul{list-style:none;margin:0 0 18px;padding:0}\n"
    "nav a{color:var(--soft);text-decoration:none;display:block;padding:3px 0}\n"
    "a{color:inherit;text-underline-offset:3px;text-decoration-color:var(--accent)}\n"
    "nav a:hover{color:var(--ink);text-decoration:underline}\n"
    "a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px}\n"
    "figure{margin:44px 0 0;scroll-margin-top:20px}\nfigcaption p{margin:8px 0 "
    "0;color:var(--soft)}\n"
    "figcaption .kicker{margin:0 0 6px;color:var(--faint)}\n"
    ".measure{margin:20px 0 8px;font-size:14px;color:var(--faint)}\n"
    ".draw{overflow-x:auto}\n.chart{display:block;width:100%;min-width:600px;height:auto;"
    "font-variant-numeric:tabular-nums}\n"
    ".below{display:flex;flex-wrap:wrap;gap:4px 24px;margin:12px 0 0;font-size:14px;"
    "color:var(--soft)}\n.files{margin:0;display:flex;gap:14px}\n"
    "details{flex:1 1 240px}\nsummary{cursor:pointer}\n"
    ".rows{overflow-x:auto;margin-top:8px}\ntable{border-collapse:collapse;font-size:14px;"
    "font-variant-numeric:tabular-nums}\nth,td{text-align:left;padding:4px 20px 4px 0;"
    "border-bottom:1px solid var(--line)}\nth{font-weight:600;color:var(--faint);vertical-align:"
    "bottom}\n.right{text-align:right;white-space:nowrap}\n"
    ".absent{margin:28px 0 0;color:var(--soft);font-size:15px}\n"
    "footer{margin-top:72px;padding-top:20px;border-top:1px solid var(--line);font-size:14px;"
    "color:var(--faint)}\n"
    "@media (min-width:1020px){.page{grid-template-columns:200px minmax(0,760px)}nav{grid-row:1/"
    "span 3;position:sticky;top:40px;align-self:start;margin-top:8px;max-height:calc(100vh - "
    "64px);overflow:auto}header,main,footer{grid-column:2}}\n"
    "@media (max-width:1019px){nav{columns:180px;column-gap:32px;border-top:1px solid var(--line);"
    "padding-top:24px}nav ul{break-inside:avoid}nav p{break-after:avoid}h2{margin-top:48px}}\n"
    "@media (max-width:600px){body{font-size:16px}h1{font-size:36px}h2{font-size:27px}h3{font-size:"
    "22px}.page{padding:24px 16px 56px}}\n"
    "@media print{nav,.files{display:none}figure{break-inside:avoid}}\n";

static const char light[] = "--ground:#f7f5f1;--sunken:#eae6de;--line:#d8d2c7;--ink:#1c1815;"
                            "--soft:#544c44;--faint:#6d645a;--accent:#b86e00";
static const char dark[] = "--ground:#141210;--sunken:#201d1a;--line:#35302b;--ink:#f3ede4;"
                           "--soft:#bfb5a8;--faint:#968c80;--accent:#eba53c";

static void put_base64(reel_buf *out, const unsigned char *data, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

    for (size_t i = 0; i < size; i += 3) {
        const unsigned second = i + 1 < size ? data[i + 1] : 0,
                       third = i + 2 < size ? data[i + 2] : 0;
        const unsigned three = (unsigned)data[i] << 16 | second << 8 | third;

        reel__buf_char(out, letters[three >> 18]);
        reel__buf_char(out, letters[three >> 12 & 63]);
        reel__buf_char(out, letters[i + 1 < size ? three >> 6 & 63 : 64]);
        reel__buf_char(out, letters[i + 2 < size ? three & 63 : 64]);
    }
}

static void put_font(reel_buf *out, const char *family, int weight, const reel_report_font *font)
{
    if (font->data == NULL)
        return;
    reel__buf_format(out,
                     "@font-face{font-family:%s;font-weight:%d;src:url(data:font/woff2;base64,",
                     family, weight);
    put_base64(out, font->data, font->size);
    reel__buf_text(out, ") format(\"woff2\")}\n");
}

static void put_head(reel_buf *out, const reel_report_page *page)
{
    reel__buf_text(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width\">\n"
                        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    reel__words_escape(out, reel__report_title(page->facts));
    reel__buf_text(out, " \xe2\x80\x93 what is in the data</title>\n<style>\n");
    put_font(out, "Gloock", 400, &page->title);
    put_font(out, "\"Hanken Grotesk\"", 400, &page->text);
    put_font(out, "\"Hanken Grotesk\"", 600, &page->strong);
    reel__buf_format(out, ":root{%s}\n", light);
    reel__buf_text(out, style);
    reel__chart_style(out, REEL_THEME_LIGHT);
    reel__buf_format(out, "@media (prefers-color-scheme:dark){:root{%s}\n", dark);
    reel__chart_style(out, REEL_THEME_DARK);
    reel__buf_text(out, "}\n</style>\n</head>\n<body>\n<div class=\"page\">\n");
}

/* ---- beginning and end --------------------------------------------------------------------- */

const char *reel__report_title(const reel_facts *facts)
{
    const char *source = reel_dataset_source(facts->dataset);

    return source[0] != '\0' ? source : "Films and ratings";
}

void reel__report_source(reel_buf *out, const reel_facts *facts)
{
    reel__buf_text(out, "Data: ");
    reel__buf_text(out, reel__report_title(facts));
    reel__buf_text(out, ".");
    if (reel_dataset_simulated(facts->dataset))
        reel__buf_text(out, " The people and their ratings are simulated.");
    if (reel__facts_has_tmdb(facts))
        reel__buf_text(out, " This product uses the TMDB API but is not endorsed or certified by "
                            "TMDB.");
}

static void put_number(reel_buf *out, const char *name, const char *value)
{
    reel__buf_format(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

static void put_header(reel_buf *out, const reel_facts *facts)
{
    const double pairs = (double)facts->people * (double)facts->films;

    reel__buf_text(out, "<header>\n<p class=\"kicker\">What is in the data</p>\n<h1>");
    reel__words_escape(out, reel__report_title(facts));
    reel__buf_format(out, "</h1>\n<p class=\"lead\">%s rating%s by %s %s, of %s film%s.</p>\n",
                     REEL_COUNT(facts->ratings), REEL_PLURAL(facts->ratings),
                     REEL_COUNT(facts->people), facts->people == 1 ? "person" : "people",
                     REEL_COUNT(facts->films), REEL_PLURAL(facts->films));
    if (reel_dataset_simulated(facts->dataset))
        reel__buf_text(out, "<p class=\"note\">The people and their ratings are simulated: nothing "
                            "here says anything about real people.</p>\n");
    reel__buf_text(out, "<dl class=\"numbers\">\n");
    put_number(out, "films", REEL_COUNT(facts->films));
    put_number(out, "people", REEL_COUNT(facts->people));
    put_number(out, "ratings", REEL_COUNT(facts->ratings));
    if (facts->ratings > 0) {
        put_number(out, "of all pairs rated", REEL_SHARE((double)facts->ratings / pairs));
        put_number(out, "mean rating", REEL_REAL(facts->mean));
    }
    reel__buf_text(out, "</dl>\n</header>\n");
}

static bool begins_section(const reel_figure *figures, int i)
{
    return i == 0 || strcmp(figures[i].section, figures[i - 1].section) != 0;
}

static void put_contents(reel_buf *out, const reel_figure *figures)
{
    reel__buf_text(out, "<nav aria-label=\"Contents\">\n");
    for (int i = 0; i < REEL_FIGURES; i++) {
        if (begins_section(figures, i))
            reel__buf_format(out, "%s<p>%s</p>\n<ul>\n", i > 0 ? "</ul>\n" : "",
                             figures[i].section);
        if (figures[i].absent == NULL)
            reel__buf_format(out, "<li><a href=\"#%s\">%s</a></li>\n", figures[i].id,
                             figures[i].heading);
    }
    reel__buf_text(out, "</ul>\n</nav>\n");
}

static void put_footer(reel_buf *out, const reel_facts *facts)
{
    reel_buf source;

    reel__buf_init(&source, 1 << 12);
    reel__report_source(&source, facts);
    reel__buf_text(out, "<footer>\n<p>");
    reel__words_escape(out, source.data != NULL ? source.data : "");
    reel__buf_text(out, "</p>\n<p>Every sentence is computed from the data. Made by <code>reel "
                        "eda</code>, which leaves each chart and its numbers as files beside this "
                        "page.</p>\n</footer>\n");
    out->failed |= source.failed;
    reel__buf_fini(&source);
}

/* ---- figures ------------------------------------------------------------------------------- */

static void put_cell(reel_buf *out, const reel_sheet *sheet, size_t row, int column)
{
    char text[REEL_WORDS];

    reel__buf_text(out,
                   sheet->column[column].kind == REEL_SHEET_TEXT ? "<td>" : "<td class=\"right\">");
    reel__words_escape(out, reel__words_cell(text, sheet, row, column));
    reel__buf_text(out, "</td>");
}

static void put_table(reel_buf *out, const reel_sheet *sheet)
{
    const size_t rows = reel__sheet_rows(sheet);

    reel__buf_text(out,
                   "<details><summary>The numbers</summary>\n<div class=\"rows\"><table>\n<tr>");
    for (int i = 0; i < sheet->columns; i++)
        reel__buf_format(out, "<th%s>%s</th>",
                         sheet->column[i].kind == REEL_SHEET_TEXT ? "" : " class=\"right\"",
                         sheet->column[i].heading);
    reel__buf_text(out, "</tr>\n");
    for (size_t row = 0; row < rows && row < TABLE_ROWS; row++) {
        reel__buf_text(out, "<tr>");
        for (int i = 0; i < sheet->columns; i++)
            put_cell(out, sheet, row, i);
        reel__buf_text(out, "</tr>\n");
    }
    reel__buf_text(out, "</table></div>\n");
    if (rows > TABLE_ROWS)
        reel__buf_format(out, "<p>The first %d of %s rows; all are in the CSV.</p>\n", TABLE_ROWS,
                         REEL_COUNT(rows));
    reel__buf_text(out, "</details>\n");
}

static reel_code put_figure(reel_buf *out, const reel_figure *figure, bool png, reel_err *err)
{
    reel_chart_frame frame = {.name = figure->finding.data};
    reel_code rc = REEL_OK;

    reel__buf_format(out, "<figure id=\"%s\">\n<figcaption><p class=\"kicker\">%s</p>\n<h3>",
                     figure->id, figure->heading);
    reel__words_escape(out, figure->finding.data);
    reel__buf_text(out, "</h3>\n<p>");
    reel__words_escape(out, figure->more.data != NULL ? figure->more.data : "");
    reel__buf_text(out, "</p></figcaption>\n<p class=\"measure\">");
    reel__words_escape(out, figure->measure);
    reel__buf_text(out, "</p>\n<div class=\"draw\">");
    REEL_TRY(reel__chart_draw(out, &figure->chart, &figure->sheet, &frame, err));
    reel__buf_text(out, "</div>\n<div class=\"below\">\n");
    put_table(out, &figure->sheet);
    reel__buf_format(out, "<p class=\"files\"><a href=\"%s.csv\">CSV</a><a href=\"%s.svg\">SVG</a>",
                     figure->id, figure->id);
    if (png)
        reel__buf_format(out, "<a href=\"%s.png\">PNG</a>", figure->id);
    reel__buf_text(out, "</p>\n</div>\n</figure>\n");
out:
    return rc;
}

reel_code reel__report_write(reel_buf *out, const reel_report_page *page, reel_err *err)
{
    const reel_figure *figures = page->figures;
    reel_code rc = REEL_OK;

    put_head(out, page);
    put_header(out, page->facts);
    put_contents(out, figures);
    reel__buf_text(out, "<main>\n");
    for (int i = 0; i < REEL_FIGURES; i++) {
        if (begins_section(figures, i))
            reel__buf_format(out, "<h2>%s</h2>\n", figures[i].section);
        if (figures[i].absent == NULL) {
            REEL_TRY(put_figure(out, &figures[i], page->png, err));
            continue;
        }
        reel__buf_format(out, "<p class=\"absent\"><strong>%s</strong>: ", figures[i].heading);
        reel__words_escape(out, figures[i].absent);
        reel__buf_text(out, "</p>\n");
    }
    reel__buf_text(out, "</main>\n");
    put_footer(out, page->facts);
    reel__buf_text(out, "</div>\n</body>\n</html>\n");
    rc = reel__buf_check(out, err);
out:
    return rc;
}
