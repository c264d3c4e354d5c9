// Long work: what was asked for, how far it is while it runs, and how it ended.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../lib/api";
import { clock, number } from "../lib/format";
import { allTheSame, isOpen, jobKinds, measuredOf, newest, operation, refusedBy, resultOf, type Job, type JobKind, type JobWish } from "../lib/operation";
import { usePages } from "../lib/pages";
import { problemOf } from "../lib/problems";
import { useResource } from "../lib/resource";
import { go } from "../lib/router";
import { t } from "../lib/texts";
import { ta } from "../lib/texts/analytics";
import type { Page } from "../lib/types";
import { Confirm } from "./confirm";
import { MeasuredChart } from "./measured";
import { More } from "./more";
import { Failed, Notice, RowsSkeleton } from "./states";

const pageSize = 25;

// A job as it goes on. The browser takes the stream up again by itself when the server comes back.
function useLive(job: Job | undefined, ended: () => void): { job: Job | undefined; lost: boolean } {
  const [live, setLive] = useState<Job | undefined>();
  const [lost, setLost] = useState(false);
  const id = job && isOpen(job.state) ? job.id : null;
  useEffect(() => {
    if (id === null) return;
    const stream = new EventSource(`/api/v1/jobs/${id}/events`);
    const learn = (event: MessageEvent<string>) => {
      const next = JSON.parse(event.data) as Partial<Job>;
      setLost(false);
      if (next.id === id) setLive(next as Job);
    };
    stream.addEventListener("progress", learn);
    stream.addEventListener("end", (event) => {
      stream.close();
      learn(event);
      ended();
    });
    stream.onerror = () => setLost(true);
    return () => stream.close();
  }, [id]);
  return { job: job && newest(job, live), lost };
}

function Bar({ job }: { job: Job }) {
  return (
    <span class="job-progress">
      <span class="job-bar" role="progressbar" aria-label={ta.progress} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(job.progress * 100)}>
        <span style={{ "--width": job.progress }} />
      </span>
      <span class="job-percent">{ta.percent(job.progress)}</span>
    </span>
  );
}

const modelsOf = (job: Job) =>
  job.kind === "train" || job.kind === "evaluate"
    ? job.model?.split(",").map((name) => t.method(name)).join(", ") ?? (job.kind === "train" ? ta.everyModel : ta.usualModel)
    : null;

// Why it failed: by the gate's numbers, or by the kind of problem.
function failureOf(job: Job): string {
  const gate = refusedBy(job);
  if (gate) return ta.gate[gate.verdict](gate);
  return job.error ? ta.failure[job.error.code] ?? t.problems.code[job.error.code] ?? ta.failed(job.error.detail, job.error.code) : "";
}

// docs/jobs.md names them.
function stepOf(step: string): string {
  const [, name] = /^training (.+)$/.exec(step) ?? [];
  if (name) return ta.training(t.method(name));
  return ta.step[step] ?? (t.method(step) === step ? ta.working : ta.measuring(t.method(step)));
}

function took(job: Job): string {
  if (!job.started_at || !job.finished_at) return "";
  const whole = (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000; // the server's clock says no less
  return whole < 1 ? ta.underSecond : ta.seconds(whole);
}

function State({ job }: { job: Job }) {
  return (
    <span class={`job-state is-${job.state}`}>
      {ta.state[job.state]}
      {job.state === "running" && <Bar job={job} />}
    </span>
  );
}

function Row({ job }: { job: Job }) {
  const models = modelsOf(job);
  return (
    <tr>
      <td class="sheet-name">
        <a href={`/analytics/jobs/${job.id}`}>{ta.job(job.id, ta.kind[job.kind] ?? job.kind)}</a>
        {models && <span class="sheet-note">{models}</span>}
      </td>
      <td><State job={job} />{job.error && <span class="sheet-note">{failureOf(job)}</span>}</td>
      <td>{ta.whoName(job.asked_by)}</td>
      <td class="sheet-number"><time dateTime={job.created_at}>{clock.format(new Date(job.created_at))}</time></td>
      <td class="sheet-number">{took(job)}</td>
    </tr>
  );
}

function Table({ jobs }: { jobs: Job[] }) {
  return (
    <table class="sheet">
      <thead>
        <tr>
          <th scope="col">{ta.what}</th>
          <th scope="col">{ta.how}</th>
          <th scope="col">{ta.who}</th>
          <th scope="col">{ta.when}</th>
          <th scope="col">{ta.took}</th>
        </tr>
      </thead>
      <tbody>{jobs.map((job) => <Row key={job.id} job={job} />)}</tbody>
    </table>
  );
}

interface PickProps {
  label: string;
  value: string;
  options: (readonly [string, string])[];
  choose(value: string): void;
}

function Pick({ label, value, options, choose }: PickProps) {
  return (
    <label class="select">
      <span>{label}</span>
      <select value={value} onChange={(e) => choose(e.currentTarget.value)}>
        {options.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
      </select>
    </label>
  );
}

function wishOf(kind: JobKind, model: string, protocol: string): JobWish {
  if (kind === "train") return model ? { kind, model } : { kind };
  if (kind === "evaluate") return { kind, ...(model ? { model } : {}), params: { protocol } };
  return { kind };
}

function Start() {
  const health = useResource("health", api.health);
  const [kind, setKind] = useState<JobKind>("train");
  const [model, setModel] = useState("");
  const [protocol, setProtocol] = useState("ratio");
  const [error, setError] = useState<string | null>(null);
  const models = health.data?.models ?? [];
  const start = async (event: Event) => {
    event.preventDefault();
    setError(null);
    try {
      go(`/analytics/jobs/${(await operation.start(wishOf(kind, model, protocol))).id}`);
    } catch (cause) {
      setError(problemOf(cause));
    }
  };
  return (
    <form class="filters" onSubmit={(event) => void start(event)}>
      <Pick label={ta.startHeading} value={kind} choose={(k) => setKind(k as JobKind)} options={jobKinds.map((k) => [k, ta.kind[k] ?? k])} />
      {(kind === "train" || kind === "evaluate") && (
        <Pick label={ta.model} value={model} choose={setModel}
          options={[["", kind === "train" ? ta.everyModel : ta.usualModel],
            ...(kind === "evaluate" ? [[models.join(","), ta.everyModel] as const] : []), ...models.map((m) => [m, t.method(m)] as const)]} />
      )}
      {kind === "evaluate" && <Pick label={ta.protocol} value={protocol} choose={setProtocol} options={Object.entries(ta.protocols)} />}
      <button type="submit" class="button is-main">{ta.start}</button>
      <p class="form-error" role="alert">{error}</p>
    </form>
  );
}

export function JobList({ change }: { change: boolean }) {
  const [look, setLook] = useState(() => Date.now());
  const again = () => setLook(Date.now());
  const list = usePages<Page<Job>>(`jobs?${look}`, (cursor, signal) => operation.jobs(pageSize, cursor, signal));
  const { first } = list;
  const all = list.all.flatMap((page) => page.items);
  const open = all.find((job) => job.state === "running") ?? all.filter((job) => job.state === "queued").pop();
  const live = useLive(open, again);
  const jobs = all.map((job) => (job.id === live.job?.id ? live.job : job));
  return (
    <>
      {change ? <Start /> : <p class="remark">{ta.needAdmin}</p>}
      {live.lost && <p class="remark" role="status">{ta.lost}</p>}
      {first.error && <Failed error={first.error} retry={first.retry} />}
      {!first.data && !first.error && <RowsSkeleton count={16} thumb={false} />}
      {first.data && jobs.length === 0 && (
        <Notice title={ta.noJobs}><p>{ta.noJobsBody}</p><pre class="command" tabIndex={0}>{ta.noJobsCommand}</pre></Notice>
      )}
      {jobs.length > 0 && <Table jobs={jobs} />}
      <More list={list} text={ta.older} />
    </>
  );
}

function Log({ job }: { job: Job }) {
  const log = useResource(`joblog?${job.id}&${job.state}&${job.step}`, (signal) => operation.log(job.id, signal), true);
  if (log.error) return <Failed error={log.error} retry={log.retry} />;
  return log.data ? <pre class="job-log" lang="en" tabIndex={0} aria-label={ta.log}>{log.data}</pre> : <p class="remark">{ta.noLog}</p>;
}

function Facts({ job }: { job: Job }) {
  const params = Object.entries(job.params).filter(([name]) => name !== "protocol").map(([name, value]) => `${name} ${value}`).join(", ");
  const protocol = job.params.protocol;
  const facts: [string, ComponentChildren][] = [
    [ta.model, modelsOf(job)],
    [ta.protocol, protocol && (ta.protocols[protocol] ?? protocol)],
    [ta.params, params && <code>{params}</code>],
    [ta.who, ta.whoName(job.asked_by)],
    [ta.when, clock.format(new Date(job.created_at))],
    [ta.took, took(job)],
  ];
  return (
    <dl class="facts-sheet">
      {facts.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

function Result({ job }: { job: Job }) {
  const measured = measuredOf(job);
  if (measured) return <MeasuredChart measured={measured} />;
  const told = resultOf(job);
  if (told.length === 0) return null;
  return (
    <section>
      <h2>{ta.result}</h2>
      <dl class="facts-sheet">
        {told.map(([name, value]) => <div key={name}><dt>{ta.resultName[name]}</dt><dd>{typeof value === "number" ? number(value) : value}</dd></div>)}
      </dl>
    </section>
  );
}

// The gate said no. Nothing of the training serves, so serving all the same is to train once more without it.
function Refused({ job, change }: { job: Job; change: boolean }) {
  const again = () => operation.start(allTheSame(job)).then((next) => go(`/analytics/jobs/${next.id}`));
  return (
    <section class="job-refused">
      <h2>{ta.refused}</h2>
      <p>{ta.refusedBody}</p>
      {change ? <Confirm button={ta.serveAnyway} sure={ta.serveAnywaySure} keep={ta.keep} act={again} /> : <p class="remark">{ta.needAdmin}</p>}
    </section>
  );
}

export function JobDetail({ id, change }: { id: string; change: boolean }) {
  const [look, setLook] = useState(() => Date.now());
  const first = useResource(`job?${id}&${look}`, (signal) => operation.job(id, signal), true);
  const { job, lost } = useLive(first.data, () => setLook(Date.now()));
  if (first.error?.status === 404) return <Notice title={ta.noJob(id)}><p><a class="button" href="/analytics/jobs">{ta.allJobs}</a></p></Notice>;
  if (first.error) return <Failed error={first.error} retry={first.retry} />;
  if (!job) return <RowsSkeleton count={16} thumb={false} />;
  return (
    <>
      <p><a href="/analytics/jobs">{ta.allJobs}</a></p>
      <h2 class="job-title">{ta.job(job.id, ta.kind[job.kind] ?? job.kind)}</h2>
      <p class="job-now" role="status"><span class={`job-state is-${job.state}`}>{ta.state[job.state]}</span>{job.step && <span class="sheet-note">{stepOf(job.step)}</span>}</p>
      {isOpen(job.state) && <Bar job={job} />}
      {lost && isOpen(job.state) && <p class="remark" role="status">{ta.lost}</p>}
      {job.error && <p class="form-error">{failureOf(job)}</p>}
      {refusedBy(job) && <Refused job={job} change={change} />}
      <Facts job={job} />
      {isOpen(job.state) && job.cancel && <p class="remark">{ta.ending}</p>}
      {isOpen(job.state) && !job.cancel && change && (
        <div><Confirm button={ta.cancel} sure={ta.cancelSure} keep={ta.cancelKeep} act={() => operation.cancel(job.id).then(() => setLook(Date.now()))} refusals={{ 409: ta.jobOver }} /></div>
      )}
      <Result job={job} />
      <section>
        <h2>{ta.log}</h2>
        <Log job={job} />
      </section>
    </>
  );
}
