// "Why this film": one bar per film that contributed, the rest, and the sum as a sum.
import { useEffect, useRef } from "preact/hooks";
import { api } from "../lib/api";
import { pictureOf } from "../lib/known";
import { useResource } from "../lib/resource";
import { t } from "../lib/texts";
import { digitsFor, printedOther, rounded, sumOf, type Bar } from "../lib/why";
import type { FilmList, ListItem, Query } from "../lib/types";
import { Icon } from "./icon";
import { Poster } from "./poster";
import { Failed, RowsSkeleton } from "./states";

export interface WhySubject {
  item: ListItem;
  list: FilmList;
  query: Query | null; // null: the list item already carries the whole explanation
  intro: string;
}

interface LineProps {
  bar: Bar;
  zero: number;
  digits: number;
  label: string;
  note?: string | undefined;
  printed?: number;
  kind?: string;
  movie?: number;
}

function Line({ bar, zero, digits, label, note, printed = rounded(bar.share, digits), kind = "", movie }: LineProps) {
  const minus = printed < 0 ? "−" : "";
  return (
    <tr class={`sum-line ${kind} ${bar.share < 0 ? "is-negative" : ""}`}>
      <td class="sum-thumb">
        {movie !== undefined && <Poster film={{ title: label, ...pictureOf(movie) }} width={92} silent />}
      </td>
      <th scope="row">
        <span class="sum-label">{label}</span>
        {note && <span class="sum-note">{note}</span>}
        <span class="track" style={{ "--from": bar.from, "--width": bar.width, "--zero": zero }} aria-hidden="true">
          <span class="track-bar" />
        </span>
      </th>
      <td class="sum-share">{minus + Math.abs(printed).toFixed(digits)}</td>
    </tr>
  );
}

function Sums({ item, film }: { item: ListItem; film: boolean }) {
  const reasons = [...item.reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const sorted = { ...item, reasons };
  const sum = sumOf(sorted);
  const digits = digitsFor(sorted);
  const other = printedOther(sorted, digits);
  const common = { zero: sum.zero, digits };
  return (
    <table class="sum">
      <tbody>
        {reasons.map((r, i) => (
          <Line key={r.movie} {...common} bar={sum.bars[i]!} label={r.title} movie={r.movie}
            note={r.rating === null || film ? undefined : t.why.rated(r.rating)} />
        ))}
        {other !== 0 && (
          <Line {...common} bar={sum.other} printed={other} kind="is-rest"
            label={film ? t.why.otherFilm : t.why.other} />
        )}
        {(item.baseline !== 0 || reasons.length === 0) && (
          <Line {...common} bar={sum.baseline} label={t.why.baseline} kind="is-rest" />
        )}
        <Line {...common} bar={sum.total} label={t.why.sum} kind="is-total" />
      </tbody>
    </table>
  );
}

function Terms({ item }: { item: ListItem }) {
  const terms = (item.terms ?? []).filter((term) => term.contribution > 0).slice(0, 8);
  if (terms.length === 0) return null;
  const most = terms[0]!.contribution;
  return (
    <section class="terms">
      <h3>{t.why.terms}</h3>
      <ul>
        {terms.map((term) => (
          <li key={term.term}>
            <span>{term.term}</span>
            <span class="track" style={{ "--from": 0, "--width": term.contribution / most, "--zero": 0 }} aria-hidden="true">
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
  const full = useResource(key, (signal) => api.explain(query!, list.model.name, item.movie, signal));
  if (full.error) return <Failed error={full.error} retry={full.retry} />;
  const explained = query ? full.data : item;
  if (!explained) return <RowsSkeleton count={5} thumb={false} />;
  return (
    <>
      {explained.reasons.length === 0 && <p class="lead">{t.why.none}</p>}
      <Sums item={explained} film={query === null} />
      <Terms item={explained} />
    </>
  );
}

export function WhyPanel({ subject, close }: { subject: WhySubject; close(): void }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const { item, intro } = subject;
  const onClick = (event: MouseEvent) => {
    if (event.target === box.current) box.current?.close();
  };
  return (
    <dialog ref={box} class="panel" aria-labelledby="why-title" onClose={close} onClick={onClick}>
      <div class="panel-body">
        <header class="panel-head">
          <Poster film={item} width={154} silent eager />
          <div>
            <h2 id="why-title">{t.why.heading(item.title)}</h2>
            <p class="lead">{intro}</p>
          </div>
          <button type="button" class="quiet is-icon" aria-label={t.why.close} onClick={() => box.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        <Explanation subject={subject} />
      </div>
    </dialog>
  );
}
