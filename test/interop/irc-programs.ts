import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../output.ts';
import { Program, program } from '../programs.ts';

const LIMIT_MS = 80_000;

/** Who a client is, and where it goes. */
export interface IrcOptions {
  port: number;
  nick: string;
  /** Of an account, for SASL PLAIN. */
  password?: string;
  secure?: true;
  room: string;
}

/** A client of IRC for people, which is typed to and whose log is read. */
export interface IrcProgram {
  /** Types a line into the window of the room. */
  type(text: string): void;
  /** What it logged of the room. */
  log(): string;
}

/** irssi, in a terminal. */
export function startIrssi({ port, nick, password, room }: IrcOptions): IrcProgram {
  const home = temporaryFolder();
  const log = join(home, 'room.log');
  const sasl =
    password === undefined ? '' : `sasl_mechanism = "PLAIN"; sasl_username = "${nick}"; sasl_password = "${password}";`;
  const config = `
    servers = ( { address = "127.0.0.1"; chatnet = "rooms"; port = "${port}"; autoconnect = "yes"; } );
    chatnets = { rooms = { type = "IRC"; nick = "${nick}"; ${sasl} }; };
    channels = ( { name = "${room}"; chatnet = "rooms"; autojoin = "yes"; } );
    settings = {
      core = { real_name = "${nick}"; user_name = "${nick}"; nick = "${nick}"; write_buffer_size = "0"; };
      "fe-common/core" = { show_nickmode = "no"; window_auto_change = "yes"; };
      "irc/core" = { cmd_queue_speed = "10msec"; cmds_max_at_once = "50"; };
    };
    logs = { "${log}" = { auto_open = "yes"; level = "ALL"; items = ( { type = "target"; name = "${room}"; } ); }; };`;
  writeFileSync(join(home, 'config'), config);
  const client = new Program(program('script'), ['-qfc', `${program('irssi')} --home=${home}`, '/dev/null'], {
    limitMs: LIMIT_MS,
    cwd: home,
    env: { ...process.env, TERM: 'xterm', LANG: 'C.UTF-8' },
    isTalkedTo: true,
  });
  onTestFinished(async () => void (await client.stop()));
  return { type: (text) => void client.child.stdin!.write(`${text}\r`), log: () => textOf(log) };
}

/** WeeChat without a terminal, talked to by its pipe. */
export function startWeechat({ port, nick, password, secure, room }: IrcOptions): IrcProgram {
  const home = temporaryFolder();
  const pipe = join(home, 'pipe');
  mkdirSync(join(home, 'logs'));
  const set = (name: string, value: string): string[] => ['-r', `/set ${name} ${value}`];
  const server = (name: string, value: string): string[] => set(`irc.server.rooms.${name}`, value);
  const sasl = password === undefined ? [] : [...server('sasl_username', nick), ...server('sasl_password', password)];
  const client = new Program(
    program('weechat'),
    [
      ...['--dir', home],
      ...set('fifo.file.path', pipe),
      ...['-r', '/fifo disable', '-r', '/fifo enable'],
      ...set('logger.file.flush_delay', '0'),
      ...set('irc.look.smart_filter', 'off'),
      ...['-r', `/server add rooms 127.0.0.1/${port}`],
      ...server('nicks', nick),
      ...server('autojoin', room),
      ...server('ssl', secure ? 'on' : 'off'),
      ...server('ssl_verify', 'off'),
      ...server('anti_flood_prio_high', '0'),
      ...server('autorejoin', 'off'),
      ...sasl,
      ...['-r', '/connect rooms'],
    ],
    { limitMs: LIMIT_MS, cwd: home, env: { ...process.env, LANG: 'C.UTF-8' } },
  );
  onTestFinished(async () => void (await client.stop()));
  return {
    type: (text) => appendFileSync(pipe, `irc.rooms.${room} *${text}\n`),
    log: () => textOf(join(home, 'logs', `irc.rooms.${room}.weechatlog`)),
  };
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
