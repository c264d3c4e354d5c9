// Plausible lists for the mock server: sums over a history, so that the reasons add up.
import { random } from "./random.mjs";

const traits = (film) => new Set([...film.genres, ...film.keywords, ...film.directors]);

function shared(a, b) {
  const of = traits(b);
  return [...traits(a)].filter((trait) => of.has(trait));
}

export function makePeople(films, count) {
  const all = [...new Set(films.flatMap((f) => f.genres))];
  return Array.from({ length: count }, (_, i) => {
    const next = random(i + 101);
    const likes = new Set([all[Math.floor(next() * all.length)], all[Math.floor(next() * all.length)]]);
    const ratings = films
      .filter((film) => next() < (film.genres.some((g) => likes.has(g)) ? 0.35 : 0.08) * 2 * random(film.movie)() ** 2)
      .map((film) => {
        const base = film.genres.some((g) => likes.has(g)) ? 3.6 : 2.4;
        return { movie: film.movie, rating: Math.max(1, Math.min(5, Math.round(base + next() * 2))), time: "2000-12-31T22:12:40Z" };
      });
    return { user: i + 1, ratings };
  });
}

export function addMeans(films, people) {
  const sums = new Map(films.map((f) => [f.movie, [0, 0]]));
  for (const person of people)
    for (const { movie, rating } of person.ratings) {
      const sum = sums.get(movie);
      sum[0] += rating;
      sum[1]++;
    }
  for (const film of films) {
    const [total, count] = sums.get(film.movie);
    film.rating = { mean: count ? total / count : null, count };
  }
}

function affinity(from, to, method) {
  const text = shared(from, to).length / 10;
  const crowd = random(from.movie * 7919 + to.movie)() * 0.3 * Math.min(1, (to.rating.count || 0) / 20);
  return method === "content" ? text : method === "user-knn" ? crowd : (text + crowd) / 2;
}

// One list item for `film` given the history; `most` reasons are kept, the rest is `other`.
export function explain(film, history, byId, method, most) {
  const personal = method !== "popular" && history.length > 0;
  const baseline = personal ? 0 : (film.rating.mean ?? 2) / 5;
  const parts = !personal ? [] : history.map((entry) => {
    const from = byId.get(entry.movie);
    const weight = entry.kind === "clicked" ? 0.5 : (entry.rating - 2.5) / 2.5;
    return { movie: from.movie, title: from.title, rating: entry.rating ?? null, contribution: (affinity(from, film, method) * weight) / Math.sqrt(history.length) };
  }).filter((part) => part.contribution !== 0);
  parts.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const score = baseline + parts.reduce((sum, part) => sum + part.contribution, 0);
  const reasons = parts.slice(0, most);
  const other = score - baseline - reasons.reduce((sum, part) => sum + part.contribution, 0);
  const best = history.map((entry) => byId.get(entry.movie)).find((from) => shared(from, film).length > 0);
  const terms = method === "user-knn" || method === "popular" || !best ? []
    : shared(best, film).map((term, i) => ({ term: term.toLowerCase(), contribution: score / (i + 2) }));
  return { baseline, score, reasons, terms, other, predicted_rating: null };
}

export function rank(films, history, byId, method, { limit, hidden, most, fits = () => true, novelty = 0 }) {
  const place = ({ film, facts }) => facts.score - (novelty * film.rating.count) / 100;
  return films
    .filter((film) => !hidden.has(film.movie) && fits(film))
    .map((film) => ({ film, facts: explain(film, history, byId, method, most) }))
    .sort((a, b) => place(b) - place(a) || a.film.movie - b.film.movie)
    .slice(0, limit);
}

const joined = {
  average: (standings) => standings.reduce((a, b) => a + b, 0) / standings.length,
  least_misery: (standings) => Math.min(...standings),
  fairness: (standings) => joined.average(standings) - Math.sqrt(joined.average(standings.map((s) => (s - joined.average(standings)) ** 2))),
};

// Each one's scores are standardised over all films, then joined.
export function rankTogether(films, histories, byId, rule, { limit, hidden, most }) {
  const each = histories.map((history) => {
    const facts = films.map((film) => explain(film, history, byId, "hybrid", most));
    const mean = facts.reduce((sum, one) => sum + one.score, 0) / facts.length;
    const deviation = Math.sqrt(facts.reduce((sum, one) => sum + (one.score - mean) ** 2, 0) / facts.length) || 1;
    return facts.map(({ terms, ...one }) => ({ ...one, standing: (one.score - mean) / deviation }));
  });
  return films.map((film, i) => ({ film, members: each.map((facts) => facts[i]) }))
    .filter(({ film }) => !hidden.has(film.movie))
    .map(({ film, members }) => ({ film, facts: { members, score: joined[rule](members.map((one) => one.standing)), baseline: 0, other: 0, reasons: [], terms: [], predicted_rating: null } }))
    .sort((a, b) => b.facts.score - a.facts.score || a.film.movie - b.film.movie)
    .slice(0, limit);
}

export function similarPeople(person, people, limit) {
  const own = new Map(person.ratings.map((r) => [r.movie, r.rating]));
  return people.filter((other) => other !== person).map((other) => {
    const both = other.ratings.filter((r) => own.has(r.movie));
    const dot = both.reduce((sum, r) => sum + r.rating * own.get(r.movie), 0);
    const length = (ratings) => Math.sqrt(ratings.reduce((sum, r) => sum + r.rating ** 2, 0)) || 1;
    return { user: other.user, similarity: dot / length(person.ratings) / length(other.ratings), ratings: other.ratings.length, common: both.length };
  }).sort((a, b) => b.similarity - a.similarity).slice(0, limit);
}
