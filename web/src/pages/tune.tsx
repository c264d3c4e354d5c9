// The list beside the few things that can be changed about it; everything is in the address.
import { useRef, useState } from "preact/hooks";
import { api } from "../lib/api";
import { useHealth } from "../lib/health";
import { useTitle } from "../lib/hooks";
import { useLive } from "../lib/live";
import { useMe, type Me } from "../lib/me";
import { loadOwn } from "../lib/own";
import { useResource } from "../lib/resource";
import { useSettings, type Settings } from "../lib/settings";
import { t } from "../lib/texts";
import { firstBlend, isUsual, modelOf, ranges, readTuning, rulesOf, shareOf, usual, writeTuning, yearsOf, type Tuning } from "../lib/tune";
import { methods, mixable, type FilmList, type ListItem, type Movie } from "../lib/types";
import { choicesOf, waysOut, withChosen } from "../lib/wishes";
import { FilmCards } from "../ui/filmlist";
import { PersonSearch } from "../ui/personsearch";
import { Scale } from "../ui/scale";
import { ShareLink } from "../ui/sharelink";
import { CardBones, Failed, Notice } from "../ui/states";
import { WhyPanel } from "../ui/why";
import { DecadeChips, GenreChips } from "../ui/wishes";

const longest = 190; // minutes; the end of the slider means any length

interface Controls extends Omit<Settings<Tuning>, "value"> {
  tuning: Tuning;
}

function useTuning(): Controls {
  const { value, ...rest } = useSettings(readTuning, writeTuning);
  return { tuning: value, ...rest };
}

const degree = (value: number, [low, high]: [string, string]) =>
  value === 0 ? t.tune.plain : t.tune.degree(Math.abs(value) / 100, value < 0 ? low : high);

function Sliders({ tuning, move, settle }: Controls) {
  const health = useHealth();
  const scales = t.tune.scales;
  const lengths = scales.minutes!;
  const one = (name: "novelty" | "age" | "diversity" | "mix" | "films", step: number, said: string, start?: number) => (
    <Scale name={t.tune.scale(...scales[name]!)} ends={scales[name]!} range={ranges[name]} step={step} value={tuning[name]}
      said={said} move={(value) => move({ [name]: value })} settle={() => settle(name)} {...(start === undefined ? {} : { start })} />
  );
  const minutes = tuning.minutes ?? longest;
  const limit = tuning.minutes === null ? t.tune.anyLength : t.tune.minutes(tuning.minutes);
  return (
    <div class="scales">
      {one("novelty", 5, degree(tuning.novelty, scales.novelty!))}
      {one("age", 10, degree(tuning.age, scales.age!), 0)}
      {one("diversity", 5, degree(tuning.diversity, scales.diversity!))}
      {one("mix", 5, degree(tuning.mix, scales.mix!))}
      <Scale name={t.tune.scale(...scales.films!)} range={ranges.films} step={5} value={tuning.films} said={t.tune.films(tuning.films)}
        ends={[scales.films![0], t.tune.films(tuning.films)]} move={(films) => move({ films })} settle={() => settle("films")} />
      {health?.tmdb !== false && (
        <Scale name={t.tune.scale(...lengths)} range={[70, longest]} step={10} value={Math.min(minutes, longest)} start={longest} said={limit}
          ends={[lengths[0], tuning.minutes === null ? lengths[1] : limit]}
          move={(n) => move({ minutes: n >= longest ? null : n })} settle={() => settle("minutes")} />
      )}
    </div>
  );
}

function Weights({ tuning, move, settle }: Controls) {
  const offered = useHealth()?.models ?? methods;
  const blend = tuning.blend!;
  return (
    <div class="scales">
      {mixable.filter((one) => offered.includes(one)).map((one) => {
        const said = t.tune.weight(shareOf(blend, one));
        return (
          <Scale key={one} name={t.method(one)} ends={[t.method(one), said]} range={[0, 100]} step={5} value={blend[one] ?? 0} said={said}
            move={(weight) => move({ blend: { ...blend, [one]: weight } })} settle={() => settle(`weight ${one}`)} />
        );
      })}
    </div>
  );
}

function Models(controls: Controls) {
  const { tuning, choose } = controls;
  const offered = useHealth()?.models ?? methods;
  const chosen = tuning.blend ? "blend" : tuning.model;
  const chip = (name: string, change: Partial<Tuning>) => (
    <label key={name} class={name === chosen ? "chip is-only" : "chip"}>
      <input type="radio" name="model" class="unseen" checked={name === chosen} onChange={() => choose(change, "model")} />
      {t.method(name)}
    </label>
  );
  return (
    <fieldset class="wishes">
      <legend>{t.tune.model}</legend>
      <div class="chips">
        {methods.filter((one) => offered.includes(one)).map((model) => chip(model, { model, blend: null }))}
        {chip("blend", { blend: firstBlend(offered) })}
      </div>
      <p class="wishes-note" aria-live="polite">{t.methodNote(chosen)}</p>
      {tuning.blend && <Weights {...controls} />}
    </fieldset>
  );
}

// What is not as usual, in a few words.
function summaryOf(tuning: Tuning): string {
  const { scales } = t.tune;
  const parts = (["novelty", "age", "diversity", "mix"] as const).filter((name) => tuning[name] !== 0)
    .map((name) => scales[name]![tuning[name] < 0 ? 0 : 1]);
  if (tuning.minutes !== null) parts.push(t.tune.minutes(tuning.minutes));
  parts.push(...tuning.genres.map(t.genre), ...tuning.without.map((genre) => t.tune.no(t.genre(genre))), ...tuning.decades.map(t.tune.decade));
  if (tuning.blend) parts.push(t.method("blend"));
  else if (tuning.model !== usual.model) parts.push(t.method(tuning.model));
  return parts.join(t.dot) || t.tune.plain;
}

// On narrow screens a sheet at the bottom, above which the films are seen while something is moved.
function Panel({ controls, films, known, show }: { controls: Controls; films: Movie[]; known: boolean; show(): void }) {
  const { tuning, choose } = controls;
  const [open, setOpen] = useState(false);
  const { genres, decades } = withChosen(choicesOf(films), tuning);
  const toggle = () => {
    setOpen(!open);
    if (!open) show();
  };
  return (
    <section class={open ? "tune-panel is-open" : "tune-panel"} aria-label={t.tune.controls}>
      <div class="tune-bar">
        <span>{summaryOf(tuning)}</span>
        <button type="button" class={open ? "button" : "button is-main"} aria-expanded={open} onClick={toggle}>
          {open ? t.tune.close : t.tune.open}
        </button>
      </div>
      <div class="tune-body">
        <Sliders {...controls} />
        <div class={known ? "tune-wishes" : "tune-wishes is-unplaced"}>
          <GenreChips wishes={tuning} choose={choose} genres={genres} hint={t.tune.genresHint} />
          <DecadeChips wishes={tuning} choose={choose} decades={decades} />
          <Models {...controls} />
          <div class="wishes">
            <p class="wishes-title">{t.tune.whom}</p>
            <PersonSearch aside label={t.tune.otherPerson} placeholder={t.people.placeholder} choose={(person) => choose({ person }, "person")} />
          </div>
        </div>
      </div>
    </section>
  );
}

function Whom({ tuning: { person }, me, choose }: Controls & { me: Me | undefined }) {
  if (person !== null)
    return (
      <p class="lead tune-whom">
        <a href={`/people/${person}`}>{t.tune.forPerson(person)}</a>
        <button type="button" class="quiet" onClick={() => choose({ person: null }, "person")}>{t.tune.backToYou}</button>
      </p>
    );
  if (!me) return <p class="lead tune-whom is-unplaced">{t.tune.forYou(loadOwn().length)}{". "}{t.tune.lead}</p>;
  return <p class="lead tune-whom">{me.name ? t.tune.forAccount(me.name) : t.tune.forYou(me.rated ?? 0)}{". "}{t.tune.lead}</p>;
}

function Nothing({ tuning, choose }: Controls) {
  const ways = waysOut(tuning);
  return (
    <Notice title={t.tune.none}>
      {ways.length > 0 && <p>{t.tune.noneBody}</p>}
      <div class="actions">
        {ways.map(({ way, change }) => <button key={way} type="button" class="button" onClick={() => choose(change, way)}>{t.tune.loosen[way]}</button>)}
      </div>
    </Notice>
  );
}

function Waiting({ count }: { count: number }) {
  return <div class="film-grid" aria-hidden="true">{Array.from({ length: count }, (_, i) => <CardBones key={i} />)}</div>;
}

function useList(tuning: Tuning, me: Me | undefined, films: Movie[] | undefined) {
  const { person } = tuning;
  const ready = (person !== null || me !== undefined) && (tuning.age === 0 || films !== undefined);
  const query = person !== null ? { user: person } : (me?.query ?? { history: [] });
  const key = ready ? `tune?${person === null ? me!.key : ""}${writeTuning(tuning)}` : null;
  const list = useLive(key, (signal) => api.list(query, modelOf(tuning), tuning.films, { scenario: "tune", ...rulesOf(tuning, yearsOf(films ?? [])) }, signal));
  return { list, query };
}

// What the list is and what was left out of it.
function Remark({ list, tuning }: { list: FilmList; tuning: Tuning }) {
  const removed = list.removed ? t.left(list.removed) : null;
  if (list.basis !== "fallback" || tuning.model === "popular") return <>{removed}</>;
  return tuning.person === null ? <>{t.tune.fresh} <a href="/rate">{t.tune.freshRate}</a></> : <>{t.fallback}</>;
}

export function TunePage() {
  const controls = useTuning();
  const { tuning, choose } = controls;
  const me = useMe();
  const telling = useResource("chart?informative&200", (signal) => api.chart("informative", "", 200, signal));
  const { list, query } = useList(tuning, me, telling.data?.items ?? (telling.error ? [] : undefined));
  const [why, setWhy] = useState<ListItem | null>(null);
  const films = useRef<HTMLElement>(null);
  useTitle(t.tune.heading);
  const found = list.data?.items ?? [];
  return (
    <div class="page tune-page">
      <header class="tune-head">
        <h1>{t.tune.heading}</h1>
        <Whom {...controls} me={me} />
      </header>
      <Panel controls={controls} films={telling.data?.items ?? []} known={!telling.busy} show={() => films.current?.scrollIntoView()} />
      <section class="tuned" ref={films} aria-label={t.tune.list} aria-busy={list.busy}>
        <div class="tuned-head">
          <p class="remark">{list.data && <Remark list={list.data} tuning={tuning} />}</p>
          <span class="tuned-acts">
            {!isUsual(tuning) && (
              <button type="button" class="quiet" onClick={() => choose({ ...usual, person: tuning.person }, "reset")}>{t.tune.reset}</button>
            )}
            <ShareLink texts={t.tune} />
          </span>
        </div>
        <p class="unseen" role="status">{!list.busy && found[0] ? t.tune.said(found.length, found[0].title) : ""}</p>
        <div class={list.busy && list.data ? "is-stale" : ""}>
          {list.error && <Failed error={list.error} retry={list.retry} />}
          {!list.data && !list.error && <Waiting count={tuning.films} />}
          {list.data && !list.error && found.length === 0 && <Nothing {...controls} />}
          {list.data && !list.error && found.length > 0 && (
            <FilmCards list={list.data} shown={found.length} audience={{ kind: tuning.person === null ? "you" : "person" }} why={setWhy} />
          )}
        </div>
      </section>
      {why && list.data && (
        <WhyPanel close={() => setWhy(null)} subject={{
          item: why, list: list.data, query, intro: tuning.person === null ? t.why.intro.you : t.why.intro.person(tuning.person),
        }} />
      )}
    </div>
  );
}
