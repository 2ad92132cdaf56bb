import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labSecrets, secretsIn } from '../../../lab/judge/secrets';

describe('secrets in what a run left', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'secrets-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are found in any file, but where they lie by design', () => {
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    mkdirSync(join(folder, 'compose'));
    writeFileSync(join(folder, 'deep', 'er', 'temporal.db'), Buffer.from([0, 255, ...Buffer.from('xhunter2x'), 0]));
    writeFileSync(join(folder, 'compose', 'password'), 'hunter2');
    writeFileSync(join(folder, 'worker.log'), 'hunter\n');
    expect(secretsIn(folder, { 'a password': 'hunter2', another: 'swordfish' })).toEqual([
      'deep/er/temporal.db: a password',
    ]);
  });

  it('are not looked for in a file that goes meanwhile, such as the journal of a database that is written', () => {
    writeFileSync(join(folder, 'a.db-journal'), 'gone soon');
    writeFileSync(join(folder, 'b.log'), 'hunter2');
    const read = fs.readFileSync;
    const going = jest.spyOn(fs, 'readFileSync').mockImplementation(((path: string) => {
      if (path.endsWith('-journal')) rmSync(path);
      return read(path);
    }) as typeof read);
    try {
      expect(secretsIn(folder, { 'a password': 'hunter2' })).toEqual(['b.log: a password']);
    } finally {
      going.mockRestore();
    }
  });

  it('are those of the lab, and unknown ones are not "none"', () => {
    const [privateKey, frontPasswordFile] = [join(folder, 'id'), join(folder, 'password')];
    writeFileSync(privateKey, ['-----BEGIN', 'kind', 'a'.repeat(70), 'b'.repeat(70), 'end', '-----END', ''].join('\n'));
    const operatorPasswordFile = join(folder, 'operator');
    writeFileSync(frontPasswordFile, 'hunter2\n');
    writeFileSync(operatorPasswordFile, 'fish\n');
    const lab = { frontPasswordFile, operatorPasswordFile, ssh: { privateKey, knownHosts: '' } };
    const [front, operator, mover] = ['c2hvcDpodW50ZXIy', 'b3BlcmF0b3I6ZmlzaA==', 'Ymlnc3dpdGNoOmZpc2g='];
    expect(Object.values(labSecrets(lab))).toEqual(['hunter2', front, 'fish', operator, mover, 'b'.repeat(70)]);
    writeFileSync(frontPasswordFile, '');
    expect(() => labSecrets(lab)).toThrow("can't be read");
  });
});
