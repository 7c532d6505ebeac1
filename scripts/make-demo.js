// Makes the clip of `--demo`, assets/demo.flv, with ffmpeg (libx264, drawtext) and the DejaVu fonts:
//   node scripts/make-demo.js
// It loops without a seam. 16 s are 480 frames at 30 a second and 750 AAC frames of 1024 samples at 48 kHz, both exactly.
// Each second a comet passes the top of the ring, the ring lights up and a bell sounds. The row of dots below the ring
// is the number of the frame in binary, highest bit first, so that a program can read the clock too.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './node-runtime.js';

const WIDTH = 1280;
const HEIGHT = 720;
const RATE = 30;
const SECONDS = 16;
const FRAMES = SECONDS * RATE;
const GOP = 2 * RATE;
const SAMPLE_RATE = 48_000;
const AAC_SAMPLES = 1024;
const AAC_FRAMES = (SECONDS * SAMPLE_RATE) / AAC_SAMPLES;
const MAX_BYTES = 3_000_000;

const RING = { x: 640, y: 326, radius: 236 };
const DOTS = { count: 9, size: 9, gap: 26, y: 640 };
const DUSK = [
  [11, 13, 26],
  [23, 38, 82],
  [78, 52, 124],
  [196, 92, 110],
];

const folder = mkdtempSync(join(tmpdir(), 'roomcast-demo-'));
try {
  const sound = join(folder, 'sound.aac');
  makeSound(sound);
  await makePicture(join(folder, 'picture.h264'));
  const clip = join(root, 'assets', 'demo.flv');
  const times = ['-framerate', String(RATE), '-i', join(folder, 'picture.h264'), '-i', sound];
  const tags = [
    '-map_metadata',
    '-1',
    '-metadata',
    'title=roomcast demo',
    '-fflags',
    '+bitexact',
    '-flvflags',
    'no_duration_filesize',
  ];
  ffmpeg(['-fflags', '+genpts', ...times, '-map', '0:v', '-map', '1:a', '-c', 'copy', ...tags, '-f', 'flv', clip]);
  const { size } = statSync(clip);
  if (size > MAX_BYTES) throw new Error(`${clip} has ${size} bytes, more than ${MAX_BYTES}.`);
  process.stdout.write(`${clip}: ${size} bytes\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * The encoder's first frame only primes it, and its state at the start is not that at the end. So the sound is encoded
 * over and over, and one whole turn is cut out of the middle: there the end meets the start in the same state.
 */
function makeSound(path) {
  const turns = 3;
  const samples = new Int16Array(turns * SECONDS * SAMPLE_RATE * 2);
  for (let i = 0; i < samples.length / 2; i++) {
    const second = Math.floor(i / SAMPLE_RATE) % SECONDS;
    const t = (i % SAMPLE_RATE) / SAMPLE_RATE;
    const pitch = second === 0 ? 1318.51 : 880;
    const envelope = Math.min(1, t / 0.002) * Math.exp(-t * 16);
    const wave = Math.sin(2 * Math.PI * pitch * t) + 0.3 * Math.sin(4 * Math.PI * pitch * t) * Math.exp(-t * 20);
    samples[2 * i] = samples[2 * i + 1] = Math.round(9000 * envelope * wave);
  }
  const format = ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '2', '-i', 'pipe:0'];
  const all = ffmpeg([...format, '-c:a', 'aac', '-b:a', '96k', '-f', 'adts', 'pipe:1'], Buffer.from(samples.buffer));
  const frames = [];
  for (let at = 0; at + 7 <= all.length;) {
    const length = ((all[at + 3] & 3) << 11) | (all[at + 4] << 3) | (all[at + 5] >> 5);
    frames.push(all.subarray(at, at + length));
    at += length;
  }
  // Frame n + 1 holds what is heard at n × 1024 samples.
  writeFileSync(path, Buffer.concat(frames.slice(AAC_FRAMES + 1, 2 * AAC_FRAMES + 1)));
}

async function makePicture(path) {
  const clock = `%{eif\\:floor(n/${RATE * 60})\\:d\\:2}\\:%{eif\\:mod(floor(n/${RATE})\\,60)\\:d\\:2}.%{eif\\:floor(mod(n\\,${RATE})*1000/${RATE})\\:d\\:3}`;
  const text = [
    `drawtext=font='DejaVu Sans Light':text='${clock}':fontsize=74:fontcolor=white:x=${RING.x}-text_w/2:y=${RING.y}-34`,
    `drawtext=font='DejaVu Sans':text='roomcast':fontsize=22:fontcolor=white@0.85:x=${RING.x}-text_w/2:y=${RING.y - 92}`,
    `drawtext=font='DejaVu Sans':text='demo clip':fontsize=17:fontcolor=white@0.6:x=${RING.x}-text_w/2:y=${RING.y + 74}`,
  ].join(',');
  const source = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${WIDTH}x${HEIGHT}`,
    '-r',
    String(RATE),
    '-i',
    'pipe:0',
  ];
  const codec = [
    '-c:v',
    'libx264',
    '-profile:v',
    'high',
    '-preset',
    'slow',
    '-tune',
    'animation',
    '-level',
    '3.1',
    '-refs',
    '4',
    '-crf',
    '19',
    '-bf',
    '0',
  ];
  const rates = [
    '-maxrate',
    '1300k',
    '-bufsize',
    '1300k',
    '-g',
    String(GOP),
    '-keyint_min',
    String(GOP),
    '-sc_threshold',
    '0',
  ];
  const colours = [
    '-pix_fmt',
    'yuv420p',
    '-colorspace',
    'bt709',
    '-color_primaries',
    'bt709',
    '-color_trc',
    'bt709',
    '-color_range',
    'tv',
  ];
  const filter = ['-vf', `${text},scale=out_color_matrix=bt709:out_range=tv`];
  const args = ['-v', 'error', '-y', ...source, ...filter, ...codec, ...rates, ...colours, '-f', 'h264', path];
  const encoder = spawn('ffmpeg', args, { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(encoder, 'close');
  const draw = painter();
  for (let frame = 0; frame < FRAMES; frame++) {
    if (!encoder.stdin.write(draw(frame))) await once(encoder.stdin, 'drain');
    if (frame % RATE === 0) process.stderr.write(`\rpicture ${frame / RATE} of ${SECONDS} s`);
  }
  encoder.stdin.end();
  const [status] = await ended;
  process.stderr.write('\n');
  if (status !== 0) throw new Error('ffmpeg could not encode the picture.');
}

/** Gives the pixels of a frame. What does not move is worked out once. */
function painter() {
  const ring = ringPixels();
  return (frame) => {
    const picture = Buffer.alloc(WIDTH * HEIGHT * 3);
    paintSky(picture, frame / FRAMES);
    const within = (frame % RATE) / RATE;
    const flash = Math.exp(-within * 7);
    const minute = (frame / RATE / SECONDS) * 60;
    for (const { at, band, tick, tickNumber, turn, glow } of ring) {
      const behind = (within - turn + 1) % 1;
      const comet = band * Math.exp(-behind * 9);
      const lit = tick * (tickNumber <= minute ? 0.9 : 0.22);
      mix(picture, at, 255, 255, 255, Math.min(1, lit + comet + band * 0.1 + flash * (band * 0.5 + glow * 0.28)));
    }
    paintDots(picture, frame);
    return picture;
  };
}

/** Slow waves of dusk, worked out coarsely and smoothed: every period divides the clip's length. */
function paintSky(picture, turn) {
  const step = 16;
  const columns = WIDTH / step + 1;
  const rows = HEIGHT / step + 1;
  const coarse = new Float32Array(columns * rows);
  const angle = 2 * Math.PI * turn;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = column / columns;
      const y = row / rows;
      const waves =
        Math.sin(5.1 * x + 2.2 * y + angle) +
        Math.sin(3.3 * y - 4.2 * x + 2 * angle + 1) +
        0.8 * Math.sin(7 * x * y + 4 * y - angle);
      coarse[row * columns + column] = Math.max(0, Math.min(1, 0.16 + 0.62 * y * y + 0.11 * waves));
    }
  }
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    const row = Math.floor(y / step);
    const fy = (y % step) / step;
    for (let x = 0; x < WIDTH; x++, at += 3) {
      const first = row * columns + Math.floor(x / step);
      const fx = (x % step) / step;
      const top = coarse[first] + (coarse[first + 1] - coarse[first]) * fx;
      const bottom = coarse[first + columns] + (coarse[first + columns + 1] - coarse[first + columns]) * fx;
      // A fixed ordered pattern hides the steps between shades and costs the encoder nothing.
      const shade = (top + (bottom - top) * fy) * 2.999 + (((x ^ y) & 1) - 0.5) * 0.012;
      const low = Math.max(0, Math.min(2, Math.floor(shade)));
      const part = Math.max(0, Math.min(1, shade - low));
      for (let c = 0; c < 3; c++) picture[at + c] = DUSK[low][c] + (DUSK[low + 1][c] - DUSK[low][c]) * part;
    }
  }
}

function ringPixels() {
  const pixels = [];
  const reach = RING.radius + 60;
  for (let y = RING.y - reach; y <= RING.y + reach; y++) {
    for (let x = RING.x - reach; x <= RING.x + reach; x++) {
      if (y < 0 || y >= HEIGHT) continue;
      const dx = x - RING.x;
      const dy = y - RING.y;
      const distance = Math.hypot(dx, dy);
      const turn = (Math.atan2(dx, -dy) / (2 * Math.PI) + 1) % 1;
      const band = edge(3.2 - Math.abs(distance - RING.radius));
      const glow = Math.exp(-(((distance - RING.radius) / 26) ** 2));
      const tickNumber = Math.round(turn * 60) % 60;
      const off = Math.abs(turn * 60 - Math.round(turn * 60)) * ((2 * Math.PI) / 60) * distance;
      const long = tickNumber % 15 === 0 ? 20 : 12;
      const inner = RING.radius - 18;
      const tick = edge(1.6 - off) * edge(distance - (inner - long)) * edge(inner - distance);
      if (band + tick > 0 || glow > 0.02) pixels.push({ at: (y * WIDTH + x) * 3, band, tick, tickNumber, turn, glow });
    }
  }
  return pixels;
}

function paintDots(picture, frame) {
  const left = RING.x - ((DOTS.count - 1) * DOTS.gap) / 2;
  for (let bit = 0; bit < DOTS.count; bit++) {
    const on = (frame >> (DOTS.count - 1 - bit)) & 1;
    const centre = left + bit * DOTS.gap;
    for (let y = DOTS.y - DOTS.size; y <= DOTS.y + DOTS.size; y++) {
      for (let x = centre - DOTS.size; x <= centre + DOTS.size; x++) {
        const inside = edge(DOTS.size - 0.5 - Math.hypot(x - centre, y - DOTS.y));
        if (on) mix(picture, (y * WIDTH + x) * 3, 255, 255, 255, inside);
        else mix(picture, (y * WIDTH + x) * 3, 11, 13, 26, inside * 0.75);
      }
    }
  }
}

/** 1 inside, 0 outside, smooth over one pixel. */
function edge(inside) {
  return Math.max(0, Math.min(1, inside + 0.5));
}

function mix(picture, at, red, green, blue, amount) {
  picture[at] += (red - picture[at]) * amount;
  picture[at + 1] += (green - picture[at + 1]) * amount;
  picture[at + 2] += (blue - picture[at + 2]) * amount;
}

function ffmpeg(args, input) {
  const { status, stdout, error } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], {
    input,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (error) throw new Error(`ffmpeg is needed to make the clip: ${error.message}`);
  if (status !== 0) throw new Error('ffmpeg failed; its message is above.');
  return stdout;
}
