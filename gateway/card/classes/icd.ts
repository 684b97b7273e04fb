import { v1 } from '@onebox/protocol/messages.js';
import { keyOf } from '../facts.js';
import { mdc, own } from '../keys.js';
import type { Phrase } from '../model.js';
import {
  backupMode,
  batteryEnding,
  batteryTile,
  leadTile,
  magnetTile,
  mrTile,
  pacingTile,
  rhythmTile,
  shocksCounted,
  therapiesDelivered,
  therapyOff,
  valueOverLimit,
} from './cardiac.js';
import type { ClassCard } from './class-card.js';

/** ICD and CRT-D (UX specification, sections 6.5 and 7). */
export const icdCard: ClassCard = {
  lead: [therapyOff, therapiesDelivered, shocksCounted, valueOverLimit, backupMode, batteryEnding],
  tiles: [
    {
      id: 'shock-therapy',
      from: [own('shock-therapy.status'), mdc('IDC_SET_TACHYTHERAPY_VSTAT')],
      alerts: [own('alert.therapy-off')],
      evidence: (facts): Phrase[] => {
        const zones = [...facts.components.values()].filter(({ kind }) => kind === v1.Component.Kind.KIND_ZONE);
        const states = facts.every(mdc('IDC_SET_ZONE_STATUS'));
        const active = states.filter(({ value }) => keyOf(value.coded) === mdc('IDC_ENUM_ZONE_STATUS_Active')).length;
        if (zones.length === 0 || states.length === 0) return [];
        return active === zones.length
          ? [{ id: 'ev.all-zones' }]
          : [
              {
                id: 'ev.zones-on',
                params: { count: { kind: 'count', count: active }, total: { kind: 'count', count: zones.length } },
              },
            ];
      },
    },
    magnetTile,
    pacingTile('pacing'),
    batteryTile,
    {
      ...leadTile('rv-lead', mdc('IDC_MSMT_LEADCHNL_RV_IMPEDANCE_VALUE')),
      alerts: [own('alert.lead-impedance-high'), own('alert.lead-impedance-low')],
    },
    leadTile('shock-lead', mdc('IDC_MSMT_LEADHVCHNL_IMPEDANCE')),
    rhythmTile,
    mrTile,
  ],
};
