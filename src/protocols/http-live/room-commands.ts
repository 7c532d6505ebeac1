import { RoomcastError } from '../../errors.ts';
import { binaryFrames } from '../../io/websocket.ts';
import type { App, SocketPeer } from '../../plugin.ts';
import { type Format, formats } from './formats.ts';
import { RoomMedia } from './room-media.ts';

/** Those that a page plays. */
const playable: ReadonlyMap<string, Format> = new Map(
  formats.filter(({ socket }) => socket !== undefined).map((format) => [format.feed, format]),
);

/** What is said on a room's socket about the media that comes over it. Returns what stops it. */
export function addMediaCommands(app: App): () => void {
  const { hub, services } = app;
  const { sockets, rooms } = services;
  const frames = binaryFrames();
  const playing = new Map<SocketPeer, RoomMedia>();
  const tracksOf = ({ slug }: SocketPeer): object => ({ tracks: rooms.stream(slug)?.tracks ?? [] });
  const mediaOf = (peer: SocketPeer): RoomMedia => {
    const media = playing.get(peer);
    if (!media) throw new RoomcastError('bad-request', 'There is no media on this socket; ask for it first.');
    return media;
  };
  const enter = async (peer: SocketPeer): Promise<RoomMedia> => {
    const media = new RoomMedia({
      app,
      peer,
      frames,
      left: () => {
        if (playing.get(peer) === media) playing.delete(peer);
      },
    });
    try {
      if (await media.enter()) playing.set(peer, media);
    } catch (error) {
      media.leave('error');
      throw error;
    }
    return media;
  };

  sockets.command({
    type: 'media',
    access: 'anyone',
    scope: 'read',
    summary:
      'Has the stream sent on this socket, as binary messages: the bytes of a container from its header on, which begins anew with each broadcast. `null` is no more media.',
    fields: { format: { enum: [...playable.keys(), null] } },
    required: ['format'],
    async handle({ format }: { format: string | null }, peer) {
      if (format === null) {
        playing.get(peer)?.leave('ended');
        return { format };
      }
      const media = playing.get(peer) ?? (await enter(peer));
      await media.enter();
      peer.afterwards(() => media.play(playable.get(format)));
      return { format, ...tracksOf(peer) };
    },
  });
  sockets.command({
    type: 'pause',
    access: 'anyone',
    scope: 'read',
    summary: 'Stops the bytes; nothing is kept meanwhile, and who has paused is no viewer.',
    handle(_message, peer) {
      mediaOf(peer).pause();
      return {};
    },
  });
  sockets.command({
    type: 'play',
    access: 'anyone',
    scope: 'read',
    summary:
      'Starts the bytes again where the stream is now, with the container’s header. After a pause it is asked for anew, and may be refused as `media` is.',
    async handle(_message, peer) {
      const media = mediaOf(peer);
      await media.enter();
      peer.afterwards(() => media.play());
      return tracksOf(peer);
    },
  });
  sockets.command({
    type: 'quality',
    access: 'anyone',
    scope: 'read',
    summary:
      'Chooses a track of several, by its number in `stream`; `null` is what is played without a choice. The bytes begin anew with the container’s header.',
    fields: { track: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] } },
    required: ['track'],
    handle({ track }: { track: number | null }, peer) {
      const media = mediaOf(peer);
      if (track !== null) media.check(track);
      peer.afterwards(() => media.choose(track));
      return { track };
    },
  });
  sockets.command({
    type: 'seek',
    access: 'anyone',
    scope: 'read',
    summary: 'Goes to a place in the past, in seconds of the broadcast, where there is one to go to.',
    fields: { to: { type: 'number' } },
    handle(): never {
      throw new RoomcastError('not-seekable');
    },
  });
  sockets.command({
    type: 'stats',
    access: 'anyone',
    scope: 'read',
    summary:
      'Tells the bytes that were sent, how many times the socket was too slow (`skips`), the bytes that wait for it (`queue`), the place in the broadcast in seconds, and the way there and back in ms, once measured.',
    handle: (_message, peer) => mediaOf(peer).stats,
  });
  return hub.events.on('stream', ({ path }) => {
    for (const media of playing.values()) if (media.path === path) media.tracksChanged();
  });
}
