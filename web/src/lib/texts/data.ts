// The sentences of the page about the data, which come with it. What a chart shows is its title.
import { dates, decimal, lang, number, numbers, percent, plural, printed } from "../format";
import { periodOf, type CellKind } from "../data";
import { t } from ".";

const share = (value: number) => {
  const fine = value > 0 && (value < 0.01 || value > 0.95) && value < 1;
  return percent(value, fine ? 1 : 0);
};
const real = (value: number) => decimal(value, Math.abs(value) >= 100 ? 0 : 2);
// Edges of bins that are parts of a power of ten.
export const rough = numbers({ maximumSignificantDigits: 2 });
const twoDigits = numbers({ maximumFractionDigits: 2 });
// On axes: 25k, 1.5M.
const brief = (value: number) => {
  const [n, sign] = Math.abs(value) >= 1e6 ? [value / 1e6, "M"] : Math.abs(value) >= 1e4 ? [value / 1e3, "k"] : [value, ""];
  return twoDigits(n) + sign;
};
const written = { text: String, count: number, number: String, real, stars: numbers({ maximumFractionDigits: 1 }), share };

export const cell = (kind: CellKind, value: string | number | null): string =>
  value === null ? "" : typeof value === "string" ? value : written[kind](value);
export { brief, real, share };

const days = dates({ day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const months = dates({ month: "long", year: "numeric", timeZone: "UTC" });

function period(text: string, quarters: (quarter: number, year: number) => string): string {
  const { year, quarter, month, day } = periodOf(text);
  if (quarter !== undefined) return quarters(quarter, year);
  if (month === undefined) return String(year);
  return (day === undefined ? months : days).format(Date.UTC(year, month - 1, day ?? 1));
}

const en = {
  lead: (films: number, people: number, ratings: number) =>
    `${plural(films, "film", "films")}, ${plural(people, "person", "people")}, ${plural(ratings, "rating", "ratings")}.`,
  mean: (mean: number) => `The mean rating is ${real(mean)}`,
  meanOfAll: (mean: number) => `, of all films ${real(mean)}`,
  simulated: "The people and their ratings are simulated.",
  which: "Which films",
  genre: "Genre",
  anyGenre: "All genres",
  years: "Years of release",
  firstYear: "From the year",
  lastYear: "To the year",
  span: (from: number, to: number) => (from === to ? String(from) : `${from}–${to}`),
  all: "All films",
  none: "No film is of that genre and of these years.",
  noGenre: (name: string) => `No film here is of the genre “${name}”. All genres are shown.`,
  noYears: (text: string) => `“${text}” are no years from one to another. All years are shown.`,
  drop: "Leave it out",
  onlyThese: (genre: string) => `Only ${genre}`,
  section: { ratings: "Ratings", people: "People", films: "Films", metadata: "What is said of the films", gaps: "What is missing" },
  absent: (names: string) => `Not known here, so not shown: ${names}.`,
  table: "As a table",
  rowsOf: (shown: number, all: number) => `The first ${number(shown)} of ${plural(all, "row", "rows")}; the saved table has them.`,
  thinned: (rows: number) => `Of ${plural(rows, "row", "rows")}, those that the line needs.`,
  more: (n: number) => `Show ${number(n)}`,
  fewer: "Show fewer",
  scale: "Axis",
  scales: { log: "logarithmic", linear: "linear" },
  by: "By",
  bys: { year: "year", decade: "decade" },
  period: (text: string) => period(text, (quarter, year) => `${["the first", "the second", "the third", "the fourth"][quarter - 1]} quarter of ${year}`),
  name: {
    "ratings-distribution": "ratings by value", "ratings-over-time": "ratings over time", "top-by-rating": "the best films", "most-rated-films": "the most rated films",
    "most-active-people": "the most active people", "activity-long-tail": "the long tail", "activity-concentration": "concentration", sparsity: "sparsity",
    "ratings-by-age": "ratings by age", "ratings-by-gender": "ratings by gender", "ratings-by-occupation": "ratings by occupation",
    "films-per-year": "films by year", "films-per-decade": "films by decade", "genre-frequency": "genres", "genre-cooccurrence": "genres that go together",
    "overview-length": "length of overviews", "vote-average": "votes", "top-by-vote": "the best films by votes", popularity: "popularity",
    "popularity-log": "popularity on a logarithmic axis", "top-by-popularity": "the most popular films", "missing-data": "missing data",
  } as Record<string, string>,
  column: {
    rating: "Rating", ratings: "Ratings", share: "Share", period: "When", mean_rating: "Mean", shown_mean: "Mean of 30 or more", film: "Film", damped_mean: "Damped mean", mean: "Mean",
    share_of_people: "Of all people", person: "Person", share_of_films: "Of all films", of: "Of", rank: "Rank", share_of_them: "The first", share_of_ratings: "Of the ratings",
    people_from: "People from", people_to: "to", films_from: "Films from", films_to: "to", share_rated: "Rated", group: "Who", people: "People", low: "Low", high: "High",
    year: "Year", films: "Films", decade: "Decade", genre: "Genre", with: "With", overlap: "Of those with either", from: "From", to: "to below",
    damped_average: "Damped average", vote_average: "Vote average", votes: "Votes", popularity: "Popularity", property: "What", known: "Known", missing: "Missing", share_known: "Known of all",
  } as Record<string, string>,
  words: {} as Record<string, string>,
  starsFinding: (value: number, of: number) => `${plural(value, "star is", "stars are")} given most often: ${share(of)} of the ratings`,
  starsSay: (value: number, ratings: number, of: number) => `${plural(value, "star", "stars")}: ${number(ratings)}, ${share(of)}`,
  timeFinding: (when: string, ratings: number) => `The most ratings are from ${when}: ${number(ratings)}`,
  timeMeasure: "Ratings; below them their mean, where there are 30 or more",
  timeSay: (when: string, ratings: number, mean: number) => `${when}: ${number(ratings)}${Number.isNaN(mean) ? "" : `, mean ${real(mean)}`}`,
  bestFinding: (film: string, mean: number) => `${film} is rated best: ${real(mean)}`,
  bestNote: "Filled: the mean as if each film had as many ratings more as a film has on average, all of the overall mean. Hollow: the plain mean.",
  votesFinding: (film: string, mean: number) => `${film} has the best votes: ${real(mean)}`,
  votesNote: "TMDb’s average of 0 to 10. Filled: as if each film had as many votes more as a film has on average, all of the overall mean. Hollow: the plain average.",
  mostFinding: (film: string, ratings: number) => `${film} was rated by most: ${number(ratings)} people`,
  meanNote: "Beside the number, the mean rating.",
  activeFinding: (person: number, ratings: number) => `Person ${person} gave most ratings: ${number(ratings)}`,
  person: (id: number) => `Person ${id}`,
  tailFinding: (person: number, film: number) => `The most active person gave ${number(person)} ratings, the most rated film has ${number(film)}`,
  tailMeasure: "Ratings of each person and each film, most first",
  tailSay: (rank: number, parts: string) => `Rank ${number(rank)}: ${parts}`,
  tailPart: (name: string, ratings: number) => `${name} ${number(ratings)}`,
  peopleLine: "people",
  filmsLine: "films",
  rank: "rank",
  shareFinding: (people: number, films: number) => `A tenth of the people gave ${share(people)} of the ratings; a tenth of the films got ${share(films)}`,
  shareMeasure: "Of all ratings, what the most active people and the most rated films hold",
  shareSay: (first: number, people: number, films: number) => `The first ${share(first)}: people ${share(people)}, films ${share(films)}`,
  even: "all equal",
  shareAxis: "of the people or films, most ratings first",
  sparseFinding: (none: number) => `${share(none)} of all pairs of a person and a film have no rating`,
  sparseMeasure: "The stronger the shade, the more pairs are rated",
  sparseSay: (people: string, films: string, of: number) => `People ${people}, films ${films}: ${share(of)} rated`,
  sparsePeople: "people, most active first",
  sparseFilms: "films, most rated first",
  highest: (who: string, high: number, other: string, low: number) => `${who} rate highest, ${real(high)}; ${other} lowest, ${real(low)}`,
  onlyGroup: (who: string, mean: number) => `${who} rate ${real(mean)} on average`,
  age: (group: string) => `People aged ${group}`,
  otherAge: (group: string) => `those aged ${group}`,
  listed: (group: string) => `“${group}”`,
  groupNote: "The line is where the mean lies in 95 of 100 such samples of people; the amber line is the mean of all. Beside the mean, how many people.",
  yearFinding: (year: number, films: number) => `The most films are of ${year}: ${number(films)}`,
  decadeFinding: (decade: number, of: number) => `The ${decade}s brought ${share(of)} of the films`,
  yearSay: (when: string, films: number) => `${when}: ${plural(films, "film", "films")}`,
  decadeName: (decade: number) => `${decade}s`,
  filmsMeasure: "Films by their release",
  genreBeside: (chosen: string, genre: string, of: number) => `Beside ${chosen}, ${genre} is the most frequent genre: ${share(of)} of the films`,
  genreFinding: (genre: string, of: number) => `${genre} is the most frequent genre: ${share(of)} of the films`,
  genreNote: "Beside the number of films, the mean of their ratings. A name chooses its films.",
  pairFinding: (a: string, b: string, films: number, of: number) => `${a} and ${b} go together most: ${plural(films, "film", "films")}, ${share(of)} of those with either`,
  pairMeasure: "Left of a name and below it, its pairs: the stronger the shade, the more films have both",
  pairSay: (a: string, b: string, films: number, of: number) => `${a} and ${b}: ${plural(films, "film", "films")}, ${share(of)} of those with either`,
  lengthFinding: (from: number, to: number) => `The median overview has between ${number(from)} and ${number(to)} characters`,
  lengthMeasure: "Films by the length of their overview",
  voteFinding: (from: number, to: number) => `The median vote average lies between ${real(from)} and ${real(to)}`,
  voteMeasure: "Films by TMDb’s vote average",
  popularFinding: (from: number, to: number) => `The median popularity lies between ${real(from)} and ${real(to)}`,
  popularMeasure: "Films by TMDb’s popularity",
  binSay: (from: string, to: string, films: number) => `${from} to ${to}: ${plural(films, "film", "films")}`,
  topPopularFinding: (film: string, popularity: number) => `${film} is the most popular: ${real(popularity)}`,
  ratingsNote: "Beside it, the ratings there are here.",
  missingFinding: (complete: number, of: number, none: number) => `Of ${number(of)} properties, ${number(complete)} are known of all and ${number(none)} of none`,
  missingSay: (n: number) => (n === 0 ? "" : `${number(n)} missing`),
  ofWhat: { films: "of the films", people: "of the people", ratings: "of the ratings" } as Record<string, string>,
};

type Texts = typeof en;

const es: Texts = {
  lead: (films, people, ratings) =>
    `${plural(films, "película", "películas")}, ${plural(people, "persona", "personas")}, ${plural(ratings, "valoración", "valoraciones")}.`,
  mean: (mean) => `La valoración media es ${real(mean)}`,
  meanOfAll: (mean) => `; la de todas las películas, ${real(mean)}`,
  simulated: "Las personas y sus valoraciones son simuladas.",
  which: "Qué películas",
  genre: "Género",
  anyGenre: "Todos los géneros",
  years: "Años de estreno",
  firstYear: "Desde el año",
  lastYear: "Hasta el año",
  span: (from, to) => (from === to ? String(from) : `${from}–${to}`),
  all: "Todas las películas",
  none: "Ninguna película es de ese género y esos años.",
  noGenre: (name) => `Ninguna película es aquí del género «${name}». Se muestran todos.`,
  noYears: (text) => `«${text}» no son años de uno a otro. Se muestran todos.`,
  drop: "Quitarlo",
  onlyThese: (genre) => `Solo ${genre}`,
  section: { ratings: "Valoraciones", people: "Personas", films: "Películas", metadata: "Lo que se dice de las películas", gaps: "Lo que falta" },
  absent: (names) => `No se sabe aquí y por eso no se muestra: ${names}.`,
  table: "Como tabla",
  rowsOf: (shown, all) => `Las primeras ${number(shown)} de ${plural(all, "fila", "filas")}; la tabla guardada las tiene todas.`,
  thinned: (rows) => `De ${plural(rows, "fila", "filas")}, las que necesita la línea.`,
  more: (n) => `Mostrar ${number(n)}`,
  fewer: "Mostrar menos",
  scale: "Eje",
  scales: { log: "logarítmico", linear: "lineal" },
  by: "Por",
  bys: { year: "año", decade: "década" },
  period: (text) => period(text, (quarter, year) => `el ${["primer", "segundo", "tercer", "cuarto"][quarter - 1]} trimestre de ${year}`),
  name: {
    "ratings-distribution": "valoraciones por valor", "ratings-over-time": "valoraciones en el tiempo", "top-by-rating": "las mejores películas", "most-rated-films": "las películas más valoradas",
    "most-active-people": "las personas más activas", "activity-long-tail": "la cola larga", "activity-concentration": "concentración", sparsity: "dispersión",
    "ratings-by-age": "valoraciones por edad", "ratings-by-gender": "valoraciones por género de la persona", "ratings-by-occupation": "valoraciones por ocupación",
    "films-per-year": "películas por año", "films-per-decade": "películas por década", "genre-frequency": "géneros", "genre-cooccurrence": "géneros que van juntos",
    "overview-length": "longitud de las sinopsis", "vote-average": "votos", "top-by-vote": "las mejores películas por votos", popularity: "popularidad",
    "popularity-log": "popularidad en un eje logarítmico", "top-by-popularity": "las películas más populares", "missing-data": "datos que faltan",
  },
  column: {
    rating: "Valor", ratings: "Valoraciones", share: "Parte", period: "Cuándo", mean_rating: "Media", shown_mean: "Media de 30 o más", film: "Película", damped_mean: "Media amortiguada", mean: "Media",
    share_of_people: "De todas las personas", person: "Persona", share_of_films: "De todas las películas", of: "De", rank: "Puesto", share_of_them: "Los primeros", share_of_ratings: "De las valoraciones",
    people_from: "Personas desde", people_to: "hasta", films_from: "Películas desde", films_to: "hasta", share_rated: "Valorado", group: "Quién", people: "Personas", low: "Bajo", high: "Alto",
    year: "Año", films: "Películas", decade: "Década", genre: "Género", with: "Con", overlap: "De las que tienen uno u otro", from: "Desde", to: "hasta menos de",
    damped_average: "Media amortiguada", vote_average: "Media de votos", votes: "Votos", popularity: "Popularidad", property: "Qué", known: "Conocido", missing: "Falta", share_known: "Parte conocida",
  },
  words: {
    people: "personas", films: "películas", ratings: "valoraciones", "under 18": "menos de 18", "56 and over": "56 o más", women: "mujeres", men: "hombres",
    other: "otra", "academic/educator": "enseñanza", artist: "arte", "clerical/admin": "administración", "college/grad student": "estudiante universitario", "customer service": "atención al cliente",
    "doctor/health care": "salud", "executive/managerial": "dirección", farmer: "agricultura", homemaker: "hogar", "K-12 student": "estudiante escolar", lawyer: "derecho", programmer: "programación",
    retired: "jubilado", "sales/marketing": "ventas", scientist: "ciencia", "self-employed": "autónomo", "technician/engineer": "técnica o ingeniería", "tradesman/craftsman": "oficio", unemployed: "sin empleo", writer: "escritura",
    year: "año", genres: "géneros", overview: "sinopsis", tagline: "lema", keywords: "palabras clave", "tags of people": "etiquetas de personas", cast: "reparto", directors: "dirección", runtime: "duración",
    language: "idioma", "release date": "fecha de estreno", "vote average": "media de votos", popularity: "popularidad", poster: "póster", backdrop: "imagen de fondo", trailer: "tráiler", "IMDb id": "id de IMDb",
    "TMDb id": "id de TMDb", "a rating": "una valoración", age: "edad", gender: "género", occupation: "ocupación", time: "momento",
  },
  starsFinding: (value, of) => `Lo que más se da ${value === 1 ? "es" : "son"} ${plural(value, "estrella", "estrellas")}: ${share(of)} de las valoraciones`,
  starsSay: (value, ratings, of) => `${plural(value, "estrella", "estrellas")}: ${number(ratings)}, ${share(of)}`,
  timeFinding: (when, ratings) => `El mayor número de valoraciones es de ${when}: ${number(ratings)}`,
  timeMeasure: "Valoraciones; debajo, su media donde hay 30 o más",
  timeSay: (when, ratings, mean) => `${when}: ${number(ratings)}${Number.isNaN(mean) ? "" : `, media ${real(mean)}`}`,
  bestFinding: (film, mean) => `La mejor valorada es ${film}: ${real(mean)}`,
  bestNote: "Lleno: la media como si cada película tuviera tantas valoraciones más como tiene una de media, todas de la media general. Hueco: la media simple.",
  votesFinding: (film, mean) => `Los mejores votos son de ${film}: ${real(mean)}`,
  votesNote: "La media de TMDb, de 0 a 10. Lleno: como si cada película tuviera tantos votos más como tiene una de media, todos de la media general. Hueco: la media simple.",
  mostFinding: (film, ratings) => `La más valorada es ${film}: ${number(ratings)} personas`,
  meanNote: "Junto al número, la valoración media.",
  activeFinding: (person, ratings) => `Quien más valoró es la persona ${person}: ${number(ratings)} veces`,
  person: (id) => `Persona ${id}`,
  tailFinding: (person, film) => `La persona más activa dio ${number(person)} valoraciones; la película más valorada tiene ${number(film)}`,
  tailMeasure: "Valoraciones de cada persona y de cada película, de más a menos",
  tailSay: (rank, parts) => `Puesto ${number(rank)}: ${parts}`,
  tailPart: (name, ratings) => `${name} ${number(ratings)}`,
  peopleLine: "personas",
  filmsLine: "películas",
  rank: "puesto",
  shareFinding: (people, films) => `Una décima parte de las personas dio el ${share(people)} de las valoraciones; una décima parte de las películas recibió el ${share(films)}`,
  shareMeasure: "De todas las valoraciones, las que reúnen las personas más activas y las películas más valoradas",
  shareSay: (first, people, films) => `El primer ${share(first)}: personas ${share(people)}, películas ${share(films)}`,
  even: "todos por igual",
  shareAxis: "de las personas o películas, de más a menos valoraciones",
  sparseFinding: (none) => `El ${share(none)} de los pares de persona y película no tiene valoración`,
  sparseMeasure: "Cuanto más intenso, más pares valorados",
  sparseSay: (people, films, of) => `Personas ${people}, películas ${films}: ${share(of)} valorado`,
  sparsePeople: "personas, las más activas primero",
  sparseFilms: "películas, las más valoradas primero",
  highest: (who, high, other, low) => `La media más alta: ${who}, ${real(high)}; la más baja: ${other}, ${real(low)}`,
  onlyGroup: (who, mean) => `${who}: una media de ${real(mean)}`,
  age: (group) => `${group} años`,
  otherAge: (group) => `${group} años`,
  listed: (group) => `«${group}»`,
  groupNote: "La línea es donde cae la media en 95 de cada 100 muestras así de personas; la línea ámbar es la media de todas. Junto a la media, cuántas personas.",
  yearFinding: (year, films) => `El año con más películas es ${year}: ${number(films)}`,
  decadeFinding: (decade, of) => `Los años ${decade} trajeron el ${share(of)} de las películas`,
  yearSay: (when, films) => `${when}: ${plural(films, "película", "películas")}`,
  decadeName: (decade) => String(decade),
  filmsMeasure: "Películas por su estreno",
  genreBeside: (chosen, genre, of) => `Junto a ${chosen}, el género más frecuente es ${genre}: ${share(of)} de las películas`,
  genreFinding: (genre, of) => `El género más frecuente es ${genre}: ${share(of)} de las películas`,
  genreNote: "Junto al número de películas, la media de sus valoraciones. Un nombre elige sus películas.",
  pairFinding: (a, b, films, of) => `Los que más van juntos son ${a} y ${b}: ${plural(films, "película", "películas")}, ${share(of)} de las que tienen uno u otro`,
  pairMeasure: "A la izquierda de un nombre y debajo, sus pares: cuanto más intenso, más películas tienen los dos",
  pairSay: (a, b, films, of) => `${a} y ${b}: ${plural(films, "película", "películas")}, ${share(of)} de las que tienen uno u otro`,
  lengthFinding: (from, to) => `La sinopsis mediana tiene entre ${number(from)} y ${number(to)} caracteres`,
  lengthMeasure: "Películas por la longitud de su sinopsis",
  voteFinding: (from, to) => `La mediana de las medias de votos está entre ${real(from)} y ${real(to)}`,
  voteMeasure: "Películas por la media de votos de TMDb",
  popularFinding: (from, to) => `La popularidad mediana está entre ${real(from)} y ${real(to)}`,
  popularMeasure: "Películas por su popularidad en TMDb",
  binSay: (from, to, films) => `De ${from} a ${to}: ${plural(films, "película", "películas")}`,
  topPopularFinding: (film, popularity) => `La más popular es ${film}: ${real(popularity)}`,
  ratingsNote: "Al lado, las valoraciones que hay aquí.",
  missingFinding: (complete, of, none) => `De ${number(of)} datos, ${number(complete)} se saben siempre y ${number(none)} nunca`,
  missingSay: (n) => (n === 0 ? "" : `faltan ${number(n)}`),
  ofWhat: { films: "de las películas", people: "de las personas", ratings: "de las valoraciones" },
};

export const td: Texts = lang === "es" ? es : en;
// What the server says in English words: a genre, an age, an occupation, a property.
export const word = (text: string): string => td.words[text] ?? t.genre(text);

// A cell of a table by the name that the charts use; what films are called is no word of ours.
export function readCell(column: string, value: string | number | null): string | null {
  if (column === "decade" && typeof value === "number") return td.decadeName(value);
  if (typeof value !== "string") return null;
  return column === "film" ? printed(value) : column === "period" ? td.period(value) : word(value);
}
