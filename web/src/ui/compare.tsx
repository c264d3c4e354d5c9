// What each model says for one person, side by side. The person and the models are in the address.
import { api } from "../lib/api";
import { decimal, printed } from "../lib/format";
import { countedIn } from "../lib/operation";
import { reasonLine } from "../lib/reason";
import { useResource } from "../lib/resource";
import { setQuery } from "../lib/router";
import { t } from "../lib/texts";
import { ta } from "../lib/texts/analytics";
import { methods, type FilmList, type ListItem, type Method } from "../lib/types";
import { PersonSearch } from "./personsearch";
import { Poster } from "./poster";
import { Failed, Notice, RowsSkeleton } from "./states";

const usual: Method[] = ["hybrid", "content", "popular"];
const length = 10;

// Names in the address that are none are left out.
export function chosen(text: string | null): Method[] {
  return text === null ? usual : methods.filter((one) => text.split(",").includes(one));
}

function Choice({ models }: { models: Method[] }) {
  const toggle = (one: Method) =>
    setQuery({ models: methods.filter((m) => (m === one) !== models.includes(m)).join(",") });
  return (
    <fieldset class="chips">
      <legend class="unseen">{ta.models}</legend>
      {methods.map((one) => (
        <button key={one} type="button" class={models.includes(one) ? "chip is-only" : "chip"} aria-pressed={models.includes(one)} onClick={() => toggle(one)}>
          {t.method(one)}
        </button>
      ))}
    </fieldset>
  );
}

function Film({ item, list, count, of }: { item: ListItem; list: FilmList; count: number; of: number }) {
  const note = of < 2 ? null : count === of ? ta.inAll : count === 1 ? ta.alone : null;
  return (
    <li class={note && count === of ? "compare-film is-shared" : "compare-film"}>
      <Poster film={item} width={92} silent eager />
      <span>
        <a class="film-title" href={`/film/${item.movie}`}>{printed(item.title)}</a>
        <span class="sheet-note">
          {item.predicted_rating !== null && <span aria-label={ta.stars(item.predicted_rating)} role="img">★ {decimal(item.predicted_rating)}</span>}
          {item.predicted_rating !== null && note && t.dot}{note}
        </span>
        <span class="compare-reason">{reasonLine(item, { kind: "person" }, list.model.name)}</span>
      </span>
    </li>
  );
}

function Columns({ user, models }: { user: number; models: Method[] }) {
  const lists = useResource(`compare?${user}&${models.join()}`,
    (signal) => Promise.all(models.map((model) => api.recommend({ user }, model, length, signal))), true);
  if (lists.error) return <Failed error={lists.error} retry={lists.retry} />;
  if (!lists.data) return <RowsSkeleton count={length} />;
  const shown = lists.data;
  const counts = countedIn(shown.map((list) => list.items));
  const shared = [...counts.values()].filter((n) => n === shown.length).length;
  return (
    <>
      {shown.length > 1 && <p class="lead" role="status">{ta.same(shared, length, shown.length)}.</p>}
      <div class="compare" style={{ "--lists": shown.length }}>
        {shown.map((list) => (
          <section key={list.model.name} aria-label={t.method(list.model.name)}>
            <h3>{t.method(list.model.name)}</h3>
            <ol>{list.items.map((item) => <Film key={item.movie} item={item} list={list} count={counts.get(item.movie) ?? 0} of={shown.length} />)}</ol>
          </section>
        ))}
      </div>
    </>
  );
}

function Best({ user }: { user: number }) {
  const best = useResource(`best?${user}`, (signal) => api.ratings(user, 8, null, signal));
  if (best.busy) return <p class="compare-best" aria-hidden="true">{"\u00a0"}</p>;
  if (!best.data || best.data.items.length === 0) return null;
  return (
    <p class="compare-best">
      <span>{ta.liked}:</span> {best.data.items.map((film) => printed(film.title)).join(t.dot)}
    </p>
  );
}

export function Compare({ search }: { search: URLSearchParams }) {
  const models = chosen(search.get("models"));
  const wanted = search.get("user");
  const user = wanted !== null && /^\d{1,15}$/.test(wanted) ? Number(wanted) : null;
  return (
    <>
      <p class="lead">{ta.compareLead}</p>
      <div class="compare-head">
        <PersonSearch choose={(id) => setQuery({ user: String(id) })} />
        <Choice models={models} />
      </div>
      {user === null ? <Notice title={wanted ? ta.noPerson(wanted) : ta.choosePerson}><p>{ta.choosePersonBody}</p></Notice> : (
        <>
          <h2>{ta.person(user)}</h2>
          <Best user={user} />
          {models.length === 0 ? <Notice title={ta.fewModels} /> : <Columns user={user} models={models} />}
        </>
      )}
    </>
  );
}
