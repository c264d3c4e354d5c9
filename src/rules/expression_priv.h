/* expression_priv.h - the inside of an expression: tokens, fields and nodes. */
#ifndef REEL_RULES_EXPRESSION_PRIV_H
#define REEL_RULES_EXPRESSION_PRIV_H

#include "rules/expression.h"

/* ---- fields.c ------------------------------------------------------------------------------ */

typedef enum reel_field_type { FIELD_NUMBER, FIELD_TEXT, FIELD_LIST } reel_field_type;

/* By name or other name; -1 when there is none. */
int reel__field_find(const char *name, size_t length);
reel_field_type reel__field_type(int field);
double reel__field_number(int field, const reel_film *film);    /* NaN = unknown */
const char *reel__field_text(int field, const reel_film *film); /* "" = unknown; a list has '|' */

/* ---- lex.c --------------------------------------------------------------------------------- */

typedef enum reel_token_kind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_TEXT, /* in quotes */
    TOKEN_WORD,
    TOKEN_SIGN, /* one or two characters of the language */
    TOKEN_BAD   /* message says what is wrong with it */
} reel_token_kind;

typedef struct reel_token {
    reel_token_kind kind;
    const char *at; /* in the text; of a quoted text with its quotes */
    size_t length;
    double number;
    const char *message;
} reel_token;

/* The token at or after a place. */
reel_token reel__lex(const char *at);
/* The same where a value is meant: what is no quoted text is one word up to a space, a comma or a
 * parenthesis, so that Sci-Fi and Children's need no quotes. */
reel_token reel__lex_value(const char *at);
/* The text of a token without quotes and escapes, appended. */
void reel__lex_append(const reel_token *token, reel_buf *out);
bool reel__token_is(const reel_token *token, const char *text);

/* ---- nodes --------------------------------------------------------------------------------- */

typedef enum reel_node_op {
    /* truths */
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_COMPARE,      /* two numbers, a and b, by sign */
    NODE_COMPARE_TEXT, /* a text field with a text, by sign */
    NODE_HAS,          /* a field with a text: an item of a list, words of a text */
    NODE_KNOWN,        /* a field */
    /* numbers */
    NODE_NUMBER,
    NODE_FIELD,
    NODE_ADD,
    NODE_SUBTRACT,
    NODE_MULTIPLY,
    NODE_DIVIDE,
    NODE_NEGATE,
    NODE_MIN,
    NODE_MAX,
    NODE_ABS,
    NODE_LOG,
    /* either */
    NODE_IF /* a then b else c */
} reel_node_op;

typedef enum reel_sign {
    SIGN_EQUAL,
    SIGN_UNEQUAL,
    SIGN_LESS,
    SIGN_LESS_EQUAL,
    SIGN_MORE,
    SIGN_MORE_EQUAL
} reel_sign;

typedef struct reel_node {
    uint8_t op, kind, sign; /* reel_node_op, reel_value_kind, reel_sign */
    int8_t field;
    int16_t a, b, c;   /* other nodes */
    uint16_t at, size; /* of the folded text, in texts */
    double number;
} reel_node;

struct reel_expression {
    reel_node nodes[REEL_EXPRESSION_NODES];
    int count, root;
    reel_buf texts; /* folded, each closed by a NUL */
};

#endif
