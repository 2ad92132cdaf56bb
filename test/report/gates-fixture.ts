import type { ReportInput } from '../../src/contract/activities';
import type { AuditEntry } from '../../src/contract/audit';
import type { DataProof } from '../../src/contract/data-proof';
import type { Check, Fact } from '../../src/contract/evidence';
import type { GateName } from '../../src/contract/phases';
import { at } from './samples-fixture';

const fact = (name: string, seen: string, proves?: string): Fact => ({
  name,
  ok: true,
  seen,
  ...(proves && { proves }),
});

/** Facts and figures of a data proof. */
function data(between: [string, string], shards: number, documents: number): { facts: Fact[]; data: DataProof } {
  const sampled = shards * 10;
  return {
    facts: [
      fact(
        'every copy has every write',
        `${2 * shards} copies of ${shards} shards in 8 indices`,
        'Each copy has processed every write that any copy knew of when the look began, so none is lost with a node. It does not prove what those writes say.',
      ),
      fact(
        'copies hold the same number of documents',
        `${documents.toLocaleString('en-US')} documents in ${shards} shards`,
        'No copy of a shard has more or fewer documents than another copy of it. It does not prove that they are the same documents.',
      ),
      fact(
        'sampled documents are the same on both sides',
        `${sampled} documents of ${shards} shards, read from ${between.join(' and ')}; not compared: audit: keeps no _source`,
        'Version, sequence number and content (SHA-256) of each sampled document are equal when they are read from one copy on each side. It does not prove anything of documents that were not sampled.',
      ),
    ],
    data: {
      between,
      indices: 8,
      shards,
      copies: 2 * shards,
      onlyCopies: 1,
      documents,
      sampledDocuments: sampled,
      sampledShards: shards,
      figures: ['old-1', 'new-1'].map((node, i) => ({
        index: 'orders',
        shard: 0,
        node,
        primary: i === 1,
        documents: 5_000,
        maxSeqNo: 5_210 + i,
        localCheckpoint: 5_210 + i,
        globalCheckpoint: 5_209 + i,
      })),
      figuresMore: 2 * shards - 2,
      different: [],
      differentMore: 0,
      notCompared: [{ index: 'audit', what: 'keeps no _source' }],
      notComparedMore: 0,
    },
  };
}

function gate(
  name: GateName,
  openedAt: number,
  passedAt: number,
  by: string[],
  facts: Fact[],
  compared?: ReturnType<typeof data>,
): ReportInput['gates'][number] {
  return {
    gate: name,
    evidence: {
      gate: name,
      takenAt: at(passedAt),
      holds: true,
      facts: [...facts, ...(compared?.facts ?? [])],
      ...(compared && { data: compared.data }),
    },
    approvedBy: by,
    openedAt: at(openedAt),
    passedAt: at(passedAt),
  };
}

const drainFacts = (host: string, left: number) => [
  fact('the cluster is green', 'green; 0 initializing, 0 relocating, 0 unassigned, asked of new-1'),
  fact('every shard on it has a copy elsewhere', `${left} shards on ${host}, each with a started copy on the new side`),
  fact('no app talks to it', `0 client connections to ${host}:9200`),
  fact('the other nodes have room', 'new-1 has 61.2 GiB free, new-2 60.8 GiB, new-3 61.0 GiB; 98 MiB are needed'),
];

export const GATES = [
  gate(
    'big-switch',
    186,
    196,
    ['ada@example.org', 'grace@example.org'],
    [
      fact('the cluster is green', 'green, 6 nodes, 41 shards; 0 initializing, 0 relocating, 0 unassigned'),
      fact('every shard group has a copy on both sides', '18 of 18 groups, proven 3 times in a row by new-1'),
      fact('all nodes see all nodes', '6 nodes asked, each sees the same 6'),
      fact('every front answers every app', '6 pairs: 200 with the password, 401 with a wrong one, TLS 1.2 and 1.3'),
      fact('the quorum is on the old side', 'old-1, old-2 and old-3 vote; old-1 is the elected master'),
      fact('the apps are healthy', 'app-1 and app-2: check passed'),
    ],
    data(['the old side', 'the new side'], 18, 102_240),
  ),
  gate('drain:old-2', 243, 251, ['ada@example.org'], drainFacts('old-2', 8), data(['old-2', 'the new side'], 8, 40000)),
  gate('drain:old-3', 287, 295, ['ada@example.org'], drainFacts('old-3', 8), data(['old-3', 'the new side'], 8, 40000)),
  gate('drain:old-1', 329, 337, ['ada@example.org'], drainFacts('old-1', 7), data(['old-1', 'the new side'], 7, 35000)),
  gate(
    'teardown',
    372,
    380,
    ['grace@example.org'],
    [
      fact('no old node is in the cluster', '3 nodes: new-1, new-2, new-3'),
      fact('the cluster is green', 'green, 41 shards on 3 nodes'),
      fact('no document is missing', '8 indices, 102,411 documents; none has fewer than before'),
    ],
    data(['each primary', 'another copy'], 18, 102_411),
  ),
];

export const CHECKS: Check[] = [
  {
    name: 'clock-skew',
    subject: 'old-2',
    result: 'failed',
    seen: 'its clock is 41 s behind',
    remedy: 'start a time service on it',
    waivable: true,
  },
  {
    name: 'no-replica',
    subject: 'carts',
    result: 'warn',
    seen: 'has no replica; it gets one until the old nodes are gone',
    remedy: 'nothing to do, or set replicate.noReplica to "move"',
    waivable: true,
  },
  {
    name: 'certificate-expiry',
    subject: 'new-3',
    result: 'warn',
    seen: 'the front certificate expires in 24 days',
    remedy: 'renew it soon',
    waivable: true,
  },
  ...['ssh', 'sudo', 'systemd', 'tun-device', 'iptables-nat', 'free-ports', 'disk-free'].flatMap((name) =>
    ['hub', 'old-1', 'old-2', 'old-3', 'new-1', 'new-2', 'new-3'].map((subject): Check => ({
      name,
      subject,
      result: 'ok',
      seen: 'as it should be',
      waivable: false,
    })),
  ),
  { name: 'cluster-green', subject: '', result: 'ok', seen: 'green, 3 nodes, 41 shards', waivable: false },
];

export const AUDIT: AuditEntry[] = GATES.flatMap((passed): AuditEntry[] => [
  {
    at: passed.openedAt,
    kind: 'gate-opened',
    gate: passed.gate,
    accepted: true,
    reason: `${passed.evidence.facts.length} facts hold`,
  },
  ...(passed.gate === 'drain:old-2'
    ? [
        {
          at: at(247),
          kind: 'approve' as const,
          gate: passed.gate,
          by: 'mallory@example.org',
          accepted: false,
          reason: 'the token is not the one of this gate',
        },
      ]
    : []),
  ...passed.approvedBy.map((by): AuditEntry => ({
    at: passed.passedAt,
    kind: 'approve',
    gate: passed.gate,
    by,
    note: 'looks right',
    accepted: true,
  })),
  {
    at: passed.passedAt,
    kind: 'gate-passed',
    gate: passed.gate,
    accepted: true,
    reason: 'the evidence was taken again and holds',
  },
]);
