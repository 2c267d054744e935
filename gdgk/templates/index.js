// Index of a batch: the grid is there without this. Adds filters, search, sort, keyboard, the pane of one cell, the hash.
'use strict';
(() => {
  const table = document.getElementById('matrix-table');
  if (!table) return;
  const find = (id) => document.getElementById(id);
  const [search, sort, count, empty, pane] = ['search', 'sort', 'count', 'empty'].map((name) => find(`grid-${name}`)).concat(find('cell-detail'));
  const [paneTitle, paneText, paneLinks] = pane.children;
  const chips = [...document.querySelectorAll('.chip[data-state]')];
  const years = [...table.tHead.querySelectorAll('.y')].map((head) => head.textContent);
  const body = table.tBodies[0];
  // the row's place in the agencies' list, its name, its links and cells from left to right
  const rows = [...body.rows].map((row, order) => {
    const name = row.querySelector('.a').textContent;
    const cells = [...row.querySelectorAll('.c')];
    const states = new Set(cells.map((cell) => stateOf(cell)));
    const { q, e, w, last, lack, slow, s } = row.dataset;
    const seconds = (s || '').split(',');
    return { row, order, name, cells, states, seconds, text: `${name} ${q}`.toLowerCase(), weight: { err: e * 1000 + +w, last: +last, lack: +lack, slow: +slow } };
  });
  const byCell = new Map(rows.flatMap((item) => item.cells.map((cell, column) => [cell, { item, column }])));
  const chosen = new Set();
  const narrow = matchMedia('(max-width:760px), (hover:none)');
  let view = rows;
  let current = null;

  function stateOf(cell) {
    const style = cell.className.match(/s-(\w+)/)[1];
    return style === 'warn' ? 'bad' : style;
  }

  // ── the pane ──
  const words = {
    ok: '能核对的等式全部相符。',
    bad: '数据有不符，页面照常生成；误须更正，疑请人工看。',
    gap: '没有发现不符，但有整表未填报，或多数等式缺数字；不能说相符，也不能说错。',
    fail: '这一次没有生成页面：',
    miss: '工作簿没有收入这份报告，不等于机关没有公布。不计入合计与比率。',
    same: '原件、更正、规则均与上次相同，本次跳过，结果沿用上次。',
    lost: '运行记录读不出（损坏，或由别的版本写成），处数不详；页面若还在，是以前生成的。再运行一次 gdgk run 就会重做。',
    todo: '报告已入库，还没有运行。',
    none: '机关目录写明当年没有这个机关。',
  };

  // as duration() in grid.py says it
  function duration(seconds) {
    if (seconds < 10) return `${seconds} 秒`;
    if (seconds < 59.95) return `${seconds.toFixed(1)} 秒`;
    const minutes = Math.floor(Math.round(seconds) / 60);
    return minutes < 60 ? `${minutes} 分 ${Math.round(seconds) % 60} 秒` : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分`;
  }

  function show(cell) {
    const { item, column } = byCell.get(cell);
    const small = cell.querySelector('small');
    const message = cell.parentElement.dataset.message;
    const state = stateOf(cell);
    paneTitle.textContent = `${item.name} ${years[column]} 年 · ${cell.querySelector('b').textContent}${small ? `　${small.textContent}` : ''}`;
    const silent = state === 'bad' && small && small.textContent.includes('缺') ? '有整表未填报，或多数等式缺数字：其余也不能说相符。' : '';
    const time = item.seconds[column];
    const told = state === 'fail' ? (message || '原因不详').replace(/[。.]?$/, '。') : message || '';
    paneText.textContent = words[state] + silent + told + (time ? `用时 ${duration(+time)}。` : '');
    const pages = [...cell.parentElement.querySelectorAll('a')].map((link) => {
      const made = document.createElement('a');
      made.href = link.getAttribute('href');
      const broken = link.hash && link.getAttribute('href')[0] === '#';
      made.textContent = broken ? '失败原因' : `打开${link.dataset.word || (link === cell ? table.dataset.word : link.textContent)}`;
      return made;
    });
    paneLinks.replaceChildren(...pages);
    pane.hidden = false;
  }

  // one stop of the Tab key in the whole grid; the arrows do the rest
  function select(cell, focus) {
    if (current) current.tabIndex = -1;
    current = cell;
    if (!cell) { pane.hidden = true; return; }
    cell.tabIndex = 0;
    cell.closest('tr').classList.remove('later'); // what is not laid out cannot have the focus
    show(cell);
    if (focus) { pane.classList.add('pin'); cell.focus(); }
  }

  // ── filter, search, sort ──
  function apply() {
    const { top, height } = body.getBoundingClientRect();
    const each = height / view.length || 47; // the height of a row
    const wanted = search.value.trim().toLowerCase();
    view = rows.filter((item) => item.text.includes(wanted) && (!chosen.size || [...chosen].some((state) => item.states.has(state))));
    const by = { form: () => 0, name: (a, b) => a.name.localeCompare(b.name, 'zh-CN') }[sort.value]
      || ((a, b) => b.weight[sort.value] - a.weight[sort.value]);
    view.sort((a, b) => by(a, b) || a.order - b.order);
    const shown = new Set(view);
    rows.forEach((item) => { item.row.hidden = !shown.has(item); });
    // rows are moved only when their order changes: moving thousands of cells is the slow part
    const now = [...body.rows].filter((row) => !row.hidden);
    if (view.some((item, place) => item.row !== now[place])) {
      body.replaceChildren(...[...view, ...rows.filter((item) => !shown.has(item))].map((item) => item.row));
    }
    table.classList.toggle('filtered', chosen.size > 0);
    chips.forEach((chip) => {
      const on = chosen.has(chip.dataset.state);
      chip.setAttribute('aria-pressed', on);
      table.classList.toggle(`f-${chip.dataset.state}`, on);
    });
    empty.hidden = view.length > 0;
    table.hidden = !view.length;
    const matching = chosen.size ? view.reduce((sum, item) => sum + item.cells.filter((cell) => chosen.has(stateOf(cell))).length, 0) : 0;
    count.textContent = `${view.length} 个机关，${view.length * years.length} 格${chosen.size ? `，其中合条件的 ${matching} 格` : ''}`;
    settle(top, each);
    if (!current || current.closest('tr').hidden) select(view.length ? startCell() : null);
    else select(current);
    remember();
  }

  // Only the rows in sight are laid out at once, which keeps thousands of cells quick; but what is not laid out, screen
  // readers are not told of: so the rest follows, some rows in each idle moment, until every row is there again (set).
  // Chromium would lay out one and a half windows beyond sight, too: those rows wait until after the frame (later).
  // top: where the rows begin in the window; each: the height of one.
  const idle = window.requestIdleCallback || ((work) => setTimeout(work, 30));
  let turn = 0;
  function settle(top, each) {
    const tall = Math.ceil(innerHeight / each);
    const first = Math.max(0, Math.min(Math.floor(-top / each), view.length - tall));
    const last = Math.max(0, Math.ceil((innerHeight - top) / each));
    const beside = [...view.slice(last, last + 2 * tall), ...view.slice(Math.max(0, first - 2 * tall), first).reverse()];
    rows.forEach(({ row }) => row.classList.remove('set', 'later'));
    view.slice(first, last).forEach(({ row }) => row.classList.add('set'));
    beside.forEach(({ row }) => row.classList.add('later'));
    turn += 1;
    const [mine, waiting] = [turn, [...new Set([...beside, ...view])]];
    const some = () => {
      if (mine !== turn) return;
      waiting.splice(0, 5).forEach(({ row }) => { row.classList.add('set'); row.classList.remove('later'); });
      if (waiting.length) idle(some, { timeout: 100 });
    };
    idle(some);
  }

  // where Tab enters: the first cell that is wanted, else the latest year of the first agency
  function startCell() {
    const { cells } = view[0];
    return (chosen.size && cells.find((cell) => chosen.has(stateOf(cell)))) || cells[cells.length - 1];
  }

  function toggle(state) {
    if (!chosen.delete(state)) chosen.add(state);
    apply();
  }

  function clear() {
    chosen.clear();
    search.value = '';
    apply();
  }

  // ── the hash ──
  function remember() {
    const parts = [];
    if (chosen.size) parts.push(`state=${[...chosen].join(',')}`);
    if (search.value.trim()) parts.push(`q=${encodeURIComponent(search.value.trim())}`);
    if (sort.value !== 'form') parts.push(`sort=${sort.value}`);
    const wanted = parts.length ? `#${parts.join('&')}` : '';
    if (wanted !== location.hash) history.replaceState(null, '', wanted || location.pathname + location.search);
  }

  function recall() {
    const aim = /^#f\d+$/.test(location.hash) && find(location.hash.slice(1));
    if (aim && aim.closest('details')) { aim.closest('details').open = true; aim.scrollIntoView(); }
    const given = new URLSearchParams(location.hash.slice(1).replace(/\+/g, '%2B'));
    if (location.hash.length > 1 && !['state', 'q', 'sort'].some((name) => given.has(name))) return;
    chosen.clear();
    (given.get('state') || '').split(',').forEach((state) => chips.some((chip) => chip.dataset.state === state) && chosen.add(state));
    search.value = given.get('q') || '';
    sort.value = [...sort.options].some((option) => option.value === given.get('sort')) ? given.get('sort') : 'form';
    apply();
  }

  // ── keyboard ──
  const moves = {
    ArrowLeft: (place) => [place.row, place.column - 1],
    ArrowRight: (place) => [place.row, place.column + 1],
    ArrowUp: (place) => [place.row - 1, place.column],
    ArrowDown: (place) => [place.row + 1, place.column],
    PageUp: (place) => [place.row - 10, place.column],
    PageDown: (place) => [place.row + 10, place.column],
    Home: (place, all) => [all ? 0 : place.row, 0],
    End: (place, all) => [all ? view.length - 1 : place.row, years.length - 1],
  };

  function move(key, all) {
    const { item, column } = byCell.get(current);
    const [row, to] = moves[key]({ row: view.indexOf(item), column }, all);
    const within = (value, top) => Math.max(0, Math.min(top, value));
    select(view[within(row, view.length - 1)].cells[within(to, years.length - 1)], true);
  }

  function nextProblem(step) {
    const cells = view.flatMap((item) => item.cells);
    const from = cells.indexOf(current);
    for (let n = 1; n <= cells.length; n += 1) {
      const cell = cells[(from + step * n + cells.length * 2) % cells.length];
      if (['bad', 'fail', 'gap', 'lost'].includes(stateOf(cell)) || /[误疑]/.test(cell.textContent)) { select(cell, true); return; }
    }
  }

  body.addEventListener('keydown', (event) => {
    if (!event.target.classList.contains('c') || event.altKey || event.metaKey) return;
    if (moves[event.key]) { event.preventDefault(); move(event.key, event.ctrlKey); }
  });
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey || event.target.closest('input,select,textarea')) return;
    if (event.key === '/') { event.preventDefault(); search.focus(); }
    else if (event.key === '0') clear();
    else if (event.key === 'n' && view.length) nextProblem(1);
    else if (event.key === 'p' && view.length) nextProblem(-1);
    else if (chips[event.key - 1]) toggle(chips[event.key - 1].dataset.state);
    else return;
    if (current && document.activeElement === document.body) select(current, true);
  });
  search.addEventListener('input', apply);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { search.value = ''; apply(); }
    if (event.key === 'ArrowDown' && current) { event.preventDefault(); select(startCell(), true); }
  });
  sort.addEventListener('change', apply);
  chips.forEach((chip) => chip.addEventListener('click', () => toggle(chip.dataset.state)));
  find('grid-clear').addEventListener('click', () => { clear(); if (current) select(current, true); });

  // ── pointer ──
  const cellOf = (event) => event.target.closest('.c');
  body.addEventListener('focusin', (event) => { if (cellOf(event)) { select(cellOf(event)); if (event.target.matches(':focus-visible')) pane.classList.add('pin'); } });
  // where words are hidden or nothing hovers, the first tap tells what the cell means, the second opens it
  let tapped = null;
  body.addEventListener('pointerdown', (event) => { tapped = pane.classList.contains('pin') ? current : null; });
  body.addEventListener('click', (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey) && event.detail > 0;
    if (narrow.matches && plain && cell !== tapped) {
      event.preventDefault();
      pane.classList.add('pin');
    }
    select(cell, cell.tagName !== 'A' || event.defaultPrevented);
  });
  body.addEventListener('mouseover', (event) => { if (!narrow.matches && cellOf(event)) { pane.classList.add('pin'); show(cellOf(event)); } });
  body.addEventListener('mouseleave', () => { if (current) show(current); });

  table.setAttribute('role', 'grid');
  // rows are laid out as grids, and not every browser still calls them rows then
  [['rowgroup', 'thead,tbody'], ['row', 'tr'], ['columnheader', 'thead th'], ['rowheader', 'tbody th'], ['gridcell', 'td']].forEach(([role, kind]) => {
    table.querySelectorAll(kind).forEach((element) => element.setAttribute('role', role));
  });
  byCell.forEach((place, cell) => { cell.tabIndex = -1; });
  chips.forEach((chip) => { chip.disabled = false; });
  document.querySelectorAll('.find label, #grid-help').forEach((element) => { element.hidden = false; });
  addEventListener('hashchange', recall);
  recall();
})();
