// What each part of the dashboard shows, and how: each asks for its own report, and is saved as the server
// writes it.
import type { ComponentChildren } from "preact";
import { greatest, least } from "../lib/data";
import { decimal, number, printed } from "../lib/format";
import { useResource } from "../lib/resource";
import { setQuery } from "../lib/router";
import {
  askReport, bestOf, contenders, everyDay, figureOf, fileAddress, fileName, isEntire, keyOf, methodsOf, percentOf, standsOut, toldFrom0, weeksOf,
  type Asked, type Catalogue, type FilmCounts, type FilmRow, type GenreRow, type HealthRow, type Models, type PeopleRow, type Rate, type RateRow, type Report,
  type ReportName, type TimeRow, type Training, type Whole,
} from "../lib/stats";
import { t } from "../lib/texts";
import { real, share } from "../lib/texts/data";
import { csvOf } from "../lib/taste";
import { dayLong, dayShort, headOf, rateOf, readReport, signed, ts, type What } from "../lib/texts/stats";
import { save } from "./chart";
import { Columns, columnsHeight, Grid, gridHeight } from "./plots";
import { Failed } from "./states";
import { Coming, Frame, Ghost, Lying, Marks, Switch, Table } from "./tables";

export interface ChartProps {
  asked: Asked;
  search: URLSearchParams; // how it is drawn, where that is not as usual
}

// ---- what every chart has ----

interface AnswerProps {
  name: ReportName;
  id?: string; // where one report has several charts
  address: string;
  report: Report<object>;
  finding: string;
  note?: string | undefined;
  controls?: ComponentChildren;
  busy?: boolean;
  children: ComponentChildren;
}

function Answered({ name, id = name, address, report, finding, ...rest }: AnswerProps) {
  const files = (["csv", "json"] as const).map((format) => (
    <a key={format} class="quiet" href={fileAddress(address, format)} download={fileName(name, report, format)} aria-label={ts.saveAs(ts[format], finding)}>{ts[format]}</a>
  ));
  return <Frame {...rest} id={id} finding={finding} files={files} table={() => <Table figure={figureOf(name, report.items)} name={finding} head={headOf} read={readReport} />} />;
}

interface Answer<T> {
  address: string;
  data: T;
  busy: boolean;
}

// A report, or what stands in its place while it is on its way.
function useReport<T>(name: ReportName, asked: Asked, coming: ComponentChildren, more: Record<string, string | number> = {}): [Answer<T> | null, ComponentChildren] {
  const address = keyOf(name, asked, more);
  const { data, error, busy, retry } = useResource(address, (signal) => askReport<T>(address, signal), true);
  if (error) return [null, <Failed error={error} retry={retry} />];
  return data === undefined ? [null, coming] : [{ address, data, busy }, null];
}

// "" is what nobody named.
const methodName = (method: string | undefined) => (method ? t.method(method) : ts.noMethod);

const shareOfHundred = (value: number) => share(value / 100);
const orNone = (value: number | null, write: (value: number) => string) => (value === null ? "–" : write(value));

// What was so on the days compared with, behind what is said of a place.
const saidBefore = (said: string, before: string | null) => (before === null ? said : `${said} (${ts.before(before)})`);
const notes = (...all: (string | false)[]): string => all.filter(Boolean).join(" ");

// ---- the whole ----

function Facts({ now, before, compared }: { now?: Whole | undefined; before?: Whole | undefined; compared: boolean }) {
  const f = ts.fact;
  const rows: [string, (whole: Whole) => string][] = [
    [f.lists, (w) => number(w.lists)], [f.people, (w) => orNone(w.people_a_day, (n) => number(Math.round(n)))], [f.fresh, (w) => number(w.new_people)],
    [f.clicks, (w) => number(w.clicks)], [f.ratings, (w) => number(w.ratings)], [f.trailers, (w) => number(w.trailers)], [f.watchlist, (w) => number(w.watchlist)],
    [f.refused, (w) => number(w.not_interested)], [f.dwell, (w) => orNone(w.dwell_seconds, ts.seconds)], [f.films, (w) => number(w.films)],
    [f.coverage, (w) => orNone(w.coverage, rateOf)], [f.effective, (w) => orNone(w.effective_films, (n) => number(Math.round(n)))],
    [f.novelty, (w) => orNone(w.novelty, ts.bits)], [f.diversity, (w) => orNone(w.diversity, real)],
  ];
  return (
    <div>
      <dl class="stats-facts">
        {rows.map(([name, write]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {now ? write(now) : <Ghost>{number(100)}</Ghost>}
              {compared && <span class="stats-before">{before ? ts.before(write(before)) : <Ghost>{ts.before(number(100))}</Ghost>}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <p class="chart-note">{ts.factNote}</p>
    </div>
  );
}

function Funnel({ now }: { now?: Whole }) {
  const steps: [string, number, number][] = now ? [[ts.funnel.shown, now.shown, now.shown], [ts.funnel.clicked, now.clicked, now.shown], [ts.funnel.both, now.clicked_rated, now.shown]]
    : [ts.funnel.shown, ts.funnel.clicked, ts.funnel.both].map((name) => [name, 0, 0]);
  return (
    <Lying whole few={3} best={false} heads={[ts.step, ts.ofShown, ts.count]}
      rows={steps.map(([name, n, all]) => ({ key: name, name, value: all > 0 ? n / all : 0, said: all > 0 ? rateOf(n / all) : "–", note: number(n) }))} />
  );
}

export function Came({ asked }: ChartProps) {
  const compared = asked.against !== null;
  const [answer, coming] = useReport<Report<Whole> & { change?: Rate }>("summary", asked, (
    <>
      <Coming finding={ts.funnelFinding(0.1, 0.1)} note={ts.funnelNote({ rate: 0.1, low: 0.1, high: 0.1 }, 1000)}>
        {compared && <p class="stats-change"><Ghost>{ts.change({ rate: 0, low: 0, high: 0 }, 0)}</Ghost></p>}
        <Funnel />
      </Coming>
      <Facts compared={compared} />
    </>
  ));
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const now = data.items[0]!, before = data.items[1];
  return (
    <>
      <Answered name="summary" address={address} report={data} busy={busy} finding={ts.funnelFinding(now.click_through.rate, now.rating_through.rate)} note={ts.funnelNote(now.click_to_rating, now.rated - now.clicked_rated)}>
        {compared && <p class="stats-change">{data.change && data.change.rate !== null && ts.change(data.change, toldFrom0(data.change))}</p>}
        <Funnel now={now} />
      </Answered>
      <Facts now={now} before={before} compared={before !== undefined} />
    </>
  );
}

// ---- rates ----

const rateName = (row: RateRow, by: string): string => {
  if (by === "rank") return ts.place(row.rank ?? 0);
  if (by === "scenario") return row.scenario ? (ts.scenario[row.scenario] ?? row.scenario) : ts.noRow;
  if (by === "model") return row.model_id || methodName(row.method);
  return methodName(row.method);
};
// What has no name is no way to make lists that could be the best.
const isNamed = (row: RateRow): boolean => Boolean(row.method || row.model_id || row.scenario || row.rank);

export const ratesBy = (search: URLSearchParams): string => (search.get("by") && search.get("by")! in ts.bys ? search.get("by")! : "method");

export function Rates({ asked, search }: ChartProps) {
  const by = ratesBy(search);
  const rating = search.get("rate") === "rating";
  const [answer, coming] = useReport<Report<RateRow>>("rates", asked, <Coming controls long finding={ts.rateOpen(ts.measures.click!, [t.method("hybrid"), t.method("popular")])} rows={4} note={ts.rateNote(asked.against !== null)} />, { by });
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const of = rating ? "rating_through" : "click_through";
  // While the next way is fetched, the rows are of the last one.
  const shownBy = (data as Report<RateRow> & { by?: string }).by ?? by;
  const shown = data.items.filter((row) => row.shown > 0), named = shown.some(isNamed) ? shown.filter(isNamed) : shown;
  const best = bestOf(named, of), done = ts.measures[rating ? "rating" : "click"]!;
  const finding = best === null ? ts.empty : named.length === 1 ? ts.onlyRate(rateName(best, shownBy), best[of].rate, done)
    : standsOut(best, named, of) ? ts.rateFinding(rateName(best, shownBy), best[of].rate, done) : ts.rateOpen(done, contenders(best, named, of).map((row) => rateName(row, shownBy)));
  return (
    <Answered name="rates" address={address} report={data} busy={busy} finding={finding} note={ts.rateNote(data.against !== null)}
      controls={
        <div class="stats-switches">
          <Switch name={ts.by} value={by} options={ts.bys} choose={(one) => setQuery({ by: one === "method" ? null : one })} />
          <Switch name={ts.measure} value={rating ? "rating" : "click"} options={ts.measures} choose={(one) => setQuery({ rate: one === "rating" ? one : null })} />
        </div>
      }>
      <Marks long={shownBy !== "rank"} few={12} heads={[ts.bys[shownBy]!, ts.share, ts.shown]} write={rateOf}
        rows={shown.map((row, i) => ({
          key: String(i), name: rateName(row, shownBy), value: row[of].rate ?? 0, low: row[of].low ?? NaN, high: row[of].high ?? NaN,
          ...(row.against && row.against[of].rate !== null ? { before: row.against[of].rate } : {}), note: number(row.shown),
        }))} />
    </Answered>
  );
}

// ---- films and genres ----

const kinds = ["shown", "clicked", "rated"] as const;
type Kind = (typeof kinds)[number];
const filmName = (row: FilmRow) => (row.title === null ? ts.gone(row.movie) : printed(row.year === null ? row.title : `${row.title} (${row.year})`));
const timesOf = (row: FilmCounts, kind: Kind) => (kind === "shown" ? row.shown : kind === "clicked" ? row.clicks : row.ratings);

export function Films({ asked, search }: ChartProps) {
  const kind = kinds.find((one) => one === search.get("films")) ?? "shown";
  const [answer, coming] = useReport<Report<FilmRow> & { by: Kind }>("films", asked, <Coming controls long finding={ts.filmFinding.shown(ts.film.repeat(4), 100)} rows={12} note={ts.filmNote(asked.against !== null)} />, { by: kind, limit: 50 });
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const rows = data.items.filter((row) => timesOf(row, data.by) > 0);
  const first = rows[0];
  return (
    <Answered name="films" address={address} report={data} busy={busy} finding={first ? ts.filmFinding[data.by](filmName(first), timesOf(first, data.by)) : ts.empty} note={ts.filmNote(data.against !== null)}
      controls={<Switch name={ts.kind} value={kind} options={ts.kinds} choose={(one) => setQuery({ films: one === "shown" ? null : one })} />}>
      <Lying long few={12} heads={[ts.film, ts.times, ts.clickThrough]}
        rows={rows.map((row) => ({
          key: String(row.movie), name: row.title === null ? filmName(row) : <a href={`/film/${row.movie}`}>{filmName(row)}</a>,
          value: timesOf(row, data.by), said: number(timesOf(row, data.by)), note: rateOf(row.click_through.rate),
          ...(row.against ? { before: { value: timesOf(row.against, data.by), said: ts.before(number(timesOf(row.against, data.by))) } } : {}),
        }))} />
    </Answered>
  );
}

export function Genres({ asked }: ChartProps) {
  const [answer, coming] = useReport<Report<GenreRow>>("genres", asked, <Coming finding={ts.genreFinding(ts.genre, 1)} rows={18} note={notes(ts.genreNote, asked.against !== null && ts.genreBefore)} />);
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const rows = data.items.filter((row) => row.shown > 0);
  const more = (row: GenreRow) => (row.share_of_shown ?? 0) / (row.share_of_films || 1);
  const best = rows.filter((row) => row.films > 0)[greatest(rows.filter((row) => row.films > 0).map(more))];
  return (
    <Answered name="genres" address={address} report={data} busy={busy} finding={best ? ts.genreFinding(t.genre(best.genre), more(best)) : ts.empty} note={notes(ts.genreNote, data.against !== null && ts.genreBefore)}>
      <Marks zero few={20} heads={[ts.genre, ts.share, ts.clickThrough]} write={rateOf}
        rows={rows.map((row) => ({ key: row.genre, name: t.genre(row.genre), value: row.share_of_shown ?? 0, before: row.share_of_films ?? 0, note: rateOf(row.click_through.rate), ...(row.against ? { once: row.against.share_of_shown ?? NaN } : {}) }))} />
    </Answered>
  );
}

// ---- when ----

const hours = 24;
const whats = ["lists", "clicks", "ratings"] as const;
const whatOf = (search: URLSearchParams, of: string): What => whats.find((one) => one === search.get(of)) ?? "lists";

const countBefore = ({ against }: TimeRow, what: What): string | null => (against ? ts.countOf(what, against[what]) : null);

function Counted({ what, of }: { what: What; of: string }) {
  return <Switch name={ts.counted} value={what} options={ts.counts} choose={(one) => setQuery({ [of]: one === "lists" ? null : one })} />;
}

export function HoursOfWeek({ asked, search }: ChartProps) {
  const what = whatOf(search, "hours");
  const [answer, coming] = useReport<Report<TimeRow>>("times", asked, <Coming controls finding={ts.weekFinding(what, ts.hourOf(ts.weekdays[0]!, 20), 100)} measure={ts.weekMeasure(what, 1, 100)} height={gridHeight} />, { by: "hour" });
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const values = data.items.map((row) => row[what]);
  const when = (at: number) => ts.hourOf(ts.weekdays[Math.floor(at / hours)]!, at % hours);
  const best = Math.max(0, greatest(values));
  const finding = ts.weekFinding(what, when(best), values[best]!);
  return (
    <Answered name="times" id="hours" address={address} report={data} busy={busy} finding={finding} controls={<Counted what={what} of="hours" />}>
      <Grid name={finding} measure={ts.weekMeasure(what, values[Math.max(0, least(values))]!, values[best]!)} shares={values} columns={hours} xName={ts.hours} yName={ts.days} names={{ columns: values.slice(0, hours).map((_, hour) => (hour % 6 === 0 ? ts.hour(hour) : "")), rows: ts.weekdaysShort }}
        say={(at) => saidBefore(ts.weekSay(when(at), data.items[at]!.lists, data.items[at]!.clicks, data.items[at]!.ratings), countBefore(data.items[at]!, what))} />
    </Answered>
  );
}

const daysMost = 120; // more are drawn by week

export function OverTime({ asked, search, days }: ChartProps & { days: number }) {
  const weekly = days > daysMost;
  const what = whatOf(search, "over");
  const [answer, coming] = useReport<Report<TimeRow> & { by: string }>("times", asked, <Coming controls finding={ts.overFinding(what, dayLong("2026-09-20"), 100)} measure={ts.overMeasure(what)} height={columnsHeight(true)} />, { by: weekly ? "week" : "day" });
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const byWeek = data.by === "week";
  const dayOf = (row: TimeRow) => row.day ?? row.week ?? "";
  const rows = everyDay(data.range, data.items, dayOf, (day) => ({ day, lists: 0, shown: 0, clicks: 0, ratings: 0 }), byWeek ? 7 : 1);
  const values = rows.map((row) => row[what]), best = Math.max(0, greatest(values));
  const quiet = rows.map((row) => !isEntire(dayOf(row), byWeek ? 7 : 1, data.range));
  const clicksOfHundred = (of: { shown: number; clicks: number } | null | undefined) => (of && of.shown > 0 ? (of.clicks / of.shown) * 100 : NaN);
  const compared = data.against !== null;
  const named = (row: TimeRow) => (byWeek ? ts.weekOf(dayLong(dayOf(row))) : dayLong(dayOf(row)));
  const finding = rows.length > 0 ? ts.overFinding(what, named(rows[best]!), values[best]!) : ts.empty;
  return (
    <Answered name="times" id="over" address={address} report={data} busy={busy} finding={finding} note={notes(quiet.includes(true) && ts.goesOn, compared && ts.linesBefore)} controls={<Counted what={what} of="over" />}>
      <Columns name={finding} measure={ts.overMeasure(what)} names={rows.map((row) => dayShort(dayOf(row)))} values={values} best={best} quiet={quiet} writeMean={shareOfHundred}
        {...(compared ? { before: rows.map((row) => row.against?.[what] ?? NaN), meansBefore: rows.map((row) => clicksOfHundred(row.against)) } : {})}
        means={rows.map(clicksOfHundred)} say={(at) => saidBefore(ts.overSay(named(rows[at]!), rows[at]!.lists, rows[at]!.clicks, rows[at]!.ratings), countBefore(rows[at]!, what))} />
    </Answered>
  );
}

// ---- people ----

export function People({ asked }: ChartProps) {
  const [answer, coming] = useReport<Report<PeopleRow>>("people", asked, <Coming finding={ts.peopleFinding(0.5)} measure={ts.peopleMeasure} height={columnsHeight(false)} note={ts.peopleNote} />);
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const rows = everyDay(data.range, data.items, (row) => row.day, (day) => ({ day, people: 0, new: 0, returning: 0 }));
  const [all, back] = [data.items.reduce((sum, row) => sum + row.people, 0), data.items.reduce((sum, row) => sum + row.returning, 0)];
  const values = rows.map((row) => row.people);
  const finding = all > 0 ? ts.peopleFinding(back / all) : ts.empty;
  const quiet = rows.map((row) => !isEntire(row.day, 1, data.range));
  return (
    <Answered name="people" address={address} report={data} busy={busy} finding={finding} note={notes(ts.peopleNote, quiet.includes(true) && ts.goesOn, data.against !== null && ts.lineBefore)}>
      <Columns name={finding} measure={ts.peopleMeasure} names={rows.map((row) => dayShort(row.day))} values={values} inner={rows.map((row) => row.new)} quiet={quiet} best={Math.max(0, greatest(values))}
        {...(data.against ? { before: rows.map((row) => row.against?.people ?? NaN) } : {})}
        say={(at) => saidBefore(ts.peopleSay(dayLong(rows[at]!.day), values[at]!, rows[at]!.new), rows[at]!.against ? number(rows[at]!.against!.people) : null)} />
    </Answered>
  );
}

// ---- the catalogue ----

export function CatalogueWatch({ asked }: ChartProps) {
  const [answer, coming] = useReport<Catalogue>("catalogue", asked, <Coming finding={ts.notYet} measure={ts.catalogueMeasure} height={columnsHeight(true)} note={ts.catalogueNote} />);
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const { items: rows, trend } = data;
  const values = rows.map((row) => row.effective_films ?? 0);
  const finding = rows.length === 0 ? ts.empty : trend.rate === null ? ts.notYet : data.narrowing ? ts.narrows(trend) : ts.widens(trend);
  return (
    <Answered name="catalogue" id="catalogue" address={address} report={data} busy={busy} finding={finding} note={notes(ts.catalogueNote, rows.some((row) => !row.whole) && ts.goesOn, data.against !== null && ts.linesBefore)}>
      {rows.length > 0 && (
        <Columns name={finding} measure={ts.catalogueMeasure} names={rows.map((row) => dayShort(row.week))} values={values} means={rows.map((row) => (row.whole || rows.length < 3 ? (row.coverage ?? NaN) * 100 : NaN))} writeMean={shareOfHundred} quiet={rows.map((row) => !row.whole)} best={Math.max(0, greatest(values))}
          {...(data.against ? { before: rows.map((row) => row.against?.effective_films ?? NaN), meansBefore: rows.map((row) => (row.against && row.against.shown > 0 && (row.against.whole || rows.length < 3) ? (row.against.coverage ?? NaN) * 100 : NaN)) } : {})}
          say={(at) => saidBefore(ts.catalogueSay(ts.weekOf(dayLong(rows[at]!.week)), values[at]!, rows[at]!.films, rows[at]!.coverage ?? 0), rows[at]!.against ? number(Math.round(rows[at]!.against!.effective_films ?? 0)) : null)} />
      )}
    </Answered>
  );
}

export function Mix({ asked }: ChartProps) {
  const [answer, coming] = useReport<Catalogue>("catalogue", asked, <Coming finding={ts.mixFinding(1, 1)} measure={ts.mixMeasure} height={columnsHeight(true)} />);
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const rows = data.items, last = rows[rows.length - 1];
  const values = rows.map((row) => row.novelty ?? NaN);
  const finding = last ? ts.mixFinding(last.novelty ?? NaN, last.diversity ?? NaN) : ts.empty;
  return (
    <Answered name="catalogue" id="mix" address={address} report={data} busy={busy} finding={finding} note={data.against === null ? undefined : ts.linesBefore}>
      {last && (
        <Columns name={finding} measure={ts.mixMeasure} names={rows.map((row) => dayShort(row.week))} values={values} means={rows.map((row) => row.diversity ?? NaN)} writeMean={(value) => decimal(value, 3)} best={Math.max(0, greatest(values))}
          {...(data.against ? { before: rows.map((row) => row.against?.novelty ?? NaN), meansBefore: rows.map((row) => row.against?.diversity ?? NaN) } : {})}
          say={(at) => ts.mixSay(ts.weekOf(dayLong(rows[at]!.week)), values[at]!, rows[at]!.diversity ?? NaN)} />
      )}
    </Answered>
  );
}

// ---- models ----

function Trainings({ trainings, address, days }: { trainings: Training[]; address: string; days: string }) {
  if (trainings.length === 0) return <p class="remark">{ts.noTrainings}</p>;
  const finding = ts.trainingsFinding(trainings.filter((one) => one.passed).length, trainings.length);
  const ndcg = (value: number | null) => orNone(value, (n) => decimal(n, 3));
  const result = (one: Training) => (one.passed ? ts.passed : ts.refused);
  const head = ts.training;
  const file = () => csvOf([
    ["day", "job", "candidate", "incumbent", "people", "before", "after", "difference", "low", "high", "overlap", "passed", "reason"],
    ...trainings.map((one) => [one.day, one.job, one.candidate, one.incumbent, one.people ?? "", one.before ?? "", one.after ?? "", one.difference.rate ?? "", one.difference.low ?? "", one.difference.high ?? "", one.overlap ?? "", String(one.passed), one.reason ?? ""]),
  ]);
  const table = () => (
    <div class="data-table" tabIndex={0} role="region" aria-label={finding}>
      <table>
        <thead><tr><th scope="col">{head.when}</th><th scope="col">{head.candidate}</th><th scope="col" class="is-number">{head.ndcg}</th><th scope="col" class="is-number">{head.difference}</th><th scope="col">{head.result}</th></tr></thead>
        <tbody>
          {trainings.map((one) => (
            <tr key={one.job}>
              <td>{dayLong(one.day)}</td>
              <td>{one.candidate || "–"}</td>
              <td class="is-number">{`${ndcg(one.before)} → ${ndcg(one.after)}`}</td>
              <td class="is-number">{one.difference.rate === null ? "–" : ts.difference(one.difference)}</td>
              <td>{result(one)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return (
    <Frame id="trainings" finding={finding} note={ts.trainingsNote} table={table} files={
      <>
        <button type="button" class="quiet" aria-label={ts.saveAs(ts.csv, finding)} onClick={() => save(`trainings_${days}.csv`, file())}>{ts.csv}</button>
        <a class="quiet" href={fileAddress(address, "json")} download={`models_${days}.json`} aria-label={ts.saveAs(ts.json, finding)}>{ts.json}</a>
      </>
    }>
      <Marks long few={12} line={0} heads={[head.candidate, head.difference, head.result]} write={(value) => (Number.isNaN(value) ? "–" : signed(value, 3))}
        rows={trainings.map((one) => ({
          key: String(one.job), name: <a href={`/analytics/jobs/${one.job}`}>{dayShort(one.day)}{t.dot}{one.candidate || "–"}</a>, note: result(one),
          value: one.difference.rate ?? NaN, low: one.difference.low ?? NaN, high: one.difference.high ?? NaN,
        }))} />
    </Frame>
  );
}

export function ModelsOverTime({ asked, search }: ChartProps) {
  const [answer, coming] = useReport<Models>("models", asked, <Coming finding={ts.modelFinding(t.method("hybrid"), 2)} measure={ts.modelMeasure} height={columnsHeight(false)} />);
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const methods = methodsOf(data.items);
  const method = methods.find((one) => one === search.get("model")) ?? methods[0];
  const trainings = <Trainings trainings={data.trainings} address={address} days={`${data.range.from}_${data.range.to}`} />;
  if (method === undefined) return trainings;
  const weeks = weeksOf(data, method);
  const values = weeks.map((week) => percentOf(week.click));
  const fresh = weeks.reduce((sum, week) => sum + week.fresh.length, 0);
  const finding = ts.modelFinding(methodName(method), fresh);
  return (
    <>
      <Answered name="models" address={address} report={data} busy={busy} finding={finding}
        controls={methods.length > 1 && <Switch name={ts.bys.method!} value={method} options={Object.fromEntries(methods.map((one) => [one, methodName(one)]))} choose={(one) => setQuery({ model: one === methods[0] ? null : one })} />}>
        <Columns name={finding} measure={ts.modelMeasure} names={weeks.map((week) => dayShort(week.week))} values={values} best={Math.max(0, greatest(values))} write={(value) => share(value / 100)}
          spans={weeks.map((week) => [(week.click.low ?? NaN) * 100, (week.click.high ?? NaN) * 100])} marked={weeks.map((week) => week.fresh.length > 0)}
          say={(at) => ts.modelSay(ts.weekOf(dayLong(weeks[at]!.week)), weeks[at]!.click, weeks[at]!.fresh)} />
      </Answered>
      {trainings}
    </>
  );
}

// ---- health ----

export function Health({ asked }: ChartProps) {
  const [answer, coming] = useReport<Report<HealthRow>>("health", asked, (
    <Coming finding={ts.healthFinding(0, 0, 0)}>
      <dl class="stats-facts">
        {Object.entries(ts.what).map(([what, name]) => <div key={what}><dt>{name}</dt><dd><Ghost>{number(100)}</Ghost></dd></div>)}
      </dl>
    </Coming>
  ));
  if (!answer) return <>{coming}</>;
  const { data, address, busy } = answer;
  const of = (what: string) => data.items.find((row) => row.what === what)?.value ?? 0;
  const finding = ts.healthFinding(of("outbox_events"), of("trainings_failed_in_a_week"), of("trainings_done_in_a_week"));
  return (
    <Answered name="health" address={address} report={data} busy={busy} finding={finding}>
      <dl class="stats-facts">
        {data.items.map(({ what, value }) => (
          <div key={what}>
            <dt>{ts.what[what] ?? what}</dt>
            <dd>{value === null ? ts.none : what.includes("seconds") ? ts.age(value) : number(value)}</dd>
          </div>
        ))}
      </dl>
    </Answered>
  );
}
