import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import execa from 'execa';
import { readPlanFile } from '../../src/plan/load';
import type { PlanInput } from '../../src/plan/schema';
import { fullOptions, labDown, labUp, readLab } from '../lab';
import { FILES, ROOT } from '../paths';
import { ensureTools, type Tools } from '../setup/tools';
import type { LabState } from '../types';
import type { Cleanup } from './cleanup';
import type { Narrator } from './narrator';
import type { Started } from '../../src/embedded/processes';
import { checkComposeProject } from './compose-checks';
import { startComposeProject, stopComposeProject, type ComposeProject } from './compose-project';
import { startTemporal, startWorker, type TemporalServer } from './temporal';

/** Everything that is up when the curtain rises. */
export interface Stage {
  lab: LabState;
  temporal: TemporalServer;
  /** The lab's own plan, as a person would have written it. */
  plan: PlanInput;
  /** Folder for what the demo leaves. */
  out: string;
  /** docker-compose.yml, where that is what runs Temporal and the worker. */
  project?: ComposeProject;
}

/** A stage with a worker of its own, which can be killed. */
export interface WorkerStage extends Stage {
  worker: Started;
}

/** What the lab of a stage is like. */
export interface StageOptions {
  /** Nodes of a side; nothing: as many as the shape needs. */
  old?: number;
  new?: number;
  es: string;
  docs: number;
  /** Kind of cluster; default: plain. */
  shape?: string;
}

/** Makes sure of the tools and builds what the worker runs. */
export async function prepareTools(
  { es, json, compose = false }: { es: string; json: boolean; compose?: boolean },
  narrator: Narrator,
  signal: AbortSignal,
): Promise<Tools> {
  const tools = await narrator.timed('set up: what this machine needs', () =>
    ensureTools({ es, signal, quiet: json, forCompose: compose }),
  );
  await narrator.timed('build', () => execa('npm', ['run', '--silent', 'build'], { cwd: ROOT }));
  signal.throwIfAborted();
  return tools;
}

/** What a stage is brought up with. */
export interface StageParts {
  tools: Tools;
  options: StageOptions;
  /** Folder for what is left. */
  out: string;
  narrator: Narrator;
  cleanup: Cleanup;
  signal: AbortSignal;
}

/** Brings up what a migration needs, anew: lab with apps at work, Temporal dev server, worker. */
export async function prepareStage(parts: StageParts): Promise<WorkerStage> {
  const { tools, out, narrator, cleanup } = parts;
  const lab = await bringLabUp(parts);
  const { temporal, worker } = await narrator.timed('Temporal dev server and worker', async () => {
    const server = await startTemporal(tools.temporalBin, out);
    cleanup.add('Temporal', () => server.stop());
    const started = await startWorker(out, server);
    cleanup.add('the worker', () => started.stop());
    narrator.event(`Temporal UI: ${server.uiUrl}`);
    return { temporal: server, worker: started };
  });
  const plan = readPlanFile(FILES.plan) as PlanInput;
  return { lab, temporal, worker, plan: { ...plan, report: { ...plan.report, folder: out } }, out };
}

/** The same, but Temporal and the worker are those of docker-compose.yml. @throws Error when that is not as it must be */
export async function prepareComposeStage(parts: StageParts): Promise<Stage> {
  const { tools, out, narrator, cleanup } = parts;
  const lab = await bringLabUp(parts);
  const folder = join(out, 'compose');
  const project = await narrator.timed(
    'docker-compose.yml: Temporal on PostgreSQL, UI, worker, Prometheus',
    async () => {
      cleanup.add('docker-compose.yml', () => stopComposeProject(tools, folder));
      const started = await startComposeProject(tools, lab, folder, parts.signal);
      cleanup.add('the connection to Temporal', () => started.temporal.stop());
      narrator.event(`Temporal UI: ${started.temporal.uiUrl}`);
      return started;
    },
  );
  const good = await narrator.timed('what must be so of it', () => checkComposeProject(project, narrator));
  if (!good) throw new Error('docker-compose.yml is not as it must be');
  return { lab, temporal: project.temporal, project, plan: project.plan(readPlanFile(FILES.plan) as PlanInput), out };
}

async function bringLabUp({ options, narrator, cleanup, signal }: StageParts): Promise<LabState> {
  cleanup.add('the lab', () => labDown((line) => narrator.event(line)));
  const { old, es, docs, shape } = options;
  const wanted = fullOptions({ old, new: options.new, es, docs, shape });
  await narrator.timed(`lab: ${wanted.old} old and ${wanted.new} new nodes, a hub, two app hosts`, () =>
    labUp({ ...wanted, fresh: true, signal, say: (line) => narrator.event(line) }),
  );
  signal.throwIfAborted();
  return readLab();
}

/** Writes a plan as the JSON that the CLI sends. @returns the file */
export function writePlan(stage: Stage, name: string, plan: unknown): string {
  const file = join(stage.out, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
  return file;
}
