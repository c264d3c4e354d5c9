// A form of a few fields: labels above, what is wrong below, one main button.
import type { ComponentChildren, TargetedSubmitEvent } from "preact";
import { useId, useState } from "preact/hooks";
import { problemOf, type Refusals } from "../lib/problems";

interface FieldProps {
  name: string;
  label: string;
  kind?: "text" | "password" | "email";
  complete: string; // what password managers know it as
  note?: string;
  first?: boolean;
  least?: number;
}

export function Field({ name, label, kind = "text", complete, note, first = false, least }: FieldProps) {
  const id = useId();
  return (
    <p class="form-field">
      <label for={id}>{label}</label>
      <input id={id} class="field" name={name} autocomplete={complete} required minLength={least} autofocus={first}
        autocapitalize="none" spellcheck={false} aria-describedby={note ? `${id}-note` : undefined}
        {...({ type: kind } as { type: "text" })} />
      {note && <span id={`${id}-note`} class="form-note">{note}</span>}
    </p>
  );
}

interface FormProps {
  button: string;
  refusals: Refusals;
  main?: boolean;
  send(values: Record<string, string>): Promise<void>;
  children: ComponentChildren;
  aside?: ComponentChildren;
}

export function Form({ button, refusals, main = true, send, children, aside }: FormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const values = Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, String(value)]));
    setBusy(true);
    setError(null);
    try {
      await send(values);
      form.reset();
    } catch (cause) {
      setError(problemOf(cause, refusals));
    }
    setBusy(false);
  };
  return (
    <form class="form" onSubmit={submit} aria-busy={busy}>
      {children}
      <p class="form-error" role="alert">{error}</p>
      <p class="form-end">
        <button type="submit" class={main ? "button is-main" : "button"} disabled={busy}>{button}</button>
        {aside}
      </p>
    </form>
  );
}
