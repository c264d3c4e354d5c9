// What is mine: the films I rated, want to see and saw, what they say of my taste, and my account. Without
// an account it is what this browser keeps.
import { useRef } from "preact/hooks";
import { api } from "../lib/api";
import { useInSight, useTitle } from "../lib/hooks";
import { loadOwn } from "../lib/own";
import { useResource } from "../lib/resource";
import { t } from "../lib/texts";
import type { Account, Session } from "../lib/types";
import { AccountRatings, AccountTaste, BrowserRatings, History, Watchlist } from "../ui/mygiven";
import { Bring } from "../ui/bring";
import { Settings } from "../ui/settings";
import { Failed, GridSkeleton } from "../ui/states";
import { Taste } from "../ui/taste";

// Whoever gave nothing yet has films to rate; what there is to keep is worth an account.
function Stranger({ session }: { session: Session }) {
  const main = loadOwn().length > 0 ? "button is-main" : "button";
  return (
    <section>
      <p class="lead">{t.account.stranger}</p>
      {!session.refused && (
        <p class="form-end">
          {session.sign_up && <a class={main} href="/sign-in?new&next=/my">{t.account.make}</a>}
          <a class="button" href="/sign-in?next=/my">{t.account.signIn}</a>
        </p>
      )}
    </section>
  );
}

const parts = ["rated", "history", "watchlist", "taste", "import", "account"] as const;
type Part = (typeof parts)[number];

// Parts of a page, each with an address of its own.
function Parts({ shown, offered }: { shown: Part; offered: readonly Part[] }) {
  const line = useRef<HTMLElement>(null);
  useInSight(line, "[aria-current]", shown);
  return (
    <nav class="parts" aria-label={t.my.parts} ref={line}>
      {offered.map((part) => (
        <a key={part} href={part === "rated" ? "/my" : `/my?show=${part}`} aria-current={part === shown ? "page" : undefined}>{t.my.part[part]}</a>
      ))}
    </nav>
  );
}

function AccountPart({ part, account, mail }: { part: Part; account: Account; mail: boolean }) {
  switch (part) {
    case "rated": return <AccountRatings account={account} />;
    case "history": return <History account={account} />;
    case "watchlist": return <Watchlist account={account} />;
    case "taste": return <AccountTaste account={account} />;
    case "import": return <Bring account={account} />;
    case "account": return <Settings account={account} mail={mail} />;
  }
}

export function MyPage({ search }: { search: URLSearchParams }) {
  const session = useResource("session", api.session);
  useTitle(t.account.mine);
  if (session.error) return <div class="page"><Failed error={session.error} retry={session.retry} /></div>;
  if (!session.data) return <div class="page"><GridSkeleton count={12} /></div>;
  const account = session.data.account;
  const offered = account ? parts : (["rated", "taste"] as const);
  const part = offered.find((one) => one === search.get("show")) ?? "rated";
  return (
    <div class="page is-mine">
      <h1>{account ? account.name : t.account.mine}</h1>
      {!account && <Stranger session={session.data} />}
      <Parts shown={part} offered={offered} />
      <section key={part} aria-label={t.my.part[part]}>
        {account ? <AccountPart part={part} account={account} mail={session.data.mail} />
          : part === "taste" ? <Taste own={loadOwn()} /> : <BrowserRatings />}
      </section>
    </div>
  );
}
