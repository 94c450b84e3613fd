// Charts: Chart.js with error bars, marks, both themes and the keyboard.

// Okabe and Ito's colours, which the colour-blind can tell apart; every series also has its own shape and dash.
const SERIES_COLORS = {
  light: ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#8a6100', '#2b7fb0', '#000000'],
  dark: ['#56B4E9', '#E69F00', '#2fc59b', '#e69ac6', '#F0E442', '#ff8a4c', '#ffffff'],
};
const SHAPES = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'rectRounded', 'cross'];
const DASHES = [[], [8, 4], [2, 3], [12, 4, 2, 4], [5, 2]];
const SCATTER_CELLS = 160;
const FEW_POINTS = 2000;

let theme = 'light';
const figures = [];
const color = (index) => SERIES_COLORS[theme][index % SERIES_COLORS[theme].length];
const cssColor = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const textSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8;

/** Lines and points grow with the text, which grows with the page. */
const strokes = (size) => size * textSize() / 12;

/** Intervals of points and bars, and marks of bars (what a datasheet says). */
const intervalsPlugin = {
  id: 'intervals',
  afterDatasetsDraw(chart) {
    const context = chart.ctx;
    chart.data.datasets.forEach((dataset, d) => {
      const meta = chart.getDatasetMeta(d);
      if (!chart.isDatasetVisible(d)) return;
      const sideways = chart.options.indexAxis === 'y';
      const scale = sideways ? meta.xScale : meta.yScale;
      const stroke = (at, across, size) => {
        const line = (a, b) => sideways ? [context.moveTo(a[1], a[0]), context.lineTo(b[1], b[0])] : [context.moveTo(a[0], a[1]), context.lineTo(b[0], b[1])];
        for (const value of at) line([across - size, value], [across + size, value]);
        if (at.length === 2) line([across, at[0]], [across, at[1]]);
      };
      context.save();
      context.beginPath();
      context.rect(chart.chartArea.left, chart.chartArea.top, chart.chartArea.width, chart.chartArea.height);
      context.clip();
      meta.data.forEach((element, i) => {
        const across = sideways ? element.y : element.x;
        const interval = dataset.intervals?.[i];
        if (interval && interval[0] !== null && interval[1] !== null) {
          context.beginPath();
          context.lineWidth = strokes(1.5);
          context.strokeStyle = meta.type === 'bar' ? cssColor('--text') : dataset.borderColor;
          stroke(interval.map((value) => scale.getPixelForValue(value)), across, strokes(4));
          context.stroke();
        }
        const mark = dataset.marks?.[i];
        if (mark !== null && mark !== undefined) {
          context.beginPath();
          context.lineWidth = strokes(3);
          context.strokeStyle = cssColor('--text');
          stroke([scale.getPixelForValue(mark)], across, (element.height ?? 16) / 2 + 3);
          context.stroke();
        }
      });
      context.restore();
    });
  },
};

/** Upright dashed lines with words: where something changes. */
const uprightsPlugin = {
  id: 'uprights',
  afterDatasetsDraw(chart, _args, options) {
    const {ctx: context, chartArea: area, scales} = chart;
    (options.at ?? []).forEach(({value, label}, i) => {
      const x = scales.x.getPixelForValue(value);
      if (!(x >= area.left && x <= area.right)) return;
      context.save();
      context.strokeStyle = context.fillStyle = cssColor('--text');
      context.setLineDash([6, 4]);
      context.beginPath();
      context.moveTo(x, area.top);
      context.lineTo(x, area.bottom);
      context.stroke();
      context.font = `${textSize()}px system-ui, sans-serif`;
      context.textAlign = x > (area.left + area.right) / 2 ? 'right' : 'left';
      context.fillText(label, x + (context.textAlign === 'right' ? -6 : 6), area.top + textSize() * (1.2 + 1.3 * (i % 4)));
      context.restore();
    });
  },
};
/** Words at the ends of lines that need no place in the legend; those that would lie on others are left out. */
const endLabelsPlugin = {
  id: 'endLabels',
  afterDatasetsDraw(chart) {
    const {ctx: context, chartArea: area} = chart, taken = [], height = textSize() * 1.2;
    chart.data.datasets.forEach((dataset, d) => {
      const end = chart.getDatasetMeta(d).data.at(-1);
      if (!dataset.endLabel || !end || taken.some((y) => Math.abs(y - end.y) < height)) return;
      taken.push(end.y);
      context.save();
      context.font = `${textSize()}px system-ui, sans-serif`;
      context.fillStyle = dataset.borderColor;
      context.textAlign = 'right';
      context.lineWidth = 4;
      context.strokeStyle = cssColor('--page');  // a halo, for points may lie behind
      for (const write of ['strokeText', 'fillText']) context[write](dataset.endLabel, Math.min(end.x, area.right), end.y - textSize() * 0.5 - strokes(5));
      context.restore();
    });
  },
};
Chart.register(intervalsPlugin, uprightsPlugin, endLabelsPlugin);
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
/** A logarithmic axis whose ticks are the places that were measured. */
const placesAxis = (text, places) => ({
  type: 'logarithmic', title: title(text), grid: {color: cssColor('--grid')},
  min: Math.min(...places) / 1.15, max: Math.max(...places) * 1.15,
  afterBuildTicks: (axis) => { axis.ticks = [...new Set(places)].sort((a, b) => a - b).map((value) => ({value})); },
  ticks: {autoSkip: true, maxRotation: 0, callback: (value) => String(value)},
});

const dashOf = (index) => DASHES[index % DASHES.length].map(strokes);

/** The look of the series of this number. */
const lineLook = (index, dash = index) => ({
  borderColor: color(index), backgroundColor: color(index), pointStyle: SHAPES[index % SHAPES.length],
  borderDash: dashOf(dash), borderWidth: strokes(2), pointRadius: strokes(5), pointHoverRadius: strokes(8),
});

/**
 * A chart with its words and its table. `config()` makes Chart.js' configuration anew for each theme; `describe(point)`
 * gives the lines that hover and focus show, for {dataset, index}.
 */
function chartFigure(caption, {config, describe, table, notes = [], size = ''}) {
  const canvas = el('canvas', {tabindex: 0, role: 'img', 'aria-label': `${caption}. Arrow keys go from point to point; the data table below has every number.`});
  const live = el('p', {class: 'focus', 'aria-live': 'polite'});
  const tables = table ? [foldedTable(caption, table)] : [];
  const figure = el('figure', {}, el('figcaption', {}, caption), el('div', {class: `canvas ${size}`}, canvas), live,
      ...notesOf(notes), ...tables);
  let chart = null, focused = -1;

  const draw = () => {
    chart?.destroy();
    Chart.defaults.color = cssColor('--text');
    Chart.defaults.borderColor = cssColor('--grid');
    Chart.defaults.font.size = textSize();
    const made = config();
    made.options = {
      ...made.options, responsive: true,
      interaction: {mode: 'nearest', intersect: false, axis: 'xy', ...made.options?.interaction},
      plugins: {
        legend: {
          align: 'start', display: made.data.datasets.length > 1,
          labels: {usePointStyle: true, boxHeight: textSize() * 0.6, boxWidth: textSize() * 2, filter: (item, {datasets}) => !datasets[item.datasetIndex].endLabel},
        },
        tooltip: {
          displayColors: false,
          filter: (item) => !item.dataset.silent,
          callbacks: {title: () => '', label: (item) => describe({dataset: item.dataset, index: item.dataIndex})},
        },
        ...made.options?.plugins,
      },
    };
    chart = new Chart(canvas, made);
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
  figure.draw();
}

/** Replaces the figures of a place whose choice has changed. */
function replaceFigures(parent, made) {
  for (const old of parent.querySelectorAll('figure')) figures.splice(figures.indexOf(old), 1);
  for (const canvas of parent.querySelectorAll('canvas')) Chart.getChart(canvas)?.destroy();
  parent.replaceChildren();
  for (const figure of made) place(parent, figure);
}

/** Of many points of one series that would lie on each other the first. */
function thinned(points, seriesOf, logX, logY) {
  if (points.length <= FEW_POINTS) return points;
  const scale = (values, log) => {
    const f = log ? Math.log : (v) => v;
    let low = Infinity, high = -Infinity;
    for (const value of values) { low = Math.min(low, f(value)); high = Math.max(high, f(value)); }
    return (value) => Math.round(SCATTER_CELLS * (f(value) - low) / (high - low || 1));
  };
  const x = scale(points.map((p) => p.x), logX), y = scale(points.map((p) => p.y), logY);
  const taken = new Map();
  for (const point of points) {
    const cell = `${x(point.x)} ${y(point.y)} ${seriesOf(point.i)}`;
    if (!taken.has(cell)) taken.set(cell, point);
  }
  return [...taken.values()];
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
