/* http/answer_sum.h - whether two answers say the same. Threads: no state. */
#ifndef TESTS_HTTP_ANSWER_SUM_H
#define TESTS_HTTP_ANSWER_SUM_H

#include <stdint.h>
#include <string.h>

/* Each list has an id of its own in front of its items, and in the path behind them. */
static inline uint64_t sum_of(const char *answer)
{
    const char *items = strstr(answer, "\"items\"");
    const char *next = items == NULL ? NULL : strstr(items, "\"next\"");
    uint64_t sum = 5381;

    for (items = items == NULL ? answer : items; *items != '\0' && items != next; items++)
        sum = sum * 33 + (unsigned char)*items;
    return sum;
}

#endif
