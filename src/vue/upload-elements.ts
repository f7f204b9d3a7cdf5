import { type FunctionalComponent, h, toRaw } from 'vue';
import type {
	ElementHandlers,
	ElementProps,
	ElementTag,
	EventName,
	EventOf,
} from '../binding/element-props.js';
import { EVENTS, FLAGS, VALUES } from '../binding/element-props.js';
import { sayUnlessDefined } from '../binding/missing-import.js';

type Emits = { readonly [Name in EventName as Lowercase<Name>]: (event: EventOf<Name>) => void };

/** The element's properties, and its events: `@done` hears `oss-upload-done`. */
export interface OssUploadProps extends ElementProps<'oss-upload'>, ElementHandlers {}
export interface OssUploadButtonProps extends ElementProps<'oss-upload-button'>, ElementHandlers {}
export interface OssUploadDropProps extends ElementProps<'oss-upload-drop'>, ElementHandlers {}
export interface OssUploadListProps extends ElementProps<'oss-upload-list'>, ElementHandlers {}

/** A template ref to it is the element. */
type Component<Props> = FunctionalComponent<Props, Emits>;

const NAMES = EVENTS.map((event) => event.toLowerCase());

function wrap<Props>(tag: ElementTag): Component<Props> {
	const render: FunctionalComponent<Record<string, unknown>, string[]> = (props, { slots, emit }) => {
		// As properties, whether or not the element is there already; one with private fields is of no use as a proxy.
		const properties = [...FLAGS, ...VALUES].map((name) => [`.${name}`, toRaw(props[name])]);
		const listeners = NAMES.map((name) => [`onOss-upload-${name}`, (event: Event) => emit(name, event)]);
		return h(
			tag,
			{
				...Object.fromEntries([...properties, ...listeners]),
				onVnodeMounted: ({ el }: { readonly el: Element | null }) => sayUnlessDefined(el),
			},
			slots.default?.(),
		);
	};
	render.props = {
		...Object.fromEntries(FLAGS.map((name) => [name, Boolean])),
		...Object.fromEntries(VALUES.map((name) => [name, null])),
	};
	render.emits = NAMES;
	return render as Component<Props>;
}

/** `<oss-upload>`, which the app imports by `oss-resumable-upload/element`. */
export const OssUpload: Component<OssUploadProps> = /* @__PURE__ */ wrap('oss-upload');
export const OssUploadButton: Component<OssUploadButtonProps> = /* @__PURE__ */ wrap('oss-upload-button');
export const OssUploadDrop: Component<OssUploadDropProps> = /* @__PURE__ */ wrap('oss-upload-drop');
export const OssUploadList: Component<OssUploadListProps> = /* @__PURE__ */ wrap('oss-upload-list');
