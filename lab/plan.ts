import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { PlanInput } from '../src/plan/schema';
import { FRONT_FOLDER } from './ca';
import { hostsOf } from './layout';
import { appConfigPath } from './provision';
import { isSecured } from './shapes';
import type { LabHost, LabState } from './types';
import { MOVER } from './users';

/** How the shop's two configuration formats name the endpoints, for `hosts.apps[].config`. */
function appConfig(host: LabHost): PlanInput['hosts']['apps'][number]['config'] {
  const path = appConfigPath(host);
  if (path.endsWith('.env')) {
    return {
      path,
      format: 'env',
      set: {
        ES_ENDPOINTS: '{{urls}}',
        ES_USERNAME: '{{username}}',
        ES_PASSWORD: '{{password}}',
        ES_CA_FILE: '/etc/shop/ca.crt',
      },
    };
  }
  return {
    path,
    format: 'yaml',
    set: {
      'elasticsearch.endpoints': '{{urls}}',
      'elasticsearch.username': '{{username}}',
      'elasticsearch.password': '{{password}}',
      'elasticsearch.caFile': '/etc/shop/ca.crt',
    },
  };
}

/** Since which major version the lab's nodes are known by the fingerprint of their CA; before, by its file: each is moved by. */
const FINGERPRINT_SINCE = 9;

function nodesTrust({ esVersion, caFile }: LabState): PlanInput['elasticsearch']['https'] {
  if (Number.parseInt(esVersion, 10) < FINGERPRINT_SINCE) return { ca: `file:${caFile}` };
  return { fingerprint: new X509Certificate(readFileSync(caFile)).fingerprint256 };
}

/** The plan that moves this lab's cluster, as the object that a person would write. */
export function labPlanInput(state: LabState): PlanInput {
  const required = (host: LabHost, side: 'old' | 'new') => {
    const address = host.addresses[side];
    if (address === undefined) throw new Error(`host ${host.name} has no address in the ${side} network`);
    return address;
  };
  const [hub] = hostsOf(state.hosts, 'hub');
  if (!hub) throw new Error('the lab has no hub');
  const secured = hostsOf(state.hosts, 'old').some(({ settings }) => isSecured(settings));
  return {
    version: 1,
    name: 'lab',
    elasticsearch: {
      clusterName: state.clusterName,
      ...(secured && {
        auth: { username: MOVER, password: `file:${state.operatorPasswordFile}` },
        https: nodesTrust(state),
      }),
      newNodeSettings: {
        'path.data': '/var/lib/elasticsearch',
        'path.logs': '/var/log/elasticsearch',
        ...(secured ? {} : { 'xpack.security.enabled': false }),
        'indices.breaker.total.use_real_memory': false,
      },
    },
    ssh: { privateKey: `file:${state.ssh.privateKey}`, knownHosts: `file:${state.ssh.knownHosts}` },
    hosts: {
      hub: { name: hub.name, addressForOld: required(hub, 'old'), addressForNew: required(hub, 'new') },
      old: hostsOf(state.hosts, 'old').map((host) => ({ name: host.name, address: required(host, 'old') })),
      new: hostsOf(state.hosts, 'new').map((host) => ({ name: host.name, address: required(host, 'new') })),
      apps: hostsOf(state.hosts, 'app').map((host) => ({
        name: host.name,
        address: required(host, 'new'),
        ssh: { user: host.sshUser, sudo: true },
        config: appConfig(host),
        restart: 'systemctl restart shop',
        check: 'curl -fsS --max-time 5 http://127.0.0.1:8080/health',
        stats: 'curl -fsS --max-time 5 http://127.0.0.1:8080/stats',
      })),
    },
    front: {
      certificate: { chain: `${FRONT_FOLDER}/front.crt`, key: `${FRONT_FOLDER}/front.key` },
      caFile: '/etc/shop/ca.crt',
      auth: { username: 'shop', password: `file:${state.frontPasswordFile}` },
    },
    // A lab of fewer new nodes is wanted so.
    ...(hostsOf(state.hosts, 'new').length < 3 && { waive: ['voters'] }),
    switch: { watchSeconds: 5 },
    sampleSeconds: 2,
    report: { folder: 'out/demo' },
  };
}

/** The plan of this lab as YAML. */
export function labPlan(state: LabState): string {
  return `# The lab's plan; written by scripts/lab up.\n${stringify(labPlanInput(state))}`;
}
