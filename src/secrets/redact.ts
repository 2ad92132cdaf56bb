import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import { CUT, everyText } from '../text/harmless';
import { certificatesIn } from '../text/pem';
import { cutParts } from './cut-parts';
import { formsOf, type Forms } from './forms';
import type { Secrets } from './secrets';

/** Shorter secrets can't be told from ordinary words, so nobody could take them out of a text: they are refused. */
const SHORTEST = 6;
/** Secrets that are remembered; of more, those that were not resolved for longest are forgotten. */
const MOST = 256;

/** What stands in the place of a secret. */
export const REDACTED = '[secret]';

/** Knows the secrets that were resolved on this worker, and takes them out of texts. */
export class Redactor {
  private readonly known = new Map<string, Forms[]>();
  /** One pattern of all forms, made when it is needed. */
  private compiled?: { forms: RegExp; base64: Set<string>; parts: (text: string) => [from: number, to: number][] };

  /**
   * The same secrets, but each value that is resolved is remembered here.
   * @throws ApplicationFailure SecretMissing (no retry) when one is too short to be taken out of texts
   */
  watching(secrets: Secrets): Secrets {
    return {
      resolve: async (ref) => {
        const value = await secrets.resolve(ref);
        if (value.length < SHORTEST) {
          const why = `has fewer than ${SHORTEST} characters, so it could not be kept out of logs; use a longer one`;
          throw ApplicationFailure.nonRetryable(`${ref} ${why}`, FAILURES.SECRET_MISSING);
        }
        this.remember(value);
        return value;
      },
    };
  }

  /** Remembers a secret in the forms in which it may turn up; of a key, each line as well. */
  remember(value: string): void {
    const known = this.known.get(value);
    // What was resolved last is forgotten last.
    this.known.delete(value);
    const forms = known ?? partsOf(value).map((part) => formsOf(part, SHORTEST));
    if (forms.length === 0) return;
    this.known.set(value, forms);
    if (known === undefined) this.compiled = undefined;
    const [oldest] = this.known.keys();
    if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
  }

  /** The text without any secret that is known, and without what is left of one where the text was cut. */
  clean(text: string): string {
    if (this.known.size === 0) return text;
    const { forms, base64, parts } = (this.compiled ??= this.compile());
    const found: [number, number][] = [];
    for (const match of text.matchAll(forms)) {
      const [from, to] = [match.index, match.index + match[0].length];
      found.push(base64.has(match[0]) ? wholeToken(text, from, to, found.at(-1)?.[1] ?? 0) : [from, to]);
    }
    const whole = without(text, found);
    return without(whole, parts(whole));
  }

  /** A value of any shape without any secret that is known: every text in it is cleaned, whatever field it stands in. */
  cleanAll<T>(value: T): T {
    return this.known.size === 0 ? value : everyText(value, (text) => this.clean(text));
  }

  private compile() {
    const all = [...this.known.values()].flat();
    const base64 = new Set(all.flatMap((forms) => forms.base64));
    const plain = all.flatMap((forms) => forms.plain);
    // Longest first: a form that is part of another would leave its rest behind.
    const longestFirst = [...new Set([...plain, ...base64])].sort((a, b) => b.length - a.length);
    return { forms: new RegExp(longestFirst.map(literal).join('|'), 'g'), base64, parts: cutParts(plain, CUT) };
  }
}

/**
 * The secret itself; of a key in PEM each line of its own, as tools print some of them. Certificates are public, and a file of
 * them is none.
 */
function partsOf(given: string): string[] {
  const value = certificatesIn(given).reduce((rest, one) => rest.replace(one, () => ''), given);
  const whole = value.trim().length < SHORTEST ? value : value.trim();
  const lines = value.includes('-----BEGIN ') ? value.split('\n').map((line) => line.trim()) : [];
  return [...new Set([value, whole, ...lines])].filter((part) => part.length >= SHORTEST && !part.startsWith('-----'));
}

/** All of the base64 that a secret stands in: the rest would tell the name beside it, and some bits of its ends. */
function wholeToken(text: string, from: number, to: number, least: number): [number, number] {
  const isPart = (at: number) => /[A-Za-z0-9+/_-]/.test(text.charAt(at));
  let [first, end] = [from, to];
  while (first > least && isPart(first - 1)) first -= 1;
  while (end < text.length && (isPart(end) || text.charAt(end) === '=')) end += 1;
  return [first, end];
}

function without(text: string, spans: [from: number, to: number][]): string {
  let [kept, at] = ['', 0];
  for (const [from, to] of spans) {
    if (to <= at) continue;
    // A span that begins within the one before has its mark already.
    kept += from < at ? '' : text.slice(at, from) + REDACTED;
    at = to;
  }
  return kept + text.slice(at);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
