// Matrix products over the batch.

const SWEEP_VALUES = [{label: 'TFLOPS', key: 'tflops'}, {label: 'GB/s', key: 'gbps'}, {label: 'time in ns', key: 'time_ns'}];

function sweepFigure(sweep, value) {
  const places = sweep.lines.flatMap((line) => line.batches);
  const numbers = (line) => line.cases.map((i, n) => ({x: line.batches[n], y: caseValue(value.key, i), i}));
  const intervals = (line) => line[`${value.key}_intervals`] ?? line.cases.map((i) => [caseValue('time_low_ns', i), caseValue('time_high_ns', i)]);
  return chartFigure(`${sweep.title}, ${value.label} by batch`, {
    config: () => ({
      type: 'line',
      data: {datasets: sweep.lines.map((line, l) => ({...lineLook(l), label: many ? `${fileLabel(line.file)}, ${line.implementation}` : line.implementation, data: numbers(line), intervals: intervals(line)}))},
      options: {scales: {x: placesAxis('batch (M)', places), y: logarithmic(value.label)}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(['file', 'name', 'time_ns', 'time_low_ns', 'time_high_ns', 'gbps', 'tflops', 'share_of_roof', 'flags'], sweep.lines.flatMap((line) => line.cases)),
  });
}

function sweepSection() {
  if (DATA.sweeps.length === 0) return leaveOut('Matrix products by batch', 'no matrix product was measured at two batches.');
  const parent = section('sweeps', 'Matrix products by batch', {short: 'GEMM'});
  let sweep = DATA.sweeps[0], value = SWEEP_VALUES[0];
  const box = el('div', {});
  const draw = () => replaceFigures(box, [sweepFigure(sweep, value)]);
  const products = picker('Product', DATA.sweeps.map((s) => ({label: s.title, s})), ({s}) => { sweep = s; draw(); });
  const values = picker('Show', SWEEP_VALUES, (v) => { value = v; draw(); });
  parent.append(el('div', {class: 'pickers'}, products, values), box);
  products.start();
  values.start();
}
