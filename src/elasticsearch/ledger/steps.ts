import type { Client } from '@elastic/elasticsearch';
import type { Phase } from '../../contract/phases';
import type { ClusterStep } from './step';
import {
  effective,
  levelOf,
  readIndices,
  readSettings,
  sameValue,
  uuidOf,
  writeIndexSettings,
  writeSettings,
} from '../settings/settings';
import { notKeptOut, quorumOf } from '../quorum';

/** What every step of the cluster has. */
export interface StepHead {
  id: string;
  phase: Phase;
  summary: string;
}

/** Sets cluster settings, each at the level at which it takes effect. */
export async function settingsStep(
  client: Client,
  head: StepHead,
  wanted: Record<string, string>,
): Promise<ClusterStep> {
  const before = await readSettings(client);
  const originals = Object.keys(wanted).map((key) => {
    const level = levelOf(before, key);
    return { level, key, value: before[level][key] ?? null };
  });
  return {
    ...head,
    undo: { kind: 'settings', originals },
    async check() {
      const now = await readSettings(client);
      return Object.entries(wanted).every(([key, value]) => sameValue(effective(now, key) ?? null, value));
    },
    async apply() {
      for (const level of ['persistent', 'transient'] as const) {
        const keys = originals.filter((one) => one.level === level).map((one) => [one.key, wanted[one.key] ?? null]);
        if (keys.length > 0)
          await writeSettings(client, { [level]: Object.fromEntries(keys) as Record<string, string> });
      }
    },
  };
}

/** Sets settings of indices; `planned` when the plan wants them to stay. */
export async function indexSettingsStep(
  client: Client,
  head: StepHead,
  wanted: Record<string, Record<string, string | null>>,
  planned: boolean,
): Promise<ClusterStep> {
  const before = await readIndices(client);
  const originals = Object.fromEntries(
    before.flatMap(({ name, settings: there }) => {
      const keys = Object.keys(wanted[name] ?? {});
      return keys.length > 0 ? [[name, Object.fromEntries(keys.map((key) => [key, there[key] ?? null]))]] : [];
    }),
  );
  const uuids = Object.fromEntries(
    before.flatMap((index) => (originals[index.name] && uuidOf(index) ? [[index.name, uuidOf(index) ?? '']] : [])),
  );
  const different = async () => {
    const now = await readIndices(client);
    return now.filter((index) =>
      Object.entries(wanted[index.name] ?? {}).some(([key, value]) => !sameValue(index.settings[key] ?? null, value)),
    );
  };
  return {
    ...head,
    undo: { kind: 'index-settings', originals, planned, ...(Object.keys(uuids).length > 0 && { uuids }) },
    check: async () => (await different()).length === 0,
    async apply() {
      const gone: string[] = [];
      for (const { name } of await different()) {
        // One that was made since has nothing recorded; the next try finds it.
        if (originals[name] === undefined) continue;
        if (!(await writeIndexSettings(client, name, wanted[name] ?? {}))) gone.push(name);
      }
      return { gone };
    },
  };
}

/**
 * Keeps `out` out of the voting configuration and lets `back` in again; exclusions that are neither stay. Nodes that can't vote need not be
 * kept from it.
 * The API clears all exclusions at once, so for a moment every node may vote; no node is stopped in that moment.
 */
export async function votingStep(client: Client, head: StepHead, out: string[], back: string[]): Promise<ClusterStep> {
  const quorum = await quorumOf(client);
  const there = await quorum.keptOut(client);
  const keep = there.filter((name) => !out.includes(name) && !back.includes(name));
  return {
    ...head,
    undo: { kind: 'voting', names: out.filter((name) => !there.includes(name)), keep },
    async check() {
      const now = await quorum.keptOut(client);
      return !back.some((name) => now.includes(name)) && (await notKeptOut(client, [...out, ...keep])).length === 0;
    },
    async apply() {
      const now = await quorum.keptOut(client);
      const cleared = back.some((name) => now.includes(name));
      if (cleared) await quorum.letAllIn(client);
      const left = cleared ? [] : now;
      await quorum.keepOut(
        client,
        [...keep, ...out].filter((name) => !left.includes(name)),
      );
    },
  };
}
