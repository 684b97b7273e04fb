import type { TimeValue } from '@onebox/gateway/card/model.js';
import type { Words } from './words.js';

type Where = Pick<Words, 'locale' | 'timeZone'>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** To make one takes longer than to use it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf({ locale, timeZone }: Where, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, options]);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone, numberingSystem: 'latn', hourCycle: 'h23' });
    formats.set(key, format);
  }
  return format;
}

function fields(at: number, where: Where, options: Intl.DateTimeFormatOptions): Record<string, string> {
  const parts = formatOf(where, options).formatToParts(at);
  return Object.fromEntries(parts.map((part) => [part.type, part.value]));
}

/** `14:32`, or `14:32:07` with seconds. Tablet clock, 24 hours. */
export function clockText(at: number, where: Where, seconds = false): string {
  const { hour, minute, second } = fields(at, where, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return seconds ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
}

/** `12 Nov`, or `12 Nov 2026` with the year. */
export function dayText(at: number, where: Where, year = false): string {
  const { day, month, year: full } = fields(at, where, { day: 'numeric', month: 'short', year: 'numeric' });
  return year ? `${day} ${month} ${full}` : `${day} ${month}`;
}

/** `12 Nov 2026 09:15`. */
export function dateTimeText(at: number, where: Where): string {
  return `${dayText(at, where, true)} ${clockText(at, where)}`;
}

/** `UTC+1`, `UTC-3:30`, `UTC`. */
export function offsetText(at: number, where: Where): string {
  const { timeZoneName = 'UTC' } = fields(at, where, { timeZoneName: 'shortOffset' });
  return timeZoneName.replace('GMT', 'UTC').replace(/\+0$/, '');
}

function dayNumber(at: number, where: Where): string {
  const { year, month, day } = fields(at, where, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return `${year}-${month}-${day}`;
}

const sameDay = (a: number, b: number, where: Where): boolean => dayNumber(a, where) === dayNumber(b, where);

/** The shortest absolute time that says when: `14:09` today, else `12 Nov 09:15`, with the year when it is another. */
export function whenText(at: number, words: Omit<Words, 't'>): string {
  if (sameDay(at, words.now, words)) return clockText(at, words);
  const otherYear = dayNumber(at, words).slice(0, 4) !== dayNumber(words.now, words).slice(0, 4);
  return otherYear ? dateTimeText(at, words) : `${dayText(at, words)} ${clockText(at, words)}`;
}

/**
 * Age in words (UX specification 3.3): now · 12 s ago · 3 min ago · 2 h 10 min ago · yesterday 21:04 ·
 * 12 Nov 2026 09:15. A time in the future is printed as a time: an age would be invented.
 */
export function ageText(at: number, words: Words): string {
  const age = words.now - at;
  if (age < -2 * SECOND) return whenText(at, words);
  if (age <= 2 * SECOND) return words.t('age.now');
  if (age < MINUTE) return words.t('age.seconds', { seconds: Math.floor(age / SECOND) });
  if (age < HOUR) return words.t('age.minutes', { minutes: Math.floor(age / MINUTE) });
  if (age < 12 * HOUR || (age < DAY && sameDay(at, words.now, words)))
    return words.t('age.hours', {
      hours: Math.floor(age / HOUR),
      minutes: String(Math.floor((age % HOUR) / MINUTE)).padStart(2, '0'),
    });
  if (sameDay(at + DAY, words.now, words)) return words.t('age.yesterday', { time: clockText(at, words) });
  return dateTimeText(at, words);
}

/** A time for an event: absolute, with its age beside it while the age says more. */
export function eventTimeText(time: TimeValue, words: Words): string {
  if (time.at === undefined)
    return time.order === undefined ? words.t('time.unknown') : words.t('time.order', { order: time.order });
  const when = whenText(time.at, words);
  const age = ageText(time.at, words);
  const short = words.now - time.at < 12 * HOUR && words.now >= time.at;
  const quality =
    time.quality === 'device'
      ? words.t('time.device')
      : time.quality === 'reconstructed'
        ? words.t('time.reconstructed')
        : '';
  return [short ? `${when}, ${age}` : when, quality].filter((part) => part !== '').join(', ');
}

/** A time inside a sentence: absolute only. */
export function timeText(time: TimeValue, words: Words): string {
  if (time.at === undefined)
    return time.order === undefined ? words.t('time.unknown') : words.t('time.order', { order: time.order });
  const start = whenText(time.at, words);
  return time.endAt === undefined ? start : words.t('time.span', { from: start, to: whenText(time.endAt, words) });
}

/** `14:12` for 852 s; never below 0:00. */
export function countdownText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / SECOND));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A length of time in words for a sentence: `4 min`, `1 h 02 min`, `40 s`. */
export function spanText(milliseconds: number, words: Pick<Words, 't'>): string {
  const length = Math.abs(milliseconds);
  if (length < MINUTE) return words.t('span.seconds', { seconds: Math.round(length / SECOND) });
  if (length < HOUR) return words.t('span.minutes', { minutes: Math.floor(length / MINUTE) });
  return words.t('span.hours', {
    hours: Math.floor(length / HOUR),
    minutes: String(Math.floor((length % HOUR) / MINUTE)).padStart(2, '0'),
  });
}

/** A time to wait, exact to the second and rounded up: `7 min`, `1 min 30 s`, `40 s`. */
export function waitText(milliseconds: number, words: Pick<Words, 't'>): string {
  const seconds = Math.ceil(milliseconds / SECOND);
  const [whole, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [
    whole > 0 ? words.t('span.minutes', { minutes: whole }) : '',
    rest > 0 || whole === 0 ? words.t('span.seconds', { seconds: rest }) : '',
  ];
  return parts.filter(Boolean).join(' ');
}
