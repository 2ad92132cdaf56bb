import { execFileSync } from 'node:child_process';
import { hostRef } from '../../../src/plan/hosts';
import { parsePlan } from '../../../src/plan/parse';
import { SHOP } from '../../shop-plan';
import {
  haproxyVersionOn,
  haproxyVersionScript,
  haproxyWords,
  parseHaproxyVersion,
} from '../../../src/activities/front/version';

const host = hostRef(parsePlan(SHOP), 'new-1');

it.each([
  ['HA-Proxy version 2.2.9-2+deb11u6 2023/12/23 - https://haproxy.org/\nStatus: long-term', [2, 2, 9]],
  ['HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/', [2, 6, 12]],
  ['HAProxy version 3.0.11-1+deb13u4 2026/10/15', [3, 0, 11]],
  ['HAProxy version 3.5-dev5-50872d 2026/06/01', [3, 5, 0]],
  ['Reading package lists...\nInst haproxy (2.6.12-1+deb12u4 Debian-Security:12/stable [amd64])', [2, 6, 12]],
  ['Inst haproxy [2.4.14-1] (2.4.24-0ubuntu0.22.04.1 Ubuntu:22.04 [amd64])', [2, 4, 24]],
  ['Candidate: 1:2.8.5-1ubuntu3', [2, 8, 5]],
])('reads %j', (said, version) => expect(haproxyVersionOn(host, said)).toEqual(version));

it.each(['', 'Candidate: (none)', 'haproxy: command not found', 'Known bugs: http://x/bugs-2.6.12.html'])(
  'reads no version in %j',
  (said) => expect(haproxyVersionOn(host, said)).toBeUndefined(),
);

it('asks a real host', () => {
  const said = execFileSync('sh', { input: haproxyVersionScript(host), encoding: 'utf8' });
  expect(parseHaproxyVersion(said)).toEqual(parseHaproxyVersion(execFileSync('haproxy', ['-v'], { encoding: 'utf8' })));
});

it.each([
  [[2, 2, 9], false, false, 1],
  [[2, 4, 0], false, true, 1],
  [[2, 4, 14], true, true, 0],
  [[2, 5, 3], false, true, 1],
  [[2, 5, 4], true, true, 0],
  [[2, 6, 0], true, true, 0],
  [[2, 8, 5], true, true, 0],
  [[3, 0, 11], true, true, 0],
] as const)('knows what %j knows', (version, idle, times, lacks) => {
  const words = haproxyWords(version);
  expect([words.idleCloseOnResponse, words.keepaliveTimes, words.lacks.length]).toEqual([idle, times, lacks]);
});

it.each([[[1, 8, 27] as const], [[2, 0, 33] as const]])('makes no front of %j', (version) => {
  expect(() => haproxyWords(version)).toThrow(/can't be a front; 2\.2\.0 or later/);
});
