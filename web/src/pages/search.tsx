// Every film that fits what was typed and what is wished for; with nothing typed, all of them.
import { api } from "../lib/api";
import { useScale } from "../lib/health";
import { useTitle } from "../lib/hooks";
import { usePages } from "../lib/pages";
import { useResource } from "../lib/resource";
import { useSettings } from "../lib/settings";
import { t } from "../lib/texts";
import type { FoundPage } from "../lib/types";
import { choicesOf, filterOf, noWishes, ratedOffered, readWishes, starsOffered, waysOut, withChosen, writeWishes, type Choices, type Wishes } from "../lib/wishes";
import { FilmShelf } from "../ui/filmshelf";
import { More } from "../ui/more";
import { Failed, GridSkeleton, Notice } from "../ui/states";
import { DecadeChips, GenreChips, LimitChips } from "../ui/wishes";

const shelfSize = 24;
const lengths = [90, 120, 150];

const addressOf = (q: string) => (wishes: Wishes): string => {
  const search = new URLSearchParams(q ? { q } : {});
  writeWishes(wishes, search);
  const text = search.toString();
  return text ? `?${text}` : "";
};

interface Filter {
  q: string;
  wishes: Wishes;
  choose(change: Partial<Wishes>, control: string): void;
}

interface Offered extends Choices {
  timed: boolean; // how long films are is known
  most: number; // ratings that a film has
}

// What everybody's ratings are of; where that cannot be had, what was found.
function useOffered(found: FoundPage | undefined): Offered | undefined {
  const crowd = useResource("statistics", api.statistics);
  const long = useResource("films?1&known", (signal) => api.movies("", 1, null, signal, "known(runtime)"));
  const known = useResource("films?1", (signal) => api.movies("", 1, null, signal)); // the one with the most ratings
  if (crowd.busy || long.busy || known.busy || (!crowd.data && !found)) return undefined;
  const facts = { timed: (long.data?.total ?? 0) > 0, most: known.data?.items[0]?.rating.count ?? 0 };
  if (!crowd.data) return { ...choicesOf(found?.items ?? []), ...facts };
  return { genres: crowd.data.genres.map((one) => one.genre), decades: crowd.data.decades.map((one) => one.decade), ...facts };
}

function Filters({ filter: { wishes, choose }, offers }: { filter: Filter; offers: Offered }) {
  const { genres, decades } = withChosen(offers, wishes);
  const scale = useScale();
  const limit = { wishes, choose };
  return (
    <section class="sieve" aria-label={t.search.filters}>
      <GenreChips wishes={wishes} choose={choose} genres={genres} />
      <DecadeChips wishes={wishes} choose={choose} decades={decades} />
      <div class="sieve-limits">
        {(offers.timed || wishes.minutes !== null) && <LimitChips {...limit} legend={t.tune.length} of="minutes" values={lengths} say={t.tune.minutes} />}
        <LimitChips {...limit} legend={t.search.stars} of="stars" values={starsOffered(scale.max)} say={t.search.fromStars} />
        {(offers.most > 0 || wishes.rated !== null) && <LimitChips {...limit} legend={t.search.rated} of="rated" values={ratedOffered(offers.most)} say={t.search.fromRated} />}
      </div>
    </section>
  );
}

// What can be let go of, and how many films there are then; what would bring none is no way.
function useWays({ q, wishes }: Filter) {
  const ways = waysOut(wishes);
  const asked = ways.length > 1 ? ways.map((one) => filterOf({ ...wishes, ...one.change })) : [];
  const counts = useResource(asked.length > 0 ? `films?1&${q}&${asked.join("&")}` : null,
    (signal) => Promise.all(asked.map((text) => api.movies(q, 1, null, signal, text).then((found) => found.total))));
  return { busy: counts.busy, ways: asked.flatMap((_, i) => (counts.data?.[i] === 0 ? [] : [{ ...ways[i]!, films: counts.data?.[i] }])) };
}

function Nothing({ filter, removed }: { filter: Filter; removed: number }) {
  const { q, wishes, choose } = filter;
  const { ways, busy } = useWays(filter);
  if (busy) return <div aria-busy="true" />;
  if (removed === 0)
    return (
      <Notice title={t.search.none(q)}>
        {filterOf(wishes) !== "" && <p><a class="button" href={`/search${addressOf("")(wishes)}`}>{t.search.allFiltered}</a></p>}
      </Notice>
    );
  return (
    <Notice title={t.search.filtered(q)}>
      <p>{t.search.filteredBody(removed)}</p>
      <div class="actions">
        {ways.map(({ way, change, films }) => (
          <button key={way} type="button" class="button" onClick={() => choose(change, way)}>
            {t.search.without[way]}{films === undefined ? "" : `: ${t.tune.films(films)}`}
          </button>
        ))}
        <button type="button" class="button" onClick={() => choose(noWishes, "all")}>{t.search.drop}</button>
      </div>
    </Notice>
  );
}

export function SearchPage({ q }: { q: string }) {
  const { value: wishes, choose } = useSettings(readWishes, addressOf(q));
  const filter = { q, wishes, choose };
  const text = filterOf(wishes);
  const list = usePages(`films?${q}&${text}`, (cursor, signal) => api.movies(q, shelfSize, cursor, signal, text));
  const { data, error, busy, retry } = list.first;
  const offers = useOffered(data);
  const films = list.all.flatMap((page) => page.items);
  const heading = q ? t.search.headingFor(q) : t.search.heading;
  useTitle(heading);
  // What stands below the filters comes with them, or it would be pushed down by them.
  return (
    <div class="page search-page">
      <h1>{heading}</h1>
      {offers && <Filters filter={filter} offers={offers} />}
      {error && <Failed error={error} retry={retry} />}
      {offers && !error && (
        <section class="found" aria-label={t.tune.list} aria-busy={busy}>
          <div class="found-head">
            <p class="remark" role="status">{data && !busy && data.total > 0 && t.search.fits(data.total, q)}</p>
            {text !== "" && films.length > 0 && <button type="button" class="quiet" onClick={() => choose(noWishes, "all")}>{t.search.drop}</button>}
          </div>
          {!data && <GridSkeleton count={shelfSize} kind="is-dense" />}
          <div class={busy && data ? "is-stale" : ""}>
            {data && films.length === 0 && <Nothing filter={filter} removed={data.removed.filter} />}
            {films.length > 0 && <FilmShelf films={films} />}
            <More list={list} text={t.search.more} />
          </div>
        </section>
      )}
    </div>
  );
}
