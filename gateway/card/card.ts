import { Phase } from '@onebox/protocol/messages.js';
import { cgmCard } from './classes/cgm.js';
import type { ClassCard } from './classes/class-card.js';
import { genericCard } from './classes/generic.js';
import { glucoseMeterCard } from './classes/glucose-meter.js';
import { icdCard } from './classes/icd.js';
import { insulinPumpCard } from './classes/insulin-pump.js';
import { neurostimulatorCard } from './classes/neurostimulator.js';
import { pacemakerCard } from './classes/pacemaker.js';
import { bloodPressureCard, heartRateCard, pulseOximeterCard, scaleCard, thermometerCard } from './classes/vitals.js';
import { clockNote } from './clock-note.js';
import type { Facts } from './facts.js';
import { leadLine } from './lead.js';
import type { Card, DeviceClassId, Identity, PatientMatch, ReadState } from './model.js';
import { stripList } from './strips.js';
import { buildTile } from './tile.js';
import { deviceClassId, evidenceWord } from './words.js';

const CARDS: Readonly<Partial<Record<DeviceClassId, ClassCard>>> = {
  icd: icdCard,
  'crt-d': icdCard,
  pacemaker: pacemakerCard,
  'crt-p': pacemakerCard,
  'insulin-pump': insulinPumpCard,
  cgm: cgmCard,
  neurostimulator: neurostimulatorCard,
  'pulse-oximeter': pulseOximeterCard,
  'blood-pressure-monitor': bloodPressureCard,
  thermometer: thermometerCard,
  'heart-rate-monitor': heartRateCard,
  scale: scaleCard,
  'glucose-meter': glucoseMeterCard,
};

/** What the card needs to know besides the findings. */
export interface CardContext {
  readonly accessId: string;
  readonly practice: boolean;
  /** Class as it was matched, until the device says its own. */
  readonly expectedClass: DeviceClassId;
  readonly magnet?: NonNullable<Card['magnet']>;
  readonly finished: ReadonlySet<Phase>;
  readonly read: ReadState;
  readonly patientMatch: PatientMatch;
  /** Tablet clock, milliseconds since 1970. */
  readonly now: number;
}

export function identityOf(facts: Facts, expected: DeviceClassId): Identity {
  const { deviceClass, manufacturer, model, serial, firmware, evidence } = facts.identity ?? {};
  const declared = deviceClassId(deviceClass);
  return {
    // A generic statement does not take away what the match knew.
    deviceClass: declared === 'generic' ? expected : declared,
    ...(manufacturer ? { manufacturer } : {}),
    ...(model ? { model } : {}),
    ...(serial ? { serial } : {}),
    ...(firmware ? { firmware } : {}),
    evidence: facts.identity ? evidenceWord(evidence) : 'advertised',
  };
}

/** The ten-second card: always the same tiles for a class, filled as far as facts have come. */
export function buildCard(facts: Facts, context: CardContext): Card {
  const { accessId, practice, magnet, read, now, finished, expectedClass, patientMatch } = context;
  const identity = identityOf(facts, expectedClass);
  const spec = CARDS[identity.deviceClass] ?? genericCard;
  const ended = ['complete', 'partial', 'refused', 'stopped'].includes(read.state);
  const pending = { ended, ...(read.error === undefined ? {} : { error: read.error }) };
  const clock = clockNote(facts.clock);
  const strips = stripList(facts);
  return {
    accessId,
    practice: practice || Boolean(facts.identity?.practice),
    identity,
    patientMatch,
    lead: leadLine(spec.lead, facts, { alertsRead: finished.has(Phase.PHASE_CRITICAL), ...pending }, now),
    tiles: spec.tiles.map((tile) => buildTile(tile, facts, pending)),
    ...(clock ? { clock } : {}),
    read,
    episodes: facts.episodes.length,
    strips: strips.length,
    ...(magnet ? { magnet } : {}),
  };
}
