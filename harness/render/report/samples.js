// The samples of one case.

function samplesTable(header, rows) {
  return {
    columns: header.map((text, c) => ({key: text, header: text, c, right: true})), count: rows.length,
    cell: (row, column) => ({...rows[row][column.c], tone: 0}),
  };
}
const cellOfTime = (time) => ({text: duration(time), value: time});
const cellOfNumber = (number) => ({text: String(number), value: number});

function orderFigure(name, i) {
  const {step, time_ns: times} = DATA.samples[i];
  const bounds = ['time_low_ns', 'time_ns', 'time_high_ns'];
  const end = Math.max(2, (times.length - 1) * step + 1);
  return chartFigure(`Samples in their order: ${name}`, {
    config: () => ({
      type: 'scatter',
      data: {datasets: [{...lineLook(caseValue('file', i)), label: 'sample', pointRadius: strokes(3), data: times.map((y, n) => ({x: n * step + 1, y}))},
        ...bounds.map((key) => ({type: 'line', label: key, silent: true, borderColor: cssColor('--text'), borderWidth: strokes(key === 'time_ns' ? 2 : 1), borderDash: key === 'time_ns' ? [] : [6, 4], pointRadius: 0,
          backgroundColor: 'transparent', data: [1, end].map((x) => ({x, y: caseValue(key, i)}))}))]},
      options: {scales: {x: linear('sample', {ticks: {precision: 0}}), y: linear('time of a launch', {grace: '5%', ticks: {callback: duration}})}},
    }),
    describe: ({dataset, index}) => [`sample ${dataset.data[index].x}: ${duration(dataset.data[index].y)}`],
    table: samplesTable(['sample', 'time', 'ns'], times.map((time, n) => [cellOfNumber(n * step + 1), cellOfTime(time), cellOfNumber(time)])),
    notes: ['The line is the median, between the ends of its 95% interval.', ...(step > 1 ? [`Every ${step}th of ${caseValue('sample_count', i)} samples is shown; median, interval and distribution are of all.`] : [])],
  });
}

function distributionFigure(name, i) {
  const {low, width, counts} = DATA.samples[i].histogram;
  const edge = (part) => low + part * width;
  return chartFigure(`Distribution of the samples: ${name}`, {
    config: () => ({
      type: 'bar',
      data: {labels: counts.map((_, part) => duration(edge(part))), datasets: [{label: 'samples', backgroundColor: color(caseValue('file', i)), data: counts, categoryPercentage: 1, barPercentage: 0.96}]},
      options: {interaction: {axis: 'x'}, scales: {x: {title: title('time of a launch, from'), grid: {display: false}, ticks: {maxRotation: 0, autoSkipPadding: 12}}, y: linear('samples', {beginAtZero: true, ticks: {precision: 0}})}},
    }),
    describe: ({index}) => [`${duration(edge(index))} to ${duration(edge(index + 1))}: ${count(counts[index], 'sample')}`],
    table: samplesTable(['from', 'to', 'samples'], counts.map((n, part) => [cellOfTime(edge(part)), cellOfTime(edge(part + 1)), cellOfNumber(n)])),
  });
}

function samplesSection() {
  const options = cases().filter((i) => DATA.samples[i] !== null)
      .map((i) => ({label: `${caseValue('name', i)}${caseValue('repetition', i) ? ` #${caseValue('repetition', i)}` : ''}${many ? `, ${fileLabel(caseValue('file', i))}` : ''}`, i}));
  if (options.length === 0) return leaveOut('Samples', 'these files hold none.');
  choice(section('samples', 'Samples'), 'Case', options, ({i}) => [orderFigure(caseValue('name', i), i), distributionFigure(caseValue('name', i), i)]);
}
