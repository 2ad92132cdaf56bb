import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDryRun } from '../../src/client';
import type { DryRun } from '../../src/contract/dry-run';
import type { PlanInput } from '../../src/plan/schema';
import { differences, type Judge, type Look } from '../judge';
import type { Narrator } from './narrator';
import { duration } from './narrator';
import type { Stage } from './stage';

/** Files of a dry run and of the looks that it is compared with, in the folder of the demo. */
export const FORESEEN = {
  dryRun: 'dry-run.json',
  before: 'look-before.json',
  atSwitch: 'look-switch.json',
  atTeardown: 'look-teardown.json',
};

/**
 * Has the migration told beforehand, as `bigswitch plan` does, and looks whether that changed anything on any
 * host.
 * @throws Error when the dry run fails, or changed something
 */
export async function foresee(stage: Stage, plan: PlanInput, judge: Judge, narrator: Narrator): Promise<DryRun> {
  await judge.look('before-dry-run');
  const dryRun = await (await startDryRun(stage.temporal.client, plan)).result();
  writeFileSync(join(stage.out, FORESEEN.dryRun), `${JSON.stringify(dryRun, null, 2)}\n`);
  await judge.look('before');
  const hosts = (name: string) => (JSON.parse(readFileSync(join(stage.out, name), 'utf8')) as Look).hosts;
  const changed = differences(hosts('look-before-dry-run.json'), hosts(FORESEEN.before)).filter(
    ({ what }) => !COMES_AND_GOES.test(what),
  );
  const [first] = changed;
  if (first) {
    throw new Error(
      `the dry run changed ${changed.length} things; ${first.host}: ${first.what}: ${first.before ?? 'none'} → ${first.after ?? 'none'}`,
    );
  }
  const { steps, moves, risks, unknown, time } = dryRun;
  narrator.event(
    `${steps.length} steps, ${moves.length} moves of shards, ${risks.length} risks, ${unknown.length} things unknown; ` +
      `${duration(time.total.low * 1000)} to ${duration(time.total.high * 1000)} without waiting for people`,
  );
  return dryRun;
}

/** What is not the same in two looks at a host that nobody touches: what looks, and how it comes in. */
const COMES_AND_GOES =
  /^process |^unit (session-|user@|user-runtime-dir@|systemd-tmpfiles-clean|network-online)|^file \/run\/(user|sudo|utmp|screen)$|^file \/tmp\/hsperfdata_/;
