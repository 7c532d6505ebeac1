import type { FastifyReply } from 'fastify';
import { NotFound } from '../../errors.ts';
import type { PictureType } from '../../media/images/picture.ts';

/** Answers with a picture whose address has the hash of its bytes, so that nobody asks for it twice. Throws `not-found`. */
export function answerWith(
  reply: FastifyReply,
  picture: { type: PictureType; bytes: Uint8Array } | undefined,
  /** `everyone`: those between may keep it for others, too. */
  { keep }: { keep: 'everyone' | 'browser' },
): FastifyReply {
  if (!picture) throw new NotFound('There is no such picture.');
  return reply
    .headers({
      'Cache-Control': `${keep === 'everyone' ? 'public' : 'private'}, max-age=31536000, immutable`,
      // Only what was read as a picture comes this far; opened by itself it may do nothing but be seen.
      'Content-Disposition': 'inline',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
    })
    .type(picture.type)
    .send(Buffer.from(picture.bytes.buffer, picture.bytes.byteOffset, picture.bytes.byteLength));
}
