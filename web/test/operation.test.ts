import assert from "node:assert/strict";
import { test } from "node:test";
import { everyEvent, filterOf, foundPage, isFiltered, logTable } from "../src/lib/logfile";
import { allTheSame, byModel, countedIn, judgedOf, mayChange, mayLook, measuredOf, metricsOf, newest, refusedBy, resultOf, type Job, type Version } from "../src/lib/operation";
import { match } from "../src/lib/router";
import type { LogEvent, Session } from "../src/lib/types";

const session = (auth: Session["auth"], role: "person" | "analyst" | "admin" | null): Session => ({
  auth, sign_up: true, mail: false, refused: null,
  account: role && { user: 1, name: "Ana", role, created_at: "", email: null, email_confirmed: false },
});

test("parts of the analytics have addresses, and jobs and experiments have pages below", () => {
  assert.deepEqual(match("/analytics"), { page: "analytics", part: "system", id: null });
  assert.deepEqual(match("/analytics/models"), { page: "analytics", part: "models", id: null });
  assert.deepEqual(match("/analytics/jobs/17"), { page: "analytics", part: "jobs", id: "17" });
  assert.deepEqual(match("/analytics/experiments/texts-1"), { page: "analytics", part: "experiments", id: "texts-1" });
  for (const path of ["/analytics/none", "/analytics/experiments/a.b", "/analytics/jobs/x", "/analytics/models/1", "/analytics/jobs/1/2"])
    assert.deepEqual(match(path), { page: "missing" });
});

test("who may look, and who may change something", () => {
  assert.ok(mayLook(session("open", null)) && mayLook(session("accounts", "analyst")) && mayLook(session("accounts", "admin")));
  assert.ok(!mayLook(session("accounts", null)) && !mayLook(session("accounts", "person")));
  assert.ok(mayChange(session("open", "admin")) && !mayChange(session("open", null)) && !mayChange(session("accounts", "analyst")));
});

test("a job that was asked for and is over is not said to go on by what was heard before", () => {
  const job = (id: number, state: Job["state"]) => ({ id, state }) as Job;
  assert.equal(newest(job(1, "cancelled"), job(1, "queued")).state, "cancelled");
  assert.equal(newest(job(1, "queued"), job(1, "done")).state, "done");
  assert.equal(newest(job(2, "queued"), job(1, "done")).state, "queued");
  assert.equal(newest(job(1, "queued"), undefined).state, "queued");
});

const interval = { mean: 0.2, low: 0.1, high: 0.3 };

test("an evaluation is told from other results, and offers what all its models were measured by", () => {
  const job = (kind: Job["kind"], result: unknown) => ({ kind, result }) as Job;
  const result = { best: "ease", protocol: { name: "ratio", held_out: 9 },
    models: [{ name: "ease", metrics: { "map@10": interval, "ndcg@10": interval, own: interval } }, { name: "popular", metrics: { "ndcg@10": interval, "map@10": interval } }] };
  assert.equal(measuredOf(job("train", result)), null);
  assert.equal(measuredOf(job("evaluate", null)), null);
  assert.deepEqual(metricsOf(measuredOf(job("evaluate", result))!), ["ndcg@10", "map@10"]);
});

test("how good a model is: by its own card, else by the newest evaluation that has it", () => {
  const metrics = (mean: number) => ({ "ndcg@10": { mean, low: mean - 0.1, high: mean + 0.1 } });
  const evaluation = (id: number, models: Record<string, number>) => ({ id, kind: "evaluate",
    result: { best: "ease", protocol: { name: "ratio", held_out: 9 }, models: Object.entries(models).map(([name, mean]) => ({ name, metrics: metrics(mean) })) } }) as unknown as Job;
  const jobs = [{ id: 8, kind: "train", result: null } as unknown as Job, evaluation(7, { ials: 0.4, popular: 0.2 }), evaluation(6, { ease: 0.5, ials: 0.9, popular: 0.3 })];
  assert.deepEqual(judgedOf("ials", null, jobs), { held: 9, job: 7, metrics: [{ name: "ndcg@10", value: metrics(0.4)["ndcg@10"], line: 0.2, most: 0.5 }] });
  assert.equal(judgedOf("ease", undefined, jobs)?.job, 6);
  assert.equal(judgedOf("popular", null, jobs)?.metrics[0]?.line, null);
  assert.equal(judgedOf("als", null, jobs), null);
  const card = judgedOf("ials", { metrics: metrics(0.7), popular: metrics(0.1), protocol: { held_out: 5 } }, jobs);
  assert.deepEqual([card?.job, card?.held, card?.metrics[0]?.line, card?.metrics[0]?.value.mean], [null, 5, 0.1, 0.7]);
});

test("what the gate refused is told from what failed otherwise, and is asked for again as it was", () => {
  const job = (verdict: string | null, state = "failed") => ({ kind: "train", state, model: "ease", params: { lambda: "1" }, error: { code: "E_CONFLICT", detail: "" },
    result: verdict === null ? null : { models: [], gate: { candidate: "ease-1", incumbent: "ease-2", verdict } } }) as unknown as Job;
  const refused = job("worse");
  assert.equal(refusedBy(refused)?.verdict, "worse");
  assert.deepEqual([job(null), job("passed"), job("worse", "done"), { ...refused, kind: "evaluate" } as Job].map(refusedBy), [null, null, null, null]);
  assert.deepEqual(allTheSame(refused), { kind: "train", model: "ease", params: { lambda: "1" }, accept: true });
  assert.deepEqual(allTheSame({ ...refused, model: null, params: {} }), { kind: "train", params: {}, accept: true });
});

test("what came of a job is told by name: amounts and ids, and nothing that is not there", () => {
  const job = (kind: string, result: unknown, state = "done") => ({ kind, state, result }) as unknown as Job;
  assert.deepEqual(resultOf(job("train", { models: ["ease-1", "ials-2"], gate: null })), [["models", "ease-1, ials-2"]]);
  assert.deepEqual(resultOf(job("enrich", { films: 9, failed: 0, seconds: 1.5, posters: { films: 3 } })), [["films", 9], ["failed", 0]]);
  assert.deepEqual([resultOf(job("forget", null)), resultOf(job("train", { models: [] }, "failed"))], [[], []]);
});

test("versions by model: what serves apart, the models in the order of the pages", () => {
  const version = (id: string, state: Version["state"]) => ({ id, name: id.split("-")[0], state }) as Version;
  assert.deepEqual(byModel([version("als-1", "in_service"), version("ease-3", "ready"), version("ease-2", "in_service"), version("hybrid-1", "failed")])
    .map(({ name, current, others }) => [name, current?.id ?? null, others.map((one) => one.id)]),
  [["hybrid", null, ["hybrid-1"]], ["ease", "ease-2", ["ease-3"]], ["als", "als-1", []]]);
});

test("films are counted over lists", () => {
  assert.deepEqual([...countedIn([[{ movie: 1 }, { movie: 2 }], [{ movie: 2 }]])], [[1, 1], [2, 2]]);
});

const event = (sequence: number, over: Partial<LogEvent> = {}): LogEvent => ({
  event_id: `e${sequence}`, type: "click", user: null, visitor: "v_1", method: "hybrid", model_id: null, list_id: null, experiment: null, arm: null, scenario: null,
  source_movie: null, time: "2026-01-01T00:00:00Z", received_at: "2026-01-01T00:00:01Z", sequence, movies: [{ movie: 7, rank: 2, title: "=Heat" }], ...over,
});

test("a log is saved page by page, to its end or as much as a page may hold", async () => {
  const pages = new Map([[null, { items: [event(3), event(2)], next_cursor: "a" }], ["a", { items: [event(1)], next_cursor: null }]]);
  const heard: number[] = [];
  const load = async (cursor: string | null) => pages.get(cursor as null)!;
  const all = await everyEvent(load, (count) => heard.push(count));
  assert.deepEqual([all.events.map((one) => one.sequence), all.whole, heard], [[3, 2, 1], true, [2, 3]]);
  const some = await everyEvent(load, () => {}, 2);
  assert.deepEqual([some.events.length, some.whole], [2, false]);
  await assert.rejects(everyEvent(async () => { throw new Error("away"); }, () => {}), /away/);
});

test("what the log is asked for stands in its address, and what makes no sense there is not asked for", () => {
  const filter = filterOf(new URLSearchParams("type=click&user=7&movie=Heat&since=2026-10-01&until=tomorrow"));
  assert.deepEqual(filter, { method: "", type: "click", user: "7", movie: "", since: "2026-10-01", until: "" });
  assert.ok(isFiltered(filter) && !isFiltered(filterOf(new URLSearchParams("movie=Heat&limit=3"))));
});

test("pages that found nothing are gone past, to the end or as far as is asked", async () => {
  const pages: Record<string, { items: LogEvent[]; next_cursor: string | null; damaged: number }> = {
    "": { items: [], next_cursor: "a", damaged: 1 }, a: { items: [], next_cursor: "b", damaged: 2 }, b: { items: [event(1)], next_cursor: "c", damaged: 4 },
    c: { items: [], next_cursor: null, damaged: 0 },
  };
  const load = async (cursor: string | null) => pages[cursor ?? ""]!;
  assert.deepEqual(await foundPage(load, null), { ...pages.b, damaged: 7 });
  assert.deepEqual(await foundPage(load, null, 2), { ...pages.a, damaged: 3 });
  assert.deepEqual(await foundPage(load, "c"), pages.c);
});

test("the table of a log has a row for each film, and no cell that a spreadsheet would work out", () => {
  const lines = logTable([event(1, { movies: [{ movie: 7, rank: 1, title: "=Heat" }, { movie: 8, rank: 2 }] })]).trimEnd().split("\r\n");
  assert.equal(lines.length, 3);
  assert.match(lines[1]!, /,7,"?'=Heat"?$/);
  assert.match(lines[2]!, /,2,8,""$/);
});
