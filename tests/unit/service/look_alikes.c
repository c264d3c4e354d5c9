/* Names that look like others: scripts that meet in one, and twins in the store. */
#include "support/check.h"
#include "support/temp.h"

#include "service/accounts/look_alikes.h"
#include "service/accounts/passwords.h"

static void scripts_meet_where_nothing_looks_alike(void **state)
{
    static const char *const good[] = {
        "Ana Müller", "Jean-Luc O’Neil", "Иван Грозный", "Ωμέγα 7",   "ana 日本",
        "日本 太郎",  "محمد 3",          "Zoë_ł",        "123",       "ana שלום",
        "Ⅳ 😀 ana",    "Ａｎａ",          "Հայկ",         "かな カナ",
    };
    static const char *const bad[] = {
        "аdmin", "adмin", "pаypal", "Ζoe",   "ana Иван", "roοt",
        "Ａнна", "ꓮdmin", "Ꭺdmin",  "աdmin", "ⲁdmin",    "Иван Ωμέγα",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!reel__name_is_of_one_script(good[i]))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (reel__name_is_of_one_script(bad[i]))
            fail_msg("%s is taken", bad[i]);
}

static reel_store *store;

static int64_t add(const char *name)
{
    reel_account account = {.password = ""};
    reel_err err;

    assert_ok(reel__name_take(account.folded, name, &err));
    (void)snprintf(account.name, sizeof account.name, "%s", name);
    assert_ok(reel__store_add_account(store, &account, &err));
    return account.id;
}

static reel_code check(const char *name, int64_t own, reel_err *err)
{
    char folded[REEL_ACCOUNT_FOLDED];

    assert_int_equal(reel__name_take(folded, name, err), REEL_OK);
    return reel__name_check_twins(store, folded, own, err);
}

static void twins_are_refused_whichever_comes_first(void **state)
{
    int64_t sara;
    reel_err err;

    (void)state;
    sara = add("Capa");
    (void)add("Вова");
    (void)add("Ζητα"); /* Greek, of capitals that look like Latin ones, and one small one */
    assert_fails(check("сара", 0, &err), REEL_E_CONFLICT, "looks the same");
    assert_fails(check("САРА", 0, &err), REEL_E_CONFLICT, "looks the same");
    assert_ok(check("САРА", sara, &err)); /* whose own it is */
    assert_fails(check("BOBA", 0, &err), REEL_E_CONFLICT, "looks the same");
    assert_fails(check("Zhta", 0, &err), REEL_E_CONFLICT, "looks the same");
    assert_ok(check("Сара Л", 0, &err));
    assert_ok(check("Иван", 0, &err));
    assert_ok(check("Capa", 0, &err)); /* the same name is the store's to refuse */
    assert_ok(check("123", 0, &err));
}

static int start(void **state)
{
    reel_err err;

    (void)state;
    assert_ok(
        reel__store_open(&store, temp_path("names.db"), &(reel_store_opts){.create = true}, &err));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    reel__store_close(store);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripts_meet_where_nothing_looks_alike),
        cmocka_unit_test_setup_teardown(twins_are_refused_whichever_comes_first, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
