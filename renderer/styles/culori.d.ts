/** The one function that the test of the colours needs; the package has no types of its own. */
declare module 'culori' {
  export function wcagContrast(front: string, back: string): number;
}
