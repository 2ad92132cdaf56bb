import type { HostFamily } from '../family';
import { packageStep, simulatedPackages, simulationScript } from './packages';
import { saysStopped, serviceStep, stateScript } from './services';

/** Debian and what is made of it: packages by apt, services by systemd. */
export const debian: HostFamily = {
  name: 'debian',
  packages: { step: packageStep, simulationScript, simulated: simulatedPackages },
  services: { step: serviceStep, stateScript, saysStopped },
};
