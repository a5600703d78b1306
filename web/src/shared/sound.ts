/** Three short sounds by WebAudio. A browser lets them be heard after the first click or key. */
let context: AudioContext | null = null;

export type Sound = 'panic' | 'warning' | 'arrival';

const TONES: Record<Sound, { pitch: number; at: number; length: number }[]> = {
  panic: [0, 0.22, 0.44, 0.66].map((at, i) => ({ pitch: i % 2 ? 660 : 990, at, length: 0.18 })),
  warning: [0, 0.25].map((at) => ({ pitch: 520, at, length: 0.16 })),
  arrival: [{ pitch: 740, at: 0, length: 0.12 }],
};

/** Wake the sound up; call on the first key or click. */
export function wake(): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
}

/** Play, if the browser lets. `loud` 0 to 1. */
export function play(sound: Sound, loud = 0.25): void {
  if (!context || context.state !== 'running') return;
  const start = context.currentTime + 0.01;
  for (const { pitch, at, length } of TONES[sound]) {
    const [tone, gain] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = pitch;
    tone.type = 'triangle';
    gain.gain.setValueAtTime(0, start + at);
    gain.gain.linearRampToValueAtTime(loud, start + at + 0.02);
    gain.gain.linearRampToValueAtTime(0, start + at + length);
    tone.connect(gain).connect(context.destination);
    tone.start(start + at);
    tone.stop(start + at + length + 0.02);
  }
}
