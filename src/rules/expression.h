/* rules/expression.h - what a person says of the films they want, as one expression:
 *   year >= 1990 and not genre:Horror and runtime <= 120        (a filter: true or false)
 *   if director:"Agnès Varda" then 2 else 1                     (a boost: a number)
 * The grammar is in docs/expressions.md. There are no loops, and an expression has at most
 * REEL_EXPRESSION_NODES nodes, so that evaluating one takes a bounded number of steps.
 * Layer: rules. Threads: an expression is immutable; each thread brings a room of its own.
 */
#ifndef REEL_RULES_EXPRESSION_H
#define REEL_RULES_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "reel/dataset.h"

enum {
    REEL_EXPRESSION_BYTES = 2000, /* of a text */
    REEL_EXPRESSION_NODES = 256,
    REEL_EXPRESSION_DEPTH = 32 /* of parentheses and the like in one another */
};

typedef enum reel_value_kind { REEL_VALUE_TRUTH, REEL_VALUE_NUMBER } reel_value_kind;

typedef struct reel_expression reel_expression;

/* Parse and check a text that must give a value of a kind. Errors: E_INVALID ("character 14:
 * expected a number, found \"and\""; characters count from 1), E_TOOLARGE (too long, too many
 * nodes, too deep), E_NOMEM. */
REEL_MUST_USE reel_code reel__expression_new(reel_expression **out, const char *text,
                                             reel_value_kind kind, reel_err *err);
void reel__expression_free(reel_expression *expression); /* NULL allowed */

/* What an expression is asked of. */
typedef struct reel_film {
    const reel_movie *movie;
    double rating;   /* mean of people's ratings; NaN = nobody rated it */
    int64_t ratings; /* how many */
} reel_film;

/* room: working memory for folding texts, initialised by the caller; running out of memory shows in
 * it (reel__buf_check), the answer means nothing then. O(nodes + bytes of the texts looked at). */
bool reel__expression_test(const reel_expression *expression, const reel_film *film,
                           reel_buf *room);
/* NaN where something unknown is part of it. */
double reel__expression_value(const reel_expression *expression, const reel_film *film,
                              reel_buf *room);

/* ---- the fields, for documentation --------------------------------------------------------- */

typedef struct reel_expression_field {
    const char *name, *type, *meaning; /* type: "number", "text" or "list" */
} reel_expression_field;
/* NULL past the last. */
const reel_expression_field *reel__expression_field_at(size_t index);

#endif
