// What an evaluation found: for each model the mean as a mark and its interval as a line, from zero, with
// the popular films as the line that each must pass.
import { useState } from "preact/hooks";
import { decimal } from "../lib/format";
import { baseline, metricsOf, type Interval, type Judged, type Measured } from "../lib/operation";
import { csvOf } from "../lib/taste";
import { t } from "../lib/texts";
import { metricName, ta } from "../lib/texts/analytics";
import { save } from "./chart";

const wide = 3; // digits

export function Whisker({ value, most, line }: { value: Interval; most: number; line: number | null }) {
  return (
    <span class="whisker" aria-hidden="true">
      {line !== null && <span class="whisker-baseline" style={{ "--at": line / most }} />}
      <span class="whisker-line" style={{ "--low": value.low / most, "--high": value.high / most }} />
      <span class="whisker-mean" style={{ "--at": value.mean / most }} />
    </span>
  );
}

interface Line {
  head: string;
  value: Interval;
  most: number;
  line: number | null;
}

function Lines({ of, lines }: { of: string; lines: Line[] }) {
  return (
    <>
      <thead class="unseen">
        <tr><th scope="col">{of}</th><th scope="col">{ta.low}–{ta.high}</th><th scope="col">{ta.mean}</th></tr>
      </thead>
      <tbody>
        {lines.map(({ head, value, most, line }) => (
          <tr key={head}>
            <th scope="row">{head}</th>
            <td class="whisker-cell">
              <Whisker value={value} most={most} line={line} />
              <span class="unseen">{decimal(value.low, wide)}–{decimal(value.high, wide)}</span>
            </td>
            <td class="whisker-number">{decimal(value.mean, wide)}</td>
          </tr>
        ))}
      </tbody>
    </>
  );
}

const better = (metric: string) => (/^(hidden_|sampled_)?(rmse|mae|calibration|gini)(@|$)/.test(metric) ? 1 : -1);

export function MeasuredChart({ measured }: { measured: Measured }) {
  const metrics = metricsOf(measured);
  const [chosen, choose] = useState<string | null>(null);
  const metric = chosen ?? metrics[0];
  if (!metric) return null;
  const rows = measured.models.map((model) => ({ name: model.name, value: model.metrics[metric]! }))
    .sort((a, b) => better(metric) * (a.value.mean - b.value.mean));
  const most = Math.max(1e-9, ...rows.map((row) => row.value.high));
  const line = rows.find((row) => row.name === baseline)?.value.mean ?? null;
  const table = () => csvOf([[ta.model, ta.mean, ta.low, ta.high], ...rows.map(({ name, value }) => [name, value.mean, value.low, value.high])]);
  return (
    <figure class="chart measured">
      <figcaption>{ta.bestBy(metricName(metric), t.method(rows[0]!.name))}</figcaption>
      <label class="select">
        <span>{ta.metric}</span>
        <select value={metric} onChange={(e) => choose(e.currentTarget.value)}>
          {metrics.map((name) => <option key={name} value={name}>{metricName(name)}</option>)}
        </select>
      </label>
      <table>
        <Lines of={ta.model} lines={rows.map(({ name, value }) => ({ head: t.method(name), value, most, line }))} />
      </table>
      <p class="remark">{ta.measured(measured.protocol.held_out)} {line !== null && ta.whiskers}</p>
      <p class="chart-foot"><button type="button" class="quiet" onClick={() => save(`${metric}.csv`, table())}>{ta.save}</button></p>
    </figure>
  );
}

// The same of one model, a metric a line: on its card.
export function JudgedLines({ judged }: { judged: Judged }) {
  return (
    <table class="judged">
      <Lines of={ta.metric} lines={judged.metrics.map(({ name, ...rest }) => ({ head: metricName(name), ...rest }))} />
    </table>
  );
}
