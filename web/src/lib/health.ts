// What the server has loaded, fetched once and known to every page.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Health, RatingScale } from "./types";

export const HealthContext = createContext<Health | undefined>(undefined);
export const useHealth = () => useContext(HealthContext);

const usual: RatingScale = { min: 1, max: 5, step: 1 };
export const useScale = () => useHealth()?.rating_scale ?? usual;
