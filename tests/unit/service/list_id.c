/* The ids of lists: they hold for whom and for what they were made, and for nothing else. */
#include "service/lists/list_id.h"

#include <string.h>

#include "support/check.h"

enum { NOW = 1800000000, DAY = 86400, ALL = 3 };

static reel_seal_key key;
static const char *const prefixes[ALL] = {"r_", "x_0123abcd_2_", "x_0123abcd_i_"};
static const reel_list_claim theirs = {.who = "v:v_1", .model_id = "ease-1f2e", .at = NOW};

static int set_up(void **state)
{
    (void)state;
    reel__seal_key_of(&key, "the key of a database");
    return 0;
}

static void make(char out[REEL_LIST_ID], const char *prefix, const reel_list_claim *claim)
{
    reel_err err = {REEL_OK, ""};

    assert_ok(reel__list_id_make(out, prefix, &key, claim, &err));
    assert_int_equal(strlen(out), strlen(prefix) + 40);
    assert_int_equal(strncmp(out, prefix, strlen(prefix)), 0);
    assert_int_equal(
        strspn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        strlen(out));
}

static void holds_for_what_it_was_made(void **state)
{
    char id[REEL_LIST_ID], other[REEL_LIST_ID];

    (void)state;
    for (int i = 0; i < ALL; i++) {
        reel_list_claim said = theirs;

        make(id, prefixes[i], &theirs);
        make(other, prefixes[i], &theirs);
        assert_string_not_equal(id, other);
        assert_true(reel__list_id_holds(id, &key, &said));
        said.model_id = "";
        assert_true(reel__list_id_holds(id, &key, &said));
        said.at = NOW + REEL_LIST_ID_DAYS * DAY;
        assert_true(reel__list_id_holds(id, &key, &said));
    }
}

static void says_nothing_else(void **state)
{
    char id[REEL_LIST_ID];
    reel_list_claim said = theirs;
    reel_seal_key another;

    (void)state;
    make(id, "r_", &theirs);
    said.who = "v:v_2";
    assert_false(reel__list_id_holds(id, &key, &said));
    said.who = "";
    assert_false(reel__list_id_holds(id, &key, &said));
    said.anyone = true;
    assert_false(reel__list_id_holds(id, &key, &said));
    said = theirs;
    said.model_id = "ease-1f2f";
    assert_false(reel__list_id_holds(id, &key, &said));
    said = theirs;
    said.at = NOW + REEL_LIST_ID_DAYS * DAY + 1;
    assert_false(reel__list_id_holds(id, &key, &said));
    reel__seal_key_of(&another, "the key of another database");
    assert_false(reel__list_id_holds(id, &another, &theirs));
}

static void a_change_is_refused(void **state)
{
    char id[REEL_LIST_ID];

    (void)state;
    for (int i = 0; i < ALL; i++) {
        make(id, prefixes[i], &theirs);
        for (size_t at = 0; at < strlen(prefixes[i]) + 40; at++) {
            const char was = id[at];

            for (const char *to = "Ab9-_ =\n*"; *to != '\0'; to++) {
                id[at] = *to;
                assert_int_equal(reel__list_id_holds(id, &key, &theirs), *to == was);
            }
            id[at] = '\0';
            assert_false(reel__list_id_holds(id, &key, &theirs));
            id[at] = was;
        }
        assert_true(reel__list_id_holds(id, &key, &theirs));
    }
    /* one of an arm is none of the other */
    make(id, "x_0123abcd_0_", &theirs);
    id[11] = '1';
    assert_false(reel__list_id_holds(id, &key, &theirs));
    assert_false(reel__list_id_holds("", &key, &theirs));
    assert_false(reel__list_id_holds(id + 13, &key, &theirs));
}

static void of_anyone(void **state)
{
    char id[REEL_LIST_ID];
    reel_list_claim anyone = theirs, nobody = theirs;

    (void)state;
    anyone.anyone = true;
    make(id, "r_", &anyone);
    assert_true(reel__list_id_holds(id, &key, &anyone));
    anyone.who = "v:v_2";
    assert_true(reel__list_id_holds(id, &key, &anyone));
    assert_false(reel__list_id_holds(id, &key, &theirs));
    nobody.who = "";
    make(id, "r_", &nobody);
    assert_true(reel__list_id_holds(id, &key, &nobody));
    assert_false(reel__list_id_holds(id, &key, &anyone));
    assert_false(reel__list_id_holds(id, &key, &theirs));
}

static void an_unsigned_one_looks_alike(void **state)
{
    char id[REEL_LIST_ID];

    (void)state;
    make(id, "x_0123abcd_i_", NULL);
    assert_false(reel__list_id_holds(id, &key, &theirs));
}

static void no_room(void **state)
{
    char id[REEL_LIST_ID];
    reel_err err = {REEL_OK, ""};

    (void)state;
    assert_fails(reel__list_id_make(id, "a prefix of more than 23 bytes", &key, &theirs, &err),
                 REEL_E_INVALID, "too long for the id of a list");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_for_what_it_was_made),  cmocka_unit_test(says_nothing_else),
        cmocka_unit_test(a_change_is_refused),         cmocka_unit_test(of_anyone),
        cmocka_unit_test(an_unsigned_one_looks_alike), cmocka_unit_test(no_room),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
