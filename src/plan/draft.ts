import { Document, isMap, isScalar } from 'yaml';
import type { PlanInput } from './schema';

/** A host, as a person names it: `NAME=ADDRESS`. */
export interface NamedAddress {
  name: string;
  address: string;
  /** `node.name` of its Elasticsearch, where it is not the name of the host. */
  nodeName?: string;
}

/** What a person is asked for a plan; all the rest has a default. */
export interface PlanAnswers {
  name: string;
  clusterName: string;
  /** Addresses of the hub as the old and as the new hosts reach it. */
  hub: [forOld: string, forNew: string];
  old: NamedAddress[];
  new: NamedAddress[];
  apps: NamedAddress[];
  app: {
    path: string;
    format: 'yaml' | 'json' | 'env' | 'text';
    /** For yaml, json and env: key to value. */
    set?: Record<string, string>;
    /** For text: reference to the template. */
    template?: string;
    restart: string;
    check: string;
  };
  ports?: { http: number; transport: number };
  /** Who bigswitch is to the cluster, with the reference to the secret. */
  auth?: PlanInput['elasticsearch']['auth'];
  /** The CA of the nodes' certificates, where they speak https. */
  https?: PlanInput['elasticsearch']['https'];
  sshKey: string;
  knownHosts: string;
  front: { chain: string; key: string; caFile?: string; username: string; password: string };
}

/** Makes the plan of the answers, with no more fields than are needed; it is not validated yet. */
export function draftPlan(answers: PlanAnswers): PlanInput {
  const { name, clusterName, hub, app, ports, auth, https, front } = answers;
  const config = {
    path: app.path,
    format: app.format,
    ...(app.set && { set: app.set }),
    ...(app.template && { template: app.template }),
  };
  return {
    version: 1,
    name,
    elasticsearch: {
      clusterName,
      ...(ports && ports.http !== 9200 && { httpPort: ports.http }),
      ...(ports && ports.transport !== 9300 && { transportPort: ports.transport }),
      ...(auth && { auth }),
      ...(https && { https }),
    },
    ssh: { privateKey: answers.sshKey, knownHosts: answers.knownHosts },
    hosts: {
      hub: { name: 'hub', addressForOld: hub[0], addressForNew: hub[1] },
      old: answers.old,
      new: answers.new,
      apps: answers.apps.map((one) => ({
        name: one.name,
        address: one.address,
        config,
        restart: app.restart,
        check: app.check,
      })),
    },
    front: {
      certificate: { chain: front.chain, key: front.key },
      ...(front.caFile && { caFile: front.caFile }),
      auth: { username: front.username, password: front.password },
    },
  };
}

const HEAD = ` yaml-language-server: $schema=./plan.schema.json
 A plan for bigswitch; \`bigswitch schema >plan.schema.json\` puts the schema there. Further fields: examples/plan.yaml.
 Secrets are never written here: "file:/path" and "env:NAME" name what the worker reads.`;

const COMMENTS: [path: string[], comment: string][] = [
  [['name'], 'The workflow is bigswitch-NAME.'],
  [['elasticsearch', 'clusterName'], 'cluster.name of the live cluster.'],
  [['ssh'], 'How the worker reaches every host, as root unless a host says otherwise.'],
  [['hosts', 'hub'], 'The machine that both networks reach.'],
  [['hosts', 'old'], 'Hosts that run the cluster now, with the address that Elasticsearch publishes.'],
  [['hosts', 'new'], 'Hosts that are to run it: Elasticsearch is installed, not running, and without data.'],
  [['hosts', 'apps'], 'Hosts whose apps use the cluster: the file that names it, the restart, and the check.'],
  [['front'], 'HAProxy on each new host; the certificate and its key are there already, and never travel.'],
];

/**
 * Writes a plan as YAML with a comment at each part.
 * @param risks what a person has to look at first; each becomes a line at the top
 */
export function planYaml(plan: PlanInput, risks: string[] = []): string {
  const document = new Document(plan, { aliasDuplicateObjects: false });
  document.commentBefore = [HEAD, ...risks.map((risk) => ` Look at this first: ${risk}`)].join('\n');
  for (const [path, comment] of COMMENTS) {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) continue;
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
    if (pair && isScalar(pair.key)) pair.key.commentBefore = ` ${comment}`;
  }
  return document.toString({ lineWidth: 120 });
}
