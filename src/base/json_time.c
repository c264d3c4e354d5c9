/* json_time.c - times as members. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

void reel__json_put_time(reel_json *json, const char *key, int64_t seconds)
{
    char text[REEL_TIME_TEXT];

    if (seconds != 0)
        reel__clock_text(seconds, text);
    reel__json_put_text(json, key, seconds != 0 ? text : NULL);
}

void reel__json_put_time_ms(reel_json *json, const char *key, int64_t ms)
{
    char seconds[REEL_TIME_TEXT], text[REEL_TIME_TEXT + 8];

    reel__clock_text(ms / 1000, seconds);
    (void)snprintf(text, sizeof text, "%.*s.%03dZ", (int)strcspn(seconds, "Z"), seconds,
                   (int)(ms % 1000));
    reel__json_put_text(json, key, text);
}
