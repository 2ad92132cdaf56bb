import { labCommand } from './commands';
import { exitCodeOf } from './setup/command';

labCommand()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCodeOf(error);
  });
