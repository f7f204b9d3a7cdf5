import {
	type MaybeRefOrGetter,
	onScopeDispose,
	type ShallowRef,
	shallowRef,
	toRaw,
	toValue,
	watch,
} from 'vue';
import { latestUploader, purposeOf } from './binding/latest-uploader.js';
import type { TaskSnapshot, Uploader, UploaderOptions, UploaderSnapshot, UploadTask } from './index.js';

export type { TemplateElements } from './vue/template-elements.js';
export {
	OssUpload,
	OssUploadButton,
	type OssUploadButtonProps,
	OssUploadDrop,
	type OssUploadDropProps,
	OssUploadList,
	type OssUploadListProps,
	type OssUploadProps,
} from './vue/upload-elements.js';

/**
 * An uploader that lives as long as the component, or the effect scope. Another `bucket`, `region`, `endpoint` or `scope`
 * makes another one at once; of a getter, its functions are always those that it answers now, all else is as it was first
 * said. The old one is closed: its tasks stop, what they have stored stays, and is pending for the next.
 */
export function useUploader(options: MaybeRefOrGetter<UploaderOptions>): Readonly<ShallowRef<Uploader>> {
	// What is kept in `reactive` comes as proxies, through which a store of checkpoints cannot be used.
	const make = () => latestUploader(() => toRaw(toValue(options)));
	const uploader = shallowRef(make());
	const close = () => void uploader.value.close();
	// At once: what is uploaded next may be another person's.
	const flush = 'sync';
	watch(
		() => purposeOf(toValue(options)),
		() => {
			close();
			uploader.value = make();
		},
		{ flush },
	);
	onScopeDispose(close);
	return uploader;
}

interface Watched<Snapshot> {
	snapshot(): Snapshot;
	subscribe(listener: () => void): () => void;
}

function useSnapshot<Snapshot>(
	watched: MaybeRefOrGetter<Watched<Snapshot> | undefined>,
): Readonly<ShallowRef<Snapshot | undefined>> {
	const shown = shallowRef<Snapshot>();
	const follow = (now: Watched<Snapshot> | undefined, _: unknown, onEnd: (end: () => void) => void) => {
		const show = () => {
			shown.value = now?.snapshot();
		};
		show();
		if (now) onEnd(now.subscribe(show));
	};
	watch(() => toValue(watched), follow, { immediate: true, flush: 'sync' });
	return shown;
}

/** What there is to show of an uploader: its tasks, what is interrupted, totals. */
export const useUploads = useSnapshot as (
	uploader: MaybeRefOrGetter<Uploader>,
) => Readonly<ShallowRef<UploaderSnapshot>>;

/** What there is to show of a task, if there is one: its state, progress, key, error. */
export const useTask = useSnapshot as <Task extends UploadTask | undefined>(
	task: MaybeRefOrGetter<Task>,
) => Readonly<ShallowRef<Task extends UploadTask ? TaskSnapshot : undefined>>;
