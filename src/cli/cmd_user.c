/* cmd_user.c - accounts, for whoever runs the server: the first admin, roles, resets. A password
 * never stands on the command line, where every process could read it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/account_words.h"
#include "cli/commands.h"
#include "cli/term.h"
#include "service/accounts/export.h"

enum { OPT_DATABASE, OPT_ADMIN, OPT_STDIN };
enum { PASSWORD_ROOM = 1024, PAGE = 1000, PIECE_MOST = 1 << 20 };

static const reel_option options[] = {
    {"database", "FILE", "the database `reel load` made"},
    {"admin", NULL, "add: an admin, who may do everything"},
    {"password-stdin", NULL, "add: the password is the first line of standard input"},
    {NULL, NULL, NULL},
};

/* ---- passwords ----------------------------------------------------------------------------- */

static reel_code read_line(char out[PASSWORD_ROOM], reel_err *err)
{
    if (fgets(out, PASSWORD_ROOM, stdin) == NULL)
        return reel_fail(err, REEL_E_INVALID, "no password on standard input");
    out[strcspn(out, "\r\n")] = '\0';
    return REEL_OK;
}

/* Typed twice, seen by nobody. */
static reel_code ask(char out[PASSWORD_ROOM], reel_err *err)
{
    struct termios before, silent;
    char again[PASSWORD_ROOM] = "";
    reel_code rc;

    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return reel_fail(err, REEL_E_INVALID,
                         "no terminal to ask for a password; give it with --password-stdin");
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    (void)fputs("Password: ", stderr);
    rc = read_line(out, err);
    if (rc == REEL_OK) {
        (void)fputs("\nOnce more: ", stderr);
        rc = read_line(again, err);
    }
    (void)fputs("\n", stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    if (rc == REEL_OK && strcmp(out, again) != 0)
        rc = reel_fail(err, REEL_E_INVALID, "these are two different passwords");
    reel__secret_wipe(again, sizeof again);
    return rc;
}

/* ---- one word each ------------------------------------------------------------------------- */

static reel_code add(const reel_account_call *own, reel_err *err)
{
    const reel_role role =
        own->args->option[OPT_ADMIN] != NULL ? REEL_ROLE_ADMIN : REEL_ROLE_PERSON;
    char password[PASSWORD_ROOM] = "";
    reel_account account;
    reel_code rc;

    REEL_TRY(own->args->option[OPT_STDIN] != NULL ? read_line(password, err) : ask(password, err));
    REEL_TRY(reel__accounts_add(own->accounts, own->name, password, role, &account, err));
    if (!own->args->quiet)
        reel__term_print("Account %lld, \"%s\": %s\n", (long long)account.id, account.name,
                         reel__role_name(account.role));
out:
    reel__secret_wipe(password, sizeof password);
    return rc;
}

static bool print_row(void *user, const reel_account *account)
{
    int64_t *last = user;

    *last = account->id;
    reel__term_print("%6lld  %-8s %-9s %s\n", (long long)account->id,
                     reel__role_name(account->role), account->disabled ? "disabled" : "",
                     account->name);
    return true;
}

/* One page after the other, until one has none. */
static reel_code scan(const reel_account_call *own, reel_account_fn *row, void *user,
                      const int64_t *last, reel_err *err)
{
    int64_t before = -1;
    reel_code rc = REEL_OK;

    while (*last != before) {
        before = *last;
        REEL_TRY(reel__accounts_scan(own->accounts, "", before, PAGE, row, user, err));
    }
out:
    return rc;
}

typedef struct listing {
    reel_json *json;
    int64_t last;
} listing;

static bool write_row(void *user, const reel_account *account)
{
    listing *l = user;

    l->last = account->id;
    reel__json_object(l->json);
    reel__json_put_int(l->json, "account", account->id);
    reel__json_put_text(l->json, "name", account->name);
    reel__json_put_text(l->json, "role", reel__role_name(account->role));
    reel__json_put_bool(l->json, "disabled", account->disabled);
    reel__json_object_end(l->json);
    return true;
}

static reel_code write_list(reel_json *json, const void *what, reel_err *err)
{
    listing l = {json, 0};
    reel_code rc;

    reel__json_object(json);
    reel__json_key(json, "items");
    reel__json_array(json);
    rc = scan(what, write_row, &l, &l.last, err);
    reel__json_array_end(json);
    reel__json_object_end(json);
    return rc;
}

static reel_code list(const reel_account_call *own, reel_err *err)
{
    int64_t last = 0;

    return own->args->json ? reel__print_json(write_list, own, err)
                           : scan(own, print_row, &last, &last, err);
}

static reel_code change(const reel_account_call *own, const reel_account_change *to, reel_err *err)
{
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__accounts_named(own->accounts, own->name, &account, err));
    rc = reel__accounts_set(own->accounts, account.id, to, err);
out:
    return rc;
}

static reel_code change_role(const reel_account_call *own, reel_err *err)
{
    reel_role role;

    if (own->args->words < 3)
        return reel_fail(err, REEL_E_INVALID,
                         "which role? reel user role NAME person|analyst|admin");
    if (!reel__role_parse(&role, own->args->word[2]))
        return reel_fail(err, REEL_E_INVALID,
                         "there is no role \"%.40s\"; there are person, analyst and admin",
                         own->args->word[2]);
    return change(own, &(const reel_account_change){.role = &role, .disabled = -1}, err);
}

static reel_code disable(const reel_account_call *own, reel_err *err)
{
    return change(own, &(const reel_account_change){.disabled = 1}, err);
}

static reel_code enable(const reel_account_call *own, reel_err *err)
{
    return change(own, &(const reel_account_change){.disabled = 0}, err);
}

static reel_code reset(const reel_account_call *own, reel_err *err)
{
    char token[REEL_TOKEN_TEXT];
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__accounts_named(own->accounts, own->name, &account, err));
    REEL_TRY(reel__accounts_reset(own->accounts, account.id, token, err));
    reel__term_print("%s\n", token);
    if (!own->args->quiet)
        (void)fprintf(stderr, "Good once, for half an hour: POST /api/v1/password-reset/confirm "
                              "{\"token\":\"...\",\"new_password\":\"...\"}\n");
    reel__secret_wipe(token, sizeof token);
out:
    return rc;
}

/* As the API answers it, whatever its size. */
static reel_code export_account(const reel_account_call *own, reel_err *err)
{
    reel_account account;
    reel_export *export = NULL;
    bool over = false;
    reel_buf piece;
    reel_code rc;

    reel__buf_init(&piece, PIECE_MOST);
    REEL_TRY(reel__accounts_named(own->accounts, own->name, &account, err));
    REEL_TRY(reel__export_open(&export, own->store, account.id, err));
    while (!over && !reel__term_left()) {
        REEL_TRY(reel__export_next(export, &piece, &over, err));
        reel__term_write(&piece);
        reel__buf_clear(&piece);
    }
out:
    reel__export_close(export);
    reel__buf_fini(&piece);
    return rc;
}

static reel_code delete_account(const reel_account_call *own, reel_err *err)
{
    reel_account account;
    reel_code rc;

    REEL_TRY(reel__accounts_named(own->accounts, own->name, &account, err));
    rc = reel__accounts_delete(own->accounts, account.id, err);
out:
    return rc;
}

/* ---- the command --------------------------------------------------------------------------- */

static const reel_account_word words[] = {
    {"add", add, 2, 2},
    {"list", list, 1, 1},
    {"role", change_role, 2, 3},
    {"disable", disable, 2, 2},
    {"enable", enable, 2, 2},
    {"reset", reset, 2, 2},
    {"export", export_account, 2, 2},
    {"delete", delete_account, 2, 2},
};

static reel_code run(const reel_args *args, reel_err *err)
{
    static const reel_account_words all = {
        .words = words,
        .count = sizeof words / sizeof *words,
        .which = "whose account?",
        .choice = "reel user add, list, role, disable, enable, reset, export or delete?",
        .database = OPT_DATABASE};

    return reel__account_words_run(&all, args, err);
}

const reel_command reel__command_user = {
    "user",
    "WORD [NAME] [ROLE]",
    "accounts: the first admin, roles, resets",
    "WORD is add, list, role, disable, enable, reset, export or delete.\n"
    "`add NAME --admin` makes an admin; the password is asked for. `role NAME ROLE`:\n"
    "person, analyst or admin. `reset NAME` prints a token that sets a new password.\n"
    "`export NAME` prints all that is known of the account, as JSON.\n"
    "Who is disabled or deleted is signed out of a running server within 4 seconds.",
    options,
    run};
