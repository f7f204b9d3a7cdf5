import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';

// Late, as an app may.
void import('oss-resumable-upload/element');

const root = document.querySelector('#app');
if (root === null) throw new Error('The page has no place for the app');
// In it React calls each component and each effect twice.
createRoot(root).render(
	<StrictMode>
		<App />
	</StrictMode>,
);
