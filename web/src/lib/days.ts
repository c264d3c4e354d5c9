// Days by UTC, as addresses and reports have them: 2026-11-27.
const dayMs = 86_400_000;

// The server counts days from here on.
export const firstDay = "1970-01-02";

// Whether there is such a day, and nothing before the first one can have happened.
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < firstDay) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

// From the first to the last, both counted.
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs + 1;
