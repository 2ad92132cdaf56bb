import type { Secrets } from './secrets';

/** Shorter parts than this are not looked for: they would black out ordinary words. */
const SHORTEST = 6;

/** Knows the secrets that were resolved on this worker, and takes them out of texts. */
export class Redactor {
  private readonly forms = new Set<string>();

  /** The same secrets, but each value that is resolved is remembered here. */
  watching(secrets: Secrets): Secrets {
    return {
      resolve: async (ref) => {
        const value = await secrets.resolve(ref);
        this.remember(value);
        return value;
      },
    };
  }

  /** Remembers a secret in the forms in which it may turn up: as it is, escaped, in base64, and each line of a key. */
  remember(value: string): void {
    const lines = value.split('\n').map((line) => line.trim());
    for (const part of new Set([value, ...lines])) {
      if (part.length < SHORTEST || part.startsWith('-----')) continue;
      this.forms.add(part);
      this.forms.add(JSON.stringify(part).slice(1, -1));
      this.forms.add(encodeURIComponent(part));
      this.forms.add(Buffer.from(part).toString('base64'));
    }
  }

  /** The text without any secret that is known. */
  clean(text: string): string {
    let cleaned = text;
    // Longest first: a form that is part of another would leave its rest behind.
    for (const form of [...this.forms].sort((a, b) => b.length - a.length)) {
      cleaned = cleaned.replaceAll(form, '[secret]');
    }
    return cleaned;
  }
}
