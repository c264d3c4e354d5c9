// An account: its name, address and password, all that is known of it, and its end.
import { useState } from "preact/hooks";
import { api } from "../lib/api";
import { problemOf } from "../lib/problems";
import { end } from "../lib/session";
import { t } from "../lib/texts";
import type { Account } from "../lib/types";
import { Field, Form } from "./form";

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

export function Settings({ account, mail }: { account: Account; mail: boolean }) {
  const [done, setDone] = useState<string | null>(null);
  const [me, setMe] = useState(account);
  const leave = (how: () => Promise<void>, next: string) => {
    end(how, next).catch((cause: unknown) => setDone(problemOf(cause)));
  };
  const email = me.email === null ? t.account.noEmail : me.email_confirmed ? me.email : t.account.unconfirmed(me.email);
  return (
    <div class="settings">
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
        <Form main={false} refusals={{ ...refusals, 409: t.account.lastAdmin }} button={t.account.removeNow} send={async ({ password = "" }) => {
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
    </div>
  );
}
