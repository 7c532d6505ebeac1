import { Codec, CodecContext, FFmpegError, Frame, type Packet, type Stream } from 'node-av/lib';
import {
  AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
  AV_PKT_DATA_MASTERING_DISPLAY_METADATA,
  AVERROR_EAGAIN,
  AVERROR_EOF,
} from 'node-av/constants';
import { lightOf, masteringOf } from './hdr10.ts';
import type { JudgedTrack } from './verdict.ts';

/** Decodes one track and notes in `told` what came of it. */
export class TrackDecoder {
  readonly #stream: Stream;
  readonly #told: JudgedTrack;
  readonly #context: CodecContext = new CodecContext();
  readonly #frame: Frame = new Frame();

  constructor(stream: Stream, told: JudgedTrack) {
    this.#stream = stream;
    this.#told = told;
    const codec = Codec.findDecoder(stream.codecpar.codecId);
    this.#context.allocContext3(codec);
    this.#frame.alloc();
    FFmpegError.throwIfError(stream.codecpar.toContext(this.#context), 'toContext');
    FFmpegError.throwIfError(this.#context.open2Sync(codec, null), 'open2');
  }

  decode(packet: Packet): void {
    FFmpegError.throwIfError(this.#context.sendPacketSync(packet), 'decode');
    this.#take();
  }

  /** What the decoder still holds back. */
  finish(): void {
    this.#context.sendPacketSync(null);
    this.#take();
    this.#context.freeContext();
    this.#frame.free();
  }

  #take(): void {
    for (;;) {
      const result = this.#context.receiveFrameSync(this.#frame);
      if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return;
      FFmpegError.throwIfError(result, 'decode');
      if (this.#told.decoded++ === 0 && this.#told.kind === 'video') this.#look();
      this.#frame.unref();
    }
  }

  #look(): void {
    const { colorPrimaries, colorTrc, colorSpace, colorRange } = this.#frame;
    const { codecpar } = this.#stream;
    const mastering = codecpar.getCodedSideData(AV_PKT_DATA_MASTERING_DISPLAY_METADATA);
    const light = codecpar.getCodedSideData(AV_PKT_DATA_CONTENT_LIGHT_LEVEL);
    this.#told.color = {
      primaries: colorPrimaries,
      transfer: colorTrc,
      matrix: colorSpace,
      range: colorRange,
      ...(mastering && { mastering: masteringOf(mastering) }),
      ...(light && { light: lightOf(light) }),
    };
  }
}
