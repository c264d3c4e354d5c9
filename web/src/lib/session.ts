// Beginning and ending a session. Everything a page knows of who looks goes with it, so the next page is
// loaded anew, in the other tabs as well.
import { useEffect } from "preact/hooks";
import { box } from "./storage";
import { adopt, flush, forget } from "./sync";
import type { Account } from "./types";

const mark = "reel.session";

// Where one came from, if that is a page of ours: as the browser would read it, whatever is written.
export function safeNext(next: string | null, here: string): string {
  if (next === null || !next.startsWith("/") || !URL.canParse(next, here)) return "/";
  const url = new URL(next, here);
  return url.origin === here && !url.pathname.startsWith("/sign-in") ? url.pathname + url.search : "/";
}

export function leaveFor(url: string): void {
  box.write(mark, String(Date.now()));
  location.assign(url);
}

export async function begin(account: Promise<Account>, next: string): Promise<void> {
  await adopt(await account);
  leaveFor(next);
}

// What waits is sent first, and nothing is forgotten here before the session has ended there.
export async function end(how: () => Promise<void>, next: string): Promise<void> {
  await flush();
  await how();
  forget();
  leaveFor(next);
}

// Somebody signed in or out in another tab: this one follows when it is looked at.
export function useOtherTabs(): void {
  useEffect(() => {
    let stale = false;
    const follow = () => {
      if (stale && document.visibilityState === "visible") location.reload();
    };
    const learn = (event: StorageEvent) => {
      stale = stale || event.key === mark;
      follow();
    };
    addEventListener("storage", learn);
    document.addEventListener("visibilitychange", follow);
    return () => {
      removeEventListener("storage", learn);
      document.removeEventListener("visibilitychange", follow);
    };
  }, []);
}
