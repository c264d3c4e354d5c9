/* poster.c - a poster for a film: which composition, where the title stands, in which colours.
 * Everything is drawn from random numbers seeded with the film's id and name, so that a film always
 * has the same poster and no two films share one.
 */
#include "poster/poster.h"

#include <string.h>

#include "base/hash.h"
#include "poster/art_priv.h"
#include "poster/title_priv.h"

/* ---- genres -------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    reel_genre genre;
} genre_names[] = {
    {"Film-Noir", GENRE_NOIR},          {"Western", GENRE_WESTERN},
    {"Musical", GENRE_MUSICAL},         {"Music", GENRE_MUSICAL},
    {"Documentary", GENRE_DOCUMENTARY}, {"Animation", GENRE_ANIMATION},
    {"Horror", GENRE_HORROR},           {"Sci-Fi", GENRE_SCIFI},
    {"Science Fiction", GENRE_SCIFI},   {"War", GENRE_WAR},
    {"Fantasy", GENRE_FANTASY},         {"Mystery", GENRE_MYSTERY},
    {"Romance", GENRE_ROMANCE},         {"Crime", GENRE_CRIME},
    {"Children", GENRE_CHILDREN},       {"Children's", GENRE_CHILDREN},
    {"Family", GENRE_CHILDREN},         {"Adventure", GENRE_ADVENTURE},
    {"Thriller", GENRE_THRILLER},       {"Comedy", GENRE_COMEDY},
    {"Action", GENRE_ACTION},           {"Drama", GENRE_DRAMA},
    {"History", GENRE_DRAMA},
};

static bool named(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

/* The film's genres, one bit each. */
static uint32_t genres_of(const char *list)
{
    uint32_t found = 0;

    for (const char *at = list; *at != '\0';) {
        const size_t length = strcspn(at, "|");

        for (size_t i = 0; i < sizeof genre_names / sizeof *genre_names; i++)
            if (named(genre_names[i].name, at, length))
                found |= 1u << genre_names[i].genre;
        at += length + (at[length] == '|' ? 1 : 0);
    }
    return found == 0 ? 1u << GENRE_NONE : found;
}

/* The most telling genre, or now and then the next one. */
static reel_genre pick_genre(reel_rng *rng, uint32_t genres, double share)
{
    reel_genre first = GENRE_NONE;
    int seen = 0;

    for (int genre = 0; genre < GENRE_COUNT; genre++) {
        if ((genres >> genre & 1) == 0)
            continue;
        if (seen++ == 0)
            first = (reel_genre)genre;
        if (reel__rng_unit(rng) < share)
            return (reel_genre)genre;
    }
    return first;
}

/* ---- compositions -------------------------------------------------------------------------- */

typedef struct art_choice {
    reel_draw draw;
    reel_tone panel; /* what the title stands on */
    bool below;      /* the title must stand below the art, which grows out of its ground */
    bool night;      /* light falls in it: the ground must be dark */
} art_choice;

enum { COMPOSITIONS_MOST = 5 };

typedef struct genre_look {
    art_choice art[COMPOSITIONS_MOST];
    double serif;    /* how often the title is set in the serif face */
    double capitals; /* how often in capitals */
    double centered;
} genre_look;

static const genre_look looks[GENRE_COUNT] = {
    [GENRE_NOIR] = {{{reel__art_blinds, TONE_DEEP, true, true},
                     {reel__art_lamp, TONE_DEEP, true, true},
                     {reel__art_peek, TONE_DEEP, true, true},
                     {reel__art_city, TONE_DEEP, true, true}},
                    0.6,
                    0.5,
                    0.3},
    [GENRE_WESTERN] = {{{reel__art_low_sun, TONE_DEEP, true},
                        {reel__art_road, TONE_DEEP, true},
                        {reel__art_cactus, TONE_DEEP, true}},
                       0.8,
                       0.7,
                       0.8},
    [GENRE_MUSICAL] = {{{reel__art_staves, TONE_GROUND, false},
                        {reel__art_record, TONE_GROUND, false},
                        {reel__art_spots, TONE_DEEP, true, true}},
                       0.7,
                       0.3,
                       0.6},
    [GENRE_DOCUMENTARY] = {{{reel__art_strip, TONE_GROUND, false},
                            {reel__art_sheet, TONE_GROUND, false},
                            {reel__art_waves, TONE_GROUND, true}},
                           0.2,
                           0.5,
                           0.2},
    [GENRE_ANIMATION] = {{{reel__art_blobs, TONE_GROUND, false},
                          {reel__art_creatures, TONE_DEEP, true}},
                         0.3,
                         0.3,
                         0.7},
    [GENRE_HORROR] = {{{reel__art_shards, TONE_DEEP, false},
                       {reel__art_teeth, TONE_DEEP, true},
                       {reel__art_drips, TONE_GROUND, true},
                       {reel__art_eye, TONE_GROUND, false}},
                      0.7,
                      0.5,
                      0.6},
    [GENRE_SCIFI] = {{{reel__art_orbits, TONE_GROUND, false, true},
                      {reel__art_planet, TONE_FORM, false, true},
                      {reel__art_eclipse, TONE_GROUND, false},
                      {reel__art_alignment, TONE_GROUND, false, true},
                      {reel__art_plain, TONE_DEEP, true, true}},
                     0.15,
                     0.8,
                     0.6},
    [GENRE_WAR] = {{{reel__art_grid, TONE_GROUND, false},
                    {reel__art_ranks, TONE_DEEP, true},
                    {reel__art_bars, TONE_DEEP, true}},
                   0.4,
                   0.7,
                   0.3},
    [GENRE_FANTASY] = {{{reel__art_arches, TONE_DEEP, true},
                        {reel__art_towers, TONE_DEEP, true},
                        {reel__art_tree, TONE_DEEP, true}},
                       0.9,
                       0.3,
                       0.8},
    [GENRE_MYSTERY] = {{{reel__art_keyhole, TONE_GROUND, false, true},
                        {reel__art_door, TONE_DEEP, true, true},
                        {reel__art_maze, TONE_GROUND, false}},
                       0.8,
                       0.3,
                       0.5},
    [GENRE_ROMANCE] = {{{reel__art_discs, TONE_GROUND, false},
                        {reel__art_discs, TONE_GROUND, false},
                        {reel__art_halves, TONE_GROUND, false},
                        {reel__art_petals, TONE_GROUND, false}},
                       0.9,
                       0.1,
                       0.6},
    [GENRE_CRIME] = {{{reel__art_city, TONE_DEEP, true, true},
                      {reel__art_stairs, TONE_DEEP, true},
                      {reel__art_peek, TONE_DEEP, true, true},
                      {reel__art_blinds, TONE_DEEP, true, true},
                      {reel__art_lamp, TONE_DEEP, true, true}},
                     0.3,
                     0.7,
                     0.2},
    [GENRE_CHILDREN] = {{{reel__art_blocks, TONE_GROUND, true},
                         {reel__art_balloons, TONE_DEEP, true}},
                        0.3,
                        0.2,
                        0.7},
    [GENRE_ADVENTURE] = {{{reel__art_ridges, TONE_DEEP, true},
                          {reel__art_sail, TONE_DEEP, true},
                          {reel__art_compass, TONE_GROUND, false}},
                         0.6,
                         0.5,
                         0.5},
    [GENRE_THRILLER] = {{{reel__art_spiral, TONE_GROUND, false},
                         {reel__art_tunnel, TONE_GROUND, false, true},
                         {reel__art_thread, TONE_GROUND, false}},
                        0.3,
                        0.6,
                        0.3},
    [GENRE_COMEDY] = {{{reel__art_bounce, TONE_GROUND, true},
                       {reel__art_tiles, TONE_GROUND, false},
                       {reel__art_smile, TONE_GROUND, false},
                       {reel__art_disguise, TONE_GROUND, false},
                       {reel__art_juggle, TONE_DEEP, true}},
                      0.5,
                      0.2,
                      0.5},
    [GENRE_ACTION] = {{{reel__art_speed, TONE_DEEP, false},
                       {reel__art_burst, TONE_GROUND, false},
                       {reel__art_chevrons, TONE_GROUND, false}},
                      0.05,
                      0.95,
                      0.4},
    [GENRE_DRAMA] = {{{reel__art_form, TONE_GROUND, false},
                      {reel__art_form, TONE_GROUND, false},
                      {reel__art_form, TONE_GROUND, false},
                      {reel__art_rows, TONE_GROUND, false},
                      {reel__art_echo, TONE_GROUND, false}},
                     0.8,
                     0.15,
                     0.4},
    [GENRE_NONE] = {{{reel__art_beam, TONE_DEEP, true, true}}, 0.7, 0.3, 0.5},
};

static const art_choice *pick_composition(reel_rng *rng, const genre_look *look)
{
    uint64_t count = 0;

    while (count < COMPOSITIONS_MOST && look->art[count].draw != NULL)
        count++;
    return &look->art[reel__rng_below(rng, count)];
}

/* ---- the poster ---------------------------------------------------------------------------- */

static void write_rect(reel_buf *out, uint32_t rgb, double y, double height)
{
    reel__buf_format(out, "<rect y=\"%.1f\" width=\"400\" height=\"%.1f\" fill=\"#%06x\"/>", y,
                     height, rgb);
}

static void place_art(reel_art *art, const art_choice *composition, double title_height)
{
    art->title_below = composition->below || reel__art_chance(art, 0.72);
    art->top = art->title_below ? 0 : title_height;
    art->bottom = art->title_below ? POSTER_HEIGHT - title_height : POSTER_HEIGHT;
    art->mid = (art->top + art->bottom) / 2;
    art->height = art->bottom - art->top;
}

reel_code reel__poster_svg(reel_buf *out, const reel_movie *movie, reel_err *err)
{
    const uint32_t genres = genres_of(movie->genres);
    reel_art art = {.out = out};
    const art_choice *composition;
    const genre_look *look;
    reel_title title;
    reel_style style;
    double title_top;

    art.rng =
        reel__rng_make((uint64_t)movie->id, reel__hash64(movie->name, strlen(movie->name), 1));
    look = &looks[pick_genre(&art.rng, genres, 0.84)];
    composition = pick_composition(&art.rng, look);
    art.palette = reel__palette_make(pick_genre(&art.rng, genres, 0.75), movie->year,
                                     composition->night, &art.rng);
    style = (reel_style){
        .face = reel__art_chance(&art, look->serif) ? FACE_SERIF : FACE_SANS,
        .capitals = reel__art_chance(&art, look->capitals),
        .centered = reel__art_chance(&art, look->centered),
        .rule = reel__art_chance(&art, 0.3),
    };
    reel__title_layout(&title, movie, style);
    place_art(&art, composition, title.height);
    title_top = art.title_below ? art.bottom : 0;

    reel__buf_text(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 600\" "
                        "width=\"400\" height=\"600\" role=\"img\" aria-label=\"");
    reel__title_label(out, movie);
    reel__buf_text(out, "\">");
    write_rect(out, art.palette.rgb[TONE_GROUND], 0, POSTER_HEIGHT);
    /* Art runs on under the panel, so that no seam shows where it has the panel's colour and the
     * edge falls between two pixels. */
    reel__group_window(&art, 0, art.title_below ? 0 : art.top - UNDERLAP, POSTER_WIDTH,
                       art.height + UNDERLAP);
    composition->draw(&art);
    reel__window_end(&art);
    write_rect(out, art.palette.rgb[composition->panel], title_top, title.height);
    reel__title_write(out, &title, title_top, reel__palette_ink(&art.palette, composition->panel),
                      art.palette.rgb[composition->panel == TONE_ACCENT ? TONE_FORM : TONE_ACCENT]);
    reel__buf_text(out, "</svg>\n");
    return reel__buf_check(out, err);
}
