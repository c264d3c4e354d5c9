// What analysts and operators read and do: jobs, versions of models, whether the server is ready.
import { address, ApiError, get, send, type Signal } from "./api";
import { methods, type Page, type Session } from "./types";

export interface Interval {
  mean: number;
  low: number;
  high: number;
}
export type Metrics = Record<string, Interval>;

export interface Measured {
  best: string;
  models: { name: string; metrics: Metrics }[];
  protocol: { name: string; held_out: number; judged?: number };
}

export const jobKinds = ["train", "evaluate", "enrich", "forget"] as const;
export type JobKind = (typeof jobKinds)[number];
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  id: number;
  kind: JobKind;
  model: string | null;
  params: Record<string, string>;
  state: JobState;
  progress: number;
  step: string | null;
  cancel: boolean;
  asked_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  error: { detail: string; code: string } | null;
  result: Record<string, unknown> | null;
}

export interface Version {
  id: string;
  name: string;
  state: "in_service" | "ready" | "failed";
  cause: "failed" | "unfinished" | "missing" | "taken_back" | null;
  serving: boolean;
  parameters: Record<string, string | number | boolean>;
  movies: number;
  people: number;
  size_bytes: number;
  trained_at: string;
  seconds: number;
  evaluation?: Card | null; // asked for one by one only
}

// How a model was measured when it was fitted.
export interface Card {
  metrics: Metrics;
  popular?: Metrics;
  protocol: { held_out: number };
}

export interface Check {
  name: string;
  ok: boolean;
  why: string | null; // for admins
}

export interface Queue {
  state: "unknown" | "well" | "failing" | "elsewhere";
  why: string | null;
  waiting: number;
  oldest_at: string | null;
  delivered: number;
  refused: number;
  damaged: number;
  forgetting: number;
}

export interface Disk {
  of: "database" | "models";
  taken_bytes: number;
  free_bytes: number;
  total_bytes: number;
}

export interface SystemFacts {
  version: string;
  checks: Check[];
  queue: Queue | null;
  disks: Disk[];
}

export interface JobWish {
  kind: JobKind;
  accept?: boolean; // a training that serves whatever the gate says
  model?: string;
  params?: Record<string, string>;
}

async function text(url: string, signal: Signal): Promise<string> {
  const answer = await fetch(url, signal ? { signal } : {}).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "no answer from the server");
  });
  if (!answer.ok) throw new ApiError(answer.status, answer.statusText);
  return answer.text();
}

export const operation = {
  jobs: (limit: number, cursor: string | null, s?: Signal) => get<Page<Job>>(address("/jobs", { limit, cursor }), s),
  job: (id: string, s?: Signal) => get<Job>(address(`/jobs/${id}`), s),
  log: (id: number, s?: Signal) => text(address(`/jobs/${id}/log`), s),
  start: (wish: JobWish) => send<Job>("POST", "/jobs", wish),
  cancel: (id: number) => send<void>("DELETE", `/jobs/${id}`, {}),
  version: (id: string, s?: Signal) => get<Version>(address(`/models/${encodeURIComponent(id)}`), s),
  versions: (s?: Signal) => get<Page<Version>>(address("/versions", { limit: 200 }), s),
  activate: (id: string) => send<Version>("POST", `/models/${encodeURIComponent(id)}/activate`, {}),
  rollBack: (name: string) => send<Version>("POST", `/models/${encodeURIComponent(name)}/rollback`, {}),
  system: (s?: Signal) => get<SystemFacts>(address("/system"), s),
};

export const isOpen = (state: JobState) => state === "queued" || state === "running";

// What was asked for last says that a job is over, also where the stream was left before it said so.
export const newest = (asked: Job, heard: Job | undefined): Job =>
  heard?.id === asked.id && isOpen(asked.state) ? heard : asked;

// What an evaluation found, if a job's result is one.
export function measuredOf(job: Job): Measured | null {
  const result = job.result as Partial<Measured> | null;
  return job.kind === "evaluate" && Array.isArray(result?.models) && result.protocol ? (result as Measured) : null;
}

export const baseline = "popular"; // what every model must pass

// Metrics that every model of an evaluation has, the ones that people ask for first before the others.
const asked = ["ndcg@10", "recall@20", "hit_rate@10", "rmse"];
export function metricsOf(measured: Pick<Measured, "models">): string[] {
  const all = Object.keys(measured.models[0]?.metrics ?? {}).filter((name) => measured.models.every((model) => name in model.metrics));
  return [...asked.filter((name) => all.includes(name)), ...all.filter((name) => !asked.includes(name))];
}

// How good one model is: each metric with its interval, what the popular films have by it, and how far its axis goes.
export interface Judged {
  metrics: { name: string; value: Interval; line: number | null; most: number }[];
  held: number; // ratings it was judged by
  job: number | null; // the evaluation; null: it was measured when it was fitted
}

const told = 4; // metrics on a card

function judge(names: string[], own: Metrics, line: Metrics | undefined, all: Metrics[]): Judged["metrics"] {
  return names.slice(0, told).map((name) => ({
    name, value: own[name]!, line: line?.[name]?.mean ?? null, most: Math.max(1e-9, ...all.map((metrics) => metrics[name]?.high ?? 0)),
  }));
}

// By its own card, or by the newest evaluation that has the model; null: nobody measured it.
export function judgedOf(name: string, card: Card | null | undefined, jobs: Job[]): Judged | null {
  if (card?.metrics && card.protocol) {
    const own = { name, metrics: card.metrics };
    const all = card.popular ? [own, { name: baseline, metrics: card.popular }] : [own];
    return { metrics: judge(metricsOf({ models: all }), own.metrics, card.popular, all.map((one) => one.metrics)), held: card.protocol.held_out, job: null };
  }
  for (const job of jobs) {
    const measured = measuredOf(job), own = measured?.models.find((one) => one.name === name);
    if (!measured || !own) continue;
    const line = name === baseline ? undefined : measured.models.find((one) => one.name === baseline)?.metrics;
    return { metrics: judge(metricsOf(measured), own.metrics, line, measured.models.map((one) => one.metrics)), held: measured.protocol.held_out, job: job.id };
  }
  return null;
}

// How models that were trained compare with those that served (docs/versions.md, the gate).
export interface Gate {
  candidate: string;
  incumbent: string;
  verdict: "passed" | "worse" | "nobody" | "other_films";
  people?: number;
  before?: number;
  after?: number;
  difference?: [number, number, number]; // low, mean, high
  lists: number;
  overlap: number; // of 1
  least_overlap: number;
}
export type Refusal = Gate & { verdict: Exclude<Gate["verdict"], "passed"> };

const gateOf = (job: Job) => (job.kind === "train" ? (job.result?.gate as Gate | null | undefined) ?? null : null);

// A training that the gate refused: an admin may say that it shall serve all the same.
export function refusedBy(job: Job): Refusal | null {
  const gate = gateOf(job);
  return job.state === "failed" && gate && gate.verdict && gate.verdict !== "passed" ? (gate as Refusal) : null;
}

// What a job that is done says of itself, the words of docs/api.md by name: amounts, and ids of what was trained.
const toldOf = {
  train: ["models"], enrich: ["films", "matched", "added", "renewed", "kept", "review", "failed", "bad_rows", "to_mongo"],
  forget: ["people", "holding", "refitted", "destroyed", "kept", "backups", "receipt"], evaluate: [],
} as const;
export function resultOf(job: Job): [string, string | number][] {
  if (job.state !== "done" || !job.result) return [];
  return toldOf[job.kind].flatMap((name): [string, string | number][] => {
    const value = job.result?.[name];
    if (Array.isArray(value)) return value.length > 0 ? [[name, value.join(", ")]] : [];
    return typeof value === "number" || typeof value === "string" ? [[name, value]] : [];
  });
}
export const allTheSame = (job: Job): JobWish => ({ kind: "train", ...(job.model ? { model: job.model } : {}), params: job.params, accept: true });

// The whole of what `models` list: for each film in how many of the lists it is.
export function countedIn(lists: { movie: number }[][]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const list of lists)
    for (const { movie } of list) counts.set(movie, (counts.get(movie) ?? 0) + 1);
  return counts;
}

// Versions by model, the models that pages name first: the one in service, and the others from the newest on.
export function byModel(versions: Version[]): { name: string; current: Version | null; others: Version[] }[] {
  const place = (name: string) => [...methods, name].indexOf(name);
  const names = [...new Set(versions.map((version) => version.name))].sort((a, b) => place(a) - place(b));
  return names.map((name) => {
    const all = versions.filter((version) => version.name === name);
    const current = all.find((version) => version.state === "in_service") ?? null;
    return { name, current, others: all.filter((version) => version !== current) };
  });
}

// Who may look at these pages, and who may change something there: docs/api.md.
export const mayLook = (session: Session) => session.auth === "open" || (session.account !== null && session.account.role !== "person");
export const mayChange = (session: Session) => session.account?.role === "admin";
