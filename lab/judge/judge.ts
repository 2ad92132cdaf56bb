import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerLine, RequestLine } from '../app/journal';
import { exec } from '../docker';
import { esRequest } from '../es';
import { addressOf, hostsOf } from '../layout';
import { HTTP_PORT } from '../provision';
import type { LabHost, LabState } from '../types';
import { countBridgeBytes } from './bridge-bytes';
import { countHealth } from './health';
import { leftovers, missing } from './leftovers';
import { lookAtLab } from './look';
import { appPlaces, countOldNodes, offFronts, unitStarts } from './places';
import { countRequests, isRequest, isWrite, parseLines, type HostRequests } from './requests';
import { snapshotHosts, type Snapshot } from './snapshot';
import type { FinishOptions, Judge, JudgeEvidence, JudgeOptions, Mode } from './types';
import { startWatch, type Watch } from './watch';
import { countWrites, documentsOf } from './writes';

const REQUESTS = '/var/log/shop/requests.ndjson';
const LEDGER = '/var/lib/shop/ledger.ndjson';
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
  const primaryBytes = await primaryStoreBytes(lab);
  return new LabJudge(lab, outDir, before, primaryBytes, startWatch(lab, outDir));
}

class LabJudge implements Judge {
  private readonly watchedFrom = Date.now();
  private startMark: number | undefined;

  constructor(
    private readonly lab: LabState,
    private readonly outDir: string,
    private readonly before: Snapshot,
    private readonly primaryBytes: number,
    private readonly watch: Watch,
  ) {}

  readonly markStart = (): void => {
    this.startMark ??= Date.now();
  };

  readonly requestsSoFar = async (): Promise<number> => {
    const from = this.startMark ?? Date.now();
    const counts = await Promise.all(
      this.apps().map(async (host) =>
        Number(
          await this.ask(host, `awk -F'[:,]' -v from=${from} '$2 >= from { n++ } END { print n + 0 }' ${REQUESTS}`),
        ),
      ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };

  readonly look = async (name: string): Promise<void> => {
    write(this.outDir, `look-${name}.json`, await lookAtLab(this.lab));
  };

  readonly stop = (): Promise<void> => this.watch.stop();

  readonly finish = async ({
    mode = 'migrated',
    settleMs = SETTLE_MS,
    excuses = [],
  }: FinishOptions = {}): Promise<JudgeEvidence> => {
    this.markStart();
    const from = this.startMark ?? Date.now();
    const to = Date.now();
    await sleep(settleMs);
    await this.stop();
    const after = await snapshotHosts(this.lab);
    write(this.outDir, 'hosts-after.json', after);
    const off = offFronts(await appPlaces(this.lab), this.lab);
    const requests = await this.requests();
    const baseline = countRequests(requests, this.watchedFrom, from);
    const { looks } = this.watch;
    const nodes = new Set(
      [...hostsOf(this.lab.hosts, 'old'), ...hostsOf(this.lab.hosts, 'new')].map(({ name }) => name),
    );
    const endpoint = await this.finalEndpoint(mode);
    const evidence: JudgeEvidence = {
      ...countRequests(requests, from, to, excuses),
      ...(await countWrites(await this.ledger(to), documentsOf(endpoint))),
      ...countHealth(looks, this.lab.clusterName, nodes, from, to, excuses),
      excuses,
      ...countBridgeBytes(looks, hostsOf(this.lab.hosts, 'hub')[0]?.name ?? ''),
      ...(await finalCluster(endpoint)),
      baselineP50Ms: baseline.p50Ms,
      baselineP99Ms: baseline.p99Ms,
      baselineRequests: baseline.requests,
      baselineFailedRequests: baseline.failedRequests,
      oldNodesRunning: await countOldNodes(this.lab),
      oldNodeStarts: await unitStarts(this.lab, 'old', 'elasticsearch', from),
      newNodeStarts: await unitStarts(this.lab, 'new', 'elasticsearch', from),
      appStarts: await unitStarts(this.lab, 'app', 'shop', from),
      leftovers: leftovers(this.before, after, this.lab.hosts, mode),
      missing: missing(after, this.lab.hosts, mode),
      primaryBytes: this.primaryBytes,
      seconds: (to - from) / 1000,
      outcome: mode,
      appsOnFronts: off.length === 0,
      appsOffFronts: off,
      startedAt: new Date(from).toISOString(),
      endedAt: new Date(to).toISOString(),
    };
    write(this.outDir, 'evidence.json', evidence);
    return evidence;
  };

  private apps(): LabHost[] {
    return hostsOf(this.lab.hosts, 'app');
  }

  private ask(host: LabHost, script: string): Promise<string> {
    return exec(host, script, { dockerHost: this.lab.dockerHost });
  }

  /** A file of JSON lines of an app host; `docker` cuts the last line end off, so one is put back where it was. */
  private async read<T>(host: LabHost, path: string, isLine: (value: T) => boolean): Promise<T[]> {
    const text = await this.ask(host, `cat ${path} && echo end-of-file`);
    const end = text.lastIndexOf('end-of-file');
    return parseLines(`${host.name}:${path}`, text.slice(0, end), isLine);
  }

  private requests(): Promise<HostRequests[]> {
    return Promise.all(
      this.apps().map(async (host) => ({
        host: host.name,
        lines: await this.read<RequestLine>(host, REQUESTS, isRequest),
      })),
    );
  }

  private async ledger(to: number): Promise<LedgerLine[]> {
    const lines = await Promise.all(this.apps().map((host) => this.read<LedgerLine>(host, LEDGER, isWrite)));
    return lines.flat().filter(({ t }) => t <= to);
  }

  /** A node of the side on which the cluster must be now. */
  private async finalEndpoint(mode: Mode): Promise<string> {
    const hosts = hostsOf(this.lab.hosts, mode === 'migrated' ? 'new' : 'old');
    const reasons: string[] = [];
    for (const host of hosts) {
      const endpoint = `http://${addressOf(host)}:${HTTP_PORT}`;
      try {
        const health = await esRequest<{ cluster_name: string }>(endpoint, 'GET', '/_cluster/health', {
          timeoutMs: 10_000,
        });
        if (health.cluster_name === this.lab.clusterName) return endpoint;
        reasons.push(`${host.name} is of cluster "${health.cluster_name}"`);
      } catch (error) {
        reasons.push(`${host.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    throw new Error(`no node of the final cluster answers, so nothing can be proven: ${reasons.join('; ')}`);
  }
}

async function finalCluster(endpoint: string): Promise<Pick<JudgeEvidence, 'finalHealth' | 'finalNodes'>> {
  const health = await esRequest<{ status: string }>(endpoint, 'GET', '/_cluster/health');
  const nodes = await esRequest<{ name: string }[]>(endpoint, 'GET', '/_cat/nodes?format=json&h=name');
  return { finalHealth: health.status, finalNodes: nodes.map(({ name }) => name).sort() };
}

/** Bytes of all primaries, hidden indices too. @throws Error when a shard did not answer */
async function primaryStoreBytes(lab: LabState): Promise<number> {
  const [node] = hostsOf(lab.hosts, 'old');
  if (!node) throw new Error('the lab has no old host');
  const stats = await esRequest<{
    _shards: { failed: number };
    _all: { primaries: { store?: { size_in_bytes?: number } } };
  }>(`http://${addressOf(node)}:${HTTP_PORT}`, 'GET', '/_all/_stats/store?expand_wildcards=all');
  const size = stats._all.primaries.store?.size_in_bytes;
  if (stats._shards.failed > 0 || !size) throw new Error('the cluster does not tell the size of its primaries');
  return size;
}

function write(folder: string, name: string, value: unknown): void {
  const path = join(folder, name);
  writeFileSync(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}
