import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICE_SCRIPT, serviceProblem } from '../../../../src/hosts/family/debian/haproxy-service';

const FRONT = '/etc/haproxy/bigswitch.cfg';
const PACKAGED = `Environment=CONFIG=/etc/haproxy/haproxy.cfg PIDFILE=/run/haproxy.pid "EXTRAOPTS=-S /run/haproxy-master.sock"
ExecStart={ path=/usr/sbin/haproxy ; argv[]=/usr/sbin/haproxy -Ws -f $CONFIG -p $PIDFILE $EXTRAOPTS ; ignore_errors=no }`;

it.each([
  ['no service', ''],
  ['a service that systemd does not know', 'Environment=\n'],
  ['the package as it is', PACKAGED],
  ['a front of ours', PACKAGED.replace('master.sock', `master.sock -f ${FRONT}`)],
  ['its own configuration, named once more', `default CONFIG="/etc/haproxy/haproxy.cfg"\n${PACKAGED}`],
  [
    'options with the front among them',
    `default EXTRAOPTS="-S /run/haproxy-master.sock -f ${FRONT} -n 9000"\n${PACKAGED}`,
  ],
])('%s would read the front', (_what, printed) => {
  expect(serviceProblem(printed, FRONT)).toBeUndefined();
});

it.each([
  [`default CONFIG="/srv/proxy.cfg"\n${PACKAGED}`, '/etc/default/haproxy has it read /srv/proxy.cfg'],
  [`default  CONFIG=/srv/proxy.cfg`, '/etc/default/haproxy has it read /srv/proxy.cfg'],
  [`default EXTRAOPTS="-n 9000"\n${PACKAGED}`, '/etc/default/haproxy sets EXTRAOPTS to "-n 9000"'],
  [
    PACKAGED.replace('/etc/haproxy/haproxy.cfg', '/srv/proxy.cfg'),
    'a drop-in of its service has it read /srv/proxy.cfg',
  ],
  [PACKAGED.replace('-S /run/haproxy-master.sock', '-n 9000'), 'a drop-in of its service sets EXTRAOPTS to "-n 9000"'],
  [PACKAGED.replace('-f $CONFIG', '-f /srv/proxy.cfg'), 'is started by a command of its own'],
  [PACKAGED.replace(' $EXTRAOPTS', ''), 'is started by a command of its own'],
  ['ExecStart={ path=/opt/haproxy ; argv[]=/opt/haproxy -f /srv/a.cfg ; }', 'is started by a command of its own'],
])('%s would not', (printed, problem) => {
  expect(serviceProblem(printed, FRONT)).toContain(problem);
});

it('the script says what the host sets, and nothing of what is commented out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-haproxy-'));
  try {
    const file = join(folder, 'defaults');
    writeFileSync(file, '# CONFIG="/etc/other.cfg"\n  CONFIG="/srv/proxy.cfg"\nEXTRAOPTS=-n\nULIMIT=1\n');
    const script = SERVICE_SCRIPT.replaceAll('/etc/default/haproxy', file);
    const printed = execFileSync('sh', ['-euc', script], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    expect(printed.split('\n').filter((line) => line.startsWith('default'))).toEqual([
      'default   CONFIG="/srv/proxy.cfg"',
      'default EXTRAOPTS=-n',
    ]);
    expect(serviceProblem(printed, FRONT)).toContain('/srv/proxy.cfg');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
