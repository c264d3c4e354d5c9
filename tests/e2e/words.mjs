// Which words of a page are English and nothing else: those of the English catalogue that the Spanish one never uses,
// and genres as the data name them. What the data say (titles, names, overviews) may be in any language.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.REEL_E2E_TEXTS; // web/src/lib/texts

const tokens = (text) => text.toLowerCase().match(/[\p{L}'’]+/gu) ?? [];
// Words of the sentences in a catalogue's source: of its strings, without what stands in for numbers and names.
function wordsOf(source) {
  const literals = source.match(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? [];
  return new Set(literals.flatMap((one) => tokens(one.replace(/\$\{[^}]*\}/g, " "))));
}

function catalogues() {
  const halves = ["", ""]; // English, Spanish
  for (const name of readdirSync(folder)) {
    const source = readFileSync(join(folder, name), "utf8");
    if (name === "en.ts") halves[0] += source;
    else if (name === "es.ts") halves[1] += source;
    else for (const [i, half] of source.split(/^type Texts = /m).entries()) halves[i] += half;
  }
  return halves;
}

const [en, es] = catalogues();
export const genres = new Map([.../const genres[^=]*= \{([^;]*)\};/.exec(es)[1].matchAll(/(?:"([^"]+)"|([\w]+)): "([^"]+)"/g)].map(([, quoted, plain, spanish]) => [quoted ?? plain, spanish]));
const spanish = wordsOf(es.replace(/"[^"\n]+":/g, "")); // keys are no sentences
for (const word of ["kb", "mb", "gb", "tb", "ago"]) spanish.add(word); // units, and August
for (const name of genres.values()) for (const word of tokens(name)) spanish.add(word);
const english = new Set([...wordsOf(en), ...[...genres.keys()].flatMap(tokens)].filter((word) => word.length > 1 && !spanish.has(word)));

// As it is printed, whatever its dashes and blanks are.
const even = (text) => text.replace(/[\s\u00a0]+/g, " ").replace(/[–—-]/g, "-").trim();

// The English words of a text when what `data` say is taken out of it.
export function englishIn(text, data) {
  const found = (rest) => tokens(rest).filter((word) => english.has(word));
  let rest = even(text);
  if (found(rest).length === 0) return [];
  for (const one of data) if (rest.includes(one)) rest = rest.replaceAll(one, " ");
  return found(rest);
}

// ---- what the server says

// Words that pages go by, never shown as they are; what they stand for is the page's to say.
const codes = /^(id|kind|type|state|status|role|auth|how|field|basis|rule|verdict|cause|evidence|code|figure|unit|metric|genres?|language|method|models?|scenario|step|asked_by|of|by|winner|.*_id|.*_at|.*date|time|day|week|from|to|tag|sha256|data_hash|poster|generated_poster|backdrop|trailer|next|next_cursor|version|visitor|format|best|what|fold_in|candidate|incumbent|receipt|data_source|source)$/;
// What it gives of films and people.
const given = /^(titles?|name|names|arm|original_title|source_title|overview|tagline|keywords|cast|tags|directors|text|term|email|values|candidates|title)$/;
const sentence = "this is what the server says of it";

// The same answer with a sentence of ours in the place of each of the server's; what it gives as data goes into `data`.
export function marked(value, data, name = "", within = "") {
  if (typeof value === "string") {
    if (given.test(name) && !genres.has(value)) data.add(even(value));
    return codes.test(name) || given.test(name) || within === "parameters" || within === "params" ? value : sentence;
  }
  if (Array.isArray(value)) return value.map((one) => marked(one, data, name, within));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, marked(one, data, key, name)]));
}

// Every text that a reader or a screen reader finds on a page: not what is typed into a terminal, and no program's log.
export const textsOn = (page) => page.evaluate(() => {
  const left = "script, style, code, .command, .job-log[lang=en]";
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest(`${left}, noscript`)) texts.push(node.data);
  for (const name of ["aria-label", "aria-valuetext", "aria-description", "placeholder", "title", "alt"])
    for (const one of document.querySelectorAll(`[${name}]`)) if (!one.closest(left)) texts.push(one.getAttribute(name));
  return [...new Set(texts.map((text) => text.trim()).filter(Boolean))];
});
