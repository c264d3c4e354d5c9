// What went wrong, in the reader's words: by the kind of problem, not by the server's sentence, which is in English.
import { ApiError } from "./api";
import { t } from "./texts";

// What a page says by itself where it knows what a status means there; some say it with the server's sentence.
export type Refusals = Record<number, string | ((sentence: string) => string)>;

// "history/3/rating" is about a rating.
const lastName = (member: string | null) => member?.split("/").filter((part) => !/^\d*$/.test(part)).pop() ?? null;

export function problemOf(cause: unknown, known: Refusals = {}): string {
  if (!(cause instanceof ApiError)) return t.problems.page;
  const { status, code, member, retryAfter } = cause;
  if (status === 0) return t.states.offline;
  const own = known[status] ?? (status === 422 && member !== null ? t.problems.member[member === "new_password" ? "password" : member] : undefined);
  if (own !== undefined) return typeof own === "string" ? own : own(cause.message);
  if (status === 429 || code === "E_BUSY") return t.account.later(retryAfter ?? 60);
  if (status === 500) return t.problems.mistake;
  // Of several that were named it says which one there is not.
  const [, what, id] = /\bno (person|film) has id (\d{1,15})\b/.exec(code === "E_NOTFOUND" ? cause.message : "") ?? [];
  if (what) return `${(what === "film" ? t.states.noFilm : t.states.noPerson)(Number(id))}.`;
  return (code !== null ? t.problems.code[code] : undefined) ?? t.problems.said(cause.message, status, lastName(member));
}
