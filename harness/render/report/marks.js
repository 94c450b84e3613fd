// What charts draw beside their points: intervals, words at ends of lines, uprights, bands.

/** Intervals of points. */
const intervalsPlugin = {
  id: 'intervals',
  afterDatasetsDraw(chart) {
    const context = chart.ctx;
    chart.data.datasets.forEach((dataset, d) => {
      const meta = chart.getDatasetMeta(d);
      if (!chart.isDatasetVisible(d)) return;
      const scale = meta.yScale;
      context.save();
      context.beginPath();
      context.rect(chart.chartArea.left, chart.chartArea.top, chart.chartArea.width, chart.chartArea.height);
      context.clip();
      meta.data.forEach((element, i) => {
        const interval = dataset.intervals?.[i];
        if (interval && interval[0] !== null && interval[1] !== null) {
          context.beginPath();
          context.lineWidth = strokes(1.5);
          context.strokeStyle = dataset.borderColor;
          const [low, high] = interval.map((value) => scale.getPixelForValue(value)), size = strokes(4);
          for (const [x0, y0, x1, y1] of [[-size, low, size, low], [-size, high, size, high], [0, low, 0, high]]) {
            context.moveTo(element.x + x0, y0);
            context.lineTo(element.x + x1, y1);
          }
          context.stroke();
        }
      });
      context.restore();
    });
  },
};

/** Text with a halo of the page's colour, for points and lines may lie behind. */
function write(context, text, x, y, {color = cssColor('--text'), align = 'left'} = {}) {
  context.font = `${textSize()}px system-ui, sans-serif`;
  context.setLineDash([]);
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.lineWidth = 4;
  context.lineJoin = 'round';
  context.strokeStyle = cssColor('--page');
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** Upright dashed lines with words: where something changes. */
const uprightsPlugin = {
  id: 'uprights',
  afterDatasetsDraw(chart, _args, options) {
    const {ctx: context, chartArea: area, scales} = chart;
    (options.at ?? []).forEach(({value, label}, i) => {
      const x = scales.x.getPixelForValue(value);
      if (!(x >= area.left && x <= area.right)) return;
      context.save();
      context.strokeStyle = cssColor('--text');
      context.setLineDash([6, 4]);
      context.beginPath();
      context.moveTo(x, area.top);
      context.lineTo(x, area.bottom);
      context.stroke();
      const left = x > (area.left + area.right) / 2;
      write(context, label, x + (left ? -6 : 6), area.top + textSize() * (0.8 + 1.3 * (i % 4)), {align: left ? 'right' : 'left'});
      context.restore();
    });
  },
};

/** Words behind the ends of lines, in the room that is left at the chart's side; none lies on another. */
const endLabelsPlugin = {
  id: 'endLabels',
  afterDatasetsDraw(chart) {
    const {ctx: context, chartArea: area} = chart, height = textSize() * 1.25;
    const labels = chart.data.datasets.flatMap((dataset, d) => {
      const end = chart.getDatasetMeta(d).data.at(-1);
      return dataset.endLabel && end && chart.isDatasetVisible(d) ? [{text: dataset.endLabel, color: dataset.borderColor, end: end.y, y: end.y}] : [];
    }).sort((a, b) => a.y - b.y);
    labels.forEach((label, i) => { label.y = Math.max(label.y, i ? labels[i - 1].y + height : area.top); });
    for (let i = labels.length, limit = area.bottom; i--; limit = labels[i].y - height) labels[i].y = Math.min(labels[i].y, limit);
    chart.endLabels = labels;
    context.save();
    for (const {text, color, end, y} of labels) {
      context.strokeStyle = color;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(area.right, end);
      context.lineTo(area.right + 6, y);
      context.stroke();
      write(context, text, area.right + 8, y, {color});
    }
    context.restore();
  },
};

/** The room that the words at ends of lines need. */
function endLabelsWidth(context, datasets) {
  context.font = `${textSize()}px system-ui, sans-serif`;
  const widths = datasets.map(({endLabel}) => (endLabel ? context.measureText(endLabel).width : 0));
  return Math.max(0, ...widths) && Math.max(...widths) + 10;
}

/** Bands behind the points, `[{axis, from, to, label, color}]`: a stretch of x, every second one shaded, or limits of y. */
const bandsPlugin = {
  id: 'bands',
  beforeDatasetsDraw(chart, _args, options) {
    const {ctx: context, chartArea: area, scales} = chart, size = textSize();
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.width, area.height);
    context.clip();
    (options.at ?? []).forEach(({axis = 'x', from, to, label, color: fill = cssColor('--band')}, i) => {
      const [start, end] = [from, to].map((value) => scales[axis].getPixelForValue(value)).sort((a, b) => a - b);
      context.fillStyle = fill;
      if (axis === 'y') context.fillRect(area.left, start, area.width, end - start);
      else if (i % 2 === 0) context.fillRect(start, area.top, end - start, area.height);
      const room = (axis === 'y' ? area.width : end - start) - 6;
      context.font = `${size}px system-ui, sans-serif`;
      let words = label ?? '';
      while (words.length > 2 && context.measureText(words).width > room) words = `${words.slice(0, -2)}…`;
      if (words.length <= 2) return;
      context.fillStyle = cssColor('--soft');
      context.textBaseline = 'top';
      context.textAlign = 'left';
      context.fillText(words, (axis === 'y' ? area.left : start) + 3, (axis === 'y' ? start : area.top) + 3);
    });
    context.restore();
  },
};
Chart.register(intervalsPlugin, uprightsPlugin, endLabelsPlugin, bandsPlugin);
