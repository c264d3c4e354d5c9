/* eda.c - see eda.h. */
#include "service/measure/eda.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "num/par.h"
#include "report/png.h"
#include "service/files/csv_write.h"
#include "service/measure/analyses.h"
#include "service/models/source.h"
#include "service/films/tmdb_use.h"
#include "store/store.h"

enum { FILE_MOST = 1 << 28, NAME = 80 };

typedef struct eda {
    const reel_eda_opts *opts;
    reel_facts *facts;
    reel_figure figures[REEL_FIGURES];
    reel_buf source;
    bool png;
} eda;

/* ---- people -------------------------------------------------------------------------------- */

static reel_code read_people(reel_facts *facts, const char *database, reel_err *err)
{
    const reel_store_opts read_only = {.read_only = true};
    reel_store *store = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&store, database, &read_only, err));
    rc = reel__analyses_people(facts, store, err);
out:
    reel__store_close(store);
    return rc;
}

/* ---- files --------------------------------------------------------------------------------- */

static reel_code write_file(const eda *e, const char *id, const char *ending, const reel_buf *data,
                            reel_err *err)
{
    char name[NAME];
    char *path;
    reel_code rc;

    (void)snprintf(name, sizeof name, "%s%s", id, ending);
    path = reel__path_join(e->opts->output, name);
    if (path == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory to write %s", name);
    rc = reel__file_write(path, data->data, data->length, err);
    reel__free(path);
    return rc;
}

static void put_cell(reel_csv_writer *csv, const reel_sheet *sheet, size_t row, int column)
{
    const reel_sheet_kind kind = sheet->column[column].kind;
    double number;

    if (kind == REEL_SHEET_TEXT) {
        reel__csv_text(csv, reel__sheet_text(sheet, row, column));
        return;
    }
    number = reel__sheet_number(sheet, row, column);
    if (isnan(number))
        reel__csv_text(csv, "");
    else if (kind == REEL_SHEET_NUMBER || kind == REEL_SHEET_PLAIN)
        reel__csv_int(csv, (int64_t)number);
    else
        reel__csv_real(csv, reel__sheet_brief(number));
}

static reel_code write_csv(const eda *e, const reel_figure *figure, reel_err *err)
{
    const reel_sheet *sheet = &figure->sheet;
    reel_csv_writer csv = {0};
    char name[NAME];
    reel_buf header;
    reel_code rc = REEL_OK;

    reel__buf_init(&header, FILE_MOST);
    for (int i = 0; i < sheet->columns; i++)
        reel__buf_format(&header, "%s%s", i > 0 ? "," : "", sheet->column[i].name);
    REEL_TRY(reel__buf_check(&header, err));
    (void)snprintf(name, sizeof name, "%s.csv", figure->id);
    REEL_TRY(reel__csv_open(&csv, e->opts->output, name, header.data, err));
    for (size_t row = 0; row < reel__sheet_rows(sheet); row++) {
        for (int i = 0; i < sheet->columns; i++)
            put_cell(&csv, sheet, row, i);
        REEL_TRY(reel__csv_end_row(&csv, err));
    }
    REEL_TRY(reel__csv_commit(&csv, err));
out:
    reel__csv_abort(&csv);
    reel__buf_fini(&header);
    return rc;
}

/* The chart alone, with its title and where it came from. */
static reel_code draw(const eda *e, const reel_figure *figure, int themes, reel_chart_frame *frame,
                      reel_buf *svg, reel_err *err)
{
    *frame = (reel_chart_frame){.title = figure->finding.data,
                                .subtitle = figure->measure,
                                .source = e->source.data,
                                .name = figure->finding.data,
                                .themes = themes};
    return reel__chart_draw(svg, &figure->chart, &figure->sheet, frame, err);
}

static reel_code write_png(const eda *e, const reel_figure *figure, reel_err *err)
{
    const int theme = e->opts->dark ? REEL_THEME_DARK : REEL_THEME_LIGHT;
    reel_chart_frame frame;
    reel_buf svg, png;
    reel_code rc = REEL_OK;

    reel__buf_init(&svg, FILE_MOST);
    reel__buf_init(&png, FILE_MOST);
    REEL_TRY(draw(e, figure, theme, &frame, &svg, err));
    REEL_TRY(reel__png_draw(&png, &svg, frame.width, frame.height, err));
    REEL_TRY(write_file(e, figure->id, ".png", &png, err));
out:
    reel__buf_fini(&svg);
    reel__buf_fini(&png);
    return rc;
}

static reel_code write_figure(const eda *e, const reel_figure *figure, reel_err *err)
{
    reel_chart_frame frame;
    reel_buf svg;
    reel_code rc = REEL_OK;

    reel__buf_init(&svg, FILE_MOST);
    if (figure->absent != NULL)
        return REEL_OK;
    REEL_TRY(write_csv(e, figure, err));
    REEL_TRY(draw(e, figure, REEL_THEME_LIGHT | REEL_THEME_DARK, &frame, &svg, err));
    REEL_TRY(write_file(e, figure->id, ".svg", &svg, err));
    if (e->png)
        REEL_TRY(write_png(e, figure, err));
out:
    reel__buf_fini(&svg);
    return rc;
}

/* Each figure by itself, several at once; the first that failed is told. */
static reel_code write_figures(const eda *e, reel_err *err)
{
    reel_err failed[REEL_FIGURES] = {0};
    int done = 0;

#pragma omp parallel for schedule(dynamic, 1)                                                      \
    num_threads(reel__par_threads(REEL_FIGURES, 1, e->opts->threads))
    for (int i = 0; i < REEL_FIGURES; i++) {
        failed[i].code = write_figure(e, &e->figures[i], &failed[i]);
#pragma omp critical
        {
            done++;
            reel__progress(e->opts->progress, "charts", done, REEL_FIGURES, "charts");
        }
    }
    for (int i = 0; i < REEL_FIGURES; i++)
        if (failed[i].code != REEL_OK)
            return reel_fail(err, failed[i].code, "%s", failed[i].msg);
    return REEL_OK;
}

static reel_code write_page(const eda *e, reel_eda_report *report, reel_err *err)
{
    const reel_report_page page = {.facts = e->facts,
                                   .figures = e->figures,
                                   .png = e->png,
                                   .title = e->opts->title,
                                   .text = e->opts->text,
                                   .strong = e->opts->strong};
    reel_buf html;
    reel_code rc = REEL_OK;

    reel__buf_init(&html, FILE_MOST);
    REEL_TRY(reel__report_write(&html, &page, err));
    REEL_TRY(write_file(e, "index", ".html", &html, err));
    report->page_bytes = (int64_t)html.length;
out:
    reel__buf_fini(&html);
    return rc;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void count(reel_eda_report *report, const eda *e)
{
    report->films = e->facts->films;
    report->people = e->facts->people;
    report->ratings = e->facts->ratings;
    report->png = e->png;
    report->no_library = !e->png && !e->opts->no_png;
    for (int i = 0; i < REEL_FIGURES; i++) {
        if (e->figures[i].absent == NULL)
            report->charts++;
        else
            report->absent[report->absent_count++] =
                (struct reel_eda_absent){e->figures[i].id, e->figures[i].absent};
    }
}

/* A new database has nothing that could be drawn. */
static reel_code check_filled(const char *database, reel_err *err)
{
    const reel_store_opts read_only = {.read_only = true};
    reel_store_label label = {0};
    reel_store *store = NULL;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__store_open(&store, database, &read_only, err));
    REEL_TRY(reel__store_label(store, &label, err));
    if (label.generation == 0)
        rc = reel_fail(err, REEL_E_INVALID,
                       "%s: there is nothing in it yet; `reel load` brings films and ratings",
                       reel__store_path(store));
out:
    reel__store_close(store);
    return rc;
}

static reel_code run(eda *e, const reel_dataset *dataset, reel_eda_report *report, reel_err *err)
{
    reel_code rc = REEL_OK;

    REEL_TRY(reel__facts_new(&e->facts, dataset, NULL, err));
    REEL_TRY(read_people(e->facts, e->opts->database, err));
    REEL_TRY(reel__figures_make(e->figures, e->facts, err));
    reel__report_source(&e->source, e->facts);
    REEL_TRY(reel__buf_check(&e->source, err));
    REEL_TRY(reel__file_make_folder(e->opts->output, err));
    REEL_TRY(write_figures(e, err));
    REEL_TRY(write_page(e, report, err));
    count(report, e);
out:
    return rc;
}

reel_code reel__eda(const reel_eda_opts *opts, reel_eda_report *report, reel_err *err)
{
    const int64_t started = reel__clock_steady_us();
    reel_source source = {.database = opts->database};
    reel_tmdb_use use;
    reel_dataset *dataset = NULL;
    eda *e = reel__alloc_zero(1, sizeof *e);
    reel_code rc = REEL_OK;

    *report = (reel_eda_report){0};
    if (e == NULL)
        return reel_fail(err, REEL_E_NOMEM, "out of memory for an analysis");
    e->opts = opts;
    e->png = !opts->no_png && reel__png_ready();
    reel__buf_init(&e->source, FILE_MOST);
    REEL_TRY(check_filled(opts->database, err));
    REEL_TRY(reel__tmdb_use(&use, err));
    source.whole = use.shown;
    REEL_TRY(reel__source_read(&dataset, &source, opts->progress, err));
    REEL_TRY(run(e, dataset, report, err));
    report->seconds = (double)(reel__clock_steady_us() - started) / 1e6;
out:
    reel__figures_fini(e->figures);
    reel__buf_fini(&e->source);
    reel__facts_free(e->facts);
    reel_dataset_free(dataset);
    reel__free(e);
    return rc;
}
