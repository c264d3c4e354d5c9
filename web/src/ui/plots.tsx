// The kinds of drawings of the data page and the dashboard: upright bars, lines, and two kinds of shaded grids.
import type { Pairs, Scale } from "../lib/data";
import { between, everyNth, linear, logarithmic, nearest, roundUp } from "../lib/data";
import { brief } from "../lib/texts/data";
import { Plot } from "./plot";

const left = 44, right = 8, top = 8, bottom = 26;
const tall = 232;
const letter = 7; // px, about, for names below an axis

function AxisY({ scale, width, write = brief }: { scale: Scale; width: number; write?: (value: number) => string }) {
  return (
    <g>
      {scale.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${Math.round(scale(tick)) + 0.5})`}>
          <line class="plot-grid" x1={left} x2={width - right} />
          <text class="plot-text" x={left - 8} dy="0.32em" text-anchor="end">{write(tick)}</text>
        </g>
      ))}
    </g>
  );
}

// Names below the bars, as many as there is room for; "" is none. edges: they stand where a bar begins.
function NamesX({ names, place, y, room }: { names: string[]; place(at: number): number; y: number; room: number }) {
  const named = names.flatMap((name, at) => (name === "" ? [] : [{ name, at }]));
  const every = everyNth(named.length, room, letter * Math.max(...named.map(({ name }) => name.length)) + 14);
  return (
    <g>
      {named.filter((_, i) => i % every === 0).map(({ name, at }) => (
        <text key={at} class="plot-text" x={place(at)} y={y} text-anchor="middle">{name}</text>
      ))}
    </g>
  );
}

interface ColumnsProps {
  name: string;
  measure: string;
  names: string[];
  edges?: boolean; // names are where a bar begins, not of its middle
  values: number[];
  before?: number[]; // a line across each bar: what it is compared with
  means?: number[]; // a line below, with a scale of its own
  meansBefore?: number[]; // and a dashed one beside it
  inner?: number[]; // the part of each bar that stands out, from its foot
  spans?: [number, number][]; // the interval of each value
  marked?: boolean[]; // places of which there is more to say
  quiet?: boolean[]; // those that go on: less than they will be
  write?(value: number): string; // on the axis
  writeMean?(value: number): string; // on that of the line
  best: number;
  say(at: number): string;
}

const linePart = 84; // height of the line below
const broadest = 96; // px: a day alone is no wall

export const columnsHeight = (means: boolean): string => `${tall + (means ? linePart : 0)}px`;
export const gridHeight = "min(322px, 22px + 62cqw)"; // as Grid does by its width

export function Columns({ name, measure, names, edges = false, values, before, means, meansBefore, inner, spans, marked, quiet, write, writeMean, best, say }: ColumnsProps) {
  const count = values.length;
  const below = means ? linePart : 0;
  const floor = tall - bottom;
  const known = (numbers: number[]) => numbers.filter((one) => !Number.isNaN(one));
  const high = roundUp(Math.max(1, ...known(values), ...known(before ?? []), ...known((spans ?? []).map(([, end]) => end))));
  const y = linear(0, high, floor, top, 4);
  if (!spans && known(values).every(Number.isInteger)) y.ticks = y.ticks.filter(Number.isInteger); // there is no half of a list
  const told = known([...(means ?? []), ...(meansBefore ?? [])]);
  const line = told.length > 0 ? between(Math.min(...told), Math.max(...told), tall + below - 12, tall + 14) : null;
  const band = (width: number) => (width - left - right) / count;
  return (
    <Plot name={name} measure={measure} height={() => tall + below} count={count} start={best} say={say}
      find={(x, _, width) => Math.min(count - 1, Math.max(0, Math.floor((x - left) / band(width))))}>
      {(width, at) => {
        const wide = band(width), gap = wide > 12 ? 4 : wide > 4 ? 1 : 0;
        const middle = (i: number) => left + (i + 0.5) * wide;
        const broad = Math.min(broadest, Math.max(0.5, wide - gap));
        const alone = (i: number) => [i - 1, i + 1].every((next) => Number.isNaN(means?.[next] ?? NaN));
        return (
          <>
            <AxisY scale={y} width={width} {...(write ? { write } : {})} />
            {values.map((value, i) => !Number.isNaN(value) && (
              <rect key={i} class={i === at ? "plot-bar is-at" : spans || quiet?.[i] ? "plot-bar is-quiet" : i === best && !inner ? "plot-bar is-most" : "plot-bar"}
                x={middle(i) - broad / 2} width={broad} y={y(value)} height={Math.max(value > 0 ? 1 : 0, floor - y(value))} />
            ))}
            {inner?.map((value, i) => value > 0 && (
              <rect key={i} class="plot-bar is-most" x={middle(i) - broad / 2} width={broad} y={y(value)} height={Math.max(1, floor - y(value))} />
            ))}
            {before?.map((value, i) => value > 0 && (
              <rect key={i} class="plot-before" x={middle(i) - broad / 2 - gap / 2} width={broad + gap} y={y(value) - 1.5} height={3} />
            ))}
            {spans?.map(([low, high], i) => !Number.isNaN(low) && (
              <line key={i} class="plot-span" x1={middle(i)} x2={middle(i)} y1={y(low)} y2={y(high)} />
            ))}
            {marked?.map((one, i) => one && <path key={i} class="plot-marked" d={`M${middle(i) - 5} ${top - 8}h10l-5 8z`} />)}
            {at !== null && <rect class="plot-here" x={middle(at) - 1} width={2} y={floor} height={6} />}
            <NamesX names={names} place={(i) => (edges ? left + i * wide : middle(i))} y={floor + 18} room={width - left - right} />
            {line && means && (
              <g>
                <AxisY scale={line} width={width} {...(writeMean ? { write: writeMean } : {})} />
                {meansBefore && <path class="plot-line is-dashed" d={pathOf(meansBefore.map((mean, i) => [middle(i), line(mean)]))} />}
                <path class="plot-line" d={pathOf(means.map((mean, i) => [middle(i), line(mean)]))} />
                {means.map((mean, i) => !Number.isNaN(mean) && alone(i) && <circle key={i} class="plot-dot" cx={middle(i)} cy={line(mean)} r={3} />)}
                {at !== null && !Number.isNaN(means[at]!) && <circle class="plot-point" cx={middle(at)} cy={line(means[at]!)} r={4} />}
              </g>
            )}
          </>
        );
      }}
    </Plot>
  );
}

// Lifted where a place is unknown.
function pathOf(points: [number, number][]): string {
  let drawing = false;
  return points.map(([x, y]) => {
    if (Number.isNaN(y)) {
      drawing = false;
      return "";
    }
    const piece = `${drawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    drawing = true;
    return piece;
  }).join("");
}

export interface Line {
  name: string;
  xs: number[];
  ys: number[];
}

interface LinesProps {
  name: string;
  measure: string;
  lines: Line[]; // the second one is dashed
  log: boolean;
  even?: string; // what a straight line from corner to corner is called
  write(value: number): string; // on the axes
  xName: string;
  say(x: number): string;
}

const keyHeight = 18;

export function Lines({ name, measure, lines, log, even, write, xName, say }: LinesProps) {
  const places = [...new Set(lines.flatMap((line) => line.xs))].sort((a, b) => a - b);
  const most = { x: places[places.length - 1] ?? 1, y: Math.max(...lines.flatMap((line) => line.ys)) };
  const floor = tall - bottom;
  const y = log ? logarithmic(1, most.y, floor, top) : linear(0, roundUp(most.y), floor, top, 4);
  const xOf = (width: number) => (log ? logarithmic(1, most.x, left, width - right) : linear(0, most.x, left, width - right, Math.max(2, Math.floor(width / 110))));
  const keys = [...lines.map((line) => line.name), ...(even ? [even] : [])];
  return (
    <Plot name={name} measure={measure} height={() => tall + 18} count={places.length} start={0} say={(at) => say(places[at]!)}
      find={(x, _, width) => nearest(places.map(xOf(width)), x)}>
      {(width, at) => {
        const x = xOf(width);
        const keyWide = 34 + letter * Math.max(...keys.map((one) => one.length));
        // In the corner where no line comes.
        const keyTop = even || log ? floor - 12 - keyHeight * (keys.length - 1) : top + 10;
        return (
          <>
            <AxisY scale={y} width={width} write={write} />
            {x.ticks.map((tick) => <text key={tick} class="plot-text" x={x(tick)} y={floor + 18} text-anchor={x(tick) > width - 30 ? "end" : "middle"}>{write(tick)}</text>)}
            <text class="plot-text" x={width - right} y={floor + 38} text-anchor="end">{xName}</text>
            {even && <line class="plot-line is-even" x1={x(0)} y1={y(0)} x2={x(most.x)} y2={y(most.y)} />}
            {lines.map((line, i) => (
              <path key={line.name} class={i > 0 ? "plot-line is-dashed" : "plot-line"} d={pathOf(line.xs.map((one, k) => [x(one), y(line.ys[k]!)]))} />
            ))}
            <g transform={`translate(${log ? left + 12 : width - right - keyWide} ${keyTop})`}>
              {keys.map((one, i) => (
                <g key={one} transform={`translate(0 ${i * keyHeight})`}>
                  <line class={i >= lines.length ? "plot-line is-even" : i > 0 ? "plot-line is-dashed" : "plot-line"} x2={24} />
                  <text class="plot-text is-key" x={32} dy="0.32em">{one}</text>
                </g>
              ))}
            </g>
            {at !== null && (
              <g>
                <line class="plot-cross" x1={x(places[at]!)} x2={x(places[at]!)} y1={top} y2={floor} />
                {lines.map((line) => {
                  const k = line.xs.indexOf(places[at]!);
                  return k < 0 ? null : <circle key={line.name} class="plot-point" cx={x(line.xs[k]!)} cy={y(line.ys[k]!)} r={4} />;
                })}
              </g>
            )}
          </>
        );
      }}
    </Plot>
  );
}

const shades = 12;
// As darkness is seen: a share of a hundredth is told from none.
const shadeOf = (value: number, most: number) => (value <= 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(value / most) * shades)));

interface GridProps {
  name: string;
  measure: string;
  shares: number[]; // row by row
  columns: number;
  xName: string;
  yName: string;
  names?: { columns: string[]; rows: string[] }; // of each, instead of what they are; "" is none
  say(at: number): string;
}

export function Grid({ name, measure, shares, columns, xName, yName, names, say }: GridProps) {
  const rows = Math.ceil(shares.length / columns);
  const most = Math.max(1e-9, ...shares);
  const edge = 22, side = names ? left : edge;
  const size = (width: number) => ({ wide: (width - side) / columns, high: Math.min(300, width * 0.62) / rows });
  return (
    <Plot name={name} measure={measure} height={(width) => size(width).high * rows + edge} count={shares.length} columns={columns} start={0} say={say}
      find={(x, y, width) => {
        const { wide, high } = size(width);
        const column = Math.min(columns - 1, Math.max(0, Math.floor((x - side) / wide)));
        return Math.min(rows - 1, Math.max(0, Math.floor((y - edge) / high))) * columns + column;
      }}>
      {(width, at) => {
        const { wide, high } = size(width);
        // Whole pixels: between others a line of the ground shows.
        const xOf = (column: number) => Math.round(side + column * wide), yOf = (row: number) => Math.round(edge + row * high);
        const corner = (i: number) => [xOf(i % columns), yOf(Math.floor(i / columns))] as const;
        const cells: string[] = Array(shades + 1).fill("");
        shares.forEach((share, i) => {
          const [x, y] = corner(i);
          cells[shadeOf(share, most)] += `M${x} ${y}H${xOf((i % columns) + 1)}V${yOf(Math.floor(i / columns) + 1)}H${x}z`;
        });
        return (
          <>
            {names ? (
              <>
                {names.columns.map((one, i) => one !== "" && <text key={i} class="plot-text" x={side + i * wide} y={14}>{one}</text>)}
                {names.rows.map((one, i) => <text key={i} class="plot-text" x={0} y={edge + (i + 0.5) * high} dy="0.32em">{one}</text>)}
              </>
            ) : (
              <>
                <text class="plot-text" x={edge} y={14}>{xName} →</text>
                <text class="plot-text" transform={`translate(14 ${edge + high * rows}) rotate(-90)`}>← {yName}</text>
              </>
            )}
            <rect class="plot-floor" x={side} y={edge} width={width - side} height={high * rows} />
            {cells.map((path, i) => i > 0 && path !== "" && <path key={i} class="plot-shade" style={{ "--shade": i / shades }} d={path} />)}
            {at !== null && <rect class="plot-frame" x={corner(at)[0] - 1} y={corner(at)[1] - 1} width={wide + 2} height={high + 2} />}
          </>
        );
      }}
    </Plot>
  );
}

interface TriangleProps {
  name: string;
  measure: string;
  pairs: Pairs;
  names: string[]; // as they are written
  best: [number, number];
  say(row: number, column: number): string;
}

const gapBefore = 8, headHeight = 24; // px: before a name, and for the one above the first column

// A name stands at the end of its row and on top of its column, so each is there once, and none lies on its side.
export function Triangle({ name, measure, pairs, names, best, say }: TriangleProps) {
  const count = pairs.names.length - 1; // rows, and columns: the first genre has no row, the last no column
  const most = Math.max(1e-9, ...pairs.names.flatMap((_, row) => pairs.names.slice(0, row).map((_, other) => pairs.at(row, other)?.overlap ?? 0)));
  const size = (width: number) => Math.min(26, ...names.slice(1).map((text, i) => (width - gapBefore - letter * text.length) / (i + 1)));
  // Only half of the grid is there: to the right of the diagonal one is sent back to it.
  const inside = (at: number) => {
    const row = Math.floor(at / count);
    return row * count + Math.min(row, at % count);
  };
  const pair = (at: number): [number, number] => [Math.floor(at / count) + 1, at % count];
  const start = (best[0] - 1) * count + best[1];
  return (
    <Plot name={name} measure={measure} height={(width) => size(width) * count + headHeight} count={count * count} columns={count} inside={inside} start={start} say={(at) => say(...pair(at))}
      find={(x, y, width) => {
        const one = size(width);
        const row = Math.min(count - 1, Math.max(0, Math.floor((y - headHeight) / one)));
        return inside(row * count + Math.min(count - 1, Math.max(0, Math.floor(x / one))));
      }}>
      {(width, at) => {
        const one = size(width);
        const here = at === null ? null : pair(at);
        return (
          <>
            {pairs.names.map((_, row) => (
              <g key={row} transform={`translate(0 ${headHeight + (row - 1) * one})`}>
                {pairs.names.slice(0, row).map((_, other) => (
                  <rect key={other} class="plot-shade is-cell" style={{ "--shade": shadeOf(pairs.at(row, other)?.overlap ?? 0, most) / shades }}
                    x={other * one + 0.5} y={0.5} width={one - 1} height={one - 1} />
                ))}
                <text class={here?.includes(row) ? "plot-text is-here" : "plot-text"} x={row === 0 ? 0 : row * one + gapBefore} y={row === 0 ? one - 10 : one / 2} dy={row === 0 ? undefined : "0.32em"}>{names[row]}</text>
              </g>
            ))}
            {here && <rect class="plot-frame" x={here[1] * one} y={headHeight + (here[0] - 1) * one} width={one} height={one} />}
          </>
        );
      }}
    </Plot>
  );
}
