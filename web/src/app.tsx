// From the address to the page.
import { useEffect, useRef } from "preact/hooks";
import { api } from "./lib/api";
import { HealthContext } from "./lib/health";
import { foresee, useResource } from "./lib/resource";
import { match, useLocation, type Route } from "./lib/router";
import { useOtherTabs } from "./lib/session";
import { late } from "./ui/late";
import { Footer, Header, OfflineBar, useSlashKey } from "./ui/frame";
import { FilmPage } from "./pages/film";
import { HomePage } from "./pages/home";
import { MissingPage } from "./pages/missing";
import { PeoplePage } from "./pages/people";
import { PersonPage } from "./pages/person";
import { RatePage } from "./pages/rate";
import { SearchPage } from "./pages/search";

// Pages that not everybody opens come when they are asked for.
const TunePage = late("tune", () => import("./pages/tune").then((code) => code.TunePage));
const NightPage = late("night", () => import("./pages/night").then((code) => code.NightPage));
const SignInPage = late("sign-in", () => import("./pages/signin").then((code) => code.SignInPage));
const ResetPage = late("reset", () => import("./pages/letters").then((code) => code.ResetPage));
const ConfirmPage = late("confirm", () => import("./pages/letters").then((code) => code.ConfirmPage));
const MyPage = late("my", () => {
  foresee("session", api.session);
  return import("./pages/my").then((code) => code.MyPage);
});
const AnalyticsPage = late("analytics", () => {
  // Scripts of their own, which the page asks for as well: both come at once.
  const route = match(location.pathname);
  foresee("session", api.session);
  if (route.page === "analytics" && route.part === "data") void import("./pages/data").catch(() => undefined);
  if (route.page === "analytics" && route.part === "dashboard") void import("./pages/dashboard").catch(() => undefined);
  return import("./pages/analytics").then((code) => code.AnalyticsPage);
});

function Page({ route, search }: { route: Route; search: URLSearchParams }) {
  switch (route.page) {
    case "home": return <HomePage />;
    case "film": return <FilmPage key={route.id} id={route.id} search={search} />;
    case "people": return <PeoplePage />;
    case "person": return <PersonPage key={route.id} id={route.id} search={search} />;
    case "search": {
      const q = (search.get("q") ?? "").trim();
      return <SearchPage key={q} q={q} />;
    }
    case "rate": return <RatePage search={search} />;
    case "night": return <NightPage search={search} />;
    case "tune": return <TunePage />;
    case "analytics": return <AnalyticsPage part={route.part} id={route.id} search={search} />;
    case "sign-in": return <SignInPage search={search} />;
    case "reset": return <ResetPage />;
    case "confirm": return <ConfirmPage />;
    case "my": return <MyPage search={search} />;
    case "missing": return <MissingPage />;
  }
}

export function App() {
  const { path, search } = useLocation();
  const health = useResource("health", api.health);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const route = match(path);
  useSlashKey();
  useOtherTabs();

  // A new page takes the focus, so that the keyboard and screen readers start at its top.
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);

  return (
    <HealthContext.Provider value={health.data}>
      <Header page={route.page} />
      <OfflineBar />
      <main id="page" tabIndex={-1} ref={main}>
        <Page route={route} search={search} />
      </main>
      <Footer />
    </HealthContext.Provider>
  );
}
