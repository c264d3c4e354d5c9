// Films that this browser remembers and the server has no more. What is kept of them stays, as they may come back; until the page is
// loaded again the server is not asked about them.
import type { History, Household } from "./types";

interface Asked {
  history?: History;
  household?: Household;
  [other: string]: unknown;
}

const gone = new Set<number>();

const without = (history: History): History => history.filter(({ movie }) => !gone.has(movie));

// The same body without the films that are gone.
export function known<T extends Asked>(body: T): T {
  if (gone.size === 0) return body;
  const { history, household } = body;
  return {
    ...body,
    ...(history && { history: without(history) }),
    ...(household && { household: { ...household, members: household.members.map((one) => ("history" in one ? { history: without(one.history) } : one)) } }),
  };
}

// member: what of a body an answer 404 is about, "history/3/movie" or "household/members/0/history/3/movie". Whether that is a film of a
// history, which is left out from now on.
export function isGone(body: Asked, member: string | null): boolean {
  const [, seat, at] = /^(?:household\/members\/(\d+)\/)?history\/(\d+)\/movie$/.exec(member ?? "") ?? [];
  const who = seat === undefined ? body : body.household?.members[Number(seat)];
  const film = at !== undefined && who && "history" in who ? who.history?.[Number(at)] : undefined;
  if (film) gone.add(film.movie);
  return film !== undefined;
}
