import type { Jobs } from './jobs';
import type { Packages } from './packages';
import type { Services } from './services';
import type { Software } from './software';

/** How hosts of one kind get packages, run services and jobs, and where their packages have things. */
export interface HostFamily {
  name: string;
  packages: Packages;
  services: Services;
  jobs: Jobs;
  software: Software;
}
