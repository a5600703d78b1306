/** Lines typed before, newest last; kept in this window. Pure but for its shelf. */
export interface Shelf {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

export class History {
  #lines: string[];
  #at: number;
  #typing = '';

  constructor(private readonly shelf: Shelf, private readonly name = 'maplebridge.commands', private readonly most = 100) {
    try {
      this.#lines = JSON.parse(shelf.getItem(name) ?? '[]') as string[];
    } catch {
      this.#lines = [];
    }
    this.#at = this.#lines.length;
  }

  add(line: string): void {
    this.#lines = [...this.#lines.filter((old) => old !== line), line].slice(-this.most);
    this.#at = this.#lines.length;
    this.shelf.setItem(this.name, JSON.stringify(this.#lines));
  }

  /** One line back (-1) or on (1). What was being typed comes back at the end. */
  step(by: -1 | 1, typing: string): string {
    if (this.#at === this.#lines.length) this.#typing = typing;
    this.#at = Math.max(0, Math.min(this.#lines.length, this.#at + by));
    return this.#lines[this.#at] ?? this.#typing;
  }
}
