/* cmd_key.c - API keys, for whoever runs the server. A key is printed when it is made and never
 * again: only its hash is kept.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/account_words.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/accounts/keys.h"

enum { OPT_DATABASE, OPT_SCOPE, OPT_PUBLIC, OPT_ORIGIN, OPT_RATE, OPT_EXPIRES, OPT_GRACE };

static const reel_option options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"scope", "SCOPES", "add: read, feedback:write, items:write, admin; with commas"},
    {"public", NULL, "add: for web pages, where everybody can read it: lists and feedback"},
    {"origin", "URL", "add: the pages a public key is for; may be given many times"},
    {"rate", "N/s|N/min", "add: how often it may be used (default: any number)"},
    {"expires", "DAYS", "add: how long it is good for (default: until it is revoked)"},
    {"grace", "SPAN", "rotate: how long the old key is good yet, such as 30m (default 24h)"},
    {NULL, NULL, NULL},
};

/* ---- making -------------------------------------------------------------------------------- */

typedef struct made {
    reel_api_key key;
    char text[REEL_KEY_TEXT];
} made;

static reel_code write_made(reel_json *json, const void *what, reel_err *err)
{
    const made *m = what;

    (void)err;
    reel__key_write(json, &m->key, m->text);
    return REEL_OK;
}

/* The key alone on standard output, where a script takes it from. */
static reel_code show(const reel_account_call *own, const made *m, reel_err *err)
{
    if (own->args->json)
        return reel__print_json(write_made, m, err);
    reel__term_print("%s\n", m->text);
    if (!own->args->quiet)
        (void)fprintf(stderr, "It is shown this once. Send it as Authorization: Bearer KEY\n");
    return REEL_OK;
}

static reel_code take_wish(reel_key_wish *out, const reel_account_call *own, reel_err *err)
{
    const reel_args *args = own->args;
    int64_t days = 0;
    reel_code rc = REEL_OK;

    *out = (reel_key_wish){.label = own->name, .is_public = args->option[OPT_PUBLIC] != NULL};
    for (int i = 0; i < args->given_count; i++) {
        unsigned scopes = 0;

        if (args->given[i].option == OPT_SCOPE)
            REEL_TRY(reel__scopes_read(&scopes, args->given[i].value, err));
        if (args->given[i].option == OPT_ORIGIN)
            REEL_TRY(reel__origin_add(out->origins, args->given[i].value, err));
        out->scopes |= scopes;
    }
    if (args->option[OPT_RATE] != NULL)
        REEL_TRY(reel__rate_parse(&out->rate, args->option[OPT_RATE], err));
    REEL_TRY(reel__args_int(args, OPT_EXPIRES, 1, REEL_KEY_DAYS_MOST, &days, err));
    out->days = (int)days;
out:
    return rc;
}

static reel_code add(const reel_account_call *own, reel_err *err)
{
    reel_key_wish wish;
    made m;
    reel_code rc;

    REEL_TRY(take_wish(&wish, own, err));
    REEL_TRY(reel__keys_add(own->accounts, &wish, &m.key, m.text, err));
    rc = show(own, &m, err);
    reel__secret_wipe(&m, sizeof m);
out:
    return rc;
}

/* ---- which one ----------------------------------------------------------------------------- */

typedef struct search {
    const char *name;
    int64_t now;
    char prefix[REEL_KEY_PREFIX];
    int named; /* good ones of the name */
    bool found;
} search;

static bool look(void *user, const reel_api_key *key)
{
    search *s = user;

    s->found = strcmp(key->prefix, s->name) == 0;
    if (s->found || (strcmp(key->label, s->name) == 0 &&
                     strcmp(reel__key_state(key, s->now), "good") == 0 && s->named++ == 0))
        memcpy(s->prefix, key->prefix, sizeof s->prefix);
    return !s->found;
}

/* By what it begins with; or by its name, where no two are called so. */
static reel_code find_key(const reel_account_call *own, char prefix[REEL_KEY_PREFIX], reel_err *err)
{
    search s = {.name = own->name, .now = reel__clock_now()};
    reel_code rc;

    REEL_TRY(reel__keys_scan(own->accounts, look, &s, err));
    if (!s.found && s.named == 0)
        REEL_TRY(reel_fail(err, REEL_E_NOTFOUND,
                           "there is no good key \"%.100s\"; reel key list shows those there are",
                           own->name));
    if (!s.found && s.named > 1)
        REEL_TRY(reel_fail(err, REEL_E_CONFLICT,
                           "%d keys are called \"%.100s\"; say what it begins with: reel key list",
                           s.named, own->name));
    memcpy(prefix, s.prefix, REEL_KEY_PREFIX);
out:
    return rc;
}

static reel_code rotate(const reel_account_call *own, reel_err *err)
{
    char prefix[REEL_KEY_PREFIX];
    int64_t grace_s = REEL_KEY_GRACE_S;
    made m;
    reel_code rc;

    if (own->args->option[OPT_GRACE] != NULL)
        REEL_TRY(reel__span_parse(&grace_s, own->args->option[OPT_GRACE], err));
    REEL_TRY(find_key(own, prefix, err));
    REEL_TRY(reel__keys_rotate(own->accounts, prefix, grace_s, &m.key, m.text, err));
    rc = show(own, &m, err);
    reel__secret_wipe(&m, sizeof m);
out:
    return rc;
}

static reel_code revoke(const reel_account_call *own, reel_err *err)
{
    char prefix[REEL_KEY_PREFIX];
    reel_code rc;

    REEL_TRY(find_key(own, prefix, err));
    rc = reel__keys_revoke(own->accounts, prefix, err);
out:
    return rc;
}

/* ---- the list ------------------------------------------------------------------------------ */

static bool print_row(void *user, const reel_api_key *key)
{
    const int64_t *now = user;
    char scopes[64], rate[REEL_RATE_TEXT], used[REEL_TIME_TEXT] = "never used";

    reel__scopes_write(scopes, key->scopes);
    reel__rate_write(rate, key->rate);
    if (key->used_at != 0)
        reel__clock_text(key->used_at, used);
    reel__term_print("%-19s  %-7s  %-20s  %s%s%s%s%s%s\n", key->prefix, reel__key_state(key, *now),
                     used, key->label, key->is_public ? ", public" : "",
                     scopes[0] == '\0' ? "" : ", ", scopes, rate[0] == '\0' ? "" : ", ", rate);
    return true;
}

static bool write_row(void *user, const reel_api_key *key)
{
    reel__key_write(user, key, NULL);
    return true;
}

static reel_code write_list(reel_json *json, const void *what, reel_err *err)
{
    const reel_account_call *own = what;
    reel_code rc;

    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    rc = reel__keys_scan(own->accounts, write_row, json, err);
    reel__json_array_end(json);
    reel__json_object_end(json);
    return rc;
}

static reel_code list(const reel_account_call *own, reel_err *err)
{
    int64_t now = reel__clock_now();

    return own->args->json ? reel__print_json(write_list, own, err)
                           : reel__keys_scan(own->accounts, print_row, &now, err);
}

/* ---- the command --------------------------------------------------------------------------- */

static const reel_account_word words[] = {
    {"add", add, 2, 2}, {"list", list, 1, 1}, {"rotate", rotate, 2, 2}, {"revoke", revoke, 2, 2}};

static reel_code run(const reel_args *args, reel_err *err)
{
    static const reel_account_words all = {.words = words,
                                           .count = sizeof words / sizeof *words,
                                           .which = "which key?",
                                           .choice = "reel key add, list, rotate or revoke?",
                                           .database = OPT_DATABASE};

    return reel__account_words_run(&all, args, err);
}

const reel_command reel__command_key = {
    "key",
    "WORD [NAME|ID]",
    "API keys of programs and web pages",
    "WORD is add, list, rotate or revoke.\n"
    "`add NAME --scope read,feedback:write` prints a key, once. `add NAME --public\n"
    "--origin https://films.example` makes one for web pages. `rotate` prints another\n"
    "in its place; the old one is good for --grace yet. What becomes of a key, a\n"
    "running server knows within 4 seconds.",
    options,
    run};
