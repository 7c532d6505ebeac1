/** Names of programs as they are in what they call themselves; those that pretend to be others come later. */
const programs: readonly (readonly [RegExp, string])[] = [
  [/\bOBS[ -]?(?:Studio)?\/(?:\D*?)(\d+(?:\.\d+)?)/i, 'OBS'],
  [/\bobs-output module.*?(\d+(?:\.\d+)?)/i, 'OBS'],
  [/\bVLC\/(\d+(?:\.\d+)?)/, 'VLC'],
  [/\b(?:lib)?mpv(?:[/ ]v?(\d+(?:\.\d+)?))?/, 'mpv'],
  [/\bLavf\d*\b/, 'FFmpeg'],
  [/\bMicroMessenger\/(\d+)/, 'WeChat'],
  [/\bEdgi?A?(?:OS)?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bSamsungBrowser\/(\d+)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)\S* (?:Mobile\/\S+ )?Safari/, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/Windows NT/, 'Windows'],
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** What a peer calls itself, as people would: `Chrome 140, Windows`. What is not known stays as it is. */
export function agentName(agent: string): string {
  for (const [pattern, name] of programs) {
    const found = pattern.exec(agent);
    if (!found) continue;
    const system = systems.find(([mark]) => mark.test(agent))?.[1];
    return [found[1] ? `${name} ${found[1]}` : name, system].filter(Boolean).join(', ');
  }
  return agent;
}
