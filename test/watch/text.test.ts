import { fit, line, plain, shorten, spread, styled, widthOf, wrap } from '../../src/watch/text';
import { harmless } from '../../src/text/harmless';

describe('text on the screen', () => {
  it('is cut to its columns with a sign that something is missing, wide characters counted as two', () => {
    expect(shorten('replicate', 9)).toBe('replicate');
    expect(shorten('replicate', 6)).toBe('repli…');
    expect(shorten('索引一', 4)).toBe('索…');
    expect(shorten('x', 0)).toBe('');
  });

  it('fills or cuts a line to exactly its columns and keeps the styles of what stays', () => {
    expect(fit(line('ab', styled('bad', 'cd')), 6)).toEqual([
      { text: 'ab' },
      { text: 'cd', style: 'bad' },
      { text: '  ' },
    ]);
    expect(fit(line('ab', styled('bad', 'cdef'), 'gh'), 5)).toEqual([{ text: 'ab' }, { text: 'cd…', style: 'bad' }]);
    expect(widthOf(fit(line('索引'), 3))).toBe(3);
  });

  it('has two ends, of which the left one gives way', () => {
    expect(plain(spread(line('left'), line('right'), 12))).toBe('left   right');
    expect(plain(spread(line('far too long'), line('right'), 10))).toBe('far …right');
  });

  it('can neither move the cursor, nor change colours, nor turn its direction', () => {
    expect(harmless('a\u001b[31mred\r\nb\u202ec')).toBe('a [31mred b c');
    expect(wrap('one\ttwo', 20)).toEqual(['one two']);
  });

  it('is broken between words, and a word that is too long within', () => {
    expect(wrap('a word and anotherverylongone', 10)).toEqual(['a word and', 'anothervery'.slice(0, 10), 'ylongone']);
  });
});
