// What was shown and what came of it: days that are chosen, others they are compared with, and a chart for
// each question. A chart asks when it comes near the screen.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { address } from "../lib/api";
import { daysBetween } from "../lib/days";
import { useNear } from "../lib/hooks";
import { useFresh, useResource } from "../lib/resource";
import { setQuery } from "../lib/router";
import { askedOf, askReport, daysOf, keyOf, plusDays, rangeOf, refusedOf, spans, usualSpan, type Asked, type Days, type Report, type Whole } from "../lib/stats";
import { ts } from "../lib/texts/stats";
import { DayField } from "../ui/dayfield";
import { CatalogueWatch, Came, Films, Genres, Health, HoursOfWeek, Mix, ModelsOverTime, OverTime, People, Rates, ratesBy } from "../ui/statscharts";
import { Failed, Notice, Refused, RowsSkeleton } from "../ui/states";
import { Switch } from "../ui/tables";

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
function Near({ children }: { children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useNear(box, false);
  return <div ref={box} class={near ? "stats-near" : "stats-near is-later"}>{near && children}</div>;
}

function Section({ name, wide, left, right }: { name: keyof typeof ts.section; wide?: ComponentChildren; left?: ComponentChildren; right?: ComponentChildren }) {
  return (
    <section class="data-section" aria-label={ts.section[name]}>
      <h2>{ts.section[name]}</h2>
      <Near>
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

export function DashboardPart({ search }: { search: URLSearchParams }) {
  const asked = askedOf(search), refused = refusedOf(search);
  const key = keyOf("summary", asked);
  const whole = useResource(key, (signal) => askReport<Report<Whole>>(key, signal), true);
  // How high the first charts are is in their answers: what comes after them comes when it has its place.
  const first = keyOf("rates", asked, { by: ratesBy(search) });
  const rates = useResource(first, (signal) => askReport(first, signal), true);
  useFresh(address("/analytics/"));
  if (whole.error) return <Failed error={whole.error} retry={whole.retry} />;
  if (!whole.data) return <RowsSkeleton count={16} thumb={false} />;
  const { range, against, waiting, items } = whole.data;
  const days = daysBetween(range.from, range.to);
  const props = { asked, search };
  return (
    <>
      <p class="lead" role="status">
        {ts.lead(range.from, range.to)}{against && `, ${ts.leadAgainst(against.from, against.to)}`}.{waiting > 0 && ` ${ts.waiting(waiting)}`}
      </p>
      <Which asked={asked} shown={range} against={against} />
      {refused.range && <Refused said={ts.noRange(refused.range)} way={ts.drop} drop={() => setQuery({ range: null })} />}
      {refused.against && <Refused said={ts.noAgainst(refused.against)} way={ts.drop} drop={() => setQuery({ against: null })} />}
      {items[0]!.lists === 0 && items[0]!.clicks === 0
        ? <><Notice title={ts.empty}>{ts.emptyBody}</Notice><Section name="health" wide={<Health {...props} />} /></>
        : (
          <>
            <Section name="came" wide={<Came {...props} />} />
            <Section name="clicks" wide={<Rates {...props} />} />
            {rates.data === undefined && !rates.error ? <div class="stats-rest" aria-busy="true" /> : (
              <>
                <Section name="films" left={<Films {...props} />} right={<Genres {...props} />} />
                <Section name="when" left={<HoursOfWeek {...props} />} right={<OverTime {...props} days={days} />} />
                <Section name="people" wide={<People {...props} />} />
                <Section name="catalogue" left={<CatalogueWatch {...props} />} right={<Mix {...props} />} />
                <Section name="models" wide={<ModelsOverTime {...props} />} />
                <Section name="health" wide={<Health {...props} />} />
              </>
            )}
          </>
        )}
    </>
  );
}
