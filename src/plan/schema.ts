import { z } from 'zod';
import { isHostAddress, parseCidr } from './addresses';
import { notifySchema } from './notify';
import { secretRef } from './secret-ref';

const ipv4 = z.string().refine(isHostAddress, 'must be the IPv4 address of one host, such as 10.0.1.11');
const cidr = z
  .string()
  .refine((value) => parseCidr(value) !== undefined, 'must be a network of /8 to /29 such as 10.99.0.0/24');
const port = z.number().int().min(1).max(65535);
/** Name of a host or a migration. */
export const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a short host name: lower-case letters, digits and hyphens');
const absolutePath = z.string().regex(/^\/[A-Za-z0-9._@/+-]+$/, 'must be an absolute path without spaces');
const unitName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9:_.@-]*$/, 'must be the name of a service');
/** Printable, without the colon that ends it in HTTP basic authentication. */
const userName = z.string().regex(/^[ -9;-~\u00A0-\uFFFF]+$/, 'must be a user name, in one line and without a colon');
const nodeName = z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be an Elasticsearch node name');

const sshOverride = z.strictObject({
  /** Address that the worker connects to; default: the host's own address. */
  address: z.string().min(1).optional(),
  port: port.optional(),
  user: z.string().min(1).optional(),
  /** Run steps through `sudo -n`; needed when `user` is not root. */
  sudo: z.boolean().optional(),
});

const nodeHost = z.strictObject({
  name: hostName,
  /** The host's own (real) IPv4 address: the one that Elasticsearch publishes. */
  address: ipv4,
  /** `node.name` of its Elasticsearch; default: `name`. */
  nodeName: nodeName.optional(),
  ssh: sshOverride.optional(),
});

const hubHost = z.strictObject({
  name: hostName,
  /** Address of the hub as the old hosts reach it. */
  addressForOld: ipv4,
  /** Address of the hub as the new hosts reach it. */
  addressForNew: ipv4,
  ssh: sshOverride.optional(),
});

const appConfig = z.strictObject({
  path: absolutePath,
  format: z.enum(['yaml', 'json', 'env', 'text']),
  /**
   * For yaml, json and env: dotted key path (or variable name) to value. In a string value `{{urls}}` (comma-joined),
   * `{{username}}` and `{{password}}` are filled in; a value that is exactly `{{urls}}` becomes a list in yaml and json.
   */
  set: z
    .record(
      z.string().min(1),
      z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number, true or false'),
    )
    .optional(),
  /** For text: reference to a template on the worker with the same placeholders; it becomes the whole file. */
  template: z
    .string()
    .regex(/^file:\//, 'must be "file:/absolute/path" on the worker')
    .optional(),
});

const appHost = z.strictObject({
  name: hostName,
  address: ipv4,
  ssh: sshOverride.optional(),
  config: appConfig,
  /** Command that restarts the app gracefully, for example `systemctl restart shop`. */
  restart: z.string().min(1),
  /** Command that exits 0 once the app works with the endpoints in its configuration. */
  check: z.string().min(1),
  /** Longest time that `check` may take to succeed after a restart, in seconds. */
  checkSeconds: z.number().int().min(1).max(3600).default(60),
  /** Optional command that prints `{"requests":n,"failed":n,"p50Ms":x,"p99Ms":y}` for the last seconds; shown in the report. */
  stats: z.string().min(1).optional(),
});

/** The CA that signed the certificates of the http ports of all nodes, old and new: a PEM file on the worker, or its fingerprint. */
const nodesTrust = z.union(
  [
    z.strictObject({ ca: z.string().regex(/^file:\//, 'must be "file:/absolute/path" of a PEM file on the worker') }),
    z.strictObject({
      /** SHA-256 in hex, as Elasticsearch prints it at its first start; nodes have to show the CA with their own certificate. */
      fingerprint: z
        .string()
        .regex(
          /^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$/,
          'must be the SHA-256 of a certificate in hex, with or without colons',
        ),
    }),
  ],
  'must be the ca of the nodes, a PEM file on the worker, or its fingerprint',
);

/** One way to log in: user and password, an API key as Elasticsearch prints it (`encoded`), or a token that is sent as `Bearer`. */
const clusterLogin = z.union(
  [
    z.strictObject({ username: userName, password: secretRef }),
    z.strictObject({ apiKey: secretRef }),
    z.strictObject({ token: secretRef }),
  ],
  'must be a username with the reference to its password, or the reference to an apiKey or to a token; client certificates are not taken',
);

/** Everything that a person says before a migration: the validated input of the workflow `migrateCluster`. */
export const planSchema = z.strictObject({
  version: z.literal(1),
  /** Name of the migration; the workflow id is `bigswitch-NAME`, and hosts keep their ledger under it. */
  name: hostName,
  elasticsearch: z.strictObject({
    clusterName: z.string().min(1),
    httpPort: port.default(9200),
    transportPort: port.default(9300),
    /** Service and configuration file, the same on old and new hosts. */
    service: unitName.default('elasticsearch.service'),
    configFile: absolutePath.default('/etc/elasticsearch/elasticsearch.yml'),
    /** Who bigswitch is to a cluster that knows users; with the rights of examples/role.json. */
    auth: clusterLogin.optional(),
    /** The nodes' http port speaks https, by certificates that name each node's address; left out where it speaks plain http. */
    https: nodesTrust.optional(),
    /** Seconds until a request to the cluster counts as failed; a question about every shard or index gets four times as many. */
    requestSeconds: z.number().int().min(10).max(300).default(30),
    /** Further settings for the new nodes' elasticsearch.yml, for example `path.data`. */
    newNodeSettings: z
      .record(
        z.string(),
        z.union(
          [z.string(), z.number(), z.boolean(), z.array(z.string())],
          'must be a text, a number, true or false, or a list of texts',
        ),
      )
      .default({}),
  }),
  ssh: z.strictObject({
    user: z.string().min(1).default('root'),
    port: port.default(22),
    sudo: z.boolean().default(false),
    privateKey: secretRef,
    passphrase: secretRef.optional(),
    /** known_hosts file on the worker; a host whose key is not in it is refused. */
    knownHosts: z.string().regex(/^file:\//, 'must be "file:/absolute/path" of a known_hosts file on the worker'),
  }),
  bridge: z
    .strictObject({
      /** Network of the VPN addresses; must not overlap with any host's address. */
      cidr: cidr.default('198.19.0.0/24'),
      /** Address in it of old and new hosts, by name; default: by their order, see `plannedNodes`. */
      addresses: z.record(hostName, ipv4).optional(),
      port: port.default(1194),
      proto: z.enum(['udp', 'tcp']).default('udp'),
      /** Redirect UDP of the transport port too (very old clusters with multicast discovery). */
      redirectUdp: z.boolean().default(false),
      /** Seconds after which redirect rules undo themselves unless confirmed over a fresh SSH connection. */
      confirmSeconds: z.number().int().min(30).max(1800).default(180),
    })
    .prefault({}),
  hosts: z.strictObject({
    hub: hubHost,
    old: z.array(nodeHost).min(1),
    new: z.array(nodeHost).min(1),
    apps: z.array(appHost).min(1),
  }),
  replicate: z
    .strictObject({
      /** Upper bound for shard traffic into one node, in MiB/s; default: derived from the measured bridge. */
      maxMBps: z.number().positive().optional(),
      /** Concurrent shard moves into one new node. */
      movesPerNode: z.number().int().min(1).max(20).default(2),
      /**
       * What to do with an index without replicas: move its only copy when its node is drained, or give it a replica for
       * the time of the move. The cluster is yellow while such a replica is being made: no API can avoid that.
       */
      noReplica: z.enum(['temporary-replica', 'move']).default('move'),
      /** Consecutive proofs that must hold, and the seconds between them. */
      proofs: z.number().int().min(1).max(20).default(3),
      proofIntervalSeconds: z.number().positive().max(300).default(5),
      /** Minutes without byte progress after which the migration says that it is stuck. */
      stuckMinutes: z.number().positive().default(15),
    })
    .prefault({}),
  drain: z
    .strictObject({
      /**
       * Seconds for which an empty node is left running when searches were open on it: a scroll or a point in time lives where it
       * was opened, and ends with its node.
       */
      lingerSeconds: z.number().int().min(0).max(86_400).default(300),
    })
    .prefault({}),
  /** Changes to indices that a person wants made so that they fit on the new side, by index name. */
  indices: z.record(z.string().min(1), z.strictObject({ replicas: z.number().int().min(0).max(10) })).default({}),
  front: z.strictObject({
    port: port.default(9243),
    /** Certificate chain and private key, already on each new host (they never travel). */
    certificate: z.strictObject({ chain: absolutePath, key: absolutePath }),
    /** CA file on the app hosts that the fronts' certificates must verify against; default: the system's. */
    caFile: absolutePath.optional(),
    auth: z.strictObject({ username: z.string().regex(/^[A-Za-z0-9._-]+$/), password: secretRef }),
  }),
  gates: z
    .strictObject({
      /** Minutes after which an approval expires if its action has not begun. */
      approvalMinutes: z.number().positive().default(30),
      /** Gates that need two different approvers: `big-switch`, `drain`, `teardown`. */
      twoApprovers: z.array(z.enum(['big-switch', 'drain', 'teardown'])).default([]),
    })
    .prefault({}),
  switch: z
    .strictObject({
      /** App hosts that are switched first, alone; default: the first one. */
      canary: hostName.optional(),
      /** App hosts that are switched at the same time after the canary. */
      batch: z.number().int().min(1).default(5),
      /** Seconds for which a switched app must stay healthy before the next one. */
      watchSeconds: z.number().int().min(1).max(3600).default(30),
    })
    .prefault({}),
  /** Who is told when a gate opens, a phase ends, the run is stuck, waits or is blocked, or ends. */
  notify: notifySchema.prefault({}),
  /** Names of preflight checks that a person accepts as failed, each as `check` or `check:subject`. */
  waive: z
    .array(z.string().regex(/^[a-z0-9_-]+(:.+)?$/, 'must be "check" or "check:subject" as preflight names it'))
    .default([]),
  /** Seconds between samples for progress and the report's plots. */
  sampleSeconds: z.number().min(1).max(3600).default(30),
  /** What things cost, for the dry run; what is not given is left out there. */
  prices: z
    .strictObject({
      /** For each GiB that leaves one network for the other. */
      egressPerGiB: z.number().nonnegative().optional(),
      /** One node a month; default: `report.monthlyCostOld` and `report.monthlyCostNew` for all of them. */
      oldNodePerMonth: z.number().nonnegative().optional(),
      newNodePerMonth: z.number().nonnegative().optional(),
      /** Default: `report.currency`. */
      currency: z.string().min(1).optional(),
    })
    .prefault({}),
  report: z
    .strictObject({
      /** Folder on the worker for report.html and report.json. */
      folder: z.string().min(1).default('out'),
      /** Money per month, for the savings line; left out when not given. */
      monthlyCostOld: z.number().nonnegative().optional(),
      monthlyCostNew: z.number().nonnegative().optional(),
      currency: z.string().min(1).default('USD'),
    })
    .prefault({}),
});

/** The plan after validation, with every default filled in. */
export type Plan = z.output<typeof planSchema>;
/** The plan as a person writes it. */
export type PlanInput = z.input<typeof planSchema>;
/** An old or new host of the plan. */
export type NodeHost = Plan['hosts']['old'][number];
/** The hub of the plan. */
export type HubHost = Plan['hosts']['hub'];
/** An app host of the plan. */
export type AppHost = Plan['hosts']['apps'][number];
/** What a host is in the plan. */
export type HostRole = 'old' | 'new' | 'hub' | 'app';
