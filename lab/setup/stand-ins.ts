import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { parse } from 'yaml';
import { bundle } from '../bundle';
import { ROOT } from '../paths';
import { inCache, makeOnce } from './cache';
import { run } from './command';
import type { Engine } from './engine';
import { requireGo } from './go';
import { engineEnv, hashFolder } from './image';

const FOLDER = join(ROOT, 'lab', 'stand-ins');
/** On each stand-in: a hash of what it was made from. A real image has no such label, and is never replaced. */
const LABEL = 'bigswitch.stand-in';
/** Longest time for the pull of one image; without a registry it fails at once. */
const PULL_MS = 5 * 60_000;
const SERVER = 'go.temporal.io/server';
const UI = 'github.com/temporalio/ui-server/v2';

/** Which stage of lab/stand-ins/Dockerfile stands in for which image. */
const STAND_INS: Record<string, string> = {
  'temporalio/server': 'server',
  'temporalio/admin-tools': 'admin-tools',
  'temporalio/ui': 'ui',
  node: 'node',
  postgres: 'database',
  'prom/prometheus': 'prometheus',
  'grafana/grafana': 'grafana',
};

/** An image that docker-compose.yml or the Dockerfile names. */
export interface NamedImage {
  name: string;
  tag: string;
}

/** The images that have to come from elsewhere, as docker-compose.yml and the Dockerfile name them: all but our own. */
export function namedImages(): NamedImage[] {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, { image: string; build?: string }>;
  };
  const names = [
    ...Object.values(services)
      .filter(({ build }) => build === undefined)
      .map(({ image }) => image),
    ...[...read('Dockerfile').matchAll(/^FROM (\S+:\S+)/gm)].map(([, image = '']) => image),
  ];
  return [...new Set(names)].map((image) => {
    const [name = '', tag = ''] = image.split(':');
    return { name, tag };
  });
}

/**
 * The images of docker-compose.yml and the Dockerfile: the engine's own, else pulled, else stand-ins of the same name,
 * which are the real programs but for Grafana, built (3 minutes on 2 processors; less when the temporal CLI was just built).
 * @param temporalBin the `temporal` CLI, for the stand-in of the admin tools
 * @throws MissingError when something has to be built and Go is not there
 */
export async function ensureComposeImages(engine: Engine, temporalBin: string, signal?: AbortSignal): Promise<void> {
  const images = namedImages();
  const wanted = hashFolder(FOLDER, JSON.stringify([images, process.version]));
  const fit = await Promise.all(images.map((image) => ready(engine, image, wanted, signal)));
  const targets = images.filter((_, index) => !fit[index]);
  if (targets.length > 0) await build(engine, targets, { images, wanted, temporalBin }, signal);
}

/** Whether an image is there, or could be pulled; a stand-in of another make does not count. */
async function ready(
  engine: Engine,
  { name, tag }: NamedImage,
  wanted: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const env = engineEnv(engine);
  const image = `${name}:${tag}`;
  const format = `{{index .Config.Labels "${LABEL}"}}`;
  const label = await run('docker', ['image', 'inspect', '--format', format, image], { env }).catch(() => undefined);
  if (label?.trim() === '' || label?.trim() === wanted) return true;
  const pulled = await run('docker', ['pull', '-q', image], { env, timeoutMs: PULL_MS, signal }).then(
    () => true,
    () => false,
  );
  signal?.throwIfAborted();
  return pulled;
}

interface Make {
  images: NamedImage[];
  wanted: string;
  temporalBin: string;
}

async function build(engine: Engine, targets: NamedImage[], make: Make, signal?: AbortSignal): Promise<void> {
  const programs = await ensurePrograms(make.images, signal);
  mkdirSync(inCache(), { recursive: true });
  const context = mkdtempSync(inCache('making-'));
  try {
    for (const folder of [FOLDER, programs]) cpSync(folder, context, { recursive: true });
    cpSync(make.temporalBin, join(context, 'bin', 'temporal'), { dereference: true });
    addNode(join(context, 'node'));
    await bundle(join(FOLDER, 'grafana', 'main.ts'), join(context, 'bin', 'grafana.cjs'));
    // In the order of the Dockerfile: an engine without BuildKit makes every stage before the one that is asked for.
    const order = Object.keys(STAND_INS);
    for (const { name, tag } of [...targets].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))) {
      const args = ['--network=host', '--label', `${LABEL}=${make.wanted}`, '--target', STAND_INS[name] ?? ''];
      await run('docker', ['build', ...args, '-t', `${name}:${tag}`, context], { env: engineEnv(engine), signal });
    }
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** This machine's Node.js and npm, and whom they trust. */
function addNode(folder: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  cpSync(process.execPath, join(folder, 'bin', 'node'), { dereference: true });
  const npm = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm');
  cpSync(npm, join(folder, 'npm'), { recursive: true, dereference: true });
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  const certificates = extra === undefined ? rootCertificates.join('\n') : readFileSync(extra, 'utf8');
  writeFileSync(join(folder, 'certificates.pem'), certificates);
}

/** Temporal's programs, of the versions that docker-compose.yml names, built from their Go modules with their files. */
async function ensurePrograms(images: NamedImage[], signal?: AbortSignal): Promise<string> {
  const version = (name: string) => `v${images.find((image) => image.name === name)?.tag}`;
  const modules: Record<string, string> = { [SERVER]: version('temporalio/server'), [UI]: version('temporalio/ui') };
  const target = inCache(`stand-ins-${Object.values(modules).join('-')}`);
  await makeOnce(target, async (folder) => {
    requireGo('stand-ins for images that could not be pulled', 'see to it that docker pull works');
    const go = (args: string[]) => run('go', args, { cwd: folder, env: { CGO_ENABLED: '0' }, signal });
    const finished = join(folder, 'finished');
    mkdirSync(join(finished, 'config'), { recursive: true });
    const programs = [
      { name: 'temporal-server', module: SERVER, path: 'cmd/server' },
      { name: 'temporal-sql-tool', module: SERVER, path: 'cmd/tools/sql' },
      { name: 'ui-server', module: UI, path: 'cmd/server' },
    ];
    await go(['mod', 'init', 'stand-ins']);
    await go(['get', '-tool', ...programs.map(({ module, path }) => `${module}/${path}@${modules[module]}`)]);
    for (const { name, module, path } of programs) {
      await go(['build', '-ldflags=-s -w', '-o', join(finished, 'bin', name), `${module}/${path}`]);
    }
    await go(['build', '-o', join(finished, 'bin', 'dockerize'), join(FOLDER, 'dockerize', 'main.go')]);
    const take = async (module: string, from: string, to: string) => {
      const source = join((await go(['list', '-m', '-f', '{{.Dir}}', module])).trim(), from);
      // What lies in Go's cache is read-only.
      await run('cp', ['-r', '--no-preserve=mode', source, join(finished, to)]);
    };
    await take(SERVER, 'schema', 'schema');
    await take(SERVER, 'docker/config_template.yaml', 'config/server.yaml');
    await take(UI, 'docker/config-template.yaml', 'config/ui.yaml');
    await take(UI, 'docker/start-ui-server.sh', 'config/start-ui-server.sh');
    await run('chmod', ['0755', join(finished, 'config', 'start-ui-server.sh')]);
    return finished;
  });
  return target;
}
