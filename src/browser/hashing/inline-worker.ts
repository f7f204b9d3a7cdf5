/// <reference path="./inlined.d.ts" />
import InlineWorker from './hash.worker.ts?worker&inline';

export const startInlineWorker = (): Worker => new InlineWorker();
