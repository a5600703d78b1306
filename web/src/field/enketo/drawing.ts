/** A sketch, a signature, or a drawing on a picture: lines on a canvas, kept as a PNG after each.
 *
 * enketo-core's own widget holds its picture in the page's memory until the form is sent, so that it would be lost with
 * a closed tab; and it draws with a library that this does not need.
 */
import Widget from 'enketo-core/src/js/widget';
import { shrink } from '../../shared/pictures';
import { t } from '../i18n/words';
import { filling, type Filling } from './filling';
import { button, fileName, hold, prompt } from './parts';

const [WIDTH, HEIGHT, THICK] = [960, 640, 5]; // pixels of the picture
export const DRAWN = ['draw', 'signature', 'annotate'].map((name) => `.or-appearance-${name}`).join(', ');

type Point = [x: number, y: number];

/** Paint a picture and lines over it, on white. */
function paint(canvas: HTMLCanvasElement, under: ImageBitmap | null, lines: Point[][]): void {
  const to = canvas.getContext('2d');
  if (!to) return;
  to.fillStyle = '#fff';
  to.fillRect(0, 0, WIDTH, HEIGHT);
  if (under) {
    const share = Math.min(WIDTH / under.width, HEIGHT / under.height);
    const [wide, high] = [under.width * share, under.height * share];
    to.drawImage(under, (WIDTH - wide) / 2, (HEIGHT - high) / 2, wide, high);
  }
  [to.strokeStyle, to.lineWidth, to.lineCap, to.lineJoin] = ['#000', THICK, 'round', 'round'];
  for (const [first, ...rest] of lines) {
    if (!first) continue;
    to.beginPath();
    to.moveTo(...first);
    for (const point of rest.length > 0 ? rest : [first]) to.lineTo(...point);
    to.stroke();
  }
}

export class DrawQuestion extends Widget {
  static override get name(): string {
    return 'drawing';
  }

  static override get selector(): string {
    return `:is(${DRAWN}) input[type="file"]`;
  }

  // set by `_init`, which the constructor above calls: no private member is there yet
  declare element: HTMLInputElement;
  declare form: Filling;
  declare canvas: HTMLCanvasElement;
  declare undo: HTMLButtonElement;
  declare clear: HTMLButtonElement;
  declare lines: Point[][];
  declare under: ImageBitmap | null;
  declare file: string; // what this sitting draws into: what was kept before is not written over
  declare turn: Promise<void>;

  override _init(): void {
    [this.form, this.lines, this.under, this.file, this.turn] = [filling(), [], null, '', Promise.resolve()];
    prompt(this.element, t('draw_on'));
    this.element.addEventListener('change', (event) => {
      event.stopImmediatePropagation(); // enketo-core would name the file as the phone does
      this.form.during(this._then(() => this._chosen()));
    });
    this.canvas = this._surface();
    this.undo = button(t('draw_undo'), () => this._change(() => this.lines.pop()));
    this.clear = button(t('draw_clear'), () => this._change(() => ([this.lines, this.under] = [[], null])));
    const [note, acts, below] = [document.createElement('p'), document.createElement('div'), document.createElement('div')];
    [note.textContent, acts.className, below.className] = [t('draw_note'), 'acts', 'kept-file drawing'];
    acts.append(this.undo, this.clear);
    below.append(this.canvas, note, acts);
    this.question.after(below);
    this._paint();
    const name = this.element.dataset['loadedFileName'];
    if (name) void this._then(async () => this._under(await this.form.find(name)));
  }

  _surface(): HTMLCanvasElement {
    const made = document.createElement('canvas');
    [made.width, made.height] = [WIDTH, HEIGHT];
    made.setAttribute('role', 'img');
    made.setAttribute('aria-label', `${t('draw_here')}: ${this.question.querySelector('.question-label.active')?.textContent ?? ''}`);
    let line: Point[] | null = null;
    made.addEventListener('pointerdown', (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      made.setPointerCapture(event.pointerId);
      line = [this._at(event)];
      this.lines.push(line);
      this._paint();
    });
    made.addEventListener('pointermove', (event) => {
      if (!line || !event.isPrimary) return;
      line.push(this._at(event));
      this._paint();
    });
    const lift = (): void => {
      if (line) this._change(() => (line = null));
    };
    made.addEventListener('pointerup', lift);
    made.addEventListener('pointercancel', lift);
    return made;
  }

  _at(event: PointerEvent): Point {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
  }

  _paint(): void {
    paint(this.canvas, this.under, this.lines);
    this.undo.disabled = this.lines.length === 0;
    this.clear.disabled = this.lines.length === 0 && !this.under;
  }

  _change(change: () => unknown): void {
    change();
    this._paint();
    this.form.during(this._then(() => this._keep()));
  }

  /** One after the other, so that the last picture is the one that stays. */
  _then(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }

  async _chosen(): Promise<void> {
    const picture = this.element.files?.[0];
    this.element.value = '';
    if (!picture) return;
    await this._under(await shrink(picture, WIDTH));
    await this._keep();
  }

  async _under(picture: Blob | undefined): Promise<void> {
    this.under = picture ? await createImageBitmap(picture).catch(() => null) : null;
    this._paint();
  }

  async _keep(): Promise<void> {
    if (this.lines.length === 0 && !this.under) return hold(this.form.core(), this.element, '');
    const blob = await new Promise<Blob | null>((done) => this.canvas.toBlob(done, 'image/png'));
    if (!blob) return;
    this.file ||= fileName('png');
    await this.form.keep(this.file, blob);
    await hold(this.form.core(), this.element, this.file);
  }
}
