import { bytes, clock, counted, dateTime, duration, list, milliseconds, money, ordinal } from '../../src/text/format';
import { html, trusted } from '../../src/text/html';

describe('words for figures', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [118 * 1024 ** 2, '118 MiB'],
    [1.8 * 1024 ** 4, '1.80 TiB'],
  ])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text));

  it.each([
    [0.25, '250 ms'],
    [9, '9.0 s'],
    [60, '1 min'],
    [372.4, '6 min 12 s'],
    [3 * 3600 + 300, '3 h 5 min'],
    [2 * 86_400 + 30, '2 d'],
    [-1, 'unknown'],
    [Number.NaN, 'unknown'],
  ])('%d seconds are %s', (value, text) => expect(duration(value)).toBe(text));

  it('tells the rest', () => {
    expect(milliseconds(3.21)).toBe('3.2 ms');
    expect(milliseconds(1400)).toBe('1.4 s');
    expect(counted(1, 'index', 'indices')).toBe('1 index');
    expect(counted(1200, 'index', 'indices')).toBe('1,200 indices');
    expect(money(1500, 'USD')).toBe('1,500 USD');
    expect(list(['a', 'b', 'c'])).toBe('a, b and c');
    expect(list(['a', 'b', 'c', 'd'], 3)).toBe('a, b and 2 more');
    expect(clock('2026-03-14T09:41:12.5Z')).toBe('09:41:12');
    expect(dateTime('2026-03-14T09:41:12.5Z')).toBe('2026-03-14 09:41:12 UTC');
    expect(clock('soon')).toBe('soon');
    expect([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).join(' ')).toBe('1st 2nd 3rd 4th 11th 12th 13th 21st 112th');
  });
});

describe('the html template', () => {
  it('escapes all but html itself', () => {
    expect(html`<p title="${'"'}">${['<', html`<b>${'&'}</b>`, false, undefined, 3]}${trusted('<i>')}</p>`.text).toBe(
      '<p title="&quot;">&lt;<b>&amp;</b>3<i></p>',
    );
  });
});
