// Parts that the charts about the data and those of the dashboard share: tables behind them, rows with lying
// bars, and rows with marks on a line.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { lengthOf, type Cell, type Figure } from "../lib/data";
import { cell, readCell, td } from "../lib/texts/data";

const rowsInTable = 200;

interface TableProps {
  figure: Figure;
  name: string;
  head?(column: string): string;
  read?(column: string, value: Cell): string | null; // what is not written as it is; null: it is
}

export function Table({ figure, name, head = (column) => td.column[column] ?? column, read = readCell }: TableProps) {
  const length = lengthOf(figure), shown = Math.min(rowsInTable, length);
  return (
    <>
      <div class="data-table" tabIndex={0} role="region" aria-label={name}>
        <table>
          <thead>
            <tr>{figure.columns.map((column, i) => <th key={i} scope="col" class={column.kind === "text" ? undefined : "is-number"}>{head(column.name)}</th>)}</tr>
          </thead>
          <tbody>
            {Array.from({ length: shown }, (_, row) => (
              <tr key={row}>
                {figure.columns.map((column, i) => {
                  const value = column.values[row] ?? null;
                  return <td key={i} class={column.kind === "text" ? undefined : "is-number"}>{read(column.name, value) ?? cell(column.kind, value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {length < figure.rows && <p class="remark">{td.thinned(figure.rows)}</p>}
      {shown < length && <p class="remark">{td.rowsOf(shown, length)}</p>}
    </>
  );
}

interface FrameProps {
  id: string;
  finding: string;
  note?: string | undefined;
  controls?: ComponentChildren;
  busy?: boolean;
  files: ComponentChildren; // ways to save it
  table(): ComponentChildren;
  children: ComponentChildren;
}

// What every chart has: what it found, the table behind it, and its file.
export function Frame({ id, finding, note, controls, busy = false, files, table, children }: FrameProps) {
  const [open, setOpen] = useState(false);
  return (
    <figure class={busy ? "chart data-chart is-busy" : "chart data-chart"} data-figure={id}>
      <figcaption>{finding}</figcaption>
      {controls}
      {children}
      {note && <p class="chart-note">{note}</p>}
      <div class="chart-foot">
        <button type="button" class="quiet" aria-expanded={open} aria-label={`${td.table}: ${finding}`} onClick={() => setOpen(!open)}>{td.table}</button>
        {files}
      </div>
      {open && table()}
    </figure>
  );
}

// About as long as what will be written there.
export const Ghost = ({ children }: { children: ComponentChildren }) => <span class="ghost is-waiting" aria-hidden="true">{children}</span>;

interface ComingProps {
  finding: string;
  controls?: boolean;
  measure?: string; // of a drawing
  note?: string;
  height?: string; // of a drawing
  rows?: number; // else of a table
  long?: boolean;
  children?: ComponentChildren; // else what is there before its numbers
}

// A chart on its way, with the room that it will take.
export function Coming({ finding, controls = false, measure, note, height, rows = 0, long = false, children }: ComingProps) {
  return (
    <figure class="chart data-chart is-coming-chart" aria-hidden="true">
      <figcaption><Ghost>{finding}</Ghost></figcaption>
      {controls && <div class="data-switch"><span class="chip is-waiting">{"\u00a0".repeat(24)}</span></div>}
      {measure && <p class="plot-said"><Ghost>{measure}</Ghost></p>}
      {children ?? (height ? <div class="data-room is-waiting" style={{ height }} />
        : <div class={long ? "data-bars is-long" : "data-bars"}>{Array.from({ length: rows }, (_, i) => <span key={i}><span class="is-waiting" /></span>)}</div>)}
      {note && <p class="chart-note"><Ghost>{note}</Ghost></p>}
      <div class="chart-foot"><span class="quiet"><Ghost>{td.table}</Ghost></span></div>
    </figure>
  );
}

interface SwitchProps {
  name: string;
  value: string;
  options: Record<string, string>;
  choose(value: string): void;
}

// Ways to draw the same, or to ask it.
export function Switch({ name, value, options, choose }: SwitchProps) {
  return (
    <div class="data-switch" role="group" aria-label={name}>
      {Object.entries(options).map(([id, text]) => (
        <button key={id} type="button" class={id === value ? "chip is-only" : "chip"} aria-pressed={id === value} onClick={() => choose(id)}>{text}</button>
      ))}
    </div>
  );
}

interface MoreProps {
  all: boolean;
  few: number;
  count: number;
  toggle(): void;
}

function More({ all, few, count, toggle }: MoreProps) {
  if (count <= few) return null;
  return <button type="button" class="quiet data-more" onClick={toggle}>{all ? td.fewer : td.more(count)}</button>;
}

export interface LyingRow {
  key: string;
  name: ComponentChildren;
  value: number;
  said: string;
  note?: string;
  before?: { value: number; said: string }; // a line across the bar
}

interface LyingProps {
  rows: LyingRow[];
  heads: string[]; // of names, of values, of notes
  few: number;
  best?: boolean; // the first row stands out
  whole?: boolean; // bars are parts of 1
  long?: boolean; // names need a line of their own on a phone
}

export function Lying({ rows, heads, few, best = true, whole = false, long = false }: LyingProps) {
  const [all, setAll] = useState(false);
  const most = whole ? 1 : Math.max(1e-9, ...rows.map((row) => Math.max(row.value, row.before?.value ?? 0)));
  return (
    <>
      <table class={`lying${long ? " is-long" : ""}${whole ? " is-whole" : ""}`}>
        <thead class="unseen"><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {(all ? rows : rows.slice(0, few)).map((row, i) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td class="lying-bar" aria-hidden="true">
                <span class={whole ? "chart-track is-whole" : "chart-track"}><span class={best && i === 0 ? "chart-fill is-most" : "chart-fill"} style={{ "--width": row.value / most }} />
                  {row.before && <span class="chart-others" style={{ "--at": row.before.value / most }} />}</span>
              </td>
              <td class="is-number">{row.said}{row.before && <span class="unseen"> {row.before.said}</span>}</td>
              {heads.length > 2 && <td class="is-number chart-mean">{row.note}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <More all={all} few={few} count={rows.length} toggle={() => setAll(!all)} />
    </>
  );
}

export interface MarkRow {
  key: string;
  name: ComponentChildren;
  value: number;
  low?: number;
  high?: number;
  before?: number; // hollow: what it was before something was done to it
  once?: number; // a stroke: what it was in another time
  note: string;
}

interface MarksProps {
  rows: MarkRow[];
  heads: string[]; // of names, of values, of notes
  few: number;
  line?: number | null; // across all
  long?: boolean;
  zero?: boolean; // the line begins at nothing
  write?(value: number): string;
}

// Marks on one line for all rows, from the lowest that is shown to the highest.
export function Marks({ rows, heads, few, line = null, long = false, zero = false, write = (value) => cell("real", value) }: MarksProps) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, few);
  const ends = [...shown.flatMap((row) => [row.value, row.low, row.high, row.before, row.once]), line, zero ? 0 : null].filter((end): end is number => typeof end === "number" && !Number.isNaN(end));
  const low = Math.min(...ends), high = Math.max(...ends);
  const place = (value: number) => 0.03 + 0.94 * ((value - low) / (high - low || 1));
  return (
    <>
      <table class={long ? "lying is-long" : "lying"}>
        <thead class="unseen"><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td class="lying-bar" aria-hidden="true">
                <span class="whisker">
                  {line !== null && <span class="whisker-baseline" style={{ "--at": place(line) }} />}
                  {row.before !== undefined && <span class="whisker-line is-thin" style={{ "--low": place(Math.min(row.before, row.value)), "--high": place(Math.max(row.before, row.value)) }} />}
                  {row.low !== undefined && row.high !== undefined && !Number.isNaN(row.low) &&
                    <span class="whisker-line" style={{ "--low": place(row.low), "--high": place(row.high) }} />}
                  {row.once !== undefined && !Number.isNaN(row.once) && <span class="whisker-once" style={{ "--at": place(row.once) }} />}
                  {row.before !== undefined && <span class="whisker-mean is-hollow" style={{ "--at": place(row.before) }} />}
                  {!Number.isNaN(row.value) && <span class="whisker-mean" style={{ "--at": place(row.value) }} />}
                </span>
              </td>
              <td class="is-number">{write(row.value)}</td>
              <td class="is-number chart-mean">{row.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <More all={all} few={few} count={rows.length} toggle={() => setAll(!all)} />
    </>
  );
}
