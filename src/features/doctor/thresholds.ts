import type { Finding, FindingCode } from '../../client/messages.ts';

/** One number that a finding hangs on. */
export interface Limit {
  readonly value: number;
  /** `s`, `bit/s`; empty for a ratio, a share or a count. */
  readonly unit: string;
  /** For the reference: what is compared with it, which stands in place of `#`. */
  readonly about: string;
}

/** What a finding is, from where on it is one, and what helps. The code reads the numbers, the reference is written from all. */
export interface Threshold {
  readonly severity: Finding['severity'];
  readonly meaning: string;
  readonly limits: Readonly<Record<string, Limit>>;
  /** The finding's values and their units, in words. */
  readonly values: string;
  readonly advice: string;
}

/**
 * The one table of the doctor, in the order in which findings are told. A finding goes at another limit than the one at
 * which it comes, so that a stream on the border does not make it flicker.
 */
export const thresholds = {
  'gop-long': {
    severity: 'warn',
    meaning: 'Key frames are far apart, so that new viewers wait longer, and a slow viewer loses more at once.',
    limits: {
      comes: { value: 3.1, unit: 's', about: 'comes when two key frames are more than # apart' },
      waited: { value: 5, unit: 's', about: 'or none came for #' },
      goes: {
        value: 3,
        unit: 's',
        about: 'goes when those of the last 8 s, and the last two at least, are # apart or less',
      },
    },
    values: '`seconds`: between the two key frames farthest apart of late',
    advice:
      'Set a key frame interval of 2 s. OBS: Settings, Output, Keyframe Interval. ffmpeg: `-g` twice the frame rate.',
  },
  'gop-irregular': {
    severity: 'info',
    meaning:
      'Key frames come now early, now late. Extra ones at a cut are common, and no finding while the longest wait is short.',
    limits: {
      longest: { value: 2.6, unit: 's', about: 'comes when two key frames are more than # apart' },
      ratio: { value: 2, unit: '', about: 'and others at least # times closer' },
      share: { value: 0.33, unit: '', about: 'which are # of the last four, or of those of the last 10 s, or more' },
    },
    values: '`shortest`, `longest`: s between two key frames of late',
    advice: 'Set a fixed key frame interval of 2 s, and turn “auto” off. ffmpeg: `-g` with `-sc_threshold 0`.',
  },
  'frame-rate-variable': {
    severity: 'warn',
    meaning: 'Pictures come unevenly: in some seconds far fewer than in others.',
    limits: {
      comes: {
        value: 0.8,
        unit: '',
        about: 'comes when, within 8 s, the rate goes below # of the best and back again, by turns',
      },
      goes: { value: 0.85, unit: '', about: 'goes when it stays above # of the best' },
      least: { value: 3, unit: 'pictures a second', about: 'never comes for a difference of less than #' },
    },
    values: '`low`, `high`: pictures a second',
    advice: 'The computer may be busy: close something, choose a faster preset or 30 pictures a second.',
  },
  'bit-rate-unstable': {
    severity: 'warn',
    meaning:
      'The bit rate swings up and down by turns, or stays behind, most often because the line up is at its limit.',
    limits: {
      late: { value: 2.5, unit: '', about: 'comes when it swings by a ratio of # and frames are late by turns' },
      lateness: { value: 1, unit: 's', about: 'they are late when their delay swings by more than #' },
      steady: { value: 4, unit: '', about: 'comes also when it swings by a ratio of # and they are on time' },
      behind: { value: 2, unit: 's', about: 'comes also when frames come later and later, by # and more' },
      goes: { value: 0.75, unit: '', about: 'goes when it does neither by # of that' },
      least: { value: 1_000_000, unit: 'bit/s', about: 'never comes for swings of less than #' },
    },
    values:
      '`low`, `high`: bit/s, means of two seconds within 12 s, regular key frames spread over all of it, or what comes and what would have to; `advised`: bit/s that the line is likely to carry',
    advice: 'Choose the advised bit rate and CBR as rate control, or use a cable instead of Wi-Fi.',
  },
  'bit-rate-high': {
    severity: 'info',
    meaning: 'Every viewer needs a line that carries this much; many phones have none.',
    limits: {
      comes: { value: 8_000_000, unit: 'bit/s', about: 'comes when the mean of 12 s is above #' },
      goes: { value: 7_200_000, unit: 'bit/s', about: 'goes when it is below #' },
      advised: { value: 6_000_000, unit: 'bit/s', about: 'advises # for the picture, to which sound comes' },
    },
    values: '`bitRate`, `limit`: bit/s; `advised`: bit/s of the picture with which it goes',
    advice: 'Choose the advised bit rate or less: for 1080p 4500 to 6000 kbit/s, for 720p 2500 to 4000.',
  },
  'audio-missing': {
    severity: 'warn',
    meaning: 'Pictures come, but no sound. Silence is sound, too.',
    limits: { comes: { value: 5, unit: 's', about: 'comes when there was no sound for #' } },
    values: 'none',
    advice: 'Look at the mixer and the audio devices of the encoder.',
  },
  'video-missing': {
    severity: 'info',
    meaning: 'Sound comes, but no picture; it may be meant so.',
    limits: { comes: { value: 8, unit: 's', about: 'comes when there was no picture for #' } },
    values: 'none',
    advice: 'If a picture is meant to be there, look at the scene and the camera.',
  },
  'b-frames': {
    severity: 'info',
    meaning: 'Pictures are sent in another order than they are shown in, which costs delay.',
    limits: { goes: { value: 8, unit: 's', about: 'comes with the first ones, and goes when none was seen for #' } },
    values:
      '`frames`: most pictures in a row that are shown before one that was sent earlier; `delay`: ms that it costs',
    advice: 'For less delay, turn them off. OBS: `bf=0` under x264 Options, or Tune zerolatency. ffmpeg: `-bf 0`.',
  },
  'key-refused': {
    severity: 'warn',
    meaning:
      'Somebody tried to publish with a wrong key. An attempt that names no room is told to every room without a publisher.',
    limits: {
      lately: { value: 600, unit: 's', about: 'comes at once, and counts the attempts of the last #' },
      goes: {
        value: 300,
        unit: 's',
        about: 'goes when somebody publishes with the right key, or # after the last attempt',
      },
    },
    values: '`attempts`; `seconds`: since the last one',
    advice: 'If it was you, copy the key again from the room’s page. If it was not, nothing happened.',
  },
  'clock-drift': {
    severity: 'warn',
    meaning: 'Sound and picture are made by two clocks that do not agree, and move apart.',
    limits: {
      comes: { value: 60, unit: 'ms an hour', about: 'comes when they move apart by more than #' },
      apart: { value: 30, unit: 'ms', about: 'have done so by # or more' },
      least: { value: 180, unit: 's', about: 'and steadily, for # or longer' },
      goes: { value: 40, unit: 'ms an hour', about: 'goes when, in the last half hour, it is less than #' },
    },
    values: '`msPerHour`: ms an hour, positive where the sound comes later and later',
    advice: 'Set the same sample rate, 48 kHz, in the encoder and in the sound card.',
  },
  'codec-unplayable': {
    severity: 'warn',
    meaning:
      'The page of the room cannot play the codec in common browsers, or this profile of H.264: more than 8 bits, 4:2:2 or 4:4:4. Other players may.',
    limits: {},
    values:
      '`codec`: its short name; `kind`: `video` or `audio`; `browsers`: `some` where the page plays it in some browsers, else `none`; `profile`: where it is the profile and not the codec',
    advice: 'Choose H.264, with 8 bits and 4:2:0 (OBS: Settings, Advanced, Color Format: NV12), and AAC.',
  },
  'timestamps-jump': {
    severity: 'warn',
    meaning:
      'The encoder’s clock jumped. Viewers see a pause or a cut, although the server keeps their own clock steady.',
    limits: {
      back: { value: 0.05, unit: 's', about: 'comes with a step back of more than #' },
      ahead: { value: 1, unit: 's', about: 'or with one that is more than # ahead of real time' },
      lately: { value: 60, unit: 's', about: 'goes when there was none for #' },
    },
    values: '`jumps`: in the last minute; `seconds`: the largest',
    advice: 'Stop and start the encoder. Where files are played, join them with continuous time stamps.',
  },
} as const;

/** All codes, in the order in which findings of one severity are told. */
export const findingCodes: readonly FindingCode[] = Object.keys(thresholds) as FindingCode[];

// The table has a row for each code, and nothing else.
thresholds satisfies Record<FindingCode, Threshold>;
