import type { Component, DeviceIdentity } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import type { Identity } from '../../card/model.js';
import { instant } from '../../exports/entry.js';
import { plain } from '../plain.js';
import { codeable, coding, concept, type Element, extension, isDate, SYSTEMS } from './types.js';

/** FHIR R4 Devices: the one that was read, and the parts of it that it names. */

const M = v1.MriSafety;
const MRI: Readonly<Record<number, string>> = {
  [M.MRI_SAFETY_MR_SAFE]: 'MR Safe',
  [M.MRI_SAFETY_MR_CONDITIONAL]: 'MR Conditional',
  [M.MRI_SAFETY_MR_UNSAFE]: 'MR Unsafe',
};

/** `identity` is of the card: the class as it was matched, where the device says none. */
export function deviceResource(device: DeviceIdentity | undefined, identity: Identity, meta: Element): Element {
  const type = codeable(device?.type);
  const udi = device?.udi;
  const mri = MRI[device?.mriSafety ?? 0];
  const conditions = plain(device?.mriConditions);
  const implanted = device?.implanted?.unixMs;
  return {
    resourceType: 'Device',
    ...meta,
    extension: [
      extension('evidence', { valueCode: identity.evidence }),
      ...(implanted ? [extension('implanted', { valueDateTime: instant(implanted) })] : []),
    ],
    ...(udi ? udiCarrier(udi) : {}),
    ...text('manufacturer', identity.manufacturer),
    ...text('serialNumber', identity.serial),
    ...text('modelNumber', identity.model),
    ...text('lotNumber', udi?.lot),
    ...date('manufactureDate', udi?.manufactured),
    ...date('expirationDate', udi?.expires),
    type: {
      coding: [...codings(type), coding(SYSTEMS.deviceClass, identity.deviceClass)],
      ...(type?.text ? { text: type.text } : {}),
    },
    ...versions(device),
    ...(mri ? { safety: [{ text: mri }] } : {}),
    ...(conditions ? { note: [{ text: conditions }] } : {}),
  };
}

export function componentResource(part: Component, parent: string, meta: Element): Element {
  const location = codeable(part.location);
  const kind = (v1.Component.Kind[part.kind ?? 0] ?? '').replace(/^KIND_/, '').toLowerCase();
  return {
    resourceType: 'Device',
    ...meta,
    ...text('manufacturer', part.manufacturer),
    ...text('serialNumber', part.serial),
    ...text('modelNumber', part.model),
    type: concept(SYSTEMS.kind, kind || 'unspecified'),
    property: [
      ...(part.instance
        ? [{ type: concept(SYSTEMS.kind, 'instance'), valueQuantity: [{ value: part.instance }] }]
        : []),
      ...(location ? [{ type: concept(SYSTEMS.kind, 'location'), valueCode: [location] }] : []),
    ],
    parent: { reference: parent },
  };
}

function udiCarrier({ deviceIdentifier, carrier, issuer }: NonNullable<DeviceIdentity['udi']>): Element {
  const identifier = plain(deviceIdentifier);
  const whole = plain(carrier);
  if (!identifier && !whole) return {};
  return {
    udiCarrier: [
      {
        ...text('deviceIdentifier', identifier),
        ...text('carrierHRF', whole),
        // FHIR has a URI for it; the device says a word.
        ...(plain(issuer) ? { extension: [extension('udi-issuer', { valueString: plain(issuer) })] } : {}),
      },
    ],
  };
}

function versions(device: DeviceIdentity | undefined): Element {
  const found = (['firmware', 'hardware', 'software'] as const).flatMap((name) => {
    const value = plain(device?.[name]);
    return value ? [{ type: { text: name }, value }] : [];
  });
  return found.length > 0 ? { version: found } : {};
}

const codings = (type: Element | undefined): Element[] => [...((type?.coding as Element[] | undefined) ?? [])];

function text(name: string, said: string | null | undefined): Element {
  const value = plain(said);
  return value ? { [name]: value } : {};
}

function date(name: string, said: string | null | undefined): Element {
  const value = plain(said);
  return isDate(value) ? { [name]: value } : {};
}
