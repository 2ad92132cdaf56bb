import pino from 'pino';
import type { Deps } from '../../src/activities/deps';
import type { Scope } from '../../src/elasticsearch/scope';

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
    heartbeat: () => undefined,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 50))),
  };
}
