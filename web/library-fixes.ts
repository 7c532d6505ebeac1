import type { Plugin } from 'vite';

interface Fix {
  what: string;
  wrong: string;
  right: string;
}

/** A library of the player that is mended, in the version that `package.json` names. */
interface Library {
  /** Of its package. */
  name: string;
  /** The file that the build takes. */
  file: string;
  /** Stands at the head of its chunk, which is not what its authors made (Apache License 2.0, 4b). */
  notice: string;
  /** What is wrong in it, and what stands there instead. */
  fixes: readonly Fix[];
}

/** The libraries of the player. */
export const libraries: readonly Library[] = [
  {
    name: 'mpegts.js',
    file: 'mpegts.js/dist/mpegts.js',
    notice: `/*! mpegts.js, Copyright (C) 2016 Bilibili, 2021 to 2023 zheng qian (magicxqq) and もにょてっく, Apache-2.0.
 * Changed by roomcast: sizes of AV1, durations of Opus, no words on the console. See /licenses.txt */`,
    fixes: [
      {
        what: 'AV1: it reads the header of a key frame at wrong bits, and then throws or takes a random size. The sequence header tells the size.',
        wrong: '(3==r&&i||6==r&&i)&&(i=e.parseOBUFrameHeader(t.subarray(a,a+d),0,0,i))',
        right:
          '(3==r||6==r)&&i&&(i.codec_size=i.present_size={width:i.sequence_header.max_frame_width,height:i.sequence_header.max_frame_height},i.sar_ratio={width:1,height:1},i.keyframe=!0)',
      },
      {
        what: 'AV1: it writes to the console for every OBU of a key frame.',
        wrong: 'console.log(r),1===r?',
        right: '1===r?',
      },
      { what: 'AV1: the same for every key frame.', wrong: 'console.log(h),c.codecWidth', right: 'c.codecWidth' },
      {
        what: 'Opus: it takes every packet for one of 20 ms (RFC 6716, 3.1 and 3.2: 2.5 to 120 ms), so that others are left out or repeated.',
        wrong: 'e.prototype._parseOpusAudioData=function(e,t,i,a){var n=this._audioTrack,r=new Uint8Array(e,t,i),',
        right:
          'e.prototype._parseOpusAudioData=function(e,t,i,a){var n=this._audioTrack,r=new Uint8Array(e,t,i),$c=r[0]>>3,$n=r[0]&3,$d=($c<12?[10,20,40,60][$c&3]:$c<16?[10,20][$c&1]:[2.5,5,10,20][$c&3])*($n===0?1:$n<3?2:r[1]&63);$d>0&&this._audioMetadata&&(this._audioMetadata.refSampleDuration=$d);var ',
      },
    ],
  },
  {
    name: 'hls.js',
    file: 'hls.js/dist/hls.mjs',
    notice: `/*! hls.js, Copyright (c) 2017 Dailymotion (http://www.dailymotion.com), Apache-2.0.
 * Changed by roomcast: the address of tracks of text. See /licenses.txt */`,
    fixes: [
      {
        what: 'Captions: it gives each track of text an address that holds an empty file, which our policy does not allow.',
        wrong: `el.src = 'data:,WEBVTT';`,
        right: `el.src = URL.createObjectURL(new Blob(['WEBVTT'], { type: 'text/vtt' }));`,
      },
    ],
  },
];

/** Mends the libraries of the player while the page is built. Fails when one is another than the fixes are for. */
export function libraryFixes(): Plugin {
  const libraryOf = (id: string): Library | undefined => libraries.find(({ file }) => id.endsWith(file));
  const mended = new Set<Library>();
  return {
    name: 'library-fixes',
    apply: 'build',
    config: () => ({
      build: {
        rolldownOptions: {
          output: {
            postBanner: ({ moduleIds }) => moduleIds.map((id) => libraryOf(id)?.notice ?? '').join(''),
          },
        },
      },
    }),
    buildStart() {
      mended.clear();
    },
    transform(code, id) {
      const library = libraryOf(id);
      if (!library) return null;
      const fixed = library.fixes.reduce((text, { what, wrong, right }) => {
        if (text.split(wrong).length !== 2) this.error(`A fix no longer fits ${library.name}. ${what}`);
        return text.replace(wrong, () => right);
      }, code);
      mended.add(library);
      return { code: fixed, map: null };
    },
    buildEnd(error) {
      for (const library of error ? [] : libraries)
        if (!mended.has(library)) this.error(`The fixes were not made: the build has found no ${library.file}.`);
    },
  };
}
