import type { Rule } from './rules';
import type { Replacement } from './temporal/bundle';

/** A deliberate fault in workflow code, and the rules of which one must show it. */
export interface Mutant extends Replacement {
  what: string;
  shows: Rule[];
}

/** Faults that the simulation must find; a text that no longer stands in its file once fails the test. */
export const MUTANTS: Mutant[] = [
  {
    what: 'a gate that ignores the token',
    file: 'messages/handlers.ts',
    from: `if (gate.token !== token) return 'not the token of this gate; the query status shows it';`,
    to: '',
    shows: ['a-word-for-each-gate'],
  },
  {
    what: 'a gate that takes an old token',
    file: 'messages/handlers.ts',
    from: `if (gate.oldTokens.includes(token)) return`,
    to: `if (gate.oldTokens.includes(token)) token = gate.token;\n  if (false) return`,
    shows: ['a-word-for-each-gate'],
  },
  {
    what: 'one person counts twice',
    file: 'messages/decide.ts',
    from: 'samePerson(other, by)',
    to: 'other === by',
    shows: ['a-word-for-each-gate'],
  },
  {
    what: 'a drain without a gate',
    file: 'phases/drain.ts',
    from: 'await passGate(m, `drain:${next.host}`);',
    to: '',
    // A drain asks its parent now, which has no word for it: it waits for ever.
    shows: ['a-word-for-each-gate', 'ends-with-patient-people'],
  },
  {
    what: 'an expired approval is accepted',
    file: 'gate/gate.ts',
    from: 'if (ends === undefined || Date.now() < ends) return false;',
    to: 'return false;',
    shows: ['a-fresh-word'],
  },
  {
    what: 'what was approved is not proved again',
    file: 'gate/gate.ts',
    from: 'if (evidence.holds) return pass(m, gate, evidence);',
    to: 'return pass(m, gate, evidence);',
    shows: ['proved-after-the-word'],
  },
  {
    what: 'a pause that is ignored',
    file: 'run/control.ts',
    from: 'return condition(() => !isHeld(this.state.data));',
    to: 'return Promise.resolve();',
    shows: ['pause-holds'],
  },
  {
    what: 'a rollback that skips a host',
    file: 'rollback/rollback.ts',
    from: 'for (const host of names(m).filter((name) => name !== hub.name)) await m.world.forgetHost({ host });',
    to: 'for (const host of names(m).filter((name) => name !== hub.name).slice(1)) await m.world.forgetHost({ host });',
    shows: ['nothing-of-ours-left'],
  },
  {
    what: 'a rollback that stops new nodes with data on them',
    file: 'rollback/rollback.ts',
    from: 'const empty = (host: string) => untilDone(m, (since) => world.drain({ host, since }));',
    to: 'const empty = async (_host: string) => undefined;',
    shows: ['stopped-only-when-empty', 'a-copy-of-all'],
  },
  {
    what: 'a rollback that removes the fronts before the apps are back',
    file: 'rollback/rollback.ts',
    from: 'await oldSideReady(m);',
    to: `await oldSideReady(m);\n  await undoOn(m, m.plan.hosts.new.map((host) => host.name), ['front']);`,
    shows: ['apps-are-served'],
  },
  {
    what: 'a new run that has forgotten which nodes were started',
    file: 'run/ending.ts',
    from: 'carried: m.state.data };',
    to: 'carried: { ...m.state.data, started: [] } };',
    shows: ['ends-where-it-began', 'stopped-only-when-empty', 'a-copy-of-all', 'ends-with-patient-people'],
  },
  {
    what: 'a run that never goes on in a new one',
    file: 'run/control.ts',
    from: 'return continueAsNewSuggested || historyLength > LONGEST_HISTORY;',
    to: 'return continueAsNewSuggested && historyLength > LONGEST_HISTORY;',
    shows: ['goes-on-in-a-new-run'],
  },
];
