/* poster_boxes.c - every word of a poster lies inside it, measured by Chromium (getBBox): the
 * longest titles there are, and titles in other scripts, in every style a poster has.
 */
#include "support/check.h"
#include "support/temp.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "poster/poster.h"

enum { FILMS_MOST = 400, LONGEST = 50, STYLES = 6, OUTPUT_MOST = 64 << 20 };

static const char *const titles[] = {
    "M",
    "Z",
    "WWW: MMMMMMMM WWWWWWWW",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "The Assassination of Jesse James by the Coward Robert Ford",
    "Borat: Cultural Learnings of America for Make Benefit Glorious Nation of Kazakhstan",
    "Those Magnificent Men in Their Flying Machines or How I Flew from London to Paris in 25 hours "
    "11 minutes",
    "The Persecution and Assassination of Jean-Paul Marat as Performed by the Inmates of the "
    "Asylum "
    "of Charenton Under the Direction of the Marquis de Sade",
    "Night of the Day of the Dawn of the Son of the Bride of the Return of the Revenge of the "
    "Terror "
    "of the Attack of the Evil, Mutant, Alien, Flesh Eating, Hellbound, Zombified Living Dead Part "
    "2: In Shocking 2-D",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "七人の侍",
    "千と千尋の神隠し",
    "男はつらいよ 寅次郎あじさいの恋と長い長い題名がどこまでも続いてゆく物語、その第二部",
    "霸王别姬",
    "臥虎藏龍：青冥寶劍與玉嬌龍的故事，一個很長很長的片名",
    "기생충",
    "봄 여름 가을 겨울 그리고 봄",
    "جدایی نادر از سیمین",
    "باب الحديد",
    "المخدوعون: قصة طويلة جداً عن رجال تحت الشمس في الصحراء الكبيرة البعيدة",
    "ואלס עם באשיר",
    "סיפור על אהבה וחושך ועוד מילים רבות שאינן נגמרות לעולם",
    "Летят журавли",
    "Необыкновенные приключения мистера Веста в стране большевиков",
    "Человек с киноаппаратом",
    "Το Βλέμμα του Οδυσσέα",
    "Ο Θίασος και το Μετέωρο Βήμα του Πελαργού στην Ομίχλη",
    "ลุงบุญมีระลึกชาติ",
    "สัตว์ประหลาดและเรื่องราวอีกมากมายในป่าลึกที่ไม่มีวันจบสิ้น",
    "पाथेर पांचाली",
    "दिलवाले दुल्हनिया ले जायेंगे",
    "পথের পাঁচালী",
    "நாயகன்",
    "შერეკილები",
    "Ամենալայն գետը",
    "😀 Emoji 🎬🍿",
    "Ëxtrêmë Dîäçrïtïçš ÁÉÍÓÚ ŐŰ ŠČŘŽ",
    "Q́̂̃̄̆̇̈͜ůnder ąçcents",
};

static const char *const genres[STYLES] = {"Drama",  "Sci-Fi",      "Western",
                                           "Action", "Documentary", "Romance"};

typedef struct film_list {
    char *names[FILMS_MOST];
    int count;
} film_list;

static void add_film(film_list *out, const char *name, size_t length)
{
    if (out->count < FILMS_MOST)
        out->names[out->count++] = reel__strndup(name, length);
}

static int longer_first(const void *a, const void *b)
{
    const size_t x = strlen(*(char *const *)a), y = strlen(*(char *const *)b);

    return x < y ? 1 : x > y ? -1 : 0;
}

/* The longest titles of a MovieLens file, when there is one. */
static void add_longest(film_list *out, const char *file)
{
    static char *names[20000];
    const char *folder = getenv("REEL_TEST_DATA");
    reel_file_map map = {0};
    char path[1024];
    int count = 0;

    if (folder == NULL) {
        (void)fprintf(stderr, "REEL_TEST_DATA is unset: without the titles of %s\n", file);
        return;
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    if (reel__file_map_open(&map, path, NULL) != REEL_OK)
        return;
    for (const char *at = (const char *)map.data, *end = at + map.size_bytes; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *name = memmem(at, (size_t)(end - at), "::", 2);

        if (stop == NULL)
            break;
        if (name != NULL && name < stop && count < 20000) {
            const char *close = memmem(name + 2, (size_t)(stop - name - 2), "::", 2);

            names[count++] =
                reel__strndup(name + 2, (size_t)((close == NULL ? stop : close) - name - 2));
        }
        at = stop + 1;
    }
    qsort(names, (size_t)count, sizeof *names, longer_first);
    for (int i = 0; i < count; i++) {
        if (i < LONGEST)
            add_film(out, names[i], strlen(names[i]));
        reel__free(names[i]);
    }
    reel__file_map_close(&map);
}

/* The longest of the bundled catalogue. */
static void add_sample(film_list *out)
{
    static char *names[2000];
    reel_file_map map;
    int count = 0;

    assert_int_equal(reel__file_map_open(&map, "data/sample/films.jsonl", NULL), REEL_OK);
    for (const char *at = (const char *)map.data, *end = at + map.size_bytes; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at)), *name = NULL;
        json_t *film = NULL;

        if (stop == NULL || count == 2000)
            break;
        assert_int_equal(reel__json_parse(&film, at, (size_t)(stop - at), 20, NULL), REEL_OK);
        assert_int_equal(reel__json_get_text(film, "title", &name, NULL), REEL_OK);
        names[count++] = reel__strdup(name);
        json_decref(film);
        at = stop + 1;
    }
    reel__file_map_close(&map);
    qsort(names, (size_t)count, sizeof *names, longer_first);
    for (int i = 0; i < count; i++) {
        if (i < LONGEST)
            add_film(out, names[i], strlen(names[i]));
        reel__free(names[i]);
    }
}

/* A page with all posters, and a script that writes what lies outside of them. */
static void write_page(const film_list *films, reel_buf *page)
{
    static const char script[] =
        "<pre id='found'></pre><script>let bad=[],texts=0;"
        "document.querySelectorAll('svg[role=img]').forEach(s=>{"
        "let below=[];s.querySelectorAll('text').forEach(t=>{texts++;"
        "const b=t.getBBox();below.push(b);"
        "if(!(b.x>=6&&b.y>=-2&&b.x+b.width<=394&&b.y+b.height<=602))"
        "bad.push(s.getAttribute('aria-label')+' ['+s.parentNode.id+'] '+"
        "[b.x,b.y,b.x+b.width,b.y+b.height].map(Math.round));"
        "if(!(b.width>0))bad.push(s.getAttribute('aria-label')+' has an empty line');});});"
        "document.getElementById('found').textContent="
        "'BOXES '+texts+' outside '+bad.length+'\\n'+bad.join('\\n')+'\\nEND';</script>";

    reel__buf_text(page, "<!DOCTYPE html><meta charset='utf-8'><body>");
    for (int i = 0; i < films->count * STYLES; i++) {
        const char *name = films->names[i / STYLES];
        const reel_movie movie = {.id = i,
                                  .title = name,
                                  .name = name,
                                  .genres = genres[i % STYLES],
                                  .directors =
                                      i % 3 == 0 ? name : "Florian Henckel von Donnersmarck",
                                  .overview = "",
                                  .tagline = "",
                                  .keywords = "",
                                  .cast = "",
                                  .tags = "",
                                  .original_title = "",
                                  .language = "",
                                  .release_date = "",
                                  .poster_path = "",
                                  .backdrop_path = "",
                                  .trailer_key = "",
                                  .year = 1890 + i % 140};
        reel_err err;

        reel__buf_format(page, "<div id='film%d'>", i);
        assert_ok(reel__poster_svg(page, &movie, &err));
        reel__buf_text(page, "</div>");
    }
    reel__buf_text(page, script);
    assert_false(page->failed);
}

/* What Chromium makes of the page; false: there is no Chromium. */
static bool dump(reel_buf *out, const char *path)
{
    char command[1024];
    char piece[4096];
    size_t got;
    FILE *pipe;

    (void)snprintf(
        command, sizeof command,
        "for c in \"$REEL_CHROMIUM\" chromium chromium-browser google-chrome; do "
        "command -v \"$c\" >/dev/null 2>&1 || continue; "
        "exec \"$c\" --headless=new --no-sandbox --disable-gpu --virtual-time-budget=9000 "
        "--user-data-dir='%s' --dump-dom 'file://%s' 2>/dev/null; done; exit 77",
        temp_path("profile"), path);
    pipe = popen(command, "r"); /* NOLINT(cert-env33-c) */
    assert_non_null(pipe);
    while ((got = fread(piece, 1, sizeof piece, pipe)) > 0)
        reel__buf_append(out, piece, got);
    return WEXITSTATUS(pclose(pipe)) != 77;
}

static void test_boxes(void **state)
{
    film_list films = {.count = 0};
    reel_buf page, dom;
    const char *found, *end;
    int texts = 0, outside = -1;

    (void)state;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        add_film(&films, titles[i], strlen(titles[i]));
    add_sample(&films);
    add_longest(&films, "ml-1m/movies.dat");
    reel__buf_init(&page, OUTPUT_MOST);
    reel__buf_init(&dom, OUTPUT_MOST);
    write_page(&films, &page);
    if (!dump(&dom, temp_write_bytes("posters.html", page.data, page.length))) {
        (void)fprintf(stderr, "skipped: there is no Chromium\n");
        exit(77);
    }
    found = dom.failed ? NULL : strstr(dom.data, "BOXES ");
    while (found != NULL && sscanf(found, "BOXES %d outside %d", &texts, &outside) != 2)
        found = strstr(found + 1, "BOXES ");
    assert_non_null(found);
    end = strstr(found, "\nEND");
    assert_non_null(end);
    if (outside != 0)
        fail_msg("%.*s", (int)(end - found), found);
    assert_true(texts > films.count * STYLES * 2);
    for (int i = 0; i < films.count; i++)
        reel__free(films.names[i]);
    reel__buf_fini(&page);
    reel__buf_fini(&dom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_boxes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
