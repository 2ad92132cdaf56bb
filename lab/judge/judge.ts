import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REGISTERS } from '../app/registers';
import { esRequest } from '../es';
import { hostsOf, oldDataNodes, urlOf } from '../layout';
import type { LabState } from '../types';
import { readHistory, readLedger, readRequests, readUpdates, requestsSince } from './app-files';
import type { Collected } from './collected';
import { finalCluster, finalEndpoint } from './final-cluster';
import { unitEvents } from './journals';
import { lookAtLab } from './look';
import { readFalls } from './masters-log';
import { appPlaces, countOldNodes } from './places';
import { labSecrets, secretsIn } from './secrets';
import { readSettings, type SettingsSeen } from './settings';
import { snapshotHosts, type Snapshot } from './snapshot';
import type { FinishOptions, Judge, JudgeEvidence, JudgeOptions } from './types';
import { startWatch, type Watch } from './watch';
import { weigh } from './weigh';
import { documentsOf, type Documents } from './writes';

const SETTLE_MS = 5_000;

/**
 * Begins to judge a run: looks at every host, then watches all the time. It knows the lab only, nothing of the product,
 * and changes nothing anywhere.
 * @throws Error when a host or the cluster can't be looked at
 */
export async function startJudge({ lab, outDir }: JudgeOptions): Promise<Judge> {
  mkdirSync(outDir, { recursive: true });
  const before = await snapshotHosts(lab);
  write(outDir, 'hosts-before.json', before);
  const endpoint = firstOld(lab);
  const settings = await readSettings(endpoint);
  write(outDir, 'settings-before.json', settings);
  const primaryBytes = await primaryStoreBytes(endpoint);
  return new LabJudge(lab, outDir, { hosts: before, settings, primaryBytes }, startWatch(lab, outDir));
}

class LabJudge implements Judge {
  private readonly watchedFrom = Date.now();
  private startMark: number | undefined;

  constructor(
    private readonly lab: LabState,
    private readonly outDir: string,
    private readonly start: { hosts: Snapshot; settings: SettingsSeen; primaryBytes: number },
    private readonly watch: Watch,
  ) {}

  readonly markStart = (): void => {
    this.startMark ??= Date.now();
  };

  readonly requestsSoFar = (): Promise<number> => requestsSince(this.lab, this.startMark ?? Date.now());

  readonly look = async (name: string): Promise<void> => {
    write(this.outDir, `look-${name}.json`, await lookAtLab(this.lab));
  };

  readonly stop = (): Promise<void> => this.watch.stop();

  readonly finish = async (options: FinishOptions = {}): Promise<JudgeEvidence> => {
    this.markStart();
    const to = Date.now();
    await sleep(options.settleMs ?? SETTLE_MS);
    await this.stop();
    const evidence = await weigh(await this.collect(options, this.startMark ?? to, to));
    write(this.outDir, 'evidence.json', evidence);
    return evidence;
  };

  private async collect(
    { mode = 'migrated', excuses = [], replicas = {}, words }: FinishOptions,
    from: number,
    to: number,
  ): Promise<Collected> {
    const { lab, start, watchedFrom, outDir } = this;
    const after = await snapshotHosts(lab);
    write(outDir, 'hosts-after.json', after);
    const places = await appPlaces(lab);
    const requests = await readRequests(lab, { from, to });
    const ledger = await readLedger(lab);
    const updates = await readUpdates(lab);
    const endpoint = await finalEndpoint(lab, mode);
    const registers = await readRegisters(documentsOf(endpoint));
    // The apps go on: what they had begun when the registers were read stands in their files only afterwards.
    const history = await readHistory(lab);
    const settings = await readSettings(endpoint);
    write(outDir, 'settings-after.json', settings);
    return {
      ...{ lab, mode, watchedFrom, from, to, excuses, requests, ledger, after, places },
      ...{ before: start.hosts, primaryBytes: start.primaryBytes },
      ...(words && { words }),
      falls: await readFalls(lab),
      ...{
        updates,
        history,
        registers,
        replicas,
        loaded: { oldNodes: oldDataNodes(lab.hosts).length, docs: lab.options.docs },
      },
      documents: documentsOf(endpoint),
      settings: { before: start.settings, after: settings },
      ...(await finalCluster(endpoint)),
      looks: this.watch.looks,
      units: {
        old: await unitEvents(lab, 'old', 'elasticsearch'),
        new: await unitEvents(lab, 'new', 'elasticsearch'),
        app: await unitEvents(lab, 'app', 'shop'),
      },
      oldNodesRunning: await countOldNodes(lab),
      secretsSeen: secretsIn(outDir, labSecrets(lab)),
    };
  }
}

/** The registers of the apps as the final cluster has them. */
async function readRegisters(documents: Documents): Promise<Collected['registers']> {
  const from = Date.now();
  const last = await documents.updated(REGISTERS.ids.map((id) => ({ index: REGISTERS.index, id })));
  return { last, from, to: Date.now() };
}

/** A node of the cluster before the start. */
function firstOld(lab: LabState): string {
  const [node] = hostsOf(lab.hosts, 'old');
  if (!node) throw new Error('the lab has no old host');
  return urlOf(node);
}

/** Bytes of all primaries, hidden indices too. @throws Error when a shard did not answer */
async function primaryStoreBytes(endpoint: string): Promise<number> {
  const stats = await esRequest<{
    _shards: { failed: number };
    _all: { primaries: { store?: { size_in_bytes?: number } } };
  }>(endpoint, 'GET', '/_all/_stats/store?expand_wildcards=all');
  const size = stats._all.primaries.store?.size_in_bytes;
  if (stats._shards.failed > 0 || !size) throw new Error('the cluster does not tell the size of its primaries');
  return size;
}

function write(folder: string, name: string, value: unknown): void {
  const path = join(folder, name);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}
