// How a list is made: the method switch and how many films.
import { useId } from "preact/hooks";
import { t } from "../lib/texts";
import type { Method } from "../lib/types";

const all: Method[] = ["hybrid", "content", "user-knn", "popular"];
export const mostFilms = 20;

export const asMethod = (text: string | null, usual: Method): Method => all.find((m) => m === text) ?? usual;

export function asCount(text: string | null, other: number): number {
  const n = Math.round(Number(text));
  return text !== null && n >= 1 && n <= mostFilms ? n : other;
}

interface SwitchProps {
  value: Method;
  offered: Method[] | undefined;
  choose(method: Method): void;
}

export function MethodSwitch({ value, offered, choose }: SwitchProps) {
  const name = useId();
  const methods = all.filter((m) => !offered || offered.includes(m));
  return (
    <fieldset class="switch">
      <legend class="unseen">{t.controls.method}</legend>
      <span class="switch-options">
        {methods.map((m) => (
          <label key={m}>
            <input type="radio" name={name} value={m} checked={m === value} onChange={() => choose(m)} />
            <span>{t.method(m)}</span>
          </label>
        ))}
      </span>
      <span class="switch-note" aria-live="polite">{t.methodNote(value)}</span>
    </fieldset>
  );
}

export function CountSlider({ value, choose }: { value: number; choose(n: number): void }) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{t.controls.count}</label>
      <input
        id={id}
        type="range"
        min={1}
        max={mostFilms}
        value={value}
        style={{ "--from": 0, "--to": (value - 1) / (mostFilms - 1) }}
        onInput={(e) => choose(Number(e.currentTarget.value))}
      />
      <output for={id}>{value}</output>
    </div>
  );
}
