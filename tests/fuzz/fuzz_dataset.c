/* fuzz_dataset.c - any bytes as dataset.reel: refused, or everything it gives access to lies inside
 * of it. The checksum is left out, or it would hide the checks of structure from the fuzzer.
 */
#include <stdlib.h>

#include "data/dataset_priv.h"
#include "fuzz/fuzz_file.h"
#include "support/dataset_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fuzz_file file = fuzz_file_open(data, size);
    reel_dataset *dataset = NULL;
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__dataset_open(&dataset, file.path, false, &err);

    if (rc == REEL_OK) {
        const size_t count =
            (size_t)reel_dataset_people(dataset) + (size_t)reel_dataset_movies(dataset);
        reel_index *touched = calloc(count + 1, sizeof *touched);

        must(touched != NULL);
        must(dataset_walk(dataset, touched) < 1e300);
        free(touched);
    } else {
        must(dataset == NULL && rc == REEL_E_FORMAT && err.msg[0] != '\0');
    }
    reel_dataset_free(dataset);
    fuzz_file_close(&file);
    return 0;
}
