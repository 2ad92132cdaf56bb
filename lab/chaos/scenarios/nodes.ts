import { addressOf, hostsOf } from '../../layout';
import type { LabHost } from '../../types';
import { electedMaster, nodesOut, onHost, someHost, strikeHost } from '../hosts';
import { must, type Play } from '../play';
import type { ChaosScenario } from '../scenario';

/** Kills a node, and starts it again after a while. */
export function killNode(
  play: Play,
  host: LabHost,
  seconds: number,
  requests: string[] | 'any' = [addressOf(host)],
): Promise<void> {
  const reason = `Elasticsearch on ${host.name} was killed and is started again after ${seconds} s: its copies are missing until then`;
  play.faults.start(host.name);
  return nodesOut(
    play,
    { reason, requests },
    {
      begin: () => strikeHost(play, 'kill-node', host),
      seconds,
      end: () => strikeHost(play, 'kill-node', host, { undo: true }),
    },
  );
}

/** Kills HAProxy on a new host, and waits until its unit has started it again. */
export async function killFront(play: Play, host: LabHost): Promise<void> {
  const from = Date.now();
  await strikeHost(play, 'kill-haproxy', host);
  await play.until(() =>
    onHost(play, host, 'systemctl is-active haproxy && sleep 2 || true').then((state) =>
      state === 'active' ? true : undefined,
    ),
  );
  const requests = [host.addresses.new ?? ''];
  play.faults.excuse({ from, to: Date.now(), reason: `HAProxy on ${host.name} was killed`, requests });
}

const REDIRECTS = "iptables-save | grep -i bigswitch | sed 's/ \\[[0-9:]*\\]//' | sort";

/** A node, a front or an app is broken. */
export const NODE_SCENARIOS: ChaosScenario[] = [
  {
    name: 'new-node-killed-during-replicate',
    about: 'Elasticsearch on a new node is killed while primaries move to it, and started again after 15 s',
    strikes: 'phase replicate',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.activity('replicate');
      await play.pause(play.dice.between(0, 3_000));
      await killNode(play, someHost(play, 'new'), 15);
    },
  },
  {
    name: 'old-node-rebooted-after-redirect',
    about: 'an old node reboots; its redirects must be back by themselves',
    strikes: 'phase front',
    expected: 'migrated',
    minutes: 4,
    run: async (play) => {
      await play.inPhase('front');
      const host = someHost(play, 'old');
      const before = await onHost(play, host, REDIRECTS);
      must(before !== '', `${host.name} has no redirects before its reboot`);
      play.faults.start(host.name);
      const reason = `${host.name} reboots: its Elasticsearch is away until it has started again`;
      await nodesOut(
        play,
        { reason, requests: [addressOf(host)] },
        { begin: () => strikeHost(play, 'reboot', host), seconds: 5 },
      );
      const after = await onHost(play, host, REDIRECTS);
      must(after === before, `the redirects of ${host.name} are not as before its reboot:\n${before}\n→\n${after}`);
    },
  },
  {
    name: 'elected-master-killed',
    about: 'Elasticsearch on the elected master is killed, and started again after 15 s',
    strikes: 'phase replicate or front',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.inPhase(play.dice.pick(['replicate', 'front'] as const));
      // Without a master no node can write: the whole cluster is cut off until the next one is elected.
      await killNode(play, await electedMaster(play), 15, 'any');
    },
  },
  {
    name: 'new-node-disk-over-watermark',
    about: 'the data disk of a new node fills up to 92 %, above the high watermark, for 60 s',
    strikes: 'phase replicate',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.inPhase('replicate');
      const host = someHost(play, 'new');
      await strikeHost(play, 'fill-disk', host, { percent: 92 });
      await play.pause(60_000);
      await strikeHost(play, 'fill-disk', host, { percent: 92, undo: true });
    },
  },
  {
    name: 'front-killed',
    about: 'HAProxy on one front is killed; its unit must start it again',
    strikes: 'after the big switch',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      await play.atGate('drain:');
      await killFront(play, someHost(play, 'new'));
      play.release();
    },
  },
  {
    name: 'app-will-not-restart',
    about:
      "an app's restart command fails when it is to be switched; everything goes back, and a new approval is asked for",
    strikes: 'gate big-switch, an app chosen by seed',
    expected: 'migrated',
    minutes: 5,
    run: async (play) => {
      const gate = await play.atGate('big-switch');
      const host = someHost(play, 'app');
      await strikeHost(play, 'refuse-restart', host);
      // The first approval is given; a later one only when the fault is over.
      play.hold(({ token }) => token !== gate.token);
      await play.until(() => (play.status?.gate && play.status.gate.token !== gate.token ? true : undefined));
      const apps = hostsOf(play.stage.lab.hosts, 'app');
      const [canary] = apps;
      // The canary was on the fronts already: it is taken back, and switched once more.
      if (canary && canary.name !== host.name) for (let i = 0; i < 2; i += 1) play.faults.start(canary.name);
      const places = await Promise.all(
        apps.map((app) => onHost(play, app, 'curl -s http://127.0.0.1:8080/health || true')),
      );
      await strikeHost(play, 'refuse-restart', host, { undo: true });
      play.release();
      must(
        places.every((health) => !health.includes('https://')),
        `not every app is back on the old nodes: ${places.join(' ')}`,
      );
    },
  },
];
