import { claimSentence, type Claim } from '../../../contract/claim';
import type { Check } from '../../../contract/evidence';
import { familyOf } from '../../../hosts/family';
import { claimOf } from '../../../hosts/ledger/claim';
import type { HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { failed, passed, refused, warned } from '../check';
import type { ClockSkew, HostFacts } from './facts';
import { packaged } from './script';

/** Seconds of skew from which certificates and logs get confusing, and from which they break. */
const SKEW_WARN = 2;
const SKEW_FAILED = 30;
/** KiB that must be free: for packages on hub and nodes, for the ledger on app hosts. */
const FREE_KIB = { nodes: 512 * 1024, apps: 16 * 1024 };

/** Whether the login can do what steps need. Pure. */
export function rootCheck({ name, ssh }: HostRef, facts: HostFacts): Check {
  if (facts.one('uid') === '0') return passed('root', ssh.sudo ? 'sudo works without a password' : 'is root', name);
  const remedy = `set ssh.sudo to true for it, or log in as root`;
  return refused('root', name, `user ${ssh.user} is not root there`, remedy);
}

/** Checks of every kind of host. Pure. */
export function commonChecks(plan: Plan, host: HostRef, facts: HostFacts, skew: ClockSkew | undefined): Check[] {
  const nodes = host.role !== 'app';
  return [
    clock(host, skew),
    ...leftovers(plan, host, facts),
    disk(host, facts),
    tools(host, facts),
    ...(host.ssh.sudo ? [sudoLog(host, facts)] : []),
    ...(nodes ? [serviceManager(host, facts), packages(host, facts)] : []),
  ];
}

/** Scripts and their secrets reach a host over sudo's standard input, and its log of that keeps them in clear. */
function sudoLog({ name, ssh }: HostRef, facts: HostFacts): Check {
  const check = 'sudo-log';
  const said = facts.one('sudo-log');
  const kept = (said ?? '').split(' ').filter((word) => /^log_/i.test(word));
  const exempt = `exempt it there (\`Defaults:${ssh.user} !log_input, !log_output\` in /etc/sudoers.d)`;
  if (said === undefined || said === 'unknown') {
    return warned(check, name, 'whether sudo keeps what it is given was not seen', `if it does, ${exempt}`);
  }
  if (kept.length === 0) return passed(check, 'sudo keeps nothing of what it is given', name);
  const seen = `sudo keeps what ${ssh.user} gives it and gets back (${kept.join(', ')}): the front's password would stay in its log`;
  return failed(check, name, seen, `${exempt}, or log in as root`);
}

function clock(host: HostRef, skew: ClockSkew | undefined): Check {
  const { name } = host;
  const remedy = `run a time service there and on the worker (\`${familyOf(host).services.byHand.keepTime}\`)`;
  if (!skew) return refused('clock', name, 'it did not say its time', 'see whether `date +%s` works there');
  const { seconds, plusMinus } = skew;
  const amount = `${Math.abs(seconds).toFixed(1)} s`;
  const seen = `${amount} ${seconds < 0 ? 'behind' : 'ahead of'} the worker's clock (± ${plusMinus.toFixed(1)} s)`;
  if (Math.abs(seconds) > SKEW_FAILED) return failed('clock', name, seen, remedy);
  if (Math.abs(seconds) > SKEW_WARN || plusMinus > SKEW_WARN) return warned('clock', name, seen, remedy);
  return passed('clock', seen, name);
}

/** A second ledger on top of another one would make both ways back wrong; and two migrations of one cluster never fit. */
function leftovers(plan: Plan, { name }: HostRef, facts: HostFacts): Check[] {
  const folders = facts.all('leftover').map((folder) => folder.split('/').at(-1) ?? '');
  const [age] = facts.all('claimed');
  const claims = facts.all('claim').flatMap((text) => {
    const claim = claimOf(text);
    return claim ? [{ ...claim, ...(age !== undefined && { age: Number(age) }) }] : [];
  });
  const claimed = claims.map(({ migration }) => migration);
  const found = [
    ...claims,
    ...folders.filter((one) => !claimed.includes(one)).map((migration) => ({ migration, owner: '' })),
  ];
  if (found.length === 0) return [passed('left-overs', 'no record of another migration', name)];
  return found.map((claim) => (claim.migration === plan.name ? ofThisPlan(name, claim) : ofAnother(name, claim)));
}

/** Only the server that a run is of knows whether it has ended, and this one need not be that. */
function ofThisPlan(name: string, claim: Claim): Check {
  const seen =
    claim.owner === ''
      ? `an earlier run of "${claim.migration}" left its record`
      : `a run of ${claimSentence(claim)} holds this host, or ended before its end and left its record`;
  const lives = 'see on that server whether it runs; if it does, leave it alone';
  return refused(
    'left-overs',
    name,
    seen,
    `${claim.owner === '' ? '' : `${lives}. If it is gone, `}start the workflow \`cleanUp\` with the same plan and workflow id (docs/RUNBOOK.md): it finds out how far that run had come, and goes back or finishes the teardown`,
  );
}

function ofAnother(name: string, claim: Claim): Check {
  return refused(
    'other-migration',
    name,
    `the migration ${claimSentence(claim)} holds this host`,
    'wait until it has ended; if its run is gone, start the workflow `cleanUp` with its plan',
  );
}

function disk({ name, role }: HostRef, facts: HostFacts): Check {
  const needed = role === 'app' ? FREE_KIB.apps : FREE_KIB.nodes;
  const seen = facts.all('free').map((value) => {
    const [folder = '', free] = value.split(' ');
    return { folder, free: free === undefined ? NaN : Number(free) };
  });
  if (seen.length === 0 || seen.some(({ free }) => !Number.isFinite(free))) {
    return refused('disk', name, 'how much is free could not be read', 'see what `df -Pk / /etc /usr /var/lib` says');
  }
  const mib = (kib: number) => `${Math.floor(kib / 1024)} MiB`;
  const full = seen.filter(({ free }) => free < needed);
  const least = Math.min(...seen.map(({ free }) => free));
  if (full.length === 0) return passed('disk', `at least ${mib(least)} are free for packages and records`, name);
  const where = full.map(({ folder, free }) => `${mib(free)} in ${folder}`).join(', ');
  return failed('disk', name, `only ${where} are free; ${mib(needed)} are needed`, 'free disk space there');
}

function tools(host: HostRef, facts: HostFacts): Check {
  const lacks = facts.all('lacks');
  if (lacks.length === 0) {
    return passed('tools', 'every command that bigswitch uses there is installed', host.name);
  }
  const remedy = `\`${familyOf(host).packages.byHand(lacks)}\``;
  return refused('tools', host.name, `missing: ${lacks.join(', ')}`, remedy);
}

/** The check is called as the manager is. */
function serviceManager(host: HostRef, facts: HostFacts): Check {
  const { manager } = familyOf(host).services;
  const { verdict, seen, remedy } = manager.judge(facts.one('services') ?? '');
  switch (verdict) {
    case 'well':
      return passed(manager.name, seen, host.name);
    case 'limps':
      return warned(manager.name, host.name, seen, remedy);
    case 'unusable':
      return refused(manager.name, host.name, seen, remedy);
  }
}

function packages(host: HostRef, facts: HostFacts): Check {
  const { manager } = familyOf(host).packages;
  const has = facts.all('has');
  const wanted = packaged(host);
  const lacks = wanted.filter((command) => !has.includes(command)).join(', ');
  if (lacks === '') return passed('packages', `${wanted.join(', ')} are there already`, host.name);
  if (has.includes(manager.command)) return passed('packages', `${manager.name} will install ${lacks}`, host.name);
  const remedy = `install ${lacks} by hand, or use a host with ${manager.hosts}`;
  return refused('packages', host.name, `${lacks} are missing, and there is no ${manager.command}`, remedy);
}
