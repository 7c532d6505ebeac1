/** Seconds as people write them: `0:01:23`. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** A bit rate as people write it: `1.25 Mbit/s`, `640 kbit/s`. */
export function bitRateInWords(rate: number): string {
  return rate >= 1_000_000 ? `${(rate / 1_000_000).toFixed(2)} Mbit/s` : `${Math.round(rate / 1000)} kbit/s`;
}
