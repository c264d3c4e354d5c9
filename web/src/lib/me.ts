// Who looks: the person of the account that is signed in, else the ratings given in this browser.
import { useState } from "preact/hooks";
import { api } from "./api";
import { loadClicked } from "./clicked";
import { historyOf, keyOf, loadOwn } from "./own";
import { useResource } from "./resource";
import type { Query } from "./types";

export interface Me {
  query: Query;
  key: string; // the same for the same history
  rated: number | null; // films, where they are known here
  name: string | null; // of the account
}

// undefined until it is known.
export function useMe(): Me | undefined {
  const [own] = useState(loadOwn);
  const [clicked] = useState(loadClicked);
  const session = useResource("session", api.session);
  if (session.busy) return undefined;
  const account = session.data?.account;
  const key = keyOf(own, clicked);
  if (account) return { query: { user: account.user }, key: `user${account.user}:${key}`, rated: null, name: account.name };
  return {
    query: { history: historyOf(own, clicked) },
    key,
    rated: own.length,
    name: null,
  };
}
