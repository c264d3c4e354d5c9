// The catalogue of the reader's language.
import { lang } from "../format";
import { en, type Texts } from "./en";
import { es } from "./es";

export const catalogues: Record<typeof lang, Texts> = { en, es };
export const t: Texts = catalogues[lang];
