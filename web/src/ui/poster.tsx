// The picture of a film. A missing, failed or slow photograph becomes the generated poster.
import { useEffect, useReducer, useState } from "preact/hooks";
import { hostAnswered, hostAway, hostFailed, sized, whenHostAway } from "../lib/posters";
import { t } from "../lib/texts";
import type { Movie, OwnRating } from "../lib/types";

const patience = 6000;

interface Props {
  film: Pick<Movie, "title" | "poster" | "generated_poster"> | OwnRating;
  width?: 92 | 154 | 342 | 500;
  eager?: boolean;
  silent?: boolean; // the title stands right beside it
}

export function Poster({ film, width = 342, eager = false, silent = false }: Props) {
  const photo = film.poster ? sized(film.poster, width) : null;
  const [, draw] = useReducer<number, void>((n) => n + 1, 0);
  const [failed, setFailed] = useState<string | null>(null);
  const [loaded, setLoaded] = useState<string | null>(null);
  const usePhoto = photo !== null && failed !== photo && (loaded === photo || !hostAway());
  const source = usePhoto ? photo : film.generated_poster;

  const onError = () => {
    if (!usePhoto) return;
    hostFailed();
    setFailed(photo);
  };
  useEffect(() => whenHostAway(draw), []);
  useEffect(() => {
    if (!usePhoto || !eager || loaded === photo) return;
    const timer = setTimeout(onError, patience);
    return () => clearTimeout(timer);
  }, [photo, usePhoto, loaded]);

  const onLoad = () => {
    setLoaded(source);
    if (usePhoto) hostAnswered();
  };
  return (
    <span class="poster">
      <img
        key={source}
        src={source}
        alt={silent ? "" : t.film.posterOf(film.title)}
        width={200}
        height={300}
        loading={eager ? "eager" : "lazy"}
        decoding="async"
        class={loaded === source ? "is-loaded" : ""}
        onLoad={onLoad}
        onError={onError}
      />
    </span>
  );
}
