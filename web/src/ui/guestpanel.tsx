// A guest gives stars to a few films that tell a taste, and is called something in this browser.
import { useId, useState } from "preact/hooks";
import { api } from "../lib/api";
import { guestName, nameGuest } from "../lib/guests";
import { useScale } from "../lib/health";
import { printed } from "../lib/format";
import { enoughFilms, type Given } from "../lib/night";
import { useResource } from "../lib/resource";
import { t } from "../lib/texts";
import type { Movie } from "../lib/types";
import { Panel } from "./panel";
import { Poster } from "./poster";
import { StarsInput } from "./stars";
import { Failed, GridSkeleton } from "./states";

const shown = 24;

interface Props {
  id: string;
  ratings: Given;
  close(ratings: Given): void;
}

export function GuestPanel({ id, ratings, close }: Props) {
  const scale = useScale();
  const field = useId();
  const [name, setName] = useState(() => guestName(id) ?? "");
  const [given, setGiven] = useState(ratings);
  const telling = useResource("chart?informative&200", (signal) => api.chart("informative", "", 200, signal));
  // What was rated before comes first: whoever comes back finds it.
  const before = new Set(ratings.map((one) => one.movie));
  const all = telling.data?.items ?? [];
  const films = [...all.filter((film) => before.has(film.movie)), ...all.filter((film) => !before.has(film.movie)).slice(0, shown)];
  const give = (film: Movie, rating: number | null) => {
    const others = given.filter((one) => one.movie !== film.movie);
    setGiven(rating === null ? others : [...others, { movie: film.movie, rating }]);
  };
  const done = () => {
    nameGuest(id, name);
    close(given);
  };
  return (
    <Panel heading={name.trim() || t.night.guestHeading} lead={t.night.guestLead} close={done}>
      <form method="dialog" class="guest">
        <label for={field}>{t.night.guestName} <span class="remark">{t.night.guestNote}</span></label>
        <input id={field} type="text" class="field" maxLength={40} autocomplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
        {telling.error && <Failed error={telling.error} retry={telling.retry} />}
        {!telling.data && !telling.error && <GridSkeleton count={9} />}
        <ul class="film-grid">
          {films.map((film, i) => (
            <li key={film.movie} class="film-card">
              <Poster film={film} width={154} eager={i < 6} silent />
              <span class="film-title">{printed(film.title)}</span>
              <StarsInput title={film.title} value={given.find((one) => one.movie === film.movie)?.rating ?? null} scale={scale} give={(r) => give(film, r)} />
            </li>
          ))}
        </ul>
        <p class="guest-foot">
          <span aria-live="polite">{t.night.count(given.length)}</span>
          <button type="submit" class={given.length >= enoughFilms ? "button is-main" : "button"}>{t.night.done}</button>
        </p>
      </form>
    </Panel>
  );
}
