// A slider between two words. What lies between the start and the thumb is lit.
import { useId } from "preact/hooks";

interface Props {
  name: string; // what it is called; the ends are words a reader sees
  ends: [string, string];
  range: readonly [number, number];
  step: number;
  value: number;
  start?: number; // where nothing is changed
  said: string; // the value in words
  move(value: number): void; // while it is pulled
  settle(): void; // when it is let go
}

export function Scale({ name, ends, range: [least, most], step, value, start = least, said, move, settle }: Props) {
  const id = useId();
  const at = (n: number) => (n - least) / (most - least);
  const [from, to] = [Math.min(at(start), at(value)), Math.max(at(start), at(value))];
  return (
    <div class="scale">
      <label class="unseen" for={id}>{name}</label>
      <span class="scale-ends" aria-hidden="true">
        <span class={value < start ? "is-lit" : ""}>{ends[0]}</span>
        <span class={value > start ? "is-lit" : ""}>{ends[1]}</span>
      </span>
      <input id={id} type="range" min={least} max={most} step={step} value={value} aria-valuetext={said}
        style={{ "--from": from, "--to": to }}
        onInput={(e) => move(Number(e.currentTarget.value))} onChange={settle} />
    </div>
  );
}
