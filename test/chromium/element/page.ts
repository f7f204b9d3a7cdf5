import { afterEach, beforeEach, vi } from 'vitest';
import { FakeUploader } from '../../element/fake-uploader.js';

const TAGS = 'oss-upload, oss-upload-button, oss-upload-drop, oss-upload-list';

/** What the page holds now; each element of it has the uploader. */
export function putInto(page: HTMLElement, html: string, uploader: FakeUploader = new FakeUploader()): void {
	page.innerHTML = html;
	for (const each of page.querySelectorAll(TAGS)) Reflect.set(each, 'uploader', uploader.asUploader);
}

/** That of the test that runs. */
export let uploader: FakeUploader;

/** Each test of the file has an uploader and a page of its own, in English. */
export function onOwnPage(): void {
	beforeEach(() => {
		uploader = new FakeUploader();
		document.documentElement.lang = 'en';
	});
	afterEach(() => document.body.replaceChildren());
}

export const put = (html: string): void => putInto(document.body, html, uploader);

export function the<Tag extends keyof HTMLElementTagNameMap>(tag: Tag): HTMLElementTagNameMap[Tag] {
	const found = document.querySelector(tag);
	if (!found) throw new Error(`The page has no ${tag}`);
	return found;
}

/** All that was asked for until now is drawn. */
export const frame = (): Promise<void> =>
	new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

export const fileOf = (name: string, text = 'x', type = ''): File => new File([text], name, { type });

/** Those of a shadow root, and of the shadow roots in it. */
export function allWithin(root: ParentNode, selector: string): HTMLElement[] {
	return [...root.querySelectorAll<HTMLElement>('*')].flatMap((each) => [
		...(each.matches(selector) ? [each] : []),
		...(each.shadowRoot ? allWithin(each.shadowRoot, selector) : []),
	]);
}

export const textOf = (root: ShadowRoot | null): string =>
	[...(root?.querySelectorAll('*') ?? [])]
		.map((each) => (each.shadowRoot ? textOf(each.shadowRoot) : ''))
		.join(' ') + (root?.textContent ?? '');

/** What people who do not see the page are told from now on, until mocks are restored. */
export function listenForSayings(): readonly string[] {
	const said: string[] = [];
	vi.spyOn(
		Element.prototype as Element & { ariaNotify(sentence: string): void },
		'ariaNotify',
	).mockImplementation((sentence) => void said.push(sentence));
	return said;
}
