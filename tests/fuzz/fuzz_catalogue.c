/* fuzz_catalogue.c - the first byte chooses a file of a MovieLens folder, the rest is its text: no
 * crash, and what comes out is well-formed UTF-8 with unique ids.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "data/catalogue_priv.h"
#include "fuzz/fuzz_file.h"

static void check_text(const char *text)
{
    must(text != NULL && reel__utf8_valid(text, strlen(text)));
}

static void check_catalogue(const reel_catalogue *catalogue)
{
    for (size_t i = 0; i < reel__catalogue_movies(catalogue); i++) {
        const reel_movie *film = reel__catalogue_movie(catalogue, i);

        must(film->id >= 0 && reel__catalogue_find(catalogue, film->id) == film);
        must(film->year == 0 || (film->year >= 0 && film->year <= 9999));
        check_text(film->title);
        check_text(film->name);
        check_text(film->original_title);
        check_text(film->genres);
        check_text(film->tags);
        check_text(film->release_date);
    }
    for (size_t i = 0; i < reel__catalogue_people(catalogue); i++) {
        const reel_reader_person *person = reel__catalogue_person(catalogue, i);

        must(person->id >= 0 && person->age >= 0);
        check_text(person->gender);
        check_text(person->occupation);
        check_text(person->zip);
    }
}

static reel_code read_items(reel_catalogue *catalogue, const char *path, const reel_read_opts *opts,
                            reel_read_report *report, reel_err *err)
{
    return reel__read_100k_items(catalogue, path, NULL, opts, report, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static reel_code (*const readers[])(reel_catalogue *, const char *, const reel_read_opts *,
                                        reel_read_report *, reel_err *) = {
        reel__read_dat_movies, reel__read_dat_users, read_items,     reel__read_100k_users,
        reel__read_csv_movies, reel__read_links,     reel__read_tags};
    reel_catalogue *catalogue = NULL;
    reel_read_report report = {0};
    reel_err err = {REEL_OK, ""};
    reel_movie *film = NULL;

    if (size == 0)
        return 0;
    const fuzz_file file = fuzz_file_open(data + 1, size - 1);

    must(reel__catalogue_new(&catalogue, &err) == REEL_OK);
    must(reel__catalogue_add(catalogue, &film, 1, (reel_slice){"Heat (1995)", 11}, &err) ==
         REEL_OK);
    const reel_code rc = readers[data[0] % 7](catalogue, file.path, NULL, &report, &err);

    must(rc == REEL_OK || (rc == REEL_E_FORMAT && err.msg[0] != '\0'));
    check_catalogue(catalogue);
    reel__catalogue_free(catalogue);
    fuzz_file_close(&file);
    must(reel__alloc_live() == 0);
    return 0;
}
