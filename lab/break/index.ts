import { docker, exec } from '../docker';
import { labHost, readLab } from '../state';
import type { BreakOptions } from './scenario';
import { breakScript, SCENARIOS, undoScript } from './scenarios';

/**
 * Breaks a host of the lab, or undoes that.
 * @param scenario name from `SCENARIOS`, or `reboot`
 * @returns seconds after which it undoes itself, where it does, and what its script said
 * @throws Error when there is no such scenario or host, when it makes no sense there, or when the script fails
 */
export async function breakHost(
  scenario: string,
  hostName: string,
  options: BreakOptions & { undo?: boolean } = {},
): Promise<{ seconds?: number; said: string }> {
  const state = readLab();
  const host = labHost(state, hostName);
  const { dockerHost } = state;
  if (scenario === 'reboot') {
    await docker(['restart', host.container], { dockerHost });
    return { said: '' };
  }
  const found = SCENARIOS.find(({ name }) => name === scenario);
  if (!found) {
    throw new Error(
      `there is no scenario "${scenario}"; there are: reboot, ${SCENARIOS.map(({ name }) => name).join(', ')}`,
    );
  }
  if (!found.roles.includes(host.role)) {
    throw new Error(`${scenario} is for ${found.roles.join(', ')} hosts; ${hostName} is ${host.role}`);
  }
  const settings = { ...options, seconds: options.seconds ?? found.defaultSeconds };
  const script = options.undo ? undoScript(found, settings) : breakScript(found, settings);
  const said = (await exec(host, script, { dockerHost })).trim();
  return { said, ...(options.undo ? {} : { seconds: settings.seconds }) };
}
