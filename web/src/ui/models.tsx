// The models in service: what each is, what it was made with, how good it is, and what else could serve.
import { useState } from "preact/hooks";
import { clock } from "../lib/format";
import { byModel, judgedOf, measuredOf, operation, type Judged, type Version } from "../lib/operation";
import { useResource } from "../lib/resource";
import { go } from "../lib/router";
import { t } from "../lib/texts";
import { ta } from "../lib/texts/analytics";
import { Confirm } from "./confirm";
import { JudgedLines, MeasuredChart } from "./measured";
import { Failed, Notice, RowsSkeleton } from "./states";

const trained = (version: Version) => ta.trained(clock.format(new Date(version.trained_at)));

function Parameters({ version }: { version: Version }) {
  const all = Object.entries(version.parameters);
  if (all.length === 0) return null;
  return (
    <details class="model-more">
      <summary>{ta.parameters(all.length)}</summary>
      <dl class="model-parameters">
        {all.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{String(value)}</dd></div>)}
      </dl>
    </details>
  );
}

function Quality({ judged }: { judged: Judged | null }) {
  if (!judged) return <p class="remark">{ta.notMeasured}</p>;
  return (
    <>
      <JudgedLines judged={judged} />
      <p class="remark">
        {ta.measured(judged.held)} {judged.job === null ? ta.whenFitted : <a href={`/analytics/jobs/${judged.job}`}>{ta.job(judged.job, ta.kind.evaluate!)}</a>}
      </p>
    </>
  );
}

// Training the model anew is the way where a version does not fit the data any more.
const anew = (name: string) => operation.start({ kind: "train", model: name }).then((job) => go(`/analytics/jobs/${job.id}`));

interface CardProps {
  name: string;
  current: Version | null;
  others: Version[];
  judged: Judged | null;
  change: boolean;
  done(version: Version): void;
}

function Others({ others, change, done }: Pick<CardProps, "others" | "change" | "done">) {
  if (others.length === 0) return null;
  return (
    <details class="model-more">
      <summary>{ta.others(others.length)}</summary>
      <ul class="model-versions">
        {others.map((version) => (
          <li key={version.id}>
            <span><code>{version.id}</code><span class="sheet-note">{version.cause === null ? trained(version) : ta.cause[version.cause]}</span></span>
            {change && version.state === "ready" && (
              <Confirm button={ta.activate} label={`${ta.activate}: ${version.id}`} sure={ta.activateSure(version.id)} keep={ta.keep}
                act={() => operation.activate(version.id).then(done)} refusals={{ 409: ta.cannotServe }} instead={{ text: ta.activateRefused, button: ta.trainAnew(t.method(version.name)), act: () => anew(version.name) }} />
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Card({ name, current, others, judged, change, done }: CardProps) {
  const back = current !== null && others.some((one) => one.state === "ready" && one.trained_at < current.trained_at);
  return (
    <li class="model-card">
      <h2>{t.method(name)}{t.method(name) !== name && <code>{name}</code>}</h2>
      {current ? (
        <>
          <p>{t.methodNote(current.name)}</p>
          <p class="remark">{current.serving ? ta.inService : ta.notYet}: <code>{current.id}</code></p>
          <p class="remark">{trained(current)}{t.dot}{current.seconds < 1 ? ta.underSecond : ta.seconds(current.seconds)}{t.dot}{ta.size(current.size_bytes)}{t.dot}{ta.data(current.people, current.movies)}</p>
          <Quality judged={judged} />
          <Parameters version={current} />
        </>
      ) : <p class="remark">{ta.noneInService}</p>}
      <Others others={others} change={change} done={done} />
      {change && back && (
        <div><Confirm button={ta.rollBack} label={`${ta.rollBack}: ${t.method(name)}`} sure={ta.rollBackSure(t.method(name))} keep={ta.keep}
          act={() => operation.rollBack(name).then(done)} refusals={{ 409: ta.cannotServe }} instead={{ text: ta.activateRefused, button: ta.trainAnew(t.method(name)), act: () => anew(name) }} /></div>
      )}
    </li>
  );
}

// The versions by model, each with how good it is as far as somebody measured it, and the newest evaluation of all.
async function load(signal: AbortSignal) {
  const [versions, jobs] = await Promise.all([operation.versions(signal), operation.jobs(100, null, signal)]);
  const models = await Promise.all(byModel(versions.items).map(async (model) => {
    const card = model.current && (await operation.version(model.current.id, signal)).evaluation;
    return { ...model, judged: judgedOf(model.name, card, jobs.items) };
  }));
  return { models, measured: jobs.items.map(measuredOf).find((one) => one !== null) };
}

export function Models({ change }: { change: boolean }) {
  const [look, setLook] = useState(() => Date.now());
  const [said, setSaid] = useState<string | null>(null);
  const all = useResource(`versions?${look}`, load, true);
  const done = (version: Version) => {
    setSaid(ta.now(version.id));
    setLook(Date.now());
  };
  if (all.error) return <Failed error={all.error} retry={all.retry} />;
  if (!all.data) return <RowsSkeleton count={16} thumb={false} />;
  if (all.data.models.length === 0) return <Notice title={ta.noVersions} />;
  return (
    <>
      <p class="form-done" role="status">{said}</p>
      {!change && <p class="remark">{ta.needAdmin}</p>}
      {all.data.measured && <MeasuredChart measured={all.data.measured} />}
      <ul class="model-cards">
        {all.data.models.map((model) => <Card key={model.name} {...model} change={change} done={done} />)}
      </ul>
    </>
  );
}
