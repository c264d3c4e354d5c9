// Data of a page: fetched when its key changes, kept for going back, aborted when left.
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";
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

// What begins so is asked for anew when it is next wanted.
export function forget(start: string): void {
  for (const key of cache.keys()) if (key.startsWith(start)) cache.delete(key);
}

const count = (n: number) => n + 1;

// key null: nothing is wanted now. `hold` keeps showing the last data while the next one comes.
export function useResource<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>, hold = false): Resource<T> {
  const [, draw] = useReducer<number, void>(count, 0);
  const [tries, tryAgain] = useReducer<number, void>(count, 0);
  const state = useRef<{ key: string | null; data?: T | undefined; error?: ApiError | undefined }>({ key: null });

  const known = key === null ? undefined : (cache.get(key) as T | undefined);
  if (state.current.key !== key)
    state.current = { key, data: known ?? (hold && key !== null ? state.current.data : undefined) };

  // Before the paint, not after it: the answer is a frame or two nearer.
  useLayoutEffect(() => {
    if (key === null || cache.has(key)) return;
    const control = new AbortController();
    const settle = (data: T | undefined, error?: ApiError) => {
      if (control.signal.aborted) return;
      state.current = { key, data, error };
      draw();
    };
    load(control.signal).then(
      (data) => {
        keep(key, data);
        settle(data);
      },
      (cause: unknown) =>
        settle(state.current.data, cause instanceof ApiError ? cause : new ApiError(0, String(cause))),
    );
    return () => control.abort();
  }, [key, tries]);

  const { data, error } = state.current;
  const busy = key !== null && !cache.has(key) && !error;
  const retry = () => {
    state.current = { key, data };
    tryAgain();
  };
  return { data, error, busy, retry };
}
