import { Argument, InvalidArgumentError, Option } from 'commander';
import { TASK_QUEUE } from '../contract/names';

/** `[name]`: which migration a command is about. */
export function nameArgument(): Argument {
  return new Argument('[name]', 'name of the migration, as in its plan; not needed while only one runs');
}

/** `--workflow-id ID`, for a run that was started under another id than that of its plan's name. */
export function workflowIdOption(): Option {
  return new Option('--workflow-id <id>', 'its workflow id, if that is not bigswitch-NAME');
}

/** `--by NAME`; without it, `byOf` finds out when the command is run. */
export function byOption(): Option {
  return new Option(
    '--by <name>',
    'who says so; kept in the audit (BIGSWITCH_BY; default: you, as this machine knows you)',
  );
}

/** `--task-queue NAME`, for a worker that does not poll the usual one. */
export function taskQueueOption(): Option {
  return new Option('--task-queue <name>', 'task queue of the worker').default(TASK_QUEUE);
}

/** Reads a number above 0. @throws InvalidArgumentError, which commander tells as wrong usage */
export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('use a number above 0');
  return number;
}

/** `--port N`; 0, the default, takes a free one. */
export function portOption(): Option {
  return new Option('--port <number>', 'port on 127.0.0.1').default(0, 'a free one').argParser(portFrom(0));
}

/** Reads a port of at least so much. @returns a parser, which throws InvalidArgumentError for commander to tell as wrong usage */
export function portFrom(least: 0 | 1): (text: string) => number {
  return (text) => {
    const port = Number(text);
    if (!Number.isInteger(port) || port < least || port > 65_535) {
      throw new InvalidArgumentError(`use ${least} to 65535.`);
    }
    return port;
  };
}
