// A chart of bars that is its own table: each row is named, drawn from zero and said in numbers. A line
// across the bar is everybody's, where that is known.
import { decimal } from "../lib/format";
import { useHealth } from "../lib/health";
import { csvOf } from "../lib/taste";
import { t } from "../lib/texts";

export interface ChartRow {
  key: string;
  name: string;
  share: number; // 0 to 1
  count: number;
  mean: number | null;
  others?: number | undefined; // everybody's share
}

interface Props {
  finding: string;
  rows: ChartRow[];
  columns: { name: string; share: string; mean?: string };
  file: string;
}

export function save(name: string, text: string, type = "text/csv"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const percent = (share: number) => t.taste.percent(Math.round(share * 100));

export function BarChart({ finding, rows, columns, file }: Props) {
  const who = t.taste.everybody(useHealth()?.simulated ?? false);
  const compared = rows.some((row) => row.others !== undefined);
  const most = Math.max(1e-9, ...rows.map((row) => Math.max(row.share, row.others ?? 0)));
  const table = () => csvOf([
    [columns.name, t.taste.films, columns.share, ...(compared ? [who] : []), ...(columns.mean ? [columns.mean] : [])],
    ...rows.map((row) => [row.name, row.count, row.share, ...(compared ? [row.others ?? 0] : []), ...(columns.mean ? [row.mean ?? ""] : [])]),
  ]);
  return (
    <figure class="chart">
      <figcaption>{finding}</figcaption>
      <table>
        <thead class="unseen">
          <tr>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.share}</th>
            {columns.mean && <th scope="col">{columns.mean}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td class="chart-bar">
                <span class="chart-track" aria-hidden="true">
                  <span class="chart-fill" style={{ "--width": row.share / most }} />
                  {row.others !== undefined && <span class="chart-others" style={{ "--at": row.others / most }} />}
                </span>
                <span class="chart-share">{percent(row.share)}</span>
                {row.others !== undefined && <span class="unseen">{t.taste.othersShare(who, percent(row.others))}</span>}
              </td>
              {columns.mean && <td class="chart-mean">{row.mean === null ? "" : t.taste.meanStars(decimal(row.mean))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="chart-foot">
        {compared && <span class="chart-key"><span class="chart-others" aria-hidden="true" />{who}</span>}
        <button type="button" class="quiet" aria-label={t.taste.saveLabel(finding)} onClick={() => save(file, table())}>{t.taste.save}</button>
      </p>
    </figure>
  );
}
