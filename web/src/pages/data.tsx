// What is in the data: the exploratory analyses, of all films or of those that were chosen.
import { useEffect, useRef, useState } from "preact/hooks";
import { askData, choicesOf, figureOf, isWhole, partOf, refusedOf, type DataAnswer, type Part } from "../lib/data";
import { useResource } from "../lib/resource";
import { setQuery } from "../lib/router";
import { t } from "../lib/texts";
import { td } from "../lib/texts/data";
import { sections } from "../ui/datacharts";
import { Failed, Notice, Refused, RowsSkeleton } from "../ui/states";

const pause = 200; // ms without a move before a span is asked about

interface YearsProps {
  years: number[];
  films: number[];
  part: Part;
}

// Two sliders on one line, over the films of each year.
function Years({ years, films, part }: YearsProps) {
  const first = years[0]!, last = years[years.length - 1]!;
  const asked: [number, number] = [Math.max(first, part.from ?? first), Math.min(last, part.to ?? last)];
  const [span, setSpan] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setSpan(asked), [part.from, part.to, first, last]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const [from, to] = [Math.min(...span), Math.max(...span)];
  const move = (end: 0 | 1, year: number) => {
    const next: [number, number] = end === 0 ? [Math.min(year, to), to] : [from, Math.max(year, from)];
    setSpan(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ from: next[0] === first ? null : String(next[0]), to: next[1] === last ? null : String(next[1]) }), pause);
  };
  const most = Math.max(1, ...films);
  const place = (year: number) => (year - first) / Math.max(1, last - first);
  const slider = (end: 0 | 1, year: number) => (
    <input type="range" min={first} max={last} value={year} aria-label={end === 0 ? td.firstYear : td.lastYear} aria-valuetext={String(year)}
      style={{ "--from": place(from), "--to": place(to) }} onInput={(event) => {
        move(end, Number(event.currentTarget.value));
        event.currentTarget.value = String(end === 0 ? Math.min(Number(event.currentTarget.value), to) : Math.max(Number(event.currentTarget.value), from));
      }} />
  );
  return (
    <div class="years" role="group" aria-label={td.years}>
      <p class="years-name">{td.years} <output>{td.span(from, to)}</output></p>
      <svg viewBox={`0 0 ${years.length} 100`} preserveAspectRatio="none" aria-hidden="true">
        {films.map((count, i) => <rect key={i} class={years[i]! >= from && years[i]! <= to ? "is-in" : undefined} x={i} width={0.9} y={100 - (100 * count) / most} height={(100 * count) / most} />)}
      </svg>
      {slider(0, from)}
      {slider(1, to)}
    </div>
  );
}

function Which({ whole, part, refused }: { whole: DataAnswer; part: Part; refused: ReturnType<typeof refusedOf> }) {
  const { genres, years, films } = choicesOf(whole);
  return (
    <>
      <form class="data-which" aria-label={td.which} onSubmit={(event) => event.preventDefault()}>
        {genres.length > 0 && (
          <label class="select">
            <span>{td.genre}</span>
            <select value={part.genre ?? ""} onChange={(event) => setQuery({ genre: event.currentTarget.value || null })}>
              <option value="">{td.anyGenre}</option>
              {genres.map((genre) => <option key={genre} value={genre}>{t.genre(genre)}</option>)}
            </select>
          </label>
        )}
        {years.length > 1 && <Years years={years} films={films} part={part} />}
        <button type="button" class="button" disabled={isWhole(part) && !refused.genre && !refused.years} onClick={() => setQuery({ genre: null, from: null, to: null })}>{td.all}</button>
      </form>
      {refused.genre && <Refused said={td.noGenre(refused.genre)} way={td.drop} drop={() => setQuery({ genre: null })} />}
      {refused.years && <Refused said={td.noYears(refused.years)} way={td.drop} drop={() => setQuery({ from: null, to: null })} />}
    </>
  );
}

function Lead({ data, whole }: { data: DataAnswer; whole: DataAnswer }) {
  const compared = data !== whole && whole.mean !== null;
  return (
    <p class="lead" role="status">
      {td.lead(data.movies, data.people, data.ratings)}
      {data.mean !== null && ` ${td.mean(data.mean)}${compared ? td.meanOfAll(whole.mean!) : ""}.`}
      {data.simulated && ` ${td.simulated}`}
    </p>
  );
}

function Charts({ data, part, search }: { data: DataAnswer; part: Part; search: URLSearchParams }) {
  return (
    <>
      {sections.map(({ section, wide = [], columns = [[], []] }) => {
        const all = [...wide, ...columns.flat()].map(([id]) => id);
        const absent = all.filter((id) => figureOf(data, id)?.absent !== null).map((id) => td.name[id] ?? id);
        const drawn = (charts: typeof wide) => charts.flatMap(([id, Chart]) => {
          const figure = figureOf(data, id);
          return figure && figure.absent === null ? [<Chart key={id} figure={figure} data={data} part={part} search={search} />] : [];
        });
        const [left, right] = [drawn(columns[0]), drawn(columns[1])];
        return (
          <section key={section} class="data-section" aria-label={td.section[section]}>
            <h2>{td.section[section]}</h2>
            <div class="data-column is-wide">{drawn(wide)}</div>
            <div class="charts">
              <div class="data-column">{left}</div>
              <div class="data-column">{right}</div>
            </div>
            {absent.length > 0 && <p class="remark">{td.absent(absent.join(", "))}</p>}
          </section>
        );
      })}
    </>
  );
}

export function DataPart({ search }: { search: URLSearchParams }) {
  const whole = useResource("data?", (signal) => askData({ genre: null, from: null, to: null }, signal));
  const refused = whole.data ? refusedOf(search, choicesOf(whole.data).genres) : null;
  const asked = partOf(search);
  const part = refused?.genre ? { ...asked, genre: null } : asked;
  const chosen = useResource(isWhole(part) ? null : `data?${JSON.stringify(part)}`, (signal) => askData(part, signal), true);
  // A genre that is none may be refused before it is known which there are.
  const error = whole.error ?? (whole.data ? chosen.error : undefined);
  if (error) return <Failed error={error} retry={whole.error ? whole.retry : chosen.retry} />;
  if (!whole.data) return <RowsSkeleton count={16} thumb={false} />;
  const data = isWhole(part) ? whole.data : (chosen.data ?? whole.data);
  return (
    <>
      <Lead data={data} whole={whole.data} />
      <Which whole={whole.data} part={part} refused={refused!} />
      <div class={chosen.busy ? "data-charts is-busy" : "data-charts"}>
        {data.movies === 0 ? <Notice title={td.none} /> : <Charts data={data} part={part} search={search} />}
      </div>
    </>
  );
}
