import { mdc } from '../keys.js';
import {
  backupMode,
  batteryEnding,
  batteryTile,
  highRateToday,
  leadTile,
  magnetTile,
  pacedTile,
  pacingTile,
  rhythmTile,
  thresholdTile,
  valueOverLimit,
} from './cardiac.js';
import type { ClassCard } from './class-card.js';

/** Pacemaker and CRT-P (UX specification, sections 6.6 and 7). */
export const pacemakerCard: ClassCard = {
  lead: [backupMode, batteryEnding, valueOverLimit, highRateToday],
  tiles: [
    pacingTile('mode-now'),
    pacedTile,
    rhythmTile,
    batteryTile,
    thresholdTile,
    leadTile('rv-lead', mdc('IDC_MSMT_LEADCHNL_RV_IMPEDANCE_VALUE')),
    leadTile('ra-lead', mdc('IDC_MSMT_LEADCHNL_RA_IMPEDANCE_VALUE')),
    magnetTile,
  ],
};
