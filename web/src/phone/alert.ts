/** A new job is heard, felt and seen. Sound needs one touch of the page before; the screen says it anyway. */

let audio: AudioContext | null = null;

/** Make sound possible: called on the first touch. */
export function unlockSound(): void {
  try {
    audio ??= new AudioContext();
    void audio.resume();
  } catch {
    audio = null;
  }
}

/** Two rising tones and two buzzes; three low ones for a question after the crew's welfare. */
export function alert(kind: 'job' | 'welfare'): void {
  const tones = kind === 'job' ? [660, 880] : [440, 440, 440];
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(kind === 'job' ? [250, 120, 250] : [400, 150, 400, 150, 400]);
  if (!audio || audio.state !== 'running') return;
  tones.forEach((hertz, i) => tone(hertz, audio!.currentTime + i * 0.24));
}

function tone(hertz: number, start: number): void {
  if (!audio) return;
  const [wave, level] = [audio.createOscillator(), audio.createGain()];
  wave.frequency.value = hertz;
  level.gain.setValueAtTime(0.0001, start);
  level.gain.exponentialRampToValueAtTime(0.35, start + 0.02);
  level.gain.exponentialRampToValueAtTime(0.0001, start + 0.2);
  wave.connect(level).connect(audio.destination);
  wave.start(start);
  wave.stop(start + 0.22);
}
