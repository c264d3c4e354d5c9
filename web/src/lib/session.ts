// Beginning and ending a session. Everything a page knows of who looks goes with it, so the next page is
// loaded anew, in the other tabs as well.
import { useEffect } from "preact/hooks";
import { api } from "./api";
import { box } from "./storage";
import { adopt, letGo } from "./sync";
import type { Account } from "./types";

const mark = "reel.session";

// Where one came from, if that is a page of ours.
export const safeNext = (next: string | null): string =>
  next !== null && /^\/(?![\/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";

export function leaveFor(url: string): void {
  box.write(mark, String(Date.now()));
  location.assign(url);
}

export async function begin(account: Promise<Account>, next: string): Promise<void> {
  await adopt(await account);
  leaveFor(next);
}

export async function end(): Promise<void> {
  await letGo();
  await api.signOut();
  leaveFor("/");
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
