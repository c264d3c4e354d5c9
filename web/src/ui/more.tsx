// The way on at the end of a list that comes page by page; what did not come may be asked for again.
import type { usePages } from "../lib/pages";
import { t } from "../lib/texts";

export function More({ list, text }: { list: Pick<ReturnType<typeof usePages>, "next" | "busy" | "failed" | "more">; text: string }) {
  if (list.next === null) return null;
  return (
    <p class="more">
      <button type="button" class="button" disabled={list.busy} onClick={list.more}>{text}</button>
      <span class="remark" role="alert">{list.failed && t.states.offline}</span>
    </p>
  );
}
