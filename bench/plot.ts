import * as echarts from 'echarts';
import type { Section } from './section.js';

const WIDTH = 960;
const ROW = 26;
const HEADER = 56;
const LEFT = 210;
/** The library's own candidates stand out. */
const OURS = '#0b6e4f';
const OTHERS = '#9aa5b1';

interface Panel {
	readonly title: string;
	readonly bars: readonly { readonly name: string; readonly rate: number }[];
	readonly top: number;
}

/** The throughput tables as bars, a panel each, fastest first. */
export function plot(sections: readonly Section[]): string {
	const panels: Panel[] = [];
	let top = 0;
	for (const { title, columns, rows } of sections) {
		const column = columns.indexOf('MiB/s');
		if (column < 0) continue;
		const bars = rows
			.map((row) => ({ name: row[0] ?? '', rate: Number(row[column]?.replaceAll(',', '')) }))
			.sort((a, b) => a.rate - b.rate);
		panels.push({ title: `${title}: MiB a second`, bars, top });
		top += HEADER + bars.length * ROW;
	}
	const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: top + 16 });
	chart.setOption(optionsOf(panels));
	const svg = chart.renderToSVGString();
	chart.dispose();
	return svg;
}

function optionsOf(panels: readonly Panel[]): echarts.EChartsCoreOption {
	return {
		animation: false,
		backgroundColor: '#ffffff',
		textStyle: { fontFamily: 'system-ui, sans-serif' },
		title: panels.map(({ title, top }) => ({
			text: title,
			left: 12,
			top: top + 12,
			textStyle: { fontSize: 14 },
		})),
		grid: panels.map(({ bars, top }) => ({
			left: LEFT,
			right: 70,
			top: top + HEADER - 12,
			height: bars.length * ROW,
		})),
		xAxis: panels.map((_, gridIndex) => ({ gridIndex, type: 'value', show: false })),
		yAxis: panels.map(({ bars }, gridIndex) => ({
			gridIndex,
			type: 'category',
			data: bars.map(({ name }) => name),
			axisLine: { show: false },
			axisTick: { show: false },
		})),
		series: panels.map(({ bars }, index) => ({
			type: 'bar',
			xAxisIndex: index,
			yAxisIndex: index,
			barWidth: 16,
			label: { show: true, position: 'right' },
			data: bars.map(({ name, rate }) => ({
				value: rate,
				itemStyle: { color: name.startsWith('ours') ? OURS : OTHERS },
			})),
		})),
	};
}
