/* passwords.c - names and passwords that are refused. */
#include "service/accounts/passwords.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "service/accounts/look_alikes.h"

enum { NAME_LEAST = 3, NAME_MOST = 100 };

/* Those that lists of stolen passwords have most, of eight characters or more. Sequences, and
 * one or two characters again and again, are told by a rule. */
static const char *const common[] = {
    "1q2w3e4r",   "1q2w3e4r5t", "1qaz2wsx",    "1qazxsw2",    "aa123456",      "aa12345678",
    "abc12345",   "abcd1234",   "access14",    "admin123",    "administrator", "alexander",
    "asdf1234",   "asdfasdf",   "asdfghjkl",   "baseball",    "basketball",    "blink182",
    "butterfly",  "changeme",   "charlie1",    "chelsea1",    "chocolate",     "christian",
    "cocacola",   "computer",   "corvette",    "dearbook",    "default1",      "dragon123",
    "einstein",   "elephant",   "fireball",    "football",    "football1",     "g_czechout",
    "garfield",   "gfhjkm123",  "hello123",    "hellokitty",  "iloveyou",      "iloveyou1",
    "internet",   "jennifer",   "jordan23",    "letmein1",    "liverpool",     "liverpool1",
    "lovelove",   "loveyou1",   "manchester",  "marlboro",    "maverick",      "mercedes",
    "michael1",   "michelle",   "midnight",    "minecraft",   "monkey123",     "motdepasse",
    "mustang1",   "myspace1",   "newyork1",    "ninja123",    "nirvana1",      "p@ssw0rd",
    "p@ssword",   "pa55word",   "pass1234",    "passw0rd",    "passwort",      "passwort1",
    "password",   "password1",  "password12",  "password123", "password1234",  "password!",
    "pokemon1",   "princess",   "princess1",   "q1w2e3r4",    "q1w2e3r4t5",    "qazwsxedc",
    "qwer1234",   "qwert123",   "qwertyui",    "qwertyuiop",  "qwerty12",      "qwerty123",
    "qwerty1234", "rockyou1",   "samantha",    "samsung1",    "scooby12",      "september",
    "slipknot",   "snowball",   "starwars",    "steelers",    "sunshine",      "sunshine1",
    "superman",   "superman1",  "swordfish",   "target123",   "test1234",      "thunder1",
    "tigger123",  "trustno1",   "unknown1",    "victoria",    "welcome1",      "welcome123",
    "whatever",   "william1",   "yankees1",    "zaq12wsx",    "zxcvbnm1",      "zxcvbnm123",
    "contraseña", "contrasena", "contraseña1", "contrasena1", "recommend",     "recommender",
};

/* How many characters; -1 when a control character is among them. */
static int count(const char *text)
{
    const size_t length = strlen(text);
    int characters = 0;

    for (size_t at = 0, bytes; at < length; at += bytes) {
        const int32_t code = reel__utf8_next(text + at, length - at, &bytes);

        if (code < 0x20 || code == 0x7f)
            return -1;
        characters++;
    }
    return characters;
}

reel_code reel__name_fold(char folded[REEL_ACCOUNT_FOLDED], const char *name, reel_err *err)
{
    const size_t length = strlen(name);
    const int characters = count(name);
    reel_buf text;
    reel_code rc;

    folded[0] = '\0';
    if (characters < NAME_LEAST || characters > NAME_MOST || length >= REEL_ACCOUNT_NAME)
        return reel_fail(err, REEL_E_INVALID, "name: expected %d to %d characters, none of control",
                         (int)NAME_LEAST, (int)NAME_MOST);
    if (name[0] == ' ' || name[length - 1] == ' ' || strstr(name, "  ") != NULL)
        return reel_fail(err, REEL_E_INVALID, "name: blanks may only part words, one at a time");
    reel__buf_init(&text, REEL_ACCOUNT_FOLDED - 1);
    reel__utf8_fold(&text, name, length);
    rc = reel__buf_check(&text, err);
    if (rc == REEL_OK && text.length == 0)
        rc = reel_fail(err, REEL_E_INVALID, "name: nothing of it can be read");
    if (rc == REEL_OK)
        memcpy(folded, text.data, text.length + 1);
    reel__buf_fini(&text);
    return rc;
}

reel_code reel__name_take(char folded[REEL_ACCOUNT_FOLDED], const char *name, reel_err *err)
{
    folded[0] = '\0';
    if (!reel__utf8_is_plain(name))
        return reel_fail(err, REEL_E_INVALID,
                         "name: there is a character in it that is not seen, or changes how the "
                         "rest is; leave it out");
    if (!reel__name_is_of_one_script(name))
        return reel_fail(err, REEL_E_INVALID,
                         "name: it has letters of two scripts that look alike (Latin, Greek, "
                         "Cyrillic and such); write it in one");
    return reel__name_fold(folded, name, err);
}

/* "12345678", "abcdefgh", "87654321", "11111111", "abababab". */
static bool is_simple(const char *text)
{
    const size_t length = strlen(text);
    bool up = true, down = true, again = true;

    for (size_t i = 1; i < length; i++) {
        up = up && (text[i] == text[i - 1] + 1 || (text[i] == '0' && text[i - 1] == '9'));
        down = down && (text[i] == text[i - 1] - 1 || (text[i] == '9' && text[i - 1] == '0'));
        again = again && (i < 2 || text[i] == text[i - 2]);
    }
    return up || down || again;
}

static bool is_common(const char *text)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strcasecmp(text, common[i]) == 0)
            return true;
    return false;
}

reel_code reel__password_check(const char *password, const char *folded_name, reel_err *err)
{
    const int characters = count(password);

    if (characters < REEL_PASSWORD_LEAST || characters > REEL_PASSWORD_MOST)
        return reel_fail(err, REEL_E_INVALID,
                         "password: expected %d to %d characters, none of control",
                         (int)REEL_PASSWORD_LEAST, (int)REEL_PASSWORD_MOST);
    if (is_simple(password) || is_common(password))
        return reel_fail(err, REEL_E_INVALID,
                         "password: this is one of those that are tried first; take another, "
                         "some words in a row for example");
    if (strcasecmp(password, folded_name) == 0)
        return reel_fail(err, REEL_E_INVALID, "password: it may not be the name");
    return REEL_OK;
}
