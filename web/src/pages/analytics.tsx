// What analysts and operators see: parts, each with an address of its own, for those who may look.
import { useRef } from "preact/hooks";
import { api } from "../lib/api";
import { useInSight, useTitle } from "../lib/hooks";
import { mayChange, mayLook } from "../lib/operation";
import { useResource } from "../lib/resource";
import { analyticsParts, type AnalyticsPart } from "../lib/router";
import { t } from "../lib/texts";
import { ta } from "../lib/texts/analytics";
import type { Session } from "../lib/types";
import { Compare } from "../ui/compare";
import { ExperimentDetail, ExperimentList } from "../ui/experiments";
import { late } from "../ui/late";
import { JobDetail, JobList } from "../ui/jobs";
import { Models } from "../ui/models";
import { Failed, Notice, RowsSkeleton } from "../ui/states";
import { System } from "../ui/system";
import { LogPart } from "./log";

// The charts are more than all other parts together.
const DashboardPart = late("dashboard", () => import("./dashboard").then((code) => code.DashboardPart), "is-coming");
const DataPart = late("data", () => import("./data").then((code) => code.DataPart), "is-coming");

interface Props {
  part: AnalyticsPart;
  id: string | null;
  search: URLSearchParams;
}

function Parts({ shown }: { shown: AnalyticsPart }) {
  const line = useRef<HTMLElement>(null);
  useInSight(line, "[aria-current]", shown);
  return (
    <nav class="parts" aria-label={ta.partsLabel} ref={line}>
      {analyticsParts.map((part) => (
        <a key={part} href={part === "system" ? "/analytics" : `/analytics/${part}`} aria-current={part === shown ? "page" : undefined}>
          {ta.part[part]}
        </a>
      ))}
    </nav>
  );
}

// Who may not look is told who can change that.
function Closed({ session }: { session: Session }) {
  const next = encodeURIComponent(location.pathname + location.search);
  return (
    <Notice title={ta.needRole}>
      {session.account
        ? <><p>{ta.needRoleBody}</p><pre class="command" tabIndex={0}>{ta.needRoleCommand(session.account.name)}</pre></>
        : <p><a class="button is-main" href={`/sign-in?next=${next}`}>{t.account.signIn}</a></p>}
    </Notice>
  );
}

function Part({ part, id, search, change }: Props & { change: boolean }) {
  switch (part) {
    case "system": return <System />;
    case "dashboard": return <DashboardPart search={search} />;
    case "data": return <DataPart search={search} />;
    case "jobs": return id === null ? <JobList change={change} /> : <JobDetail key={id} id={id} change={change} />;
    case "models": return <Models change={change} />;
    case "compare": return <Compare search={search} />;
    case "experiments": return id === null ? <ExperimentList /> : <ExperimentDetail key={id} name={id} change={change} />;
    case "feedback": return <LogPart search={search} />;
  }
}

export function AnalyticsPage({ part, id, search }: Props) {
  const session = useResource("session", api.session);
  useTitle(`${ta.part[part]}${t.dot}${ta.heading}`);
  return (
    <div class="page is-analytics">
      <h1>{ta.heading}</h1>
      <Parts shown={part} />
      {session.error && <Failed error={session.error} retry={session.retry} />}
      {!session.data && !session.error && <RowsSkeleton count={16} thumb={false} />}
      {session.data && !mayLook(session.data) && <Closed session={session.data} />}
      {session.data && mayLook(session.data) && (
        <section key={part} aria-label={ta.part[part]}>
          <Part part={part} id={id} search={search} change={mayChange(session.data)} />
        </section>
      )}
    </div>
  );
}
