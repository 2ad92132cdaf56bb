import type { HostRef } from '../../plan/hosts';

/** Where a machine's sshd listens. */
export interface Machine {
  address: string;
  port: number;
}

/** Who made the machines of a plan, and so who knows where they are. */
export interface Provider {
  name: string;
  /** The machine behind a host of the plan. @throws Error when there is none (yet) */
  machine(host: HostRef): Promise<Machine>;
}
