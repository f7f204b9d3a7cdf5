// Served beside the demo page: what somebody at it does and sees, for drivers that know one input and `window.call`.
const element = document.querySelector('oss-upload');

/** The drivers' way to choose files. */
const input = document.createElement('input');
input.type = 'file';
input.multiple = true;
input.ariaLabel = 'Files';
input.addEventListener('change', () => element.addFiles([...input.files]));
document.body.prepend(input);

const rows = () => [
	...element.shadowRoot.querySelector('oss-upload-list').shadowRoot.querySelectorAll('.row'),
];

const calls = {
	rows: () =>
		rows().map((row) => ({ name: row.querySelector('.name').textContent, state: row.dataset.state })),

	/** A button of the first row, by its name. */
	press: (name) => {
		const [row] = rows();
		const button = [...row.querySelectorAll('button')].find(
			(each) => !each.hidden && (each.getAttribute('aria-label') ?? each.textContent) === name,
		);
		if (!button) throw new Error(`The row has no button ${name}: ${row.textContent}`);
		button.click();
	},

	/** How many files the browser keeps. */
	kept: () =>
		new Promise((resolve, reject) => {
			const opening = indexedDB.open('oss-resumable-upload');
			opening.onerror = () => reject(opening.error);
			opening.onsuccess = () => {
				const counting = opening.result.transaction('sources').objectStore('sources').count();
				counting.onerror = () => reject(counting.error);
				counting.onsuccess = () => {
					opening.result.close();
					resolve(counting.result);
				};
			};
		}),

	log: () => document.querySelector('#log').textContent,
};

window.call = async (name, json) => {
	try {
		return JSON.stringify({ value: (await calls[name](JSON.parse(json))) ?? null });
	} catch (error) {
		return JSON.stringify({ thrown: String(error) });
	}
};

const isReady = () => document.body.dataset.ready === 'true';
const tell = () => {
	document.title = 'ready';
};
if (isReady()) tell();
else {
	const changes = new MutationObserver(() => {
		if (!isReady()) return;
		changes.disconnect();
		tell();
	});
	changes.observe(document.body, { attributes: true });
}
