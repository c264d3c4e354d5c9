/* fuzz_given.c - any bytes as somebody's own list of ratings: what is read can be recommended for.
 */
#include "fuzz/fuzz_file.h"
#include "fuzz/tiny.h"
#include "service/feedback/given.h"
#include "service/engine/search.h"

static struct {
    reel_engine *engine;
    reel_session *session;
} tiny;

static void release(void)
{
    reel__session_free(tiny.session);
    reel__engine_close(tiny.engine);
}

/* Before anything is counted: also what a session keeps after its first list and search. */
__attribute__((constructor)) static void warm_up(void)
{
    static const reel_given most[] = {{1, 5, 1, false}, {2, 3, 1, false}, {7, 4, 1, false}};
    const reel_list *list;
    reel_request request = reel__request_default();
    reel_index movie;
    reel_err err = {REEL_OK, ""};

    tiny.engine = tiny_make();
    must(reel__session_new(&tiny.session, tiny.engine, &err) == REEL_OK);
    request.user = 1;
    must(reel__recommend(tiny.session, &request, &list, &err) == REEL_OK);
    request.user = -1; /* and after one for a history that is folded in */
    request.given = most;
    request.given_count = 3;
    request.show_seen = true;
    must(reel__recommend(tiny.session, &request, &list, &err) == REEL_OK);
    must(reel__search_one(tiny.session, "heat", &movie, &err) == REEL_OK);
    must(atexit(release) == 0);
}

static void recommend_for(const reel_given_list *given)
{
    const reel_list *list;
    reel_request request = reel__request_default();
    reel_err err = {REEL_OK, ""};

    must(given->count > 0 && given->count <= 3);
    request.given = given->items;
    request.given_count = given->count;
    must(reel__recommend(tiny.session, &request, &list, &err) == REEL_OK);
}

static void hear(void *user, const char *line)
{
    must(strstr(line, "left out") != NULL && strchr(line, '\n') == NULL);
    ++*(size_t *)user;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fuzz_file file = fuzz_file_open(data, size);
    size_t told = 0;
    const reel_notice notice = {hear, &told};
    reel_given_list given;
    reel_err err = {REEL_OK, ""};

    if (reel__given_read(&given, tiny.engine, tiny.session, file.path, &notice, &err) == REEL_OK) {
        must(told == given.left_out || (told > 20 && given.left_out > told));
        recommend_for(&given);
        reel__given_fini(&given);
    } else {
        must(err.code == REEL_E_FORMAT && err.msg[0] != '\0' && given.items == NULL);
    }
    fuzz_file_close(&file);
    return 0;
}
