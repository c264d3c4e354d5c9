// Settings of a page that its address holds.
import { useRef, useState } from "preact/hooks";
import { go } from "./router";

export interface Settings<S> {
  value: S;
  move(change: Partial<S>): void; // shown at once
  settle(control: string): void; // what was moved goes into the address
  choose(change: Partial<S>, control: string): void; // both
}

// The address is the truth; what is being pulled is ahead of it, and only of the address it set out
// from. Going back undoes the last control that was touched, however often it was.
export function useSettings<S extends object>(read: (search: URLSearchParams) => S, write: (value: S) => string): Settings<S> {
  const [ahead, setAhead] = useState<{ value: S; from: string } | null>(null);
  const from = location.search;
  const value = ahead?.from === from ? ahead.value : read(new URLSearchParams(from));
  // Keys can come faster than pages are drawn: each one goes on from what the one before it made.
  const latest = useRef(value);
  latest.current = value;
  const last = useRef<{ control: string; text: string } | null>(null);

  const move = (change: Partial<S>) => {
    latest.current = { ...latest.current, ...change };
    setAhead({ value: latest.current, from: location.search });
  };
  const settle = (control: string) => {
    const url = write(latest.current);
    const again = last.current?.control === control && last.current.text === location.search;
    if (url !== location.search) go(location.pathname + url, again);
    last.current = { control, text: location.search };
    setAhead(null);
  };
  const choose = (change: Partial<S>, control: string) => {
    move(change);
    settle(control);
  };
  return { value, move, settle, choose };
}
