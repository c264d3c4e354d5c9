/* charts.c - whatever the data, a chart is well-formed, no text lies over another or outside, and
 * the PNG has the size it says. */
#include "support/report_data.h"
#include "support/xml.h"

#include "report/canvas_priv.h"
#include "report/page.h"
#include "report/png.h"

enum { BOXES = 1024, FILE_MOST = 1 << 26 };

static bool overlap(const reel_box *a, const reel_box *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

static void check_boxes(const char *id, const reel_chart_frame *frame)
{
    assert_true(frame->box_count <= BOXES);
    for (size_t i = 0; i < frame->box_count; i++) {
        const reel_box *a = &frame->boxes[i];

        if (a->x < -0.5 || a->y < -0.5 || a->x + a->width > frame->width + 0.5 ||
            a->y + a->height > frame->height + 0.5)
            fail_msg("%s: a text lies outside: %.1f %.1f, %.1f by %.1f", id, a->x, a->y, a->width,
                     a->height);
        for (size_t j = 0; j < i; j++)
            if (overlap(a, &frame->boxes[j]))
                fail_msg("%s: two texts overlap: %.1f %.1f and %.1f %.1f", id, a->x, a->y,
                         frame->boxes[j].x, frame->boxes[j].y);
    }
}

/* Draws it alone and as part of a page. */
static void check_chart(const reel_figure *figure)
{
    static reel_box boxes[BOXES];
    reel_err err = {REEL_OK, ""};

    for (int alone = 0; alone < 2; alone++) {
        reel_chart_frame frame = {.name = figure->finding.data,
                                  .themes = alone * (REEL_THEME_LIGHT | REEL_THEME_DARK),
                                  .boxes = boxes,
                                  .box_most = BOXES};
        reel_buf svg;

        if (alone == 1) {
            frame.title = figure->finding.data;
            frame.subtitle = figure->measure;
            frame.source = "Data: a test. The people and their ratings are simulated.";
        }
        reel__buf_init(&svg, FILE_MOST);
        assert_ok(reel__chart_draw(&svg, &figure->chart, &figure->sheet, &frame, &err));
        if (xml_fault(svg.data) != NULL)
            fail_msg("%s: not well-formed at %.80s", figure->id, xml_fault(svg.data));
        assert_null(strstr(svg.data, "nan"));
        assert_null(strstr(svg.data, "inf"));
        check_boxes(figure->id, &frame);
        reel__buf_fini(&svg);
    }
}

static int check_all(reel_dataset *dataset, bool people)
{
    analysed a;
    int drawn = 0;

    analyse(&a, dataset, people);
    for (int i = 0; i < REEL_FIGURES; i++)
        if (a.figures[i].absent == NULL) {
            check_chart(&a.figures[i]);
            drawn++;
        }
    analysed_end(&a);
    return drawn;
}

static void test_strange_data(void **state)
{
    static const int films[] = {1, 2, 3, 7, 30, 200};
    static const int people[] = {1, 2, 5, 60, 130};

    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++)
        (void)check_all(strange_data(seed, films[seed % 6], people[seed % 5], 0.5), seed % 2 == 0);
    assert_int_equal(check_all(strange_data(99, 120, 80, 0.3), true), REEL_FIGURES);
}

static void test_extremes(void **state)
{
    const reel_movie film = plain_film(1, "A", "X|Y", 2000);
    const reel_movie old[] = {plain_film(1, "A", "", 1), plain_film(INT64_MAX, "B", "", 9999)};
    const reel_rating far[] = {{INT64_MAX, 1, 1, 1e9F}, {5, 1, INT64_C(60000000000), -1e9F}};
    const reel_rating one = {0, 1, 5, 3};

    (void)state;
    (void)check_all(data_of(&film, 1, &one, 1), true);
    (void)check_all(data_of(&film, 1, far, 2), true);
    (void)check_all(data_of(old, 2, far, 2), false);
    (void)check_all(data_of(&film, 1, NULL, 0), false);
}

static void test_ticks(void **state)
{
    const reel_axis shares = {0, 1, 0, 100, false, true}, tens = {1, 3000, 0, 100, true, false};
    const reel_axis two = {.high = 2, .end = 1, .whole = true}; /* films: no half ones */
    double ticks[REEL_TICKS];
    reel_axis axis = {0, 290751, 0, 100, false, false};
    char text[REEL_TICK_TEXT];

    (void)state;
    reel__axis_round(&axis, 5);
    assert_true(axis.high == 300000);
    assert_int_equal(reel__axis_ticks(ticks, &axis, 5), 4);
    assert_string_equal(reel__axis_text(text, &axis, ticks[1]), "100k");
    assert_true(reel__axis_at(&axis, 150000) == 50);
    assert_int_equal(reel__axis_ticks(ticks, &two, 5), 3);
    assert_int_equal(reel__axis_ticks(ticks, &shares, 6), 6);
    assert_string_equal(reel__axis_text(text, &shares, ticks[1]), "20\xc2\xa0%");
    assert_int_equal(reel__axis_ticks(ticks, &tens, 4), 4);
    assert_int_equal(reel__axis_ticks(ticks, &tens, 12), 11);
    for (int i = 0; i < 2000; i++) { /* any range has ticks, in order and inside */
        const double low = (i % 50 - 25) * 0.37, high = low + pow(1.07, i % 200) * 0.001;
        const reel_axis any = {low, high, 0, 1, false, false};
        const int count = reel__axis_ticks(ticks, &any, 1 + i % 12);

        assert_true(count <= 2 + i % 12);
        for (int k = 0; k < count; k++)
            assert_true(ticks[k] >= low - 1e-9 * fabs(low) &&
                        ticks[k] <= high + 1e-5 * (high - low) &&
                        (k == 0 || ticks[k] > ticks[k - 1]));
    }
}

static reel_code draw_all(void *user, reel_err *err)
{
    const analysed *a = user;
    reel_chart_frame frame = {.title = "A title", .subtitle = "b", .source = "c", .themes = 3};
    reel_buf svg;
    reel_code rc = REEL_OK;

    reel__buf_init(&svg, FILE_MOST);
    for (int i = 0; i < REEL_FIGURES && rc == REEL_OK; i++)
        if (a->figures[i].absent == NULL)
            rc = reel__chart_draw(&svg, &a->figures[i].chart, &a->figures[i].sheet, &frame, err);
    reel__buf_fini(&svg);
    return rc;
}

static reel_code write_page(void *user, reel_err *err)
{
    const analysed *a = user;
    const reel_report_page page = {.facts = a->facts, .figures = a->figures};
    reel_buf html;
    reel_code rc;

    reel__buf_init(&html, FILE_MOST);
    rc = reel__report_write(&html, &page, err);
    reel__buf_fini(&html);
    return rc;
}

static void test_no_memory(void **state)
{
    analysed a;

    (void)state;
    analyse(&a, strange_data(5, 9, 7, 0.5), true);
    assert_true(sweep_memory(draw_all, &a) > 20);
    assert_true(sweep_memory(write_page, &a) > 20);
    analysed_end(&a);
}

/* ---- the page ------------------------------------------------------------------------------ */

static void test_page_has_every_chart(void **state)
{
    static const unsigned char font[] = "font";
    analysed a;
    reel_report_page page;
    reel_err err = {REEL_OK, ""};
    reel_buf html;
    char part[96];
    int charts = 0;

    (void)state;
    analyse(&a, strange_data(99, 120, 80, 0.3), true);
    page =
        (reel_report_page){.facts = a.facts, .figures = a.figures, .png = true, .title = {font, 4}};
    reel__buf_init(&html, FILE_MOST);
    assert_ok(reel__report_write(&html, &page, &err));
    assert_true(reel__utf8_valid(html.data, html.length));
    for (int i = 0; i < REEL_FIGURES; i++) {
        (void)snprintf(part, sizeof part, "<figure id=\"%s\">", a.figures[i].id);
        assert_non_null(strstr(html.data, part));
        (void)snprintf(part, sizeof part, "href=\"%s.png\"", a.figures[i].id);
        assert_non_null(strstr(html.data, part));
    }
    for (const char *at = html.data; (at = strstr(at, "<svg")) != NULL; at++)
        charts++;
    assert_int_equal(charts, REEL_FIGURES);
    assert_non_null(strstr(html.data, "<h1>Test &amp; &lt;data&gt;</h1>"));
    assert_non_null(strstr(html.data, "The people and their ratings are simulated"));
    assert_non_null(strstr(html.data, "base64,Zm9udA==)"));
    assert_null(strstr(html.data, "<b>")); /* of a title */
    assert_null(strstr(html.data, "http://www.w3.org/2000/svg\" src"));
    reel__buf_fini(&html);
    analysed_end(&a);
}

static void test_page_without_ratings(void **state)
{
    const reel_movie film = plain_film(1, "A", "X|Y", 2000);
    analysed a;
    reel_report_page page;
    reel_err err = {REEL_OK, ""};
    reel_buf html;

    (void)state;
    analyse(&a, data_of(&film, 1, NULL, 0), false);
    page = (reel_report_page){.facts = a.facts, .figures = a.figures};
    reel__buf_init(&html, FILE_MOST);
    assert_ok(reel__report_write(&html, &page, &err));
    assert_non_null(strstr(html.data, "<strong>Ratings over time</strong>: There are no ratings"));
    assert_null(strstr(html.data, ".png"));
    assert_null(strstr(html.data, "nan"));
    reel__buf_fini(&html);
    analysed_end(&a);
}

/* ---- PNG ----------------------------------------------------------------------------------- */

static unsigned big_endian(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

static void test_png(void **state)
{
    static const char square[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 30 20\">"
                                 "<rect width=\"30\" height=\"20\" fill=\"#c47b12\"/></svg>";
    reel_err err = {REEL_OK, ""};
    reel_buf svg, png;

    (void)state;
    if (!reel__png_ready()) {
        reel__buf_init(&png, 1 << 20);
        assert_fails(reel__png_draw(&png, &png, 3, 2, &err), REEL_E_INVALID, "librsvg");
        reel__buf_fini(&png);
        print_message("librsvg is not there: no PNG is drawn\n");
        skip();
    }
    reel__buf_init(&svg, 1 << 20);
    reel__buf_init(&png, 1 << 20);
    reel__buf_text(&svg, square);
    assert_ok(reel__png_draw(&png, &svg, 30, 20, &err));
    assert_memory_equal(png.data, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(big_endian(png.data + 16), 60);
    assert_int_equal(big_endian(png.data + 20), 40);
    assert_memory_equal(png.data + png.length - 8, "IEND\xae\x42\x60\x82", 8);
    reel__buf_clear(&svg);
    reel__buf_text(&svg, "<svg");
    assert_fails(reel__png_draw(&png, &svg, 30, 20, &err), REEL_E_FORMAT, "librsvg");
    assert_fails(reel__png_draw(&png, &svg, 30000, 20, &err), REEL_E_TOOLARGE, "too large");
    reel__buf_fini(&svg);
    reel__buf_fini(&png);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strange_data),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_ticks),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_page_has_every_chart),
        cmocka_unit_test(test_page_without_ratings),
        cmocka_unit_test(test_png),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
