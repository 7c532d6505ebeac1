/** The four characters of a box or sample entry as the number that stands for them (ISO/IEC 14496-12, 4.2). */
export function boxType(name: string): number {
  let number = 0;
  for (let i = 0; i < name.length; i++) number = (number << 8) | name.charCodeAt(i);
  return number >>> 0;
}
