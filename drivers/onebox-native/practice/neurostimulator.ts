import { component, episode, identity } from '@onebox/driver-sdk/findings.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import type { OneBoxTerm } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { DAY, DeviceWords, HOUR, type Memory, MINUTE, type PracticePatient } from './patient.js';

/**
 * Practice deep-brain stimulator: switched off by the patient programmer since yesterday. Rechargeable, two leads
 * in the subthalamic nucleus. Its clock agrees with ours.
 */
const OFFSET = 0;
const MODEL = 'Practice Neuro 2';
const SERIAL = 'PRACTICE-2051';
const OFF = 26 * HOUR + 10 * MINUTE;
const TEST = 26 * HOUR + 40 * MINUTE;
const RECHARGED = 3 * DAY + 5 * HOUR;

export const neurostimulator: PracticePatient = {
  key: 'dbs',
  name: 'Practice Neuro 2',
  deviceClass: 'neurostimulator',
  serial: SERIAL,
  clockOffsetMs: OFFSET,
  read: (now) => memory(new DeviceWords(now, OFFSET)),
};

interface Side {
  readonly id: string;
  readonly location: OneBoxTerm;
  readonly milliamps: string;
  readonly width: number;
  /** Monopolar impedance of contacts 0 to 3, in Ohm. */
  readonly ohms: readonly number[];
}

const SIDES: readonly Side[] = [
  { id: 'lead.left', location: 'side.left', milliamps: '2.4', width: 60, ohms: [1120, 1085, 1210, 1164] },
  { id: 'lead.right', location: 'side.right', milliamps: '2.1', width: 60, ohms: [1042, 1098, 1133, 1175] },
];

function memory(words: DeviceWords): Memory {
  const source = { origin: v1.Source.Origin.ORIGIN_STORED, field: 'log 118' };
  const charge = { component: 'battery', unit: '%', periodMs: DAY, lastAgo: HOUR } as const;
  return {
    identity: who(words),
    critical: critical(words),
    present: present(words),
    settings: settings(words),
    trends: [words.trend(term('battery.percent'), { ...charge, values: [58, 49, 97, 88, 79, 71, 64] }, 'log.charge')],
    episodes: [
      episode({
        id: 'log.118',
        number: 118,
        time: words.ago(OFF),
        type: term('stimulation.state.off'),
        vendorType: 'STIM OFF PP',
        source,
      }),
    ],
    memory: [
      words.trend(
        term('battery.percent'),
        { ...charge, values: [99, 90, 81, 72, 63, 55, 98, 89, 80, 70, 67], lastAgo: 7 * DAY + HOUR },
        'log.charge.older',
      ),
    ],
  };
}

function who(words: DeviceWords): Finding[] {
  const { KIND_GENERATOR, KIND_BATTERY, KIND_LEAD, KIND_PROGRAM } = v1.Component.Kind;
  const maker = { manufacturer: 'OneBox Practice' };
  return [
    identity({
      deviceClass: 'neurostimulator',
      type: term('device.deep-brain-stimulator'),
      ...maker,
      model: MODEL,
      serial: SERIAL,
      firmware: '1.0.0',
      implanted: words.ago(812 * DAY),
      mriSafety: v1.MriSafety.MRI_SAFETY_MR_CONDITIONAL,
      mriConditions: '1.5 T, MRI mode on',
      practice: true,
    }),
    component({
      id: 'generator',
      kind: KIND_GENERATOR,
      instance: 1,
      location: term('implant.site.chest-right'),
      ...maker,
      model: MODEL,
      serial: SERIAL,
    }),
    component({ id: 'battery', kind: KIND_BATTERY, instance: 1, parentId: 'generator' }),
    ...SIDES.map(({ id, location }, index) =>
      component({
        id,
        kind: KIND_LEAD,
        instance: index + 1,
        parentId: 'generator',
        location: term(location),
        ...maker,
        model: 'Practice Lead 4C',
      }),
    ),
    component({ id: 'program.b', kind: KIND_PROGRAM, instance: 2, parentId: 'generator' }),
  ];
}

function critical(words: DeviceWords): Finding[] {
  return [
    words.warning(term('alert.stimulation-off'), { severity: 'check', since: OFF, vendorText: 'Stimulation off' }),
    words.state(term('stimulation.state'), term('stimulation.state.off'), 'stim.state'),
    words.date(term('stimulation.changed'), OFF, 'stim.changed'),
    words.state(term('stimulation.changed-by'), term('stimulation.changed-by.patient'), 'stim.changed.by', {
      ago: OFF,
    }),
    words.measured(term('battery.percent'), 64, '%', 'battery.charge', { component: 'battery' }),
    words.date(term('battery.last-charged'), RECHARGED, 'battery.recharged', { component: 'battery' }),
    words.none(mdc('MDC_IDC_SET_MAGNET_RESP'), 'unsupported', 'magnet'),
    words.choice(term('mr-mode'), term('mr-mode.off'), 'mri.mode'),
  ];
}

function present(words: DeviceWords): Finding[] {
  const { KIND_LOW, KIND_HIGH } = v1.Limit.Kind;
  const owner = v1.Limit.Owner.OWNER_DEVICE;
  const ohm = (coefficient: number) => ({ value: { coefficient, exponent: 0 }, unit: 'Ohm' });
  const limits = [
    { kind: KIND_LOW, value: ohm(250), owner, reference: 'impedance.low' },
    { kind: KIND_HIGH, value: ohm(4000), owner, reference: 'impedance.high' },
  ];
  return [
    ...SIDES.flatMap(({ id, ohms }) =>
      ohms.map((value, instance) =>
        words.measured(term('stimulation.impedance'), value, 'Ohm', `${id}.contact.${instance}`, {
          component: id,
          instance,
          origin: 'self-test',
          ago: TEST,
          limits,
        }),
      ),
    ),
    words.words(term('stimulation.group'), 'B', 'stim.group', { component: 'program.b' }),
    words.words(term('stimulation.program'), 'Day', 'stim.program', { component: 'program.b' }),
    words.choice(term('implant.site'), term('implant.site.chest-right'), 'implant.site', {
      origin: 'entered',
      ago: 812 * DAY,
    }),
  ];
}

function settings(words: DeviceWords): Finding[] {
  return SIDES.flatMap(({ id, milliamps, width }) => [
    words.programmed(term('stimulation.amplitude'), milliamps, 'mA', `${id}.amplitude`, { component: id }),
    words.programmed(term('stimulation.pulse-width'), width, 'us', `${id}.width`, { component: id }),
    words.programmed(term('stimulation.frequency'), 130, 'Hz', `${id}.frequency`, { component: id }),
  ]);
}
