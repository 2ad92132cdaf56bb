import pino from 'pino';
import type { Deps } from '../../src/activities/deps';
import type { Server } from '../../src/activities/temporal';
import type { Scope } from '../../src/elasticsearch/scope';

/** A Temporal server that knows of no run that is over. */
export const TEST_SERVER: Server = {
  place: async () => ({ namespace: 'default', server: 'the-server' }),
  judge: async (claim) => ({ ...claim, over: false }),
  run: () => 'the-run',
};

/** Dependencies of activities for a test: a given world, given secrets, and no waiting for long. */
export function testDeps(scope: Partial<Scope>, secrets: Record<string, string> = {}): Deps {
  return {
    scope: async () => scope as Scope,
    secrets: {
      resolve: async (ref) => {
        const value = secrets[ref];
        if (value === undefined) throw new Error(`the test has no secret ${ref}`);
        return value;
      },
    },
    log: pino({ level: 'silent' }),
    server: TEST_SERVER,
    heartbeat: () => undefined,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 50))),
  };
}
