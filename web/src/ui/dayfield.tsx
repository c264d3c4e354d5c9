// A field for a day. While a year is typed its first digits are years, too, of long before any film.
interface Props {
  label: string;
  value: string; // as 2026-11-27; "" is none
  choose(day: string): void;
  required?: boolean; // none is no choice
}

const earliest = "1900-01-01";

export function DayField({ label, value, choose, required = false }: Props) {
  return (
    <label class="select">
      <span>{label}</span>
      <input class="field" type="date" min={earliest} required={required} value={value}
        onInput={({ currentTarget: field }) => field.validity.valid && choose(field.value)} />
    </label>
  );
}
