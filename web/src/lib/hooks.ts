// Small hooks that several pages share.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { reportImpression } from "./feedback";
import { t } from "./texts";
import type { FilmList } from "./types";

export function useTitle(page: string | null): void {
  useEffect(() => {
    document.title = t.title(page);
  }, [page]);
}

// The value as it was `ms` ago: waits until typing or sliding pauses.
export function useSettled<T>(value: T, ms: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

// Reports `list` once its element has stood on screen for a moment.
export function useImpression(element: RefObject<Element | null>, list: FilmList | undefined): void {
  useEffect(() => {
    const target = element.current;
    if (!target || !list) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        clearTimeout(timer);
        if (entry?.isIntersecting) timer = setTimeout(() => reportImpression(list), 250);
      },
      { rootMargin: "0px 0px -48px 0px" },
    );
    observer.observe(target);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [list?.id]);
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Children that carry data-key glide from where they were to where they are now.
export function useGlide(box: RefObject<HTMLElement | null>, order: string): void {
  const last = useRef(new Map<string, DOMRect>());
  useLayoutEffect(() => {
    const now = new Map<string, DOMRect>();
    const origin = box.current?.getBoundingClientRect();
    const shift = { x: (box.current?.scrollLeft ?? 0) - (origin?.x ?? 0), y: -(origin?.y ?? 0) };
    const still = calm();
    for (const child of box.current?.querySelectorAll<HTMLElement>("[data-key]") ?? []) {
      const key = child.dataset.key!;
      const rect = child.getBoundingClientRect();
      const place = new DOMRect(rect.x + shift.x, rect.y + shift.y, rect.width, rect.height);
      const before = last.current.get(key);
      now.set(key, place);
      if (still || last.current.size === 0) continue;
      const frames = before
        ? [{ transform: `translate(${before.x - place.x}px, ${before.y - place.y}px)` }, { transform: "none" }]
        : [{ opacity: 0 }, { opacity: 1 }];
      if (!before || before.x !== place.x || before.y !== place.y)
        child.animate(frames, { duration: 180, easing: "cubic-bezier(0.2, 0, 0, 1)" });
    }
    last.current = now;
  }, [order]);
}

// True once the element has come near the screen, or from the beginning.
export function useNear(element: RefObject<Element | null>, now: boolean): boolean {
  const [near, setNear] = useState(now);
  useEffect(() => {
    const target = element.current;
    if (near || !target) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: "600px 0px" },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [near]);
  return near;
}

// How wide the element is, and 0 before it was measured.
export function useWidth(element: RefObject<Element | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => setWidth(target.clientWidth);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(target);
    return () => sizes.disconnect();
  }, []);
  return width;
}

// Where a line of links or chips is wider than the screen it scrolls; the one that is meant begins in sight.
export function useInSight(line: RefObject<HTMLElement | null>, meant: string, when: string): void {
  useEffect(() => {
    const box = line.current;
    const one = box?.querySelector<HTMLElement>(meant);
    if (box && one) box.scrollLeft += one.getBoundingClientRect().left - box.getBoundingClientRect().left - (box.clientWidth - one.offsetWidth) / 2;
  }, [when]);
}

export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    addEventListener("online", update);
    addEventListener("offline", update);
    return () => {
      removeEventListener("online", update);
      removeEventListener("offline", update);
    };
  }, []);
  return online;
}
