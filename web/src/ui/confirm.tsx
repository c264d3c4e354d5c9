// A button for what is not easily undone: it asks once more, and says what came of it.
import { useId, useRef, useState } from "preact/hooks";
import { ApiError } from "../lib/api";
import { problemOf, type Refusals } from "../lib/problems";

interface Props {
  button: string;
  label?: string; // where several buttons have the same words
  sure: string;
  keep: string;
  act(): Promise<void>;
  refusals?: Refusals;
  // What else there is where the server says no (409): why, and another way.
  instead?: { text: string; button: string; act(): Promise<void> };
}

export function Confirm({ button, label, sure, keep, act, refusals, instead }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [refused, setRefused] = useState(false);
  const ask = () => {
    setError(null);
    setRefused(false);
    box.current?.showModal();
  };
  const go = async (what: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await what();
      box.current?.close();
    } catch (cause) {
      setRefused(cause instanceof ApiError && cause.status === 409);
      setError(problemOf(cause, refusals));
    }
    setBusy(false);
  };
  const other = refused ? instead : undefined;
  return (
    <>
      <button type="button" class="button" aria-label={label} onClick={ask}>{button}</button>
      <dialog ref={box} class="ask" aria-labelledby={`${id}-title`} aria-describedby={`${id}-text`}>
        <h2 id={`${id}-title`}>{button}</h2>
        <p id={`${id}-text`}>{sure}</p>
        <p class="form-error" role="alert">{error}</p>
        {other && <p>{other.text}</p>}
        <p class="form-end">
          <button type="button" class="button is-main" disabled={busy} onClick={() => void go((other ?? { act }).act)}>{other?.button ?? button}</button>
          <button type="button" class="button" onClick={() => box.current?.close()}>{keep}</button>
        </p>
      </dialog>
    </>
  );
}
