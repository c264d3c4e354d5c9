// One line under a recommended film: the strongest true sentence its reasons allow.
import { t } from "./texts";
import type { ListItem, Method } from "./types";

export type Audience = { kind: "film"; title: string } | { kind: "person" } | { kind: "you" };

export function reasonLine(item: ListItem, audience: Audience, method: Method | "blend"): string {
  const genres = new Set(item.genres);
  const telling = (item.terms ?? []).filter((one) => one.contribution > 0).slice(0, 3).map((one) => one.term);
  // That two films share nothing but a genre says little where people were asked as well.
  const terms = method === "content" || telling.some((term) => !genres.has(term))
    ? telling.map((term) => (genres.has(term) ? t.genre(term).toLowerCase() : term)) : [];
  const best = item.reasons.find((r) => r.contribution > 0);
  if (method === "popular" || (!best && terms.length === 0))
    return item.rating.mean === null ? t.reason.watched : t.reason.most(item.rating.mean, item.rating.count);
  if (audience.kind === "film") return terms.length > 0 ? t.reason.common(terms) : t.reason.liked(audience.title);
  if (!best) return t.reason.terms(terms);
  if (best.rating === null) return t.reason.because(best.title);
  return audience.kind === "you" ? t.reason.becauseYou(best.title, best.rating) : t.reason.becauseThey(best.title, best.rating);
}
