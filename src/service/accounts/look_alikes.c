/* look_alikes.c - see look_alikes.h. */
#include "service/accounts/look_alikes.h"

#include <string.h>

#include "base/utf8.h"

/* ---- scripts ------------------------------------------------------------------------------- */

typedef enum script { NO_SCRIPT, LATIN, GREEK, CYRILLIC, ARMENIAN, CHEROKEE, COPTIC, LISU } script;

/* Blocks of letters (Unicode 15), ascending; what is in none goes with any. */
static const struct {
    int32_t first, last;
    script script;
} blocks[] = {
    {'A', 'Z', LATIN},        {'a', 'z', LATIN},          {0xaa, 0xaa, LATIN},
    {0xba, 0xba, LATIN},      {0xc0, 0x2af, LATIN},       {0x370, 0x3e1, GREEK},
    {0x3e2, 0x3ef, COPTIC},   {0x3f0, 0x3ff, GREEK},      {0x400, 0x52f, CYRILLIC},
    {0x530, 0x58f, ARMENIAN}, {0x13a0, 0x13ff, CHEROKEE}, {0x1c80, 0x1c8f, CYRILLIC},
    {0x1d00, 0x1d25, LATIN},  {0x1d26, 0x1d2a, GREEK},    {0x1d2b, 0x1d2b, CYRILLIC},
    {0x1d2c, 0x1dbf, LATIN},  {0x1e00, 0x1eff, LATIN},    {0x1f00, 0x1fff, GREEK},
    {0x2c60, 0x2c7f, LATIN},  {0x2c80, 0x2cff, COPTIC},   {0x2de0, 0x2dff, CYRILLIC},
    {0xa4d0, 0xa4ff, LISU},   {0xa640, 0xa69f, CYRILLIC}, {0xa720, 0xa7ff, LATIN},
    {0xab30, 0xab6f, LATIN},  {0xab70, 0xabbf, CHEROKEE}, {0xfb00, 0xfb06, LATIN},
    {0xff21, 0xff3a, LATIN},  {0xff41, 0xff5a, LATIN},
};

static script script_of(int32_t code)
{
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (code >= blocks[i].first && code <= blocks[i].last)
            return blocks[i].script;
    return NO_SCRIPT;
}

bool reel__name_is_of_one_script(const char *name)
{
    const size_t length = strlen(name);
    script all = NO_SCRIPT;

    for (size_t at = 0, bytes; at < length; at += bytes) {
        const script own = script_of(reel__utf8_next(name + at, length - at, &bytes));

        if (own != NO_SCRIPT && all != NO_SCRIPT && own != all)
            return false;
        all = own == NO_SCRIPT ? all : own;
    }
    return true;
}

/* ---- twins --------------------------------------------------------------------------------- */

/* Folded letters of which one form, small or capital, looks like that of another script; for each
 * in Latin the usual one of the others comes first. */
static const struct {
    const char *latin, *cyrillic, *greek; /* NULL = that script has none */
} shapes[] = {
    {"a", "а", "α"},  {"b", "в", "β"},  {"c", "с", NULL}, {"d", "ԁ", NULL}, {"e", "е", "ε"},
    {"h", "н", "η"},  {"h", "һ", NULL}, {"i", "і", "ι"},  {"j", "ј", NULL}, {"k", "к", "κ"},
    {"l", "ӏ", NULL}, {"m", "м", "μ"},  {"n", NULL, "ν"}, {"o", "о", "ο"},  {"p", "р", "ρ"},
    {"q", "ԛ", NULL}, {"s", "ѕ", NULL}, {"t", "т", "τ"},  {"w", "ԝ", NULL}, {"x", "х", "χ"},
    {"y", "у", "υ"},  {"y", "ү", "γ"},  {"z", NULL, "ζ"},
};

static const char *shape(size_t number, script of)
{
    return of == LATIN      ? shapes[number].latin
           : of == CYRILLIC ? shapes[number].cyrillic
                            : shapes[number].greek;
}

/* The letter at text (of some bytes) as it is in another script; NULL: that has none like it. */
static const char *letter_in(script to, const char *text, size_t bytes, script from)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const char *own = shape(i, from);

        if (own != NULL && strlen(own) == bytes && memcmp(own, text, bytes) == 0 &&
            shape(i, to) != NULL)
            return shape(i, to);
    }
    return NULL;
}

/* False: it has no twin there, or is of no such script itself. */
static bool twin_in(char out[REEL_ACCOUNT_FOLDED], script to, const char *folded)
{
    const size_t length = strlen(folded);
    bool changed = false;
    size_t used = 0;

    for (size_t at = 0, bytes; at < length; at += bytes) {
        const script from = script_of(reel__utf8_next(folded + at, length - at, &bytes));
        const char *letter = folded + at;
        size_t size = bytes;

        if (from != NO_SCRIPT) {
            letter = from > CYRILLIC || from == to ? NULL : letter_in(to, folded + at, bytes, from);
            if (letter == NULL)
                return false;
            size = strlen(letter);
            changed = true;
        }
        if (used + size >= REEL_ACCOUNT_FOLDED)
            return false;
        memcpy(out + used, letter, size);
        used += size;
    }
    out[used] = '\0';
    return changed;
}

reel_code reel__name_check_twins(reel_store *store, const char *folded, int64_t own, reel_err *err)
{
    static const script scripts[] = {LATIN, GREEK, CYRILLIC};
    char twin[REEL_ACCOUNT_FOLDED];
    reel_account account;

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        reel_err inner = {REEL_OK, ""};
        reel_code rc;

        if (!twin_in(twin, scripts[i], folded))
            continue;
        rc = reel__store_account_named(store, twin, &account, &inner);
        if (rc == REEL_OK && account.id != own)
            return reel_fail(err, REEL_E_CONFLICT,
                             "name: there is an account whose name looks the same, in letters of "
                             "another script");
        if (rc != REEL_OK && rc != REEL_E_NOTFOUND)
            return reel_fail(err, rc, "%s", inner.msg);
    }
    return REEL_OK;
}
