import { auditExport } from '../audit/export.js';
import { auditReceipt } from '../audit/receipt.js';
import { auditReview } from '../audit/review.js';
import { auditShow } from '../audit/show.js';
import { auditVerify } from '../audit/verify.js';
import { UsageError } from '../exit-codes.js';
import type { Command } from './command.js';

/** What can be done with the log: `onebox audit NAME ...`. */
const tools: readonly Command[] = [auditVerify, auditShow, auditExport, auditReceipt, auditReview];

export const audit: Command = {
  name: 'audit',
  usage: `audit ${tools.map(({ name }) => name).join('|')} ...`,
  summary: 'check, list and export the audit log; see onebox help audit',
  options: [...new Set(tools.flatMap(({ options }) => options))],
  parts: tools,
  async run(args, output) {
    const [, name] = args.words;
    const tool = tools.find((candidate) => candidate.name === name);
    if (!tool) throw new UsageError(`audit takes ${tools.map((one) => one.name).join(', ')}.`);
    args.allowOnly(tool.options);
    return tool.run(args, output);
  },
};
