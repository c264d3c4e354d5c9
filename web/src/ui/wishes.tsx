// Chips for which films are wished for.
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { useInSight } from "../lib/hooks";
import { t } from "../lib/texts";
import { nextPick, nextWish, toggled, wishOf, withValue, type Wishes } from "../lib/wishes";

interface Props {
  wishes: Wishes;
  choose(change: Partial<Wishes>, control: string): void;
}

export function Chips({ legend, hint, children }: { legend: string; hint?: string; children: ComponentChildren }) {
  const id = useId();
  const line = useRef<HTMLDivElement>(null);
  useInSight(line, ".is-only, .is-without", "");
  return (
    <div role="group" class="wishes" aria-labelledby={id}>
      <p class="wishes-title" id={id}>{legend}{hint && <span class="wishes-hint"> {hint}</span>}</p>
      <div class="chips" ref={line}>{children}</div>
    </div>
  );
}

// With a hint a second press means "none of these"; without one it takes the first back.
export function GenreChips({ wishes, choose, genres, hint }: Props & { genres: string[]; hint?: string }) {
  const next = hint ? nextWish : nextPick;
  const named = genres.map((genre) => ({ genre, name: t.genre(genre) })).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Chips legend={t.tune.genres} {...(hint ? { hint } : {})}>
      {named.map(({ genre, name }) => {
        const wish = wishOf(wishes, genre);
        return (
          <button key={genre} type="button" class={`chip is-${wish}`} {...(hint ? {} : { "aria-pressed": wish !== "any" })}
            onClick={() => choose(next(wishes, genre), `genre ${genre}`)}>
            {name}{wish !== "any" && <span class="unseen">: {t.tune.wish[wish]}</span>}
          </button>
        );
      })}
    </Chips>
  );
}

function Toggle({ on, press, children }: { on: boolean; press(): void; children: ComponentChildren }) {
  return <button type="button" class={on ? "chip is-only" : "chip"} aria-pressed={on} onClick={press}>{children}</button>;
}

export function DecadeChips({ wishes, choose, decades }: Props & { decades: number[] }) {
  return (
    <Chips legend={t.tune.decades}>
      {decades.map((decade) => (
        <Toggle key={decade} on={wishes.decades.includes(decade)} press={() => choose({ decades: toggled(wishes.decades, decade) }, `decade ${decade}`)}>
          {t.tune.decade(decade)}
        </Toggle>
      ))}
    </Chips>
  );
}

interface LimitProps extends Props {
  legend: string;
  of: "minutes" | "stars" | "rated";
  values: number[];
  say(value: number): string;
}

// One of these at most; pressed again, it is none.
export function LimitChips({ wishes, choose, legend, of, values, say }: LimitProps) {
  return (
    <Chips legend={legend}>
      {withValue(values, wishes[of]).map((value) => (
        <Toggle key={value} on={wishes[of] === value} press={() => choose({ [of]: wishes[of] === value ? null : value }, of)}>{say(value)}</Toggle>
      ))}
    </Chips>
  );
}
