import {
	createElement,
	type ForwardRefExoticComponent,
	forwardRef,
	type HTMLAttributes,
	type RefAttributes,
	useEffect,
	useImperativeHandle,
	useLayoutEffect,
	useRef,
} from 'react';
import type { ElementHandlers, ElementProps, ElementTag } from '../binding/element-props.js';
import { EVENTS, FLAGS, VALUES } from '../binding/element-props.js';
import { sayUnlessDefined } from '../binding/missing-import.js';

type Props<Tag extends ElementTag> = ElementProps<Tag> &
	ElementHandlers &
	Omit<HTMLAttributes<HTMLElementTagNameMap[Tag]>, keyof ElementHandlers>;

/** The element's properties, its events (`onDone` hears `oss-upload-done`), and what every element of HTML may have. */
export interface OssUploadProps extends Props<'oss-upload'> {}
export interface OssUploadButtonProps extends Props<'oss-upload-button'> {}
export interface OssUploadDropProps extends Props<'oss-upload-drop'> {}
export interface OssUploadListProps extends Props<'oss-upload-list'> {}

type Component<Tag extends ElementTag, Own> = ForwardRefExoticComponent<
	Own & RefAttributes<HTMLElementTagNameMap[Tag]>
>;

/** Those that are called are listeners. */
type Given = Readonly<Record<string, (event: Event) => void>>;

const PROPERTIES = [...FLAGS, ...VALUES];
const OWN = [...PROPERTIES, ...EVENTS.map((event) => `on${event}`)];

/** By ref, since React 18 sets nothing but attributes, and hears no event that it does not know. */
function wrap<Tag extends ElementTag, Own>(tag: Tag): Component<Tag, Own> {
	return forwardRef<HTMLElement, Given>((props, ref) => {
		const element = useRef<HTMLElement>(null);
		const heard = useRef<HTMLElement>(null);
		const given = useRef<Given>({});
		// On a server, where there is nothing to set, React 18 complains of layout effects.
		const useCommitted = globalThis.document ? useLayoutEffect : useEffect;
		useImperativeHandle(ref, () => element.current as HTMLElement, []);
		useCommitted(() => {
			const shown = element.current as unknown as Record<string, unknown>;
			for (const name of PROPERTIES) if (props[name] !== given.current[name]) shown[name] = props[name];
			given.current = props;
		});
		useCommitted(() => {
			const { current } = element;
			if (!current || heard.current === current) return;
			heard.current = current;
			// For as long as the element lives: Suspense and Activity end effects of what they only hide, where files go on.
			for (const event of EVENTS) {
				const hear = (told: Event) => given.current[`on${event}`]?.(told);
				current.addEventListener(`oss-upload-${event.toLowerCase()}`, hear);
			}
			sayUnlessDefined(current);
		}, []);
		const { className, hidden, ...attributes }: Record<string, unknown> = props;
		for (const name of OWN) delete attributes[name];
		// React 18 takes `className` for an attribute of that name, and writes `hidden="false"`.
		return createElement(tag, { ...attributes, class: className, hidden: hidden || undefined, ref: element });
	}) as unknown as Component<Tag, Own>;
}

/** `<oss-upload>`, which the app imports by `oss-resumable-upload/element`. */
export const OssUpload: Component<'oss-upload', OssUploadProps> = /* @__PURE__ */ wrap('oss-upload');
export const OssUploadButton: Component<'oss-upload-button', OssUploadButtonProps> =
	/* @__PURE__ */ wrap('oss-upload-button');
export const OssUploadDrop: Component<'oss-upload-drop', OssUploadDropProps> =
	/* @__PURE__ */ wrap('oss-upload-drop');
export const OssUploadList: Component<'oss-upload-list', OssUploadListProps> =
	/* @__PURE__ */ wrap('oss-upload-list');
