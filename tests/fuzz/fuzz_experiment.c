/* fuzz_experiment.c - any bytes as the definition of an experiment: no crash, and one that is taken
 * reads back as it was written. The first 64 bytes as the id of a list: no crash, an arm in range.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "service/experiments/experiments.h"

enum { ID = 64, DEPTH = 6, TEXT_MAX = 1 << 16 };

static void write_it(reel_buf *out, const reel_experiment *experiment)
{
    reel_json json;

    reel__json_init(&json, out);
    reel__json_object(&json);
    reel__experiment_write_definition(&json, experiment);
    reel__json_object_end(&json);
    must(!out->failed);
}

static void check_again(const reel_experiment *experiment)
{
    reel_experiment again;
    reel_buf one, two;
    json_t *json = NULL;
    reel_err err = {REEL_OK, ""};

    reel__buf_init(&one, TEXT_MAX);
    reel__buf_init(&two, TEXT_MAX);
    write_it(&one, experiment);
    must(reel__json_parse(&json, one.data, one.length, DEPTH, &err) == REEL_OK);
    must(reel__experiment_read(&again, json, &err) == REEL_OK);
    write_it(&two, &again);
    must(strcmp(one.data, two.data) == 0);
    json_decref(json);
    reel__buf_clear(&one);
    reel__experiment_rule(&one, experiment);
    must(!one.failed && one.length > 0);
    reel__buf_fini(&one);
    reel__buf_fini(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char id[ID + 1] = "", tag[REEL_EXPERIMENT_TAG];
    reel_experiment experiment;
    reel_err err = {REEL_OK, ""};
    json_t *json = NULL;
    int arm = 0;

    memcpy(id, data, size < ID ? size : ID);
    if (reel__experiment_list(id, tag, &arm))
        must(arm >= -1 && arm < REEL_ARMS_MAX && strlen(tag) <= REEL_EXPERIMENT_TAG - 1);
    if (reel__json_parse(&json, (const char *)data, size, DEPTH, &err) == REEL_OK &&
        reel__experiment_read(&experiment, json, &err) == REEL_OK)
        check_again(&experiment);
    json_decref(json);
    return 0;
}
