import { createHash, createHmac } from 'node:crypto';
import { withoutEnd } from '../../text/format';

/** One usable line of a known_hosts file. */
interface KnownKey {
  revoked: boolean;
  hosts: string;
  type: string;
  key: string;
}

/** What a known_hosts file says about one host key. */
export type KeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

/** The keys that a known_hosts file pins for one host. */
export class PinnedKeys {
  private constructor(private readonly keys: KnownKey[]) {}

  /**
   * Reads plain, hashed, wildcard and `[host]:port` entries; `@cert-authority` lines are left out, because host
   * certificates are not used here.
   * @param text contents of the known_hosts file
   * @param address address or name that the worker connects to
   */
  static of(text: string, address: string, port: number): PinnedKeys {
    const name = port === 22 ? address : `[${address}]:${port}`;
    return new PinnedKeys(
      text
        .split('\n')
        .map(parseLine)
        .filter((line) => line !== undefined)
        .filter((line) => matches(line.hosts, name)),
    );
  }

  /** Judges the key that the host shows, in SSH wire format. */
  judge(key: Buffer): KeyVerdict {
    const shown = key.toString('base64');
    const same = this.keys.filter((known) => known.key === shown);
    if (same.some((known) => known.revoked)) return 'revoked';
    if (same.length > 0) return 'known';
    return this.keys.length > 0 ? 'changed' : 'unknown';
  }

  /** Key algorithms to ask the host for: only those that can be judged. */
  algorithms(): string[] {
    const types = new Set(this.keys.filter((known) => !known.revoked).map((known) => known.type));
    return [...types].flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]));
  }
}

/** The fingerprint of a key in SSH wire format, as `ssh-keygen -l` shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${withoutEnd(createHash('sha256').update(key).digest('base64'), '=')}`;
}

function parseLine(line: string): KnownKey | undefined {
  const fields = line.trim().split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [hosts, type, key] = fields;
  if (!hosts || !type || !key || hosts.startsWith('#') || marker === '@cert-authority') return undefined;
  return { revoked: marker === '@revoked', hosts, type, key };
}

function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) {
    const [, kind, salt, hash] = hosts.split('|');
    if (kind !== '1' || !salt || !hash) return false;
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
  }
  const patterns = hosts.split(',');
  const hit = (pattern: string) => wildcard(pattern).test(name);
  if (patterns.some((pattern) => pattern.startsWith('!') && hit(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && hit(pattern));
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}
