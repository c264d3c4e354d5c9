// Data of a page: fetched when its key changes, kept for going back, aborted when left.
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { ApiError } from "./api";

export interface Resource<T> {
  data: T | undefined; // of the current key, or of the last one while `busy`
  error: ApiError | undefined;
  busy: boolean;
  retry(): void;
}

const cache = new Map<string, unknown>();
const cacheSize = 200;

function keep(key: string, value: unknown): void {
  cache.delete(key);
  cache.set(key, value);
  if (cache.size > cacheSize) cache.delete(cache.keys().next().value as string);
}

// What a page made of answers, kept beside them and forgotten with them.
export const recall = <T>(key: string): T | undefined => cache.get(key) as T | undefined;
export const remember = keep;

// A request on its way; whoever wants the same meanwhile waits for it, and the last one to leave gives it up.
interface Call {
  answer: Promise<unknown>;
  control: AbortController;
  waiting: number;
}

const calls = new Map<string, Call>();

// What begins so is asked for anew when it is next wanted.
export function forget(beginning: string): void {
  for (const known of [cache, calls])
    for (const key of known.keys()) if (key.startsWith(beginning)) known.delete(key);
}

// What begins so may be another when one comes back.
export function useFresh(beginning: string): void {
  useEffect(() => () => forget(beginning), [beginning]);
}

function start(key: string, load: (signal: AbortSignal) => Promise<unknown>): Call {
  const control = new AbortController();
  const end = () => {
    if (calls.get(key) === call) calls.delete(key);
  };
  const answer = load(control.signal).then(
    (data) => {
      keep(key, data);
      end();
      return data;
    },
    (cause: unknown) => {
      end();
      throw cause instanceof ApiError ? cause : new ApiError(0, String(cause));
    },
  );
  const call = { answer, control, waiting: 0 };
  calls.set(key, call);
  return call;
}

function leave(key: string, call: Call): void {
  call.waiting--;
  if (call.waiting > 0) return;
  if (calls.get(key) === call) calls.delete(key);
  call.control.abort();
}

// What will be wanted in a moment is on its way by then.
export function foresee<T>(key: string, load: (signal: AbortSignal) => Promise<T>): void {
  if (!cache.has(key) && !calls.has(key)) start(key, load).answer.catch(() => undefined); // whoever wants it is told
}

const count = (n: number) => n + 1;

// A server that is away or busy for a moment is asked again by itself.
const isPassing = ({ status }: ApiError) => status === 0 || (status >= 502 && status <= 504);
const firstWait = 1000;
const longestWait = 15_000;

function again({ retryAfter }: ApiError, failures: number, ask: () => void): () => void {
  const timer = setTimeout(ask, retryAfter === null ? Math.min(longestWait, firstWait * 2 ** (failures - 1)) : retryAfter * 1000);
  addEventListener("online", ask);
  return () => {
    clearTimeout(timer);
    removeEventListener("online", ask);
  };
}

// key null: nothing is wanted now. `hold` keeps showing the last data while the next one comes.
export function useResource<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>, hold = false): Resource<T> {
  const [, draw] = useReducer<number, void>(count, 0);
  const [tries, tryAgain] = useReducer<number, void>(count, 0);
  const state = useRef<{ key: string | null; data?: T | undefined; error?: ApiError | undefined }>({ key: null });
  const failures = useRef(0);

  const known = key === null ? undefined : (cache.get(key) as T | undefined);
  if (state.current.key !== key) {
    state.current = { key, data: known ?? (hold && key !== null ? state.current.data : undefined) };
    failures.current = 0;
  }

  // Before the paint, not after it: the answer is a frame or two nearer.
  useLayoutEffect(() => {
    if (key === null || cache.has(key)) return;
    const call = calls.get(key) ?? start(key, load);
    call.waiting++;
    let here = true;
    let stop = () => {};
    const settle = (data: T | undefined, error?: ApiError) => {
      if (!here) return;
      state.current = { key, data, error };
      failures.current = error ? failures.current + 1 : 0;
      if (error && isPassing(error)) stop = again(error, failures.current, () => tryAgain());
      draw();
    };
    call.answer.then((data) => settle(data as T), (cause: ApiError) => settle(state.current.data, cause));
    return () => {
      here = false;
      stop();
      leave(key, call);
    };
  }, [key, tries]);

  const { data, error } = state.current;
  const busy = key !== null && !cache.has(key) && !error;
  const retry = () => {
    state.current = { key, data };
    tryAgain();
  };
  return { data, error, busy, retry };
}
