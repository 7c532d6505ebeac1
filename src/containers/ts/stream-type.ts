/** stream_type (ISO/IEC 13818-1, table 2-34; ATSC A/53 for those of AC-3). */
export const streamType = {
  mpeg1Audio: 0x03,
  mpeg2Audio: 0x04,
  private: 0x06,
  adts: 0x0f,
  latm: 0x11,
  metadata: 0x15,
  h264: 0x1b,
  h265: 0x24,
  ac3: 0x81,
  eac3: 0x87,
} as const;
