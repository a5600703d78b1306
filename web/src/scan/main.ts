/** Numbers by camera: a button beside a field, one code or one after the other; and an import that goes on by itself. */
import { appended, fresh, numberIn } from './codes';
import { reader, type Read } from './readers';

const EVERY_MS = 140;
const template = document.getElementById('scanner') as HTMLTemplateElement | null;

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-scan]')) {
  const field = document.getElementById(button.dataset['scan'] ?? '') as HTMLInputElement | HTMLTextAreaElement | null;
  if (!field || !template) continue;
  button.hidden = false;
  button.addEventListener('click', () => void open(button, field, template));
}
const goOn = document.querySelector<HTMLButtonElement>('form[data-go-on] button');
if (goOn) setTimeout(() => goOn.click(), 150);

/** A patrol checks where it stands: the place is asked for once, when the number is sent. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-here]')) {
  form.addEventListener('submit', (event) => {
    const [lon, lat] = ['lon', 'lat'].map((name) => form.elements.namedItem(name) as HTMLInputElement);
    if (!lon || !lat || lon.value || !('geolocation' in navigator)) return;
    event.preventDefault();
    const send = (place?: GeolocationPosition): void => {
      if (place) [lon.value, lat.value] = [String(place.coords.longitude), String(place.coords.latitude)];
      form.submit();
    };
    navigator.geolocation.getCurrentPosition(send, () => send(), { enableHighAccuracy: true, timeout: 8000, maximumAge: 30_000 });
  });
}

async function open(button: HTMLButtonElement, field: HTMLInputElement | HTMLTextAreaElement, made: HTMLTemplateElement): Promise<void> {
  document.body.append(made.content.cloneNode(true));
  const dialog = document.body.lastElementChild as HTMLDialogElement;
  const status = dialog.querySelector<HTMLElement>('[role=status]')!;
  const video = dialog.querySelector('video')!;
  const photo = dialog.querySelector<HTMLInputElement>('input[type=file]')!;
  const many = 'many' in button.dataset;
  const say = (word: string, more = ''): void => void (status.textContent = `${status.dataset[word] ?? ''} ${more}`.trim());
  const read = await reader();
  const seen = new Map<string, number>();
  let open = true;

  const close = (): void => {
    open = false;
    stop(video);
    dialog.remove();
    button.focus();
  };
  const take = (text: string): boolean => {
    const number = numberIn(text);
    if (!number || !fresh(seen, number, Date.now())) return false;
    field.value = many ? appended(field.value, number) : number;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    navigator.vibrate?.(60);
    say('found', number);
    if (!many) close();
    return true;
  };
  dialog.addEventListener('close', close);
  dialog.querySelector('[data-close]')?.addEventListener('click', () => dialog.close());
  photo.addEventListener('change', () => void fromPhoto(photo, read, take).then((found) => found || say('none')));
  dialog.showModal();
  say('starting');
  if (!(await started(video))) return say('off');
  if (!open) return stop(video);
  video.hidden = false;
  say('looking');
  while (open) {
    const found = await read(video).catch(() => null);
    if (found && open) take(found);
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
}

async function started(video: HTMLVideoElement): Promise<boolean> {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 } } });
    await video.play();
    return true;
  } catch {
    return false;
  }
}

function stop(video: HTMLVideoElement): void {
  for (const track of (video.srcObject as MediaStream | null)?.getTracks() ?? []) track.stop();
}

async function fromPhoto(input: HTMLInputElement, read: Read, take: (text: string) => boolean): Promise<boolean> {
  const file = input.files?.[0];
  if (!file) return true;
  const picture = await createImageBitmap(file).catch(() => null);
  const found = picture && (await read(picture).catch(() => null));
  input.value = '';
  return Boolean(found && take(found));
}
