// What stands around every page: header, offline bar, footer.
import { useEffect, useRef, useState } from "preact/hooks";
import { useHealth } from "../lib/health";
import { useInSight, useOnline } from "../lib/hooks";
import { go, type Route } from "../lib/router";
import { box } from "../lib/storage";
import { t } from "../lib/texts";
import { FilmSearch } from "./filmsearch";
import { Icon } from "./icon";

type Theme = "dark" | "light";

function systemTheme(): Theme {
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(
    () => (document.documentElement.dataset.theme as Theme | undefined) ?? systemTheme(),
  );
  const next = theme === "dark" ? "light" : "dark";
  const change = () => {
    document.documentElement.dataset.theme = next;
    box.write("reel.theme", next);
    setTheme(next);
  };
  return (
    <button type="button" class="quiet is-icon" onClick={change}
      aria-label={next === "dark" ? t.theme.toDark : t.theme.toLight}>
      <Icon name={next === "dark" ? "moon" : "sun"} />
    </button>
  );
}

const sections: { href: string; name: string; pages: Route["page"][] }[] = [
  { href: "/", name: t.nav.home, pages: ["home", "film"] },
  { href: "/tune", name: t.nav.tune, pages: ["tune"] },
  { href: "/night", name: t.nav.night, pages: ["night"] },
  { href: "/people", name: t.nav.people, pages: ["people", "person"] },
  { href: "/rate", name: t.nav.rate, pages: ["rate"] },
  { href: "/analytics", name: t.nav.analytics, pages: ["analytics"] },
];

function Pages({ page }: { page: Route["page"] }) {
  const line = useRef<HTMLElement>(null);
  useInSight(line, "[aria-current]", page);
  return (
    <nav aria-label={t.nav.label} ref={line}>
      {sections.map((s) => (
        <a key={s.href} href={s.href} aria-current={s.pages.includes(page) ? "page" : undefined}>{s.name}</a>
      ))}
    </nav>
  );
}

export function Header({ page }: { page: Route["page"] }) {
  const searchElsewhere = page === "people" || page === "rate";
  return (
    <header class={searchElsewhere ? "header" : "header has-search"}>
      <a class="skip" href="#page">{t.nav.skip}</a>
      <div class="header-row">
        <a class="wordmark" href="/">{t.name}</a>
        <Pages page={page} />
        {!searchElsewhere && (
          <div class="header-search">
            <FilmSearch all choose={(film) => go(`/film/${film.movie}`)} />
          </div>
        )}
        <a class="quiet is-icon" href="/my" aria-label={t.account.mine} aria-current={page === "my" ? "page" : undefined}>
          <Icon name="me" />
        </a>
        <ThemeSwitch />
      </div>
    </header>
  );
}

export function OfflineBar() {
  const online = useOnline();
  return (
    <div role="status" class="offline-bar" hidden={online}>
      {online ? "" : t.states.offlineBar}
    </div>
  );
}

export function Footer() {
  const health = useHealth();
  return (
    <footer class="footer">
      {health && <p>{t.footer.data(health)} {health.simulated && <strong>{t.footer.simulated}</strong>}</p>}
      {health?.tmdb && <p>{t.footer.tmdb}</p>}
      <p>
        {health && <span>{t.footer.version(health.version)}</span>}
        <a href="/api/v1/licenses" target="_blank" rel="noopener">{t.footer.licenses}</a>
        <a href="/api/v1/health" target="_blank" rel="noopener">{t.footer.api}</a>
      </p>
    </footer>
  );
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(text|search)$/.test((target as HTMLInputElement).type));

// "/" puts the cursor into the search field of the page, else of the header.
export function useSlashKey(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const field =
        document.querySelector<HTMLInputElement>("main [data-search]") ??
        document.querySelector<HTMLInputElement>("[data-search]");
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
