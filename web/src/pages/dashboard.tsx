// What was shown and what came of it: days that are chosen, others they are compared with, and a chart for
// each question. A chart asks when it comes near the screen.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { address } from "../lib/api";
import { daysBetween } from "../lib/days";
import { useNear } from "../lib/hooks";
import { useFresh, useResource } from "../lib/resource";
import { setQuery } from "../lib/router";
import { askedOf, askReport, daysOf, keyOf, plusDays, rangeOf, refusedOf, spans, today, usualSpan, type Asked, type Days, type Report, type Whole } from "../lib/stats";
import { ts } from "../lib/texts/stats";
import { DayField } from "../ui/dayfield";
import { CatalogueWatch, Came, Films, Genres, Health, HoursOfWeek, Mix, ModelsOverTime, OverTime, People, Rates, ratesBy } from "../ui/statscharts";
import { Failed, Notice, Refused } from "../ui/states";
import { Ghost, Switch } from "../ui/tables";

const other = "other";

interface BetweenProps {
  name: string;
  days: Days;
  choose(days: Days): void;
}

// Two days; an end before the beginning is its own beginning.
function Between({ name, days, choose }: BetweenProps) {
  return (
    <div class="stats-between" role="group" aria-label={name}>
      <DayField label={ts.from} value={days.from} required choose={(from) => choose({ from, to: days.to < from ? from : days.to })} />
      <DayField label={ts.to} value={days.to} required choose={(to) => choose({ from: days.from > to ? to : days.from, to })} />
    </div>
  );
}

function Which({ asked, shown, against }: { asked: Asked; shown: Days; against: Days | null }) {
  const own = daysOf(asked.range), compared = daysOf(asked.against);
  const span = own ? other : asked.range;
  const how = asked.against === null ? "none" : compared ? other : asked.against;
  const chooseSpan = (one: string) => setQuery({ range: one === usualSpan ? null : one === other ? rangeOf(shown) : one });
  const before = { from: plusDays(shown.from, -28), to: plusDays(shown.from, -1) };
  const chooseAgainst = (one: string) => setQuery({ against: one === "none" ? null : one === other ? rangeOf(against ?? before) : one });
  return (
    <form class="stats-which" aria-label={ts.which} onSubmit={(event) => event.preventDefault()}>
      <div>
        <p class="stats-label">{ts.which}</p>
        <Switch name={ts.which} value={span} options={{ ...Object.fromEntries(spans.map((one) => [one, ts.spans[one]!])), [other]: ts.other }} choose={chooseSpan} />
        {own && <Between name={ts.which} days={own} choose={(days) => setQuery({ range: rangeOf(days) })} />}
      </div>
      <div>
        <p class="stats-label">{ts.against}</p>
        <Switch name={ts.against} value={how} options={ts.againsts} choose={chooseAgainst} />
        {compared && <Between name={ts.against} days={compared} choose={(days) => setQuery({ against: rangeOf(days) })} />}
      </div>
    </form>
  );
}

// What is far below asks when one comes near it; its place is kept.
function Near({ now, children }: { now: boolean; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useNear(box, now);
  return <div ref={box} class={near ? "stats-near" : "stats-near is-later"}>{near && children}</div>;
}

function Section({ name, now = false, wide, left, right }: { name: keyof typeof ts.section; now?: boolean; wide?: ComponentChildren; left?: ComponentChildren; right?: ComponentChildren }) {
  return (
    <section class="data-section" aria-label={ts.section[name]}>
      <h2>{ts.section[name]}</h2>
      <Near now={now}>
        {wide && <div class="data-column is-wide">{wide}</div>}
        {(left || right) && (
          <div class="charts">
            <div class="data-column">{left}</div>
            <div class="data-column">{right}</div>
          </div>
        )}
      </Near>
    </section>
  );
}

// Days that are shown, before the server has said which they are.
function spanOf(range: string): Days {
  const to = today();
  return daysOf(range) ?? { from: plusDays(to, 1 - (Number.parseInt(range, 10) || 28)), to };
}

export function DashboardPart({ search }: { search: URLSearchParams }) {
  const asked = askedOf(search), refused = refusedOf(search);
  const key = keyOf("summary", asked);
  const whole = useResource(key, (signal) => askReport<Report<Whole>>(key, signal), true);
  // How high the first charts are is in their answers: what comes after them comes when it has its place.
  const first = keyOf("rates", asked, { by: ratesBy(search) });
  const rates = useResource(first, (signal) => askReport(first, signal), true);
  useFresh(address("/analytics/"));
  const data = whole.data, range = data?.range ?? spanOf(asked.range), against = data?.against ?? null;
  const props = { asked, search };
  const none = data !== undefined && data.items[0]!.lists === 0 && data.items[0]!.clicks === 0;
  return (
    <>
      <p class={asked.against === null ? "lead stats-lead" : "lead stats-lead is-compared"} role="status">
        {data ? `${ts.lead(range.from, range.to)}${against ? `, ${ts.leadAgainst(against.from, against.to)}` : ""}.${data.waiting > 0 ? ` ${ts.waiting(data.waiting)}` : ""}`
          : !whole.error && <Ghost>{ts.lead(range.from, range.to)}{asked.against !== null && `, ${ts.leadAgainst(range.from, range.to)}`}</Ghost>}
      </p>
      <Which asked={asked} shown={range} against={against} />
      {refused.range && <Refused said={ts.noRange(refused.range)} way={ts.drop} drop={() => setQuery({ range: null })} />}
      {refused.against && <Refused said={ts.noAgainst(refused.against)} way={ts.drop} drop={() => setQuery({ against: null })} />}
      {whole.error ? <Failed error={whole.error} retry={whole.retry} />
        : none ? <><Notice title={ts.empty}>{ts.emptyBody}</Notice><Section key="health" name="health" wide={<Health {...props} />} /></> : (
        <>
          <Section key="came" name="came" now wide={<Came {...props} />} />
          <Section key="clicks" name="clicks" now wide={<Rates {...props} />} />
          {data === undefined || (rates.data === undefined && !rates.error) ? <div class="stats-rest" aria-busy="true" /> : (
            <>
              <Section key="films" name="films" left={<Films {...props} />} right={<Genres {...props} />} />
              <Section key="when" name="when" left={<HoursOfWeek {...props} />} right={<OverTime {...props} days={daysBetween(range.from, range.to)} />} />
              <Section key="people" name="people" wide={<People {...props} />} />
              <Section key="catalogue" name="catalogue" left={<CatalogueWatch {...props} />} right={<Mix {...props} />} />
              <Section key="models" name="models" wide={<ModelsOverTime {...props} />} />
              <Section key="health" name="health" wide={<Health {...props} />} />
            </>
          )}
        </>
      )}
    </>
  );
}
