// Which picture stands for a film: the photographed poster when there is one and its host
// answers, the generated one otherwise. Knows no browser, so that it can be tested.

const failuresToGiveUp = 3;
let failures = 0;

// TMDb, and the server where it keeps posters, size them by a part of the path.
export function sized(poster: string, width: 92 | 154 | 342 | 500): string {
  return poster.replace(/\/(t\/p|posters)\/w\d+\//, `/$1/w${width}/`);
}

// After a few failures in a row the host counts as away, and nobody waits for it again.
export const hostAway = () => failures >= failuresToGiveUp;
export const hostAnswered = () => void (failures = 0);

const listeners = new Set<() => void>();

export function hostFailed(): void {
  failures++;
  if (failures === failuresToGiveUp) for (const tell of listeners) tell();
}

// Calls `tell` when the host is given up, until the returned function is called.
export function whenHostAway(tell: () => void): () => void {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}
