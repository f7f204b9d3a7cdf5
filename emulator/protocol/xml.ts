/** Elements in order; an element holds text or further elements. */
export type XmlFields = readonly (readonly [name: string, content: string | number | boolean | XmlFields])[];

const NAMESPACE = 'http://doc.oss-cn-hangzhou.aliyuncs.com';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escapeText = (text: string): string =>
	text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

const elements = (fields: XmlFields): string =>
	fields
		.map(([name, content]) =>
			typeof content === 'object'
				? `<${name}>${elements(content)}</${name}>`
				: `<${name}>${escapeText(String(content))}</${name}>`,
		)
		.join('');

export const xmlDocument = (root: string, fields: XmlFields, namespace = true): string =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace ? ` xmlns="${NAMESPACE}"` : ''}>${elements(fields)}</${root}>`;

/** `2012-02-23T07:01:34.000Z`: OSS tells whole seconds everywhere, so that they compare with a Last-Modified. */
export const xmlTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -4)}000Z`;
