/** Longest nesting of JSON in JSON that is looked for: a body, in an error's message, in a line of a log. */
const DEEPEST_JSON = 3;

/** A secret in every form in which programs write it. */
export interface Forms {
  /** As it is, and escaped in the usual ways. */
  plain: string[];
  /** Within base64: what stands of it wherever it begins, such as after `user:` in a header of HTTP's Basic scheme. */
  base64: string[];
}

/** The forms of a secret; those that are shorter than `shortest` characters are left out. */
export function formsOf(secret: string, shortest: number): Forms {
  const once = [secret, ...encoded(secret), ...quoted(secret), ...inMarkup(secret)];
  const nested = once.flatMap(inJson);
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  return {
    plain: unique([...once, ...nested, hex, hex.toUpperCase()], shortest),
    base64: unique(
      [0, 1, 2].flatMap((lead) => aligned(bytes, lead)),
      shortest,
    ),
  };
}

function unique(forms: string[], shortest: number): string[] {
  return [...new Set(forms)].filter((form) => form.length >= shortest);
}

/** In addresses and in forms; hexadecimal digits may be small or large. */
function encoded(secret: string): string[] {
  const whole = Buffer.from(secret).toString();
  const strict = encodeURIComponent(whole).replace(/[!'()*~]/g, percent);
  const form = new URLSearchParams([['', whole]]).toString().slice(1);
  const all = [encodeURIComponent(whole), encodeURI(whole), strict, form, strict.replaceAll('%20', '+')];
  return all.flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** As shells, YAML and configuration files quote. */
function quoted(secret: string): string[] {
  return [
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", "\\'"),
    secret.replace(/[\\$`"]/g, '\\$&'),
    secret.replace(/[^A-Za-z0-9_./:@%+,=\-\u0080-\uffff]/g, '\\$&'),
  ];
}

/** As HTML and XML escape: each writer has its own mind about quotes. */
function inMarkup(secret: string): string[] {
  const base = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const doubles = ['"', '&quot;', '&#34;', '&#x22;'];
  const singles = ["'", '&#39;', '&#039;', '&#x27;', '&apos;'];
  return doubles.flatMap((double) => singles.map((single) => base.replaceAll('"', double).replaceAll("'", single)));
}

/** Within a text of JSON, and that within another. */
function inJson(form: string): string[] {
  const levels: string[] = [];
  for (let last = [form], depth = 0; depth < DEEPEST_JSON; depth++) {
    last = unique(
      last.flatMap((one) => {
        const text = JSON.stringify(one).slice(1, -1);
        return [text, text.replaceAll('/', '\\/'), ascii(text), ascii(text, /[<>&'\u0080-\uffff]/g)];
      }),
      0,
    );
    levels.push(...last);
  }
  return levels;
}

function ascii(text: string, which = /[\u0080-\uffff]/g): string {
  return text.replace(which, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The characters of base64 that are the secret's alone when so many bytes (modulo three) stand before it. */
function aligned(bytes: Buffer, lead: number): string[] {
  const text = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64');
  const own = text.slice(Math.ceil((lead * 8) / 6), Math.floor(((lead + bytes.length) * 8) / 6));
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}
