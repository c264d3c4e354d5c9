/* open.c - what the commands that answer questions share. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/term.h"
#include "service/engine/overlay.h"

enum { OUTPUT_MAX = 64 << 20 };

reel_code reel__open(reel_open *out, const reel_args *args, int database, int models,
                     const char *only, reel_err *err)
{
    reel_engine_opts opts = {.models_dir = args->option[models],
                             .only = only,
                             .progress = reel__term_progress(args->quiet),
                             .notice = reel__term_notice(args->quiet || args->json)};
    reel_code rc;

    *out = (reel_open){0};
    REEL_TRY(reel__args_need(args, database, &opts.database, err));
    REEL_TRY(reel__engine_open_store(&out->store, &opts, err));
    REEL_TRY(reel__overlay_open(&out->overlay, out->store, NULL, err));
    opts.store = out->store;
    opts.overlay = out->overlay;
    REEL_TRY(reel__engine_open(&out->engine, &opts, err));
    REEL_TRY(reel__session_new(&out->session, out->engine, err));
out:
    if (rc != REEL_OK)
        reel__open_end(out);
    return rc;
}

void reel__open_end(reel_open *open)
{
    reel__session_free(open->session);
    reel__engine_close(open->engine);
    reel__overlay_close(open->overlay);
    reel__engine_close_store(open->store);
    *open = (reel_open){0};
}

void reel__movie_label(char *out, size_t size, const reel_dataset *dataset, reel_index movie)
{
    const reel_movie film = reel_dataset_movie(dataset, movie);

    if (film.year > 0)
        (void)snprintf(out, size, "%s (%d)", film.name, film.year);
    else
        (void)snprintf(out, size, "%s", film.name);
}

reel_code reel__read_json(json_t **out, reel_json_writer *write, const void *what, reel_err *err)
{
    enum { DEPTH = 16 };
    reel_buf text;
    reel_json json;
    reel_code rc;

    *out = NULL;
    reel__buf_init(&text, OUTPUT_MAX);
    reel__json_init(&json, &text);
    REEL_TRY(write(&json, what, err));
    REEL_TRY(reel__buf_check(&text, err));
    rc = reel__json_parse(out, text.data, text.length, DEPTH, err);
out:
    reel__buf_fini(&text);
    return rc;
}

const char *reel__text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

reel_code reel__print_json(reel_json_writer *write, const void *what, reel_err *err)
{
    reel_buf text;
    reel_json json;
    reel_code rc;

    reel__buf_init(&text, OUTPUT_MAX);
    reel__json_init(&json, &text);
    REEL_TRY(write(&json, what, err));
    REEL_TRY(reel__buf_check(&text, err));
    reel__term_write(&text);
    reel__term_print("\n");
out:
    reel__buf_fini(&text);
    return rc;
}
