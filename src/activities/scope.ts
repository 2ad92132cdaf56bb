import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { Logger } from 'pino';
import { createClusterAccess } from '../elasticsearch/client/over-ssh';
import { createSshHosts } from '../hosts/ssh/hosts';
import { allHosts } from '../plan/hosts';
import { parsePlan } from '../plan/parse';
import type { Plan } from '../plan/schema';
import type { Deps } from './deps';
import type { Scope } from '../elasticsearch/scope';
import type { Secrets } from '../secrets/secrets';
import { heartbeat } from './guard';
import { givenUpBefore, mayActNow } from './standing';
import { currentServer } from './temporal';

/** Connections of a migration that nobody used for this long are closed. */
const IDLE_MS = 10 * 60_000;
const LOOK_FOR_IDLE_MS = 60_000;
/** Longest time for connections to be closed in good order; afterwards they are left to the end of the process. */
const CLOSE_MS = 5_000;

/** How the world of a plan is opened; tests give their own. */
export type OpenScope = (plan: Plan) => Promise<Scope>;

/** Opens a plan's world over SSH. */
export function openOverSsh(secrets: Secrets, log: Logger): OpenScope {
  return async (plan) => {
    const hosts = createSshHosts({ plan, secrets, migration: plan.name, log, mayAct: mayActNow });
    const cluster = await createClusterAccess({ plan, hosts, secrets, mayAct: mayActNow });
    return { plan, hosts, cluster };
  };
}

interface Pooled {
  scope: Promise<Scope>;
  users: Set<Context>;
  idleSince: number;
}

/**
 * The scopes of all migrations that this worker serves. Each activity asks its own workflow for the plan; all runs and
 * child workflows of a migration share the connections of their plan.
 */
export class Scopes {
  private readonly pooled = new Map<string, Pooled>();
  private readonly plans = new Map<string, Promise<Plan>>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly open: OpenScope,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => this.closeIdle(), LOOK_FOR_IDLE_MS);
    this.timer.unref();
  }

  /**
   * The scope of the migration whose activity is running.
   * @throws Error when its workflow doesn't answer the query `plan`; a retry may cure that
   */
  async scope(): Promise<Scope> {
    const context = Context.current();
    const plan = await this.planOf(context);
    const key = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
    const pooled = this.pooled.get(key) ?? this.pool(key, plan);
    pooled.users.add(context);
    return pooled.scope;
  }

  /** The activity has ended: its scope may be closed when nobody else uses it. */
  release(context: Context): void {
    for (const pooled of this.pooled.values()) {
      if (pooled.users.delete(context)) pooled.idleSince = Date.now();
    }
  }

  /** Closes everything; for the end of the worker. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.pooled.keys()].map((key) => this.closeOne(key)));
  }

  /** Closes what nobody used for ten minutes. */
  private closeIdle(): void {
    for (const [key, { users, idleSince }] of this.pooled) {
      if (users.size === 0 && Date.now() - idleSince > IDLE_MS) void this.closeOne(key);
    }
    if (this.pooled.size === 0) this.plans.clear();
  }

  /** The plan as its run knows it: asked for once, and anew where a host may have been given up since. */
  private async planOf(context: Context): Promise<Plan> {
    const { workflowExecution, attempt } = context.info;
    if (!workflowExecution) throw new Error('this activity was not started by a workflow, so it has no plan');
    const { workflowId, runId } = workflowExecution;
    const known = attempt > 1 ? undefined : await this.plans.get(runId);
    const gone = givenUpBefore(context);
    if (known && !allHosts(known).some(({ name }) => gone.includes(name))) return known;
    const asked = context.client.workflow.getHandle(workflowId, runId).query<unknown>('plan').then(parsePlan);
    this.plans.set(runId, asked);
    // What failed once is asked again by the next activity.
    asked.catch(() => this.plans.delete(runId));
    return asked;
  }

  private pool(key: string, plan: Plan): Pooled {
    const pooled: Pooled = { scope: this.open(plan), users: new Set(), idleSince: Date.now() };
    this.pooled.set(key, pooled);
    pooled.scope.catch(() => this.pooled.delete(key));
    return pooled;
  }

  private async closeOne(key: string): Promise<void> {
    const pooled = this.pooled.get(key);
    this.pooled.delete(key);
    try {
      const scope = await pooled?.scope;
      // The Elasticsearch client waits for requests for as long as they take, and one that was lost takes for ever.
      const closed = Promise.allSettled([scope?.cluster.close(), scope?.hosts.close()]);
      await Promise.race([closed, setTimeout(CLOSE_MS, undefined, { ref: false })]);
    } catch (error) {
      this.log.warn({ reason: (error as Error).message }, 'connections could not be closed in good order');
    }
  }
}

/** What the activities of a worker are made from. */
export function createDeps(scopes: Scopes, secrets: Secrets, log: Logger): Deps {
  return {
    scope: () => scopes.scope(),
    secrets,
    log,
    server: currentServer,
    heartbeat: (details) => {
      const context = currentContext();
      if (context) heartbeat(context, details);
    },
    sleep: async (milliseconds) => {
      const context = currentContext();
      if (!context) return setTimeout(milliseconds);
      if (context.cancellationSignal.aborted) throw new CancelledFailure('cancelled while waiting');
      await context.sleep(milliseconds);
    },
  };
}

function currentContext(): Context | undefined {
  try {
    return Context.current();
  } catch {
    return undefined;
  }
}
