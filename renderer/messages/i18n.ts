import { setupI18n } from '@lingui/core';
import type { TextParams, Words } from '../format/words.js';
import { messages } from './en/index.js';

export const i18n = setupI18n({ locale: 'en', messages: { en: messages } });

const reported = new Set<string>();

/** `tile.rv-lead` -> "Rv lead": what is shown for an id that the catalogue lacks. */
export function humanised(id: string): string {
  const last = id
    .slice(id.lastIndexOf('.') + 1)
    .replace(/[-_]+/g, ' ')
    .trim();
  return last === '' ? id : last.charAt(0).toUpperCase() + last.slice(1);
}

export function hasText(id: string): boolean {
  return Object.hasOwn(i18n.messages, id);
}

/**
 * Text of a message id. A message that is empty on purpose stays empty. An unknown id shows its last
 * part with the values that came with it, and is reported once: never a blank, never an invented word.
 */
export function text(id: string, params: TextParams = {}): string {
  // A parameter that did not come leaves a space: cut it.
  if (hasText(id))
    return i18n.messages[id]?.length === 0 ? '' : i18n._(id, params as Record<string, unknown>).trimEnd();
  if (!reported.has(id)) {
    reported.add(id);
    console.warn(`no message for id ${id}`);
  }
  return [humanised(id), ...Object.values(params)].join(' ');
}

export function words(now: number, timeZone?: string): Words {
  return { t: text, has: hasText, locale: i18n.locale, timeZone, now };
}
