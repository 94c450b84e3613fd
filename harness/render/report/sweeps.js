// GEMMs over the batch.

const SWEEP_VALUES = [{label: '% of roof', key: 'share_of_roof'}, {label: 'TFLOPS', key: 'tflops'}, {label: 'GB/s', key: 'gbps'}, {label: 'time in ns', key: 'time_ns'}]
    .filter(({key}) => known(key).length);
const implementationNumber = numbering(DATA.sweeps.flatMap(({lines}) => lines.map(({implementation}) => implementation)));

function sweepFigure(sweep, value) {
  const places = sweep.lines.flatMap((line) => line.batches);
  const share = value.key === 'share_of_roof';
  const number = (i) => (caseValue(value.key, i) === null ? null : caseValue(value.key, i) * (share ? 100 : 1));
  // A share of the roof is as uncertain as the time, turned over.
  const interval = (i) => ['time_high_ns', 'time_low_ns'].map((end) => (share ? number(i) * caseValue('time_ns', i) / caseValue(end, i) : caseValue(end, i)));
  const intervals = (line) => line[`${value.key}_intervals`] ?? line.cases.map(interval);
  const look = ({file, implementation}) => lineLook(file, {dash: implementationNumber(implementation), keys: {card: fileLabel(file), dash: implementation}});
  return chartFigure(`${sweep.title}, ${value.label} by batch`, {
    config: () => ({
      type: 'line',
      data: {datasets: sweep.lines.map((line) => ({
        ...look(line), label: `${fileLabel(line.file)}, ${line.implementation}`, data: line.cases.map((i, n) => ({x: line.batches[n], y: number(i), i})), intervals: intervals(line),
      }))},
      options: {scales: {x: placesAxis('batch (M)', places), y: share ? percentAxis(value.label) : logarithmic(value.label)}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(['file', 'name', 'time_ns', 'time_low_ns', 'time_high_ns', 'gbps', 'tflops', 'share_of_roof', 'flags'], sweep.lines.flatMap((line) => line.cases)),
  });
}

function sweepSection() {
  if (DATA.sweeps.length === 0) return leaveOut('GEMM by batch', 'no GEMM was measured at two batches.');
  const parent = section('sweeps', 'GEMM by batch', {short: 'GEMM'});
  let sweep = DATA.sweeps[0], value = SWEEP_VALUES[0];
  const box = el('div', {class: 'figures'});
  const draw = () => replaceFigures(box, [sweepFigure(sweep, value)]);
  const products = picker('GEMM', DATA.sweeps.map((s) => ({label: s.title, s})), ({s}) => { sweep = s; draw(); });
  const values = picker('Show', SWEEP_VALUES, (v) => { value = v; draw(); });
  parent.append(el('div', {class: 'pickers'}, products, values), box);
  products.start();
  values.start();
}
