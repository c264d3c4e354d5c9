// "Why this film": one bar per film that contributed, the rest, and the sum as a sum.
import { api } from "../lib/api";
import { useScale } from "../lib/health";
import { pictureOf } from "../lib/known";
import { useResource } from "../lib/resource";
import { printed, share } from "../lib/format";
import { t } from "../lib/texts";
import { digitsFor, filmBars, ordered, sumLines, type Bar, type Part } from "../lib/why";
import type { FilmList, ListItem, Method, Query } from "../lib/types";
import { Panel } from "./panel";
import { Poster } from "./poster";
import { StarsShown } from "./stars";
import { Failed, RowsSkeleton } from "./states";

export interface WhySubject {
  item: ListItem;
  list: FilmList;
  query: Query | null; // null: the list item already carries the whole explanation
  intro: string;
}

interface LineProps {
  bar: Bar;
  digits: number;
  label: string;
  rating?: number | null;
  kind?: string;
  movie?: number;
}

function Line({ bar, digits, label, rating = null, kind = "", movie }: LineProps) {
  const { max } = useScale();
  return (
    <tr class={`sum-line ${kind} ${bar.share < 0 ? "is-negative" : ""}`}>
      {movie !== undefined && (
        <td class="sum-thumb"><Poster film={{ title: label, ...pictureOf(movie) }} width={92} silent /></td>
      )}
      <th scope="row">
        <span class="sum-label">{label}</span>
        {rating !== null && <StarsShown value={rating} max={max} />}
        <span class="track" style={{ "--from": bar.from, "--width": bar.width }} aria-hidden="true">
          <span class="track-bar" />
        </span>
      </th>
      <td class="sum-share">{share(bar.share, digits)}</td>
    </tr>
  );
}

function Films({ item, digits }: { item: ListItem; digits: number }) {
  const bars = filmBars(item);
  return (
    <table class="sum">
      <tbody>
        {item.reasons.map((r, i) => (
          <Line key={r.movie} bar={bars[i]!} digits={digits} label={printed(r.title)} movie={r.movie} rating={r.rating} />
        ))}
      </tbody>
    </table>
  );
}

export function Total({ item, digits, method, film }: { item: ListItem; digits: number; method: Method | "blend"; film: boolean }) {
  const labels: Record<Part, string> = {
    films: film ? t.why.alike : t.why.films(item.reasons.length),
    other: film ? t.why.otherFilm : t.why.other,
    baseline: method === "popular" ? t.why.popularity : t.why.baseline,
    total: t.why.sum,
  };
  return (
    <table class="sum is-sum">
      <tbody>
        {sumLines(item, digits).map(({ part, bar }) => (
          <Line key={part} bar={bar} digits={digits} label={labels[part]} kind={`is-${part}`} />
        ))}
      </tbody>
    </table>
  );
}

function Terms({ item }: { item: ListItem }) {
  const terms = (item.terms ?? []).filter((term) => term.contribution > 0).slice(0, 8);
  if (terms.length < 2) return null;
  const most = terms[0]!.contribution;
  return (
    <section class="terms">
      <h3>{t.why.terms}</h3>
      <ul>
        {terms.map((term) => (
          <li key={term.term}>
            <span>{t.genre(term.term)}</span>
            <span class="track" style={{ "--from": 0, "--width": term.contribution / most }} aria-hidden="true">
              <span class="track-bar" />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Explanation({ subject }: { subject: WhySubject }) {
  const { item, list, query } = subject;
  const key = query ? `why?${list.id}&${item.movie}` : null;
  const full = useResource(key, (signal) => api.explain(query!, list.model.blend ?? list.model.name, item.movie, signal));
  if (full.error) return <Failed error={full.error} retry={full.retry} />;
  const explained = query ? full.data : item;
  if (!explained) return <RowsSkeleton count={5} thumb={false} />;
  const sorted = ordered(explained);
  const digits = digitsFor(sorted);
  return (
    <>
      {sorted.reasons.length === 0 && <p class="lead">{t.why.none}</p>}
      {query !== null && sorted.reasons.length > 0 && <Films item={sorted} digits={digits} />}
      <Total item={sorted} digits={digits} method={list.model.name} film={query === null} />
      <Terms item={sorted} />
    </>
  );
}

export function WhyPanel({ subject, close }: { subject: WhySubject; close(): void }) {
  const { item, intro } = subject;
  return (
    <Panel close={close} heading={t.why.heading(item.title)} lead={intro} film={item}>
      <Explanation subject={subject} />
    </Panel>
  );
}
