import type { Uploader } from 'oss-resumable-upload';
import type { Finding, Report } from 'oss-resumable-upload/diagnose';
import { find, node, setText } from './dom.js';
import { say } from './words/say.js';

const SEVERITY = {
	error: 'severityError',
	warning: 'severityWarning',
	note: 'severityNote',
	ok: 'severityOk',
} as const;

/** Finds out whether uploads work here, and shows what mends it if not. Loaded and run only when it is asked for. */
export function checkPanel(uploader: () => Uploader, prefix: string): void {
	const button = find('#run-check', HTMLButtonElement);
	const report = find('#check-report', HTMLElement);
	const list = find('#check .findings', HTMLUListElement);
	const run = async (): Promise<void> => {
		setText(report, say('checking'));
		list.replaceChildren();
		try {
			const { diagnose } = await import('oss-resumable-upload/diagnose');
			const { ok, findings }: Report = await diagnose(uploader(), { prefix });
			setText(report, say(ok ? 'checkedWell' : 'checkedBadly'));
			list.append(...findings.map(rowOf));
		} catch (error) {
			setText(report, say('checkFailed', { reason: error instanceof Error ? error.message : String(error) }));
		}
	};
	button.addEventListener('click', () => {
		if (button.getAttribute('aria-disabled')) return;
		button.setAttribute('aria-disabled', 'true');
		void run().finally(() => button.removeAttribute('aria-disabled'));
	});
}

/** What stands between backticks is code. */
const withCode = (text: string): readonly (Node | string)[] =>
	text.split('`').map((piece, index) => (index % 2 === 1 ? node('code', {}, piece) : piece));

function rowOf({ severity, message, fix, evidence }: Finding): HTMLElement {
	const facts = node('dl');
	if (fix) facts.append(node('div', {}, node('dt', {}, say('whatToDo')), node('dd', {}, ...withCode(fix))));
	facts.append(node('div', { class: 'quiet' }, node('dt', {}, say('seen')), node('dd', {}, evidence)));
	return node(
		'li',
		{ 'data-severity': severity },
		node('span', { class: 'badge' }, say(SEVERITY[severity])),
		node('p', {}, ...withCode(message)),
		facts,
	);
}
