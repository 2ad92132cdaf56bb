import type { HostFamily } from '../family';
import { jobs } from './jobs';
import * as looks from './looks';
import { OWN_FILES, OWN_SCRIPT, ownService } from './own';
import { byHand, offered, offerScript, packageStep, simulatedPackages, simulationScript } from './packages';
import { restartByNewSettings, serviceStep } from './services';
import { software } from './software';

/** A unit as people call it. */
const called = (unit: string) => unit.replace(/\.service$/, '');

/** Debian and what is made of it: packages by apt, services by systemd. */
export const debian: HostFamily = {
  name: 'debian',
  packages: {
    manager: { name: 'apt', command: 'apt-get', hosts: 'Debian or Ubuntu' },
    step: packageStep,
    simulationScript,
    simulated: simulatedPackages,
    offerScript,
    offered,
    byHand,
  },
  services: {
    manager: {
      name: 'systemd',
      commands: ['systemctl'],
      stateScript: looks.MANAGER_SCRIPT,
      judge: looks.judgeManager,
    },
    step: serviceStep,
    stateScript: looks.stateScript,
    saysStopped: looks.saysStopped,
    bothScript: looks.bothScript,
    both: looks.both,
    saysOff: looks.saysOff,
    seenScript: looks.seenScript,
    seen: looks.seen,
    isRunning: (unit) => `systemctl is-active --quiet ${unit}`,
    isEnabled: (unit) => `systemctl is-enabled --quiet ${unit}`,
    reload: (unit) => `systemctl reload ${unit}`,
    restartByNewSettings,
    variableScript: looks.variableScript,
    programScript: looks.programScript,
    userScript: looks.userScript,
    logScript: looks.logScript,
    namedIn: looks.namedIn,
    isKnown: looks.isKnown,
    own: ownService,
    ownScript: OWN_SCRIPT,
    ownFiles: OWN_FILES,
    byHand: {
      start: (unit) => `systemctl start ${called(unit)}`,
      stop: (unit) => `systemctl disable --now ${called(unit)}`,
      reload: (unit) => `systemctl reload ${called(unit)}`,
      log: (unit) => `journalctl -u ${called(unit)}`,
      keepTime: 'timedatectl set-ntp true',
    },
  },
  jobs,
  software,
};
