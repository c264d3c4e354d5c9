// What one's ratings say: stars, genres, decades, and where one stands apart.
import { api } from "../lib/api";
import { decimal, printed } from "../lib/format";
import { useHealth, useScale } from "../lib/health";
import { useResource } from "../lib/resource";
import { apart, byDecade, byGenre, byStars, largest, meanOf, shares, type Apart, type Slice } from "../lib/taste";
import { t } from "../lib/texts";
import type { OwnRating } from "../lib/types";
import { BarChart, type ChartRow } from "./chart";
import { Poster } from "./poster";
import { Notice, RowsSkeleton } from "./states";

const genresMost = 8;
const apartMost = 4;
const fewest = 5; // ratings, below which a chart would say nothing

// others: everybody's shares, where they are known; what nobody gave is 0 of them.
function rowOf(slice: Slice, name: string, others: Map<string, number> | undefined): ChartRow {
  const { key, share, count, mean } = slice;
  return { key, name, share, count, mean: Number.isNaN(mean) ? null : mean, ...(others && { others: others.get(key) ?? 0 }) };
}

function ApartList({ title, films }: { title: string; films: Apart[] }) {
  if (films.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul class="apart">
        {films.map(({ film, by }) => (
          <li key={film.movie}>
            <a href={`/film/${film.movie}`}>
              <Poster film={film} width={92} silent />
              <span class="film-title">{printed(film.title)}</span>
            </a>
            <span class="apart-by">{t.taste.by(by)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Taste({ own, whole = true }: { own: OwnRating[]; whole?: boolean }) {
  const scale = useScale();
  const health = useHealth();
  const everybody = useResource("statistics", api.statistics);
  if (own.length < fewest)
    return <Notice title={t.taste.few(fewest)}><p><a class="button is-main" href="/rate">{t.account.toRate}</a></p></Notice>;
  if (everybody.busy) return <RowsSkeleton count={8} thumb={false} />; // what is compared stands there at once, or nothing would stay in its place
  const crowd = everybody.data;
  const stars = byStars(own, scale);
  const genres = byGenre(own, genresMost);
  const decades = byDecade(own);
  const { all, more, less } = apart(own, apartMost);
  const others = crowd && crowd.ratings > 0 ? shares(crowd) : undefined;
  const crowdMean = crowd?.mean ?? null;
  return (
    <>
      <p class="lead">{t.taste.lead(own.length, meanOf(own))} {crowdMean !== null && t.taste.crowdMean(t.taste.everybody(health?.simulated ?? false), crowdMean)}{!whole && ` ${t.taste.part}`}</p>
      <div class="charts">
        <BarChart finding={t.taste.stars(largest(stars)!.key)} file="stars.csv" columns={{ name: t.taste.starsColumn, share: t.taste.share }}
          rows={stars.map((slice) => rowOf(slice, t.taste.starsName(Number(slice.key)), others?.stars))} />
        {genres.length > 0 && (
          <BarChart finding={t.taste.genres(t.genre(genres[0]!.key), genres[0]!.count)} file="genres.csv"
            columns={{ name: t.taste.genre, share: t.taste.share, mean: t.taste.mean }}
            rows={genres.map((slice) => rowOf(slice, t.genre(slice.key), others?.genres))} />
        )}
        {decades.length > 0 && (
          <BarChart finding={t.taste.decades(Number(largest(decades)!.key))} file="decades.csv"
            columns={{ name: t.taste.decade, share: t.taste.share, mean: t.taste.mean }}
            rows={decades.map((slice) => rowOf(slice, t.tune.decade(Number(slice.key)), others?.decades))} />
        )}
        {all !== null && (
          <section class="chart">
            <h2>{t.taste.apart(all, decimal(Math.abs(all)))}</h2>
            <div class="aparts">
              <ApartList title={t.taste.more} films={more} />
              <ApartList title={t.taste.less} films={less} />
            </div>
          </section>
        )}
      </div>
    </>
  );
}
