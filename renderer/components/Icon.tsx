import type { SeverityLevel } from '@onebox/gateway/card/model.js';

const PATHS = {
  critical: <path d="M7 1h8l6 6v8l-6 6H7l-6-6V7z" fill="currentColor" />,
  check: <path d="M11 2l10 18H1z" fill="currentColor" />,
  note: <rect x="2" y="2" width="18" height="18" rx="4" fill="currentColor" />,
  none: <circle cx="11" cy="11" r="8" fill="none" stroke="currentColor" strokeWidth="3" />,
  absent: <circle cx="11" cy="11" r="8" fill="none" stroke="currentColor" strokeWidth="3" strokeDasharray="4 3" />,
  half: (
    <>
      <circle cx="11" cy="11" r="9" fill="none" stroke="currentColor" strokeWidth="2.5" />
      <path d="M11 2a9 9 0 0 1 0 18z" fill="currentColor" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="10" width="16" height="11" rx="1" fill="currentColor" />
      <path d="M6.5 10V7a4.5 4.5 0 0 1 9 0v3" fill="none" stroke="currentColor" strokeWidth="2.5" />
    </>
  ),
  sound: (
    <>
      <path d="M2 8h4l5-5v16l-5-5H2z" fill="currentColor" />
      <path d="M14 7a5.5 5.5 0 0 1 0 8M16.5 4a9.5 9.5 0 0 1 0 14" fill="none" stroke="currentColor" strokeWidth="2.2" />
    </>
  ),
  mute: (
    <>
      <path d="M2 8h4l5-5v16l-5-5H2z" fill="currentColor" />
      <path d="M14 8l6 6M20 8l-6 6" fill="none" stroke="currentColor" strokeWidth="2.5" />
    </>
  ),
  help: (
    <>
      <path d="M7 7.5a4 4 0 1 1 5.7 3.6c-1.2.6-1.7 1.3-1.7 3" fill="none" stroke="currentColor" strokeWidth="2.6" />
      <circle cx="11" cy="18.5" r="1.8" fill="currentColor" />
    </>
  ),
  next: <path d="M7 3l9 8-9 8" fill="none" stroke="currentColor" strokeWidth="3" />,
  tick: <path d="M3 12l6 6L20 4" fill="none" stroke="currentColor" strokeWidth="3.5" />,
  cross: <path d="M4 4l14 14M18 4L4 18" fill="none" stroke="currentColor" strokeWidth="3.5" />,
  radioOff: <circle cx="11" cy="11" r="9" fill="none" stroke="currentColor" strokeWidth="2.5" />,
  radioOn: (
    <>
      <circle cx="11" cy="11" r="9" fill="none" stroke="currentColor" strokeWidth="2.5" />
      <circle cx="11" cy="11" r="5" fill="currentColor" />
    </>
  ),
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a word: never alone, so it says nothing to a screen reader. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
      {PATHS[name]}
    </svg>
  );
}

export const severityIcon = (severity: SeverityLevel): IconName => severity;

/** Signal as bars, beside its word. */
export function SignalBars({ level }: { readonly level: 0 | 1 | 2 | 3 | 4 }) {
  return (
    <svg className="icon bars" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
      {[0, 1, 2, 3].map((bar) => (
        <rect
          key={bar}
          x={1 + bar * 5.5}
          y={15 - bar * 4.5}
          width="3.6"
          height={6 + bar * 4.5}
          fill={bar < level ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="1"
        />
      ))}
    </svg>
  );
}
