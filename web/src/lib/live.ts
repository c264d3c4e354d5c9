// A list that follows a control while it is being moved.
import { useLayoutEffect, useState } from "preact/hooks";
import { useResource, type Resource } from "./resource";

const patience = 100; // milliseconds, after which a request for what is not wanted any more is given up

// At most one request in a frame and one on its way. The newest wish follows as soon as the answer is
// there, so that films move during a long pull, too; a slow answer is not waited for. The last list
// stays until the next one comes.
export function useLive<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [asked, ask] = useState({ key, load });
  const answer = useResource(asked.key, asked.load, true);
  const waiting = answer.busy;
  useLayoutEffect(() => {
    if (asked.key === key) return;
    const next = () => ask({ key, load });
    if (waiting) {
      const timer = setTimeout(next, patience);
      return () => clearTimeout(timer);
    }
    const frame = requestAnimationFrame(next);
    return () => cancelAnimationFrame(frame);
  }, [key, asked.key, waiting]);
  return { ...answer, busy: waiting || asked.key !== key };
}
