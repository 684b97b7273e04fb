import { type Hl7Delimiters, splitBytes } from '@onebox/driver-sdk/parts/hl7-er7.js';

/** Types of documents (HL7 tables 0191 and 0291): they say nothing of anybody. */
const KINDS =
  /^(?:application|image|text|audio|multipart|ap|au|ft|im|ns|sd|si|tx|pdf|jpe?g|png|tiff?|gif|html|xml|rtf|dicom|basic|octet-stream)$/i;
const PDF = '%PDF-';
const X = 0x58;
const PAD = 0x3d;

/**
 * Puts a document that says nothing in place of an encapsulated one (ED): as many bytes of Base64, and an empty PDF
 * where it was one. False, and nothing done, when OBX-5 is no document in Base64.
 */
export function maskDocument(field: Uint8Array, { component }: Hl7Delimiters): boolean {
  const parts = splitBytes(field, component);
  const encoding = parts.findIndex((part) => /^base64$/i.test(textOf(part).trim()));
  const data = encoding < 0 ? undefined : parts[encoding + 1];
  if (!data) return false;
  const places = digits(data);
  if (!places) return false;
  const length = Math.floor((places.length * 3) / 4);
  const isPdf = Buffer.from(textOf(data.subarray(0, 80)), 'base64')
    .toString('latin1')
    .startsWith(PDF);
  const text = Buffer.from(isPdf ? emptyPdf(length) : new Uint8Array(length).fill(X)).toString('base64');
  for (const [index, place] of places.entries()) data[place] = text.charCodeAt(index);
  for (const [index, part] of parts.entries())
    if (index > encoding + 1 || (index < encoding && !KINDS.test(textOf(part).trim()))) part.fill(X);
  return true;
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Places of the digits of whole Base64, blanks and padding left out; undefined for anything else. */
function digits(data: Uint8Array): number[] | undefined {
  const places: number[] = [];
  let padding = 0;
  for (const [place, byte] of data.entries()) {
    const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
    if (letter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2f) {
      if (padding > 0) return undefined;
      places.push(place);
    } else if (byte === PAD) padding += 1;
    else if (byte !== 0x20 && byte !== 0x09) return undefined;
  }
  return places.length % 4 === 1 ? undefined : places;
}

/** A PDF (ISO 32000-1, 7.5) of one empty page with exactly so many bytes; too few for one: as many as its beginning has. */
function emptyPdf(length: number): Uint8Array {
  let filler = 0;
  let text = pdfWith(filler);
  // The place of the table is written in as many digits as it needs: a second step finds it.
  for (let step = 0; step < 3 && text.length !== length; step += 1) {
    filler += length - text.length;
    if (filler < 0) break;
    text = pdfWith(filler);
  }
  return Buffer.from(text.padEnd(length, ' ').slice(0, length), 'latin1');
}

function pdfWith(filler: number): string {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
  ];
  let text = `${PDF}1.4\n%${'X'.repeat(filler)}\n`;
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = text.length;
  return `${text}xref\n0 4\n0000000000 65535 f \n${table}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}
