// The feedback log: what was shown, opened and rated, with filters.
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../lib/api";
import { outbox } from "../lib/feedback";
import { usePages } from "../lib/pages";
import { problemOf } from "../lib/problems";
import { useResource } from "../lib/resource";
import { setQuery } from "../lib/router";
import { clock, printed } from "../lib/format";
import { everyEvent, filterOf, foundPage, isFiltered, logJson, logTable, mostEvents } from "../lib/logfile";
import { t } from "../lib/texts";
import { ta } from "../lib/texts/analytics";
import { eventTypes, logFilters, methods, type LogEvent, type LogFilter, type LogPage } from "../lib/types";
import { save } from "../ui/chart";
import { DayField } from "../ui/dayfield";
import { FilmSearch } from "../ui/filmsearch";
import { More } from "../ui/more";
import { PersonSearch } from "../ui/personsearch";
import { Failed, Notice, RowsSkeleton } from "../ui/states";

const pageSize = 25;
const exportPage = 200;
const filmsShown = 3;
interface ChoiceProps {
  label: string;
  value: string;
  none: string;
  options: [string, string][];
  choose(value: string | null): void;
}

function Choice({ label, value, none, options, choose }: ChoiceProps) {
  return (
    <label class="select">
      <span>{label}</span>
      <select value={value} onChange={(e) => choose(e.currentTarget.value || null)}>
        <option value="">{none}</option>
        {options.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
      </select>
    </label>
  );
}

// Whom or what was chosen by a search, and a way back from it.
function Chosen({ name, drop }: { name: string; drop(): void }) {
  return <button type="button" class="chip is-only" aria-label={ta.without(name)} onClick={drop}>{name} ×</button>;
}

function FilmChosen({ id }: { id: string }) {
  const film = useResource(`film?${id}`, (signal) => api.movie(Number(id), signal));
  return <Chosen name={film.data ? printed(film.data.title) : t.log.film(Number(id))} drop={() => setQuery({ movie: null })} />;
}

function Filters({ filter, again }: { filter: LogFilter; again(): void }) {
  return (
    <>
      <div class="filters">
        <Choice label={t.log.type} value={filter.type} none={t.log.any} choose={(type) => setQuery({ type })}
          options={eventTypes.map((type) => [type, t.log.event(type)])} />
        <Choice label={t.log.method} value={filter.method} none={t.log.all} choose={(method) => setQuery({ method })}
          options={methods.map((m) => [m, t.method(m)])} />
        <DayField label={ta.since} value={filter.since} choose={(since) => setQuery({ since: since || null })} />
        <DayField label={ta.until} value={filter.until} choose={(until) => setQuery({ until: until || null })} />
        <button type="button" class="button" onClick={again}>{t.log.refresh}</button>
      </div>
      <div class="filters log-searches">
        <div>{filter.user === "" ? <PersonSearch aside label={ta.ofPerson} placeholder={ta.ofPerson} choose={(user) => setQuery({ user: String(user) })} />
          : <Chosen name={t.log.person(Number(filter.user))} drop={() => setQuery({ user: null })} />}</div>
        <div>{filter.movie === "" ? <FilmSearch aside label={ta.withFilm} placeholder={ta.withFilm} choose={(film) => setQuery({ movie: String(film.movie) })} />
          : <FilmChosen id={filter.movie} />}</div>
        {isFiltered(filter) && (
          <button type="button" class="button" onClick={() => setQuery(Object.fromEntries(logFilters.map((name) => [name, null])))}>{ta.everything}</button>
        )}
      </div>
    </>
  );
}

function Films({ event }: { event: LogEvent }) {
  const [all, setAll] = useState(false);
  const shown = all ? event.movies : event.movies.slice(0, filmsShown);
  const hidden = event.movies.length - shown.length;
  return (
    <ol class="log-films">
      {shown.map((film) => (
        <li key={film.movie}>
          {event.movies.length > 1 && film.rank != null && <span class="log-rank">{film.rank}</span>}
          <a href={`/film/${film.movie}`}>{film.title ? printed(film.title) : film.movie}</a>
        </li>
      ))}
      {hidden > 0 && <li><button type="button" class="quiet" onClick={() => setAll(true)}>{t.log.more(hidden)}</button></li>}
    </ol>
  );
}

// The log knows the film a list started from by its id only; its title is asked for.
function Source({ id }: { id: number }) {
  const film = useResource(`film?${id}`, (signal) => api.movie(id, signal));
  return (
    <p class="log-source">
      {t.log.like} <a href={`/film/${id}`}>{film.data ? printed(film.data.title) : t.log.film(id)}</a>
    </p>
  );
}

function Row({ event }: { event: LogEvent }) {
  const method = event.method ? t.method(event.method) : null;
  return (
    <tr>
      <td class="log-when"><time dateTime={event.time}>{clock.format(new Date(event.time))}</time></td>
      <td class="log-what">
        <span>{t.log.event(event.type)}</span>{" "}
        {event.value !== undefined && event.value !== null && <span class="log-note">{event.type === "dwell" ? ta.seconds(event.value) : t.star(event.value)}</span>}{" "}
        {method && <span class="log-note">{method}</span>}
      </td>
      <td class="log-who">
        {event.user !== null ? <a href={`/people/${event.user}`}>{t.log.person(event.user)}</a>
          : event.visitor ? t.log.visitor(event.visitor) : t.log.someone}
      </td>
      <td>
        <Films event={event} />
        {event.source_movie !== null && <Source id={event.source_movie} />}
      </td>
    </tr>
  );
}

function Table({ events }: { events: LogEvent[] }) {
  return (
    <table class="log">
      <thead>
        <tr>
          <th scope="col">{t.log.when}</th>
          <th scope="col">{t.log.what}</th>
          <th scope="col">{t.log.who}</th>
          <th scope="col">{t.log.films}</th>
        </tr>
      </thead>
      <tbody>{events.map((event) => <Row key={event.event_id} event={event} />)}</tbody>
    </table>
  );
}

// What the filter leaves, as a file: it is asked for page by page, and given up when one goes elsewhere.
function Export({ filter }: { filter: LogFilter }) {
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const control = useRef(new AbortController());
  useEffect(() => () => control.current.abort(), []);
  const fetchAll = async (name: string, kind: string, write: (events: LogEvent[]) => string) => {
    const { signal } = control.current;
    setBusy(true);
    try {
      const taken = await everyEvent((cursor) => api.log(filter, exportPage, cursor, signal), (count) => setSaid(ta.collected(count)));
      save(name, write(taken.events), kind);
      setSaid(taken.whole ? ta.saved(taken.events.length) : ta.savedPart(mostEvents));
    } catch (cause) {
      if (!signal.aborted) setSaid(problemOf(cause));
    }
    setBusy(false);
  };
  return (
    <p class="log-export">
      <button type="button" class="button" disabled={busy} onClick={() => void fetchAll("feedback.csv", "text/csv", logTable)}>{ta.saveCsv}</button>
      <button type="button" class="button" disabled={busy} onClick={() => void fetchAll("feedback.json", "application/json", logJson)}>{ta.saveJson}</button>
      <span class="remark" role="status">{said}</span>
    </p>
  );
}

export function LogPart({ search }: { search: URLSearchParams }) {
  const filter = filterOf(search);
  const [look, setLook] = useState(() => Date.now());
  const key = `log?${JSON.stringify(filter)}&${look}`;
  const list = usePages<LogPage>(key, (from, signal) => foundPage((cursor) => api.log(filter, pageSize, cursor, signal), from));
  const { first, all } = list;
  const events = all.flatMap((page) => page.items);
  const damaged = all.reduce((sum, page) => sum + page.damaged, 0);
  const waiting = outbox.size();
  return (
    <>
      <h2 class="unseen">{t.log.heading}</h2>
      <p class="lead">{t.log.lead}</p>
      <Filters filter={filter} again={() => setLook(Date.now())} />
      {waiting > 0 && <p class="remark">{t.log.unsent(waiting)}</p>}
      {first.error && <Failed error={first.error} retry={first.retry} />}
      {!first.data && !first.error && <RowsSkeleton count={16} thumb={false} />}
      {first.data && events.length === 0 && damaged === 0 && <Notice title={isFiltered(filter) ? t.log.emptyFilter : t.log.empty} />}
      {damaged > 0 && <><p class="remark">{ta.unreadable(damaged)}</p><pre class="command" tabIndex={0}>{ta.unreadableCommand}</pre></>}
      {events.length > 0 && <Export key={JSON.stringify(filter)} filter={filter} />}
      {events.length > 0 && <Table events={events} />}
      <More list={list} text={t.log.older} />
    </>
  );
}
