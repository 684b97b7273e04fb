import { latin1Bytes } from '@onebox/driver-sdk/parts/text.js';

/** The report that goes with a practice message: one page of PDF that says so, in Base64. */

const WORDS = 'PRACTICE. A report of a simulated device of nobody.';

/** A whole PDF 1.4 file (ISO 32000-1, 7.5): header, five objects, cross-reference table, trailer. */
export function practicePdf(): Uint8Array {
  const stream = `BT /F1 14 Tf 60 760 Td (${WORDS}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  const start = text.length;
  text += `xref\n0 ${count}\n0000000000 65535 f \n${table}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return latin1Bytes(text);
}

export function practiceReport(): string {
  return btoa(String.fromCharCode(...practicePdf()));
}
