// Stars: shown for a mean, given with native radio buttons so that arrow keys work.
import { useId } from "preact/hooks";
import { t } from "../lib/texts";
import type { RatingScale } from "../lib/types";
import { Icon } from "./icon";

function Strip({ share, count }: { share: number; count: number }) {
  return (
    <span class="strip" aria-hidden="true" style={{ "--count": count }}>
      <span class="strip-lit" style={{ "--share": share }} />
    </span>
  );
}

export function StarsShown({ value, max }: { value: number; max: number }) {
  return (
    <span class="stars-shown" role="img" aria-label={t.star(value)}>
      <Strip share={value / max} count={max} />
    </span>
  );
}

interface InputProps {
  title: string;
  value: number | null;
  scale: RatingScale;
  give(rating: number | null): void;
}

export function StarsInput({ title, value, scale, give }: InputProps) {
  const name = useId();
  const steps: number[] = [];
  for (let v = scale.min; v <= scale.max + 1e-9; v += scale.step) steps.push(Math.round(v * 100) / 100);
  return (
    <div class={value === null ? "stars-input" : "stars-input is-given"}>
      <fieldset>
        <legend class="unseen">{t.rate.stars(title)}</legend>
        <Strip share={(value ?? 0) / scale.max} count={scale.max} />
        {/* other steps are other things: none of them moves */}
        <span key={scale.step} class="stars-steps">
          {steps.map((step) => (
            <label key={step} style={{ "--share": step / scale.max, "--count": scale.max }}>
              <input type="radio" name={name} value={step} checked={value === step} onChange={() => give(step)} />
              <span class="unseen">{t.star(step)}</span>
            </label>
          ))}
        </span>
      </fieldset>
      {value !== null && (
        <button type="button" class="quiet stars-clear" aria-label={t.rate.clear(title)} onClick={() => give(null)}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
