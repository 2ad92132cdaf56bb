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
/** Such a word in a text, with its value if it has one: `-Des.nodes.wan.only=true`, `sniffing => true`, `new Sniffer(x)`. */
const MENTION = new RegExp(
  `([\\w.]*(?:${ASKS.source}|es[._]nodes)[\\w.]*)(?:["']?\\s*(?:=>|[:=]|\\s)\\s*["']?([\\w.-]*))?`,
  'gi',
);
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
      ...[...value.matchAll(MENTION)].map(([, word = '', said = 'on']) => ({ key, word, value: said })),
    ]);
  const told = pairs.some(({ word, value }) => STAYS.test(word) && ON.test(value));
  const asking = pairs.filter(
    ({ word, value }) => (ASKS.test(word) && !OFF.test(value)) || (!told && (STAYS.test(word) || HADOOP.test(word))),
  );
  return [...new Set(asking.map(({ key }) => key))];
}

function bare(value: string): string {
  return value.trim().replace(/^["'](.*)["']$/, '$1');
}
