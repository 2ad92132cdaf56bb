/** Fewer characters of a secret than this are not looked for where a text was cut. */
const SHORTEST_PART = 4;
/** Marks of cuts that are looked at in one text, from its beginning. */
const MOST_CUTS = 64;
/** Characters beside a cut that are looked at: a longer part of a secret is told by these too. */
const BESIDE = 512;

/**
 * Makes a function that finds what is left of a secret where a text was cut: its beginning before a mark or at the end,
 * its end after a mark. Each is one pass with one pattern.
 * @param forms forms of secrets
 * @param mark what stands where a text was cut
 */
export function cutParts(forms: string[], mark: string): (text: string) => [from: number, to: number][] {
  const heads = index(forms, (form) => form.slice(0, SHORTEST_PART));
  const tails = index(forms, (form) => form.slice(-SHORTEST_PART));
  return (text) => {
    const found: [number, number][] = [];
    for (const cut of cutsOf(text, mark)) {
      const from = Math.max(0, cut - BESIDE);
      const before = text.slice(from, cut);
      const begins = hits(before, heads, (at, form) => form.startsWith(before.slice(at)))[0];
      if (begins !== undefined) found.push([from + begins, cut]);
      if (cut === text.length) continue;
      const start = cut + mark.length;
      const after = text.slice(start, start + BESIDE);
      const ends = hits(after, tails, (at, form) => form.endsWith(after.slice(0, at + SHORTEST_PART))).at(-1);
      if (ends !== undefined) found.push([start, start + ends + SHORTEST_PART]);
    }
    return found;
  };
}

function cutsOf(text: string, mark: string): number[] {
  const cuts: number[] = [];
  for (let at = text.indexOf(mark); at >= 0 && cuts.length < MOST_CUTS; at = text.indexOf(mark, at + 1)) cuts.push(at);
  return cuts.at(-1) === text.length ? cuts : [...cuts, text.length];
}

function index(forms: string[], keyOf: (form: string) => string): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const form of forms) all.set(keyOf(form), [...(all.get(keyOf(form)) ?? []), form]);
  return all;
}

/** Places at which one of the keys stands and a form of it fits. */
function hits(text: string, keys: Map<string, string[]>, fits: (at: number, form: string) => boolean): number[] {
  const places: number[] = [];
  for (let at = 0; at + SHORTEST_PART <= text.length; at++) {
    const forms = keys.get(text.slice(at, at + SHORTEST_PART));
    if (forms?.some((form) => fits(at, form))) places.push(at);
  }
  return places;
}
