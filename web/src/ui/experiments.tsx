// Experiments: which there are, and of one what it says by the rule that was stated beforehand.
import { address } from "../lib/api";
import { balanceLeast, experiments, peopleLeast, reach, type Compared, type Experiment, type Results } from "../lib/experiments";
import { dates, decimal, number, percent, share } from "../lib/format";
import { forget, useFresh, useResource } from "../lib/resource";
import { go } from "../lib/router";
import { t } from "../lib/texts";
import { ta } from "../lib/texts/analytics";
import { Confirm } from "./confirm";
import { ExperimentPath } from "./experimentpath";
import { Whisker } from "./measured";
import { Failed, Notice, RowsSkeleton } from "./states";

const hundred = 100, digits = 2;
const points = (part: number) => `${part > 0 ? "+" : ""}${share(hundred * part, digits)}`;
const day = dates({ day: "numeric", month: "short", year: "numeric" }); // some are of years ago, some to come
const dayOf = (time: string) => day.format(Date.parse(time));
const daysOf = ({ starts_at, ends_at }: Experiment) => `${dayOf(starts_at)} – ${dayOf(ends_at)}`;
const modelOf = (model: string | Record<string, number>) =>
  typeof model === "string" ? t.method(model) : Object.entries(model).map(([name, weight]) => `${t.method(name)} ${decimal(weight, 1)}`).join(" + ");

export function ExperimentList() {
  const all = useResource("experiments", experiments.all);
  useFresh("experiment");
  if (all.error) return <Failed error={all.error} retry={all.retry} />;
  if (!all.data) return <RowsSkeleton count={4} thumb={false} />;
  if (all.data.items.length === 0)
    return <Notice title={ta.noExperiments}><p>{ta.noExperimentsBody}</p><pre class="command" tabIndex={0}>{ta.noExperimentsCommand}</pre></Notice>;
  return (
    <table class="sheet">
      <thead><tr><th scope="col">{ta.experiment}</th><th scope="col">{ta.how}</th><th scope="col">{ta.when}</th></tr></thead>
      <tbody>
        {all.data.items.map((one) => (
          <tr key={one.name}>
            <td class="sheet-name">
              <a href={`/analytics/experiments/${one.name}`}>{one.name}</a>
              <span class="sheet-note">{one.arms.map((arm) => arm.name).join(ta.against)}</span>
              <span class="sheet-note">{[ta.counts[one.metric], ta.ofLists(one.scenario)].join(t.dot)}</span>
            </td>
            <td>{ta.experimentState[one.state]}</td>
            <td class="sheet-number">{daysOf(one)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Arms({ results }: { results: Results }) {
  const { arms, kind, metric } = results.experiment;
  const weights = arms.reduce((sum, arm) => sum + arm.weight, 0);
  const uneven = kind === "ab" && arms.some((arm) => arm.weight !== arms[0]!.weight);
  return (
    <table class="arms">
      <thead>
        <tr><th scope="col">{ta.arm}</th><th scope="col">{ta.people}</th>
          <th scope="col">{kind === "ab" ? ta.did[metric] : ta.preferred}</th><th scope="col">{ta.share}</th></tr>
      </thead>
      <tbody>
        {results.arms.map((arm, i) => (
          <tr key={arm.name}>
            <th scope="row">{arm.name}<span class="sheet-note">{modelOf(arms[i]!.model)}{uneven && t.dot + ta.ofPeople(percent(arms[i]!.weight / weights))}</span></th>
            <td>{number(arm.people)}</td>
            <td>{number(arm.did)}</td>
            <td>{arm.share === null ? "–" : percent(arm.share, digits)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// The interval on a line with 0 in its middle.
function Comparison({ one, experiment }: { one: Compared; experiment: Experiment }) {
  const far = reach(one, experiment.smallest_effect), control = experiment.arms[0]!.name;
  if (one.difference === null || one.low === null || one.high === null)
    return <tr><th scope="row">{one.arm}{ta.less}{control}</th><td class="whisker-cell">{ta.tooFew(experiment.kind, peopleLeast)}</td><td class="whisker-number" /></tr>;
  return (
    <tr>
      <th scope="row">{one.arm}{ta.less}{control}</th>
      <td class="whisker-cell">
        <Whisker value={{ mean: one.difference + far, low: one.low + far, high: one.high + far }} most={2 * far} line={far} />
        <span class="sheet-note">{ta.interval(points(one.low), points(one.high))} {ta.points}{one.decided_after !== null && t.dot + ta.decidedAfter(one.decided_after)}</span>
      </td>
      <td class="whisker-number">{points(one.difference)}</td>
    </tr>
  );
}

export function ExperimentDetail({ name, change }: { name: string; change: boolean }) {
  const results = useResource(`experiment?${name}`, (signal) => experiments.results(name, signal));
  useFresh("experiment");
  if (results.error?.status === 404)
    return <Notice title={ta.noExperiment(name)}><p><a class="button" href="/analytics/experiments">{ta.allExperiments}</a></p></Notice>;
  if (results.error) return <Failed error={results.error} retry={results.retry} />;
  if (!results.data) return <RowsSkeleton count={6} thumb={false} />;
  const { experiment, comparisons, verdict, winner, people, waiting, lists, strays, uncounted, balance_p, people_needed, untrusted } = results.data;
  const nobody = people + waiting === 0;
  const control = experiment.arms[0]!.name;
  const end = () => experiments.end(name).then(() => {
    forget("experiment");
    results.retry();
  });
  // One that has not begun leaves nothing behind.
  const drop = () => experiments.end(name).then(() => {
    forget("experiment");
    go("/analytics/experiments");
  });
  return (
    <div class="experiment">
      <p><a href="/analytics/experiments">{ta.allExperiments}</a></p>
      <h2>{name}</h2>
      <p class="sheet-note">{ta.experimentState[experiment.state]}{t.dot}{daysOf(experiment)}</p>
      <p class="sheet-note">{[ta.kinds[experiment.kind], ta.counts[experiment.metric], ta.ofLists(experiment.scenario)].join(t.dot)}</p>
      <p class="verdict" role="status">{nobody ? ta.nobodyYet : ta.verdict[verdict](winner ?? "", control)}</p>
      <Arms results={results.data} />
      <table class="judged">
        <thead class="unseen"><tr><th scope="col">{ta.arm}</th><th scope="col">{ta.low}–{ta.high}</th><th scope="col">{ta.difference}</th></tr></thead>
        <tbody>{comparisons.map((one) => <Comparison key={one.arm} one={one} experiment={experiment} />)}</tbody>
      </table>
      {!nobody && <p class="remark">{ta.experimentPeople(people, waiting, lists)} {comparisons.some((one) => one.low !== null) && ta.intervalNote(hundred * (1 - experiment.alpha))}
        {people_needed !== null && ` ${ta.peopleNeeded(people_needed, hundred * experiment.smallest_effect)}`}</p>}
      {balance_p !== null && balance_p < balanceLeast && <p class="form-error">{ta.uneven}</p>}
      {strays > 0 && <p class="remark">{ta.strays(strays)}</p>}
      {untrusted > 0 && <p class="remark">{ta.untrusted(untrusted)}</p>}
      {uncounted > 0 && <p class="remark">{ta.uncounted(uncounted)}</p>}
      {comparisons.map((one) => (
        <ExperimentPath key={one.arm} experiment={name} name={ta.pathHeading(one.arm, control)} one={one} smallest={experiment.smallest_effect} points={points} />
      ))}
      {!nobody && <p class="chart-foot"><a class="quiet" href={address(`/experiments/${encodeURIComponent(name)}/results`)} download={`${name}.json`}>{ta.resultsFile}</a></p>}
      <h3>{ta.ruleHeading}</h3>
      <p>{ta.rule(experiment)}</p>
      {change && experiment.state === "running" && <Confirm button={ta.endExperiment} sure={ta.endExperimentSure} keep={ta.cancelKeep} act={end} refusals={{ 409: ta.experimentOver }} />}
      {change && experiment.state === "waiting" && <Confirm button={ta.dropExperiment} sure={ta.dropExperimentSure} keep={ta.dropKeep} act={drop} refusals={{ 409: ta.experimentOver }} />}
    </div>
  );
}
