// Who is on the sofa: faces, and what brings somebody more.
import { useRef } from "preact/hooks";
import type { Me } from "../lib/me";
import { keyOf, left, mostSeats, seated, type Seat } from "../lib/night";
import { t } from "../lib/texts";
import { Icon } from "./icon";
import { FaceMark, type Face } from "./marks";
import { PersonSearch } from "./personsearch";

interface Props {
  seats: Seat[];
  faces: Face[];
  me: Me | undefined;
  change(seats: Seat[]): void;
  edit(guest: Extract<Seat, { kind: "guest" }> | null): void; // null: a new one
}

function Sitting({ seat, face, me, edit, leave }: { seat: Seat; face: Face; me: Me | undefined; edit: Props["edit"]; leave(): void }) {
  const rated = seat.kind === "guest" ? seat.ratings.length : seat.kind === "me" ? me?.rated : null;
  const inside = (
    <>
      <FaceMark face={face} large />
      <span class="sitting-name">{face.name}</span>
    </>
  );
  return (
    <li class={rated === 0 ? "sitting is-silent" : "sitting"}>
      {seat.kind === "guest"
        ? <button type="button" class="sitting-who" aria-label={t.night.edit(face.name)} onClick={() => edit(seat)}>{inside}</button>
        : <a class="sitting-who" href={seat.kind === "me" ? "/rate" : `/people/${seat.user}`}>{inside}</a>}
      {typeof rated === "number" && <span class="sitting-fact">{rated === 0 ? t.night.noRatings : t.night.ratings(rated)}</span>}
      <button type="button" class="quiet is-icon sitting-away" aria-label={t.night.away(face.name)} onClick={leave}><Icon name="close" /></button>
    </li>
  );
}

export function Sofa({ seats, faces, me, change, edit }: Props) {
  const more = useRef<HTMLDivElement>(null);
  const leave = (seat: Seat) => {
    change(left(seats, keyOf(seat)));
    more.current?.querySelector<HTMLElement>("button, input")?.focus({ preventScroll: true });
  };
  const here = seats.some((seat) => seat.kind === "me");
  return (
    <section class="sofa" aria-label={t.night.seats}>
      {seats.length > 0 && (
        <ul class="sitting-row">
          {seats.map((seat, i) => (
            <Sitting key={keyOf(seat)} seat={seat} face={faces[i]!} me={me} edit={edit} leave={() => leave(seat)} />
          ))}
        </ul>
      )}
      {seats.length >= mostSeats ? <p class="remark">{t.night.full}</p> : (
        <div class="sofa-more" role="group" aria-label={t.night.add} ref={more}>
          {!here && (
            <button type="button" class="button" onClick={() => change(seated(seats, { kind: "me" }))}>
              <Icon name="add" />{me?.name ?? t.night.addYou}
            </button>
          )}
          <button type="button" class="button" onClick={() => edit(null)}><Icon name="add" />{t.night.addGuest}</button>
          <PersonSearch aside label={t.night.addPerson} placeholder={t.night.placeholder}
            choose={(user) => change(seated(seats, { kind: "person", user }))} />
        </div>
      )}
    </section>
  );
}
