import { component, type Details } from '@onebox/driver-sdk/findings.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { MDC, term } from '@onebox/protocol/codes.js';
import type { Code, Component, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { codedValue, maker } from './codes.js';
import type { Obx, OruMessage } from './oru.js';
import { type Chamber, chamberOf, isBattery, isEpisode, isHighVoltage, isLead, isZone } from './terms.js';

/** The parts of the device that the message speaks of: leads and zones by OBX-4, channels by their terms. */

const { KIND_BATTERY, KIND_CHANNEL, KIND_GENERATOR, KIND_LEAD, KIND_ZONE } = v1.Component.Kind;
const CHAMBERS: readonly Chamber[] = ['ra', 'rv', 'la', 'lv'];

/** Where a value belongs: its component or episode, and its number among values of one code there. */
export function placeOf({ number, group }: Obx): Pick<Details, 'component' | 'instance' | 'episode'> {
  const among = group > 1 ? { instance: group - 1 } : {};
  if (number === undefined) return among;
  const chamber = chamberOf(number);
  if (chamber) return { component: `channel.${chamber}`, ...among };
  if (isHighVoltage(number)) return { component: `channel.hv.${group}` };
  if (isLead(number)) return { component: `lead.${group}` };
  if (isZone(number)) return { component: `zone.${group}` };
  if (isBattery(number)) return { component: 'battery', ...among };
  if (isEpisode(number)) return { episode: `episode.${group}`, ...among };
  return among;
}

/** Every component that a value of the message belongs to, the generator first. */
export function componentFindings(message: OruMessage): Finding[] {
  const { observations } = message;
  const used = new Set(observations.map((obx) => placeOf(obx).component));
  const groups = (prefix: string): readonly number[] =>
    [...used]
      .filter((id) => id?.startsWith(prefix))
      .map((id) => Number(id!.slice(prefix.length)))
      .sort((a, b) => a - b);
  const parts: Component[] = [];
  const leads = groups('lead.').map((group) => lead(observations, group));
  parts.push(...leads);
  if (used.has('battery')) parts.push({ id: 'battery', kind: KIND_BATTERY, instance: 1 });
  CHAMBERS.forEach((chamber, index) => {
    if (!used.has(`channel.${chamber}`)) return;
    const location = term(`chamber.${chamber}`);
    const name = location.coding?.[0]?.code;
    const parent = leads.find((one) => one.location?.coding?.[0]?.code === name)?.id;
    parts.push({
      id: `channel.${chamber}`,
      kind: KIND_CHANNEL,
      instance: index + 1,
      location,
      ...(parent ? { parentId: parent } : {}),
    });
  });
  for (const group of groups('channel.hv.'))
    parts.push({ id: `channel.hv.${group}`, kind: KIND_CHANNEL, instance: CHAMBERS.length + group });
  for (const group of groups('zone.')) parts.push({ id: `zone.${group}`, kind: KIND_ZONE, instance: group });
  return [
    component({ id: 'generator', kind: KIND_GENERATOR, instance: 1 }),
    ...parts.map((part) => component({ parentId: 'generator', ...part })),
  ];
}

function lead(observations: readonly Obx[], group: number): Component {
  const find = (number: number) => observations.find((obx) => obx.number === number && obx.group === group)?.values[0];
  const location: Code | undefined = codedValue(find(MDC.IDC_LEAD_LOCATION) ?? [], MDC.IDC_LEAD_LOCATION);
  return {
    id: `lead.${group}`,
    kind: KIND_LEAD,
    instance: group,
    ...(location ? { location } : {}),
    manufacturer: maker(find(MDC.IDC_LEAD_MFG) ?? []),
    model: printable(find(MDC.IDC_LEAD_MODEL)?.[0] ?? ''),
    serial: printable(find(MDC.IDC_LEAD_SERIAL)?.[0] ?? ''),
  };
}
