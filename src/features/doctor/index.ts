import { slugOfPath } from '../../live/path.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { Doctor } from './doctor.ts';

/** Finds out what could be better about a stream, and tells its owner. */
export const doctor: Plugin = {
  name: 'doctor',
  async start({ hub, scheduler, services, log }: App): Promise<Running> {
    const isRoom = (path: string): boolean => {
      const slug = slugOfPath(path);
      return slug !== undefined && services.rooms.has(slug);
    };
    const watching = new Doctor({ hub, scheduler, log, isRoom });
    services.doctor = watching;
    return {
      async close() {
        watching.close();
      },
    };
  },
};
