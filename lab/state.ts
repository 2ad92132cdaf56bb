import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { FILES, LAB_OUT } from './paths';
import type { LabHost, LabState } from './types';

/**
 * The lab that is up.
 * @throws Error that says how to bring one up, when there is none or its start was interrupted
 */
export function readLab(): LabState {
  const state = readAnyLab();
  if (!state?.ready) throw new Error('there is no lab up; bring one up with: scripts/lab up');
  return state;
}

/** The lab's state even when its start was interrupted; undefined when there is none. */
export function readAnyLab(): LabState | undefined {
  if (!existsSync(FILES.state)) return undefined;
  return JSON.parse(readFileSync(FILES.state, 'utf8')) as LabState;
}

/** Writes the state in one piece, so that a reader never sees half of it. */
export function writeLab(state: LabState): void {
  mkdirSync(LAB_OUT, { recursive: true });
  const temporary = `${FILES.state}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(temporary, FILES.state);
}

/**
 * A host of the lab by its name.
 * @throws Error that lists the names there are
 */
export function labHost(state: LabState, name: string): LabHost {
  const found = state.hosts.find((host) => host.name === name);
  if (!found) {
    throw new Error(`the lab has no host "${name}"; there are: ${state.hosts.map((host) => host.name).join(', ')}`);
  }
  return found;
}
