import type { MultivariantPlaylist, Rendition, Variant } from './playlist.ts';
import type { Rule } from './rule.ts';

const PICTURE = /^(?:avc[13]|hvc1|hev1|av01|vp08|vp09)(?:\.|$)/;
/** RFC 6381: a sample entry, and where it has them its parameters. */
const CODEC =
  /^(?:avc[13]\.[0-9a-fA-F]{6}|(?:hvc1|hev1|av01|vp08|vp09)\.[\w.]+|mp4a\.(?:40\.\d+|6[9bB]|34)|Opus|opus|fLaC|flac|ac-3|ec-3|wvtt|stpp\S*)$/;

/** What must be true of a multivariant playlist by itself. */
export const multivariantRules: readonly Rule<MultivariantPlaylist>[] = [
  {
    id: 'C-HLS-01/known-variants',
    sentence: 'A multivariant playlist has no tags that the specification does not have.',
    broken: ({ unknown }) => unknown,
  },
  {
    id: 'C-HLS-02/variants',
    sentence: 'EXT-X-VERSION of a multivariant playlist is as high as its tags need.',
    *broken({ version, needs }) {
      if (version < needs) yield `${version} in place of ${needs}`;
    },
  },
  {
    id: 'C-HLS-15/named',
    sentence: 'Every variant names its codecs as RFC 6381 spells them.',
    *broken({ variants }) {
      for (const { uri, codecs } of variants) {
        if (codecs.length === 0) yield `${uri} names none`;
        for (const codec of codecs) if (!CODEC.test(codec)) yield `${uri} has ${codec}`;
      }
    },
  },
  {
    id: 'C-HLS-15/resolution',
    sentence: 'A variant has a resolution if and only if it has a picture.',
    *broken({ variants }) {
      for (const variant of variants) {
        const picture = variant.codecs.some((codec) => PICTURE.test(codec));
        if (variant.codecs.length > 0 && picture !== (variant.width !== undefined)) yield variant.uri;
      }
    },
  },
  {
    id: 'C-HLS-15/bandwidth',
    sentence: 'BANDWIDTH is above zero and not below AVERAGE-BANDWIDTH.',
    *broken({ variants }) {
      for (const { uri, bandwidth, averageBandwidth = 0 } of variants)
        if (bandwidth === 0 || averageBandwidth > bandwidth) yield `${uri} has ${bandwidth}`;
    },
  },
  {
    id: 'C-HLS-15/groups',
    sentence: 'Every group that a variant names is there (4.4.6.2).',
    *broken({ variants, renditions }) {
      for (const variant of variants) {
        for (const [type, group] of groupsOf(variant))
          if (!renditions.some((rendition) => rendition.type === type && rendition.group === group))
            yield `${variant.uri} wants ${type} ${group}`;
      }
    },
  },
  {
    id: 'C-HLS-15/members',
    sentence: 'The members of a group have names of their own, and one at most is the default (4.4.6.1.1).',
    *broken({ renditions }) {
      for (const [group, members] of Map.groupBy(renditions, keyOf)) {
        if (new Set(members.map(({ name }) => name)).size < members.length) yield `${group} has a name twice`;
        if (members.filter(({ preset }) => preset).length > 1) yield `${group} has several defaults`;
      }
    },
  },
];

function keyOf({ type, group }: Rendition): string {
  return `${type} ${group}`;
}

function groupsOf({ audio, video, subtitles, closedCaptions }: Variant): [Rendition['type'], string][] {
  const groups: [Rendition['type'], string | undefined][] = [
    ['AUDIO', audio],
    ['VIDEO', video],
    ['SUBTITLES', subtitles],
    ['CLOSED-CAPTIONS', closedCaptions === 'NONE' ? undefined : closedCaptions],
  ];
  return groups.filter((pair): pair is [Rendition['type'], string] => pair[1] !== undefined);
}
