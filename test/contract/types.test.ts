import { CATALOGUE, type Activities } from '../../src/contract/activities';
import type { Catalogue } from '../../src/contract/activities/catalogue';
import type { Approve, Reject, Status } from '../../src/contract/messages';
import { createActivities } from '../../src/activities';
import { parsePlan } from '../../src/plan/parse';
import type { Plan, PlanInput } from '../../src/plan/schema';
import { MESSAGES } from '../../src/workflows/messages/messages';
import { minimalPlan } from '../plan/minimal';

// What must not compile. `npm run typecheck` fails when a line that is expected to be wrong is right.

describe('a plan', () => {
  const given: PlanInput = minimalPlan();
  const plan: Plan = parsePlan(given);

  test('is what parsePlan returns, and not what a person wrote', () => {
    const use = (_plan: Plan) => undefined;
    use(plan);
    // @ts-expect-error the defaults are not filled in
    use(given);
    // @ts-expect-error what comes from outside is unknown until it is parsed
    use(JSON.parse('{}') as unknown);
    expect(plan.replicate.proofs).toBe(3);
  });

  test('knows its fields, their kinds and the words that they may have', () => {
    // @ts-expect-error there is no such field
    given.brigde = {};
    // @ts-expect-error a port is a number
    given.front.port = '9243';
    // @ts-expect-error no third protocol
    given.bridge = { proto: 'sctp' };
    // @ts-expect-error a migration has a hub
    given.hosts = { old: [], new: [], apps: [] };
    // @ts-expect-error a host may be absent from a list
    expect(() => plan.hosts.old[99].name).toThrow(TypeError);
  });
});

describe('messages', () => {
  test('name the gate, its token and a person', () => {
    const approve: Approve = { gate: 'big-switch', token: 'deadbeef', by: 'ann' };
    // @ts-expect-error without a token it could act on evidence that nobody saw
    const blind: Approve = { gate: 'big-switch', by: 'ann' };
    // @ts-expect-error a rejection says why
    const mute: Reject = { gate: 'big-switch', token: 'deadbeef', by: 'ann' };
    expect(MESSAGES.approve.safeParse(approve).success).toBe(true);
    expect(MESSAGES.approve.safeParse(blind).success).toBe(false);
    expect(MESSAGES.reject.safeParse(mute).success).toBe(false);
  });

  test('a status has an outcome, and may lack a gate', () => {
    const outcome: Status['outcome'] = 'migrated';
    // @ts-expect-error no such outcome
    const other: Status['outcome'] = 'done';
    // @ts-expect-error there may be none
    const tokenOf = (status: Status): string => status.gate.token;
    expect([outcome, other, tokenOf.length]).toEqual(['migrated', 'done', 1]);
  });
});

describe('the catalogue', () => {
  test('has every activity, each with a kind that there is, and a summary of its own input', () => {
    const { drain, ...others } = CATALOGUE;
    // @ts-expect-error one is missing
    const short: Catalogue<Activities> = others;
    // @ts-expect-error no such activity
    const long: Catalogue<Activities> = { ...CATALOGUE, dance: ['look', 'dance'] };
    // @ts-expect-error no such kind
    const odd: Catalogue<Activities> = { ...CATALOGUE, drain: ['wait', 'drain'] };
    // @ts-expect-error its input has no field of this name
    const wrong: Catalogue<Activities> = { ...CATALOGUE, drain: ['move', ({ node }) => `drain ${node}`] };
    expect([short, long, odd, wrong].map((one) => Object.keys(one).length)).toEqual([
      Object.keys(CATALOGUE).length - 1,
      Object.keys(CATALOGUE).length + 1,
      Object.keys(CATALOGUE).length,
      Object.keys(CATALOGUE).length,
    ]);
    expect(drain[0]).toBe('move');
  });

  test('what a worker offers is what a workflow may ask for', () => {
    const offer: (...input: Parameters<typeof createActivities>) => Activities = createActivities;
    // @ts-expect-error it offers nothing of this name
    const dance = (activities: ReturnType<typeof createActivities>) => activities.dance;
    expect([offer, dance].every((one) => typeof one === 'function')).toBe(true);
  });
});
