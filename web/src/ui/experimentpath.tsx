// How the difference of two arms went, person by person: its line, the interval around it, and what would matter.
import { useState } from "preact/hooks";
import { linear, nearest } from "../lib/data";
import { pathReach, type Compared, type PathPoint } from "../lib/experiments";
import { number } from "../lib/format";
import { csvOf } from "../lib/taste";
import { ta } from "../lib/texts/analytics";
import { save } from "./chart";
import { Plot } from "./plot";

const left = 44, right = 8, top = 12, bottom = 44;
const tall = 220;

interface Props {
  experiment: string;
  name: string;
  one: Compared;
  smallest: number;
  points(part: number): string; // of a hundred, as the page writes them
}

const say = (point: PathPoint, points: Props["points"]) =>
  point.difference === null ? ta.pathNone(point.people)
    : point.low === null || point.high === null ? ta.pathSoon(point.people, points(point.difference))
      : ta.pathSay(point.people, points(point.difference), ta.interval(points(point.low), points(point.high)));

// The same in numbers.
function PathTable({ name, path, points }: { name: string; path: PathPoint[]; points: Props["points"] }) {
  const told = (value: number | null) => (value === null ? "–" : points(value));
  return (
    <div class="data-table" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead><tr>{[ta.people, ta.difference, ta.low, ta.high].map((head) => <th key={head} scope="col" class="is-number">{head}</th>)}</tr></thead>
        <tbody>
          {path.map((point) => (
            <tr key={point.people}>
              <td class="is-number">{number(point.people)}</td>
              {[point.difference, point.low, point.high].map((value, i) => <td key={i} class="is-number">{told(value)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ExperimentPath({ experiment, name, one, smallest, points }: Props) {
  const [open, setOpen] = useState(false);
  const path = one.path;
  const last = path[path.length - 1];
  if (path.length < 2 || !last) return null;
  const far = pathReach(one, smallest);
  const table = [["people", "difference", "low", "high"], ...path.map((point) => [point.people, point.difference ?? "", point.low ?? "", point.high ?? ""])];
  const y = linear(-far, far, tall - bottom, top, 6);
  const told = path.filter((point) => point.low !== null && point.high !== null);
  const seen = path.filter((point) => point.difference !== null);
  const within = (value: number) => Math.min(tall - bottom, Math.max(top, y(value)));
  const xOf = (width: number) => linear(0, last.people, left, width - right, Math.max(2, Math.floor(width / 110)));
  return (
    <figure class="chart data-chart experiment-path">
      <figcaption>{name}</figcaption>
      <Plot name={name} measure={ta.pathMeasure(100 * smallest, one.decided_after !== null)} height={() => tall} count={path.length} start={path.length - 1} say={(at) => say(path[at]!, points)}
        find={(at, _, width) => nearest(path.map((point) => xOf(width)(point.people)), at)}>
        {(width, at) => {
          const x = xOf(width);
          const line = (all: PathPoint[], value: (point: PathPoint) => number) => all.map((point) => `${x(point.people).toFixed(1)} ${within(value(point)).toFixed(1)}`);
          const edge = [...line(told, (point) => point.high!), ...line([...told].reverse(), (point) => point.low!)];
          const here = at === null ? null : path[at]!;
          return (
            <>
              {y.ticks.map((tick) => (
                <g key={tick} transform={`translate(0 ${Math.round(y(tick)) + 0.5})`}>
                  <line class="plot-grid" x1={left} x2={width - right} />
                  <text class="plot-text" x={left - 8} dy="0.32em" text-anchor="end">{ta.pathTick(100 * tick)}</text>
                </g>
              ))}
              {edge.length > 0 && <path class="plot-band" d={`M${edge.join("L")}Z`} />}
              {[smallest, -smallest].map((value) => <line key={value} class="plot-line is-dashed is-thin" x1={left} x2={width - right} y1={within(value)} y2={within(value)} />)}
              <line class="plot-zero" x1={left} x2={width - right} y1={y(0)} y2={y(0)} />
              {seen.length > 0 && <path class="plot-line" d={`M${line(seen, (point) => point.difference!).join("L")}`} />}
              {one.decided_after !== null && <path class="plot-marked" d={`M${x(one.decided_after) - 5} ${top - 10}h10l-5 8z`} />}
              {x.ticks.map((tick) => <text key={tick} class="plot-text" x={x(tick)} y={tall - bottom + 18} text-anchor={x(tick) > width - 30 ? "end" : "middle"}>{number(tick)}</text>)}
              <text class="plot-text" x={width - right} y={tall - 6} text-anchor="end">{ta.pathPeople}</text>
              {here && <line class="plot-cross" x1={x(here.people)} x2={x(here.people)} y1={top} y2={tall - bottom} />}
              {here && here.difference !== null && <circle class="plot-point" cx={x(here.people)} cy={within(here.difference)} r={4} />}
            </>
          );
        }}
      </Plot>
      <p class="chart-foot">
        <button type="button" class="quiet" aria-expanded={open} aria-label={`${ta.pathTable}: ${name}`} onClick={() => setOpen(!open)}>{ta.pathTable}</button>
        <button type="button" class="quiet" aria-label={`${ta.pathFile}: ${name}`} onClick={() => save(`${experiment}_${one.arm}.csv`, csvOf(table))}>{ta.pathFile}</button>
      </p>
      {open && <PathTable name={name} path={path} points={points} />}
    </figure>
  );
}
