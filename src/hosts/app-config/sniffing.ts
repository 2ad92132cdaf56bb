import type { AppHost } from '../../plan/schema';
import { leavesOf } from './leaves';

/** Settings by which a client asks the cluster for its nodes, as the clients spell them. */
const ASKS =
  /sniff|reload[_.-]?connections|reload[_.-]?on[_.-]?failure|discover[_.-]?nodes|elasticsearch[_.-]?discovery[_.-]?enabled|es[._]nodes[._]discovery/i;
/** Of elasticsearch-hadoop, which asks unless it is told that the nodes are behind something else. */
const STAYS = /\bD?es[._]nodes[._]wan[._]only/i;
const HADOOP = /\bD?es[._]nodes$/i;
const OFF = /^(false|0|no|off|none|never|null|nil|disabled|-1|)$/i;
const ON = /^(true|1|yes|on)$/i;
/** A word, and what may be said of it right after: `-Des.nodes.wan.only=true`, `sniffing => true`, `new Sniffer(x)`. */
const WORD = /[\w.-]+/g;
const SAID = /["']?(?:\s*(?:=>|[:=])\s*|\s+)["']?([\w.-]*)/y;
const COMMENT = /^\s*(#|;|\/\/|--)/;

/**
 * Keys, variables or lines by which an app's client asks the cluster for its nodes, to talk to them instead of the
 * endpoints that it was given.
 * @returns keys, never values
 * @throws ConfigEditError when the text is not in its format
 */
export function sniffingIn(format: AppHost['config']['format'], text: string): string[] {
  const pairs = leavesOf(format, text)
    .filter(([, value]) => format !== 'text' || !COMMENT.test(value))
    .flatMap(([key, value]) => [
      { key, word: key, value: bare(value) },
      ...mentionsIn(value).map(({ word, said }) => ({ key, word, value: said })),
    ]);
  const told = pairs.some(({ word, value }) => STAYS.test(word) && ON.test(value));
  const asking = pairs.filter(
    ({ word, value }) => (ASKS.test(word) && !OFF.test(value)) || (!told && (STAYS.test(word) || HADOOP.test(word))),
  );
  return [...new Set(asking.map(({ key }) => key))];
}

/** Words of a text that may be about this, each with what is said of it; without that, it is on. */
function mentionsIn(text: string): { word: string; said: string }[] {
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    if (!ASKS.test(word) && !/es[._]nodes/i.test(word)) return [];
    SAID.lastIndex = index + word.length;
    return [{ word, said: SAID.exec(text)?.[1] ?? 'on' }];
  });
}

function bare(value: string): string {
  return value.trim().replace(/^["'](.*)["']$/, '$1');
}
