/* cmd_versions.c - models list, show, activate and rollback: the versions that are kept of what was
 * trained, in the words of the API. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/engine/versions.h"

enum { LIST_MOST = 1000 };

typedef struct asking {
    reel_engine *engine;
    const char *word; /* NULL for a list: of this model, or of every one */
    bool list;
} asking;

static reel_code write_answer(reel_json *json, const void *what, reel_err *err)
{
    const asking *a = what;
    int64_t next;
    reel_code rc;

    if (!a->list)
        return reel__version_write(json, a->engine, a->word, err);
    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    rc = reel__versions_write(json, a->engine, a->word, 0, LIST_MOST, &next, err);
    reel__json_array_end(json);
    reel__json_object_end(json);
    return rc;
}

/* "in_service" as people read it. */
static const char *state_of(const json_t *version)
{
    const char *state = reel__text_of(version, "state");

    return strcmp(state, "in_service") == 0 ? "in service" : state;
}

static reel_code print_list(const json_t *answer, reel_err *err)
{
    const char *headings[] = {"Version", "State", "Trained", ">Took", ">Size"};
    const json_t *items = json_object_get(answer, "items");
    reel_table *table = NULL;
    char size[REEL_MEMORY_TEXT];
    reel_code rc = REEL_OK;

    if (json_array_size(items) == 0) {
        reel__term_print("No version is kept yet; `reel train` makes them.\n");
        return REEL_OK;
    }
    REEL_TRY(reel__table_new(&table, headings, 5, err));
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *version = json_array_get(items, i);

        reel__memory_text(size, json_number_value(json_object_get(version, "size_bytes")));
        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(version, "id")));
        REEL_TRY(reel__table_cell(table, err, "%s", state_of(version)));
        REEL_TRY(reel__table_cell(table, err, "%s", reel__text_of(version, "trained_at")));
        REEL_TRY(reel__table_cell(table, err, "%.2f s",
                                  json_number_value(json_object_get(version, "seconds"))));
        REEL_TRY(reel__table_cell(table, err, "%s", size));
    }
    reel__table_print(table);
out:
    reel__table_free(table);
    return rc;
}

static void print_parameters(const json_t *parameters)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)parameters, name, value)
    {
        if (json_is_string(value))
            reel__term_print("  %-16s %s\n", name, json_string_value(value));
        else
            reel__term_print("  %-16s %g\n", name, json_number_value(value));
    }
}

/* Of a hybrid whose file is there. */
static reel_code print_weights(const reel_engine *engine, const json_t *version, reel_err *err)
{
    reel_model *model = NULL;
    reel_code rc = REEL_OK;

    if (strcmp(reel__text_of(version, "name"), "hybrid") != 0 ||
        strcmp(reel__text_of(version, "state"), "failed") == 0)
        return REEL_OK;
    REEL_TRY(reel__version_load(&model, engine, reel__text_of(version, "id"), err));
    rc = reel__print_weights(model, err);
out:
    reel_model_free(model);
    return rc;
}

static reel_code print_version(const reel_engine *engine, const json_t *version, reel_err *err)
{
    const json_t *card = json_object_get(version, "evaluation");
    const char *reason = reel__text_of(version, "reason");
    char films[REEL_COUNT_TEXT], people[REEL_COUNT_TEXT];
    reel_code rc;

    reel__term_print(
        "%s%s%s: %s\n%s%s%s; trained %s in %.2f s\n%s films and %s people, data %s\n\n",
        reel__term_bold(), reel__text_of(version, "id"), reel__term_plain(),
        reel__text_of(version, "summary"), state_of(version), reason[0] == '\0' ? "" : ": ", reason,
        reel__text_of(version, "trained_at"),
        json_number_value(json_object_get(version, "seconds")),
        reel__term_count(films, json_integer_value(json_object_get(version, "movies"))),
        reel__term_count(people, json_integer_value(json_object_get(version, "people"))),
        reel__text_of(version, "data_hash"));
    print_parameters(json_object_get(version, "parameters"));
    reel__term_print("\n");
    REEL_TRY(print_weights(engine, version, err));
    rc = reel__print_card(json_is_object(card) ? card : NULL, err);
out:
    return rc;
}

static reel_code answer(const reel_args *args, const asking *a, reel_err *err)
{
    json_t *parsed = NULL;
    reel_code rc = REEL_OK;

    if (args->json)
        return reel__print_json(write_answer, a, err);
    REEL_TRY(reel__read_json(&parsed, write_answer, a, err));
    rc = a->list ? print_list(parsed, err) : print_version(a->engine, parsed, err);
out:
    json_decref(parsed);
    return rc;
}

static reel_code put_in_service(const reel_args *args, asking *a, bool back,
                                char id[REEL_VERSION_ID], reel_err *err)
{
    reel_code rc = REEL_OK;

    if (back)
        REEL_TRY(reel__version_before(id, a->engine, a->word, err));
    else
        (void)snprintf(id, REEL_VERSION_ID, "%s", a->word);
    REEL_TRY(reel__version_activate(a->engine, id, err));
    a->word = id;
    if (!args->json && !args->quiet)
        reel__term_print("%s is in service now\n", id);
out:
    return rc;
}

bool reel__is_versions_word(const char *word)
{
    return strcmp(word, "list") == 0 || strcmp(word, "show") == 0 ||
           strcmp(word, "activate") == 0 || strcmp(word, "rollback") == 0;
}

reel_code reel__models_versions(const reel_args *args, int database, int models, reel_err *err)
{
    const char *verb = args->word[0];
    const bool list = strcmp(verb, "list") == 0, back = strcmp(verb, "rollback") == 0;
    const bool changes = back || strcmp(verb, "activate") == 0;
    reel_engine_opts opts = {.models_dir = args->option[models],
                             .ready_only = true,
                             .only = "popular",
                             .notice = reel__term_notice(args->quiet || args->json)};
    asking a = {.list = list, .word = args->words > 1 ? args->word[1] : NULL};
    char id[REEL_VERSION_ID];
    reel_code rc;

    if (args->words > 2 || (!list && a.word == NULL))
        return reel_fail(err, REEL_E_INVALID, "reel models %s: name %s", verb,
                         list   ? "one model or none"
                         : back ? "the model to roll back"
                                : "one version; `reel models list` has their ids");
    REEL_TRY(reel__args_need(args, database, &opts.database, err));
    REEL_TRY(reel__engine_open(&a.engine, &opts, err));
    if (changes)
        REEL_TRY(put_in_service(args, &a, back, id, err));
    if (!changes || args->json)
        rc = answer(args, &a, err);
out:
    reel__engine_close(a.engine);
    return rc;
}
