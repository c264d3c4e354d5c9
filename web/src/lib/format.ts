// The language of the pages and how it writes numbers and dates.

export type Lang = "en" | "es";

// The first language of the reader that there is a catalogue for.
export function languageOf(wanted: readonly string[]): Lang {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (language === "en" || language === "es") return language;
  }
  return "en";
}

export const lang = languageOf(globalThis.navigator?.languages ?? []);

// Intl takes milliseconds to make a formatter, on a phone tens of them: each is made when it first writes something.
export function numbers(options: Intl.NumberFormatOptions): (n: number) => string {
  let made: Intl.NumberFormat | undefined;
  return (n) => (made ??= new Intl.NumberFormat(lang, options)).format(n);
}
export function dates(options: Intl.DateTimeFormatOptions): { format(at: Date | number): string } {
  let made: Intl.DateTimeFormat | undefined;
  return { format: (at) => (made ??= new Intl.DateTimeFormat(lang, options)).format(at) };
}

export const number = numbers({ useGrouping: true });
const decimals: ((n: number) => string)[] = []; // by digits
export const decimal = (n: number, digits = 1) =>
  (decimals[digits] ??= numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }))(n);
// A share of a score: as many digits as its panel shows, and a minus that is a minus.
export const share = (n: number, digits: number) => decimal(n, digits).replace("-", "−");
// A share of all: 3.42%, in Spanish with a blank.
export const percentSign = lang === "es" ? "\u00a0%" : "%";
export const percent = (part: number, digits = 0) => share(part * 100, digits) + percentSign;
export const plural = (n: number, one: string, many: string) => `${number(n)} ${n === 1 ? one : many}`;

// 45 min, 2 h, 2 h 05 min
export function hours(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${String(rest).padStart(2, "0")} min`}`;
}

export const clock = dates({
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

export const day = dates({ day: "numeric", month: "short" });
export const monthName = dates({ month: "long", year: "numeric" });

// A title as it is printed: its hyphen a dash that does not begin a line.
export const printed = (title: string) => title.replace(/ - /g, "\u00a0– ");
