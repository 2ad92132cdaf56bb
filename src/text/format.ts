const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes for people, in powers of 1024: `131 MiB`. */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  let scaled = Math.abs(value);
  let unit = 0;
  // The unit is chosen by what will be shown: 1024 of one unit is 1 of the next.
  while (Number(rounded(scaled, unit)) >= 1024 && unit < UNITS.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${value < 0 ? '−' : ''}${rounded(scaled, unit)} ${UNITS[unit]}`;
}

function rounded(scaled: number, unit: number): string {
  return scaled.toFixed(unit === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2);
}

/** A span of time for people, at most two units: `6 min 12 s`. Milliseconds are told below ten seconds. */
export function duration(seconds: number): string {
  if (seconds < 0 || !Number.isFinite(seconds)) return 'unknown';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3_600), 'h'],
    [Math.floor((whole % 3_600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Milliseconds for people: `3.2 ms`, `1.4 s`. */
export function milliseconds(value: number): string {
  if (value >= 999.5) return duration(value / 1000);
  return `${value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ms`;
}

/** A count with thousands separators: `102,400`. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A count with its noun: `1 step`, `3 steps`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** A place in an order: `1st`, `12th`, `23rd`. */
export function ordinal(number: number): string {
  const rest = number % 100;
  const ending = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}

/** Money a month, in the plan's currency: `1,500 USD`. */
export function money(value: number, currency: string): string {
  return `${value.toLocaleString('en-US', { maximumFractionDigits: value % 1 === 0 ? 0 : 2 })} ${currency}`;
}

/** A ratio for people: `1.04 ×`. */
export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}

/** Time of day in UTC: `09:41:12`. */
export function clock(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : time.toISOString().slice(11, 19);
}

/** Day and time in UTC: `2026-11-23 09:41:12 UTC`. */
export function dateTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The text without those of these characters that it ends in; what it costs grows with its length and no faster. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Words as a list: `a`, `a and b`, `a, b and c`; the rest of a long one is counted. */
export function list(words: string[], longest = 6): string {
  if (words.length > longest) return `${words.slice(0, longest - 1).join(', ')} and ${words.length - longest + 1} more`;
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
