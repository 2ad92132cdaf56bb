import { debian } from '../../../../src/hosts/family/debian';
import { Shims } from '../shims';

const { services } = debian;
const called = (line: string) => services.namedIn(line);

describe('looks at units', () => {
  let shims: Shims;
  beforeEach(() => {
    shims = new Shims({
      systemctl: `case "$*" in
  is-enabled*) cat enabled ;;
  is-active*) cat active ;;
  *Environment*) echo 'A=1 ES_HOME=/opt/es B=2' ;;
  *ExecStart*) echo '{ path=/opt/es/bin/run ; argv[]=/opt/es/bin/run -q ; }' ;;
  *User*) echo elastic ;;
  show*) cat states ;;
esac`,
    });
  });
  afterEach(() => shims.remove());

  it.each([
    ['disabled', 'inactive', true],
    ['masked', 'failed', true],
    ['enabled', 'inactive', false],
    ['disabled', 'active', false],
    ['disabled', 'deactivating', false],
    ['', 'inactive', false],
    ['disabled', '', false],
  ])('one that is "%s" and "%s" is off: %s', (enabled, active, off) => {
    shims.set('enabled', enabled);
    shims.set('active', active);
    const said = shims.run(services.bothScript('x.service'));
    expect(services.both(said)).toEqual({ enabled, active });
    expect(services.saysOff(said)).toBe(off);
  });

  it('has no word for one that is not there', () => {
    shims.set('enabled', 'not-found');
    shims.set('active', 'inactive');
    expect(services.both(shims.run(services.bothScript('x')))).toEqual({ enabled: '', active: 'inactive' });
  });

  it.each([
    ['loaded', 'active', { usable: true, running: true, stopped: false, enabled: true, words: 'active, enabled' }],
    ['loaded', 'failed', { usable: true, running: false, stopped: true, enabled: true, words: 'failed, enabled' }],
    ['not-found', 'inactive', { usable: false, words: 'not-found' }],
    ['masked', 'inactive', { usable: false, remedy: 'unmask it (`systemctl unmask x`)', words: 'masked' }],
  ])('sees one that is %s and %s', (load, active, wanted) => {
    shims.set('states', `LoadState=${load}\nActiveState=${active}\nUnitFileState=enabled\n`);
    const lines = new Map(
      shims
        .run(services.seenScript('x'))
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );
    expect(services.seen('x', (key) => lines.get(key))).toMatchObject(wanted);
  });

  it('finds what a unit starts, as whom, and with which environment', () => {
    expect(shims.run(services.variableScript('x', 'ES_HOME'))).toBe('/opt/es\n');
    expect(shims.run(services.programScript('x'))).toBe('/opt/es/bin/run\n');
    expect(shims.run(services.userScript('x'))).toBe('elastic\n');
  });
});

it.each([
  ['systemctl restart shop', ['shop']],
  ['MODE=x systemctl --quiet try-reload-or-restart a.service b@1', ['a.service', 'b@1']],
  ['sudo systemctl reload shop && true', ['shop']],
  ['systemctl status shop', []],
  ['/etc/init.d/shop restart', []],
])('finds the units of: %s', (line, units) => expect(called(line)).toEqual(units));

it.each([
  ['running', 'well'],
  ['degraded', 'limps'],
  ['starting', 'limps'],
  ['absent', 'unusable'],
  ['stopping', 'unusable'],
])('a manager that is %s: %s', (word, verdict) => expect(services.manager.judge(word).verdict).toBe(verdict));
