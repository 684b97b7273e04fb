import { type CaseModule, caseBytes, type Json, type JsonObject } from '@onebox/driver-sdk/cases.js';
import { isNumber, type MedFloat } from '@onebox/driver-sdk/parts/gatt-values.js';
import { MderReader, MderRejected } from '@onebox/driver-sdk/parts/mder.js';
import {
  type Apdu,
  type AssociationInfo,
  type DataMessage,
  type DataProtocol,
  decodeApdu,
} from '@onebox/driver-sdk/parts/phd-apdu.js';
import { ATTRIBUTE, type PhdAttributes } from '@onebox/driver-sdk/parts/phd-attributes.js';
import { type EventInfo, type PersonScan, SCAN_REPORTS } from '@onebox/driver-sdk/parts/phd-events.js';

/** How the cases of `ieee11073-phd` are run: one APDU each, and the whole tree of what is in it. */
const cases: CaseModule = {
  protocol: 'ieee11073-phd',
  files: {
    'cases.json': {
      list: 'cases',
      fields: ['hex'],
      // What the upstream authors assert is free in form, and is in the tree too.
      expectation: {
        fields: ['decoded', 'expectReject', 'authorAsserted'],
        of: ({ decoded, expectReject }) => (expectReject ? { reject: true } : (decoded ?? undefined)),
      },
      run,
    },
  },
};
export default cases;

function run(input: JsonObject): JsonObject {
  const bytes = caseBytes(input.hex);
  try {
    const apdu = decodeApdu(bytes);
    return { apdu: apdu.kind, length: bytes.length - 4, ...tree(apdu) };
  } catch (error) {
    if (error instanceof MderRejected) return { reject: error.reject };
    throw error;
  }
}

function tree(apdu: Apdu): JsonObject {
  switch (apdu.kind) {
    case 'AARQ':
      return { assocVersion: apdu.version, protocols: apdu.protocols.map(protocol) };
    case 'AARE':
      return { result: apdu.result, ...protocol(apdu.protocol) };
    case 'PRST':
      return { invokeId: apdu.invokeId, message: hex16(apdu.choice), ...message(apdu.message) };
    default:
      return { reason: apdu.reason };
  }
}

function protocol({ id, info }: DataProtocol): JsonObject {
  return { dataProtoId: id, ...(info ? association(info) : {}) };
}

function association(info: AssociationInfo): JsonObject {
  return {
    protocolVersion: info.protocolVersion,
    encodingRules: info.encodingRules,
    nomenclatureVersion: info.nomenclatureVersion,
    functionalUnits: info.functionalUnits,
    systemType: info.systemType,
    systemId: hex(info.systemId),
    devConfigId: info.configurationId,
    dataReqModeFlags: info.requestModes,
    dataReqInitAgentCount: info.agentRequests,
    dataReqInitManagerCount: info.managerRequests,
    options: attributes(info.options),
  };
}

function message(body: DataMessage): JsonObject {
  switch (body.kind) {
    case 'event':
      return {
        objHandle: body.handle,
        eventTime: body.time,
        ...event(body.eventType),
        eventInfo: info(body.eventType, body.info),
      };
    case 'event-reply': {
      const { configuration } = body;
      const reply = configuration && { configReportId: configuration.id, configResult: configuration.result };
      const head = { objHandle: body.handle, currentTime: body.time, ...event(body.eventType) };
      return { ...head, eventReplyInfo: reply ?? (body.info.length > 0 ? { hex: hex(body.info) } : {}) };
    }
    case 'get':
      return {
        objHandle: body.handle,
        attributeIdCount: body.ids.length,
        attributeIds: { anyOf: [body.ids, body.ids.map(hex16)] },
      };
    case 'get-reply':
    case 'set-reply':
      return { objHandle: body.handle, attributes: attributes(body.attributes) };
    case 'set':
      return {
        objHandle: body.handle,
        modifications: body.changes.map((change) => ({
          operator: change.operator,
          attr: change.attribute,
          value: hex(change.value),
        })),
      };
    case 'action':
    case 'action-reply':
      return { objHandle: body.handle, actionType: hex16(body.actionType), actionInfo: hex(body.info) };
    case 'error':
      return { errorValue: body.value, parameter: hex(body.info) };
    case 'reject':
      return { problem: body.problem };
  }
}

function event(type: number): JsonObject {
  return { eventType: hex16(type), eventName: type === 0x0d1c ? 'config' : (SCAN_REPORTS[type]?.name ?? null) };
}

function info(type: number, report: EventInfo): Json {
  if (report.kind === 'unknown') return { anyOf: [hex(report.bytes), { hex: hex(report.bytes) }] };
  if (report.kind === 'configuration') {
    const objects = report.objects.map((object) => ({
      class: object.class,
      handle: object.handle,
      attributes: attributes(object.attributes),
    }));
    return { configReportId: report.configurationId, objects };
  }
  const { requestId, reportNumber, persons } = report;
  const head = { dataReqId: requestId, scanReportNo: reportNumber };
  const groups = persons.flatMap(({ person, groups: all }) =>
    all.map((group) => ({ obs: hex(group), ...(person === undefined ? {} : { personId: person }) })),
  );
  const { form, persons: several } = SCAN_REPORTS[type]!;
  if (form === 'grouped') return { ...head, groups };
  if (several) {
    return { ...head, persons: persons.map((one) => ({ personId: one.person ?? null, ...observations(one) })) };
  }
  return { ...head, ...(persons[0] ? observations(persons[0]) : {}) };
}

function observations(scan: PersonScan): JsonObject {
  return {
    observations: scan.observations.map((one) =>
      'fixed' in one
        ? { handle: one.handle, obs: hex(one.fixed) }
        : { handle: one.handle, attributes: attributes(one.attributes) },
    ),
  };
}

/** The names that the collection gives to attributes; where it does not show one, the likely spellings. */
const NAMES: Readonly<Record<number, readonly string[]>> = {
  [ATTRIBUTE.type]: ['type'],
  [ATTRIBUTE.unit]: ['unit'],
  [ATTRIBUTE.valueMap]: ['attrValMap'],
  [ATTRIBUTE.metricSpecification]: ['metricSpecSmall'],
  [ATTRIBUTE.absoluteTimeStamp]: ['absTime'],
  [ATTRIBUTE.basicValue]: ['basicNuObs'],
  [ATTRIBUTE.simpleValue]: ['simpleNuObs', 'simpNuObs'],
  [ATTRIBUTE.basicCompound]: ['compoundBasicNuObs', 'compoundBasicNu', 'compoundNuObs', 'cmpdBasicNuObs'],
  [ATTRIBUTE.simpleCompound]: ['compoundSimpleNuObs'],
  [ATTRIBUTE.enumeration]: ['enumObs'],
  [ATTRIBUTE.measurementStatus]: ['measStatus', 'measurementStatus', 'msmtStatus'],
  [ATTRIBUTE.systemId]: ['systemId'],
  [ATTRIBUTE.model]: ['model'],
  [ATTRIBUTE.productionSpecification]: ['prodSpec'],
  [ATTRIBUTE.absoluteTime]: ['timeAbs'],
  [ATTRIBUTE.configurationId]: ['devConfigId'],
  [ATTRIBUTE.specialisations]: ['sysTypeSpecList'],
  [ATTRIBUTE.scanHandleValueMap]: ['scanHandleAttrValMap', 'handleAttrValMap'],
  [ATTRIBUTE.scanPeriod]: ['scanRepPeriod'],
  [ATTRIBUTE.operationalState]: ['opStat'],
  [ATTRIBUTE.supplementalTypes]: ['supplementalTypes'],
  [ATTRIBUTE.metricStructure]: ['metricStructSmall', 'metricStructureSmall'],
  // The standard calls 0A47 the handle of the source; the collection calls it metric id.
  [ATTRIBUTE.sourceHandle]: ['metricId'],
  [ATTRIBUTE.metricIds]: ['metricIdList', 'metricIds'],
  [ATTRIBUTE.confirmMode]: ['confirmMode'],
  [ATTRIBUTE.sampleArray]: ['rtSampleArray', 'realTimeSampleArray', 'rtsa'],
};

function attributes(all: PhdAttributes): JsonObject {
  const entries = [...all.raw].flatMap(([id, bytes]) => {
    // A case may leave an attribute undecoded, as the collection does with production specifications.
    const value = { anyOf: [attributeJson(id, bytes, all), hex(bytes)] };
    const unnamed = hex16(id);
    const names = NAMES[id] ?? [unnamed, `0x${unnamed.slice(2).toUpperCase()}`];
    return [...names, unnamed].map((name) => [name, value] as const);
  });
  return Object.fromEntries(entries);
}

function attributeJson(id: number, bytes: Uint8Array, all: PhdAttributes): Json {
  switch (id) {
    case ATTRIBUTE.type:
      return all.type ? { ...all.type } : null;
    case ATTRIBUTE.valueMap:
      return (all.valueMap ?? []).map(({ attribute, length }) => ({ attr: attribute, len: length }));
    case ATTRIBUTE.scanHandleValueMap:
      return (all.scanHandleValueMap ?? []).map(({ handle, map }) => ({
        handle,
        attrValMap: map.map(({ attribute, length }) => ({ attr: attribute, len: length })),
      }));
    case ATTRIBUTE.basicValue:
    case ATTRIBUTE.simpleValue:
      return all.value ? float(all.value) : null;
    case ATTRIBUTE.basicCompound:
    case ATTRIBUTE.simpleCompound:
      return (all.compound ?? []).map(float);
    case ATTRIBUTE.metricIds:
      return [...(all.metricIds ?? [])];
    case ATTRIBUTE.absoluteTimeStamp:
      return all.timeStamp?.text ?? null;
    case ATTRIBUTE.absoluteTime:
      return all.clock?.text ?? null;
    case ATTRIBUTE.systemId:
      return all.systemId ? hex(all.systemId) : null;
    case ATTRIBUTE.model:
      return all.model ? { ...all.model } : null;
    case ATTRIBUTE.specialisations:
      return (all.specialisations ?? []).map((one) => ({ ...one }));
    case ATTRIBUTE.sampleArray:
    case ATTRIBUTE.productionSpecification:
    case ATTRIBUTE.supplementalTypes:
      return hex(bytes);
    default:
      return id in NAMES && (bytes.length === 2 || bytes.length === 4) ? number(bytes) : hex(bytes);
  }
}

function number(bytes: Uint8Array): number {
  const reader = new MderReader(bytes, 'attribute');
  return bytes.length === 2 ? reader.u16() : reader.u32();
}

function float(value: MedFloat): Json {
  return isNumber(value) ? { decimal: `${value.coefficient}e${value.exponent}` } : value;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
