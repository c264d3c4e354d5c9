/* cmd_eda.c - eda: what is in a database, as charts and a page. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "http/assets.h"
#include "service/measure/eda.h"

enum { EDA_DATABASE, EDA_OUTPUT, EDA_DARK, EDA_NO_PNG };

static const reel_option eda_options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"output", "DIR", "where the report goes; made when missing"},
    {"dark", NULL, "PNG in dark colours (page and SVG follow the viewer)"},
    {"no-png", NULL, "the page, SVG and CSV only"},
    {NULL, NULL, NULL},
};

static reel_code write_eda(reel_json *json, const void *what, reel_err *err)
{
    const reel_eda_report *report = what;

    (void)err;
    reel__json_object(json);
    reel__json_put_int(json, "movies", report->films);
    reel__json_put_int(json, "people", report->people);
    reel__json_put_int(json, "ratings", report->ratings);
    reel__json_put_int(json, "charts", report->charts);
    reel__json_put_bool(json, "png", report->png);
    reel__json_key(json, "absent");
    reel__json_object(json);
    for (int i = 0; i < report->absent_count; i++)
        reel__json_put_text(json, report->absent[i].id, report->absent[i].why);
    reel__json_object_end(json);
    reel__json_put_real(json, "seconds", report->seconds);
    reel__json_object_end(json);
    return REEL_OK;
}

/* The fonts of the web pages, where they are inside the program. */
static reel_report_font font(const char *name)
{
    for (size_t i = 0; i < reel__asset_count(); i++) {
        const reel_asset *asset = reel__asset_at(i);
        const char *slash = strrchr(asset->path, '/');

        if (slash != NULL && strncmp(slash + 1, name, strlen(name)) == 0)
            return (reel_report_font){asset->data, asset->size};
    }
    return (reel_report_font){0};
}

static void tell(const reel_eda_opts *opts, const reel_eda_report *report)
{
    char films[REEL_COUNT_TEXT], people[REEL_COUNT_TEXT], ratings[REEL_COUNT_TEXT];

    reel__term_print("%s/index.html: %d charts of %s film%s, %s %s and %s rating%s in %.2f s\n",
                     opts->output, report->charts, reel__term_count(films, report->films),
                     report->films == 1 ? "" : "s", reel__term_count(people, report->people),
                     report->people == 1 ? "person" : "people",
                     reel__term_count(ratings, report->ratings), report->ratings == 1 ? "" : "s",
                     report->seconds);
    for (int i = 0; i < report->absent_count; i++)
        reel__term_print("  %-24s %s\n", report->absent[i].id, report->absent[i].why);
    if (report->no_library)
        reel__term_print("  no PNG: librsvg is not there (install librsvg2-2, or build with "
                         "librsvg2-dev)\n");
}

static reel_code eda(const reel_args *args, reel_err *err)
{
    reel_eda_opts opts = {.dark = args->option[EDA_DARK] != NULL,
                          .no_png = args->option[EDA_NO_PNG] != NULL,
                          .title = font("gloock-latin-400"),
                          .text = font("hanken-grotesk-latin-400"),
                          .strong = font("hanken-grotesk-latin-600"),
                          .progress = reel__term_progress(args->quiet)};
    reel_eda_report report;
    reel_code rc = REEL_OK;

    REEL_TRY(reel__args_need(args, EDA_DATABASE, &opts.database, err));
    REEL_TRY(reel__args_need(args, EDA_OUTPUT, &opts.output, err));
    REEL_TRY(reel__eda(&opts, &report, err));
    if (args->json)
        return reel__print_json(write_eda, &report, err);
    if (!args->quiet)
        tell(&opts, &report);
out:
    return rc;
}

const reel_command reel__command_eda = {
    "eda",
    "",
    "what is in a database, as charts and a page",
    "Writes index.html, which needs nothing else, and beside it each chart as SVG\n"
    "and PNG with its numbers as CSV: ratings, people, films, genres, metadata, gaps.",
    eda_options,
    eda};
