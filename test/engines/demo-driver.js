// Served beside the demo page: what somebody at it does and sees, for drivers that know one input and `window.call`.
const element = document.querySelector('oss-upload');

/** The drivers' way to choose files. */
const input = document.createElement('input');
input.type = 'file';
input.multiple = true;
input.ariaLabel = 'Files';
input.addEventListener('change', () => element.addFiles([...input.files]));
document.body.prepend(input);

const inList = (selector) => [
	...element.shadowRoot.querySelector('oss-upload-list').shadowRoot.querySelectorAll(selector),
];
const rows = () => inList('.row');

/** Elements, and those within their shadows. */
const all = (root) =>
	[...root.querySelectorAll('*')].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);

const dialogs = [];

const fileEntry = (fullPath, name, text) => ({
	isFile: true,
	isDirectory: false,
	name,
	fullPath,
	file: (resolve) => setTimeout(resolve, 0, new File([text], name)),
});

/** As browsers answer it: not at once, two entries at a time, and none when there are no more. */
const folderEntry = (fullPath, name, tree) => ({
	isFile: false,
	isDirectory: true,
	name,
	fullPath,
	createReader() {
		const left = Object.entries(tree).map(([name, content]) => entryOf(`${fullPath}/${name}`, name, content));
		return { readEntries: (resolve) => setTimeout(() => resolve(left.splice(0, 2)), 0) };
	},
});

const entryOf = (fullPath, name, content) =>
	(typeof content === 'string' ? fileEntry : folderEntry)(fullPath, name, content);

const bubbling = { bubbles: true, cancelable: true, composed: true };

const calls = {
	/** Files can be chosen. */
	isReady: () => all(element.shadowRoot ?? element).some((each) => each.matches('[part=button]:enabled')),

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
	kept: () => globalThis.countKept(),

	/** The words of the first row's state. */
	state: () => rows()[0].querySelector('.state').textContent,

	/** How many rows show their details. */
	details: () => inList('.details:not([hidden])').length,

	/** From now on a file dialog that is asked for does not open. */
	holdDialogs: () => {
		document.addEventListener('click', (event) => {
			const [asked] = event.composedPath();
			if (!asked.matches('input[type=file]')) return;
			event.preventDefault();
			// Browsers open none but for a key or a pointer.
			if (navigator.userActivation?.isActive !== false)
				dialogs.push(asked.webkitdirectory ? 'folder' : 'files');
		});
	},

	/** Those that were asked for since. */
	dialogs: () => dialogs,

	/** What has the focus, by its name. */
	focused: () => {
		let { activeElement } = document;
		while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
		const label = activeElement.labels?.[0]?.textContent;
		return (activeElement.getAttribute('aria-label') ?? label ?? activeElement.textContent).trim();
	},

	/** A file of the clipboard. */
	paste: ({ name, text }) => {
		const event = new ClipboardEvent('paste', { ...bubbling, clipboardData: new DataTransfer() });
		// Not before: Firefox takes none, and makes one of its own.
		event.clipboardData.items.add(new File([text], name));
		document.body.dispatchEvent(event);
		return { taken: event.defaultPrevented };
	},

	/** Files and folders, as `{name: text or {…}}`, dragged over the page's title and dropped there. */
	drop: (tree) => {
		const dataTransfer = new DataTransfer();
		for (const [name, content] of Object.entries(tree)) {
			dataTransfer.items.add(new File(typeof content === 'string' ? [content] : [], name));
		}
		// A script cannot make folders: the tree is made, what reads it is the page's own.
		DataTransferItem.prototype.webkitGetAsEntry = function () {
			const { name } = this.getAsFile();
			return entryOf(`/${name}`, name, tree[name]);
		};
		const send = (type) => {
			const event = new DragEvent(type, { ...bubbling, dataTransfer });
			document.querySelector('h1').dispatchEvent(event);
			return event.defaultPrevented;
		};
		send('dragenter');
		const invited = send('dragover');
		const taken = send('drop');
		// What was dropped can be looked at within the event only.
		dataTransfer.items.clear();
		return { invited, taken };
	},

	/** Where the driver cannot take the network away: what the browser would say of it. */
	claimOffline: (isOffline) => {
		Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => !isOffline });
		dispatchEvent(new Event(isOffline ? 'offline' : 'online'));
	},

	/** What sticks out of the window, and where each bar's filling begins and ends. */
	measure: () => {
		const seen = all(document.body)
			.map((each) => ({ each, box: each.getBoundingClientRect() }))
			.filter(({ each, box }) => box.width > 0 && box.height > 0 && !each.closest('.unseen'));
		const { clientWidth, scrollWidth } = document.documentElement;
		return {
			direction: getComputedStyle(element).direction,
			scrolls: scrollWidth > clientWidth,
			outside: seen
				.filter(({ box }) => box.left < -0.5 || box.right > innerWidth + 0.5)
				.map(({ each }) => each.outerHTML.slice(0, 100)),
			bars: seen
				.filter(({ each }) => each.matches('.fill'))
				.map(({ each, box }) => {
					const bar = each.parentElement.getBoundingClientRect();
					return { atLeft: Math.abs(box.left - bar.left) < 1, atRight: Math.abs(box.right - bar.right) < 1 };
				}),
		};
	},

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
