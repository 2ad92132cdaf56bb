import { planJsonSchema } from '../../plan/json-schema';
import { examples, type Register } from '../cli';
import { sayJson } from '../io';

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
    .action(() => sayJson(cli.io, planJsonSchema()));
};
