// Addresses without hashes over the history API.
import { useEffect, useState } from "preact/hooks";

export type Route =
  | { page: "home" }
  | { page: "film"; id: number }
  | { page: "people" }
  | { page: "person"; id: number }
  | { page: "search" }
  | { page: "rate" }
  | { page: "tune" }
  | { page: "night" }
  | { page: "analytics"; part: AnalyticsPart; id: string | null }
  | { page: "sign-in" }
  | { page: "reset" }
  | { page: "confirm" }
  | { page: "my" }
  | { page: "missing" };

export const analyticsParts = ["system", "dashboard", "data", "jobs", "models", "compare", "experiments", "feedback"] as const;
export type AnalyticsPart = (typeof analyticsParts)[number];

type Alone = "people" | "rate" | "search" | "tune" | "night" | "sign-in" | "reset" | "confirm" | "my";
const alone = (first: string | undefined): first is Alone =>
  /^(people|rate|search|tune|night|sign-in|reset|confirm|my)$/.test(first ?? "");

// A job has a page of its own under the list of jobs, as an experiment has; the other parts are one page each.
const within: Partial<Record<AnalyticsPart, RegExp>> = { jobs: /^\d{1,15}$/, experiments: /^[\w-]{1,64}$/ };

function analytics(length: number, name: string, id: string | null): Route {
  const part = analyticsParts.find((one) => one === name);
  if (!part || length > 3 || (id !== null && !within[part]?.test(id))) return { page: "missing" };
  return { page: "analytics", part, id };
}

export function match(path: string): Route {
  const parts = path.split("/").filter(Boolean);
  const [first, second, third] = parts;
  const number = second !== undefined && /^\d+$/.test(second) ? Number(second) : NaN;
  const id = Number.isSafeInteger(number) ? number : null;
  if (parts.length === 0) return { page: "home" };
  if (parts.length === 1 && alone(first)) return { page: first };
  // The log's first address is kept for those who wrote it down.
  if (path === "/log") return { page: "analytics", part: "feedback", id: null };
  if (first === "analytics") return analytics(parts.length, second ?? "system", third ?? null);
  if (parts.length === 2 && id !== null && first === "film") return { page: "film", id };
  if (parts.length === 2 && id !== null && first === "people") return { page: "person", id };
  return { page: "missing" };
}

const moved = "reel:moved";

export const searchFor = (q: string) => `/search?q=${encodeURIComponent(q)}`;
export const filmsOf = (genre: string) => `/search?genre=${encodeURIComponent(genre)}`;

// What the entry of a page shall hold beside its address, where a link to it is being followed.
let carried: { path: string; state: unknown } | null = null;

// `elsewhere`: it was not followed here, but in a tab or window of its own.
export function carry(path: string, state: unknown, elsewhere: () => void): void {
  const mine = (carried = { path, state });
  setTimeout(() => {
    if (carried !== mine) return;
    carried = null;
    elsewhere();
  });
}

// What a link does by whatever opens it, the middle button as well.
export const opening = (open: (() => void) | undefined) => ({
  onClick: open,
  onAuxClick: (event: MouseEvent) => {
    if (event.button === 1) open?.();
  },
});

export function go(url: string, replace = false): void {
  const before = location.pathname;
  if (replace) history.replaceState(history.state, "", url);
  else history.pushState(carried !== null && carried.path === url.split("?")[0] ? carried.state : null, "", url);
  carried = null;
  dispatchEvent(new Event(moved));
  if (location.pathname !== before) scrollTo(0, 0);
}

// Change only the query; empty values leave the address.
export function setQuery(changes: Record<string, string | null>): void {
  const search = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes))
    if (value === null) search.delete(name);
    else search.set(name, value);
  const text = search.toString();
  go(location.pathname + (text ? `?${text}` : ""), true);
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.("a");
  if (!link || link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  if (link.pathname.startsWith("/api/") || link.hash) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

export function useLocation(): { path: string; search: URLSearchParams } {
  const [url, setUrl] = useState(location.pathname + location.search);
  useEffect(() => {
    const update = () => setUrl(location.pathname + location.search);
    addEventListener("popstate", update);
    addEventListener(moved, update);
    document.addEventListener("click", followLink);
    return () => {
      removeEventListener("popstate", update);
      removeEventListener(moved, update);
      document.removeEventListener("click", followLink);
    };
  }, []);
  const [path = "/", query = ""] = url.split("?");
  return { path, search: new URLSearchParams(query) };
}
