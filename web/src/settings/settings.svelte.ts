import { defaultLook, type Look, readLook } from '../danmaku/look.ts';
import type { Danmaku } from '../../../src/client/index.ts';
import type { Lang } from '../format/units.ts';
import { askedFor, isWay, type Way } from '../player/ways.ts';

const KEY = 'roomcast';
/** Letters of the address that are said again. */
const MAX_WORD = 12;

/** How wide the chat may be made. px */
export const chatWidths = { least: 280, most: 520 } as const;

/** Comments fly over the picture when `on`, in this way and colour. */
export interface Fly extends Danmaku {
  on: boolean;
}

/** What is remembered between visits. */
interface Kept {
  chat?: boolean;
  chatWidth?: number;
  /** Messages wait for the picture. */
  inStep?: boolean;
  fly?: Fly;
  theme?: 'light' | 'dark';
  lang?: Lang;
  volume?: number;
  muted?: boolean;
  smooth?: boolean;
  way?: Way;
  height?: number;
  captions?: boolean;
  danmaku?: Look;
  /** Slugs of rooms that this browser owns, so that the owner's page has its shape before the server says so. */
  owned?: string[];
}

/** The viewer's choices; the address may overrule them for one visit (`?lang`, `?theme`, `?play`). */
export class Settings {
  theme: 'light' | 'dark' | undefined = $state();
  lang: Lang = $state('en');
  /** 0 to 1. */
  volume: number = $state(1);
  muted: boolean = $state(false);
  /** Rather smooth than close to live. */
  smooth: boolean = $state(false);
  /** The way to play that the viewer wants first; undefined: as it is best. */
  way: Way | undefined = $state();
  /** Height of the picture where there is a choice; undefined: as the network allows. */
  height: number | undefined = $state();
  captions: boolean = $state(false);
  /** How comments fly over the picture. */
  danmaku: Look = $state.raw(defaultLook);
  /** The chat is shown beside the picture. */
  chat: boolean = $state(true);
  /** Its width in px; undefined: as it is best. */
  chatWidth: number | undefined = $state();
  /** Messages wait until the picture is where it was when they were written. */
  inStep: boolean = $state(true);
  fly: Fly = $state.raw({ on: false, mode: 'scroll', color: 'white' });
  /** The ways that the address asks for, and no others, until the viewer chooses one. */
  forced: readonly Way[] | undefined = $state.raw();
  /** What the address asks for, where it is no way that there is. */
  readonly unknownWay: string | undefined;
  #kept: Kept = {};

  constructor() {
    this.#kept = read();
    const asked = new URLSearchParams(location.search);
    const { theme, volume, muted, smooth, way, height, captions } = this.#kept;
    const themed = asked.get('theme') ?? theme;
    if (themed === 'light' || themed === 'dark') this.theme = themed;
    this.lang = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
    if (typeof volume === 'number' && volume >= 0 && volume <= 1) this.volume = volume;
    this.muted = muted === true;
    this.smooth = smooth === true;
    if (isWay(way)) this.way = way;
    if (typeof height === 'number') this.height = height;
    this.captions = captions === true;
    this.danmaku = readLook(this.#kept.danmaku);
    const { chat, chatWidth, inStep, fly } = this.#kept;
    this.chat = (asked.get('chat') ?? (chat === false ? 'off' : 'on')) !== 'off';
    if (typeof chatWidth === 'number') this.chatWidth = widthOf(chatWidth);
    this.inStep = inStep !== false;
    if (isFly(fly)) this.fly = fly;
    const play = asked.get('play');
    this.forced = play === null ? undefined : askedFor(play);
    if (play !== null && !this.forced) this.unknownWay = play.slice(0, MAX_WORD);
  }

  setTheme(theme: 'light' | 'dark' | undefined): void {
    this.theme = theme;
    if (theme) document.documentElement.dataset['theme'] = theme;
    else delete document.documentElement.dataset['theme'];
    this.#keep({ theme });
  }

  /** The other of the two themes that is seen now. */
  toggleTheme(): void {
    const dark = this.theme ? this.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    this.setTheme(dark ? 'light' : 'dark');
  }

  setLang(lang: Lang): void {
    this.lang = lang;
    document.documentElement.lang = lang === 'zh' ? 'zh-Hans' : 'en';
    this.#keep({ lang });
  }

  setVolume(volume: number, muted: boolean): void {
    this.volume = Math.round(Math.min(1, Math.max(0, volume)) * 100) / 100;
    this.muted = muted;
    this.#keep({ volume: this.volume, muted });
  }

  setSmooth(smooth: boolean): void {
    this.smooth = smooth;
    this.#keep({ smooth });
  }

  setWay(way: Way | undefined): void {
    this.way = way;
    this.forced = undefined;
    this.#keep({ way });
  }

  setHeight(height: number | undefined): void {
    this.height = height;
    this.#keep({ height });
  }

  setCaptions(captions: boolean): void {
    this.captions = captions;
    this.#keep({ captions });
  }

  /** Comments fly: as it was chosen, else unless the system asks for less motion. */
  get flies(): boolean {
    return this.danmaku.on ?? !matchMedia('(prefers-reduced-motion: reduce)').matches;
  }

  setDanmaku(change: Partial<Look>): void {
    this.danmaku = { ...this.danmaku, ...change };
    this.#keep({ danmaku: this.danmaku });
  }

  setChat(chat: boolean): void {
    this.chat = chat;
    document.documentElement.dataset['chat'] = chat ? 'on' : 'off';
    this.#keep({ chat });
  }

  setChatWidth(width: number | undefined): void {
    this.chatWidth = width === undefined ? undefined : widthOf(width);
    const { style } = document.documentElement;
    if (this.chatWidth === undefined) style.removeProperty('--chat');
    else style.setProperty('--chat', `${this.chatWidth}px`);
    this.#keep({ chatWidth: this.chatWidth });
  }

  setInStep(inStep: boolean): void {
    this.inStep = inStep;
    this.#keep({ inStep });
  }

  setFly(fly: Fly): void {
    this.fly = fly;
    this.#keep({ fly });
  }

  owns(slug: string): boolean {
    return Array.isArray(this.#kept.owned) && this.#kept.owned.includes(slug);
  }

  setOwns(slug: string, owns: boolean): void {
    if (this.owns(slug) === owns) return;
    const others = (this.#kept.owned ?? []).filter((owned) => owned !== slug);
    this.#keep({ owned: owns ? [...others, slug] : others });
  }

  #keep(change: { [key in keyof Kept]: Kept[key] | undefined }): void {
    this.#kept = { ...this.#kept, ...change } as Kept;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // Storage is closed or full: the choice holds for this visit.
    }
  }
}

function widthOf(width: number): number {
  return Math.round(Math.min(chatWidths.most, Math.max(chatWidths.least, width)));
}

/** What was kept may be of another version. */
function isFly(fly: unknown): fly is Fly {
  if (typeof fly !== 'object' || fly === null) return false;
  const { on, mode, color } = fly as Partial<Fly>;
  return typeof on === 'boolean' && typeof color === 'string' && ['scroll', 'top', 'bottom'].includes(mode ?? '');
}

function read(): Kept {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Kept) : {};
  } catch {
    return {};
  }
}
