import type { Uploader } from '../index.js';
import { setAttribute } from './node.js';
import { SHEET } from './style/sheet.js';
import { type Uploads, uploadsOf } from './uploads.js';
import { english } from './words/english.js';
import { stringsOf } from './words/languages.js';
import type { Strings } from './words/strings.js';
import { Words } from './words/words.js';

/** A server renders pages too, and has no elements: there the classes are there, and of no use. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

let sheet: CSSStyleSheet | undefined;

/** One for all elements of the page. */
function styleSheet(): CSSStyleSheet {
	if (!sheet) {
		sheet = new CSSStyleSheet();
		sheet.replaceSync(SHEET);
	}
	return sheet;
}

/** What all elements have: an uploader, words in the language of the page, and a frame in which they are drawn. */
export abstract class ElementBase extends Base {
	protected readonly root: ShadowRoot;
	protected readonly internals: ElementInternals;
	#uploader: Uploader | undefined;
	#strings: Partial<Strings> | undefined;
	#words: Words | undefined;
	/** The language that was asked for last. */
	#lang: string | undefined;
	#frame = 0;
	#ends: (() => void)[] = [];

	constructor() {
		super();
		this.root = this.attachShadow({ mode: 'open' });
		this.root.adoptedStyleSheets = [styleSheet()];
		this.internals = this.attachInternals();
	}

	/** What uploads. Elements of one uploader share one list. */
	get uploader(): Uploader | undefined {
		return this.#uploader;
	}

	set uploader(uploader: Uploader | undefined) {
		if (uploader === this.#uploader) return;
		this.#uploader = uploader;
		this.#reconnect();
	}

	/** Words that are used in place of the language's own; all of them, for a language that there is not. */
	get strings(): Partial<Strings> | undefined {
		return this.#strings;
	}

	set strings(strings: Partial<Strings> | undefined) {
		this.#strings = strings;
		this.#lang = undefined;
		this.#learn();
	}

	protected get uploads(): Uploads | undefined {
		return this.#uploader && uploadsOf(this.#uploader);
	}

	/** English until the language of the page is loaded. */
	protected get words(): Words {
		return this.#words ?? new Words('en', english, this.#strings);
	}

	connectedCallback(): void {
		// Before the element was defined, an app may have given it what is a property now.
		for (const [name, value] of Object.entries(this)) {
			if (!(name in Object.getPrototypeOf(this))) continue;
			Reflect.deleteProperty(this, name);
			Reflect.set(this, name, value);
		}
		this.#reconnect();
	}

	disconnectedCallback(): void {
		for (const end of this.#ends.splice(0)) end();
		cancelAnimationFrame(this.#frame);
		this.#frame = 0;
	}

	attributeChangedCallback(name: string, before: string | null, now: string | null): void {
		// Set to what it was, as frameworks do and whoever answers each `oss-upload-change`, nothing has changed.
		if (before !== now) this.changed(name);
	}

	/** The attribute has another value. */
	protected changed(_attribute: string): void {
		this.schedule();
	}

	/** Draws what is so now. */
	protected abstract render(words: Words): void;

	/** It is in the page and has an uploader: what it returns is called when one of the two ends. */
	protected watch(_uploads: Uploads): readonly (() => void)[] {
		return [];
	}

	/** Events may come by the hundred a second; the screen shows sixty. */
	schedule(): void {
		if (!this.isConnected) return;
		this.#frame ||= requestAnimationFrame(() => {
			this.#frame = 0;
			const { words } = this;
			this.render(words);
			const lang = words.isFallback ? 'en' : null;
			for (const child of this.root.children) {
				// An element of ours would take it for the language of the page.
				if (!(child instanceof ElementBase)) setAttribute(child, 'lang', lang);
			}
		});
	}

	/** An event that leaves shadow roots too. False: somebody prevented it. */
	protected dispatch(type: string, detail: unknown, cancelable = false): boolean {
		return this.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: true, composed: true }));
	}

	/** @internal As an attribute, and as `:state()` where there is that. */
	setState(name: string, isOn: boolean): void {
		this.toggleAttribute(`data-${name}`, isOn);
		try {
			if (isOn) this.internals.states.add(name);
			else this.internals.states.delete(name);
		} catch {
			// Browsers of before `:state()` have none, or want two hyphens.
		}
	}

	#reconnect(): void {
		for (const end of this.#ends.splice(0)) end();
		if (!this.isConnected) return;
		// What the last observer had not told yet is lost with it.
		this.#learn();
		const { uploads } = this;
		const languages = new MutationObserver(() => this.#learn());
		// No observer looks into shadow roots by itself.
		for (let root = this.getRootNode(); ; root = root.host.getRootNode()) {
			languages.observe(root, { attributeFilter: ['lang'], subtree: true });
			if (!(root instanceof ShadowRoot)) break;
		}
		this.#ends = [() => languages.disconnect(), ...(uploads ? this.watch(uploads) : [])];
		this.schedule();
	}

	#learn(): void {
		if (!this.isConnected) return;
		const lang = langOf(this);
		if (lang === this.#lang) return;
		this.#lang = lang;
		const found = stringsOf(lang);
		if (found instanceof Promise) {
			this.#words ??= new Words(lang, english, this.#strings);
			void found.then((strings) => lang === this.#lang && this.#speak(lang, strings));
		} else this.#speak(lang, found);
	}

	#speak(lang: string, strings: Strings): void {
		this.#words = new Words(lang, strings, this.#strings);
		this.schedule();
	}
}

/** Of the element or what is around it, shadow roots too. */
function langOf(element: Element): string {
	const near = element.closest('[lang]')?.getAttribute('lang');
	if (near) return near;
	const root = element.getRootNode();
	return root instanceof ShadowRoot ? langOf(root.host) : 'en';
}
