import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = join(__dirname, '..', '..', '..');
const WORKFLOWS = join(ROOT, 'src', 'workflows', 'index.ts');

/** A deliberate fault: a text of one source file that stands there once, and what stands there instead. */
export interface Replacement {
  /** Path from `src/workflows/`. */
  file: string;
  from: string;
  to: string;
}

/** Code as the sandbox takes it. */
export interface SimulationBundle {
  /** The SDK's own workflow runtime and the libraries that workflows use; evaluated once for each sandbox. */
  runtime: string;
  /** Body of a CommonJS module with the workflows; evaluated anew for each run, so that no run sees another's modules. */
  workflows: string;
}

/** Modules that all runs share, as the worker's sandbox shares libraries: they keep nothing of a run. */
const LIBRARIES = [
  ...['@temporalio/workflow', '@temporalio/common', '@temporalio/workflow/lib/worker-interface', 'zod'],
  ...['@temporalio/workflow/lib/global-overrides', '@temporalio/common/lib/time'],
];

/**
 * Bundles the workflows and the SDK's runtime for {@link Sandbox}.
 * @param replacements deliberate faults, to see whether they are found
 * @param workflowsPath other workflows than ours, for tests
 * @throws Error when a text to be replaced does not stand in its file exactly once
 */
export async function simulationBundle(
  replacements: Replacement[] = [],
  workflowsPath = WORKFLOWS,
): Promise<SimulationBundle> {
  const [runtime, workflows] = await Promise.all([
    bundled(runtimeSource()),
    bundledWorkflows(replacements, workflowsPath),
  ]);
  return { runtime, workflows };
}

/** Rooms of ours below the workflows: shapes and names, nothing that a run could keep. */
const ROOMS = ['plan', 'contract', 'text'].map((room) => join(ROOT, 'src', room));
/** Reads files; no workflow imports it. */
const NOT_FOR_WORKFLOWS = ['load.ts'];

function filesOfRooms(): string[] {
  const files = ROOMS.flatMap((room) =>
    readdirSync(room, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !NOT_FOR_WORKFLOWS.includes(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return files.sort();
}

function nameOf(file: string): string {
  return `ours:${relative(ROOT, file)}`;
}

function runtimeSource(): string {
  const ours = filesOfRooms().map((file) => [nameOf(file), file]);
  const modules = [...LIBRARIES.map((name) => [name, name]), ...ours];
  const entries = modules.map(([name, path]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(path)})`);
  return `globalThis.__shared = { ${entries.join(', ')} };`;
}

async function bundled(contents: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: __dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    mainFields: ['main'],
    conditions: ['require', 'default'],
    target: 'es2022',
    // An object of its own: each look at the global object of a context is dear.
    banner: { js: 'const __own = (globalThis.__own = Object.create(globalThis));' },
    define: { globalThis: '__own' },
    external: ['node:*', '__temporal_custom_failure_converter'],
    plugins: [converters()],
    logLevel: 'error',
  });
  return textOf(result.outputFiles);
}

/** The SDK asks for our converter by a name that its own bundler gives. */
function converters(): Plugin {
  return {
    name: 'converters',
    setup(bundler) {
      bundler.onResolve({ filter: /^__temporal_custom_payload_converter$/ }, () => ({
        path: join(ROOT, 'src', 'workflows', 'payload-converter.ts'),
      }));
      bundler.onResolve({ filter: /^__temporal_custom_failure_converter$/ }, () => ({
        path: 'none',
        namespace: 'none',
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

async function bundledWorkflows(replacements: Replacement[], workflowsPath: string): Promise<string> {
  const result = await build({
    entryPoints: [workflowsPath],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['main'],
    target: 'es2022',
    external: LIBRARIES,
    plugins: [replacing(replacements), sharing()],
    logLevel: 'error',
  });
  return textOf(result.outputFiles);
}

function replacing(replacements: Replacement[]): Plugin {
  return {
    name: 'replacing',
    setup(bundler) {
      bundler.onLoad({ filter: /src\/workflows\/.*\.ts$/ }, ({ path }) => {
        const file = path.slice(join(ROOT, 'src', 'workflows').length + 1);
        let contents = readFileSync(path, 'utf8');
        for (const { from, to } of replacements.filter((one) => one.file === file)) {
          if (contents.split(from).length !== 2) throw new Error(`${file} does not have this text once: ${from}`);
          contents = contents.replace(from, () => to);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}

function sharing(): Plugin {
  return {
    name: 'sharing',
    setup(bundler) {
      bundler.onResolve({ filter: /^\./ }, ({ path, importer }) => {
        const file = `${resolve(dirname(importer), path)}.ts`;
        const shared = filesOfRooms().find((one) => one === file || one === file.replace(/\.ts$/, '/index.ts'));
        return shared === undefined ? undefined : { path: nameOf(shared), external: true };
      });
    },
  };
}

function textOf(files: { text: string }[] | undefined): string {
  const [file] = files ?? [];
  if (!file) throw new Error('nothing was bundled');
  return file.text;
}
