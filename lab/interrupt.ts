/**
 * A signal that aborts at Ctrl-C or SIGTERM, or when nobody reads what is printed any more (as in `… | head`), so that what was brought up can be taken down again. A second one changes
 * nothing: taking down takes seconds.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // Not `once`: a library that execa uses ends the process at a signal that nobody else listens for any more.
    process.on(name, () => controller.abort());
  }
  // Without a listener the process would end at once, and leave everything up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => controller.abort());
  return controller.signal;
}
