import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LabState } from '../types';
import { APP_USER, MOVER, OPERATOR } from '../users';

/** Secrets that the lab gave out, by what they are. */
export type Secrets = Record<string, string>;

/** Folders of a run in which its secrets lie on purpose: what docker-compose.yml hands to its services. */
const BY_DESIGN = ['compose'];

/**
 * The lab's password of the front, and what makes its SSH key a private one.
 * @throws Error when they can't be read
 */
export function labSecrets(lab: Pick<LabState, 'frontPasswordFile' | 'operatorPasswordFile' | 'ssh'>): Secrets {
  const password = readFileSync(lab.frontPasswordFile, 'utf8').trim();
  const operators = readFileSync(lab.operatorPasswordFile, 'utf8').trim();
  // The first lines say of which kind it is and what its public half is.
  const key = readFileSync(lab.ssh.privateKey, 'utf8').trim().split('\n').at(-3) ?? '';
  if (password === '' || operators === '' || key.length < 20)
    throw new Error("the lab's secrets can't be read, so nobody can look for them");
  return {
    "the front's password": password,
    "the front's login": Buffer.from(`${APP_USER}:${password}`).toString('base64'),
    "the operator's password": operators,
    "the operator's login": Buffer.from(`${OPERATOR}:${operators}`).toString('base64'),
    "the mover's login": Buffer.from(`${MOVER}:${operators}`).toString('base64'),
    'the SSH key': key,
  };
}

/**
 * Where a secret lies in what a run left: reports, logs, the history in the server's own file.
 * @returns each as `file: what`
 */
export function secretsIn(folder: string, secrets: Secrets): string[] {
  if (!existsSync(folder)) return [];
  return filesUnder(folder).flatMap((path) => {
    const content = ifThere(() => readFileSync(path)) ?? '';
    return Object.entries(secrets)
      .filter(([, secret]) => content.includes(secret))
      .map(([what]) => `${relative(folder, path)}: ${what}`);
  });
}

function filesUnder(folder: string): string[] {
  return (ifThere(() => readdirSync(folder)) ?? []).flatMap((name) => {
    const path = join(folder, name);
    const entry = statSync(path, { throwIfNoEntry: false });
    if (entry?.isDirectory()) return BY_DESIGN.includes(name) ? [] : filesUnder(path);
    return entry?.isFile() ? [path] : [];
  });
}

/** The server goes on writing meanwhile, and a journal of its database comes and goes: what has gone was not left. */
function ifThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
