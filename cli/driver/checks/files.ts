import type { Manifest } from '@onebox/driver-sdk/manifest.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import { type Project, recordingsOf } from '../project.js';
import { recordingOf } from '../recorded.js';
import { counted, fail, type Line, ok, type Place } from '../report.js';

const CHECK = 'files';

/** What a folder must hold besides a manifest. */
export function checkFiles(project: Project): readonly Line[] {
  const { files } = project;
  const missing = (file: string, mend: string): readonly Line[] =>
    files.includes(file) ? [] : [fail(CHECK, `there is no ${file}`, { file }, mend)];
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  const recordings = recordingsOf(project);
  const problems = [
    ...missing('driver.ts', 'export default defineDriver(manifest, ...)'),
    ...missing('simulator.ts', 'export default a SimulatedDriver: see docs/drivers.md'),
    ...missing('README.md', 'say what is read and what not, safety facts, limits, sources'),
    ...(tests.length > 0
      ? []
      : [
          fail(
            CHECK,
            'there are no tests',
            { file: 'NAME.test.ts' },
            'test the parsers: cut, flipped and random bytes',
          ),
        ]),
    ...(recordings.length > 0
      ? []
      : [
          fail(
            CHECK,
            'there are no recordings',
            { file: 'recordings/NAME.obrec' },
            'onebox record --device ID --out recordings/NAME.obrec',
          ),
        ]),
  ];
  if (problems.length > 0) return problems;
  return [ok(CHECK, `${counted(tests.length, 'test file')}, ${counted(recordings.length, 'recording')}, README`)];
}

/** Each recording can be read, is one of this driver, and tells nothing of a patient. */
export function checkRecordings(project: Project, manifest: Manifest): readonly Line[] {
  return recordingsOf(project).flatMap((file): readonly Line[] => {
    try {
      const { header, truncated } = recordingOf(project, file);
      const at: Place = { file, line: 1 };
      if (truncated) return [fail('recordings', 'it was cut off', { file }, 'record it again')];
      if (header.driver.id !== manifest.id)
        return [
          fail('recordings', `it is one of ${header.driver.id}`, at, 'take it out, or record it with this driver'),
        ];
      if (!header.practice && !header.masked)
        return [fail('recordings', 'of a real device, and not masked', at, 'record it again without --unmasked')];
      return [];
    } catch (error) {
      if (!isOneBoxError(error)) throw error;
      const line = error.params.line;
      return [
        fail('recordings', error.detail, { file, ...(typeof line === 'number' ? { line } : {}) }, 'record it again'),
      ];
    }
  });
}
