import { ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import type { Code } from '@onebox/protocol/messages.js';
import type { ValueGroup } from '../api.js';
import { type Fact, type Facts, keyOf } from './facts.js';
import type { Phrase, Tile } from './model.js';
import { phraseTile, tileOf } from './tile.js';
import { codeValue, detailsOf, numberValue, timeValue } from './values.js';
import { severityLevel } from './words.js';

/** All values of a session in groups, newest of each code and place; nothing is left out that the device said. */
export function valueGroups(facts: Facts): readonly ValueGroup[] {
  const newest = new Map<string, Fact>();
  for (const fact of facts.all) {
    if (fact.value.samples) continue;
    newest.set(JSON.stringify([fact.kind, keyOf(fact.value.code), fact.value.componentId, fact.value.instance]), fact);
  }
  const of = (kind: Fact['kind']) =>
    [...newest.values()].filter((fact) => fact.kind === kind).map((fact, index) => named(fact, facts, index));
  return [
    { id: 'group.alerts', tiles: alertTiles(facts) },
    { id: 'group.measurements', tiles: of('observation') },
    { id: 'group.settings', tiles: of('setting') },
    { id: 'group.counters', tiles: of('statistic') },
    { id: 'group.identity', tiles: identityTiles(facts) },
  ].filter(({ tiles }) => tiles.length > 0);
}

function named(fact: Fact, facts: Facts, index: number): Tile {
  const { code, componentId } = fact.value;
  return { ...tileOf(`${fact.kind}.${index}`, fact, facts), label: namedLabel(facts, code ?? {}, componentId) };
}

/** What a value is, and where where its term does not say that. */
export function namedLabel(facts: Facts, code: Code, componentId: string | null | undefined): Phrase {
  const component = facts.components.get(componentId ?? '');
  // Cardiac terms name their chamber themselves; our own terms do not.
  const says = code.coding?.[0]?.system !== ONEBOX_SYSTEM;
  const where = component?.location?.coding?.length && !says ? { where: codeValue(component.location) } : {};
  return { id: 'tile.named', params: { what: codeValue(code), ...where } };
}

function alertTiles(facts: Facts): Tile[] {
  return facts.alerts.map((alert, index) => {
    const since = timeValue(alert.since);
    return phraseTile(`alert.${index}`, codeValue(alert.code ?? {}), {
      label: { id: alert.state === 2 ? 'tile.alert-ended' : 'tile.alert-active' },
      severity: alert.state === 2 ? 'none' : severityLevel(alert.severity),
      evidence: [
        ...(alert.value?.value ? [{ id: 'ev.value', params: { value: numberValue(alert.value) } }] : []),
        ...(alert.limit?.value?.value ? [{ id: 'ev.limit', params: { value: numberValue(alert.limit.value) } }] : []),
        ...(alert.vendorText
          ? [{ id: 'ev.device-says', params: { text: { kind: 'device-text' as const, text: alert.vendorText } } }]
          : []),
      ],
      ...(since ? { time: since } : {}),
      details: detailsOf({
        ...(alert.code ? { code: alert.code } : {}),
        ...(alert.source ? { source: alert.source } : {}),
      }),
    });
  });
}

function identityTiles(facts: Facts): Tile[] {
  const { manufacturer, model, serial, firmware, hardware, software } = facts.identity ?? {};
  return Object.entries({ manufacturer, model, serial, firmware, hardware, software }).flatMap(([id, text]) =>
    text ? [phraseTile(id, { kind: 'device-text', text })] : [],
  );
}
