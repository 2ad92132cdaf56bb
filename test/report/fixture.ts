import type { ReportInput } from '../../src/contract/activities';
import type { PhaseRecord } from '../../src/contract/phases';
import type { LedgerEntry, UndoResult } from '../../src/contract/ledger';
import type { Phase } from '../../src/contract/phases';
import { AUDIT, CHECKS, GATES } from './gates-fixture';
import { at, MiB, samples, START } from './samples-fixture';

export { planFixture } from './plan-fixture';
export { at } from './samples-fixture';

const PHASES: [Phase, number, number, string][] = [
  ['preflight', 0, 9, '74 checks on 9 hosts and the cluster: every one passed or was waived'],
  ['bridge', 9, 41, '6 clients connected to the hub, 9 cross pairs answer, 21.4 MiB/s'],
  ['redirect', 41, 58, 'every cross peer answers at its real address, from 6 hosts'],
  ['join', 58, 101, 'new-1, new-2 and new-3 joined; the quorum is on the old side'],
  ['replicate', 101, 168, '18 primaries moved; each of the 18 shard groups has a copy on both sides'],
  ['front', 168, 186, '3 fronts answer https with the password from both app hosts'],
  ['switch', 186, 243, 'app-1 and then app-2 talk to the fronts only; the quorum is on the new side'],
  ['drain', 243, 372, 'old-2, old-3 and old-1 are empty, stopped and gone from the cluster'],
  ['teardown', 372, 398, 'settings are as they were; nothing of ours is left on any host'],
];

function phases(until: number): PhaseRecord[] {
  const begun = PHASES.filter(([, from]) => from < until).map(([phase, from, to, summary]) => ({
    phase,
    startedAt: at(from),
    ...(to <= until ? { endedAt: at(to), summary } : {}),
  }));
  return [...begun, { phase: 'report', startedAt: at(until) }];
}

const OLD = ['old-1', 'old-2', 'old-3'];
const NEW = ['new-1', 'new-2', 'new-3'];

function ledger(): LedgerEntry[] {
  const entry = (
    host: string,
    phase: Phase,
    step: string,
    summary: string,
    seconds: number,
    changed = true,
  ): LedgerEntry => ({ host, phase, step, summary, changed, at: at(seconds) });
  return [
    entry('hub', 'bridge', 'package-openvpn', 'install openvpn', 10),
    entry('hub', 'bridge', 'bridge-server', 'CA and OpenVPN server of the bridge', 14),
    ...[...OLD, ...NEW].flatMap((host, index) => [
      entry(host, 'bridge', 'package-openvpn', 'install openvpn', 18 + index),
      entry(host, 'bridge', 'bridge-client', 'OpenVPN client with a fixed address', 24 + index),
      entry(
        host,
        'redirect',
        'redirect-rules',
        'redirect the real addresses of the other side over the bridge',
        42 + index,
      ),
    ]),
    entry('hub', 'join', 'cluster-0001-voting', 'keep new-1, new-2 and new-3 out of the voting configuration', 60),
    ...NEW.flatMap((host) => [
      entry(host, 'join', 'elasticsearch-yml', 'elasticsearch.yml of a joining node', 64),
      entry(host, 'join', 'elasticsearch-service', 'enable and start elasticsearch.service', 66),
    ]),
    entry('hub', 'replicate', 'cluster-0002-throttle', 'recovery throttles for the measured bridge', 102),
    ...NEW.flatMap((host) => [
      entry(host, 'front', 'package-haproxy', 'install haproxy', 169),
      entry(host, 'front', 'front', 'TLS and basic auth on port 9243', 174),
    ]),
    entry('app-1', 'switch', 'app-config', 'point /etc/shop/config.yaml at the fronts', 198),
    entry('app-2', 'switch', 'app-config', 'point /etc/shop/config.yaml at the fronts', 214),
    ...OLD.map((host, index) =>
      entry(host, 'drain', 'elasticsearch-stop', 'stop and disable elasticsearch.service', 275 + 42 * index),
    ),
    entry('new-1', 'front', 'front-directory', 'folder for the front', 174, false),
  ];
}

function undoneAtTeardown(): UndoResult[] {
  return [
    { host: 'hub', undone: ['cluster-0002-throttle', 'cluster-0001-voting'] },
    ...[...OLD, ...NEW].map((host) => ({ host, undone: ['redirect-rules', 'bridge-client', 'package-openvpn'] })),
    { host: 'hub', undone: ['bridge-server', 'package-openvpn'] },
  ];
}

const CLUSTER = {
  clusterName: 'shop',
  version: '7.17.28',
  nodes: 3,
  indices: 8,
  shards: 41,
  documents: 102_240,
  primaryBytes: 118 * MiB,
  totalBytes: 269 * MiB,
};
const BRIDGE = { clients: 6, crossPairs: 9, mtu: 1500, throughputMBps: 21.4 };
const RUN = {
  workflowId: 'bigswitch-shop-to-own-account',
  runId: '0f3c9a52-7d1e-4a68-9a43-5a1b0f6f2c11',
  startedAt: at(0),
};

/** A migration that went well. */
export function migratedInput(): ReportInput {
  return structuredClone<ReportInput>({
    ...RUN,
    outcome: 'migrated',
    endedAt: at(399),
    cluster: CLUSTER,
    bridge: BRIDGE,
    bridgeBytes: 127.8 * MiB,
    phases: phases(398),
    checks: CHECKS,
    gates: GATES,
    audit: AUDIT,
    ledger: ledger(),
    undone: undoneAtTeardown(),
    samples: samples(398),
  });
}

/** One that a person rolled back while it replicated. */
export function rolledBackInput(): ReportInput {
  const made = ledger().filter((entry) => Date.parse(entry.at) < START + 150_000);
  const hosts = [...new Set(made.map(({ host }) => host))];
  return {
    ...migratedInput(),
    outcome: 'rolled-back',
    reason: 'ada@example.org asked for it: the link is needed for the nightly backup',
    endedAt: at(190),
    bridgeBytes: 96.2 * MiB,
    phases: phases(150),
    gates: [],
    audit: [
      {
        at: at(150),
        kind: 'rollback',
        by: 'ada@example.org',
        note: 'the link is needed for the nightly backup',
        accepted: true,
      },
    ],
    ledger: made,
    undone: hosts.map((host) => ({
      host,
      undone: made
        .filter((entry) => entry.host === host)
        .map(({ step }) => step)
        .reverse(),
    })),
    samples: samples(150),
    rollback: {
      by: 'ada@example.org',
      reason: 'the link is needed for the nightly backup',
      at: at(150),
      from: 'replicate',
      stages: [
        { what: 'data back to the old side', startedAt: at(151), endedAt: at(172) },
        { what: 'cluster settings as they were', startedAt: at(172), endedAt: at(174) },
        { what: 'redirects and bridge removed', startedAt: at(174), endedAt: at(183) },
      ],
    },
    proof: {
      proven: 'The cluster is green on its 3 old nodes only, with the settings that it had.',
      facts: { hosts: 9 },
    },
  };
}

/** One that was refused in preflight: nothing was measured, nothing was changed. */
export function failedInput(): ReportInput {
  return {
    ...RUN,
    outcome: 'failed',
    reason: 'preflight failed: index "archive" is closed; open it or delete it, then start again',
    endedAt: at(7),
    phases: [{ phase: 'preflight', startedAt: at(0) }],
    checks: [
      ...CHECKS,
      {
        name: 'closed-indices',
        subject: 'archive',
        result: 'failed',
        seen: 'the index is closed: its shards do not move',
        remedy: 'POST archive/_open, or delete it',
        waivable: false,
      },
    ],
    gates: [],
    audit: [],
    ledger: [],
    undone: [],
    samples: [],
  };
}
