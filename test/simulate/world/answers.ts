import type { Activities } from '../../../src/contract/activities';
import type { Check, Fact } from '../../../src/contract/evidence';
import { FAILURES } from '../../../src/contract/failures';
import { TELLING_STEPS } from '../../../src/contract/ledger';
import type { GateName } from '../../../src/contract/phases';
import type { MoveProgress, Sample } from '../../../src/contract/progress';
import { allHosts } from '../../../src/plan/hosts';
import { AttemptFailed } from '../temporal/activities';
import { clusterFree, isAsBefore, networkGone } from './ended';
import type { World } from './world';

type Answers = { [K in keyof Activities]: (input: Parameters<Activities[K]>[0], workflowId: string) => unknown };

/** Copies that one call moves. */
const AT_ONCE = 3;
/** Samples that one call of the watch gives back at most: what they say is not judged. */
const SAMPLES = 2;

/** Fails as an activity does. @throws AttemptFailed always */
export function fail(message: string, type: string = FAILURES.PROOF_FAILED): never {
  throw new AttemptFailed({ kind: 'application', message, type });
}

/**
 * What each activity does to the world, or sees of it: proofs look, and fail when it is not so.
 * @param isOver whether a chain of runs has ended, as the server knows it
 */
export function answersOf(world: World, isOver: (run: string) => boolean): Answers {
  const { cluster } = world;
  const claimOf = (host: string) => {
    const claim = world.claims.get(host);
    return claim && { migration: world.plan.name, ...claim, over: isOver(claim.run) };
  };
  const prove = (proven: string, ok: boolean) => (ok ? { proven, facts: {} } : fail(`not so: ${proven}`));
  const bothSides = () =>
    cluster.withoutCopyOn(world.fresh).length === 0 && cluster.withoutCopyOn(world.old).length === 0;
  const in_ = (hosts: string[]) => hosts.every((host) => world.members().includes(host));
  const quorumTo = (to: 'old' | 'new') => {
    cluster.clearVoteless();
    cluster.keepFromVoting(to === 'new' ? world.old : world.fresh);
  };
  const movedHere = (host: string) => {
    const here = cluster.on(host).length;
    return progressOf(here, here === 0 && cluster.green());
  };
  return {
    preflightHost: ({ host }): Check[] => [
      { name: 'ssh', subject: host, result: 'ok', seen: 'reached', waivable: false },
    ],
    preflightCluster: () => ({
      facts: {
        ...{
          clusterName: 'shop',
          version: '7.17.28',
          nodes: world.members().length,
          indices: world.indices,
          shards: 9,
        },
        ...{ documents: 1000, primaryBytes: 1e9, totalBytes: 2e9 },
      },
      checks: [],
    }),
    dryRun: () => fail('not here'),
    claimHost: ({ host, owner, run, from }) => {
      const holder = world.claims.get(host);
      if (holder && holder.run !== run && holder.run !== from) {
        fail(`${host} is held by ${holder.owner}`, FAILURES.PREFLIGHT_FAILED);
      }
      world.claims.set(host, { owner, run });
    },
    releaseHost: ({ host, run }) => {
      if (world.claims.get(host)?.run === run) world.claims.delete(host);
    },
    installBridgeHub: () => world.step('hub', 'bridge', 'bridge-hub'),
    installBridgeClient: ({ host }) => world.step(host, 'bridge', 'bridge-client'),
    proveBridge: () => ({
      clients: world.old.length + world.fresh.length,
      crossPairs: 1,
      mtu: 1420,
      throughputMBps: 30,
    }),
    installRedirect: ({ host }) => world.step(host, 'redirect', 'redirect-rules'),
    proveRedirects: () =>
      prove(
        'every real address answers',
        world.old.every((old) => world.fresh.every((fresh) => world.reach(old, fresh))),
      ),
    prepareClusterForJoin: () => {
      world.settingsKept = true;
      return world.clusterStep('join', 'cluster-join', () => cluster.keepFromVoting(world.fresh));
    },
    configureNewNode: ({ host }) => world.step(host, 'join', 'config'),
    alignOldNode: ({ host }) => world.step(host, 'join', 'config'),
    startNewNode: ({ host }) => world.step(host, 'join', TELLING_STEPS.NODE_STARTED, () => world.start(host)),
    proveJoin: () =>
      prove('all nodes see all nodes', in_([...world.old, ...world.fresh]) && world.quorumSide() === 'old'),
    keepAgain: () => ({ lost: [] }),
    setThrottle: () => world.clusterStep('replicate', 'throttle', () => undefined),
    prepareIndices: () => world.clusterStep('replicate', 'indices', () => undefined),
    replicate: ({ goal = 'new', tend }) => {
      cluster.moveSome(AT_ONCE);
      // Forward each side is to have a copy, from the switch on the new one; on the way back the old one is.
      const sides = tend === 'new' ? [world.fresh] : goal === 'new' ? [world.fresh, world.old] : [world.old];
      for (const side of sides)
        cluster.bringTo(
          side.filter((host) => world.members().includes(host)),
          AT_ONCE,
        );
      const left = sides.reduce((sum, side) => sum + cluster.withoutCopyOn(side).length, 0);
      return progressOf(left, left === 0 && (goal === 'old' || cluster.green()));
    },
    proveReplicated: (input) =>
      input?.goal === 'old'
        ? prove('a copy on the old side', cluster.withoutCopyOn(world.old).length === 0)
        : prove('a copy on both sides', cluster.green() && bothSides()),
    installFront: ({ host }) => world.step(host, 'front', 'haproxy'),
    proveFronts: () =>
      prove(
        'every front answers',
        world.fresh.every((host) => world.things.has(`${host}/haproxy`)),
      ),
    gatherEvidence: ({ gate }) => evidenceOf(world, gate),
    switchApp: ({ host }) => {
      if (!world.holds('app-works')) fail(`${host} does not work on the fronts`, FAILURES.APP_RETURNED);
      return world.step(host, 'switch', TELLING_STEPS.APP_SWITCHED, () => world.appsOnFronts.add(host));
    },
    watchApps: ({ hosts }) =>
      world.holds('app-works') ? { proven: `${hosts.length} are well`, facts: {} } : fail('an app is not well'),
    moveQuorum: ({ to }) => world.clusterStep('switch', 'quorum', () => quorumTo(to)),
    proveSwitched: () =>
      prove('no app is left on old nodes', world.appSide() === 'new' && world.quorumSide() === 'new'),
    drainOrder: () => {
      const here = world.old.filter((host) => world.members().includes(host));
      return [
        ...here.filter((host) => host !== cluster.state.master),
        ...here.filter((host) => host === cluster.state.master),
      ];
    },
    excludeNode: ({ host }) =>
      world.clusterStep('drain', `exclude-${host}`, () => cluster.exclude([...new Set([...cluster.excluded(), host])])),
    excludeNodes: ({ hosts }) => {
      const entries = hosts.flatMap((host) => world.clusterStep('drain', `exclude-${host}`, () => undefined));
      cluster.exclude([...new Set([...cluster.excluded(), ...hosts])]);
      return entries;
    },
    drain: ({ host }) => {
      if (world.things.has(`cluster/exclude-${host}`) && !cluster.excluded().includes(host)) {
        cluster.exclude([...cluster.excluded(), host]);
      }
      cluster.moveSome(AT_ONCE);
      return movedHere(host);
    },
    stopNode: ({ host }) => {
      if (world.members().includes(host) && !movedHere(host).done) fail(`${host} holds shards`);
      return world.step(host, 'drain', TELLING_STEPS.NODE_STOPPED, () => world.stop(host));
    },
    setExpectedNodes: ({ host, expected }) => world.step(host, 'drain', `expected-${expected}`),
    removeRedirectsFor: ({ host, gone }) => world.step(host, 'drain', `without-${gone}`),
    proveDrained: ({ host }) => prove(`${host} is gone`, !world.members().includes(host) && cluster.green()),
    markTeardown: () => {
      world.tearingDown = true;
    },
    unmarkTeardown: () => {
      world.tearingDown = false;
    },
    pointSeedsAtNew: ({ host }) => world.step(host, 'teardown', 'seeds'),
    restoreCluster: ({ phases, planned }) => ({ host: 'hub', undone: planned ? [] : world.undoCluster(phases) }),
    undoHost: ({ host, phases }) => ({ host, undone: world.undo(host, phases) }),
    forgetHost: ({ host }) => {
      world.ledger.delete(host);
      world.claims.delete(host);
      if (host === 'hub') world.settingsKept = world.tearingDown = false;
    },
    proveTornDown: () => prove('nothing of ours is left', networkGone(world) && clusterFree(world)),
    surveyHosts: () => ({
      hosts: allHosts(world.plan).map(({ name: host, role }) => ({
        ...{ host, role, steps: world.ledger.get(host) ?? [] },
        claim: claimOf(host),
        running: role === 'old' || role === 'new' ? world.members().includes(host) : undefined,
      })),
      cluster: world.ledger.get('cluster') ?? [],
      settingsKept: world.settingsKept,
      tearingDown: world.tearingDown,
    }),
    proveOldNodesServe: () =>
      prove(
        'old nodes serve',
        world.old.some((host) => world.members().includes(host)),
      ),
    proveAppsCanReturn: ({ hosts }) =>
      prove(
        `${hosts.join(', ')} reach old nodes`,
        world.old.some((host) => world.members().includes(host)),
      ),
    proveRoomAtHome: () => prove('there is room at home', true),
    proveRejoined: (input) => prove('stopped nodes are back', in_(input?.hosts ?? world.old)),
    proveNewSideUnused: () => prove('nobody is connected', world.holds('nobody-connected')),
    proveGone: ({ hosts }) =>
      prove(`${hosts.join(', ')} are gone`, !hosts.some((host) => world.members().includes(host))),
    proveLost: ({ host }) => prove(`the cluster does without ${host}`, !world.members().includes(host)),
    awaitCopies: () => movedHere(''),
    proveRolledBack: () => prove('all is as it was', isAsBefore(world).length === 0),
    observe: ({ count }): Sample[] =>
      Array.from({ length: Math.min(count, SAMPLES) }, (_, i) => sampleAt(world.now() + i)),
    writeReport: () => ({ html: 'out/report.html', json: 'out/report.json' }),
  };
}

function evidenceOf(world: World, gate: GateName) {
  const { cluster } = world;
  const host = gate.startsWith('drain:') ? gate.slice('drain:'.length) : '';
  const fact = (name: string, ok: boolean): Fact => ({ name, ok, seen: ok ? 'yes' : 'no' });
  const bothSides = cluster.withoutCopyOn(world.fresh).length === 0 && cluster.withoutCopyOn(world.old).length === 0;
  const bare = cluster.withoutCopyOn(world.fresh);
  const frontsAreThere = () => world.fresh.every((one) => world.things.has(`${one}/haproxy`));
  // The same questions as in src/activities/evidence/, as far as this world knows the answers.
  const facts = [
    fact('green and at rest', cluster.green()),
    ...(gate === 'teardown'
      ? [fact('no old node is in the cluster', !world.old.some((one) => world.members().includes(one)))]
      : []),
    ...(gate === 'big-switch'
      ? [
          fact('a copy on both sides', bothSides),
          fact(
            'all nodes are in',
            [...world.old, ...world.fresh].every((one) => world.members().includes(one)),
          ),
          fact('only old nodes vote', world.quorumSide() === 'old'),
          fact('every front answers', frontsAreThere()),
          fact('apps are well', world.holds('app-works')),
        ]
      : []),
    ...(gate === 'big-switch'
      ? []
      : [
          fact('apps use the fronts only', world.appSide() === 'new'),
          fact('every front answers', frontsAreThere()),
          fact('apps are well', world.holds('app-works')),
        ]),
    ...(host === ''
      ? []
      : [
          fact('nobody is connected', world.holds('nobody-connected')),
          fact(
            'what is on it has a copy on the new side',
            !bare.some(({ copies }) => copies.some(({ node }) => node === host)),
          ),
          fact(
            'there is room without it',
            cluster.on(host).every((copy) => cluster.hasRoomFor(copy, host)),
          ),
          fact('only new nodes vote', world.quorumSide() === 'new'),
        ]),
  ];
  return { gate, takenAt: new Date(world.now()).toISOString(), holds: facts.every(({ ok }) => ok), facts };
}

function progressOf(left: number, done: boolean): MoveProgress {
  const bytes = { bytesTotal: 100e9, bytesLeft: Math.min(100, left) * 1e9, bytesPerSecond: 1e8 };
  return { done, shardsTotal: 100, shardsLeft: left, ...bytes };
}

function sampleAt(t: number): Sample {
  const counts = {
    oldShards: 1,
    newShards: 1,
    oldBytes: 1,
    newBytes: 1,
    initializing: 0,
    relocating: 0,
    unassigned: 0,
  };
  return { t, health: 'green', ...counts };
}
