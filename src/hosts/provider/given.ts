import type { Provider } from './provider';

/** Machines that somebody else made: they are where the plan says. */
export const given: Provider = {
  name: 'given',
  machine: async ({ ssh }) => ({ address: ssh.address, port: ssh.port }),
};
