import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pMap from 'p-map';
import { bundle } from './bundle';
import { makeCa, makeFrontCertificate, makeNodeCertificates } from './ca';
import { composeFile } from './compose';
import { loadData } from './data/load';
import { compose, exec } from './docker';
import { clearLab, stopLab } from './down';
import { esRequest, waitForCluster } from './es';
import { addForwardRules } from './firewall';
import { healthy, waitForApps, waitForBoot } from './health';
import { checkIsolation } from './isolation';
import { makePasswords, makeSshKeys } from './keys';
import { checkOptions, CLUSTER_NAME, hostsOf, layoutHosts, oldDataNodes, urlsOf } from './layout';
import { raiseMapCount } from './machine';
import { FILES } from './paths';
import { phase, type Say } from './phases';
import { labPlan } from './plan';
import { provision, seedFiles } from './provision';
import { ensureLabTools } from './setup/tools';
import { isSecured, shapeOf } from './shapes';
import { readAnyLab, writeLab } from './state';
import { DEFAULT_OPTIONS, type LabOptions, type LabState } from './types';

/** Longest time in which the old cluster forms, ms: where all its nodes share two processors, each of them makes it longer. */
const FORM_MS = { all: 60_000, each: 30_000 };

/** How `labUp` behaves, apart from what the lab is. */
export interface UpControl {
  /** Make a new lab even when the one that is up has the same options and is well. */
  fresh?: boolean;
  /** Leave what there is when it fails or is interrupted, for a person to look at. */
  keep?: boolean;
  signal?: AbortSignal;
  /** Receives each line of progress; default: standard output. */
  say?: Say;
}

/**
 * Brings the lab up: hosts, old cluster with its data, and the apps at work on it. What an earlier run left is cleared
 * first; a lab with the same options that is well is kept.
 * @throws Error when any part does not come up; nothing is left then, unless `keep`
 */
export async function labUp(wanted: Partial<LabOptions> & UpControl = {}): Promise<LabState> {
  const { fresh = false, keep = false, signal, say = console.log, ...lab } = wanted;
  const options = fullOptions(lab);
  checkOptions(options);
  const existing = readAnyLab();
  if (!fresh && existing?.ready && sameOptions(existing.options, options) && (await healthy(existing))) {
    say('✔ the lab is up already');
    return existing;
  }
  try {
    return await bringUp(options, say, signal);
  } catch (error) {
    if (!keep) await stopLab(say);
    throw error;
  }
}

/** What was asked for, and for the rest what the shape or the defaults say. */
export function fullOptions(lab: Partial<LabOptions>): LabOptions {
  const said = Object.fromEntries(Object.entries(lab).filter(([, value]) => value !== undefined));
  const { nodes } = shapeOf(lab.shape ?? DEFAULT_OPTIONS.shape);
  return { ...DEFAULT_OPTIONS, ...nodes, ...said };
}

function sameOptions(a: LabOptions, b: LabOptions): boolean {
  return (Object.keys(b) as (keyof LabOptions)[]).every((key) => a[key] === b[key]);
}

async function bringUp(options: LabOptions, say: Say, signal?: AbortSignal): Promise<LabState> {
  const part = <T>(title: string, run: () => Promise<T>) => phase(say, title, run, signal);
  const tools = await part('tools and images', () => ensureLabTools({ es: options.es, quiet: true, signal }));
  const dockerHost = tools.docker.host;
  await part('clear what an earlier run left', () => clearLab(dockerHost));

  const hosts = layoutHosts(options);
  const state: LabState = {
    esVersion: options.es,
    clusterName: CLUSTER_NAME,
    hosts,
    ssh: { privateKey: FILES.privateKey, knownHosts: FILES.knownHosts },
    dockerHost,
    composeFile: FILES.compose,
    caFile: FILES.caCertificate,
    frontPasswordFile: FILES.frontPassword,
    operatorPasswordFile: FILES.operatorPassword,
    options,
    ready: false,
  };
  writeLab(state);
  await part('keys, CA and the app', async () => {
    makePasswords();
    writeFileSync(FILES.compose, `${JSON.stringify(composeFile({ hosts, images: tools.images, options }), null, 2)}\n`);
    state.previousMaxMapCount = await raiseMapCount();
    writeLab(state);
    const certificates = makeCa().then(() => makeNodeCertificates(hosts.filter(({ settings }) => isSecured(settings))));
    await Promise.all([makeSshKeys(hosts), certificates, bundle(join(__dirname, 'app', 'main.ts'), FILES.app)]);
  });
  await part(`${hosts.length} hosts created`, async () => {
    await compose(tools.docker.composeBin, ['up', '--no-start'], { dockerHost });
    mkdirSync(FILES.stage, { recursive: true });
    await pMap(hosts, (host) => provision(host, seedFiles(host, hosts, options), dockerHost), { concurrency: 4 });
    rmSync(FILES.stage, { recursive: true, force: true });
  });
  if (tools.docker.ownEngine) await part('networks kept apart', addForwardRules);
  await part('hosts started', () => compose(tools.docker.composeBin, ['start'], { dockerHost }));

  const old = hostsOf(hosts, 'old');
  const endpoints = urlsOf(old);
  await Promise.all([
    part('every host answers over SSH', () => waitForBoot(state, { timeoutMs: 60_000, signal })).then(async () => {
      await part('front certificates', () =>
        pMap(hostsOf(hosts, 'new'), (host) => makeFrontCertificate(host, dockerHost), { concurrency: 4 }),
      );
      await part('old and new networks do not see each other', () => checkIsolation(hosts, dockerHost));
    }),
    part(`old cluster of ${old.length} nodes formed`, () =>
      waitForCluster(endpoints, old.length, { timeoutMs: FORM_MS.all + FORM_MS.each * old.length, signal }),
    ).then(async () => {
      const { clusterSettings: persistent = {}, indexSettings } = shapeOf(options.shape);
      // Elasticsearch refuses a change of nothing.
      if (Object.keys(persistent).length > 0) {
        await esRequest(endpoints[0] ?? '', 'PUT', '/_cluster/settings', { body: { persistent }, signal });
      }
      await part(`${options.docs.toLocaleString('en')} documents loaded, green`, () =>
        loadData({ endpoints, oldNodes: oldDataNodes(hosts).length, docs: options.docs, indexSettings, signal }),
      );
    }),
  ]);
  await part('apps at work', async () => {
    await Promise.all([
      // A cluster that has formed must not keep the setting that forms one.
      ...old.map((host) => exec(host, forgetFirstStart, { dockerHost })),
      ...hostsOf(hosts, 'app').map((host) => exec(host, 'systemctl enable --now shop 2>&1', { dockerHost })),
    ]);
    await waitForApps(state, { timeoutMs: 30_000, signal });
  });
  writeFileSync(FILES.plan, labPlan(state));
  const ready = { ...state, ready: true };
  writeLab(ready);
  return ready;
}

const forgetFirstStart = "sed -i '/^cluster.initial_master_nodes:/d' /etc/elasticsearch/elasticsearch.yml";
