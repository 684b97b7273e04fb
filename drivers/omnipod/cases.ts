import { type CaseModule, caseBytes, type Json, type JsonObject } from '@onebox/driver-sdk/cases.js';
import { caseReject } from '@onebox/driver-sdk/cases-gatt.js';
import { type ExactDecimal, toText } from '@onebox/protocol/decimal.js';
import { FAULTS, SUBTYPES } from './codes.js';
import {
  type ActivationTime,
  type ConfiguredAlerts,
  type Delivered,
  type DetailedStatus,
  type ErrorEvent,
  type PodMessage,
  type PulseLog,
  parsePodMessage,
} from './status.js';

/** How the cases of `omnipod-podinfo` are run: one block or payload each. Times are seconds there. */
const cases: CaseModule = {
  protocol: 'omnipod-podinfo',
  files: {
    'cases.json': {
      list: 'cases',
      fields: ['decoder', 'hex'],
      run: ({ hex }) => caseReject(() => fields(parsePodMessage(caseBytes(hex)))),
    },
  },
  tables: ['codes.json'],
};
export default cases;

function fields(message: PodMessage): JsonObject {
  switch (message.kind) {
    case 'detailed-status':
      return { podInfoType: 'detailedStatus', ...deliveredFields(message), ...detailedFields(message) };
    case 'status-response':
      return { podInfoType: 'normal', ...deliveredFields(message) };
    case 'configured-alerts':
      return { podInfoType: 'configuredAlerts', alertWords: alertWords(message) };
    case 'pulse-log':
      return pulseLogFields(message);
    case 'activation-time':
      return { podInfoType: 'activationTime', ...activationFields(message) };
    case 'status-request':
      return { podInfoType: message.name, subtype: message.subtype };
  }
}

function deliveredFields(status: Delivered): JsonObject {
  const { reservoir } = status;
  const delivered = number(status.delivered);
  return {
    podProgressStatus: status.progress,
    deliveryStatus: status.delivery,
    bolusNotDelivered: number(status.bolusNotDelivered),
    lastProgrammingMessageSeqNum: status.sequence,
    totalInsulinDelivered: delivered,
    insulinDelivered: delivered,
    reservoirLevel: reservoir === 'above50' ? reservoir : number(reservoir),
    timeActiveSeconds: status.minutesActive * 60,
    unacknowledgedAlerts: status.alerts,
    alerts: status.alerts,
  };
}

function detailedFields(status: DetailedStatus): JsonObject {
  return {
    ...faultFields(status.fault, status.faultMinutes),
    faultAccessingTables: status.faultAccessingTables,
    errorEventInfo: status.error ? errorFields(status.error) : null,
    previousPodProgressStatus: status.error?.progress ?? null,
    receiverLowGain: status.receiverLowGain,
    radioRSSI: status.radioRssi,
  };
}

function faultFields(fault: number, minutes: number | undefined): JsonObject {
  return {
    faultCode: fault,
    faultType: FAULTS[fault] ?? { anyOf: [null, `unknown fault ${fault}`] },
    faultTimeSeconds: minutes === undefined ? null : minutes * 60,
  };
}

function errorFields(error: ErrorEvent): JsonObject {
  return {
    insulinStateTableCorruption: error.tableCorruption,
    occlusionType: error.occlusionType,
    immediateBolusInProgress: error.bolusRunning,
    podProgressStatus: error.progress,
  };
}

/** Slots that are on. */
function alertWords({ words }: ConfiguredAlerts): JsonObject {
  return Object.fromEntries(words.flatMap((word, slot): [string, Json][] => (word === 0 ? [] : [[`${slot}`, word]])));
}

function pulseLogFields(log: PulseLog): JsonObject {
  const activeSeconds = log.minutesActive === undefined ? null : log.minutesActive * 60;
  return {
    podInfoType: SUBTYPES[log.subtype]!,
    ...(log.fault === undefined ? {} : faultFields(log.fault, log.faultMinutes)),
    timeActivationSeconds: activeSeconds,
    timeActiveSeconds: activeSeconds,
    entrySize: log.subtype === 3 ? 4 : null,
    maxEntries: log.maxEntries ?? null,
    indexLastEntry: log.indexLastEntry ?? null,
    nEntries: log.entries.length,
    pulseLog: Object.fromEntries(log.entries.map((entry, index) => [`${index}`, entry])),
  };
}

function activationFields({ fault, minutesActive, local }: ActivationTime): JsonObject {
  const [year, month, day, hour, minute] = local.split(/\D/).map(Number) as [number, number, number, number, number];
  const parts = { year, month, day, hour, minute };
  // The pod states no seconds: a case may write them as 0, or leave them out.
  const moment = { anyOf: [local, local.slice(0, -3), parts] };
  return {
    ...faultFields(fault, minutesActive),
    timeActivationSeconds: minutesActive * 60,
    timeActiveSeconds: minutesActive * 60,
    dateTime: moment,
    timestamp: moment,
    ...parts,
  };
}

function number(value: ExactDecimal): Json {
  return { decimal: toText(value) };
}
