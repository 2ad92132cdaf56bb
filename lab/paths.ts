import { join } from 'node:path';

/** Root of the repository. */
export const ROOT = join(__dirname, '..');
/** Everything that the lab writes, and nothing else: removed by `down` but for the folder itself. */
export const LAB_OUT = join(ROOT, 'out', 'lab');

/** What a demo leaves: its evidence, the report, logs, and the pids of what it started. */
export const DEMO_OUT = join(ROOT, 'out', 'demo');

/** The same of a demo through docker-compose.yml. */
export const COMPOSE_DEMO_OUT = join(ROOT, 'out', 'demo-compose');

/** What stays of every demo. */
export const DEMO_RESULTS = join(ROOT, 'out', 'demos');

/** What chaos runs leave: a folder for each scenario. */
export const CHAOS_OUT = join(ROOT, 'out', 'chaos');

/** Files of a lab, by what they are. */
export const FILES = {
  state: join(LAB_OUT, 'lab.json'),
  compose: join(LAB_OUT, 'compose.json'),
  plan: join(LAB_OUT, 'plan.yaml'),
  ssh: join(LAB_OUT, 'ssh'),
  privateKey: join(LAB_OUT, 'ssh', 'id_ed25519'),
  knownHosts: join(LAB_OUT, 'ssh', 'known_hosts'),
  ca: join(LAB_OUT, 'ca'),
  caCertificate: join(LAB_OUT, 'ca', 'ca.crt'),
  caKey: join(LAB_OUT, 'ca', 'ca.key'),
  nodeCertificates: join(LAB_OUT, 'ca', 'nodes'),
  frontPassword: join(LAB_OUT, 'secrets', 'front-password'),
  operatorPassword: join(LAB_OUT, 'secrets', 'operator-password'),
  secrets: join(LAB_OUT, 'secrets'),
  app: join(LAB_OUT, 'app', 'shop.cjs'),
  stage: join(LAB_OUT, 'stage'),
} as const;
