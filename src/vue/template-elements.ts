import type { HTMLAttributes, SetupContext } from 'vue';
import type { ElementProps, ElementTag } from '../binding/element-props.js';
import type { OssUploadEvents } from '../element.js';

type Tagged<Tag extends ElementTag> = new () => HTMLElementTagNameMap[Tag] & {
	readonly $props: ElementProps<Tag> & HTMLAttributes;
	readonly $emit: SetupContext<{
		[Name in keyof OssUploadEvents]: (event: OssUploadEvents[Name]) => void;
	}>['emit'];
};

/** The elements themselves in templates, of which the compiler is told by `isCustomElement`. */
export type TemplateElements = { readonly [Tag in ElementTag]: Tagged<Tag> };

declare module 'vue' {
	interface GlobalComponents extends TemplateElements {}
}
