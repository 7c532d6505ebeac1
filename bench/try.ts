import { makeClip } from './clip.ts';
import { fanout } from './fanout.ts';
import { floor, nginx } from './subject.ts';
import { runInside, isInside } from './network.ts';
if (!isInside()) process.exit(runInside(false));
const clip = makeClip();
for (const [name, start, protocol] of (
  [
    ['floor-100', floor(100), 'http-flv'],
    ['floor-0', floor(0), 'http-flv'],
    ['nginx', nginx, 'rtmp'],
  ] as const
).filter((x) => !process.argv[3] || x[0] === process.argv[3]))
  console.log(
    name,
    JSON.stringify(
      await fanout({ start, protocol, viewers: Number(process.argv[2]), seconds: 6, clip, profile: undefined }),
    ),
  );
