// The programs that judge roomcast in its tests: where they are, and how they come onto this machine. Plain JavaScript
// for Node 18 and newer.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { step } from './progress.js';

/** Folders that are not on everybody's PATH but hold programs of the system. */
const MORE = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

const chromium = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Debian keeps the programs of each version of PostgreSQL apart. */
const postgres = (name) => [
  ...[18, 17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin/${name}`),
  name,
];

/** Each: names it may have, files it needs besides, and its packages by package manager. */
export const programs = {
  ffmpeg: program(['ffmpeg'], { apt: ['ffmpeg'], dnf: ['ffmpeg-free'], brew: ['ffmpeg'] }),
  ffprobe: program(['ffprobe'], { apt: ['ffmpeg'], dnf: ['ffmpeg-free'], brew: ['ffmpeg'] }),
  chromium: program(chromium, { apt: ['chromium'], dnf: ['chromium'], brew: ['--cask', 'chromium'] }),
  // The same without the windows and menus around a page, which take most of its start; where there is none, that one.
  headlessShell: program(['chromium-headless-shell', 'chrome-headless-shell', ...chromium], {
    apt: ['chromium-headless-shell'],
  }),
  mpv: program(['mpv'], { apt: ['mpv'], dnf: ['mpv'], brew: ['mpv'] }),
  rtmpdump: program(['rtmpdump'], { apt: ['rtmpdump'], dnf: ['librtmp'], brew: ['rtmpdump'] }),
  nginx: program(['nginx'], { apt: ['nginx', 'libnginx-mod-rtmp'], dnf: ['nginx', 'nginx-mod-rtmp'] }, [
    '/usr/lib/nginx/modules/ngx_rtmp_module.so',
    '/usr/lib64/nginx/modules/ngx_rtmp_module.so',
    '/usr/share/nginx/modules/ngx_rtmp_module.so',
  ]),
  vlc: program(['cvlc'], { apt: ['vlc-bin', 'vlc-plugin-base'], dnf: ['vlc'], brew: ['--cask', 'vlc'] }),
  gstreamer: program(['gst-launch-1.0'], {
    apt: [
      'gstreamer1.0-tools',
      'gstreamer1.0-plugins-good',
      'gstreamer1.0-plugins-bad',
      'gstreamer1.0-plugins-ugly',
      'gstreamer1.0-libav',
    ],
    dnf: ['gstreamer1-plugins-good', 'gstreamer1-plugins-bad-free', 'gstreamer1-plugin-libav'],
    brew: ['gstreamer'],
  }),
  tshark: program(['tshark'], { apt: ['tshark'], dnf: ['wireshark-cli'], brew: ['wireshark'] }),
  obs: program(['obs'], { apt: ['obs-studio'], dnf: ['obs-studio'] }),
  curl: program(['curl'], { apt: ['curl'], dnf: ['curl'], brew: ['curl'] }),
  sslscan: program(['sslscan'], { apt: ['sslscan'], dnf: ['sslscan'], brew: ['sslscan'] }),
  openssl: program(['openssl'], { apt: ['openssl'], dnf: ['openssl'], brew: ['openssl'] }),
  pebble: program(['pebble'], { apt: ['pebble'] }),
  pebbleDns: program(['pebble-challtestsrv'], { apt: ['pebble'] }),
  faketime: program(['faketime'], { apt: ['faketime'], dnf: ['libfaketime'], brew: ['libfaketime'] }),
  ytDlp: program(['yt-dlp'], { apt: ['yt-dlp'], dnf: ['yt-dlp'], brew: ['yt-dlp'] }),
  streamlink: program(['streamlink'], { apt: ['streamlink'], dnf: ['streamlink'], brew: ['streamlink'] }),
  firefox: program(['firefox-esr', 'firefox'], { apt: ['firefox-esr'], dnf: ['firefox'], brew: ['--cask', 'firefox'] }),
  // The tests have clusters of their own; one that the system starts is not touched.
  postgres: program(postgres('postgres'), {
    apt: ['postgresql'],
    dnf: ['postgresql-server', 'postgresql-contrib'],
    brew: ['postgresql'],
  }),
  initdb: program(postgres('initdb'), { apt: ['postgresql'], dnf: ['postgresql-server'], brew: ['postgresql'] }),
  strace: program(['strace'], { apt: ['strace'], dnf: ['strace'] }),
  irssi: program(['irssi'], { apt: ['irssi'], dnf: ['irssi'], brew: ['irssi'] }),
  weechat: program(['weechat-headless'], {
    apt: ['weechat-headless', 'weechat-plugins'],
    dnf: ['weechat'],
    brew: ['weechat'],
  }),
  // A terminal for programs that want one.
  script: program(['script'], { apt: ['bsdutils'], dnf: ['util-linux-script'] }),
  xvfb: program(['Xvfb'], { apt: ['xvfb'], dnf: ['xorg-x11-server-Xvfb'] }),
};

/** Needed by `npm test`. */
export const fewPrograms = [
  'ffmpeg',
  'ffprobe',
  'chromium',
  'headlessShell',
  'mpv',
  'rtmpdump',
  'nginx',
  'openssl',
  'curl',
  'postgres',
  'initdb',
  'strace',
  'irssi',
  'weechat',
  'script',
];
/** Needed by `npm run test:full`. */
export const allPrograms = Object.keys(programs);

/** How packages are installed, in the order in which they are looked for. */
const managers = [
  {
    name: 'apt',
    command: 'apt-get',
    refresh: ['update', '-qq'],
    install: ['install', '-y', '-qq', '--no-install-recommends'],
    // RUNLEVEL keeps a web server that comes as a package from being started at once.
    env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  },
  { name: 'dnf', command: 'dnf', install: ['install', '-y', '-q'], env: {} },
  { name: 'brew', command: 'brew', install: ['install', '-q'], env: { HOMEBREW_NO_AUTO_UPDATE: '1' }, byAnyone: true },
];

/** Installs what is missing of `names` where that is allowed. Gives those that are still missing. */
export async function providePrograms(names) {
  const missing = names.filter((name) => !programs[name].find());
  if (missing.length === 0) return [];
  const manager = managers.find(({ command }) => onPath(command));
  const packages = manager && [...new Set(missing.flatMap((name) => programs[name].packages[manager.name] ?? []))];
  if (!manager || packages.length === 0) {
    say(`The tests want ${list(missing)}. Please install what is missing of that, then run this again.`);
    return missing;
  }
  const prefix = privilege(manager);
  if (!prefix) {
    const sudo = manager.byAnyone ? '' : 'sudo ';
    say(`The tests want ${list(missing)}, and this user may not install programs. This command does it:`);
    say(
      `  ${sudo}${manager.command} ${manager.install.filter((word) => !word.startsWith('-q')).join(' ')} ${packages.join(' ')}`,
    );
    return missing;
  }
  if (manager.refresh) await step('Looking up packages of the system', () => call(manager, prefix, manager.refresh));
  await step(`Installing ${list(missing)} for the tests`, () =>
    call(manager, prefix, [...manager.install, ...packages]),
  );
  return names.filter((name) => !programs[name].find());
}

function program(names, packages, files = []) {
  return {
    packages,
    find() {
      if (files.length > 0 && !files.some((file) => existsSync(file))) return undefined;
      for (const name of names) {
        const path = onPath(name);
        if (path) return path;
      }
      return undefined;
    },
    /** The first of the files that it needs besides. */
    file: () => files.find((file) => existsSync(file)),
  };
}

/** What stands before the command so that it may install: nothing, or sudo. Undefined where it may not. */
function privilege(manager) {
  if (manager.byAnyone || process.getuid?.() === 0) return [];
  const sudo = onPath('sudo');
  return sudo && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? [sudo, '-n'] : undefined;
}

async function call(manager, prefix, args) {
  const settings = Object.entries(manager.env).map(([name, value]) => `${name}=${value}`);
  const [command, ...rest] = [...prefix, 'env', ...settings, manager.command, ...args];
  const { status, output } = await new Promise((resolve) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ status: 1, output: error.message }));
    child.on('close', (status) => resolve({ status, output }));
  });
  // The tests that need what could not be installed are left out, by name.
  if (status !== 0) say(`${manager.command} ${args[0]} failed:\n${output.trim().split('\n').slice(-10).join('\n')}`);
}

function onPath(name) {
  if (name.includes('/')) return executable(name) ? name : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE];
  return folders.map((folder) => join(folder, name)).find(executable);
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function list(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
