import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the portal');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
