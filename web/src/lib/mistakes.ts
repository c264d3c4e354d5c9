// What goes wrong in the pages' own code is told to the server's log: each thing once, a few at most, and
// nothing that a visitor typed but what the browser itself says of the mistake.
const most = 5;
const limits = { message: 300, page: 200, at: 400 } as const;
const told = new Set<string>();

export interface Mistake {
  message: string;
  page: string;
  at: string;
}

// The server counts bytes.
function cut(text: string, bytes: number): string {
  const whole = new TextEncoder().encode(text);
  return whole.length <= bytes ? text : new TextDecoder().decode(whole.slice(0, bytes)).replace(/\uFFFD+$/, "");
}

// The same mistake a second time, and what comes after the first few, is null.
export function mistakeOf(cause: unknown, place: string, page: string): Mistake | null {
  const error = cause instanceof Error ? cause : null;
  const message = cut(error ? `${error.name}: ${error.message}` : String(cause), limits.message);
  const at = cut(error?.stack?.split("\n").slice(0, 6).map((line) => line.trim()).join(" | ") ?? place, limits.at);
  const key = `${message} ${at}`;
  if (!message || told.has(key) || told.size >= most) return null;
  told.add(key);
  return { message, page: cut(page, limits.page), at };
}

function report(cause: unknown, place: string): void {
  const mistake = mistakeOf(cause, place, location.pathname);
  if (!mistake) return;
  // Whether it arrives changes nothing for whoever looks.
  void fetch("/api/v1/client-errors", {
    method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(mistake),
  }).catch(() => {});
}

export function startReporting(): void {
  addEventListener("error", (event) => {
    if (event instanceof ErrorEvent) report(event.error ?? event.message, `${event.filename}:${event.lineno}:${event.colno}`);
  });
  addEventListener("unhandledrejection", (event) => report(event.reason, ""));
}
