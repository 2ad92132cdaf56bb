import { createHash, pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES, ROOT } from './paths';

/** Who makes the cluster and judges its move: may do everything. */
export const OPERATOR = 'operator';
/** Who moves it: may do what its documented role says. The operator's password is its password too. */
export const MOVER = 'bigswitch';
const MOVERS_ROLE = join(ROOT, 'examples', 'role.json');
/** Who the apps are. */
export const APP_USER = 'shop';

/** What an app may do: ask how the cluster is, and everything with its own data. */
const APP_ROLE = `shop:
  cluster: [ 'monitor' ]
  indices:
    - names: [ '*' ]
      privileges: [ 'all' ]
`;

const ROUNDS = 10_000;

/**
 * A password as Elasticsearch keeps it in the file of its users: PBKDF2 with HMAC-SHA512, 256 bits of salt and of key. The salt is the
 * password's own, so that the file is the same on every node.
 */
export function hashOf(password: string): string {
  const salt = createHash('sha256').update(`salt of ${password}`).digest();
  const key = pbkdf2Sync(password, salt, ROUNDS, 32, 'sha512');
  return `{PBKDF2}${ROUNDS}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** Files of the users of a secured cluster by name, the same on every node. */
export function userFiles(): Record<string, string> {
  const users = { [OPERATOR]: operatorPassword(), [MOVER]: operatorPassword(), [APP_USER]: appPassword() };
  return {
    users: Object.entries(users)
      .map(([name, password]) => `${name}:${hashOf(password)}\n`)
      .join(''),
    users_roles: `superuser:${OPERATOR}\nbigswitch:${MOVER}\nshop:${APP_USER}\n`,
    'roles.yml': `${APP_ROLE}bigswitch: ${JSON.stringify(JSON.parse(readFileSync(MOVERS_ROLE, 'utf8')))}\n`,
  };
}

/** Password of the operator. @throws Error when the lab has made none */
export function operatorPassword(): string {
  return passwordIn(FILES.operatorPassword);
}

/** Password of the apps. @throws Error when the lab has made none */
export function appPassword(): string {
  return passwordIn(FILES.frontPassword);
}

function passwordIn(path: string): string {
  return readFileSync(path, 'utf8').trim();
}
