import type { RequestParameters } from '../device.js';
import { MderRejected } from './mder.js';
import { type Apdu, type AssociationInfo, type DataMessage, type DataProtocol, PROTOCOL_20601 } from './phd-apdu.js';
import type { PhdAttributes } from './phd-attributes.js';
import { Configuration, type Measurement } from './phd-configuration.js';
import type { ApduResult } from './phd-framer.js';

/**
 * The manager's side of an association (IEEE 11073-20601, clause 8.4 and the manager's state table). It says which
 * answers are due and what was learnt; it sends nothing itself. All that it can ask for are the requests named
 * here, which the manifest of a driver lists with their bytes: there is no set, and no action.
 */

export type ManagerState = 'unassociated' | 'waiting-for-configuration' | 'operating';

/** A request of the manifest, with the values for its holes. */
export interface Answer {
  readonly request:
    | 'acceptAssociation'
    | 'acceptUnknownConfiguration'
    | 'rejectAssociation'
    | 'acceptConfiguration'
    | 'confirmEvent'
    | 'getMds'
    | 'release'
    | 'abort';
  readonly parameters: RequestParameters;
}

export type ManagerEvent =
  | { readonly kind: 'associated'; readonly agent: AssociationInfo }
  | { readonly kind: 'operating'; readonly configuration: Configuration }
  /** Attributes of the device itself (medical device system, MDS). */
  | { readonly kind: 'mds'; readonly attributes: PhdAttributes }
  /** The device keeps its attributes to itself. */
  | { readonly kind: 'no-mds' }
  | { readonly kind: 'measured'; readonly measurements: readonly Measurement[] }
  /** An event report of a type that is not known. */
  | { readonly kind: 'other'; readonly eventType: number; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly error: MderRejected; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly by: 'release' | 'abort' | 'manager'; readonly reason: number };

export interface Step {
  readonly answers: readonly Answer[];
  readonly events: readonly ManagerEvent[];
}

/** Reasons of an abort (11073-20601, Abort-reason). */
export const ABORT = { undefined: 0, bufferOverflow: 1, responseTimeout: 2, configurationTimeout: 3 } as const;

/** How long an agent has to report its configuration, and to answer a get, in ms (11073-20601, timeouts). */
export const CONFIGURATION_TIMEOUT_MS = 10_000;
export const GET_TIMEOUT_MS = 3_000;

const MDER = 0x8000;
const VERSION_1 = 0x80000000;
const MDS_HANDLE = 0;
const NOTHING: Step = { answers: [], events: [] };
/** It believes in an association that is not there: it is told, and starts again. */
const STRANGER: Step = { answers: [{ request: 'abort', parameters: { reason: ABORT.undefined } }], events: [] };

export class AssociationManager {
  state: ManagerState = 'unassociated';
  private configuration: Configuration | undefined;
  private invokeId = 0;
  /** Invoke id of the get that has no answer yet. */
  private asked: number | undefined;
  /** The association request, as long as nothing else was heard: a line may deliver it twice. */
  private requested = '';

  /** What an APDU of the agent means, and what has to be answered. */
  receive(result: ApduResult): Step {
    if ('refused' in result) return this.refuse(result.refused, result.bytes);
    const { apdu, bytes } = result;
    const text = apdu.kind === 'AARQ' ? bytes.join() : '';
    const twice = text !== '' && text === this.requested;
    this.requested = text;
    switch (apdu.kind) {
      case 'AARQ':
        if (this.state === 'unassociated') return this.associate(apdu.version, apdu.protocols);
        return twice ? NOTHING : this.abort(ABORT.undefined);
      case 'RLRQ':
        if (this.state === 'unassociated') return STRANGER;
        return { answers: [{ request: 'release', parameters: {} }], events: [this.ended('release', apdu.reason)] };
      case 'ABRT':
        return this.state === 'unassociated' ? NOTHING : { answers: [], events: [this.ended('abort', apdu.reason)] };
      case 'PRST':
        return this.presentation(apdu, bytes);
      default:
        // An answer to what a manager never asks.
        return this.state === 'unassociated' ? NOTHING : this.abort(ABORT.undefined);
    }
  }

  /** Ends the association from this side. */
  abort(reason: number): Step {
    if (this.state === 'unassociated') return NOTHING;
    return { answers: [{ request: 'abort', parameters: { reason } }], events: [this.ended('manager', reason)] };
  }

  /** The get was not answered in time: the association goes on without it. */
  giveUpMds(): Step {
    if (this.asked === undefined) return NOTHING;
    this.asked = undefined;
    return { answers: [], events: [{ kind: 'no-mds' }] };
  }

  private associate(version: number, protocols: readonly DataProtocol[]): Step {
    const agent = protocols.find(({ id, info }) => id === PROTOCOL_20601 && info !== undefined && usable(info))?.info;
    if (agent === undefined || (version & VERSION_1) === 0)
      return { answers: [{ request: 'rejectAssociation', parameters: {} }], events: [] };
    const configuration = Configuration.standard(agent.configurationId);
    const events: ManagerEvent[] = [{ kind: 'associated', agent }];
    if (configuration === undefined) {
      this.state = 'waiting-for-configuration';
      return { answers: [{ request: 'acceptUnknownConfiguration', parameters: {} }], events };
    }
    return this.operate(configuration, { request: 'acceptAssociation', parameters: {} }, events);
  }

  /** Configured: asks what the device is. */
  private operate(configuration: Configuration, answer: Answer, events: readonly ManagerEvent[]): Step {
    this.state = 'operating';
    this.configuration = configuration;
    this.invokeId = (this.invokeId + 1) & 0xffff;
    this.asked = this.invokeId;
    const get: Answer = { request: 'getMds', parameters: { invokeId: this.invokeId } };
    return { answers: [answer, get], events: [...events, { kind: 'operating', configuration }] };
  }

  private presentation({ invokeId, message }: Extract<Apdu, { kind: 'PRST' }>, bytes: Uint8Array): Step {
    if (this.state === 'unassociated') return STRANGER;
    switch (message.kind) {
      case 'event':
        return this.event(invokeId, message, bytes);
      case 'get-reply':
      case 'error':
      case 'reject': {
        if (invokeId !== this.asked) return NOTHING;
        this.asked = undefined;
        if (message.kind !== 'get-reply' || message.handle !== MDS_HANDLE) return this.noMds();
        return { answers: [], events: [{ kind: 'mds', attributes: message.attributes }] };
      }
      default:
        // An agent neither asks nor answers anything else.
        return this.abort(ABORT.undefined);
    }
  }

  private noMds(): Step {
    return { answers: [], events: [{ kind: 'no-mds' }] };
  }

  private event(invokeId: number, message: Extract<DataMessage, { kind: 'event' }>, bytes: Uint8Array): Step {
    const { info, confirmed, eventType, handle } = message;
    if (info.kind === 'configuration') {
      const { configurationId: configuration } = info;
      const answer: Answer = { request: 'acceptConfiguration', parameters: { invokeId, configuration } };
      if (!confirmed) return this.abort(ABORT.undefined);
      if (this.state === 'waiting-for-configuration') return this.operate(Configuration.reported(info), answer, []);
      return configuration === this.configuration?.id ? { answers: [answer], events: [] } : this.abort(ABORT.undefined);
    }
    if (this.state !== 'operating') return this.abort(ABORT.undefined);
    const answers: Answer[] = confirmed
      ? [{ request: 'confirmEvent', parameters: { invokeId, handle, eventType } }]
      : [];
    if (info.kind === 'unknown') return { answers, events: [{ kind: 'other', eventType, bytes }] };
    try {
      const measurements = this.configuration?.measurements(info, handle) ?? [];
      return { answers, events: [{ kind: 'measured', measurements }] };
    } catch (error) {
      if (error instanceof MderRejected) return this.refuse(error, bytes);
      throw error;
    }
  }

  /** What cannot be used is never confirmed, so that the agent keeps it. */
  private refuse(error: MderRejected, bytes: Uint8Array): Step {
    const { answers, events } = this.abort(ABORT.undefined);
    return { answers, events: [{ kind: 'refused', error, bytes }, ...events] };
  }

  private ended(by: 'release' | 'abort' | 'manager', reason: number): ManagerEvent {
    this.state = 'unassociated';
    this.configuration = undefined;
    this.asked = undefined;
    return { kind: 'ended', by, reason };
  }
}

/** Version 1 of the protocol, and MDER among the encodings that the agent offers. */
function usable({ protocolVersion, encodingRules }: AssociationInfo): boolean {
  return (protocolVersion & VERSION_1) !== 0 && (encodingRules & MDER) !== 0;
}
