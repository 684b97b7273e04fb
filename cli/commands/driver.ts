import { driverCard } from '../driver/card.js';
import { driverCheck } from '../driver/check.js';
import { driverInstall } from '../driver/install.js';
import { driverKeys } from '../driver/keys.js';
import { driverNew } from '../driver/new.js';
import { driverPack } from '../driver/pack.js';
import { driverSign } from '../driver/sign.js';
import { driverTest } from '../driver/test.js';
import { driverVerify } from '../driver/verify.js';
import { UsageError } from '../exit-codes.js';
import type { Command } from './command.js';

/** The tools of a device maker: `onebox driver NAME ...`, in the order of a day's work. */
const tools: readonly Command[] = [
  driverNew,
  driverCheck,
  driverTest,
  driverCard,
  driverPack,
  driverSign,
  driverVerify,
  driverKeys,
  driverInstall,
];

export const driver: Command = {
  name: 'driver',
  usage: `driver ${tools.map(({ name }) => name).join('|')} ...`,
  summary: 'the tools of a device maker; see onebox help driver',
  options: [...new Set(tools.flatMap(({ options }) => options))],
  parts: tools,
  async run(args, output) {
    const [, name] = args.words;
    const tool = tools.find((candidate) => candidate.name === name);
    if (!tool) throw new UsageError(`driver takes ${tools.map((one) => one.name).join(', ')}.`);
    args.allowOnly(tool.options);
    return tool.run(args, output);
  },
};
