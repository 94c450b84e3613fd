// Charts: Chart.js in both themes, with a legend of what colour, dash and shape mean, and the keyboard.

const CARD_COLORS = 6;
const SHAPES = [['circle', '●'], ['rect', '■'], ['triangle', '▲'], ['rectRot', '◆'], ['star', '✳'], ['crossRot', '✕']];
const DASHES = [[], [8, 4], [2, 3], [12, 4, 2, 4], [5, 2], [16, 4], [2, 8]];
const SCATTER_CELLS = 160;
const FEW_POINTS = 2000;

let theme = 'light';
const figures = [];
const cssColor = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const color = (card) => cssColor(`--card-${card % CARD_COLORS}`);
const textSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8;

/** Lines and points grow with the text, which grows with the page. */
const strokes = (size) => size * textSize() / 12;

/**
 * The look of a series, alike in every chart: colour is the card, dash the implementation, shape the batch. `keys` are
 * its words in the legend, `{card, dash, shape}`.
 */
const lineLook = (card, {dash = 0, shape = 0, keys = {}} = {}) => ({
  borderColor: color(card), backgroundColor: color(card), pointStyle: SHAPES[shape % SHAPES.length][0],
  borderDash: DASHES[dash % DASHES.length].map(strokes), borderWidth: strokes(2), pointRadius: strokes(4), pointHoverRadius: strokes(7),
  look: {card, dash, shape}, keys,
});

Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.font.family = 'system-ui, sans-serif';

const title = (text) => ({display: text !== undefined, text});
const linear = (text, more = {}) => ({type: 'linear', title: title(text), grid: {color: cssColor('--grid')}, ...more});
const plainTick = (value) => (value >= 1e6 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(0) : String(Number(value.toPrecision(6))));
/** Decades alone where there are many of them, else also 2 and 5. */
const logarithmic = (text, more = {}) => ({
  type: 'logarithmic', title: title(text), grid: {color: cssColor('--grid')},
  ticks: {
    autoSkip: true, maxRotation: 0,
    callback(value) {
      const lead = Number(value.toExponential(5).split('e')[0]), decades = Math.log10(this.max / this.min);
      return lead === 1 || (decades < 3 && (lead === 2 || lead === 5)) || decades < 0.7 ? plainTick(value) : null;
    },
  }, ...more,
});
/** A logarithmic axis whose ticks are the places that were measured, as many as stand beside each other. */
const placesAxis = (text, places) => ({
  type: 'logarithmic', title: title(text), grid: {color: cssColor('--grid')},
  min: Math.min(...places) / 1.15, max: Math.max(...places) * 1.15,
  afterBuildTicks: (axis) => {
    const perLog = (axis.chart.width - 6 * textSize()) / Math.log(axis.max / axis.min);
    const room = (value) => String(value).length * textSize() * 0.6 + textSize();
    const kept = [];
    // Powers of two before others.
    for (const value of [...new Set(places)].sort((a, b) => Number(Math.log2(a) % 1 !== 0) - Number(Math.log2(b) % 1 !== 0) || a - b)) {
      if (kept.every((other) => perLog * Math.abs(Math.log(value / other)) > (room(value) + room(other)) / 2)) kept.push(value);
    }
    axis.ticks = kept.sort((a, b) => a - b).map((value) => ({value}));
  },
  ticks: {autoSkip: false, maxRotation: 0, callback: (value) => String(value)},
});

/** A linear axis of per cent from 0, with a line at 100. */
const percentAxis = (text) => linear(text, {
  min: 0, suggestedMax: 100, grid: {color: ({tick}) => cssColor(tick.value === 100 ? '--text' : '--grid')}, ticks: {stepSize: 20, callback: (value) => `${value}%`},
});

const SVG = 'http://www.w3.org/2000/svg';

/** What a legend shows before its words: a patch of the card's colour, a line of the dash, or a point of the shape. */
function swatch(kind, number) {
  if (kind === 'card') return el('span', {class: `patch card-${number % CARD_COLORS}`, 'aria-hidden': 'true'});
  if (kind === 'shape') return el('span', {'aria-hidden': 'true'}, SHAPES[number % SHAPES.length][1]);
  const svg = document.createElementNS(SVG, 'svg'), line = document.createElementNS(SVG, 'line');
  for (const [name, value] of Object.entries({width: 32, height: 10, 'aria-hidden': 'true'})) svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({x1: 0, x2: 32, y1: 5, y2: 5, stroke: 'currentColor', 'stroke-width': 2, 'stroke-dasharray': DASHES[number % DASHES.length].join(' ')})) line.setAttribute(name, value);
  svg.append(line);
  return svg;
}

/** Fills the legend of a chart: each card, implementation and batch once, a button that hides its lines. */
function fillLegend(box, chart, hidden) {
  const {datasets} = chart.data;
  const show = () => {
    datasets.forEach(({keys = {}}, d) => chart.setDatasetVisibility(d, !Object.entries(keys).some((key) => hidden.has(key.join(':')))));
    chart.update('none');
  };
  box.replaceChildren(...['card', 'dash', 'shape'].flatMap((kind) => {
    const entries = new Map(datasets.filter(({keys}) => keys?.[kind]).map(({keys, look}) => [keys[kind], look[kind]]));
    return entries.size < 2 ? [] : [el('span', {class: 'keys'}, ...[...entries].map(([words, number]) => {
      const key = `${kind}:${words}`;
      const button = el('button', {type: 'button', 'aria-pressed': String(!hidden.has(key)), onclick: () => {
        if (!hidden.delete(key)) hidden.add(key);
        button.setAttribute('aria-pressed', String(!hidden.has(key)));
        show();
      }}, swatch(kind, number), words);
      return button;
    }))];
  }));
  if (hidden.size) show();
}

/** A linear axis holds the intervals too, unless they are far wider than what was measured. */
function holdIntervals({data: {datasets}, options: {scales}}) {
  const ends = datasets.flatMap(({intervals = []}) => intervals).filter((interval) => interval.every(Number.isFinite));
  if (ends.length === 0 || scales.y.type !== 'linear') return;
  const values = datasets.flatMap(({data}) => data.map(({y}) => y));
  const {suggestedMin, suggestedMax = 0} = scales.y;
  scales.y.suggestedMax = Math.max(suggestedMax, Math.min(Math.max(...ends.map(([, high]) => high)), 1.2 * Math.max(...values)));
  if (suggestedMin !== undefined) scales.y.suggestedMin = Math.min(suggestedMin, Math.max(Math.min(...ends.map(([low]) => low)), 0.8 * Math.min(...values)));
}

/**
 * A chart with its words and its table. `config()` makes Chart.js' configuration anew for each theme; `describe(point)`
 * gives the lines that hover and focus show, for {dataset, index}.
 */
function chartFigure(caption, {config, describe, table, notes = [], size = ''}) {
  const canvas = el('canvas', {tabindex: 0, role: 'img', 'aria-label': `${caption}. Arrow keys go from point to point; the data table below has every number.`});
  const live = el('p', {class: 'focus', 'aria-live': 'polite'});
  const tables = table ? [foldedTable(caption, table)] : [];
  const legend = el('div', {class: 'legend', role: 'group', 'aria-label': 'Lines of the chart'});
  const figure = el('figure', {}, el('figcaption', {}, caption), legend, el('div', {class: `canvas ${size}`}, canvas), live,
      ...notesOf(notes), ...tables);
  const hidden = new Set();
  let chart = null, focused = -1;

  const draw = () => {
    chart?.destroy();
    Chart.defaults.color = cssColor('--text');
    Chart.defaults.borderColor = cssColor('--grid');
    Chart.defaults.font.size = textSize();
    const made = config();
    made.options = {
      layout: {padding: {right: endLabelsWidth(canvas.getContext('2d'), made.data.datasets)}},
      ...made.options, responsive: true,
      interaction: {mode: 'nearest', intersect: false, axis: 'xy', ...made.options?.interaction},
      plugins: {
        legend: {display: false},
        tooltip: {
          displayColors: false,
          filter: (item) => !item.dataset.silent,
          callbacks: {title: () => '', label: (item) => describe({dataset: item.dataset, index: item.dataIndex})},
        },
        ...made.options?.plugins,
      },
    };
    holdIntervals(made);
    chart = new Chart(canvas, made);
    fillLegend(legend, chart, hidden);
    focused = -1;
  };

  const places = () => chart.data.datasets.flatMap((dataset, datasetIndex) => dataset.silent || !chart.isDatasetVisible(datasetIndex) ? [] :
    dataset.data.map((value, index) => ({datasetIndex, index, value}))).filter(({value}) => value !== null);
  const focus = (at) => {
    const all = places();
    if (all.length === 0) return;
    focused = (at + all.length) % all.length;
    const {datasetIndex, index} = all[focused];
    chart.setActiveElements([{datasetIndex, index}]);
    chart.tooltip.setActiveElements([{datasetIndex, index}], {x: 0, y: 0});
    chart.update('none');
    live.textContent = describe({dataset: chart.data.datasets[datasetIndex], index}).join(' · ');
  };
  canvas.addEventListener('keydown', (event) => {
    const goal = {ArrowRight: focused + 1, ArrowDown: focused + 1, ArrowLeft: focused - 1, ArrowUp: focused - 1, Home: 0, End: -1}[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    focus(event.key.startsWith('Arrow') && focused < 0 ? 0 : goal);
  });
  figure.draw = draw;
  figures.push(figure);
  return figure;
}

/** A figure that is drawn now, in the document. */
function place(parent, figure) {
  parent.append(figure);
  figure.draw?.();
}

/** Replaces the figures of a place whose choice has changed. */
function replaceFigures(parent, made) {
  for (const old of figures.filter((figure) => parent.contains(figure))) figures.splice(figures.indexOf(old), 1);
  for (const canvas of parent.querySelectorAll('canvas')) Chart.getChart(canvas)?.destroy();
  parent.replaceChildren();
  for (const figure of made) place(parent, figure);
}

/** Of many points of one series that would lie on each other the first: `FEW_POINTS` at most. */
function thinned(points, seriesOf, logX, logY) {
  const scale = (values, log) => {
    const f = log ? Math.log : (v) => v;
    let low = Infinity, high = -Infinity;
    for (const value of values) { low = Math.min(low, f(value)); high = Math.max(high, f(value)); }
    return (value) => (f(value) - low) / (high - low || 1);
  };
  const x = scale(points.map((p) => p.x), logX), y = scale(points.map((p) => p.y), logY);
  let kept = points;
  for (let cells = SCATTER_CELLS; kept.length > FEW_POINTS; cells *= 0.8) {
    const taken = new Map();
    for (const point of kept) {
      const cell = `${Math.round(cells * x(point.x))} ${Math.round(cells * y(point.y))} ${seriesOf(point.i)}`;
      if (!taken.has(cell)) taken.set(cell, point);
    }
    kept = [...taken.values()];
  }
  return kept;
}

function setTheme(next) {
  theme = next;
  document.documentElement.dataset.theme = next;
  const button = document.getElementById('theme');
  button.textContent = next === 'dark' ? 'Light' : 'Dark';
  button.setAttribute('aria-label', `Switch to the ${next === 'dark' ? 'light' : 'dark'} theme`);
  for (const figure of figures) figure.draw();
}

/** Text grows with the page's width, and charts measure it when they are drawn. */
let drawnTextSize = textSize();
addEventListener('resize', () => {
  if (textSize() === drawnTextSize) return;
  drawnTextSize = textSize();
  for (const figure of figures) figure.draw();
});
