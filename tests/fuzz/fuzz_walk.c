/* fuzz_walk.c - any bytes as a walk through the people of an experiment that was kept: no crash, no
 * more points than fit, one that is taken can be gone on with, and reads back as it was written.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "service/experiments/walk.h"

enum { LONGEST = 1 << 14, TEXT_MAX = 1 << 16, MORE = 200 };

static void check_again(const reel_walk *walk)
{
    reel_buf one, two;
    reel_walk again;
    reel_err err = {REEL_OK, ""};

    reel__buf_init(&one, TEXT_MAX);
    reel__buf_init(&two, TEXT_MAX);
    must(reel__walk_write(&one, walk, &err) == REEL_OK);
    must(reel__walk_read(&again, walk->experiment, one.data));
    must(reel__walk_write(&two, &again, &err) == REEL_OK);
    must(strcmp(one.data, two.data) == 0);
    reel__buf_fini(&one);
    reel__buf_fini(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[LONGEST + 1];
    static const reel_experiment experiment = {
        .kind = REEL_EXPERIMENT_AB, .arm_count = 3, .alpha = 0.05, .smallest = 0.01};
    static reel_walk walk;

    if (size > LONGEST)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (!reel__walk_read(&walk, &experiment, text)) {
        must(walk.people == 0 && walk.tests[0].looks == 0);
        return 0;
    }
    for (size_t i = 0; i < walk.compared; i++)
        must(walk.tests[i].point_count < REEL_RESULT_POINTS && walk.tests[i].stride > 0);
    check_again(&walk);
    return 0;
}
