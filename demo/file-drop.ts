import { find } from './element.js';

/** Files come by the button, or are dropped anywhere on the page. */
export function watchFiles(onFiles: (files: readonly File[]) => void): void {
	const input = find('#files', HTMLInputElement);
	input.addEventListener('change', () => {
		onFiles([...(input.files ?? [])]);
		// Else picking the same file a second time would be no change.
		input.value = '';
	});

	const hint = find('#drop-hint', HTMLElement);
	// Entering a child is leaving its parent: only what is left over counts.
	let depth = 0;
	const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
	const enter = (by: number) => (event: DragEvent) => {
		if (!carriesFiles(event)) return;
		depth += by;
		hint.hidden = depth <= 0;
	};
	addEventListener('dragenter', enter(1));
	addEventListener('dragleave', enter(-1));
	addEventListener('dragover', (event) => {
		// Without this the browser opens the file instead.
		if (carriesFiles(event)) event.preventDefault();
	});
	addEventListener('drop', (event) => {
		if (!carriesFiles(event)) return;
		event.preventDefault();
		depth = 0;
		hint.hidden = true;
		onFiles(filesOf(event.dataTransfer));
	});
}

/** Folders, which look like files until they are read, are left out. */
const filesOf = (data: DataTransfer | null): File[] =>
	[...(data?.items ?? [])]
		.filter((item) => item.kind === 'file' && !item.webkitGetAsEntry()?.isDirectory)
		.map((item) => item.getAsFile())
		.filter((file) => file !== null);
