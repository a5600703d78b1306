/** The command line's grammar: text to an intention, or to what is wrong with it. Pure; knows no server. */

export type Command =
  | { do: 'send'; incident: string; unit: string; reason: string }
  | { do: 'status'; unit: string; status: string }
  | { do: 'note'; incident: string; text: string }
  | { do: 'close'; incident: string; disposition: string; text: string }
  | { do: 'find'; text: string }
  | { do: 'merge'; incident: string; other: string }
  | { do: 'link'; incident: string; other: string; kind: string }
  | { do: 'priority'; incident: string; priority: number; reason: string }
  | { do: 'hold'; incident: string; reason: string }
  | { do: 'release'; incident: string }
  | { do: 'down'; incident: string; unit: string }
  | { do: 'swap'; incident: string; unit: string; other: string }
  | { do: 'cancel'; incident: string; reason: string }
  | { do: 'reopen'; incident: string; reason: string }
  | { do: 'level'; incident: string; level: number; reason: string }
  | { do: 'split'; incident: string; text: string }
  | { do: 'edit'; incident: string }
  | { do: 'unmerge'; incident: string }
  | { do: 'print'; incident: string }
  | { do: 'open'; incident: string }
  | { do: 'new' }
  | { do: 'help' };

export type Wrong =
  | 'bad_unknown' | 'bad_incident' | 'bad_no_incident' | 'bad_unit' | 'bad_no_unit' | 'bad_status' | 'cmd_status_incomplete'
  | 'bad_disposition' | 'bad_no_disposition' | 'bad_priority' | 'bad_level' | 'bad_no_reason' | 'bad_no_text' | 'bad_same';

export type Parsed = { ok: true; command: Command } | { ok: false; wrong: Wrong; word: string };

/** What the parser may ask about the world. */
export interface World {
  /** Number of the incident on show, "" for none: what a full stop means. */
  current: string;
  hasIncident(number: string): boolean;
  hasUnit(sign: string): boolean;
  dispositions: readonly string[];
}

/** Short and long words for the statuses that a unit takes by itself or by radio. */
export const STATUS_WORDS: Readonly<Record<string, string>> = {
  av: 'Available', available: 'Available', free: 'Available', clear: 'Available', 空闲: 'Available', 闲: 'Available',
  er: 'EnRoute', enroute: 'EnRoute', 途中: 'EnRoute', 出发: 'EnRoute',
  os: 'OnScene', onscene: 'OnScene', 到场: 'OnScene', 到: 'OnScene',
  oos: 'OutOfService', out: 'OutOfService', off: 'OutOfService', 停勤: 'OutOfService',
};

const VERBS: Readonly<Record<string, Command['do']>> = {
  d: 'send', send: 'send', 派: 'send', 派遣: 'send',
  s: 'status', status: 'status', 状态: 'status',
  n: 'note', note: 'note', 记: 'note', 记事: 'note',
  c: 'close', close: 'close', 结: 'close', 结案: 'close',
  f: 'find', find: 'find', 找: 'find', 查: 'find', 查找: 'find',
  m: 'merge', merge: 'merge', 并: 'merge', 合并: 'merge',
  l: 'link', link: 'link', 关联: 'link',
  p: 'priority', priority: 'priority', 优先级: 'priority',
  h: 'hold', hold: 'hold', 暂缓: 'hold',
  r: 'release', release: 'release', 恢复: 'release',
  sd: 'down', down: 'down', 撤回: 'down', 撤: 'down',
  x: 'swap', swap: 'swap', 换派: 'swap', 换: 'swap',
  cancel: 'cancel', 取消: 'cancel',
  reopen: 'reopen', 重开: 'reopen',
  a: 'level', alarm: 'level', 级别: 'level', 警级: 'level',
  split: 'split', 拆分: 'split',
  edit: 'edit', correct: 'edit', 更正: 'edit',
  unmerge: 'unmerge', 撤销合并: 'unmerge',
  print: 'print', 打印: 'print',
  o: 'open', open: 'open', 打开: 'open',
  new: 'new', 接警: 'new',
  '?': 'help', help: 'help', 帮助: 'help',
};

export const VERB_WORDS: readonly string[] = Object.keys(VERBS);

/** The verb that a first word means. */
export const verbOf = (word: string): Command['do'] | undefined => VERBS[word.toLowerCase()];

const LINKS: Readonly<Record<string, string>> = { child: 'child', parent: 'parent', related: 'related', 属于: 'child', 包含: 'parent', 相关: 'related' };

const no = (wrong: Wrong, word = ''): Parsed => ({ ok: false, wrong, word });
const yes = (command: Command): Parsed => ({ ok: true, command });

class Stop extends Error {
  constructor(readonly wrong: Wrong, readonly word: string) {
    super(wrong);
  }
}

/** Parse a line. Numbers may lack leading zeros; "." is the incident on show; call signs in any case. */
export function parse(line: string, world: World): Parsed {
  const words = line.trim().split(/\s+/u).filter(Boolean);
  const [first = '', ...rest] = words;
  if (!first) return no('bad_unknown', '');
  if (/^\d+$/.test(first) && rest.length === 0) return world.hasIncident(first) ? yes({ do: 'open', incident: first }) : no('bad_incident', first);
  const verb = verbOf(first);
  if (!verb) return no('bad_unknown', first);
  try {
    return yes(new Reader(rest, world).read(verb));
  } catch (stop) {
    if (stop instanceof Stop) return no(stop.wrong, stop.word);
    throw stop;
  }
}

class Reader {
  constructor(private words: string[], private readonly world: World) {}

  read(verb: Command['do']): Command {
    switch (verb) {
      case 'new':
      case 'help':
        return { do: verb };
      case 'find':
        return { do: 'find', text: this.text('bad_no_text') };
      case 'status':
        return { do: 'status', unit: this.unit(), status: this.status() };
      case 'send':
        return this.send();
      case 'swap':
        return { do: 'swap', incident: this.incident(), unit: this.unit(), other: this.unit() };
      case 'down':
        return { do: 'down', incident: this.incident(), unit: this.unit() };
      default:
        return this.onIncident(verb);
    }
  }

  private onIncident(verb: Exclude<Command['do'], 'new' | 'help' | 'find' | 'status' | 'send' | 'swap' | 'down'>): Command {
    const incident = this.incident();
    switch (verb) {
      case 'note':
        return { do: verb, incident, text: this.text('bad_no_text') };
      case 'close':
        return { do: verb, incident, disposition: this.disposition(), text: this.rest() };
      case 'merge':
        return { do: verb, incident, other: this.other(incident) };
      case 'link':
        return { do: verb, incident, other: this.other(incident), kind: LINKS[this.take().toLowerCase()] ?? 'related' };
      case 'priority':
        return { do: verb, incident, priority: this.priority(), reason: this.text('bad_no_reason') };
      case 'hold': {
        const reason = this.rest();
        return reason ? { do: 'hold', incident, reason } : { do: 'release', incident };
      }
      case 'cancel':
      case 'reopen':
        return { do: verb, incident, reason: this.text('bad_no_reason') };
      case 'level':
        return { do: verb, incident, level: this.level(), reason: this.text('bad_no_reason') };
      case 'split':
        return { do: verb, incident, text: this.rest() };
      case 'edit':
      case 'unmerge':
      case 'release':
      case 'print':
      case 'open':
        return { do: verb, incident };
    }
  }

  /** `d 142 m21` or `d m21 142` or, with an incident on show, `d m21`. */
  private send(): Command {
    if (this.words[0] && this.world.hasUnit(this.words[0]) && !/^\d+$/.test(this.words[0])) {
      const unit = this.unit();
      return { do: 'send', unit, incident: this.words[0] && /^[\d.]+$/.test(this.words[0]) ? this.incident() : this.current(), reason: this.rest() };
    }
    return { do: 'send', incident: this.incident(), unit: this.unit(), reason: this.rest() };
  }

  private take(): string {
    return this.words.shift() ?? '';
  }

  private rest(): string {
    return this.words.splice(0).join(' ');
  }

  private text(wrong: Wrong): string {
    const text = this.rest();
    if (!text) throw new Stop(wrong, '');
    return text;
  }

  private current(): string {
    if (!this.world.current) throw new Stop('bad_no_incident', '');
    return this.world.current;
  }

  /** A number, or a full stop; a word that is neither means the incident on show. */
  private incident(): string {
    const word = this.words[0] ?? '';
    if (word === '.') {
      this.take();
      return this.current();
    }
    if (!/^#?\d+$/.test(word)) return this.current();
    const number = this.take().replace('#', '');
    if (!this.world.hasIncident(number)) throw new Stop('bad_incident', number);
    return number;
  }

  private other(incident: string): string {
    const word = this.take().replace('#', '');
    if (!/^\d+$/.test(word)) throw new Stop('bad_no_incident', word);
    if (!this.world.hasIncident(word)) throw new Stop('bad_incident', word);
    if (Number(word) === Number(incident)) throw new Stop('bad_same', word);
    return word;
  }

  private unit(): string {
    const word = this.take();
    if (!word) throw new Stop('bad_no_unit', '');
    if (!this.world.hasUnit(word)) throw new Stop('bad_unit', word);
    return word;
  }

  private status(): string {
    const word = this.take().toLowerCase();
    if (!word) throw new Stop('cmd_status_incomplete', '');
    const status = STATUS_WORDS[word];
    if (!status) throw new Stop('bad_status', word);
    return status;
  }

  private disposition(): string {
    const word = this.take();
    if (!word) throw new Stop('bad_no_disposition', '');
    const code = this.world.dispositions.find((known) => known === word || Number(known) === Number(word));
    if (!code) throw new Stop('bad_disposition', word);
    return code;
  }

  private level(): number {
    const word = this.take();
    if (!/^[1-5]$/.test(word)) throw new Stop('bad_level', word);
    return Number(word);
  }

  private priority(): number {
    const word = this.take();
    if (!/^\d+$/.test(word) || Number(word) > 10) throw new Stop('bad_priority', word);
    return Number(word);
  }
}
