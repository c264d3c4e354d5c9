// Pictures of films that some answer has already shown, for places where only an id is at hand.
import type { Movie } from "./types";

type Picture = Pick<Movie, "poster" | "generated_poster">;
const pictures = new Map<number, Picture>();

export function remember(films: Movie[]): void {
  for (const { movie, poster, generated_poster } of films) pictures.set(movie, { poster, generated_poster });
}

export const pictureOf = (movie: number): Picture =>
  pictures.get(movie) ?? { poster: null, generated_poster: `/api/v1/movies/${movie}/poster.svg` };
