// A search field with a list of choices: the ARIA combobox pattern with a listbox.
// Focus stays in the field; arrows move the active choice, Enter takes it, Escape closes.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { useResource } from "../lib/resource";
import { useSettled } from "../lib/hooks";
import { t } from "../lib/texts";
import { Icon } from "./icon";

interface Props<T> {
  name: string; // the first part of the resource key
  label: string;
  placeholder: string;
  load(q: string, signal: AbortSignal): Promise<{ items: T[] }>;
  idOf(item: T): number;
  draw(item: T): ComponentChildren;
  choose(item: T): void;
  none(q: string): string;
  found(n: number): string;
  all?: { name(q: string): string; go(q: string): void }; // what stands below the choices
  large?: boolean;
  keepText?: boolean;
  numeric?: boolean;
  aside?: boolean; // not the search of its page: "/" goes elsewhere
}

export function Combobox<T>(props: Props<T>) {
  const { name, label, placeholder, load, idOf, draw, choose, none, found, all, large, numeric, aside = false } = props;
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);

  const wanted = useSettled(text.trim(), 90);
  const found_ = useResource(wanted ? `${name}?${wanted}` : null, (signal) => load(wanted, signal), true);
  const items = text.trim() ? (found_.data?.items ?? []) : [];
  const showing = open && text.trim() !== "";
  const current = items[active];
  const last = all && items.length > 0 && active === items.length;

  useEffect(() => setActive(0), [wanted]);
  useEffect(() => {
    if (showing) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active, showing]);

  const take = (item: T) => {
    setOpen(false);
    setText("");
    choose(item);
  };

  const takeAll = () => {
    setOpen(false);
    setText("");
    all?.go(wanted);
  };

  const move = (to: number) => {
    setOpen(true);
    const count = items.length + (all ? 1 : 0);
    if (items.length > 0) setActive((to + count) % count);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(showing ? active + 1 : active),
      ArrowUp: () => move(active - 1),
      Enter: () => {
        if (!showing || found_.busy) return;
        if (last) takeAll();
        else if (current !== undefined) take(current);
      },
      Escape: () => (showing ? setOpen(false) : setText("")),
    };
    const act = keys[event.key];
    if (!act || event.isComposing) return;
    event.preventDefault();
    act();
  };

  return (
    <div class={large ? "combobox is-large" : "combobox"}>
      <label class="unseen" for={id}>{label}</label>
      <Icon name="search" />
      <input
        ref={field}
        id={id}
        type="text"
        role="combobox"
        data-search={aside ? undefined : ""}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        inputMode={numeric ? "numeric" : "text"}
        placeholder={placeholder}
        aria-autocomplete="list"
        aria-expanded={showing}
        aria-controls={`${id}-list`}
        {...(showing && last ? { "aria-activedescendant": `${id}-all` }
          : showing && current !== undefined ? { "aria-activedescendant": `${id}-${idOf(current)}` } : {})}
        value={text}
        onInput={(e) => {
          setText(e.currentTarget.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {!aside && <kbd aria-hidden="true">/</kbd>}
      <div class="choices" hidden={!showing}>
        <ul ref={list} id={`${id}-list`} role="listbox" aria-label={label}>
          {items.map((item, i) => (
            <li
              key={idOf(item)}
              id={`${id}-${idOf(item)}`}
              role="option"
              aria-selected={i === active}
              onPointerMove={() => setActive(i)}
              onPointerDown={(e) => e.preventDefault()}
              onClick={() => take(item)}
            >
              {draw(item)}
            </li>
          ))}
          {all && items.length > 0 && (
            <li
              id={`${id}-all`}
              role="option"
              class="choice-all"
              aria-selected={last}
              onPointerMove={() => setActive(items.length)}
              onPointerDown={(e) => e.preventDefault()}
              onClick={takeAll}
            >
              {all.name(wanted)}
            </li>
          )}
        </ul>
        {found_.error && <p class="choices-note">{t.search.failed}</p>}
        {!found_.busy && !found_.error && wanted && items.length === 0 && <p class="choices-note">{none(wanted)}</p>}
      </div>
      <span class="unseen" role="status">{showing && !found_.busy ? found(items.length) : ""}</span>
    </div>
  );
}
