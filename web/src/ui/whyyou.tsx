// "Why this for you": one bar for each film of yours that speaks for or against a film. Each may be left
// out or counted double, and the sum, the stars and the list beside it follow.
import { useRef, useState } from "preact/hooks";
import { api, type ApiError } from "../lib/api";
import { printed, share } from "../lib/format";
import { useHealth, useScale } from "../lib/health";
import { useGlide } from "../lib/hooks";
import { pictureOf } from "../lib/known";
import { historyOf, keyOf, weightsOf } from "../lib/own";
import { useResource } from "../lib/resource";
import { keepWeights } from "../lib/sync";
import { problemOf } from "../lib/problems";
import { t } from "../lib/texts";
import type { Edit, FilmList, ListItem, OwnRating, Reason } from "../lib/types";
import { causesOf, digitsFor, ordered, type Cause } from "../lib/why";
import { Poster } from "./poster";
import { StarsShown } from "./stars";
import { Failed } from "./states";
import { Total } from "./why";

const causesAtFirst = 6;
const listLength = 8;

type Weigh = (movie: number, weight: number) => void;

interface RowProps {
  cause: Cause;
  always: boolean; // kept so
  digits: number;
  weigh: Weigh;
}

function CauseRow({ cause, always, digits, weigh }: RowProps) {
  const { max } = useScale();
  const { movie, title, rating, weight, bar } = cause;
  const press = (to: number, word: string) => (
    <button type="button" class="quiet" aria-label={`${word}: ${title}`} onClick={() => weigh(movie, weight === to ? 1 : to)}>{word}</button>
  );
  return (
    <li class={`cause${weight === 0 ? " is-out" : ""}${bar && bar.share < 0 ? " is-negative" : ""}`} data-key={movie}>
      <Poster film={{ title, ...pictureOf(movie) }} width={92} silent />
      <p class="cause-film">
        <a href={`/film/${movie}`}>{printed(title)}</a>
        {rating !== null && <StarsShown value={rating} max={max} />}
        {weight === 2 && <span class="cause-twice">{t.mine.twice}</span>}
        {always && <span class="cause-twice">{t.mine.always}</span>}
      </p>
      <span class="cause-share">{bar ? share(bar.share, digits) : t.mine.out}</span>
      <span class="track" style={{ "--from": 0, "--width": bar?.width ?? 0 }} aria-hidden="true">{bar && <span class="track-bar" />}</span>
      <span class="cause-acts">
        {press(0, weight === 0 ? t.mine.useAgain : t.mine.leaveOut)}
        {press(2, weight === 2 ? t.mine.countOnce : t.mine.countDouble)}
      </span>
    </li>
  );
}

interface CausesProps {
  item: ListItem;
  causes: Cause[];
  kept: Set<number>;
  digits: number;
  weigh: Weigh;
}

function Causes({ item, causes, kept, digits, weigh }: CausesProps) {
  const [all, setAll] = useState(false);
  const box = useRef<HTMLOListElement>(null);
  const shown = all ? causes : causes.filter((cause, i) => i < causesAtFirst || cause.weight !== 1);
  useGlide(box, shown.map((cause) => cause.movie).join());
  return (
    <div class="causes-part">
      {causes.length === 0 && <p class="lead">{t.why.none}</p>}
      <ol class="causes" ref={box}>
        {shown.map((cause) => <CauseRow key={cause.movie} cause={cause} always={kept.has(cause.movie)} digits={digits} weigh={weigh} />)}
      </ol>
      {shown.length < causes.length && (
        <p><button type="button" class="quiet" onClick={() => setAll(true)}>{t.mine.moreCauses(causes.length - shown.length)}</button></p>
      )}
      <Total item={item} digits={digits} method="hybrid" film={false} />
    </div>
  );
}

// The films that come first as the ratings are counted here; where this one is among them it is lit.
function Follows({ list, film }: { list: FilmList | undefined; film: number }) {
  const box = useRef<HTMLOListElement>(null);
  useGlide(box, list?.items.map((item) => item.movie).join() ?? "");
  if (!list) return null;
  return (
    <ol class="follows" ref={box}>
      {list.items.map((item) => (
        <li key={item.movie} data-key={item.movie} class={item.movie === film ? "is-here" : ""}>
          <a href={`/film/${item.movie}`} aria-current={item.movie === film ? "true" : undefined}>
            <span class="follows-rank" aria-hidden="true">{item.rank}</span>
            <Poster film={item} width={92} silent eager />
            <span class="film-title">{printed(item.title)}</span>
          </a>
        </li>
      ))}
    </ol>
  );
}

const askExplanation = (film: number, own: OwnRating[], edits: Edit[], signal: AbortSignal) => {
  // A film that one rated is no reason for itself.
  const itself = own.some((one) => one.movie === film) ? [{ movie: film, weight: 0 }] : [];
  return api.explain({ history: historyOf(own) }, "hybrid", film, signal, [...itself, ...edits]);
};

// What the film is to whoever looks; undefined until they rated something.
export function useExplanation(film: number, own: OwnRating[], edits: Edit[]) {
  const key = own.length > 0 ? `mine?${film}&${edits.map((e) => `${e.movie}x${e.weight}`).join()}&${keyOf(own)}` : null;
  return useResource(key, (signal) => askExplanation(film, own, edits, signal), true);
}

// As high as what comes, so that nothing below moves.
function Waiting({ count }: { count: number }) {
  const rows = Array.from({ length: count }, (_, i) => i);
  return (
    <div aria-hidden="true">
      <p class="lead"><span class="bone" /></p>
      <div class="mine-body">
        <div class="causes-part">
          {rows.map((i) => (
            <div key={i} class="cause">
              <span class="poster is-waiting" />
              <span class="cause-film"><span class="bone is-short" /></span>
              <span class="track" />
              <span class="cause-acts" />
            </div>
          ))}
          <p class="causes-sum" />
        </div>
        <div class="follows-part" />
      </div>
    </div>
  );
}

// Back to how it was, or so for good.
function Edited({ edits, undo, kept }: { edits: Edit[]; undo(): void; kept(own: OwnRating[]): void }) {
  const [failed, setFailed] = useState<ApiError | null>(null);
  const keep = () => {
    setFailed(null);
    keepWeights(edits).then(kept, setFailed);
  };
  return (
    <>
      {" "}<button type="button" class="quiet" onClick={undo}>{t.tune.reset}</button>
      {" "}<button type="button" class="quiet" onClick={keep}>{t.mine.keep}</button>
      {failed && <span role="alert" class="form-error"> {problemOf(failed)}</span>}
    </>
  );
}

interface Props {
  film: number;
  own: OwnRating[];
  weighed(own: OwnRating[]): void; // films count for more or less from now on
}

export function WhyYou({ film, own, weighed }: Props) {
  const health = useHealth();
  const [edits, setEdits] = useState<Edit[]>([]);
  const [known, know] = useState<Map<number, Reason>>(new Map());
  const answer = useExplanation(film, own, edits);
  const key = `mine-list?${edits.map((e) => `${e.movie}x${e.weight}`).join()}&${keyOf(own)}`;
  const list = useResource(own.length > 0 ? key : null,
    (signal) => api.list({ history: historyOf(own) }, "hybrid", listLength, { edits }, signal), true);
  const item = answer.data && ordered(answer.data);
  const kept = weightsOf(own).filter((one) => !edits.some(({ movie }) => movie === one.movie));
  const titles = own.map(({ movie, title, rating }) => [movie, { movie, title, rating, contribution: 0 }] as const);
  const causes = item ? causesOf(item, [...kept, ...edits], new Map([...titles, ...known])) : [];

  const weigh: Weigh = (movie, weight) => {
    const others = edits.filter((one) => one.movie !== movie);
    know(new Map([...known, ...(item?.reasons ?? []).map((reason) => [reason.movie, reason] as const)]));
    const usual = own.find((one) => one.movie === movie)?.weight ?? 1;
    setEdits(weight === usual ? others : [...others, { movie, weight }]);
  };
  if (own.length === 0)
    return (
      <section class="mine is-empty">
        <h2>{t.mine.heading}</h2>
        <p class="lead">{t.mine.empty} <a href="/rate">{t.account.toRate}</a></p>
      </section>
    );
  return (
    <section class="mine" aria-busy={answer.busy}>
      <h2>{t.mine.heading}</h2>
      {answer.error && <Failed error={answer.error} retry={answer.retry} />}
      {!item && !answer.error && <Waiting count={Math.min(own.length, causesAtFirst)} />}
      {item && (
        <>
          <p class="lead" role="status">
            {item.predicted_rating !== null && <>{t.mine.stars(item.predicted_rating)} </>}
            {health && t.mine.place(item.rank, health.movies)}
            {edits.length > 0 && <Edited edits={edits} undo={() => setEdits([])} kept={(all) => { setEdits([]); weighed(all); }} />}
          </p>
          <div class="mine-body">
            <Causes item={item} causes={causes} kept={new Set(kept.map(({ movie }) => movie))} digits={digitsFor(item)} weigh={weigh} />
            <div class="follows-part" aria-busy={list.busy}>
              <h3>{edits.length > 0 ? t.mine.listEdited : t.mine.list}</h3>
              {list.error ? <Failed error={list.error} retry={list.retry} /> : <Follows list={list.data} film={film} />}
            </div>
          </div>
        </>
      )}
    </section>
  );
}
