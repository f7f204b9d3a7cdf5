import { describe, expect, test } from 'vitest';
import manifest from '../../../custom-elements.json' with { type: 'json' };
import { OssUpload, OssUploadButton, OssUploadDrop, OssUploadList } from '../../../src/element.js';

const sorted = (names: Iterable<string>): string[] => [...names].sort();
const isInternal = (name: string) =>
	/^(constructor|.*Callback|join|take|tell|limits|resumeOptions|urlOf|isDisabled|kind|focusable|schedule|setState|focus|click)$/.test(
		name,
	);

/** What a class and those above it declare for apps: accessors and methods. */
function membersOf(prototype: object): readonly string[] {
	if (prototype === HTMLElement.prototype) return [];
	const own = Object.getOwnPropertyNames(prototype);
	return [...own, ...membersOf(Object.getPrototypeOf(prototype))];
}

/** Typescript's `protected` is no word of JavaScript. */
const PROTECTED =
	/^(uploads|words|render|watch|dispatch|setState|intake|own|root|internals|begin|reset|changed)$/;

const declarations = manifest.modules.flatMap((module) => module.declarations);

test('each tag is told of', () => {
	expect(declarations.map(({ tagName }) => tagName)).toEqual([
		'oss-upload',
		'oss-upload-button',
		'oss-upload-drop',
		'oss-upload-list',
	]);
});

describe.each(declarations)('<$tagName>', ({ tagName, name, attributes, members, cssParts }) => {
	const Class = customElements.get(tagName);
	const { observedAttributes = [] }: { observedAttributes?: readonly string[] } = Object(Class);

	test('is the class of that name', () => {
		expect([OssUpload, OssUploadButton, OssUploadDrop, OssUploadList]).toContain(Class);
		expect(Class?.name.replace('_', '')).toBe(name);
	});

	test('has these attributes', () => {
		expect(sorted(attributes.map((each) => each.name))).toEqual(sorted(observedAttributes));
	});

	test('has these properties and methods', () => {
		const found = new Set(
			membersOf(Class?.prototype).filter((each) => !isInternal(each) && !PROTECTED.test(each)),
		);
		expect(sorted(members.map((each) => each.name))).toEqual(sorted(found));
	});

	test('reflects its attributes', () => {
		const element = document.createElement(tagName);
		for (const { name: attribute, fieldName, type } of attributes) {
			Reflect.set(element, fieldName, type.text === 'boolean' ? true : '7');
			expect(element.hasAttribute(attribute), attribute).toBe(true);
			Reflect.set(element, fieldName, type.text === 'boolean' ? false : '');
			expect(element.hasAttribute(attribute), attribute).toBe(false);
		}
	});

	test('shows the parts that a page may style', () => {
		expect(new Set(cssParts.map((each) => each.name)).size).toBe(cssParts.length);
	});
});
