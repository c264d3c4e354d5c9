// What each analysis of the data shows, and how.
import type { ComponentChild, ComponentChildren } from "preact";
import { column, csvOfFigure, fileOf, greatest, least, middleBin, nearest, numbers, pairsOf, periodOf, texts, type DataAnswer, type Figure, type Part } from "../lib/data";
import { number, printed } from "../lib/format";
import { setQuery } from "../lib/router";
import { t } from "../lib/texts";
import { brief, cell, real, rough, share, td, word } from "../lib/texts/data";
import { save } from "./chart";
import { Columns, Grid, Lines, Triangle } from "./plots";
import { Frame, Lying, Marks, Switch, Table } from "./tables";

export interface ChartProps {
  figure: Figure;
  data: DataAnswer;
  part: Part;
  search: URLSearchParams; // how it is drawn, where that is not as usual
}

interface FigureProps {
  figure: Figure;
  finding: string;
  part: Part;
  note?: string;
  controls?: ComponentChildren;
  children: ComponentChildren;
}

function Analysis({ figure, finding, part, ...rest }: FigureProps) {
  const file = <button type="button" class="quiet" aria-label={t.taste.saveLabel(finding)} onClick={() => save(fileOf(figure.figure, part), csvOfFigure(figure))}>{t.taste.save}</button>;
  return <Frame {...rest} id={figure.figure} finding={finding} files={file} table={() => <Table figure={figure} name={finding} />} />;
}

const few = 12;
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function Values({ figure, part }: ChartProps) {
  const [stars, ratings, shares] = [numbers(figure, "rating"), numbers(figure, "ratings"), numbers(figure, "share")];
  const best = greatest(ratings);
  const finding = td.starsFinding(stars[best]!, shares[best]!);
  return (
    <Analysis figure={figure} finding={finding} part={part}>
      <Columns name={finding} measure={upper(td.name[figure.figure]!)} names={stars.map((value) => cell("stars", value))} values={ratings} best={best}
        say={(at) => td.starsSay(stars[at]!, ratings[at]!, shares[at]!)} />
    </Analysis>
  );
}

// Below the bars, years where there are many periods.
function periodNames(periods: string[]): string[] {
  const parsed = periods.map(periodOf);
  const days = parsed[0]?.day !== undefined;
  const years = new Set(parsed.map((one) => one.year)).size;
  return parsed.map((one, i) => {
    if (days) return `${one.day}.${one.month}.`;
    if (years === parsed.length || parsed[i - 1]?.year !== one.year) return String(one.year);
    return "";
  });
}

function OverTime({ figure, part }: ChartProps) {
  const [periods, ratings, means] = [texts(figure, "period"), numbers(figure, "ratings"), numbers(figure, "shown_mean")];
  const best = greatest(ratings);
  const finding = td.timeFinding(td.period(periods[best]!), ratings[best]!);
  return (
    <Analysis figure={figure} finding={finding} part={part}>
      <Columns name={finding} measure={td.timeMeasure} names={periodNames(periods)} values={ratings} means={means} best={best}
        say={(at) => td.timeSay(upper(td.period(periods[at]!)), ratings[at]!, numbers(figure, "mean_rating")[at]!)} />
    </Analysis>
  );
}

// Films by a mean that was damped, with the plain one beside it.
function Best({ figure, part }: ChartProps) {
  const votes = figure.figure === "top-by-vote";
  const films = texts(figure, "film");
  const [damped, plain, counts] = [numbers(figure, votes ? "damped_average" : "damped_mean"), numbers(figure, votes ? "vote_average" : "mean"), numbers(figure, votes ? "votes" : "ratings")];
  const finding = (votes ? td.votesFinding : td.bestFinding)(printed(films[0]!), damped[0]!);
  return (
    <Analysis figure={figure} finding={finding} part={part} note={votes ? td.votesNote : td.bestNote}>
      <Marks long few={few} heads={[td.column.film!, td.column.damped_mean!, td.column[votes ? "votes" : "ratings"]!]}
        rows={films.map((film, i) => ({ key: String(i), name: printed(film), value: damped[i]!, before: plain[i]!, note: number(counts[i]!) }))} />
    </Analysis>
  );
}

function MostRated({ figure, part }: ChartProps) {
  const [films, ratings, means] = [texts(figure, "film"), numbers(figure, "ratings"), numbers(figure, "mean_rating")];
  return (
    <Analysis figure={figure} finding={td.mostFinding(printed(films[0]!), ratings[0]!)} part={part} note={td.meanNote}>
      <Lying long few={few} heads={[td.column.film!, td.column.ratings!, td.column.mean!]}
        rows={films.map((film, i) => ({ key: String(i), name: printed(film), value: ratings[i]!, said: number(ratings[i]!), note: real(means[i]!) }))} />
    </Analysis>
  );
}

function Active({ figure, part }: ChartProps) {
  const [people, ratings, means] = [numbers(figure, "person"), numbers(figure, "ratings"), numbers(figure, "mean_rating")];
  return (
    <Analysis figure={figure} finding={td.activeFinding(people[0]!, ratings[0]!)} part={part} note={td.meanNote}>
      <Lying few={few} heads={[td.column.person!, td.column.ratings!, td.column.mean!]}
        rows={people.map((person, i) => ({ key: String(person), name: <a href={`/people/${person}`}>{td.person(person)}</a>, value: ratings[i]!, said: number(ratings[i]!), note: real(means[i]!) }))} />
    </Analysis>
  );
}

// The rows of one of the two lines.
function lineOf(figure: Figure, of: string, name: string, x: string, y: string) {
  const names = texts(figure, "of"), [xs, ys] = [numbers(figure, x), numbers(figure, y)];
  const rows = names.flatMap((one, i) => (one === of ? [i] : []));
  return { name, xs: rows.map((i) => xs[i]!), ys: rows.map((i) => ys[i]!) };
}

function Tail({ figure, part, search }: ChartProps) {
  const log = search.get("tail") !== "linear";
  const people = lineOf(figure, "people", td.peopleLine, "rank", "ratings"), films = lineOf(figure, "films", td.filmsLine, "rank", "ratings");
  const finding = td.tailFinding(people.ys[0]!, films.ys[0]!);
  const say = (rank: number) => td.tailSay(rank, [people, films].flatMap(({ name, xs, ys }) => {
    const at = xs.indexOf(rank);
    return at < 0 ? [] : [td.tailPart(name, ys[at]!)];
  }).join(", "));
  return (
    <Analysis figure={figure} finding={finding} part={part}
      controls={<Switch name={td.scale} value={log ? "log" : "linear"} options={td.scales} choose={(scale) => setQuery({ tail: scale === "linear" ? scale : null })} />}>
      <Lines name={finding} measure={td.tailMeasure} lines={[people, films]} log={log} write={brief} xName={`${td.rank}, ${td.scales[log ? "log" : "linear"]}`} say={say} />
    </Analysis>
  );
}

function Concentration({ figure, part }: ChartProps) {
  const people = lineOf(figure, "people", td.peopleLine, "share_of_them", "share_of_ratings"), films = lineOf(figure, "films", td.filmsLine, "share_of_them", "share_of_ratings");
  const at = (line: typeof people, x: number) => line.ys[nearest(line.xs, x)]!;
  const finding = td.shareFinding(at(people, 0.1), at(films, 0.1));
  return (
    <Analysis figure={figure} finding={finding} part={part}>
      <Lines name={finding} measure={td.shareMeasure} lines={[people, films]} log={false} even={td.even} write={share} xName={td.shareAxis}
        say={(x) => td.shareSay(x, at(people, x), at(films, x))} />
    </Analysis>
  );
}

function Sparse({ figure, data, part }: ChartProps) {
  const shares = numbers(figure, "share_rated");
  const [from, to, left, right] = ["people_from", "people_to", "films_from", "films_to"].map((name) => numbers(figure, name)) as [number[], number[], number[], number[]];
  const columns = from.filter((first) => first === from[0]).length;
  const finding = td.sparseFinding(1 - data.ratings / (data.people * data.movies));
  return (
    <Analysis figure={figure} finding={finding} part={part}>
      <Grid name={finding} measure={td.sparseMeasure} shares={shares} columns={columns} xName={td.sparseFilms} yName={td.sparsePeople}
        say={(i) => td.sparseSay(`${number(from[i]!)}–${number(to[i]!)}`, `${number(left[i]!)}–${number(right[i]!)}`, shares[i]!)} />
    </Analysis>
  );
}

function Groups({ figure, data, part }: ChartProps) {
  const groups = texts(figure, "group");
  const [people, means, low, high] = [numbers(figure, "people"), numbers(figure, "mean_rating"), numbers(figure, "low"), numbers(figure, "high")];
  const who = (at: number, age = td.age) => {
    const group = word(groups[at]!);
    return figure.figure === "ratings-by-age" ? age(group) : figure.figure === "ratings-by-occupation" ? td.listed(group) : group;
  };
  const [best, worst] = [greatest(means), least(means)];
  const finding = groups.length === 1 ? td.onlyGroup(upper(who(0)), means[0]!) : td.highest(upper(who(best)), means[best]!, who(worst, td.otherAge), means[worst]!);
  return (
    <Analysis figure={figure} finding={finding} part={part} note={td.groupNote}>
      <Marks few={groups.length} line={data.mean} heads={[td.column.group!, td.column.mean!, td.column.people!]}
        rows={groups.map((group, i) => ({ key: group, name: word(group), value: means[i]!, low: low[i]!, high: high[i]!, note: number(people[i]!) }))} />
    </Analysis>
  );
}

function Years({ figure, data, part, search }: ChartProps) {
  const decades = search.get("films") === "decade";
  const shown = decades ? (data.figures.find((one) => one.figure === "films-per-decade") ?? figure) : figure;
  const [starts, films] = [numbers(shown, decades ? "decade" : "year"), numbers(shown, "films")];
  const best = greatest(films);
  const finding = decades ? td.decadeFinding(starts[best]!, numbers(shown, "share")[best]!) : td.yearFinding(starts[best]!, films[best]!);
  const named = (year: number) => (decades ? td.decadeName(year) : String(year));
  return (
    <Analysis figure={shown} finding={finding} part={part}
      controls={<Switch name={td.by} value={decades ? "decade" : "year"} options={td.bys} choose={(by) => setQuery({ films: by === "decade" ? by : null })} />}>
      <Columns name={finding} measure={td.filmsMeasure} values={films} best={best} say={(at) => td.yearSay(named(starts[at]!), films[at]!)}
        names={starts.map((year) => (decades || starts.length < 12 || year % 10 === 0 ? named(year) : ""))} />
    </Analysis>
  );
}

function Genres({ figure, part, search }: ChartProps) {
  const genres = texts(figure, "genre");
  const [films, shares, means] = [numbers(figure, "films"), numbers(figure, "share_of_films"), numbers(figure, "mean_rating")];
  // In a genre all films have it: what goes with it is what there is to see.
  const first = genres.findIndex((genre) => genre !== part.genre);
  const top = first < 0 ? 0 : first;
  const most = t.genre(genres[top]!);
  const finding = top === 0 ? td.genreFinding(most, shares[top]!) : td.genreBeside(t.genre(genres[0]!), most, shares[top]!);
  const to = (genre: string) => {
    const query = new URLSearchParams(search);
    query.set("genre", genre);
    return `/analytics/data?${query.toString()}`;
  };
  return (
    <Analysis figure={figure} finding={finding} part={part} note={td.genreNote}>
      <Lying few={20} best={top === 0} heads={[td.column.genre!, td.column.films!, td.column.mean!]}
        rows={genres.map((genre, i) => ({ key: genre, value: films[i]!, said: number(films[i]!), note: Number.isNaN(means[i]!) ? "" : real(means[i]!),
          name: genre === part.genre ? t.genre(genre) : <a href={to(genre)} aria-label={td.onlyThese(t.genre(genre))}>{t.genre(genre)}</a> }))} />
    </Analysis>
  );
}

const pairsMost = 20;

function PairsChart({ figure, part }: ChartProps) {
  const pairs = pairsOf(figure, pairsMost);
  const names = pairs.names.map((name) => t.genre(name));
  const at = greatest(numbers(figure, "overlap"));
  const best: [number, number] = [pairs.names.indexOf(String(column(figure, "genre")[at])), pairs.names.indexOf(String(column(figure, "with")[at]))];
  const say = (row: number, other: number) => {
    const both = pairs.at(row, other);
    return td.pairSay(names[row]!, names[other]!, both?.films ?? 0, both?.overlap ?? 0);
  };
  const most = pairs.at(...best);
  const finding = td.pairFinding(names[best[0]]!, names[best[1]]!, most?.films ?? 0, most?.overlap ?? 0);
  return (
    <Analysis figure={figure} finding={finding} part={part}>
      <Triangle name={finding} measure={td.pairMeasure} pairs={pairs} names={names} best={best} say={say} />
    </Analysis>
  );
}

interface BinsProps extends ChartProps {
  finding(from: number, to: number): string;
  measure: string;
  write(value: number): string;
  powers?: boolean; // edges are parts of powers of ten, of which the whole ones are named
  controls?: ComponentChildren;
}

const isPower = (value: number) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-3;

function Bins({ figure, part, finding, measure, write, powers = false, controls }: BinsProps) {
  const [from, to, films] = [numbers(figure, "from"), numbers(figure, "to"), numbers(figure, "films")];
  const middle = middleBin(films);
  const title = finding(from[middle]!, to[middle]!);
  return (
    <Analysis figure={figure} finding={title} part={part} controls={controls}>
      <Columns name={title} measure={measure} names={from.map((edge) => (powers && !isPower(edge) ? "" : write(edge)))} edges values={films} best={middle} say={(at) => td.binSay(write(from[at]!), write(to[at]!), films[at]!)} />
    </Analysis>
  );
}

function Popularity(props: ChartProps) {
  const linear = props.search.get("popularity") === "linear";
  const other = props.data.figures.find((one) => one.figure === (linear ? "popularity" : "popularity-log"));
  const shown = other && other.absent === null ? other : props.figure;
  return (
    <Bins {...props} figure={shown} finding={td.popularFinding} measure={td.popularMeasure} write={rough} powers={shown.figure === "popularity-log"}
      controls={<Switch name={td.scale} value={linear ? "linear" : "log"} options={td.scales} choose={(scale) => setQuery({ popularity: scale === "linear" ? scale : null })} />} />
  );
}

function TopPopular({ figure, part }: ChartProps) {
  const [films, popularity, ratings] = [texts(figure, "film"), numbers(figure, "popularity"), numbers(figure, "ratings")];
  return (
    <Analysis figure={figure} finding={td.topPopularFinding(printed(films[0]!), popularity[0]!)} part={part} note={td.ratingsNote}>
      <Lying long few={few} heads={[td.column.film!, td.column.popularity!, td.column.ratings!]}
        rows={films.map((film, i) => ({ key: String(i), name: printed(film), value: popularity[i]!, said: real(popularity[i]!), note: number(ratings[i]!) }))} />
    </Analysis>
  );
}

function Missing({ figure, part }: ChartProps) {
  const [of, what] = [texts(figure, "of"), texts(figure, "property")];
  const [missing, known] = [numbers(figure, "missing"), numbers(figure, "share_known")];
  const all = known.filter((one) => one === 1).length, none = known.filter((one) => one === 0).length;
  return (
    <Analysis figure={figure} finding={td.missingFinding(all, what.length, none)} part={part}>
      <Lying few={what.length} best={false} whole long heads={[td.column.property!, td.column.share_known!, td.column.missing!]}
        rows={what.map((one, i) => ({ key: `${of[i]} ${one}`, name: <>{upper(word(one))} <span class="lying-of">{td.ofWhat[of[i]!]}</span></>, value: known[i]!, said: share(known[i]!), note: td.missingSay(missing[i]!) }))} />
    </Analysis>
  );
}

type Drawn = (props: ChartProps) => ComponentChild;
type Named = [string, Drawn];

// What stands in two columns, about as long as each other, below what needs both. What has two ways to be
// drawn stands under its first one.
export const sections: { section: keyof typeof td.section; wide?: Named[]; columns?: [Named[], Named[]] }[] = [
  { section: "ratings", columns: [[["ratings-distribution", Values], ["top-by-rating", Best]], [["ratings-over-time", OverTime], ["most-rated-films", MostRated]]] },
  { section: "people", columns: [[["activity-long-tail", Tail], ["most-active-people", Active], ["ratings-by-age", Groups], ["ratings-by-gender", Groups]],
    [["activity-concentration", Concentration], ["sparsity", Sparse], ["ratings-by-occupation", Groups]]] },
  { section: "films", wide: [["films-per-year", Years]], columns: [[["genre-frequency", Genres]], [["genre-cooccurrence", PairsChart]]] },
  { section: "metadata", columns: [[
    ["vote-average", (props) => <Bins {...props} finding={td.voteFinding} measure={td.voteMeasure} write={(value) => cell("stars", value)} />], ["top-by-vote", Best],
    ["overview-length", (props) => <Bins {...props} finding={td.lengthFinding} measure={td.lengthMeasure} write={number} />]],
    [["popularity", Popularity], ["top-by-popularity", TopPopular]]] },
  { section: "gaps", wide: [["missing-data", Missing]] },
];
