import { Command } from 'commander';
import { STAGES } from './stages';

/** The command line of the tests' runner. */
export function testCommand(): Command {
  return new Command('scripts/test')
    .description(
      `Sets up what is missing, then runs: ${STAGES.slice(1)
        .map(({ name }) => name)
        .join(', ')}. A stage that fails is shown in full, ` +
        'and the later ones that do not need it still run. Logs are in out/test/. ' +
        'The last line is "N passed, N failed"; it counts stages, tests, and the promises that the evidence shows.',
    )
    .option('--fast', 'leave out the demos, their evidence and chaos', false)
    .option(
      '--only <stage>',
      'run only this stage, and those that it needs; may be given several times',
      (name: string, names: string[] = []) => [...names, name],
    )
    .option('--list', 'print the names of the stages and what each does', false)
    .addHelpText(
      'after',
      `
Examples:
  scripts/test                  everything; takes some minutes
  scripts/test --fast           before a commit
  scripts/test --only unit      one stage

Exit code: 0 when everything passed, 1 when anything failed, 2 for wrong options, 130 when interrupted.`,
    );
}
