// Films for the mock server: the bundled sample, or the TMDb-shaped JSON Lines files that
// REEL_MOCK_FILMS names (comma-separated).
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const sample = fileURLToPath(new URL("../../data/sample/films.jsonl", import.meta.url));

function fromFile(path) {
  return readFileSync(path, "utf8").split("\n").filter(Boolean).map((line) => {
    const film = JSON.parse(line);
    const crew = film.credits?.crew ?? [];
    return {
      title: film.title,
      original_title: film.original_title ?? null,
      language: film.original_language ?? null,
      year: Number(String(film.release_date ?? "").slice(0, 4)) || null,
      genres: (film.genres ?? []).map((g) => g.name),
      runtime: film.runtime ?? null,
      overview: film.overview ?? null,
      keywords: (film.keywords?.keywords ?? []).map((k) => k.name),
      cast: (film.credits?.cast ?? []).map((c) => c.name),
      directors: crew.filter((c) => c.job === "Director").map((c) => c.name),
      imdb_id: film.imdb_id ?? null,
      tmdb_id: film.id ?? null,
    };
  });
}

export function loadFilms() {
  const files = (process.env.REEL_MOCK_FILMS ?? sample).split(",").filter(Boolean);
  return files.flatMap(fromFile).map((film, i) => ({
    movie: i + 1, source_title: film.title, tagline: null, release_date: null, tags: [],
    decade: film.year ? Math.floor(film.year / 10) * 10 : null,
    vote_average: film.tmdb_id ? 6 + ((i * 37) % 28) / 10 : null, vote_count: film.tmdb_id ? 500 + ((i * 7919) % 9000) : null,
    popularity: null, trailer: i % 3 === 0 ? "dQw4w9WgXcQ" : null, backdrop: null,
    poster: null, generated_poster: `/api/v1/movies/${i + 1}/poster.svg`, ...film,
  }));
}
