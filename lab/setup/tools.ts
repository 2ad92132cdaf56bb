import { existsSync } from 'node:fs';
import type { LabImages } from '../compose';
import { DEFAULT_OPTIONS } from '../types';
import { ensurePackages } from './apt';
import { inCache } from './cache';
import { which } from './command';
import { ensureEngine, findEngine, type Engine } from './engine';
import { ensureCompose, ensureTemporal } from './go';
import { ensureBaseImage, ensureHostImages, imageNames } from './image';
import { ensureComposeImages } from './stand-ins';
import { elasticsearchZip, ensureElasticsearch, ensureTestServer, testServerShim } from './maven';
import { Tasks } from './tasks';

/** What the lab itself calls. */
export interface LabTools {
  /** The engine's address unless the docker CLI finds it by itself, whether set-up started it, and Compose v2. */
  docker: { host?: string; ownEngine: boolean; composeBin: string };
  /** Zip of the Elasticsearch version. */
  esZip: string;
  /** The hosts' images for that version. */
  images: LabImages;
}

/** What the demo and the tests call besides. */
export interface Tools extends LabTools {
  /** The `temporal` CLI. */
  temporalBin: string;
  /** Program that starts the time-skipping test server; only there when set-up was asked for it. */
  testServerShim?: string;
}

/** What set-up is to make sure of. */
export interface SetupOptions {
  /** Elasticsearch version; default that of the lab. */
  es?: string;
  /** Also what only the tests need. */
  forTests?: boolean;
  /** Also the images of docker-compose.yml. */
  forCompose?: boolean;
  /** Say nothing. */
  quiet?: boolean;
  signal?: AbortSignal;
}

/**
 * Makes sure that everything is there, side by side where it can: packages, engine, compose, temporal, Elasticsearch,
 * images. A second run only looks.
 * @throws MissingError with everything that is missing and how to get it, where it may not be installed
 */
export async function ensureTools(options: SetupOptions = {}): Promise<Tools> {
  const tasks = new Tasks(options.signal);
  const packages = tasks.add('packages of the system', [], (signal) =>
    ensurePackages(options.forTests ? 'tests' : 'demo', signal),
  );
  const temporal = tasks.add('temporal CLI', [], ensureTemporal);
  const shim = options.forTests
    ? tasks.add('time-skipping test server', [packages], ensureTestServer)
    : Promise.resolve(undefined);
  const { engine, base, lab } = addLabTools(tasks, packages, options.es ?? DEFAULT_OPTIONS.es);
  // After the CLI, which is built from much of the same.
  const composeImages = options.forCompose
    ? tasks.add('images of docker-compose.yml', [engine, base, temporal], async (signal) =>
        ensureComposeImages(await engine, await temporal, signal),
      )
    : undefined;
  await tasks.finish(options.quiet ?? false);
  await composeImages;
  return { ...(await lab), temporalBin: await temporal, testServerShim: await shim };
}

/**
 * The part of `ensureTools` that the lab needs.
 * @throws MissingError as there
 */
export async function ensureLabTools(options: SetupOptions = {}): Promise<LabTools> {
  const tasks = new Tasks(options.signal);
  const packages = tasks.add('packages of the system', [], (signal) => ensurePackages('lab', signal));
  const { lab } = addLabTools(tasks, packages, options.es ?? DEFAULT_OPTIONS.es);
  await tasks.finish(options.quiet ?? false);
  return lab;
}

function addLabTools(
  tasks: Tasks,
  packages: Promise<unknown>,
  es: string,
): { engine: Promise<Engine>; base: Promise<void>; lab: Promise<LabTools> } {
  const engine = tasks.add('Docker engine', [packages], ensureEngine);
  const composeBin = tasks.add('Docker Compose', [packages], ensureCompose);
  const esZip = tasks.add(`Elasticsearch ${es}`, [packages], (signal) => ensureElasticsearch(es, signal));
  const base = tasks.add('base image', [engine], async (signal) => ensureBaseImage(await engine, signal));
  const images = tasks.add('images of the lab hosts', [engine, esZip, base], async (signal) =>
    ensureHostImages(await engine, es, await esZip, signal),
  );
  const lab = Promise.all([engine, composeBin, esZip, images]).then(([{ host, own }, bin, zip, names]) => ({
    docker: { host, ownEngine: own, composeBin: bin },
    esZip: zip,
    images: names,
  }));
  lab.catch(() => undefined);
  return { engine, base, lab };
}

/**
 * The tools that a set-up before this has left; makes nothing and starts nothing.
 * @throws Error that says to run scripts/setup when one is not there
 */
export async function loadTools(es = DEFAULT_OPTIONS.es): Promise<Tools> {
  const inCacheOr = (name: string, command: string) => {
    const path = [inCache('bin', name), which(command)].find((candidate) => candidate && existsSync(candidate));
    if (!path) throw new Error(`${name} is not there; run: scripts/setup`);
    return path;
  };
  const engine = await findEngine();
  if (!engine) throw new Error('no Docker engine answers; run: scripts/setup');
  const composeBin = await ensureCompose();
  return {
    docker: { host: engine.host, ownEngine: engine.own, composeBin },
    temporalBin: inCacheOr('temporal', 'temporal'),
    esZip: elasticsearchZip(es),
    images: imageNames(es),
    testServerShim: testServerShim(),
  };
}
