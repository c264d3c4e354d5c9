/* suite_admins.c - admins who take each other's place away at the same moment. */
#include "suite.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "store/accounts.h"

enum { ROUNDS = 40, ADMINS = 3 };

/* One admin, with a connection of its own, who does away with another. */
typedef struct rival {
    reel_store *store;
    pthread_barrier_t *start;
    int64_t whom;
    int way;
    reel_code rc;
    reel_err err;
} rival;

static void *strike(void *user)
{
    rival *r = user;

    (void)pthread_barrier_wait(r->start);
    switch (r->way) {
    case 0:
        r->rc = reel__store_change_account(
            r->store, r->whom,
            &(const reel_account_change){&(const reel_role){REEL_ROLE_PERSON}, 0}, &r->err);
        break;
    case 1:
        r->rc = reel__store_change_account(
            r->store, r->whom, &(const reel_account_change){&(const reel_role){REEL_ROLE_ADMIN}, 1},
            &r->err);
        break;
    default:
        r->rc = reel__store_delete_account(r->store, r->whom, false, &r->err);
        break;
    }
    return NULL;
}

static int64_t add_admin(fixture *f, int number)
{
    reel_account account = {.role = REEL_ROLE_ADMIN};

    (void)snprintf(account.name, sizeof account.name, "admin %d", number);
    (void)snprintf(account.folded, sizeof account.folded, "admin %d", number);
    assert_ok(reel__store_add_account(f->store, &account, &f->err), f->err);
    return account.id;
}

static bool count_admin(void *user, const reel_account *account)
{
    *(int *)user += account->role == REEL_ROLE_ADMIN && !account->disabled;
    return true;
}

static int admins_of(fixture *f)
{
    int count = 0;

    assert_ok(reel__store_scan_accounts(f->store, "", 0, 100, count_admin, &count, &f->err),
              f->err);
    return count;
}

/* Each does away with the next, all at once, and each of the ways meets each. */
static void fight(fixture *f, rival rivals[ADMINS], int64_t admins[ADMINS], int round)
{
    pthread_t threads[ADMINS];
    pthread_barrier_t start;
    int failed = 0;

    assert_int_equal(pthread_barrier_init(&start, NULL, ADMINS), 0);
    for (int i = 0; i < ADMINS; i++) {
        rivals[i].start = &start;
        rivals[i].whom = admins[(i + 1) % ADMINS];
        rivals[i].way = (round >> i) % 3;
        assert_int_equal(pthread_create(&threads[i], NULL, strike, &rivals[i]), 0);
    }
    for (int i = 0; i < ADMINS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        if (rivals[i].rc == REEL_OK)
            continue;
        failed++;
        if (rivals[i].rc != REEL_E_CONFLICT || strstr(rivals[i].err.msg, "last admin") == NULL)
            fail_msg("round %d: %s", round, rivals[i].err.msg);
    }
    assert_int_equal(pthread_barrier_destroy(&start), 0);
    if (failed != 1 || admins_of(f) != 1)
        fail_msg("round %d: %d admins are left, %d were refused", round, admins_of(f), failed);
}

static void test_one_admin_stays(void **state)
{
    fixture *f = *state;
    rival rivals[ADMINS] = {{0}};
    int64_t admins[ADMINS], left = 0;

    for (int i = 0; i < ADMINS; i++)
        assert_ok(reel__store_open(&rivals[i].store, f->url, &(reel_store_opts){.create = false},
                                   &f->err),
                  f->err);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < ADMINS; i++)
            admins[i] = add_admin(f, round * ADMINS + i);
        if (left != 0) /* who won the last round takes no part in this one */
            assert_ok(reel__store_delete_account(f->store, left, false, &f->err), f->err);
        fight(f, rivals, admins, round);
        for (int i = 0; i < ADMINS; i++) {
            reel_account account;

            if (reel__store_account(f->store, admins[i], &account, &f->err) == REEL_OK &&
                account.role == REEL_ROLE_ADMIN && !account.disabled)
                left = admins[i];
        }
    }
    for (int i = 0; i < ADMINS; i++)
        reel__store_close(rivals[i].store);
}

int store_suite_admins(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_admin_stays, fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
