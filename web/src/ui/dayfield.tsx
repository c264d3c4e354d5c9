// A field for a day. While a year is typed its first digits are years, too, of long before anything happened here.
import { firstDay } from "../lib/days";

interface Props {
  label: string;
  value: string; // as 2026-11-27; "" is none
  choose(day: string): void;
  required?: boolean; // none is no choice
}


export function DayField({ label, value, choose, required = false }: Props) {
  return (
    <label class="select">
      <span>{label}</span>
      <input class="field" type="date" min={firstDay} required={required} value={value}
        onInput={({ currentTarget: field }) => field.validity.valid && choose(field.value)} />
    </label>
  );
}
