import { codecName } from '../format/codec.ts';
import { duration, encoderRate, plainSeconds, rateText } from '../format/units.ts';
import { textOf, told } from '../format/values.ts';
import type { AdviceWords } from './advice-words.ts';

const KEY_REFUSED = 'Someone tried to publish with a key that is not valid';

function times(value: number): string {
  return value === 1 ? 'once' : `${value} times`;
}

/** `2.5 seconds`; `1 h` from a minute on. */
function upTo(seconds: number): string {
  return seconds < 60 ? `${plainSeconds(seconds)} seconds` : duration(seconds, 'en');
}

/** What is seen and why it matters, and what to press in OBS. Words for every code of the server’s doctor. */
export const advice: AdviceWords = {
  'gop-long': {
    title: told(
      ['seconds'],
      (seconds) =>
        `Key frames come every ${plainSeconds(seconds)} seconds, so new viewers wait longer for the picture.`,
      'Key frames are far apart, so new viewers wait longer for the picture.',
    ),
    text: 'In OBS: Settings, Output, Keyframe interval: 2 s.',
  },
  'gop-irregular': {
    title: told(
      ['shortest', 'longest'],
      (shortest, longest) =>
        `Key frames come unevenly, every ${plainSeconds(shortest)} to ${plainSeconds(longest)} seconds.`,
      'Key frames come unevenly.',
    ),
    text: 'Some new viewers wait longer for the picture than others. In OBS: Settings, Output, Keyframe interval: 2 s, not 0.',
  },
  'frame-rate-variable': {
    title: told(
      ['low', 'high'],
      (low, high) => `Frames come unevenly, ${Math.round(low)} to ${Math.round(high)} a second.`,
      'Frames come unevenly.',
    ),
    text: 'The computer may be busy: close something, or choose 30 a second. In OBS: Settings, Video, FPS.',
  },
  'bit-rate-unstable': {
    title: told(
      ['low', 'high'],
      (low, high) => `The bit rate swings between ${rateText(low)} and ${rateText(high)}: your upload is at its limit.`,
      'The bit rate swings: your upload is at its limit.',
    ),
    text: told(
      ['advised'],
      (advised) => `In OBS: Settings, Output, Bitrate: about ${encoderRate(advised)}. A cable is steadier than Wi-Fi.`,
      'In OBS, choose a lower one under Settings, Output, Bitrate. A cable is steadier than Wi-Fi.',
    ),
  },
  'bit-rate-high': {
    title: told(
      ['bitRate'],
      (bitRate) => `The bit rate is ${rateText(bitRate)}, more than many viewers’ connections take.`,
      'The bit rate is more than many viewers’ connections take.',
    ),
    text: told(
      ['advised'],
      (advised) => `In OBS: Settings, Output, Bitrate: ${encoderRate(advised)} or less.`,
      'In OBS, choose a lower one under Settings, Output, Bitrate.',
    ),
  },
  'audio-missing': {
    title: 'No sound is arriving.',
    text: 'Look at the mixer in OBS: is the microphone muted? Under Settings, Audio: is a device chosen?',
  },
  'video-missing': {
    title: 'Sound is arriving, but no picture.',
    text: 'If that is not meant: in OBS, check that the scene has a source and that Settings, Output has a video encoder.',
  },
  'b-frames': {
    title: told(
      ['frames', 'delay'],
      (frames, delay) => `B-frames are on (${frames}), which costs ${Math.round(delay)} ms of delay.`,
      'B-frames are on, which costs delay.',
    ),
    text: 'Fine, unless every moment counts. In OBS: Settings, Output, Max B-frames: 0, or for x264 Tune: zerolatency.',
  },
  'key-refused': {
    title: told(
      ['attempts'],
      (attempts) => (attempts > 1 ? `${KEY_REFUSED}, ${attempts} times.` : `${KEY_REFUSED}.`),
      `${KEY_REFUSED}.`,
    ),
    text: 'If it was you, copy the key again, under Set-up. If not: nothing of it was let in.',
  },
  'clock-drift': {
    title: told(
      ['msPerHour'],
      (msPerHour) => `Sound and picture move apart by ${Math.round(Math.abs(msPerHour))} ms an hour.`,
      'Sound and picture move apart.',
    ),
    text: 'Set 48 kHz in OBS, under Settings, Audio, and in the sound card.',
  },
  'codec-unplayable': {
    title: (values) => {
      const name = [codecName(textOf(values, 'codec')), textOf(values, 'profile')].filter(Boolean).join(' ');
      const lost = textOf(values, 'kind') === 'audio' ? 'hear nothing' : 'see no picture';
      return textOf(values, 'browsers') === 'some'
        ? `Many viewers ${lost}: ${name} does not play in every browser.`
        : `Viewers in the browser ${lost}: this page cannot play ${name} yet.`;
    },
    text: (values) => {
      if (textOf(values, 'profile')) return 'In OBS: Settings, Advanced, Color Format: NV12.';
      return textOf(values, 'kind') === 'audio'
        ? 'In OBS: Settings, Output, Audio Encoder: AAC.'
        : 'In OBS: Settings, Output, Video Encoder: one for H.264.';
    },
  },
  'timestamps-jump': {
    title: told(
      ['jumps', 'seconds'],
      (jumps, seconds) => `The stream’s clock jumped ${times(jumps)} in a minute, by up to ${upTo(seconds)}.`,
      'The stream’s clock jumped.',
    ),
    text: 'Viewers see a short stop. Often it is a capture card or a film in a loop. In OBS, stop and start streaming.',
  },
  gone: {
    title: told(
      ['seconds'],
      (seconds) => `Nothing has arrived for ${Math.round(seconds)} seconds. Viewers keep the last picture.`,
      'Nothing arrives. Viewers keep the last picture.',
    ),
    text: 'OBS tries again by itself. If it does not, check your network and press Start Streaming.',
  },
};
