// The same in Spanish.
import { decimal, number, plural, printed } from "../format";
import type { Texts } from "./en";

const words = ["cero", "una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"];

function starsInWords(rating: number): string {
  const whole = Math.floor(rating);
  const half = rating - whole >= 0.25;
  if (whole === 0 && half) return "media estrella";
  const count = words[whole] ?? String(whole);
  if (half) return `${count} estrellas y media`.replace(/^una estrellas/, "una estrella");
  return whole === 1 ? "una estrella" : `${count} estrellas`;
}

const films = (n: number) => plural(n, "película", "películas");
const ratings = (n: number) => plural(n, "valoración", "valoraciones");
const ofDecade = (year: number) => (year >= 1930 && year < 2000 ? `de los años ${year % 100}` : `de la década de ${year}`);

const genres: Record<string, string> = {
  Action: "Acción", Adventure: "Aventura", Animation: "Animación", "Children's": "Infantil", Children: "Infantil",
  Comedy: "Comedia", Crime: "Crimen", Documentary: "Documental", Drama: "Drama", Family: "Familiar", Fantasy: "Fantasía",
  "Film-Noir": "Cine negro", History: "Historia", Horror: "Terror", IMAX: "IMAX", Music: "Música", Musical: "Musical",
  Mystery: "Misterio", Romance: "Romance", "Sci-Fi": "Ciencia ficción", "Science Fiction": "Ciencia ficción",
  Thriller: "Suspense", War: "Bélica", Western: "Oeste", "TV Movie": "Para televisión",
};

const methods: Record<string, string> = {
  hybrid: "Híbrido",
  ease: "Vistas por los mismos",
  ials: "Gusto compartido",
  content: "Contenido",
  "user-knn": "Colaborativo",
  popular: "Popular",
};

const methodNotes: Record<string, string> = {
  hybrid: "De qué trata la película y a quién le gusta, sopesado.",
  ease: "Películas que gustan a las mismas personas, comparadas todas con todas.",
  ials: "Gustos aprendidos de lo que cada cual valoró.",
  content: "Películas de historia, géneros, palabras clave y reparto parecidos.",
  "user-knn": "Lo que valora bien la gente del mismo gusto.",
  popular: "Lo que valora bien la mayoría, pregunte quien pregunte.",
};

const events: Record<string, string> = {
  impression: "Mostrada", click: "Abierta", rating: "Valorada", not_interested: "No interesa", trailer: "Tráiler",
};

export const es: Texts = {
  name: "Reel",
  title: (page) => (page ? `${page} – Reel` : "Reel – películas para ti, cada una con su porqué"),
  genre: (name) => genres[name] ?? name,
  star: starsInWords,
  method: (name) => methods[name] ?? name,
  methodNote: (name) => methodNotes[name] ?? "",
  nav: { label: "Páginas", home: "Películas", people: "Gente", rate: "Valorar", log: "Registro", skip: "Saltar al contenido" },
  theme: { toDark: "Tema oscuro", toLight: "Tema claro" },
  reason: {
    watched: "Muy vista",
    most: (mean, count) => `Gusta a la mayoría: ${decimal(mean)} de ${plural(count, "persona", "personas")}`,
    crowd: (mean, count) => `${decimal(mean)} estrellas de ${plural(count, "persona", "personas")}`,
    few: (mean, count) => `${decimal(mean)} de solo ${plural(count, "persona", "personas")}`,
    common: (terms) => `En común: ${terms.join(", ")}`,
    liked: (title) => `Gusta a quienes les gusta ${printed(title)}`,
    terms: (terms) => `Puede gustarte: ${terms.join(", ")}`,
    because: (title) => `Por ${printed(title)}`,
    becauseYou: (title, rating) => `Porque diste a ${printed(title)} ${starsInWords(rating)}`,
    becauseThey: (title, rating) => `Por ${printed(title)}, ${starsInWords(rating)}`,
  },
  search: {
    label: "Buscar películas por título, persona o palabras",
    placeholder: "Película, persona o palabras",
    none: (q) => `Nada parecido a «${q}». Prueba con menos letras o con el título original.`,
    failed: "La búsqueda no responde ahora mismo. Escribe otra vez para reintentar.",
    found: (n) => plural(n, "película encontrada", "películas encontradas"),
    all: (q) => `Ver los resultados de «${q}»`,
    heading: "Buscar",
    headingFor: (q) => `Resultados de «${q}»`,
    foundIn: {
      title: "", other_title: "También llamada", director: "Dirigida por", cast: "Con", keyword: "Sobre", tag: "Etiqueta",
      genre: "", overview: "", tagline: "", year: "",
    },
  },
  home: {
    heading: "Qué ver esta noche",
    invite: "¿Cuáles de estas has visto?",
    inviteLead: "Da estrellas a unas cuantas y la noche se ordena sola: filas para ti, cada película con su porqué.",
    inviteMore: "Más películas que valorar",
    inviteCount: (n) => (n === 0 ? "Con cinco basta" : n < 5 ? `${number(n)} de 5` : "Ya basta"),
    forYou: "Para ti",
    forYouNote: (n) => `a partir de ${plural(n, "película valorada", "películas valoradas")}`,
    because: (title) => `Porque te gustó ${printed(title)}`,
    gems: "Joyas escondidas",
    gemsNote: "queridas por los pocos que las conocen",
    popular: "Populares ahora",
    popularNote: "las más valoradas últimamente",
    decade: (year) => `Nuevas para ti ${ofDecade(year)}`,
    decadeBest: (year) => `Lo mejor ${ofDecade(year)}`,
    decadeNote: "los años que mejor valoras",
    rateMore: "Valorar más películas",
    more: "Más películas",
  },
  shelf: {
    back: (row) => `Atrás en ${row}`,
    on: (row) => `Adelante en ${row}`,
    empty: "Aquí no queda nada que no hayas visto.",
  },
  film: {
    similar: (title) => `Parecidas a ${printed(title)}`,
    directed: "Dirigida por",
    cast: "Con",
    about: "Sobre",
    original: (title) => `Título original ${title}`,
    minutes: (n) => (n >= 60 ? `${Math.floor(n / 60)} h ${String(n % 60).padStart(2, "0")} min` : `${n} min`),
    noOverview: "Nadie ha descrito aún esta película aquí.",
    mean: "La gente de aquí",
    meanSimulated: "Gente simulada",
    meanOf: ratings,
    votes: "TMDb",
    votesOf: (count) => plural(count, "voto", "votos"),
    unrated: "Nadie la ha valorado aún",
    trailer: "Ver el tráiler",
    trailerTitle: (title) => `Tráiler de ${printed(title)}`,
    trailerNote: "Se reproduce desde YouTube.",
    tmdb: "Su página en TMDb",
    posterOf: (title) => `Cartel de ${title}`,
    yours: "Tus estrellas",
  },
  controls: {
    method: "Cómo elegir",
    count: "Cuántas",
  },
  why: {
    button: "Por qué",
    buttonLabel: (title) => `Por qué ${printed(title)}`,
    heading: (title) => `Por qué ${printed(title)}`,
    intro: {
      film: (title) => `Lo que ${printed(title)} aporta a su puntuación.`,
      person: (user) => `Lo que cada valoración de la persona ${user} aporta a su puntuación.`,
      you: "Lo que cada una de tus valoraciones aporta a su puntuación.",
    },
    films: (n) => (n === 1 ? "Esta película" : `Estas ${number(n)} películas`),
    alike: "Cuánto se parecen las dos películas",
    popularity: "Cuánto y cómo se valora",
    baseline: "Donde empieza la cuenta",
    other: "El resto de valoraciones juntas",
    otherFilm: "Lo demás",
    sum: "Suma",
    terms: "La misma puntuación, vista en palabras",
    none: "Ninguna película destaca; esta gusta a la mayoría.",
    close: "Cerrar",
  },
  rate: {
    heading: "Valora unas cuantas películas",
    lead: "La lista sigue cada estrella que das. Tus valoraciones se quedan en este navegador.",
    search: "Añadir una película por título",
    placeholder: "Añadir una película",
    own: (n) => `Has valorado ${films(n)}`,
    list: "Tu lista",
    listEmpty: "Lo que gusta a la mayoría, hasta que valores una",
    forget: "Empezar de nuevo",
    forgetSure: (n) => `¿Olvidar ${ratings(n)}?`,
    openList: "Con motivos",
    closeList: "Solo carteles",
    keep: "Conservar",
    notForMe: "No es para mí",
    notForMeLabel: (title) => `${printed(title)} no es para mí`,
    stars: (title) => `Estrellas para ${printed(title)}`,
    clear: (title) => `Quitar las estrellas de ${printed(title)}`,
    more: "Más películas que valorar",
  },
  people: {
    heading: "Elige una persona",
    lead: (people, source) => `Una de las ${number(people)} personas de ${source}: lo que le gustó y lo que podría ver ahora.`,
    leadSimulated: (people) => `Una de ${number(people)} personas simuladas: lo que le gustó y lo que podría ver ahora.`,
    leadPlain: "Lo que le gustó y lo que podría ver ahora.",
    label: "Número de la persona",
    placeholder: "Un número, p. ej. 42",
    none: (q) => `Nadie tiene un número que empiece por ${q}.`,
    found: (n) => plural(n, "persona encontrada", "personas encontradas"),
    some: "O toma una de estas",
    person: (id) => `Persona ${id}`,
    simulated: "Simulada",
    ratings,
    mean: (mean) => `${decimal(mean, 2)} de media`,
    genres: "Lo que más ve",
    best: "Lo mejor valorado",
    more: "Más de sus valoraciones",
    recommended: "Podría ver ahora",
    similar: "Gusto parecido",
    common: (n) => `${number(n)} en común`,
    anotherNumber: "Número de otra persona",
    noSimilar: "Nadie comparte bastantes películas con esta persona.",
    another: "Otra persona",
  },
  log: {
    heading: "Registro de respuestas",
    lead: "Lo mostrado, abierto y valorado; lo más nuevo primero.",
    method: "Método",
    type: "Suceso",
    all: "Todos",
    any: "Cualquiera",
    event: (type) => events[type] ?? type,
    when: "Cuándo",
    what: "Qué",
    who: "Quién",
    films: "Películas",
    like: "como",
    film: (id) => `película ${id}`,
    person: (id) => `Persona ${id}`,
    visitor: (v) => `Visitante ${v.replace(/^v_/, "").slice(0, 6)}`,
    someone: "Alguien",
    more: (n) => `y ${n} más`,
    older: "Sucesos anteriores",
    refresh: "Mirar otra vez",
    empty: "Aún no hay nada en el registro. Abre una película y su lista aparecerá aquí.",
    emptyFilter: "Ningún suceso encaja con este filtro.",
    unsent: (n) => `${plural(n, "suceso espera", "sucesos esperan")} en este navegador a ser enviados.`,
  },
  left: (removed) => {
    const names: Record<string, string> = { seen: "vistas", exclude: "no son para ti", filter: "fuera del filtro", unknown: "desconocidas" };
    const parts = Object.entries(removed).filter(([, n]) => n > 0).map(([why, n]) => `${names[why] ?? why}, ${number(n)}`);
    return parts.length > 0 ? `Fuera: ${parts.join("; ")}` : null;
  },
  fallback: "Se sabe demasiado poco para una lista personal; estas gustan a la mayoría.",
  states: {
    loading: "Cargando",
    offline: "El servidor no responde.",
    offlineKept: "Tus valoraciones están guardadas en este navegador y nada de lo que hiciste se pierde.",
    failed: "No se ha podido mostrar.",
    retry: "Reintentar",
    gone: "No existe esa página",
    goneBody: "La dirección no lleva a ninguna parte. Busca una película o empieza por las más valoradas.",
    noFilm: (id) => `Ninguna película tiene el número ${id}`,
    noPerson: (id) => `Nadie tiene el número ${id}`,
    toHome: "A las películas",
    toPeople: "A la gente",
    noFilms: "Ninguna película encaja.",
    noFilmsBody: "Prueba otra forma de elegir.",
    offlineBar: "Sin conexión. Lo que hagas se guarda y se envía después.",
  },
  footer: {
    data: (h) => `${h.source}: ${number(h.movies)} películas, ${number(h.people)} personas, ${number(h.ratings)} valoraciones.`,
    simulated: "Las personas y sus valoraciones son simuladas.",
    tmdb: "Este producto usa la API de TMDB, pero no está avalado ni certificado por TMDB.",
    version: (v) => `Reel ${v}`,
    licenses: "Licencias",
    api: "API",
  },
  dot: " · ",
};
