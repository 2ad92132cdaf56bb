import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inCache, makeOnce } from './cache';
import { MissingError, run, which } from './command';

const COMPOSE = { module: 'github.com/docker/compose/v2/cmd', version: 'v2.40.3' };
const TEMPORAL = { module: 'github.com/temporalio/cli/cmd/temporal', version: 'v1.5.1' };
/** Seconds that the SDK's own download of the Temporal CLI may take before it is built instead. */
const DOWNLOAD_SECONDS = 10;

/**
 * Says what is missing where something has to be built and can't be.
 * @throws MissingError without Go
 */
export function requireGo(forWhat: string, otherwise: string): void {
  if (!which('go'))
    throw new MissingError([`${forWhat}: ${otherwise}, or install Go 1.24 or later so that it can be built`]);
}

/**
 * The Compose v2 plugin: the one that the docker CLI has, else built from its Go module (2 minutes on 2 processors).
 * @throws MissingError when it is not there and Go is not either
 */
export async function ensureCompose(signal?: AbortSignal): Promise<string> {
  const target = inCache('bin', 'docker-compose');
  if (existsSync(target)) return target;
  const format = '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}';
  const plugin = await run('docker', ['info', '--format', format], { timeoutMs: 10_000 }).catch(() => '');
  if (plugin.trim() !== '' && existsSync(plugin.trim())) return plugin.trim();
  requireGo('Docker Compose v2', 'install the package docker-compose-plugin');
  await makeOnce(target, async (folder) => {
    await run('go', ['mod', 'init', 'compose'], { cwd: folder, signal });
    await run('go', ['get', '-tool', `${COMPOSE.module}@${COMPOSE.version}`], { cwd: folder, signal });
    await run('go', ['build', '-o', 'docker-compose', COMPOSE.module], { cwd: folder, signal });
    return join(folder, 'docker-compose');
  });
  return target;
}

/**
 * The `temporal` CLI with its dev server: on PATH, else as the SDK downloads it, else built from its Go module
 * (3½ minutes on 2 processors).
 * @throws MissingError when it can't be had in any of these ways
 */
export async function ensureTemporal(signal?: AbortSignal): Promise<string> {
  const target = inCache('bin', 'temporal');
  if (existsSync(target)) return target;
  const onPath = which('temporal');
  if (onPath) return onPath;
  await makeOnce(target, async (folder) => {
    const downloaded = await download(folder, signal);
    if (downloaded) return downloaded;
    requireGo('the temporal CLI', 'install it from the Temporal documentation');
    await run('go', ['install', `${TEMPORAL.module}@${TEMPORAL.version}`], { env: { GOBIN: folder }, signal });
    return join(folder, 'temporal');
  });
  return target;
}

/** Lets the SDK download the CLI; undefined when that does not end in time or what came does not run. */
async function download(folder: string, signal?: AbortSignal): Promise<string | undefined> {
  const downloadDir = join(folder, 'download');
  mkdirSync(downloadDir);
  // In a process of its own: the SDK's download can't be cancelled.
  const script = `require('@temporalio/testing').TestWorkflowEnvironment.createLocal({server:{executable:{type:'cached-download',downloadDir:${JSON.stringify(downloadDir)}}}}).then((e) => e.teardown())`;
  try {
    await run(process.execPath, ['-e', script], { cwd: __dirname, timeoutMs: DOWNLOAD_SECONDS * 1000, signal });
    const [file] = (await run('find', [downloadDir, '-type', 'f', '-size', '+1M'])).split('\n');
    if (!file) return undefined;
    await run(file, ['--version'], { timeoutMs: 10_000 });
    return file;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
