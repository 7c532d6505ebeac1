// Before the first paint: theme, language and kind of page, so that nothing flashes and every box has its size.
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('roomcast') || '{}');
  } catch {
    // Storage is closed or holds something else: the defaults do.
  }
  const theme = asked.get('theme') || kept.theme;
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  const spoken = asked.get('lang') || kept.lang || navigator.language || 'en';
  root.lang = /^zh/i.test(spoken) ? 'zh-Hans' : 'en';
  const owned = Array.isArray(kept.owned) && kept.owned.includes(decodeURIComponent(location.pathname.slice(1)));
  if (owned || location.hash.startsWith('#owner=')) root.dataset.owner = '';
  root.dataset.chat = (asked.get('chat') || (kept.chat === false ? 'off' : 'on')) === 'off' ? 'off' : 'on';
  if (kept.chatWidth >= 280 && kept.chatWidth <= 520) root.style.setProperty('--chat', `${Number(kept.chatWidth)}px`);
  root.dataset.page =
    location.pathname === '/' || location.pathname === '/admin'
      ? 'home'
      : location.pathname.startsWith('/embed/')
        ? 'embed'
        : 'room';
  const { dataset } = document.currentScript;
  const needed = `${dataset[root.lang.slice(0, 2)] || ''} ${dataset[location.pathname === '/admin' ? 'admin' : root.dataset.page] || ''}`;
  for (const href of needed.split(' ').filter(Boolean)) {
    const link = document.createElement('link');
    link.rel = href.endsWith('.css') ? 'preload' : 'modulepreload';
    link.crossOrigin = '';
    if (link.rel === 'preload') link.as = 'style';
    link.href = href;
    document.head.append(link);
  }
})();
