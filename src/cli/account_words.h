/* cli/account_words.h - commands about accounts and what belongs to them, by a word each:
 * `reel user add`, `reel key list`. Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_ACCOUNT_WORDS_H
#define REEL_CLI_ACCOUNT_WORDS_H

#include "cli/args.h"
#include "service/accounts/accounts.h"

/* What the words of one call come to. */
typedef struct reel_account_call {
    const reel_args *args;
    reel_store *store;
    reel_accounts *accounts;
    const char *name; /* whom or what it is about; NULL = nothing */
} reel_account_call;

typedef struct reel_account_word {
    const char *word;
    reel_code (*run)(const reel_account_call *own, reel_err *err);
    int least, most; /* words there are, with its own */
} reel_account_word;

typedef struct reel_account_words {
    const reel_account_word *words;
    size_t count;
    const char *which;  /* asks for the name: "which key?" */
    const char *choice; /* all words, as a question */
    int database;       /* the option of that name */
} reel_account_words;

/* Find the first word, open the store, do it. Errors: E_INVALID (no such word, too few or too many
 * behind it), those of opening, and the word's. */
REEL_MUST_USE reel_code reel__account_words_run(const reel_account_words *words,
                                                const reel_args *args, reel_err *err);

#endif
