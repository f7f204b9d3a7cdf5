import type { PartState } from '../part-states.js';

export type Colours = Readonly<Record<PartState | 'sign' | 'empty', string>>;

export interface Cell {
	readonly x: number;
	readonly y: number;
	readonly pitch: number;
}

/** Below this there is no room for a sign: colour and the counts beside it must do. */
const SMALLEST_SIGN = 6;

export function paintCell(
	context: CanvasRenderingContext2D,
	{ x, y, pitch }: Cell,
	state: PartState,
	colours: Colours,
): void {
	// The smallest cells touch each other: with gaps they would fade.
	const side = pitch - (pitch >= 8 ? 2 : pitch >= 5 ? 1 : 0);
	context.clearRect(x, y, pitch, pitch);
	context.fillStyle = colours[state];
	if (side < SMALLEST_SIGN) {
		// There is no outline here, and ten thousand waiting parts must not be the loudest.
		if (state === 'waiting') context.fillStyle = colours.empty;
		context.fillRect(x, y, side, side);
		return;
	}
	context.strokeStyle = context.fillStyle;
	context.lineWidth = 1;
	context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
	if (state === 'waiting') return;
	const top = state === 'sending' ? Math.round(side / 2) : 0;
	context.fillRect(x, y + top, side, side - top);
	context.strokeStyle = colours.sign;
	context.lineWidth = Math.max(1.2, side / 8);
	strokeSign(context, state, { x, y, pitch: side });
}

type Line = readonly (readonly [number, number])[];

const STROKE: Line = [
	[0.28, 0.72],
	[0.72, 0.28],
];

/** Resumed: a tick. Sent again: one stroke. Failed: a cross. */
const SIGNS: Partial<Record<PartState, readonly Line[]>> = {
	resumed: [
		[
			[0.22, 0.52],
			[0.42, 0.72],
			[0.78, 0.3],
		],
	],
	retrying: [STROKE],
	failed: [
		STROKE,
		[
			[0.28, 0.28],
			[0.72, 0.72],
		],
	],
};

function strokeSign(context: CanvasRenderingContext2D, state: PartState, { x, y, pitch: side }: Cell): void {
	for (const line of SIGNS[state] ?? []) {
		context.beginPath();
		for (const [across, down] of line) context.lineTo(x + across * side, y + down * side);
		context.stroke();
	}
}
