/* parse.c - an expression's text becomes nodes, by recursive descent; types are checked on the way.
 *   or := and ("or" and)*            compare := sum (sign sum)?
 *   and := not ("and" not)*          sum := product (("+" | "-") product)*
 *   not := "not" not | compare       product := minus (("*" | "/") minus)*
 *                                    minus := "-" minus | primary
 * primary is a number, "(" or ")", if-then-else, a function, a number field, or a question about a
 * field: field ":" values, field sign text, known(field).
 */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "rules/expression_priv.h"

typedef struct parser {
    reel_expression *out;
    const char *text;
    reel_token token; /* the one looked at */
    int depth;
    reel_err *err;
} parser;

/* A node's number, or FAILED; what failed is in err. */
enum { FAILED = -1, FOUND_MOST = 40 };

static int parse_or(parser *p);

/* ---- messages ------------------------------------------------------------------------------ */

static size_t character_of(const parser *p, const char *at)
{
    size_t characters = 1;

    for (const char *c = p->text; c < at; c++)
        characters += ((unsigned char)*c & 0xC0) != 0x80;
    return characters;
}

static int fail_at(const parser *p, const char *at, const char *message)
{
    (void)reel_fail(p->err, REEL_E_INVALID, "character %zu: %s", character_of(p, at), message);
    return FAILED;
}

/* "expected X, found Y" at the token. */
static int fail_expected(const parser *p, const char *expected)
{
    const reel_token *token = &p->token;
    const size_t most = token->length < FOUND_MOST ? token->length : FOUND_MOST;
    const int shown = (int)reel__utf8_cut(token->at, token->length, most);

    if (token->kind == TOKEN_BAD)
        return fail_at(p, token->at, token->message);
    if (token->kind == TOKEN_END)
        (void)reel_fail(p->err, REEL_E_INVALID, "character %zu: expected %s, but here it ends",
                        character_of(p, token->at), expected);
    else
        (void)reel_fail(p->err, REEL_E_INVALID, "character %zu: expected %s, found %.*s",
                        character_of(p, token->at), expected, shown, token->at);
    return FAILED;
}

/* ---- tokens and nodes ---------------------------------------------------------------------- */

static void advance(parser *p)
{
    p->token = reel__lex(p->token.at + p->token.length);
}

static bool take(parser *p, const char *text)
{
    if (!reel__token_is(&p->token, text))
        return false;
    advance(p);
    return true;
}

static bool expect(parser *p, const char *text, const char *expected)
{
    return take(p, text) || fail_expected(p, expected) != FAILED;
}

static reel_node *node_of(const parser *p, int node)
{
    return &p->out->nodes[node];
}

static int add(parser *p, reel_node node)
{
    if (p->out->count == REEL_EXPRESSION_NODES) {
        (void)reel_fail(p->err, REEL_E_TOOLARGE,
                        "character %zu: more than %d parts; leave some out",
                        character_of(p, p->token.at), (int)REEL_EXPRESSION_NODES);
        return FAILED;
    }
    p->out->nodes[p->out->count] = node;
    return p->out->count++;
}

static int add_pair(parser *p, reel_node_op op, reel_value_kind kind, int a, int b)
{
    return add(
        p, (reel_node){.op = (uint8_t)op, .kind = (uint8_t)kind, .a = (int16_t)a, .b = (int16_t)b});
}

static int add_number(parser *p, double number)
{
    return add(p, (reel_node){.op = NODE_NUMBER, .kind = REEL_VALUE_NUMBER, .number = number});
}

/* FAILED unless a node, which begins at a place, has a kind. */
static int need(const parser *p, int node, reel_value_kind kind, const char *at)
{
    if (node == FAILED || node_of(p, node)->kind == kind)
        return node;
    return fail_at(p, at,
                   kind == REEL_VALUE_NUMBER
                       ? "expected a number here; write: if CONDITION then 2 else 1"
                       : "expected a condition here, as in year >= 1990");
}

/* ---- questions about a field --------------------------------------------------------------- */

/* The token's text, folded, as a node's. */
static bool keep_text(parser *p, reel_node *node)
{
    reel_buf raw, *texts = &p->out->texts;
    const size_t before = texts->length;
    bool kept = false;

    reel__buf_init(&raw, REEL_EXPRESSION_BYTES);
    reel__lex_append(&p->token, &raw);
    if (!raw.failed)
        reel__utf8_fold(texts, raw.data, raw.length);
    reel__buf_char(texts, '\0');
    if (raw.failed || texts->failed) {
        (void)reel_fail(p->err, REEL_E_NOMEM, "no memory for an expression");
    } else if (texts->length == before + 1) {
        (void)fail_at(p, p->token.at, "an empty text is in no film");
    } else {
        node->at = (uint16_t)before;
        node->size = (uint16_t)(texts->length - before - 1);
        kept = true;
    }
    reel__buf_fini(&raw);
    return kept;
}

/* The token as a text of a field. */
static int add_text(parser *p, reel_node_op op, int field, reel_sign sign)
{
    reel_node node = {
        .op = (uint8_t)op, .kind = REEL_VALUE_TRUTH, .sign = (uint8_t)sign, .field = (int8_t)field};
    int made;

    if (p->token.kind != TOKEN_TEXT && p->token.kind != TOKEN_WORD)
        return fail_expected(p, "a text, in quotes where it has spaces");
    if (!keep_text(p, &node))
        return FAILED;
    made = add(p, node);
    advance(p);
    return made;
}

static int add_field(parser *p, int field)
{
    return add(p, (reel_node){.op = NODE_FIELD, .kind = REEL_VALUE_NUMBER, .field = (int8_t)field});
}

static int add_comparison(parser *p, int a, reel_sign sign, int b)
{
    const int made = add_pair(p, NODE_COMPARE, REEL_VALUE_TRUTH, a, b);

    if (made != FAILED)
        node_of(p, made)->sign = (uint8_t)sign;
    return made;
}

static int parse_plain_number(parser *p)
{
    const bool negative = take(p, "-");
    const int made = p->token.kind == TOKEN_NUMBER
                         ? add_number(p, negative ? -p->token.number : p->token.number)
                         : fail_expected(p, "a number");

    if (made != FAILED)
        advance(p);
    return made;
}

/* 1999, or 1990..1999 */
static int parse_range(parser *p, int field)
{
    const int a = parse_plain_number(p);
    int low, high, b;

    if (a == FAILED || !take(p, ".."))
        return a == FAILED ? FAILED : add_comparison(p, add_field(p, field), SIGN_EQUAL, a);
    b = parse_plain_number(p);
    if (b == FAILED)
        return FAILED;
    low = add_field(p, field);
    high = low == FAILED ? FAILED : add_field(p, field);
    if (high == FAILED)
        return FAILED;
    low = add_comparison(p, low, SIGN_MORE_EQUAL, a);
    high = add_comparison(p, high, SIGN_LESS_EQUAL, b);
    return low == FAILED || high == FAILED ? FAILED
                                           : add_pair(p, NODE_AND, REEL_VALUE_TRUTH, low, high);
}

/* What stands after a colon, or one of several in parentheses. The token is the sign before it. */
static int parse_one_value(parser *p, int field)
{
    if (reel__field_type(field) == FIELD_NUMBER) {
        advance(p);
        return parse_range(p, field);
    }
    p->token = reel__lex_value(p->token.at + p->token.length);
    return add_text(p, NODE_HAS, field, SIGN_EQUAL);
}

/* The token is the colon. */
static int parse_values(parser *p, int field)
{
    const reel_token next = reel__lex(p->token.at + p->token.length);
    int any;

    if (!reel__token_is(&next, "("))
        return parse_one_value(p, field);
    p->token = next;
    any = parse_one_value(p, field);
    while (any != FAILED && reel__token_is(&p->token, ",")) {
        const int more = parse_one_value(p, field);

        any = more == FAILED ? FAILED : add_pair(p, NODE_OR, REEL_VALUE_TRUTH, any, more);
    }
    if (any != FAILED && !expect(p, ")", "a comma or \")\""))
        return FAILED;
    return any;
}

/* Whether the token compares; it is taken then. */
static bool take_sign(parser *p, reel_sign *sign)
{
    static const struct {
        const char *text;
        reel_sign sign;
    } signs[] = {{"==", SIGN_EQUAL},      {"=", SIGN_EQUAL},       {"!=", SIGN_UNEQUAL},
                 {"<=", SIGN_LESS_EQUAL}, {">=", SIGN_MORE_EQUAL}, {"<", SIGN_LESS},
                 {">", SIGN_MORE}};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!take(p, signs[i].text))
            continue;
        *sign = signs[i].sign;
        return true;
    }
    return false;
}

/* The token is the field. */
static int parse_field(parser *p)
{
    const reel_token name = p->token;
    const int field = reel__field_find(name.at, name.length);
    reel_sign sign;

    if (field < 0)
        return fail_expected(p, "a field such as year, genre or director");
    advance(p);
    if (reel__token_is(&p->token, ":"))
        return parse_values(p, field);
    if (reel__field_type(field) == FIELD_NUMBER)
        return add_field(p, field);
    if (reel__field_type(field) == FIELD_LIST || !take_sign(p, &sign))
        return fail_expected(p, "\":\" and a text, as in genre:Comedy");
    p->token = reel__lex_value(p->token.at);
    return add_text(p, NODE_COMPARE_TEXT, field, sign);
}

/* ---- functions ----------------------------------------------------------------------------- */

/* The token is "known". */
static int parse_known(parser *p)
{
    int field, made;

    advance(p);
    if (!expect(p, "(", "\"(\""))
        return FAILED;
    field = reel__field_find(p->token.at, p->token.length);
    if (p->token.kind != TOKEN_WORD || field < 0)
        return fail_expected(p, "a field such as year, genre or director");
    made = add(p, (reel_node){.op = NODE_KNOWN, .kind = REEL_VALUE_TRUTH, .field = (int8_t)field});
    advance(p);
    return made != FAILED && expect(p, ")", "\")\"") ? made : FAILED;
}

static int parse_argument(parser *p)
{
    const char *at = p->token.at;

    return need(p, parse_or(p), REEL_VALUE_NUMBER, at);
}

/* The token is the function's name. */
static int parse_function(parser *p, reel_node_op op, bool two)
{
    int a, b = 0;

    advance(p);
    if (!expect(p, "(", "\"(\""))
        return FAILED;
    a = parse_argument(p);
    if (a != FAILED && two)
        b = expect(p, ",", "a comma") ? parse_argument(p) : FAILED;
    if (a == FAILED || b == FAILED || !expect(p, ")", "\")\""))
        return FAILED;
    return add_pair(p, op, REEL_VALUE_NUMBER, a, b);
}

/* The token is "if". */
static int parse_if(parser *p)
{
    const char *at;
    int condition, yes, no, made;

    advance(p);
    at = p->token.at;
    condition = need(p, parse_or(p), REEL_VALUE_TRUTH, at);
    if (condition == FAILED || !expect(p, "then", "\"then\""))
        return FAILED;
    yes = parse_or(p);
    if (yes == FAILED || !expect(p, "else", "\"else\""))
        return FAILED;
    at = p->token.at;
    no = need(p, parse_or(p), (reel_value_kind)node_of(p, yes)->kind, at);
    if (no == FAILED)
        return FAILED;
    made = add_pair(p, NODE_IF, (reel_value_kind)node_of(p, yes)->kind, condition, yes);
    if (made != FAILED)
        node_of(p, made)->c = (int16_t)no;
    return made;
}

/* ---- operators ----------------------------------------------------------------------------- */

static int parse_word(parser *p)
{
    static const struct {
        const char *name;
        reel_node_op op;
        bool two;
    } functions[] = {{"min", NODE_MIN, true},
                     {"max", NODE_MAX, true},
                     {"abs", NODE_ABS, false},
                     {"log", NODE_LOG, false}};

    if (reel__token_is(&p->token, "if"))
        return parse_if(p);
    if (reel__token_is(&p->token, "known"))
        return parse_known(p);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (reel__token_is(&p->token, functions[i].name))
            return parse_function(p, functions[i].op, functions[i].two);
    return parse_field(p);
}

static int parse_primary(parser *p)
{
    int made;

    if (p->token.kind == TOKEN_NUMBER) {
        made = add_number(p, p->token.number);
        advance(p);
        return made;
    }
    if (p->token.kind == TOKEN_WORD)
        return parse_word(p);
    if (!take(p, "("))
        return fail_expected(p, "a condition or a number");
    made = parse_or(p);
    return made != FAILED && expect(p, ")", "\")\"") ? made : FAILED;
}

/* Every way down leads through here, so here the depth is counted. */
static int parse_minus(parser *p)
{
    int made;

    if (++p->depth > REEL_EXPRESSION_DEPTH) {
        (void)reel_fail(p->err, REEL_E_TOOLARGE,
                        "character %zu: more than %d levels in one another",
                        character_of(p, p->token.at), (int)REEL_EXPRESSION_DEPTH);
        return FAILED;
    }
    if (take(p, "-")) {
        const char *at = p->token.at;

        made = need(p, parse_minus(p), REEL_VALUE_NUMBER, at);
        if (made != FAILED)
            made = add_pair(p, NODE_NEGATE, REEL_VALUE_NUMBER, made, 0);
    } else {
        made = parse_primary(p);
    }
    p->depth--;
    return made;
}

/* left sign right of two numbers, the sign is taken; both begin at places. */
static int join_numbers(parser *p, reel_node_op op, int left, const char *left_at,
                        int (*parse_right)(parser *))
{
    const char *at = p->token.at;
    int right;

    if (need(p, left, REEL_VALUE_NUMBER, left_at) == FAILED)
        return FAILED;
    right = need(p, parse_right(p), REEL_VALUE_NUMBER, at);
    return right == FAILED ? FAILED : add_pair(p, op, REEL_VALUE_NUMBER, left, right);
}

static int parse_product(parser *p)
{
    const char *at = p->token.at;
    int left = parse_minus(p);

    while (left != FAILED) {
        if (take(p, "*"))
            left = join_numbers(p, NODE_MULTIPLY, left, at, parse_minus);
        else if (take(p, "/"))
            left = join_numbers(p, NODE_DIVIDE, left, at, parse_minus);
        else
            break;
    }
    return left;
}

static int parse_sum(parser *p)
{
    const char *at = p->token.at;
    int left = parse_product(p);

    while (left != FAILED) {
        if (take(p, "+"))
            left = join_numbers(p, NODE_ADD, left, at, parse_product);
        else if (take(p, "-"))
            left = join_numbers(p, NODE_SUBTRACT, left, at, parse_product);
        else
            break;
    }
    return left;
}

static int parse_compare(parser *p)
{
    const char *at = p->token.at;
    const int left = parse_sum(p);
    reel_sign sign;
    int made;

    if (left == FAILED || !take_sign(p, &sign))
        return left;
    made = join_numbers(p, NODE_COMPARE, left, at, parse_sum);
    if (made == FAILED)
        return FAILED;
    node_of(p, made)->kind = REEL_VALUE_TRUTH;
    node_of(p, made)->sign = (uint8_t)sign;
    if (take_sign(p, &sign))
        return fail_at(p, at, "compare two numbers at a time, joined by \"and\"");
    return made;
}

static int parse_not(parser *p)
{
    const char *at = p->token.at;
    bool negated = false, any = false;
    int made;

    while (take(p, "not")) {
        negated = !negated;
        any = true;
        at = p->token.at;
    }
    made = parse_compare(p);
    if (any)
        made = need(p, made, REEL_VALUE_TRUTH, at);
    return made == FAILED || !negated ? made : add_pair(p, NODE_NOT, REEL_VALUE_TRUTH, made, 0);
}

/* Truths joined by a word. */
static int join_truths(parser *p, const char *word, reel_node_op op, int (*parse)(parser *))
{
    const char *at = p->token.at;
    int left = parse(p);

    while (left != FAILED && take(p, word)) {
        const char *right_at = p->token.at;
        int right;

        if (need(p, left, REEL_VALUE_TRUTH, at) == FAILED)
            return FAILED;
        right = need(p, parse(p), REEL_VALUE_TRUTH, right_at);
        left = right == FAILED ? FAILED : add_pair(p, op, REEL_VALUE_TRUTH, left, right);
    }
    return left;
}

static int parse_and(parser *p)
{
    return join_truths(p, "and", NODE_AND, parse_not);
}

static int parse_or(parser *p)
{
    return join_truths(p, "or", NODE_OR, parse_and);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static reel_code check_text(const char *text, reel_err *err)
{
    const size_t length = strlen(text);

    if (length > REEL_EXPRESSION_BYTES)
        return reel_fail(err, REEL_E_TOOLARGE, "%zu bytes are more than %d; leave some out", length,
                         (int)REEL_EXPRESSION_BYTES);
    if (!reel__utf8_valid(text, length))
        return reel_fail(err, REEL_E_INVALID, "this is no UTF-8");
    return REEL_OK;
}

static bool parse_whole(parser *p, reel_value_kind kind)
{
    const int root = parse_or(p);

    if (root == FAILED)
        return false;
    if (p->token.kind != TOKEN_END)
        return fail_expected(p, "\"and\", \"or\" or the end") != FAILED;
    p->out->root = root;
    return need(p, root, kind, p->text) != FAILED;
}

reel_code reel__expression_new(reel_expression **out, const char *text, reel_value_kind kind,
                               reel_err *err)
{
    reel_err own = {REEL_OK, ""};
    parser p = {.text = text, .err = err != NULL ? err : &own};
    reel_code rc = check_text(text, p.err);

    *out = NULL;
    if (rc != REEL_OK)
        return rc;
    p.out = reel__alloc_zero(1, sizeof *p.out);
    if (p.out == NULL)
        return reel_fail(p.err, REEL_E_NOMEM, "no memory for an expression");
    reel__buf_init(&p.out->texts, UINT16_MAX);
    p.token = reel__lex(text);
    if (!parse_whole(&p, kind)) {
        reel__expression_free(p.out);
        return p.err->code;
    }
    *out = p.out;
    return REEL_OK;
}

void reel__expression_free(reel_expression *expression)
{
    if (expression == NULL)
        return;
    reel__buf_fini(&expression->texts);
    reel__free(expression);
}
