import type { Lang } from '../format/units.ts';

interface BanWords {
  until: (time: string) => string;
  forEver: string;
  reason: (reason: string) => string;
}

/** What who is banned is told beside that. Both languages are one small piece, which few ever load. */
export const ban: Readonly<Record<Lang, BanWords>> = {
  en: {
    until: (time) => `Until ${time} you can neither watch nor write.`,
    forEver: 'You can neither watch nor write.',
    reason: (reason) => `Reason: ${reason}`,
  },
  zh: {
    until: (time) => `${time} 之前，你不能观看，也不能发言。`,
    forEver: '你不能观看，也不能发言。',
    reason: (reason) => `原因：${reason}`,
  },
};
