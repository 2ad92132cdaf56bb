import { arrayFromPayloads, type Payload } from '@temporalio/common';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { RunningMigration } from '../client';
import type { Places, Watched } from '../contract/places';
import type { Facts } from './facts';
import { buildView, type View } from './view';

type Told = Pick<Facts, 'plan' | 'status' | 'audit' | 'evidence' | 'samples'>;

/** After so many milliseconds an answer is no longer waited for; Temporal itself waits 10 s for the worker that ran it last. */
const ANSWER_MS = 20_000;

/** The live picture of one migration, looked at again and again by one seat. */
export class LiveSource {
  readonly migration: RunningMigration;
  private told?: { history: string; answers: Told };
  private places?: Places;

  constructor(
    private readonly client: Client,
    readonly workflowId: string,
  ) {
    this.migration = new RunningMigration(client, workflowId);
  }

  /**
   * Looks once. The workflow is asked only after its history has grown, as nothing else changes its answers; the watch under
   * way is read from the Temporal server, without any word in the history.
   * @throws WorkflowNotFoundError when there is no such migration; Error when neither server nor worker ever answered
   */
  async look(): Promise<View> {
    const description = await this.client.workflow.getHandle(this.workflowId).describe();
    const history = `${description.runId}/${description.historyLength}`;
    let problem: string | undefined;
    if (this.told?.history !== history) {
      try {
        this.told = { history, answers: await this.ask() };
      } catch (error) {
        if (!this.told) throw error;
        problem = `no worker answers (${reasonOf(error)}); what the run says is from before`;
      }
    }
    const watched = await this.watched(description);
    if (watched?.places) this.places = watched.places;
    return buildView({
      workflowId: this.workflowId,
      runId: description.runId,
      execution: description.status.name,
      at: Date.now(),
      ...this.told.answers,
      // Between two calls of `observe`, and while one begins, the places are those seen last.
      watched: { samples: watched?.samples ?? [], ...(this.places && { places: this.places }) },
      ...(problem !== undefined && { problem }),
    });
  }

  private async ask(): Promise<Told> {
    const { migration, told } = this;
    const asked = () =>
      Promise.all([
        told?.answers.plan ?? migration.plan(),
        migration.status(),
        migration.audit(),
        migration.evidence(),
        migration.samples(),
      ]);
    const [plan, status, audit, evidence, samples] = await this.client.withDeadline(Date.now() + ANSWER_MS, asked);
    return { plan, status, audit, evidence, samples };
  }

  /** The heartbeat of the watch that is under way. */
  private async watched({ raw }: WorkflowExecutionDescription): Promise<Watched | undefined> {
    const running = raw.pendingActivities?.find((one) => one.activityType?.name === 'observe');
    let payloads = (running?.heartbeatDetails?.payloads ?? []) as Payload[];
    const { payloadCodecs, payloadConverter } = this.client.options.loadedDataConverter;
    for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads);
    const [details] = arrayFromPayloads(payloadConverter, payloads) as [Partial<Watched> | undefined];
    return Array.isArray(details?.samples) ? { samples: details.samples, places: details.places } : undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
