// Every film that fits what was typed, or what a link on a film's page asked for.
import { useTitle } from "../lib/hooks";
import { t } from "../lib/texts";
import { FilmShelf, useFilms } from "../ui/filmshelf";
import { Failed, GridSkeleton, Notice } from "../ui/states";


export function SearchPage({ q }: { q: string }) {
  const { films, more, first } = useFilms(q);
  const heading = q ? t.search.headingFor(q) : t.search.heading;
  useTitle(heading);
  return (
    <div class="page">
      <h1>{heading}</h1>
      <section>
        {first.error && <Failed error={first.error} retry={first.retry} />}
        {!first.data && !first.error && <GridSkeleton count={12} />}
        {first.data && films.length === 0 && <Notice title={t.search.none(q)} />}
        {films.length > 0 && <FilmShelf films={films} more={more} />}
      </section>
    </div>
  );
}
