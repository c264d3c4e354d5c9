// A list that comes page by page: the first at once, those after it when somebody wants them.
import { useState } from "preact/hooks";
import { recall, remember, useResource, type Resource } from "./resource";
import type { Page } from "./types";

interface Pages<P> {
  first: Resource<P>;
  all: P[];
  next: string | null; // where the next one begins
  busy: boolean;
  failed: boolean; // the last time that more was wanted
  more(): void;
}

// Pages of another key stay away, also where their answers come late. `load` is given where a page begins.
export function usePages<P extends Page<unknown>>(key: string, load: (cursor: string | null, signal?: AbortSignal) => Promise<P>): Pages<P> {
  const first = useResource(key, (signal) => load(null, signal), true);
  const [older, setOlder] = useState<{ key: string; pages: P[]; busy: boolean; failed: boolean }>(() => ({ key: "", pages: [], busy: false, failed: false }));
  // Whoever comes back finds as many as there were.
  const own = older.key === key ? older : { key, pages: recall<P[]>(`${key}#older`) ?? [], busy: false, failed: false };
  const all = first.data ? [first.data, ...own.pages] : [];
  const next = all[all.length - 1]?.next_cursor ?? null;
  const more = () => {
    if (next === null || own.busy) return;
    const end = (change: Partial<typeof own>) => setOlder((now) => (now.key === key ? { ...now, busy: false, ...change } : now));
    setOlder({ ...own, busy: true, failed: false });
    load(next).then((page) => {
      const pages = [...own.pages, page];
      remember(`${key}#older`, pages);
      end({ pages });
    }, () => end({ failed: true }));
  };
  return { first, all, next, busy: own.busy, failed: own.failed, more };
}
