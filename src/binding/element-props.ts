import type { OssUploadEvents } from '../element.js';

/** Properties of the elements that are true or false; absent is false. */
export const FLAGS = [
	'multiple',
	'directory',
	'noAuto',
	'disabled',
	'wholePage',
	'noDrop',
	'required',
] as const;

/** The others. */
export const VALUES = [
	'uploader',
	'objectKey',
	'uploadOptions',
	'objectUrl',
	'validate',
	'strings',
	'accept',
	'capture',
	'maxFiles',
	'maxFileSize',
	'name',
] as const;

/** The elements' events: `Done` is `oss-upload-done`, and what hears it is `onDone`. */
export const EVENTS = ['Before', 'Change', 'Done', 'Failed'] as const;

export type ElementTag = 'oss-upload' | 'oss-upload-button' | 'oss-upload-drop' | 'oss-upload-list';

export type EventName = (typeof EVENTS)[number];

export type EventOf<Name extends EventName> = OssUploadEvents[`oss-upload-${Lowercase<Name>}`];

type PropertyName = (typeof FLAGS | typeof VALUES)[number];

/** As they are written in a template: each may be left out, and a number is a number. */
type Written<Properties> = {
	readonly [Name in keyof Properties]?:
		| Properties[Name]
		| (Name extends 'maxFiles' | 'maxFileSize' ? number : never)
		| undefined;
};

/** What each element has of these. */
export type ElementProps<Tag extends ElementTag> = Written<
	Pick<HTMLElementTagNameMap[Tag], Extract<keyof HTMLElementTagNameMap[Tag], PropertyName>>
>;

export type ElementHandlers = {
	readonly [Name in EventName as `on${Name}`]?: ((event: EventOf<Name>) => void) | undefined;
};
