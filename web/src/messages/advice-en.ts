import { codecName } from '../format/codec.ts';
import { encoderRate, plainSeconds, rateText } from '../format/units.ts';
import { numberOf, textOf } from '../format/values.ts';
import type { AdviceWords } from './advice.ts';

function times(value: number): string {
  return value === 1 ? 'once' : `${value} times`;
}

/** What is seen and why it matters, and what to press in OBS. Words for every code of the server’s doctor. */
export const advice: AdviceWords = {
  'gop-long': {
    title: (values) =>
      `Key frames come every ${plainSeconds(numberOf(values, 'seconds'))} seconds, so new viewers wait longer for the picture.`,
    text: 'In OBS: Settings, Output, Keyframe interval: 2 s.',
  },
  'gop-irregular': {
    title: (values) =>
      `Key frames come unevenly, every ${plainSeconds(numberOf(values, 'shortest'))} to ${plainSeconds(numberOf(values, 'longest'))} seconds.`,
    text: 'Some new viewers wait longer for the picture than others. In OBS: Settings, Output, Keyframe interval: 2 s, not 0.',
  },
  'frame-rate-variable': {
    title: (values) =>
      `Frames come unevenly, ${Math.round(numberOf(values, 'low'))} to ${Math.round(numberOf(values, 'high'))} a second.`,
    text: 'The computer may be busy: close something, or choose 30 a second. In OBS: Settings, Video, FPS.',
  },
  'bit-rate-unstable': {
    title: (values) =>
      `The bit rate swings between ${rateText(numberOf(values, 'low'))} and ${rateText(numberOf(values, 'high'))}: your upload is at its limit.`,
    text: (values) =>
      `In OBS: Settings, Output, Bitrate: about ${encoderRate(numberOf(values, 'advised'))}. A cable is steadier than Wi-Fi.`,
  },
  'bit-rate-high': {
    title: (values) =>
      `The bit rate is ${rateText(numberOf(values, 'bitRate'))}, more than many viewers’ connections take.`,
    text: (values) => `In OBS: Settings, Output, Bitrate: ${encoderRate(numberOf(values, 'limit'))} or less.`,
  },
  'audio-missing': { title: 'No sound is arriving.', text: 'Look at the mixer in OBS: is the microphone muted?' },
  'video-missing': {
    title: 'Sound is arriving, but no picture.',
    text: 'If that is not meant, look in OBS: has the scene a source, and Settings, Output a video encoder?',
  },
  'b-frames': {
    title: (values) =>
      `B-frames are on (${numberOf(values, 'frames')}), which costs ${Math.round(numberOf(values, 'delay'))} ms of delay.`,
    text: 'Fine, unless every moment counts. In OBS: Settings, Output, Max B-frames: 0, or Tune: zerolatency.',
  },
  'key-refused': {
    title: (values) =>
      numberOf(values, 'attempts') > 1
        ? `Someone tried to publish with a key that is not valid, ${numberOf(values, 'attempts')} times.`
        : 'Someone tried to publish with a key that is not valid.',
    text: 'If it was you, copy the key again, under Set-up. If not: nothing of it was let in.',
  },
  'clock-drift': {
    title: (values) =>
      `Sound and picture move apart by ${Math.round(Math.abs(numberOf(values, 'msPerHour')))} ms an hour.`,
    text: 'Set 48 kHz in OBS, under Settings, Audio, and in the sound card.',
  },
  'codec-unplayable': {
    title: (values) =>
      textOf(values, 'kind') === 'audio'
        ? `Many viewers hear nothing: ${codecName(textOf(values, 'codec'))} does not play in every browser.`
        : `Many viewers see no picture: ${codecName(textOf(values, 'codec'))} does not play in every browser.`,
    text: (values) =>
      textOf(values, 'kind') === 'audio'
        ? 'In OBS: Settings, Output, Audio Encoder: AAC.'
        : 'In OBS: Settings, Output, Video Encoder: one for H.264.',
  },
  'timestamps-jump': {
    title: (values) =>
      `The stream’s clock jumped ${times(numberOf(values, 'jumps'))} in a minute, by up to ${plainSeconds(numberOf(values, 'seconds'))} seconds.`,
    text: 'Viewers see a short stop. Often it is a capture card or a film in a loop. In OBS, stop and start streaming.',
  },
  gone: {
    title: (values) =>
      `Nothing has arrived for ${Math.round(numberOf(values, 'seconds'))} seconds. Viewers keep the last picture.`,
    text: 'OBS tries again by itself. If it does not, check your network and press Start Streaming.',
  },
};
