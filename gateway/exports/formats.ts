import { auditMessage } from './dicom.js';
import type { TrailEntry } from './entry.js';
import { auditEvent } from './fhir.js';

/** What the log can leave the tablet as. The number stands in the log for ever. */
export const EXPORT_FORMATS = { fhir: 1, dicom: 2, log: 3 } as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** A file of one line for each record. */
export interface LineFormat {
  readonly head: string;
  readonly line: (entry: TrailEntry, log: string) => string;
  readonly tail: string;
}

export const LINE_FORMATS: Readonly<Record<Exclude<ExportFormat, 'log'>, LineFormat>> = {
  /** FHIR R4 AuditEvents as NDJSON, UTF-8. */
  fhir: { head: '', line: (entry, log) => `${JSON.stringify(auditEvent(entry, log))}\n`, tail: '' },
  /** DICOM audit messages, each on a line of its own that is a message by itself, within one root element. */
  dicom: {
    head: '<?xml version="1.0" encoding="UTF-8"?>\n<AuditMessages>\n',
    line: (entry, log) => `${auditMessage(entry, log)}\n`,
    tail: '</AuditMessages>\n',
  },
};
