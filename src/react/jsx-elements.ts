import type { ClassAttributes, HTMLAttributes } from 'react';
import type { ElementProps, ElementTag, EventName, EventOf } from '../binding/element-props.js';

/** Attributes that are properties of another name. React 18 knows no others. */
interface Attributes {
	readonly 'max-files'?: number | string | undefined;
	readonly 'max-file-size'?: number | string | undefined;
	readonly 'no-auto'?: boolean | '' | undefined;
	readonly 'no-drop'?: boolean | '' | undefined;
	readonly 'whole-page'?: boolean | '' | undefined;
}

/** As React 19 hears events that are nobody else's. */
type Listeners = {
	readonly [Name in EventName as `onoss-upload-${Lowercase<Name>}`]?:
		| ((event: EventOf<Name>) => void)
		| undefined;
};

type Tagged<Tag extends ElementTag> = ElementProps<Tag> &
	Attributes &
	Listeners &
	HTMLAttributes<HTMLElementTagNameMap[Tag]> &
	ClassAttributes<HTMLElementTagNameMap[Tag]> & { readonly class?: string | undefined };

/** The elements themselves in JSX. React 18 sets only what is text, as attributes: the components set all. */
export type JsxElements = { readonly [Tag in ElementTag]: Tagged<Tag> };

declare module 'react' {
	namespace JSX {
		interface IntrinsicElements extends JsxElements {}
	}
}
