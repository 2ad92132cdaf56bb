#!/usr/bin/env node
import { EXIT } from './exit';
import { processIo } from './io';
import { runCli } from './program';

const controller = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl-C waits for nobody.
  if (controller.signal.aborted) process.exit(EXIT.INTERRUPTED);
  controller.abort();
});
// A reader that has gone, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.OK);
  throw error;
});

void runCli(process.argv.slice(2), processIo(controller.signal)).then((code) => process.exit(code));
