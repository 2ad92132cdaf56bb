import assert from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { URL, URLSearchParams } from 'node:url';
import { TextDecoder, TextEncoder } from 'node:util';
import vm from 'node:vm';
import type { coresdk } from '@temporalio/proto';
import type { SimulationBundle } from './bundle';

/** One thing that a workflow is told in an activation, as the SDK's core tells it. */
export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
/** What a workflow wants done, as it tells the SDK's core. */
export type Command = coresdk.workflow_commands.IWorkflowCommand;

/** What a run is from its first task on. */
export interface RunInfo {
  workflowId: string;
  runId: string;
  workflowType: string;
  firstExecutionRunId: string;
  continuedFromExecutionRunId?: string;
  parent?: { workflowId: string; runId: string; namespace: string };
}

/** How things stand when a workflow task begins. */
export interface Moment {
  /** Workflow time, ms since the epoch. */
  now: number;
  historyLength: number;
  historySize: number;
  continueAsNewSuggested: boolean;
  replaying?: boolean;
}

/** The part of the SDK's activator that is read from outside, as its own worker does. */
interface Activator {
  now: number;
  currentDetails: string;
  info: object;
  mutateWorkflowInfo(change: (info: Record<string, unknown>) => object): void;
  getAndResetSinkCalls(): unknown[];
  addKnownFlags(flags: number[]): void;
  notifyHasPatch(job: { patchId: string }): void;
}

const enter = new vm.Script('__enter()');

/**
 * A V8 context with the SDK's own workflow runtime: scopes, conditions, time, updates and patches are the real ones. Runs take
 * turns in it, as in a worker that reuses its context; each has the modules of the workflows for itself. Microtasks are done when
 * a call returns, so that a task of a workflow is one synchronous call, and the same calls give the same commands.
 */
export class Sandbox {
  private readonly context: vm.Context;
  private readonly own: { __TEMPORAL_ACTIVATOR__?: object };
  private readonly slot: { name?: string; args?: unknown[] };

  constructor({ runtime, workflows }: SimulationBundle) {
    this.context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
    const given = {
      assert,
      AsyncLocalStorage,
      URL,
      URLSearchParams,
      TextDecoder,
      TextEncoder,
      AbortController,
      console,
    };
    Object.assign(this.context, given);
    vm.runInContext(runtime, this.context, { filename: 'runtime.js' });
    const body = `__own.workflows = (require, module, exports, Date, setTimeout, clearTimeout) => {${workflows}\n}`;
    vm.runInContext(body, this.context, { filename: 'workflows.js' });
    vm.runInContext(PRELUDE, this.context, { filename: 'prelude.js' });
    const { __own, __slot } = this.context as { __own?: object; __slot?: object };
    this.own = __own ?? {};
    this.slot = __slot ?? {};
  }

  /** A run before its first task. */
  create(info: RunInfo, seed: number[], now: number): SandboxedRun {
    const at = new Date(now);
    this.call('initRuntime', [
      {
        info: {
          ...info,
          namespace: 'default',
          taskQueue: 'bigswitch',
          searchAttributes: {},
          attempt: 1,
          taskTimeoutMs: 10_000,
          originalExecutionRunId: info.runId,
          startTime: at,
          runStartTime: at,
          historyLength: 0,
          historySize: 0,
          continueAsNewSuggested: false,
          unsafe: { isReplaying: false, isReplayingHistoryEvents: false },
        },
        randomnessSeed: seed,
        now,
        showStackTraceSources: false,
        sourceMap: { version: 3, sources: [], names: [], mappings: '' },
        registeredActivityNames: new Set<string>(),
        getTimeOfDay: () => BigInt(now),
        stackTracesEnabled: false,
      },
    ]);
    return new SandboxedRun(this, this.own.__TEMPORAL_ACTIVATOR__ as Activator);
  }

  /** Calls a function of the SDK's worker interface for a run, and does its microtasks. */
  call(name: string, args: unknown[], activator?: object): unknown {
    this.own.__TEMPORAL_ACTIVATOR__ = activator;
    Object.assign(this.slot, { name, args });
    return enter.runInContext(this.context);
  }
}

/** What the context needs beside the runtime: the hooks by which the SDK loads workflows. */
const PRELUDE = `{
  const { __own } = globalThis;
  const loaded = {};
  const require = (name) => (loaded[name] ??= __own.__shared[name]());
  const api = require('@temporalio/workflow/lib/worker-interface');
  require('@temporalio/workflow/lib/global-overrides').overrideGlobals();
  const { workflows, Date, setTimeout, clearTimeout, WeakRef, FinalizationRegistry } = __own;
  Object.assign(globalThis, { Date, setTimeout, clearTimeout, WeakRef, FinalizationRegistry });
  __own.__TEMPORAL__ = {
    api,
    importWorkflows: () => {
      const module = { exports: {} };
      workflows(require, module, module.exports, Date, setTimeout, clearTimeout);
      return module.exports;
    },
    importInterceptors: () => [],
  };
  const slot = (globalThis.__slot = {});
  globalThis.__enter = () => api[slot.name](...slot.args);
}`;

/** One run of a workflow, between its tasks. */
export class SandboxedRun {
  /** The SDK's own switches that its history would name. */
  flags: number[] = [];
  private queries = 0;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly activator: Activator,
  ) {}

  /** What the UI shows of it. */
  get currentDetails(): string {
    return this.activator.currentDetails;
  }

  /** Before a replay: what its history says of the SDK's switches and of patches. */
  remember(flags: number[], patches: string[]): void {
    const { activator } = this;
    activator.addKnownFlags(flags);
    activator.mutateWorkflowInfo((info) => ({ ...info, unsafe: { ...(info.unsafe as object), isReplaying: true } }));
    for (const patchId of patches) activator.notifyHasPatch({ patchId });
  }

  /**
   * Does one workflow task.
   * @returns what the workflow wants done, in order
   * @throws whatever the workflow task failed with
   */
  activate(jobs: Job[], { now, replaying = false, ...moment }: Moment): Command[] {
    const { activator } = this;
    activator.now = now;
    activator.mutateWorkflowInfo((info) => ({
      ...info,
      ...moment,
      unsafe: { ...(info.unsafe as object), isReplaying: replaying, isReplayingHistoryEvents: replaying },
    }));
    const start = jobs.find((job) => job.initializeWorkflow)?.initializeWorkflow;
    if (start) this.call('initialize', [start]);
    this.call('activate', [{ jobs: jobs.map(withVariant) }]);
    while ((this.call('tryUnblockConditions', []) as number) > 0);
    const done = this.call('concludeActivation', []) as coresdk.workflow_completion.IWorkflowActivationCompletion;
    activator.getAndResetSinkCalls();
    this.flags = [...(done.successful?.usedInternalFlags ?? [])];
    return done.successful?.commands ?? [];
  }

  /** Asks a query. @returns its answer as a payload @throws Error when it fails */
  query(queryType: string): NonNullable<coresdk.workflow_commands.IQuerySuccess['response']> {
    const queryWorkflow = { queryId: `q${++this.queries}`, queryType, arguments: [], headers: {} };
    this.call('activate', [{ jobs: [withVariant({ queryWorkflow })] }]);
    const done = this.call('concludeActivation', []) as coresdk.workflow_completion.IWorkflowActivationCompletion;
    const answer = done.successful?.commands?.[0]?.respondToQuery;
    if (!answer?.succeeded?.response) throw new Error(`query ${queryType}: ${answer?.failed?.message ?? 'no answer'}`);
    return answer.succeeded.response;
  }

  /** Ends it here; nothing of it goes on. */
  dispose(): void {
    this.call('dispose', []);
  }

  private call(name: string, args: unknown[]): unknown {
    return this.sandbox.call(name, args, this.activator);
  }
}

/** The SDK reads which kind of job it is from its class; a plain object says it itself. */
function withVariant(job: Job): object {
  return { ...job, variant: Object.keys(job)[0] };
}
