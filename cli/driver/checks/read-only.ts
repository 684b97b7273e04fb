import type { Manifest, RequestTemplate } from '@onebox/driver-sdk/manifest.js';
import { type Hole, parseTemplate } from '@onebox/driver-sdk/template.js';
import { bluetoothName } from '@onebox/protocol/codes.js';
import { manifestLine, type Project } from '../project.js';
import { counted, fail, type Line, ok, type Place, warn } from '../report.js';
import type { Call, Sources } from '../sources.js';
import { changes } from './known-writes.js';

const CHECK = 'read only';
/** Bytes that a driver may choose freely in one request before it is worth a word. */
const FREE_BYTES = 8;

/**
 * That nothing but the listed requests can be sent is built into the host; here stands what they are, that none is
 * known to change a device, and that the program asks for nothing else.
 */
export function checkReadOnly(project: Project, manifest: Manifest, sources: Sources): readonly Line[] {
  const requests = Object.entries(manifest.requests);
  const problems = [
    ...requests.flatMap(([name, template]) => requestProblems(project, name, template)),
    ...sources.calls.flatMap((call) => callProblems(manifest, call)),
  ];
  const named = new Set(requests.map(([, { channel }]) => channel));
  const summary = `${counted(requests.length, 'request')} on ${counted(named.size, 'channel')}, nothing else can be sent`;
  const allowed = requests.map(
    ([name, template]) => `${name}  ${channelText(template.channel)}  ${bytesText(template)}`,
  );
  return problems.some(({ status }) => status === 'FAIL') ? problems : [ok(CHECK, summary, allowed), ...problems];
}

function requestProblems(project: Project, name: string, template: RequestTemplate): readonly Line[] {
  if (!('bytes' in template)) return [];
  const at = (field: string): Place => ({
    file: 'manifest.json',
    line: manifestLine(project, ['requests', name, field]),
  });
  const parts = parseTemplate(template.bytes);
  const change = changes(template.channel, parts);
  if (change)
    return [fail(CHECK, `request ${name} ${change}`, at('bytes'), 'take it out: a driver reads and changes nothing')];
  const free = parts.filter((part): part is Hole => !(part instanceof Uint8Array) && isFree(part));
  const size = free.reduce((sum, { max }) => sum + max, 0);
  if (size <= FREE_BYTES) return [];
  const holes = free.map((hole) => hole.name).join(', ');
  const mend = 'write what is fixed as bytes, and give the rest ranges';
  return [warn(CHECK, `request ${name} leaves ${size} bytes open (${holes})`, at('bytes'), mend)];
}

const isFree = ({ type }: Hole): boolean => type === 'hex' || type === 'ascii';

/** Calls that send a request of the manifest, and on what: the device, or a `PacketLine` to it. */
const ASKING: ReadonlySet<string> = new Set(['device.request', 'line.request', 'line.ask']);

/** What the program asks of its device, as far as it stands there in words. */
function callProblems(manifest: Manifest, { name, receiver, args, at }: Call): readonly Line[] {
  const asks = ASKING.has(`${receiver}.${name}`);
  if (receiver !== 'device' && !asks) return [];
  const [first] = args;
  const words = first === undefined ? [] : typeof first === 'string' ? [first] : first;
  const problem = (word: string): Line | undefined => {
    if (asks && !Object.hasOwn(manifest.requests, word))
      return fail(CHECK, `request ${word} is not in the manifest`, at, 'add it to "requests", or ask for one that is');
    if ((name === 'read' || name === 'readText') && !manifest.reads.some((id) => sameChannel(id, word)))
      return fail(CHECK, `read of ${word}, which is not in "reads"`, at, `add "${word}" to "reads" in manifest.json`);
    if (name === 'packets' && !manifest.subscriptions.some((id) => sameChannel(id, word)))
      return fail(CHECK, `${word} is not in "subscriptions"`, at, `add "${word}" to "subscriptions" in manifest.json`);
    return undefined;
  };
  return words.flatMap((word) => problem(word) ?? []);
}

/** A channel of the manifest may name its service before it. */
function sameChannel(listed: string, asked: string): boolean {
  return listed === asked || listed.endsWith(`/${asked}`);
}

function channelText(channel: string): string {
  const name = bluetoothName(channel.split('/').at(-1) ?? '');
  return name ? `${channel} (${name})` : channel;
}

function bytesText(template: RequestTemplate): string {
  return 'bytes' in template ? template.bytes : `${template.message} ${template.allow.join('|')}`;
}
