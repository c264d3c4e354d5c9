// Whether all is well: what the server checks of itself, what it has loaded, what it is doing.
import { useState } from "preact/hooks";
import { api } from "../lib/api";
import { clock, number } from "../lib/format";
import { isOpen, operation, type Check } from "../lib/operation";
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
            {named(check)} <span class="sheet-note">{check.ok ? ta.ok : ta.bad}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function System() {
  const [look, setLook] = useState(() => Date.now());
  const all = useResource(`system?${look}`, async (signal) => {
    const [checks, health, jobs] = await Promise.all([operation.ready(signal), api.health(signal), operation.jobs(100, null, signal)]);
    return { checks, health, jobs: jobs.items };
  }, true);
  if (all.error) return <Failed error={all.error} retry={all.retry} />;
  if (!all.data) return <RowsSkeleton count={16} thumb={false} />;
  const { checks, health, jobs } = all.data;
  const trained = jobs.find((job) => job.kind === "train" && job.finished_at);
  const facts: [string, string][] = [
    [ta.version, `Reel ${health.version}`],
    [ta.dataset, health.source],
    [ta.films, number(health.movies)],
    [ta.people, number(health.people)],
    [ta.ratings, number(health.ratings)],
    [ta.serving, health.models.map((name) => t.method(name)).join(", ")],
    [ta.waiting, number(jobs.filter((job) => isOpen(job.state)).length)],
    [ta.lastTraining, trained?.finished_at ? `${clock.format(new Date(trained.finished_at))}, ${ta.state[trained.state]}` : ta.never],
  ];
  return (
    <>
      <Checks checks={checks} />
      <dl class="facts-sheet">
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      <p><button type="button" class="button" onClick={() => setLook(Date.now())}>{ta.refresh}</button></p>
    </>
  );
}
