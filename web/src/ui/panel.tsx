// A panel at the side, over the page: Escape, its button and a click beside it close it.
import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../lib/texts";
import type { Movie } from "../lib/types";
import { Icon } from "./icon";
import { Poster } from "./poster";

interface Props {
  heading: string;
  lead: ComponentChildren;
  film?: Movie;
  close(): void;
  children: ComponentChildren;
}

export function Panel({ heading, lead, film, close, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const onClick = (event: MouseEvent) => {
    if (event.target === box.current) box.current?.close();
  };
  return (
    <dialog ref={box} class="panel" aria-labelledby="panel-title" onClose={close} onClick={onClick}>
      <div class="panel-body">
        <header class={film ? "panel-head" : "panel-head is-bare"}>
          {film && <Poster film={film} width={154} silent eager />}
          <div>
            <h2 id="panel-title">{heading}</h2>
            <p class="lead">{lead}</p>
          </div>
          <button type="button" class="quiet is-icon" aria-label={t.why.close} onClick={() => box.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
