import { driverCard } from '../driver/card.js';
import { driverCheck } from '../driver/check.js';
import { driverInstall } from '../driver/install.js';
import { driverKeys } from '../driver/keys.js';
import { driverNew } from '../driver/new.js';
import { driverPack } from '../driver/pack.js';
import { driverSign } from '../driver/sign.js';
import { driverTest } from '../driver/test.js';
import { driverVerify } from '../driver/verify.js';
import { commandGroup } from './group.js';

/** The tools of a device maker: `onebox driver NAME ...`, in the order of a day's work. */
export const driver = commandGroup('driver', 'the tools of a device maker', [
  driverNew,
  driverCheck,
  driverTest,
  driverCard,
  driverPack,
  driverSign,
  driverVerify,
  driverKeys,
  driverInstall,
]);
