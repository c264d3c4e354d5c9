/* fuzz_import.c - any bytes as somebody's export: rows that hold what they promise, or a reason. */
#include <math.h>
#include <string.h>

#include "data/import.h"
#include "fuzz/fuzz_file.h"

static void check_row(const reel_import_row *row)
{
    must(row->file != NULL && row->title != NULL && row->line >= 1);
    must(row->movie >= -1 && row->imdb_id >= 0 && row->tmdb_id >= 0 && row->time >= 0);
    must(row->year == 0 || (row->year > 1800 && row->year < 3000));
    must(row->kind >= REEL_IMPORT_WISHED && row->kind <= REEL_IMPORT_RATED);
    must(isnan(row->rating) || (row->rating >= 0.5 && row->rating <= 5));
    if (row->trouble == NULL) {
        must((row->kind == REEL_IMPORT_RATED) == !isnan(row->rating));
        must(row->title[0] != '\0' || row->movie >= 0 || row->imdb_id > 0 || row->tmdb_id > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fuzz_file file = fuzz_file_open(data, size);
    reel_import *import = NULL;
    reel_err err = {REEL_OK, ""};
    const reel_code rc = reel__import_read(&import, file.path, &err);

    (void)reel__import_sniff(file.path);
    must((rc == REEL_OK) == (import != NULL));
    if (rc == REEL_OK) {
        must(reel__import_format(import) != REEL_IMPORT_NONE);
        for (size_t i = 0; i < reel__import_count(import); i++)
            check_row(reel__import_row(import, i));
    } else {
        must(rc == REEL_E_FORMAT || rc == REEL_E_TOOLARGE || rc == REEL_E_STORE);
        must(err.msg[0] != '\0');
    }
    reel__import_free(import);
    fuzz_file_close(&file);
    return 0;
}
