// Draws the charts of the page at the width they have, follows the reading in the table of contents. No request is made.
'use strict';
(() => {
  const drawn = [];
  const set = (object, path, value) => {
    const keys = path.replace(/\[(\d+)\]/g, '.$1').split('.');
    const last = keys.pop();
    keys.reduce((o, k) => (o[k] = o[k] || {}), object)[last] = value;
  };
  const draw = (script) => {
    const element = document.getElementById(script.dataset.plot);
    const behind = document.querySelector(`details[data-for="${script.dataset.plot}"]`);
    if (!window.Plotly) {
      element.outerHTML = '<p class="nochart">图未载入，数据见下表。</p>';
      if (behind) behind.open = true;
      return;
    }
    const go = (width, factor) => {
      const { data, layout } = JSON.parse(script.textContent);
      const meta = layout.meta || {};
      const narrow = width < 430;
      if (meta.title) { delete layout.title; set(layout, 'margin.t', meta.margin_top === undefined ? 10 : meta.margin_top); }
      if (narrow && meta.narrow) Object.entries(meta.narrow).forEach(([path, value]) =>
        path.startsWith('data[') ? set({ data }, path, value) : set(layout, path, value));
      const heights = meta.heights || { normal: layout.height || 320, narrow: layout.height || 320 };
      layout.width = width;
      layout.height = (narrow ? heights.narrow : heights.normal) * (factor || 1);
      layout.autosize = false;
      layout.paper_bgcolor = layout.plot_bgcolor = 'rgba(0,0,0,0)';
      layout.dragmode = false;
      window.Plotly.react(element, data, layout, { displayModeBar: false, responsive: false });
    };
    go(element.clientWidth);
    drawn.push([element, go]);
  };
  document.querySelectorAll('script[data-plot]').forEach(draw);
  let timer;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(() => drawn.forEach(([element, go]) => go(element.clientWidth)), 120);
  });
  // A4: the measure of a column, and of the whole page
  addEventListener('beforeprint', () => drawn.forEach(([element, go]) => element.closest('.wide') ? go(640, 0.86) : go(302, 0.9)));
  addEventListener('afterprint', () => drawn.forEach(([element, go]) => go(element.clientWidth)));
  // on paper every agency's findings are unfolded
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details.agency:not([open])')];
    folded.forEach((fold) => { fold.open = true; });
  });
  addEventListener('afterprint', () => folded.forEach((fold) => { fold.open = false; }));
  // a link into a folded table opens it
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target && target.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', unfold);
  unfold();
  const links = [...document.querySelectorAll('nav.toc a')];
  if ('IntersectionObserver' in window && links.length) {
    const seen = {};
    const observer = new IntersectionObserver((entries) => {
      entries.forEach((entry) => { seen[entry.target.id] = entry.isIntersecting; });
      const on = links.find((link) => seen[decodeURIComponent(link.hash.slice(1))]);
      if (on) links.forEach((link) => {
        link.classList.toggle('on', link === on);
        if (link === on) link.setAttribute('aria-current', 'true'); else link.removeAttribute('aria-current');
      });
    }, { rootMargin: '-8% 0px -62%' });
    document.querySelectorAll('main>section[id]').forEach((section) => observer.observe(section));
  }
})();
