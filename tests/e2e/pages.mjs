// Every page of the web application, once: its name, its address, for whom, and what must be known before it is opened.
// What goes over all pages (looks, keys, hostile texts, bench/pages) takes them from here.
//   as     who must be signed in: person, analyst or admin; nobody where it is left out
//   rated  this browser has given stars
// Those for whom somebody is signed in come last, so that nothing of a session is left for the others.

// `api`: GET under /api/v1 as JSON. `known`: a job and an experiment that there are.
export async function everyPage(api, known) {
  const [film] = (await api("/movies?limit=1")).items;
  const [person, other] = (await api("/people?limit=2")).items;
  return [
    { name: "home", path: "/" },
    { name: "film", path: `/film/${film.movie}` },
    { name: "people", path: "/people" },
    { name: "person", path: `/people/${person.user}` },
    { name: "search", path: "/search?q=the" },
    { name: "search-none", path: "/search?q=the&genre=Western&decade=1870" },
    { name: "rate", path: "/rate" },
    { name: "tune", path: "/tune?films=10&genre=Drama&without=War&age=-50" },
    { name: "night", path: `/night?with=${person.user}&with=${other.user}` },
    { name: "sofa", path: "/night" },
    { name: "sign-in", path: "/sign-in" },
    { name: "sign-up", path: "/sign-in?new" },
    { name: "reset", path: "/reset" },
    { name: "new-password", path: "/reset#0123456789abcdef" },
    { name: "confirm", path: "/confirm" },
    { name: "my", path: "/my" },
    { name: "missing", path: "/film/999999" },
    { name: "nowhere", path: "/nowhere/at/all" },
    { name: "home-rows", path: "/", rated: true },
    { name: "film-mine", path: `/film/${film.movie}`, rated: true },
    { name: "taste", path: "/my?show=taste", rated: true },
    { name: "my-rated", path: "/my", as: "person" },
    { name: "my-history", path: "/my?show=history", as: "person" },
    { name: "my-watchlist", path: "/my?show=watchlist", as: "person" },
    { name: "my-taste", path: "/my?show=taste", as: "person" },
    { name: "my-import", path: "/my?show=import", as: "person" },
    { name: "my-account", path: "/my?show=account", as: "person" },
    { name: "closed", path: "/analytics/jobs", as: "person" },
    { name: "system", path: "/analytics", as: "analyst" },
    { name: "dashboard", path: "/analytics/dashboard?range=2020-03-02..2020-03-15&against=previous", as: "analyst" },
    { name: "data", path: "/analytics/data", as: "analyst" },
    { name: "jobs", path: "/analytics/jobs", as: "admin" },
    { name: "job", path: `/analytics/jobs/${known.job}`, as: "admin" },
    { name: "models", path: "/analytics/models", as: "admin" },
    { name: "compare", path: `/analytics/compare?user=${person.user}&models=hybrid,ease,content,popular`, as: "analyst" },
    { name: "experiments", path: "/analytics/experiments", as: "analyst" },
    { name: "experiment", path: `/analytics/experiments/${known.experiment}`, as: "admin" },
    { name: "log", path: "/analytics/feedback", as: "analyst" },
  ];
}
