// A drawing with a place that one is at: what stands there is said in the line above it. The pointer goes
// there, or the arrow keys; for those who do not see it, it is a slider that says the same.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { moved } from "../lib/data";
import { useWidth } from "../lib/hooks";

interface Props {
  name: string;
  measure: string; // what is drawn, where one is nowhere
  height(width: number): number;
  count: number; // places
  columns?: number; // of a grid
  inside?(at: number): number; // the place that is meant, where some of the grid are none
  start: number; // where the keys begin
  say(at: number): string;
  find(x: number, y: number, width: number): number;
  children(width: number, at: number | null): ComponentChildren;
}

const narrow = 320; // until it was measured

export function Plot({ name, measure, height, count, columns = count, inside = (at) => at, start, say, find, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [chosen, choose] = useState<number | null>(null);
  // Other films may have fewer places.
  const at = chosen === null ? null : inside(Math.min(chosen, count - 1));
  const now = at ?? Math.min(Math.max(0, start), count - 1);
  const point = (event: PointerEvent) => {
    const edge = box.current!.getBoundingClientRect();
    choose(find(event.clientX - edge.left, event.clientY - edge.top, width));
  };
  return (
    <>
      <p class={at === null ? "plot-said" : "plot-said is-at"}>{at === null ? measure : say(at)}</p>
      <div class="plot" ref={box} tabIndex={0} role="slider" aria-label={name} aria-valuemin={1} aria-valuemax={count} aria-valuenow={now + 1} aria-valuetext={say(now)}
        style={{ height: `${height(width || narrow)}px` }}
        onPointerMove={point} onPointerDown={point} onPointerLeave={() => choose(null)}
        onFocus={() => choose((before) => before ?? now)} onBlur={() => choose(null)}
        onKeyDown={(event) => {
          if (event.altKey || event.ctrlKey || event.metaKey) return;
          const to = moved(event.key, now, count, columns);
          if (to === null) return;
          event.preventDefault();
          choose(inside(to));
        }}>
        {width > 0 && <svg width={width} height={height(width)} aria-hidden="true">{children(width, at)}</svg>}
      </div>
    </>
  );
}
