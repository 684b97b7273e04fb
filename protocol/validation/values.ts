import {
  type Bits,
  type Compound,
  type Limit,
  type Observation,
  type SampleArray,
  type Source,
  v1,
} from '../messages.js';
import { UNITS } from '../units.js';
import {
  checkCode,
  checkDecimal,
  checkEnum,
  checkNumeric,
  checkRange,
  checkText,
  checkTime,
  checkUint32,
  checkUnit,
  TEXT_LENGTH,
} from './basics.js';
import { present, type Report } from './report.js';

const VALUES = ['numeric', 'compound', 'coded', 'bits', 'text', 'samples', 'dateTime', 'range', 'absent'] as const;
const MOST_PARTS = 64;

export function checkSource(value: Source | null | undefined, path: string, report: Report): void {
  if (!present(value)) {
    report.add(path, 'required');
    return;
  }
  checkEnum(value.origin, v1.Source.Origin, `${path}.origin`, report);
  checkText(value.field, `${path}.field`, report, { required: true });
  checkText(value.evidenceId, `${path}.evidenceId`, report);
}

/** A limit. What is not programmed in the device says where it comes from. `of` is the unit of the limited value. */
export function checkLimit(value: Limit, path: string, report: Report, of?: string | null): void {
  checkEnum(value.kind, v1.Limit.Kind, `${path}.kind`, report);
  checkNumeric(value.value, `${path}.value`, report);
  checkEnum(value.owner, v1.Limit.Owner, `${path}.owner`, report);
  checkText(value.reference, `${path}.reference`, report, { required: value.owner !== v1.Limit.Owner.OWNER_DEVICE });
  const [mine, theirs] = [UNITS.get(value.value?.unit ?? ''), UNITS.get(of ?? '')];
  if (mine && theirs) report.check(mine.kind === theirs.kind, `${path}.value.unit`, 'same-kind');
}

function checkCompound(value: Compound, path: string, report: Report): void {
  const parts = value.part ?? [];
  report.check(parts.length > 0, `${path}.part`, 'required');
  report.check(parts.length <= MOST_PARTS, `${path}.part`, 'length');
  for (const [i, part] of parts.entries()) {
    const at = `${path}.part[${i}]`;
    checkCode(part.code, `${at}.code`, report);
    report.check(present(part.numeric) !== present(part.absent), at, 'one-of');
    if (present(part.numeric)) checkNumeric(part.numeric, `${at}.numeric`, report);
    if (present(part.absent)) checkEnum(part.absent, v1.AbsentReason, `${at}.absent`, report);
  }
}

function checkBits(value: Bits, path: string, report: Report): void {
  const width = value.width ?? 0;
  const raw = value.raw ?? 0;
  report.check(Number.isInteger(width) && width >= 1 && width <= 64, `${path}.width`, 'within-width');
  if (!report.check(Number.isSafeInteger(raw) && raw >= 0, `${path}.raw`, 'safe-integer')) return;
  report.check(raw < 2 ** width, `${path}.raw`, 'within-width');
  const named = new Set<number>();
  for (const [i, one] of (value.set ?? []).entries()) {
    const at = `${path}.set[${i}]`;
    const bit = one.bit ?? 0;
    checkCode(one.meaning, `${at}.meaning`, report);
    if (!report.check(Number.isInteger(bit) && bit >= 0 && bit < width, `${at}.bit`, 'within-width')) continue;
    report.check(!named.has(bit), `${at}.bit`, 'distinct');
    named.add(bit);
    report.check(((BigInt(raw) >> BigInt(bit)) & 1n) === 1n, `${at}.bit`, 'bit-set');
  }
}

function checkSamples(value: SampleArray, path: string, report: Report): void {
  const samples = value.sample ?? [];
  if (checkDecimal(value.periodMs, `${path}.periodMs`, report))
    report.check((value.periodMs.coefficient ?? 0) > 0, `${path}.periodMs`, 'positive');
  if (checkDecimal(value.scale, `${path}.scale`, report))
    report.check((value.scale.coefficient ?? 0) !== 0, `${path}.scale`, 'not-zero');
  if (present(value.offset)) checkDecimal(value.offset, `${path}.offset`, report);
  checkUnit(value.unit, `${path}.unit`, report);
  report.check(samples.length > 0, `${path}.sample`, 'required');
  report.check(
    samples.every((one) => Number.isInteger(one) && one >= -0x8000_0000 && one <= 0x7fff_ffff),
    `${path}.sample`,
    'integer',
  );
  let end = 0;
  for (const [i, gap] of (value.gap ?? []).entries()) {
    const at = `${path}.gap[${i}]`;
    const [first, count] = [gap.first ?? 0, gap.count ?? 0];
    checkUint32(first, `${at}.first`, report);
    checkUint32(count, `${at}.count`, report);
    report.check(count > 0, `${at}.count`, 'positive');
    report.check(first + count <= samples.length, at, 'within-samples');
    report.check(first >= end, at, 'ascending');
    end = first + count;
  }
  for (const [i, marker] of (value.marker ?? []).entries()) {
    const at = `${path}.marker[${i}]`;
    checkUint32(marker.sample, `${at}.sample`, report);
    report.check((marker.sample ?? 0) < samples.length, `${at}.sample`, 'within-samples');
    checkCode(marker.code, `${at}.code`, report);
    if (present(marker.numeric)) checkNumeric(marker.numeric, `${at}.numeric`, report);
  }
}

function checkValue(value: Observation, path: string, report: Report): void {
  const set = VALUES.filter((name) => present(value[name]));
  if (set.length !== 1) {
    report.add(path, set.length === 0 ? 'required' : 'one-of');
    return;
  }
  if (present(value.numeric)) checkNumeric(value.numeric, `${path}.numeric`, report);
  if (present(value.compound)) checkCompound(value.compound, `${path}.compound`, report);
  if (present(value.coded)) checkCode(value.coded, `${path}.coded`, report);
  if (present(value.bits)) checkBits(value.bits, `${path}.bits`, report);
  if (present(value.text)) checkText(value.text, `${path}.text`, report, { longest: TEXT_LENGTH, required: true });
  if (present(value.samples)) checkSamples(value.samples, `${path}.samples`, report);
  if (present(value.dateTime)) checkTime(value.dateTime, `${path}.dateTime`, report);
  if (present(value.range)) checkRange(value.range, `${path}.range`, report);
  if (present(value.absent)) checkEnum(value.absent, v1.AbsentReason, `${path}.absent`, report);
}

/** No value without code, time, source and validity; no number without unit; no absence without reason. */
export function checkObservation(value: Observation, path: string, report: Report): void {
  checkCode(value.code, `${path}.code`, report);
  checkText(value.componentId, `${path}.componentId`, report);
  checkUint32(value.instance, `${path}.instance`, report);
  checkTime(value.time, `${path}.time`, report);
  const validity = value.validity ?? [];
  report.check(validity.length > 0, `${path}.validity`, 'required');
  for (const [i, one] of validity.entries()) checkEnum(one, v1.Validity, `${path}.validity[${i}]`, report);
  report.check(new Set(validity).size === validity.length, `${path}.validity`, 'distinct');
  checkUint32(value.freshForMs, `${path}.freshForMs`, report);
  checkSource(value.source, `${path}.source`, report);
  checkValue(value, path, report);
  if (present(value.original)) checkNumeric(value.original, `${path}.original`, report);
  const unit = value.numeric?.unit ?? value.range?.unit;
  for (const [i, limit] of (value.limit ?? []).entries()) checkLimit(limit, `${path}.limit[${i}]`, report, unit);
  for (const [i, code] of (value.qualifier ?? []).entries()) checkCode(code, `${path}.qualifier[${i}]`, report);
  checkText(value.episodeId, `${path}.episodeId`, report);
}
