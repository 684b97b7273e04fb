import qrcode from 'qrcode-generator';
import { useMemo } from 'react';

/** Light modules around the code (ISO/IEC 18004). */
const QUIET = 4;

/** A text as a QR code of level M, drawn as one path. */
export function QrCode({ value, name }: { readonly value: string; readonly name: string }) {
  const { path, size } = useMemo(() => {
    const code = qrcode(0, 'M');
    code.addData(value, 'Byte');
    code.make();
    const count = code.getModuleCount();
    const dark: string[] = [];
    for (let row = 0; row < count; row++)
      for (let column = 0; column < count; column++)
        if (code.isDark(row, column)) dark.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`);
    return { path: dark.join(''), size: count + 2 * QUIET };
  }, [value]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={name} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
