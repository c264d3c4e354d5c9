// Signing in, or making an account; what was rated here before goes along.
import { useState } from "preact/hooks";
import { api } from "../lib/api";
import { useTitle } from "../lib/hooks";
import { loadOwn } from "../lib/own";
import { useResource } from "../lib/resource";
import { begin, safeNext } from "../lib/session";
import { t } from "../lib/texts";
import { Field, Form } from "../ui/form";
import { Failed, Notice } from "../ui/states";

export function SignInPage({ search }: { search: URLSearchParams }) {
  const [making, setMaking] = useState(search.has("new"));
  const [rated] = useState(() => loadOwn().length);
  const session = useResource("session", api.session);
  const next = safeNext(search.get("next"), location.origin);
  const heading = making ? t.account.make : t.account.signIn;
  useTitle(heading);
  if (session.error) return <div class="page is-narrow"><Failed error={session.error} retry={session.retry} /></div>;
  if (session.data?.refused) return <div class="page is-narrow"><Notice title={t.account.refused}><p>{t.account.refusedBody}</p></Notice></div>;
  const send = ({ name = "", password = "" }: Record<string, string>) =>
    begin(making ? api.signUp(name, password) : api.signIn(name, password), next);
  return (
    <div class="page is-narrow">
      <h1>{heading}</h1>
      {rated > 0 && <p class="lead">{t.account.along(rated)}</p>}
      <Form key={heading} button={heading} refusals={{ 401: t.account.wrong, 409: t.account.taken, ...(making ? { 403: t.account.closed } : {}) }} send={send}
        aside={session.data?.sign_up && (
          <button type="button" class="quiet" onClick={() => setMaking(!making)}>{making ? t.account.haveOne : t.account.make}</button>
        )}>
        <Field first name="name" label={t.account.name} complete="username" {...(making ? { least: 3 } : {})} />
        <Field name="password" kind="password" label={t.account.password} complete={making ? "new-password" : "current-password"}
          {...(making ? { note: t.account.passwordNote, least: 8 } : {})} />
      </Form>
      {!making && <p><a href="/reset">{t.account.forgot}</a></p>}
    </div>
  );
}
