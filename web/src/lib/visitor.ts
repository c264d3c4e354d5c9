// Who looks, where nobody is signed in: a token of this browser, in every event and in every list that is asked for, so
// that the server believes what is told of the list later.
import { box } from "./storage";
import { uuid } from "./uuid";

const visitorKey = "reel.visitor";

export function visitor(): string {
  const known = box.read(visitorKey);
  if (known) return known;
  const made = `v_${uuid()}`;
  box.write(visitorKey, made);
  return made;
}
