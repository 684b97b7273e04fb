import { preferences, soundOn } from './preferences.js';

/**
 * Three information tones, none of them in a burst pattern of IEC 60601-1-8: this is no monitor (UX specification 2.4).
 * Frequencies in Hz, lengths in ms.
 */
const TONES = {
  ready: [[660, 150]],
  look: [
    [660, 120],
    [440, 120],
  ],
  ended: [[300, 400]],
} as const satisfies Readonly<Record<string, readonly (readonly [number, number])[]>>;

export type ToneName = keyof typeof TONES;

const VOLUME = 0.2;
/** Rise and fall: without them a tone clicks. */
const RAMP_S = 0.01;

let context: AudioContext | undefined;
const watchers = new Set<(name: ToneName) => void>();

/** Shows what a tone says, also when it is mute. */
export function watchTones(watcher: (name: ToneName) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Sounds where sound is on; the picture of it comes always. */
export function tone(name: ToneName): void {
  for (const watcher of watchers) watcher(name);
  // A page that nobody has touched yet may not sound.
  if (soundOn(preferences.get()) && navigator.userActivation.hasBeenActive) void sound(name);
}

async function sound(name: ToneName): Promise<void> {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') await context.resume();
    let at = context.currentTime;
    for (const [frequency, length] of TONES[name]) {
      const oscillator = new OscillatorNode(context, { frequency });
      const gain = new GainNode(context, { gain: 0 });
      const end = at + length / 1_000;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(VOLUME, at + RAMP_S);
      gain.gain.setValueAtTime(VOLUME, end - RAMP_S);
      gain.gain.linearRampToValueAtTime(0, end);
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(at);
      oscillator.stop(end);
      at = end;
    }
  } catch {
    // No sound device: the picture has said it.
  }
}
