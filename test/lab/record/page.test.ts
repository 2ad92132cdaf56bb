import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownTable, publish, replacePart, verdictCell } from '../../../lab/record/page';

const EMPTY = `before
<!-- one: begin; written by scripts/one --publish -->
old
<!-- one: end -->
<!-- other: begin; written by scripts/other --publish -->
of the other
<!-- other: end -->
after`;

describe('the page', () => {
  it('gets the part between the marks of its script, again and again', () => {
    const once = replacePart(EMPTY, 'new', 'one');
    expect(once).toContain('-->\n\nnew\n\n<!-- one: end -->');
    expect(once).not.toContain('old\n');
    expect(once).toContain('of the other');
    expect(replacePart(once, 'new', 'one')).toBe(once);
    expect(() => replacePart('nothing', 'part', 'one')).toThrow('has no lines');
  });

  it('keeps what was published before, each run once, by time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bigswitch-page-'));
    try {
      const [page, record] = [join(folder, 'page.md'), join(folder, 'record.jsonl')];
      writeFileSync(page, EMPTY);
      const one = { endedAt: '2026-03-14T09:30:00.000Z' };
      const later = { endedAt: '2026-03-14T10:30:00.000Z' };
      const part = (results: { endedAt: string }[]) => results.map(({ endedAt }) => endedAt.slice(11, 16)).join(' ');
      await publish({ script: 'one', page, record, part }, [later]);
      await publish({ script: 'one', page, record, part }, [later, one]);
      expect(readFileSync(record, 'utf8').trim().split('\n')).toHaveLength(2);
      expect(readFileSync(page, 'utf8')).toContain('09:30 10:30');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a table', () => {
  it('has its columns in line, whatever is in them', () => {
    const lines = markdownTable(['a', 'b'], [['one', 'x|y']]).split('\n');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines.at(-1)).toContain('x\\|y');
  });

  it('says what was broken in one line', () => {
    expect(verdictCell({ ok: true, broken: [] })).toBe('kept');
    expect(verdictCell({ ok: false, broken: ['one\n write', 'two'] })).toBe('BROKEN: one write; two');
    const long = verdictCell({ ok: false, broken: ['never '.repeat(40)] });
    expect(long).toMatch(/^BROKEN: never .*never…$/);
    expect(long.length).toBeLessThan(101);
  });
});
