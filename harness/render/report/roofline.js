// Every case under the roofs of its card, and what the card did meanwhile.

function roofLines(low, high) {
  return DATA.rooflines.flatMap((roof, file) => {
    if (roof.read_gbps === null) return [];
    const slope = (x) => x * roof.read_gbps / 1000;  // GB/s times FLOP a byte is GFLOPS
    const name = many ? `${fileLabel(file)}: ` : '';
    const memory = {name: `memory read ${significant(roof.read_gbps)} GB/s`, tflops: slope(high), ridge_flops_per_byte: high};
    const flats = roof.roofs.map((flat) => ({...flat, name: `${flat.dtype} ${significant(flat.tflops)} TFLOPS`}));
    return (flats.length ? flats : [memory]).map((flat, f) => ({
      type: 'line', label: name + flat.name, endLabel: flat.name, silent: true, order: -1, pointRadius: 0, borderWidth: strokes(2),
      borderColor: many ? color(file) : cssColor('--text'), borderDash: dashOf(f), backgroundColor: 'transparent',
      data: [low, flat.ridge_flops_per_byte, Math.max(high, flat.ridge_flops_per_byte)].filter((x, n) => n > 0 || x < flat.ridge_flops_per_byte)
          .map((x) => ({x, y: Math.min(slope(x), flat.tflops)})),
    }));
  });
}

function rooflineNotes(without, drawn, all) {
  const notes = [];
  if (without) notes.push(`${count(without, 'case')} of ${CASES.count} without arithmetic or without memory traffic ${without === 1 ? 'is' : 'are'} not on the chart, but in the table.`);
  if (drawn < all) notes.push(`${drawn} of ${all} points are drawn: one wherever several of a kind would lie on each other. The table has all.`);
  DATA.rooflines.forEach((roof, file) => {
    if (roof.read_gbps === null) notes.push(`No roof for ${fileLabel(file)}: no memory read was measured.`);
    else notes.push(`The slope of ${fileLabel(file)} is ${roof.read_origin === 'measured' ? 'its measured memory read' : `the ${roof.read_origin} rate of its memory`}: ${significant(roof.read_gbps)} GB/s.`);
  });
  return notes;
}

function rooflineSection() {
  if (CASES.count === 0) return leaveOut('Roofline', 'no case has a number.');
  const parent = section('roofline', 'Roofline', {intro: 'Every case by the operations it does for each byte. Under the slope memory is the limit, under a flat roof arithmetic.'});
  const shown = known('flops_per_byte', 'tflops');
  if (shown.length === 0) {
    nothing(parent, 'No chart: no case here does arithmetic on bytes of memory.');
    parent.append(foldedTable('every case', caseSource()));
    return;
  }
  const all = shown.map((i) => ({x: caseValue('flops_per_byte', i), y: caseValue('tflops', i), i}));
  const keyOf = (i) => many ? fileLabel(caseValue('file', i)) : caseValue('family', i);
  const points = thinned(all, keyOf, true, true);
  const series = new Map();
  for (const point of points) {
    const key = keyOf(point.i);
    if (!series.has(key)) series.set(key, []);
    series.get(key).push(point);
  }
  let low = Infinity, high = -Infinity;
  for (const {x} of all) { low = Math.min(low, x); high = Math.max(high, x); }
  const radius = points.length > FEW_POINTS ? 1.5 : points.length > 150 ? 3 : 5;
  place(parent, chartFigure('Roofline of every case', {
    size: 'tall', notes: rooflineNotes(CASES.count - shown.length, points.length, all.length),
    config: () => ({
      type: 'scatter',
      data: {datasets: [...[...series].map(([key, data], k) => ({...lineLook(k), label: key, pointRadius: strokes(radius), data})), ...roofLines(low, high)]},
      options: {scales: {x: logarithmic('FLOP per byte', {min: low / 1.5}), y: logarithmic('TFLOPS', {grace: '10%'})}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(),
  }));
}

const STRIPS = [{key: 'clock_mhz', label: 'Clock', unit: 'MHz'}, {key: 'power_w', label: 'Power', unit: 'W'}, {key: 'temperature_c', label: 'Temperature', unit: '°C'}];

function stripFigure({key, label, unit}, shown) {
  const firsts = new Map();  // of each file its first case: every card has its own time
  for (const i of cases()) if (!firsts.has(caseValue('file', i))) firsts.set(caseValue('file', i), i);
  const all = shown.map((i) => ({x: i - firsts.get(caseValue('file', i)) + 1, y: caseValue(key, i), i}));
  const points = thinned(all, (i) => caseValue('file', i), false, false);
  const files = [...new Set(points.map(({i}) => caseValue('file', i)))];
  return chartFigure(`${label} over the cases, in the order measured`, {
    size: 'low',
    config: () => ({
      type: 'scatter',
      data: {datasets: files.map((file, f) => ({...lineLook(f), label: fileLabel(file), showLine: points.length < 200, borderWidth: strokes(1), pointRadius: strokes(3), data: points.filter(({i}) => caseValue('file', i) === file)}))},
      options: {scales: {x: linear('case', {ticks: {precision: 0}}), y: linear(unit, {grace: '8%'})}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(['file', 'name', key, 'flags'], shown),
    notes: points.length < all.length ? [`${points.length} of ${all.length} points are drawn: one wherever several would lie on each other.`] : [],
  });
}

function stripSection() {
  const measured = STRIPS.filter(({key}) => known(key).length);
  const missing = STRIPS.filter((strip) => !measured.includes(strip)).map(({label}) => label.toLowerCase());
  if (measured.length === 0) return leaveOut('Clock, power and temperature', 'these files have no such readings.');
  const parent = section('strip', 'Clock, power and temperature', {short: 'Clocks'});
  const box = grid(parent);
  for (const strip of measured) place(box, stripFigure(strip, known(strip.key)));
  if (missing.length) nothing(parent, `Not known in these files: ${missing.join(', ')}.`);
}
