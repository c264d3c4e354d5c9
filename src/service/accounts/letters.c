/* letters.c - see letters.h. */
#include "service/accounts/letters.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LANGUAGES = 2, KINDS = 2 };

static const char *const languages[LANGUAGES] = {"en", "es"};
static const char *const kinds[KINDS] = {"reset", "confirm"};

/* Before a link. The name of an account is said to who confirmed the address alone: whoever chose
 * it could write to a stranger by it. */
static const struct {
    const char *subject, *before, *after, *end;
} letters[KINDS][LANGUAGES] = {
    [REEL_LETTER_RESET] =
        {{"Reel: a new password",
          "Somebody, you we hope, asked for a new password for the account ",
          "Set it here, within half an hour:",
          "If it was not you, nothing needs to be done: the password stays as it is.\n"},
         {"Reel: una contraseña nueva",
          "Alguien, esperamos que tú, pidió una contraseña nueva para la cuenta ",
          "Ponla aquí, en el plazo de media hora:",
          "Si no fuiste tú, no hace falta hacer nada: la contraseña sigue igual.\n"}},
    [REEL_LETTER_CONFIRM] = {{"Reel: is this your address?",
                              "This address was given for an account",
                              "Confirm it here, within a day:",
                              "If it was not you, do not: no more mail comes then.\n"},
                             {"Reel: ¿es esta tu dirección?",
                              "Esta dirección se dio para una cuenta",
                              "Confírmala aquí, en el plazo de un día:",
                              "Si no fuiste tú, no lo hagas: no llegarán más correos.\n"}},
};

const char *reel__letter_kind_name(reel_letter_kind kind)
{
    return kinds[kind];
}

bool reel__letter_kind_find(reel_letter_kind *out, const char *name)
{
    for (int i = 0; i < KINDS; i++)
        if (strcmp(kinds[i], name) == 0) {
            *out = (reel_letter_kind)i;
            return true;
        }
    return false;
}

/* ---- languages ----------------------------------------------------------------------------- */

/* The number of the language of "es-MX;q=0.8", -1 = none of ours; *weight: how much it is wanted.
 */
static int read_wish(const char *wish, size_t length, double *weight)
{
    const char *q = memmem(wish, length, "q=", 2);

    *weight = q == NULL ? 1 : strtod(q + 2, NULL);
    for (int i = 0; i < LANGUAGES; i++)
        if (length >= 2 && strncasecmp(wish, languages[i], 2) == 0 &&
            (length == 2 || strchr("-;, \t", wish[2]) != NULL))
            return i;
    return -1;
}

const char *reel__letter_language(const char *wanted)
{
    double best = 0;
    int found = 0;

    for (const char *at = wanted == NULL ? "" : wanted; *at != '\0';) {
        const size_t skip = strspn(at, " \t,"), length = strcspn(at + skip, ",");
        double weight;
        const int language = read_wish(at + skip, length, &weight);

        if (language >= 0 && weight > best) {
            best = weight;
            found = language;
        }
        at += skip + length;
    }
    return languages[found];
}

static int number_of(const char *language)
{
    return strcmp(language, languages[1]) == 0;
}

/* ---- texts --------------------------------------------------------------------------------- */

const char *reel__letter_subject(reel_letter_kind kind, const char *language)
{
    return letters[kind][number_of(language)].subject;
}

void reel__letter_write(reel_buf *out, reel_letter_kind kind, const char *language,
                        const char *name, const char *link)
{
    const int number = number_of(language);

    reel__buf_text(out, letters[kind][number].before);
    if (kind == REEL_LETTER_RESET)
        reel__buf_format(out, "\"%s\"", name);
    reel__buf_text(out, ".\n\n");
    reel__buf_text(out, letters[kind][number].after);
    reel__buf_format(out, "\n\n    %s\n\n", link);
    reel__buf_text(out, letters[kind][number].end);
}
