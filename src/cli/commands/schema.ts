import type * as Action from '../actions/schema';
import { examples, lazily, type Register } from '../cli';

/** `bigswitch schema`: the JSON Schema of a plan. */
export const schemaCommand: Register = (program, cli) => {
  program
    .command('schema')
    .description('Prints the JSON Schema of a plan. An editor that knows it completes and checks the fields.')
    .addHelpText(
      'after',
      `${examples(['bigswitch schema >plan.schema.json', 'beside the plan'])}

First line of a plan, for editors with the YAML language server:
  # yaml-language-server: $schema=./plan.schema.json`,
    )
    .action(lazily(cli, () => require('../actions/schema') as typeof Action));
};
