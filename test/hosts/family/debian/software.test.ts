import { software } from '../../../../src/hosts/family/debian/software';

it('stops HAProxy by the signal that answers what is under way, and has it read our file too', () => {
  const { content } = software.haproxy.settings('/etc/x.cfg', 60);
  expect(content).toMatch(/^KillSignal=SIGUSR1\nTimeoutStopSec=60$/m);
  expect(content).toMatch(/^Environment="EXTRAOPTS=.* -f \/etc\/x\.cfg"$/m);
});
