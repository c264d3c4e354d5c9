import { useTitle } from "../lib/hooks";
import { t } from "../lib/texts";

interface Props {
  title?: string;
  href?: string;
  link?: string;
}

// No such page, film or person: says so, and offers the way on.
export function MissingPage({ title = t.states.gone, href = "/", link = t.states.toHome }: Props) {
  useTitle(title);
  return (
    <div class="page is-narrow">
      <h1>{title}</h1>
      <p class="lead">{t.states.goneBody}</p>
      <p><a class="button" href={href}>{link}</a></p>
    </div>
  );
}
