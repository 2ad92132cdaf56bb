/**
 * A signal that aborts at Ctrl-C or SIGTERM, so that what was brought up can be taken down again. A second one changes
 * nothing: taking down takes seconds.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // Not `once`: a library that execa uses ends the process at a signal that nobody else listens for any more.
    process.on(name, () => controller.abort());
  }
  return controller.signal;
}
