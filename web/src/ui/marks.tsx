// Everybody's mark for a film on one line, so that agreement is seen; the same in words for who listens.
import { useRef } from "preact/hooks";
import { useWidth } from "../lib/hooks";
import { marksOf, type Line } from "../lib/night";
import { decimal } from "../lib/format";
import { t } from "../lib/texts";
import type { MemberItem } from "../lib/types";

export interface Face {
  name: string;
  initials: string;
  me: boolean;
}

// px, with a little air: a mark is a circle, or as wide as its number.
const markWidth = (faces: Face[]) => Math.max(30, 10 + 8 * Math.max(...faces.map((face) => face.initials.length)));

// A standing is in deviations from the mean of all films: 1.5 is the best fifteenth, 3 hardly any.
export const levelOf = (standing: number) => (standing < 0 ? 0 : standing < 1.5 ? 1 : standing < 3 ? 2 : 3);

export const saidOf = (name: string, member: MemberItem): string =>
  member.predicted_rating === null ? t.night.standing(name, levelOf(member.standing)) : t.night.stars(name, member.predicted_rating);

export function FaceMark({ face, large = false }: { face: Face; large?: boolean }) {
  return <span class={`face${large ? " is-large" : ""}${face.me ? " is-me" : ""}`} aria-hidden="true">{face.initials}</span>;
}

const stars = (line: Line) => Array.from({ length: Math.round(line.to - line.from) + 1 }, (_, i) => i / (line.to - line.from));

export function Marks({ faces, members, places, line }: { faces: Face[]; members: MemberItem[]; places: number[]; line: Line }) {
  const box = useRef<HTMLDivElement>(null);
  const marks = marksOf(places, markWidth(faces) / (useWidth(box) || 300));
  return (
    <div class="marks">
      <div class="marks-line" ref={box} aria-hidden="true" style={{ "--lanes": Math.max(...marks.map((mark) => mark.lane)) + 1 }}>
        {line.stars && stars(line).map((at) => <span key={at} class="marks-tick" style={{ "--at": at }} />)}
        {marks.map((mark, i) => <span key={i} class="stem" style={{ "--at": mark.at, "--lane": mark.lane }} />)}
        {marks.map((mark, i) => (
          <span key={i} class={faces[i]!.me ? "mark is-me" : "mark"} style={{ "--at": mark.at, "--lane": mark.lane }} title={saidOf(faces[i]!.name, members[i]!)}>
            {faces[i]!.initials}
          </span>
        ))}
      </div>
      <ul class="unseen">
        {members.map((member, i) => <li key={i}>{saidOf(faces[i]!.name, member)}</li>)}
      </ul>
    </div>
  );
}

// What the ends of the lines below mean.
export function MarksHead({ line }: { line: Line }) {
  return (
    <div class="marks-head" aria-hidden="true">
      <span>{line.stars ? decimal(line.from, 0) : t.night.least}</span>
      <span>{line.stars ? t.night.line : t.night.lineStanding}</span>
      <span>{line.stars ? <>{decimal(line.to, 0)}<span class="glyph-star" /></> : t.night.most}</span>
    </div>
  );
}
