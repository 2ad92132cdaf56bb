import { CancellationScope, patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes';
import { aside } from '../world/side';
import type { State } from './state';

/** By this a run that began before there were search attributes goes on without them. */
const PATCH = 'search-attributes';

/**
 * Keeps the run's search attributes as its state is. A server refuses one that is not registered, and the run would not get on:
 * so the worker is asked first, and the answer, which is in the history, decides.
 */
export class Attributes {
  private registered: readonly string[] = [];

  /** Asks the worker which of them the server knows, once; until it has answered, and without an answer, none is set. */
  learn(state: State): void {
    if (!patched(PATCH)) return;
    const asked = CancellationScope.nonCancellable(() =>
      aside('registered', 'search attributes that are registered')(),
    );
    asked.then(
      (names) => {
        this.registered = names;
        this.show(state);
      },
      () => undefined,
    );
  }

  /** Sets what has changed; called after each change of the state, so it does little where nothing has. */
  show({ data, plan }: State): void {
    const open = data.gate && !data.gate.rejected && !data.rollback;
    const pairs = [
      { key: SEARCH_ATTRIBUTES.cluster, value: plan.elasticsearch.clusterName },
      { key: SEARCH_ATTRIBUTES.phase, value: data.phase },
      { key: SEARCH_ATTRIBUTES.gate, value: open && data.gate ? data.gate.gate : null },
    ];
    const { typedSearchAttributes: shown } = workflowInfo();
    const changed: SearchAttributeUpdatePair[] = pairs.filter(({ key, value }) => {
      return this.registered.includes(key.name) && (shown.get(key) ?? null) !== value;
    });
    if (changed.length > 0) upsertSearchAttributes(changed);
  }
}
