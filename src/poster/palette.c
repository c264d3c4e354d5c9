/* palette.c - colours in OKLCH (lightness, chroma, hue; Ottosson 2020), where shifting one leaves
 * the others as they look. A genre has two dark schemes and a light one; a decade bends all of them
 * towards its own hues and strength, as film stock and printing did: silent films are monochrome,
 * the fifties technicolor, the eighties neon.
 */
#include "poster/palette_priv.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct lch {
    double lightness, chroma, hue; /* 0..1, 0..0.37, degrees */
} lch;

/* Percent, thousandths, degrees: ground, deep, form, accent, light. */
typedef struct scheme {
    int16_t tones[5][3];
} scheme;

enum { SCHEMES = 3 }; /* two dark ones, then a light one */

/* clang-format off */
static const scheme schemes[GENRE_COUNT][SCHEMES] = {
    [GENRE_NOIR] = {{{{20, 12, 260}, {11,  8, 260}, {78, 30,  85}, {60, 190,  28}, {94, 20,  90}}},
                    {{{26, 30, 235}, {13, 20, 245}, {72, 45, 220}, {83, 140,  85}, {95, 15, 100}}},
                    {{{80, 25,  85}, {18, 12,  60}, {34, 15,  60}, {55, 195,  28}, {95, 15,  90}}}},
    [GENRE_WESTERN] = {{{{66, 130, 55}, {24, 55, 38}, {88, 110, 85}, {48, 160, 32}, {95, 45, 88}}},
                       {{{52, 60, 205}, {26, 45, 45}, {80, 145, 70}, {62, 180, 42}, {95, 40, 85}}},
                       {{{86, 75, 80}, {30, 65, 35}, {68, 185, 48}, {50, 150, 30}, {96, 35, 90}}}},
    [GENRE_MUSICAL] = {{{{30, 110, 300}, {20, 80, 295}, {78, 150, 75}, {68, 200, 10}, {95, 30, 80}}},
                       {{{34, 125, 15}, {20, 80, 10}, {84, 120, 85}, {72, 130, 195}, {95, 30, 80}}},
                       {{{88, 70, 85}, {28, 90, 290}, {58, 200, 15}, {62, 130, 195}, {97, 20, 90}}}},
    [GENRE_DOCUMENTARY] = {{{{28, 25, 240}, {17, 18, 250}, {80, 45, 85}, {68, 170, 50}, {95, 12, 90}}},
                           {{{34, 45, 165}, {20, 30, 170}, {84, 70, 95}, {72, 150, 55}, {95, 20, 95}}},
                           {{{90, 18, 85}, {22, 15, 60}, {42, 60, 230}, {62, 190, 40}, {97, 8, 90}}}},
    [GENRE_ANIMATION] = {{{{42, 130, 285}, {26, 110, 285}, {82, 140, 85}, {72, 175, 25}, {96, 25, 90}}},
                         {{{48, 100, 200}, {28, 75, 220}, {84, 140, 95}, {70, 185, 15}, {96, 25, 95}}},
                         {{{89, 75, 95}, {30, 100, 280}, {66, 160, 220}, {68, 200, 30}, {98, 15, 90}}}},
    [GENRE_HORROR] = {{{{15, 22, 20}, {8, 10, 20}, {48, 195, 27}, {80, 90, 90}, {92, 20, 85}}},
                      {{{20, 38, 160}, {10, 22, 160}, {74, 160, 128}, {56, 200, 28}, {93, 30, 110}}},
                      {{{50, 200, 27}, {12, 15, 20}, {16, 20, 20}, {90, 60, 85}, {95, 25, 85}}}},
    [GENRE_SCIFI] = {{{{20, 65, 270}, {12, 48, 275}, {66, 130, 245}, {76, 165, 55}, {95, 20, 240}}},
                     {{{24, 50, 205}, {13, 35, 215}, {80, 110, 185}, {66, 205, 35}, {95, 20, 190}}},
                     {{{88, 30, 230}, {25, 75, 265}, {42, 120, 262}, {68, 195, 38}, {98, 10, 230}}}},
    [GENRE_WAR] = {{{{27, 32, 115}, {15, 20, 110}, {66, 65, 110}, {56, 195, 30}, {92, 30, 95}}},
                   {{{24, 22, 60}, {13, 12, 50}, {70, 50, 70}, {60, 185, 35}, {92, 25, 85}}},
                   {{{82, 40, 95}, {20, 25, 100}, {42, 55, 118}, {54, 200, 28}, {95, 20, 90}}}},
    [GENRE_FANTASY] = {{{{27, 95, 290}, {16, 75, 288}, {60, 150, 305}, {85, 140, 88}, {95, 30, 300}}},
                       {{{29, 65, 195}, {16, 50, 205}, {62, 115, 175}, {84, 140, 80}, {95, 35, 100}}},
                       {{{87, 45, 310}, {27, 95, 295}, {52, 140, 300}, {76, 150, 65}, {97, 15, 320}}}},
    [GENRE_MYSTERY] = {{{{23, 48, 245}, {12, 30, 250}, {52, 75, 235}, {86, 145, 92}, {95, 25, 95}}},
                       {{{25, 55, 320}, {13, 38, 320}, {56, 95, 330}, {86, 130, 85}, {95, 22, 90}}},
                       {{{83, 40, 190}, {22, 45, 225}, {42, 70, 215}, {66, 165, 55}, {96, 15, 190}}}},
    [GENRE_ROMANCE] = {{{{36, 120, 8}, {22, 80, 5}, {70, 175, 18}, {84, 110, 75}, {95, 25, 60}}},
                       {{{28, 70, 335}, {17, 50, 330}, {66, 170, 5}, {82, 110, 65}, {95, 25, 40}}},
                       {{{90, 45, 35}, {30, 90, 5}, {66, 185, 20}, {56, 140, 350}, {97, 15, 60}}}},
    [GENRE_CRIME] = {{{{19, 15, 250}, {10, 8, 250}, {62, 30, 240}, {62, 215, 32}, {94, 12, 90}}},
                     {{{24, 30, 190}, {12, 20, 195}, {70, 50, 170}, {80, 160, 85}, {94, 20, 100}}},
                     {{{84, 120, 92}, {16, 20, 70}, {25, 22, 60}, {58, 210, 30}, {97, 30, 95}}}},
    [GENRE_CHILDREN] = {{{{52, 120, 240}, {32, 95, 255}, {86, 150, 92}, {68, 200, 28}, {97, 20, 95}}},
                        {{{50, 115, 155}, {30, 80, 160}, {86, 145, 92}, {70, 185, 35}, {97, 25, 100}}},
                        {{{91, 75, 92}, {32, 90, 255}, {68, 145, 235}, {66, 205, 28}, {98, 12, 90}}}},
    [GENRE_ADVENTURE] = {{{{32, 70, 200}, {19, 48, 210}, {64, 95, 185}, {78, 160, 65}, {95, 40, 85}}},
                         {{{36, 80, 40}, {21, 55, 32}, {70, 140, 55}, {84, 120, 85}, {95, 35, 85}}},
                         {{{88, 50, 90}, {26, 55, 190}, {52, 95, 185}, {66, 180, 45}, {97, 20, 90}}}},
    [GENRE_THRILLER] = {{{{18, 18, 265}, {9, 10, 265}, {56, 210, 29}, {90, 40, 85}, {95, 12, 90}}},
                        {{{22, 45, 225}, {11, 30, 230}, {78, 100, 200}, {64, 215, 35}, {95, 15, 200}}},
                        {{{66, 185, 45}, {13, 12, 50}, {17, 15, 45}, {96, 30, 90}, {97, 20, 90}}}},
    [GENRE_COMEDY] = {{{{58, 150, 28}, {32, 110, 22}, {88, 130, 90}, {94, 30, 90}, {97, 20, 90}}},
                      {{{45, 100, 215}, {26, 75, 230}, {87, 140, 92}, {70, 190, 25}, {97, 20, 95}}},
                      {{{88, 140, 92}, {26, 60, 275}, {62, 205, 27}, {60, 130, 225}, {98, 25, 95}}}},
    [GENRE_ACTION] = {{{{17, 20, 275}, {9, 12, 275}, {64, 215, 38}, {86, 165, 88}, {96, 25, 95}}},
                      {{{46, 190, 28}, {16, 45, 20}, {88, 150, 88}, {15, 20, 20}, {97, 25, 90}}},
                      {{{82, 165, 82}, {14, 15, 60}, {20, 20, 50}, {58, 220, 30}, {98, 25, 90}}}},
    [GENRE_DRAMA] = {{{{34, 60, 250}, {21, 42, 255}, {78, 90, 70}, {66, 155, 40}, {95, 20, 85}}},
                     {{{38, 75, 30}, {23, 52, 25}, {82, 80, 75}, {72, 110, 200}, {95, 25, 80}}},
                     {{{87, 38, 80}, {24, 30, 50}, {56, 125, 38}, {46, 80, 225}, {97, 14, 85}}}},
    [GENRE_NONE] = {{{{24, 30, 70}, {13, 18, 65}, {84, 100, 82}, {70, 160, 60}, {96, 25, 90}}},
                    {{{28, 40, 280}, {15, 28, 280}, {82, 90, 85}, {68, 150, 20}, {96, 20, 90}}},
                    {{{88, 40, 85}, {22, 25, 70}, {40, 60, 60}, {64, 180, 50}, {97, 15, 90}}}},
};
/* clang-format on */

/* How a decade printed. */
typedef struct decade {
    int32_t last_year;
    double chroma;   /* factor on every colour's strength */
    double pull;     /* 0..1: how far hues move towards the nearest of the two below */
    double hues[2];  /* degrees */
    double ground;   /* added to the lightness of dark grounds */
    double light;    /* how often the light scheme is taken */
    double flat_hue; /* >= 0: every colour gets this hue (toned monochrome) */
} decade;

static const decade eras[] = {
    {1929, 0.22, 0.0, {0, 0}, -0.02, 0.40, 75},    /* silent: toned black and white */
    {1939, 0.55, 0.30, {85, 25}, -0.03, 0.35, -1}, /* gold, ivory, lacquer */
    {1949, 0.50, 0.25, {35, 250}, -0.05, 0.25, -1},
    {1959, 1.25, 0.10, {25, 200}, 0.03, 0.40, -1},   /* technicolor */
    {1969, 1.12, 0.25, {45, 350}, 0.06, 0.62, -1},   /* offset poster, flat and bright */
    {1979, 0.85, 0.50, {55, 95}, 0.02, 0.42, -1},    /* brown, orange, mustard */
    {1989, 1.30, 0.55, {330, 215}, -0.03, 0.10, -1}, /* neon on night */
    {1999, 0.82, 0.22, {145, 35}, -0.02, 0.30, -1},
    {2009, 0.88, 0.28, {235, 55}, -0.03, 0.28, -1}, /* steel and orange */
    {2019, 1.00, 0.08, {20, 200}, 0.03, 0.50, -1},
    {INT32_MAX, 1.12, 0.25, {310, 35}, 0.02, 0.40, -1},
};

static const decade *era_of(int32_t year)
{
    static const decade unknown = {0, 1.0, 0.0, {0, 0}, 0.0, 0.35, -1};
    size_t i = 0;

    if (year <= 0)
        return &unknown;
    while (year > eras[i].last_year)
        i++;
    return &eras[i];
}

/* ---- colour arithmetic --------------------------------------------------------------------- */

/* Linear sRGB of OKLCH; parts outside 0..1 are outside the gamut. */
static void to_linear(double out[3], lch color)
{
    const double turn = color.hue * 0.017453292519943295;
    const double a = color.chroma * cos(turn), b = color.chroma * sin(turn);
    const double l = color.lightness + 0.3963377774 * a + 0.2158037573 * b;
    const double m = color.lightness - 0.1055613458 * a - 0.0638541728 * b;
    const double s = color.lightness - 0.0894841775 * a - 1.2914855480 * b;
    const double l3 = l * l * l, m3 = m * m * m, s3 = s * s * s;

    out[0] = 4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3;
    out[1] = -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3;
    out[2] = -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3;
}

static uint32_t to_byte(double linear)
{
    const double x = linear <= 0.0 ? 0.0 : linear >= 1.0 ? 1.0 : linear;
    const double s = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055;

    return (uint32_t)(s * 255.0 + 0.5);
}

/* Less chroma until the colour can be shown; lightness and hue stay. */
static uint32_t to_rgb(lch color)
{
    double part[3];

    for (int i = 0; i < 12; i++) {
        to_linear(part, color);
        if (fmin(part[0], fmin(part[1], part[2])) >= -0.002 &&
            fmax(part[0], fmax(part[1], part[2])) <= 1.002)
            break;
        color.chroma *= 0.9;
    }
    return to_byte(part[0]) << 16 | to_byte(part[1]) << 8 | to_byte(part[2]);
}

static double luminance(uint32_t rgb)
{
    static const double weights[3] = {0.2126, 0.7152, 0.0722};
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        const double s = (rgb >> (16 - 8 * i) & 255) / 255.0;

        sum += weights[i] * (s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double reel__palette_contrast(uint32_t a, uint32_t b)
{
    const double x = luminance(a), y = luminance(b);

    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

/* Signed way from one hue to another, -180 .. 180. */
static double hue_way(double from, double to)
{
    return remainder(to - from, 360.0);
}

static lch bend(lch color, const decade *era, double turn)
{
    double way;

    color.hue += turn;
    color.chroma *= era->chroma;
    if (era->flat_hue >= 0) {
        color.hue = era->flat_hue;
        color.chroma = fmin(color.chroma, 0.03);
        return color;
    }
    way = hue_way(color.hue, era->hues[0]);
    if (fabs(hue_way(color.hue, era->hues[1])) < fabs(way))
        way = hue_way(color.hue, era->hues[1]);
    color.hue += era->pull * way;
    return color;
}

static lch mix(lch a, lch b, double share)
{
    lch out = {a.lightness + share * (b.lightness - a.lightness),
               a.chroma + share * (b.chroma - a.chroma), 0};

    out.hue = a.hue + share * hue_way(a.hue, b.hue);
    return out;
}

/* Form and accent must be seen on the ground, and apart from each other. */
static void separate(lch tones[5])
{
    static const double least[5] = {0, 0, 0.22, 0.16, 0};
    const double ground = tones[TONE_GROUND].lightness;

    for (int i = TONE_FORM; i <= TONE_ACCENT; i++) {
        const double gap = tones[i].lightness - ground;

        if (fabs(gap) < least[i] && tones[i].chroma < 0.30)
            tones[i].lightness = ground + (gap < 0 && ground > 0.45 ? -least[i] : least[i]);
    }
    if (fabs(tones[TONE_FORM].lightness - tones[TONE_ACCENT].lightness) < 0.06 &&
        fabs(hue_way(tones[TONE_FORM].hue, tones[TONE_ACCENT].hue)) < 25)
        tones[TONE_ACCENT].lightness += tones[TONE_ACCENT].lightness < 0.6 ? 0.14 : -0.14;
}

reel_palette reel__palette_make(reel_genre genre, int32_t year, bool night, reel_rng *rng)
{
    const decade *era = era_of(year);
    const bool light = reel__rng_unit(rng) < era->light && !night;
    const scheme *base = &schemes[genre][light ? 2 : reel__rng_below(rng, 2)];
    const bool vivid = reel__rng_unit(rng) < 0.2 && !night;
    const double turn = reel__rng_unit(rng) * 50 - 25;
    const double lift = reel__rng_unit(rng) * 0.06 - 0.03;
    reel_palette out;
    lch tones[5];

    for (int i = 0; i < 5; i++) {
        tones[i] = (lch){base->tones[i][0] / 100.0, base->tones[i][1] / 1000.0, base->tones[i][2]};
        tones[i] = bend(tones[i], era, turn);
    }
    if (vivid) { /* the form's colour as the ground */
        const lch ground = tones[TONE_GROUND];

        tones[TONE_GROUND] = tones[TONE_FORM];
        tones[TONE_FORM] = ground;
    }
    tones[TONE_GROUND].lightness += lift + (light || vivid ? 0 : era->ground);
    separate(tones);
    for (int i = 0; i < 5; i++)
        out.rgb[i] = to_rgb(tones[i]);
    out.rgb[TONE_VEIL] = to_rgb(mix(tones[TONE_GROUND], tones[TONE_FORM], 0.35));
    out.rgb[TONE_HAZE] = to_rgb(mix(tones[TONE_GROUND], tones[TONE_FORM], 0.14));
    return out;
}

uint32_t reel__palette_ink(const reel_palette *palette, reel_tone on)
{
    const uint32_t back = palette->rgb[on];
    const uint32_t light = palette->rgb[TONE_LIGHT], deep = palette->rgb[TONE_DEEP];
    const double of_light = reel__palette_contrast(light, back);
    const double of_deep = reel__palette_contrast(deep, back);

    if (of_light >= 4.5 && (of_light >= of_deep || of_deep < 7))
        return light;
    if (of_deep >= 4.5)
        return deep;
    return reel__palette_contrast(0xffffff, back) >= reel__palette_contrast(0x050505, back)
               ? 0xffffff
               : 0x050505;
}
