import { bridgeName } from './layout';
import { isRoot, run, which } from './setup/command';

/**
 * What the machine's packet filter must say about the lab's bridges, in the order in which the rules must stand: within
 * a network everything passes (a policy that another program left may drop it), and nothing leaves a network.
 */
export function forwardRules(): string[][] {
  const within = (side: 'old' | 'new') => ['-i', bridgeName(side), '-o', bridgeName(side), '-j', 'ACCEPT'];
  const leaving = (side: 'old' | 'new') => ['-i', bridgeName(side), '-j', 'DROP'];
  return [within('old'), within('new'), leaving('old'), leaving('new')];
}

/**
 * Adds the rules of the lab; used with our own engine, which leaves the packet filter alone.
 * @throws Error when iptables refuses one
 */
export async function addForwardRules(): Promise<void> {
  await removeForwardRules();
  for (const rule of forwardRules().reverse()) await iptables(['-I', 'FORWARD', ...rule]);
}

/** Removes what `addForwardRules` added, as often as it is there. */
export async function removeForwardRules(): Promise<void> {
  if (!isRoot() || !which('iptables')) return;
  for (const rule of forwardRules()) {
    while (await holds(rule)) await iptables(['-D', 'FORWARD', ...rule]);
  }
}

async function holds(rule: string[]): Promise<boolean> {
  return iptables(['-C', 'FORWARD', ...rule]).then(
    () => true,
    () => false,
  );
}

async function iptables(args: string[]): Promise<void> {
  await run('iptables', ['-w', '10', ...args]);
}
