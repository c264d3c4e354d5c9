// Type-ahead search of people of the data set, by number.
import { api } from "../lib/api";
import { go } from "../lib/router";
import { t } from "../lib/texts";
import type { Person } from "../lib/types";
import { Combobox } from "./combobox";

interface SearchProps {
  large?: boolean;
  label?: string;
  placeholder?: string;
  choose?(user: number): void; // else their page is gone to
  aside?: boolean;
}

export function PersonSearch({ large = false, label = t.people.label, placeholder = t.people.placeholder, choose, aside = false }: SearchProps) {
  return (
    <Combobox<Person>
      name="person-search"
      label={label}
      placeholder={placeholder}
      numeric
      aside={aside}
      large={large}
      load={(q, signal) => api.people(q, 8, null, signal)}
      idOf={(person) => person.user}
      choose={({ user }) => (choose ? choose(user) : go(`/people/${user}`))}
      none={t.people.none}
      found={t.people.found}
      draw={(person) => (
        <span class="choice">
          <span class="choice-title is-plain">{t.people.person(person.user)}</span>
          <span class="choice-fact">{t.people.ratings(person.ratings)}</span>
        </span>
      )}
    />
  );
}
