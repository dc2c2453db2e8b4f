/* global document, Element, getComputedStyle, NodeFilter, PerformanceObserver, window */
/** Runs inside every page before its own scripts: counts what moves, and tells what is wrong with what can be seen. */
(() => {
  const moved = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) moved.push({ value, what: sources.map(({ node }) => nameOf(node)).join(', ') });
  }).observe({ type: 'layout-shift', buffered: true });

  function nameOf(node) {
    const element = node instanceof Element ? node : node?.parentElement;
    if (element == null) return 'something that is gone';
    const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40);
    const classes = [...element.classList].filter((name) => !name.startsWith('m_')).slice(0, 2);
    return `<${[element.localName, ...classes].join('.')}> “${text}”`;
  }

  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  /** What scrolls sideways by itself, is dragged about, or shortens its text with dots may hold what is wider than the window. */
  function isContained(element) {
    if (element.closest('.react-flow') !== null) return true;
    for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) {
      const { overflowX, textOverflow } = getComputedStyle(at);
      if (overflowX === 'auto' || overflowX === 'scroll' || textOverflow === 'ellipsis') return true;
    }
    return false;
  }

  /** What is parked beyond the left edge until it is needed, as a closed menu is, is no fault. */
  function cutOff() {
    const width = document.documentElement.clientWidth;
    const wide = [...document.body.querySelectorAll('*')].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      const sticksOut = right > width + 1 || (left < -1 && right > 1);
      return own > 1 && sticksOut && isShown(element) && !isContained(element);
    });
    // A cell shortens its text, not what is pressed.
    const pressed = [...document.querySelectorAll('[role="gridcell"] :is(button, input)')].filter((control) => {
      const edge = control.closest('[role="gridcell"]').getBoundingClientRect().right;
      return control.getBoundingClientRect().right > edge + 1 && isShown(control);
    });
    return [...wide, ...pressed].map(nameOf);
  }

  /** Lists leave columns out until they fit. Another table may be scrolled, but then by keyboard, too. */
  function sideways() {
    const tables = [...document.querySelectorAll('[role="grid"], table')].filter(isShown);
    const wide = tables.filter((table) => {
      for (let at = table; at !== null && at !== document.body; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if (overflowX === 'auto' || overflowX === 'scroll') return at.scrollWidth > at.clientWidth && at.tabIndex !== 0;
      }
      return false;
    });
    return wide.map(nameOf);
  }

  const WRONG = /undefined|\bNaN\b|\[object \w+\]|Invalid Date|\$\{|^[a-z]+(_[a-z]+)+$/;
  /** Where identifiers are shown as they are. */
  const RAW = 'code, pre, kbd, samp, input, textarea, [class*="mono"], [style*="mono"], .cm-editor';

  function untranslated() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const said = (node.nodeValue ?? '').trim();
      const parent = node.parentElement;
      if (said === '' || !WRONG.test(said) || parent.closest(RAW) !== null || !isShown(parent)) continue;
      found.push(`“${said.slice(0, 60)}” in ${nameOf(parent)}`);
    }
    return found;
  }

  function headings() {
    return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
      .filter((element) => isShown(element) && element.closest('[role="dialog"]') === null)
      .map(({ localName }) => Number(localName.slice(1)));
  }

  /** Until all that moves has come to rest, save what turns for ever. */
  window.hubCalm = async () => {
    const moving = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished.catch(() => undefined));
    await Promise.all(moving);
  };

  window.hubLook = () => ({
    scheme: document.documentElement.dataset.mantineColorScheme,
    shift: moved.reduce((sum, { value }) => sum + value, 0),
    moved: moved.map(({ value, what }) => `${value.toFixed(3)}: ${what}`),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cutOff: cutOff().slice(0, 5),
    sideways: sideways(),
    untranslated: untranslated(),
    headings: headings(),
  });
})();
