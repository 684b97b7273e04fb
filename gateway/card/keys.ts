import { MDC, MDC_SYSTEM, ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';

/** Keys of codes as `Facts` uses them: `mdc('IDC_MSMT_BATTERY_VOLTAGE')`, `own('insulin.delivery')`. */
export const mdc = (name: Extract<keyof typeof MDC, string>): string => `${MDC_SYSTEM}|${MDC[name]}`;
export const own = (term: OneBoxTerm): string => `${ONEBOX_SYSTEM}|${term}`;
