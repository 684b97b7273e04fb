import { createHash } from 'node:crypto';
import { errorLabel } from '@onebox/protocol/errors.js';
import type { Interrogation } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { matchWords } from '../../card/match-words.js';
import { absentCode } from '../../card/words.js';
import { instant } from '../../exports/entry.js';
import { phaseId } from '../../interrogation/phases.js';
import { plain } from '../plain.js';
import type { Content } from '../read-out.js';
import { componentResource, deviceResource } from './devices.js';
import { exactJson } from './exact-json.js';
import { type About, alertObservation, episodeObservation, observation } from './observation.js';
import { patientResource } from './patient.js';
import { absentReason, codeable, coding, concept, type Element, SYSTEMS } from './types.js';

/**
 * What was read as a FHIR R4 Bundle (type collection): the device and its parts, a patient where the device names
 * one, an Observation for each value, alert, episode and series of samples, what is missing, and where all of it comes
 * from. JSON on one line, decimals as the device resolves them.
 */
export function fhirBundle(content: Content): string {
  return exactJson(bundleOf(content));
}

function bundleOf(content: Content): Element {
  const { facts, values, series, card, session, practice, reference, madeAt } = content;
  const meta: Element = practice ? { meta: { security: [coding(SYSTEMS.reason, 'HTEST', 'test health data')] } } : {};
  const url = (what: string): string => uuid(`${session.sessionId} ${what}`);
  const entries: Element[] = [];
  const add = (what: string, resource: Element): string => {
    entries.push({ fullUrl: url(what), resource });
    return url(what);
  };

  const patient = patientResource(values, meta);
  const subject = patient && { reference: add('patient', patient) };
  const device = add('device', deviceResource(facts.identity, card.identity, meta));
  for (const [id, part] of facts.components) {
    const parent = part.parentId && facts.components.has(part.parentId) ? url(`part ${part.parentId}`) : device;
    add(`part ${id}`, componentResource(part, parent, meta));
  }
  const about: About = {
    meta,
    ...(subject ? { subject } : {}),
    device: (id) => ({ reference: facts.components.has(id) ? url(`part ${id}`) : device }),
  };

  const alerts = facts.alerts.map((alert, index) => add(`alert ${index}`, alertObservation(alert, about)));
  const ofEpisode = new Map<string, string[]>();
  const read = [...values, ...series].map((fact, index) => {
    const at = add(`value ${index}`, observation(fact, about));
    const episode = fact.value.episodeId;
    if (episode) ofEpisode.set(episode, [...(ofEpisode.get(episode) ?? []), at]);
    return at;
  });
  const episodes = facts.episodes.map((episode, index) =>
    add(`episode ${index}`, episodeObservation(episode, about, ofEpisode.get(episode.id ?? '') ?? [])),
  );
  const match = add('patient match', matchOutcome(card, meta));
  const missing = missingOf(session, about).map((resource, index) => add(`missing ${index}`, resource));
  add('provenance', provenance(content, meta, [device, match, ...alerts, ...read, ...episodes, ...missing]));

  return {
    resourceType: 'Bundle',
    ...meta,
    identifier: { system: 'urn:onebox:access', value: reference },
    type: 'collection',
    timestamp: instant(madeAt),
    entry: entries,
  };
}

/** Of whom it is, a reader must know before anything else; FHIR has no place of its own for it. */
function matchOutcome({ patientMatch }: Content['card'], meta: Element): Element {
  const confirmed = patientMatch.state === 'confirmed';
  return {
    resourceType: 'OperationOutcome',
    ...meta,
    issue: [
      {
        severity: confirmed ? 'information' : 'warning',
        code: confirmed ? 'informational' : 'business-rule',
        diagnostics: matchWords(patientMatch),
      },
    ],
  };
}

/** A value that could not be read is an Observation without one; a part of the reading that is missing has no code. */
function missingOf({ missing }: Interrogation, { meta, subject, device }: About): Element[] {
  return (missing ?? []).map(({ phase, code, componentId, reason, error }) => {
    const said = codeable(code);
    const why = absentCode(reason) ?? 'unknown';
    if (said)
      return {
        resourceType: 'Observation',
        ...meta,
        status: 'preliminary',
        category: [concept(SYSTEMS.kind, 'missing')],
        code: said,
        ...(subject ? { subject } : {}),
        device: device(componentId ?? ''),
        dataAbsentReason: absentReason(why),
        ...(error ? { note: [{ text: errorLabel(error) }] } : {}),
      };
    return {
      resourceType: 'OperationOutcome',
      ...meta,
      issue: [
        {
          severity: 'warning',
          code: 'incomplete',
          diagnostics: [`not read: ${phaseId(phase ?? 0)}`, why, error ? errorLabel(error) : '']
            .filter(Boolean)
            .join(', '),
        },
      ],
    };
  });
}

function provenance({ session, madeAt, version }: Content, meta: Element, targets: readonly string[]): Element {
  const { startedUnixMs, endedUnixMs, driver, transport, purpose } = session;
  const started = startedUnixMs ?? 0;
  const ended = Math.max(endedUnixMs || madeAt, started);
  const reason = (v1.PurposeOfUse[purpose ?? 0] ?? '').replace('PURPOSE_OF_USE_', '');
  const way = (v1.Transport[transport ?? 0] ?? '').replace('TRANSPORT_', '').toLowerCase();
  const agent = (display: string): Element => ({
    type: concept(SYSTEMS.participant, 'assembler'),
    who: { display },
  });
  return {
    resourceType: 'Provenance',
    ...meta,
    target: targets.map((reference) => ({ reference })),
    occurredPeriod: { start: instant(started), end: instant(ended) },
    recorded: instant(madeAt),
    ...(reason && reason !== 'UNSPECIFIED' ? { reason: [concept(SYSTEMS.reason, reason)] } : {}),
    activity: { text: `read only, ${way}` },
    agent: [agent(`OneBox ${version}`), agent(`driver ${plain(driver?.id)} ${plain(driver?.version)}`)],
  };
}

/** RFC 9562, version 8. */
function uuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4];
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
