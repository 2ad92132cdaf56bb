import { duration } from '../../text/format';
import type { PhaseView, View } from '../../view/view';

const WORD: Record<PhaseView['state'], string> = {
  done: 'done',
  now: 'under way',
  later: 'to come',
  'ended early': 'ended early',
};

/** Every phase in its order, with its time. */
export function Timeline({ view: { phases } }: { view: View }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol class="timeline">
        {phases.map(({ phase, state, seconds, summary }) => (
          <li
            key={phase}
            class={state.replace(' ', '-')}
            title={summary}
            aria-current={state === 'now' ? 'step' : undefined}
          >
            <strong>{phase}</strong>
            <small>
              <span class="unseen">{WORD[state]} </span>
              {seconds === undefined ? WORD[state] : duration(seconds < 10 ? seconds : Math.round(seconds))}
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}
