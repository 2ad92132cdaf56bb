import { render } from 'preact';
import './theme.css';
import './layout.css';
import './parts.css';
import './shards.css';
import './tables.css';
import './adapt.css';
import { App } from './app';
import { enter } from './key';

declare const trustedTypes:
  { createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown } | undefined;

// The plots empty their place by setting markup; nothing but the empty text may ever be set so.
if (typeof trustedTypes !== 'undefined') {
  trustedTypes.createPolicy('default', { createHTML: (text) => (text === '' ? '' : null) });
}

const root = document.getElementById('page');
if (root) {
  // A console that does not answer is told by the page itself.
  void enter()
    .catch(() => undefined)
    .then(() => {
      root.replaceChildren();
      render(<App />, root);
    });
}
