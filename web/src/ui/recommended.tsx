// A recommended list with its controls, its states and the reason panel: the same on every page.
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { useHealth } from "../lib/health";
import { useSettled } from "../lib/hooks";
import { useResource } from "../lib/resource";
import { setQuery } from "../lib/router";
import type { Audience } from "../lib/reason";
import { t } from "../lib/texts";
import type { FilmList, ListItem, Method, Query } from "../lib/types";
import { asCount, asMethod, CountSlider, MethodSwitch } from "./controls";
import { FilmCards } from "./filmlist";
import { Failed, GridSkeleton, Notice } from "./states";
import { WhyPanel } from "./why";

const usualCount = 10;

// Method and length live in the address, so that a list can be sent to somebody.
export function useControls(search: URLSearchParams, usual: Method) {
  const method = asMethod(search.get("method"), usual);
  const [count, setCount] = useState(asCount(search.get("count"), usualCount));
  const settled = useSettled(count, 150);
  useEffect(() => {
    const inAddress = asCount(search.get("count"), usualCount);
    if (settled !== inAddress) setQuery({ count: settled === usualCount ? null : String(settled) });
  }, [settled]);
  const setMethod = (m: Method) => setQuery({ method: m === usual ? null : m });
  return { method, setMethod, count, setCount, settled };
}

interface Props {
  name: string; // the resource key without method and length
  heading: ComponentChildren;
  search: URLSearchParams;
  audience: Audience;
  query: Query | null;
  intro: string;
  load(method: Method, count: number, signal: AbortSignal): Promise<FilmList>;
}

export function Recommended({ name, heading, search, audience, query, intro, load }: Props) {
  const health = useHealth();
  const { method, setMethod, count, setCount, settled } =
    useControls(search, audience.kind === "film" ? "content" : "hybrid");
  const [why, setWhy] = useState<ListItem | null>(null);
  const list = useResource(`${name}?${method}&${settled}`, (signal) => load(method, settled, signal), true);
  const removed = audience.kind !== "film" && list.data?.removed ? t.left(list.data.removed) : null;
  return (
    <section class="recommended">
      <h2>{heading}</h2>
      <div class="controls">
        <MethodSwitch value={method} offered={health?.models} choose={setMethod} />
        <CountSlider value={count} choose={setCount} />
      </div>
      {list.data?.basis === "fallback" && method !== "popular" && <p class="remark">{t.fallback}</p>}
      <div aria-busy={list.busy} class={list.busy && list.data ? "is-stale" : ""}>
        {list.error && <Failed error={list.error} retry={list.retry} />}
        {!list.data && !list.error && <GridSkeleton count={count} />}
        {list.data && !list.error && list.data.items.length === 0 && (
          <Notice title={t.states.noFilms}><p>{t.states.noFilmsBody}</p></Notice>
        )}
        {list.data && !list.error && <FilmCards list={list.data} shown={count} audience={audience} why={setWhy} />}
      </div>
      {removed && <p class="remark">{removed}</p>}
      {why && list.data && (
        <WhyPanel subject={{ item: why, list: list.data, query, intro }} close={() => setWhy(null)} />
      )}
    </section>
  );
}
