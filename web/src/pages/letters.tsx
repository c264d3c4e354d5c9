// Where the links of letters lead. Their token stands behind the #, which no server and no log sees; it is
// taken out of the address once it was read.
import { useEffect, useState } from "preact/hooks";
import { api, ApiError } from "../lib/api";
import { useTitle } from "../lib/hooks";
import { leaveFor } from "../lib/session";
import { t } from "../lib/texts";
import { Field, Form } from "../ui/form";
import { Failed } from "../ui/states";

function takeToken(): string {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, "", location.pathname);
  return token;
}

// The one of the address, also where a link of a letter is opened in a page that is there already.
function useToken(): string {
  const [token, setToken] = useState(takeToken);
  useEffect(() => {
    const follow = () => {
      if (location.hash) setToken(takeToken());
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return token;
}

function AskReset() {
  const [asked, setAsked] = useState<boolean | null>(null); // whether letters are sent
  return (
    <div class="page is-narrow">
      <h1>{t.account.forgotHeading}</h1>
      {asked === null
        ? (
          <>
            <p class="lead">{t.account.forgotLead}</p>
            <Form button={t.account.askReset} refusals={{}} send={async ({ name = "" }) => setAsked((await api.askReset(name)).mail)}>
              <Field first name="name" label={t.account.nameOrEmail} complete="username" />
            </Form>
          </>
        )
        : <p class="lead" role="status">{asked ? t.account.askedMail : t.account.askedOperator}</p>}
    </div>
  );
}

export function ResetPage() {
  const token = useToken();
  useTitle(t.account.forgotHeading);
  if (!token) return <AskReset />;
  const send = async ({ password = "" }: Record<string, string>) => {
    await api.reset(token, password);
    leaveFor("/sign-in");
  };
  return (
    <div class="page is-narrow">
      <h1>{t.account.newPassword}</h1>
      <Form button={t.account.setPassword} refusals={{ 401: t.account.oldLink, 404: t.account.oldLink }} send={send} aside={<a href="/reset">{t.account.anotherLetter}</a>}>
        <Field first name="password" kind="password" label={t.account.newPassword} complete="new-password" note={t.account.passwordNote} least={8} />
      </Form>
    </div>
  );
}

export function ConfirmPage() {
  const token = useToken();
  return <Confirming key={token} token={token} />;
}

function Confirming({ token }: { token: string }) {
  const [state, setState] = useState<"busy" | "done" | "old" | ApiError>(token ? "busy" : "old");
  useTitle(t.account.confirmHeading);
  useEffect(() => {
    if (state !== "busy") return;
    api.confirmEmail(token).then(
      () => setState("done"),
      (cause: unknown) => setState(cause instanceof ApiError && ![401, 404, 422].includes(cause.status) ? cause : "old"),
    );
  }, [state]);
  return (
    <div class="page is-narrow">
      <h1>{t.account.confirmHeading}</h1>
      {state instanceof ApiError
        ? <Failed error={state} retry={() => setState("busy")} />
        : <p class="lead" role="status" aria-busy={state === "busy"}>
            {state === "busy" ? t.states.loading : state === "done" ? t.account.confirmed : t.account.oldLink}
          </p>}
      {state !== "busy" && <p><a class="button" href={state === "done" ? "/" : "/my"}>{state === "done" ? t.states.toHome : t.account.toAccount}</a></p>}
    </div>
  );
}
