// Whether all is well: what the server checks of itself, what it has loaded, what it is doing.
import { useState } from "preact/hooks";
import { api } from "../lib/api";
import { clock, number } from "../lib/format";
import { isOpen, operation, type Check, type Disk, type Queue } from "../lib/operation";
import { useResource } from "../lib/resource";
import { t } from "../lib/texts";
import { ta } from "../lib/texts/analytics";
import { Failed, RowsSkeleton } from "./states";

function Checks({ checks }: { checks: Check[] }) {
  const bad = checks.filter((check) => !check.ok);
  const named = (check: Check) => ta.check[check.name] ?? check.name;
  return (
    <div>
      <h2>{bad.length === 0 ? ta.ready : ta.unready(bad.map(named).join(", "))}</h2>
      <ul class="checks" aria-label={ta.checks}>
        {checks.map((check) => (
          <li key={check.name} class={check.ok ? "check" : "check is-bad"}>
            <span class="check-mark" aria-hidden="true">{check.ok ? "✓" : "!"}</span>
            {named(check)} <span class="sheet-note">{check.ok ? ta.ok : ta.badBecause(check.why)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function queued(queue: Queue | null): string {
  if (!queue) return ta.noQueue;
  const parts: string[] = [queue.oldest_at ? ta.waitsSince(queue.waiting, ta.age((Date.now() - Date.parse(queue.oldest_at)) / 1000)) : ta.nothingWaits, ta.queueState[queue.state]!];
  if (queue.why) parts.push(ta.queueBecause(queue.why));
  if (queue.refused > 0) parts.push(ta.queueRefused(queue.refused));
  if (queue.damaged > 0) parts.push(ta.queueDamaged(queue.damaged));
  if (queue.forgetting > 0) parts.push(ta.queueForgetting(queue.forgetting));
  return parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join(". ");
}

const littleRoom = 1e9; // bytes; `reel doctor` warns there, too

function Room({ disk }: { disk: Disk }) {
  const used = 1 - disk.free_bytes / Math.max(1, disk.total_bytes);
  return (
    <div>
      <dt>{ta.disk[disk.of]}</dt>
      <dd>
        <span class={disk.free_bytes < littleRoom ? "disk is-bad" : "disk"}>{ta.room(ta.size(disk.taken_bytes), ta.size(disk.free_bytes), ta.size(disk.total_bytes))}</span>
        <span class="disk-bar" aria-hidden="true"><span style={{ "--width": used }} /></span>
      </dd>
    </div>
  );
}

export function System() {
  const [look, setLook] = useState(() => Date.now());
  const all = useResource(`system?${look}`, async (signal) => {
    const [system, health, jobs] = await Promise.all([operation.system(signal), api.health(signal), operation.jobs(100, null, signal)]);
    return { system, health, jobs: jobs.items };
  }, true);
  if (all.error) return <Failed error={all.error} retry={all.retry} />;
  if (!all.data) return <RowsSkeleton count={16} thumb={false} />;
  const { system, health, jobs } = all.data;
  const trained = jobs.find((job) => job.kind === "train" && job.finished_at);
  const facts: [string, string][] = [
    [ta.version, `Reel ${health.version}`],
    [ta.dataset, t.source(health.source)],
    [ta.films, number(health.movies)],
    [ta.people, number(health.people)],
    [ta.ratings, number(health.ratings)],
    [ta.serving, health.models.map((name) => t.method(name)).join(", ")],
    [ta.waiting, number(jobs.filter((job) => isOpen(job.state)).length)],
    [ta.lastTraining, trained?.finished_at ? `${clock.format(new Date(trained.finished_at))}, ${ta.state[trained.state]}` : ta.never],
    [ta.queue, queued(system.queue)],
  ];
  return (
    <>
      <Checks checks={system.checks} />
      <dl class="facts-sheet is-wide">
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
        {system.disks.map((disk) => <Room key={disk.of} disk={disk} />)}
      </dl>
      <p><button type="button" class="button" onClick={() => setLook(Date.now())}>{ta.refresh}</button></p>
    </>
  );
}
