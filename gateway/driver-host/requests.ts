import type { RequestParameters } from '@onebox/driver-sdk/device.js';
import type { Manifest, RequestTemplate } from '@onebox/driver-sdk/manifest.js';
import { fillTemplate, parseTemplate, type TemplatePart } from '@onebox/driver-sdk/template.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { Fragmenter, frame } from '@onebox/protocol/framing.js';
import { Phase, type Request, v1 } from '@onebox/protocol/messages.js';

/** One request, ready to be sent: the writes in order. */
export interface EncodedRequest {
  readonly channel: string;
  readonly writes: readonly Uint8Array[];
  readonly bytes: number;
  readonly withResponse: boolean;
}

/** Builds the bytes of the requests that a manifest allows; there is no other way to bytes. One for each link. */
export class RequestEncoder {
  readonly #fragmenter = new Fragmenter();
  readonly #byteTemplates = new Map<string, readonly TemplatePart[]>();

  constructor(readonly manifest: Manifest) {
    for (const [name, template] of Object.entries(manifest.requests))
      if ('bytes' in template) this.#byteTemplates.set(name, parseTemplate(template.bytes));
  }

  has(name: string): boolean {
    return Object.hasOwn(this.manifest.requests, name);
  }

  /** DRIVER_FORBIDDEN for a request or parameters that the manifest does not allow. `maxWrite`: bytes of one write. */
  encode(name: string, parameters: RequestParameters, maxWrite: number): EncodedRequest {
    if (!this.has(name)) throw new OneBoxError('DRIVER_FORBIDDEN', 'request that is not in the manifest');
    const template = this.manifest.requests[name]!;
    const parts = this.#byteTemplates.get(name);
    const writes = parts ? [fillTemplate(parts, parameters)] : this.#frame(template, parameters, maxWrite);
    return {
      channel: template.channel,
      writes,
      bytes: writes.reduce((sum, write) => sum + write.length, 0),
      withResponse: template.withResponse,
    };
  }

  #frame(template: RequestTemplate, parameters: RequestParameters, maxWrite: number): readonly Uint8Array[] {
    if (!('message' in template)) throw new OneBoxError('INTERNAL', 'request template');
    const message = v1.Request.encode(nativeRequest(template.allow, parameters)).finish();
    return template.framing === 'cobs-crc16' ? [frame(message)] : this.#fragmenter.split(message, maxWrite);
  }
}

function nativeRequest(allow: readonly ('hello' | 'read' | 'stop' | 'end')[], parameters: RequestParameters): Request {
  const { ask, id, phase, skip, ...rest } = parameters;
  const wrong = (why: string) => new OneBoxError('DRIVER_FORBIDDEN', why);
  const number = (value: unknown, least: number, most: number, name: string): number => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw wrong(`parameter ${name}`);
    return value;
  };
  if (Object.keys(rest).length > 0) throw wrong('parameter without a field');
  const allowed = allow.find((one) => one === ask);
  if (!allowed) throw wrong('message that is not in the manifest');
  if (allowed !== 'read' && (phase !== undefined || skip !== undefined)) throw wrong('parameter without a field');
  const request: Request = { id: number(id, 0, 0xffffffff, 'id') };
  if (allowed === 'read')
    request.read = {
      phase: number(phase, Phase.PHASE_IDENTITY, Phase.PHASE_MEMORY, 'phase'),
      skip: number(skip ?? 0, 0, 0xffffffff, 'skip'),
    };
  else request[allowed] = {};
  return request;
}
