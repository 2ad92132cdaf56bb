import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';

/**
 * Whether what an activity does stands on a word that was given in the run which asks. A reset makes a new run that goes on from
 * the words of the old one; the id of the run that asks is known to its activities alone, and their answers are history.
 * @param word run in which it was given; undefined where no word is needed
 * @param run run that asks
 * @throws ApplicationFailure OtherRun when the word was given in another one; nothing was done
 */
export function needOwnWord(word: string | undefined, run: string | undefined): void {
  if (word === undefined || word === run) return;
  throw ApplicationFailure.nonRetryable(
    `nothing was done: the word for this was given in run ${word}, and this one, ${run}, was made by a reset`,
    FAILURES.OTHER_RUN,
  );
}
