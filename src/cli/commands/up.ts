import type * as Action from '../actions/up';
import { examples, lazily, type Register } from '../cli';
import { portFrom } from '../options';

/** `bigswitch up`: a Temporal server and a worker on this machine, for who has no Temporal cluster. */
export const upCommand: Register = (program, cli) => {
  program
    .command('up')
    .description(
      'Runs a Temporal server with a database file, its UI and a worker on this machine, until Ctrl-C. For who has no Temporal ' +
        'cluster. What it was doing goes on at the next `bigswitch up` with the same data. Only you reach it: other users of ' +
        'this machine do not.',
    )
    .option('--data <folder>', 'database and logs (default: ~/.local/share/bigswitch, or as XDG_DATA_HOME says)')
    .option('--port <number>', 'port of the server on 127.0.0.1', portFrom(1), 7233)
    .option('--ui-port <number>', 'port of its UI on 127.0.0.1', portFrom(1), 8233)
    .option('--temporal-bin <file>', 'the `temporal` program, if it is not on the PATH')
    .option(
      '--open-to-local-users',
      'where the server can have no network of its own: let every user of this machine reach it, and show no UI',
    )
    .addHelpText(
      'after',
      examples(
        ['bigswitch up', 'then, in another terminal: bigswitch check plan.yaml'],
        ['bigswitch up --data /srv/bigswitch', 'keeps everything there'],
        ['bigswitch up --port 7300 --ui-port 8300', 'the other commands then need --address 127.0.0.1:7300'],
      ),
    )
    .action(lazily(cli, () => require('../actions/up') as typeof Action));
};
