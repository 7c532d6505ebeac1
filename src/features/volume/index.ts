import type { App, Plugin, Running, SocketPeer } from '../../plugin.ts';
import { createVolumes } from './0012-volumes.ts';
import { defaultVolume, type Volume, Volumes } from './volumes.ts';

/** How loud each user wants it: kept for them, and the same on all of their sockets. */
export const volume: Plugin = {
  name: 'volume',
  migrations: [createVolumes],
  async start({ log, services: { sockets }, store }: App): Promise<Running> {
    const volumes = new Volumes(store);
    const tell = (peer: SocketPeer): void => {
      const { identity } = peer.caller;
      if (!identity) return;
      volumes.of(identity).then(
        // Who has become somebody else meanwhile is told of that one.
        (known) => known && peer.caller.identity?.id === identity.id && peer.say({ type: 'volume', ...known }),
        (error: unknown) => log.error({ err: error }, 'the volume of a user could not be read'),
      );
    };
    /** Who is nobody in particular has only this socket, and what they hear is their own business. */
    const change = async (peer: SocketPeer, values: Partial<Volume>): Promise<Volume> => {
      const { identity } = peer.caller;
      if (!identity) return { ...defaultVolume, ...values };
      const now = await volumes.set(identity, values);
      for (const other of sockets.of(identity.id)) if (other !== peer) other.say({ type: 'volume', ...now });
      return now;
    };
    sockets.topic({
      name: 'volume',
      access: 'anyone',
      unasked: true,
      summary: 'How loud one wants it: once it is known who one is, and when one changes it on another socket.',
      joined: tell,
      became: tell,
    });
    sockets.command({
      type: 'volume',
      access: 'anyone',
      scope: 'read',
      summary: 'Sets the level at which one hears, from 0 to 1. It is kept, and told to one’s other sockets.',
      fields: { level: { type: 'number', minimum: 0, maximum: 1 } },
      required: ['level'],
      handle: ({ level }: { level: number }, peer) => change(peer, { level }),
    });
    sockets.command({
      type: 'mute',
      access: 'anyone',
      scope: 'read',
      summary: 'Says whether one hears anything at all. It is kept, and told to one’s other sockets.',
      fields: { on: { type: 'boolean' } },
      required: ['on'],
      handle: ({ on }: { on: boolean }, peer) => change(peer, { muted: on }),
    });
    return { close: async () => {} };
  },
};
