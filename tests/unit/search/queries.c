/* What people type finds the film they mean: over the bundled films and, where REEL_TEST_DATA says
 * where they are, MovieLens 1M with TMDb's metadata. Each line: what is typed, the film, how far
 * down it may stand, where and how it is found.
 */
#include "service/engine/search.h"
#include "support/check.h"
#include "support/temp.h"
#include "support/world.h"

typedef struct question {
    const char *typed, *film;
    size_t place; /* 1 = first */
    reel_search_field field;
    reel_search_how how;
} question;

enum { SHOWN = 10 };
#define TITLE    REEL_FOUND_TITLE
#define OTHER    REEL_FOUND_OTHER_TITLE
#define PERSON   REEL_FOUND_PERSON
#define KEYWORD  REEL_FOUND_KEYWORD
#define OVERVIEW REEL_FOUND_OVERVIEW
#define YEAR     REEL_FOUND_YEAR
#define EXACT    REEL_FOUND_EXACT
#define PREFIX   REEL_FOUND_PREFIX
#define WORDS    REEL_FOUND_WORDS
#define TYPO     REEL_FOUND_TYPO

static const question of_sample[] = {
    /* as it is called */
    {"Amélie", "Amélie", 1, TITLE, EXACT},
    {"amelie", "Amélie", 1, TITLE, EXACT},
    {"AMELIE", "Amélie", 1, TITLE, EXACT},
    {"Ame\xCC\x81lie", "Amélie", 1, TITLE, EXACT}, /* the accent as a character of its own */
    {"pans labyrinth", "Pan's Labyrinth", 1, TITLE, EXACT},
    {"leon the professional", "Léon: The Professional", 1, TITLE, EXACT},
    {"  seven   samurai ", "Seven Samurai", 1, TITLE, EXACT},
    {"fanny and alexander", "Fanny & Alexander", 1, TITLE, EXACT},
    {"la jetee", "La Jetée", 1, TITLE, EXACT},
    {"yi yi", "Yi Yi", 1, TITLE, EXACT},
    {"rrr", "RRR", 1, TITLE, EXACT},
    {"et the extra terrestrial", "E.T. the Extra-Terrestrial", 1, TITLE, EXACT},
    /* articles */
    {"matrix", "The Matrix", 1, TITLE, EXACT},
    {"the matrix", "The Matrix", 1, TITLE, EXACT},
    {"matrix, the", "The Matrix", 1, TITLE, EXACT},
    {"a matrix", "The Matrix", 1, TITLE, EXACT},
    {"intouchables", "The Intouchables", 1, TITLE, EXACT},
    /* beginnings */
    {"godf", "The Godfather", 1, TITLE, PREFIX},
    {"the godf", "The Godfather", 1, TITLE, PREFIX},
    {"ame", "Amélie", 3, TITLE, PREFIX},
    {"seven sam", "Seven Samurai", 1, TITLE, PREFIX},
    {"once upon a time in the w", "Once Upon a Time in the West", 1, TITLE, PREFIX},
    {"2001", "2001: A Space Odyssey", 1, TITLE, PREFIX},
    /* some of its words */
    {"hidden dragon", "Crouching Tiger, Hidden Dragon", 1, TITLE, WORDS},
    {"labyrinth pan", "Pan's Labyrinth", 1, TITLE, WORDS},
    {"algiers battle", "The Battle of Algiers", 1, TITLE, WORDS},
    {"caligari", "The Cabinet of Dr. Caligari", 1, TITLE, WORDS},
    {"in mood for love", "In the Mood for Love", 1, TITLE, WORDS},
    /* run together, cut apart, numbers */
    {"starwars", "Star Wars", 1, TITLE, WORDS},
    {"spirited-away", "Spirited Away", 1, TITLE, EXACT},
    {"god father", "The Godfather", 1, TITLE, WORDS},
    /* typos */
    {"godfahter", "The Godfather", 1, TITLE, TYPO},
    {"amleie", "Amélie", 1, TITLE, TYPO},
    {"pan's labirynth", "Pan's Labyrinth", 1, TITLE, TYPO},
    {"seven samuray", "Seven Samurai", 1, TITLE, TYPO},
    {"rashamon", "Rashomon", 1, TITLE, TYPO},
    {"sienfeld samurai seven", "Seven Samurai", 2, TITLE, REEL_FOUND_SOME},
    {"chungkin expres", "Chungking Express", 1, TITLE, TYPO},
    {"spirted away", "Spirited Away", 1, TITLE, TYPO},
    {"nosfertu", "Nosferatu", 1, TITLE, TYPO},
    {"the matirx", "The Matrix", 1, TITLE, TYPO},
    {"jurasic park", "Jurassic Park", 1, TITLE, TYPO},
    {"schindlers lsit", "Schindler's List", 1, TITLE, TYPO},
    /* other titles */
    {"el laberinto del fauno", "Pan's Labyrinth", 1, OTHER, EXACT},
    {"laberinto fauno", "Pan's Labyrinth", 1, OTHER, WORDS},
    {"lola rennt", "Run Lola Run", 1, OTHER, EXACT},
    {"das weisse band", "The White Ribbon", 1, OTHER, EXACT},
    {"weiße band", "The White Ribbon", 1, OTHER, EXACT},
    {"le salaire de la peur", "The Wages of Fear", 1, OTHER, EXACT},
    {"smultronstallet", "Wild Strawberries", 1, OTHER, EXACT},
    {"popiol i diament", "Ashes and Diamonds", 1, OTHER, EXACT},
    {"fabuleux destin", "Amélie", 1, OTHER, PREFIX},
    /* other scripts */
    {"七人の侍", "Seven Samurai", 1, OTHER, EXACT},
    {"七人", "Seven Samurai", 1, OTHER, PREFIX},
    {"侍", "Seven Samurai", 1, OTHER, WORDS},
    {"千と千尋", "Spirited Away", 1, OTHER, PREFIX},
    {"魔女", "Kiki's Delivery Service", 1, OTHER, PREFIX},
    {"ｺﾞｼﾞﾗ", "Godzilla", 2, OTHER, EXACT}, /* half-width */
    {"сталкер", "Stalker", 1, OTHER, EXACT},
    {"СТАЛК", "Stalker", 1, OTHER, PREFIX},
    {"броненосец потемкин", "Battleship Potemkin", 1, OTHER, EXACT},
    {"올드보이", "Oldboy", 1, OTHER, EXACT},
    {"올드", "Oldboy", 1, OTHER, PREFIX},
    {"शोले", "Sholay", 1, OTHER, EXACT},
    {"κυνοδοντας", "Dogtooth", 1, OTHER, EXACT},
    {"باب الحديد", "Cairo Station", 1, OTHER, EXACT},
    {"ואלס", "Waltz with Bashir", 1, OTHER, PREFIX},
    /* years */
    {"godzilla 2023", "Godzilla Minus One", 1, TITLE, PREFIX},
    {"godzilla 1954", "Godzilla", 1, TITLE, EXACT},
    {"all quiet 1930", "All Quiet on the Western Front", 1, TITLE, PREFIX},
    {"moon 1902", "A Trip to the Moon", 1, TITLE, WORDS},
    {"1902", "A Trip to the Moon", 1, YEAR, EXACT},
    {"seven samurai (1954)", "Seven Samurai", 1, TITLE, EXACT},
    {"1954 seven samurai", "Seven Samurai", 1, TITLE, EXACT},
    {"seven samurai 1955", "Seven Samurai", 1, TITLE, EXACT}, /* a year off */
    {"godzilla 202", "Godzilla Minus One", 1, TITLE, WORDS},
    /* people */
    {"guillermo del toro", "Pan's Labyrinth", 2, PERSON, EXACT},
    {"del toro", "Pan's Labyrinth", 2, PERSON, WORDS},
    {"deltoro", "Pan's Labyrinth", 2, PERSON, WORDS},
    {"tarkovsky", "Stalker", 5, PERSON, WORDS},
    {"tarkovski", "Stalker", 5, PERSON, TYPO},
    {"kieslowski", "The Double Life of Veronique", 3, PERSON, WORDS},
    {"wong karwai", "In the Mood for Love", 3, PERSON, WORDS},
    {"tony leung 2000", "In the Mood for Love", 1, PERSON, WORDS},
    {"stalker tarkovsky", "Stalker", 1, PERSON, WORDS},
    {"kurosawa samurai", "Seven Samurai", 1, PERSON, WORDS},
    {"kubrick space", "2001: A Space Odyssey", 1, PERSON, WORDS},
    /* keywords, genres */
    {"time loop", "Run Lola Run", 3, KEYWORD, EXACT},
    {"dinosaur", "Jurassic Park", 2, KEYWORD, EXACT},
    {"brazil gangster", "City of God", 2, KEYWORD, WORDS},
    {"del toro ghost", "The Devil's Backbone", 1, KEYWORD, WORDS},
    {"western 1968", "Once Upon a Time in the West", 1, KEYWORD, EXACT},
    /* words of the overview */
    {"bearded astronomers", "A Trip to the Moon", 1, OVERVIEW, WORDS},
    {"giant cannon shell", "A Trip to the Moon", 1, OVERVIEW, WORDS},
    {"enormous mushr", "A Trip to the Moon", 1, OVERVIEW, WORDS},
};

static const question of_movielens[] = {
    {"matrix", "The Matrix", 1, TITLE, EXACT},
    {"star wars", "Star Wars: Episode IV - A New Hope", 1, OTHER, EXACT},
    {"starwars", "Star Wars: Episode IV - A New Hope", 1, OTHER, WORDS},
    {"star warz", "Star Wars: Episode IV - A New Hope", 1, OTHER, TYPO},
    {"empire strikes back", "Star Wars: Episode V - The Empire Strikes Back", 1, OTHER, EXACT},
    {"schindlers lsit", "Schindler's List", 1, TITLE, TYPO},
    {"goodfelas", "GoodFellas", 1, TITLE, TYPO},
    {"seven", "Seven", 1, TITLE, EXACT},
    {"se7en", "Seven", 1, OTHER, EXACT},
    {"city of lost children", "The City of Lost Children", 1, TITLE, EXACT},
    {"cite des enfants perdus", "The City of Lost Children", 1, OTHER, EXACT},
    {"enfants perdus", "The City of Lost Children", 1, OTHER, WORDS},
    {"mash", "M*A*S*H", 1, TITLE, EXACT},
    {"m*a*s*h", "M*A*S*H", 1, TITLE, EXACT},
    {"la confidential", "L.A. Confidential", 1, TITLE, EXACT},
    {"et", "E.T. the Extra-Terrestrial", 1, TITLE, PREFIX},
    {"dr strangelove", "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", 1,
     TITLE, PREFIX},
    {"terminator two", "Terminator 2: Judgment Day", 1, TITLE, WORDS},
    {"godfather 2", "The Godfather: Part II", 1, TITLE, WORDS},
    {"godfather part two", "The Godfather: Part II", 1, TITLE, WORDS},
    {"rocky iv", "Rocky IV", 1, TITLE, EXACT},
    {"rocky 4", "Rocky IV", 1, TITLE, WORDS},
    {"rocky4", "Rocky IV", 1, TITLE, WORDS},
    {"terminator2", "Terminator 2: Judgment Day", 1, TITLE, PREFIX},
    {"apollo13", "Apollo 13", 1, TITLE, EXACT},
    {"2001 space", "2001: A Space Odyssey", 1, TITLE, WORDS},
    {"1995", "Braveheart", 1, YEAR, EXACT},
    {"199", "American Beauty", 2, YEAR, PREFIX},
    {"love 1994", "Love Affair", 2, TITLE, PREFIX},
    {"titanic 1953", "Titanic", 1, TITLE, EXACT},
    {"titanic", "Titanic", 2, TITLE, EXACT},
    {"lord of rings", "The Lord of the Rings", 1, TITLE, WORDS},
    {"shawshank", "The Shawshank Redemption", 1, TITLE, PREFIX},
    {"shawshenk redemption", "The Shawshank Redemption", 1, TITLE, TYPO},
    {"usual suspects the", "The Usual Suspects", 1, TITLE, EXACT},
    {"a bugs life", "A Bug's Life", 1, TITLE, EXACT},
    {"bug's life, a", "A Bug's Life", 1, TITLE, EXACT},
    {"101 dalmations", "101 Dalmatians", 2, TITLE, TYPO},
    {"one flew over cuckoos nest", "One Flew Over the Cuckoo's Nest", 1, TITLE, WORDS},
    {"butch cassidy sundance", "Butch Cassidy and the Sundance Kid", 1, TITLE, WORDS},
    {"2010 1984", "2010", 1, TITLE, EXACT},
};

static reel_engine *engine;
static reel_session *session;

static void close_data(void)
{
    reel__session_free(session);
    reel__engine_close(engine);
    session = NULL;
    engine = NULL;
}

static void open_data(const reel_load_opts *load, const char *name)
{
    reel_load_report report;
    reel_err err = {0};

    assert_ok(reel__load(load, &report, &err));
    engine = world_open(name);
    session = world_session(engine);
}

static const char *name_of(const reel_found *hit)
{
    return reel_dataset_movie(reel__engine_dataset(engine), hit->movie).name;
}

/* Why the answer is not the one that is meant, or NULL. */
static const char *trouble_with(const question *asked, const reel_search_hits *hits)
{
    size_t place = 0;

    while (place < hits->count && strcmp(name_of(&hits->items[place]), asked->film) != 0)
        place++;
    if (place == hits->count)
        return "is not found";
    if (place >= asked->place)
        return "stands too far down";
    if (hits->items[place].field != asked->field)
        return "is found in another field";
    return hits->items[place].how != asked->how ? "is found in another way" : NULL;
}

static void ask_all(const question *questions, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        reel_search_hits hits;
        const char *trouble;
        reel_err err = {0};

        assert_ok(
            reel__search(session, questions[i].typed, (reel_page){.limit = SHOWN}, &hits, &err));
        trouble = trouble_with(&questions[i], &hits);
        if (trouble == NULL)
            continue;
        wrong++;
        print_error("\"%s\": \"%s\" %s; first:\n", questions[i].typed, questions[i].film, trouble);
        for (size_t k = 0; k < hits.count && k < 4; k++)
            print_error("    %.2f field %d how %d  %s\n", (double)hits.items[k].match,
                        hits.items[k].field, hits.items[k].how, name_of(&hits.items[k]));
    }
    assert_int_equal(wrong, 0);
}

static void films_of_the_sample(void **state)
{
    char folder[TEMP_PATH], database[TEMP_PATH], tmdb[TEMP_PATH + 16];
    const reel_sample_opts sample = {.output = folder, .people = 60, .seed = 1};
    const reel_load_opts load = {
        .movielens = folder, .tmdb = tmdb, .database = database, .simulated = true};
    reel_err err = {0};

    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", temp_path("sample"));
    (void)snprintf(tmdb, sizeof tmdb, "%s/films.jsonl", folder);
    (void)snprintf(database, sizeof database, "%s", temp_path("sample.db"));
    assert_ok(reel__sample_write(&sample, &err));
    open_data(&load, "sample.db");
    ask_all(of_sample, sizeof of_sample / sizeof *of_sample);
    close_data();
}

static void films_of_movielens(void **state)
{
    const char *data = getenv("REEL_TEST_DATA");
    char folder[TEMP_PATH], database[TEMP_PATH], tmdb[TEMP_PATH];
    const reel_load_opts load = {.movielens = folder, .tmdb = tmdb, .database = database};

    (void)state;
    if (data == NULL) {
        print_message("REEL_TEST_DATA is not set: MovieLens 1M is left out\n");
        skip();
    }
    (void)snprintf(folder, sizeof folder, "%s/ml-1m", data);
    (void)snprintf(tmdb, sizeof tmdb, "%s/tmdb/movies.jsonl", data);
    (void)snprintf(database, sizeof database, "%s", temp_path("ml.db"));
    open_data(&load, "ml.db");
    ask_all(of_movielens, sizeof of_movielens / sizeof *of_movielens);
    close_data();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(films_of_the_sample),
        cmocka_unit_test(films_of_movielens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
