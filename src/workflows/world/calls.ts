import { workflowInfo } from '@temporalio/workflow';
import type { Owner, Under } from '../../contract/under';

/**
 * Numbers what a run asks of the world, so that hosts can tell what is over. Numbers grow with workflow time, also in a run
 * that goes on after a reset; replayed, they are the same.
 */
export class Calls {
  private last = 0;
  private readonly underWay = new Set<number>();

  /**
   * @param owner whose word it is; a child workflow acts under that of its parent
   * @param floor lowest number that may be under way elsewhere in the same run
   */
  constructor(
    readonly owner: Owner = { workflow: workflowInfo().workflowId, run: workflowInfo().firstExecutionRunId },
    private readonly floor = Infinity,
  ) {}

  /** Begins a call; until its end nothing that is younger makes hosts take it for over. */
  begin(): Under {
    this.last = Math.max(this.last + 1, Date.now());
    this.underWay.add(this.last);
    return this.passing(this.last);
  }

  /** What is under way may be asked of hosts no more, once something younger was. */
  end({ call }: Under): void {
    this.underWay.delete(call);
  }

  /** A call of what changes nothing that has to be kept in order. */
  aside(): Under {
    return this.passing(Math.max(this.last, Date.now()));
  }

  private passing(call: number): Under {
    return { ...this.owner, call, oldest: Math.min(call, this.floor, ...this.underWay) };
  }
}
