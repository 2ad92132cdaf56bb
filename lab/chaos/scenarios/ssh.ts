import { someHost, strikeHost } from '../hosts';
import { hostsOf } from '../../layout';
import { must, type Play } from '../play';
import type { ChaosScenario } from '../scenario';

const ACTIVITIES = [
  'installBridgeHub',
  'installBridgeClient',
  'installRedirect',
  'configureNewNode',
  'startNewNode',
  'replicate',
  'installFront',
  'switchApp',
  'drain',
  'stopNode',
];

/** Cuts every SSH connection to every host. */
export async function cutSsh(play: Play): Promise<void> {
  await Promise.all(play.stage.lab.hosts.map((host) => strikeHost(play, 'cut-ssh', host)));
}

/** The way to a host is broken, or what runs there. */
export const SSH_SCENARIOS: ChaosScenario[] = [
  {
    name: 'ssh-cut-mid-command',
    about: 'every SSH connection to every host is cut while commands run, four times',
    strikes: 'activities chosen by seed',
    expected: 'migrated',
    minutes: 6,
    run: async (play) => {
      for (const name of play.dice.some(ACTIVITIES, 4)) {
        await play.activity(name);
        await play.pause(play.dice.between(50, 1_500));
        await cutSsh(play);
      }
    },
  },
  {
    name: 'sshd-stopped-for-a-minute',
    about: "a host's sshd is stopped for a minute, twice",
    strikes: 'two hosts and phases chosen by seed',
    expected: 'migrated',
    minutes: 7,
    run: async (play) => {
      for (const phase of play.dice.some(['bridge', 'redirect', 'join', 'replicate', 'front', 'drain'] as const, 2)) {
        await play.inPhase(phase);
        const host = someHost(play, play.dice.pick(['hub', 'old', 'new'] as const));
        await strikeHost(play, 'stop-sshd', host, { seconds: 60 });
      }
    },
  },
  {
    name: 'ssh-command-hangs',
    about: 'what runs by SSH on a host hangs for 45 s, twice',
    strikes: 'activities and hosts chosen by seed',
    expected: 'migrated',
    minutes: 6,
    run: async (play) => {
      for (const name of play.dice.some(['installBridgeClient', 'installFront', 'startNewNode', 'stopNode'], 2)) {
        await play.activity(name);
        await play.pause(play.dice.between(100, 800));
        const hosts = hostsOf(play.stage.lab.hosts, name === 'stopNode' ? 'old' : 'new');
        const stopped = await Promise.all(
          hosts.map((host) => strikeHost(play, 'hang-commands', host, { seconds: 45 })),
        );
        must(stopped.join('') !== '', `no command ran on ${hosts.map((host) => host.name).join(', ')}: nothing hangs`);
      }
    },
  },
  {
    name: 'ssh-connection-limit',
    about:
      "every host's sshd allows one session a connection and refuses most new ones, for 60 s, and cuts what is open",
    strikes: 'a phase chosen by seed',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.inPhase(play.dice.pick(['bridge', 'redirect', 'join', 'replicate', 'front'] as const));
      await Promise.all(play.stage.lab.hosts.map((host) => strikeHost(play, 'limit-ssh', host, { seconds: 60 })));
    },
  },
  {
    name: 'host-out-of-disk',
    about:
      'the file system on which a host would keep the ledger is full for 40 s: nothing may be changed without a record',
    strikes: 'phase bridge, an old and a new host chosen by seed',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.activity('installBridgeHub');
      const hosts = [someHost(play, 'old'), someHost(play, 'new')];
      for (const host of hosts) await strikeHost(play, 'full-ledger', host);
      await play.pause(40_000);
      for (const host of hosts) await strikeHost(play, 'full-ledger', host, { undo: true });
    },
  },
];
