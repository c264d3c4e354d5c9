/* evaluate.c - one film against an expression's nodes.
 * What is unknown of a film compares as false with everything, and makes a number unknown (NaN).
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "rules/expression_priv.h"

typedef struct asked {
    const reel_expression *expression;
    const reel_film *film;
    reel_buf *room;
} asked;

static bool truth(const asked *a, int at);

/* ---- texts --------------------------------------------------------------------------------- */

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

/* A part of a film's text, folded. ASCII is only put in lower case, which folding does to it. */
static const char *fold(const asked *a, const char *text, size_t length, size_t *folded)
{
    reel__buf_clear(a->room);
    if (is_ascii(text, length)) {
        for (size_t i = 0; i < length; i++)
            reel__buf_char(a->room,
                           (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]));
    } else {
        reel__utf8_fold(a->room, text, length);
    }
    *folded = a->room->failed ? 0 : a->room->length;
    return a->room->failed ? "" : a->room->data;
}

static bool is_item(const asked *a, const char *item, size_t length, const char *text, size_t size)
{
    size_t folded;
    const char *as;

    if (is_ascii(item, length))
        return length == size && strncasecmp(item, text, size) == 0;
    as = fold(a, item, length, &folded);
    return folded == size && memcmp(as, text, size) == 0;
}

static bool list_has(const asked *a, const char *list, const char *text, size_t size)
{
    while (*list != '\0') {
        const size_t length = strcspn(list, "|");

        if (is_item(a, list, length, text, size))
            return true;
        list += length + (list[length] == '|');
    }
    return false;
}

static bool is_inside_word(const char *text, size_t left)
{
    size_t bytes;

    return left > 0 && reel__utf8_is_word(reel__utf8_next(text, left, &bytes));
}

/* Whether a character that ends before a place is a part of a word. */
static bool is_after_word(const char *text, size_t at)
{
    size_t begin = at;

    while (begin > 0 && ((unsigned char)text[--begin] & 0xC0) == 0x80)
        continue;
    return is_inside_word(text + begin, at - begin);
}

/* Whole words: "man" is not in "Batman". */
static bool text_has(const asked *a, const char *whole, const char *text, size_t size)
{
    size_t length;
    const char *folded = fold(a, whole, strlen(whole), &length);

    for (const char *at = folded; (at = strstr(at, text)) != NULL; at++) {
        const size_t before = (size_t)(at - folded), end = before + size;

        if (!is_after_word(folded, before) && !is_inside_word(folded + end, length - end))
            return true;
    }
    return false;
}

/* ---- truths -------------------------------------------------------------------------------- */

static bool compares(reel_sign sign, double difference)
{
    switch (sign) {
    case SIGN_EQUAL:
        return difference == 0;
    case SIGN_UNEQUAL:
        return difference < 0 || difference > 0;
    case SIGN_LESS:
        return difference < 0;
    case SIGN_LESS_EQUAL:
        return difference <= 0;
    case SIGN_MORE:
        return difference > 0;
    default:
        return difference >= 0;
    }
}

static double number(const asked *a, int at);

static bool compare_numbers(const asked *a, const reel_node *node)
{
    const double left = number(a, node->a), right = number(a, node->b);

    return !isnan(left) && !isnan(right) &&
           compares((reel_sign)node->sign, left < right ? -1 : left > right);
}

static bool compare_texts(const asked *a, const reel_node *node)
{
    const char *own = reel__field_text(node->field, a->film);
    size_t length;
    int order;

    if (*own == '\0')
        return false;
    own = fold(a, own, strlen(own), &length);
    order = strcmp(own, a->expression->texts.data + node->at);
    return compares((reel_sign)node->sign, (double)order);
}

static bool has(const asked *a, const reel_node *node)
{
    const char *own = reel__field_text(node->field, a->film);
    const char *text = a->expression->texts.data + node->at;

    return reel__field_type(node->field) == FIELD_LIST ? list_has(a, own, text, node->size)
                                                       : text_has(a, own, text, node->size);
}

static bool is_known(const asked *a, const reel_node *node)
{
    return reel__field_type(node->field) == FIELD_NUMBER
               ? !isnan(reel__field_number(node->field, a->film))
               : *reel__field_text(node->field, a->film) != '\0';
}

static bool truth(const asked *a, int at)
{
    const reel_node *node = &a->expression->nodes[at];

    switch ((reel_node_op)node->op) {
    case NODE_AND:
        return truth(a, node->a) && truth(a, node->b);
    case NODE_OR:
        return truth(a, node->a) || truth(a, node->b);
    case NODE_NOT:
        return !truth(a, node->a);
    case NODE_COMPARE:
        return compare_numbers(a, node);
    case NODE_COMPARE_TEXT:
        return compare_texts(a, node);
    case NODE_HAS:
        return has(a, node);
    case NODE_IF:
        return truth(a, truth(a, node->a) ? node->b : node->c);
    default:
        return is_known(a, node);
    }
}

/* ---- numbers ------------------------------------------------------------------------------- */

static double join(const asked *a, const reel_node *node)
{
    const double left = number(a, node->a), right = number(a, node->b);

    switch ((reel_node_op)node->op) {
    case NODE_ADD:
        return left + right;
    case NODE_SUBTRACT:
        return left - right;
    case NODE_MULTIPLY:
        return left * right;
    case NODE_DIVIDE:
        return left / right;
    case NODE_MIN:
        return isnan(left) || isnan(right) ? (double)NAN : fmin(left, right);
    default:
        return isnan(left) || isnan(right) ? (double)NAN : fmax(left, right);
    }
}

static double number(const asked *a, int at)
{
    const reel_node *node = &a->expression->nodes[at];

    switch ((reel_node_op)node->op) {
    case NODE_NUMBER:
        return node->number;
    case NODE_FIELD:
        return reel__field_number(node->field, a->film);
    case NODE_NEGATE:
        return -number(a, node->a);
    case NODE_ABS:
        return fabs(number(a, node->a));
    case NODE_LOG:
        return log(number(a, node->a));
    case NODE_IF:
        return number(a, truth(a, node->a) ? node->b : node->c);
    default:
        return join(a, node);
    }
}

bool reel__expression_test(const reel_expression *expression, const reel_film *film, reel_buf *room)
{
    const asked a = {expression, film, room};

    return truth(&a, expression->root);
}

double reel__expression_value(const reel_expression *expression, const reel_film *film,
                              reel_buf *room)
{
    const asked a = {expression, film, room};

    return number(&a, expression->root);
}
