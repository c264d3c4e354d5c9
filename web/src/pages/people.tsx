// Where the person mode starts: choose somebody of the data set by number.
import { api } from "../lib/api";
import { useHealth } from "../lib/health";
import { useTitle } from "../lib/hooks";
import { useResource } from "../lib/resource";
import { decimal } from "../lib/format";
import { t } from "../lib/texts";
import { PersonSearch } from "../ui/personsearch";
import { Failed } from "../ui/states";

const some = 24;

function Some() {
  const people = useResource("people?some", (signal) => api.people("", some, null, signal));
  if (people.error) return <Failed error={people.error} retry={people.retry} />;
  if (!people.data)
    return (
      <div class="people-grid" aria-hidden="true">
        {Array.from({ length: some }, (_, i) => <span key={i} class="people-place is-waiting" />)}
      </div>
    );
  return (
    <ul class="people-grid">
      {people.data.items.map((person) => (
        <li key={person.user}>
          <a href={`/people/${person.user}`}>
            <span class="people-name">{t.people.person(person.user)}</span>
            <span class="people-fact">{t.people.ratings(person.ratings)}</span>
            {person.mean !== null && (
              <span class="people-fact"><span class="glyph-star" aria-hidden="true" />{decimal(person.mean)}</span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}

export function PeoplePage() {
  const health = useHealth();
  useTitle(t.people.heading);
  const lead = !health ? t.people.leadPlain
    : health.simulated ? t.people.leadSimulated(health.people) : t.people.lead(health.people, t.source(health.source));
  return (
    <div class="page">
      <section class="opening">
        <h1>{t.people.heading}</h1>
        <p class="lead">{lead}</p>
        <PersonSearch large />
      </section>
      <section>
        <h2>{t.people.some}</h2>
        <Some />
      </section>
    </div>
  );
}
