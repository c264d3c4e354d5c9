// Several people, one list: how each film stands for each of them, and why that is fair.
import { useId, useRef, useState } from "preact/hooks";
import { api } from "../lib/api";
import { report } from "../lib/feedback";
import { guestName } from "../lib/guests";
import { useScale } from "../lib/health";
import { useGlide, useImpression, useTitle } from "../lib/hooks";
import { useMe, type Me } from "../lib/me";
import {
  becauseOf, fewestSeats, guestId, householdOf, initialsOf, keenness, lineOf, placesOf, readNight, rules, seated, spreadOf, writeNight,
  type Line, type Night, type Seat,
} from "../lib/night";
import { decimal, printed } from "../lib/format";
import { useResource } from "../lib/resource";
import { go, opening } from "../lib/router";
import { t } from "../lib/texts";
import type { FilmList, ListItem, MemberItem, Rule } from "../lib/types";
import { FilmFacts } from "../ui/filmlist";
import { GuestPanel } from "../ui/guestpanel";
import { FaceMark, levelOf, Marks, MarksHead, saidOf, type Face } from "../ui/marks";
import { Panel } from "../ui/panel";
import { Poster } from "../ui/poster";
import { ShareLink } from "../ui/sharelink";
import { Sofa } from "../ui/sofa";
import { StarsShown } from "../ui/stars";
import { Failed, Notice } from "../ui/states";

const listLength = 12;

type Guest = Extract<Seat, { kind: "guest" }>;

function facesOf(seats: Seat[], me: Me | undefined): Face[] {
  let guests = 0;
  return seats.map((seat) => {
    if (seat.kind === "person") return { name: t.night.person(seat.user), initials: initialsOf(String(seat.user)), me: false };
    const name = seat.kind === "me" ? (me?.name ?? t.night.you) : (guestName(seat.id) ?? t.night.guest(++guests));
    return { name, initials: initialsOf(name), me: seat.kind === "me" };
  });
}

// A list with those it was made for: while the next one comes the sofa may have changed already.
interface Shared {
  list: FilmList;
  seats: Seat[];
  rule: Rule;
}

function useShared(seats: Seat[], rule: Rule, me: Me | undefined) {
  const household = householdOf(seats, rule, me?.query ?? { history: [] });
  const key = me && seats.length >= fewestSeats ? `night?${JSON.stringify(household)}` : null;
  return useResource<Shared>(key, async (signal) => ({ list: await api.list({ household }, "hybrid", listLength, { scenario: "night" }, signal), seats, rule }), true);
}

function Rules({ rule, choose }: { rule: Rule; choose(rule: Rule): void }) {
  const name = useId();
  return (
    <fieldset class="switch">
      <legend class="unseen">{t.night.rule}</legend>
      <span class="switch-options">
        {rules.map((one) => (
          <label key={one}>
            <input type="radio" name={name} value={one} checked={one === rule} onChange={() => choose(one)} />
            <span>{t.night.ruleName[one]}</span>
          </label>
        ))}
      </span>
      <span class="switch-note" aria-live="polite">{t.night.ruleNote[rule]}</span>
    </fieldset>
  );
}

// What the rule looked at.
function fairLine(item: ListItem, faces: Face[], line: Line, rule: Rule): string {
  const { most, least } = keenness(item, line);
  const said = (at: number) => saidOf(faces[at]!.name, item.members![at]!);
  if (rule === "average") return t.night.fair.average(said(most), said(least));
  if (rule === "least_misery") return t.night.fair.least_misery(said(least));
  return t.night.fair[spreadOf(item, line)](said(most), said(least));
}

const films = (member: MemberItem) => member.reasons.filter((reason) => reason.contribution > 0).map((reason) => reason.title);

interface RowProps {
  item: ListItem;
  faces: Face[];
  line: Line;
  rule: Rule;
  open(): void;
  why(): void;
}

function Row({ item, faces, line, rule, open, why }: RowProps) {
  return (
    <li class="night-row" data-key={item.movie}>
      <a class="night-film" href={`/film/${item.movie}`} {...opening(open)}>
        <Poster film={item} width={154} silent eager={item.rank <= 6} />
        <span class="film-title">{printed(item.title)}</span>
      </a>
      <FilmFacts film={item} />
      <div class="night-why">
        <p class="reason is-fair">{fairLine(item, faces, line, rule)}</p>
        <p class="reason">{t.night.because(becauseOf(item, faces.map((face) => face.name)))}</p>
        <button type="button" class="quiet" aria-label={t.night.whyLabel(item.title)} onClick={why}>{t.why.button}</button>
      </div>
      <Marks faces={faces} members={item.members!} places={placesOf(item, line)} line={line} />
    </li>
  );
}

const bestOf = (items: ListItem[]) => Math.max(1, ...items.flatMap((item) => item.members!.map((member) => member.standing)));

// `best`: the highest standing in the list, which fills its bar.
function FairPanel({ item, faces, line, rule, best, close }: Omit<RowProps, "open" | "why"> & { best: number; close(): void }) {
  const { max } = useScale();
  return (
    <Panel heading={t.night.whyLabel(item.title)} lead={`${fairLine(item, faces, line, rule)}.`} film={item} close={close}>
      <ul class="fair">
        {item.members!.map((member, i) => (
          <li key={i}>
            <FaceMark face={faces[i]!} large />
            <div>
              <p class="fair-name">
                {faces[i]!.name}
                {member.predicted_rating !== null && (
                  <span class="fair-stars"><StarsShown value={member.predicted_rating} max={max} /> {decimal(member.predicted_rating)}</span>
                )}
              </p>
              <p>{t.night.amongAll(levelOf(member.standing))}</p>
              <span class="meter-track" aria-hidden="true"><span class="meter-fill" style={{ "--share": Math.max(0, member.standing / best) }} /></span>
              <p class="remark">{films(member).length > 0 ? t.night.whyReasons(films(member)) : t.night.whyCrowd}</p>
            </div>
          </li>
        ))}
      </ul>
      <p class="remark">{t.night.ruleNote[rule]} {t.night.whyNote}</p>
    </Panel>
  );
}

function SharedList({ shared: { list, seats, rule }, me }: { shared: Shared; me: Me | undefined }) {
  const scale = useScale();
  const box = useRef<HTMLOListElement>(null);
  const [why, setWhy] = useState<ListItem | null>(null);
  useImpression(box, list);
  useGlide(box, list.items.map((item) => item.movie).join());
  const faces = facesOf(seats, me);
  const line = lineOf(list.items, scale);
  if (list.items.length === 0) return <Notice title={t.states.noFilms} />;
  return (
    <>
      <MarksHead line={line} />
      <ol class="night-list" ref={box}>
        {list.items.map((item) => (
          <Row key={item.movie} item={item} faces={faces} line={line} rule={rule} why={() => setWhy(item)}
            open={() => report("click", { list, movies: [{ movie: item.movie, rank: item.rank }] })} />
        ))}
      </ol>
      {why && <FairPanel item={why} faces={faces} line={line} rule={rule} best={bestOf(list.items)} close={() => setWhy(null)} />}
    </>
  );
}

function Waiting() {
  return (
    <ol class="night-list" aria-hidden="true">
      {Array.from({ length: listLength }, (_, i) => (
        <li key={i} class="night-row">
          <span class="night-film"><span class="poster is-waiting" /><span class="film-title"><span class="bone" /></span></span>
          <span class="facts"><span class="bone is-short" /></span>
          <div class="night-why"><span class="bone" /><span class="bone is-short" /></div>
          <div class="marks"><div class="marks-line" style={{ "--lanes": 1 }} /></div>
        </li>
      ))}
    </ol>
  );
}

function Empty({ seats, silent, start }: { seats: Seat[]; silent: boolean; start(seats: Seat[]): void }) {
  const people = useResource(seats.length === 0 ? "people?some" : null, (signal) => api.people("", 24, null, signal));
  const two = (people.data?.items ?? []).slice(0, 2).map(({ user }): Seat => ({ kind: "person", user }));
  if (silent && seats.length >= fewestSeats)
    return <Notice title={t.night.noRatings}><p>{t.night.noRatingsBody}</p><a class="button is-main" href="/rate">{t.night.rate}</a></Notice>;
  if (seats.length > 0) return <Notice title={t.night.one}><p>{t.night.oneBody}</p></Notice>;
  return (
    <Notice title={t.night.none}>
      <p>{t.night.noneBody}</p>
      {two.length === 2 && <button type="button" class="button" onClick={() => start(two)}>{t.night.example}</button>}
    </Notice>
  );
}

export function NightPage({ search }: { search: URLSearchParams }) {
  const { seats, rule } = readNight(search);
  const me = useMe();
  const [guest, setGuest] = useState<Guest | null>(null);
  const silent = me?.rated === 0 && seats.some((seat) => seat.kind === "me");
  const asked = silent ? seats.filter((seat) => seat.kind !== "me") : seats;
  const shared = useShared(asked, rule, me);
  useTitle(t.night.heading);
  const change = (next: Partial<Night>) => {
    const url = writeNight({ seats, rule, ...next });
    if (url !== location.search) go(location.pathname + url);
  };
  const enough = asked.length >= fewestSeats;
  const first = shared.data?.list.items[0];
  return (
    <div class="page night-page">
      <header class="night-head">
        <h1>{t.night.heading}</h1>
        <ShareLink texts={t.night} />
        <p class="lead">{t.night.lead}</p>
      </header>
      <Sofa seats={seats} faces={facesOf(seats, me)} me={me} change={(next) => change({ seats: next })}
        edit={(one) => setGuest(one ?? { kind: "guest", id: guestId(seats), ratings: [] })} />
      {!enough && <Empty seats={seats} silent={silent} start={(two) => change({ seats: two })} />}
      {enough && (
        <section class="night" aria-label={t.night.list} aria-busy={shared.busy}>
          <Rules rule={rule} choose={(one) => change({ rule: one })} />
          {silent && <p class="remark">{t.night.noRatingsBody} <a href="/rate">{t.night.rate}</a></p>}
          <p class="unseen" role="status">{!shared.busy && first ? t.night.said(shared.data!.list.items.length, first.title) : ""}</p>
          <div class={shared.busy && shared.data ? "is-stale" : ""}>
            {shared.error && <Failed error={shared.error} retry={shared.retry} />}
            {!shared.data && !shared.error && <Waiting />}
            {shared.data && !shared.error && <SharedList shared={shared.data} me={me} />}
          </div>
          {shared.data?.list.removed && <p class="remark">{t.left(shared.data.list.removed)}</p>}
        </section>
      )}
      {guest && (
        <GuestPanel key={guest.id} id={guest.id} ratings={guest.ratings} close={(ratings) => {
          setGuest(null);
          change({ seats: seated(seats, { ...guest, ratings }) });
        }} />
      )}
    </div>
  );
}
