import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MissingError } from '../../../lab/setup/command';
import { jdkFor } from '../../../lab/setup/jdk';

describe('the Java of the nodes', () => {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'bigswitch-jdk-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const java = (name: string, release?: string): string => {
    const home = join(folder, name);
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(join(home, 'bin', 'java'), '');
    chmodSync(join(home, 'bin', 'java'), 0o755);
    if (release !== undefined) writeFileSync(join(home, 'release'), release);
    return home;
  };

  it('is that of their own system where it will do', () => {
    expect(jdkFor('8.19.0', [java('new', 'JAVA_VERSION="25"\n')])).toBeUndefined();
  });

  it('is the newest that is there, and new enough', () => {
    const there = [java('old', 'JAVA_VERSION="17.0.9"\n'), java('mid', 'X="1"\nJAVA_VERSION="21.0.1"\n')];
    expect(jdkFor('9.2.0', [...there, join(folder, 'none'), java('dumb')])).toBe(join(folder, 'mid'));
    expect(jdkFor('9.2.0', [...there, java('new', 'JAVA_VERSION="25"\n')])).toBe(join(folder, 'new'));
  });

  it('is missed by name where there is none', () => {
    const ask = () => jdkFor('9.2.0', [java('old', 'JAVA_VERSION="17.0.9"\n')]);
    expect(ask).toThrow(MissingError);
    expect(ask).toThrow('JDK of version 21 or later for Elasticsearch 9.2.0');
  });
});
