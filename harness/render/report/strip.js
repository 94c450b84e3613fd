// What the card did meanwhile: clock, power and temperature over the minutes of sampling.

const STRIPS = [{key: 'clock_mhz', label: 'Clock', unit: 'MHz'}, {key: 'power_w', label: 'Power', unit: 'W'}, {key: 'temperature_c', label: 'Temperature', unit: '°C'}];

/** The cases of a file in their order, `{i, at, to}` in minutes of sampling, of a short run in seconds, and the stretches of one family. */
function timelineOf(file) {
  const own = cases().filter((i) => caseValue('file', i) === file), line = [], bands = [];
  const whole = own.reduce((sum, i) => sum + (caseValue('sampled_ns', i) ?? 0), 0);
  // Without samples nobody knows how long a case took: each is as long as another.
  const lasted = (i) => (whole === 0 ? 1 : caseValue('sampled_ns', i) ?? 0);
  const [unit, ns] = whole === 0 ? ['cases', 1] : whole < 120e9 ? ['seconds of sampling', 1e9] : ['minutes of sampling', 60e9];
  let at = 0;
  for (const i of own) {
    const to = at + lasted(i) / ns, family = caseValue('family', i);
    line.push({i, at, to});
    if (bands.at(-1)?.label === family) bands.at(-1).to = to;
    else bands.push({from: at, to, label: family});
    at = to;
  }
  return {unit, line, bands};
}

function stripFigure({key, label, unit}, file, {unit: time, line, bands}) {
  const read = line.filter(({i}) => caseValue(key, i) !== null);
  // A point in the middle of each case.
  const points = thinned(read.map(({i, at, to}) => ({x: (at + to) / 2, y: caseValue(key, i), i})), () => 0, false, false);
  return chartFigure(`${label}, ${unit}`, {
    size: 'low',
    config: () => ({
      type: 'scatter',
      data: {datasets: [{...lineLook(file), label, showLine: points.length < 400, borderWidth: strokes(1), pointRadius: strokes(points.length < 60 ? 2.5 : 1.5), data: points}]},
      options: {
        scales: {x: linear(time, {min: 0, max: line.at(-1).to, grid: {display: false}, ticks: {maxRotation: 0, autoSkipPadding: 12, includeBounds: false}}), y: linear(undefined, {grace: '8%', ticks: {maxTicksLimit: 5}, afterDataLimits: (axis) => { axis.max += 0.3 * (axis.max - axis.min); }})},
        plugins: {bands: {at: bands}},
      },
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    notes: points.length < read.length ? [`${points.length} of ${read.length} points are drawn: one wherever several would lie on each other.`] : [],
  });
}

/** At the end of the environment: a row of charts for each card. */
function stripSection() {
  const parent = document.getElementById('environment');
  const missing = STRIPS.filter(({key}) => known(key).length === 0).map(({label}) => label.toLowerCase());
  if (missing.length === STRIPS.length) return leaveOut('Clock, power and temperature', 'these files have no such readings.');
  DATA.files.forEach((_, file) => {
    const measured = STRIPS.filter(({key}) => known(key).some((i) => caseValue('file', i) === file));
    if (measured.length === 0) return;
    const timeline = timelineOf(file);
    if (many) parent.append(el('h3', {class: 'cards'}, fileLabel(file)));
    const box = parent.appendChild(el('div', {class: 'strip'}));
    for (const strip of measured) place(box, stripFigure(strip, file, timeline));
  });
  if (missing.length) nothing(parent, `Not known in these files: ${missing.join(', ')}.`);
}
