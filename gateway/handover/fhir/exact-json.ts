/** JSON with decimals as the device resolves them: FHIR keeps the zero of 2.70, a JavaScript number does not. */
export class ExactNumber {
  constructor(readonly text: string) {
    if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) throw new TypeError('no decimal number');
  }
}

export type Json =
  | string
  | number
  | boolean
  | ExactNumber
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** On one line. What is undefined, or a list of nothing, is left out: FHIR has no empty lists. */
export function exactJson(value: Json): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(exactJson).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value as { readonly [name: string]: Json | undefined });
  return `{${entries
    .flatMap(([name, one]) => (isNothing(one) ? [] : [`${JSON.stringify(name)}:${exactJson(one)}`]))
    .join(',')}}`;
}

function isNothing(value: Json | undefined): value is undefined {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
