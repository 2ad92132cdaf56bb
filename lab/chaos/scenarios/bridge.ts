import { hostsOf } from '../../layout';
import type { LabHost } from '../../types';
import { nodesOut, strikeHost } from '../hosts';
import type { Play } from '../play';
import type { ChaosScenario } from '../scenario';

function hub(play: Play): LabHost {
  const [host] = hostsOf(play.stage.lab.hosts, 'hub');
  if (!host) throw new Error('the lab has no hub');
  return host;
}

/** Cuts both networks from each other for a while; everything that needs the other side waits or fails by that alone. */
export function cutBridge(play: Play, fault: string, seconds: number): Promise<void> {
  const reason = `${fault} cuts the old nodes from the new ones: copies there are lost to the cluster, and what waits for them waits`;
  return nodesOut(
    play,
    { reason, requests: 'any' },
    { begin: () => strikeHost(play, fault, hub(play), { seconds }), seconds },
  );
}

/** Reboots the hub. */
export function rebootHub(play: Play): Promise<void> {
  const reason = 'the hub reboots: the old nodes are cut from the new ones until the tunnels are up again';
  return nodesOut(
    play,
    { reason, requests: 'any' },
    { begin: () => strikeHost(play, 'reboot', hub(play)), seconds: 5 },
  );
}

/** The bridge is broken. */
export const BRIDGE_SCENARIOS: ChaosScenario[] = [
  {
    name: 'hub-rebooted-during-replicate',
    about: 'the hub reboots while primaries move',
    strikes: 'phase replicate',
    expected: 'migrated',
    minutes: 6,
    run: async (play) => {
      await play.activity('replicate');
      await play.pause(play.dice.between(0, 3_000));
      await rebootHub(play);
    },
  },
  {
    name: 'hub-rebooted-between-drains',
    about: 'the hub reboots when one old node is gone and the next waits for its gate',
    strikes: 'phase drain',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.atGate('drain:');
      const first = play.status?.gate?.gate;
      play.hold((gate) => gate.gate.startsWith('drain:') && gate.gate !== first);
      await play.until(() => (play.status?.gate && play.status.gate.gate !== first ? true : undefined));
      await rebootHub(play);
      play.release();
    },
  },
  {
    name: 'tunnel-cut-before-the-switch',
    about: 'every packet of the bridge is dropped for 90 s',
    strikes: 'gate big-switch',
    expected: 'migrated',
    minutes: 9,
    run: async (play) => {
      await play.atGate('big-switch');
      const cutting = cutBridge(play, 'cut-tunnel', 90);
      // The operator approves whatever seems to hold: what no longer does must not be acted on.
      play.release();
      await cutting;
    },
  },
  {
    name: 'tunnel-cut-after-the-switch',
    about: 'every packet of the bridge is dropped for 90 s',
    strikes: 'the first drain gate',
    expected: 'migrated',
    minutes: 7,
    run: async (play) => {
      await play.atGate('drain:');
      const cutting = cutBridge(play, 'cut-tunnel', 90);
      play.release();
      await cutting;
    },
  },
  {
    name: 'packets-lost',
    about: '2 % of the packets of the hub are lost, from the bridge to the first drain; nothing is excused',
    strikes: 'phases redirect to drain',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.inPhase('redirect');
      await strikeHost(play, 'loss', hub(play), { percent: 2, seconds: 600 });
      await play.inPhase('drain');
      await play.until(() => (play.status?.drained.length ? true : undefined));
      await strikeHost(play, 'loss', hub(play), { percent: 2, undo: true });
    },
  },
  {
    name: 'hub-certificate-expired',
    about: "the hub's VPN server gets a certificate that has expired, for 60 s, and is restarted with it",
    strikes: 'phase replicate',
    expected: 'migrated',
    minutes: 7,
    run: async (play) => {
      await play.activity('replicate');
      await cutBridge(play, 'expire-certificate', 60);
    },
  },
];
