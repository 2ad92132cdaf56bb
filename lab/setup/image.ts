import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LabImages } from '../compose';
import { ROOT } from '../paths';
import { ensureMmdebstrap } from './apt';
import { cacheFolder, inCache } from './cache';
import { isRoot, MissingError, run } from './command';
import type { Engine } from './engine';
import { jdkFor } from './jdk';

/** The official name, so that the same Dockerfile serves where it can be pulled and where it can't. */
export const BASE_IMAGE = 'debian:bookworm-slim';
/** Time for the pull where there is another way, and where there is none. */
const PULL_SECONDS = { root: 20, other: 300 };
const KINDS = ['host', 'node', 'plugged', 'app'] as const;
const HOST_FOLDER = join(ROOT, 'lab', 'host');

/** Environment that points the docker CLI to an engine. */
export function engineEnv(engine: Engine): Record<string, string> {
  return engine.host === undefined ? {} : { DOCKER_HOST: engine.host };
}

async function hasImage(engine: Engine, name: string): Promise<boolean> {
  return run('docker', ['image', 'inspect', '--format', '{{.Id}}', name], { env: engineEnv(engine) }).then(
    () => true,
    () => false,
  );
}

/**
 * The base image: the engine's own, else pulled, else made from Debian packages.
 * @throws MissingError when it can't be pulled and we may not make it
 */
export async function ensureBaseImage(engine: Engine, signal?: AbortSignal): Promise<void> {
  const env = engineEnv(engine);
  if (await hasImage(engine, BASE_IMAGE)) return;
  const timeoutMs = (isRoot() ? PULL_SECONDS.root : PULL_SECONDS.other) * 1000;
  const pulled = await run('docker', ['pull', '-q', BASE_IMAGE], { env, timeoutMs, signal }).then(
    () => true,
    () => false,
  );
  signal?.throwIfAborted();
  if (pulled) return;
  if (!isRoot()) {
    throw new MissingError([
      `the image ${BASE_IMAGE}, which could not be pulled: check with: docker pull ${BASE_IMAGE}`,
    ]);
  }
  await ensureMmdebstrap(signal);
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(inCache('making-'));
  try {
    const archive = join(folder, 'base.tar');
    await run('mmdebstrap', ['--quiet', '--variant=minbase', 'bookworm', archive], { signal });
    await run('docker', ['import', archive, BASE_IMAGE], { env, signal });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A short hash of some text and of every file in a folder, by its path and content. */
export function hashFolder(folder: string, seed: string): string {
  const hash = createHash('sha256').update(seed);
  const add = (inside: string) => {
    for (const entry of readdirSync(inside, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(inside, entry.name);
      if (entry.isDirectory()) add(path);
      else hash.update(`\0${path.slice(folder.length)}\0`).update(readFileSync(path));
    }
  };
  add(folder);
  return hash.digest('hex').slice(0, 12);
}

/** A short hash of everything that goes into the hosts' images. */
export function imageTag(esVersion: string): string {
  return hashFolder(HOST_FOLDER, esVersion);
}

/** Names of the hosts' images for an Elasticsearch version. */
export function imageNames(esVersion: string): LabImages {
  const tag = imageTag(esVersion);
  const name = (kind: (typeof KINDS)[number]) => `bigswitch-lab-${kind}:${tag}`;
  return { host: name('host'), node: name('node'), plugged: name('plugged'), app: name('app') };
}

/**
 * The hosts' images; built only when one of their inputs has changed.
 * @throws MissingError when this Elasticsearch needs a newer Java than Debian has, and there is none here
 * @throws Error with the end of the output when the build fails
 */
export async function ensureHostImages(
  engine: Engine,
  esVersion: string,
  esZip: string,
  signal?: AbortSignal,
): Promise<LabImages> {
  const env = engineEnv(engine);
  const names = imageNames(esVersion);
  const there = await Promise.all(KINDS.map((kind) => hasImage(engine, names[kind])));
  if (there.every(Boolean)) return names;
  const context = mkdtempSync(inCache('making-'));
  try {
    cpSync(HOST_FOLDER, context, { recursive: true });
    cpSync(esZip, join(context, 'elasticsearch.zip'));
    mkdirSync(join(context, 'jdk'));
    const jdk = jdkFor(esVersion);
    if (jdk !== undefined) cpSync(jdk, join(context, 'jdk'), { recursive: true, verbatimSymlinks: true });
    for (const kind of KINDS) {
      await run('docker', ['build', '--network=host', '--target', kind, '-t', names[kind], context], { env, signal });
    }
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
  return names;
}
