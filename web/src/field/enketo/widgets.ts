/** Questions that need more than a field of HTML: a file, a drawing, a place. Radio buttons are enketo-core's own. */
import Widget from 'enketo-core/src/js/widget';
import Radio from 'enketo-core/src/widget/radio/radiopicker';
import { shrink } from '../../shared/pictures';
import { t } from '../i18n/words';
import { DRAWN, DrawQuestion } from './drawing';
import { filling } from './filling';
import { button, fileName, hold, prompt } from './parts';

/** A photo or other file: made smaller, kept at once, shown below the question. */
class FileQuestion extends Widget {
  static override get name(): string {
    return 'file';
  }

  static override get selector(): string {
    return `.question:not(${DRAWN}) input[type="file"]`;
  }

  declare element: HTMLInputElement;
  declare below: HTMLElement; // set by `_init`, which the constructor above calls: no private member is there yet

  override _init(): void {
    prompt(this.element, this.element.accept.startsWith('image') ? t('take_photo') : t('choose_file'));
    this.below = document.createElement('div');
    this.below.className = 'kept-file';
    this.question.after(this.below);
    this.element.addEventListener('change', (event) => {
      event.stopImmediatePropagation(); // enketo-core would name the file as the phone does
      filling().during(this._chosen());
    });
    const name = this.element.dataset['loadedFileName'];
    if (name) void this._show(name);
  }

  async _chosen(): Promise<void> {
    const file = this.element.files?.[0];
    if (!file) return;
    const longest = Number(this.element.dataset['maxPixels']) || undefined;
    const blob = this.element.accept.startsWith('image') ? await shrink(file, longest) : file;
    const name = fileName(blob !== file ? 'jpg' : (file.name.match(/\.(\w{1,5})$/)?.[1] ?? 'bin'));
    await filling().keep(name, blob);
    this.element.value = '';
    await hold(filling().core(), this.element, name);
    await this._show(name);
  }

  async _show(name: string): Promise<void> {
    const blob = await filling().find(name);
    const shown: HTMLElement = blob?.type.startsWith('image/') ? document.createElement('img') : document.createElement('span');
    if (shown instanceof HTMLImageElement && blob) {
      shown.alt = t('photo_taken');
      shown.src = URL.createObjectURL(blob);
      shown.addEventListener('load', () => URL.revokeObjectURL(shown.src), { once: true });
    } else shown.textContent = blob ? name : t('file_not_here');
    const remove = button(t('remove_file'), () => {
      this.below.replaceChildren();
      filling().during(hold(filling().core(), this.element, ''));
    });
    this.below.replaceChildren(shown, remove);
  }
}

/** A place: from the phone's own position, or typed as latitude and longitude. */
class PlaceQuestion extends Widget {
  static override get name(): string {
    return 'place';
  }

  static override get selector(): string {
    return '.question input[data-type-xml="geopoint"]';
  }

  declare element: HTMLInputElement;

  override _init(): void {
    const said = document.createElement('p');
    said.setAttribute('role', 'status');
    const here = button(t('use_position'), () => {
      said.textContent = t('searching_position');
      navigator.geolocation.getCurrentPosition(
        (found) => {
          said.textContent = t('position_found', { metres: Math.round(found.coords.accuracy) });
          this._take(found.coords);
        },
        () => (said.textContent = t('position_none')),
        { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 },
      );
    });
    const below = document.createElement('div');
    below.className = 'kept-file';
    below.append(here, said);
    this.element.placeholder = t('place_typed');
    this.question.after(below);
  }

  _take(found: GeolocationCoordinates): void {
    const parts = [found.latitude.toFixed(6), found.longitude.toFixed(6), (found.altitude ?? 0).toFixed(1)];
    this.element.value = [...parts, found.accuracy.toFixed(1)].join(' ');
    this.element.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

export default [Radio, FileQuestion, DrawQuestion, PlaceQuestion];
