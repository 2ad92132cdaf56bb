import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { clientsIn, ownClientsIn, ownTalkScript } from '../../../src/activities/switch/connections';
import type { Plan } from '../../../src/plan/schema';
import { loopbackPlan, startSshd, type TestSshd } from '../../hosts/ssh/sshd';

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
const plan = () => loopbackPlan(sshd);

describe('clientsIn', () => {
  it('leaves out cluster nodes, the bridge, the host itself and loopback', () => {
    const ss = [
      '0 0 127.0.0.1:9200 127.0.0.1:40000',
      '0      0      [::ffff:127.0.0.1]:9200     [::ffff:198.18.2.11]:40001',
      '0 0 [::1]:9200 [::1]:40002',
      '0 0 127.0.0.1:9200 198.19.0.11:40003',
      '0 0 [::ffff:127.0.0.1]:9200 [::ffff:198.18.1.201]:40004',
      '0 0 127.0.0.1:9200 198.18.1.201:40005',
      '0 0 127.0.0.1:9200 198.18.1.203:40007',
      '0 0 [2001:db8::1]:9200 [2001:db8::2]:40006',
      '',
    ].join('\n');
    expect(clientsIn(ss, plan())).toEqual(['198.18.1.201 (app-1)', '198.18.1.203', '2001:db8::2']);
  });
  it('never takes what it can’t read for nothing', () => {
    expect(() => clientsIn('Error: something', plan())).toThrow(/can't be understood/);
  });
});

describe('programs of a node’s own host', () => {
  it('are told by name, without the node itself, SSH, and whoever talks to other nodes', () => {
    const ss = [
      'listens LISTEN 0 4096 [::ffff:198.18.1.11]:9300 *:* users:(("java",pid=500,fd=300))',
      'talks 0 0 [::ffff:198.18.1.11]:40001 [::ffff:198.18.1.11]:9200 users:(("metricbeat",pid=77,fd=9))',
      'talks 0 0 127.0.0.1:40002 127.0.0.1:9200 users:(("node",pid=78,fd=9))',
      'talks 0 0 198.18.1.11:40003 198.18.1.11:9300 users:(("java",pid=79,fd=9))',
      'talks 0 0 198.18.1.11:40004 198.18.1.11:9300 users:(("java",pid=500,fd=9))',
      'talks 0 0 198.18.1.11:40005 198.18.1.11:9200 users:(("sshd",pid=80,fd=9))',
      'talks 0 0 198.18.1.11:40006 198.18.1.12:9300 users:(("java",pid=81,fd=9))',
      '',
    ].join('\n');
    expect(ownClientsIn(ss, '198.18.1.11')).toEqual(['java (pid 79)', 'metricbeat (pid 77)', 'node (pid 78)']);
  });

  it('are seen by the real ss', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const script = ownTalkScript({ elasticsearch: { httpPort: port, transportPort: 1 } } as Plan);
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    const seen = execFileSync('sh', ['-eu', '-c', script], { encoding: 'utf8' });
    client.destroy();
    server.close();
    expect(ownClientsIn(seen, '127.0.0.1')).toEqual([expect.stringContaining(`(pid ${process.pid})`)]);
  });
});
