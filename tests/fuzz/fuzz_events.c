/* fuzz_events.c - any bytes as the films of an event; what is read has no more than fits. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "store/event_movies.h"

enum { LONGEST = 1 << 14 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reel_event_movie movies[REEL_EVENT_MOVIES_MAX];
    static char text[LONGEST + 1];
    reel_err err = {REEL_OK, ""};
    size_t count = 1;

    if (size > LONGEST)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (reel__event_movies_read(movies, &count, text, &err) != REEL_OK)
        must(err.code == REEL_E_FORMAT && err.msg[0] != '\0' && count == 0);
    else
        must(count <= REEL_EVENT_MOVIES_MAX);
    return 0;
}
