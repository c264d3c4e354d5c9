/* account_words.c - see account_words.h. */
#include "cli/account_words.h"

#include <string.h>

#include "service/engine/engine.h"

static reel_code find_word(const reel_account_word **out, const reel_account_words *words,
                           const reel_args *args, reel_err *err)
{
    const reel_account_word *at = words->words, *end = at + words->count;

    while (at < end && (args->words == 0 || strcmp(args->word[0], at->word) != 0))
        at++;
    if (at == end && args->words > 0)
        return reel_fail(err, REEL_E_INVALID, "there is no \"%.40s\" here; %s", args->word[0],
                         words->choice);
    if (at == end)
        return reel_fail(err, REEL_E_INVALID, "%s", words->choice);
    if (args->words > at->most)
        return reel_fail(err, REEL_E_INVALID, "unexpected \"%.80s\"; quote a name of several words",
                         args->word[at->most]);
    if (args->words < at->least)
        return reel_fail(err, REEL_E_INVALID, "%s reel %s %s NAME", words->which,
                         args->command->name, at->word);
    *out = at;
    return REEL_OK;
}

reel_code reel__account_words_run(const reel_account_words *words, const reel_args *args,
                                  reel_err *err)
{
    reel_account_call own = {.args = args, .name = args->words > 1 ? args->word[1] : NULL};
    const reel_account_word *word = NULL;
    reel_engine_opts engine = {0};
    reel_accounts_opts opts = {0};
    reel_code rc;

    REEL_TRY(find_word(&word, words, args, err));
    REEL_TRY(reel__args_need(args, words->database, &engine.database, err));
    REEL_TRY(reel__engine_open_store(&opts.store, &engine, err));
    own.store = opts.store;
    REEL_TRY(reel__accounts_open(&own.accounts, &opts, err));
    rc = word->run(&own, err);
out:
    reel__accounts_close(own.accounts);
    reel__engine_close_store(opts.store);
    return rc;
}
