// What is mine: the films I rated, and my account. Without an account it is what this browser keeps.
import { useState } from "preact/hooks";
import { api, type ApiError } from "../lib/api";
import { useScale } from "../lib/health";
import { useTitle } from "../lib/hooks";
import { loadOwn } from "../lib/own";
import { give as keep } from "../lib/sync";
import { printed } from "../lib/format";
import { useResource } from "../lib/resource";
import { end } from "../lib/session";
import { t } from "../lib/texts";
import type { Account, Movie, OwnRating, RatedMovie, Session } from "../lib/types";
import { Field, Form } from "../ui/form";
import { Poster } from "../ui/poster";
import { StarsInput } from "../ui/stars";
import { Failed, GridSkeleton, Notice } from "../ui/states";

const pageLength = 60;

interface RatedProps {
  films: (Movie | OwnRating)[];
  given: Map<number, number | null>;
  give(film: Movie | OwnRating, rating: number | null): void;
}

function Rated({ films, given, give }: RatedProps) {
  const scale = useScale();
  return (
    <ul class="film-grid is-rating">
      {films.map((film) => (
        <li key={film.movie} class="film-card">
          <a href={`/film/${film.movie}`}>
            <Poster film={film} silent />
            <span class="film-title">{printed(film.title)}</span>
          </a>
          <StarsInput title={film.title} value={given.get(film.movie) ?? null} scale={scale} give={(r) => give(film, r)} />
        </li>
      ))}
    </ul>
  );
}

const none = () => (
  <Notice title={t.account.noRatings}><p><a class="button is-main" href="/rate">{t.account.toRate}</a></p></Notice>
);

// What was taken back stays in its place until the page is left, so that a slip is mended by one click.
function AccountRatings({ account }: { account: Account }) {
  const [more, setMore] = useState<{ items: RatedMovie[]; next: string | null } | null>(null);
  const [loading, setLoading] = useState(false);
  const [changed, setChanged] = useState(new Map<number, number | null>());
  const first = useResource(`my?${account.user}`, (signal) => api.ratings(account.user, pageLength, null, signal));
  if (first.error) return <Failed error={first.error} retry={first.retry} />;
  if (!first.data) return <GridSkeleton count={12} />;
  const items = [...first.data.items, ...(more?.items ?? [])];
  const next = more ? more.next : first.data.next_cursor;
  if (items.length === 0) return none();
  const give = (film: Movie | OwnRating, rating: number | null) => {
    setChanged(new Map(changed).set(film.movie, rating));
    keep(loadOwn(), film, rating);
  };
  const load = () => {
    setLoading(true);
    api.ratings(account.user, pageLength, next).then(
      (page) => setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next_cursor }),
      () => undefined, // the button stays, for another try
    ).finally(() => setLoading(false));
  };
  const given = new Map<number, number | null>(items.map((film) => [film.movie, film.your_rating]));
  for (const [movie, rating] of changed) given.set(movie, rating);
  return (
    <>
      <Rated films={items} given={given} give={give} />
      {next && <p class="more"><button type="button" class="button" disabled={loading} onClick={load}>{t.rate.more}</button></p>}
    </>
  );
}

function BrowserRatings() {
  const [first] = useState(loadOwn);
  const [own, setOwn] = useState(first);
  if (first.length === 0) return none();
  const give = (film: Movie | OwnRating, rating: number | null) => {
    setOwn(keep(own, film, rating));
  };
  return <Rated films={first} given={new Map(own.map((r) => [r.movie, r.rating]))} give={give} />;
}

const refusals = { 403: t.account.wrongPassword, 409: t.account.taken };

const Password = ({ label = t.account.password }: { label?: string }) => (
  <Field name="password" kind="password" label={label} complete="current-password" />
);

function Opened({ title, note, children }: { title: string; note?: string; children: preact.ComponentChildren }) {
  return (
    <details class="setting">
      <summary>{title}{note && <span class="form-note">{note}</span>}</summary>
      {children}
    </details>
  );
}

function Settings({ account, mail }: { account: Account; mail: boolean }) {
  const [done, setDone] = useState<string | null>(null);
  const [me, setMe] = useState(account);
  const leave = (how: () => Promise<void>, next: string) => {
    end(how, next).catch((cause: ApiError) => setDone(cause.status === 0 ? t.states.offline : cause.message));
  };
  const email = me.email === null ? t.account.noEmail : me.email_confirmed ? me.email : t.account.unconfirmed(me.email);
  return (
    <section class="settings" aria-labelledby="account">
      <h2 id="account">{t.account.heading}</h2>
      <p role="status" class="form-done">{done}</p>
      <Opened title={t.account.name} note={me.name}>
        <Form main={false} refusals={refusals} button={t.account.change} send={async ({ name = "", password = "" }) => {
          setMe(await api.changeMe(password, { name }));
          setDone(t.account.changed);
        }}>
          <Field name="name" label={t.account.newName} complete="username" least={3} />
          <Password />
        </Form>
      </Opened>
      {mail && (
        <Opened title={t.account.email} note={email}>
          <p class="form-note">{t.account.emailNote}</p>
          <Form main={false} refusals={refusals} button={t.account.change} send={async ({ email: next = "", password = "" }) => {
            setMe(await api.changeMe(password, { email: next }));
            setDone(t.account.letterSent(next));
          }}>
            <Field name="email" kind="email" label={t.account.email} complete="email" />
            <Password />
          </Form>
        </Opened>
      )}
      <Opened title={t.account.password}>
        <Form main={false} refusals={refusals} button={t.account.change} send={async ({ password = "", next = "" }) => {
          await api.changePassword(password, next);
          setDone(t.account.passwordChanged);
        }}>
          <Password label={t.account.oldPassword} />
          <Field name="next" kind="password" label={t.account.newPassword} complete="new-password" note={t.account.passwordNote} least={8} />
        </Form>
      </Opened>
      <Opened title={t.account.remove}>
        <p>{t.account.removeSure}</p>
        <Form main={false} refusals={refusals} button={t.account.removeNow} send={async ({ password = "" }) => {
          await end(() => api.deleteMe(password), "/");
        }}>
          <Password />
        </Form>
      </Opened>
      <p class="form-end">
        <a class="button" href="/api/v1/me/export" download>{t.account.download}</a>
        <button type="button" class="button" onClick={() => leave(api.signOut, "/")}>{t.account.signOut}</button>
        <button type="button" class="quiet" onClick={() => leave(api.endSessions, "/sign-in")}>{t.account.signOutAll}</button>
      </p>
    </section>
  );
}

function Stranger({ session }: { session: Session }) {
  return (
    <section>
      <p class="lead">{t.account.stranger}</p>
      {!session.refused && (
        <p class="form-end">
          {session.sign_up && <a class="button is-main" href="/sign-in?new&next=/my">{t.account.make}</a>}
          <a class="button" href="/sign-in?next=/my">{t.account.signIn}</a>
        </p>
      )}
    </section>
  );
}

export function MyPage() {
  const session = useResource("session", api.session);
  useTitle(t.account.mine);
  if (session.error) return <div class="page"><Failed error={session.error} retry={session.retry} /></div>;
  if (!session.data) return <div class="page"><GridSkeleton count={12} /></div>;
  const account = session.data.account;
  return (
    <div class="page">
      <h1>{account ? account.name : t.account.mine}</h1>
      {!account && <Stranger session={session.data} />}
      <section>
        <h2>{t.account.rated}</h2>
        {account ? <AccountRatings account={account} /> : <BrowserRatings />}
      </section>
      {account && <Settings account={account} mail={session.data.mail} />}
    </div>
  );
}
